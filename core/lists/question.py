"""What a list is asked: read from an address or from a saved filter, and turned into a query."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select

from core.i18n import Sentence, _l
from core.lists.declared import ListFilter, Listing

SORT, COLUMNS = "sort", "columns"
LONGEST_ANSWER, LONGEST_COLUMNS = 60, 1000


@dataclass(frozen=True)
class Question:
    """Which rows, in which order, in which columns; ``lost`` says what of it is there no more."""

    answers: Mapping[str, str] = field(default_factory=dict)
    sort: str = ""
    columns: tuple[str, ...] = ()
    lost: tuple[Sentence, ...] = ()

    def plain(self) -> dict[str, str]:
        """Return it as an address and a saved filter keep it; what was not asked is left out."""
        said = {**self.answers, SORT: self.sort, COLUMNS: ",".join(self.columns)}
        return {name: value for name, value in said.items() if value}


def names_of(listing: Listing) -> set[str]:
    """Return the questions that a list can be asked."""
    return {*listing.filters, SORT, COLUMNS}


def read(listing: Listing, given: Mapping[str, str]) -> Question:
    """Read a question; what the list does not know (any more) is left out, and said."""
    answers, lost = dict[str, str](), list[Sentence]()
    for name, value in given.items():
        if name in (SORT, COLUMNS) or not value.strip():
            continue
        asked = listing.filters.get(name)
        if asked is not None and accepts(asked, value):
            answers[name] = value.strip()[:LONGEST_ANSWER]
        else:
            lost.append(_gone(asked, name, value))
    sort, order_lost = _sort(listing, given.get(SORT, ""), answers)
    columns, columns_lost = _columns(listing, given.get(COLUMNS, ""))
    ordered = {name: answers[name] for name in listing.filters if name in answers}
    return Question(ordered, sort, columns, (*lost, *order_lost, *columns_lost))


def accepts(asked: ListFilter, value: str) -> bool:
    """Say whether a filter understands an answer."""
    if asked.kind == "day":
        return day_of(value) is not None
    return asked.kind == "words" or value in asked.choices or asked.besides(value)


def day_of(value: str) -> dt.date | None:
    """Read a day as a browser sends it; None for what is none, and for what no calendar reckons with."""
    try:
        day = dt.date.fromisoformat(value.strip())
    except ValueError:
        return None
    return day if 1900 <= day.year <= 2999 else None


def _gone(asked: ListFilter | None, name: str, value: str) -> Sentence:
    shown = value[:LONGEST_ANSWER]
    if asked is None:
        return _l("“%(name)s: %(value)s” can no longer be asked here.", name=name, value=shown)
    return _l("%(title)s: “%(value)s” is not there any more.", title=asked.title, value=shown)


def _sort(listing: Listing, given: str, answers: Mapping[str, str]) -> tuple[str, list[Sentence]]:
    column = listing.columns.get(given.removeprefix("-"))
    if not given or (column is not None and column.sort):
        need = column.sorted_with[0] if column else ""
        return (given if not need or need in answers else ""), []
    return "", [_l("The list is no longer sorted by “%(name)s”.", name=given[:LONGEST_ANSWER])]


def _columns(listing: Listing, given: str) -> tuple[tuple[str, ...], list[Sentence]]:
    wanted = list(dict.fromkeys(name for name in given[:LONGEST_COLUMNS].split(",") if name))
    lost = [
        _l("The column “%(name)s” is not there any more.", name=name[:LONGEST_ANSWER])
        for name in wanted
        if name not in listing.columns
    ]
    return arranged(listing, wanted) if wanted else (), lost


def arranged(listing: Listing, wanted: Iterable[str]) -> tuple[str, ...]:
    """Return the columns that there are of those wanted, what cannot be left out first."""
    fixed = [name for name, one in listing.columns.items() if one.fixed]
    return tuple(dict.fromkeys([*fixed, *(name for name in wanted if name in listing.columns)]))


def rows_of(listing: Listing, question: Question) -> Select[Any]:
    """Return the query for the rows that are asked for, each at its one place in the order."""
    query = listing.query.where(*conditions(listing, question))
    sort = question.sort or listing.order
    by = dict.fromkeys((*listing.columns[sort.removeprefix("-")].sort, listing.key))
    return query.order_by(*(one.desc() if sort.startswith("-") else one.asc() for one in by))


def conditions(listing: Listing, question: Question) -> Iterator[Any]:
    """Yield what every answer demands."""
    for name, value in question.answers.items():
        yield listing.filters[name].where(value)
