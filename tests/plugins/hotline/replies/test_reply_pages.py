"""The catalogue to read, and beside the call desk to answer from."""

from __future__ import annotations

from typing import Any

import pytest

from core.roles import ARCHIVIST, SUPPORT_MANAGER
from core.testing import said
from plugins.fieldservice.testing import SYMPTOM
from plugins.hotline.models import Call
from plugins.hotline.replies.models import Reply
from plugins.hotline.replies.services import uses_of
from tests.plugins.hotline.replies.writing import approved

BOOK = "/BJ/hotline/replies"


@pytest.fixture
def reader(beijing: Any, sign_in: Any) -> Any:
    return sign_in(beijing.hotline)


def test_the_catalogue_shows_groups_what_fits_and_one_entry_in_the_readers_language(
    beijing: Any, reader: Any, sign_in: Any
) -> None:
    page = said(reader.get(f"{BOOK}?q=busy").text)
    assert "The hotline is always busy" in page
    assert "QI/02 delay.hotline-busy" in page
    assert "Few visits" not in page
    chinese = said(
        sign_in(beijing.hotline, locale="zh_Hans_CN").get(f"{BOOK}?group=fee&entry=fee.unused").text
    )
    assert "服务期是从协议签订之日起算的" in chinese
    assert "热线总是占线" not in chinese
    assert "No reply fits" in reader.get(f"{BOOK}?q=xyzzy").text
    assert reader.get(f"{BOOK}?entry=nobody&group=nobody").status_code == 200


def test_all_of_it_stands_on_one_page_for_paper(reader: Any) -> None:
    assert reader.get(f"{BOOK}?all=1").text.count("reply-parts") == 36


def test_the_office_begins_its_own_version_with_head_offices_words(
    beijing: Any, reader: Any, sign_in: Any
) -> None:
    answer = reader.post(f"{BOOK}/adapt", data={"entry": "fee.unused"})
    reply = Reply.query.one()
    assert reply.number in answer.location
    assert "step=edit" in answer.location
    assert (reply.key, reply.situation_zh) == ("fee.unused", "软件一直没用，为什么算服务期")
    assert reader.post(f"{BOOK}/adapt", data={"entry": "nobody"}).status_code == 404
    stranger = sign_in(beijing.hire(ARCHIVIST))
    assert stranger.post(f"{BOOK}/adapt", data={"entry": "fee.unused"}).status_code == 403
    assert Reply.query.count() == 1


def test_the_own_entry_says_whose_it_is(beijing: Any, reader: Any) -> None:
    reply = approved(beijing, key="fee.unused")
    page = reader.get(f"{BOOK}?entry=fee.unused").text
    assert reply.number in page
    assert "要求免费培训" in page


def test_a_reply_given_while_logging_is_kept_on_the_call_with_its_promise(beijing: Any, reader: Any) -> None:
    customer = beijing.house.customer(beijing.office)
    typed = SYMPTOM | {"customer_id": customer.id, "reply": "delay.three-days"}
    assert reader.post("/BJ/hotline/desk", data=typed).status_code == 302
    beijing.house.see()
    call = Call.query.one()
    assert [one.key for one in uses_of(call)] == ["delay.three-days"]
    assert beijing.promises(call)["hotline.reply_today_duty_manager"].state == "open"
    once = reader.post("/BJ/hotline/desk", data=typed | {"reply_not_promised": "y"})
    assert once.status_code == 302
    beijing.house.see()
    assert len(beijing.promises(Call.query.order_by(Call.id.desc()).first())) == 0


def test_a_reply_that_was_retired_meanwhile_is_refused_and_nothing_is_lost(beijing: Any, reader: Any) -> None:
    reply = approved(beijing, key="own.short")
    beijing.act(reply, "retire", beijing.hire(SUPPORT_MANAGER), reason="公开课已经取消，不再这样答复")
    customer = beijing.house.customer(beijing.office)
    answer = reader.post(
        "/BJ/hotline/desk", data=SYMPTOM | {"customer_id": customer.id, "reply": "own.short"}
    )
    assert answer.status_code == 422
    assert "This is not one of the choices" in answer.text
    assert SYMPTOM["happens"] in answer.text
    assert Call.query.count() == 0


def test_beside_the_desk_a_few_lines_fit_what_is_typed(reader: Any) -> None:
    page = reader.get("/BJ/hotline/desk/replies?help_q=fw").text
    assert page.count('role="option"') == 6
    assert "more in the catalogue" in page
    assert reader.get("/BJ/hotline/desk/replies?help_q=").text.strip() == ""
    assert "No reply fits" in reader.get("/BJ/hotline/desk/replies?help_q=xyzzy").text
    assert reader.get("/BJ/hotline/desk/reply?reply=nobody").text.strip() == ""
