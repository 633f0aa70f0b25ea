"""Every address x everybody, walked from ``url_map``: a new view is in the matrix from its first day."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.routing import Rule

from core import accounts, calendars, clock, gate, prints
from core.api import door, tokens
from core.customers import importing, keeping, moving, proposals
from core.customers.keeping import Keeper
from core.db import db, writing
from core.lists import saved
from core.offices import Office
from core.people import Person
from core.permissions import CORE_PERMISSIONS, PUBLIC, SIGNED_IN, permission_of
from core.procedure import Procedure
from core.roles import ADMINISTRATOR, NATIONAL_ROLES, Role
from core.rules import Rules, rules_of
from core.talk import files, notes
from core.talk.models import Notice
from core.talk.topics import CUSTOMER, topic_of
from core.testing import House, SignIn
from core.web.access import needed_for
from core.worktime import DayKind
from plugins.hotline.mail import intake
from plugins.hotline.mail.models import Mail

SAMPLE = Path(__file__).parents[2] / "samples" / "customers-sh.csv"
OPEN_TO_EVERYBODY = {
    "accounts.sign_in",
    "accounts.first_password",
    "desk.language",
    "static",
    "hotline.roster.subscribed",
}
ONLY_AT_HEAD_OFFICE = {"offices.offices"}
PNG = b"\x89PNG\r\n\x1a\n picture"
WELL, UNBROKEN = range(200, 400), range(200, 500)
OF_CASES = ("plugin", "noun", "number", "step", "record", "print_id", "copy")
# Of a plugin's several procedures the one whose numbers its own pages take; else it is the first.
LEADING = {"fieldservice": "fieldservice.request"}
FOR_ADMINISTRATORS = ("staff.", "office.", "office_rules.", "office_jobs.", "offices.")


@dataclass(frozen=True)
class Address:
    """One rule of the map with one method, and its arguments filled in."""

    endpoint: str
    method: str
    values: dict[str, Any]

    @property
    def plugin(self) -> str:
        """The plugin whose page it is, if it is one's."""
        about = str(self.values.get("about", "")).partition(".")[0]
        return str(self.values.get("plugin") or about or self.endpoint.partition(".")[0])

    def asked_by(self, browser: FlaskClient, office: str = "") -> int:
        """Ask for it, perhaps in another office, and return the status."""
        values = self.values | ({"office": office} if office else {})
        with browser.application.test_request_context():
            path = url_for(self.endpoint, **values)
        with browser.open(path, method=self.method) as answer:
            return answer.status_code

    def __repr__(self) -> str:
        return f"{self.method} {self.endpoint} {self.values}"


def rules_in(app: Flask) -> list[Rule]:
    """Return the map without the API: no cookie opens that, and it has a matrix of its own."""
    pages = (rule for rule in app.url_map.iter_rules() if not rule.rule.startswith(door.ROOT))
    return sorted(pages, key=lambda rule: rule.rule)


def unnamed(app: Flask) -> set[str]:
    """Return the views that name no permission."""
    return {rule.endpoint for rule in rules_in(app) if needed_for(rule.endpoint) is None}


