"""The call desk at one look: what was typed so far, whom it is about, what may come of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from werkzeug.datastructures import MultiDict

from core.customers import services as customers
from core.errors import Objection, Refused
from core.gate import Act
from core.procedure import SAME, Procedure, Step
from plugins.hotline.models import Call

if TYPE_CHECKING:
    from core.customers.models import Customer, Installation
    from core.forms import StepForm
    from core.people import Actor
    from core.rules import Rules

CALL, LOG = "hotline.call", "log"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One way to end the call at the desk: its own form, and what speaks against it."""

    step: Step
    form: StepForm
    against: list[Objection]


class Desk:
    """One look at the desk; nothing of it is in the database before the gate has let it through."""

    def __init__(self, typed: Mapping[str, str], actor: Actor, rules: Rules, now: dt.datetime) -> None:
        self.typed, self.actor, self.rules, self.now = typed, actor, rules, now
        self.customer = customers.of_office(typed.get("customer_id", ""), rules.office.id)
        self.form = self.log.form(typed)

    @property
    def procedure(self) -> Procedure:
        """A call's life as this office has it."""
        return self.rules.procedure(CALL)

    @cached_property
    def log(self) -> Act:
        """The call being logged, as far as it is told."""
        return self._look_at(self.procedure.steps[LOG], Call(office_id=self.rules.office.id))

    @cached_property
    def closed_by(self) -> list[Objection]:
        """What keeps the reader from logging a call at all."""
        return self.log.closed_by()

    @cached_property
    def outcomes(self) -> list[Outcome]:
        """What may follow at once: every step of the office that leads on from a logged call."""
        return [self._outcome(step) for step in leading_on(self.procedure)]

    @property
    def chosen(self) -> str:
        """The outcome that was picked; nothing means that the call is kept open."""
        picked = self.typed.get("outcome", "")
        return picked if any(one.step.name == picked and not one.against for one in self.outcomes) else ""

    def answers(self, step: str) -> MultiDict[str, str]:
        """Return what was typed for an outcome; what the call or the file says already is not asked twice."""
        start = prefix(step)
        given = {
            name.removeprefix(start): value for name, value in self.typed.items() if name.startswith(start)
        }
        known = {name: value for name, value in self._known().items() if not given.get(name)}
        return MultiDict(given | known)

    def show_errors(self, refused: Refused) -> None:
        """Put everything that is wrong beside its field: in the call and in the chosen outcome at once."""
        picked = self.typed.get("outcome", "")
        form = next((one.form for one in self.outcomes if one.step.name == picked), None)
        self.form.check()
        if form is not None:
            form.check()
        wrong = self.form if refused.step in ("", f"{CALL}.{LOG}") else form
        for name, errors in refused.errors.items():
            if wrong is not None and name in wrong and not wrong[name].errors:
                wrong[name].errors = tuple(errors)

    def _known(self) -> dict[str, str]:
        address = self.typed.get("new_address") or (self.customer.address if self.customer else "")
        return {
            "contact": self.typed.get("contact", ""),
            "phone": self.typed.get("phone", ""),
            "address": address,
        }

    def _outcome(self, step: Step) -> Outcome:
        act = self._look_at(step, self._logged())
        answers = {prefix(step.name) + name: value for name, value in self.answers(step.name).items()}
        return Outcome(step=step, form=act.form(answers, prefix(step.name)), against=act.closed_by())

    def _logged(self) -> Call:
        """The call as it would stand once it is logged, for those who have an objection to what follows."""
        return Call(
            office_id=self.rules.office.id,
            state=after_logging(self.procedure),
            owner_id=self.actor.person_id,
            customer_id=self.customer.id if self.customer else None,
            customer=self.customer,
            installation=self._installation(),
        )

    def _installation(self) -> Installation | None:
        mine = self.customer.installations if self.customer else ()
        return next((one for one in mine if str(one.id) == self.typed.get("installation_id")), None)

    def _look_at(self, step: Step, call: Call) -> Act:
        return Act(self.procedure, step, call, self.actor, self.rules, self.now)


def prefix(step: str) -> str:
    """Return what the names of an outcome's fields begin with, for two forms may ask the same."""
    return f"{step}-"


def after_logging(procedure: Procedure) -> str:
    """Return the state in which a call stands when it has been logged."""
    return procedure.steps[LOG].targets[0]


def leading_on(procedure: Procedure) -> list[Step]:
    """Return the steps that carry a logged call on, whoever added them; undoing and correcting come later."""
    found = procedure.steps_from(after_logging(procedure))
    return [step for step in found if SAME not in step.targets and not step.voids and not step.inner]


def opening(customer: Customer | None, contact: str = "", phone: str = "") -> MultiDict[str, str]:
    """Return what the form says before anything is typed."""
    said = {"channel": "phone", "contact": contact, "phone": phone}
    return about_the_only_product(said | {"customer_id": str(customer.id) if customer else ""})


def about_the_only_product(typed: Mapping[str, str]) -> MultiDict[str, str]:
    """Choose the product of a customer who has but one."""
    said = MultiDict(typed)
    one = customers.by_id(said.get("customer_id", ""))
    if one is not None and len(one.installations) == 1:
        said["installation_id"] = str(one.installations[0].id)
    return said
