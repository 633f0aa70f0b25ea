"""What is asked of a customer, a contact and a product when somebody writes them by hand, cleaned like an import's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from wtforms import Form
from wtforms.validators import ValidationError

from core.customers import services, twins, values
from core.customers.fields import FIELD_LABELS
from core.customers.history import CONTACT, CUSTOMER, PRODUCT
from core.customers.lines import LONGEST
from core.customers.models import Customer
from core.forms import (
    DayField,
    LongTextField,
    ProductField,
    RecordField,
    SeenTogether,
    TextField,
    Wrong,
    YesField,
    as_formdata,
)
from core.i18n import Sentence, _l

Clean = Callable[[str], str]


def _clean(field: Any, clean: Clean) -> None:
    """Clean what was typed before anything is judged: what is stored may be longer than what was typed."""
    field.filters = [*field.filters, lambda value: clean(value) if isinstance(value, str) else value]


class CleanField(TextField):
    """One line, cleaned as the cells of a file are."""

    def __init__(self, label: Sentence | None = None, *, clean: Clean = values.words, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        _clean(self, clean)


class NoteField(LongTextField):
    """A note of several lines, cleaned as the cells of a file are."""

    def __init__(self, label: Sentence | None = None, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        _clean(self, values.paragraph)


class PhonesField(CleanField):
    """One number or several, as people write them: a landline, a mobile phone, an extension."""

    def __init__(self, label: Sentence | None = None, **kwargs: Any) -> None:
        hint = _l("Several numbers are parted by a slash: 021-61541030 / 13812345678.")
        super().__init__(
            label, clean=values.number, limit=LONGEST["phone"], checks=(_dialled,), hint=hint, **kwargs
        )


def _dialled(form: Form, field: Any) -> None:
    if field.data and not values.can_be_dialled(field.data):
        raise ValidationError(_l("Give a phone number in digits, with an extension if there is one."))


def _field(name: str, **kwargs: Any) -> CleanField:
    return CleanField(FIELD_LABELS[name], limit=LONGEST[name], **{"required": False, **kwargs})


class FileForm(SeenTogether):
    """A form on the customer file of an office; ``today`` is the day it is there."""

    def __init__(
        self, office_id: int, today: dt.date, given: Mapping[str, Any] | None = None, row: Any = None
    ) -> None:
        self.office_id, self.today, self.row = office_id, today, row
        super().__init__(None if given is None else as_formdata(given), data=self.known())

    def known(self) -> dict[str, Any]:
        """Return what is on file of the fields."""
        return {} if self.row is None else {name: getattr(self.row, name, None) for name in self._names()}

    def _names(self) -> Iterable[str]:
        return (name for name, _field in self._unbound_fields or ())

    def process(self, *args: Any, **kwargs: Any) -> None:
        """Offer the catalogue where a product is asked for."""
        if "product_id" in self:
            self["product_id"].offer(services.catalogue())
        super().process(*args, **kwargs)

    def said(self) -> dict[str, Any]:
        """Return the checked values by column."""
        return {one.name: _value(one) for one in self}


def _value(one: Any) -> Any:
    if isinstance(one, RecordField):
        return one.chosen
    if one.name == "serial_number":
        return one.data or None
    return "" if one.data is None and isinstance(one, TextField) else one.data


class CustomerForm(FileForm):
    """What is known of a customer himself."""

    name = CleanField(FIELD_LABELS["name"], limit=LONGEST["name"])
    address = _field("address")
    fax = _field("fax", clean=values.number)
    regional_manager = _field("regional_manager", clean=values.person)
    salesperson = _field("salesperson", clean=values.person)
    note = NoteField(FIELD_LABELS["note"], required=False, limit=LONGEST["note"])
    site_note = NoteField(
        _l("Site note"), required=False, limit=2000, hint=_l("What whoever goes there has to know.")
    )


class ContactForm(FileForm):
    """Somebody at the customer's whom one may phone."""

    name = CleanField(FIELD_LABELS["contact"], limit=LONGEST["contact"], clean=values.person)
    phones = PhonesField(_l("Phone"))


