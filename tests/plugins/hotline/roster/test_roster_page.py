"""The month's page: a grid that works by keyboard and without scripts, and the paper QR/01."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import event

from core import paper
from core.db import db
from core.testing import said

MONTH = "/BJ/hotline/duty/2026-12"


def field(page: str, name: str) -> str:
    """Return what a select of the grid has chosen."""
    found = re.search(rf'<select[^>]*name="{name}".*?</select>', page, flags=re.DOTALL)
    assert found, name
    chosen = re.search(r'<option value="(\d*)"[^>]* selected', found[0])
    return chosen[1] if chosen else ""


def version(page: str) -> str:
    found = re.search(r'name="seen" value="(\d+)"', page)
    assert found
    return found[1]


def send(browser: Any, deed: str, **more: Any) -> Any:
    page = browser.get(MONTH).text
    return browser.post(MONTH, data={"deed": deed, "seen": version(page), **more}, follow_redirects=True)


def test_an_empty_month_says_how_to_begin_and_to_whom_it_falls(planners: Any, sign_in: Any) -> None:
    planner, engineer = sign_in(planners.support), sign_in(planners.engineers[0])
    assert "Begin it" in said(planner.get(MONTH).text)
    page = engineer.get(MONTH).text
    assert "The support manager draws it up" in said(page)
    assert 'value="begin"' not in page


def test_a_number_opens_its_month_and_none_the_one_that_runs(planners: Any, sign_in: Any) -> None:
    roster, browser = planners.begun(), sign_in(planners.support)
    assert browser.get("/BJ/hotline/duty/").location == "/BJ/hotline/duty/2026-11"
    assert browser.get(f"/BJ/hotline/duty/?number={roster.number}").location == MONTH
    for wrong in ("2026-13", "1999-01", "x"):
        assert browser.get(f"/BJ/hotline/duty/{wrong}").status_code == 404


@pytest.mark.clause("QP/2-04 5.1")
def test_from_the_empty_month_to_the_published_one_without_a_script(planners: Any, sign_in: Any) -> None:
    browser, who = sign_in(planners.support), planners.engineers[2]
    assert browser.post(MONTH, data={"deed": "begin"}).status_code == 302
    page = send(browser, "change", **{"cell-2026-12-01-evening-engineer": who.person_id}).text
    assert field(page, "cell-2026-12-01-evening-engineer") == str(who.person_id)
    page = send(browser, "propose").text
    assert field(page, "cell-2026-12-01-evening-engineer") == str(who.person_id)
    assert field(page, "cell-2026-12-05-day-manager")
    page = send(browser, "publish").text
    assert "Published" in said(page)


def test_what_was_edited_goes_along_when_it_is_published_at_once(planners: Any, sign_in: Any) -> None:
    roster, browser = planners.proposed(), sign_in(planners.support)
    evening = planners.shift(roster, 8, "evening")
    other = planners.free(evening)
    page = send(browser, "publish", **{"cell-2026-12-08-evening-engineer": other.person_id}).text
    assert "Published" in said(page)
    assert planners.shift(roster, 8, "evening").engineer_id == other.person_id


def test_what_was_typed_stays_when_it_is_refused(planners: Any, sign_in: Any) -> None:
    roster, browser = planners.published(), sign_in(planners.centre.duty)
    other = planners.free(planners.shift(roster, 8, "evening"))
    cell = {"cell-2026-12-08-evening-engineer": other.person_id}
    answer = send(browser, "replace", **cell)
    assert answer.status_code == 422
    assert "This field is needed." in said(answer.text)
    assert field(answer.text, "cell-2026-12-08-evening-engineer") == str(other.person_id)
    assert "roster-edited" in answer.text
    answer = send(browser, "replace", reason="换班")
    assert (answer.status_code, "Nothing was changed" in answer.text) == (422, True)


def test_an_overtaken_page_changes_nothing_and_says_who_was_quicker(planners: Any, sign_in: Any) -> None:
    roster, browser = planners.begun(), sign_in(planners.support)
    seen = version(browser.get(MONTH).text)
    who = planners.engineers[0].person_id
    planners.centre.act(roster, "change", planners.support, cells=f"2026-12-01 noon engineer {who}")
    answer = browser.post(
        MONTH, data={"deed": "change", "seen": seen, "cell-2026-12-02-noon-engineer": str(who)}
    )
    assert answer.status_code == 409
    assert "Meanwhile" in said(answer.text)


def test_conflicts_are_named_and_who_is_away_cannot_be_chosen(planners: Any, sign_in: Any) -> None:
    roster, browser = planners.proposed(), sign_in(planners.support)
    who = planners.holder(planners.shift(roster, 8, "evening"))
    planners.away(who, "2026-12-08", "2026-12-08")
    page = browser.get(MONTH).text
    assert f"2026-12-08, Evening duty: {who.name} is away." in said(page)
    select = re.search(
        r'<select[^>]*name="cell-2026-12-08-evening-engineer".*?</select>', page, flags=re.DOTALL
    )
    assert select
    assert re.search(rf'value="{who.person_id}"[^>]*disabled', select[0])


def test_counters_say_who_has_how_many(planners: Any, sign_in: Any) -> None:
    roster, browser = planners.proposed(), sign_in(planners.support)
    page = browser.get(MONTH).text
    for one in planners.engineers:
        count = sum(shift.weekend and shift.engineer_id == one.person_id for shift in roster.shifts)
        assert f'data-count="engineer-weekend-{one.person_id}">{count}<' in page


def test_who_plans_nothing_reads_it_and_finds_his_own(planners: Any, sign_in: Any) -> None:
    planners.published()
    page = sign_in(planners.engineers[0]).get(MONTH).text
    assert "<select" not in page
    assert "roster-mine" in page
    answer = sign_in(planners.engineers[0]).post(MONTH, data={"deed": "replace", "seen": "3"})
    assert answer.status_code in (409, 422)
    assert sign_in(planners.engineers[0]).post(MONTH, data={"deed": "close"}).status_code == 409


def test_a_full_month_costs_no_more_statements_than_an_empty_one(planners: Any, sign_in: Any) -> None:
    def statements() -> int:
        asked: list[str] = []

        def note(*arguments: Any) -> None:
            asked.append(arguments[2])

        event.listen(db.engine, "before_cursor_execute", note)
        assert browser.get(MONTH).status_code == 200
        event.remove(db.engine, "before_cursor_execute", note)
        return len(asked)

    browser, roster = sign_in(planners.support), planners.begun()
    browser.get(MONTH)
    empty = statements()
    planners.centre.act(roster, "propose", planners.support)
    assert statements() <= empty


# --- on paper


@pytest.mark.clause("QR/01 form")
def test_the_paper_has_a_line_a_day_with_who_was_planned_and_who_it_was(planners: Any) -> None:
    roster = planners.published()
    evening = planners.shift(roster, 8, "evening")
    before, after = planners.holder(evening), planners.free(evening)
    line = f"2026-12-08 evening engineer {after.person_id}"
    planners.centre.act(roster, "replace", planners.support, cells=line, reason="换班")
    act = planners.centre.look(roster, planners.support)
    sheet = paper.filled(act.rules.plugins.forms["QR/01"], act)
    head, days, foot = sheet.blocks
    assert [cell.label.msgid for cell in days.lines[0]] == [
        "Date",
        "Duty engineer",
        "Engineer change",
        "Duty manager",
        "Manager change",
    ]
    assert len(days.lines) == 31
    of_day = [cell.text for cell in days.lines[7]]
    assert of_day[0].startswith("12-08")
    assert before.name in of_day[1]
    assert (after.name in of_day[2], of_day[4]) == (True, "")
    assert [cell.text for cell in head.lines[0]] == [roster.number, "2026-12-01 – 2026-12-31"]
    assert [cell.label.msgid for cell in foot.lines[0]] == ["Made by", "Reviewed by", "Archived"]
    assert foot.lines[0][0].text == planners.support.name


@pytest.mark.clause("QR/01 form")
def test_it_prints_across_and_as_a_page(planners: Any, sign_in: Any) -> None:
    roster = planners.published()
    browser = sign_in(planners.support)
    page = browser.get(f"/BJ/hotline/roster/{roster.number}/paper/QR-01")
    assert page.status_code == 200
    assert "landscape" in page.text
    assert browser.get(f"/BJ/hotline/roster/{roster.number}").status_code == 200
    assert roster.number in browser.get("/BJ/hotline/roster/").text
    act = planners.centre.look(roster, planners.support)
    assert act.rules.plugins.forms["QR/01"].record.orientation == "landscape"
