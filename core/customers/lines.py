"""One line of a customer file: a customer line that holds, or a refusal naming field and reason."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.customers import values
from core.customers.columns import Header
from core.customers.fields import FIELDS
from core.customers.sheet import Sheet
from core.customers.values import Phone
from core.i18n import Sentence, _l

__all__ = [
    "CustomerLine",
    "Phone",
    "Problem",
    "RefusedLine",
    "SerialClaims",
    "SkipReason",
    "Skipped",
    "read_lines",
]

LONGEST = dict.fromkeys(FIELDS, 40) | {
    "file_number": 24,
    "name": 120,
    "phone": 100,
    "address": 200,
    "product": 60,
    "version": 20,
    "service_card": 24,
    "note": 2000,
}
_TOTAL = re.compile(
    r"(本页|全部)?(合计|总计|小计|共计|总数|(sub|grand)?total|sum)[:]?(\d[\d,]*(行|条|户|家|个|lines|rows|customers)?)?"
)


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Why a line was refused: the field, the reason, and what stood there."""

    field: str
    reason: Sentence
    value: str = ""


@dataclass(frozen=True, kw_only=True)
class RefusedLine:
    """A line that does not go in, with everything that is wrong with it."""

    line: int
    problems: tuple[Problem, ...]
    cells: tuple[str, ...]


class SkipReason(StrEnum):
    """Why a line is neither good nor bad."""

    BLANK = "blank"
    TOTAL = "total"
    HEADER = "header"


@dataclass(frozen=True, kw_only=True)
class Skipped:
    """A line that is not a customer's: blank, a total, or the header once more."""

    line: int
    reason: SkipReason


@dataclass(frozen=True, kw_only=True)
class CustomerLine:
    """One installed product of one customer, clean."""

    line: int
    cells: tuple[str, ...]
    file_number: str
    name: str
    contact: str = ""
    phones: tuple[Phone, ...] = ()
    fax: str = ""
    address: str = ""
    product: str = ""
    version: str = ""
    serial_number: str = ""
    contract_date: dt.date | None = None
    service_card: str = ""
    service_until: dt.date | None = None
    regional_manager: str = ""
    salesperson: str = ""
    note: str = ""

    def refused(self, *problems: Problem) -> RefusedLine:
        """Turn the line away for a reason that only the whole file or the database can know."""
        return RefusedLine(line=self.line, problems=problems, cells=self.cells)


def read_lines(sheet: Sheet, header: Header) -> Iterator[CustomerLine | RefusedLine | Skipped]:
    """Read the lines below the header one by one; a refused line never takes a good one with it."""
    for line, cells in sheet.rows[header.row_index + 1 :]:
        reason = _skip_reason(cells, header)
        yield Skipped(line=line, reason=reason) if reason else _read(line, tuple(cells), header)


def _skip_reason(cells: Sequence[str], header: Header) -> SkipReason | None:
    first = next(filter(None, map(str.strip, cells)), None)
    if first is None:
        return SkipReason.BLANK
    if _TOTAL.fullmatch("".join(unicodedata.normalize("NFKC", first).split()).lower()):
        return SkipReason.TOTAL
    return SkipReason.HEADER if tuple(cells) == header.cells else None


def _read(line: int, cells: tuple[str, ...], header: Header) -> CustomerLine | RefusedLine:
    entry = _Entry({field: cells[at] for field, at in header.columns.items() if at < len(cells)})
    starts, ends = entry.date("contract_date"), entry.date("service_until")
    entry.check_order(starts, ends)
    customer = CustomerLine(
        line=line,
        cells=cells,
        file_number=entry.required("file_number", values.code, _l("the file number is missing")),
        name=entry.required("name", values.words, _l("the unit's name is missing")),
        contact=entry.text("contact", values.person),
        phones=entry.phones(),
        fax=entry.text("fax", values.number),
        address=entry.text("address", values.words),
        product=entry.text("product", values.words),
        version=entry.text("version", values.version),
        serial_number=entry.text("serial_number", values.code),
        contract_date=starts,
        service_card=entry.text("service_card", values.code),
        service_until=ends,
        regional_manager=entry.text("regional_manager", values.person),
        salesperson=entry.text("salesperson", values.person),
        note=entry.text("note", values.paragraph),
    )
    return customer.refused(*entry.problems()) if entry.found else customer


class _Entry:
    """The raw cells of one line by field, and the problems found while reading them."""

    def __init__(self, raw: Mapping[str, str]) -> None:
        self.raw, self.found = raw, dict[str, Sentence]()

    def problems(self) -> list[Problem]:
        found = [(field, self.found[field]) for field in FIELDS if field in self.found]
        return [Problem(field=field, reason=why, value=self.raw.get(field, "")) for field, why in found]

    def text(self, field: str, clean: Callable[[str], str]) -> str:
        value = clean(self.raw.get(field, ""))
        if len(value) > LONGEST[field]:
            self.found[field] = _l("longer than %(limit)d characters", limit=LONGEST[field])
        return value

    def required(self, field: str, clean: Callable[[str], str], missing: Sentence) -> str:
        value = self.text(field, clean)
        if not value:
            self.found[field] = missing
        return value

    def phones(self) -> tuple[Phone, ...]:
        written = self.text("phone", values.number)
        phones = values.phones(self.raw.get("phone", ""))
        if written and not phones:
            self.found["phone"] = _l("“%(value)s” holds no phone number", value=written[:40])
        return phones

    def date(self, field: str) -> dt.date | None:
        written = self.raw.get(field, "").strip()
        day = values.date(written)
        if written and day is None:
            self.found[field] = _no_date(written)
        return day

    def check_order(self, starts: dt.date | None, ends: dt.date | None) -> None:
        if starts and ends and ends < starts:
            self.found["service_until"] = _l(
                "the service ends on %(ends)s, before the contract begins on %(starts)s",
                ends=ends,
                starts=starts,
            )


def _no_date(written: str) -> Sentence:
    if not written.strip("#"):
        return _l("the date was lost when the file was saved, because its column was too narrow")
    return _l("“%(value)s” is not a date; write it like 2026-11-23", value=written[:40])


class SerialClaims:
    """Who holds which serial number: the first valid claim keeps it, the same customer may repeat it."""

    def __init__(self, existing: Mapping[str, str] | None = None) -> None:
        self._holders = dict(existing or {})

    def claim(self, line: CustomerLine) -> Problem | None:
        """Give the line's serial number to its customer, or say which other customer holds it."""
        if not line.serial_number:
            return None
        holder = self._holders.setdefault(line.serial_number, line.file_number)
        if holder == line.file_number:
            return None
        reason = _l("this serial number already belongs to the customer %(holder)s", holder=holder)
        return Problem(field="serial_number", reason=reason, value=line.serial_number)
