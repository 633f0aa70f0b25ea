"""The one gate: a refusal leaves its own row, a crash leaves nothing, what happened is told afterwards."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from core import gate, ledger, switches
from core.clauses import house_rule
from core.db import db, see_offices, writing
from core.errors import Invalid, NotFound, Objection, RefusalKind, Refused
from core.forms import StepForm, TextField
from core.i18n import _l
from core.offices import Office, all_offices
from core.people import Actor
from core.roles import DUTY_MANAGER, FIELD_ENGINEER, HOTLINE_ENGINEER, REGIONAL_MANAGER
from core.testing import NATIONAL, SETTER_UP, House
from plugins.fieldservice.models import ServiceRequest
from plugins.hotline import manifest
from plugins.hotline.models import Call

pytestmark = pytest.mark.usefixtures("in_english")

ANSWER = {"answer": "先取消结账标志，再重新记账。"}
OWN = house_rule(_l("For this test."))


class NoteForm(StepForm):
    note = TextField(_l("Note"), limit=10)


def an_extra_step(does: Any = None, **attributes: Any) -> Callable[..., None]:
    """Amend calls with a step of a plugin's own."""

    def amend(procedures: Any) -> None:
        procedures["hotline.call"].add_step(
            "extra",
            "open -> parked",
            title=_l("Extra"),
            by=HOTLINE_ENGINEER,
            clause=OWN,
            does=does,
            **attributes,
        )

    return amend


def of_call(call: Any) -> tuple[Any, ...]:
    fresh = db.session.scalars(select(Call).where(Call.number == call.number)).one()
    return fresh.state, fresh.version, fresh.reason, fresh.message, fresh.answer


@pytest.fixture
def shanghai(house: House) -> Office:
    return house.office("SH")


@pytest.fixture
def take_extra(house: House, walk: Any, install: Any, make_plugin: Any) -> Callable[..., Any]:
    """Open an office with a plugin that adds a step to calls; return a new call, and how to take the step."""

    def opened(does: Any = None, *, hooks: Any = None, **attributes: Any) -> tuple[Any, Callable[..., Any]]:
        amend = an_extra_step(does, **attributes)
        install(make_plugin("extra", requires=("hotline", "fieldservice"), amend=amend, **(hooks or {})))
        office = house.office("SH", *NATIONAL, "extra")
        call = walk(office).case_in("hotline.call", "open")
        engineer = house.hire(office, HOTLINE_ENGINEER, DUTY_MANAGER)
        return call, lambda **values: gate.perform(
            "hotline.call", call.number, "extra", engineer, values, office=office
        )

    return opened


def test_a_step_moves_the_case_and_says_who_did_what(shanghai: Office, walk: Any, ledger_of: Any) -> None:
    walker = walk(shanghai)
    call = walker.case_in("hotline.call", "open")
    seen = call.version
    done = gate.perform(
        "hotline.call", call.number, "solve", walker.actor, ANSWER, office=shanghai, seen=seen
    )
    assert (done.state, done.version, done.answer) == ("solved", seen + 1, ANSWER["answer"])
    row = ledger_of(shanghai)[-1]
    assert (row.kind, row.action, row.number, row.subject_id) == ("step", "solve", call.number, call.id)
    assert (row.from_state, row.to_state, row.clause) == ("open", "solved", "QI/03 3.1.9")
    assert (row.actor, row.actor_id, row.version) == (
        walker.actor.name,
        walker.actor.person_id,
        f"hotline {manifest.version}",
    )
    assert row.details["values"] == ANSWER
    assert row.details["plugins"] == sorted(NATIONAL)


@pytest.mark.parametrize("step", ["cancel", "solve"], ids=["same state", "state has changed too"])
def test_a_stale_page_is_told_who_did_what_meanwhile(
    step: str, shanghai: Office, house: House, walk: Any, contents: Any, ledger_of: Any
) -> None:
    call = walk(shanghai).case_in("hotline.call", "open")
    seen, number = call.version, call.number
    quicker = house.hire(shanghai, DUTY_MANAGER, name="李快")
    first = "park" if step == "cancel" else "hand_over"
    gate.perform("hotline.call", number, first, quicker, {"reason": "要求退款"}, office=shanghai)
    before = contents()
    with pytest.raises(Refused) as refused:
        gate.perform("hotline.call", number, step, quicker, {"reason": "重复"}, office=shanghai, seen=seen)
    assert refused.value.kind is RefusalKind.STALE
    said = refused.value.objections[0].text.values
    assert said["actor"] == "李快"
    assert str(said["step"]) in ("Park for a long test", "To the regional manager")
    assert contents() == before
    assert ledger_of(shanghai)[-1].details["why"] == "stale"


