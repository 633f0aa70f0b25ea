"""The people of one office at work: what each of them does to a case, always through the gate."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from sqlalchemy import select

from core import clock, gate
from core.customers.models import Customer, Installation
from core.db import db
from core.errors import Refused
from core.offices import Office
from core.people import Actor
from core.roles import (
    DUTY_MANAGER,
    FIELD_ENGINEER,
    HEAD_OFFICE_SUPPORT,
    HOTLINE_ENGINEER,
    QUALITY_SUPERVISOR,
    REGIONAL_MANAGER,
    SUPPORT_MANAGER,
)
from core.rules import rules_of
from demo.house import actor_of, holder_of
from demo.problems import Problem
from plugins.billing.models import CourtesyVisit
from plugins.fieldservice.conference.models import Conference
from plugins.fieldservice.models import ServiceRequest
from plugins.hotline.calls.transfer import departments
from plugins.hotline.hooks import COVERED, Entitlement
from plugins.hotline.models import Call, KnowledgeEntry
from plugins.hotline.services import entitlement
from plugins.quality.models import Complaint

Fits = Callable[[Installation, str], bool]
# The number a caller shows whose phone is not on file.
SHOWN = "021-54540000"


class Desk:
    """One office at work: its people by role, and its customers, who phone in turn."""

    def __init__(self, office: Office) -> None:
        code = office.code
        self.office, self.rng = office, random.Random(f"koudai demo {code}")
        self.hotline = actor_of(holder_of(code, HOTLINE_ENGINEER))
        self.duty = actor_of(holder_of(code, DUTY_MANAGER))
        self.support = actor_of(holder_of(code, SUPPORT_MANAGER))
        self.manager = actor_of(holder_of(code, REGIONAL_MANAGER))
        self.engineer = actor_of(holder_of(code, FIELD_ENGINEER))
        # Who supervises is a senior engineer, too.
        self.supervisor = actor_of(holder_of(code, QUALITY_SUPERVISOR))
        self.head_office = actor_of(holder_of("HQ", HEAD_OFFICE_SUPPORT))
        self._file = self._judged()
        self.rng.shuffle(self._file)

    def _judged(self) -> list[tuple[Installation, str]]:
        rules = rules_of(self.office)
        query = select(Installation).where(Installation.office_id == self.office.id).order_by(Installation.id)
        return [
            (one, entitlement(rules, one.customer, one, clock.now()).verdict.value)
            for one in db.session.scalars(query)
        ]

    # --- who phones

    def covered(self, product: str) -> Installation:
        """Return a product of the covered customer whose turn it is."""
        return self._next(lambda one, value: value in COVERED and one.product.name.startswith(product))

    def expired(self) -> Installation:
        """Return a product of the customer whose turn it is among those whose service has expired."""
        return self._next(lambda one, value: value == Entitlement.EXPIRED)

    def withdrawn(self) -> Installation:
        """Return a product that is supported no more."""
        return self._next(lambda one, value: value == Entitlement.WITHDRAWN)

    def longest_expired(self) -> Customer:
        """Return the customer whose service ended first, whom the regional manager seals."""
        expired = [one for one, value in self._file if value == Entitlement.EXPIRED]
        first = min(expired, key=lambda one: (str(one.service_until or ""), one.id)).customer
        self._file = [entry for entry in self._file if entry[0].customer_id != first.id]
        return first

    def _next(self, fits: Fits) -> Installation:
        chosen = next(one for one, value in self._file if fits(one, value))
        self._file.sort(key=lambda entry: entry[0].customer_id == chosen.customer_id)
        return chosen

    def is_courtesy(self, number: str) -> bool:
        """Say whether a request is the customer's last free visit."""
        query = select(CourtesyVisit).join(ServiceRequest).where(ServiceRequest.number == number)
        return db.session.scalars(query).first() is not None

    # --- what is done

    def log(self, problem: Problem, one: Installation, customer: Customer, **said: Any) -> str:
        """Log a call and return its number."""
        whose = {"channel": "phone", "customer_id": str(customer.id), "installation_id": one.id}
        return self._log(problem, whose | self.reached(customer) | said)

    def log_stranger(self, problem: Problem, **said: Any) -> str:
        """Log the call of a customer who is not in the file, and add him."""
        return self._log(problem, {"channel": "phone", **said})

    def _log(self, problem: Problem, said: dict[str, Any]) -> str:
        symptom = {
            "module": problem.module,
            "operation": problem.operation,
            "happens": problem.happens,
            "message": problem.message,
            "since": problem.since,
            "tried": problem.tried,
        }
        call = gate.perform("hotline.call", None, "log", self.hotline, symptom | said, office=self.office)
        return str(call.number)

    def call(self, number: str, step: str, actor: Actor | None = None, **values: Any) -> None:
        """Take a step of a call."""
        gate.perform("hotline.call", number, step, actor or self.hotline, values, office=self.office)

    def request(self, number: str, step: str, actor: Actor, **values: Any) -> None:
        """Take a step of a request."""
        gate.perform("fieldservice.request", number, step, actor, values, office=self.office)

    def attempt(self, procedure: str, number: str, step: str, actor: Actor, **values: Any) -> None:
        """Try a step that the rules of the office may refuse; the ledger keeps the attempt."""
        with suppress(Refused):
            gate.perform(procedure, number, step, actor, values, office=self.office)

    def reached(self, customer: Customer) -> dict[str, Any]:
        """Return whom to phone, as forms ask for it."""
        contact = customer.contacts[0]
        return {"contact": contact.name, "phone": contact.phones.split("/")[0].strip()[:40] or SHOWN}

    def department(self) -> str:
        """Return the first of the office's other departments."""
        return next(iter(departments(rules_of(self.office))))

    def merge(self, double: str, kept: str) -> None:
        """Merge a call into the one that was there before."""
        number = select(Call.id).where(Call.office_id == self.office.id, Call.number == kept)
        self.call(double, "merge", into_id=str(db.session.scalar(number)))

    def draw_up_roster(self, month: str) -> None:
        """Draw up and publish who is on duty in a month (QP/2-04 5.1)."""
        roster = gate.perform(
            "hotline.roster", None, "begin", self.support, {"month": month}, office=self.office
        )
        for step in ("propose", "publish"):
            gate.perform("hotline.roster", roster.number, step, self.support, office=self.office)

    def publish(self, leaving: int) -> None:
        """Publish what waits in the support database, but for the last ones."""
        waiting = (KnowledgeEntry.office_id == self.office.id, KnowledgeEntry.state == "in_review")
        numbers = db.session.scalars(
            select(KnowledgeEntry.number).where(*waiting).order_by(KnowledgeEntry.id)
        )
        for number in numbers.all()[:-leaving]:
            gate.perform("hotline.knowledge", number, "publish", self.support, office=self.office)

    def register(self, call: str, customer: Customer, **said: Any) -> str:
        """Turn a call into a request and return the request's number."""
        values = {"address": customer.address or "地址待核", "verified": True}
        self.call(call, "request_visit", **self.reached(customer) | values | said)
        query = select(ServiceRequest.number).join(Call, ServiceRequest.call_id == Call.id)
        return str(db.session.scalars(query.where(Call.number == call)).one())

    def complain(self, call: str, about: str, complaint: str, happened: str) -> str:
        """Turn a call into a complaint and return the complaint's number."""
        self.call(call, "complain", about=about, complaint=complaint, happened=happened)
        query = select(Complaint.number).join(Call, Complaint.call_id == Call.id)
        return str(db.session.scalars(query.where(Call.number == call)).one())

    def answer_complaint(self, number: str, **said: str) -> None:
        """Answer a complaint."""
        gate.perform("quality.complaint", number, "answer", self.supervisor, said, office=self.office)

    def seal(self, customer: Customer, **said: str) -> None:
        """Seal a customer (QI/03 3.3.1)."""
        values = {"file_number": customer.file_number, **said}
        gate.perform("billing.sealing", None, "seal", self.manager, values, office=self.office)

    def confer(self, number: str, said: str, remedy: str = "") -> None:
        """Hold the conference that was called about a request, with its engineer and a senior (QI/05 3.1, 3.4)."""
        request = select(ServiceRequest.id).where(ServiceRequest.number == number).scalar_subquery()
        called = select(Conference.number).where(
            Conference.request_id == request, Conference.state == "called"
        )
        seated = [str(one.person_id) for one in (self.duty, self.engineer, self.supervisor)]
        outcome = "remedy" if remedy else "none"
        held = {"participants": seated, "said": said, "outcome": outcome, "remedy": remedy}
        gate.perform(
            "fieldservice.conference",
            db.session.scalars(called).one(),
            "hold",
            self.duty,
            held,
            office=self.office,
        )

    def follow_up_of(self, number: str) -> str:
        """Return the number of the request that was made when somebody was sent again."""
        first = select(ServiceRequest.id).where(ServiceRequest.number == number).scalar_subquery()
        query = select(ServiceRequest.number).where(ServiceRequest.previous_id == first)
        return str(db.session.scalars(query).one())
