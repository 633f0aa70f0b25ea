"""Every address of the API x everybody: walked from ``url_map`` and the office's own description of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from core.api import door
from core.offices import Office
from core.permissions import CORE_PERMISSIONS, permission_of
from core.roles import ADMINISTRATOR, NATIONAL_ROLES, Role
from core.rules import Rules, rules_of
from core.testing import House
from core.web.access import needed_for
from tests.api.conftest import signed_up
from tests.core.conftest import walk  # noqa: F401

UNBROKEN = {200, 201, 403, 405, 409, 422}


@pytest.fixture
def numbers(walk: Any, shanghai: Office, house: House) -> dict[str, str]:  # noqa: F811
    """One case of each collection."""
    walking = walk(shanghai)
    found = {one.collection: walking.born(name, {}).number for name, one in walking.procedures.items()}
    return found | {"customers": house.customer(shanghai).file_number}


def described(rules: Rules, numbers: dict[str, str]) -> Iterator[tuple[str, str, set[Role]]]:
    """Yield every operation that the office describes, with whom it is for."""
    from core.api import openapi

    reads = {one.collection: one.reads for one in rules.plugins.procedures.values()}
    # The telephone system's own address.
    reads["hotline"] = "hotline.read"
    for path, methods in openapi.document(rules)["paths"].items():
        collection = path.split("/")[1]
        permission = permission_of(reads.get(collection, "core.see_customers"), rules)
        assert permission is not None
        number = numbers.get(collection, "")
        address = path.replace("{number}", number).replace("{file_number}", number)
        for method in methods.keys() & {"get", "post"}:
            yield method.upper(), address, set(permission.roles)


def test_every_address_names_its_permission_and_every_one_is_described(
    app: Flask, shanghai: Office, numbers: dict[str, str]
) -> None:
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("api.")]
    assert len(rules) == 8
    assert all(needed_for(rule.endpoint) for rule in rules)
    of_plugins = {rule.endpoint for rule in app.url_map.iter_rules() if rule.rule.startswith(door.ROOT)}
    of_plugins -= {rule.endpoint for rule in rules}
    assert of_plugins
    assert all(hasattr(app.view_functions[one], "described") for one in of_plugins)
    assert len(list(described(rules_of(shanghai), numbers))) > 40


def test_each_role_asks_what_it_may_see_and_nothing_else(
    house: House, shanghai: Office, numbers: dict[str, str], client_of: Any
) -> None:
    house.see()
    operations = list(described(rules_of(shanghai), numbers))
    wrong = {}
    for role in NATIONAL_ROLES:
        client = client_of(signed_up(house.person(shanghai, role)), shanghai)
        for method, path, roles in operations:
            status = client.ask(method, path, json={} if method == "POST" else None).status_code
            right = ({200} if method == "GET" else UNBROKEN) if role in roles else {403}
            if status not in right:
                wrong[f"{role.key} {method} {path}"] = status
    assert not wrong


def test_to_people_of_another_office_nothing_is_there_and_to_nobody_nothing_opens(
    house: House, shanghai: Office, numbers: dict[str, str], client_of: Any
) -> None:
    house.see()
    beijing = house.office("BJ")
    stranger = client_of(signed_up(house.person(beijing, *NATIONAL_ROLES)), beijing)
    stranger.office = "SH"
    operations = list(described(rules_of(shanghai), numbers))
    asked = [stranger.ask(method, path, json={}).status_code for method, path, _roles in operations]
    assert set(asked) == {404}
    stranger.token = "koudai_guessed"
    asked = [stranger.ask(method, path, json={}).status_code for method, path, _roles in operations]
    assert set(asked) == {401}


def test_a_token_ends_with_its_time_its_role_and_when_it_is_taken_back(
    house: House, shanghai: Office, client_of: Any
) -> None:
    import datetime as dt

    from core import accounts, clock
    from core.api import tokens
    from core.people import Actor
    from core.roles import HOTLINE_ENGINEER

    person = signed_up(house.person(shanghai, HOTLINE_ENGINEER))
    client = client_of(person, shanghai)
    assert client.get("/calls").status_code == 200
    with clock.stopped_at(clock.now() + dt.timedelta(days=31)):
        assert client.get("/calls").status_code == 401
    (made,) = tokens.of_person(person.id)
    tokens.revoke(person, made.id)
    assert client.get("/calls").status_code == 401
    again = client_of(person, shanghai)
    accounts.take_role(person, shanghai, HOTLINE_ENGINEER, Actor("tests"))
    assert again.get("/calls").status_code == 401


def test_tokens_are_made_on_the_page_shown_once_and_kept_as_a_hash(
    house: House, shanghai: Office, sign_in: Any
) -> None:
    import re

    from core.api.tokens import ApiToken

    person = signed_up(house.person(shanghai, *(set(NATIONAL_ROLES) - {ADMINISTRATOR})))
    browser = sign_in(person)
    nothing = browser.post("/SH/api/", data={"name": "电话系统", "days": "30"})
    assert nothing.status_code == 422
    made = browser.post("/SH/api/", data={"name": "电话系统", "days": "30", "reach-calls": "act"})
    (secret,) = re.findall(r'value="(koudai_[^"]+)"', made.text)
    assert secret not in browser.get("/me/tokens").text
    kept = ApiToken.query.one()
    assert (kept.name, kept.reach, secret in kept.digest) == ("电话系统", {"calls": "act"}, False)
    assert browser.post(f"/me/tokens/{kept.id}/revoke").status_code == 302
    assert "taken back" in browser.get("/me/tokens").text
    assert "core.use_api" in CORE_PERMISSIONS
