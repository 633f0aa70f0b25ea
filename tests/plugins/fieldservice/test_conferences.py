"""What is not solved is conferred about that day; a remedy goes out in full, by the same engineer (QI/05 3.1-3.5)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from core import clock, ledger
from core.db import db
from core.deadlines import DROPPED, MET, MISSED, OPEN
from core.errors import RefusalKind
from core.roles import FIELD_ENGINEER, REGIONAL_MANAGER, SENIOR_ENGINEER, SUPPORT_MANAGER
from plugins.fieldservice.conference.models import Conference
from plugins.fieldservice.models import ServiceRequest

REMEDY = "带 8.13 补丁，重建总账索引"
CONFERENCE, AGAIN, TO_HEAD_OFFICE, REVIEW, TAKE_OVER = (
    f"fieldservice.{key}"
    for key in ("conference", "confer_again", "to_head_office", "morning_review", "take_over")
)
# Tuesday, ten o'clock in the office; it closes at five.
TEN = dt.datetime(2026, 11, 24, 2, tzinfo=dt.UTC)
CLOSING = TEN + dt.timedelta(hours=7)


@pytest.mark.clause("QI/05 3.1")
@pytest.mark.clause("QP/2-04 5.6")
def test_what_is_unsolved_leaves_the_review_only_by_a_conference_held_that_day(beijing: Any) -> None:
    request = beijing.turned_in("unsolved")
    assert beijing.refused(request, "close", beijing.duty).kind is RefusalKind.OBJECTION
    assert beijing.refused(request, "send_again", beijing.duty, advice=REMEDY).kind is RefusalKind.STATE
    with clock.stopped_at(TEN):
        conference = beijing.conferring(request)
    promise = beijing.promises(conference)[CONFERENCE]
    assert (request.state, promise.state, promise.due_at) == ("conferring", OPEN, CLOSING)
    assert beijing.promises(request)[REVIEW].state == MET


@pytest.mark.clause("QI/05 3.1")
def test_what_is_solved_is_conferred_about_only_when_something_else_is_wished(beijing: Any) -> None:
    request = beijing.turned_in()
    assert set(beijing.refused(request, "confer", beijing.duty).errors) == {"wish"}
    request = beijing.act(request, "confer", beijing.duty, wish="希望把凭证打印格式一起改好")
    conference = db.session.query(Conference).one()
    assert (request.state, conference.wish) == ("conferring", "希望把凭证打印格式一起改好")
    beijing.act(
        conference,
        "hold",
        beijing.duty,
        participants=[str(beijing.duty.person_id)],
        said="标准功能",
        outcome="none",
    )
    assert beijing.act(request, "close", beijing.duty).state == "closed"


@pytest.mark.clause("QI/05 3.1")
@pytest.mark.clause("SHYY/QI/03 3.2")
def test_the_duty_manager_calls_it_and_in_shanghai_the_regional_manager_may(
    beijing: Any, shanghai: Any
) -> None:
    assert beijing.refused(beijing.turned_in("partly"), "confer", beijing.manager).kind is RefusalKind.ROLE
    request = shanghai.turned_in("partly")
    shanghai.act(request, "confer", shanghai.manager)
    conference = db.session.query(Conference).filter_by(request_id=request.id).one()
    held = {
        "participants": [str(shanghai.engineer.person_id)],
        "said": "补丁",
        "outcome": "remedy",
        "remedy": REMEDY,
    }
    shanghai.act(conference, "hold", shanghai.manager, **held)
    assert shanghai.act(request, "send_again", shanghai.manager, advice=REMEDY).state == "sent_again"


@pytest.mark.clause("QI/05 3.4")
def test_who_conferred_and_what_was_said_is_kept(beijing: Any) -> None:
    senior = beijing.hire(SENIOR_ENGINEER, name="郑国栋")
    conference = beijing.conferring(beijing.turned_in("partly"))
    empty = beijing.refused(conference, "hold", beijing.duty)
    assert set(empty.errors) == {"participants", "said", "outcome"}
    stranger = beijing.refused(
        conference, "hold", beijing.duty, participants=["0"], said="补丁", outcome="none"
    )
    assert set(stranger.errors) == {"participants"}
    chosen = [str(senior.person_id), str(beijing.engineer.person_id)]
    said = {"said": "索引文件版本不符", "outcome": "remedy", "remedy": REMEDY}
    conference = beijing.act(conference, "hold", beijing.duty, participants=chosen, **said)
    assert (conference.state, sorted(conference.names)) == ("held", ["王力", "郑国栋"])
    row = ledger.last_of("fieldservice.conference", conference.id)
    assert sorted(row.details["values"]["participants"]) == sorted(map(int, chosen))


def test_who_conferred_is_ticked_on_the_page_and_told_by_name(beijing: Any, sit_down: Any) -> None:
    conference = beijing.conferring(beijing.turned_in("partly"))
    screen = sit_down(beijing, beijing.duty)
    page = screen.get(f"conference/{conference.number}?step=hold")
    assert page.count('type="checkbox"') == 2
    assert "checked" not in page.partition('class="ticks"')[2].partition("</fieldset>")[0]
    path = f"/BJ/fieldservice/conference/{conference.number}/hold"
    chosen = str(beijing.engineer.person_id)
    sent = {"participants": chosen, "said": "补丁", "outcome": "remedy", "seen": conference.version}
    status, page = screen.send("POST", path, **sent)
    ticked = page.partition('class="ticks"')[2].partition("</fieldset>")[0]
    assert (status, ticked.count("checked")) == (422, 1)
    assert "王力" in ticked.partition("checked")[2].partition("</label>")[0]
    assert screen.send("POST", path, **sent, remedy=REMEDY)[0] == 302
    told = screen.get(f"conference/{conference.number}").partition("what was written")[2]
    assert "王力" in told.partition("</dl>")[0]


@pytest.mark.clause("QI/05 3.2")
def test_a_remedy_is_written_in_full_and_stands_in_the_advice_of_the_next_request(beijing: Any) -> None:
    first = beijing.turned_in("partly")
    conference = beijing.conferring(first)
    half = {"participants": [str(beijing.engineer.person_id)], "said": "补丁", "outcome": "remedy"}
    assert set(beijing.refused(conference, "hold", beijing.duty, **half).errors) == {"remedy"}
    beijing.act(conference, "hold", beijing.duty, **half, remedy=REMEDY)
    db.session.refresh(first)
    assert (first.state, first.advice) == ("remedied", REMEDY)
    beijing.act(first, "send_again", beijing.duty, advice=first.advice)
    again = db.session.query(ServiceRequest).filter_by(previous_id=first.id).one()
    assert (again.state, again.advice, again.previous) == ("registered", REMEDY, first)


@pytest.mark.clause("QI/05 3.2")
def test_whoever_was_there_follows_it_to_the_end_or_it_is_said_why_not(beijing: Any) -> None:
    again, other = beijing.sent_again(), beijing.hire(FIELD_ENGINEER, name="孙丽")
    sent = {"engineer_id": other.person_id}
    assert set(beijing.refused(again, "dispatch", beijing.duty, **sent).errors) == {"why_other"}
    again = beijing.act(again, "dispatch", beijing.duty, **sent, why_other="王力本周休假")
    assert (again.engineer.name, again.why_other) == ("孙丽", "王力本周休假")


@pytest.mark.clause("QI/05 3.2")
@pytest.mark.clause("QI/04 3.2.11")
def test_a_senior_goes_along_and_nobody_from_outside(beijing: Any) -> None:
    again, senior = beijing.sent_again(), beijing.hire(SENIOR_ENGINEER, name="郑国栋")
    going = {"engineer_id": beijing.engineer.person_id}
    for wrong in (beijing.engineer.person_id, beijing.hire(REGIONAL_MANAGER, name="外人").person_id):
        assert set(beijing.refused(again, "dispatch", beijing.duty, **going, companion_id=wrong).errors) == {
            "companion_id"
        }
    again = beijing.act(again, "dispatch", beijing.duty, **going, companion_id=senior.person_id)
    assert (again.engineer.name, again.companion.name) == ("王力", "郑国栋")


@pytest.mark.clause("QI/05 3.5")
def test_without_a_remedy_there_is_a_second_conference_the_next_day_and_then_head_office(
    beijing: Any,
) -> None:
    request = beijing.turned_in("unsolved")
    with clock.stopped_at(TEN):
        request = beijing.confer(request)
    assert (request.state, beijing.promises(request)[AGAIN].due_at) == (
        "puzzling",
        CLOSING + dt.timedelta(days=1),
    )
    assert TO_HEAD_OFFICE not in beijing.promises(request)
    with clock.stopped_at(TEN + dt.timedelta(days=1)):
        request = beijing.confer(request)
    promises = beijing.promises(request)
    assert (promises[AGAIN].state, promises[TO_HEAD_OFFICE].state) == (MET, OPEN)
    assert promises[TO_HEAD_OFFICE].due_at == CLOSING + dt.timedelta(days=1)
    assert beijing.refused(request, "close", beijing.duty).kind is RefusalKind.OBJECTION


def conferred_twice_in_vain(beijing: Any) -> ServiceRequest:
    """Hold two conferences in vain, the second one on Tuesday: head office hears of it before closing."""
    request = beijing.turned_in("unsolved")
    with clock.stopped_at(TEN - dt.timedelta(days=1)):
        request = beijing.confer(request)
    with clock.stopped_at(TEN):
        again: ServiceRequest = beijing.confer(request)
    return again


def to_head_office(beijing: Any, request: ServiceRequest) -> list[tuple[str, dt.datetime]]:
    found = [one for one in beijing.every_promise(request) if one.key == TO_HEAD_OFFICE]
    return [(one.state, one.due_at) for one in found]


@pytest.mark.clause("QI/05 3.5")
def test_a_third_conference_does_not_put_off_the_day_of_head_office(beijing: Any) -> None:
    request = conferred_twice_in_vain(beijing)
    with clock.stopped_at(TEN + dt.timedelta(days=1)):
        request = beijing.confer(request)
        assert to_head_office(beijing, request) == [(OPEN, CLOSING)]
        told = {"recipient": "技术支持部", "way": "fax", "symptom": "仍是已结账", "tried": "重建索引无效"}
        beijing.act(request, "escalate", beijing.duty, **told)
    assert to_head_office(beijing, request) == [(MISSED, CLOSING)]


@pytest.mark.clause("QI/05 3.5")
@pytest.mark.parametrize(
    ("later", "ends"), [(dt.timedelta(hours=1), DROPPED), (dt.timedelta(days=1), MISSED)]
)
def test_what_a_third_conference_solves_goes_to_head_office_no_more_and_too_late_was_too_late(
    beijing: Any, later: dt.timedelta, ends: str
) -> None:
    request = conferred_twice_in_vain(beijing)
    with clock.stopped_at(TEN + later):
        request = beijing.confer(request, REMEDY)
    assert (request.state, to_head_office(beijing, request)) == ("remedied", [(ends, CLOSING)])


@pytest.mark.clause("QI/05 3.1")
def test_a_conference_that_is_called_off_leaves_the_request_where_it_was(beijing: Any) -> None:
    request = beijing.turned_in("partly")
    conference = beijing.conferring(request)
    assert set(beijing.refused(conference, "call_off", beijing.duty).errors) == {"reason"}
    conference = beijing.act(conference, "call_off", beijing.duty, reason="客户自行解决")
    db.session.refresh(request)
    assert (conference.state, request.state) == ("called_off", "turned_in")
    assert beijing.promises(conference)[CONFERENCE].state == DROPPED
    assert beijing.promises(request)[REVIEW].state == OPEN
    request = beijing.confer(request)
    beijing.act(beijing.conferring(request), "call_off", beijing.duty, reason="补丁明天到")
    db.session.refresh(request)
    assert (request.state, beijing.promises(request)[AGAIN].state) == ("puzzling", OPEN)


def second_visit(beijing: Any, result: str) -> ServiceRequest:
    """Bring a problem back from its second visit with a result."""
    again = beijing.sent_again()
    beijing.act(again, "dispatch", beijing.duty, engineer_id=beijing.engineer.person_id)
    back: ServiceRequest = beijing.turned_in(result, again)
    return back


@pytest.mark.clause("QP/2-04 5.7")
def test_after_two_visits_in_vain_the_support_manager_takes_over(beijing: Any) -> None:
    support = beijing.hire(SUPPORT_MANAGER, name="何志强")
    first = beijing.turned_in("partly")
    said = {"agreed": "周五前由总部答复，期间手工做账", "reported_to": "总部技术支持部"}
    assert TAKE_OVER not in beijing.promises(first)
    assert beijing.refused(first, "take_over", support, **said).kind is RefusalKind.OBJECTION
    with clock.stopped_at(TEN):
        again = second_visit(beijing, "unsolved")
    promise = beijing.promises(again)[TAKE_OVER]
    assert (promise.state, promise.role, promise.due_at) == (OPEN, "support_manager", CLOSING)
    assert beijing.refused(again, "take_over", beijing.duty, **said).kind is RefusalKind.ROLE
    assert set(beijing.refused(again, "take_over", support).errors) == {"agreed", "reported_to"}
    with clock.stopped_at(CLOSING):
        again = beijing.act(again, "take_over", support, **said)
    assert (again.owner.name, again.reported_to, again.state) == ("何志强", "总部技术支持部", "turned_in")
    assert beijing.promises(again)[TAKE_OVER].state == MET


TAKEN_OVER = {"agreed": "周五前由总部答复，期间手工做账", "reported_to": "总部技术支持部"}


@pytest.mark.clause("QP/2-04 5.7")
def test_nobody_is_sent_a_third_time_before_the_support_manager_has_taken_over(beijing: Any) -> None:
    support = beijing.hire(SUPPORT_MANAGER, name="何志强")
    again = beijing.confer(second_visit(beijing, "unsolved"), REMEDY)
    refused = beijing.refused(again, "send_again", beijing.duty, advice=REMEDY)
    assert [one.clause for one in refused.objections] == ["QP/2-04 5.7"]
    beijing.act(again, "take_over", support, **TAKEN_OVER)
    assert beijing.promises(again)[TAKE_OVER].state in (MET, MISSED)
    assert beijing.act(again, "send_again", beijing.duty, advice=REMEDY).state == "sent_again"


@pytest.mark.clause("QP/2-04 5.7")
@pytest.mark.parametrize(("result", "promised"), [("unsolved", True), ("all_solved", False)])
def test_what_is_found_unsolved_after_it_was_closed_is_the_support_managers_too(
    beijing: Any, result: str, promised: bool
) -> None:
    again = beijing.act(second_visit(beijing, "all_solved"), "close", beijing.duty)
    assert TAKE_OVER not in beijing.promises(again)
    again = beijing.act(again, "reopen", beijing.duty, reason="月末又报错", result=result)
    assert (TAKE_OVER in beijing.promises(again)) is promised


@pytest.mark.clause("QP/2-04 5.7")
def test_he_brings_before_head_office_what_he_has_taken_over_and_nothing_else(beijing: Any) -> None:
    support = beijing.hire(SUPPORT_MANAGER, name="何志强")
    told = {"recipient": "技术支持部", "way": "email", "symptom": "仍是已结账", "tried": "重建索引无效"}
    first = beijing.confer(beijing.turned_in("unsolved"))
    assert beijing.refused(first, "escalate", support, **told).kind is RefusalKind.ROLE
    again = beijing.confer(second_visit(beijing, "unsolved"))
    assert beijing.refused(again, "escalate", support, **told).kind is RefusalKind.ROLE
    beijing.act(again, "take_over", support, **TAKEN_OVER)
    assert beijing.act(again, "escalate", support, **told).state == "escalated"


@pytest.mark.clause("QP/2-04 5.7")
@pytest.mark.clause("QR/03 form")
def test_to_whom_he_reported_and_in_which_version_it_is_mended_stand_on_the_request(
    beijing: Any, sit_down: Any
) -> None:
    support, screen = beijing.hire(SUPPORT_MANAGER, name="何志强"), sit_down(beijing, beijing.duty)
    again = second_visit(beijing, "unsolved")

    def slip() -> str:
        page: str = screen.get(f"request/{again.number}/paper/QR-03")
        return page.partition("Reported to")[2]

    assert "总部技术支持部" not in slip()
    again = beijing.act(again, "take_over", support, **TAKEN_OVER)
    assert "总部技术支持部" in slip()
    one = beijing.escalated(again)
    assert "8.14" not in slip()
    beijing.act(one, "note_answer", beijing.duty, answer=REMEDY, fixed_in="8.14")
    assert "8.14" in slip().partition("Fixed in")[2]
    facts = screen.get(f"request/{again.number}").partition("Fixed in version")[2]
    assert "8.14" in facts.partition("</dd>")[0]


@pytest.mark.clause("QP/2-04 5.7")
def test_what_the_second_visit_solved_is_nobody_elses(beijing: Any) -> None:
    again = second_visit(beijing, "all_solved")
    assert TAKE_OVER not in beijing.promises(again)
    assert beijing.act(again, "close", beijing.duty).state == "closed"
