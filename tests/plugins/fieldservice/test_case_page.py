"""What the pages of a case tell of a visit, and whom they lead where."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from core.api.shapes import own_columns
from core.plugins import Plugins
from core.roles import FIELD_ENGINEER
from plugins.fieldservice.models import ServiceRequest

SitDown = Callable[..., Any]


@pytest.mark.clause("QI/05 3.1")
def test_whoever_reviews_a_request_sees_what_was_signed_and_what_it_cost(
    beijing: Any, sit_down: SitDown
) -> None:
    number = beijing.turned_in().number
    page = sit_down(beijing, beijing.duty).get(f"request/{number}")
    for title in ("Dispatched", "Signed by", "Signed", "Turned in", "Travel (yuan)", "Other (yuan)"):
        assert f"<dt>{title}</dt>" in page
    assert "<dd>20.00</dd>" in page
    assert '<img class="img-fluid bg-white border rounded" src="data:image/png;base64,' in page
    assert f"/visit/{number}" not in page


@pytest.mark.clause("QI/04 3.1.7")
def test_the_picture_of_a_signature_does_not_leave_the_house(plugins: Plugins) -> None:
    request = plugins.procedures["fieldservice.request"]
    assert "signature" not in {column.key for column in own_columns(request)}


@pytest.mark.clause("QI/05 3.2")
def test_a_request_and_its_follow_up_know_each_other(beijing: Any, sit_down: SitDown) -> None:
    first = beijing.confer(beijing.turned_in("partly"), "带补丁")
    screen = sit_down(beijing, beijing.duty)
    path = f"/BJ/fieldservice/request/{first.number}/send_again"
    assert screen.send("POST", path, advice="带补丁", seen=first.version)[0] == 302
    again = ServiceRequest.query.filter_by(previous_id=first.id).one()
    link = f'href="/BJ/fieldservice/request/{again.number}"'
    page = screen.get(f"request/{first.number}")
    done = page[page.index("Done: Send somebody again") :].partition("</div>")[0]
    assert link in done
    assert link in page.partition("Sent again as")[2].partition("</dd>")[0]
    page = screen.get(f"request/{again.number}")
    beginning = page.partition("Previous request")[2].partition("</dl>")[0]
    for words in (first.number, "索引损坏", "重建总账索引", "满意"):
        assert words in beginning


@pytest.mark.clause("QI/05 3.2")
def test_who_is_sent_again_reads_what_the_first_visit_found(beijing: Any, sit_down: SitDown) -> None:
    again = beijing.sent_again()
    first = again.previous
    beijing.act(again, "dispatch", beijing.duty, engineer_id=beijing.engineer.person_id)
    page = sit_down(beijing, beijing.engineer).get(f"visit/{again.number}")
    told = page.partition("What the first visit found")[2].partition("</details>")[0]
    for words in (first.number, "索引损坏", "重建总账索引", "满意"):
        assert words in told


@pytest.mark.clause("QP/2-04 5.3")
def test_a_call_and_its_request_know_each_other(beijing: Any, sit_down: SitDown) -> None:
    call = beijing.log()
    screen = sit_down(beijing, beijing.duty)
    assert "fieldservice/request/BJ-R" not in screen.send("GET", f"/BJ/hotline/call/{call.number}")[1]
    visit = {"contact": "罗文", "phone": "13800000000", "address": "莘庄", "verified": "on"}
    screen.send("POST", f"/BJ/hotline/call/{call.number}/request_visit", seen=call.version, **visit)
    number = beijing.request_of(call).number
    page = screen.send("GET", f"/BJ/hotline/call/{call.number}")[1]
    assert f'href="/BJ/fieldservice/request/{number}"' in page.partition("Done: Field service request")[2]
    page = screen.get(f"request/{number}")
    assert f'href="/BJ/hotline/call/{call.number}"' in page.partition("From call")[2].partition("</dd>")[0]


@pytest.mark.clause("QI/04 flow")
def test_the_desk_leads_the_engineer_to_his_visit(beijing: Any, sit_down: SitDown) -> None:
    number, waits = beijing.dispatched().number, beijing.signed().number
    page = sit_down(beijing, beijing.engineer).send("GET", "/")[1]
    assert f'href="/BJ/fieldservice/visit/{number}?step=arrange#step"' in page
    assert f'href="/BJ/fieldservice/visit/{waits}?step=turn_in#step"' in page
    page = sit_down(beijing, beijing.duty).send("GET", "/")[1]
    assert f"/BJ/fieldservice/visit/{waits}" not in page


@pytest.mark.clause("QP/2-04 5.5")
def test_whom_the_request_does_not_name_takes_a_step_on_its_own_page(beijing: Any, sit_down: SitDown) -> None:
    number = beijing.signed().number
    led = f"/BJ/fieldservice/visit/{number}?step=turn_in#step"
    assert led in sit_down(beijing, beijing.engineer).get(f"request/{number}")
    page = sit_down(beijing, beijing.duty).get(f"request/{number}")
    assert led not in page
    assert f"/BJ/fieldservice/request/{number}?step=turn_in#step" in page
    other = sit_down(beijing, beijing.hire(FIELD_ENGINEER, name="赵海燕"))
    assert led not in other.get(f"request/{number}")
