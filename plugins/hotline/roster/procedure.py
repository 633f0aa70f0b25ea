"""The lives of a roster, an absence and a swap (QP/2-04 5.1)."""

from __future__ import annotations

import datetime as dt

from core.clauses import house_rule
from core.deadlines import Within, working_days, working_minutes
from core.forms import ReasonForm
from core.i18n import _l
from core.procedure import Column, Filter, Procedure
from core.roles import DUTY_MANAGER, HOTLINE_ENGINEER, OFFICE_STAFF, SUPPORT_MANAGER, TIMER
from core.worktime import Due, OfficeCalendar
from plugins.hotline.roster import absences, forms, services, swaps
from plugins.hotline.roster.models import ABSENCES, Absence, Roster, Swap
from plugins.hotline.roster.parameters import FORGOTTEN

MANAGERS = (SUPPORT_MANAGER, DUTY_MANAGER)
MONTHLY = "QP/2-04 5.1"
BOTH_KNOW = house_rule(_l("Nobody finds himself on a shift that he did not agree to."))
ONE_KNOWS = house_rule(_l("Whoever is away has said so, and somebody has agreed."))
PAGE = "hotline.roster.current"


def _before_month(calendar: OfficeCalendar, begins_at: dt.datetime, _none: object) -> Due:
    """Closing time of the last working day before the month."""
    opens = calendar.opening(calendar.previous_working_day(calendar.local_day(begins_at)))
    assert opens, "a working day opens"
    return calendar.same_working_day(opens)


BEFORE_IT_BEGINS = Within(
    _before_month,
    told=lambda _none: _l("before the month begins: by closing time of the last working day before it"),
    promised=True,
    counted=False,
)

roster = Procedure(
    "hotline.roster",
    model=Roster,
    title=_l("Duty roster"),
    letter="W",
    record="QR/01",
    reads="hotline.read",
    heading=lambda one: one.title if one.month else "",
    columns=(Column(name="month", title=_l("Month"), value=lambda one: one.title),),
    facts=(
        Column(name="month", title=_l("Month"), value=lambda one: one.title),
        Column(name="published", title=_l("Published"), value=lambda one: one.published_at),
        Column(name="reason", title=_l("Reason of the last change"), value=lambda one: one.reason),
    ),
)
roster.state("drafted", _l("Being drawn up"), tone="wait")
roster.state("published", _l("Published"), tone="done")
roster.state("closed", _l("Closed"), tone="off", final=True)
roster.deadline(
    "hotline.publish_roster",
    title=_l("Publish the roster before the month begins"),
    within=BEFORE_IT_BEGINS,
    owner=SUPPORT_MANAGER,
    since="begins_at",
    clause=MONTHLY,
)
roster.step(
    "begin",
    "-> drafted",
    title=_l("Begin a month's roster"),
    by=(SUPPORT_MANAGER, TIMER),
    clause=MONTHLY,
    form=forms.BeginForm,
    does=services.begin,
    starts=("hotline.publish_roster",),
)
roster.step(
    "propose",
    "drafted -> same",
    title=_l("Propose a fair plan"),
    by=SUPPORT_MANAGER,
    clause=MONTHLY,
    form=forms.ProposeForm,
    does=services.fill,
    own_page=PAGE,
)
roster.step(
    "change",
    "drafted -> same",
    title=_l("Fill in"),
    by=SUPPORT_MANAGER,
    clause=MONTHLY,
    form=forms.ChangeForm,
    does=services.change,
    own_page=PAGE,
)
roster.step(
    "publish",
    "drafted -> published",
    title=_l("Publish"),
    by=SUPPORT_MANAGER,
    clause=MONTHLY,
    does=services.publish,
    requires=(services.fits, services.staffed),
    meets=("hotline.publish_roster",),
    tone="primary",
    own_page=PAGE,
)
roster.step(
    "replace",
    "published -> same",
    title=_l("Change who is on duty"),
    by=MANAGERS,
    clause=MONTHLY,
    form=forms.ReplaceForm,
    does=services.replace,
    own_page=PAGE,
)
roster.step(
    "exchange",
    "published -> same",
    title=_l("Others are on duty"),
    by=MANAGERS,
    clause=MONTHLY,
    does=services.exchange,
    inner=True,
)
roster.step(
    "close",
    "drafted | published -> closed",
    title=_l("Close: the month is over"),
    by=(SUPPORT_MANAGER, TIMER),
    clause="QP/2-04 5.8",
    does=services.close,
    requires=(services.month_over,),
    meets=("hotline.publish_roster",),
)

