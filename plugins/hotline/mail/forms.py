"""What a message says of itself, and what whoever takes it asks its sender."""

from __future__ import annotations

from typing import Any

from wtforms.fields.core import UnboundField

from core.customers.models import Customer
from core.forms import DayField, StepForm, TextField, Wrong
from core.i18n import Sentence, _l
from plugins.hotline.forms import LogForm
from plugins.hotline.mail.matching import customer_named

MOST_NAMED = 4


class ReceiveForm(StepForm):
    """The head of a message; what it says comes beside it, for it is no form that somebody filled in."""

    sender = TextField(_l("Sender"), limit=200, required=False)
    subject = TextField(_l("Subject"), limit=200, required=False)
    contact = TextField(_l("Contact"), limit=40, required=False)
    phone = TextField(_l("Phone"), limit=40, required=False)
    received_on = DayField(_l("Date of the message, fax or letter"), required=False)


def _again(field: UnboundField[Any], label: Sentence | None = None) -> UnboundField[Any]:
    """Ask the same once more, in the order of the form that asks it, perhaps in other words."""
    first, *rest = field.args
    return UnboundField(field.field_class, label or first, *rest, **field.kwargs)


class AcceptForm(LogForm):
    """The structured symptom, asked of the sender by whoever takes the message (QI/03 3.1.6)."""

    # What the message itself has told.
    customer_id: Any = None
    channel: Any = None
    rings: Any = None
    received_on: Any = None
    whose = TextField(
        _l("Customer"),
        required=False,
        limit=60,
        hint=_l(
            "File number, name, phone or serial number. A proposal may be wrong: read the message first."
        ),
    )
    contact = _again(LogForm.contact)
    phone = _again(LogForm.phone)
    installation_id = _again(LogForm.installation_id)
    module = _again(LogForm.module)
    operation = _again(LogForm.operation)
    happens = _again(LogForm.happens)
    message = _again(LogForm.message)
    since = _again(LogForm.since)
    tried = _again(LogForm.tried)
    promised_at = _again(LogForm.promised_at)
    promise = _again(LogForm.promise)
    # Last: few who write are not in the file.
    new_customer = _again(LogForm.new_customer)
    new_address = _again(LogForm.new_address, _l("New customer: address"))
    new_product_id = _again(LogForm.new_product_id, _l("New customer: product"))
    new_version = _again(LogForm.new_version, _l("New customer: version"))
    new_serial_number = _again(LogForm.new_serial_number, _l("New customer: serial number"))
    new_contract_date = _again(LogForm.new_contract_date, _l("New customer: contract date"))
    new_all_the_same = _again(LogForm.new_all_the_same)

    def process(self, *args: Any, **kwargs: Any) -> None:
        self._found: tuple[str, Customer | None, list[Customer]] | None = None
        super().process(*args, **kwargs)
        guess = self.act.case.customer
        if self.whose.data is None and guess is not None:
            self.whose.data = guess.file_number

    def _named(self) -> tuple[Customer | None, list[Customer]]:
        """Look the customer up once for each text that was typed."""
        typed = (self.whose.data or "").strip()
        if self._found is None or self._found[0] != typed:
            one, several = customer_named(self.act.rules.office.id, typed) if typed else (None, [])
            self._found = typed, one, several
        return self._found[1:]

    def _customer(self) -> Customer | None:
        if self.whose.data is None:
            known: Customer | None = self.act.case.customer
            return known
        return self._named()[0]

    def _whose(self) -> Wrong | None:
        typed, new = bool(self.whose.data), bool(self.new_customer.data)
        if typed and new:
            return "new_customer", _l("Either choose a customer from the file, or add a new one: not both.")
        if not typed and not new:
            return "whose", _l("Choose the customer, or add it: the unit's name is enough to begin with.")
        return self._unclear() if typed else None

    def _unclear(self) -> Wrong | None:
        one, several = self._named()
        if one is not None:
            return None
        if not several:
            return "whose", _l("This customer is not in the file. Choose one, or add it during the call.")
        names = "; ".join(f"{one.file_number} {one.name}" for one in several[:MOST_NAMED])
        return "whose", _l("Several fit; type the file number of the right one: %(names)s.", names=names)
