"""What is asked at each step of a field service request."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from wtforms.validators import DataRequired, ValidationError

from core.forms import (
    ChoiceField,
    LongTextField,
    MomentField,
    MoneyField,
    PersonField,
    SignatureField,
    StepForm,
    TextField,
    YesField,
)
from core.i18n import _l
from core.roles import FIELD_ENGINEER
from plugins.fieldservice import services
from plugins.fieldservice.hooks import Admission
from plugins.hotline import services as hotline

if TYPE_CHECKING:
    from core.customers.models import Customer
    from core.gate import Act
    from core.verdicts import Decision

PROBLEM_TYPES = {
    "quality": _l("Quality"),
    "requirement": _l("Requirement"),
    "usage": _l("Usage"),
    "other": _l("Other"),
}
RESULTS = {"all_solved": _l("All solved"), "partly": _l("Partly solved"), "unsolved": _l("Unsolved")}


class RegisterForm(StepForm):
    """A request being registered from a call (QR/03, QI/03 3.2.7)."""

    contact = TextField(_l("Contact"), limit=40)
    phone = TextField(_l("Phone"), limit=40)
    address = TextField(_l("Address"), limit=200)
    asked_for = LongTextField(_l("Visit asked for"), limit=1000, required=False)
    wanted_time = TextField(_l("Wanted time"), limit=120, required=False)
    verified = YesField(
        _l("The customer's data were verified, and the customer was told: a phone call next morning"),
        required=True,
        message=_l("Verify the data with the customer and say when the engineer phones (QI/03 3.2.7)."),
    )
    foretold: Decision | None = None

    def __init__(self, act: Act, values: Any = None, **kwargs: Any) -> None:
        """Propose the address that is on file, and let nobody promise what will have to wait."""
        customer = act.case.customer
        super().__init__(act, values, data={"address": customer.address if customer else ""}, **kwargs)
        admission = self._admission(customer) if customer else None
        if admission and admission.verdict.value != Admission.REGISTERED:
            self._promise_nothing(admission)

    def _admission(self, customer: Customer) -> Decision:
        rules = self.act.rules
        asked = hotline.entitlement(rules, customer, self.act.case.installation, self.act.now)
        value = str(asked.verdict.value)
        return rules.decide("fieldservice_admission", customer=customer, entitlement=value)

    def _promise_nothing(self, admission: Decision) -> None:
        """Whoever is not covered is told that the regional manager decides (QI/03 3.2.6)."""
        self.foretold = admission
        self.verified.label.text = _l(
            "The customer's data were verified, and the customer was told: the regional manager decides and "
            "will be in touch"
        )
        told = _l(
            "Verify the data with the customer and say that the regional manager decides (QI/03 3.2.6)."
        )
        self.verified.validators = [DataRequired(told)]


class CorrectForm(StepForm):
    """What was not clear when the request was registered (QI/04 3.1.1)."""

    contact = TextField(_l("Contact"), limit=40)
    phone = TextField(_l("Phone"), limit=40)
    address = TextField(_l("Address"), limit=200)
    symptom = LongTextField(_l("Symptom"), limit=3000)
    wanted_time = TextField(_l("Wanted time"), limit=120, required=False)


class DispatchForm(StepForm):
    """Who goes, and what the duty manager thinks of the problem (QR/03)."""

    engineer_id = PersonField(_l("Field engineer"), role=FIELD_ENGINEER)
    problem_type = ChoiceField(_l("Problem type"), choices=PROBLEM_TYPES, required=False)
    advice = LongTextField(_l("Advice"), required=False)


class ReturnForm(StepForm):
    """Why the engineer gives the request back, or why it is undone."""

    reason = LongTextField(_l("Reason"), limit=1000)


class AppointmentForm(StepForm):
    """When the customer expects the engineer (QI/04 3.1.2)."""

    appointment_at = MomentField(_l("Appointment"))

    def validate_appointment_at(self, field: Any) -> None:
        """An appointment lies ahead."""
        if field.data and field.data < self.act.now:
            raise ValidationError(_l("This time has passed. Agree on a time that lies ahead."))


class RescheduleForm(AppointmentForm):
    """A kept appointment, moved: only with a reason and the customer's consent (QI/04 3.2.1)."""

    reason = LongTextField(_l("Reason"), limit=1000)
    consent = YesField(
        _l("The customer agreed to the new time"),
        required=True,
        message=_l("Without the customer's consent an appointment stands (QI/04 3.2.1)."),
    )


def some_account_sets(form: Any, field: Any) -> None:
    """Account sets are numbered: 001, 002."""
    given = services.account_sets(field.data or "")
    if not given or not all(re.fullmatch(r"[0-9]{3}", one) for one in given):
        raise ValidationError(_l("Give the numbers of the account sets, like 001, 002."))


class BackupForm(StepForm):
    """The back-up, confirmed per account set (QI/04 3.1.6-backup)."""

    account_sets = TextField(_l("Account sets backed up"), limit=80, checks=(some_account_sets,))
    reports_asked = YesField(
        _l("Asked whether the reports are on this machine; if so, they are in the back-up"),
        required=True,
        message=_l("Ask whether the reports are on this machine (QI/04 3.1.6-backup)."),
    )


class WaiveForm(StepForm):
    """Why nothing can be backed up before the work begins."""

    backup_waived = LongTextField(_l("Why there is no back-up"), limit=1000)


class SolveForm(StepForm):
    """Cause and remedy (QR/03)."""

    cause = LongTextField(_l("Cause"))
    remedy = LongTextField(_l("Remedy"))


class TrialForm(StepForm):
    """Who at the customer's tried it (QI/04 3.1.6-trial)."""

    tried_by = TextField(_l("Tried by"), limit=40)


class ExplainForm(StepForm):
    """What the customer was told to do so that it does not happen again (QI/04 3.1.6-explain)."""

    prevention = LongTextField(_l("Prevention told"))


class SignForm(StepForm):
    """The customer's word and signature (QI/04 3.1.7)."""

    result = ChoiceField(_l("Result"), choices=RESULTS)
    opinion = LongTextField(_l("The customer's opinion"), required=False)
    signed_by = TextField(_l("Signed by"), limit=40)
    signature = SignatureField(_l("Signature"))


class TurnInForm(StepForm):
    """The return slip: what the visit cost (QR/03)."""

    travel_cost = MoneyField(_l("Travel (yuan)"))
    material_cost = MoneyField(_l("Material (yuan)"))
    other_cost = MoneyField(_l("Other (yuan)"))


class KnowledgeForm(StepForm):
    """Problem and remedy for the support database (QI/01 flow)."""

    problem = LongTextField(_l("Problem"))
    solution = LongTextField(_l("Remedy"))
    avoid = LongTextField(_l("Prevention"), required=False)

    def __init__(self, act: Act, values: Any = None, **kwargs: Any) -> None:
        """Propose what the request knows already."""
        known = act.case
        proposed = {"problem": known.symptom, "solution": known.remedy, "avoid": known.prevention}
        super().__init__(act, values, data=proposed, **kwargs)


class AdviceForm(StepForm):
    """The remedy written in full before somebody is sent again (QI/05 3.2)."""

    advice = LongTextField(_l("Advice: the remedy in full"))