ANYBODY = tuple(role.where("owner_id") for role in OFFICE_STAFF)
absence = Procedure(
    "hotline.absence",
    model=Absence,
    title=_l("Absence"),
    letter="N",
    reads="hotline.read",
    heading=lambda one: one.owner.name if one.owner else "",
    columns=(
        Column(name="days", title=_l("Days"), value=lambda one: f"{one.first_day} – {one.last_day}"),
        Column(name="kind", title=_l("Kind"), value=lambda one: ABSENCES[one.kind]),
        Column(name="substitute", title=_l("Who stands in"), value=lambda one: _name(one.substitute)),
    ),
    filters=(
        Filter(name="kind", title=_l("Kind"), attribute="kind", choices=ABSENCES),
        Filter(name="substitute", title=_l("Who stands in"), attribute="substitute_id"),
    ),
    facts=(
        Column(name="days", title=_l("Days"), value=lambda one: f"{one.first_day} – {one.last_day}"),
        Column(name="kind", title=_l("Kind"), value=lambda one: ABSENCES[one.kind]),
        Column(name="note", title=_l("Note"), value=lambda one: one.note, confidential=True),
        Column(name="substitute", title=_l("Who stands in"), value=lambda one: _name(one.substitute)),
        Column(name="reason", title=_l("Reason"), value=lambda one: one.reason, confidential=True),
    ),
    searched=(),
)


def _name(person: object) -> str:
    return str(getattr(person, "name", ""))


absence.state("asked", _l("Asked for"), tone="wait")
absence.state("approved", _l("Approved"), tone="done")
absence.state("ended", _l("Over"), tone="off", final=True)
absence.state("declined", _l("Declined"), tone="off", final=True)
absence.state("withdrawn", _l("Withdrawn"), tone="off", final=True)
absence.deadline(
    "hotline.decide_absence",
    title=_l("Decide on the absence"),
    within=working_days("hotline.absence_decision_days"),
    owner=DUTY_MANAGER,
    clause=FORGOTTEN,
)
_minutes = working_minutes("hotline.substitute_minutes")
absence.deadline(
    "hotline.find_substitute",
    title=_l("Say who stands in"),
    within=Within(_minutes.counts, _minutes.parameter, _minutes.told, promised=True),
    owner=DUTY_MANAGER,
    since="to_cover_at",
    since_title=_l("when it was known that somebody must stand in"),
    clause=MONTHLY,
)
absence.step(
    "ask",
    "-> asked",
    title=_l("Ask for days off"),
    by=OFFICE_STAFF,
    clause=ONE_KNOWS,
    form=forms.AbsenceForm,
    does=absences.ask,
    starts=("hotline.decide_absence",),
    tone="primary",
)
absence.step(
    "approve",
    "asked -> approved",
    title=_l("Approve"),
    by=MANAGERS,
    clause=ONE_KNOWS,
    does=absences.approve,
    requires=(absences.another_decides,),
    meets=("hotline.decide_absence",),
    starts=("hotline.find_substitute",),
    tone="primary",
)
absence.step(
    "decline",
    "asked -> declined",
    title=_l("Decline"),
    by=MANAGERS,
    clause=ONE_KNOWS,
    form=ReasonForm,
    meets=("hotline.decide_absence",),
    tone="danger",
)
absence.step(
    "substitute",
    "approved -> same",
    title=_l("Say who stands in"),
    by=MANAGERS,
    clause=MONTHLY,
    form=forms.SubstituteForm,
    does=absences.substitute,
    meets=("hotline.find_substitute",),
    starts=("hotline.find_substitute",),
)
absence.step(
    "covered",
    "approved -> same",
    title=_l("Nobody has to stand in any more"),
    by=MANAGERS,
    clause=MONTHLY,
    does=absences.covered,
    requires=(absences.nothing_left,),
    meets=("hotline.find_substitute",),
)
absence.step(
    "ask_on",
    "approved -> same",
    title=_l("Something was promised meanwhile: somebody has to stand in"),
    by=TIMER,
    clause="QI/03 3.1.9",
    does=absences.ask_on,
    starts=("hotline.find_substitute",),
)
absence.step(
    "carry",
    "approved -> same",
    title=_l("What was promised meanwhile goes over, too"),
    by=TIMER,
    clause=MONTHLY,
    does=absences.carry,
)
absence.step(
    "end",
    "approved -> ended",
    title=_l("Back at work"),
    by=(*ANYBODY, *MANAGERS, TIMER),
    clause=ONE_KNOWS,
    does=absences.end,
)
absence.step(
    "withdraw",
    "asked | approved -> withdrawn",
    title=_l("Withdraw"),
    by=ANYBODY,
    clause=ONE_KNOWS,
    tone="danger",
)

