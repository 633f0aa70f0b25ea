"""A regional plugin changes its own office and no other: with and without it, every neighbour is the same."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from importlib.metadata import entry_points
from typing import Any

import pytest
from flask import Flask

from core import clock, gate
from core.customers.models import Customer
from core.db import db, see_offices, writing
from core.offices import Office, all_offices
from core.people import Actor
from core.plugin_loading import GROUP
from core.plugins import Plugins
from core.roles import (
    DUTY_MANAGER,
    FIELD_ENGINEER,
    HOTLINE_ENGINEER,
    QUALITY_SUPERVISOR,
    REGIONAL_MANAGER,
)
from core.rules import Rules, rules_of
from core.testing import NATIONAL, House
from core.testing_contract import steps_told
from plugins.fieldservice.models import ServiceRequest
from plugins.hotline.hooks import Entitlement
from plugins.hotline.models import Call, KnowledgeEntry
from plugins.hotline.services import entitlement

NINE = dt.datetime(2026, 11, 23, 1, tzinfo=dt.UTC)
LONG_AGO = dt.date(2015, 1, 27)
ROLES = (HOTLINE_ENGINEER, DUTY_MANAGER, REGIONAL_MANAGER, FIELD_ENGINEER, QUALITY_SUPERVISOR)
MODULES = {point.name: point.load() for point in entry_points(group=GROUP)}
REGIONS = [name for name, module in MODULES.items() if module.manifest.regional]
VISIT = {"contact": "高敏", "phone": "021-61541030", "address": "莘庄", "verified": True}
SYMPTOM = {
    "channel": "phone",
    "contact": "高敏",
    "phone": "021-61541030",
    "module": "总账",
    "operation": "反结账",
    "happens": "点反结账后报错退出",
}


class Town:
    """An office with one customer and one case of every kind, for everything to happen to."""

    def __init__(self, house: House, code: str, *plugins: str) -> None:
        self.house, self.office = house, house.office(code, *plugins)
        self.staff = house.hire(self.office, *ROLES)
        self.numbers: list[tuple[str, str]] = []
        covered = house.customer(self.office, name="恒远服装")
        expired = house.customer(self.office, name="恒远物流", contract=LONG_AGO)
        sealed = house.customer(self.office, name="恒远食品")
        house.customer(self.office, name="恒远酒店", withdrawn_on=dt.date(2020, 6, 30))
        self._seal(sealed)
        for customer in (covered, expired):
            call = self._log(customer_id=customer.id)
            gate.perform("hotline.call", call.number, "request_visit", self.staff, VISIT)
        self._log(customer_id="", new_customer="恒源纺织", phone="54541111")
        for customer in (covered, sealed):
            self._log(customer_id=customer.id)
        self._turn_in()

    def _seal(self, customer: Customer) -> None:
        values = {
            "file_number": customer.file_number,
            "reason": "未付费",
            "extension": "8012",
            "covered": True,
        }
        gate.perform("billing.sealing", None, "seal", self.staff, values, office=self.office)

    def _log(self, **said: Any) -> Call:
        found: Call = gate.perform(
            "hotline.call", None, "log", self.staff, SYMPTOM | said, office=self.office
        )
        return found

    def _turn_in(self) -> None:
        """Leave one request turned in, and an entry in the support database."""
        with writing():
            request = db.session.query(ServiceRequest).filter_by(office_id=self.office.id).first()
            assert request is not None
            request.state, request.result = "turned_in", "all_solved"
            request.engineer_id = self.staff.person_id
            entry = {"problem": "反结账报错", "remedy": "重建索引", "state": "published"}
            entry |= {"number": f"{self.office.code}-B-2026-00001"}
            entry |= dict.fromkeys(("written_at", "opened_at", "changed_at"), NINE)
            db.session.add(KnowledgeEntry(office_id=self.office.id, **entry))

    def look(self) -> Look:
        see_offices(frozenset({self.office.id}))
        office = all_offices()[self.office.id]
        return Look(rules_of(office), office, self.staff)


class Look:
    """What somebody sees in an office now, in words that can be compared."""

    def __init__(self, rules: Rules, office: Office, staff: Actor) -> None:
        self.rules, self.office, self.staff = rules, office, staff

    @property
    def customers(self) -> list[Customer]:
        return list(db.session.query(Customer).order_by(Customer.name))

    def cases(self) -> list[gate.Act]:
        found = []
        for procedure in self.rules.plugins.procedures.values():
            for case in db.session.query(procedure.model).order_by(procedure.model.id):  # type: ignore[attr-defined]
                found.append(gate.open_case(procedure.name, case.number, self.staff, self.office))
        return found

    def steps(self) -> Any:
        return {name: steps_told(one) for name, one in self.rules.plugins.procedures.items()}

    def states(self) -> Any:
        return {
            name: [(state.name, str(state.title), state.final) for state in one.states.values()]
            for name, one in self.rules.plugins.procedures.items()
        }

    def differences(self) -> Any:
        return [
            (note.plugin, note.verb, note.procedure, note.target, str(note.clause))
            for one in self.rules.plugins.procedures.values()
            for note in one.amendments
        ]

    def due(self) -> Any:
        return {
            rule.key: (rule.within.due(self.rules, NINE).at, rule.owner.key, str(rule.clause), rule.plugin)
            for one in self.rules.plugins.procedures.values()
            for rule in one.deadlines.values()
        }

    def parameters(self) -> Any:
        return {
            key: [(rung.source, rung.name, rung.value, rung.given) for rung in self.rules.rungs(key)]
            for key in self.rules.plugins.parameters
        }

    def verdicts(self) -> Any:
        return {
            customer.name: [
                entitlement(self.rules, customer, product, NINE).to_json()
                for product in (None, *customer.installations)
            ]
            for customer in self.customers
        }

    def admissions(self) -> Any:
        return {
            value: self.rules.decide(
                "fieldservice_admission", customer=self.customers[0], entitlement=value
            ).to_json()
            for value in Entitlement
        }

    def menu(self) -> Any:
        return [(plugin, str(item.title), item.endpoint) for plugin, item in self._gather("core_menu")]

    def permissions(self) -> Any:
        enabled = self.rules.plugins.enabled.values()
        return [
            (one.key, [role.key for role in one.roles])
            for plugin in enabled
            for one in plugin.manifest.permissions
        ]

    def cards(self) -> Any:
        slots = [("core_case_cards", {"act": act}) for act in self.cases()]
        for customer in self.customers:
            inputs = {"customer": customer, "rules": self.rules}
            slots += [("core_customer_cards", inputs), ("hotline_customer_cards", inputs)]
        return [
            (plugin, str(card.title), [str(line) for line in card.lines])
            for name, inputs in slots
            for plugin, card in self._gather(name, **inputs)
        ]

    def offers(self) -> Any:
        """Every step of every case for every role: open, or closed and why."""
        found = {}
        for role in ROLES:
            actor = Actor("neighbour", self.staff.person_id, {self.office.id: frozenset({role.key})})
            for act in self.cases():
                for step in act.procedure.steps_from(act.case.state):
                    look = gate.Act(act.procedure, step, act.case, actor, act.rules, NINE)
                    against = [(one.plugin, str(one.clause), one.text.to_json()) for one in look.closed_by()]
                    found[role.key, act.case.number, step.name] = against
        return found

    def listeners(self) -> Any:
        manager = self.rules.plugins.manager
        return {
            caller: [one.plugin_name for one in getattr(manager.hook, caller).get_hookimpls()]
            for caller in vars(manager.hook)
            if not caller.startswith("_")
        }

    def _gather(self, name: str, **inputs: Any) -> list[tuple[str, Any]]:
        return self.rules.plugins.gather(name, **inputs)


QUESTIONS: dict[str, Callable[[Look], Any]] = {
    "steps": Look.steps,
    "states": Look.states,
    "differences": Look.differences,
    "due": Look.due,
    "parameters": Look.parameters,
    "verdicts": Look.verdicts,
    "admissions": Look.admissions,
    "menu": Look.menu,
    "permissions": Look.permissions,
    "cards": Look.cards,
    "offers": Look.offers,
    "listeners": Look.listeners,
}
# What would betray the plugin if it leaked: where its name shows in the answers of its own office.
LOCAL = {
    "shanghai": {"steps", "differences", "parameters", "admissions", "cards", "offers", "listeners"},
    "guangzhou": {"steps", "differences", "due", "parameters", "offers", "listeners"},
    "harbin": {"parameters"},
}


def answers(app: Flask, town: Town, installed: Plugins) -> dict[str, Any]:
    """Ask a town everything, with these plugins installed."""
    before = app.extensions["koudai"]
    app.extensions["koudai"] = installed
    try:
        look = town.look()
        return {name: ask(look) for name, ask in QUESTIONS.items()}
    finally:
        app.extensions["koudai"] = before
        town.house.see()


@pytest.mark.clause("SHYY/QI/03 3.2")
@pytest.mark.clause("SHYY/QI/03 1.3")
@pytest.mark.parametrize("region", REGIONS)
def test_no_neighbour_notices_a_regional_plugin(
    app: Flask, house: House, region: str, subtests: pytest.Subtests
) -> None:
    with clock.stopped_at(NINE):
        home, neighbour = Town(house, "HM", *NATIONAL, region), Town(house, "NB", *NATIONAL)
        everything = Plugins(MODULES.values())
        national = Plugins([module for name, module in MODULES.items() if name != region])
        beside, without = (answers(app, neighbour, one) for one in (everything, national))
        at_home = answers(app, home, everything)
    for question in QUESTIONS:
        with subtests.test(question):
            assert beside[question] == without[question]
            assert beside[question], "a question without an answer proves nothing"
            assert region not in repr(beside[question])
    told = {name for name in QUESTIONS if region in repr(at_home[name])}
    assert told >= LOCAL.get(region, {"steps"}), "nothing could have leaked"
