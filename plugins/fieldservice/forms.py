"""What is asked at each step of a field service request."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from wtforms.validators import DataRequired, ValidationError

from core.forms import (
    ChoiceField,
    DayField,
    LongTextField,
    MomentField,
    MoneyField,
    PersonField,
    PhoneField,
    ReasonForm,
    RecordField,
    SignatureField,
    StepForm,
    TextField,
    YesField,
)
from core.i18n import Sentence, _l
from core.roles import FIELD_ENGINEER
from plugins.fieldservice import knowledge, services
from plugins.fieldservice.choices import PROBLEM_TYPES, RESULTS, UNSOLVED
from plugins.fieldservice.dispatching import plans, urgency
from plugins.fieldservice.hooks import Admission
from plugins.hotline import services as hotline

if TYPE_CHECKING:
    from core.customers.models import Customer
    from core.gate import Act
    from core.verdicts import Decision

Errors = dict[str, list[Sentence]]


class LikelyForm(StepForm):
    """A form that begins with what is likely."""

    def __init__(self, act: Act, values: Any = None, **kwargs: Any) -> None:
        """Propose, unless something was typed."""
        super().__init__(act, values, **kwargs)
        if values is None:
            for name, value in self.proposed(act.case).items():
                self[name].data = value

    def proposed(self, case: Any) -> Mapping[str, Any]:
        """Say what is likely, by field."""
        return {}


class RegisterForm(StepForm):
    """A request being registered from a call (QR/03, QI/03 3.2.7)."""

    contact = TextField(_l("Contact"), limit=40)
    phone = PhoneField(_l("Phone"), limit=40)
    address = TextField(_l("Address"), limit=200)
    asked_for = LongTextField(_l("Visit asked for"), limit=1000, required=False)
    wanted_time = TextField(_l("Wanted time"), limit=120, required=False)
    emergency = urgency.field("")
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


class CorrectForm(urgency.CorrectForm):
    """What was not clear when the request was registered (QI/04 3.1.1)."""

    contact = TextField(_l("Contact"), limit=40)
    phone = PhoneField(_l("Phone"), limit=40)
    address = TextField(_l("Address"), limit=200)
    symptom = LongTextField(_l("Symptom"), limit=3000)
    wanted_time = TextField(_l("Wanted time"), limit=120, required=False)
    district, emergency = urgency.district(), urgency.field()


class DispatchForm(StepForm):
    """Who goes, and what the duty manager thinks of the problem (QR/03)."""

    engineer_id = PersonField(_l("Field engineer"), role=FIELD_ENGINEER)
    planned_at, planned_minutes = plans.when(), plans.how_long()
    why_other = LongTextField(
        _l("Why another engineer goes"),
        limit=500,
        required=False,
        fresh=True,
        hint=_l("Whoever was there follows it to the end (QI/05 3.2)."),
    )
    companion_id = PersonField(_l("Goes along"), offers=services.companions, required=False)
    problem_type = ChoiceField(_l("Problem type"), choices=PROBLEM_TYPES, required=False)
    advice = LongTextField(_l("Advice"), required=False)

    def __init__(self, act: Act, values: Any = None, **kwargs: Any) -> None:
        """Propose whoever was there before; where nobody was, nobody is another."""
        super().__init__(act, values, **kwargs)
        if values is None:
            plans.propose(self)
        if self._before() is None:
            del self["why_other"]
        elif values is None:
            self.engineer_id.data = str(self._before())

    def _before(self) -> int | None:
        first = self.act.case.previous
        return first.engineer_id if first else None

    def check(self) -> Errors:
        """The engineer follows an unsolved problem to its end, or it is said why not; nobody goes along with himself."""
        found, before, going = super().check(), self._before(), self.engineer_id.chosen
        if before is not None and going not in (None, before) and not self.why_other.data:
            text = _l("Whoever was there follows it to the end: say why somebody else goes (QI/05 3.2).")
            found.setdefault("why_other", [text])
        if going is not None and going == self.companion_id.chosen:
            found.setdefault("companion_id", [_l("Choose somebody else: this is the engineer himself.")])
        return plans.wrong(self) | found


class ReopenForm(ReasonForm):
    """Why a closed request is looked at again, and how the problem stands now (QI/05 3.1)."""

    result = ChoiceField(_l("Result as it is now"), choices=RESULTS)

    def __init__(self, act: Act, values: Any = None, **kwargs: Any) -> None:
        """What was signed then says nothing of now."""
        super().__init__(act, values, **kwargs)
        if values is None:
            self.result.data = None


class AppointmentForm(StepForm):
    """When the customer expects the engineer (QI/04 3.1.2)."""

    appointment_at = MomentField(_l("Appointment"))

    def validate_appointment_at(self, field: Any) -> None:
        """An appointment lies ahead."""
        if field.data and field.data < self.act.now:
            raise ValidationError(_l("This time has passed. Agree on a time that lies ahead."))


class ArrangeForm(AppointmentForm):
    """The appointment; one after the day that was promised has its reason (QI/03 3.2.7)."""

    why_late = LongTextField(_l("Why later than promised"), limit=1000, required=False)

    def check(self) -> Errors:
        """Name the promise that the appointment does not keep."""
        found, promised = super().check(), services.promised_visit(self.act)
        if promised and (self.appointment_at.data or promised) > promised and not self.why_late.data:
            until = f"{promised.astimezone(self.act.rules.office.zoneinfo):%Y-%m-%d %H:%M}"
            text = _l(
                "The visit was promised until %(until)s. Say why it is later (QI/03 3.2.7).", until=until
            )
            found.setdefault("why_late", [text])
        return found


class RescheduleForm(AppointmentForm):
    """A kept appointment, moved: only with a reason and the customer's consent (QI/04 3.2.1)."""

    reason = LongTextField(_l("Reason"), limit=1000, fresh=True)
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
    """The back-up, confirmed per account set (QI/04 3.1.6-backup).

    Its folder bears the day that the page showed, which may be over when a phone that was in a dead spot sends it.
    """

    account_sets = TextField(_l("Account sets backed up"), limit=80, checks=(some_account_sets,))
    reports_asked = YesField(
        _l("Asked whether the reports are on this machine; if so, they are in the back-up"),
        required=True,
        message=_l("Ask whether the reports are on this machine (QI/04 3.1.6-backup)."),
    )
    backup_day = DayField(_l("Day of the folder"), required=False)

    def validate_backup_day(self, field: Any) -> None:
        """The folder was made on this visit; of the arrival the server may have heard late, of the dispatch never."""
        rules, dispatched = self.act.rules, self.act.case.dispatched_at
        if field.data < hotline.today(rules, dispatched) or field.data > hotline.today(rules, self.act.now):
            text = _l("No back-up of this visit was made on that day. Look in which folder it lies.")
            raise ValidationError(text)


