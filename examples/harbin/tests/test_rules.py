"""Harbin's numbers (HEYY/QI/03), and that they are Harbin's only."""

from __future__ import annotations

from typing import Any

import pytest

from core.rules import rules_of
from core.testing import NATIONAL, House
from core.testing_contract import PluginContract


class TestContract(PluginContract):
    """What every plugin keeps to."""

    plugin = "harbin"


@pytest.mark.parametrize(
    ("key", "here", "there"),
    [
        pytest.param("hotline.long_test_minutes", 30, 60, marks=pytest.mark.clause("HEYY/QI/03 1.1")),
        pytest.param(
            "fieldservice.first_call_until_hour", 11, 12, marks=pytest.mark.clause("HEYY/QI/03 1.2")
        ),
        pytest.param(
            "fieldservice.backup_root", "HEBAK", "UFDATABAK", marks=pytest.mark.clause("HEYY/QI/03 1.3")
        ),
    ],
)
def test_the_number_differs_here_only(house: House, key: str, here: Any, there: Any) -> None:
    home, neighbour = house.office("HOME", *NATIONAL, "harbin"), house.office("NEXT")
    assert rules_of(home).parameter(key) == here
    assert rules_of(neighbour).parameter(key) == there


def test_the_office_may_still_be_stricter_than_its_region(house: House) -> None:
    rungs = rules_of(house.office("HOME", *NATIONAL, "harbin")).rungs("hotline.long_test_minutes")
    assert [(rung.source, rung.value, str(rung.clause)) for rung in rungs if rung.given] == [
        ("preset", 30, "HEYY/QI/03 1.1"),
        ("default", 60, ""),
    ]
