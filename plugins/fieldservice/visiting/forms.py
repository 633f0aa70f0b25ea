"""What is asked at the door, before the work begins, and under the result (QI/04 3.1.3-3.1.7)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from core.forms import LongTextField, StepForm, TextField, YesField
from core.i18n import Sentence, _l
from plugins.fieldservice.forms import LikelyForm
from plugins.fieldservice.visiting import notices

if TYPE_CHECKING:
    from core.gate import Act

Errors = dict[str, list[Sentence]]


class ArriveForm(StepForm):
    """At the door: the notices that hold today, acknowledged with one tap (QI/04 3.1.3)."""

    notices_kept = YesField(
        _l("I have read the notices, and keep to them"),
        required=True,
        message=_l("Read the notices that hold today, and keep to them (QI/04 3.1.3)."),
    )

    def __init__(self, act: Act, values: Any = None, **kwargs: Any) -> None:
        """Ask for nothing where nothing is to be kept."""
        super().__init__(act, values, **kwargs)
        if not notices.in_force(act.rules, act.now):
            del self["notices_kept"]


class LookForm(LikelyForm):
    """Whom the engineer met, what he was shown, and what else has gone wrong (QI/04 3.1.5-3.1.6)."""

    met = TextField(_l("Whom you met"), limit=40)
    identity = YesField(
        _l("Verified: this is the contact of the request, or somebody who may speak for the customer"),
        required=True,
        message=_l("Make sure whom you speak with before you begin (QI/04 3.1.5)."),
    )
    shown = YesField(_l("The problem was shown to me"))
    not_shown = LongTextField(_l("Why it could not be shown"), limit=500, required=False)
    other_problems = LongTextField(_l("Other problems met lately"), limit=2000, required=False)

    def proposed(self, case: Any) -> Mapping[str, Any]:
        """Mostly it is the contact; what was said once need not be said again."""
        return {"met": case.met or case.contact, "shown": bool(case.looked_at and not case.not_shown)}

    def check(self) -> Errors:
        """The problem is shown, or it is said why not."""
        found = super().check()
        if not self.shown.data and not self.not_shown.data:
            text = _l("Have the problem shown to you, or say why that could not be (QI/04 3.1.6).")
            found.setdefault("not_shown", [text])
        return found
