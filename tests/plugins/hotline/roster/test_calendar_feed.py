"""Duties in one's own calendar: an address with a key in it, and RFC 5545 behind it."""

from __future__ import annotations

import datetime as dt
import re
import threading
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select

from core import ledger
from core.db import db, see_offices, writing
from core.offices import all_offices
from core.people import Person
from core.switches import switch
from plugins.hotline.roster import feed, ical
from plugins.hotline.roster.models import CalendarKey

NOON = dt.datetime(2026, 12, 1, 4, tzinfo=dt.UTC)
SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")


def an_event(**more: Any) -> ical.Event:
    said = {
        "uid": "7-engineer@sh",
        "starts": NOON,
        "ends": NOON,
        "changed": NOON,
        "sequence": 0,
        "title": "午班",
    }
    return ical.Event(**said | more)


def unfolded(text: str) -> list[str]:
    return text.replace("\r\n ", "").split("\r\n")


@pytest.mark.parametrize("text", ["short", "值班" * 60, "a" * 75, "a" * 76, "🙂" * 40])
def test_lines_are_folded_at_75_octets_never_inside_a_character(text: str) -> None:
    folded = ical.folded(text)
    assert all(len(line.encode()) <= 75 for line in folded.split("\r\n"))
    assert folded.replace("\r\n ", "") == text


def test_what_means_something_in_a_calendar_is_escaped() -> None:
    assert ical.escaped("a,b;c\\d\ne") == "a\\,b\\;c\\\\d\\ne"


def test_a_calendar_has_its_zone_and_ends_every_line_as_the_standard_says() -> None:
    text = ical.calendar("值班", SHANGHAI, [an_event(sequence=3)])
    lines = unfolded(text)
    assert text.endswith("END:VCALENDAR\r\n")
    assert "\n" not in text.replace("\r\n", "")
    assert "TZOFFSETTO:+0800" in lines
    assert "DTSTART;TZID=Asia/Shanghai:20261201T120000" in lines
    assert {"SEQUENCE:3", "UID:7-engineer@sh", "SUMMARY:午班", "DTSTAMP:20261201T040000Z"} <= set(lines)
    begun = [line.partition(":")[2] for line in lines if line.startswith("BEGIN:")]
    assert sorted(begun) == sorted(line.partition(":")[2] for line in lines if line.startswith("END:"))


def test_a_zone_with_summer_time_tells_when_it_changes() -> None:
    spring = an_event(ends=dt.datetime(2027, 4, 1, tzinfo=dt.UTC))
    lines = unfolded(ical.calendar("x", BERLIN, [spring]))
    at = lines.index("BEGIN:DAYLIGHT")
    assert lines[at + 1 : at + 4] == ["DTSTART:20270328T020000", "TZOFFSETFROM:+0100", "TZOFFSETTO:+0200"]


def test_a_calendar_without_events_is_one_too() -> None:
    assert "BEGIN:VEVENT" not in ical.calendar("x", SHANGHAI, [])


# --- the address


def an_address(browser: Any) -> str:
    page = browser.post("/BJ/hotline/duty/calendar", data={"deed": "renew"}).text
    found = re.search(r"/calendar/[\w-]+\.ics", page)
    assert found, page
    return found[0]


def duties(text: str) -> list[str]:
    return [line for line in unfolded(text) if line.startswith("UID:")]


@pytest.mark.clause("QP/2-04 5.1")
def test_the_address_opens_ones_own_published_duties_without_signing_in(
    planners: Any, sign_in: Any, client: Any
) -> None:
    roster = planners.published()
    who = planners.engineers[1]
    answer = client.get(an_address(sign_in(who)))
    assert answer.status_code == 200
    assert answer.mimetype == "text/calendar"
    planners.centre.house.see()
    own = [one for one in roster.shifts if one.engineer_id == who.person_id]
    assert sorted(duties(answer.text)) == sorted(f"UID:{one.id}-engineer@bj.roster.koudai" for one in own)


def test_what_is_drafted_is_in_nobodys_calendar(planners: Any, sign_in: Any, client: Any) -> None:
    planners.proposed()
    assert duties(client.get(an_address(sign_in(planners.engineers[1]))).text) == []