class WaiveForm(StepForm):
    """Why nothing can be backed up before the work begins."""

    backup_waived = LongTextField(_l("Why there is no back-up"), limit=1000)


class SolveForm(StepForm):
    """Cause and remedy (QR/03)."""

    cause = LongTextField(_l("Cause"))
    remedy = LongTextField(_l("Remedy"))


class TrialForm(LikelyForm):
    """Who at the customer's tried it (QI/04 3.1.6-trial)."""

    tried_by = TextField(_l("Tried by"), limit=40)

    def proposed(self, case: Any) -> Mapping[str, Any]:
        """Mostly it is the contact."""
        return {"tried_by": case.tried_by or case.contact}


class ExplainForm(StepForm):
    """What the customer was told to do so that it does not happen again (QI/04 3.1.6-explain)."""

    prevention = LongTextField(_l("Prevention told"))


class SignForm(LikelyForm):
    """The customer's word and signature, drawn or on paper (QI/04 3.1.7)."""

    result = ChoiceField(_l("Result"), choices=RESULTS)
    opinion = LongTextField(_l("The customer's opinion"), required=False)
    signed_by = TextField(_l("Signed by"), limit=40)
    signature = SignatureField(_l("Signature"), required=False)
    on_paper = TextField(
        _l("Where the signed sheet is kept"),
        limit=120,
        required=False,
        hint=_l("Only when nobody can sign on the screen."),
    )

    def __init__(self, act: Act, values: Any = None, **kwargs: Any) -> None:
        """Who has found no remedy can have nothing signed as solved."""
        super().__init__(act, values, **kwargs)
        if act.case.tried:
            self.result.offer({UNSOLVED: RESULTS[UNSOLVED]})

    def proposed(self, case: Any) -> Mapping[str, Any]:
        """Mostly the contact signs."""
        likely = {"result": UNSOLVED} if case.tried else {}
        return {"signed_by": case.signed_by or case.contact, **likely}

    def check(self) -> Errors:
        """One of the two signatures there must be."""
        found = super().check()
        if not self.signature.data and not self.on_paper.data:
            text = _l("Let the customer sign here; or on paper, and say where the signed sheet is kept.")
            found.setdefault("signature", [text])
        if self.act.case.tried and self.result.data in RESULTS and "result" in found:
            text = _l(
                "No remedy was found, so it is unsolved; else write down cause and remedy, and explain."
            )
            found["result"] = [text]
        return found


def _spent(label: Sentence) -> MoneyField:
    """Build the field of a cost; left empty, nothing was spent."""
    return MoneyField(label, required=False, render_kw={"placeholder": "0.00"})


class TurnInForm(StepForm):
    """The return slip: what the visit cost (QR/03)."""

    travel_cost = _spent(_l("Travel (yuan)"))
    material_cost = _spent(_l("Material (yuan)"))
    other_cost = _spent(_l("Other (yuan)"))


class KnowledgeForm(LikelyForm):
    """Problem and remedy for the support database: written, or found there already (QI/01 flow)."""

    entry_id = RecordField(
        _l("An entry that says it already"),
        offers=knowledge.entries,
        required=False,
        hint=_l("When one is chosen the request is linked to it, and nothing below is written."),
    )
    problem = LongTextField(_l("Problem"), required=False)
    solution = LongTextField(_l("Remedy"), required=False)
    avoid = LongTextField(_l("Prevention"), required=False)

    def __init__(self, act: Act, values: Any = None, **kwargs: Any) -> None:
        """Say that there is an entry; where none is known there is none to choose."""
        super().__init__(act, values, **kwargs)
        if len(self.entry_id.choices) == 1:
            del self["entry_id"]
        if act.case.knowledge:
            self.problem.description = _l(
                "The request has this entry: what you change is changed for everybody."
            )

    def proposed(self, case: Any) -> Mapping[str, Any]:
        """Begin with the entry that there is, or else with what the request knows."""
        entry = case.knowledge
        if entry is None:
            return {"problem": case.symptom, "solution": case.remedy, "avoid": case.prevention}
        return {"problem": entry.problem, "solution": entry.remedy, "avoid": entry.prevention}

    def check(self) -> Errors:
        """What is not linked is written in full."""
        found, linked = super().check(), "entry_id" in self and self.entry_id.data
        for field in () if linked else (self.problem, self.solution):
            if not field.data:
                found.setdefault(field.name, [_l("This field is needed.")])
        return found


class AdviceForm(StepForm):
    """The remedy written in full before somebody is sent again (QI/05 3.2)."""

    advice = LongTextField(_l("Advice: the remedy in full"))
