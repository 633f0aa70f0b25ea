"""A service centre with its people: what the tests of the procedures begin with."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from core import clock, deadlines, gate
from core.cases import Case
from core.customers.models import Customer
from core.db import db
from core.deadlines import Deadline
from core.errors import Refused
from core.people import Actor
from core.roles import (
    DUTY_MANAGER,
    FIELD_ENGINEER,
    HOTLINE_ENGINEER,
    QUALITY_SUPERVISOR,
    REGIONAL_MANAGER,
)
from core.testing import House
from plugins.billing.models import Sealing
from plugins.fieldservice.models import ServiceRequest
from plugins.hotline.models import Call
from plugins.quality.models import Complaint

PROCEDURES = {
    Call: "hotline.call",
    ServiceRequest: "fieldservice.request",
    Sealing: "billing.sealing",
    Complaint: "quality.complaint",
}
SYMPTOM = {
    "channel": "phone",
    "contact": "高敏",
    "phone": "021-61541030",
    "module": "总账",
    "operation": "反结账",
    "happens": "点反结账后报错退出，账套仍是已结账状态",
}
VISIT = {"contact": "罗文", "phone": "13800000000", "address": "莘庄工业区 2399 号", "verified": True}
SIGNATURE = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"
    "+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


class Centre:
    """One office, its people, and the ways in which a test lets them act."""

    def __init__(self, house: House, code: str, *plugins: str) -> None:
        self.house, self.office = house, house.office(code, *plugins)
        self.hotline = house.hire(self.office, HOTLINE_ENGINEER, name="罗文")
        self.duty = house.hire(self.office, DUTY_MANAGER, name="周艳")
        self.manager = house.hire(self.office, REGIONAL_MANAGER, name="周文娟")
        self.engineer = house.hire(self.office, FIELD_ENGINEER, name="王力")

    def hire(self, *roles: Any, name: str = "陈平") -> Actor:
        return self.house.hire(self.office, *roles, name=name)

    def supervisor(self) -> Actor:
        return self.hire(QUALITY_SUPERVISOR, name="马志强")

    def log(self, customer: Customer | None = None, by: Actor | None = None, **more: Any) -> Call:
        """Log a call, of a covered customer unless another is given."""
        if "customer_id" not in more:
            more["customer_id"] = str((customer or self.house.customer(self.office)).id)
        return self.create("hotline.call", "log", by or self.hotline, **SYMPTOM | more)

    def create(self, procedure: str, step: str, actor: Actor, **values: Any) -> Any:
        return gate.perform(procedure, None, step, actor, values, office=self.office)

    def act(self, case: Case, step: str, actor: Actor, **values: Any) -> Any:
        return gate.perform(PROCEDURES[type(case)], case.number, step, actor, values)  # type: ignore[index]

    def refused(self, case: Case, step: str, actor: Actor, **values: Any) -> Refused:
        """Try a step that must be refused, and return the refusal."""
        with pytest.raises(Refused) as refused:
            self.act(case, step, actor, **values)
        return refused.value

    def request_of(self, call: Call) -> ServiceRequest:
        return db.session.query(ServiceRequest).filter_by(call_id=call.id).one()

    def registered(self, customer: Customer | None = None, **visit: Any) -> ServiceRequest:
        """Log a call and turn it into a request."""
        call = self.log(customer)
        self.act(call, "request_visit", self.hotline, **VISIT | visit)
        return self.request_of(call)

    def dispatched(self, customer: Customer | None = None) -> ServiceRequest:
        request = self.registered(customer)
        return self.act(request, "dispatch", self.duty, engineer_id=self.engineer.person_id)

    def arranged(self, appointment: dt.datetime) -> ServiceRequest:
        """Bring a request as far as its appointment."""
        request = self.dispatched()
        self.act(request, "confirm", self.engineer)
        return self.act(request, "arrange", self.engineer, appointment_at=appointment)

    def on_site(self) -> ServiceRequest:
        """Bring a request as far as the customer's door."""
        request = self.arranged(clock.now() + dt.timedelta(hours=1))
        return self.act(request, "arrive", self.engineer)

    def explained(self) -> ServiceRequest:
        """Bring a request as far as the customer's signature."""
        request = self.on_site()
        self.act(request, "back_up", self.engineer, account_sets="001", reports_asked=True)
        self.act(request, "solve", self.engineer, cause="索引损坏", remedy="重建总账索引")
        self.act(request, "try_out", self.engineer, tried_by="高敏")
        return self.act(request, "explain", self.engineer, prevention="结账前先备份")

    def signed(self, result: str = "all_solved") -> ServiceRequest:
        """Bring a request to the customer's signature."""
        signed = {"result": result, "opinion": "满意", "signed_by": "高敏", "signature": SIGNATURE}
        return self.act(self.explained(), "sign", self.engineer, **signed)

    def turned_in(self, result: str = "all_solved") -> ServiceRequest:
        """Bring a request back from the customer with a result."""
        costs = {"travel_cost": "20", "material_cost": "0", "other_cost": "0"}
        return self.act(self.signed(result), "turn_in", self.engineer, **costs)

    def every_promise(self, case: Case) -> list[Deadline]:
        """Return the deadlines that the case has had, the oldest first."""
        found = deadlines.of_case(PROCEDURES[type(case)], case.id)  # type: ignore[index]
        return sorted(found, key=lambda one: one.id)

    def promises(self, case: Case) -> dict[str, Deadline]:
        """Return the newest deadline of each kind that the case has had."""
        return {one.key: one for one in self.every_promise(case)}


@pytest.fixture
def beijing(house: House) -> Centre:
    """An office with the national procedures only."""
    return Centre(house, "BJ")


@pytest.fixture
def shanghai(house: House) -> Centre:
    """An office with third-level rules of its own."""
    return Centre(house, "SH", "hotline", "fieldservice", "billing", "quality", "shanghai")
