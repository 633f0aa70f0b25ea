"""The life of a day on the seat (QI/03 3.1.1, 3.1.3) and of a hand-over (QI/03 3.1.2)."""

from core.clauses import house_rule
from core.deadlines import after_opening, working_minutes
from core.forms import ReasonForm
from core.i18n import Sentence, _l
from core.procedure import Column, Filter, Procedure
from core.roles import DUTY_MANAGER, HOTLINE_ENGINEER, SUPPORT_MANAGER, TIMER
from plugins.hotline.shift import forms, handing, presence
from plugins.hotline.shift.handing import DUE, EVENING, OCCASIONS
from plugins.hotline.shift.models import Handover, Shift
from plugins.hotline.shift.parameters import ANSWERED

READY, LEAVE = "hotline.shift_ready", "hotline.leave_answered"
TODAY, LIST = "hotline.shift.today", "hotline.shift.handover"

shift = Procedure(
    "hotline.shift",
    model=Shift,
    title=_l("Shift"),
    letter="G",
    reads="hotline.see_shift",
    begins=_l("At opening time the timer opens one for everybody who is expected."),
    heading=lambda one: one.owner.name if one.owner else "",
    searched=("day",),
    columns=(
        Column(name="day", title=_l("Day"), value=lambda one: f"{one.day}"),
        Column(name="signed_in", title=_l("Signed in"), value=lambda one: one.signed_in_at),
        Column(name="signed_out", title=_l("Signed out"), value=lambda one: one.signed_out_at),
        Column(name="away", title=_l("Minutes away"), value=lambda one: one.minutes_away or ""),
    ),
    facts=(
        Column(name="day", title=_l("Day"), value=lambda one: f"{one.day}"),
        Column(name="expected", title=_l("Expected from"), value=lambda one: one.expected_from),
        Column(name="signed_in", title=_l("Signed in"), value=lambda one: one.signed_in_at),
        Column(name="signed_out", title=_l("Signed out"), value=lambda one: one.signed_out_at),
        Column(name="away", title=_l("Minutes away"), value=lambda one: one.minutes_away or ""),
        Column(name="excuse", title=_l("Excused because"), value=lambda one: one.excuse),
    ),
)

# Nobody else signs for a person; but a duty manager may sit at the phone himself.
ON_THE_SEAT = HOTLINE_ENGINEER.where("owner_id")
IN_CHARGE = (TIMER, DUTY_MANAGER)

shift.state("expected", _l("Not here yet"), tone="wait")
shift.state("present", _l("On the seat"), tone="done")
shift.state("asked", _l("Asks for leave"), tone="alert")
shift.state("permitted", _l("May leave"), tone="wait")
shift.state("away", _l("Away"), tone="wait")
shift.state("ended", _l("Gone home"), tone="off", final=True)
shift.state("missing", _l("Did not come"), tone="off", final=True)
shift.state("excused", _l("Excused"), tone="off", final=True)

shift.deadline(
    READY,
    title=_l("Be on the seat, ready"),
    within=working_minutes("hotline.shift_ready_minutes"),
    owner=ON_THE_SEAT,
    since="expected_from",
    since_title=_l("when the engineer is expected on the seat"),
    clause="QI/03 3.1.1",
)
shift.deadline(
    LEAVE,
    title=_l("Answer who asks for leave"),
    within=working_minutes("hotline.leave_answer_minutes"),
    owner=DUTY_MANAGER,
    clause=ANSWERED,
)

