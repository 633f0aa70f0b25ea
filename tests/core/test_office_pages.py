"""An office's settings in the browser: hours and days, plugins and parameters, and the tree of offices."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from core import calendars, clock
from core.db import db, writing
from core.ledger import LedgerRow
from core.offices import Office, office_by_code
from core.parameters import Parameter
from core.people import Person
from core.plugins import Plugins
from core.roles import ADMINISTRATOR, DUTY_MANAGER, HOTLINE_ENGINEER
from core.rules import rules_of
from core.settings import clear_parameter, set_parameter
from core.testing import House, SignIn, said
from core.worktime import DayKind

MONDAY = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)
NEW = {"code": "WH", "name_zh": "武汉服务中心", "name_en": "Wuhan", "kind": "office", "parent": "HQ"}
LedgerOf = Callable[[Office], list[LedgerRow]]


@pytest.fixture
def monday() -> Iterator[None]:
    """It is Monday, the 23rd of November 2026, five in the afternoon in Shanghai."""
    with clock.stopped_at(MONDAY):
        yield


@pytest.fixture
def office(house: House) -> Office:
    return house.office("SH")


@pytest.fixture
def boss(house: House, office: Office) -> Person:
    return house.person(office, ADMINISTRATOR, name="林晓岚")


@pytest.fixture
def desk(boss: Person, sign_in: SignIn) -> FlaskClient:
    """The administrator of Shanghai at her browser."""
    return sign_in(boss)


@pytest.fixture
def head(house: House, sign_in: SignIn) -> FlaskClient:
    """The administrator of the head office at his browser."""
    return sign_in(house.person(house.head, ADMINISTRATOR, name="陈静"))


def week(**lines: list[str]) -> dict[str, Any]:
    """Fill in the form of the hours: each day its times in order, start and end in turn."""
    names = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    typed: dict[str, Any] = {"seen": "0"}
    for number, name in enumerate(names):
        times = lines.get(name, ["", "", "", ""])
        typed[f"start-{number}"], typed[f"end-{number}"] = times[::2], times[1::2]
    return typed


# --- opening hours


def test_the_hours_are_saved_lunch_splits_a_day(
    house: House, office: Office, desk: FlaskClient, ledger_of: LedgerOf
) -> None:
    typed = week(monday=["9:00", "12:00", "13：30", "18:00"], saturday=["10:00", "12:00", "", ""])
    assert desk.post("/SH/settings/hours", data=typed).location == "/SH/settings/"
    house.see()
    hours = [
        (one.weekday, f"{one.start:%H:%M}", f"{one.end:%H:%M}") for one in calendars.opening_hours(office.id)
    ]
    assert hours == [(0, "09:00", "12:00"), (0, "13:30", "18:00"), (5, "10:00", "12:00")]
    last = ledger_of(office)[-1]
    assert (last.kind, last.action, last.actor) == ("setting", "opening_hours", "林晓岚")
    page = desk.get("/SH/settings/").text
    assert page.count('value="13:30"') == 1
    assert "other opening hours · 林晓岚" in said(page)


@pytest.mark.parametrize(
    ("tuesday", "what"),
    [
        (["09:00", "12:00", "11:00", "17:00"], "The second line must begin after the first one ends."),
        (["13:00", "17:00", "09:00", "12:00"], "The second line must begin after the first one ends."),
        (["12:00", "09:00"], "The end must lie after the beginning."),
        (["09:00", "09:00"], "The end must lie after the beginning."),
        (["09:00", ""], "Give both times of a line, or neither."),
        (["", "17:00"], "Give both times of a line, or neither."),
        (["nine", "five"], "Give times like 08:30."),
        (["24:00", "25:00"], "Give times like 08:30."),
        (["0900", "1700"], "Give times like 08:30."),
        (["9" * 500, "17:00"], "Give times like 08:30."),
    ],
)
def test_hours_that_make_no_sense_are_refused_beside_their_day(
    house: House, office: Office, desk: FlaskClient, tuesday: list[str], what: str
) -> None:
    before = calendars.opening_hours(office.id)
    refused = desk.post("/SH/settings/hours", data=week(monday=["08:00", "12:00"], tuesday=tuesday))
    assert refused.status_code == 422
    assert f'id="hours-1-error">{what}' in refused.text
    assert refused.text.count("field-error") == 1
    for kept in ("08:00", *filter(None, tuesday)):
        assert f'value="{kept}"' in refused.text
    house.see()
    assert calendars.opening_hours(office.id) == before


@pytest.mark.parametrize("typed", [week(), {}, {"start-9": "08:00", "end-9": "12:00"}])
def test_an_office_that_never_opens_is_refused(desk: FlaskClient, typed: dict[str, Any]) -> None:
    refused = desk.post("/SH/settings/hours", data=typed)
    assert refused.status_code == 422
    assert "Open at least once a week" in refused.text


def test_the_second_of_two_is_told_who_changed_the_hours_and_overwrites_nothing(
    house: House, office: Office, desk: FlaskClient, sign_in: SignIn
) -> None:
    other = sign_in(house.person(office, ADMINISTRATOR, name="周全"))
    other.post("/SH/settings/hours", data=week(monday=["08:00", "12:00"]))
    late = desk.post("/SH/settings/hours", data=week(monday=["10:00", "16:00"]))
    assert late.status_code == 409
    assert "Meanwhile 周全 changed the opening hours." in late.text
    assert 'value="10:00"' in late.text
    house.see()
    assert calendars.opening_hours(office.id)[0].start == dt.time(8)
    seen = re.search(r'name="seen" value="(\d+)"', late.text)
    assert seen
    again = week(monday=["10:00", "16:00"]) | {"seen": seen[1]}
    assert desk.post("/SH/settings/hours", data=again).status_code == 302


# --- days


def test_the_next_fourteen_days_are_shown_as_the_calendar_reckons_them(
    office: Office, desk: FlaskClient
) -> None:
    with clock.stopped_at(dt.datetime(2026, 9, 23, 1, 0, tzinfo=dt.UTC)):
        page = said(desk.get("/SH/settings/").text)
    assert "2026-09-23 Wednesday 08:30–11:30 · 12:30–17:00" in page
    assert "2026-09-25 Friday closed Mid-Autumn Festival" in page
    assert "2026-10-06 Tuesday" in page
    assert "2026-10-07" not in page
    assert "provisional" not in page


def test_days_of_a_year_without_announced_swaps_are_marked_provisional(
    office: Office, desk: FlaskClient
) -> None:
    with clock.stopped_at(dt.datetime(2026, 12, 28, 1, 0, tzinfo=dt.UTC)):
        page = said(desk.get("/SH/settings/").text)
    assert page.count("The swapped working days of 2027 have not been announced yet.") == 10


def test_a_day_of_the_offices_own_is_added_and_taken_back(
    house: House, office: Office, desk: FlaskClient, monday: None, ledger_of: LedgerOf
) -> None:
    saturday = {"day": "2026-11-28", "kind": "working", "note": "年底盘点"}
    assert desk.post("/SH/settings/days", data=saturday).location == "/SH/settings/"
    page = said(desk.get("/SH/settings/").text)
    assert "2026-11-28 Saturday 08:30–11:30 · 12:30–17:00 年底盘点 this office" in page
    house.see()
    (day,) = calendars.own_days(office.id)
    assert desk.post(f"/SH/settings/days/{day.id}/remove").location == "/SH/settings/"
    page = said(desk.get("/SH/settings/").text)
    assert "2026-11-28 removed: 年底盘点 · 林晓岚" in page
    assert "open that day · 年底盘点" not in page
    assert [row.action for row in ledger_of(office)][-2:] == ["add_day", "remove_day"]


@pytest.mark.parametrize(
    ("typed", "what"),
    [
        ({"day": "soon"}, "Give a day like 2026-11-23."),
        ({"day": ""}, "This field is needed."),
        ({"day": "2026-11-22"}, "Give a day from today until the end of 2028."),
        ({"day": "2029-01-01"}, "Give a day from today until the end of 2028."),
        ({"day": "9999-12-31"}, "Give a day from the years 1990 to 2099."),
        ({"kind": "perhaps"}, "This is not one of the choices."),
        ({"kind": ""}, "This field is needed."),
        ({"note": ""}, "This field is needed."),
        ({"note": "搬" * 121}, "Too long: at most 120 characters."),
    ],
)
def test_a_day_that_is_wrong_says_so_beside_the_field(
    house: House, office: Office, desk: FlaskClient, monday: None, typed: dict[str, str], what: str
) -> None:
    good = {"day": "2026-11-27", "kind": "closed", "note": "机房搬迁"}
    refused = desk.post("/SH/settings/days", data=good | typed)
    assert refused.status_code == 422
    assert what in refused.text
    assert f'value="{(good | typed)["note"]}"' in refused.text
    house.see()
    assert not calendars.own_days(office.id)


def test_a_day_stands_in_the_list_once(desk: FlaskClient, monday: None) -> None:
    typed = {"day": "2026-11-27", "kind": "closed", "note": "机房搬迁"}
    desk.post("/SH/settings/days", data=typed)
    refused = desk.post("/SH/settings/days", data=typed | {"note": "again"})
    assert refused.status_code == 422
    assert "2026-11-27 is in the list already. Remove it there first." in refused.text
    assert 'value="again"' in refused.text


def test_a_day_that_has_passed_stays_on_record(
    house: House, office: Office, boss: Person, desk: FlaskClient, monday: None
) -> None:
    with writing():
        calendars.add_day(office, dt.date(2026, 11, 24), DayKind.CLOSED, "机房搬迁", house.actor(boss))
    house.see()
    (day,) = calendars.own_days(office.id)
    with clock.stopped_at(MONDAY + dt.timedelta(days=3)):
        refused = desk.post(f"/SH/settings/days/{day.id}/remove")
    assert refused.status_code == 409
    assert "2026-11-24 has passed: it stays on record." in refused.text


def test_another_offices_day_is_not_in_reach(
    house: House, boss: Person, desk: FlaskClient, monday: None
) -> None:
    beijing = house.office("BJ")
    with writing(frozenset({beijing.id})):
        calendars.add_day(beijing, dt.date(2026, 11, 27), DayKind.CLOSED, "北京的日子", house.actor(boss))
    house.see()
    (day,) = calendars.own_days(beijing.id)
    assert "北京的日子" not in desk.get("/SH/settings/").text
    for unknown in (day.id, 987654):
        assert desk.post(f"/SH/settings/days/{unknown}/remove").status_code == 409
    house.see()
    assert calendars.own_days(beijing.id)


# --- plugins


def test_a_plugin_is_switched_off_and_on_and_the_page_says_who_did(
    house: House, office: Office, desk: FlaskClient
) -> None:
    assert desk.post("/SH/settings/plugins/quality", data={"on": "no"}).status_code == 302
    house.see()
    assert "quality" not in rules_of(office).plugins.names
    page = said(desk.get("/SH/settings/plugins/").text)
    assert "quality 0.1.0 off" in page
    assert "林晓岚" in page
    desk.post("/SH/settings/plugins/quality", data={"on": "yes"})
    house.see()
    assert "quality" in rules_of(office).plugins.names


def test_what_would_not_stand_is_refused_by_name(house: House, office: Office, desk: FlaskClient) -> None:
    refused = desk.post("/SH/settings/plugins/hotline", data={"on": "no"})
    assert refused.status_code == 409
    assert "Plugin hotline is required by" in refused.text
    assert "fieldservice" in said(refused.text).split("is required by")[1]
    house.see()
    assert "hotline" in rules_of(office).plugins.names


def test_a_plugin_that_requires_another_is_refused_with_its_name(house: House, sign_in: SignIn) -> None:
    desk = sign_in(house.person(house.office("BJ", "hotline"), ADMINISTRATOR))
    refused = desk.post("/BJ/settings/plugins/billing", data={"on": "yes"})
    assert refused.status_code == 409
    assert "Plugin billing requires fieldservice. Enable fieldservice first." in refused.text


@pytest.mark.parametrize(
    ("name", "on", "status"), [("ghost", "yes", 404), ("quality", "", 422), ("quality", "1", 422)]
)
def test_an_unknown_plugin_or_answer_switches_nothing(
    desk: FlaskClient, ledger_of: LedgerOf, office: Office, name: str, on: str, status: int
) -> None:
    before = len(ledger_of(office))
    assert desk.post(f"/SH/settings/plugins/{name}", data={"on": on}).status_code == status
    assert len(ledger_of(office)) == before


# --- parameters


@pytest.fixture
def lively(house: House, install: Callable[..., Plugins], make_plugin: Callable[..., Any]) -> Plugins:
    """Plugins of which one declares a parameter of every kind."""

    def parameter(key: str, kind: Any, default: Any, **more: Any) -> Parameter:
        from core.i18n import Sentence

        return Parameter(
            key=f"lively.{key}", kind=kind, default=default, label=Sentence(key), clause="QI/03 3.1.7", **more
        )

    declared = (
        parameter("minutes", int, 60, minimum=5, maximum=480, stricter="lower"),
        parameter("folder", str, "UFDATABAK"),
        parameter("strict", bool, False),
        parameter("price", int, 12, minimum=1, maximum=36, locked=True),
    )
    return install(make_plugin("lively", regional=False, says={"parameters": declared}))


@pytest.fixture
def lively_office(house: House, lively: Plugins) -> Office:
    return house.office("LV", "lively")


@pytest.fixture
def lively_desk(house: House, lively_office: Office, sign_in: SignIn) -> FlaskClient:
    return sign_in(house.person(lively_office, ADMINISTRATOR, name="林晓岚"))


def seen_in(page: str, key: str) -> str:
    """Return which change the form that takes a value back was offered after."""
    form = page[page.index(f'action="/LV/settings/parameters/lively.{key}/clear"') :]
    found = re.search(r'name="seen" value="(\d+)"', form[: form.index("</form>")])
    assert found
    return found[1]


def value_of(house: House, office: Office, key: str) -> Any:
    house.see()
    return rules_of(db.session.merge(office)).parameter(key)


@pytest.mark.parametrize(
    ("key", "typed", "value"),
    [("minutes", "45", 45), ("folder", " BAK ", "BAK"), ("strict", "yes", True), ("strict", "no", False)],
)
def test_a_parameter_is_set_and_taken_back(
    house: House, lively_office: Office, lively_desk: FlaskClient, key: str, typed: str, value: Any
) -> None:
    before = value_of(house, lively_office, f"lively.{key}")
    page = "/LV/settings/parameters/"
    assert lively_desk.post(f"{page}lively.{key}", data={"value": typed}).location == page
    assert value_of(house, lively_office, f"lively.{key}") == value
    assert "this office" in lively_desk.get(page).text
    seen = {"seen": seen_in(lively_desk.get(page).text, key)}
    assert lively_desk.post(f"{page}lively.{key}/clear", data=seen).location == page
    assert value_of(house, lively_office, f"lively.{key}") == before


@pytest.mark.parametrize(
    ("key", "typed", "what"),
    [
        ("minutes", "soon", "“minutes” is a whole number, like 2."),
        ("minutes", "", "“minutes” is a whole number, like 2."),
        ("minutes", "4", "“minutes” must be from 5 to 480."),
        ("minutes", "9" * 400, "“minutes” must be from 5 to 480."),
        ("minutes", "90", "“minutes” may only be made stricter than 60 (QI/03 3.1.7)."),
        ("folder", "", "“folder” is one line of 1 to 60 characters."),
        ("folder", "x" * 61, "“folder” is one line of 1 to 60 characters."),
        ("strict", "perhaps", "“strict” is yes or no."),
        ("price", "10", "“price” is locked by head office (QI/03 3.1.7)."),
    ],
)
def test_a_value_that_is_refused_says_why_beside_the_field_and_stays(
    house: House, lively_office: Office, lively_desk: FlaskClient, key: str, typed: str, what: str
) -> None:
    before = value_of(house, lively_office, f"lively.{key}")
    refused = lively_desk.post(f"/LV/settings/parameters/lively.{key}", data={"value": typed})
    assert refused.status_code == 422
    assert what in said(refused.text)
    if key in ("minutes", "folder"):
        assert f'value="{typed}"' in refused.text
    assert value_of(house, lively_office, f"lively.{key}") == before


def test_a_locked_parameter_offers_no_form_and_names_the_clause(lively_desk: FlaskClient) -> None:
    page = lively_desk.get("/LV/settings/parameters/").text
    assert "/parameters/lively.minutes" in page
    assert "/parameters/lively.price" not in page
    assert "Locked by head office" in page


@pytest.mark.parametrize("deed", ["", "/clear"])
def test_an_unknown_parameter_does_not_exist(lively_desk: FlaskClient, deed: str) -> None:
    assert lively_desk.post(f"/LV/settings/parameters/no.such{deed}", data={"value": "1"}).status_code == 404


def test_what_was_never_set_cannot_be_taken_back(lively_desk: FlaskClient) -> None:
    refused = lively_desk.post("/LV/settings/parameters/lively.minutes/clear")
    assert refused.status_code == 409
    assert "LV has no value of its own for “minutes”." in refused.text


def test_the_ladder_shows_every_rung_with_its_source(
    house: House, lively_office: Office, lively_desk: FlaskClient
) -> None:
    someone = house.actor(house.person(house.head, ADMINISTRATOR, name="陈静"))
    set_parameter(house.head, "lively.minutes", 50, someone)
    set_parameter(lively_office, "lively.minutes", 40, someone)
    page = lively_desk.get("/LV/settings/parameters/").text
    ladder = page[page.index('id="lively.minutes"') : page.index('id="lively.folder"')]
    rungs = (
        r"this office LV 40 in force 陈静 · [\d: -]+ head office HQ 50 陈静 · [\d: -]+ as delivered lively 60"
    )
    assert re.search(rungs, said(ladder))
    assert ladder.count("<s>") == 2
    assert "<strong>40</strong>" in ladder
    for told in ("Clause QI/03 3.1.7", "May be from 5 to 480 · may only be lowered", "Key lively.minutes"):
        assert told in said(ladder)


def test_every_change_says_who_set_what_instead_of_what(
    house: House, lively_office: Office, lively_desk: FlaskClient
) -> None:
    someone = house.actor(house.person(house.head, ADMINISTRATOR, name="陈静"))
    set_parameter(house.head, "lively.minutes", 50, someone)
    for value in (40, 30):
        set_parameter(lively_office, "lively.minutes", value, someone)
    clear_parameter(lively_office, "lively.minutes", someone)
    page = lively_desk.get("/LV/settings/parameters/").text
    history = said(page[page.index("Who changed it") : page.index('id="lively.folder"')])
    told = [r"LV 30 → taken back", r"LV 40 → 30", r"LV none of its own → 40", r"HQ none of its own → 50"]
    assert re.search(".*".join(told), history), history


def shown(page: str) -> list[str]:
    return re.findall(r'id="lively\.(\w+)"', page)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", ["minutes", "folder", "strict", "price"]),
        ("fold", ["folder"]),
        ("LIVELY.price", ["price"]),
        ("3.1.7", ["minutes", "folder", "strict", "price"]),
        ("same-day", ["minutes", "folder", "strict", "price"]),
        ("三十", []),
    ],
)
def test_parameters_are_found_by_their_words(lively_desk: FlaskClient, typed: str, found: list[str]) -> None:
    page = lively_desk.get("/LV/settings/parameters/", query_string={"q": typed}).text
    assert shown(page) == found
    assert ("No parameter fits this." in page) is not bool(found)


def test_only_what_is_set_here_is_shown_when_asked_for(
    house: House, lively_office: Office, lively_desk: FlaskClient
) -> None:
    someone = house.actor(house.person(house.head, ADMINISTRATOR, name="陈静"))
    set_parameter(house.head, "lively.minutes", 50, someone)
    set_parameter(lively_office, "lively.folder", "BAK", someone)
    page = lively_desk.get("/LV/settings/parameters/?own=1").text
    assert shown(page) == ["folder"]
    assert "All 7" in said(page)
    assert "Set here 1" in said(page)


def test_whoever_set_one_of_those_he_found_comes_back_to_them(lively_desk: FlaskClient) -> None:
    page = lively_desk.get("/LV/settings/parameters/?q=fold").text
    action = re.search(r'action="([^"]+/lively\.folder[^"]*)"', page)
    assert action
    back = lively_desk.post(action[1], data={"value": "BAK", "seen": "0"}).location
    assert back == "/LV/settings/parameters/?q=fold"
    refused = lively_desk.post("/LV/settings/parameters/lively.minutes?q=fold", data={"value": "9999"})
    assert shown(refused.text) == ["minutes", "folder"], "what is wrong is shown, whatever was looked for"


def test_the_page_asks_the_database_as_often_however_many_changes_there_are(
    house: House, lively_office: Office, lively_desk: FlaskClient, queries_of: Callable[..., int]
) -> None:
    someone = house.actor(house.person(house.head, ADMINISTRATOR, name="陈静"))

    def asked() -> int:
        return queries_of(lambda: lively_desk.get("/LV/settings/parameters/"))

    asked()
    before = asked()
    for value in (50, 40, 30):
        set_parameter(lively_office, "lively.minutes", value, someone)
    assert asked() == before


def test_a_value_that_became_too_lax_is_shown_and_can_be_taken_back(
    house: House, lively_office: Office, lively_desk: FlaskClient
) -> None:
    someone = house.actor(house.person(house.head, ADMINISTRATOR, name="陈静"))
    set_parameter(lively_office, "lively.minutes", 35, someone)
    set_parameter(house.head, "lively.minutes", 30, someone)
    page = lively_desk.get("/LV/settings/parameters/").text
    assert "35 — laxer than 30, not in force" in page
    assert "/lively.minutes/clear" in page


def test_the_second_of_two_is_told_who_set_the_parameter(
    house: House, lively_office: Office, lively_desk: FlaskClient, sign_in: SignIn
) -> None:
    other = sign_in(house.person(lively_office, ADMINISTRATOR, name="周全"))
    other.post("/LV/settings/parameters/lively.minutes", data={"value": "30", "seen": "0"})
    late = lively_desk.post("/LV/settings/parameters/lively.minutes", data={"value": "20", "seen": "0"})
    assert late.status_code == 422
    assert "Meanwhile 周全 changed it." in late.text
    assert value_of(house, lively_office, "lively.minutes") == 30


def test_who_takes_a_value_back_does_not_wipe_a_change_that_he_has_not_seen(
    house: House, lively_office: Office, lively_desk: FlaskClient, sign_in: SignIn
) -> None:
    page, key = "/LV/settings/parameters/", "lively.minutes"
    lively_desk.post(f"{page}{key}", data={"value": "30", "seen": "0"})
    seen = seen_in(lively_desk.get(page).text, "minutes")
    other = sign_in(house.person(lively_office, ADMINISTRATOR, name="周全"))
    other.post(f"{page}{key}", data={"value": "20", "seen": seen})
    late = lively_desk.post(f"{page}{key}/clear", data={"seen": seen})
    assert late.status_code == 409
    assert "Meanwhile 周全 changed it." in late.text
    assert value_of(house, lively_office, key) == 20
    again = {"seen": seen_in(late.text, "minutes")}
    assert lively_desk.post(f"{page}{key}/clear", data=again).location == page
    assert value_of(house, lively_office, key) == 60


def test_an_office_without_plugins_has_the_parameters_of_the_house(head: FlaskClient) -> None:
    head.post("/HQ/offices/", data=NEW | {"zone": "Asia/Shanghai"})
    page = said(head.get("/WH/settings/parameters/").text)
    assert "All 3" in page
    assert "A file that is attached to a case has at most" in page


# --- the tree


def test_head_office_opens_an_office_and_may_go_in_at_once(
    house: House, head: FlaskClient, ledger_of: LedgerOf
) -> None:
    opened = head.post("/HQ/offices/", data=NEW | {"code": "wh", "zone": "Asia/Urumqi"})
    assert opened.location == "/HQ/offices/"
    assert "WH Wuhan Office HQ Asia/Urumqi" in said(head.get("/HQ/offices/").text)
    house.see()
    wuhan = office_by_code("WH")
    assert (wuhan.zone, wuhan.parent_id, wuhan.kind) == ("Asia/Urumqi", house.head.id, "office")
    assert head.get("/WH/settings/").status_code == 200
    last = ledger_of(house.head)[-1]
    assert (last.kind, last.action, last.details["code"]) == ("office", "open", "WH")


@pytest.mark.parametrize(
    ("typed", "what"),
    [
        ({"code": "W"}, "“W” is no code: 2 to 8 letters and digits, like SH."),
        ({"code": "武汉"}, "“武汉” is no code"),
        ({"code": "W-H"}, "“W-H” is no code"),
        ({"code": "ABCDEFGHI"}, "Too long: at most 8 characters."),
        ({"code": "hq"}, "There is an office HQ already. Choose another code."),
        ({"name_zh": " "}, "This field is needed."),
        ({"name_zh": "武" * 61}, "Too long: at most 60 characters."),
        ({"name_en": "W" * 61}, "Too long: at most 60 characters."),
        ({"kind": "head"}, "This is not one of the choices."),
        ({"parent": "SH"}, "This is not one of the choices."),
        ({"parent": "XX"}, "This is not one of the choices."),
        ({"parent": ""}, "This field is needed."),
        ({"zone": "Mars/Olympus"}, "There is no time zone Mars/Olympus."),
        ({"zone": "../../etc/passwd"}, "There is no time zone ../../etc/passwd."),
    ],
)
def test_an_office_that_is_wrong_says_so_and_keeps_what_was_typed(
    house: House, office: Office, head: FlaskClient, typed: dict[str, str], what: str
) -> None:
    good = NEW | {"zone": "Asia/Shanghai"}
    refused = head.post("/HQ/offices/", data=good | typed)
    assert refused.status_code == 422
    assert what in refused.text
    assert f'value="{(good | typed)["name_en"]}"' in refused.text
    house.see()
    assert {one.code for one in db.session.query(Office)} == {"HQ", "SH"}


def test_regional_offices_stand_below_a_region_and_below_no_office(house: House, head: FlaskClient) -> None:
    head.post("/HQ/offices/", data=NEW | {"code": "EAST", "kind": "region", "zone": "Asia/Shanghai"})
    below = head.post("/HQ/offices/", data=NEW | {"parent": "EAST", "zone": "Asia/Shanghai"})
    assert below.status_code == 302
    house.see()
    assert office_by_code("WH").parent_id == office_by_code("EAST").id


def test_elsewhere_than_at_head_office_no_office_is_opened(desk: FlaskClient, head: FlaskClient) -> None:
    for browser in (desk, head):
        assert browser.get("/SH/offices/").status_code == 404
        assert browser.post("/SH/offices/", data=NEW).status_code == 404
    assert "/HQ/offices/" not in desk.get("/SH/settings/").text
    assert "/HQ/offices/" in head.get("/HQ/settings/").text


def test_a_forms_address_leads_back_to_its_page(house: House, office: Office, desk: FlaskClient) -> None:
    for form, page in {
        "hours": "/SH/settings/",
        "days": "/SH/settings/",
        "days/7/remove": "/SH/settings/",
        "plugins/hotline": "/SH/settings/plugins/",
        "parameters/hotline.same_day_demand_minutes": "/SH/settings/parameters/",
        "parameters/hotline.same_day_demand_minutes/clear": "/SH/settings/parameters/",
    }.items():
        assert desk.get(f"/SH/settings/{form}").location == page


def test_whoever_is_no_administrator_sees_neither_pages_nor_their_entries(
    house: House, office: Office, sign_in: SignIn
) -> None:
    desk = sign_in(house.person(office, DUTY_MANAGER, HOTLINE_ENGINEER))
    assert "/SH/settings/" not in desk.get("/SH/customers/").text
    assert desk.get("/SH/settings/").status_code == 403
