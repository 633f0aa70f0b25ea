"""The engineer's page for a phone, and the duty manager's queue, as a browser without a screen sees them."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event

from core import clock
from core.customers.values import phones
from core.db import db, writing
from core.roles import FIELD_ENGINEER
from core.testing import House
from plugins.fieldservice.models import ServiceRequest

PNG = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"
    "+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
LOOKED = {"met": "高敏", "identity": "on", "shown": "on"}
BACKED_UP = {"account_sets": "001, 002", "reports_asked": "on"}
SOLVED = {"cause": "结转时断电", "remedy": "恢复备份后反结账"}
SIGNED = {"result": "all_solved", "signed_by": "高敏", "signature": PNG}
COSTS = {"travel_cost": "12", "material_cost": "0", "other_cost": "0"}


SitDown = Callable[..., Any]


def arranged(centre: Any, hours: int = 2) -> ServiceRequest:
    """Bring a request as far as its appointment."""
    request = centre.dispatched()
    centre.act(request, "confirm", centre.engineer)
    appointment = clock.now() + dt.timedelta(hours=hours)
    return centre.act(request, "arrange", centre.engineer, appointment_at=appointment)


def explained(centre: Any) -> ServiceRequest:
    """Bring a request as far as the customer's signature."""
    request = centre.on_site()
    centre.act(request, "back_up", centre.engineer, **BACKED_UP)
    centre.act(request, "solve", centre.engineer, **SOLVED)
    centre.act(request, "try_out", centre.engineer, tried_by="高敏")
    return centre.act(request, "explain", centre.engineer, prevention="结账前先备份")


def found(number: str) -> ServiceRequest:
    """Return a request as it stands now."""
    return db.session.query(ServiceRequest).filter_by(number=number).one()


def line(page: str, name: str) -> str:
    """Return one line of a visit: what is told of a step, and its form."""
    lines = re.split(r'(?=<li class="visit-(?:open|done|closed)" id="visit-)', page)
    return next(one for one in lines if f'data-step="{name}"' in one)


def article(page: str, number: str) -> str:
    """Return one request of the queue."""
    return page[page.index(f'id="{number}"') :].partition("</article>")[0]


def numbers(page: str) -> list[str]:
    """Return the numbers of the requests on a page in their order."""
    return list(dict.fromkeys(re.findall(r"[A-Z]{2}-R-\d{4}-\d{5}", page)))


def local(moment: dt.datetime) -> str:
    """Write a moment as a browser in the office's zone does."""
    return moment.astimezone(dt.timezone(dt.timedelta(hours=8))).strftime("%Y-%m-%dT%H:%M")


@pytest.mark.clause("QI/04 3.1.2")
def test_where_the_engineer_is_comes_first_then_the_next_appointment(beijing: Any, sit_down: SitDown) -> None:
    signed = explained(beijing)
    beijing.act(signed, "sign", beijing.engineer, **SIGNED)
    later, sooner, here = arranged(beijing, 30), arranged(beijing, 4), beijing.on_site()
    expected = [one.number for one in (here, sooner, later, signed)]
    assert numbers(sit_down(beijing, beijing.engineer).get("visits")) == expected


def test_visits_of_others_and_what_is_turned_in_are_not_mine(beijing: Any, sit_down: SitDown) -> None:
    beijing.turned_in()
    mine = sit_down(beijing, beijing.engineer)
    beijing.dispatched()
    other = sit_down(beijing, beijing.hire(FIELD_ENGINEER, name="赵海燕"))
    assert len(numbers(mine.get("visits"))) == 1
    page = other.get("visits")
    assert not numbers(page)
    assert "No visit is waiting for you." in page
    assert "it appears here, the most urgent on top" in page


def test_the_next_visit_can_be_phoned_and_found_with_one_tap(beijing: Any, sit_down: SitDown) -> None:
    request = beijing.registered(phone="021-61541030-801、13801234567", address="闵行区 1 号")
    beijing.act(request, "dispatch", beijing.duty, engineer_id=beijing.engineer.person_id)
    page = sit_down(beijing, beijing.engineer).get("visits")
    assert 'href="tel:02161541030,801"' in page
    assert 'href="tel:13801234567"' in page
    assert 'href="geo:0,0?q=%E9%97%B5%E8%A1%8C%E5%8C%BA%201%20%E5%8F%B7"' in page


