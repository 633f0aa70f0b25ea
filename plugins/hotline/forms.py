"""What is asked at each step of a call."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wtforms.validators import ValidationError

from core.customers import services as customers
from core.customers import twins, values
from core.customers.models import Customer, Installation
from core.forms import (
    ChoiceField,
    DayField,
    LongTextField,
    MomentField,
    NumberField,
    PhoneField,
    ProductField,
    ReasonForm,
    RecordField,
    SeenTogether,
    StepForm,
    TextField,
    Wrong,
    YesField,
)
from core.i18n import _l
from plugins.hotline import services
from plugins.hotline.links.services import to_follow
from plugins.hotline.models import CHANNELS, HANDED_OVER_AS
from plugins.hotline.recovery.words import asks_for_password
from plugins.hotline.vague import is_bare, is_empty, is_vague

TOO_VAGUE = _l(
    "Too vague to help anybody (QI/03 3.1.6). Ask: which operation, what exactly appears on the "
    "screen, since when?"
)


def not_vague(form: Any, field: Any) -> None:
    """Refuse a symptom that says nothing (QI/03 3.1.6, 3.1.8), unless another answer says it."""
    module, operation = _said(form, "module"), _said(form, "operation")
    if is_vague(field.data or "", module, operation) and not _said_elsewhere(form, field.data or ""):
        raise ValidationError(TOO_VAGUE)


def _said_elsewhere(form: Any, happens: str) -> bool:
    """A message on the screen tells the problem; an event since which the program stalls or dies does, too."""
    message, since = _said(form, "message"), _said(form, "since")
    return not is_vague(message) or (is_bare(happens) and not is_empty(since))


def _said(form: Any, name: str) -> str:
    """Return what another field holds; an amended form may have lost it."""
    return getattr(getattr(form, name, None), "data", None) or ""


def a_module(form: Any, field: Any) -> None:
    """Refuse a module without a name: everything is "the software" (QI/03 3.1.6)."""
    if is_empty(field.data or ""):
        raise ValidationError(_l("Which module? Like general ledger, payroll."))


def an_operation(form: Any, field: Any) -> None:
    """Refuse an operation without a name: everybody "uses" the program (QI/03 3.1.6)."""
    if is_empty(field.data or ""):
        raise ValidationError(_l("Which operation? Like printing a voucher, closing the month."))


def telling(form: Any, field: Any) -> None:
    """Refuse an answer from which no colleague could learn anything (QI/03 3.1.8)."""
    if services.says_nothing(field.data or ""):
        raise ValidationError(_l("Write what was said or done, so that a colleague could do the same."))


def tells_no_password(form: Any, field: Any) -> None:
    """Refuse an answer that tells how to get past a password (QI/03 3.1.14)."""
    if asks_for_password(field.data or ""):
        raise ValidationError(
            _l("Recovery methods are told to nobody (QI/03 3.1.14). Choose “Password recovery” instead.")
        )


def known_customer(form: Any, field: Any) -> None:
    """Accept a customer of this office only."""
    if customers.of_office(field.data, form.act.rules.office.id) is None:
        raise ValidationError(_l("This customer is not in the file. Choose one, or add it during the call."))


def titles(installations: Iterable[Installation]) -> dict[str, str]:
    return {str(one.id): f"{one.product.name} {one.version}".strip() for one in installations}


class SymptomForm(SeenTogether, StepForm):
    """The structured symptom: nothing vague, nothing forgotten (QI/03 3.1.6)."""

    # Whose products are offered is known only when the form has been read.
    installation_id = RecordField(_l("Product"), offers=lambda act: {}, required=False)
    module = TextField(_l("Module"), limit=60, checks=(a_module,))
    operation = TextField(_l("During which operation"), limit=120, checks=(an_operation,))
    happens = LongTextField(_l("What happens"), limit=1000, checks=(not_vague,))
    message = LongTextField(_l("Message on the screen"), limit=1000, required=False)
    since = TextField(_l("Since when"), limit=60, required=False)
    tried = LongTextField(_l("What was tried"), limit=1000, required=False)

    def process(self, *args: Any, **kwargs: Any) -> None:
        """Offer the customer's products and nobody else's; the only one is chosen by itself."""
        super().process(*args, **kwargs)
        offered = titles(self._installations())
        self.installation_id.offer(offered)
        if len(offered) == 1 and not self.installation_id.data:
            (self.installation_id.data,) = offered

    def seen_together(self) -> list[Wrong | None]:
        return [self._unnamed_product()]

    def _customer(self) -> Customer | None:
        known: Customer | None = self.act.case.customer
        return known

    def _installations(self) -> list[Installation]:
        customer = self._customer()
        return list(customer.installations) if customer else []

    def _unnamed_product(self) -> Wrong | None:
        """A product left out would slip by the rules of that product (QI/02 upgrade.withdrawn)."""
        if self.installation_id.data or not self._installations():
            return None
        return "installation_id", _l("Which product is the call about? Choose it (QI/03 3.1.6).")


class PromiseForm(SeenTogether, StepForm):
    """What the customer was told: until when somebody phones, and about what."""

    promised_at = MomentField(_l("Phone back by"), fresh=True)
    promise = TextField(_l("What was promised"), required=False, fresh=True)

    def seen_together(self) -> list[Wrong | None]:
        return [too_late(self)]


def too_late(form: Any) -> Wrong | None:
    """Refuse a promise that is broken when it is made."""
    told = form.promised_at.data
    if told is None or told > form.act.now:
        return None
    return "promised_at", _l("This time has passed. Promise one that lies ahead.")


class _WhoseField(TextField):
    """The customer of a call: the screen sends the id, a program that or the file number, as people know it."""

    def prepare(self, act: Any) -> None:
        self.office_id = act.rules.office.id

    def process_formdata(self, valuelist: list[Any]) -> None:
        super().process_formdata(valuelist)
        typed = self.data or ""
        # Digits alone are an id, whatever the file numbers of the office look like: nobody is taken for another.
        if typed and not typed.isdecimal():
            known = customers.by_file_number(typed, self.office_id)
            self.data: str | None = str(known.id) if known else typed


class LogForm(SymptomForm):
    """A call being logged: who calls, from where, about what (QI/03 3.1.8, 3.2.2).

    A customer who is not in the file is added here and now: the call is not turned away (QI/02 file.missing).
    """

    customer_id = _WhoseField(
        _l("Customer"),
        required=False,
        limit=24,
        checks=(known_customer,),
        hint=_l("File number, or the id of the customer."),
    )
    new_customer = TextField(_l("New customer: the unit's name"), required=False)
    new_address = TextField(_l("Address"), required=False, limit=200)
    new_product_id = ProductField(_l("Product"), required=False)
    new_version = TextField(_l("Version"), required=False, limit=20)
    new_serial_number = TextField(_l("Serial number"), required=False, limit=40)
    new_contract_date = DayField(_l("Contract date"), required=False)
    new_all_the_same = YesField(_l("It is another customer with the same name or phone"))
    channel = ChoiceField(_l("Channel"), choices=CHANNELS)
    contact = TextField(_l("Contact"), limit=40)
    phone = PhoneField(_l("Phone"), limit=40)
    # Whose cases are offered is known only when the form has been read.
    follows = ChoiceField(_l("Follows on"), required=False)
    rings = NumberField(_l("Rings before it was answered"), required=False, maximum=99)
    received_on = DayField(_l("Date of the message, fax or letter"), required=False)
    promised_at = MomentField(_l("Phone back by"), required=False)
    promise = TextField(_l("What was promised"), required=False)

    def process(self, *args: Any, **kwargs: Any) -> None:
        """Offer the customer's open and recent cases, for a call that follows on one of them."""
        super().process(*args, **kwargs)
        self.follows.offer(to_follow(self._customer(), self.act.rules, self.act.actor))

    def seen_together(self) -> list[Wrong | None]:
        mine = [self._whose(), self._twin(), self._taken(), self._ahead(), self._tomorrow(), too_late(self)]
        return [*super().seen_together(), *mine]

    def _customer(self) -> Customer | None:
        return customers.of_office(self.customer_id.data or "", self.act.rules.office.id)

    def _whose(self) -> Wrong | None:
        if not self.customer_id.data and not self.new_customer.data:
            return "customer_id", _l(
                "Choose the customer, or add it: the unit's name is enough to begin with."
            )
        if self.customer_id.data and self.new_customer.data:
            return "new_customer", _l("Either choose a customer from the file, or add a new one: not both.")
        return None

    def _twin(self) -> Wrong | None:
        if not self.new_customer.data or self.new_all_the_same.data:
            return None
        alike = twins.alike(self.act.rules.office.id, self.new_customer.data, [self.phone.data or ""])
        if not alike:
            return None
        text = _l(
            "This seems to be %(name)s, file number %(file_number)s. Choose it, or tick that it is another.",
            name=alike[0].name,
            file_number=alike[0].file_number,
        )
        return "new_customer", text

    def _taken(self) -> Wrong | None:
        serial_number = values.code(self.new_serial_number.data or "")
        if not self.new_customer.data or not serial_number:
            return None
        if not self.new_product_id.data:
            return "new_product_id", _l("Say which product has this serial number.")
        holder = customers.holder_of(self.act.rules.office.id, serial_number)
        if holder is None:
            return None
        text = _l(
            "This serial number belongs to %(name)s, file number %(file_number)s.",
            name=holder.name,
            file_number=holder.file_number,
        )
        return "new_serial_number", text

    def _ahead(self) -> Wrong | None:
        """A contract of tomorrow would give a free year that nobody signed (QI/02 fee.after-first-year)."""
        told = self.new_contract_date.data
        if not told or told <= services.today(self.act.rules, self.act.now):
            return None
        return "new_contract_date", _l("The contract date lies ahead. Give the day on which it was signed.")

    def _tomorrow(self) -> Wrong | None:
        told = self.received_on.data if self.received_on else None
        if not told or told <= services.today(self.act.rules, self.act.now):
            return None
        return "received_on", _l("This day lies ahead. Give the day on which the fax or letter came in.")


class AnswerForm(StepForm):
    """What was answered or done."""

    answer = LongTextField(_l("Answer given"), checks=(telling, tells_no_password), fresh=True)


class HandOverForm(ReasonForm):
    """Why the regional manager has to deal with it; the customer hears no blunt refusal (QI/03 3.3.2)."""

    handed_over_as = ChoiceField(
        _l("Because of"),
        choices=HANDED_OVER_AS,
        required=False,
        hint=_l(
            "Left open: as the contract says. Tell the customer that it can be done and that the regional manager "
            "phones about the terms. Never “no”, “can't” or “that costs money” (QI/03 3.3.2)."
        ),
    )

    def process(self, *args: Any, **kwargs: Any) -> None:
        """A call that comes again may come for another reason."""
        super().process(*args, **kwargs)
        if not self.handed_over_as.raw_data:
            self.handed_over_as.data = None


class DemandForm(StepForm):
    """What the customer demands, for the duty manager (QI/03 3.1.7, 3.2.8)."""

    demand = LongTextField(_l("What the customer demands"), limit=1000, fresh=True)
