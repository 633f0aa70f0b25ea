"""Half-written calls on the server: kept, gone on with elsewhere, taken over, ended with the call that they became."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from core import clock
from core.db import db, writing
from core.jobs import turns
from core.ledger import LedgerRow, verify
from core.offices import all_offices
from core.parameters import set_value
from core.people import Actor, Person
from core.roles import DUTY_MANAGER, HOTLINE_ENGINEER
from core.rules import rules_of
from core.testing import House, SignIn
from plugins.hotline import drafts
from plugins.hotline.drafts import Draft, Fate
from plugins.hotline.models import Call

MARK = "1764120000000-0.42"
SAID = {
    "channel": "phone",
    "contact": "高敏",
    "phone": "021-61541030",
    "module": "总账",
    "operation": "反结账",
    "happens": "点反结账后报错退出，账套仍是已结账状态",
    "outcome": "",
}
MONDAY = dt.datetime(2026, 11, 23, 1, tzinfo=dt.UTC)


class Office:
    """Shanghai's hotline: two engineers, a duty manager, a customer."""

    def __init__(self, house: House, sign_in: SignIn) -> None:
        self.house, self.sign_in = house, sign_in
        self.office = house.office("SH", "hotline")
        self.engineer = house.person(self.office, HOTLINE_ENGINEER, name="罗文")
        self.colleague = house.person(self.office, HOTLINE_ENGINEER, name="陈静")
        self.manager = house.person(self.office, DUTY_MANAGER, name="王力")
        self.customer = house.customer(self.office)

    def keep(self, person: Person, mark: str = MARK, **said: Any) -> Any:
        typed = SAID | {"customer_id": str(self.customer.id)} | said
        return self.sign_in(person).post("/SH/hotline/desk/drafts", data={"draft": mark, **typed})

    def log(self, person: Person, mark: str = MARK, **said: Any) -> Any:
        typed = SAID | {"customer_id": str(self.customer.id)} | said
        return self.sign_in(person).post("/SH/hotline/desk", data={"draft": mark, **typed})

    def page(self, person: Person, **asked: str) -> str:
        return str(self.sign_in(person).get("/SH/hotline/desk", query_string=asked).text)

    def send(self, person: Person, deed: str, mark: str = MARK) -> Any:
        return self.sign_in(person).post(f"/SH/hotline/desk/drafts/{deed}", data={"draft": mark})

    @property
    def drafts(self) -> list[Draft]:
        self.house.see()
        return list(db.session.scalars(select(Draft).where(Draft.ended_at.is_(None))))

    @property
    def calls(self) -> list[Call]:
        self.house.see()
        return list(db.session.scalars(select(Call)).unique())


@pytest.fixture
def shanghai(house: House, sign_in: SignIn) -> Office:
    return Office(house, sign_in)


def test_what_is_typed_is_kept_and_found_at_another_machine(shanghai: Office) -> None:
    answer = shanghai.keep(shanghai.engineer)
    assert (answer.status_code, answer.json["state"]) == (200, "kept")
    shanghai.keep(shanghai.engineer, module="工资")
    (draft,) = shanghai.drafts
    assert draft.about == f"{shanghai.customer.name} · {SAID['happens']}"
    assert "Go on with it" in shanghai.page(shanghai.engineer)
    page = shanghai.page(shanghai.engineer, draft=MARK)
    assert 'value="工资"' in page
    assert SAID["happens"] in page
    assert f'value="{MARK}"' in page


def test_a_draft_keeps_no_secret_of_the_page(shanghai: Office) -> None:
    shanghai.keep(shanghai.engineer, csrf_token="secret")
    names = {name for name, _value in shanghai.drafts[0].said}
    assert "csrf_token" not in names
    assert "happens" in names


def test_an_interrupted_call_and_another_one_are_two_drafts(shanghai: Office) -> None:
    shanghai.keep(shanghai.engineer)
    shanghai.keep(shanghai.engineer, "other", customer_id="", contact="李丽", happens="")
    assert sorted(one.about.partition(" · ")[0] for one in shanghai.drafts) == [
        shanghai.customer.name,
        "李丽",
    ]


