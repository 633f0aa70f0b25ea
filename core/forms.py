"""Step forms: built for one case, checked inside the gate; the fields they are made of come along."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from werkzeug.datastructures import MultiDict
from wtforms import Form

from core.choosing import CustomerField, PeopleField, PersonField, ProductField, RecordField
from core.fields import (
    ChoiceField,
    DayField,
    LongTextField,
    MomentField,
    MoneyField,
    NumberField,
    PhoneField,
    SignatureField,
    StepField,
    TextField,
    YesField,
)
from core.i18n import Sentence, _l

if TYPE_CHECKING:
    from core.gate import Act

__all__ = [
    "ChoiceField",
    "CustomerField",
    "DayField",
    "EmptyForm",
    "LongTextField",
    "MomentField",
    "MoneyField",
    "NumberField",
    "PeopleField",
    "PersonField",
    "PhoneField",
    "ProductField",
    "ReasonForm",
    "RecordField",
    "SignatureField",
    "StepField",
    "StepForm",
    "TextField",
    "YesField",
    "as_formdata",
    "untouched",
]


Wrong = tuple[str, Sentence]


class SeenTogether(Form):
    """A form in which some things can only be judged from several fields together, or from what is on file."""

    def validate(self, extra_validators: Any = None) -> bool:
        """Add to the fields' own checks what ``seen_together`` finds: the field, and what is wrong with it."""
        fine = super().validate(extra_validators)
        wrong = [found for found in self.seen_together() if found]
        for name, sentence in wrong:
            self[name].errors = [*self[name].errors, sentence]
        return fine and not wrong

    def seen_together(self) -> list[Wrong | None]:
        """Return what is wrong with several fields taken together."""
        return []


class StepForm(Form):
    """The form of a step: built for one case, checked inside the gate.

    What it asks ``elsewhere`` is about another case, which the step begins: nothing of it comes from this one's columns
    of the same name, and nothing goes into them. What is ``only_in_ledger`` is asked for the record of the step alone:
    no column and no code wants it.
    """

    elsewhere = False
    only_in_ledger: tuple[str, ...] = ()

    def __init__(self, act: Act, values: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        self.act = act
        formdata = None if values is None else as_formdata(values)
        super().__init__(formdata, obj=None if self.elsewhere else act.case, **kwargs)

    def process(self, *args: Any, **kwargs: Any) -> None:
        for one in self:
            one.prepare(self.act)
        super().process(*args, **kwargs)
        for one in self:
            if one.fresh and not one.raw_data:
                one.data = None

    def check(self) -> dict[str, list[Sentence]]:
        """Return the errors by field; empty when all is well."""
        self.validate()
        return {name: list(found) for name, found in self.errors.items() if name}

    def values(self) -> dict[str, Any]:
        """Return the checked values by field: records as their ids, a text or choice left out as an empty text."""
        return {one.name: _checked(one) for one in self}

    def for_ledger(self) -> dict[str, Any]:
        """Return what the ledger keeps of the values."""
        return {one.name: one.to_json() for one in self if one.data or isinstance(one.data, int | Decimal)}


def _checked(one: Any) -> Any:
    if isinstance(one, RecordField | PeopleField | CustomerField):
        return one.chosen
    return "" if one.data is None and isinstance(one, TextField | ChoiceField) else one.data


def as_formdata(values: Mapping[str, Any]) -> MultiDict[str, str]:
    """Turn typed values (or a browser's) into what a form reads; nothing is invented."""
    if isinstance(values, MultiDict):
        return values
    pairs: list[tuple[str, str]] = []
    for name, value in values.items():
        many: Iterable[Any] = value if isinstance(value, list | tuple) else (value,)
        pairs.extend((name, _as_text(one)) for one in many if one is not None)
    return MultiDict(pairs)


def _as_text(value: Any) -> str:
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    return str(value)


class EmptyForm(StepForm):
    """The form of a step that asks nothing."""


class ReasonForm(StepForm):
    """The form of a step that asks why, each time anew."""

    only_in_ledger = ("reason",)
    reason = LongTextField(_l("Reason"), limit=1000, fresh=True)


def untouched(form: Form) -> dict[str, str]:
    """Return what a browser sends of each field in which nobody has typed; what starts empty is left out."""
    return {one.name: _sent(one) for one in form if not one.fresh and not isinstance(one, SignatureField)}


def _sent(field: Any) -> str:
    if isinstance(field, YesField):
        return "y" if field.data else ""
    return str((field.data if isinstance(field, ChoiceField) else field._value()) or "")
