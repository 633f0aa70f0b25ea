"""A list on its page: what was asked of it, the rows of one page, and the addresses that ask otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from flask import request, url_for

from core import deadlines
from core.db import db
from core.i18n import Sentence, _l
from core.lists import question as questions
from core.lists import saved as kept
from core.lists.declared import ListColumn, ListFilter, Listing
from core.lists.question import COLUMNS, Question
from core.lists.saved import Choice, Kept
from core.web.access import actor, this_office
from core.web.paging import page_number

SAVED, ASKED, EVERYTHING = "saved", "asked", "0"


@dataclass(kw_only=True)
class Shown:
    """A list as its page shows it."""

    listing: Listing
    question: Question
    columns: list[ListColumn]
    saved: list[Kept]
    active: Kept | None
    choice: Choice
    page: int
    rows: list[Any] = field(default_factory=list)
    more: bool = False
    due: Mapping[int, Any] = field(default_factory=dict)
    notes: list[Sentence] = field(default_factory=list)

    @property
    def filtered(self) -> bool:
        """Whether anything was asked for but the order."""
        return bool(self.question.answers)

    @property
    def modified(self) -> bool:
        """Whether what is shown is no longer what the chosen filter keeps."""
        return self.active is not None and self.as_kept() != self._of_active()

    def _of_active(self) -> dict[str, str]:
        stored = questions.read(self.listing, self.active.question if self.active else {})
        return _kept(self.listing, stored, stored.columns or _columns_of(self.listing, self.choice))

    @property
    def default_id(self) -> int | None:
        """The filter that the list opens with."""
        return self.choice.default_id

    @property
    def chips(self) -> list[tuple[ListFilter, Sentence | str, str]]:
        """The answers that the bar itself does not show, each with the address of the list without it."""
        among = (self.listing.filters[name] for name in self.question.answers)
        asked = (one for one in among if one.name not in ("q", "whose", "state"))
        return [(one, self.answer(one), self.url(**{one.name: ""})) for one in asked]

    def answer(self, asked: ListFilter) -> Sentence | str:
        """Return an answer in words."""
        value = self.question.answers[asked.name]
        return asked.choices.get(value, value)

    def as_kept(self) -> dict[str, str]:
        """Return what a saved filter keeps of it: the question, and the columns that are shown."""
        return _kept(self.listing, self.question, tuple(one.name for one in self.columns))

    def asked(self) -> dict[str, str]:
        """Return the question as an address and a form carry it, with the chosen filter."""
        mine = self.question.plain()
        if self.active is not None:
            mine[SAVED] = str(self.active.id)
        elif self.default_id:
            mine[SAVED] = EVERYTHING
        return self._marked(mine)

    def _marked(self, said: dict[str, str]) -> dict[str, str]:
        """Mark a question that asks for everything, or the chosen filter would ask its own instead."""
        said = {name: value for name, value in said.items() if value and name != ASKED}
        bare = SAVED in said and not set(said) & questions.names_of(self.listing)
        return {**said, ASKED: "1"} if bare else said

    def url(self, **changes: Any) -> str:
        """Return the address of the list asked otherwise; an empty answer leaves one out."""
        said = {**self.asked(), **{name: str(value) for name, value in changes.items()}}
        return address_of(self.listing, self._marked(said))

    def url_of(self, one: Kept | None) -> str:
        """Return the address of a saved filter, or of everything."""
        nothing = {SAVED: EVERYTHING} if self.default_id else {}
        return address_of(self.listing, {SAVED: str(one.id)} if one else nothing)

    def sort_url(self, column: ListColumn) -> str:
        """Return the address of the list sorted by a column, and by the same the other way round."""
        name = column.name
        now = self.question.sort or self.listing.order
        turned = f"-{name}" if now == name else name
        need, value = column.sorted_with
        missing = {need: value} if need and need not in self.question.answers else {}
        return self.url(**missing, sort=turned if turned != self.listing.order else "", page="")

    def sorted_by(self, column: ListColumn) -> str:
        """Say whether the list is sorted by a column: ascending, descending, or not (empty)."""
        now = self.question.sort or self.listing.order
        if now.removeprefix("-") != column.name:
            return ""
        return "descending" if now.startswith("-") else "ascending"


def address_of(listing: Listing, said: Mapping[str, str]) -> str:
    """Return the address of a list's page with a question."""
    office = this_office().code
    if listing.plugin == "core":
        page = url_for("customers.customers", office=office)
    else:
        page = url_for("cases.cases", office=office, plugin=listing.plugin, noun=listing.noun)
    return f"{page}?{urlencode(said)}" if said else page


def shown(listing: Listing, size: int) -> Shown:
    """Read what an address asks of a list, and the rows of its page."""
    it = asked_by(listing, request.args)
    it.page = page_number()
    query = questions.rows_of(listing, it.question).offset((it.page - 1) * size).limit(size + 1)
    found = list(db.session.scalars(query).unique())
    it.rows, it.more = found[:size], len(found) > size
    if listing.due and any(one.mark == "due" for one in it.columns):
        it.due = deadlines.next_of(listing.due, [row.id for row in it.rows])
    return it


def asked_by(listing: Listing, given: Mapping[str, str]) -> Shown:
    """Read what an address or a form asks of a list: itself, through a saved filter, or the reader's usual one."""
    office_id, me = this_office().id, actor().person_id
    filters = kept.of_list(listing.name, office_id, me)
    choice = kept.choice_of(listing.name, office_id, me)
    named = {name: value for name, value in given.items() if name in questions.names_of(listing)}
    active, notes = _active(given, named, filters, choice)
    stored = dict(active.question) if active is not None and not named and ASKED not in given else named
    question = questions.read(listing, stored)
    columns = question.columns or _columns_of(listing, choice)
    return Shown(
        listing=listing,
        question=question,
        columns=[listing.columns[name] for name in columns],
        saved=filters,
        active=active,
        choice=choice,
        page=1,
        notes=[*notes, *question.lost],
    )


def _active(
    given: Mapping[str, str], named: Mapping[str, str], filters: list[Kept], choice: Choice
) -> tuple[Kept | None, list[Sentence]]:
    """Return the saved filter that is meant, and what is to be said when it is gone."""
    wanted = given.get(SAVED, "")
    if not wanted and not named and choice.default_id:
        wanted = str(choice.default_id)
    found = next((one for one in filters if str(one.id) == wanted), None)
    if found is None and wanted not in ("", EVERYTHING):
        return None, [_l("The saved filter is gone: everything is shown.")]
    return found, []


def _columns_of(listing: Listing, choice: Choice) -> tuple[str, ...]:
    chosen = choice.columns.split(",")
    known = [name for name in chosen if name in listing.columns]
    return questions.arranged(listing, known) if known else listing.usual


def _kept(listing: Listing, question: Question, columns: tuple[str, ...]) -> dict[str, str]:
    usual = columns == listing.usual
    said = {**question.plain(), COLUMNS: "" if usual else ",".join(columns)}
    return {name: value for name, value in said.items() if value}
