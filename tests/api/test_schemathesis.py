"""Schemathesis asks every operation that an office describes, with values right and wrong: the API keeps its word."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode

from core.api import openapi
from core.offices import Office
from core.roles import NATIONAL_ROLES
from core.rules import rules_of
from core.testing import House
from tests.api.conftest import signed_up
from tests.core.conftest import walk  # noqa: F401

# What fits the schema may still be refused: by the role, by the state, by the form that reads the sense of it.
ANSWERED = ["2xx", "403", "404", "409", "422"]
CONFIG = {"checks": {"positive_data_acceptance": {"expected-statuses": ANSWERED}}}
TRIES = settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["right", "wrong"])
def test_every_operation_keeps_its_word(
    app: Flask,
    house: House,
    shanghai: Office,
    walk: Any,  # noqa: F811
    client_of: Any,
    subtests: pytest.Subtests,
    mode: GenerationMode,
) -> None:
    walking = walk(shanghai)
    numbers = {one.collection: walking.born(name, {}).number for name, one in walking.procedures.items()}
    numbers["customers"] = house.customer(shanghai).file_number
    client = client_of(signed_up(house.person(shanghai, *NATIONAL_ROLES)), shanghai)
    headers = {"Authorization": f"Bearer {client.token}", "Accept-Language": "en"}
    house.see()
    document = openapi.document(rules_of(shanghai))
    schema = schemathesis.openapi.from_dict(document, config=schemathesis.Config.from_dict(CONFIG))
    schema.app = app
    asked = 0
    for found in schema.get_all_operations():
        operation = found.ok()
        asked += 1
        with subtests.test(msg=operation.label):
            probe(operation, mode, headers, numbers.get(operation.path.split("/")[1], ""))
    assert asked > 40


def probe(operation: Any, mode: GenerationMode, headers: dict[str, str], number: str) -> None:
    """Ask one operation several times, about a case that is there unless the number is all that can be wrong."""
    elsewhere = mode is GenerationMode.NEGATIVE and operation.method == "get"
    there = None if elsewhere else {one.name: number for one in operation.path_parameters}

    @TRIES
    @given(case=operation.as_strategy(generation_mode=mode, path_parameters=there))
    def ask(case: Any) -> None:
        case.call_and_validate(headers=headers)

    ask()
