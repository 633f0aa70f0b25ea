"""The figures, counted in the database: two statements for the totals, two for the groups, however many calls."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Integer, and_, column, extract, func, or_, select, values

from core.customers.models import Installation, Product
from core.db import UTCDateTime, db
from core.deadlines import MET, MISSED, OPEN, Deadline
from core.i18n import Sentence, _l
from core.people import Person
from plugins.hotline.models import CHANNELS, Call
from plugins.hotline.statistics.periods import ENGINEERS, IN_TIME_ORDER, PRODUCTS, Span, pieces

if TYPE_CHECKING:
    from core.rules import Rules

CALL, SOLVED = "hotline.call", "solved"
NOBODY, NO_PRODUCT = _l("nobody"), _l("no product named")


@dataclass(kw_only=True)
class Figures:
    """What was counted of some calls."""

    calls: int = 0
    channels: dict[str, int] = field(default_factory=dict)
    solved: int = 0
    rung: int = 0
    quick: int = 0
    open: int = 0
    opened: float = 0.0
    kept: int = 0
    missed: int = 0


@dataclass(frozen=True, kw_only=True)
class Group:
    """One line of the figures: a day, a product, an engineer."""

    label: str | Sentence
    figures: Figures


@dataclass(frozen=True, kw_only=True)
class Counted:
    """The figures of a span, its lines, and the total of the span before it."""

    total: Figures
    before: Figures
    groups: list[Group]
    now: dt.datetime


def counted(
    rules: Rules, span: Span, before: Span, by: str, now: dt.datetime, only: int | None = None
) -> Counted:
    """Count the calls that came in within a span; ``only`` limits the engineers' lines to one of them."""
    total, earlier = _by_spans(rules, [span, before], now)
    groups = _groups(rules, span, by, now, only)
    return Counted(total=total, before=earlier, groups=groups, now=now)


def _groups(rules: Rules, span: Span, by: str, now: dt.datetime, only: int | None) -> list[Group]:
    if by in IN_TIME_ORDER:
        cut = pieces(span, by)
        found = _by_spans(rules, [one.span for one in cut], now)
        return [Group(label=one.label, figures=it) for one, it in zip(cut, found, strict=True)]
    return _by_product(rules, span, now) if by == PRODUCTS else _by_engineer(rules, span, now, only)


# --- by what the calls are grouped


def _by_spans(rules: Rules, spans: Sequence[Span], now: dt.datetime) -> list[Figures]:
    """Count calls by the spans in which they came in; each begins and ends by the office's clock."""
    rows = [(place, *span.moments(rules.calendar)) for place, span in enumerate(spans)]
    moment = UTCDateTime(timezone=True)
    told = (column("place", Integer), column("begins", moment), column("ends", moment))
    among = values(*told, name="spans").data(rows).cte("spans")
    within = and_(Call.opened_at >= among.c.begins, Call.opened_at < among.c.ends)
    query = select(among.c.place).select_from(among).join(Call, and_(_here(rules), within))
    found = _read(query, (among.c.place,), rules, now)
    return [found.get((place,), Figures()) for place in range(len(spans))]


def _by_product(rules: Rules, span: Span, now: dt.datetime) -> list[Group]:
    query = select(Product.id, Product.name).select_from(Call)
    query = query.outerjoin(Installation, Installation.id == Call.installation_id)
    query = query.outerjoin(Product, Product.id == Installation.product_id)
    return _named(query.where(_in(rules, span)), (Product.id, Product.name), NO_PRODUCT, rules, now)


def _by_engineer(rules: Rules, span: Span, now: dt.datetime, only: int | None) -> list[Group]:
    query = select(Person.id, Person.name).select_from(Call).outerjoin(Person, Person.id == Call.taken_by_id)
    query = query.where(_in(rules, span))
    if only is not None:
        query = query.where(Call.taken_by_id == only)
    return _named(query, (Person.id, Person.name), NOBODY, rules, now)


def _named(
    query: Any, keys: tuple[Any, ...], nameless: Sentence, rules: Rules, now: dt.datetime
) -> list[Group]:
    found = _read(query, keys, rules, now)
    groups = [Group(label=key[1] or nameless, figures=figures) for key, figures in found.items()]
    return sorted(groups, key=lambda one: (-one.figures.calls, str(one.label)))


def _here(rules: Rules) -> ColumnElement[bool]:
    return Call.office_id == rules.office.id


def _in(rules: Rules, span: Span) -> ColumnElement[bool]:
    begin, end = span.moments(rules.calendar)
    return and_(_here(rules), Call.opened_at >= begin, Call.opened_at < end)


# --- what is counted


def _read(
    query: Any, keys: tuple[Any, ...], rules: Rules, now: dt.datetime
) -> dict[tuple[Any, ...], Figures]:
    """Count calls and their promises by the same keys: one statement each."""
    found: dict[tuple[Any, ...], Figures] = {}
    size = len(keys)
    for row in db.session.execute(query.add_columns(*_of_calls(rules)).group_by(*keys)):
        found[tuple(row[:size])] = _figures(row._mapping)
    promised = and_(Deadline.procedure == CALL, Deadline.subject_id == Call.id, Deadline.plugin == "hotline")
    late = or_(Deadline.state == MISSED, and_(Deadline.state == OPEN, Deadline.due_at < now))
    kept, missed = func.count().filter(Deadline.state == MET), func.count().filter(late)
    promises = query.join(Deadline, promised).add_columns(kept.label("kept"), missed.label("missed"))
    for row in db.session.execute(promises.group_by(*keys)):
        figures = found.setdefault(tuple(row[:size]), Figures())
        figures.kept, figures.missed = row.kept, row.missed
    return found


def _of_calls(rules: Rules) -> list[Any]:
    """Return what is counted of calls; a call is open while its state is none of those that end it."""
    unfinished = [one.name for one in rules.procedure(CALL).states.values() if not one.final]
    is_open = Call.state.in_(unfinished)
    most = rules.parameter("hotline.most_rings")
    return [
        func.count().label("calls"),
        func.count().filter(Call.state == SOLVED).label("solved"),
        func.count().filter(Call.rings.is_not(None)).label("rung"),
        func.count().filter(Call.rings <= most).label("quick"),
        func.count().filter(is_open).label("open"),
        func.avg(extract("epoch", Call.opened_at)).filter(is_open).label("opened"),
        *(func.count().filter(Call.channel == key).label(f"channel_{key}") for key in CHANNELS),
    ]


def _figures(row: Any) -> Figures:
    plain = {one.name for one in fields(Figures)} - {"channels", "kept", "missed", "opened"}
    said = {name: row[name] for name in plain}
    channels = {key: row[f"channel_{key}"] for key in CHANNELS}
    return Figures(channels=channels, opened=float(row["opened"] or 0), **said)


__all__ = ["ENGINEERS", "Counted", "Figures", "Group", "counted"]
