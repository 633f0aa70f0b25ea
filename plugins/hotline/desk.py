"""The call desk at one look: what was typed so far, whom it is about, what may come of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from werkzeug.datastructures import MultiDict

from core.customers import services as customers
from core.customers.models import Customer, Installation, Product
from core.db import db
from core.errors import Objection, Refused
from core.gate import Act
from core.i18n import Sentence, _l
from core.procedure import SAME, Procedure, Step
from plugins.hotline.hooks import Entitlement
from plugins.hotline.models import Call
from plugins.hotline.panel import Contract, contract_of
from plugins.hotline.recovery.services import NEVER_TOLD, is_recovery

if TYPE_CHECKING:
    from core.clauses import Citation
    from core.forms import StepForm
    from core.people import Actor
    from core.rules import Rules
    from core.verdicts import Decision

CALL, LOG, HAND_OVER, RECOVER = "hotline.call", "log", "hand_over", "recover"
# What comes of few calls stands after everything else, so that a digit stays where the finger knows it.
SELDOM = ("ask_otherwise", "transfer", RECOVER, "merge", "end_abuse")
# As many outcomes as there are digits after the 0, which keeps the call open.
DIGITS = 9
SYMPTOM = ("module", "operation", "happens", "message")
# What the call itself asks: an outcome that asks it too takes the same answer.
ABOVE = ("contact", "phone")
# Beside a field stands what was proposed for it: who let it stand has typed nothing.
PROPOSED = "proposed-"


@dataclass(frozen=True, kw_only=True)
class Advice:
    """Which outcome is the one to take, and why."""

    step: str
    reason: Sentence
    clause: Citation
    evidence: tuple[Sentence, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One way to end the call at the desk: its own form, what is proposed in it, what speaks against it."""

    step: Step
    form: StepForm
    known: Mapping[str, str]
    against: list[Objection]

    @property
    def above(self) -> list[Any]:
        """The fields that the call has answered already."""
        return [one for one in self.form if one.short_name in ABOVE]

    @property
    def differs(self) -> bool:
        """Whether one of them was answered in another way for this outcome, or is wrong."""
        return any(one.errors or (one.data or "") != self.known[one.short_name] for one in self.above)

    @property
    def asked(self) -> list[Any]:
        """The fields that are still to be filled in."""
        return [one for one in self.form if one.short_name not in ABOVE]

    @property
    def seldom(self) -> bool:
        """Whether it comes of few calls only, and may take less room."""
        return self.step.name in SELDOM

    @property
    def foretold(self) -> Decision | None:
        """What a form knows of where its step will lead, if it foretells anything."""
        return getattr(self.form, "foretold", None)


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
        """The outcome that was picked, closed or not; nothing means that the call is kept open."""
        picked = self.typed.get("outcome", "")
        return picked if any(one.step.name == picked for one in self.outcomes) else ""

    @property
    def digits(self) -> int:
        """How many outcomes have a digit of their own."""
        return min(len(self.outcomes), DIGITS)

    @cached_property
    def advice(self) -> Advice | None:
        """The outcome to take: a lost password is the duty manager's (QI/03 3.1.14), a sealed customer the
        regional manager's (QI/03 3.3.1)."""
        if is_recovery(self._logged()):
            text = _l("Customer has lost a password: no visit, and no method is told to anybody.")
            return Advice(step=RECOVER, reason=text, clause=NEVER_TOLD)
        verdict = self.contract.verdict.verdict if self.contract is not None else None
        if verdict is None or verdict.value != Entitlement.SEALED:
            return None
        evidence = tuple(verdict.evidence)
        return Advice(step=HAND_OVER, reason=verdict.reason, clause=verdict.clause, evidence=evidence)

    @cached_property
    def caller(self) -> Customer | None:
        """Whom the call is about: of the file, or as he will stand in it when he is added."""
        return self.customer or self._newcomer()

    @cached_property
    def contract(self) -> Contract | None:
        """What the caller's contract covers: the product that was chosen, else the customer as a whole."""
        about = self._installation()
        return contract_of(self.caller, about, self.rules, self.now) if self.caller else None

    @cached_property
    def known(self) -> dict[str, str]:
        """What the call or the file says already, and an outcome need not ask again."""
        address = self.typed.get("new_address") or (self.customer.address if self.customer else "")
        said = {name: self.typed.get(name, "") for name in ABOVE}
        return said | {"address": address}

    def own(self, step: str) -> dict[str, str]:
        """Return what was typed for an outcome; what had been proposed there goes with whom it was for."""
        start = prefix(step)
        given = {name: value for name, value in self.typed.items() if name.startswith(start)}
        typed = {name: value for name, value in given.items() if value != self.typed.get(PROPOSED + name)}
        return {name.removeprefix(start): value for name, value in typed.items()}

    def answers(self, step: str) -> MultiDict[str, str]:
        """Return an outcome's answers; what the call or the file says already is not asked twice."""
        own = self.own(step)
        known = {name: value for name, value in self.known.items() if not own.get(name)}
        return MultiDict(own | known)

    def show_errors(self, refused: Refused) -> None:
        """Put everything that is wrong beside its field: in the call and in the chosen outcome at once.

        Of a closed outcome nothing is asked any more: why it is closed is all there is to say.
        """
        picked = self.typed.get("outcome", "")
        possible = (one for one in self.outcomes if one.step.name == picked and not one.against)
        form = next((one.form for one in possible), None)
        self.form.check()
        if form is not None:
            form.check()
            self._ask_once(form, picked)
        wrong = self.form if refused.step in ("", f"{CALL}.{LOG}") else form
        for name, errors in refused.errors.items():
            if wrong is not None and name in wrong and not wrong[name].errors:
                wrong[name].errors = tuple(errors)

    def _ask_once(self, form: StepForm, step: str) -> None:
        """What is wrong with the call's own answer is said beside the call's own field."""
        own = self.own(step)
        for name in ABOVE:
            if name in form and not own.get(name):
                form[name].errors = ()

    def _outcome(self, step: Step) -> Outcome:
        act = self._look_at(step, self._logged())
        answers = {prefix(step.name) + name: value for name, value in self.answers(step.name).items()}
        form = act.form(answers, prefix(step.name))
        return Outcome(step=step, form=form, known=self.known, against=act.closed_by())

    def _logged(self) -> Call:
        """The call as it would stand once it is logged, for those who have an objection to what follows."""
        return Call(
            office_id=self.rules.office.id,
            state=after_logging(self.procedure),
            owner_id=self.actor.person_id,
            customer_id=self.caller.id if self.caller else None,
            customer=self.caller,
            installation=self._installation(),
            **{name: self.typed.get(name, "") for name in SYMPTOM},
        )

    def _installation(self) -> Installation | None:
        if self.caller is None or self.customer is None:
            return next(iter(self.caller.installations), None) if self.caller else None
        mine, chosen = self.customer.installations, self.typed.get("installation_id")
        return next((one for one in mine if str(one.id) == chosen), None)

    def _newcomer(self) -> Customer | None:
        """Whoever is being added, as those who have an objection will see him; in no session, so never kept."""
        name, office_id = self.typed.get("new_customer", "").strip(), self.rules.office.id
        if not name:
            return None
        product, address = self._first_product(), self.typed.get("new_address", "")
        products = [product] if product else []
        return Customer(office_id=office_id, name=name, address=address, installations=products)

    def _first_product(self) -> Installation | None:
        chosen, contract = self.form["new_product_id"], self.form["new_contract_date"].data
        if not chosen.data or chosen.data not in {one.value for one in chosen.choices}:
            return None
        product = db.session.get_one(Product, chosen.chosen)
        return Installation(
            office_id=self.rules.office.id, product=product, version="", contract_date=contract
        )

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
    leading = [step for step in found if SAME not in step.targets and not step.voids and not step.inner]
    return sorted(leading, key=lambda step: SELDOM.index(step.name) + 1 if step.name in SELDOM else 0)


def opening(
    customer: Customer | None, contact: str = "", phone: str = "", follows: str = ""
) -> MultiDict[str, str]:
    """Return what the form says before anything is typed."""
    said = {"contact": contact, "phone": phone}
    proposed = {PROPOSED + name: value for name, value in said.items()}
    chosen = {"channel": "phone", "customer_id": str(customer.id) if customer else "", "follows": follows}
    return about_the_only_product(said | proposed | chosen, customer)


def about_the_only_product(typed: Mapping[str, str], customer: Customer | None) -> MultiDict[str, str]:
    """Choose the product of a customer who has but one."""
    said = MultiDict(typed)
    if customer is not None and len(customer.installations) == 1:
        said["installation_id"] = str(customer.installations[0].id)
    return said
