"""A visit that found no remedy ends with what was tried (QI/04 3.1.6, 3.1.7; QP/2-04 5.6)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from core.errors import RefusalKind
from plugins.fieldservice.records import request_form
from plugins.fieldservice.testing import SIGNATURE
from tests.plugins.fieldservice.test_visit_page import line
from tests.plugins.fieldservice.visiting.test_deeds import phone_of

SitDown = Callable[..., Any]
TRIED = "重建索引、换补丁 8.13，都没有用"
SAID = {"signed_by": "高敏", "signature": SIGNATURE}
BACKED_UP = {"account_sets": "001", "reports_asked": True}


@pytest.fixture
def backed_up(beijing: Any) -> Any:
    """A request on site whose data are safe, and for which no remedy is found."""
    return beijing.act(beijing.on_site(), "back_up", beijing.engineer, **BACKED_UP)


def left(centre: Any, request: Any) -> Any:
    """Say that it cannot be solved on this visit."""
    return centre.act(request, "leave_unsolved", centre.engineer, tried=TRIED)


def on_paper(request: Any, label: str) -> str:
    """Return what QR/03 says in a field of the engineer's part."""
    (part,) = (part for part in request_form.parts if part.title.msgid == "Field engineer")
    (field,) = (one for one in part.fields if one.label.msgid == label)  # type: ignore[union-attr]
    return str(field.value(request))


@pytest.mark.clause("QI/04 3.1.7")
@pytest.mark.clause("QP/2-04 5.6")
def test_what_has_no_remedy_is_signed_without_trial_and_explanation(beijing: Any, backed_up: Any) -> None:
    request = left(beijing, backed_up)
    request = beijing.act(request, "sign", beijing.engineer, result="unsolved", **SAID)
    request = beijing.act(request, "turn_in", beijing.engineer)
    assert (request.state, request.result, request.tried) == ("turned_in", "unsolved", TRIED)
    assert (request.remedy, request.tried_by, request.prevention) == ("", "", "")


@pytest.mark.clause("QI/04 3.1.7")
@pytest.mark.parametrize("result", ["all_solved", "partly"])
def test_nothing_else_is_signed_that_way(beijing: Any, backed_up: Any, result: str) -> None:
    request = left(beijing, backed_up)
    refused = beijing.refused(request, "sign", beijing.engineer, result=result, **SAID)
    assert list(refused.errors) == ["result"]
    assert refused.errors["result"][0].msgid.startswith("No remedy was found")


@pytest.mark.clause("QI/04 3.1.7")
@pytest.mark.parametrize("result", ["all_solved", "partly", "unsolved"])
def test_without_a_word_of_what_was_tried_the_gate_answers_as_ever(
    beijing: Any, backed_up: Any, result: str
) -> None:
    refused = beijing.refused(backed_up, "sign", beijing.engineer, result=result, **SAID)
    assert (refused.kind, [one.clause for one in refused.objections]) == (
        RefusalKind.OBJECTION,
        ["QI/04 3.1.7"],
    )


def test_it_is_said_what_was_tried_and_not_before_the_back_up(beijing: Any) -> None:
    request = beijing.on_site()
    refused = beijing.refused(request, "leave_unsolved", beijing.engineer, tried=TRIED)
    assert [one.clause for one in refused.objections] == ["QI/04 3.1.6-backup"]
    beijing.act(request, "back_up", beijing.engineer, **BACKED_UP)
    assert list(beijing.refused(request, "leave_unsolved", beijing.engineer).errors) == ["tried"]


@pytest.mark.clause("QI/04 3.1.6-trial")
def test_a_remedy_that_is_found_after_all_is_tried_and_explained(beijing: Any, backed_up: Any) -> None:
    request = left(beijing, backed_up)
    request = beijing.act(request, "solve", beijing.engineer, cause="索引损坏", remedy="重建总账索引")
    assert request.tried == ""
    refused = beijing.refused(request, "sign", beijing.engineer, result="unsolved", **SAID)
    assert refused.kind is RefusalKind.OBJECTION


def test_a_remedy_that_did_not_help_is_none(beijing: Any) -> None:
    request = left(beijing, beijing.explained())
    assert (request.cause, request.remedy, request.tried_by, request.prevention) == ("索引损坏", "", "", "")


@pytest.mark.clause("QR/03 form")
def test_it_is_printed_where_the_remedy_would_stand(beijing: Any, backed_up: Any) -> None:
    request = left(beijing, backed_up)
    request = beijing.act(request, "sign", beijing.engineer, result="unsolved", **SAID)
    assert TRIED in on_paper(request, "Remedy")
    assert (on_paper(request, "Signature"), on_paper(request, "Date")) == ("王力", str(request.signed_at))
    assert on_paper(beijing.signed(), "Remedy") == "重建总账索引"


@pytest.mark.clause("QI/04 3.1.7")
def test_the_lines_of_the_page_lead_from_there_to_the_signature(
    beijing: Any, sit_down: SitDown, backed_up: Any
) -> None:
    screen, path = sit_down(beijing, beijing.engineer), f"visit/{backed_up.number}"
    page = screen.get(path)
    assert "It cannot be solved on this visit" in line(page, "solve")
    status, page = screen.post(path, step="leave_unsolved", tried="")
    assert status == 422
    assert '<details name="visit" open>' in line(page, "solve")
    assert '<details class="visit-facts" data-step="leave_unsolved" open>' in line(page, "solve")
    assert screen.post(path, step="leave_unsolved", tried=TRIED)[0] == 302
    page = screen.get(path)
    assert TRIED in line(page, "solve")
    assert '<li class="visit-done" id="visit-solve"' in page
    assert 'id="visit-try_out"' not in page
    assert 'id="visit-explain"' not in page
    signing = line(page, "sign")
    assert '<details name="visit" open>' in signing
    assert re.findall(r'name="result"[^>]* value="(\w+)"[^>]*( checked)', signing) == [
        ("unsolved", " checked")
    ]
    assert TRIED in signing
    assert "First: Result and signature" in line(page, "turn_in")


def test_a_phone_sends_it_in_its_order(beijing: Any, sit_down: SitDown, backed_up: Any) -> None:
    phone, seen = phone_of(beijing, sit_down, backed_up), backed_up.version
    answer = phone.send("m-1", seen, step="leave_unsolved", tried=TRIED)[1]
    signed = {"step": "sign", "result": "unsolved", **SAID}
    assert phone.send("m-2", answer["version"], **signed)[1]["state"] == "done"
    beijing.house.see()
    assert backed_up.state == "signed"


def test_the_next_visit_begins_without_it_and_tells_what_was_tried(
    beijing: Any, sit_down: SitDown, backed_up: Any
) -> None:
    request = beijing.act(left(beijing, backed_up), "recall", beijing.duty, reason="改派")
    assert request.tried == ""
    again = left(beijing, beijing.act(beijing.on_site(), "back_up", beijing.engineer, **BACKED_UP))
    beijing.act(again, "sign", beijing.engineer, result="unsolved", **SAID)
    first = beijing.confer(beijing.act(again, "turn_in", beijing.engineer), "带 8.14 补丁")
    beijing.act(first, "send_again", beijing.duty, advice="带 8.14 补丁")
    second = type(first).query.filter_by(previous_id=first.id).one()
    beijing.act(second, "dispatch", beijing.duty, engineer_id=beijing.engineer.person_id)
    page = sit_down(beijing, beijing.engineer).get(f"visit/{second.number}")
    assert TRIED in page.partition("What the first visit found")[2].partition("</details>")[0]
