"""How things look on a page: moments in the office's zone, time left, clauses with their titles."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import Flask, g, request, url_for
from flask_babel import get_locale
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from core import clock
from core.clauses import Clause
from core.customers.history import CONTACT, KINDS, LABELS, SOURCES, Source, told
from core.customers.proposals import reason_of
from core.customers.records import MOVE_STATES, PROPOSAL_STATES, MoveState, ProposalState
from core.customers.values import phones
from core.deadlines import DROPPED, MET, MISSED, Deadline
from core.i18n import LOCALES, Sentence, _, says, zone
from core.paper import edition_text
from core.people import name_of
from core.plugin_sets import promise_named
from core.procedure import DeadlineRule, Procedure, State
from core.rules import Rules, installed_plugins, known_roles
from core.web.problems import problem_of
from core.worktime import TraceLine
from core.worktime_text import trace_sentences

MOVE_TONES = dict(zip(MoveState, ("wait", "done", "off", "off"), strict=True))
PROPOSAL_TONES = dict(zip(ProposalState, ("wait", "done", "done", "off"), strict=True))
SOON = dt.timedelta(hours=2)
SHORT, ONE_OF, TICK = {"class": "form-control short"}, {"class": "form-select"}, {"class": "form-check-input"}
AMOUNT = {**SHORT, "inputmode": "decimal"}
LOOKS: Mapping[str, Mapping[str, Any]] = {
    **dict.fromkeys(("YesField", "PeopleField"), TICK),
    "SignatureField": {},
    **dict.fromkeys(("ChoiceField", "RecordField", "PersonField", "ProductField"), ONE_OF),
    "LongTextField": {"class": "form-control", "rows": 3, "data_grows": ""},
    **dict.fromkeys(("NumberField", "MoneyField"), AMOUNT),
    **dict.fromkeys(("DayField", "MomentField"), SHORT),
}
PLAIN: Mapping[str, Any] = {"class": "form-control"}


def init_show(app: Flask) -> None:
    """Give the filters and functions to the templates."""
    named = (moment, brief, day, left, shown, shown_brief, clause_title, phones, who)
    app.jinja_env.filters.update({one.__name__: one for one in named}, edition=edition_text)
    app.jinja_env.globals.update(
        _=say,
        LOCALES=LOCALES,
        get_locale=get_locale,
        role_title=role_title,
        clock=clock,
        trace=trace,
        deadline_tone=deadline_tone,
        deadline_sentence=deadline_sentence,
        promise_title=promise_title,
        state_of=state_of,
        sentence=Sentence.from_json,
        plugin_title=plugin_title,
        plugin_name=plugin_name,
        here=here,
        problem_of=problem_of,
        decision_title=decision_title,
        answer_title=answer_title,
        change_label=change_label,
        change_value=change_value,
        change_source=change_source,
        part_told=told,
        move_state=lambda state: MOVE_STATES[MoveState(state)],
        move_tone=lambda state: MOVE_TONES[MoveState(state)],
        proposal_state=lambda state: PROPOSAL_STATES[ProposalState(state)],
        proposal_tone=lambda state: PROPOSAL_TONES[ProposalState(state)],
        proposal_reason=reason_of,
        part_kind=lambda row: KINDS[type(row)],
        control=control,
    )


def control(field: Any, autofocus: bool = False) -> Any:
    """Write what a field is filled in with, joined with its hint and with what is wrong for those who listen."""
    about: dict[str, Any] = {**LOOKS.get(field.type, PLAIN), "autofocus": bool(autofocus)}
    told = [field.id + end for end, said in (("-hint", field.description), ("-error", field.errors)) if said]
    if told:
        about["aria_describedby"] = " ".join(told)
    if field.errors:
        about["aria_invalid"] = "true"
        about |= {"class": f"{look} is-invalid"} if (look := about.get("class")) else {}
    return field(**about)


@pass_context
def say(context: Context, msgid: str, **values: Any) -> str:
    """Say a sentence of a template in the reader's language: the ``_`` of templates, a plugin's in its own domain."""
    owner = (context.name or "").partition("/")[0]
    one = None if owner == "core" else installed_plugins().installed.get(owner)
    return says(one.module.__name__ if one else "", msgid, values)


def moment(value: dt.datetime | None, in_zone: str = "") -> str:
    """Show a moment in the office's time, without seconds: 2026-11-23 14:30."""
    if value is None:
        return ""
    return value.astimezone(ZoneInfo(in_zone) if in_zone else zone()).strftime("%Y-%m-%d %H:%M")


