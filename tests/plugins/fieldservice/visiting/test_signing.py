"""Signed, stamped, or refused; and the signed sheet that comes later (QI/04 3.1.7)."""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Callable
from typing import Any

import pytest

from core.db import db
from core.rules import rules_of
from core.talk import files
from core.talk.topics import Topic
from plugins.fieldservice.models import ServiceRequest
from plugins.fieldservice.testing import SIGNATURE
from plugins.fieldservice.visiting import signing

SitDown = Callable[..., Any]
WORD = {"result": "partly", "signed_by": "高敏"}
PNG = base64.b64decode(SIGNATURE.partition(",")[2])
REFUSED = WORD | {"refused_because": "要等总经理回来"}


def topic(request: ServiceRequest, centre: Any) -> Topic:
    """Return what the files of a request hang on."""
    rules = rules_of(centre.office)
    return Topic(about="fieldservice.request", subject_id=request.id, number=str(request.number), rules=rules)


def photo(request: ServiceRequest, centre: Any, name: str = "公章.png") -> int:
    """Attach a photo to a request, and return its id."""
    kept, refused = files.attach(topic(request, centre), [files.Sent(name, io.BytesIO(PNG))], centre.engineer)
    assert not refused
    return kept[0].id


@pytest.mark.clause("QI/04 3.1.7")
def test_without_signature_stamp_paper_or_reason_nothing_is_signed(beijing: Any) -> None:
    refused = beijing.refused(beijing.explained(), "sign", beijing.engineer, **WORD)
    assert list(refused.errors) == ["signature"]


@pytest.mark.clause("QI/04 3.1.7")
def test_a_photo_of_the_stamp_is_as_good_as_a_signature(beijing: Any) -> None:
    request = beijing.explained()
    stamp = photo(request, beijing)
    request = beijing.act(request, "sign", beijing.engineer, **WORD, stamp_id=stamp)
    assert (request.state, request.stamp.name) == ("signed", "公章.png")
    assert signing.count_unsigned(beijing.office.id) == 0


def test_a_photo_of_another_request_is_no_stamp(beijing: Any) -> None:
    other = photo(beijing.explained(), beijing)
    refused = beijing.refused(beijing.explained(), "sign", beijing.engineer, **WORD, stamp_id=other)
    assert "stamp_id" in refused.errors


@pytest.mark.clause("QI/04 3.1.7")
def test_who_refuses_is_not_made_to_sign_and_the_reason_is_kept(beijing: Any) -> None:
    request = beijing.explained()
    both = REFUSED | {"signature": SIGNATURE}
    assert list(beijing.refused(request, "sign", beijing.engineer, **both).errors) == ["refused_because"]
    request = beijing.act(request, "sign", beijing.engineer, **REFUSED)
    assert (request.state, request.refused_because) == ("signed", "要等总经理回来")
    assert [one.number for one in signing.unsigned(beijing.office.id, 1).requests] == [request.number]


def test_other_offices_see_nothing_of_it(beijing: Any, shanghai: Any) -> None:
    beijing.act(beijing.explained(), "sign", beijing.engineer, **REFUSED)
    assert signing.count_unsigned(shanghai.office.id) == 0


def send_sheet(screen: Any, name: str, number: str = "") -> str:
    """Send a scanned sheet, and return what the page says then."""
    sheet = {"sheets": (io.BytesIO(PNG), name), "number": number}
    path = f"/{screen.centre.office.code}/fieldservice/unsigned"
    answer = screen.browser.post(path, data=sheet, content_type="multipart/form-data", follow_redirects=True)
    screen.centre.house.see()
    return html.unescape(str(answer.text))


@pytest.mark.clause("QI/04 3.1.7")
def test_a_signed_sheet_finds_its_request_by_its_name_and_then_it_is_signed_on_paper(
    beijing: Any, sit_down: SitDown
) -> None:
    request = beijing.act(beijing.explained(), "sign", beijing.engineer, **REFUSED)
    screen = sit_down(beijing, beijing.duty)
    board = screen.get("dispatch")
    assert "Not signed yet: 1" in board
    assert str(request.number) in screen.get("unsigned")
    told = send_sheet(screen, f"扫描 {str(request.number).lower()}.png")
    assert f"{request.number} is signed on paper now." in told
    assert "Every visit is signed for." in told
    assert "Not signed yet" not in screen.get("dispatch")
    signed = db.session.get_one(ServiceRequest, request.id)
    assert signed.on_paper == signed.scan.name == f"扫描 {str(request.number).lower()}.png"  # type: ignore[union-attr]