shift.step(
    "expect",
    "-> expected",
    title=_l("Put on today's shift"),
    by=(*IN_CHARGE, HOTLINE_ENGINEER),
    clause="QI/03 3.1.1",
    form=forms.ExpectForm,
    requires=(presence.working_day,),
    does=presence.expect,
    starts=(READY,),
    own_page=TODAY,
)
shift.step(
    "sign_in",
    "expected -> present",
    title=_l("I am on the seat"),
    by=ON_THE_SEAT,
    clause="QI/03 3.1.1",
    does=presence.sign_in,
    meets=(READY,),
    tone="primary",
    own_page=TODAY,
)
shift.step(
    "excuse",
    "expected -> excused",
    title=_l("Excuse"),
    by=DUTY_MANAGER,
    clause="QI/03 3.1.3",
    form=ReasonForm,
    requires=(presence.another_decides,),
    does=presence.excuse,
)
shift.step(
    "is_away",
    "expected -> excused",
    title=_l("Excuse: the absence was approved"),
    by=(DUTY_MANAGER, SUPPORT_MANAGER),
    clause="QI/03 3.1.1",
    does=presence.is_away,
    inner=True,
)
shift.step(
    "ask_leave",
    "present -> asked",
    title=_l("Ask for leave"),
    by=ON_THE_SEAT,
    clause="QI/03 3.1.3",
    form=forms.LeaveForm,
    does=presence.ask_leave,
    starts=(LEAVE,),
    own_page=TODAY,
)
shift.step(
    "permit",
    "asked -> permitted",
    title=_l("Permit the leave"),
    by=DUTY_MANAGER,
    clause="QI/03 3.1.3",
    form=forms.AnswerForm,
    requires=(presence.another_decides,),
    does=presence.permit,
    meets=(LEAVE,),
    tone="primary",
    own_page=TODAY,
)
shift.step(
    "refuse",
    "asked -> present",
    title=_l("Not now"),
    by=DUTY_MANAGER,
    clause="QI/03 3.1.3",
    form=forms.RefuseForm,
    does=presence.refuse,
    meets=(LEAVE,),
)
shift.step(
    "withdraw",
    "asked | permitted -> present",
    title=_l("I stay"),
    by=ON_THE_SEAT,
    clause="QI/03 3.1.3",
    does=presence.withdraw,
    drops=(LEAVE,),
)
shift.step(
    "go",
    "permitted -> away",
    title=_l("I leave now"),
    by=ON_THE_SEAT,
    clause="QI/03 3.1.3",
    does=presence.go,
    own_page=TODAY,
)
shift.step(
    "left",
    "present | asked -> away",
    title=_l("Left without permission"),
    by=DUTY_MANAGER,
    clause="QI/03 3.1.3",
    form=forms.LeftForm,
    does=presence.left,
    drops=(LEAVE,),
)
shift.step(
    "back",
    "away -> present",
    title=_l("Back on the seat"),
    by=(ON_THE_SEAT, DUTY_MANAGER),
    clause="QI/03 3.1.3",
    does=presence.back,
    own_page=TODAY,
)
shift.step(
    "sign_out",
    "present | permitted | away -> ended",
    title=_l("Sign out of the shift"),
    by=ON_THE_SEAT,
    clause="QI/03 3.1.3",
    requires=(presence.may_go_home,),
    does=presence.sign_out,
    own_page=TODAY,
)
shift.step(
    "close_day",
    "present | asked | permitted | away -> ended",
    title=_l("End the day without a sign-out"),
    by=IN_CHARGE,
    clause=house_rule(_l("Whoever forgets to sign out is not on the seat all night.")),
    requires=(presence.day_is_over,),
)
shift.step(
    "never_came",
    "expected -> missing",
    title=_l("Did not come"),
    by=IN_CHARGE,
    clause="QI/03 3.1.1",
    requires=(presence.day_is_over,),
    meets=(READY,),
)


def _occasion(one: Handover) -> Sentence | str:
    return OCCASIONS[EVENING] if one.occasion == EVENING else ""


handover = Procedure(
    "hotline.handover",
    model=Handover,
    title=_l("Hand-over"),
    letter="U",
    reads="hotline.see_handover",
    begins=_l("At opening time the timer freezes what is unfinished into one list."),
    heading=lambda one: f"{one.day} {_occasion(one)}".strip(),
    searched=("day",),
    columns=(
        Column(name="day", title=_l("Day"), value=lambda one: f"{one.day}"),
        Column(name="occasion", title=_l("Occasion"), value=lambda one: OCCASIONS.get(one.occasion, "")),
        Column(name="lines", title=_l("Lines"), value=lambda one: one.lines_count),
        Column(name="giver", title=_l("Giver"), value=lambda one: one.giver.name if one.giver else ""),
        Column(name="taker", title=_l("Taker"), value=lambda one: one.taker.name if one.taker else ""),
        Column(name="taken", title=_l("Taken over at"), value=lambda one: one.taken_at),
    ),
    facts=(
        Column(name="day", title=_l("Day"), value=lambda one: f"{one.day}"),
        Column(name="occasion", title=_l("Occasion"), value=lambda one: OCCASIONS.get(one.occasion, "")),
        Column(name="lines", title=_l("Lines"), value=lambda one: one.lines_count),
        Column(name="giver", title=_l("Giver"), value=lambda one: one.giver.name if one.giver else ""),
        Column(name="given", title=_l("Signed by the giver at"), value=lambda one: one.given_at),
        Column(name="taker", title=_l("Taker"), value=lambda one: one.taker.name if one.taker else ""),
        Column(name="taken", title=_l("Taken over at"), value=lambda one: one.taken_at),
        Column(name="reason", title=_l("Reason"), value=lambda one: one.reason),
        Column(name="note", title=_l("Remark"), value=lambda one: one.note),
    ),
    filters=(
        Filter(name="giver", title=_l("Giver"), attribute="giver_id"),
        Filter(name="taker", title=_l("Taker"), attribute="taker_id"),
    ),
)

