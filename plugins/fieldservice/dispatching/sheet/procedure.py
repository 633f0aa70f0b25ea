"""The life of a dispatch sheet: it runs for a day, and the duty manager closes it (QR/04)."""

from core.deadlines import same_working_day
from core.i18n import _l
from core.procedure import Column, Procedure
from core.roles import ARCHIVIST, DUTY_MANAGER, SUPPORT_MANAGER, TIMER
from plugins.fieldservice.dispatching.models import DispatchSheet
from plugins.fieldservice.dispatching.sheet import forms, services

CLOSING = "fieldservice.close_sheet"


def _counted(one: DispatchSheet, count: int) -> int | None:
    return count if one.closed_at else None


COUNTS = (
    Column(name="dispatched", title=_l("Dispatched"), value=lambda one: _counted(one, one.dispatched)),
    Column(name="left", title=_l("Not dispatched"), value=lambda one: _counted(one, one.left)),
)

dispatch_sheet = Procedure(
    services.NAME,
    model=DispatchSheet,
    title=_l("Dispatch sheet"),
    letter="DS",
    record="QR/04",
    reads="fieldservice.read",
    heading=lambda one: f"{one.day}" if one.day else "",
    headed=_l("Day"),
    begins=_l("The timer begins the sheet of each working day when the office opens."),
    columns=(*COUNTS, Column(name="closed_at", title=_l("Closed"), value=lambda one: one.closed_at)),
    facts=(
        Column(name="day", title=_l("Day"), value=lambda one: f"{one.day}"),
        *COUNTS,
        Column(name="closed_at", title=_l("Closed"), value=lambda one: one.closed_at),
        Column(
            name="closed_by", title=_l("Closed by"), value=lambda one: one.closed_by and one.closed_by.name
        ),
        Column(name="remark", title=_l("Remark"), value=lambda one: one.remark),
    ),
    searched=("day", "remark"),
)

dispatch_sheet.state("running", _l("The day runs"), tone="wait")
dispatch_sheet.state("closed", _l("Closed"), tone="done", final=True)
dispatch_sheet.state("archived", _l("Archived"), tone="off", final=True)

dispatch_sheet.deadline(
    CLOSING,
    title=_l("Close the dispatch sheet of the day"),
    within=same_working_day(),
    owner=DUTY_MANAGER,
    clause="QP/2-04 5.4",
)

dispatch_sheet.step(
    "begin",
    "-> running",
    title=_l("Begin the sheet of a day"),
    by=(TIMER, DUTY_MANAGER),
    clause="QP/2-04 5.4",
    form=forms.BeginForm,
    does=services.begin,
    starts=(CLOSING,),
)
# Not in the tone of what leads a request on: the hotline's log counts by it what waits to be dispatched.
dispatch_sheet.step(
    "close",
    "running -> closed",
    title=_l("Close the sheet"),
    by=DUTY_MANAGER,
    clause=services.QR_04,
    form=forms.CloseForm,
    does=services.close,
    requires=(services.too_early,),
    meets=(CLOSING,),
)
dispatch_sheet.step(
    "complete",
    "closed -> same",
    title=_l("Fill in what came back"),
    by=(TIMER, DUTY_MANAGER),
    clause=services.QR_04,
    does=services.complete,
    requires=(services.nothing_came_back,),
)
dispatch_sheet.step(
    "archive",
    "closed -> archived",
    title=_l("Into the archive"),
    by=(SUPPORT_MANAGER, ARCHIVIST),
    clause="QP/2-04 5.8",
)