@pytest.mark.parametrize(
    ("typed", "dialled"),
    [
        ("021-61541030", ["tel:02161541030"]),
        ("6154-1030", ["tel:61541030"]),
        ("(021) 6154 1030 转 12", ["tel:02161541030,12"]),
        ("+86 138 0123 4567 / 021-61541030-8", ["tel:+8613801234567", "tel:02161541030,8"]),
        ("无", []),
        ("", []),
    ],
)
def test_a_telephone_dials_what_is_written(typed: str, dialled: list[str]) -> None:
    assert [phone.dial for phone in phones(typed)] == dialled


def test_my_visits_come_a_page_at_a_time(
    beijing: Any, sit_down: SitDown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plugins.fieldservice.queues.PAGE", 2)
    expected = [beijing.dispatched().number for _ in range(3)]
    screen = sit_down(beijing, beijing.engineer)
    first, second = numbers(screen.get("visits")), numbers(screen.get("visits?page=2"))
    assert (first + second, len(first)) == (expected, 2)
    assert numbers(screen.get("visits?page=99")) == second
    assert numbers(screen.get("visits?page=x")) == first


@pytest.mark.parametrize("path", ["visits", "dispatch"])
def test_a_longer_queue_asks_the_database_no_more_often(beijing: Any, sit_down: SitDown, path: str) -> None:
    screen = sit_down(beijing, beijing.engineer if path == "visits" else beijing.duty)
    asked = []
    for _round in range(2):
        for _ in range(2):
            beijing.dispatched()
            beijing.registered()
        beijing.turned_in()
        asked.append(questions(screen, path))
    assert asked[0] == asked[1]


def questions(screen: Any, path: str) -> int:
    """Count the questions that a page asks the database."""
    told: list[Any] = []

    def note(*question: Any) -> None:
        told.append(question[2])

    event.listen(db.engine, "before_cursor_execute", note)
    screen.get(path)
    event.remove(db.engine, "before_cursor_execute", note)
    return len(told)


@pytest.mark.clause("QI/04 flow")
@pytest.mark.clause("QP/2-04 5.5")
def test_a_visit_goes_line_by_line_to_the_return_slip(beijing: Any, sit_down: SitDown) -> None:
    number = beijing.dispatched().number
    screen = sit_down(beijing, beijing.engineer)
    steps: list[tuple[str, dict[str, str]]] = [
        ("confirm", {}),
        ("arrange", {"appointment_at": local(clock.now() + dt.timedelta(days=1))}),
        ("arrive", {}),
        ("look_into", LOOKED),
        ("back_up", BACKED_UP),
        ("solve", SOLVED),
        ("try_out", {"tried_by": "高敏"}),
        ("explain", {"prevention": "结账前先备份"}),
        ("sign", SIGNED),
        ("turn_in", COSTS),
    ]
    for step, typed in steps:
        now = line(screen.get(f"visit/{number}"), step)
        assert '<details name="visit" open>' in now, step
        seen = re.search(r'name="seen" value="(\d+)"', now)
        assert seen, step
        assert screen.post(f"visit/{number}", step=step, seen=seen[1], **typed)[0] == 302, step
    assert found(number).state == "turned_in"
    page = screen.get(f"visit/{number}")
    assert "结转时断电" in line(page, "solve")
    assert f'src="{PNG}"' in line(page, "sign")
    assert [backup.path for backup in found(number).backups if backup.path not in line(page, "back_up")] == []


@pytest.mark.clause("QI/04 3.1.6-backup")
def test_the_path_of_the_backup_is_ready_to_copy(beijing: Any, sit_down: SitDown) -> None:
    number = beijing.on_site().number
    screen = sit_down(beijing, beijing.engineer)
    with clock.stopped_at(dt.datetime(2002, 8, 28, 2, tzinfo=dt.UTC)):
        first = line(screen.get(f"visit/{number}"), "back_up")
        status, page = screen.post(f"visit/{number}", step="back_up", account_sets="3, 12")
    assert "<code>UFDATABAK\\WL20020828\\001</code>" in first
    again = line(page, "back_up")
    assert status == 422
    assert "(QI/04 3.1.6-backup)" in again
    assert "<code>UFDATABAK\\WL20020828\\003</code>" in again
    assert "<code>UFDATABAK\\WL20020828\\012</code>" in again


@pytest.mark.clause("QI/04 3.1.3")
@pytest.mark.clause("QI/04 3.1.4")
@pytest.mark.clause("QI/04 3.1.5")
def test_what_is_proper_at_the_door_stands_at_the_door(beijing: Any, sit_down: SitDown) -> None:
    number = arranged(beijing).number
    at_the_door = line(sit_down(beijing, beijing.engineer).get(f"visit/{number}"), "arrive")
    for words in ("Your badge is on.", "Knock, greet", "Say who you are", "Wash your hands"):
        assert words in at_the_door
    for clause in ("QI/04 3.1.3", "QI/04 3.1.4", "QI/04 3.1.5"):
        assert clause in at_the_door


@pytest.mark.clause("QI/04 3.2.12")
def test_the_customers_own_habits_are_seen_before_the_door(beijing: Any, sit_down: SitDown) -> None:
    request = beijing.dispatched()
    with writing():
        db.session.merge(request.customer).site_note = "机房要换鞋"
    screen = sit_down(beijing, beijing.engineer)
    for path in ("visits", f"visit/{request.number}"):
        assert "机房要换鞋" in screen.get(path)


@pytest.mark.clause("QI/04 3.1.6-backup")
def test_a_closed_line_keeps_its_place_and_says_why(beijing: Any, sit_down: SitDown) -> None:
    number = beijing.on_site().number
    screen = sit_down(beijing, beijing.engineer)
    page = screen.get(f"visit/{number}")
    assert "First back up, and confirm it for each account set." in line(page, "solve")
    assert "First: Result and signature" in line(page, "turn_in")
    places = [
        page.index(f'data-step="{name}"') for name in ("confirm", "arrive", "look_into", "solve", "turn_in")
    ]
    assert places == sorted(places)
    assert "<form" not in line(page, "solve")
    status, page = screen.post(f"visit/{number}", step="solve", **SOLVED)
    assert status == 409
    assert "结转时断电" in line(page, "solve")
    assert "QI/04 3.1.6-backup" in line(page, "solve")
    assert found(number).remedy == ""


def test_what_is_worked_without_a_backup_goes_on_too(beijing: Any, sit_down: SitDown) -> None:
    number = beijing.on_site().number
    screen = sit_down(beijing, beijing.engineer)
    assert "Work without a back-up" in screen.get(f"visit/{number}")
    waived = {"step": "waive_backup", "backup_waived": "硬盘已坏，读不出"}
    assert screen.post(f"visit/{number}", **waived)[0] == 302
    page = screen.get(f"visit/{number}")
    assert "硬盘已坏，读不出" in line(page, "back_up")
    assert '<details name="visit" open>' in line(page, "solve")


@pytest.mark.clause("QI/04 3.1.7")
def test_nothing_that_was_typed_or_drawn_is_lost_when_something_is_wrong(
    beijing: Any, sit_down: SitDown
) -> None:
    number = explained(beijing).number
    typed = {"result": "partly", "opinion": "很满意，只差打印", "signature": PNG, "signed_by": ""}
    status, page = sit_down(beijing, beijing.engineer).post(f"visit/{number}", step="sign", **typed)
    signing = line(page, "sign")
    assert status == 422
    assert "This field is needed." in signing
    assert "很满意，只差打印" in signing
    assert f'value="{PNG}"' in signing
    assert 'value="partly" required checked' in signing
    assert found(number).signature == ""


def test_a_signature_that_is_no_picture_is_refused_beside_it(beijing: Any, sit_down: SitDown) -> None:
    number = explained(beijing).number
    typed = SIGNED | {"signature": "data:image/png;base64,AAAA"}
    status, page = sit_down(beijing, beijing.engineer).post(f"visit/{number}", step="sign", **typed)
    assert status == 422
    assert "The signature did not arrive whole. Please sign again." in line(page, "sign")


def test_without_scripts_the_page_says_what_it_cannot_do(beijing: Any, sit_down: SitDown) -> None:
    number = explained(beijing).number
    signing = line(sit_down(beijing, beijing.engineer).get(f"visit/{number}"), "sign")
    said = re.search(r"<noscript>(.*?)</noscript>", signing, re.S)
    assert said
    assert "The rest of the page works without." in said[1]


def test_two_phones_at_once_the_second_is_told_who_did_what(beijing: Any, sit_down: SitDown) -> None:
    request = beijing.on_site()
    seen = beijing.act(request, "back_up", beijing.engineer, **BACKED_UP).version
    number = beijing.act(request, "solve", beijing.engineer, **SOLVED).number
    typed = {"step": "solve", "seen": seen, "cause": "病毒", "remedy": "重装"}
    status, page = sit_down(beijing, beijing.engineer).post(f"visit/{number}", **typed)
    assert status == 409
    assert "Meanwhile 王力 did “Cause and remedy” on it." in line(page, "solve")
    assert "病毒" in line(page, "solve")
    assert found(number).cause == "结转时断电"


def test_what_was_typed_into_a_step_that_is_gone_can_be_copied(beijing: Any, sit_down: SitDown) -> None:
    number = beijing.on_site().number
    typed = {"step": "give_back", "reason": "地址不清楚"}
    status, page = sit_down(beijing, beijing.engineer).post(f"visit/{number}", **typed)
    assert status == 409
    assert "地址不清楚" in page.partition("What you typed, to copy")[2].partition("</dl>")[0]


@pytest.mark.clause("QP/2-04 5.5")
def test_only_the_engineer_who_is_named_takes_the_steps(beijing: Any, sit_down: SitDown) -> None:
    number = beijing.dispatched().number
    other = sit_down(beijing, beijing.hire(FIELD_ENGINEER, name="赵海燕"))
    assert "Field engineer (only 王力)" in line(other.get(f"visit/{number}"), "confirm")
    assert other.post(f"visit/{number}", step="confirm")[0] == 403
    assert found(number).state == "dispatched"


@pytest.mark.clause("QI/04 3.2.1")
def test_an_appointment_is_moved_under_more_and_only_with_consent(beijing: Any, sit_down: SitDown) -> None:
    number = arranged(beijing).number
    screen = sit_down(beijing, beijing.engineer)
    later = clock.now() + dt.timedelta(days=2)
    typed = {"step": "reschedule", "appointment_at": local(later), "reason": "客户停电"}
    status, page = screen.post(f"visit/{number}", **typed)
    assert status == 422
    assert "Without the customer's consent an appointment stands (QI/04 3.2.1)." in page
    assert "客户停电" in page
    assert screen.post(f"visit/{number}", **typed, consent="on")[0] == 302
    assert local(found(number).appointment_at or clock.now()) == local(later)


def test_a_request_that_is_given_back_begins_anew(beijing: Any, sit_down: SitDown) -> None:
    number = arranged(beijing).number
    screen = sit_down(beijing, beijing.engineer)
    assert screen.post(f"visit/{number}", step="give_back", reason="地址不清楚")[0] == 302
    page = screen.get("visits")
    assert "Done: Give back to the duty manager" in page
    assert number not in numbers(page)
    page = screen.get(f"visit/{number}")
    assert 'class="visit-done"' not in page
    assert "Not now: the request is “To be dispatched”." in line(page, "confirm")


def test_an_unknown_step_or_number_is_not_found(beijing: Any, sit_down: SitDown) -> None:
    number = beijing.dispatched().number
    screen = sit_down(beijing, beijing.engineer)
    assert screen.post(f"visit/{number}", step="fly")[0] == 404
    assert screen.post(f"visit/{number}")[0] == 404
    assert screen.send("GET", "/BJ/fieldservice/visit/BJ-R-1999-00001")[0] == 404


def test_other_offices_and_offices_without_field_service_have_no_such_page(
    beijing: Any, shanghai: Any, house: House, sit_down: SitDown
) -> None:
    number = shanghai.dispatched().number
    screen = sit_down(beijing, beijing.engineer)
    for path in (
        f"SH/fieldservice/visit/{number}",
        f"BJ/fieldservice/visit/{number}",
        "SH/fieldservice/visits",
    ):
        assert screen.send("GET", f"/{path}")[0] == 404
    assert screen.send("GET", "/BJ/fieldservice/dispatch")[0] == 403
    bare = house.office("TJ", "hotline")
    away = sit_down(beijing, house.hire(bare, FIELD_ENGINEER, name="孙强"))
    assert away.send("GET", "/TJ/fieldservice/visits")[0] == 404


@pytest.mark.clause("QI/04 3.1.6-backup")
def test_a_back_up_that_is_confirmed_twice_is_no_error_but_said(beijing: Any, sit_down: SitDown) -> None:
    number = beijing.on_site().number
    screen = sit_down(beijing, beijing.engineer)
    screen.post(f"visit/{number}", step="back_up", **BACKED_UP)
    again = {"step": "back_up", "account_sets": "００２、003", "reports_asked": "on"}
    assert screen.post(f"visit/{number}", **again)[0] == 302
    assert "Confirmed before on this visit: 002. Nothing was added." in screen.get(f"visit/{number}")
    assert [copy.account_set for copy in found(number).copies] == ["001", "002", "003"]


@pytest.mark.clause("QI/04 3.1.6-backup")
def test_the_next_engineers_page_begins_with_his_own_back_up(beijing: Any, sit_down: SitDown) -> None:
    number = explained(beijing).number
    request = beijing.act(found(number), "recall", beijing.duty, reason="工程师生病，改派他人")
    other = beijing.hire(FIELD_ENGINEER, name="赵海燕")
    beijing.act(request, "dispatch", beijing.duty, engineer_id=other.person_id)
    beijing.act(request, "confirm", other)
    beijing.act(request, "arrange", other, appointment_at=clock.now() + dt.timedelta(hours=1))
    beijing.act(request, "arrive", other)
    beijing.act(request, "look_into", other, **LOOKED)
    page = sit_down(beijing, other).get(f"visit/{number}")
    assert "工程师生病，改派他人" in page
    assert '<details name="visit" open>' in line(page, "back_up")
    assert "WL2" not in line(page, "back_up")
    assert "If that cannot be, say why under “Work without a back-up”." in line(page, "solve")


@pytest.mark.clause("QI/04 3.1.7")
def test_what_was_signed_by_mistake_is_to_be_done_again(beijing: Any, sit_down: SitDown) -> None:
    number = beijing.turned_in("partly").number
    beijing.act(found(number), "back_to_engineer", beijing.duty, reason="结果点错了")
    screen = sit_down(beijing, beijing.engineer)
    assert numbers(screen.get("visits")) == [number]
    page = screen.get(f"visit/{number}")
    assert "结果点错了" in page
    assert '<li class="visit-done" id="visit-explain"' in page
    assert '<details name="visit" open>' in line(page, "sign")
    assert "First: Result and signature" in line(page, "turn_in")


@pytest.mark.clause("QI/04 3.1.7")
def test_the_customer_sees_what_he_signs_for_and_the_contact_stands_there(
    beijing: Any, sit_down: SitDown
) -> None:
    request = beijing.on_site()
    beijing.act(request, "back_up", beijing.engineer, **BACKED_UP)
    number = beijing.act(request, "solve", beijing.engineer, **SOLVED).number
    screen = sit_down(beijing, beijing.engineer)
    assert 'value="罗文"' in line(screen.get(f"visit/{number}"), "try_out")
    beijing.act(request, "try_out", beijing.engineer, tried_by="高敏")
    beijing.act(request, "explain", beijing.engineer, prevention="结账前先备份")
    signing = line(screen.get(f"visit/{number}"), "sign")
    signed_for = signing[signing.index("visit-signed-for") :].partition("</dl>")[0]
    for words in ("反结账", "恢复备份后反结账", "结账前先备份"):
        assert words in signed_for
    assert 'value="罗文"' in signing


@pytest.mark.clause("QI/04 3.1.7")
def test_without_scripts_the_customer_signs_on_paper(beijing: Any, sit_down: SitDown) -> None:
    number = explained(beijing).number
    screen = sit_down(beijing, beijing.engineer)
    signing = line(screen.get(f"visit/{number}"), "sign")
    assert "Let the customer sign on paper" in "".join(
        re.findall(r"<noscript>(.*?)</noscript>", signing, re.S)
    )
    typed = {"result": "all_solved", "signed_by": "高敏", "on_paper": "服务站文件柜"}
    assert screen.post(f"visit/{number}", step="sign", **typed)[0] == 302
    assert "服务站文件柜" in line(screen.get(f"visit/{number}"), "sign")


@pytest.mark.clause("QI/03 3.2.7")
def test_an_appointment_later_than_promised_asks_for_its_reason(beijing: Any, sit_down: SitDown) -> None:
    number = beijing.dispatched().number
    beijing.act(found(number), "confirm", beijing.engineer)
    screen = sit_down(beijing, beijing.engineer)
    assert "Why later than promised" not in line(screen.get(f"visit/{number}"), "arrange")
    late = {"step": "arrange", "appointment_at": local(clock.now() + dt.timedelta(days=40))}
    status, page = screen.post(f"visit/{number}", **late)
    assert (status, "The visit was promised until" in line(page, "arrange")) == (422, True)
    assert screen.post(f"visit/{number}", **late, why_late="客户下月才有空")[0] == 302


@pytest.mark.clause("QI/04 3.2.1")
def test_an_appointment_that_has_passed_is_red_for_both(beijing: Any, sit_down: SitDown) -> None:
    number = arranged(beijing).number
    engineer, duty = sit_down(beijing, beijing.engineer), sit_down(beijing, beijing.duty)
    passed = "Appointments that have passed, and nobody has arrived"
    assert "visit-passed" not in engineer.get("visits")
    assert passed not in duty.get("dispatch")
    with clock.stopped_at(clock.now() + dt.timedelta(hours=3)):
        page = engineer.get("visits")
        assert "visit-passed" in page
        assert "Be at the customer's when agreed" in page
        assert number in duty.get("dispatch").partition(passed)[2].partition("Turned in")[0]


def test_the_page_opens_the_step_it_is_asked_for_when_it_is_its_turn(beijing: Any, sit_down: SitDown) -> None:
    number = beijing.dispatched().number
    screen = sit_down(beijing, beijing.engineer)
    opened = '<details name="visit" open>'
    assert opened in line(screen.get(f"visit/{number}?step=arrive"), "confirm")
    assert opened in line(screen.get(f"visit/{number}?step=nonsense"), "confirm")
    page = screen.get(f"visit/{number}?step=give_back")
    assert opened not in page
    assert '<details name="more" open>' in page


@pytest.mark.parametrize("seen", ["", "x", "-1"])
def test_who_does_not_say_what_he_saw_has_seen_nothing(beijing: Any, sit_down: SitDown, seen: str) -> None:
    request = beijing.registered()
    typed = {"number": request.number, "seen": seen, "engineer_id": beijing.engineer.person_id}
    assert sit_down(beijing, beijing.duty).post("dispatch", **typed)[0] == 409
    visited = beijing.dispatched().number
    engineer = sit_down(beijing, beijing.engineer)
    assert engineer.post(f"visit/{visited}", step="confirm", seen=seen)[0] == 409
    assert (found(request.number).state, found(visited).state) == ("registered", "dispatched")


@pytest.mark.clause("QP/2-04 5.4")
def test_the_queue_tells_what_came_back_and_what_is_a_follow_up(beijing: Any, sit_down: SitDown) -> None:
    back = beijing.act(beijing.dispatched(), "give_back", beijing.engineer, reason="地址不清楚")
    again = beijing.sent_again()
    page = sit_down(beijing, beijing.duty).get("dispatch")
    for words in ("Given back", "地址不清楚"):
        assert words in article(page, back.number)
        assert words not in article(page, again.number)
    assert "Follow-up" in article(page, again.number)


@pytest.mark.clause("QP/2-04 5.4")
def test_the_duty_manager_dispatches_from_the_queue(beijing: Any, sit_down: SitDown) -> None:
    beijing.dispatched()
    request = beijing.registered(wanted_time="明天上午")
    screen = sit_down(beijing, beijing.duty)
    page = screen.get("dispatch")
    assert numbers(page.partition('class="dispatch-day"')[0]) == [request.number]
    for words in ("上海恒远服装有限责任公司", "明天上午", "反结账", "王力 · open visits: 1"):
        assert words in article(page, request.number)
    typed = {"number": request.number, "seen": request.version, "engineer_id": beijing.engineer.person_id}
    assert screen.post("dispatch", **typed, advice="带服务包")[0] == 302
    dispatched = found(request.number)
    assert (dispatched.state, dispatched.advice) == ("dispatched", "带服务包")
    page = screen.get("dispatch")
    assert f"{request.number} is dispatched to 王力." in page
    assert "Nothing waits to be dispatched." in page


@pytest.mark.clause("QP/2-04 5.4")
@pytest.mark.clause("SHYY/QI/03 3.2")
def test_the_regional_manager_sees_why_not_in_beijing_and_dispatches_in_shanghai(
    beijing: Any, shanghai: Any, sit_down: SitDown
) -> None:
    for centre in (beijing, shanghai):
        request = centre.registered()
        screen = sit_down(centre, centre.manager)
        shown = article(screen.get("dispatch"), request.number)
        typed = {"number": request.number, "engineer_id": centre.engineer.person_id}
        status, _page = screen.post("dispatch", **typed)
        if centre is shanghai:
            assert ('name="engineer_id"' in shown, status) == (True, 302)
        else:
            assert ('name="engineer_id"' in shown, status) == (False, 403)
            assert "“Dispatch” is for: Duty manager." in shown
            assert "QP/2-04 5.4" in shown


@pytest.mark.clause("QI/03 3.2.6")
def test_what_waits_for_a_decision_stands_last_and_cannot_be_dispatched(
    beijing: Any, house: House, sit_down: SitDown
) -> None:
    expired = house.customer(beijing.office, contract=dt.date(2019, 1, 1))
    waiting, ready = beijing.registered(expired), beijing.registered()
    page = sit_down(beijing, beijing.duty).get("dispatch")
    assert numbers(page) == [ready.number, waiting.number]
    assert "when the regional manager has decided" in article(page, waiting.number)
    assert "<form" not in article(page, waiting.number)


def test_a_dispatch_without_an_engineer_keeps_what_was_typed(beijing: Any, sit_down: SitDown) -> None:
    chosen, other = beijing.registered(), beijing.registered()
    screen = sit_down(beijing, beijing.duty)
    status, page = screen.post("dispatch", number=chosen.number, advice="先看日志")
    assert status == 422
    assert "This field is needed." in article(page, chosen.number)
    assert "先看日志" in article(page, chosen.number)
    assert "This field is needed." not in article(page, other.number)
    assert screen.post("dispatch", advice="先看日志")[0] == 404


def test_the_second_dispatcher_is_told_who_was_first(beijing: Any, sit_down: SitDown) -> None:
    request = beijing.registered()
    typed = {"number": request.number, "seen": request.version, "engineer_id": beijing.engineer.person_id}
    beijing.act(request, "dispatch", beijing.duty, engineer_id=beijing.engineer.person_id)
    status, page = sit_down(beijing, beijing.duty).post("dispatch", **typed, advice="先看日志")
    assert status == 409
    assert "Meanwhile 周艳 did “Dispatch” on it." in page
    lost = page.partition("What you typed, to copy")[2].partition("</dl>")[0]
    assert ("王力" in lost, "先看日志" in lost) == (True, True)


@pytest.mark.clause("QI/05 3.1")
def test_what_is_turned_in_waits_for_the_morning_review(beijing: Any, sit_down: SitDown) -> None:
    number = beijing.turned_in("partly").number
    review = sit_down(beijing, beijing.duty).get("dispatch").partition("Turned in, to be reviewed")[2]
    assert numbers(review) == [number]
    assert "Partly solved" in review
    assert f'href="/BJ/fieldservice/request/{number}"' in review


def test_the_request_itself_leads_its_engineer_to_the_visit(beijing: Any, sit_down: SitDown) -> None:
    number = beijing.dispatched().number
    for person, led in ((beijing.engineer, True), (beijing.duty, False)):
        page = sit_down(beijing, person).get(f"request/{number}")
        assert (f"/BJ/fieldservice/visit/{number}#step" in page) is led


@pytest.mark.clause("QI/04 3.1.6", "QI/04 3.1.8", "QI/04 3.2.2", "QI/04 3.2.7")
@pytest.mark.clause("QI/04 3.2.10", "QI/04 3.2.11", "QI/04 3.2.12")
@pytest.mark.parametrize(
    ("state", "step", "clauses"),
    [
        ("dispatched", "arrange", {"QI/04 3.1.2", "QI/04 3.2.2"}),
        ("on_site", "arrive", {"QI/04 3.1.3", "QI/04 3.1.4", "QI/04 3.1.5", "QI/04 3.2.11", "QI/04 3.2.12"}),
        ("on_site", "look_into", {"QI/04 3.1.5", "QI/04 3.1.6", "QI/04 3.2.7", "QI/04 3.2.10"}),
        ("explained", "sign", {"QI/04 3.1.8"}),
    ],
)
def test_what_no_form_can_ask_is_said_where_it_counts(
    beijing: Any, sit_down: SitDown, state: str, step: str, clauses: set[str]
) -> None:
    request = getattr(beijing, state)()
    if step == "arrange":
        beijing.act(request, "confirm", beijing.engineer)
    page = sit_down(beijing, beijing.engineer).get(f"visit/{request.number}")
    tips = page.partition(f'data-step="{step}"')[2].partition("</li>\n    <li")[0]
    tips = tips.partition('<ul class="visit-tips">')[2].partition("</ul>")[0]
    assert set(re.findall(r'"tip clause"[^>]*>([^<]+?)\s*<', tips)) == clauses