def test_a_form_that_is_wrong_keeps_nothing_and_names_its_fields(
    shanghai: Office, walk: Any, contents: Any, ledger_of: Any
) -> None:
    walker = walk(shanghai)
    call = walker.case_in("hotline.call", "open")
    before = contents()
    with pytest.raises(Refused) as refused:
        gate.perform("hotline.call", call.number, "solve", walker.actor, {"answer": "  "}, office=shanghai)
    assert refused.value.kind is RefusalKind.FORM
    assert list(refused.value.errors) == ["answer"]
    assert contents() == before
    row = ledger_of(shanghai)[-1]
    assert (row.kind, row.details["why"], row.details["fields"]) == ("refused", "form", ["answer"])


def test_what_an_effect_finds_wrong_is_said_beside_its_field(take_extra: Any, contents: Any) -> None:
    def does(act: Any) -> None:
        act.case.reason = "half done"
        db.session.flush()
        raise Invalid("note", _l("Not this one."))

    _call, take = take_extra(does, form=NoteForm)
    before = contents()
    with pytest.raises(Refused) as refused:
        take(note="x")
    assert (refused.value.kind, [str(one) for one in refused.value.errors["note"]]) == (
        RefusalKind.FORM,
        ["Not this one."],
    )
    assert contents() == before


def test_what_the_keeper_of_an_added_field_finds_wrong_is_said_beside_it_too(
    house: House, walk: Any, install: Any, make_plugin: Any, contents: Any, ledger_of: Any
) -> None:
    def keep(act: Any, value: str) -> None:
        raise Invalid("colour", _l("Not this colour."))

    def amend(procedures: Any) -> None:
        procedures["hotline.call"].add_field("log", "colour", TextField(_l("Colour")), keep=keep, clause=OWN)

    install(make_plugin("colours", requires=("hotline",), amend=amend))
    office = house.office("SH", "hotline", "colours")
    before = contents("core_person", "core_role_grant", "core_customer", "core_contact")
    walker = walk(office)
    with pytest.raises(Refused) as refused:
        walker.case_in("hotline.call", "open")
    assert (refused.value.kind, list(refused.value.errors)) == (RefusalKind.FORM, ["colour"])
    assert db.session.scalars(select(Call)).all() == before["hotline_call"] == []
    row = ledger_of(office)[-1]
    assert (row.kind, row.subject_id, row.number) == ("refused", None, ""), "there is no such case"


@pytest.mark.parametrize("works", [True, False], ids=["both happen", "neither happens"])
def test_what_a_plugin_lets_follow_happens_in_the_same_transaction(
    house: House, walk: Any, install: Any, make_plugin: Any, works: bool
) -> None:
    told: list[str] = []

    def follow(act: Any) -> None:
        assert act.to_state == "solved"
        told.append(act.case.number)
        if not works:
            raise Invalid("answer", _l("The second thing is impossible."))

    def amend(procedures: Any) -> None:
        procedures["hotline.call"].follow("solve", follow, title=_l("Somebody is told"), clause=OWN)

    install(make_plugin("tellers", requires=("hotline",), amend=amend))
    here, beside = house.office("SH", "hotline", "tellers"), house.office("BJ", "hotline")
    walker, other = walk(here), walk(beside)
    call, theirs = walker.case_in("hotline.call", "open"), other.case_in("hotline.call", "open")
    outcome = nullcontext() if works else pytest.raises(Refused)
    with outcome:
        gate.perform("hotline.call", call.number, "solve", walker.actor, ANSWER, office=here)
    gate.perform("hotline.call", theirs.number, "solve", other.actor, ANSWER, office=beside)
    house.see()
    states = {one.number: one.state for one in db.session.scalars(select(Call)).unique()}
    assert states == {call.number: "solved" if works else "open", theirs.number: "solved"}
    assert told == [call.number]