def brief(value: dt.datetime | None, in_zone: str = "") -> str:
    """Show a moment for a list: this year's without the year, 11-23 14:30."""
    if value is None:
        return ""
    there = ZoneInfo(in_zone) if in_zone else zone()
    text = moment(value, in_zone)
    this_year = value.astimezone(there).year == clock.now().astimezone(there).year
    return text[5:] if this_year else text[:10]


def day(value: dt.date | None) -> str:
    """Show a day: 2026-11-23."""
    return value.isoformat() if value else ""


def left(deadline: Deadline) -> str:
    """Show the time that is left, or that has passed (with a minus): 0:48, −2:10, 3 d; or how it ended."""
    if deadline.state == MET:
        return _("kept")
    if deadline.state == DROPPED:
        return _("dropped")
    seconds = int(deadline.left.total_seconds())
    sign, minutes = ("−" if seconds < 0 else ""), abs(seconds) // 60
    if minutes >= 48 * 60:
        return _("%(sign)s%(days)s d", sign=sign, days=minutes // (24 * 60))
    return f"{sign}{minutes // 60}:{minutes % 60:02d}"


TONES = {MET: "done", MISSED: "missed", DROPPED: "off"}


def deadline_tone(deadline: Deadline) -> str:
    """Say how urgent a deadline looks: missed, soon, done, off or plain."""
    if deadline.state in TONES:
        return TONES[deadline.state]
    if deadline.late:
        return "missed"
    return "soon" if deadline.left < SOON else "plain"


def deadline_sentence(deadline: Deadline) -> str:
    """Say in words how a deadline stands."""
    due = moment(deadline.due_at, _zone_of(deadline.office_id))
    ended = moment(deadline.ended_at, _zone_of(deadline.office_id))
    if deadline.state == MET:
        return _("Kept: done %(ended)s, due %(due)s.", ended=ended, due=due)
    if deadline.state == MISSED:
        return _("Missed: done %(ended)s, due %(due)s.", ended=ended, due=due)
    if deadline.state == DROPPED:
        return _("No longer needed since %(ended)s; it was due %(due)s.", ended=ended, due=due)
    return _("Overdue since %(due)s.", due=due) if deadline.late else _("Due %(due)s.", due=due)


def rules_for(office_id: int) -> Rules | None:
    """Return the rules of an office that this page has read: the URL's, or one of the desk's."""
    if "rules" in g and g.rules.office.id == office_id:
        own: Rules = g.rules
        return own
    read: Mapping[int, Rules] = g.get("rules_of_mine") or {}
    return read.get(office_id)


def _zone_of(office_id: int) -> str:
    rules = rules_for(office_id)
    return rules.office.zone if rules else ""


def promised(deadline: Deadline) -> DeadlineRule | None:
    """Find the rule of a deadline, while its plugin is on; of a case that another office shares, as it is declared."""
    rules = rules_for(deadline.office_id)
    known = rules.plugins.procedures if rules else installed_plugins().procedures
    procedure = known.get(deadline.procedure)
    return procedure.deadlines.get(deadline.key) if procedure else None


def promise_title(deadline: Deadline) -> Sentence | str:
    """Say what a deadline promises."""
    rule, rules = promised(deadline), rules_for(deadline.office_id)
    procedure = rules.plugins.procedures.get(deadline.procedure) if rules else None
    if rule is None and rules and procedure:
        return promise_named(procedure, rules, deadline.key)
    return rule.title if rule else deadline.key


def trace(deadline: Deadline) -> list[str]:
    """Tell how a deadline's time was computed, line by line."""
    return [str(one) for one in trace_sentences(map(TraceLine.from_json, deadline.trace))]


def state_of(procedure: Procedure, name: str | None) -> State | None:
    """Return a state as a page shows it, known here or not; None where a case stands nowhere yet."""
    return procedure.states[name] if name else None


def shown(value: Any) -> Any:
    """Show a fact, whatever it is: a moment, a yes or no, a list, a sentence, a text of several lines."""
    if isinstance(value, dt.datetime):
        return Markup('<time class="time">{}</time>').format(moment(value))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list | tuple):
        return Markup("<br>").join(escape(str(one)) for one in value)
    return "" if value is None else str(value)


