"""What is asked when something of a customer's changes hands (QR/05)."""

from __future__ import annotations

from core.forms import (
    ChoiceField,
    LongTextField,
    PersonField,
    ReasonForm,
    SignatureField,
    StepForm,
    TextField,
    YesField,
)
from core.i18n import Sentence, _l
from plugins.fieldservice.custody import services

KINDS = {"data": _l("Data"), "dongle": _l("Dongle, for repair"), "machine": _l("Machine")}
DATA = "data"
Errors = dict[str, list[Sentence]]


def _signature_or_paper(form: StepForm, signature: str, paper: str, found: Errors) -> Errors:
    """One of the two there must be: a signature on the screen, or a signed sheet that is kept somewhere."""
    if not form[signature].data and not form[paper].data:
        text = _l("Let the customer sign here; or on paper, and say where the signed sheet is kept.")
        found.setdefault(signature, [text])
    return found


class TakeForm(StepForm):
    """What is taken along, by whose leave, under which undertaking (QI/05 3.3, QR/05)."""

    # Who signs here has agreed that something is taken, and has not signed for the visit (QI/04 3.1.7).
    elsewhere = True

    kind = ChoiceField(_l("What is taken"), choices=KINDS)
    media = TextField(_l("Media, and how many of each"), limit=200, hint=_l("For example: 2 USB sticks."))
    account_sets = TextField(_l("Account sets"), limit=80, required=False)
    modules = TextField(_l("Modules"), limit=200, required=False)
    platform = TextField(_l("Platform"), limit=120, required=False)
    database = TextField(_l("Database, with its version"), limit=80, required=False)
    packaging = TextField(_l("Packaging and accessories"), limit=200, required=False)
    description = LongTextField(_l("What is wrong with it, in detail"))
    undertaking = YesField(
        _l(
            "Undertaken towards the customer: for searching the fault in our house only, nothing to anybody else, "
            "the original is given back or destroyed"
        ),
        required=True,
        message=_l("Nothing is taken along without the undertaking (QI/05 3.3)."),
    )
    provided_by = TextField(_l("Given by"), limit=40)
    signature = SignatureField(_l("Signature of the customer: agreed"), required=False)
    on_paper = TextField(_l("Where the signed sheet is kept"), limit=120, required=False)

    def check(self) -> Errors:
        """Data have their account sets, and the customer has agreed in writing."""
        found = _signature_or_paper(self, "signature", "on_paper", super().check())
        if self.kind.data == DATA and not self.account_sets.data:
            found.setdefault("account_sets", [_l("Say which account sets are taken, like 001, 002 (QR/05).")])
        return found


class OfferForm(StepForm):
    """Who gets it next, and where it will lie."""

    offered_to_id = PersonField(_l("To whom"), offers=services.others)
    place = TextField(
        _l("Where it lies"),
        limit=120,
        hint=_l(
            "Data are received with the problem document and its screenshots: attach it here, under “Files”."
        ),
    )


class TakeChargeForm(ReasonForm):
    """Why a manager takes over alone, and where it is; what has come to the office is there (QI/05 3.3)."""

    place = TextField(_l("Where it lies"), limit=120)
    at_office = YesField(_l("It is at the office"))


class GiveBackForm(StepForm):
    """Who got it back (QI/05 3.4)."""

    returned_to = TextField(_l("Given back to"), limit=40)
    back_signature = SignatureField(_l("Signature of the customer: received"), required=False)
    back_on_paper = TextField(_l("Where the signed sheet is kept"), limit=120, required=False)

    def check(self) -> Errors:
        """The customer confirms that he has it again."""
        return _signature_or_paper(self, "back_signature", "back_on_paper", super().check())


class DestroyForm(StepForm):
    """How it is destroyed, and who watches (QI/05 3.4)."""

    fate = LongTextField(_l("How it is destroyed"), limit=500)
    offered_to_id = PersonField(_l("Witness"), offers=services.others)


class ToldForm(StepForm):
    """What the customer was told meanwhile (QI/05 3.7)."""

    told = LongTextField(_l("What the customer was told"), limit=1000, fresh=True)
