"""An abusive customer is heard out and warned once; only then the call may be ended (QI/02 attitude.abuse)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.forms import LongTextField, StepForm
from core.i18n import Sentence, _l
from core.procedure import Procedure
from plugins.hotline.calls.who import THE_OWNER
from plugins.hotline.forms import telling

if TYPE_CHECKING:
    from core.gate import Act

ABUSE = "QI/02 attitude.abuse"


class WarnForm(StepForm):
    """What the customer said, in his own words: whoever reads it later must be able to judge."""

    warning = LongTextField(
        _l("What the customer said"),
        checks=(telling,),
        fresh=True,
        hint=_l("Hear the customer out. Then: “I want to help you; please let us stay with the matter.”"),
    )


class AbuseForm(StepForm):
    """What was said after the warning."""

    abuse = LongTextField(_l("What the customer said after the warning"), checks=(telling,), fresh=True)


def warn(act: Act) -> None:
    """The customer was warned: from now on the call may be ended."""
    act.case.warned_at = act.now


def not_warned_yet(act: Act) -> Sentence | None:
    """One warning is given, and not a second one."""
    return _l("The customer was warned already: once is enough.") if act.case.warned_at else None


def was_warned(act: Act) -> Sentence | None:
    """Nobody hangs up on a customer who was not warned."""
    if act.case.warned_at:
        return None
    return _l("Only after a warning that was written down on the call.")


def add_to(call: Procedure) -> None:
    """Let an abusive call be ended, after a warning that was written down."""
    call.step(
        "warn",
        "open | parked -> same",
        title=_l("Warn for abuse"),
        by=THE_OWNER,
        clause=ABUSE,
        form=WarnForm,
        does=warn,
        requires=(not_warned_yet,),
    )
    call.step(
        "end_abuse",
        "open | parked -> abused",
        title=_l("End for abuse"),
        by=THE_OWNER,
        clause=ABUSE,
        form=AbuseForm,
        requires=(was_warned,),
        tone="danger",
        undone_by="reopen",
    )
