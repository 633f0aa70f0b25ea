"""The call desk: everything a call needs on one page, while the phone is at the ear (QI/03)."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_login import current_user
from markupsafe import Markup, escape
from werkzeug.datastructures import MultiDict

from core import clock
from core.customers import services as customers
from core.customers.models import Customer
from core.db import db
from core.errors import Objection, RefusalKind, Refused
from core.i18n import _, _l
from core.web.access import actor, may, needs, these_rules, this_office
from core.web.cases import STATUS, case_url
from plugins.hotline import desk as desks
from plugins.hotline import draft_views, drafts, line_views, lines, panel, script, services, times
from plugins.hotline.board import views as board_views
from plugins.hotline.desk import Desk
from plugins.hotline.drafts import LONGEST_MARK, AlreadyLogged
from plugins.hotline.hooks import ENTITLEMENTS
from plugins.hotline.knowledge import views as knowledge_views
from plugins.hotline.log import views as log_views
from plugins.hotline.mail import views as mail_views
from plugins.hotline.models import Call
from plugins.hotline.panel import KnownCase, Panel
from plugins.hotline.replies import views as replies_views
from plugins.hotline.roster import views as roster_views
from plugins.hotline.shift import views as shift_views
from plugins.hotline.statistics import views as figures_views

DESK = "/<office>/hotline/desk"
LONGEST_SEARCH = 60
# Which drafts have become calls: a browser that kept one lets it go when it sees its mark here.
LOGGED, MOST_MARKS = "hotline_logged", 8
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
pages = Blueprint(
    "hotline",
    __name__,
    template_folder="templates",
    static_folder="static",
    static_url_path="/hotline/static",
)
ROOMS = (
    draft_views.pages,
    line_views.pages,
    line_views.phone,
    replies_views.pages,
    knowledge_views.pages,
    mail_views.pages,
    roster_views.pages,
    shift_views.pages,
    board_views.pages,
    log_views.pages,
    figures_views.pages,
)
for room in ROOMS:
    pages.register_blueprint(room)
pages.app_template_filter("numbers_of")(panel.numbers_of)
pages.app_template_filter("caller")(panel.caller)


@pages.app_template_filter("whole_days")
def whole_days(sentence: Any) -> Markup:
    """Keep the days in a sentence from being broken between two lines."""
    return Markup(DAY.sub(r'<span class="time">\g<0></span>', str(escape(str(sentence)))))


@pages.route(DESK, methods=["GET", "POST"])
@needs("hotline.read")
def desk(office: str) -> Any:
    """The desk: an empty call, or one being logged; a customer and a search, or a draft, may come with the address."""
    if request.method == "POST":
        return _log()
    if "draft" in request.args:
        return _go_on(request.args["draft"])
    customer = customers.of_office(request.args.get("customer", ""), this_office().id)
    caller = panel.caller(customer.contacts, request.args.get("q", "")) if customer else None
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
    chosen = customers.of_office(request.form.get("customer_id", ""), this_office().id)
    look = _look(desks.about_the_only_product(request.form, chosen))
    return render_template("hotline/_customer.html", desk=look, panel=_panel(look.customer), **_words())


@pages.post(f"{DESK}/outcomes")
@needs("hotline.read")
def outcomes(office: str) -> str:
    """What the contract says and what may come of the call, now that it is about another product."""
    return render_template("hotline/_about.html", desk=_look(request.form), **_words())


def _go_on(mark: str) -> Any:
    """Open one's own draft; one that was logged meanwhile leads to its call."""
    logged = drafts.logged_as(this_office().id, mark)
    if logged is not None:
        return _is_logged(logged)
    draft = drafts.opened(this_office().id, actor().person_id or 0, mark)
    if draft is None:
        flash(_("This draft is no more: it was logged, thrown away or taken over."), "warning")
        return redirect(url_for("hotline.desk", office=this_office().code))
    return _page(_look(MultiDict([*((name, value) for name, value in draft.said), ("draft", mark)])))


def _is_logged(call_id: int) -> Any:
    """Lead to the call that a draft has become: it is logged once, however often it is sent."""
    number = db.session.get_one(Call, call_id).number
    flash(_("This call was logged already, as %(number)s.", number=number), "done")
    return redirect(case_url(these_rules().procedure(desks.CALL), number))


def _log() -> Any:
    """Log the call, and take the chosen outcome in the same breath: both or neither."""
    outcome, mark = request.form.get("outcome", ""), request.form.get("draft", "")[:LONGEST_MARK]
    logged = drafts.logged_as(this_office().id, mark)
    if logged is not None:
        return _is_logged(logged)
    look = _look(request.form)
    try:
        _offered(look, outcome)
        cases = services.log_call(actor(), this_office(), request.form, outcome, look.answers(outcome), mark)
    except AlreadyLogged as twice:
        return _is_logged(twice.call_id)
    except Refused as refused:
        again = _look(request.form)
        again.show_errors(refused)
        return _page(again, refused), STATUS.get(refused.kind, 409)
    readable = [one for one in cases if may(one[0].reads)]
    known = [KnownCase(procedure=procedure, case=case) for procedure, case in readable]
    flash(Markup(render_template("hotline/_logged.html", known=known)), "done")
    _note_logged(mark)
    here = url_for("hotline.desk", office=this_office().code)
    return redirect(here if outcome else case_url(look.procedure, known[0].case.number))


def _note_logged(mark: str) -> None:
    if mark:
        session[LOGGED] = [*session.get(LOGGED, []), mark][-MOST_MARKS:]


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


def _drafts(here: str) -> dict[str, Any]:
    """Return the half-written calls to go on with: one's own but the one on this page, and others' to take over."""
    office_id, me = this_office().id, current_user.id
    return {
        "drafts": [one for one in drafts.mine(office_id, me) if one.mark != here],
        "others_drafts": drafts.of_colleagues(office_id, me) if may("hotline.take_drafts") else [],
    }


def _page(look: Desk, refused: Refused | None = None) -> str:
    company, number = these_rules().parameter("core.company"), current_user.hotline_number
    return render_template(
        "hotline/desk.html",
        desk=look,
        panel=_panel(look.customer),
        lines=script.lines(company, number),
        refused=refused,
        logged=session.get(LOGGED, []),
        times=times.proposed(these_rules(), look.now),
        **_drafts(look.typed.get("draft", "")),
        **line_views.shown(lines.line_of(this_office().id, current_user.id)),
        **_search(),
        **_words(),
    )
