"""The search box: cases, customers and whatever plugins let find, by any part of it, in all my offices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy import select

from core.cases import Case
from core.customers import lookup, values
from core.customers.models import Customer
from core.db import db
from core.i18n import Sentence
from core.procedure import Procedure, State
from core.rules import Rules
from core.search import finding, words
from core.search.finding import FoundText
from core.slots import Searchable
from core.web.access import may, signed_in
from core.web.cases import case_url
from core.web.menu import rules_of_mine
from core.web.show import state_of

pages = Blueprint("search", __name__)
MOST, MOST_AT_ONCE, LONGEST = 20, 5, 60


@dataclass(frozen=True, kw_only=True)
class Hit:
    """One line of what was found: where it leads, what it is, and where the words stand in it."""

    href: str
    number: str
    title: str
    pieces: list[tuple[str, bool]]
    office: str
    state: State | None = None
    whole: str = ""

    @property
    def page(self) -> str:
        """The address of its page; what is read among what was found has none."""
        return "" if self.whole else self.href


@dataclass(frozen=True, kw_only=True)
class Group:
    """What was found of one kind, the newest first; ``href`` leads to the list that shows all of it."""

    title: Sentence
    hits: list[Hit]
    href: str = ""


@dataclass(frozen=True)
class Found:
    """Everything that fits what was typed."""

    customers: list[Customer]
    groups: list[Group]

    @property
    def only(self) -> str:
        """Where to go straight away, when one thing alone was meant."""
        if self.count != 1:
            return ""
        return _customer_href(self.customers[0]) if self.customers else self.groups[0].hits[0].page

    @property
    def count(self) -> int:
        """How much was found."""
        return len(self.customers) + sum(len(group.hits) for group in self.groups)


@pages.get("/search")
@signed_in
def search() -> Any:
    """Go straight to what was meant when there is only one; else show what fits, by its kind."""
    typed, rules = _typed(), rules_of_mine()
    exact = case_by_number(typed, rules.values()) if typed else None
    if exact is not None:
        procedure, case, office = exact
        return redirect(case_url(procedure, case.number, office))
    found = everything(typed, rules, MOST)
    if found.only:
        return redirect(found.only)
    return render_template("core/search.html", typed=typed, found=found, rules=rules)


@pages.get("/search/hits")
@signed_in
def hits() -> str:
    """The first of what fits what was typed so far, for the box in the header."""
    typed, rules = _typed(), rules_of_mine()
    # One letter or figure begins half of all words; one Chinese character says something already.
    found = everything("" if len(typed) == 1 and typed.isascii() else typed, rules, MOST_AT_ONCE)
    return render_template("core/_hits.html", typed=typed, found=found, rules=rules, most=MOST_AT_ONCE)


def _typed() -> str:
    return request.args.get("q", "").strip()[:LONGEST]


def everything(typed: str, rules: Mapping[int, Rules], most: int) -> Found:
    """Find what the reader may see, at most so much of each kind."""
    seen = [office_id for office_id, one in rules.items() if may("core.see_customers", one)]
    kinds = {office_id: dict(_kinds(one)) for office_id, one in rules.items()}
    texts = finding.find(typed, kinds, most)
    return Found(
        customers=lookup.find_words(typed, seen, most),
        groups=list(_groups(typed, texts, kinds, rules)),
    )


def _kinds(rules: Rules) -> Iterator[tuple[str, Procedure | Searchable]]:
    """Yield what the reader may find in an office."""
    for procedure in rules.plugins.procedures.values():
        if may(procedure.reads, rules):
            yield procedure.name, procedure
    for _plugin, one in rules.plugins.gather("core_searchables"):
        if isinstance(one, Searchable) and may(one.permission, rules):
            yield one.kind, one


def _groups(
    typed: str,
    texts: list[FoundText],
    kinds: Mapping[int, Mapping[str, Procedure | Searchable]],
    rules: Mapping[int, Rules],
) -> Iterator[Group]:
    """Part what was found by its kind, in the order of the procedures."""
    terms = words.terms(typed)
    for name in dict.fromkeys(name for known in kinds.values() for name in known):
        mine = [one for one in texts if one.kind == name]
        if not mine:
            continue
        kind = kinds[mine[0].office_id][name]
        states = _states(kind, mine) if isinstance(kind, Procedure) else {}
        yield Group(
            title=kind.title,
            hits=[_hit(one, kinds[one.office_id][name], terms, rules, states, typed) for one in mine],
            href=_list_of(kind, mine, typed, rules),
        )


def _states(kind: Procedure, texts: Iterable[FoundText]) -> dict[int, str]:
    model = kind.model
    query = select(model.id, model.state).where(model.id.in_([one.subject_id for one in texts]))
    return {row.id: row.state for row in db.session.execute(query)}


def _hit(
    text: FoundText,
    kind: Procedure | Searchable,
    terms: list[str],
    rules: Mapping[int, Rules],
    states: Mapping[int, str],
    typed: str,
) -> Hit:
    office, of_case = rules[text.office_id].office.code, isinstance(kind, Procedure)
    state = states.get(text.subject_id) if of_case else None
    return Hit(
        href=_href(text, kind, office, typed),
        number=text.number,
        title=text.title,
        pieces=words.snippet(text.body, terms),
        office=office,
        state=state_of(kind, state) if isinstance(kind, Procedure) else None,
        whole="" if of_case else text.body,
    )


def _href(text: FoundText, kind: Procedure | Searchable, office: str, typed: str) -> str:
    """Return where a hit leads: to its case; what has no page of its own is read among what was found."""
    if isinstance(kind, Procedure):
        return case_url(kind, text.number, office)
    return url_for("search.search", q=typed, open=text.id, _anchor=f"text-{text.id}")


def _list_of(
    kind: Procedure | Searchable, texts: list[FoundText], typed: str, rules: Mapping[int, Rules]
) -> str:
    """Return the address of the one list that holds all of these."""
    offices = {one.office_id for one in texts}
    if not isinstance(kind, Procedure) or len(offices) > 1:
        return ""
    office = rules[offices.pop()].office.code
    return url_for("cases.cases", office=office, plugin=kind.plugin, noun=kind.noun, q=typed)


def _customer_href(customer: Customer) -> str:
    office = rules_of_mine()[customer.office_id].office.code
    return customer_url(office, customer.file_number)


@pages.app_template_global()
def customer_url(office: str, file_number: str) -> str:
    """Return the address of a customer's page."""
    return url_for("customers.customer", office=office, file_number=file_number)


def case_by_number(typed: str, rules: Iterable[Rules]) -> tuple[Procedure, Case, str] | None:
    """Find the case with this very number in an office where the reader may see it; the number says which and whose."""
    number = values.code(typed)
    every = [(one, p) for one in rules for p in one.plugins.procedures.values()]
    named = [(one, p) for one, p in every if number.startswith(f"{one.office.code}-{p.letter}-")]
    seen = [(one, p) for one, p in named if may(p.reads, one)]
    for model in {procedure.model: None for _one, procedure in seen}:
        case = db.session.scalars(select(model).where(model.number == number)).unique().one_or_none()
        for one, procedure in seen:
            if case is not None and procedure.model is model and one.office.id == case.office_id:
                return procedure, case, one.office.code
    return None
