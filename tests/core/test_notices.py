"""Notices: who hears of a step, one list for all one's offices, and nothing of what one may not read any more."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import func, select

from core import clock, gate
from core.db import db, writing
from core.i18n import _l
from core.offices import Office
from core.people import Actor, Person, RoleGrant, give_role
from core.roles import ARCHIVIST, DUTY_MANAGER, FIELD_ENGINEER, HOTLINE_ENGINEER
from core.talk import notices
from core.talk.models import Notice
from core.testing import House, SignIn, said

CALL = "/SH/hotline/call/SH-H-2026-00001"
REQUEST = "SH-R-2026-00001"
REQUESTS = "/SH/fieldservice/request"


@pytest.fixture
def shanghai(house: House) -> Office:
    return house.office("SH")


@pytest.fixture
def boss(house: House, shanghai: Office) -> Actor:
    return house.hire(shanghai, DUTY_MANAGER, name="王力")


@pytest.fixture
def wu(house: House, shanghai: Office) -> Actor:
    return house.hire(shanghai, FIELD_ENGINEER, name="吴磊")


@pytest.fixture
def dispatched(work: Any, shanghai: Office, boss: Actor, wu: Actor) -> str:
    """A request that was given to the engineer."""
    work.requested(shanghai)
    return dispatch(work, shanghai, boss, wu)


def dispatch(work: Any, office: Office, boss: Actor, wu: Actor, number: str = REQUEST) -> str:
    said = {"engineer_id": str(wu.person_id)}
    return str(work.done("fieldservice.request", number, "dispatch", boss, office, **said))


def told(house: House, *of: Actor) -> list[tuple[str, str, str]]:
    house.see()
    ids = [one.person_id for one in of]
    rows = db.session.scalars(select(Notice).where(Notice.person_id.in_(ids)).order_by(Notice.id))
    return [(one.kind, one.step, one.actor) for one in rows]


def unread(page: str) -> int:
    found = re.search(r'aria-label="Notices: (\d+) unread"', page)
    assert found
    return int(found[1])


def test_whoever_a_case_is_given_to_hears_of_it_and_who_gave_it_does_not(
    house: House, dispatched: str, boss: Actor, wu: Actor, sign_in: SignIn
) -> None:
    assert told(house, wu) == [("given", "dispatch", "王力")]
    assert told(house, boss) == []
    page = sign_in(wu).get("/notices").text
    assert f"Now yours: Dispatch, by 王力 {dispatched}" in said(page)


def test_whose_case_is_taken_or_moved_by_another_hears_of_it(
    house: House, work: Any, shanghai: Office, dispatched: str, boss: Actor, wu: Actor, sign_in: SignIn
) -> None:
    work.done("fieldservice.request", dispatched, "confirm", wu, shanghai)
    work.done("fieldservice.request", dispatched, "recall", boss, shanghai, reason="另派")
    assert told(house, wu)[1:] == [("taken", "recall", "王力")]
    dispatch(work, shanghai, boss, wu)
    work.done("fieldservice.request", dispatched, "cancel", boss, shanghai, reason="不去了")
    assert told(house, wu)[2:] == [("given", "dispatch", "王力"), ("moved", "cancel", "王力")]
    page = said(sign_in(wu).get("/notices").text)
    assert "No longer yours: Take back, to dispatch anew, by 王力" in page
    assert "Step of a colleague: Cancel, by 王力" in page


def test_whose_the_next_step_is_hears_that_it_came_back_to_him_and_no_other_mile(
    house: House, work: Any, shanghai: Office, boss: Actor
) -> None:
    luo = house.hire(shanghai, HOTLINE_ENGINEER, name="罗文")
    number = work.called(shanghai, luo)
    work.done("hotline.call", number, "demand", luo, shanghai, demand="今天必须来人")
    work.done("hotline.call", number, "answer_demand", boss, shanghai, answer="明早第一家")
    assert told(house, luo) == [("moved", "answer_demand", "王力")]
    work.done("hotline.call", number, "park", boss, shanghai)
    work.done("hotline.call", number, "solve", boss, shanghai, answer="先备份")
    assert told(house, luo)[-1] == ("moved", "solve", "王力"), "his case has come to its end"


def test_who_registered_a_request_hears_of_its_end_alone(
    house: House, work: Any, shanghai: Office, boss: Actor, wu: Actor
) -> None:
    luo = house.hire(shanghai, HOTLINE_ENGINEER, name="罗文")
    work.requested(shanghai, luo)
    number = dispatch(work, shanghai, boss, wu)
    work.done("fieldservice.request", number, "confirm", wu, shanghai)
    assert told(house, luo) == []
    work.done("fieldservice.request", number, "cancel", boss, shanghai, reason="不去了")
    assert told(house, luo) == [("moved", "cancel", "王力")]


def test_a_step_that_moves_nothing_or_is_refused_tells_nobody(
    house: House, work: Any, shanghai: Office, dispatched: str, boss: Actor, wu: Actor, sign_in: SignIn
) -> None:
    before = told(house, wu)
    manager = sign_in(boss)
    manager.post(f"{REQUESTS}/{dispatched}/recall", data={"seen": 99, "reason": "另派"})
    work.done("fieldservice.request", dispatched, "correct", boss, shanghai, **correct(shanghai, dispatched))
    assert told(house, wu) == before


def correct(office: Office, number: str) -> dict[str, str]:
    return {"contact": "高敏", "phone": "021-61541030", "address": "闵行区 2 号", "symptom": "反结账报错"}


def test_a_notice_that_cannot_be_written_undoes_no_step(
    house: House, work: Any, shanghai: Office, boss: Actor, wu: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    work.requested(shanghai)

    def fail(*arguments: Any) -> None:
        raise RuntimeError("no notice today")

    monkeypatch.setattr(notices, "_add", fail)
    number = dispatch(work, shanghai, boss, wu)
    assert gate.open_case("fieldservice.request", number, boss, shanghai).case.state == "dispatched"
    assert told(house, wu) == []


def test_one_list_for_all_offices_each_entry_opens_in_its_own(
    house: House, work: Any, shanghai: Office, dispatched: str, wu: Actor, sign_in: SignIn
) -> None:
    beijing = house.office("BJ")
    with writing():
        give_role(db.session.get_one(Person, wu.person_id), beijing, FIELD_ENGINEER, "tests")
    house.see()
    work.requested(beijing)
    dispatch(work, beijing, house.hire(beijing, DUTY_MANAGER, name="周北"), wu, "BJ-R-2026-00001")
    both = sign_in(wu)
    assert unread(both.get("/SH/customers/").text) == unread(both.get("/").text) == 2
    page = said(both.get("/notices").text)
    assert page.index("BJ-R-2026-00001") < page.index("SH-R-2026-00001")
    newest = db.session.scalar(select(func.max(Notice.id)))
    assert both.post(f"/notices/{newest}/open").location == "/BJ/fieldservice/request/BJ-R-2026-00001"


def test_when_the_right_is_withdrawn_the_entry_shows_nothing_any_more(
    house: House, shanghai: Office, dispatched: str, wu: Actor, sign_in: SignIn
) -> None:
    browser = sign_in(wu)
    browser.post("/SH/talk/core.customer/1/notes", data={"text": "x"})
    with writing():
        for grant in db.session.scalars(select(RoleGrant).where(RoleGrant.person_id == wu.person_id)):
            grant.taken_at = grant.given_at
    house.see()
    page = sign_in(wu).get("/notices").text
    assert "You may not read any more what this was about." in page
    assert not any(word in page for word in (dispatched, "王力", "SH</span>"))
    notice = db.session.scalars(select(Notice)).one()
    assert sign_in(wu).post(f"/notices/{notice.id}/open").status_code == 404


def test_a_role_that_may_not_read_such_cases_sees_nothing_of_them_either(
    house: House, shanghai: Office, wu: Actor, sign_in: SignIn
) -> None:
    house.see()
    archivist = house.hire(shanghai, ARCHIVIST)
    with writing(frozenset()):
        for about in ("quality.complaint", "nothing.known"):
            db.session.add(
                Notice(
                    person_id=archivist.person_id,
                    office_id=shanghai.id,
                    kind="given",
                    about=about,
                    subject_id=1,
                    number="SH-C-2026-00001",
                    actor="罗文",
                    at=clock.now(),
                )
            )
    page = sign_in(archivist).get("/notices").text
    assert page.count("You may not read any more") == 2
    assert "SH-C-2026-00001" not in page


def test_nobody_touches_anothers_notices(
    house: House, dispatched: str, boss: Actor, wu: Actor, sign_in: SignIn
) -> None:
    notice = db.session.scalars(select(Notice)).one().id
    manager = sign_in(boss)
    assert dispatched not in manager.get("/notices").text
    for deed in ("open", "read", "unread"):
        assert manager.post(f"/notices/{notice}/{deed}").status_code == 404
    manager.post("/notices/read")
    assert unread(sign_in(wu).get("/").text) == 1


def test_one_and_all_are_marked_as_read_and_unread_again(
    house: House, work: Any, shanghai: Office, dispatched: str, boss: Actor, wu: Actor, sign_in: SignIn
) -> None:
    work.requested(shanghai)
    dispatch(work, shanghai, boss, wu, "SH-R-2026-00002")
    browser = sign_in(wu)
    first, second = db.session.scalars(select(Notice.id).order_by(Notice.id))
    assert (
        browser.post(f"/notices/{first}/read", data={"next": "/notices?page=1"}).location == "/notices?page=1"
    )
    assert unread(browser.get("/notices").text) == 1
    browser.post("/notices/read")
    page = browser.get("/notices").text
    assert unread(page) == 0
    undo = re.search(r'action="(/notices/unread\?at=[^"]+)"', page)
    assert undo
    browser.post(undo[1])
    assert unread(browser.get("/notices").text) == 1, "what was read before stays read"
    browser.post(f"/notices/{first}/unread")
    assert unread(browser.get("/notices").text) == 2
    assert browser.post(f"/notices/{second}/read", data={"next": "//elsewhere.example"}).location == "/"
    for odd in ("x", "2026-01-01T00:00:00", ""):
        assert browser.post(f"/notices/unread?at={odd}").status_code == 302


def test_what_is_unread_comes_first_and_a_long_list_is_paged(
    house: House, work: Any, shanghai: Office, boss: Actor, wu: Actor, sign_in: SignIn, monkeypatch: Any
) -> None:
    monkeypatch.setattr("core.web.notices.PAGE", 2)
    for count in range(1, 4):
        work.requested(shanghai)
        dispatch(work, shanghai, boss, wu, f"SH-R-2026-0000{count}")
    browser = sign_in(wu)
    last = db.session.scalar(select(func.max(Notice.id)))
    browser.post(f"/notices/{last}/read")
    shown = [re.findall(r"SH-R-2026-0000\d", browser.get(f"/notices?page={page}").text) for page in (1, 2)]
    assert shown == [["SH-R-2026-00002", "SH-R-2026-00001"], ["SH-R-2026-00003"]]


def test_one_hears_of_what_one_wants_to_hear_of(
    house: House, work: Any, shanghai: Office, boss: Actor, wu: Actor, sign_in: SignIn
) -> None:
    browser = sign_in(wu)
    page = browser.get("/me").text
    assert page.count('name="kind"') == page.count(" checked>") == 5
    browser.post("/me/notices", data={"kind": ["mention", "taken", "nonsense"]})
    assert browser.get("/me").text.count(" checked>") == 2
    work.requested(shanghai)
    number = dispatch(work, shanghai, boss, wu)
    work.done("fieldservice.request", number, "recall", boss, shanghai, reason="另派")
    assert [kind for kind, _step, _who in told(house, wu)] == ["taken"]
    browser.post("/me/notices", data={"kind": ["given"]})
    dispatch(work, shanghai, boss, wu)
    assert [kind for kind, _step, _who in told(house, wu)] == ["taken", "given"]


def test_a_step_that_can_be_taken_back_offers_to_undo_it(
    house: House, work: Any, shanghai: Office, boss: Actor, wu: Actor, sign_in: SignIn
) -> None:
    work.requested(shanghai)
    manager = sign_in(boss)
    form = {"seen": 1, "engineer_id": str(wu.person_id)}
    assert manager.post(f"{REQUESTS}/{REQUEST}/dispatch", data=form).status_code == 302
    page = manager.get(f"{REQUESTS}/{REQUEST}").text
    undo = re.search(r'<a class="do undo" href="([^"#]+)[^"]*">Undo: Take back, to dispatch anew</a>', page)
    assert undo
    assert 'name="reason"' in manager.get(undo[1]).text, "the undoing asks for its reason"


def test_who_may_not_take_a_step_back_is_offered_nothing(
    house: House, work: Any, shanghai: Office, sign_in: SignIn
) -> None:
    engineer = house.hire(shanghai, HOTLINE_ENGINEER, name="罗文")
    number = work.called(shanghai, engineer)
    browser = sign_in(engineer)
    browser.post(f"{CALL}/park", data={"seen": 1})
    assert "Undo" not in browser.get(CALL).text, "the one who parks has no step that undoes it"
    browser.post(f"{CALL}/solve", data={"seen": 2, "answer": "先备份，再反结账"})
    assert "Undo: Reopen" in browser.get(CALL).text
    assert number == "SH-H-2026-00001"


def test_the_engineers_own_page_says_how_much_was_said(
    house: House, dispatched: str, boss: Actor, wu: Actor, sign_in: SignIn
) -> None:
    visit = f"/SH/fieldservice/visit/{dispatched}"
    assert "talk-link" not in sign_in(wu).get(visit).text
    sign_in(boss).post("/SH/talk/fieldservice.request/1/notes", data={"text": "门卫要登记"})
    page = sign_in(wu).get(visit).text
    assert f'class="talk-link" href="{REQUESTS}/{dispatched}#story-title"' in page
    assert "Notes 1" in said(page)


def test_what_asks_nothing_is_undone_with_one_button(
    house: House, install: Any, make_plugin: Any, work: Any, sign_in: SignIn
) -> None:
    def amend(procedures: Any) -> None:
        said = {"by": HOTLINE_ENGINEER, "clause": "QI/03 3.2.5"}
        call = procedures["hotline.call"]
        call.add_step("wake", "parked -> open", title=_l("Wake"), **said)
        call.add_step("nap", "open -> parked", title=_l("Nap"), undone_by="wake", **said)

    install(make_plugin("osaka", requires=("hotline",), amend=amend))
    osaka = house.office("OS", "hotline", "osaka")
    engineer = house.hire(osaka, HOTLINE_ENGINEER)
    number = work.called(osaka, engineer)
    browser, page = sign_in(engineer), f"/OS/hotline/call/{number}"
    browser.post(f"{page}/nap", data={"seen": 1})
    told = browser.get(page).text.partition('role="status"')[2].partition("</form>")[0]
    assert f'action="{page}/wake"' in told
    assert 'name="seen" value="2"' in told
    browser.post(f"{page}/wake", data={"seen": 2})
    assert gate.open_case("hotline.call", number, engineer, osaka).case.state == "open"
    browser.post(f"{page}/nap", data={"seen": 3})
    browser.post(f"{page}/wake", data={"seen": 4})
    assert browser.post(f"{page}/wake", data={"seen": 4}).status_code == 409, "an old button undoes nothing"