def test_a_number_that_is_typed_counts_before_the_name(beijing: Any, sit_down: SitDown) -> None:
    request = beijing.act(beijing.explained(), "sign", beijing.engineer, **REFUSED)
    told = send_sheet(sit_down(beijing, beijing.duty), "IMG_0001.png", str(request.number))
    assert f"{request.number} is signed on paper now." in told


@pytest.mark.parametrize(
    ("name", "number", "said"),
    [
        ("IMG_0001.png", "", "IMG_0001.png: no request number in its name."),
        ("BJ-R-1999-00001.png", "", "There is no BJ-R-1999-00001 here."),
        ("BJ-R-2026-00001.exe", "", "this kind is not taken"),
    ],
)
def test_a_sheet_that_belongs_nowhere_is_refused_by_name(
    beijing: Any, sit_down: SitDown, name: str, number: str, said: str
) -> None:
    request = beijing.act(beijing.explained(), "sign", beijing.engineer, **REFUSED)
    name = name.replace("BJ-R-2026-00001", str(request.number))
    assert said in send_sheet(sit_down(beijing, beijing.duty), name, number)
    assert signing.count_unsigned(beijing.office.id) == 1


def test_what_was_signed_on_the_screen_needs_no_sheet(beijing: Any, sit_down: SitDown) -> None:
    request = beijing.signed()
    told = send_sheet(sit_down(beijing, beijing.duty), f"{request.number}.png")
    assert "It was signed on the screen" in told


def test_engineers_see_no_list_of_what_is_unsigned(beijing: Any, sit_down: SitDown) -> None:
    assert sit_down(beijing, beijing.engineer).send("GET", "/BJ/fieldservice/unsigned")[0] == 403


def test_a_longer_list_is_paged_and_asks_no_more_often(
    beijing: Any, sit_down: SitDown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plugins.fieldservice.visiting.signing.PAGE", 2)
    screen = sit_down(beijing, beijing.duty)
    request = beijing.act(beijing.explained(), "sign", beijing.engineer, **REFUSED)
    one = asked(screen)
    for _ in range(2):
        beijing.act(beijing.explained(), "sign", beijing.engineer, **REFUSED)
    assert asked(screen) == one
    assert f">{request.number}</a>" in screen.get("unsigned")
    assert f">{request.number}</a>" not in screen.get("unsigned?page=2")


def asked(screen: Any) -> int:
    """Count the questions that the list asks the database."""
    from tests.plugins.fieldservice.test_visit_page import questions

    return questions(screen, "unsigned")


def test_photos_come_to_the_visit_page_and_stay_with_the_request(beijing: Any, sit_down: SitDown) -> None:
    request = beijing.on_site()
    screen = sit_down(beijing, beijing.engineer)
    sent = {"files": [(io.BytesIO(PNG), "报错.png"), (io.BytesIO(b"MZ"), "a.exe")]}
    path = f"/BJ/fieldservice/visit/{request.number}/photo"
    answer = screen.browser.post(path, data=sent, content_type="multipart/form-data", follow_redirects=True)
    page = html.unescape(answer.text)
    assert "Attached: 报错.png" in page
    assert "a.exe: this kind is not taken" in page
    beijing.house.see()
    assert [one.name for one in files.of_topic(topic(request, beijing))] == ["报错.png"]


def test_what_was_signed_by_mistake_is_to_be_signed_anew(beijing: Any) -> None:
    request = beijing.act(beijing.explained(), "sign", beijing.engineer, **REFUSED)
    request = beijing.act(request, "back_to_engineer", beijing.duty, reason="客户愿意签了")
    assert (request.refused_because, request.signed_at) == ("", None)
    assert signing.count_unsigned(beijing.office.id) == 0
