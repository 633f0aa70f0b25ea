"""What a file says of a customer against what Koudai has: only what the file says anew changes anything.

A value that is empty in the file erases nothing. A value that the last file said already changes nothing,
whatever people made of it in Koudai since. A value that is new in the file wins. Phones that people added
to a contact stay.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, TypeVar

from core import clock
from core.customers import values
from core.customers.lines import CustomerLine
from core.customers.models import Contact, Customer, Installation, Product
from core.customers.values import Phone

CUSTOMER_FIELDS = ("name", "address", "fax", "regional_manager", "salesperson")
PRODUCT_FIELDS = ("product", "version", "serial_number", "contract_date", "service_card", "service_until")
DATES = ("contract_date", "service_until")

Facts = dict[str, str]
Value = TypeVar("Value", str, list[str])


@dataclass(frozen=True)
class Said:
    """All that a file says of one customer, as text: his own fields, contacts by name, products by key."""

    customer: Facts = field(default_factory=dict)
    contacts: dict[str, list[str]] = field(default_factory=dict)
    products: dict[str, Facts] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return what is remembered of it."""
        return asdict(self)

    def after(self, before: Said) -> Said:
        """Add what was said before and is not said again: a shorter file is no reason to forget."""
        products = {
            key: {**before.products.get(key, {}), **_given(facts)} for key, facts in self.products.items()
        }
        return Said(
            {**before.customer, **_given(self.customer)},
            {**before.contacts, **_given(self.contacts)},
            {**before.products, **products},
        )


def said_by(lines: Sequence[CustomerLine]) -> Said:
    """Collect what a customer's lines say: the first word on a field counts, notes and phones add up."""
    said = Said(customer=_first_words(lines, CUSTOMER_FIELDS))
    said.customer["note"] = "\n".join(dict.fromkeys(line.note for line in lines if line.note))
    for line in lines:
        if line.contact or line.phones:
            phones = said.contacts.setdefault(line.contact, [])
            phones += [phone.raw for phone in _unknown(line.phones, phones)]
    for key, same in _by_product(lines).items():
        said.products[key] = _first_words(same, PRODUCT_FIELDS)
    return said


def has_product(line: CustomerLine) -> bool:
    """Say whether a line tells anything of a product, be it only a date."""
    return any(getattr(line, name) for name in PRODUCT_FIELDS)


def _by_product(lines: Sequence[CustomerLine]) -> dict[str, list[CustomerLine]]:
    found: dict[str, list[CustomerLine]] = {}
    for line in filter(has_product, lines):
        found.setdefault(_key(line.serial_number, line.product, line.version), []).append(line)
    return found


def _key(serial_number: str | None, product: str, version: str) -> str:
    """A serial number has no space in it, so the two kinds of key never meet."""
    return serial_number or f"{product} {version}"


def _first_words(lines: Sequence[CustomerLine], names: Iterable[str]) -> Facts:
    return {name: next(filter(None, (_text(getattr(line, name)) for line in lines)), "") for name in names}


def _given(facts: Mapping[str, Value]) -> dict[str, Value]:
    return {name: value for name, value in facts.items() if value}


def _text(value: Any) -> str:
    if isinstance(value, Product):
        return value.name
    return value.isoformat() if isinstance(value, dt.date) else value or ""


@dataclass(frozen=True, kw_only=True)
class ProductChange:
    """What changes at one product; without an installation, a new one."""

    installation: Installation | None
    facts: Facts


@dataclass(frozen=True, kw_only=True)
class Change:
    """What a file changes at one customer; looking at it writes nothing."""

    file_number: str
    customer: Customer | None
    said: Said
    remembered: bool
    fields: Facts
    contacts: Mapping[str, str]
    products: Sequence[ProductChange]
    same_products: int

    @property
    def nothing(self) -> bool:
        """Whether the customer stays as he is."""
        return self.customer is not None and not (self.fields or self.contacts or self.products)

    @property
    def findable(self) -> bool:
        """Whether something changes by which the customer is found."""
        new = any(one.installation is None for one in self.products)
        return self.customer is None or new or bool(self.contacts) or "name" in self.fields


