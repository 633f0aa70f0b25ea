"""Whoever's role does not open a collection hears whose it is, by which clause and which plugin, as in the gate."""

from __future__ import annotations

from typing import Any

import pytest

from core.offices import Office
from core.roles import FIELD_ENGINEER, HEAD_OFFICE_SUPPORT, HOTLINE_ENGINEER, Role
from core.testing import House
from tests.api.conftest import signed_up
from tests.plugins_dummy.fixtures import database_url, plugins, sqlite_template  # noqa: F401


@pytest.fixture
def program(house: House, client_of: Any) -> Any:
    """The means to have a program of somebody with one role in an office."""
    return lambda role, office: client_of(signed_up(house.person(office, role)), office)


def test_the_clause_of_a_permission_is_told_with_the_roles_that_have_it(
    program: Any, shanghai: Office
) -> None:
    refused = program(HEAD_OFFICE_SUPPORT, shanghai).get("/customers")
    assert (refused.status_code, refused.json["kind"]) == (403, "role")
    (why,) = refused.json["objections"]
    assert (why["clause"], why["house_rule"], why["plugin"]) == ("QI/04 3.2.8", None, "core")
    assert why["text"] == refused.json["message"]
    assert why["text"].startswith("“See customers” is only for: Support manager or Duty manager or")


@pytest.mark.parametrize(("role", "status"), [(HOTLINE_ENGINEER, 200), (FIELD_ENGINEER, 403)])
def test_a_plugins_collection_is_its_readers_and_the_plugin_says_so(
    program: Any, shanghai: Office, role: Role, status: int
) -> None:
    answer = program(role, shanghai).get("/complaints")
    assert answer.status_code == status
    assert [one["plugin"] for one in answer.json.get("objections", [])] == ["quality"] * (status == 403)


def test_where_a_plugin_lets_in_a_role_of_its_own_that_one_is_named_too(program: Any, house: House) -> None:
    offices = [house.office("SZ", "hotline", "fieldservice", "dummy"), house.office("BJ")]
    told = [program(HEAD_OFFICE_SUPPORT, one).get("/calls").json["objections"][0]["text"] for one in offices]
    assert ["Keeper of the dongles" in one for one in told] == [True, False]


def test_a_person_reads_the_page_and_no_json(house: House, shanghai: Office, sign_in: Any) -> None:
    turned_away = sign_in(house.person(shanghai, HEAD_OFFICE_SUPPORT)).get("/SH/customers/")
    assert (turned_away.status_code, turned_away.mimetype) == (403, "text/html")