class Premises:
    """An office in full work: every argument of every address can be filled from it."""

    def __init__(self, house: House, office: Office, walk: Any) -> None:
        self.house, self.office, self.walk = house, office, walk
        self.cases = {name: walk.born(name, {}) for name in self.procedures}
        self.customer = house.customer(office)
        self.person = house.person(office, ADMINISTRATOR)
        self.simple = {
            "filename": "koudai.css",
            "month": "2026-12",
            "file_number": self.customer.file_number,
            "customer_id": self.customer.id,
            "other_id": house.customer(office).id,
            "what": "contact",
            "part_id": self.customer.contacts[0].id,
            "proposal_id": self._a_proposal(self.customer.id),
            "move_id": self._a_move(self.customer.id),
            "person_id": self.person.id,
            "deed": "give",
            "name": "quality",
            "to": "off",
            "key": next(iter(self.rules.parameters)),
            "token_id": self._a_token(),
            "token": accounts.new_link(self.person, walk.actor),
            "day_id": self._a_day(),
            "day": "2026-11-23",
            "mail_id": self._a_message(),
            "saved_id": self._a_filter(),
            "run_id": importing.receive(office.id, SAMPLE.read_bytes(), "customers.csv", walk.actor).id,
        }
        self.talk = {about: self._talked(about) for about in (*self.procedures, CUSTOMER)}
        self.simple["notice_id"] = db.session.scalars(select(Notice.id)).first()
        house.see()
        self.prints = {name: self._a_print(name) for name in self.forms}
        house.see()

    @property
    def forms(self) -> dict[str, Any]:
        """The form of each procedure that has one."""
        return {one.record.procedure: one for one in self.rules.plugins.forms.values()}

    def _a_print(self, name: str) -> dict[str, Any]:
        """Print the form of a case, and print it again."""
        form = self.forms[name]
        act = gate.open_case(name, self.cases[name].number, self.walk.actor, self.office)
        original = prints.print_original(act, form)
        self.house.see()
        act = gate.open_case(name, self.cases[name].number, self.walk.actor, self.office)
        copy = prints.print_copy(act, form, original, "客户要一份")
        return {"record": form.record.key, "print_id": original, "copy": copy}

    def _talked(self, about: str) -> dict[str, int]:
        """Say something about each case, attach a picture, and return where that is."""
        subject = db.session.merge(self.customer if about == CUSTOMER else self.cases[about])
        topic = topic_of(self.rules, about, subject.id)
        notes.write(topic, f"@{self.walk.actor.name}", self.walk.actor)
        files.attach(topic, [files.Sent("x.png", io.BytesIO(PNG))], self.walk.actor)
        self.house.see()
        (note, *_older), (file, *_more) = notes.of_topic(topic), files.of_topic(topic)
        return {"subject_id": subject.id, "note_id": note.id, "file_id": file.id}

    def _a_token(self) -> int:
        tokens.make(self.person, self.office, "for the matrix", {"calls": tokens.READ}, 30)
        return tokens.of_person(self.person.id)[0].id

    def _a_filter(self) -> int:
        with writing():
            made = saved.save(
                "hotline.call", self.office.id, self.walk.actor, "未完成", {"state": "*"}, shared=True
            )
        return made.id

    def _keeper(self) -> Keeper:
        return Keeper(rules=self.rules, actor=self.walk.actor)

    def _a_proposal(self, customer_id: int) -> int:
        with writing():
            customer = keeping.locked(customer_id, self.office.id)
            return proposals.propose_removal(self._keeper(), customer, customer.contacts[0], "").id

    def _a_move(self, customer_id: int) -> int:
        other = self.house.office("TJ")
        said = {"agreement": "T-1", "agreed_on": clock.now().date(), "confirmed_by": "高敏"}
        with writing():
            customer = keeping.locked(customer_id, self.office.id)
            return moving.offer(self._keeper(), customer, other.id, said).id

    def _a_message(self) -> int:
        """Let a message come in that cannot be read."""
        intake.take(self.rules, intake.Sack(raw=b"nothing", size=7))
        return db.session.scalars(select(Mail.id)).one()

    def _a_day(self) -> int:
        with writing():
            day = clock.now().date() + dt.timedelta(days=40)
            calendars.add_day(self.office, day, DayKind.CLOSED, "搬迁", self.walk.actor)
        self.house.see()
        return calendars.own_days(self.office.id)[0].id

    @property
    def rules(self) -> Rules:
        return rules_of(self.office)

    @property
    def procedures(self) -> dict[str, Procedure]:
        return self.rules.plugins.procedures

    def addresses(self, app: Flask) -> list[Address]:
        """Fill in the whole map: an address of cases once for each procedure."""
        found = []
        for rule in rules_in(app):
            for method in sorted((rule.methods or set()) & {"GET", "POST", "PUT", "PATCH", "DELETE"}):
                found += [Address(rule.endpoint, method, values) for values in self.fillings(rule)]
        assert len(found) > 40
        return found

    def fillings(self, rule: Rule) -> Iterator[dict[str, Any]]:
        if "about" in rule.arguments:
            yield from (
                {"office": self.office.code, "about": one, **self._place(rule, one)} for one in self.talk
            )
            return
        of_cases = {"noun", "number", "step"} & rule.arguments
        names = self.procedures if "noun" in rule.arguments else [self.lead_of(rule)] if of_cases else [None]
        for name in names:
            values = {argument: self.argument(rule, argument, name) for argument in rule.arguments}
            if None not in values.values():
                yield values

    def _place(self, rule: Rule, about: str) -> dict[str, int]:
        return {name: value for name, value in self.talk[about].items() if name in rule.arguments}

    def lead_of(self, rule: Rule) -> str:
        """Return the procedure whose numbers a plugin's own page takes."""
        plugin = rule.endpoint.partition(".")[0]
        first = next(name for name in self.procedures if name.startswith(f"{plugin}."))
        return LEADING.get(plugin, first)

    def argument(self, rule: Rule, argument: str, procedure: str | None) -> Any:
        if argument == "office":
            return self.house.head.code if rule.endpoint in ONLY_AT_HEAD_OFFICE else self.office.code
        if procedure is not None and argument in OF_CASES:
            return self.of_a_case(rule, argument, self.procedures[procedure])
        assert argument in self.simple, f"say here what <{argument}> of {rule.rule} is to be"
        return self.simple[argument]

    def of_a_case(self, rule: Rule, argument: str, procedure: Procedure) -> Any:
        case = self.cases[procedure.name]
        if argument != "step":
            known = {"plugin": procedure.plugin, "noun": procedure.noun, "number": case.number}
            return (known | self.prints.get(procedure.name, {})).get(argument)
        leading = procedure.steps_from(None if rule.endpoint == "cases.new" else case.state)
        return next((step.name for step in leading if not step.inner), None)

    def roles_for(self, address: Address) -> set[Role]:
        """Return whom an address is for."""
        needed = needed_for(address.endpoint)
        if needed == SIGNED_IN:
            return set(NATIONAL_ROLES)
        rules = rules_of(self.house.head) if address.endpoint in ONLY_AT_HEAD_OFFICE else self.rules
        key = needed(rules, address.values) if callable(needed) else str(needed)
        permission = permission_of(key, rules)
        assert permission is not None, f"{address} names {key}, which nobody declares"
        return set(permission.roles)


