"""The door: who comes in, who does not, and what nobody learns by trying."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from urllib.parse import unquote

import pytest
import time_machine
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from core import accounts, clock
from core.app import create_app
from core.config import settings
from core.db import db
from core.offices import Office
from core.people import Actor, Person
from core.roles import ADMINISTRATOR, DUTY_MANAGER, HOTLINE_ENGINEER
from core.sessions import EndedSession
from core.testing import House, SignIn, said
from core.throttle import LoginFailure
from core.web.access import SESSION_KEY

BOSS = Actor("林晓岚")
PASSWORD = "海内存知己天涯若比邻"
OTHER = "another good password"


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def office(house: House) -> Office:
    return house.office("SH")


@pytest.fixture
def newcomer(office: Office) -> Person:
    return accounts.hire("wang.li", "王力", "07", [(office, HOTLINE_ENGINEER)], BOSS)


@pytest.fixture
def wangli(newcomer: Person) -> Person:
    return accounts.redeem(accounts.new_link(newcomer, BOSS), PASSWORD)


@pytest.fixture
def visitor(app: Flask) -> FlaskClient:
    return english(app)


def english(app: Flask) -> FlaskClient:
    visitor = app.test_client()
    visitor.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return visitor


def sign_in(
    visitor: FlaskClient, login: str = "wang.li", password: str = PASSWORD, **more: str
) -> TestResponse:
    return visitor.post("/sign-in", data={"login": login, "password": password, **more})


def is_in(visitor: FlaskClient) -> bool:
    return visitor.get("/me").status_code == 200


# --- signing in and out


def test_login_and_password_open_the_door_to_the_desk(wangli: Person, visitor: FlaskClient) -> None:
    answer = sign_in(visitor, " Wang.Li ")
    assert (answer.status_code, answer.location) == (302, "/")
    assert "王力" in visitor.get("/me").text


def test_a_wrong_password_and_an_unknown_login_hear_the_same(wangli: Person, visitor: FlaskClient) -> None:
    wrong, unknown = sign_in(visitor, password="guessed it"), sign_in(visitor, "wang.lu", "guessed it")
    assert wrong.status_code == unknown.status_code == 422
    assert said(wrong.text) == said(unknown.text)
    assert "Login and password do not fit." in said(wrong.text)
    assert not is_in(visitor)


def test_the_typed_login_stays_and_the_typed_password_does_not(wangli: Person, visitor: FlaskClient) -> None:
    page = sign_in(visitor, password="guessed it").text
    assert 'value="wang.li"' in page
    assert "guessed it" not in page


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"login": "", "password": "x"}, "This field is needed."),
        ({"login": "wang.li"}, "This field is needed."),
        ({}, "This field is needed."),
        ({"login": "w" * 41, "password": "x"}, "Too long: at most 40 characters."),
    ],
)
def test_what_is_missing_or_too_long_is_said_beside_the_field(
    visitor: FlaskClient, house: House, typed: dict[str, str], said: str
) -> None:
    answer = visitor.post("/sign-in", data=typed)
    assert answer.status_code == 422
    assert said in answer.text


def test_after_five_failures_the_waiting_time_is_said(wangli: Person, visitor: FlaskClient) -> None:
    for _ in range(5):
        assert sign_in(visitor, password="guessed it").status_code == 422
    throttled = sign_in(visitor)
    assert throttled.status_code == 429
    assert "Wait 15 min" in throttled.text
    assert not is_in(visitor)


@pytest.mark.parametrize(
    "stranger",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "/\t/evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "evil",
        "",
    ],
)
def test_nobody_is_sent_elsewhere_after_signing_in(
    wangli: Person, visitor: FlaskClient, stranger: str
) -> None:
    assert sign_in(visitor, next=stranger).location == "/"


def test_who_asked_for_a_page_gets_it_after_signing_in(wangli: Person, visitor: FlaskClient) -> None:
    asked = visitor.get("/SH/customers/?q=恒远&page=2")
    page = visitor.get(asked.location).text
    target = re.findall(r'name="next" value="([^"]+)"', page)[-1].replace("&amp;", "&")
    assert unquote(sign_in(visitor, next=target).location) == "/SH/customers/?q=恒远&page=2"


def test_a_form_that_came_too_late_is_not_sent_again(wangli: Person, visitor: FlaskClient) -> None:
    late = visitor.post("/SH/hotline/call/new/log", data={"contact": "高敏"})
    assert late.location == "/sign-in"


def test_the_session_is_a_new_one_and_keeps_only_the_language(wangli: Person, visitor: FlaskClient) -> None:
    with visitor.session_transaction() as session:
        session.update({"planted": "by somebody else", "csrf_token": "known", "locale": "zh_Hans_CN"})
    sign_in(visitor)
    with visitor.session_transaction() as session:
        assert session["locale"] == "zh_Hans_CN"
        assert not {"planted", "csrf_token"} & set(session)


def test_who_is_in_already_is_not_asked_again(wangli: Person, visitor: FlaskClient) -> None:
    sign_in(visitor)
    assert visitor.get("/sign-in?next=/me").location == "/me"


def test_signing_out_ends_the_session_and_its_language(wangli: Person, visitor: FlaskClient) -> None:
    sign_in(visitor)
    visitor.post("/language", data={"locale": "zh_Hans_CN"})
    visitor.get("/sign-out", follow_redirects=True)
    assert is_in(visitor), "an address alone signs nobody out"
    assert visitor.post("/sign-out").location == "/sign-in"
    assert not is_in(visitor)
    assert "Sign in" in visitor.get("/sign-in").text


def test_a_copied_cookie_opens_nothing_after_signing_out(
    app: Flask, wangli: Person, visitor: FlaskClient
) -> None:
    sign_in(visitor)
    copied = visitor.get_cookie("session")
    assert copied is not None
    thief, phone = english(app), english(app)
    sign_in(phone)
    visitor.post("/sign-out")
    thief.set_cookie("session", copied.value)
    assert not is_in(thief)
    assert is_in(phone), "only this session has ended"
    with thief.session_transaction() as session:
        assert "_user_id" not in session, "nor can it be kept alive until its end is forgotten"


def test_a_session_without_a_key_is_none(wangli: Person, visitor: FlaskClient) -> None:
    sign_in(visitor)
    with visitor.session_transaction() as session:
        del session[SESSION_KEY]
    assert not is_in(visitor)


def test_the_end_of_a_session_is_kept_as_long_as_its_cookie(
    app: Flask, wangli: Person, visitor: FlaskClient
) -> None:
    app.config["PERMANENT_SESSION_LIFETIME"] = dt.timedelta(hours=12)
    for hours, kept in ((0, 1), (11, 2), (13, 2)):
        with clock.stopped_at(dt.datetime(2026, 11, 23, tzinfo=dt.UTC) + dt.timedelta(hours=hours)):
            sign_in(visitor)
            visitor.post("/sign-out")
        db.session.rollback()
        assert len(list(db.session.scalars(select(EndedSession)))) == kept


def test_who_left_is_out_at_his_next_click(wangli: Person, visitor: FlaskClient) -> None:
    sign_in(visitor)
    accounts.leave(wangli, BOSS)
    assert not is_in(visitor)
    assert sign_in(visitor).status_code == 422


def test_a_session_ends_when_nobody_came_for_half_a_day(
    app: Flask, wangli: Person, visitor: FlaskClient, installed: dict[str, object]
) -> None:
    app.config.update(installed)
    sign_in(visitor)
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(hours=11), tick=False):
        assert is_in(visitor)
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(hours=24), tick=False):
        assert not is_in(visitor)


# --- the one-time link


def test_the_link_sets_the_password_and_lets_in(newcomer: Person, visitor: FlaskClient, app: Flask) -> None:
    path = accounts.link_path(accounts.new_link(newcomer, BOSS))
    assert "wang.li" in visitor.get(path).text
    answer = visitor.post(path, data={"password": PASSWORD, "again": PASSWORD})
    assert answer.location == "/"
    assert is_in(visitor)
    assert sign_in(english(app)).location == "/"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"password": PASSWORD, "again": OTHER}, "The two are not the same."),
        ({"password": "short", "again": "short"}, "A password has at least 10 characters."),
        ({"password": "x" * 129, "again": "x" * 129}, "A password has at most 128 characters."),
        ({"password": PASSWORD}, "This field is needed."),
        ({}, "This field is needed."),
    ],
)
def test_a_refused_password_leaves_the_link_good(
    newcomer: Person, visitor: FlaskClient, typed: dict[str, str], said: str
) -> None:
    path = accounts.link_path(accounts.new_link(newcomer, BOSS))
    refused = visitor.post(path, data=typed)
    assert refused.status_code == 422
    assert said in refused.text
    assert PASSWORD not in refused.text
    assert visitor.post(path, data={"password": PASSWORD, "again": PASSWORD}).status_code == 302


def test_a_dead_link_says_why_and_what_to_do(newcomer: Person, visitor: FlaskClient) -> None:
    used, late = accounts.new_link(newcomer, BOSS), clock.now() + dt.timedelta(days=4)
    accounts.redeem(used, PASSWORD)
    fresh = accounts.new_link(newcomer, BOSS)
    dead = [(used, "used already"), ("invented", "not known")]
    answers = [(visitor.get(accounts.link_path(token)), why) for token, why in dead]
    with clock.stopped_at(late):
        answers.append((visitor.get(accounts.link_path(fresh)), "no longer valid"))
        answers.append((visitor.post(accounts.link_path(fresh), data={}), "no longer valid"))
    for answer, why in answers:
        assert answer.status_code == 410
        assert why in answer.text
        assert "Ask an administrator for a new one." in answer.text


def test_the_token_is_told_to_nobody(newcomer: Person, visitor: FlaskClient) -> None:
    token = accounts.new_link(newcomer, BOSS)
    path = accounts.link_path(token)
    for answer in (
        visitor.get(path),
        visitor.post(path, data={}),
        visitor.post(path, data={"password": PASSWORD, "again": PASSWORD}),
        visitor.get(path),
    ):
        assert answer.headers["Referrer-Policy"] == "strict-origin"
        assert answer.headers["Cache-Control"] == "no-store"
        assert token not in answer.headers.get("Location", "")


def test_a_link_opened_in_somebody_elses_browser_signs_that_one_out(
    house: House, office: Office, newcomer: Person, sign_in: SignIn
) -> None:
    visitor = sign_in(house.person(office, DUTY_MANAGER, name="高敏"))
    path = accounts.link_path(accounts.new_link(newcomer, BOSS))
    visitor.post(path, data={"password": PASSWORD, "again": PASSWORD})
    page = visitor.get("/me").text
    assert "王力" in page
    assert "高敏" not in page


# --- one's own account


def test_a_changed_password_ends_the_sessions_elsewhere_and_keeps_this_one(
    app: Flask, wangli: Person, visitor: FlaskClient
) -> None:
    phone = english(app)
    sign_in(visitor), sign_in(phone)
    changed = visitor.post("/password", data={"old": PASSWORD, "password": OTHER, "again": OTHER})
    assert changed.location == "/me"
    assert is_in(visitor)
    assert not is_in(phone)
    assert sign_in(phone).status_code == 422
    assert sign_in(phone, password=OTHER).status_code == 302


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"old": "guessed it", "password": OTHER, "again": OTHER}, "This is not your present password."),
        ({"old": PASSWORD, "password": OTHER, "again": PASSWORD}, "The two are not the same."),
        ({"old": PASSWORD, "password": "short", "again": "short"}, "at least 10 characters"),
        ({"old": PASSWORD, "password": "wang.li", "again": "wang.li"}, "at least 10 characters"),
        ({}, "This field is needed."),
    ],
)
def test_a_refused_change_changes_nothing(
    app: Flask, wangli: Person, visitor: FlaskClient, typed: dict[str, str], said: str
) -> None:
    sign_in(visitor)
    refused = visitor.post("/password", data=typed)
    assert refused.status_code == 422
    assert said in refused.text
    assert is_in(visitor)
    assert sign_in(english(app)).status_code == 302


def test_the_present_password_cannot_be_guessed_at_an_open_screen(
    wangli: Person, visitor: FlaskClient
) -> None:
    sign_in(visitor)
    for _ in range(5):
        visitor.post("/password", data={"old": "guessed it", "password": OTHER, "again": OTHER})
    refused = visitor.post("/password", data={"old": PASSWORD, "password": OTHER, "again": OTHER})
    assert refused.status_code == 429
    assert "Wait 15 min" in refused.text


def test_my_page_names_my_roles_in_each_office(house: House, office: Office, sign_in: SignIn) -> None:
    person = house.person(office, HOTLINE_ENGINEER, DUTY_MANAGER)
    beijing = house.office("BJ", name="北京服务中心")
    accounts.give_roles(person, [(beijing, ADMINISTRATOR)], BOSS)
    accounts.take_role(person, office, DUTY_MANAGER, BOSS)
    page = sign_in(person).get("/me").text
    assert "Hotline engineer" in page
    assert "Administrator" in page
    assert "Duty manager" not in page


def test_the_language_is_kept_with_the_person(app: Flask, wangli: Person, visitor: FlaskClient) -> None:
    sign_in(visitor)
    answer = visitor.post("/language", data={"locale": "zh_Hans_CN", "next": "/me"})
    assert answer.location == "/me"
    elsewhere = english(app)
    sign_in(elsewhere)
    assert '<html lang="zh-CN">' in elsewhere.get("/me").text


@pytest.mark.parametrize("typed", [{}, {"locale": "klingon"}, {"locale": "en", "next": "//evil.example"}])
def test_an_odd_language_or_target_is_passed_over(
    house: House, visitor: FlaskClient, typed: dict[str, str]
) -> None:
    assert visitor.post("/language", data=typed).location == "/"
    assert visitor.get("/sign-in").status_code == 200


# --- cookies, tokens, headers


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, object]:
    """What an installation behind HTTPS sets about sessions and tokens."""
    monkeypatch.setenv("KOUDAI_HOME", str(tmp_path))
    monkeypatch.setenv("KOUDAI_HTTPS", "1")
    said = ("SESSION_", "PERMANENT_", "WTF_")
    return {key: value for key, value in settings().items() if key.startswith(said)}


@pytest.fixture
def guarded(app: Flask) -> FlaskClient:
    """A browser of an app that asks every form for its token."""
    app.config["WTF_CSRF_ENABLED"] = True
    return english(app)


def token_of(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found
    return found[1]


def test_the_cookie_is_for_this_site_over_https_and_for_no_script(
    app: Flask, wangli: Person, visitor: FlaskClient, installed: dict[str, object]
) -> None:
    app.config.update(installed)
    cookie = sign_in(visitor).headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=Lax", "Secure"} <= {part.strip() for part in cookie.split(";")}


def test_no_form_is_taken_without_its_token(wangli: Person, guarded: FlaskClient) -> None:
    assert sign_in(guarded).status_code == 400
    assert guarded.post("/language", data={"locale": "en"}).status_code == 400
    token = token_of(guarded.get("/sign-in").text)
    assert sign_in(guarded, csrf_token=token).status_code == 302
    for path in ("/sign-out", "/password", "/language"):
        assert guarded.post(path, data={}).status_code == 400
    assert is_in(guarded)


@pytest.mark.parametrize("inside", [False, True])
def test_what_a_page_asks_in_the_background_and_is_refused_changes_no_session(
    wangli: Person, guarded: FlaskClient, inside: bool
) -> None:
    def refused(mode: str) -> str | None:
        answer = guarded.post("/password", headers={"Sec-Fetch-Mode": mode})
        assert answer.status_code == 400
        return answer.headers.get("Set-Cookie")

    if inside:
        sign_in(guarded, csrf_token=token_of(guarded.get("/sign-in").text))
        assert is_in(guarded)
        with guarded.session_transaction() as session:
            session.pop("csrf_token", None)
    assert refused("cors") is None
    assert refused("navigate")


def test_the_token_of_before_the_sign_in_is_worth_nothing_after_it(
    wangli: Person, guarded: FlaskClient
) -> None:
    token = token_of(guarded.get("/sign-in").text)
    sign_in(guarded, csrf_token=token)
    assert guarded.post("/sign-out", data={"csrf_token": token}).status_code == 400


def test_over_https_the_link_works_though_its_path_is_not_told(
    newcomer: Person, guarded: FlaskClient
) -> None:
    path = accounts.link_path(accounts.new_link(newcomer, BOSS))
    site = "https://localhost"
    token = token_of(guarded.get(path, base_url=site).text)
    typed = {"password": PASSWORD, "again": PASSWORD, "csrf_token": token}
    elsewhere = guarded.post(path, base_url=site, data=typed, headers={"Referer": "https://evil.example/"})
    assert elsewhere.status_code == 400
    here = guarded.post(path, base_url=site, data=typed, headers={"Referer": f"{site}/"})
    assert here.status_code == 302


def test_a_form_may_lie_open_all_day(
    app: Flask, wangli: Person, guarded: FlaskClient, installed: dict[str, object]
) -> None:
    app.config.update(installed | {"SESSION_COOKIE_SECURE": False})
    token = token_of(guarded.get("/sign-in").text)
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(hours=9), tick=False):
        assert sign_in(guarded, csrf_token=token).status_code == 302


def test_every_answer_carries_the_headers_errors_too(
    app: Flask, house: House, office: Office, sign_in: SignIn
) -> None:
    app.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False)
    app.config["MAX_CONTENT_LENGTH"] = 100
    visitor = sign_in(house.person(office, HOTLINE_ENGINEER))
    app.view_functions["accounts.me"] = breaking
    answers = {
        200: visitor.get("/password"),
        302: visitor.get("/sign-in"),
        400: visitor.get("/SH/customers/?q=%00"),
        403: visitor.get("/SH/staff/"),
        404: visitor.get("/nowhere/"),
        405: visitor.delete("/me"),
        413: visitor.post("/password", data={"old": "x" * 200}),
        500: visitor.get("/me"),
    }
    for code, answer in answers.items():
        assert answer.status_code == code
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "same-origin"


def breaking() -> str:
    raise RuntimeError("planted")


breaking.permission = "signed in"  # type: ignore[attr-defined]


def test_static_files_may_be_kept_and_carry_the_headers_too(client: FlaskClient) -> None:
    with client.get("/static/koudai.css") as answer:
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] != "no-store"


@pytest.mark.parametrize("path", ["/sign-in?next=%00", "/SH%00/staff/", "/password/%00"])
def test_a_nul_is_no_text(house: House, visitor: FlaskClient, path: str) -> None:
    assert visitor.get(path).status_code == 400
    assert visitor.post(path, data={"login": "a\0b", "password": "\0"}).status_code == 400


@pytest.mark.parametrize(("proxies", "address"), [(0, "10.0.0.1"), (1, "203.0.113.9"), (2, "198.51.100.7")])
def test_behind_proxies_attempts_count_for_the_browsers_address(
    house: House, database_url: str, proxies: int, address: str
) -> None:
    settings = {"SQLALCHEMY_DATABASE_URI": database_url, "SECRET_KEY": "x", "PROXIES": proxies}
    served = create_app({**settings, "WTF_CSRF_ENABLED": False}, house.plugins)
    visitor = served.test_client()
    visitor.environ_base["REMOTE_ADDR"] = "10.0.0.1"
    forwarded = {"X-Forwarded-For": "198.51.100.7, 203.0.113.9"}
    visitor.post("/sign-in", data={"login": "guess", "password": "wrong"}, headers=forwarded)
    with served.app_context():
        db.engine.dispose()
    house.see()
    assert db.session.scalars(select(LoginFailure.address)).all() == [address]
