"""The tree of offices: head office, regions, offices."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from core import ledger
from core.db import Model, db, see_too, writing
from core.errors import Invalid, NotFound
from core.i18n import Sentence, _l, bilingual

if TYPE_CHECKING:
    from core.people import Actor

CODE = re.compile(r"[A-Z][A-Z0-9]{1,7}")
LONGEST_NAME = 60


class OfficeKind(StrEnum):
    """Where in the tree an office stands; the ladder of parameters follows it."""

    HEAD = "head"
    REGION = "region"
    OFFICE = "office"


OFFICE_KINDS = {
    OfficeKind.HEAD: _l("Head office"),
    OfficeKind.REGION: _l("Region"),
    OfficeKind.OFFICE: _l("Office"),
}


class Office(Model):
    """One office; every business row belongs to one."""

    __tablename__ = "core_office"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(8), unique=True)
    kind: Mapped[str] = mapped_column(String(8), default=OfficeKind.OFFICE)
    name_zh: Mapped[str] = mapped_column(String(60))
    name_en: Mapped[str] = mapped_column(String(60), default="")
    zone: Mapped[str] = mapped_column(String(40), default="Asia/Shanghai")
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("core_office.id"))

    @property
    def name(self) -> str:
        """The office's name in the reader's language."""
        return bilingual(self.name_zh, self.name_en)

    @property
    def zoneinfo(self) -> ZoneInfo:
        """The zone in which the office's people read the clock."""
        return ZoneInfo(self.zone)


_TREE = select(Office).order_by(Office.code)


def all_offices() -> dict[int, Office]:
    """Return the whole tree; there are some dozens of offices, never thousands."""
    return {office.id: office for office in db.session.scalars(_TREE)}


def office_by_code(code: str) -> Office:
    """Find an office by its code (``SH``), or raise NotFound naming it."""
    found = db.session.scalar(select(Office).where(Office.code == code.upper()))
    if found is None:
        raise NotFound(_l("There is no office %(code)s. See the list of offices.", code=code))
    return found


def ancestry(office: Office, tree: dict[int, Office]) -> list[Office]:
    """Return the office and what stands above it, the most local first."""
    line = [office]
    while line[-1].parent_id is not None:
        line.append(tree[line[-1].parent_id])
    return line


def below(office_id: int, tree: dict[int, Office]) -> frozenset[int]:
    """Return the ids of the office and of all that stands below it."""
    return frozenset(one.id for one in tree.values() if office_id in {up.id for up in ancestry(one, tree)})


def head_office() -> Office:
    """Return the office at the top, or say how to make it."""
    found = find_head_office()
    if found is None:
        raise NotFound(_l("There is no head office yet: run “koudai init”."))
    return found


def find_head_office() -> Office | None:
    """Return the office at the top, once it was opened."""
    found: Office | None = db.session.scalar(select(Office).where(Office.kind == OfficeKind.HEAD))
    return found


def open_office(
    code: str,
    name_zh: str,
    by: Actor,
    *,
    name_en: str = "",
    parent: str = "",
    kind: str = OfficeKind.OFFICE,
    zone: str = "Asia/Shanghai",
) -> Office:
    """Open an office below another one (by default head office), whose ledger says who did."""
    above = office_by_code(parent) if parent else head_office()
    called = checked_names(code, name_zh, name_en)
    _refuse_odd_place(called["code"], zone, above)
    above_id = above.id
    with writing(frozenset({above_id})):
        opened = Office(kind=kind, zone=zone, parent_id=above_id, **called)
        _begin(opened, by)
        _record_opening(above_id, opened, by)
    return opened


def open_head_office(code: str, name_zh: str, name_en: str, by: Actor) -> Office:
    """Open the office at the top, with which everything begins."""
    called = checked_names(code, name_zh, name_en)
    with writing():
        opened = Office(kind=OfficeKind.HEAD, zone="Asia/Shanghai", **called)
        _begin(opened, by)
    return opened


def _begin(opened: Office, by: Actor) -> None:
    """Add an office, whose own ledger begins with it."""
    code = opened.code
    db.session.add(opened)
    try:
        db.session.flush()
    except IntegrityError:
        raise Invalid("code", _taken(code)) from None
    see_too(opened.id)
    _record_opening(opened.id, opened, by)


def _record_opening(office_id: int, opened: Office, by: Actor) -> None:
    kind, action = ledger.OPENING
    details = {"code": opened.code, "name": opened.name_zh, "kind": str(opened.kind), "zone": opened.zone}
    ledger.append(office_id, kind=kind, action=action, actor=by.name, actor_id=by.person_id, details=details)


def checked_names(code: str, name_zh: str, name_en: str) -> dict[str, str]:
    """Return the code and the names of an office as they are stored, or refuse what cannot be one."""
    code, name_zh, name_en = code.strip().upper(), name_zh.strip(), name_en.strip()
    if not CODE.fullmatch(code):
        raise Invalid("code", _l("“%(code)s” is no code: 2 to 8 letters and digits, like SH.", code=code))
    if not 1 <= len(name_zh) <= LONGEST_NAME:
        raise Invalid("name_zh", _l("The name of an office has 1 to 60 characters."))
    if len(name_en) > LONGEST_NAME:
        raise Invalid("name_en", _l("The name of an office has 1 to 60 characters."))
    return {"code": code, "name_zh": name_zh, "name_en": name_en}


@cache
def _zones() -> frozenset[str]:
    """The names of all time zones: whoever asks for them has a tree of folders read."""
    return frozenset(available_timezones())


def _refuse_odd_place(code: str, zone: str, above: Office) -> None:
    if code in {one.code for one in all_offices().values()}:
        raise Invalid("code", _taken(code))
    if zone not in _zones():
        raise Invalid("zone", _l("There is no time zone %(zone)s. Use a name like Asia/Shanghai.", zone=zone))
    if above.kind == OfficeKind.OFFICE:
        raise Invalid(
            "parent",
            _l("%(office)s has nothing below it: choose head office or a region.", office=above.code),
        )


def _taken(code: str) -> Sentence:
    return _l("There is an office %(code)s already. Choose another code.", code=code)
