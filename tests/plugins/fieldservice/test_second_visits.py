"""A request that comes back and goes out again: another visit, and promises of its own (QI/03 3.2.7, QI/04)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from core import clock
from core.deadlines import DROPPED, MET, MISSED, OPEN
from core.errors import RefusalKind
from core.roles import FIELD_ENGINEER
from core.rules import Rules, rules_of
from plugins.fieldservice import services
from plugins.fieldservice.models import ServiceRequest

MONDAY = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)
DISPATCH, FIRST_CALL, VISIT = "fieldservice.dispatch", "fieldservice.first_call", services.VISIT
BACKED_UP = {"account_sets": "001", "reports_asked": True}


def shanghai_time(hour: int, day: int = 23) -> dt.datetime:
    """Return a moment of November 2026 as the clock shows it in the office."""
    return MONDAY.replace(day=day) + dt.timedelta(hours=hour - 8)


def typed(moment: dt.datetime) -> str:
    return (moment + dt.timedelta(hours=8)).strftime("%Y-%m-%dT%H:%M")


def sent(centre: Any, request: ServiceRequest, engineer: Any, arrives: dt.datetime) -> ServiceRequest:
    """Dispatch a request to an engineer, who agrees on a time and is there."""
    centre.act(request, "dispatch", centre.duty, engineer_id=engineer.person_id)
    centre.act(request, "confirm", engineer)
    reason = {"why_late": "第二次上门"}
    centre.act(request, "arrange", engineer, appointment_at=typed(arrives), **reason)
    with clock.stopped_at(arrives):
        centre.act(request, "arrive", engineer)
        return centre.act(request, "look_into", engineer, met="高敏", identity=True, shown=True)


@pytest.mark.clause("QI/04 3.1.6-backup")
@pytest.mark.clause("QI/04 3.1.6-solve")
def test_the_second_visit_of_a_request_backs_up_and_solves_anew(beijing: Any) -> None:
    other = beijing.hire(FIELD_ENGINEER, name="赵海燕")
    with clock.stopped_at(shanghai_time(9)):
        request = beijing.explained()
        request = beijing.act(request, "recall", beijing.duty, reason="工程师生病，改派他人")
        said = (request.arrived_at, request.cause, request.remedy, request.tried_by, request.prevention)
        assert said == (None, "", "", "", "")
        request = sent(beijing, request, other, shanghai_time(14))
    with clock.stopped_at(shanghai_time(15)):
        solved = {"cause": "索引损坏", "remedy": "重建索引"}
        assert beijing.refused(request, "solve", other, **solved).kind is RefusalKind.OBJECTION
        request = beijing.act(request, "back_up", other, **BACKED_UP)
        assert [copy.path for copy in request.copies] == [r"UFDATABAK\ZHY20261123\001"]
        assert request.backups[0].path == r"UFDATABAK\WL20261123\001"
        assert beijing.act(request, "solve", other, **solved).remedy == "重建索引"


@pytest.mark.clause("QI/04 3.1.6-backup")
def test_a_reason_for_no_back_up_is_good_for_one_visit(beijing: Any) -> None:
    with clock.stopped_at(shanghai_time(9)):
        request = beijing.on_site()
        beijing.act(request, "waive_backup", beijing.engineer, backup_waived="硬盘已坏")
        request = beijing.act(request, "recall", beijing.duty, reason="改派")
    assert request.backup_waived == ""


@pytest.mark.clause("QI/03 3.2.7")
def test_the_next_engineers_phone_call_counts_from_his_own_dispatch(beijing: Any) -> None:
    with clock.stopped_at(shanghai_time(9)):
        request = beijing.dispatched()
        beijing.act(request, "confirm", beijing.engineer)
        beijing.act(request, "arrange", beijing.engineer, appointment_at=typed(shanghai_time(14, day=24)))
    with clock.stopped_at(shanghai_time(13, day=24)):
        beijing.act(request, "give_back", beijing.engineer, reason="客户不同意改期")
        request = beijing.act(request, "dispatch", beijing.duty, engineer_id=beijing.engineer.person_id)
    promises = beijing.promises(request)
    assert (promises[FIRST_CALL].state, promises[FIRST_CALL].due_at) == (OPEN, shanghai_time(12, day=25))
    assert (promises[VISIT].state, promises[VISIT].due_at) == (OPEN, shanghai_time(17, day=25))
    assert promises[services.APPOINTMENT].state == DROPPED


@pytest.mark.clause("QI/03 3.2.7")
def test_a_visit_that_took_place_is_promised_anew_when_somebody_else_must_come(beijing: Any) -> None:
    with clock.stopped_at(shanghai_time(9)):
        request = beijing.on_site()
        assert beijing.promises(request)[VISIT].state == MET
    with clock.stopped_at(shanghai_time(10, day=26)):
        beijing.act(request, "recall", beijing.duty, reason="缺备件")
        request = beijing.act(request, "dispatch", beijing.duty, engineer_id=beijing.engineer.person_id)
    assert beijing.promises(request)[VISIT].due_at == shanghai_time(17, day=30)
    with clock.stopped_at(shanghai_time(11, day=26)):
        beijing.act(request, "give_back", beijing.engineer, reason="另有急事")
        request = beijing.act(request, "dispatch", beijing.duty, engineer_id=beijing.engineer.person_id)
    assert beijing.promises(request)[VISIT].due_at == shanghai_time(17, day=30)


@pytest.mark.clause("QI/04 3.2.1")
def test_an_appointment_is_a_promise_kept_or_missed(beijing: Any) -> None:
    with clock.stopped_at(shanghai_time(9)):
        kept, late = (beijing.arranged(shanghai_time(hour)) for hour in (12, 14))
    assert beijing.promises(kept)[services.APPOINTMENT].due_at == shanghai_time(12)
    with clock.stopped_at(shanghai_time(12)):
        beijing.act(kept, "arrive", beijing.engineer)
    with clock.stopped_at(shanghai_time(15)):
        assert beijing.promises(late)[services.APPOINTMENT].late
        beijing.act(late, "arrive", beijing.engineer)
    states = [beijing.promises(one)[services.APPOINTMENT].state for one in (kept, late)]
    assert states == [MET, MISSED]


@pytest.mark.clause("QI/04 3.2.1")
@pytest.mark.parametrize(("hour", "ends"), [(13, DROPPED), (15, MISSED)])
def test_an_appointment_that_is_moved_too_late_was_missed(beijing: Any, hour: int, ends: str) -> None:
    with clock.stopped_at(shanghai_time(9)):
        request = beijing.arranged(shanghai_time(14))
    moved = {"appointment_at": typed(shanghai_time(9, day=24)), "reason": "前一家未完成", "consent": True}
    with clock.stopped_at(shanghai_time(hour)):
        request = beijing.act(request, "reschedule", beijing.engineer, **moved)
    states = [one.state for one in beijing.every_promise(request) if one.key == services.APPOINTMENT]
    assert states == [ends, OPEN]


@pytest.mark.clause("QI/03 3.2.7")
def test_an_appointment_after_the_promised_day_has_its_reason(beijing: Any) -> None:
    with clock.stopped_at(shanghai_time(9)):
        request = beijing.dispatched()
        beijing.act(request, "confirm", beijing.engineer)
        late = {"appointment_at": typed(shanghai_time(9, day=26))}
        refused = beijing.refused(request, "arrange", beijing.engineer, **late)
        assert set(refused.errors) == {"why_late"}
        assert refused.errors["why_late"][0].values == {"until": "2026-11-25 17:00"}
        reason = {"why_late": "客户周四才有空"}
        assert beijing.act(request, "arrange", beijing.engineer, **late, **reason).state == "arranged"


@pytest.mark.clause("QP/2-04 5.4")
@pytest.mark.parametrize(("days", "due"), [(0, shanghai_time(17)), (2, shanghai_time(17, day=25))])
def test_within_how_many_days_a_request_is_dispatched_is_a_parameter(
    beijing: Any, monkeypatch: pytest.MonkeyPatch, days: int, due: dt.datetime
) -> None:
    parameter = rules_of(beijing.office).parameters["fieldservice.dispatch_working_days"]
    assert (parameter.default, parameter.minimum, parameter.maximum) == (0, 0, 5)
    known = Rules.parameter
    set_by_office = {parameter.key: days}
    monkeypatch.setattr(Rules, "parameter", lambda rules, key: set_by_office.get(key, known(rules, key)))
    with clock.stopped_at(shanghai_time(10)):
        assert beijing.promises(beijing.registered())[DISPATCH].due_at == due
