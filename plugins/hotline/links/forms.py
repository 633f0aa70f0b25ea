"""What is asked when calls are merged or split."""

from __future__ import annotations

from typing import Any

from wtforms.validators import ValidationError

from core.forms import LongTextField, RecordField, StepForm, TextField
from core.i18n import _l
from plugins.hotline.forms import TOO_VAGUE, a_module, an_operation, titles
from plugins.hotline.links import services
from plugins.hotline.vague import is_vague


def not_vague(form: Any, field: Any) -> None:
    """Refuse a second symptom that says nothing, as the first one (QI/03 3.1.6)."""
    module, operation = form.second_module.data or "", form.second_operation.data or ""
    if is_vague(field.data or "", module, operation) and is_vague(form.second_message.data or ""):
        raise ValidationError(TOO_VAGUE)


class MergeForm(StepForm):
    """Into which call this one is merged."""

    into_id = RecordField(_l("Same problem as"), offers=services.doubles)


class DoubleForm(StepForm):
    """What the call that is kept writes down of its double: its number."""

    double = TextField(_l("Number of the double"), required=False, limit=24)


class SplitForm(StepForm):
    """The second problem of one call: its own symptom, the caller stays the same."""

    second_installation_id = RecordField(
        _l("Product"),
        required=False,
        offers=lambda act: titles(act.case.customer.installations) if act.case.customer else {},
    )
    second_module = TextField(_l("Module"), limit=60, checks=(a_module,))
    second_operation = TextField(_l("During which operation"), limit=120, checks=(an_operation,))
    second_happens = LongTextField(_l("What happens"), limit=1000, checks=(not_vague,))
    second_message = LongTextField(_l("Message on the screen"), limit=1000, required=False)
    second_since = TextField(_l("Since when"), limit=60, required=False)

    def process(self, *args: Any, **kwargs: Any) -> None:
        """The second problem is mostly about the same product."""
        super().process(*args, **kwargs)
        if self.second_installation_id.data is None and self.act.case.installation_id:
            self.second_installation_id.data = str(self.act.case.installation_id)