@pytest.mark.clause("QI/03 3.1.8")
def test_a_draft_ends_with_the_call_that_it_became(shanghai: Office) -> None:
    shanghai.keep(shanghai.engineer)
    assert shanghai.log(shanghai.engineer).status_code == 302
    assert (len(shanghai.calls), shanghai.drafts) == (1, [])
    late = shanghai.keep(shanghai.engineer)
    assert (late.status_code, late.json["state"]) == (409, "logged")
    assert shanghai.calls[0].number in late.json["message"]
    assert shanghai.drafts == []


def test_the_same_draft_logged_twice_is_one_call(shanghai: Office) -> None:
    shanghai.keep(shanghai.engineer)
    shanghai.log(shanghai.engineer)
    again = shanghai.log(shanghai.engineer)
    (call,) = shanghai.calls
    assert again.location == f"/SH/hotline/call/{call.number}"
    assert (
        shanghai.sign_in(shanghai.engineer).get(f"/SH/hotline/desk?draft={MARK}").location == again.location
    )


def test_a_call_that_is_refused_stays_a_draft(shanghai: Office) -> None:
    shanghai.keep(shanghai.engineer)
    assert shanghai.log(shanghai.engineer, happens="软件有问题").status_code == 422
    assert (shanghai.calls, len(shanghai.drafts)) == ([], 1)


def test_two_who_send_one_draft_at_once_log_one_call(shanghai: Office, app: Flask) -> None:
    shanghai.keep(shanghai.engineer)
    browsers = [shanghai.sign_in(shanghai.engineer) for _each in range(3)]
    typed = SAID | {"customer_id": str(shanghai.customer.id), "draft": MARK}
    gate = threading.Barrier(len(browsers))
    said: list[str] = []

    def send(browser: Any) -> None:
        gate.wait()
        said.append(browser.post("/SH/hotline/desk", data=typed).location)

    threads = [threading.Thread(target=send, args=[one]) for one in browsers]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    (call,) = shanghai.calls
    assert said == [f"/SH/hotline/call/{call.number}"] * 3
    assert shanghai.drafts == []


def test_a_draft_is_thrown_away_by_its_own_hand_only(shanghai: Office) -> None:
    shanghai.keep(shanghai.engineer)
    shanghai.send(shanghai.colleague, "discard")
    assert len(shanghai.drafts) == 1
    shanghai.send(shanghai.engineer, "discard")
    assert shanghai.drafts == []
    late = shanghai.keep(shanghai.engineer)
    assert (late.status_code, late.json["state"]) == (409, "discarded")
    assert (
        "This draft is no more"
        in shanghai.sign_in(shanghai.engineer)
        .get(f"/SH/hotline/desk?draft={MARK}", follow_redirects=True)
        .text
    )


def test_the_duty_manager_takes_a_colleagues_draft_over(shanghai: Office) -> None:
    shanghai.keep(shanghai.engineer)
    assert "1 half-written call of a colleague" in shanghai.page(shanghai.manager)
    taken = shanghai.send(shanghai.manager, "take-over")
    assert taken.location == f"/SH/hotline/desk?draft={MARK}"
    assert shanghai.send(shanghai.manager, "take-over").status_code == 302, "what is one's own stays so"
    (row,) = db.session.scalars(select(LedgerRow).where(LedgerRow.kind == "draft"))
    assert (row.action, row.actor_id, row.details["from_id"]) == (
        "take_over",
        shanghai.manager.id,
        shanghai.engineer.id,
    )
    assert SAID["happens"] not in str(row.details), "what was typed stands in no ledger"
    assert list(verify(shanghai.office.id)) == []
    assert SAID["happens"] in shanghai.page(shanghai.manager, draft=MARK)
    told = shanghai.keep(shanghai.engineer, module="工资")
    assert (told.status_code, told.json) == (
        409,
        {"state": "taken", "message": "王力 has taken this draft over."},
    )
    assert ["module", "总账"] in shanghai.drafts[0].said
    shanghai.log(shanghai.manager)
    assert (shanghai.calls[0].owner_id, shanghai.drafts) == (shanghai.manager.id, [])
    assert shanghai.send(shanghai.manager, "take-over").status_code == 404