class ProductForm(FileForm):
    """A product at the customer's; its serial number has one holder in the office."""

    product_id = ProductField(_l("Product"))
    version = _field("version", clean=values.version)
    serial_number = _field("serial_number", clean=values.code)
    contract_date = DayField(_l("Contract date"), required=False)
    service_card = _field("service_card", clean=values.code)
    service_until = DayField(_l("Service until"), required=False)

    def seen_together(self) -> list[Wrong | None]:
        """A serial number has one holder, no contract lies ahead, and no service ends before it begins."""
        return [self._taken(), ahead(self.contract_date, self.today), self._order()]

    def _taken(self) -> Wrong | None:
        own = getattr(self.row, "id", None)
        return taken(self.office_id, self.serial_number.data, own)

    def _order(self) -> Wrong | None:
        starts, ends = self.contract_date.data, self.service_until.data
        if not starts or not ends or starts <= ends:
            return None
        return "service_until", _l("The service would end before the contract begins.")


class NewCustomerForm(FileForm):
    """A customer written into the file by hand: who it is, whom one phones there, and the first product."""

    file_number = _field(
        "file_number",
        clean=values.code,
        hint=_l("Left empty, the next number of the office's own series is taken."),
    )
    name = CleanField(FIELD_LABELS["name"], limit=LONGEST["name"])
    address = _field("address")
    fax = _field("fax", clean=values.number)
    regional_manager = _field("regional_manager", clean=values.person)
    salesperson = _field("salesperson", clean=values.person)
    note = NoteField(FIELD_LABELS["note"], required=False, limit=LONGEST["note"])
    contact = CleanField(FIELD_LABELS["contact"], limit=LONGEST["contact"], clean=values.person)
    phone = PhonesField(FIELD_LABELS["phone"])
    product_id = ProductField(FIELD_LABELS["product"], required=False)
    version = _field("version", clean=values.version)
    serial_number = _field("serial_number", clean=values.code)
    contract_date = DayField(FIELD_LABELS["contract_date"], required=False)
    all_the_same = YesField(_l("It is another customer all the same"))

    def seen_together(self) -> list[Wrong | None]:
        """Number and serial number are unique; a product's details need the product."""
        return [
            self._number(),
            taken(self.office_id, self.serial_number.data),
            ahead(self.contract_date, self.today),
            self._whose(),
        ]

    def alike(self) -> list[Customer]:
        """Return who on file looks like this customer, unless it was said to be another all the same."""
        if self.all_the_same.data:
            return []
        return twins.alike(self.office_id, self.name.data or "", [self.phone.data or ""])

    def _number(self) -> Wrong | None:
        number = self.file_number.data
        if not number or not services.is_taken(self.office_id, number):
            return None
        holder = services.by_file_number(number, self.office_id, gone=True)
        text = _l(
            "%(name)s has this file number. Give another one, or leave it empty.", name=holder and holder.name
        )
        return "file_number", text

    def _whose(self) -> Wrong | None:
        told = self.version.data or self.serial_number.data or self.contract_date.data
        if self.product_id.data or not told:
            return None
        return "product_id", _l("Say which product this belongs to.")


def taken(office_id: int, serial_number: str | None, own: int | None = None) -> Wrong | None:
    """Say whose a serial number is already, unless it is this product's own."""
    holder = services.holder_of(office_id, serial_number) if serial_number else None
    if holder is None or own in {
        one.id for one in holder.installations if one.serial_number == serial_number
    }:
        return None
    text = _l(
        "This serial number belongs to %(name)s, file number %(file_number)s.",
        name=holder.name,
        file_number=holder.file_number,
    )
    return "serial_number", text


def ahead(field: Any, today: dt.date) -> Wrong | None:
    """A contract of tomorrow would give a free year that nobody signed (QI/02 fee.after-first-year)."""
    if not field.data or field.data <= today:
        return None
    return field.name, _l("The contract date lies ahead. Give the day on which it was signed.")


FORMS: dict[str, type[FileForm]] = {CUSTOMER: CustomerForm, CONTACT: ContactForm, PRODUCT: ProductForm}
