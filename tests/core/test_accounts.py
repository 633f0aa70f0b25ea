"""Joining, signing in, leaving: one-time links, passwords, and a door that cannot be tried for ever."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from threading import Barrier, Thread

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask_babel import force_locale
from sqlalchemy import select

from core import accounts, clock, ledger
from core.accounts import LinkRefused, PasswordLink
from core.db import db, offices_seen, writing
from core.errors import Invalid, KoudaiError, NotFound
from core.ledger import LedgerRow
from core.offices import Office
from core.people import Actor, Person
from core.roles import ADMINISTRATOR, DUTY_MANAGER, HOTLINE_ENGINEER, Role
from core.testing import House
from core.throttle import LoginFailure, SignInRefused

BOSS = Actor("林晓岚")
GOOD = "海内存知己天涯若比邻"


@pytest.fixture(autouse=True)
def english(app: Flask) -> Iterator[None]:
    with force_locale("en"):
        yield


@pytest.fixture
def office(house: House) -> Office:
    return house.office("SH")


@pytest.fixture
def wangli(office: Office) -> Person:
    return accounts.hire("wang.li", "王力", "07", [(office, HOTLINE_ENGINEER)], BOSS)


@pytest.fixture
def signed_up(wangli: Person) -> Person:
    return accounts.redeem(accounts.new_link(wangli, BOSS), GOOD)


def rows(house: House, office: Office) -> list[LedgerRow]:
    house.see()
    query = select(LedgerRow).where(LedgerRow.office_id == office.id, LedgerRow.kind == "staff")
    return list(db.session.scalars(query.order_by(LedgerRow.seq)))


def test_a_hired_person_signs_in_with_the_password_of_the_link(wangli: Person) -> None:
    token = accounts.new_link(wangli, BOSS)
    assert not wangli.is_active
    accounts.redeem(token, GOOD)
    assert accounts.check(" Wang.Li ", GOOD, "10.0.0.7").id == wangli.id


def test_only_the_hash_of_a_link_is_kept(wangli: Person) -> None:
    token = accounts.new_link(wangli, BOSS)
    link = db.session.scalars(select(PasswordLink)).one()
    assert token not in {link.token_hash, link.made_by}
    assert accounts.link_path(token).endswith(token)
    assert accounts.person_of_link(token).login == "wang.li"


def test_a_link_works_once(signed_up: Person, wangli: Person) -> None:
    token = accounts.new_link(wangli, BOSS)
    accounts.redeem(token, GOOD + "!")
    with pytest.raises(LinkRefused, match="used already"):
        accounts.redeem(token, GOOD)


def test_a_newer_link_voids_the_older_one(wangli: Person) -> None:
    older, newer = accounts.new_link(wangli, BOSS), accounts.new_link(wangli, BOSS)
    with pytest.raises(LinkRefused, match="no longer valid"):
        accounts.redeem(older, GOOD)
    assert accounts.redeem(newer, GOOD).is_active


def test_who_made_a_link_does_not_come_into_an_office_given_later(house: House, wangli: Person) -> None:
    token = accounts.new_link(wangli, BOSS)
    accounts.give_roles(wangli, [(house.office("SH2"), DUTY_MANAGER)], BOSS)
    with pytest.raises(LinkRefused, match="no longer valid"):
        accounts.redeem(token, GOOD)


def test_one_more_role_in_the_same_office_leaves_a_link_good(office: Office, wangli: Person) -> None:
    token = accounts.new_link(wangli, BOSS)
    accounts.give_roles(wangli, [(office, DUTY_MANAGER)], BOSS)
    assert accounts.redeem(token, GOOD).is_active


def test_a_link_lives_three_days(wangli: Person) -> None:
    token = accounts.new_link(wangli, BOSS)
    with clock.stopped_at(clock.now() + dt.timedelta(days=3)), pytest.raises(LinkRefused, match="no longer"):
        accounts.redeem(token, GOOD)
    with clock.stopped_at(clock.now() + dt.timedelta(days=2, hours=23)):
        assert accounts.redeem(token, GOOD).is_active


def test_who_holds_no_role_any_more_still_leaves_a_trace(
    house: House, office: Office, wangli: Person
) -> None:
    accounts.take_role(wangli, office, HOTLINE_ENGINEER, BOSS)
    accounts.new_link(wangli, BOSS)
    accounts.leave(wangli, BOSS)
    assert [row.action for row in rows(house, office)][-3:] == ["take_role", "link", "leave"]


def test_who_administers_one_office_gets_no_link_once_the_account_counts_in_another(
    house: House, office: Office, wangli: Person
) -> None:
    chief = house.actor(house.person(office, ADMINISTRATOR, name="陈静"))
    assert accounts.new_link(wangli, chief)
    accounts.give_roles(wangli, [(house.office("BJ"), HOTLINE_ENGINEER)], BOSS)
    for deed in (accounts.new_link, accounts.leave):
        with pytest.raises(KoudaiError, match="do not administer"):
            deed(wangli, chief)


def test_an_invented_link_is_refused(house: House) -> None:
    with pytest.raises(LinkRefused, match="not known"):
        accounts.redeem("invented", GOOD)


@pytest.mark.parametrize(
    "weak",
    [
        "短短短短短短短短短",
        "wang.li.wang.li",
        "WangLi-WangLi 2026",
        "王力王力王力王力王力",
        "王力王力王力王力王力123",
        "x" * 129,
        " " * 10,
        "abc       ",
        "1234567890",
        "9876543210",
        "1122334455",
        "abcdefghijklmno",
        "abababababab",
    ],
)
def test_a_weak_password_is_refused_beside_its_field(house: House, office: Office, weak: str) -> None:
    person = accounts.hire("wang.li.wang.li", "王力王力王力王力王力", "", [(office, HOTLINE_ENGINEER)], BOSS)
    token = accounts.new_link(person, BOSS)
    with pytest.raises(Invalid) as refused:
        accounts.redeem(token, weak)
    assert refused.value.field == "password"
    assert accounts.person_of_link(token), "the link is still good"


def test_a_wrong_password_and_an_unknown_login_are_refused_alike(signed_up: Person) -> None:
    said = set()
    for login in ("wang.li", "li.wang"):
        with pytest.raises(SignInRefused) as refused:
            accounts.check(login, "not the password", "10.0.0.7")
        said.add(str(refused.value))
    assert len(said) == 1


def test_a_person_without_a_password_cannot_sign_in(wangli: Person) -> None:
    with pytest.raises(SignInRefused):
        accounts.check("wang.li", "", "10.0.0.7")


def test_an_unknown_login_costs_as_many_hashes_as_a_known_one(
    signed_up: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    spent: list[str] = []

    class Counting(PasswordHasher):
        def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
            spent.append("hash")
            return super().hash(password, salt=salt)

        def verify(self, hash: str | bytes, password: str | bytes) -> bool:
            spent.append("verify")
            return super().verify(hash, password)

    monkeypatch.setattr(accounts, "HASHER", Counting())
    for login in ("wang.li", "li.wang"):
        with pytest.raises(SignInRefused):
            accounts.check(login, "not the password", "10.0.0.7")
    assert spent == ["verify", "hash"]


def fail(login: str, address: str, times: int) -> None:
    for _ in range(times):
        with pytest.raises(SignInRefused, match="do not fit"):
            accounts.check(login, "not the password", address)


def test_five_failures_close_a_login_for_a_quarter_of_an_hour(signed_up: Person) -> None:
    start = clock.now()
    with clock.stopped_at(start):
        fail("wang.li", "10.0.0.7", 5)
    later = start + dt.timedelta(minutes=4, seconds=30)
    with clock.stopped_at(later), pytest.raises(SignInRefused, match="Wait 11 min"):
        accounts.check("wang.li", GOOD, "10.0.0.8")
    with clock.stopped_at(start + dt.timedelta(minutes=15, seconds=1)):
        assert accounts.check("wang.li", GOOD, "10.0.0.8")


def test_a_refused_attempt_does_not_prolong_the_wait(signed_up: Person) -> None:
    start = clock.now()
    with clock.stopped_at(start):
        fail("wang.li", "10.0.0.7", 5)
    with clock.stopped_at(start + dt.timedelta(minutes=14)), pytest.raises(SignInRefused, match="Wait 1 min"):
        accounts.check("wang.li", GOOD, "10.0.0.7")
    with clock.stopped_at(start + dt.timedelta(minutes=16)):
        assert accounts.check("wang.li", GOOD, "10.0.0.7")


def test_a_success_forgets_the_failures_before_it(signed_up: Person) -> None:
    fail("wang.li", "10.0.0.7", 4)
    accounts.check("wang.li", GOOD, "10.0.0.7")
    assert db.session.scalars(select(LoginFailure)).all() == []
    fail("wang.li", "10.0.0.7", 4)
    assert accounts.check("wang.li", GOOD, "10.0.0.7")


def test_twenty_failures_close_an_address_for_every_login(
    signed_up: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    for number in range(20):
        fail(f"guess{number}", "10.0.0.66", 1)
    with pytest.raises(SignInRefused, match="Wait 15 min"):
        accounts.check("wang.li", GOOD, "10.0.0.66")
    assert accounts.check("wang.li", GOOD, "10.0.0.7")


def test_attempts_at_the_same_time_all_count(app: Flask, signed_up: Person) -> None:
    together, refusals = Barrier(8), list[SignInRefused]()

    def attempt() -> None:
        with app.app_context():
            together.wait()
            try:
                accounts.check("wang.li", "not the password", "10.0.0.7")
            except SignInRefused as refused:
                refusals.append(refused)

    threads = [Thread(target=attempt) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refusals) == 8
    with pytest.raises(SignInRefused, match="Wait"):
        accounts.check("wang.li", GOOD, "10.0.0.7")


def test_a_password_hashed_with_older_settings_is_hashed_anew(signed_up: Person) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with writing():
        signed_up.password_hash = weak.hash(GOOD)
    stamp = signed_up.session_stamp
    person = accounts.check("wang.li", GOOD, "10.0.0.7")
    assert not accounts.HASHER.check_needs_rehash(str(person.password_hash))
    assert person.session_stamp == stamp, "nobody is signed out for it"


def test_a_changed_password_ends_the_other_sessions(signed_up: Person) -> None:
    before = signed_up.get_id()
    accounts.change_password(signed_up, GOOD, "another good one")
    assert signed_up.get_id() != before
    assert accounts.check("wang.li", "another good one", "10.0.0.7")
    with pytest.raises(SignInRefused):
        accounts.check("wang.li", GOOD, "10.0.0.7")


def test_the_present_password_is_asked_for_and_not_to_be_guessed(signed_up: Person) -> None:
    for _ in range(5):
        with pytest.raises(Invalid) as refused:
            accounts.change_password(signed_up, "not the password", "another good one")
        assert refused.value.field == "old"
    with pytest.raises(SignInRefused, match="Wait"):
        accounts.change_password(signed_up, GOOD, "another good one")


def test_who_signed_in_is_read_elsewhere_and_may_change_the_password_all_the_same(signed_up: Person) -> None:
    db.session.refresh(signed_up)
    db.session.expunge(signed_up)
    accounts.change_password(signed_up, GOOD, "another good one")
    assert accounts.check("wang.li", "another good one", "10.0.0.7")


def test_who_leaves_is_out_at_once_and_stays_on_record(
    house: House, office: Office, signed_up: Person
) -> None:
    token, before = accounts.new_link(signed_up, BOSS), signed_up.get_id()
    accounts.leave(signed_up, BOSS)
    assert signed_up.get_id() != before
    with pytest.raises(SignInRefused):
        accounts.check("wang.li", GOOD, "10.0.0.7")
    with pytest.raises(LinkRefused):
        accounts.redeem(token, GOOD)
    with pytest.raises(Invalid):
        accounts.new_link(signed_up, BOSS)
    assert house.actor(signed_up).roles == {}
    assert [row.action for row in rows(house, office)][-1] == "leave"


def test_the_last_administrator_cannot_leave(house: House) -> None:
    first = accounts.hire("lin", "林晓岚", "", [(house.head, ADMINISTRATOR)], BOSS)
    for act in (
        lambda: accounts.leave(first, BOSS),
        lambda: accounts.take_role(first, house.head, ADMINISTRATOR, BOSS),
    ):
        with pytest.raises(KoudaiError, match="last administrator"):
            act()
    accounts.hire("second", "高敏", "", [(house.head, ADMINISTRATOR)], BOSS)
    accounts.leave(first, BOSS)
    assert first.left_at is not None


def test_roles_are_given_and_taken_back_in_one_office_only(
    house: House, office: Office, wangli: Person
) -> None:
    beijing = house.office("BJ")
    accounts.give_roles(wangli, [(beijing, DUTY_MANAGER), (office, HOTLINE_ENGINEER)], BOSS)
    assert house.actor(wangli).roles == {
        office.id: frozenset({"hotline_engineer"}),
        beijing.id: frozenset({"duty_manager"}),
    }
    accounts.take_role(wangli, office, HOTLINE_ENGINEER, BOSS)
    assert house.actor(wangli).roles == {beijing.id: frozenset({"duty_manager"})}
    with pytest.raises(NotFound, match="王力 does not hold"):
        accounts.take_role(wangli, office, HOTLINE_ENGINEER, BOSS)


def test_every_change_is_in_the_ledger_of_its_offices_without_a_secret(house: House, office: Office) -> None:
    beijing = house.office("BJ")
    grants = [(office, HOTLINE_ENGINEER), (beijing, DUTY_MANAGER)]
    person = accounts.hire("zheng", "郑思远", "08", grants, BOSS)
    token = accounts.new_link(person, BOSS)
    accounts.redeem(token, GOOD)
    for one, role in ((office, "hotline_engineer"), (beijing, "duty_manager")):
        found = rows(house, one)
        assert [row.action for row in found] == ["hire", "link", "password"]
        assert [row.actor for row in found] == ["林晓岚", "林晓岚", "郑思远"]
        assert found[0].details["roles"] == [role]
        said = "".join(str(row.details) for row in found)
        assert not [secret for secret in (token, GOOD, "argon2") if secret in said]
        assert list(ledger.verify(one.id)) == []


def test_a_redeemed_link_lets_its_session_see_no_office(wangli: Person) -> None:
    from core.db import see_offices

    token = accounts.new_link(wangli, BOSS)
    see_offices(frozenset())
    accounts.redeem(token, GOOD)
    assert offices_seen() == frozenset()


@pytest.fixture
def odd(office: Office) -> dict[str, object]:
    return {"login": "gao.min", "name": "高敏", "number": "", "grants": [(office, HOTLINE_ENGINEER)]}


@pytest.mark.parametrize(
    ("field", "value"),
    [("login", "高敏"), ("login", "a"), ("login", "wang.li"), ("name", "  "), ("number", "123456789")],
)
def test_odd_details_are_refused_by_field(
    wangli: Person, odd: dict[str, object], field: str, value: str
) -> None:
    with pytest.raises(Invalid) as refused:
        accounts.hire(**(odd | {field: value}), by=BOSS)  # type: ignore[arg-type]
    assert refused.value.field == field


def test_nobody_is_hired_without_a_role(wangli: Person) -> None:
    with pytest.raises(Invalid) as refused:
        accounts.hire("gao.min", "高敏", "", [], BOSS)
    assert refused.value.field == "role"
    with pytest.raises(NotFound, match=r"gao\.min"):
        accounts.person_by_login("gao.min")


@pytest.mark.parametrize(
    "good", [GOOD, "13818022947", "wang.li keeps a cat", "abcd-efgh-jkmn", "---- mond ----"]
)
def test_a_password_that_is_only_unusual_is_taken(wangli: Person, good: str) -> None:
    assert accounts.redeem(accounts.new_link(wangli, BOSS), good).is_active


def test_a_hotline_number_belongs_to_one_person_of_an_office(
    house: House, office: Office, wangli: Person
) -> None:
    beijing = house.office("BJ")
    with pytest.raises(Invalid, match="王力 already has the hotline number 07 in SH") as refused:
        accounts.hire("li.na", "李娜", "０７", [(beijing, DUTY_MANAGER), (office, DUTY_MANAGER)], BOSS)
    assert refused.value.field == "number"
    assert accounts.hire("li.na", "李娜", "07", [(beijing, DUTY_MANAGER)], BOSS)
    for login in ("no.number", "nor.this.one"):
        assert accounts.hire(login, "无号", "", [(office, DUTY_MANAGER)], BOSS)
    accounts.leave(wangli, BOSS)
    assert accounts.hire("next.one", "接班", "07", [(office, DUTY_MANAGER)], BOSS)


def test_nobody_is_given_a_role_where_somebody_else_answers_under_his_number(
    house: House, office: Office, wangli: Person
) -> None:
    beijing, guangzhou = house.office("BJ"), house.office("GZ")
    lina = accounts.hire("li.na", "李娜", "07", [(beijing, HOTLINE_ENGINEER)], BOSS)
    with pytest.raises(Invalid, match="王力 has the hotline number 07 in SH already, and 李娜") as refused:
        accounts.give_roles(lina, [(guangzhou, DUTY_MANAGER), (office, DUTY_MANAGER)], BOSS)
    assert refused.value.field == "number"
    house.see()
    assert house.actor(lina).offices == {beijing.id}, "all or none"
    accounts.give_roles(lina, [(guangzhou, DUTY_MANAGER)], BOSS)
    accounts.take_role(wangli, office, HOTLINE_ENGINEER, BOSS)
    accounts.give_roles(lina, [(office, DUTY_MANAGER)], BOSS)
    assert house.actor(lina).offices == {beijing.id, guangzhou.id, office.id}
    with pytest.raises(Invalid, match="李娜 has the hotline number 07 in SH already, and 王力"):
        accounts.give_roles(wangli, [(office, HOTLINE_ENGINEER)], BOSS)


def test_ones_own_number_and_none_at_all_are_in_nobodys_way(
    house: House, office: Office, wangli: Person
) -> None:
    accounts.give_roles(wangli, [(office, DUTY_MANAGER)], BOSS)
    assert house.actor(wangli).roles_in(office.id) == {HOTLINE_ENGINEER.key, DUTY_MANAGER.key}
    unnumbered = [
        accounts.hire(f"without.{at}", "无号", "", [(house.office(f"O{at}"), DUTY_MANAGER)], BOSS)
        for at in range(2)
    ]
    for person in unnumbered:
        accounts.give_roles(person, [(office, DUTY_MANAGER)], BOSS)
        assert office.id in house.actor(person).offices


def test_who_shares_a_number_from_before_is_given_another_role_where_he_works_already(
    house: House, office: Office, wangli: Person
) -> None:
    twin = house.person(office, HOTLINE_ENGINEER, name="同号")
    assert twin.hotline_number == wangli.hotline_number
    accounts.give_roles(twin, [(office, DUTY_MANAGER)], BOSS)
    assert house.actor(twin).roles_in(office.id) == {HOTLINE_ENGINEER.key, DUTY_MANAGER.key}


def test_of_two_who_come_under_one_number_at_the_same_moment_one_is_refused(
    app: Flask, house: House, office: Office
) -> None:
    office_id, login = office.id, "the.other"
    lina = accounts.hire("li.na", "李娜", "07", [(house.office("BJ"), HOTLINE_ENGINEER)], BOSS).id
    house.see()
    together, refused = Barrier(2), list[Invalid]()

    def come(deed: Callable[[list[tuple[Office, Role]]], object]) -> None:
        with app.app_context():
            grants = [(db.session.get_one(Office, office_id), DUTY_MANAGER)]
            together.wait()
            try:
                deed(grants)
            except Invalid as error:
                refused.append(error)

    ways = (
        lambda grants: accounts.give_roles(db.session.get_one(Person, lina), grants, BOSS),
        lambda grants: accounts.hire(login, "新人", "07", grants, BOSS),
    )
    threads = [Thread(target=come, args=(one,)) for one in ways]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [one.field for one in refused] == ["number"]


def test_who_has_left_is_given_no_role_again(house: House, office: Office, wangli: Person) -> None:
    accounts.leave(wangli, BOSS)
    with pytest.raises(KoudaiError, match="王力 has left; the account is closed"):
        accounts.give_roles(wangli, [(office, HOTLINE_ENGINEER)], BOSS)
    assert house.actor(wangli).offices == frozenset()
