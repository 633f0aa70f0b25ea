"""Who is suggested: by lot among the trained and free, always the same; an office may order otherwise (QI/02)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from core import clock
from core.db import db
from core.ledger import LedgerRow
from core.roles import FIELD_ENGINEER, SUPPORT_MANAGER
from core.rules import rules_of
from core.testing import said
from plugins.fieldservice.dispatching import skills, suggesting
from plugins.fieldservice.dispatching.models import Skill

TRAINED = "QI/02 internal.fixed-engineer"
# Tuesday, ten o'clock in the office.
TEN = dt.datetime(2026, 11, 24, 2, tzinfo=dt.UTC)
TWO = TEN + dt.timedelta(hours=4)


@pytest.fixture(autouse=True)
def at_ten() -> Any:
    with clock.stopped_at(TEN):
        yield


@pytest.fixture
def team(beijing: Any) -> Any:
    """An office with three engineers more, and a support manager."""
    beijing.team = {name: beijing.hire(FIELD_ENGINEER, name=name).person_id for name in ("甲", "乙", "丙")}
    beijing.support = beijing.hire(SUPPORT_MANAGER, name="丁")
    return beijing


def teach(centre: Any, request: Any, *names: str) -> None:
    """Let some of the team be trained for the product of a request."""
    rules = rules_of(centre.office)
    product = request.installation.product_id
    known = {*skills.pairs(centre.office.id), *((centre.team[name], product) for name in names)}
    skills.keep(rules, known, centre.support, skills.grid(rules).seen)
    centre.house.see()


def suggest(centre: Any, request: Any, at: dt.datetime | None = None) -> list[str]:
    """Return who is suggested for a request, the first one first."""
    _decision, found = suggesting.suggested(rules_of(centre.office), request, at, TEN)
    return [one.key for one in found]


@pytest.mark.clause(TRAINED)
def test_the_lot_is_the_same_for_a_request_and_another_for_others(team: Any) -> None:
    requests = [team.registered() for _ in range(8)]
    drawn = [suggest(team, one) for one in requests]
    assert drawn == [suggest(team, one) for one in requests]
    assert all(sorted(one) == sorted(["王力", *team.team]) for one in drawn)
    assert len({one[0] for one in drawn}) > 1


@pytest.mark.clause(TRAINED)
def test_only_those_are_suggested_who_were_trained_for_the_product(team: Any) -> None:
    request = team.registered()
    teach(team, request, "甲", "丙")
    assert sorted(suggest(team, request)) == sorted(["甲", "丙"])
    assert len(suggest(team, team.registered())) == 4, "another product, for which nobody is on record"


@pytest.mark.clause(TRAINED)
def test_whoever_is_out_or_away_then_is_not_suggested(team: Any) -> None:
    busy = team.registered()
    team.act(busy, "dispatch", team.duty, engineer_id=team.team["甲"], planned_at=TWO)
    asked = {"kind": "leave", "first_day": "2026-11-24", "last_day": "2026-11-24"}
    absence = team.create("hotline.absence", "ask", team.duty, person_id=team.team["乙"], **asked)
    team.act(absence, "approve", team.duty)
    request = team.registered()
    assert sorted(suggest(team, request, TWO)) == sorted(["丙", "王力"])
    assert sorted(suggest(team, request, TEN + dt.timedelta(hours=30))) == sorted(["王力", "甲", "乙", "丙"])


@pytest.mark.clause("QI/05 3.2")
def test_whoever_was_there_before_comes_first(team: Any) -> None:
    again = team.sent_again()
    decision, found = suggesting.suggested(rules_of(team.office), again, None, TEN)
    assert (found[0].key, decision.verdict.clause) == ("王力", "QI/05 3.2")


@pytest.mark.clause(TRAINED)
def test_what_is_known_of_each_is_said(team: Any) -> None:
    for at in (TWO, TWO + dt.timedelta(hours=3)):
        near = team.registered(address="北京市海淀区范例路 1 号")
        team.act(near, "dispatch", team.duty, engineer_id=team.team["甲"], planned_at=at)
    request = team.registered(address="北京市海淀区范例路 2 号")
    decision, _found = suggesting.suggested(rules_of(team.office), request, TWO, TEN)
    told = {line.values["name"]: line.values for line in decision.verdict.evidence}
    assert (told["甲"]["near"], told["甲"]["recent"], told["甲"]["free"].msgid) == (2, 2, "at another visit")
    assert (told["乙"]["near"], told["乙"]["recent"], told["乙"]["free"].msgid) == (0, 0, "free")


@pytest.mark.clause(TRAINED)
def test_the_ledger_keeps_who_was_suggested_when_somebody_is_sent(team: Any) -> None:
    request = team.registered()
    drawn = suggest(team, request)
    team.act(request, "dispatch", team.duty, engineer_id=team.team["甲"])
    row = db.session.query(LedgerRow).filter_by(action="dispatch", kind="step").one()
    (decision,) = row.details["decisions"]
    assert (decision["plugin"], decision["value"].split(" > ")) == ("fieldservice", drawn)


@pytest.mark.clause(TRAINED)
def test_the_page_says_who_and_why(team: Any, sit_down: Any) -> None:
    request = team.registered()
    screen = sit_down(team, team.duty)
    page = said(screen.get(f"dispatch/suggestion/{request.number}"))
    assert " · ".join(suggest(team, request)) in page
    for words in ("Drawn by lot", TRAINED, "Decided by", "Field service"):
        assert words in page
    assert (
        sit_down(team, team.hotline).send("GET", f"/BJ/fieldservice/dispatch/suggestion/{request.number}")[0]
        == 403
    )


@pytest.mark.clause(TRAINED)
def test_the_queue_says_who_was_trained_for_it(team: Any, sit_down: Any) -> None:
    request, other = team.registered(), team.registered()
    teach(team, request, "甲", "丙")
    page = sit_down(team, team.duty).get("dispatch")
    shown, silent = (_told(page, one.number) for one in (request, other))
    assert "Trained for it" in shown
    assert ("甲" in shown, "乙" in shown, "丙" in shown) == (True, False, True)
    assert "Trained for it" not in silent


def _told(page: str, number: Any) -> str:
    """Return what the queue tells of a request, without its form."""
    return page[page.index(f'id="{number}"') :].partition('class="dispatch-open"')[0]


@pytest.mark.clause(TRAINED)
def test_the_support_manager_keeps_the_skills_and_the_ledger_names_each(team: Any, sit_down: Any) -> None:
    request = team.registered()
    product = request.installation.product
    tick = f"{team.team['甲']}-{product.id}"
    screen = sit_down(team, team.support)
    assert product.name in screen.get("skills")
    assert screen.send("POST", "/BJ/fieldservice/skills", seen=0, skill=[tick, "9999-9999", "x"])[0] == 302
    assert [(one.person_id, one.product_id) for one in db.session.query(Skill)] == [
        (team.team["甲"], product.id)
    ]
    row = db.session.query(LedgerRow).filter_by(action="fieldservice.skills").one()
    assert (row.details["given"], row.details["taken"]) == ([f"甲: {product.name}"], [])
    assert screen.send("POST", "/BJ/fieldservice/skills", seen=row.seq)[0] == 302
    assert db.session.query(Skill).count() == 0
    assert sit_down(team, team.duty).send("GET", "/BJ/fieldservice/skills")[0] == 403


@pytest.mark.clause(TRAINED)
def test_of_two_who_keep_skills_at_once_the_second_is_told_and_loses_nothing(
    team: Any, sit_down: Any
) -> None:
    request = team.registered()
    screen, product = sit_down(team, team.support), request.installation.product_id
    ticks = [f"{team.team[name]}-{product}" for name in ("甲", "乙")]
    assert screen.send("POST", "/BJ/fieldservice/skills", seen=0, skill=ticks[0])[0] == 302
    status, page = screen.send("POST", "/BJ/fieldservice/skills", seen=0, skill=ticks[1])
    assert (status, "丁 changed the skills at" in page) == (409, True)
    assert f'value="{ticks[1]}" checked' in page
    assert len(skills.pairs(team.office.id)) == 1
