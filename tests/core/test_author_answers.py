"""What an author may take for granted: ids as they are, days as days, and his own names for what he recorded."""

from __future__ import annotations

import datetime as dt
import inspect
from typing import Any

import click
import pytest
from flask import Flask

from core import gate, ledger, switches
from core.choosing import PeopleField, PersonField, RecordField
from core.cli.plugins import _named_value, _sayable
from core.db import db
from core.errors import PluginError
from core.forms import StepForm
from core.i18n import Sentence
from core.ledger import LedgerRow
from core.plugin_sets import steps_named
from core.testing import SETTER_UP, House
from tests.plugins_dummy.dummy.models import Loan
from tests.plugins_dummy.fixtures import database_url, plugins, sqlite_template  # noqa: F401

FIELDS: Any = pytest.mark.parametrize("kind", [RecordField, PersonField, PeopleField])


def form_of(house: House, walk: Any, kind: Any, offers: Any, given: Any) -> StepForm:
    """Return a form with one field that offers something, filled in."""
    office = house.office("SH", "hotline")
    walker = walk(office)
    call = walker.case_in("hotline.call", "open")
    whom = kind(Sentence("Whom"), offers=offers)
    asked = type("Asked", (StepForm,), {"whom": whom})
    act = gate.open_case("hotline.call", str(call.number), walker.actor, office)
    return asked(act, {"whom": given})


@FIELDS
def test_ids_are_offered_as_numbers_or_as_texts(app: Flask, house: House, walk: Any, kind: Any) -> None:
    given = ["2"] if kind is PeopleField else "2"
    form = form_of(house, walk, kind, lambda act: {1: "甲", 2: "乙"}, given)
    assert form.validate(), form.errors
    assert form["whom"].chosen == ([2] if kind is PeopleField else 2)


@FIELDS
def test_what_offers_no_mapping_is_named(in_english: None, house: House, walk: Any, kind: Any) -> None:
    with pytest.raises(PluginError, match="“Whom” offers no choices"):
        form_of(house, walk, kind, lambda act: ["甲", "乙"], "1")


def test_the_step_of_a_stranger_is_not_taken_for_a_plugins_own(house: House, walk: Any) -> None:
    office = house.office("SH", "hotline", "fieldservice", "dummy")
    walker = walk(office)
    call = walker.case_in("hotline.call", "waits_for_dongle")
    loan = str(db.session.query(Loan).one().number)
    gate.perform("dummy.loan", loan, "fetch", walker.actor, office=office)
    gate.perform("hotline.call", str(call.number), "dongle_came", walker.actor, office=office)
    switches.switch(house.plugins, office, "dummy", False, SETTER_UP)
    house.see()
    act = gate.open_case("hotline.call", str(call.number), walker.actor, office)
    rows = ledger.of_case("hotline.call", call.id, number=call.number)
    assert str(steps_named(act.procedure, act.rules, rows)["lend"].title) == "Lend a dongle"
    strangers = [LedgerRow(action="lend", version="shenzhen 0.1.0")]
    assert steps_named(act.procedure, act.rules, strangers) == {}


@pytest.mark.parametrize("declared", [dt.date, dt.date | None, "dt.date | None"])
def test_a_further_input_is_read_as_the_decision_declares_it(declared: Any) -> None:
    kinds = {
        "day": inspect.Parameter("day", inspect.Parameter.KEYWORD_ONLY, annotation=declared),
        "count": inspect.Parameter("count", inspect.Parameter.KEYWORD_ONLY, annotation="int"),
        "word": inspect.Parameter("word", inspect.Parameter.KEYWORD_ONLY, annotation="str"),
    }
    assert _named_value("day=2026-12-05", kinds) == ("day", dt.date(2026, 12, 5))
    assert _named_value("count=3", kinds) == ("count", 3)
    assert _named_value("word=3", kinds) == ("word", "3")
    assert _named_value("day=", kinds) == ("day", None)
    for wrong in ("day=tomorrow", "count=many"):
        with pytest.raises(click.BadParameter, match="give a day like 2026-11-23, or a whole number"):
            _named_value(wrong, kinds)


@pytest.mark.parametrize(
    ("declared", "can_be"),
    [
        (inspect.Parameter.empty, True),
        ("str", True),
        (int | None, True),
        ("dt.date | None", True),
        ("ServiceRequest", False),
        ("list[str]", False),
        (dt.datetime, False),
        ("ServiceRequest | None", False),
    ],
)
def test_only_texts_numbers_and_days_can_be_typed(declared: Any, can_be: bool) -> None:
    one = inspect.Parameter("asked", inspect.Parameter.KEYWORD_ONLY, annotation=declared)
    assert _sayable("asked", one) is can_be
    assert _sayable("customer", one)