def test_nobody_else_sees_or_takes_a_colleagues_draft(shanghai: Office, house: House) -> None:
    shanghai.keep(shanghai.engineer)
    assert "of a colleague" not in shanghai.page(shanghai.colleague)
    assert shanghai.send(shanghai.colleague, "take-over").status_code == 403
    assert SAID["happens"] not in shanghai.page(shanghai.colleague, draft=MARK)
    stranger = house.person(house.office("BJ", "hotline"), DUTY_MANAGER)
    assert shanghai.send(stranger, "take-over").status_code == 404


def test_the_same_mark_in_another_office_is_another_draft(shanghai: Office, house: House) -> None:
    beijing = house.office("BJ", "hotline")
    house.see()
    for office, person in ((shanghai.office, shanghai.engineer), (beijing, house.person(beijing))):
        fate, _draft = drafts.keep(office.id, person.id, MARK, [["module", "总账"]])
        assert fate is Fate.KEPT
    assert len(shanghai.drafts) == 2


def test_what_no_desk_ever_holds_is_not_kept(shanghai: Office) -> None:
    assert shanghai.keep(shanghai.engineer, happens="长" * 70_000).status_code == 413
    assert shanghai.keep(shanghai.engineer, "").status_code == 404
    assert shanghai.keep(shanghai.engineer, "x" * 41).status_code == 404
    assert shanghai.drafts == []


def test_old_drafts_are_tidied_after_the_days_that_the_office_sets(shanghai: Office) -> None:
    with clock.stopped_at(MONDAY):
        shanghai.keep(shanghai.engineer)
        shanghai.keep(shanghai.engineer, "second")
        shanghai.log(shanghai.engineer, "second")
    with clock.stopped_at(MONDAY + dt.timedelta(days=13)):
        tidied(shanghai)
        assert len(shanghai.drafts) == 1
    with clock.stopped_at(MONDAY + dt.timedelta(days=15)):
        tidied(shanghai)
    assert db.session.scalars(select(Draft)).all() == []
    assert len(shanghai.calls) == 1


def tidied(shanghai: Office) -> None:
    done = [one for one in turns.run_due("SH") if one.job == "hotline.drafts"]
    assert [one.trouble for one in done] == [None]
    shanghai.house.see()


def test_an_office_that_sets_fewer_days_forgets_earlier(shanghai: Office, house: House) -> None:
    rules = rules_of(shanghai.office)
    with writing():
        set_value(rules.declared(drafts.DAYS), shanghai.office, 2, rules.rungs(drafts.DAYS), Actor("tests"))
    house.see()
    with clock.stopped_at(MONDAY):
        shanghai.keep(shanghai.engineer)
    with clock.stopped_at(MONDAY + dt.timedelta(days=3)):
        drafts.tidy(rules_of(all_offices()[shanghai.office.id]))
    assert shanghai.drafts == []


def test_looking_at_the_desk_writes_nothing(shanghai: Office, statements_of: Any) -> None:
    shanghai.keep(shanghai.engineer)
    browser = shanghai.sign_in(shanghai.engineer)
    said = statements_of(lambda: browser.get("/SH/hotline/desk"))
    assert said
    assert not [one for one in said if one.split()[0].upper() in ("INSERT", "UPDATE", "DELETE")]


def test_keeping_asks_as_much_of_the_database_with_one_draft_as_with_many(
    shanghai: Office, statements_of: Callable[..., list[str]]
) -> None:
    browser = shanghai.sign_in(shanghai.engineer)
    said = SAID | {"draft": MARK, "customer_id": str(shanghai.customer.id)}

    def keep() -> None:
        assert browser.post("/SH/hotline/desk/drafts", data=said).status_code == 200

    keep()
    one = len(statements_of(keep))
    with writing():
        for number in range(50):
            drafts.keep(shanghai.office.id, shanghai.engineer.id, f"m{number}", [["module", "总账"]])
    assert len(statements_of(keep)) == one
