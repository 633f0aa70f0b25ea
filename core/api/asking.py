"""What comes beside the body: the questions of a list, and the headers of a step, checked as strictly."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field

from flask import request

from core.api.bodies import Errors
from core.api.replays import LONGEST_KEY
from core.i18n import Sentence, _l
from core.lists.cases import some_stand_in
from core.procedure import Filter, Procedure
from core.web.access import this_office

NEWEST, OLDEST = "newest", "oldest"
MOST_PAGES, MOST_ITEMS, ITEMS = 10_000, 100, 30
LONGEST_QUESTION = 60
KEY = re.compile(rf"[\x21-\x7e]{{1,{LONGEST_KEY}}}")
VERSION = re.compile(r'"(\d{1,9})"')


@dataclass
class Asked:
    """Which page of a list is asked for, and what the list is to hold."""

    q: str = ""
    state: str = ""
    customer: str = ""
    filtered: dict[str, str] = field(default_factory=dict)
    sort: str = NEWEST
    page: int = 1
    size: int = ITEMS
    errors: Errors = field(default_factory=dict)

    @property
    def offset(self) -> int:
        """How many items lie before the page."""
        return (self.page - 1) * self.size

    def place(self, found: int) -> dict[str, object]:
        """Say which page it is, and whether there is one more."""
        return {"page": self.page, "size": self.size, "more": found > self.size}


def of_cases(procedure: Procedure) -> Asked:
    """Read the questions that a list of cases can be asked."""
    asked = _paged({"state", "customer", "sort", *(one.name for one in procedure.filters)})
    asked.state = _state(procedure, asked)
    asked.sort = _one_of("sort", (NEWEST, OLDEST), asked) or NEWEST
    asked.customer = _text("customer", asked)
    asked.filtered = {one.name: found for one in procedure.filters if (found := _of_filter(one, asked))}
    return asked


def _state(procedure: Procedure, asked: Asked) -> str:
    """Read a state: one that somebody declares here, or in which cases still stand of a plugin that is gone."""
    typed = request.args.get("state", "")[:LONGEST_QUESTION]
    if typed and typed not in procedure.states and some_stand_in(procedure, this_office().id, typed):
        return typed
    return _one_of("state", procedure.states, asked)


def _of_filter(one: Filter, asked: Asked) -> str:
    """Read one of the choices that a procedure's filter offers, or the id of a person."""
    if one.choices is not None:
        return _one_of(one.name, one.choices, asked)
    typed = request.args.get(one.name)
    if typed is None or re.fullmatch(r"[0-9]{1,9}", typed):
        return typed or ""
    asked.errors[one.name] = [_l("Give a whole number in digits, like 12.")]
    return ""


def of_customers() -> Asked:
    """Read the questions that the customer file can be asked."""
    asked = _paged({"q"})
    asked.q = _text("q", asked)
    return asked


def _paged(more: Collection[str]) -> Asked:
    asked = Asked()
    for name in request.args:
        if name not in {"page", "size", *more}:
            asked.errors[name] = [_l("There is no such question.")]
    asked.page = _number("page", 1, MOST_PAGES, asked)
    asked.size = _number("size", ITEMS, MOST_ITEMS, asked)
    return asked


def _number(name: str, usual: int, most: int, asked: Asked) -> int:
    typed = request.args.get(name, str(usual))
    if re.fullmatch(r"[0-9]{1,6}", typed) and 1 <= int(typed) <= most:
        return int(typed)
    asked.errors[name] = [_l("Give a number from %(minimum)s to %(maximum)s.", minimum=1, maximum=most)]
    return usual


def _one_of(name: str, known: Collection[str], asked: Asked) -> str:
    typed = request.args.get(name)
    if typed is None or typed in known:
        return typed or ""
    asked.errors[name] = [_l("This is not one of the choices. Choose from the list.")]
    return ""


def _text(name: str, asked: Asked) -> str:
    typed = request.args.get(name, "")
    if len(typed) > LONGEST_QUESTION:
        asked.errors[name] = [_l("Too long: at most %(limit)s characters.", limit=LONGEST_QUESTION)]
    return typed[:LONGEST_QUESTION]


@dataclass(frozen=True, kw_only=True)
class Said:
    """What the headers of a step say: the key of the request, and the version that was seen."""

    key: str
    seen: int | None
    errors: dict[str, list[Sentence]]


def of_step() -> Said:
    """Read the headers of a step."""
    errors: Errors = {}
    key, match = request.headers.get("Idempotency-Key"), request.headers.get("If-Match")
    if key is not None and not KEY.fullmatch(key):
        errors["Idempotency-Key"] = [_l("Give 1 to 80 printable characters.")]
    version = VERSION.fullmatch(match.strip()) if match is not None else None
    if match is not None and version is None:
        errors["If-Match"] = [_l('Give the version as it stood in the ETag, like "3".')]
    return Said(key=key or "", seen=int(version[1]) if version else None, errors=errors)
