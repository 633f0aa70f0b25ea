"""What switching a plugin would change in an office: its pocket book before and after, laid side by side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from sqlalchemy import func, select

from core.clauses import Citation, HouseRule
from core.db import db
from core.i18n import Sentence, _l
from core.life.bringing import Brought, brought
from core.offices import all_offices
from core.plugins import PluginSet
from core.pocketbook import Book, Chapter, Entry, Line
from core.rules import Rules
from core.switches import Plan


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One line that is otherwise: new without ``was``, gone without ``now``."""

    label: Sentence
    was: str
    now: str
    clause: Citation


@dataclass(frozen=True, kw_only=True)
class Changed:
    """A rule in which something is otherwise; ``fate`` says that all of it is new, or gone."""

    key: str
    title: Sentence | str
    clause: Citation
    fate: str
    lines: list[Difference]


@dataclass(frozen=True, kw_only=True)
class Part:
    """What changes in one chapter of the pocket book."""

    title: Sentence | str
    fate: str
    rules: list[Changed]


@dataclass(frozen=True, kw_only=True)
class Preview:
    """All that switching would change, and the open cases that would wait."""

    parts: list[Part]
    brings: list[Brought]
    waiting: list[tuple[Sentence, int]]

    @property
    def nothing(self) -> bool:
        """Whether nobody would notice."""
        return not (self.parts or self.brings or self.waiting)


def preview(rules: Rules, plan: Plan) -> Preview:
    """Compare the office as it is with what switching would make of it."""
    tree = all_offices()
    after = Rules(rules.office, plan.after, tree)
    return Preview(
        parts=list(_parts(_chapters(rules), _chapters(after))),
        brings=list(brought(plan.after if plan.on else rules.plugins, plan.name)),
        waiting=list(_waiting(rules.plugins, plan.after, rules.office.id)),
    )


def _chapters(rules: Rules) -> list[Chapter]:
    """Read the pocket book; of a parameter the value alone, for what it is instead of is what was before."""
    return [
        replace(one, entries=tuple(_with_value(entry, rules) for entry in one.entries))
        for one in Book(rules).chapters
    ]


def _with_value(entry: Entry, rules: Rules) -> Entry:
    parameter = rules.plugins.parameters.get(entry.key)
    if parameter is None or not entry.lines:
        return entry
    value = rules.parameter(entry.key)
    said = (_l("yes") if value else _l("no")) if parameter.kind is bool else value
    text = _l("%(value)s %(unit)s", value=said, unit=parameter.unit_of(value))
    return replace(entry, lines=(replace(entry.lines[0], text=str(text).strip()),))


def _parts(before: list[Chapter], after: list[Chapter]) -> Iterator[Part]:
    was, now = ({one.key: one for one in chapters} for chapters in (before, after))
    for key in dict.fromkeys([*now, *was]):
        there, here = was.get(key), now.get(key)
        rules = list(_rules(there.entries if there else (), here.entries if here else ()))
        chapter = here or there
        if rules and chapter is not None:
            yield Part(title=chapter.title, fate=_fate(there, here), rules=rules)


def _fate(was: object, now: object) -> str:
    return "" if was and now else "new" if now else "gone"


def _rules(before: tuple[Entry, ...], after: tuple[Entry, ...]) -> Iterator[Changed]:
    was, now = ({one.key: one for one in entries} for entries in (before, after))
    for key in dict.fromkeys([*now, *was]):
        there, here = was.get(key), now.get(key)
        lines = list(_lines(there.lines if there else (), here.lines if here else ()))
        entry = here or there
        if lines and entry is not None:
            fate = _fate(there, here)
            yield Changed(key=key, title=entry.title, clause=entry.clause, fate=fate, lines=lines)


def _lines(before: tuple[Line, ...], after: tuple[Line, ...]) -> Iterator[Difference]:
    """Pair what goes with what comes under the same label; the rest came or went alone."""
    gone = [line for line in before if line.same not in {one.same for one in after}]
    come = [line for line in after if line.same not in {one.same for one in before}]
    for line in come:
        twin = next((one for one in gone if str(one.label) == str(line.label)), None)
        if twin is not None:
            gone.remove(twin)
        yield _difference(line, twin, line)
    yield from (_difference(line, line, None) for line in gone)


def _difference(line: Line, was: Line | None, now: Line | None) -> Difference:
    said = ["" if one is None else str(one.text) or _reason(one.clause) for one in (was, now)]
    told = not line.text and isinstance(line.clause, HouseRule)
    return Difference(label=line.label, was=said[0], now=said[1], clause="" if told else line.clause)


def _reason(clause: Citation) -> str:
    """Say on what a line without words stands: the clause, or why there is a rule though the book is silent."""
    return str(_l("house rule: %(why)s", why=clause.reason)) if isinstance(clause, HouseRule) else clause


def _waiting(before: PluginSet, after: PluginSet, office_id: int) -> Iterator[tuple[Sentence, int]]:
    """Yield the procedures that would be hidden, and how many open cases would wait in them."""
    for name in sorted(before.procedures.keys() - after.procedures.keys()):
        procedure = before.procedures[name]
        model, open_states = procedure.model, [s.name for s in procedure.states.values() if not s.final]
        query = select(func.count()).where(model.office_id == office_id, model.state.in_(open_states))
        if count := db.session.scalar(query):
            yield procedure.title, count