def shown_brief(value: Any) -> Any:
    """Show a fact in a list: a moment without this year's number."""
    if isinstance(value, dt.datetime):
        return Markup('<time class="time" title="{}">{}</time>').format(moment(value), brief(value))
    return shown(value)


def clause_of(code: str) -> Clause | None:
    """Find a clause by its code."""
    return installed_plugins().clauses.get(code)


def who(name: str, actor_id: int | None = None) -> Sentence | str:
    """Return who did something, a machine in the reader's language; where rows keep no id, by the name alone."""
    return name_of(actor_id, name)


def clause_title(code: Any) -> str:
    """Return a clause's title in the reader's language; nothing for a house rule."""
    found = clause_of(str(code))
    return found.title if found else ""


def decision_title(name: str) -> Sentence | str:
    """Return what a decision is about, in words; its name when nobody declares it any more."""
    return getattr(_spec(name), "koudai_title", name)


def answer_title(name: str, value: Any) -> Sentence | str:
    """Return what an answer to a decision means, in words; the value itself when nobody names it."""
    values: Mapping[str, Sentence] = getattr(_spec(name), "koudai_values", {})
    return values.get(value, str(value))


def _spec(name: str) -> Any:
    return next((vars(one)[name] for one in installed_plugins().specs if name in vars(one)), None)


def plugin_name(name: str) -> str:
    """Return a plugin's title; its name when it is not installed any more, and core's own."""
    if name == "core":
        return _("Koudai")
    one = installed_plugins().installed.get(name)
    return str(one.manifest.title) if one else name


def plugin_title(name: str) -> str:
    """Return a plugin's title, with its version."""
    one = installed_plugins().installed.get(name)
    return f"{one.manifest.title} {one.manifest.version}" if one else name


def change_label(field: str, what: str = "") -> Sentence | str:
    """Return the label of a field that the customer file's history or a form of it names."""
    if (what, field) == (CONTACT, "name"):
        return LABELS["contact"]
    return LABELS.get(field.removesuffix("_id"), field)


def change_value(field: str, value: str) -> str:
    """Show a value as the customer file's history keeps it: a moment in the office's time."""
    if field != "verified_at" or not value:
        return value
    return moment(dt.datetime.fromisoformat(value))


def change_source(source: str) -> Sentence | str:
    """Say by which way a change of the customer file came about."""
    return SOURCES.get(Source(source), source) if source in set(Source) else source


def here(changes: Mapping[str, Any]) -> str:
    """Return the address of this page with some of its questions changed; an empty answer leaves one out."""
    page = url_for(request.endpoint or "desk.desk", **(request.view_args or {}))
    asked = {**request.args.to_dict(), **changes}
    questions = urlencode({name: answer for name, answer in asked.items() if answer not in (None, "")})
    return f"{page}?{questions}" if questions else page


def role_title(key: str) -> Sentence | str:
    """Return what a role is called, a plugin's own too; one whose plugin is gone is called by its key."""
    known = known_roles()
    return known[key].title if key in known else key