def test_a_refused_inner_step_undoes_the_outer_one(take_extra: Any, contents: Any, ledger_of: Any) -> None:
    def does(act: Any) -> None:
        act.case.reason = "half done"
        gate.perform(
            "fieldservice.request",
            None,
            "register",
            act.actor,
            {},
            office=act.rules.office,
            given={"call": act.case},
        )

    call, take = take_extra(does)
    before, office = contents(), db.session.get(Office, call.office_id)
    with pytest.raises(Refused) as refused:
        take()
    assert refused.value.kind is RefusalKind.FORM
    assert "address" in refused.value.errors
    assert contents() == before
    row = ledger_of(office)[-1]
    assert (row.kind, row.procedure, row.action, row.subject_id) == (
        "refused",
        "fieldservice.request",
        "register",
        None,
    )


def test_steps_taken_together_all_happen_or_none(
    shanghai: Office, walk: Any, contents: Any, ledger_of: Any
) -> None:
    walker = walk(shanghai)
    number = walker.case_in("hotline.call", "open").number
    before, written = contents(), len(ledger_of(shanghai))

    def both(*steps: str) -> None:
        with gate.together():
            for step in steps:
                gate.perform("hotline.call", number, step, walker.actor, said, office=shanghai)

    said = {"reason": "退款", "answer": "测试复现，补丁今晚发出"}
    with pytest.raises(Refused):
        both("park", "hand_over")
    assert contents() == before
    assert [(row.kind, row.action) for row in ledger_of(shanghai)[written:]] == [("refused", "hand_over")]
    both("park", "resume")
    assert [row.action for row in ledger_of(shanghai)[written + 1 :]] == ["park", "resume"]


def test_what_is_unknown_is_not_found_and_writes_no_row(
    shanghai: Office, house: House, walk: Any, contents: Any, ledger_of: Any
) -> None:
    walker = walk(shanghai)
    call = walker.case_in("hotline.call", "open")
    elsewhere = house.office("BJ", "hotline")
    before, written = contents(), len(ledger_of(shanghai)) + len(ledger_of(elsewhere))
    for procedure, key, step, office in (
        ("hotline.call", call.number, "fly", shanghai),
        ("hotline.call", "SH-H-1999-00001", "solve", shanghai),
        ("hotline.call", "SH-H-1999-00001", "solve", None),
        ("hotline.nothing", call.number, "solve", shanghai),
        ("hotline.nothing", call.number, "solve", None),
        ("quality.complaint", None, "log", elsewhere),
        ("hotline.call", None, "log", None),
    ):
        with pytest.raises(NotFound):
            gate.perform(procedure, key, step, walker.actor, ANSWER, office=office)
    assert contents() == before
    assert len(ledger_of(shanghai)) + len(ledger_of(elsewhere)) == written


def test_a_case_of_another_office_is_not_found_whatever_office_is_named(
    house: House, shanghai: Office, walk: Any, contents: Any, ledger_of: Any
) -> None:
    beijing = house.office("BJ")
    walker = walk(beijing)
    call = walker.case_in("hotline.call", "open")
    number = call.number
    both = Actor("both", roles={shanghai.id: walker.actor.roles[beijing.id], **walker.actor.roles})
    before, written = contents(), len(ledger_of(beijing)) + len(ledger_of(shanghai))
    with pytest.raises(NotFound):
        gate.perform("hotline.call", number, "solve", both, ANSWER, office=shanghai)
    for office in (None, beijing):
        see_offices(frozenset({shanghai.id}))
        with pytest.raises(NotFound):
            gate.perform("hotline.call", number, "solve", both, ANSWER, office=office)
    assert contents() == before
    assert len(ledger_of(beijing)) + len(ledger_of(shanghai)) == written


def test_inside_the_gate_only_the_office_of_the_case_is_in_sight(
    house: House, take_extra: Any, walk: Any
) -> None:
    seen: list[int] = []
    call, take = take_extra(lambda act: seen.extend(db.session.scalars(select(Call.office_id))))
    walk(house.office("BJ")).case_in("hotline.call", "open")
    take()
    assert seen == [call.office_id]
    assert {one.office_id for one in db.session.scalars(select(Call))} > {call.office_id}


