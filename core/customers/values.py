"""Cleaning what people type into cells: codes, words, dates and phones, without harming a name."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass

_HAN = r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uff0f\U00020000-\U0003ffff]"
_INVISIBLE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\u200b-\u200f\u2060\ufeff]")
_BREAK_IN_HAN = re.compile(rf"(?<={_HAN})\s*[\r\n\v\f]\s*(?={_HAN})")
_SPACE_IN_HAN = re.compile(rf"(?<={_HAN})\s+(?={_HAN})")
_HALF_WIDTH = {
    code: code - 0xFEE0 for code in [*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B)]
}
_DATE = re.compile(
    r"(?P<year>\d{4})(?:(?P<sign>[-/.])(?P<month>\d{1,2})(?P=sign)(?P<day>\d{1,2})"
    r"|年(?P<month_han>\d{1,2})月(?P<day_han>\d{1,2})[日号]?|(?P<month_bare>\d{2})(?P<day_bare>\d{2}))"
    r"(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
)
_MONTHS_AND_DAYS = ("month", "day", "month_han", "day_han", "month_bare", "day_bare")
_EXCEL_DAY = re.compile(r"(\d{5})(?:\.\d+)?")
FEWEST_DIALLED = 5
_EXCEL_EPOCH = dt.date(1899, 12, 30)
_BETWEEN_PHONES = re.compile(r"[/;,、|\r\n]+|或")
_EXTENSION = re.compile(r"(?:[转轉]|分机|ext\.?|[x#*])[\s:.]*(?:分机)?\s*(\d{1,6})", re.IGNORECASE)
_DASHED_EXTENSION = re.compile(r"(?<=\d{7})\s*-\s*(\d{1,6})\s*$")


@dataclass(frozen=True, kw_only=True, slots=True)
class Phone:
    """One number of a phone cell: as written, the digits to search by, and the extension."""

    raw: str
    digits: str
    extension: str = ""

    @property
    def dial(self) -> str:
        """The address that a telephone dials, the extension after a pause; a country code written with + stays."""
        plus = "+86" if re.match(r"\s*(?:\+|00)\s*86", self.raw) else ""
        return f"tel:{plus}{self.digits}" + (f",{self.extension}" if self.extension else "")


def code(text: str) -> str:
    """Clean a number that identifies: half-width, capitals, no spaces."""
    return "".join(unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).split()).upper()


def words(text: str) -> str:
    """Clean a name or address: brackets, marks and rare characters stay as people write them."""
    visible = _INVISIBLE.sub("", text).translate(_HALF_WIDTH)
    return " ".join(_BREAK_IN_HAN.sub("", visible).split())


def number(text: str) -> str:
    """Clean a phone or fax cell kept as written: half-width, on one line."""
    return " ".join(unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).split())


def person(text: str) -> str:
    """Clean a person's name: the space that stretches a Chinese name of two characters goes."""
    return _SPACE_IN_HAN.sub("", words(text))


def paragraph(text: str) -> str:
    """Clean a note: its line breaks stay."""
    return "\n".join(filter(None, (" ".join(line.split()) for line in _INVISIBLE.sub("", text).splitlines())))


def version(text: str) -> str:
    """Clean a version and give back the noughts that a number cell drops: 6 is 6.0, 8.5 is 8.50."""
    plain = code(text)
    if re.fullmatch(r"\d+", plain):
        return plain + ".0"
    return plain + "0" if re.fullmatch(r"\d+\.[1-9]", plain) else plain


def date(text: str) -> dt.date | None:
    """Read a date in any of the five styles, or as Excel counts days; anything else is None."""
    plain = re.sub(r"\s*([-/.年月日])\s*", r"\1", unicodedata.normalize("NFKC", text).strip())
    if match := _DATE.fullmatch(plain):
        month, day = filter(None, match.group(*_MONTHS_AND_DAYS))
        return _plausible(int(match["year"]), int(month), int(day))
    days = _EXCEL_DAY.fullmatch(plain)
    return _EXCEL_EPOCH + dt.timedelta(days=int(days[1])) if days else None


def _plausible(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day) if 1900 <= year < 2200 else None
    except ValueError:
        return None


def phones(text: str) -> tuple[Phone, ...]:
    """Read every number of a phone cell; one or two digits alone replace the end of the one before."""
    found: list[Phone] = []
    for piece in _pieces(unicodedata.normalize("NFKC", _INVISIBLE.sub("", text))):
        phone = _phone(piece)
        if len(phone.digits) > 2:
            found.append(phone)
        elif phone.digits and found:
            digits = found[-1].digits[: -len(phone.digits)] + phone.digits
            found.append(Phone(raw=digits, digits=digits))
    return tuple(dict.fromkeys(found))


def can_be_dialled(text: str) -> bool:
    """Say whether a text holds a number that somebody can dial: five digits at least, an extension alone cannot be."""
    return any(len(phone.digits) >= FEWEST_DIALLED for phone in phones(text))


def _pieces(text: str) -> list[str]:
    pieces: list[str] = []
    for piece in _BETWEEN_PHONES.split(text):
        parts = piece.split()
        several = len(parts) > 1 and all(len(re.sub(r"\D", "", part)) >= 7 for part in parts)
        pieces += parts if several else [" ".join(parts)]
    return pieces


def _phone(piece: str) -> Phone:
    extension = _EXTENSION.search(piece) or _DASHED_EXTENSION.search(piece)
    number = piece[: extension.start()] if extension else piece
    digits = re.sub(r"\D", "", re.sub(r"(?:\+|(?<!\d)00)86", "", number))
    return Phone(raw=piece, digits=digits, extension=extension[1] if extension else "")