def compare(file_number: str, customer: Customer | None, said: Said, before: Said | None) -> Change:
    """Compare what a file says with what it said before and with what people made of it."""
    last = before or Said()
    products = _product_changes(customer, said, last)
    return Change(
        file_number=file_number,
        customer=customer,
        said=said.after(last),
        remembered=before is not None and said.after(last) == before,
        fields=_news(customer, said.customer, last.customer),
        contacts=_contact_changes(customer, said, last),
        products=products,
        same_products=len(said.products) - len(products),
    )


def _news(row: Customer | Installation | None, said: Facts, before: Facts) -> Facts:
    """Return what is said, was not said before, and is not so yet."""
    return {
        name: value
        for name, value in _given(said).items()
        if row is None or value not in (before.get(name), _text(getattr(row, name)))
    }


def _product_changes(customer: Customer | None, said: Said, before: Said) -> list[ProductChange]:
    there = {
        _key(one.serial_number, one.product.name, one.version): one
        for one in (customer.installations if customer else ())
    }
    changes = []
    for key, facts in said.products.items():
        known = before.products.get(key, {})
        if key not in there and known and not _news_of(facts, known):
            continue  # people took it away, and the file brings nothing new
        news = _news(there.get(key), facts, known)
        if news:
            changes.append(ProductChange(installation=there.get(key), facts=news))
    return changes


def _news_of(facts: Facts, known: Facts) -> Facts:
    return {name: value for name, value in _given(facts).items() if known.get(name) != value}


def _contact_changes(customer: Customer | None, said: Said, before: Said) -> dict[str, str]:
    there = {one.name: one.phones for one in reversed(customer.contacts if customer else ())}
    changes = {}
    for name, phones in said.contacts.items():
        if before.contacts.get(name) == phones or (name in there and not phones):
            continue
        merged = _merged(phones, before.contacts.get(name, []), there.get(name, ""))
        if name not in there or _digits(merged) != _digits(_written(there[name])):
            changes[name] = " / ".join(phone.raw for phone in merged)
    return changes


def _merged(phones: Sequence[str], before: Sequence[str], written: str) -> list[Phone]:
    """Return the file's phones, then those that people added."""
    return _read(phones) + _unknown(_written(written), [*phones, *before])


def _written(text: str) -> list[Phone]:
    """Read what stands in a contact; words without any number are kept too."""
    found = list(values.phones(text))
    return found or ([Phone(raw=text, digits="")] if text else [])


def _read(phones: Sequence[str]) -> list[Phone]:
    return [phone for one in phones for phone in values.phones(one)]


def _unknown(phones: Iterable[Phone], known: Sequence[str]) -> list[Phone]:
    digits = _digits(_read(known))
    return [phone for phone in phones if (phone.digits, phone.extension) not in digits]


def _digits(phones: Iterable[Phone]) -> set[tuple[str, str]]:
    return {(phone.digits, phone.extension) for phone in phones}


def apply(change: Change, office_id: int, catalogue: Mapping[str, Product]) -> Customer:
    """Make the change, inside the write transaction; a new customer is yet to be added to the session."""
    customer = change.customer or _new_customer(office_id, change.file_number)
    for name, value in change.fields.items():
        setattr(customer, name, value)
    for name, phones in change.contacts.items():
        _set_contact(customer, name, phones)
    for one in change.products:
        _set_product(customer, one, catalogue)
    return customer


def _new_customer(office_id: int, file_number: str) -> Customer:
    return Customer(
        office_id=office_id, file_number=file_number, created_at=clock.now(), contacts=[], installations=[]
    )


def _set_contact(customer: Customer, name: str, phones: str) -> None:
    contact = next((one for one in customer.contacts if one.name == name), None)
    if contact is None:
        contact = Contact(office_id=customer.office_id, name=name)
        customer.contacts.append(contact)
    contact.phones = phones


def _set_product(customer: Customer, change: ProductChange, catalogue: Mapping[str, Product]) -> None:
    installation = change.installation
    if installation is None:
        installation = Installation(office_id=customer.office_id)
        customer.installations.append(installation)
    for name, value in change.facts.items():
        setattr(installation, name, _column_value(name, value, catalogue))


def _column_value(name: str, value: str, catalogue: Mapping[str, Product]) -> Any:
    if name == "product":
        return catalogue[value]
    return dt.date.fromisoformat(value) if name in DATES else value
