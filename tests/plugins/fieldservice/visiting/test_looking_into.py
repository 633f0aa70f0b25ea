"""What is asked at the door and before the back-up: notices that hold today, whom one met, what one was shown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest

from core import clock, ledger, settings
from core.errors import RefusalKind, UnknownSetting
from core.people import Actor
from core.roles import SUPPORT_MANAGER
from core.rules import rules_of
from plugins.fieldservice.visiting import notices

ADMINISTRATOR = Actor("管理员", None, {})
SitDown = Callable[..., Any]
LOOKED = {"met": "高敏", "identity": True, "shown": True}
MASK = "2002-01-01/2099-12-31 进门戴口罩，接受客户的入门检查"
PAST = "2003-01-01/2003-06-30 量体温"


def arrived(centre: Any) -> Any:
    """Bring a request to the customer's door."""
    return centre.act(centre.arranged(clock.now() + dt.timedelta(hours=1)), "arrive", centre.engineer)


@pytest.mark.clause("QI/04 3.1.6")
def test_nothing_is_copied_or_waived_before_the_problem_was_gone_through(beijing: Any) -> None:
    request = arrived(beijing)
    for step, typed in (
        ("back_up", {"account_sets": "001", "reports_asked": True}),
        ("waive_backup", {"backup_waived": "硬盘坏了"}),
    ):
        refused = beijing.refused(request, step, beijing.engineer, **typed)
        assert [str(one.clause) for one in refused.objections] == ["QI/04 3.1.6"]
    beijing.act(request, "look_into", beijing.engineer, **LOOKED)
    backed_up = {"account_sets": "001", "reports_asked": True}
    assert beijing.act(request, "back_up", beijing.engineer, **backed_up).copies


@pytest.mark.clause("QI/04 3.1.5")
def test_the_contact_is_verified(beijing: Any) -> None:
    refused = beijing.refused(arrived(beijing), "look_into", beijing.engineer, **LOOKED | {"identity": False})
    assert refused.kind is RefusalKind.FORM
    assert list(refused.errors) == ["identity"]


@pytest.mark.clause("QI/04 3.1.6")
def test_the_problem_is_shown_or_it_is_said_why_not(beijing: Any) -> None:
    request = arrived(beijing)
    unseen = LOOKED | {"shown": False}
    assert list(beijing.refused(request, "look_into", beijing.engineer, **unseen).errors) == ["not_shown"]
    why = unseen | {"not_shown": "服务器停电", "other_problems": "打印慢"}
    request = beijing.act(request, "look_into", beijing.engineer, **why)
    assert (request.not_shown, request.other_problems) == ("服务器停电", "打印慢")
    assert beijing.act(request, "look_into", beijing.engineer, **why | {"shown": True}).not_shown == ""


@pytest.mark.clause("QI/04 3.1.6")
def test_the_next_engineer_looks_into_it_anew(beijing: Any) -> None:
    request = beijing.act(beijing.on_site(), "recall", beijing.duty, reason="改派")
    assert (request.looked_at, request.met) == (None, "")


@pytest.mark.clause("QI/04 3.1.3")
def test_what_holds_today_is_acknowledged_at_the_door_and_only_there(
    beijing: Any, shanghai: Any, sit_down: SitDown, house: Any
) -> None:
    settings.set_parameter(beijing.office, notices.KEY, f"{PAST} | {MASK}", ADMINISTRATOR)
    request = beijing.arranged(clock.now() + dt.timedelta(hours=1))
    page = sit_down(beijing, beijing.engineer).get(f"visit/{request.number}")
    assert "进门戴口罩" in page
    assert "量体温" not in page
    assert list(beijing.refused(request, "arrive", beijing.engineer).errors) == ["notices_kept"]
    request = beijing.act(request, "arrive", beijing.engineer, notices_kept=True)
    row = ledger.last_of("fieldservice.request", request.id)
    assert row
    assert row.details["values"]["notices"] == [MASK]
    assert arrived(shanghai).state == "on_site"