def test_a_crash_leaves_nothing_behind(take_extra: Any, contents: Any, ledger_of: Any) -> None:
    def does(act: Any) -> None:
        act.case.reason = "half done"
        db.session.flush()
        raise ZeroDivisionError

    call, take = take_extra(does)
    office = db.session.get(Office, call.office_id)
    before, written = contents(), len(ledger_of(office))
    with pytest.raises(ZeroDivisionError):
        take()
    assert contents() == before
    assert len(ledger_of(office)) == written
    assert list(ledger.verify(office.id)) == []


def test_an_effect_cannot_lead_where_its_step_does_not(take_extra: Any, contents: Any) -> None:
    _call, take = take_extra(lambda act: "solved")
    before = contents()
    with pytest.raises(ValueError, match="none of its targets"):
        take()
    assert contents() == before


def test_all_objections_are_shown_each_with_its_clause_and_plugin(take_extra: Any) -> None:
    def crashes(act: Any) -> None:
        raise ZeroDivisionError

    _call, take = take_extra(
        requires=(
            lambda act: _l("First this."),
            lambda act: Objection(_l("Then that."), "QI/03 3.2.6"),
            lambda act: None,
            crashes,
        )
    )
    with pytest.raises(Refused) as refused:
        take()
    assert refused.value.kind is RefusalKind.OBJECTION
    assert [(str(one.text), one.clause, one.plugin) for one in refused.value.objections] == [
        ("First this.", OWN, "extra"),
        ("Then that.", "QI/03 3.2.6", "extra"),
        ("Plugin extra failed to check this. Tell the administrator.", OWN, "extra"),
    ]


