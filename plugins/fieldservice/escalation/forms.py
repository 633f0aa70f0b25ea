"""What is asked between an office and head office."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.forms import ChoiceField, LongTextField, StepForm, TextField
from core.i18n import _l
from plugins.fieldservice.escalation import services
from plugins.fieldservice.forms import LikelyForm

WAYS = {"email": _l("E-mail"), "fax": _l("Fax")}


class EscalateForm(LikelyForm):
    """What head office must know (QI/05 3.5); what the customer said stays on the request."""

    elsewhere = True

    recipient = TextField(_l("Recipient at head office"), limit=80)
    way = ChoiceField(_l("Sent by"), choices=WAYS)
    symptom = LongTextField(
        _l("Symptom in detail"),
        limit=3000,
        hint=_l("Attach the screenshots on the escalation's own page: head office reads them there."),
    )
    tried = LongTextField(_l("What was tried, and conferred"), limit=3000)
    data_version = TextField(
        _l("Data sent along, and their version"), limit=80, required=False, hint=_l("Data are not a must.")
    )

    def proposed(self, case: Any) -> Mapping[str, Any]:
        """Begin with what the requests and the conferences about them know."""
        return {"symptom": case.symptom, "tried": services.tried_so_far(case)}


class SaidForm(StepForm):
    """What was said, each time anew (QR/06)."""

    said = LongTextField(_l("What was said"), limit=1000, fresh=True)


class AnswerForm(StepForm):
    """Head office's answer (QP/2-04 5.6)."""

    answer = LongTextField(_l("Answer: the remedy in full"))
    fixed_in = TextField(
        _l("Fixed in version"), limit=40, required=False, hint=_l("Where it is a fault of the product.")
    )
    workaround = LongTextField(
        _l("Work-around"), limit=1000, required=False, hint=_l("Only where it is urgent (QI/05 3.7).")
    )


class VerifyForm(StepForm):
    """How the answer was tried in the office (QI/05 3.7)."""

    verified = LongTextField(_l("How it was tried in the office"))
