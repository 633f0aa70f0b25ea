"""A rule without code: typed parameters, and the ladder of rungs that an office's value comes from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, bindparam, func, select
from sqlalchemy.orm import Mapped, mapped_column

from core import clock, ledger
from core.asking import asked
from core.clauses import Citation, code_of, house_rule
from core.db import Model, db
from core.errors import UnknownSetting
from core.i18n import Sentence, _l
from core.offices import Office, OfficeKind
from core.people import Actor

LONGEST_TEXT = 60
ONE_OF = {
    "working days": _l("working day"),
    "working minutes": _l("working minute"),
    "months": _l("month"),
}


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """A number, text or switch that an office may set, within bounds and under a clause.

    ``check`` says what is wrong with a text, or nothing. A text that is one of a few has ``choices``: what is stored,
    and what is shown.
    """

    key: str
    kind: type[int] | type[str] | type[bool]
    default: Any
    label: Sentence
    clause: Citation
    unit: Sentence | str = ""
    minimum: int | None = None
    maximum: int | None = None
    locked: bool = False
    stricter: str = ""
    check: Callable[[str], Sentence | None] | None = None
    choices: Mapping[str, Sentence] = field(default_factory=dict)

    def unit_of(self, value: Any) -> Sentence | str:
        """Return the unit as it is said beside a value: 1 working day, 2 working days."""
        several = self.unit.msgid if isinstance(self.unit, Sentence) else ""
        return ONE_OF.get(several, self.unit) if value == 1 else self.unit

    def read(self, given: Any) -> Any:
        """Take what a person typed or a program gives, or raise UnknownSetting naming the remedy."""
        if self.kind is bool:
            return self._read_switch(str(given))
        if self.choices:
            return self._read_choice(str(given).strip())
        if self.kind is str:
            return self._read_text(str(given))
        try:
            number = int(str(given))
        except ValueError:
            raise UnknownSetting(_l("%(key)s is a whole number, like 2.", key=self.key)) from None
        return self._within_bounds(number)

    def _read_switch(self, text: str) -> bool:
        if text.strip().lower() not in ("true", "false", "yes", "no", "1", "0"):
            raise UnknownSetting(_l("%(key)s is yes or no.", key=self.key))
        return text.strip().lower() in ("true", "yes", "1")

    def _read_choice(self, text: str) -> str:
        if text not in self.choices:
            known = ", ".join(self.choices)
            raise UnknownSetting(_l("%(key)s is one of these: %(known)s.", key=self.key, known=known))
        return text

    def _read_text(self, text: str) -> str:
        longest = self.maximum or LONGEST_TEXT
        if not text.strip().isprintable() or not 0 < len(text.strip()) <= longest:
            raise UnknownSetting(
                _l("%(key)s is one line of 1 to %(longest)s characters.", key=self.key, longest=longest)
            )
        if self.check and (wrong := self.check(text.strip())):
            raise UnknownSetting(_l("%(key)s: %(wrong)s", key=self.key, wrong=wrong))
        return text.strip()

    def _within_bounds(self, number: int) -> int:
        low, high = self.minimum, self.maximum
        if (low is not None and number < low) or (high is not None and number > high):
            raise UnknownSetting(
                _l("%(key)s must be from %(low)s to %(high)s.", key=self.key, low=low, high=high)
            )
        return number

    def refuse_locked(self) -> None:
        """Refuse to set what head office has locked, naming the clause."""
        if not self.locked:
            return
        clause = code_of(self.clause)
        if not clause:
            raise UnknownSetting(_l("%(key)s is set by head office for all.", key=self.key))
        raise UnknownSetting(
            _l("%(key)s is locked by head office (%(clause)s).", key=self.key, clause=clause)
        )

    def refuse_laxer(self, value: Any, above: Any) -> None:
        """Refuse a value that is laxer than the rung above, naming the clause."""
        if self.loosens(value, above):
            raise UnknownSetting(
                _l(
                    "%(key)s may only be made stricter than %(above)s (%(clause)s).",
                    key=self.key,
                    above=above,
                    clause=code_of(self.clause),
                )
            )

    def loosens(self, value: Any, above: Any) -> bool:
        """Say whether a value is laxer than the rung above, for a parameter that may only be sharpened."""
        if self.stricter == "lower":
            return bool(value > above)
        return bool(value < above) if self.stricter == "higher" else False


@dataclass(frozen=True)
class Preset:
    """What a regional plugin sets a parameter to, and by which clause of its own document."""

    value: Any
    clause: Citation = ""


def preset_of(given: Any) -> Preset:
    """Read one of a manifest's presets: a ``Preset``, or a bare value, whose clause is the parameter's own."""
    return given if isinstance(given, Preset) else Preset(given)


OWN_PARAMETERS = {
    one.key: one
    for one in (
        Parameter(
            key="core.company",
            kind=str,
            default="口袋软件",
            label=_l("The company's name, as it is said on the phone and printed on paper"),
            clause=house_rule(_l("One company, one name.")),
            locked=True,
        ),
        Parameter(
            key="core.document_prefix",
            kind=str,
            default="UFS/",
            label=_l("What the full code of every document begins with"),
            clause=house_rule(_l("One set of documents, one prefix.")),
            locked=True,
        ),
        Parameter(
            key="core.file_megabytes",
            kind=int,
            default=20,
            minimum=1,
            maximum=50,
            unit=_l("MB"),
            label=_l("A file that is attached to a case has at most"),
            clause=house_rule(_l("Whoever reads a case on a phone waits for each of its files.")),
        ),
    )
}


class ParameterValue(Model):
    """A value that an office, a region or head office set; rows are only added, the last one counts."""

    __tablename__ = "core_parameter_value"
    __table_args__ = (Index("ix_core_parameter_value_key", "office_id", "key", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("core_office.id"))
    key: Mapped[str] = mapped_column(String(80))
    value: Mapped[Any] = mapped_column(JSON)
    cleared: Mapped[bool] = mapped_column(default=False)
    set_at: Mapped[dt.datetime]
    set_by: Mapped[str] = mapped_column(String(40))


@dataclass(frozen=True, kw_only=True)
class Rung:
    """One rung of the ladder: who says what; the first rung with a value is the effective one.

    ``laxer_than`` is what keeps a value out of force that became too lax when a rung below it was sharpened;
    ``clause`` is the region's own, where its plugin names one.
    """

    source: str
    name: str
    value: Any = None
    given: bool = False
    laxer_than: Any = None
    clause: Citation = ""


# Every page asks: written once, and asked of the table itself.
_value = ParameterValue.__table__.c
_newest = (
    select(func.max(_value.id))
    .where(_value.office_id.in_(bindparam("offices", expanding=True)))
    .group_by(_value.office_id, _value.key)
)
_STORED = select(_value.office_id, _value.key, _value.value).where(_value.id.in_(_newest), ~_value.cleared)


def stored_values(office_ids: Sequence[int]) -> dict[tuple[int, str], Any]:
    """Return the values in force that these offices set themselves, by office and key."""
    rows = asked(_STORED, offices=list(office_ids))
    return {(row.office_id, row.key): row.value for row in rows}


def changes(*office_ids: int) -> dict[str, list[ParameterValue]]:
    """Return what offices set and took back themselves, by key, the newest first."""
    query = select(ParameterValue).where(ParameterValue.office_id.in_(office_ids))
    found: dict[str, list[ParameterValue]] = {}
    for row in db.session.scalars(query.order_by(ParameterValue.id.desc())):
        found.setdefault(row.key, []).append(row)
    return found


SOURCES = {OfficeKind.OFFICE: "office", OfficeKind.REGION: "region", OfficeKind.HEAD: "nation"}


def ladder(
    parameter: Parameter,
    line: Sequence[Office],
    stored: Mapping[tuple[int, str], Any],
    presets: Sequence[tuple[str, Preset]],
) -> list[Rung]:
    """Build the rungs, most local first: office, region, presets of regional plugins, nation, default."""
    own = [_office_rung(parameter, office, stored) for office in line]
    local = [rung for rung in own if rung.source != "nation"]
    national = [rung for rung in own if rung.source == "nation"]
    preset = [
        Rung(source="preset", name=plugin, value=one.value, given=True, clause=one.clause)
        for plugin, one in presets
    ]
    default = Rung(
        source="default", name=parameter.key.partition(".")[0], value=parameter.default, given=True
    )
    return _without_laxer(parameter, [*local, *preset, *national, default])


def _without_laxer(parameter: Parameter, rungs: list[Rung]) -> list[Rung]:
    """Leave out what became laxer than the rung below it, of a parameter that may only be sharpened."""
    kept: list[Rung] = []
    floor = rungs[-1].value
    for rung in reversed(rungs):
        laxer = rung.given and parameter.loosens(rung.value, floor)
        kept.append(replace(rung, given=False, laxer_than=floor) if laxer else rung)
        floor = rung.value if rung.given and not laxer else floor
    return kept[::-1]


def _office_rung(parameter: Parameter, office: Office, stored: Mapping[tuple[int, str], Any]) -> Rung:
    source = SOURCES[OfficeKind(office.kind)]
    given = (office.id, parameter.key) in stored and not (parameter.locked and source != "nation")
    value = stored.get((office.id, parameter.key)) if given else None
    return Rung(source=source, name=office.code, value=value, given=given)


def effective(rungs: Sequence[Rung]) -> Rung:
    """Return the rung whose value is in force."""
    return next(rung for rung in rungs if rung.given)


def set_value(parameter: Parameter, office: Office, value: Any, rungs: Sequence[Rung], by: Actor) -> None:
    """Set a parameter in an office, inside the write transaction; locked and laxer values are refused."""
    if office.kind != OfficeKind.HEAD:
        parameter.refuse_locked()
    above = effective(rungs[_height(rungs, office) :])
    parameter.refuse_laxer(value, above.value)
    _record(parameter, office, by, {"value": value})


def clear_value(parameter: Parameter, office: Office, by: Actor) -> None:
    """Take an office's own value away again, inside the write transaction; the rung above counts."""
    _record(parameter, office, by, {"value": None, "cleared": True})


def _height(rungs: Sequence[Rung], office: Office) -> int:
    return next(place for place, rung in enumerate(rungs) if rung.name == office.code) + 1


def _record(parameter: Parameter, office: Office, by: Actor, said: Mapping[str, Any]) -> None:
    db.session.add(
        ParameterValue(office_id=office.id, key=parameter.key, set_at=clock.now(), set_by=by.name, **said)
    )
    ledger.append(
        office.id,
        kind="parameter",
        action=parameter.key,
        actor=by.name,
        actor_id=by.person_id,
        clause=code_of(parameter.clause),
        details=dict(said),
    )
