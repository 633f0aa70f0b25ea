"""Faulty: fails wherever a plugin can fail, and must not take anybody with it."""

from __future__ import annotations

from typing import Any

from core.forms import TextField
from core.hooks import hookimpl
from core.i18n import Sentence
from core.plugins import Manifest
from core.roles import HOTLINE_ENGINEER

manifest = Manifest(
    name="faulty",
    title=Sentence("Faulty"),
    version="0.0.1",
    requires=("hotline", "fieldservice"),
    regional=True,
)


class Fault(Exception):
    """What is wrong with this plugin."""


def fail(*args: Any, **kwargs: Any) -> Any:
    """Do what this plugin does."""
    raise Fault("faulty fails, as it always does")


@hookimpl
def amend(procedures):
    call = procedures["hotline.call"]
    call.require("take_over", fail, clause="QI/03 3.1.9")
    call.add_field(
        "park", "because", TextField(Sentence("Why"), required=False), keep=fail, clause="QI/03 3.2.5"
    )
    call.add_step(
        "break_down",
        "open -> same",
        title=Sentence("Break down"),
        by=HOTLINE_ENGINEER,
        clause="QI/03 3.1.9",
        does=fail,
    )


@hookimpl
def hotline_entitlement(customer):
    return fail() if customer.note == "faulty" else None


@hookimpl
def fieldservice_admission(customer):
    return fail() if customer.note == "faulty" else None


@hookimpl
def fieldservice_suggestion(request):
    return fail() if request.customer.note == "faulty" else None


@hookimpl
def fieldservice_visit_parts(act):
    fail()


@hookimpl
def core_menu():
    fail()


@hookimpl
def core_case_cards(act):
    fail()


@hookimpl
def hotline_replies():
    fail()


@hookimpl
def hotline_customer_cards(customer):
    fail()


@hookimpl
def core_customer_cards(customer):
    fail()


@hookimpl
def core_customer_leaves():
    fail()


@hookimpl
def core_desk_cards():
    fail()


@hookimpl
def core_searchables():
    fail()


@hookimpl
def core_status(rules):
    fail()


@hookimpl
def core_step_taken(act):
    fail()


@hookimpl
def core_notices():
    fail()
