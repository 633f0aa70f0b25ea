"""A service centre and its people, for tests of plugins: real steps bring a request as far as a test needs it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import func, select

from core import clock, deadlines, gate
from core.cases import Case
from core.customers.models import Customer
from core.db import db
from core.deadlines import Deadline
from core.errors import Refused
from core.gate import Act
from core.people import Actor
from core.roles import DUTY_MANAGER, FIELD_ENGINEER, HOTLINE_ENGINEER, REGIONAL_MANAGER, Role
from core.slots import Card
from core.testing import House
from plugins.fieldservice.conference.models import Conference
from plugins.fieldservice.custody.models import Custody
from plugins.fieldservice.dispatching.slots import BUSY
from plugins.fieldservice.escalation.models import Escalation
from plugins.fieldservice.models import ServiceRequest
from plugins.hotline.models import Call

SYMPTOM = {
    "channel": "phone",
    "contact": "高敏",
    "phone": "021-61541030",
    "module": "总账",
    "operation": "反结账",
    "happens": "点反结账后报错退出，账套仍是已结账状态",
}
VISIT = {"contact": "罗文", "phone": "13800000000", "address": "莘庄工业区 2399 号", "verified": True}
LOOKED = {"met": "高敏", "identity": True, "shown": True}
SIGNATURE = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"
    "+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


class Centre:
    """One office, its people, and the ways in which a test lets them act.

    ``before["arrive"] = ("note_pass", {...})`` tells the walk of a step that its office wants before another one,
    ``also["turn_in"] = {...}`` what it is answered besides.
    """

    def __init__(self, house: House, code: str, *plugins: str) -> None:
        self.house, self.office = house, house.office(code, *plugins)
        self.before: dict[str, tuple[str, dict[str, Any]]] = {}
        self.also: dict[str, dict[str, Any]] = {}
        self.hotline = house.hire(self.office, HOTLINE_ENGINEER, name="罗文")
        self.duty = house.hire(self.office, DUTY_MANAGER, name="周艳")
        self.manager = house.hire(self.office, REGIONAL_MANAGER, name="周文娟")
        self.engineer = house.hire(self.office, FIELD_ENGINEER, name="王力")

    def hire(self, *roles: Role, name: str = "陈平") -> Actor:
        """Hire somebody more."""
        return self.house.hire(self.office, *roles, name=name)

    def log(self, customer: Customer | None = None, by: Actor | None = None, **more: Any) -> Call:
        """Log a call, of a covered customer unless another is given."""
        if "customer_id" not in more:
            more["customer_id"] = str((customer or self.house.customer(self.office)).id)
        call: Call = self.create("hotline.call", "log", by or self.hotline, **SYMPTOM | more)
        return call

    def create(self, procedure: str, step: str, actor: Actor, **values: Any) -> Any:
        """Begin a case of any procedure with the step that creates one."""
        return gate.perform(procedure, None, step, actor, values, office=self.office)

    def refused_to_create(self, procedure: str, step: str, actor: Actor, **values: Any) -> Refused:
        """Try to begin a case that must be refused, and return the refusal."""
        with pytest.raises(Refused) as refused:
            self.create(procedure, step, actor, **values)
        return refused.value

    def act(self, case: Case, step: str, actor: Actor, **values: Any) -> Any:
        """Take a step of a case, of whatever procedure, and return the case."""
        return gate.perform(self.procedure(case), case.number, step, actor, values)

    def procedure(self, case: Case) -> str:
        """Return the name of the procedure of which this is a case."""
        found = self.house.plugins.procedures.items()
        return next(name for name, one in found if isinstance(case, one.model))

    def refused(self, case: Case, step: str, actor: Actor, **values: Any) -> Refused:
        """Try a step that must be refused, and return the refusal."""
        with pytest.raises(Refused) as refused:
            self.act(case, step, actor, **values)
        return refused.value

    def look(self, case: Case, actor: Actor) -> Act:
        """Look at a case as its page does for somebody, without changing it."""
        return gate.open_case(self.procedure(case), str(case.number), actor, self.office)

    def cards(self, case: Case, actor: Actor, plugin: str) -> list[Card]:
        """Return the cards that a plugin shows somebody beside a case."""
        act = self.look(case, actor)
        return [card for name, card in act.rules.plugins.gather("core_case_cards", act=act) if name == plugin]

    def request_of(self, call: Call) -> ServiceRequest:
        """Return the request that a call was turned into."""
        return db.session.query(ServiceRequest).filter_by(call_id=call.id).one()

    def registered(self, customer: Customer | None = None, **visit: Any) -> ServiceRequest:
        """Log a call and turn it into a request."""
        call = self.log(customer)
        self.act(call, "request_visit", self.hotline, **VISIT | visit)
        return self.request_of(call)

    def dispatched(self, customer: Customer | None = None) -> ServiceRequest:
        """Bring a request to its engineer."""
        request = self.registered(customer)
        return self._step(request, "dispatch", self.duty, engineer_id=self.engineer.person_id)

    def arranged(self, appointment: dt.datetime, request: ServiceRequest | None = None) -> ServiceRequest:
        """Bring a request (one that was dispatched, or a new one) as far as its appointment."""
        request = request or self.dispatched()
        self._step(request, "confirm", self.engineer)
        return self._step(request, "arrange", self.engineer, appointment_at=appointment)

    def free_at(self) -> dt.datetime:
        """Return when the engineer has an hour: nobody is at two customers' at once."""
        now, busy = clock.now(), ServiceRequest.state.in_(BUSY)
        last = select(func.max(ServiceRequest.appointment_at)).where(
            ServiceRequest.engineer_id == self.engineer.person_id, busy
        )
        return max(now + dt.timedelta(hours=1), (db.session.scalar(last) or now) + dt.timedelta(hours=2))

    def on_site(self, request: ServiceRequest | None = None) -> ServiceRequest:
        """Bring a request to the customer's, where the engineer has looked into it."""
        request = self._step(self.arranged(self.free_at(), request), "arrive", self.engineer)
        return self._step(request, "look_into", self.engineer, **LOOKED)

    def explained(self, request: ServiceRequest | None = None) -> ServiceRequest:
        """Bring a request as far as the customer's signature."""
        request = self.on_site(request)
        self._step(request, "back_up", self.engineer, account_sets="001", reports_asked=True)
        self._step(request, "solve", self.engineer, cause="索引损坏", remedy="重建总账索引")
        self._step(request, "try_out", self.engineer, tried_by="高敏")
        return self._step(request, "explain", self.engineer, prevention="结账前先备份")

    def signed(self, result: str = "all_solved", request: ServiceRequest | None = None) -> ServiceRequest:
        """Bring a request to the customer's signature."""
        signed = {"result": result, "opinion": "满意", "signed_by": "高敏", "signature": SIGNATURE}
        return self._step(self.explained(request), "sign", self.engineer, **signed)

    def turned_in(self, result: str = "all_solved", request: ServiceRequest | None = None) -> ServiceRequest:
        """Bring a request back from the customer with a result."""
        costs = {"travel_cost": "20", "material_cost": "0", "other_cost": "0"}
        return self._step(self.signed(result, request), "turn_in", self.engineer, **costs)

    def take_along(self, request: ServiceRequest, **said: Any) -> Custody:
        """Let the engineer take the customer's data along from a visit."""
        taken = {
            "kind": "data",
            "media": "U 盘 1",
            "account_sets": "001",
            "description": "反结账后账套仍是已结账状态",
        }
        agreed = {"undertaking": True, "provided_by": "高敏", "signature": SIGNATURE}
        self.act(request, "take_along", self.engineer, **taken | agreed | said)
        return db.session.query(Custody).filter_by(request_id=request.id).order_by(Custody.id).all()[-1]

    def conferring(self, request: ServiceRequest) -> Conference:
        """Call the conference about a request that was turned in."""
        self.act(request, "confer", self.duty)
        return db.session.query(Conference).filter_by(request_id=request.id, state="called").one()

    def confer(self, request: ServiceRequest, remedy: str = "", **said: Any) -> ServiceRequest:
        """Hold a conference about a request; without a remedy it ends with none."""
        held = {"participants": [str(self.engineer.person_id)], "said": "索引与补丁", "remedy": remedy}
        held["outcome"] = "remedy" if remedy else "none"
        self.act(self.conferring(request), "hold", self.duty, **held | said)
        db.session.refresh(request)
        return request

    def escalated(self, request: ServiceRequest | None = None) -> Escalation:
        """Bring a problem through two conferences in vain, and before head office."""
        request = self.confer(self.confer(request or self.turned_in("unsolved")))
        sent = {
            "recipient": "技术支持部",
            "way": "email",
            "symptom": request.symptom,
            "tried": "重建索引无效",
        }
        self.act(request, "escalate", self.duty, **sent)
        return db.session.query(Escalation).filter_by(request_id=request.id).one()

    def sent_again(
        self, result: str = "partly", remedy: str = "带 8.13 补丁，重建总账索引"
    ) -> ServiceRequest:
        """Bring a request through its conference to the second visit, and return the new request."""
        first = self.confer(self.turned_in(result), remedy)
        self.act(first, "send_again", self.duty, advice=remedy)
        return db.session.query(ServiceRequest).filter_by(previous_id=first.id).one()

    def _step(self, request: ServiceRequest, step: str, actor: Actor, **values: Any) -> ServiceRequest:
        if step in self.before:
            wanted, asked = self.before[step]
            self.act(request, wanted, actor, **asked)
        taken: ServiceRequest = self.act(request, step, actor, **values, **self.also.get(step, {}))
        return taken

    def every_promise(self, case: Case) -> list[Deadline]:
        """Return the deadlines that the case has had, the oldest first."""
        found = deadlines.of_case(self.procedure(case), case.id)
        return sorted(found, key=lambda one: one.id)

    def promises(self, case: Case) -> dict[str, Deadline]:
        """Return the newest deadline of each kind that the case has had."""
        return {one.key: one for one in self.every_promise(case)}