THE_GIVER = DUTY_MANAGER.where("giver_id")

handover.state("open", _l("Being handed over"), tone="alert")
handover.state("taken", _l("Taken over"), tone="done", final=True)
handover.state("lapsed", _l("Signed by nobody"), tone="off", final=True)

handover.deadline(
    DUE,
    title=_l("Take over what is unfinished"),
    within=after_opening("hotline.handover_minutes"),
    owner=DUTY_MANAGER,
    clause="QI/03 3.1.2",
)

handover.step(
    "begin",
    "-> open",
    title=_l("Begin the hand-over"),
    by=IN_CHARGE,
    clause="QI/03 3.1.2",
    requires=(presence.working_day, handing.not_begun),
    does=handing.begin,
    starts=(DUE,),
    own_page=LIST,
)
handover.step(
    "begin_evening",
    "-> open",
    title=_l("Hand over to the evening duty"),
    by=DUTY_MANAGER,
    clause="QI/03 3.1.13",
    requires=(presence.working_day, handing.nothing_open),
    does=handing.begin_evening,
    own_page=LIST,
)
handover.step(
    "tick",
    "open -> same",
    title=_l("Gone through"),
    by=DUTY_MANAGER,
    clause="QI/03 3.1.2",
    form=forms.LinesForm,
    does=handing.tick,
    own_page=LIST,
)
handover.step(
    "give",
    "open -> same",
    title=_l("Sign as the giver"),
    by=THE_GIVER,
    clause="QI/03 3.1.2",
    requires=(handing.not_given, handing.giver_went_through),
    does=handing.give,
    own_page=LIST,
)
handover.step(
    "contest",
    "open -> same",
    title=_l("Contest a line"),
    by=DUTY_MANAGER,
    clause="QI/03 3.1.2",
    form=forms.ContestForm,
    requires=(handing.not_the_giver,),
    does=handing.contest,
    own_page=LIST,
)
handover.step(
    "answer_contest",
    "open -> same",
    title=_l("Answer a contested line"),
    by=THE_GIVER,
    clause="QI/03 3.1.2",
    form=forms.AnswerLineForm,
    does=handing.answer_contest,
    own_page=LIST,
)
handover.step(
    "assign",
    "open -> same",
    title=_l("Say whose a line is"),
    by=DUTY_MANAGER,
    clause="QI/03 3.1.2",
    form=forms.AssignForm,
    does=handing.assign,
    own_page=LIST,
)
handover.step(
    "stay_on",
    "open -> same",
    title=_l("I stay on duty myself"),
    by=THE_GIVER,
    clause=house_rule(_l("Who stays on duty hands nothing over to himself.")),
    requires=(handing.giver_expected, handing.nobody_else_on_duty),
    does=handing.stay_on,
    own_page=LIST,
)
handover.step(
    "without_giver",
    "open -> same",
    title=_l("The giver cannot sign"),
    by=DUTY_MANAGER,
    clause=house_rule(_l("Who is ill holds up nobody; the list says so.")),
    form=ReasonForm,
    requires=(handing.giver_expected, handing.not_the_giver),
    does=handing.without_giver,
    own_page=LIST,
)
handover.step(
    "take",
    "open -> taken",
    title=_l("Take over, and sign"),
    by=DUTY_MANAGER,
    clause="QI/03 3.1.2",
    form=forms.TakeForm,
    requires=(
        handing.not_the_giver,
        handing.giver_signed,
        handing.taker_went_through,
        handing.every_line_owned,
    ),
    does=handing.take,
    meets=(DUE,),
    tone="primary",
    own_page=LIST,
)
handover.step(
    "lapse",
    "open -> lapsed",
    title=_l("Give the list up"),
    by=IN_CHARGE,
    clause=house_rule(_l("One list is valid at a time: the newest.")),
    form=ReasonForm,
    does=handing.lapse,
    tone="danger",
)
