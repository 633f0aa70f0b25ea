"""What a phone kept in a dead spot and sends when the line is back: once, in order, and nothing of it is lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from core import ledger
from core.db import db
from core.roles import FIELD_ENGINEER
from plugins.fieldservice.models import ServiceRequest
from plugins.fieldservice.visiting.deeds import Deed

SitDown = Callable[..., Any]
SOLVED = {"step": "solve", "cause": "结转时断电", "remedy": "恢复备份后反结账"}


class Phone:
    """The phone of somebody who sends what it has kept."""

    def __init__(self, screen: Any, person_id: int, number: str) -> None:
        self.screen, self.person_id, self.number = screen, person_id, number

    def send(self, mark: str, seen: int, **typed: Any) -> tuple[int, Any]:
        """Send one tap under its mark, and return how it was answered."""
        centre = self.screen.centre
        path = f"/{centre.office.code}/fieldservice/visit/{self.number}/deed"
        typed = {"mark": mark, "seen": seen, "person": self.person_id} | typed
        answer = self.screen.browser.post(path, data=typed)
        centre.house.see()
        return answer.status_code, answer.get_json()


@pytest.fixture
def backed_up(beijing: Any) -> ServiceRequest:
    """A request on site whose data are safe."""
    request = beijing.on_site()
    backed_up = {"account_sets": "001", "reports_asked": True}
    found: ServiceRequest = beijing.act(request, "back_up", beijing.engineer, **backed_up)
    return found


def phone_of(centre: Any, sit_down: SitDown, request: ServiceRequest, who: Any = None) -> Phone:
    """Give a phone to the engineer of a request, or to somebody else."""
    who = who or centre.engineer
    return Phone(sit_down(centre, who), who.person_id, str(request.number))


def taken(request: ServiceRequest, step: str) -> int:
    """Count how often a step of a request was taken."""
    rows = ledger.of_case("fieldservice.request", request.id, number=request.number)
    return sum(1 for row in rows if row.kind == "step" and row.action == step)


def refused(request: ServiceRequest) -> int:
    """Count what the ledger knows of refusals."""
    rows = ledger.of_case("fieldservice.request", request.id, number=request.number)
    return sum(1 for row in rows if row.kind == "refused")


def test_what_is_sent_twice_is_done_once_and_answered_alike(
    beijing: Any, sit_down: SitDown, backed_up: ServiceRequest
) -> None:
    phone, seen = phone_of(beijing, sit_down, backed_up), backed_up.version
    first = phone.send("m-1", seen, **SOLVED)
    again = phone.send("m-1", seen, **SOLVED)
    assert first == again
    assert first[0] == 200
    assert first[1]["version"] == seen + 1
    assert (taken(backed_up, "solve"), refused(backed_up)) == (1, 0)


def test_the_answer_is_the_same_after_others_went_on(
    beijing: Any, sit_down: SitDown, backed_up: ServiceRequest
) -> None:
    phone, seen = phone_of(beijing, sit_down, backed_up), backed_up.version
    first = phone.send("m-1", seen, **SOLVED)
    phone.send("m-2", seen + 1, step="try_out", tried_by="高敏")
    assert phone.send("m-1", seen, **SOLVED) == first


def test_one_mark_is_not_good_for_two_things(
    beijing: Any, sit_down: SitDown, backed_up: ServiceRequest
) -> None:
    phone, seen = phone_of(beijing, sit_down, backed_up), backed_up.version
    phone.send("m-1", seen, **SOLVED)
    status, said = phone.send("m-1", seen + 1, **SOLVED | {"cause": "病毒"})
    assert (status, said["state"]) == (409, "refused")
    assert "under the same mark" in said["objections"][0]["text"]
    assert db.session.get_one(ServiceRequest, backed_up.id).cause == "结转时断电"


def test_what_was_refused_has_left_no_mark_and_may_be_sent_again(
    beijing: Any, sit_down: SitDown, backed_up: ServiceRequest
) -> None:
    phone, seen = phone_of(beijing, sit_down, backed_up), backed_up.version
    status, said = phone.send("m-1", seen, **SOLVED | {"remedy": ""})
    assert (status, list(said["errors"])) == (422, ["remedy"])
    assert db.session.query(Deed).count() == 0
    assert phone.send("m-1", seen, **SOLVED)[0] == 200


def test_who_was_overtaken_hears_by_whom(beijing: Any, sit_down: SitDown, backed_up: ServiceRequest) -> None:
    phone, seen = phone_of(beijing, sit_down, backed_up), backed_up.version
    beijing.act(backed_up, "solve", beijing.engineer, cause="别的", remedy="重装")
    status, said = phone.send("m-1", seen, **SOLVED)
    assert (status, said["kind"]) == (409, "stale")
    assert said["objections"][0]["text"] == "Meanwhile 王力 did “Cause and remedy” on it."


@pytest.mark.clause("QI/04 3.1.6-backup")
def test_what_is_against_it_is_said_with_its_clause(beijing: Any, sit_down: SitDown) -> None:
    request = beijing.on_site()
    status, said = phone_of(beijing, sit_down, request).send("m-1", request.version, **SOLVED)
    assert status == 409
    assert [one["clause"] for one in said["objections"]] == ["QI/04 3.1.6-backup"]


def test_nobody_sends_what_another_has_kept(
    beijing: Any, sit_down: SitDown, backed_up: ServiceRequest
) -> None:
    other = beijing.hire(FIELD_ENGINEER, name="赵海燕")
    phone = phone_of(beijing, sit_down, backed_up, other)
    assert phone.send("m-1", backed_up.version, person=beijing.engineer.person_id, **SOLVED) == (
        409,
        {"state": "stranger"},
    )
    assert phone.send("m-1", backed_up.version, **SOLVED)[0] == 403
    assert taken(backed_up, "solve") == 0


def test_what_has_no_mark_is_not_done(beijing: Any, sit_down: SitDown, backed_up: ServiceRequest) -> None:
    phone = phone_of(beijing, sit_down, backed_up)
    assert phone.send("", backed_up.version, **SOLVED)[0] == 422
    assert phone.send("x" * 81, backed_up.version, **SOLVED)[0] == 422
    assert taken(backed_up, "solve") == 0


def test_a_phone_may_keep_ones_own_visits_and_nobody_elses(beijing: Any, sit_down: SitDown) -> None:
    request = beijing.on_site()
    visit, visits = f"/BJ/fieldservice/visit/{request.number}", "/BJ/fieldservice/visits"

    def kept(who: Any, path: str) -> str | None:
        found: str | None = sit_down(beijing, who).browser.get(path).headers.get("Koudai-Keep")
        return found

    other = beijing.hire(FIELD_ENGINEER, name="赵海燕")
    assert kept(beijing.engineer, visit) == kept(beijing.engineer, visits) == str(beijing.engineer.person_id)
    assert kept(other, visits) == str(other.person_id)
    assert kept(other, visit) is None
    assert kept(beijing.duty, visit) is None


def test_what_is_turned_in_stays_on_no_phone(beijing: Any, sit_down: SitDown) -> None:
    request = beijing.turned_in()
    answer = sit_down(beijing, beijing.engineer).browser.get(f"/BJ/fieldservice/visit/{request.number}")
    assert answer.status_code == 200
    assert "Koudai-Keep" not in answer.headers


def test_the_worker_may_open_the_visit_pages_and_no_others(beijing: Any, sit_down: SitDown) -> None:
    answer = sit_down(beijing, beijing.engineer).browser.get("/BJ/fieldservice/visit-worker.js")
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Service-Worker-Allowed"] == "/BJ/fieldservice/visit"
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]


def test_the_next_lines_come_along_for_the_dead_spot(beijing: Any, sit_down: SitDown) -> None:
    request = beijing.on_site()
    page = sit_down(beijing, beijing.engineer).get(f"visit/{request.number}")
    for step in ("solve", "try_out", "explain", "sign", "turn_in"):
        assert f'<template data-ahead="{step}">' in page
    assert '<template data-ahead="back_up">' not in page
    other = sit_down(beijing, beijing.hire(FIELD_ENGINEER, name="赵海燕"))
    assert "data-ahead" not in other.get(f"visit/{request.number}")
