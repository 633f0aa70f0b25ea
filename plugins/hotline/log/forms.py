"""What is asked at each step of a day's log."""

from __future__ import annotations

import datetime as dt
from typing import Any

from core import clock
from core.forms import (
    ChoiceField,
    DayField,
    LongTextField,
    RecordField,
    SeenTogether,
    StepForm,
    Wrong,
)
from core.i18n import _l
from plugins.hotline.log import services
from plugins.hotline.log.models import FIELDS, OPEN, RESULTS

# What may be written over a result: that a call was open is no result.
WRITTEN = {key: title for key, title in RESULTS.items() if key != OPEN}


class BeginForm(StepForm):
    """Of which day."""

    day = DayField(_l("Day"))

    def process(self, *args: Any, **kwargs: Any) -> None:
        """Propose today, as the office's clock has it."""
        super().process(*args, **kwargs)
        if self.day.data is None and not self.day.raw_data:
            self.day.data = self._today()

    def _today(self) -> dt.date:
        return services.today(self.act.rules, clock.now())


class CloseForm(StepForm):
    """What the duty manager has to add."""

    remark = LongTextField(_l("Remark"), limit=1000, required=False)


class CorrectionForm(SeenTogether, StepForm):
    """Which call, which field, what it should say, and why (QR/02)."""

    line_id = RecordField(_l("Call"), offers=services.offered_lines)
    field = ChoiceField(_l("Which field"), choices=FIELDS)
    value = LongTextField(
        _l("It should say"),
        limit=1000,
        required=False,
        fresh=True,
        hint=_l("For every field but the result."),
    )
    result = ChoiceField(_l("The result should be"), choices=WRITTEN, required=False)
    reason = LongTextField(_l("Reason"), limit=1000, fresh=True)

    def seen_together(self) -> list[Wrong | None]:
        """A result is chosen, everything else is written; only a request number may become empty."""
        field = self.field.data
        if field == "result" and not self.result.data:
            return [("result", _l("Choose the result that the line should show."))]
        if field not in (None, "result", "request") and not self.value.data:
            return [("value", _l("Write what the line should say."))]
        return []
