"""What is asked at each step of a dispatch sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.forms import DayField, LongTextField, StepForm
from core.i18n import Sentence, _l
from plugins.fieldservice.dispatching.sheet import lines

if TYPE_CHECKING:
    from core.gate import Act


class BeginForm(StepForm):
    """Of which day."""

    day = DayField(_l("Day"))

    def __init__(self, act: Act, values: Any = None, **kwargs: Any) -> None:
        """Propose today, as the office's clock has it."""
        super().__init__(act, values, **kwargs)
        if values is None:
            self.day.data = act.rules.calendar.local_day(act.now)


class CloseForm(StepForm):
    """Why each request that is left was not dispatched; nothing is left without a reason (QP/2-04 5.4)."""

    reasons = LongTextField(
        _l("Why not dispatched"),
        limit=8000,
        required=False,
        hint=_l("A line for each request: its number, a colon, the reason."),
    )
    remark = LongTextField(_l("Remark"), limit=1000, required=False)

    def __init__(self, act: Act, values: Any = None, **kwargs: Any) -> None:
        """Begin with a line for each request that is left; with none there is nothing to ask."""
        super().__init__(act, values, **kwargs)
        self.left = [str(one.number) for one in lines.undispatched(act.case.office_id)]
        if values is None:
            self.reasons.data = lines.written(dict.fromkeys(self.left, ""))
        if not self.left:
            del self["reasons"]

    def check(self) -> dict[str, list[Sentence]]:
        """Name the requests that have no reason yet."""
        found = super().check()
        said = lines.reasons(self.reasons.data or "", self.left) if self.left else {}
        silent = [number for number in self.left if number not in said]
        if silent:
            text = _l(
                "Say why it was not dispatched, or dispatch it first: %(numbers)s.", numbers=", ".join(silent)
            )
            found.setdefault("reasons", [text])
        return found
