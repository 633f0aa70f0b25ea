"""What is asked when a password was lost; what is written about the remedy stays with those who decide."""

from __future__ import annotations

from core.forms import (
    LongTextField,
    PhoneField,
    ReasonForm,
    RecordField,
    SeenTogether,
    StepForm,
    TextField,
    Wrong,
    YesField,
)
from core.i18n import _l
from plugins.hotline.recovery import services

__all__ = ["PapersForm", "ReasonForm", "ReceiveForm", "RecoveredForm"]


class ReceiveForm(StepForm):
    """Whose password was lost, and that the customer knows the one way (QI/03 3.1.14)."""

    password_of = TextField(
        _l("Whose password"),
        confidential=True,
        hint=_l("The user and the account set, like: system administrator, set 001."),
    )
    contact = TextField(_l("Contact"), limit=40)
    phone = PhoneField(_l("Phone"), limit=40)
    told = YesField(
        _l("Customer was told: company certificate and data back-up to the office, no visit"),
        required=True,
        message=_l("Tell the customer first; no method is told to anybody (QI/03 3.1.14)."),
    )


class PapersForm(SeenTogether, StepForm):
    """Which of the attached files is which (QI/03 3.1.14)."""

    certificate_id = RecordField(_l("Company certificate"), offers=services.files_of)
    backup_id = RecordField(_l("Data back-up"), offers=services.files_of)
    brought_by = TextField(_l("Brought or sent by"), limit=60)

    def seen_together(self) -> list[Wrong | None]:
        same = self.certificate_id.data and self.certificate_id.data == self.backup_id.data
        return [("backup_id", _l("One file cannot be both. Choose the other one.")) if same else None]


class RecoveredForm(StepForm):
    """What was done: for the duty manager and the support manager alone, and not even for the ledger."""

    remedy = LongTextField(
        _l("What was done (confidential)"),
        confidential=True,
        hint=_l("Read by duty manager and support manager alone; the time line shows dots."),
    )