EITHER = (HOTLINE_ENGINEER.where("other_id"), DUTY_MANAGER.where("other_id"))
ASKER = (HOTLINE_ENGINEER.where("owner_id"), DUTY_MANAGER.where("owner_id"))
swap = Procedure(
    "hotline.swap",
    model=Swap,
    title=_l("Swap of shifts"),
    letter="T",
    reads="hotline.read",
    heading=lambda one: " ⇄ ".join(filter(None, (_name(one.owner), _name(one.other)))),
    columns=(
        Column(name="mine", title=_l("Gives"), value=lambda one: swaps.label(swaps.picks(one)[0])),
        Column(name="theirs", title=_l("Takes"), value=lambda one: swaps.label(swaps.picks(one)[1])),
    ),
    facts=(
        Column(name="mine", title=_l("Gives"), value=lambda one: swaps.label(swaps.picks(one)[0])),
        Column(name="theirs", title=_l("Takes"), value=lambda one: swaps.label(swaps.picks(one)[1])),
        Column(name="other", title=_l("Colleague"), value=lambda one: _name(one.other)),
        Column(name="note", title=_l("Note"), value=lambda one: one.note),
        Column(name="reason", title=_l("Reason"), value=lambda one: one.reason),
    ),
    searched=("other", "note"),
)
swap.state("asked", _l("Waits for the colleague"), tone="wait")
swap.state("agreed", _l("Agreed"), tone="alert")
swap.state("recorded", _l("In the roster"), tone="done", final=True)
swap.state("declined", _l("Declined"), tone="off", final=True)
swap.state("withdrawn", _l("Withdrawn"), tone="off", final=True)
swap.deadline(
    "hotline.answer_swap",
    title=_l("Answer the colleague who asks for a swap"),
    within=working_days("hotline.swap_answer_days"),
    owner=HOTLINE_ENGINEER.where("other_id"),
    clause=FORGOTTEN,
)
swap.deadline(
    "hotline.record_swap",
    title=_l("Record the swap in the roster"),
    within=working_days("hotline.swap_answer_days"),
    owner=DUTY_MANAGER,
    clause=MONTHLY,
)
swap.step(
    "ask",
    "-> asked",
    title=_l("Ask for a swap"),
    by=(HOTLINE_ENGINEER, DUTY_MANAGER),
    clause=BOTH_KNOW,
    form=forms.SwapForm,
    does=swaps.ask,
    starts=("hotline.answer_swap",),
    tone="primary",
)
swap.step(
    "agree",
    "asked -> agreed",
    title=_l("Agree"),
    by=(*EITHER, SUPPORT_MANAGER),
    clause=BOTH_KNOW,
    requires=(swaps.still_fits,),
    meets=("hotline.answer_swap",),
    starts=("hotline.record_swap",),
    tone="primary",
)
swap.step(
    "record",
    "agreed -> recorded",
    title=_l("Record in the roster"),
    by=MANAGERS,
    clause=MONTHLY,
    does=swaps.record,
    requires=(swaps.still_fits,),
    meets=("hotline.record_swap",),
    tone="primary",
)
swap.step(
    "decline",
    "asked | agreed -> declined",
    title=_l("Decline"),
    by=(*EITHER, *MANAGERS),
    clause=BOTH_KNOW,
    form=ReasonForm,
    meets=("hotline.answer_swap", "hotline.record_swap"),
    tone="danger",
)
swap.step(
    "withdraw",
    "asked | agreed -> withdrawn",
    title=_l("Withdraw"),
    by=ASKER,
    clause=BOTH_KNOW,
    tone="danger",
)