@pytest.mark.clause("QI/04 3.1.3")
def test_head_office_and_the_office_both_have_their_say(beijing: Any, house: Any) -> None:
    above = beijing.look(beijing.dispatched(), beijing.engineer).rules.line[-1]
    settings.set_parameter(above, notices.KEY, MASK, ADMINISTRATOR)
    settings.set_parameter(beijing.office, notices.KEY, "2002-01-01/2099-12-31 换鞋", ADMINISTRATOR)
    act = beijing.look(beijing.dispatched(), beijing.engineer)
    held = [one.words for one in notices.in_force(act.rules, act.now)]
    assert held == ["进门戴口罩，接受客户的入门检查", "换鞋"]


@pytest.mark.parametrize("text", ["口罩", "2026-11-01/2026-10-01 口罩", "2026-13-01/2026-12-01 口罩"])
def test_a_notice_without_its_days_is_refused_with_the_way_to_write_it(
    beijing: Any, house: Any, text: str
) -> None:
    with pytest.raises(UnknownSetting, match="2026-11-01/2026-12-31"):
        settings.set_parameter(beijing.office, notices.KEY, text, ADMINISTRATOR)


@pytest.mark.clause("QI/04 3.1.3")
def test_the_support_manager_keeps_the_offices_own_notices_on_a_page(beijing: Any, sit_down: SitDown) -> None:
    screen = sit_down(beijing, beijing.hire(SUPPORT_MANAGER, name="何志强"))
    path, given = "/BJ/fieldservice/door-notices", {"begins": "2002-01-01", "words": "进门 戴口罩"}
    status, page = screen.send("POST", path, **given, ends="2001-01-01")
    assert status == 422
    assert "It ends before it begins." in page
    assert 'value="进门 戴口罩"' in page
    assert screen.send("POST", path, **given, ends="2099-12-31")[0] == 302
    assert screen.send("POST", path, **given | {"words": "换鞋"}, ends="2099-12-31")[0] == 302
    assert screen.send("POST", path, **given | {"words": "a | b"}, ends="2099-12-31")[0] == 422
    page = screen.get("door-notices")
    assert page.index("进门 戴口罩") < page.index("换鞋")
    assert page.count("Take it back") == 2
    taken = "2002-01-01/2099-12-31 换鞋"
    assert screen.send("POST", f"{path}/end", notice=taken)[0] == 302
    assert "换鞋" not in screen.get("door-notices")
    assert [one.words for one in held(beijing)] == ["进门 戴口罩"]


def test_of_notices_that_are_given_at_once_none_is_lost(beijing: Any, sit_down: SitDown) -> None:
    manager = beijing.hire(SUPPORT_MANAGER, name="何志强")
    screens, together = [sit_down(beijing, manager) for _one in range(4)], Barrier(4)

    def give(place: int) -> None:
        said = {"begins": "2002-01-01", "ends": "2099-12-31", "words": f"第{place}条"}
        together.wait()
        screens[place].browser.post("/BJ/fieldservice/door-notices", data=said)

    threads = [Thread(target=give, args=(place,)) for place in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    beijing.house.see()
    assert {one.words for one in held(beijing)} == {f"第{place}条" for place in range(4)}


def held(centre: Any) -> Any:
    """Return what holds at the door of an office's customers now."""
    return notices.in_force(rules_of(centre.office), clock.now())


def test_an_engineer_reads_the_notices_and_keeps_none(beijing: Any, sit_down: SitDown) -> None:
    screen = sit_down(beijing, beijing.engineer)
    page = screen.get("door-notices")
    assert "Nothing special holds at the door." in page
    assert "Add a notice" not in page
    given = {"begins": "2002-01-01", "ends": "2099-12-31", "words": "戴口罩"}
    assert screen.send("POST", "/BJ/fieldservice/door-notices", **given)[0] == 403


@pytest.mark.clause("QI/04 3.1.8")
def test_the_page_has_the_words_to_take_leave_with(beijing: Any, sit_down: SitDown) -> None:
    request = beijing.signed()
    page = sit_down(beijing, beijing.engineer).get(f"visit/{request.number}")
    assert "Thank you for your time." in page
    assert "QI/04 3.1.8" in page
