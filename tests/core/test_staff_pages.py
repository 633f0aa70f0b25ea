"""An office's staff in the browser: hired, given roles, let go, and invisible to every other office."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select

from core import accounts, deadlines
from core.db import db
from core.deadlines import Deadline
from core.ledger import LedgerRow
from core.offices import Office
from core.people import Person
from core.roles import (
    ADMINISTRATOR,
    DUTY_MANAGER,
    FIELD_ENGINEER,
    HOTLINE_ENGINEER,
    REGIONAL_MANAGER,
    Role,
)
from core.testing import House, SignIn, said

GOOD = {"name": "钱伟", "login": "qian.wei", "number": "09", "roles": ["hotline_engineer", "duty_manager"]}


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def office(house: House) -> Office:
    return house.office("SH")


@pytest.fixture
def boss(house: House, office: Office) -> Person:
    return house.person(office, ADMINISTRATOR, name="林晓岚", login="lin")


@pytest.fixture
def desk(boss: Person, sign_in: SignIn) -> FlaskClient:
    """The administrator of Shanghai at her browser."""
    return sign_in(boss)


@pytest.fixture
def wangli(house: House, office: Office) -> Person:
    return house.person(office, FIELD_ENGINEER, name="王力", login="wang.li")


@pytest.fixture
def queries(app: Flask) -> Iterator[Callable[[], int]]:
    """How many statements the database has heard so far."""
    heard: list[str] = []
    event.listen(db.engine, "before_cursor_execute", hear := lambda *told: heard.append(told[2]))
    yield lambda: len(heard)
    event.remove(db.engine, "before_cursor_execute", hear)


def roles_of(house: House, person: Person, office: Office) -> set[str]:
    house.see()
    return set(house.actor(person).roles.get(office.id, ()))


# --- who is seen


def test_the_list_shows_who_works_here_with_the_roles_here_and_nobody_else(
    house: House, office: Office, wangli: Person, desk: FlaskClient
) -> None:
    beijing = house.office("BJ")
    house.person(beijing, REGIONAL_MANAGER, name="北方人", number="08")
    house.person(house.head, ADMINISTRATOR, name="总部管理员")
    accounts.give_roles(wangli, [(beijing, DUTY_MANAGER)], house.actor(wangli))
    page = said(desk.get("/SH/staff/").text)
    assert "王力 Field engineer" in page
    assert "Duty manager" not in page
    assert "北方人" not in page
    assert "总部管理员" not in page


def test_who_had_a_role_once_stands_below(
    house: House, office: Office, boss: Person, wangli: Person, desk: FlaskClient
) -> None:
    accounts.take_role(wangli, office, FIELD_ENGINEER, house.actor(boss))
    present, former = desk.get("/SH/staff/").text.split("Had roles here once")
    assert "王力" not in present
    assert "王力" in former


def test_a_longer_list_takes_no_more_queries(
    house: House, office: Office, desk: FlaskClient, queries: Callable[[], int]
) -> None:
    house.person(office, FIELD_ENGINEER)
    desk.get("/SH/staff/")
    before = queries()
    desk.get("/SH/staff/")
    few = queries() - before
    for _ in range(4):
        house.person(office, FIELD_ENGINEER, DUTY_MANAGER)
    before = queries()
    desk.get("/SH/staff/")
    assert queries() - before == few


@pytest.mark.parametrize("deed", ["", "/give", "/take", "/link", "/leave"])
def test_people_of_other_offices_do_not_exist_here(
    house: House, office: Office, desk: FlaskClient, deed: str
) -> None:
    stranger = house.person(house.office("BJ"), HOTLINE_ENGINEER, name="北方人")
    for unknown in (stranger.id, 0, 987654, 2147483647):
        path = f"/SH/staff/{unknown}{deed}"
        answers = [desk.get(path)] if not deed else [desk.get(path), desk.post(path, data={"sure": "y"})]
        for answer in answers:
            assert answer.status_code == 404
            assert "北方人" not in answer.text


def test_a_number_that_no_database_knows_is_nobody(desk: FlaskClient) -> None:
    assert desk.get(f"/SH/staff/{10**12}").status_code == 404


# --- hiring


def test_who_is_hired_sets_a_password_by_the_link_and_works(
    house: House, office: Office, desk: FlaskClient, client: FlaskClient
) -> None:
    page = desk.post("/SH/staff/hire", data=GOOD).text
    link = re.search(r'value="http://localhost(/password/[^"]+)"', page)
    assert link
    client.post(link[1], data={"password": "a good password", "again": "a good password"})
    assert "钱伟" in client.get("/me").text
    hired = accounts.person_by_login("qian.wei")
    assert roles_of(house, hired, office) == {"hotline_engineer", "duty_manager"}
    assert hired.initials == "QW"


def test_a_link_begins_with_the_address_that_was_set(app: Flask, office: Office, desk: FlaskClient) -> None:
    app.config["URL"] = "https://koudai.example/service"
    page = desk.post("/SH/staff/hire", data=GOOD).text
    assert 'value="https://koudai.example/service/password/' in page
    assert "localhost" not in page


def test_the_staff_page_says_which_role_imports_customers(desk: FlaskClient) -> None:
    assert "needs the role “Customer administrator” here" in desk.get("/SH/staff/").text


def test_hiring_is_in_the_ledger_and_its_link_is_not(
    office: Office, desk: FlaskClient, ledger_of: Callable[[Office], list[LedgerRow]]
) -> None:
    page = desk.post("/SH/staff/hire", data=GOOD).text
    rows = [row for row in ledger_of(office) if row.kind == "staff"]
    assert [(row.action, row.actor) for row in rows] == [("hire", "林晓岚"), ("link", "林晓岚")]
    assert rows[0].details["roles"] == ["duty_manager", "hotline_engineer"]
    token = page.split("/password/")[1].split('"')[0]
    assert token not in str([row.details for row in rows])


@pytest.mark.parametrize(
    ("typed", "what"),
    [
        ({"login": "钱伟"}, "A login has 2 to 40 small letters"),
        ({"login": "q"}, "A login has 2 to 40 small letters"),
        ({"login": "lin"}, "The login lin is taken. Choose another."),
        ({"login": "x" * 41}, "Too long: at most 40 characters."),
        ({"name": "  "}, "This field is needed."),
        ({"name": "钱" * 41}, "Too long: at most 40 characters."),
        ({"number": "123456789"}, "Too long: at most 8 characters."),
        ({"number": "0 9"}, "A hotline number has at most 8 letters or digits"),
        ({"roles": []}, "Give at least one role."),
        ({"roles": ["emperor"]}, "This is not one of the choices."),
        ({"roles": ["hotline_engineer", "head_office_support"]}, "This is not one of the choices."),
    ],
)
def test_a_form_that_is_wrong_says_so_beside_the_field_and_keeps_what_was_typed(
    desk: FlaskClient, typed: dict[str, Any], what: str
) -> None:
    refused = desk.post("/SH/staff/hire", data=GOOD | typed)
    assert refused.status_code == 422
    assert what in refused.text
    for kept in (GOOD | typed)["name"], (GOOD | typed)["login"]:
        assert not kept.strip() or f'value="{kept}"' in refused.text
    if "roles" not in typed:
        assert refused.text.count(" checked") == 2


def test_everything_that_is_wrong_is_said_at_once(desk: FlaskClient) -> None:
    page = desk.post("/SH/staff/hire", data={"login": "钱"}).text
    assert page.count('class="field-error"') == 3


def test_a_role_that_a_plugin_brings_can_be_given(
    house: House,
    office: Office,
    desk: FlaskClient,
    install: Callable[..., Any],
    make_plugin: Callable[..., Any],
) -> None:
    from core import switches
    from core.i18n import Sentence
    from core.testing import SETTER_UP

    trainer = Role("training_trainer", Sentence("Trainer"))
    plugins = install(make_plugin("training", says={"roles": (trainer,)}))
    assert "Trainer" not in desk.get("/SH/staff/hire").text
    switches.switch(plugins, office, "training", True, SETTER_UP)
    assert desk.post("/SH/staff/hire", data=GOOD | {"roles": ["training_trainer"]}).status_code == 200
    assert "Trainer" in desk.get("/SH/staff/").text


# --- roles


def test_a_role_is_given_and_taken_back(
    house: House, office: Office, wangli: Person, desk: FlaskClient
) -> None:
    page = f"/SH/staff/{wangli.id}"
    assert desk.post(f"{page}/give", data={"role": "duty_manager"}).location == page
    assert roles_of(house, wangli, office) == {"field_engineer", "duty_manager"}
    assert "王力 is Duty manager here now." in desk.get(page).text
    assert desk.post(f"{page}/take", data={"role": "field_engineer"}).location == page
    assert roles_of(house, wangli, office) == {"duty_manager"}


@pytest.mark.parametrize("role", ["", "emperor", "field_engineer", "head_office_support"])
def test_only_what_is_offered_can_be_given(
    house: House, office: Office, wangli: Person, desk: FlaskClient, role: str
) -> None:
    refused = desk.post(f"/SH/staff/{wangli.id}/give", data={"role": role})
    assert refused.status_code == 422
    assert "field-error" in refused.text
    assert roles_of(house, wangli, office) == {"field_engineer"}


@pytest.mark.parametrize(("role", "status"), [("", 422), ("emperor", 422), ("duty_manager", 409)])
def test_only_what_is_held_can_be_taken_back(
    wangli: Person, desk: FlaskClient, role: str, status: int
) -> None:
    refused = desk.post(f"/SH/staff/{wangli.id}/take", data={"role": role})
    assert refused.status_code == status
    assert "note-refused" in refused.text


def test_the_head_office_keeps_an_administrator_whatever_other_offices_have(
    house: House, boss: Person, sign_in: SignIn
) -> None:
    first = house.person(house.head, ADMINISTRATOR, name="陈静")
    head = sign_in(first)
    for deed, typed in (("take", {"role": "administrator"}), ("leave", {"sure": "y"})):
        refused = head.post(f"/HQ/staff/{first.id}/{deed}", data=typed)
        assert refused.status_code == 409
        assert "This is the last administrator." in refused.text
    house.person(house.head, ADMINISTRATOR, name="周全")
    assert head.post(f"/HQ/staff/{first.id}/take", data={"role": "administrator"}).location == "/"
    assert head.get("/HQ/staff/").status_code == 404


def test_who_has_left_gets_no_role(
    house: House, office: Office, boss: Person, wangli: Person, desk: FlaskClient
) -> None:
    accounts.leave(wangli, house.actor(boss))
    page = f"/SH/staff/{wangli.id}"
    assert "left on" in desk.get(page).text
    for deed, typed in (("give", {"role": "duty_manager"}), ("link", {}), ("leave", {"sure": "y"})):
        refused = desk.post(f"{page}/{deed}", data=typed)
        assert refused.status_code == 409
        assert "王力 has left; the account is closed." in refused.text


# --- the account


def test_a_fresh_link_is_shown_once_and_voids_the_older_one(
    wangli: Person, desk: FlaskClient, client: FlaskClient
) -> None:
    older, newer = (link_in(desk.post(f"/SH/staff/{wangli.id}/link").text) for _ in range(2))
    assert client.get(older).status_code == 410
    assert client.get(newer).status_code == 200
    assert desk.get(f"/SH/staff/{wangli.id}/link").location == f"/SH/staff/{wangli.id}"
    assert newer not in desk.get(f"/SH/staff/{wangli.id}").text


def link_in(page: str) -> str:
    found = re.search(r'value="http://localhost(/password/[^"]+)"', page)
    assert found
    return found[1]


@pytest.mark.parametrize(("deed", "typed"), [("link", {}), ("leave", {"sure": "y"})])
def test_nobody_comes_into_another_office_by_resetting_the_password_of_its_people(
    house: House, office: Office, boss: Person, desk: FlaskClient, sign_in: SignIn, deed: str, typed: Any
) -> None:
    chief = house.person(house.head, ADMINISTRATOR, name="陈静", number="")
    accounts.give_roles(chief, [(office, REGIONAL_MANAGER)], house.actor(boss))
    refused = desk.post(f"/SH/staff/{chief.id}/{deed}", data=typed)
    assert refused.status_code == 409
    assert "also counts where you do not administer" in refused.text
    assert "HQ" not in said(refused.text)
    assert "/link" not in desk.get(f"/SH/staff/{chief.id}").text
    house.see()
    assert chief.left_at is None
    house.person(house.head, ADMINISTRATOR, name="周全")
    assert sign_in(chief).post(f"/SH/staff/{chief.id}/{deed}", data=typed).status_code in (200, 302)


def test_leaving_must_be_meant(house: House, wangli: Person, desk: FlaskClient) -> None:
    refused = desk.post(f"/SH/staff/{wangli.id}/leave", data={})
    assert refused.status_code == 422
    assert "a closed account is never opened again" in refused.text
    house.see()
    assert wangli.left_at is None


def test_what_waited_for_the_one_who_leaves_waits_for_the_role(
    house: House,
    office: Office,
    desk: FlaskClient,
    walk: Callable[[Office], Any],
    ledger_of: Callable[[Office], list[LedgerRow]],
) -> None:
    case = walk(office).case_in("fieldservice.request", "dispatched")
    engineer = db.session.get_one(Person, case.engineer_id)
    house.see()
    waiting = {one.id for one in deadlines.open_of(engineer.id)}
    assert waiting
    page = desk.get(f"/SH/staff/{engineer.id}").text
    assert case.number in page
    assert f"Promises still open: {len(waiting)}." in page
    assert desk.post(f"/SH/staff/{engineer.id}/leave", data={"sure": "y"}).location == "/SH/staff/"
    last = ledger_of(office)[-1]
    assert (last.action, last.details["released"]) == ("leave", [case.number])
    released = db.session.scalars(select(Deadline).where(Deadline.id.in_(waiting)))
    assert {(one.person_id, one.state) for one in released} == {(None, "open")}


def test_with_a_role_goes_the_work_that_is_for_it_and_no_other(
    house: House, office: Office, desk: FlaskClient, walk: Callable[[Office], Any]
) -> None:
    case = walk(office).case_in("fieldservice.request", "dispatched")
    engineer = db.session.get_one(Person, case.engineer_id)
    for role in ("archivist", "duty_manager"):
        desk.post(f"/SH/staff/{engineer.id}/take", data={"role": role})
    house.see()
    assert deadlines.open_of(engineer.id)
    desk.post(f"/SH/staff/{engineer.id}/take", data={"role": "field_engineer"})
    house.see()
    assert not deadlines.open_of(engineer.id)
    assert "hotline_engineer" in roles_of(house, engineer, office)


def test_work_in_another_office_is_listed_without_the_customers_names(
    house: House, office: Office, sign_in: SignIn, walk: Callable[[Office], Any]
) -> None:
    case = walk(house.office("BJ")).case_in("fieldservice.request", "dispatched")
    number, heading = case.number, case.customer.name
    engineer = db.session.get_one(Person, case.engineer_id)
    accounts.give_roles(engineer, [(db.session.merge(office), FIELD_ENGINEER)], house.actor(engineer))
    house.see()
    chief = sign_in(house.person(house.head, ADMINISTRATOR, name="陈静"))
    page = chief.get(f"/SH/staff/{engineer.id}")
    assert page.status_code == 200
    assert number in page.text
    assert heading not in page.text


def test_who_comes_back_under_a_number_that_a_colleague_has_now_is_told_what_to_do(
    house: House, office: Office, boss: Person, wangli: Person, desk: FlaskClient
) -> None:
    accounts.take_role(wangli, office, FIELD_ENGINEER, house.actor(boss))
    page = desk.post(f"/SH/staff/{wangli.id}/give", data={"role": FIELD_ENGINEER.key})
    assert page.status_code == 409
    assert "has the hotline number 07 in SH already, and 王力 has the same. Take back the roles" in said(
        page.text
    )
    assert roles_of(house, wangli, office) == set()
