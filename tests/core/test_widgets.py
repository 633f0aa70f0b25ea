"""A field is written into a page as WTForms' own widgets would write it, whatever stands in it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from wtforms import Form, widgets

from core import fields
from core.i18n import Sentence

NAMED = {"label": Sentence("What is it?")}
CHOICES = {"a": Sentence("<one>"), "b": "two"}
MOMENT = dt.datetime(2026, 11, 23, 1, 5, tzinfo=dt.UTC)


class Everything(Form):
    """One field of each kind, with what WTForms would write it with."""

    text = fields.TextField(**NAMED, limit=40)
    free = fields.TextField(**NAMED, required=False)
    long = fields.LongTextField(**NAMED)
    phone = fields.PhoneField(**NAMED)
    number = fields.NumberField(**NAMED, minimum=2, maximum=9)
    money = fields.MoneyField(**NAMED)
    day = fields.DayField(**NAMED)
    moment = fields.MomentField(**NAMED)
    tick = fields.YesField(**NAMED, required=True)
    choice = fields.ChoiceField(**NAMED, choices=CHOICES)
    signature = fields.SignatureField(**NAMED)


OWN = {
    "text": widgets.TextInput(),
    "free": widgets.TextInput(),
    "long": widgets.TextArea(),
    "phone": widgets.TextInput(),
    "number": widgets.NumberInput(),
    "money": widgets.NumberInput(step="any"),
    "day": widgets.DateInput(),
    "moment": widgets.DateTimeLocalInput(),
    "tick": widgets.CheckboxInput(),
    "choice": widgets.Select(),
    "signature": widgets.HiddenInput(),
}
SAID = {
    "text": 'He said "<b>no</b>" & left',
    "long": "\nfirst\n</textarea>",
    "phone": "021-61541030",
    "number": 3,
    "money": Decimal("12.50"),
    "day": MOMENT.date(),
    "moment": MOMENT,
    "tick": True,
    "choice": "a",
    "signature": "data:image/png;base64,AA==",
}
GIVEN = {"class": "form-control", "aria_invalid": "true", "data_grows": "", "rows": 3, "autofocus": True}


@pytest.mark.parametrize("said", [{}, SAID], ids=["empty", "filled"])
@pytest.mark.parametrize("given", [{}, GIVEN], ids=["plain", "with more"])
@pytest.mark.parametrize("name", OWN)
def test_a_field_is_written_as_wtforms_would(name: str, given: dict[str, Any], said: dict[str, Any]) -> None:
    field = Everything(data=said)[name]
    written = field(**given)
    field.widget = OWN[name]
    assert written == field(**given)


def test_nothing_typed_gets_out_of_its_field() -> None:
    form = Everything(data=SAID)
    assert "<b>" not in form.text()
    assert form.text().count('"') == 2 * form.text().count("=")
    assert form.long().count("</textarea>") == 1
    assert "<one>" not in form.choice()
