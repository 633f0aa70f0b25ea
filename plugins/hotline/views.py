"""The call desk: everything a call needs on one page, while the phone is at the ear (QI/03)."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_login import current_user
from markupsafe import Markup, escape

from core import clock
from core.customers import services as customers
from core.customers.models import Customer
from core.errors import Objection, RefusalKind, Refused
from core.i18n import _l
from core.web.access import actor, may, needs, these_rules, this_office
from core.web.cases import STATUS, case_url
from plugins.hotline import desk as desks
from plugins.hotline import panel, script, services
from plugins.hotline.desk import Desk
from plugins.hotline.hooks import ENTITLEMENTS
from plugins.hotline.panel import KnownCase, Panel

DESK = "/<office>/hotline/desk"
LONGEST_SEARCH = 60
# Which drafts have become calls: a browser that kept one lets it go when it sees its mark here.
LOGGED, LONGEST_MARK, MOST_MARKS = "hotline_logged", 40, 8
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
pages = Blueprint(
    "hotline",
    __name__,
    template_folder="templates",
    static_folder="static",
    static_url_path="/hotline/static",
)
pages.app_template_filter("numbers_of")(panel.numbers_of)
pages.app_template_filter("caller")(panel.caller)


@pages.app_template_filter("whole_days")
def whole_days(sentence: Any) -> Markup:
    """Keep the days in a sentence from being broken between two lines."""
    return Markup(DAY.sub(r'<span class="time">\g<0></span>', str(escape(str(sentence)))))


@pages.route(DESK, methods=["GET", "POST"])
@needs("hotline.read")
def desk(office: str) -> Any:
    """The desk: an empty call, or one being logged; a customer and a search may come with the address."""
    if request.method == "POST":
        return _log()
    customer = customers.of_office(request.args.get("customer", ""), this_office().id)
    caller = panel.caller(customer, request.args.get("q", "")) if customer else None
    said = (caller.name, panel.numbers_of(caller)[0]) if caller else ("", "")
    follows = request.args.get("follows", "")
    return _page(_look(desks.opening(customer, *said, follows)))


@pages.get(f"{DESK}/find")
@needs("hotline.read")
def find(office: str) -> str:
    """Who fits what was typed so far: file number, name, initials, phone or serial number (QI/03 3.2.2)."""
    return render_template("hotline/_hits.html", **_search())


@pages.post(f"{DESK}/customer")
@needs("hotline.read")
def customer(office: str) -> str:
    """The chosen customer: the panel, his products, and what may come of the call; what was typed stays."""
    look = _look(desks.about_the_only_product(request.form))
    return render_template("hotline/_customer.html", desk=look, panel=_panel(look.customer), **_words())


@pages.post(f"{DESK}/outcomes")
@needs("hotline.read")
def outcomes(office: str) -> str:
    """What the contract says and what may come of the call, now that it is about another product."""
    return render_template("hotline/_about.html", desk=_look(request.form), **_words())


def _log() -> Any:
    """Log the call, and take the chosen outcome in the same breath: both or neither."""
    look = _look(request.form)
    outcome = request.form.get("outcome", "")
    try:
        _offered(look, outcome)
        cases = services.log_call(actor(), this_office(), request.form, outcome, look.answers(outcome))
    except Refused as refused:
        again = _look(request.form)
        again.show_errors(refused)
        return _page(again, refused), STATUS.get(refused.kind, 409)
    readable = [one for one in cases if may(one[0].reads)]
    known = [KnownCase(procedure=procedure, case=case) for procedure, case in readable]
    flash(Markup(render_template("hotline/_logged.html", known=known)), "done")
    _note_logged(request.form.get("draft", ""))
    here = url_for("hotline.desk", office=this_office().code)
    return redirect(here if outcome else case_url(look.procedure, known[0].case.number))


def _note_logged(mark: str) -> None:
    if mark:
        session[LOGGED] = [*session.get(LOGGED, []), mark[:LONGEST_MARK]][-MOST_MARKS:]


def _offered(look: Desk, outcome: str) -> None:
    """Refuse an outcome that the office has not, or has no longer."""
    if outcome and all(one.step.name != outcome for one in look.outcomes):
        text = _l("What was chosen is not possible here, or not any more. Choose again.")
        raise Refused(RefusalKind.STATE, [Objection(text)])


def _look(typed: Any) -> Desk:
    return Desk(typed, actor(), these_rules(), clock.now())


def _panel(chosen: Customer | None) -> Panel | None:
    return panel.panel_of(chosen, these_rules(), may) if chosen else None


def _search() -> dict[str, Any]:
    typed = request.args.get("q", "")[:LONGEST_SEARCH]
    hits, more = panel.hits(typed, this_office().id)
    return {"q": typed, "hits": hits, "more": more}


def _words() -> dict[str, Any]:
    return {"entitlements": ENTITLEMENTS, "tones": panel.TONES, "rules": these_rules()}


def _page(look: Desk, refused: Refused | None = None) -> str:
    company, number = these_rules().parameter("core.company"), current_user.hotline_number
    return render_template(
        "hotline/desk.html",
        desk=look,
        panel=_panel(look.customer),
        lines=script.lines(company, number),
        refused=refused,
        logged=session.get(LOGGED, []),
        **_search(),
        **_words(),
    )
