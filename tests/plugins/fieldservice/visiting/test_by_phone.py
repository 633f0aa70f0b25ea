"""A request that the engineer settles by phone comes back like any other, without a visit (QR/04, QI/05 3.1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from core import clock, ledger
from core.db import db
from core.deadlines import DROPPED, MET, MISSED, OPEN
from core.i18n import Sentence
from core.numbers import NumberVoid
from plugins.fieldservice.dispatching.models import DispatchSheet
from plugins.fieldservice.dispatching.sheet import lines
from plugins.fieldservice.dispatching.sheet.record import result_of
from tests.plugins.fieldservice.visiting.test_qr03 import printed

SitDown = Callable[..., Any]
# A Monday morning in Beijing.
MORNING = dt.datetime(2026, 11, 23, 1, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
SETTLED = {"phone_outcome": "by_phone", "phone_note": "换一个打印驱动，客户自己试过"}
FIRST_CALL, VISIT, APPOINTMENT, REVIEW = (
    f"fieldservice.{key}" for key in ("first_call", "visit", "appointment", "morning_review")
)


def settled(centre: Any, request: Any = None) -> Any:
    """Settle a request by phone."""
    return centre.act(request or centre.dispatched(), "phoned", centre.engineer, **SETTLED)


@pytest.mark.clause("QR/04 form")
@pytest.mark.clause("QI/05 3.1")
def test_it_is_turned_in_with_its_result_and_reviewed_as_any_other(beijing: Any) -> None:
    with clock.stopped_at(MORNING):
        request = settled(beijing)
        assert (request.state, request.result, request.turned_in_at) == ("turned_in", "all_solved", MORNING)
        assert (request.remedy, request.travel_cost) == (SETTLED["phone_note"], 0)
        promises = beijing.promises(request)
        assert [promises[key].state for key in (FIRST_CALL, VISIT, REVIEW)] == [MET, DROPPED, OPEN]
        request = beijing.act(request, "close", beijing.duty)
    assert request.state == "closed"
    voided = select(NumberVoid).where(NumberVoid.number == request.number)
    assert db.session.scalars(voided).one_or_none() is None
    assert list(ledger.verify(beijing.office.id)) == []


def test_it_is_said_what_helped(beijing: Any) -> None:
    request = beijing.dispatched()
    only = {"phone_outcome": "by_phone"}
    assert list(beijing.refused(request, "phoned", beijing.engineer, **only).errors) == ["phone_note"]
    assert beijing.act(request, "phoned", beijing.engineer, phone_outcome="reached").state == "dispatched"


@pytest.mark.clause("QI/04 3.2.1")
@pytest.mark.clause("QI/03 3.2.7")
def test_who_phones_too_late_has_missed_what_was_promised(beijing: Any) -> None:
    with clock.stopped_at(MORNING):
        late, arranged = beijing.dispatched(), beijing.arranged(MORNING + HOUR)
    with clock.stopped_at(MORNING + dt.timedelta(days=3)):
        settled(beijing, late)
        settled(beijing, arranged)
    promises = beijing.promises(late)
    assert [promises[key].state for key in (FIRST_CALL, VISIT)] == [MISSED, MISSED]
    assert beijing.promises(arranged)[APPOINTMENT].state == MISSED


def test_the_hour_that_was_kept_for_it_is_free_again(beijing: Any) -> None:
    with clock.stopped_at(MORNING):
        request = settled(beijing, beijing.arranged(MORNING + HOUR))
        assert (request.appointment_at, request.planned_at) == (None, None)
        assert beijing.promises(request)[APPOINTMENT].state == DROPPED
        assert beijing.arranged(MORNING + HOUR).state == "arranged"


@pytest.mark.clause("QR/04 form")
def test_the_dispatch_sheet_calls_it_by_phone_and_a_visit_on_site(beijing: Any) -> None:
    with clock.stopped_at(MORNING):
        by_phone = settled(beijing)
        told = {False: lines.returned(beijing.turned_in()), True: lines.returned(by_phone)}
        sheet = beijing.create("fieldservice.dispatch_sheet", "begin", beijing.duty, day="2026-11-23")
        drawn = [result_of(one) for one in lines.shown(db.session.get_one(DispatchSheet, sheet.id))]
    assert {way: one["result"] for way, one in told.items()} == {True: "by_phone", False: "all_solved"}
    assert [one.msgid for one in drawn if isinstance(one, Sentence)] == ["Solved by phone", "Solved on site"]


@pytest.mark.clause("QR/04 form")
def test_what_turns_out_unsolved_was_not_solved_by_phone(beijing: Any) -> None:
    request = beijing.act(settled(beijing), "close", beijing.duty)
    request = beijing.act(request, "reopen", beijing.duty, reason="又报错", result="unsolved")
    assert lines.returned(request)["result"] == "unsolved"
    assert beijing.confer(request, "带补丁上门").state == "remedied"


@pytest.mark.clause("QR/03 form")
def test_the_request_on_paper_says_what_helped_and_why_nobody_signed(beijing: Any) -> None:
    said = printed(settled(beijing))
    assert (said["Remedy"], said["Result"]) == (SETTLED["phone_note"], "all_solved")
    assert said["Why unsigned"].msgid == "Solved by phone: nobody was there."
    assert printed(beijing.signed())["Why unsigned"] == ""


@pytest.mark.clause("QI/03 3.2.7")
def test_what_was_noted_by_mistake_goes_back_and_somebody_is_to_go(beijing: Any) -> None:
    with clock.stopped_at(MORNING):
        request = settled(beijing, beijing.arranged(MORNING + HOUR))
        request = beijing.act(request, "back_to_engineer", beijing.duty, reason="点错了")
        assert (request.state, request.result, request.remedy) == ("dispatched", "", "")
        assert (request.phone_outcome, request.turned_in_at) == ("", None)
        promises = beijing.promises(request)
        assert [promises[key].state for key in (FIRST_CALL, VISIT, REVIEW)] == [OPEN, OPEN, DROPPED]
        assert promises[VISIT].person_id == beijing.engineer.person_id
        assert beijing.on_site(request).state == "on_site"


def test_a_visit_that_was_phoned_first_is_no_call(beijing: Any) -> None:
    request = beijing.act(beijing.dispatched(), "phoned", beijing.engineer, phone_outcome="reached")
    assert lines.returned(beijing.turned_in("all_solved", request))["result"] == "all_solved"


def test_the_page_of_the_day_notes_it_and_has_one_visit_less(beijing: Any, sit_down: SitDown) -> None:
    request = beijing.dispatched()
    screen = sit_down(beijing, beijing.engineer)
    assert "Solved by phone, nobody need come" in screen.get("visits")
    assert screen.post("visits", number=request.number, step="phoned", **SETTLED)[0] == 302
    assert f"visit/{request.number}" not in screen.get("visits")
    reviewed = sit_down(beijing, beijing.duty).get("dispatch").partition("Turned in, to be reviewed")[2]
    assert str(request.number) in reviewed
