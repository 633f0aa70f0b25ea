"""Every hook does what it promises, with a plugin that uses it well and one that fails in it."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select

from core import clock, gate, ledger
from core.customers.along import came_along
from core.customers.models import Customer
from core.db import db, writing
from core.deadlines import MET, OPEN, of_case
from core.errors import PluginError, RefusalKind, Refused
from core.i18n import Sentence
from core.ledger import LedgerRow
from core.people import Actor, Person, give_role
from core.roles import DUTY_MANAGER, FIELD_ENGINEER, HOTLINE_ENGINEER
from core.rules import Rules
from core.slots import Card, GoesAlong, MenuItem, Tell
from core.talk.models import Notice
from core.testing import House, SignIn
from plugins.fieldservice import visit
from plugins.fieldservice.dispatching.suggesting import suggested
from plugins.fieldservice.models import ServiceRequest
from plugins.hotline.hooks import Entitlement
from plugins.hotline.replies.catalogue import catalogue
from plugins.hotline.replies.entries import national
from plugins.hotline.replies.services import uses_of
from plugins.hotline.services import entitlement
from tests.moves import accepted, moved, offered
from tests.plugins_dummy.dummy import KEEPER, services
from tests.plugins_dummy.dummy.models import CallShelf, Loan
from tests.plugins_dummy.fixtures import database_url, plugins, sqlite_template  # noqa: F401

NINE = dt.datetime(2026, 11, 23, 1, tzinfo=dt.UTC)
LOWER = ("hotline", "fieldservice")
VISIT = {"contact": "高敏", "phone": "021-61541030", "address": "莘庄", "verified": True}
SYMPTOM = {
    "channel": "phone",
    "contact": "高敏",
    "phone": "021-61541030",
    "module": "总账",
    "operation": "反结账",
    "happens": "点反结账后报错退出",
}


class Desk:
    """One office with these plugins and an engineer at its hotline."""

    def __init__(self, house: House, *more: str) -> None:
        self.house, self.office = house, house.office("SH", *LOWER, *more)
        self.engineer = house.hire(self.office, HOTLINE_ENGINEER)

    def log(self, note: str = "") -> Any:
        customer = self.house.customer(self.office)
        with writing():
            db.session.merge(customer).note = note
        values = SYMPTOM | {"customer_id": customer.id}
        return gate.perform("hotline.call", None, "log", self.engineer, values, office=self.office)

    def act(self, call: Any, step: str, actor: Actor | None = None, **values: Any) -> Any:
        return gate.perform("hotline.call", call.number, step, actor or self.engineer, values)

    def look(self, call: Any) -> gate.Act:
        return gate.open_case("hotline.call", call.number, self.engineer, self.office)

    @property
    def rules(self) -> Rules:
        return self.look(self.log()).rules


@pytest.fixture
def desk(house: House) -> Desk:
    """An office that uses the dummy."""
    return Desk(house, "dummy")


@pytest.fixture
def faulty(house: House) -> Desk:
    """An office that uses the plugin that always fails, after the dummy."""
    return Desk(house, "dummy", "faulty")


def test_hook_amend(desk: Desk) -> None:
    with clock.stopped_at(NINE):
        call = desk.log()
        desk.act(call, "park", shelf="B 7")
        assert CallShelf.query.one().shelf == "B 7"
        (promise,) = of_case("hotline.call", call.id)
        assert promise.due_at == NINE + dt.timedelta(minutes=30), "the preset"
        desk.act(call, "resume", answer="测试复现，补丁今晚发出")
        call = desk.act(call, "lend", dongle="UF9", reason="加密盒坏")
    assert (call.state, call.reason) == ("waits_for_dongle", ""), (
        "what another plugin's step asks is not the call's"
    )
    assert Loan.query.one().number.startswith("SH-D-")
    assert {one.key: one.state for one in of_case("hotline.call", call.id)}["dummy.bring"] == OPEN
    call = desk.act(call, "dongle_came")
    assert {one.key: one.state for one in of_case("hotline.call", call.id)}["dummy.bring"] in (MET, "missed")
    with pytest.raises(Refused) as refused:
        desk.act(call, "solve", answer="重建索引后反结账成功")
    (objection,) = refused.value.objections
    assert (objection.clause, objection.plugin) == ("DUMMY 1.2", "dummy")
    gate.perform("dummy.loan", Loan.query.one().number, "fetch", desk.engineer)
    assert desk.act(call, "solve", answer="重建索引后反结账成功").state == "solved"
    handed = desk.act(desk.log(), "hand_over", reason="服务到期")
    keeper = desk.house.hire(desk.office, KEEPER)
    assert desk.act(handed, "settle", keeper, answer="用户同意续费").state == "settled"
    assert str(desk.look(call).procedure.steps["park"].title) == "Park it on the shelf"
    assert list(ledger.verify(desk.office.id)) == []


def test_hook_amend_reaches_only_who_uses_the_plugin(desk: Desk, plugins: Any) -> None:  # noqa: F811
    without, with_it = plugins.set_of(LOWER), plugins.set_of({*LOWER, "dummy"})
    assert "lend" in with_it.procedures["hotline.call"].steps
    assert "lend" not in without.procedures["hotline.call"].steps
    assert without.procedures["hotline.call"].amendments != with_it.procedures["hotline.call"].amendments


def test_hook_amend_that_fails_is_refused_by_name(plugins: Any) -> None:  # noqa: F811
    with pytest.raises(PluginError) as refused:
        plugins.set_of({*LOWER, "stuck"})
    assert refused.value.sentence.values["plugin"] == "stuck"
    assert "stuck divides" in refused.value.sentence.values["error"]


@pytest.mark.clause("QI/03 3.1.9")
def test_a_check_that_fails_keeps_the_step_closed(faulty: Desk) -> None:
    call = faulty.log()
    with pytest.raises(Refused) as refused:
        faulty.act(call, "take_over")
    assert refused.value.kind is RefusalKind.OBJECTION
    said = [(one.plugin, one.clause) for one in refused.value.objections]
    assert ("faulty", "QI/03 3.1.9") in said


@pytest.mark.parametrize("step", ["break_down", "park"])
def test_an_effect_that_fails_changes_nothing(faulty: Desk, step: str) -> None:
    call = faulty.log()
    rows = LedgerRow.query.count()
    with pytest.raises(Exception, match="as it always does"):
        faulty.act(call, step, because="x")
    faulty.house.see()
    assert (faulty.look(call).case.state, LedgerRow.query.count()) == ("open", rows)
    assert faulty.act(call, "solve", answer="重建索引后反结账成功").state == "solved"


def test_hook_hotline_entitlement(desk: Desk) -> None:
    assert verdict(desk, "").value == Entitlement.UNCHECKED
    answer = verdict(desk, "dummy")
    assert (answer.value, answer.clause) == (Entitlement.CARD, "DUMMY 1.1")


def verdict(desk: Desk, note: str) -> Any:
    act = desk.look(desk.log(note))
    return entitlement(act.rules, act.case.customer, None, clock.now()).verdict


def test_hook_hotline_entitlement_that_fails_is_named(faulty: Desk) -> None:
    assert verdict(faulty, "").value == Entitlement.UNCHECKED
    with pytest.raises(PluginError) as failed:
        verdict(faulty, "faulty")
    assert failed.value.sentence.values == {"plugin": "faulty", "name": "hotline_entitlement"}


@pytest.mark.parametrize(
    ("note", "state", "roles"),
    [
        ("", "registered", {"dummy": "passed", "fieldservice": "chosen"}),
        ("dummy", "waiting", {"dummy": "adjusted", "fieldservice": "chosen"}),
    ],
)
def test_hook_fieldservice_admission(desk: Desk, note: str, state: str, roles: dict[str, str]) -> None:
    call = desk.log(note)
    desk.act(call, "request_visit", **VISIT)
    request = ServiceRequest.query.one()
    assert request.state == state
    answers = desk.rules.plugins.explain(
        "fieldservice_admission", customer=request.customer, entitlement="card", rules=desk.rules
    )
    assert {answer.plugin: answer.role for answer in answers} == roles
    row = LedgerRow.query.filter_by(procedure="fieldservice.request").one()
    admission = row.details["decisions"][1]
    assert admission["plugin"] == ("dummy" if note else "fieldservice")
    assert [one["plugin"] for one in admission["overridden"]] == (["fieldservice"] if note else [])


def test_hook_fieldservice_admission_that_fails_registers_nothing(faulty: Desk) -> None:
    call = faulty.log("faulty")
    with pytest.raises(PluginError):
        faulty.act(call, "request_visit", **VISIT)
    faulty.house.see()
    assert ServiceRequest.query.count() == 0
    assert faulty.look(call).case.state == "open"


@pytest.mark.parametrize(
    ("note", "decided", "first"),
    [("", "fieldservice", None), ("dummy", "dummy", "孙强"), ("x", "fieldservice", None)],
)
def test_hook_fieldservice_suggestion(desk: Desk, note: str, decided: str, first: str | None) -> None:
    """Head office draws by lot; the dummy sends whoever is near that day."""
    names = ("刘洋", "孙强", "赵敏")
    team = {name: desk.house.hire(desk.office, FIELD_ENGINEER, name=name).person_id for name in names}
    duty = desk.house.hire(desk.office, DUTY_MANAGER, name="周艳")
    with clock.stopped_at(NINE):
        near, request = (_registered(desk, words) for words in ("", note))
        sent = {"engineer_id": team["孙强"], "planned_at": NINE + dt.timedelta(hours=1)}
        gate.perform("fieldservice.request", near.number, "dispatch", duty, sent)
        decision, found = suggested(desk.rules, request, NINE + dt.timedelta(hours=4), NINE)
    assert decision.decided_by.plugin == decided
    assert sorted(one.key for one in found) == sorted(names)
    assert first in (None, found[0].key)


def _registered(desk: Desk, note: str) -> ServiceRequest:
    call = desk.log(note)
    desk.act(call, "request_visit", **VISIT | {"address": "上海市闵行区范例路 1 号"})
    found: ServiceRequest = ServiceRequest.query.filter_by(call_id=call.id).one()
    return found


def test_hook_fieldservice_suggestion_that_fails_sends_nobody(faulty: Desk) -> None:
    engineer = faulty.house.hire(faulty.office, FIELD_ENGINEER, name="刘洋")
    duty = faulty.house.hire(faulty.office, DUTY_MANAGER, name="周艳")
    call = faulty.log()
    faulty.act(call, "request_visit", **VISIT)
    request = ServiceRequest.query.one()
    with writing():
        request.customer.note = "faulty"
    sent = {"engineer_id": engineer.person_id}
    with pytest.raises(PluginError) as failed:
        gate.perform("fieldservice.request", request.number, "dispatch", duty, sent)
    assert failed.value.sentence.values == {"plugin": "faulty", "name": "fieldservice_suggestion"}
    faulty.house.see()
    assert ServiceRequest.query.one().state == "registered"


def test_a_plugins_own_decision_is_bound_to_the_step(desk: Desk) -> None:
    call = desk.log()
    desk.act(call, "lend", dongle="UF9")
    (row,) = LedgerRow.query.filter_by(procedure="dummy.loan").all()
    (bound,) = row.details["decisions"]
    assert (bound["plugin"], bound["version"], bound["value"]) == ("dummy", "1.2.3", "A")


def contributions(desk: Desk, name: str, **inputs: Any) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for plugin, one in desk.rules.plugins.gather(name, **inputs):
        found.setdefault(plugin, []).append(one)
    return found


def test_hook_fieldservice_visit_parts(faulty: Desk, caplog: pytest.LogCaptureFixture) -> None:
    faulty.act(faulty.log("dummy parts"), "request_visit", **VISIT)
    request = ServiceRequest.query.one()
    act = gate.open_case("fieldservice.request", str(request.number), faulty.engineer, faulty.office)
    names = [part.name for part in visit.parts_of(act)]
    assert names[names.index("solve") - 1] == "recheck"
    assert len(names) == len(visit.VISIT) + 1
    assert "plugin faulty" in caplog.text


def test_hook_core_menu(faulty: Desk) -> None:
    found = contributions(faulty, "core_menu")
    assert all(isinstance(one, MenuItem) for one in (*found["hotline"], *found["dummy"]))
    assert [type(one).__name__ for one in found["faulty"]] == ["Fault"]


def test_hook_core_status(faulty: Desk, sign_in: Any) -> None:
    found = contributions(faulty, "core_status", rules=faulty.rules)
    assert [type(one).__name__ for one in found["faulty"]] == ["Fault"]
    keeper, manager = faulty.engineer, faulty.house.hire(faulty.office, DUTY_MANAGER)
    page = sign_in(keeper).get("/SH/hotline/call/").text
    assert 'class="chip due-soon" href="/SH/hotline/desk"' in page
    assert ("Dongles: A" in page, "Leads nowhere" in page) == (True, False)
    assert "Dongles: A" not in sign_in(manager).get("/SH/hotline/call/").text


def test_hook_core_case_cards(faulty: Desk) -> None:
    act = faulty.look(faulty.log())
    found = contributions(faulty, "core_case_cards", act=act)
    assert [str(card.lines[0]) for card in found["dummy"]] == [act.case.number]
    assert [type(one).__name__ for one in found["faulty"]] == ["Fault"]


def test_hook_core_customer_cards(faulty: Desk) -> None:
    assert customer_cards(faulty, "core_customer_cards") == [("恒远物流",)]


def test_hook_core_customer_leaves(desk: Desk) -> None:
    there = desk.house.office("GZ", *LOWER)
    lent, other = (desk.house.customer(desk.office, name) for name in ("恒远物流", "银河机电"))
    with writing():
        db.session.merge(lent).note = "lent"
    there_with_it = moved(desk.house, lent, desk.office, there)
    assert came_along(there_with_it.id, "dummy.lent_in") == ["SH"]
    assert came_along(moved(desk.house, other, desk.office, there).id, "dummy.lent_in") == []
    back = moved(desk.house, there_with_it, there, desk.office)
    again = moved(desk.house, back, desk.office, there)
    assert came_along(again.id, "dummy.lent_in") == ["SH"], "each fact once"


def test_hook_core_customer_leaves_that_fails_keeps_the_customer(faulty: Desk) -> None:
    there, customer = faulty.house.office("GZ", *LOWER), faulty.house.customer(faulty.office)
    offer = offered(faulty.house, customer, faulty.office, there)
    with pytest.raises(PluginError) as failed:
        accepted(faulty.house, offer, there)
    assert failed.value.sentence.values == {"plugin": "faulty", "office": "SH"}
    faulty.house.see()
    assert not db.session.get_one(Customer, customer.id).is_gone
    assert db.session.scalars(select(Customer).where(Customer.office_id == there.id)).all() == []


@pytest.mark.parametrize("said", ["SH", GoesAlong(key="hotline.lent_in", value="SH")])
def test_what_goes_along_is_a_plugins_own(desk: Desk, monkeypatch: pytest.MonkeyPatch, said: Any) -> None:
    there, customer = desk.house.office("GZ", *LOWER), desk.house.customer(desk.office)
    offer = offered(desk.house, customer, desk.office, there)
    monkeypatch.setattr(desk.rules.plugins, "gather", lambda name, **inputs: [("dummy", said)])
    with pytest.raises(PluginError) as failed:
        accepted(desk.house, offer, there)
    assert failed.value.sentence.values == {"plugin": "dummy", "office": "SH"}


def test_hook_core_desk_cards(faulty: Desk, sign_in: SignIn) -> None:
    other = faulty.house.office("GZ", *LOWER, "dummy")
    with writing():
        give_role(db.session.get_one(Person, faulty.engineer.person_id), other, HOTLINE_ENGINEER, "tests")
    page = sign_in(faulty.engineer).get("/").text
    assert f"{faulty.engineer.name} SH" in page
    assert f"{faulty.engineer.name} GZ" in page
    assert page.count("wants to show here failed") == 1, "the faulty plugin is on in one of the two"


def test_hook_hotline_replies(faulty: Desk) -> None:
    found = catalogue(faulty.rules)
    assert (found["dummy.noon"].source, found["dummy.noon"].zh.situation) == ("dummy", "午饭时间没人接")
    assert len(found) == len(national()) + 1
    call = faulty.act(faulty.log(), "reply", entry="dummy.noon")
    assert uses_of(call)[0].text == "口袋软件中午有人值班。"


def test_hook_hotline_customer_cards(faulty: Desk) -> None:
    assert customer_cards(faulty, "hotline_customer_cards") == [("恒远物流",)]


def customer_cards(desk: Desk, name: str) -> list[Any]:
    """Return what the dummy's cards say; who fails beside it is contained."""
    customer: Any = SimpleNamespace(name="恒远物流")
    found = contributions(desk, name, customer=customer, rules=desk.rules)
    assert [type(one).__name__ for one in found["faulty"]] == ["Fault"]
    return [card.lines for card in found["dummy"] if isinstance(card, Card)]


