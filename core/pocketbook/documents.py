"""The documents, clause by clause: what of this very book stands on each, and what is still done by hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from core.clauses import Clause, code_of
from core.coverage import cited_in_code
from core.i18n import Sentence, _l
from core.pocketbook.lines import Chapter, Entry, Line
from core.pocketbook.reading import Reading
from core.roles import NATIONAL_ROLES, Role

Standing = dict[str, list[str]]


def chapters(reading: Reading, book: Iterable[Chapter]) -> Iterator[Chapter]:
    """Yield the chapter of the documents that hold here; ``book`` is what stands on them."""
    standing = _standing(reading, book)
    by_document = groupby(_clauses(reading), key=lambda clause: clause.document)
    entries = tuple(_entry(reading, name, list(clauses), standing) for name, clauses in by_document)
    yield Chapter(key="documents", title=_l("Documents, clause by clause"), plugin="", entries=entries)


def _clauses(reading: Reading) -> list[Clause]:
    """Return the national clauses and those that the office's own plugins ship."""
    installed = reading.plugins.plugins.installed.values()
    elsewhere = {
        clause.code for one in installed for clause in one.clauses if one.name not in reading.plugins.enabled
    }
    return [one for code, one in reading.plugins.plugins.clauses.items() if code not in elsewhere]


def _standing(reading: Reading, book: Iterable[Chapter]) -> Standing:
    """Find what stands on each clause: steps, decisions, parameters and roles, then what only the code cites."""
    found: Standing = {}
    for code, title in [*_of_book(book), *_of_registers(reading), *_of_roles(reading)]:
        if title not in found.setdefault(code, []):
            found[code].append(title)
    for rule in cited_in_code(reading.plugins.plugins):
        if rule.plugin in reading.plugins.enabled and rule.clause not in found:
            whose = reading.title_of(rule.plugin)
            found[rule.clause] = [str(_l("in the forms and pages of: %(plugin)s", plugin=whose))]
    return found


def _of_book(book: Iterable[Chapter]) -> Iterator[tuple[str, str]]:
    for chapter in book:
        for entry in chapter.entries:
            cited = (entry.clause, *(clause for line in entry.lines for clause in line.clauses))
            for code in dict.fromkeys(code_of(one) for one in cited):
                yield code, str(entry.title)


def _of_registers(reading: Reading) -> Iterator[tuple[str, str]]:
    """The numbered forms (``QR/03``) that a procedure's cases are the register of."""
    for one in reading.plugins.procedures.values():
        if one.record:
            yield f"{one.record} form", str(_l("register: %(procedure)s", procedure=one.title))


def _of_roles(reading: Reading) -> Iterator[tuple[str, str]]:
    """The roles, for the clauses that say what a role answers for; elsewhere a role alone does nothing."""
    own: list[Role] = [role for one in reading.plugins.enabled.values() for role in one.manifest.roles]
    clauses = reading.plugins.plugins.clauses
    for role in (*NATIONAL_ROLES, *own):
        if role.clause in clauses and clauses[role.clause].kind == "role":
            yield role.clause, str(_l("role: %(role)s", role=role.title))


def _entry(reading: Reading, document: str, clauses: list[Clause], standing: Standing) -> Entry:
    runs = sum(clause.code in standing for clause in clauses)
    title = _l(
        "%(document)s: %(runs)s of %(all)s clauses run here", document=document, runs=runs, all=len(clauses)
    )
    return Entry(
        key=f"documents.{document.replace('/', '-')}",
        title=title,
        clause="",
        plugin=clauses[0].plugin,
        lines=tuple(_line(reading, clause, standing) for clause in clauses),
    )


def _line(reading: Reading, clause: Clause, standing: Standing) -> Line:
    """Say of a clause what stands on it here; a region's own document is a difference as a whole."""
    here = standing.get(clause.code, []) + _said_again(clause, standing)
    note = Sentence(" · ".join(here)) if here else _by_hand(reading, clause)
    kind = "" if here else "by hand"
    return reading.line(Sentence(clause.number), clause.title, plugin=clause.plugin, kind=kind, note=note)


def _said_again(clause: Clause, standing: Standing) -> list[str]:
    """What stands on head office's clause stands on the one that only says it again."""
    many = standing.get(clause.restates) if clause.restates else None
    return (
        [str(_l("as %(clause)s: %(rules)s", clause=clause.restates, rules=" · ".join(many)))] if many else []
    )


def _by_hand(reading: Reading, clause: Clause) -> Sentence:
    enabled, installed = reading.plugins.enabled, reading.plugins.plugins.installed
    if clause.plugin in installed and clause.plugin not in enabled:
        whose = installed[clause.plugin].manifest.title
        return _l("by hand: %(plugin)s is off here", plugin=whose)
    return _l("by hand: no rule here yet")