def test_listeners_are_told_after_the_commit_and_a_failing_one_breaks_nobody(
    take_extra: Any, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[tuple[str, str]] = []

    def core_step_taken(act: Any) -> None:
        scope = text("select set_config('app.offices', :office, true)")
        with db.engine.connect() as other:
            if other.dialect.name == "postgresql":
                other.execute(scope, {"office": str(act.case.office_id)})
            state = other.scalar(select(Call.__table__.c.state).where(Call.__table__.c.id == act.case.id))
        told.append((act.step.name, str(state)))
        act.case.reason = "a listener may not write"
        if act.step.name == "extra":
            raise ZeroDivisionError

    call, take = take_extra(hooks={"core_step_taken": core_step_taken})
    assert told == [("log", "open")], "a neighbour's transaction sees what the listener is told of"
    take()
    assert told[1:] == [("extra", "parked")]
    assert sum("plugin extra failed in core_step_taken" in line for line in caplog.messages) == 2
    assert of_call(call)[:3] == ("parked", call.version, "")


def test_a_listener_may_take_a_further_step(take_extra: Any, house: House) -> None:
    def core_step_taken(act: Any) -> None:
        if act.step.name == "extra":
            number, answered = act.case.number, {"answer": "测试复现，补丁今晚发出"}
            gate.perform("hotline.call", number, "resume", act.actor, answered, office=act.rules.office)

    call, take = take_extra(hooks={"core_step_taken": core_step_taken})
    take()
    assert of_call(call)[0] == "open"


def test_the_gate_opens_the_write_transaction_itself(shanghai: Office, walk: Any) -> None:
    walker = walk(shanghai)
    call = walker.case_in("hotline.call", "open")
    with pytest.raises(RuntimeError, match="the gate opens"), writing():
        gate.perform("hotline.call", call.number, "park", walker.actor, office=shanghai)
    assert of_call(call)[0] == "open"


def test_a_role_counts_only_in_the_office_where_it_was_given(
    house: House, shanghai: Office, walk: Any
) -> None:
    call = walk(shanghai).case_in("hotline.call", "open")
    stranger = house.hire(house.office("BJ"), HOTLINE_ENGINEER, DUTY_MANAGER)
    with pytest.raises(Refused) as refused:
        gate.perform("hotline.call", call.number, "solve", stranger, ANSWER, office=shanghai)
    assert refused.value.kind is RefusalKind.ROLE


@pytest.mark.clause("SHYY/QI/03 3.2")
def test_only_the_engineer_on_the_case_goes_on_with_it(house: House, shanghai: Office, walk: Any) -> None:
    request = walk(shanghai).case_in("fieldservice.request", "dispatched")
    another = house.hire(shanghai, FIELD_ENGINEER, name="李力")
    with pytest.raises(Refused) as refused:
        gate.perform("fieldservice.request", request.number, "confirm", another, office=shanghai)
    assert refused.value.kind is RefusalKind.ROLE
    assert refused.value.objections[0].clause == "QI/04 3.1.1"
    assert "(only 万能)" in str(refused.value.objections[0].text)


def test_a_refusal_by_rules_that_were_switched_off_meanwhile_has_not_the_last_word(
    app: Flask, house: House, walk: Any, ledger_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = house.office("SH")
    request = walk(office).case_in("fieldservice.request", "registered")
    number, office_id, manager = request.number, office.id, house.hire(office, REGIONAL_MANAGER)

    def switch_on() -> None:
        with app.app_context():
            switches.switch(house.plugins, all_offices()[office_id], "shanghai", True, SETTER_UP)

    def switch_meanwhile(turned: Any, write_row: Any = gate._record_refusal) -> Any:
        """The gate has rolled the refused step back, and is about to write its row."""
        other = threading.Thread(target=switch_on)
        other.start()
        other.join()
        return write_row(turned)

    monkeypatch.setattr(gate, "_record_refusal", switch_meanwhile)
    with pytest.raises(Refused) as refused:
        gate.perform("fieldservice.request", number, "dispatch", manager, office=office)
    assert refused.value.kind is RefusalKind.STALE
    last = ledger_of(office)[-2:]
    assert [row.kind for row in last] == ["switch", "refused"]
    assert "shanghai" in last[1].details["plugins"]


def test_of_two_at_once_one_wins_and_the_other_is_told(
    app: Flask, house: House, walk: Any, ledger_of: Any
) -> None:
    office = house.office("SH")
    walker = walk(office)
    call = walker.case_in("hotline.call", "open")
    number, seen, office_id = call.number, call.version, office.id
    actors = [house.hire(office, DUTY_MANAGER, name=name) for name in ("甲", "乙")]
    values = [{"answer": f"{actor.name}：先取消结账标志。"} for actor in actors]
    together, ends = threading.Barrier(2), {}

    def solve(place: int) -> None:
        with app.app_context():
            see_offices(frozenset({office_id}))
            together.wait()
            try:
                gate.perform("hotline.call", number, "solve", actors[place], values[place], seen=seen)
                ends[place] = "won"
            except Refused as refused:
                ends[place] = f"{refused.kind}: {refused}"

    threads = [threading.Thread(target=solve, args=(place,)) for place in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    winner, loser = sorted(ends, key=lambda place: ends[place] != "won")
    assert ends[winner] == "won"
    assert ends[loser].startswith("stale: ")
    assert actors[winner].name in ends[loser]
    house.see()
    assert of_call(call) == ("solved", seen + 1, "", "", values[winner]["answer"])
    assert [(row.kind, row.actor) for row in ledger_of(office)[-2:]] == [
        ("step", actors[winner].name),
        ("refused", actors[loser].name),
    ]


def test_one_call_becomes_one_request_however_many_press_the_button(
    app: Flask, house: House, walk: Any
) -> None:
    office = house.office("SH")
    walker = walk(office)
    call = walker.case_in("hotline.call", "open")
    number, office_id = call.number, office.id
    step = walker.procedures["hotline.call"].steps["request_visit"]
    values = walker.filled("hotline.call", call, step, {})
    together, ends = threading.Barrier(4), []

    def press() -> None:
        with app.app_context():
            see_offices(frozenset({office_id}))
            together.wait()
            try:
                gate.perform("hotline.call", number, "request_visit", walker.actor, values)
                ends.append("done")
            except Refused as refused:
                ends.append(refused.kind.value)

    threads = [threading.Thread(target=press) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ends) == ["done", "state", "state", "state"]
    house.see()
    assert len(db.session.scalars(select(ServiceRequest)).all()) == 1