def test_hook_core_step_taken(faulty: Desk, caplog: pytest.LogCaptureFixture) -> None:
    services.HEARD.clear()
    call = faulty.log()
    assert services.HEARD == ["hotline.call.log"]
    faulty.act(call, "lend", dongle="UF9")
    assert services.HEARD[1:] == ["dummy.loan.hand_out", "hotline.call.lend"]
    with pytest.raises(Refused):
        faulty.act(call, "solve")
    assert len(services.HEARD) == 3
    assert "plugin faulty failed in core_step_taken" in caplog.text


def test_hook_core_notices(faulty: Desk, caplog: pytest.LogCaptureFixture) -> None:
    call = faulty.log()
    faulty.act(call, "lend", dongle="UF9")
    faulty.act(call, "dongle_came")
    (notice,) = db.session.scalars(select(Notice))
    assert (notice.person_id, notice.number) == (faulty.engineer.person_id, call.number)
    assert notice.sentence is not None
    assert Sentence.from_json(notice.sentence) == Sentence("Your dongle came.")
    assert "plugin faulty failed in core_notices" in caplog.text


def test_a_notice_for_nobody_is_logged_and_takes_no_other_with_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    call, manager = desk.log(), desk.house.hire(desk.office, DUTY_MANAGER)
    rules = desk.look(call).rules
    told = [("dummy", Tell(person_id=9999, sentence=Sentence("Nobody"))), ("dummy", "no notice")]
    monkeypatch.setattr(rules.plugins, "gather", lambda name, **inputs: told)
    desk.act(call, "take_over", manager)
    assert [one.kind for one in db.session.scalars(select(Notice))] == ["taken"]
    assert "plugin dummy told 'no notice', which is no notice" in caplog.text
    assert "the notices of a step were not written" in caplog.text