@pytest.fixture
def premises(house: House, walk: Callable[[Office], Any]) -> Premises:
    office = house.office("SH")
    return Premises(house, office, walk(office))


@pytest.fixture
def addresses(app: Flask, premises: Premises) -> list[Address]:
    """Everything that is not open to everybody."""
    return [one for one in premises.addresses(app) if needed_for(one.endpoint) != PUBLIC]


def with_every_role(house: House, office: Office) -> Person:
    """Hire somebody who holds every role of an office."""
    return house.person(office, *NATIONAL_ROLES)


def odd(
    addresses: list[Address], browser: FlaskClient, right: Container[int], office: str = ""
) -> dict[str, int]:
    """Ask for every address, perhaps in another office, and return the answers that are not right."""
    answers = {repr(address): address.asked_by(browser, office) for address in addresses}
    assert answers
    return {what: status for what, status in answers.items() if status not in right}


def test_every_view_names_its_permission(app: Flask) -> None:
    assert not unnamed(app)


def test_a_view_that_names_none_is_seen_and_shut(
    app: Flask, house: House, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    # An app that another test gave back has answered before, and takes no further view.
    monkeypatch.setattr(app, "_got_first_request", False)
    app.add_url_rule("/planted", "planted", lambda: "told to everybody")
    assert unnamed(app) == {"planted"}
    chief = sign_in(with_every_role(house, house.head))
    assert app.test_client().get("/planted").status_code == chief.get("/planted").status_code == 403


def test_every_permission_is_declared_by_core_or_by_the_plugin_whose_name_it_bears(app: Flask) -> None:
    installed = app.extensions["koudai"].installed.values()
    declared = set(CORE_PERMISSIONS) | {p.key for one in installed for p in one.manifest.permissions}
    named = {needed_for(rule.endpoint) for rule in rules_in(app)}
    assert {key for key in named if isinstance(key, str)} <= declared | {PUBLIC, SIGNED_IN}
    assert all(p.key.startswith(f"{one.name}.") for one in installed for p in one.manifest.permissions)


def test_nothing_else_is_open_to_everybody(app: Flask) -> None:
    public = {rule.endpoint for rule in rules_in(app) if needed_for(rule.endpoint) == PUBLIC}
    assert {one for one in public if not one.endswith(".static")} == OPEN_TO_EVERYBODY


def test_whoever_has_not_signed_in_is_sent_to_the_sign_in(
    addresses: list[Address], client: FlaskClient
) -> None:
    def target(address: Address) -> str:
        with client.application.test_request_context():
            path = url_for(address.endpoint, **address.values)
        return str(client.open(path, method=address.method).location).partition("?")[0]

    assert {target(address) for address in addresses} == {"/sign-in"}


def test_the_tree_of_offices_opens_to_the_head_offices_administrator_alone(
    house: House, addresses: list[Address], sign_in: SignIn
) -> None:
    at_the_top = [one for one in addresses if one.endpoint in ONLY_AT_HEAD_OFFICE and one.method == "GET"]
    for role in NATIONAL_ROLES:
        colleague = sign_in(house.person(house.head, role))
        status = 200 if role is ADMINISTRATOR else 403
        assert not odd(at_the_top, colleague, {status})


def test_to_people_of_another_office_nothing_is_there(
    house: House, addresses: list[Address], sign_in: SignIn
) -> None:
    stranger = sign_in(with_every_role(house, house.office("BJ", "hotline")))
    inside = [one for one in addresses if "office" in one.values]
    assert not odd(inside, stranger, {404})


def test_the_pages_of_a_plugin_that_is_off_are_not_there(
    app: Flask, house: House, addresses: list[Address], sign_in: SignIn
) -> None:
    colleague = sign_in(with_every_role(house, house.office("OF", "hotline")))
    installed = set(app.extensions["koudai"].installed)
    off = [one for one in addresses if one.plugin in installed - {"hotline"}]
    assert {one.plugin for one in off} >= {"fieldservice", "billing", "quality"}
    assert not odd(off, colleague, {404}, "OF")


def test_each_role_opens_its_own_pages_and_no_others(
    house: House, premises: Premises, addresses: list[Address], sign_in: SignIn
) -> None:
    wrong: dict[str, dict[str, int]] = {}
    for role in NATIONAL_ROLES:
        colleague = sign_in(house.person(premises.office, role))
        at_hand = [one for one in addresses if one.endpoint not in ONLY_AT_HEAD_OFFICE]
        mine = [one for one in at_hand if role in premises.roles_for(one)]
        read = [one for one in mine if one.method == "GET"]
        shut = [one for one in at_hand if one not in mine]
        wrong[role.key] = odd(read, colleague, WELL)
        wrong[role.key] |= odd(shut, colleague, {403})
    assert not {role: answers for role, answers in wrong.items() if answers}


def test_the_administration_is_for_administrators_alone(premises: Premises, addresses: list[Address]) -> None:
    administration = [one for one in addresses if one.endpoint.startswith(FOR_ADMINISTRATORS)]
    assert len(administration) > 15
    assert all(premises.roles_for(one) == {ADMINISTRATOR} for one in administration)


def test_without_a_token_no_form_is_taken(
    app: Flask, house: House, premises: Premises, sign_in: SignIn
) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    colleague = sign_in(with_every_role(house, premises.office))
    forms = [one for one in premises.addresses(app) if one.method != "GET"]
    assert not odd(forms, colleague, {400})


def test_a_page_beyond_every_number_breaks_nothing(
    house: House, premises: Premises, addresses: list[Address], sign_in: SignIn
) -> None:
    beyond = dict.fromkeys(("page", "rest", "reviewed", "span"), "9" * 30)
    read = [one for one in addresses if one.method == "GET" and one.endpoint not in ONLY_AT_HEAD_OFFICE]
    paged = [Address(one.endpoint, one.method, one.values | beyond) for one in read]
    colleague = sign_in(with_every_role(house, premises.office))
    assert not odd(paged, colleague, UNBROKEN)


def test_an_empty_form_is_answered_and_never_breaks(
    house: House, premises: Premises, addresses: list[Address], sign_in: SignIn
) -> None:
    person = with_every_role(house, premises.office)
    accounts.give_roles(person, [(house.head, ADMINISTRATOR)], premises.walk.actor)
    house.person(house.head, ADMINISTRATOR)
    forms = [one for one in addresses if one.method != "GET" and one.endpoint != "accounts.sign_out"]
    colleague = sign_in(person)
    assert not odd(forms, colleague, UNBROKEN)
    assert db.session.scalar(select(Person.left_at).where(Person.id == premises.person.id)) is None
