"""What dummy does when something happens to a call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core import clock, gate
from core.db import db, writing
from core.errors import Objection
from core.forms import StepForm, TextField
from core.i18n import Sentence
from core.jobs import turns
from tests.plugins_dummy.dummy.models import CallShelf, Loan

if TYPE_CHECKING:
    from core.gate import Act
    from core.rules import Rules

HEARD: list[str] = []
COUNTED: list[str] = []


class LendForm(StepForm):
    """Which dongle is lent; the name of its field is that of a column of the call."""

    dongle = TextField(Sentence("Dongle"), limit=20)
    reason = TextField(Sentence("Reason"), required=False)


def lend(act: Act) -> None:
    """Lend a dongle in the same transaction."""
    given = {"call": act.case}
    gate.perform("dummy.loan", None, "hand_out", act.actor, act.values, office=act.rules.office, given=given)


def hand_out(act: Act) -> None:
    """Note whose dongle it is, and where it was taken from."""
    call = act.given["call"]
    act.case.call_id, act.case.customer_id = call.id, call.customer_id
    act.case.owner_id = act.actor.person_id
    act.decide("dummy_dongle")


def no_loan_open(act: Act) -> Objection | None:
    """A call is not solved while the customer has our dongle."""
    lent = db.session.query(Loan).filter_by(call_id=act.case.id, state="lent").first()
    return Objection(Sentence("Fetch the dongle first.")) if lent else None


def keep_shelf(act: Act, value: Any) -> None:
    """Keep the value of the added field in dummy's own table."""
    if value:
        db.session.merge(CallShelf(call_id=act.case.id, office_id=act.case.office_id, shelf=value))


def work(rules: Rules) -> None:
    """Count the dongles of an office, once an hour and not more often."""
    with writing():
        if turns.claim(rules.office.id, "dummy.count", f"{clock.now():%Y-%m-%d %H}"):
            COUNTED.append(rules.office.code)
