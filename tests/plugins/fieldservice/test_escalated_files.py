"""Head office reads the files of an escalation, and nothing else that hangs on the office's cases (QI/05 3.3, 3.5)."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask.testing import FlaskClient

from core import switches
from core.db import db, lent_by, offices_seen, see_offices, writing
from core.people import Actor
from core.roles import DUTY_MANAGER, HEAD_OFFICE_SUPPORT
from core.rules import rules_of
from core.talk import files, notes
from core.talk.models import File
from core.talk.topics import topic_of
from core.testing import NATIONAL, SETTER_UP, House, SignIn, said
from tests.plugins.fieldservice.test_problem_pages import unsolved

ESCALATION, REQUEST, CUSTODY = (f"fieldservice.{one}" for one in ("escalation", "request", "custody"))
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\rIDATx\xdac\xfc\xcfP\x0f\x00\x03\x86\x01\x80Z4}k\x00\x00\x00\x00IEND\xaeB`\x82"
)


@pytest.fixture
def support(house: House) -> Actor:
    """Somebody of head-office support, where field service is used, too."""
    for plugin in NATIONAL:
        switches.switch(house.plugins, house.head, plugin, True, SETTER_UP)
    house.see()
    return house.hire(house.head, HEAD_OFFICE_SUPPORT, name="吴总部")


def attach(centre: Any, about: str, case: Any, name: str) -> File:
    """Attach a screenshot as the office does."""
    topic = topic_of(rules_of(centre.office), about, case.id)
    (kept,), _refused = files.attach(topic, [files.Sent(name, io.BytesIO(PNG))], centre.duty)
    return kept


def place(about: str, case: Any, file: File | None = None, deed: str = "") -> str:
    return f"/HQ/talk/{about}/{case.id}/files" + (f"/{file.id}{deed}" if file else "")


def fetched(browser: FlaskClient, path: str) -> tuple[int, bytes]:
    with browser.get(path) as answer:
        return answer.status_code, answer.data


@pytest.mark.clause("QI/05 3.5")
@pytest.mark.clause("QP/2-04 5.6")
def test_head_office_sees_the_screenshots_that_hang_on_the_escalation(
    beijing: Any, support: Actor, sign_in: SignIn
) -> None:
    one = beijing.escalated()
    kept = attach(beijing, ESCALATION, one, "反结账报错.png")
    browser = sign_in(support, "en")
    page = browser.get(f"/HQ/fieldservice/escalation/{one.number}").text
    assert "反结账报错.png" in page
    assert f'src="{place(ESCALATION, one, kept, "/preview")}"' in page
    assert fetched(browser, place(ESCALATION, one, kept)) == (200, PNG)
    assert fetched(browser, place(ESCALATION, one, kept, "/preview")) == (200, PNG)
    ours = said(sign_in(beijing.duty, "en").get(f"/BJ/fieldservice/escalation/{one.number}").text)
    assert "Head office reads these files, too." in ours


@pytest.mark.clause("QI/05 3.3")
def test_what_hangs_on_the_request_or_lies_in_custody_stays_in_the_office(
    beijing: Any, support: Actor, sign_in: SignIn, house: House
) -> None:
    request = unsolved(beijing)
    one = beijing.escalated(request)
    seen_on_site = attach(beijing, REQUEST, request, "现场.png")
    document = db.session.query(File).filter_by(about=CUSTODY).one()
    paths = (
        place(REQUEST, request, seen_on_site),
        f"/HQ/talk/{CUSTODY}/{document.subject_id}/files/{document.id}",
    )
    browser, manager = sign_in(support, "en"), sign_in(house.hire(house.head, DUTY_MANAGER), "en")
    assert [fetched(browser, path)[0] for path in paths] == [403, 403]
    assert [fetched(manager, path)[0] for path in paths] == [404, 404]
    assert fetched(browser, place(ESCALATION, one, seen_on_site))[0] == 404
    page = browser.get(f"/HQ/fieldservice/escalation/{one.number}").text
    assert "现场.png" not in page
    assert "The office has attached nothing yet." in said(page)


@pytest.mark.clause("QP/2-04 5.6")
def test_from_above_nothing_is_added_removed_or_noted(
    beijing: Any, support: Actor, sign_in: SignIn, house: House
) -> None:
    one = beijing.escalated()
    kept, gone = (attach(beijing, ESCALATION, one, name) for name in ("留.png", "撤.png"))
    topic = topic_of(rules_of(beijing.office), ESCALATION, one.id)
    files.remove(topic, gone.id, "传错了", beijing.duty)
    notes.write(topic, "客户很急，内部先别答应日期", beijing.duty)
    browser = sign_in(support, "en")
    page = browser.get(f"/HQ/fieldservice/escalation/{one.number}").text
    for offered in ("/remove", "/put-back", 'name="files"', 'name="text"', "内部先别答应日期"):
        assert offered not in page
    assert fetched(browser, place(ESCALATION, one, gone))[0] == 404
    sent = {"files": (io.BytesIO(PNG), "总部.png")}
    assert browser.post(place(ESCALATION, one), data=sent).status_code == 404
    assert browser.post(place(ESCALATION, one, kept, "/remove"), data={"reason": "x"}).status_code == 404
    assert browser.post(f"/HQ/talk/{ESCALATION}/{one.id}/notes", data={"text": "x"}).status_code == 404
    house.see()
    assert [file.name for file in db.session.query(File) if file.removed_at is None] == ["留.png"]


@pytest.mark.clause("QP/2-04 5.6")
def test_another_office_does_not_see_them(
    beijing: Any, shanghai: Any, support: Actor, sign_in: SignIn
) -> None:
    one = beijing.escalated()
    kept = attach(beijing, ESCALATION, one, "反结账报错.png")
    path = place(ESCALATION, one, kept).replace("/HQ/", "/SH/")
    assert fetched(sign_in(shanghai.duty, "en"), path)[0] == 404
    assert fetched(sign_in(beijing.duty, "en"), path.replace("/SH/", "/BJ/")) == (200, PNG)


def test_what_an_office_lends_is_read_only_and_sight_ends_with_the_look(beijing: Any, house: House) -> None:
    attach(beijing, ESCALATION, beijing.escalated(), "反结账报错.png")
    head = frozenset({house.head.id})
    see_offices(head)
    assert db.session.query(File).count() == 0
    with lent_by(beijing.office.id):
        assert db.session.query(File).count() == 1
    assert (offices_seen(), db.session.query(File).count()) == (head, 0)
    with pytest.raises(ZeroDivisionError), lent_by(beijing.office.id):
        raise ZeroDivisionError
    assert (offices_seen(), db.session.query(File).count()) == (head, 0)
    with writing(), pytest.raises(RuntimeError, match="only read"), lent_by(beijing.office.id):
        pass
