"""The life of a day's log: it runs, the duty manager closes it, and what was wrong is corrected visibly (QR/02)."""

from core.clauses import house_rule
from core.deadlines import next_working_morning
from core.i18n import _l
from core.procedure import Column, Procedure
from core.roles import ARCHIVIST, DUTY_MANAGER, HOTLINE_ENGINEER, SUPPORT_MANAGER, TIMER
from plugins.hotline.log import forms, services
from plugins.hotline.log.models import DayLog

# Nothing is counted before the day is reported or closed.
COUNTS = (
    Column(name="calls", title=_l("Calls"), value=lambda one: one.calls if one.counted else None),
    Column(
        name="unfinished", title=_l("Still open"), value=lambda one: one.unfinished if one.closed_at else None
    ),
    Column(
        name="registered",
        title=_l("Requests registered"),
        value=lambda one: one.registered if one.counted else None,
    ),
)

day_log = Procedure(
    services.NAME,
    model=DayLog,
    title=_l("Hotline log"),
    letter="L",
    record="QR/02",
    reads="hotline.read",
    heading=lambda one: f"{one.day}" if one.day else "",
    headed=_l("Day"),
    begins=_l("The timer begins the log of each working day, and of every day with a call."),
    columns=(
        *COUNTS,
        Column(
            name="undispatched",
            title=_l("Not dispatched"),
            value=lambda one: len(one.undispatched) if one.counted else None,
        ),
        Column(name="remark", title=_l("Remark"), value=lambda one: one.remark, usual=False),
    ),
    facts=(
        Column(name="day", title=_l("Day"), value=lambda one: f"{one.day}"),
        Column(name="reported_at", title=_l("Reported"), value=lambda one: one.reported_at),
        Column(name="closed_at", title=_l("Closed"), value=lambda one: one.closed_at),
        Column(
            name="closed_by", title=_l("Closed by"), value=lambda one: one.closed_by and one.closed_by.name
        ),
        *COUNTS,
        Column(name="undispatched", title=_l("Not dispatched"), value=lambda one: one.undispatched),
        Column(name="remark", title=_l("Remark"), value=lambda one: one.remark),
        Column(name="archived_at", title=_l("Archived"), value=lambda one: one.archived_at),
    ),
    searched=("day", "remark"),
)

LOOKED_AT = house_rule(_l("A log that the duty manager has not looked at records nothing."))
CLOSING = "hotline.close_day"
DESK = (HOTLINE_ENGINEER, DUTY_MANAGER)

day_log.state("running", _l("The day runs"), tone="wait")
day_log.state("closed", _l("Closed"), tone="done", final=True)
day_log.state("archived", _l("Archived"), tone="off", final=True)

day_log.deadline(
    CLOSING,
    title=_l("Close the hotline log of the day"),
    within=next_working_morning("hotline.close_log_until_hour"),
    owner=DUTY_MANAGER,
    clause=LOOKED_AT,
)

day_log.step(
    "begin",
    "-> running",
    title=_l("Begin the log of a day"),
    by=(TIMER, *DESK),
    clause="QI/03 flow",
    form=forms.BeginForm,
    does=services.begin,
    starts=(CLOSING,),
)
day_log.step(
    "report",
    "running -> same",
    title=_l("Report the day to the duty manager"),
    by=(TIMER, *DESK),
    clause="QP/2-04 5.3",
    does=services.report,
    requires=(services.day_is_over,),
)
day_log.step(
    "close",
    "running -> closed",
    title=_l("Close the day"),
    by=DUTY_MANAGER,
    clause=services.QR_02,
    form=forms.CloseForm,
    does=services.close,
    requires=(services.day_is_over,),
    meets=(CLOSING,),
    tone="primary",
)
day_log.step(
    "supplement",
    "closed -> same",
    title=_l("Add the calls that came after closing"),
    by=(TIMER, DUTY_MANAGER),
    clause="QI/03 flow",
    does=services.supplement,
    requires=(services.something_missing,),
)
day_log.step(
    "correct_line",
    "closed | archived -> same",
    title=_l("Correct a line, visibly"),
    by=DESK,
    clause=services.QR_02,
    form=forms.CorrectionForm,
    does=services.correct_line,
)
day_log.step(
    "archive",
    "closed -> archived",
    title=_l("Into the archive"),
    by=(SUPPORT_MANAGER, ARCHIVIST),
    clause=services.QR_02,
    does=services.archive,
    requires=(services.no_more_calls,),
)