@pytest.mark.clause("QP/2-04 5.1")
def test_a_change_moves_the_event_and_counts_up(planners: Any, sign_in: Any, client: Any) -> None:
    roster = planners.published()
    evening = planners.shift(roster, 8, "evening")
    before, after = planners.holder(evening), planners.free(evening)
    theirs, mine = an_address(sign_in(before)), an_address(sign_in(after))
    uid = f"UID:{evening.id}-engineer@bj.roster.koudai"
    line = f"2026-12-08 evening engineer {after.person_id}"
    planners.centre.act(roster, "replace", planners.support, cells=line, reason="换班")
    assert uid not in duties(client.get(theirs).text)
    text = client.get(mine).text
    assert uid in duties(text)
    place = unfolded(text).index(uid)
    assert "SEQUENCE:1" in unfolded(text)[place : place + 5]


def test_a_new_address_ends_the_old_one_and_one_that_was_taken_back_opens_nothing(
    planners: Any, sign_in: Any, client: Any
) -> None:
    browser = sign_in(planners.engineers[1])
    first = an_address(browser)
    second = an_address(browser)
    assert (client.get(first).status_code, client.get(second).status_code) == (404, 200)
    browser.post("/BJ/hotline/duty/calendar", data={"deed": "revoke"})
    assert client.get(second).status_code == 404
    planners.centre.house.see()
    where = select(ledger.LedgerRow.action).where(ledger.LedgerRow.kind == "token")
    assert list(db.session.scalars(where.order_by(ledger.LedgerRow.seq))) == ["make", "make", "revoke"]


def test_of_two_addresses_made_at_once_one_is_good_and_taking_back_ends_it(planners: Any, app: Flask) -> None:
    who, office = planners.engineers[1], planners.centre.office
    office_id, together, made = office.id, threading.Barrier(4), list[str]()

    def press() -> None:
        with app.app_context():
            see_offices(frozenset({office_id}))
            here = all_offices()[office_id]
            together.wait()
            made.append(feed.renew(who, here))
            db.session.remove()

    threads = [threading.Thread(target=press) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert (len(made), sum(feed.find(secret) is not None for secret in made)) == (4, 1)
    planners.centre.house.see()
    feed.revoke(who, office)
    assert [secret for secret in made if feed.find(secret)] == []


def test_every_key_that_was_ever_good_beside_another_is_taken_back(planners: Any) -> None:
    who, office = planners.engineers[1], planners.centre.office
    secret = feed.renew(who, office)
    with writing():
        beside = CalendarKey(office_id=office.id, person_id=who.person_id, digest="made at the same moment")
        beside.made_at = NOON
        db.session.add(beside)
    feed.revoke(who, office)
    planners.centre.house.see()
    assert all(one.revoked_at for one in db.session.scalars(select(CalendarKey)))
    assert feed.find(secret) is None


def test_the_secret_is_shown_once_and_kept_as_a_hash_alone(planners: Any, sign_in: Any) -> None:
    browser = sign_in(planners.engineers[1])
    secret = an_address(browser).removeprefix("/calendar/").removesuffix(".ics")
    assert secret not in browser.get("/BJ/hotline/duty/calendar").text
    planners.centre.house.see()
    (row,) = db.session.scalars(select(CalendarKey))
    assert secret not in str(vars(row))
    rows = str([one.details for one in db.session.scalars(select(ledger.LedgerRow))])
    assert secret not in rows


def test_it_opens_nothing_when_somebody_left_or_the_hotline_is_off(
    planners: Any, sign_in: Any, client: Any
) -> None:
    who, other = planners.engineers[1], planners.engineers[2]
    gone, stays = an_address(sign_in(who)), an_address(sign_in(other))
    with writing():
        db.session.get_one(Person, who.person_id).left_at = NOON
    assert client.get(gone).status_code == 404
    house, office = planners.centre.house, planners.centre.office
    for plugin in ("quality", "billing", "fieldservice", "hotline"):
        switch(house.plugins, office, plugin, False, planners.support)
        house.see()
    assert client.get(stays).status_code == 404


@pytest.mark.parametrize("wrong", ["x", "1-x", "999999999999-x", "1-" + "a" * 43, "-" + "a" * 43])
def test_a_guess_opens_nothing(planners: Any, client: Any, wrong: str) -> None:
    assert client.get(f"/calendar/{wrong}.ics").status_code == 404
