"""The catalogue to read, and beside the call desk to answer from (QI/02)."""

from __future__ import annotations

from collections import Counter
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request
from flask_login import current_user

from core import gate
from core.customers import services as customers
from core.customers.models import Customer
from core.errors import Refused
from core.web.access import actor, may, needs, these_rules, this_office
from core.web.cases import STATUS, case_url
from plugins.hotline import panel
from plugins.hotline.panel import KnownCase
from plugins.hotline.replies.catalogue import catalogue, known, row_of, shown
from plugins.hotline.replies.entries import FOLLOW_UPS, GROUPS, OWNERS, PROMISES, ReplyEntry, fitting

BOOK, DESK = "/<office>/hotline/replies", "/<office>/hotline/desk"
LONGEST, MOST = 60, 6
pages = Blueprint("replies", __name__)


@pages.get(BOOK)
@needs("hotline.read")
def book(office: str) -> str:
    """The catalogue: groups, what fits, and one entry; or all that fits one after another, for paper."""
    found = _found(request.args.get("q", ""), request.args.get("group", ""))
    chosen = catalogue(these_rules()).get(request.args.get("entry", ""))
    entry = chosen or next(iter(found["hits"]), None)
    return render_template("hotline/replies/book.html", **found, **_of(entry), **_words())


@pages.get(f"{BOOK}/find")
@needs("hotline.read")
def find(office: str) -> str:
    """What fits while it is typed."""
    found = _found(request.args.get("q", ""), request.args.get("group", ""))
    return render_template("hotline/replies/_list.html", **found, **_words())


@pages.get(f"{DESK}/replies")
@needs("hotline.read")
def beside(office: str) -> str:
    """What fits what was typed beside the desk, a few lines of it."""
    return render_template("hotline/replies/_panel.html", **beside_the_desk(request.args.get("help_q", "")))


@pages.get(f"{DESK}/reply")
@needs("hotline.read")
def chosen(office: str) -> str:
    """The reply that is being given: the words, the promise, and what is open with the customer."""
    return render_template("hotline/replies/_chosen.html", chosen=chosen_reply(request.args))


@pages.post(f"{BOOK}/adapt")
@needs("hotline.read")
def adapt(office: str) -> Any:
    """Begin an entry of the office's own with the words of the one that it will replace."""
    entry = catalogue(these_rules()).get(request.form.get("entry", ""))
    if entry is None:
        abort(404)
    try:
        case = gate.perform("hotline.reply", None, "draft", actor(), row_of(entry), office=this_office())
    except Refused as refused:
        page = render_template(
            "hotline/replies/book.html", refused=refused, **_found("", ""), **_of(entry), **_words()
        )
        return page, STATUS.get(refused.kind, 409)
    return redirect(case_url(these_rules().procedure("hotline.reply"), case.number, step="edit"))


def _found(typed: str, group: str) -> dict[str, Any]:
    entries = list(catalogue(these_rules()).values())
    typed, group = typed[:LONGEST], group if group in GROUPS else ""
    everywhere = fitting(entries, typed)
    counted = Counter(one.group for one in everywhere)
    hits = [one for one in everywhere if group in ("", one.group)]
    return {"q": typed, "group": group, "hits": hits, "counted": counted, "many": len(everywhere)}


def _of(entry: ReplyEntry | None) -> dict[str, Any]:
    return {"entry": entry, "filled": lambda one: shown(one, _known(None)), "all": "all" in request.args}


def _words() -> dict[str, Any]:
    titles = {"groups": GROUPS, "promises": PROMISES, "owners": OWNERS, "follow_ups": FOLLOW_UPS}
    return titles | {"rules": these_rules()}


def _known(customer: Customer | None) -> Any:
    return known(these_rules(), customer, current_user.name, current_user.hotline_number)


def beside_the_desk(typed: str) -> dict[str, Any]:
    """Return what fits what was typed beside the desk."""
    typed = typed[:LONGEST]
    hits = fitting(catalogue(these_rules()).values(), typed) if typed.strip() else []
    return {"help_q": typed, "replies": hits[:MOST], "more_replies": max(0, len(hits) - MOST), **_words()}


def chosen_reply(typed: Any) -> dict[str, Any] | None:
    """Return the reply that was chosen at the desk as it reads for this customer; nothing when none was."""
    entry = catalogue(these_rules()).get(typed.get("reply", ""))
    if entry is None:
        return None
    customer = customers.of_office(typed.get("customer_id", ""), this_office().id)
    looked_up = open_requests(customer) if entry.looks_up and customer else []
    return {
        "entry": entry,
        "words": shown(entry, _known(customer)),
        "customer": customer,
        "open": looked_up,
        "not_promised": bool(typed.get("reply_not_promised")),
        **_words(),
    }


def open_requests(customer: Customer) -> list[KnownCase]:
    """Return what is open with a customer, but the calls: whoever asks again wants to know of his visit."""
    found = panel.panel_of(customer, these_rules(), may).open_cases
    return [one for one in found if one.procedure.name != "hotline.call"]


@pages.app_template_global("desk_reply")
def _desk_reply(typed: Any) -> dict[str, Any] | None:
    return chosen_reply(typed)


@pages.app_template_global("desk_replies")
def _desk_replies(typed: Any) -> dict[str, Any]:
    return beside_the_desk(typed.get("help_q", ""))
