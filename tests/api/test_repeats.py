"""A program that heard no answer asks again under the same key: it is done once, and answered every time."""

from __future__ import annotations

from threading import Barrier, Thread
from typing import Any

import pytest
from flask import Flask

from core import switches
from core.api.replays import ApiReplay
from core.db import db
from core.ledger import LedgerRow
from core.offices import Office
from core.roles import HEAD_OFFICE_SUPPORT
from core.testing import NATIONAL, SETTER_UP, House
from plugins.fieldservice.testing import Centre
from tests.api.conftest import signed_up
from tests.api.test_api import NEWCOMER, call_about

ASKED_BACK = {"said": "手工录入还是接口导入？"}


@pytest.fixture
def support(house: House, client_of: Any) -> Any:
    """A program of head-office support."""
    for plugin in NATIONAL:
        switches.switch(house.plugins, house.head, plugin, True, SETTER_UP)
    house.see()
    return client_of(signed_up(house.person(house.head, HEAD_OFFICE_SUPPORT)), house.head)


def test_a_step_is_answered_again_although_its_version_is_past(
    api: Any, house: House, shanghai: Office
) -> None:
    call = api.post("/calls", call_about(house, shanghai)).json
    asked = {"Idempotency-Key": "park-1", "If-Match": f'"{call["version"]}"'}
    first, again = (api.post(f"/calls/{call['number']}/steps/park", {}, headers=asked) for _twice in range(2))
    assert (first.status_code, again.status_code) == (200, 200)
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.json["version"] == first.json["version"]


def test_what_was_refused_may_be_asked_anew_under_its_key(api: Any, house: House, shanghai: Office) -> None:
    key, wrong = {"Idempotency-Key": "pbx-1"}, {"happens": "软件有问题"}
    assert api.post("/calls", call_about(house, shanghai) | wrong, headers=key).status_code == 422
    assert api.post("/calls", call_about(house, shanghai), headers=key).status_code == 201


def test_at_the_same_moment_it_is_done_once_and_refused_to_nobody(
    app: Flask, api: Any, house: House, shanghai: Office
) -> None:
    call, together = api.post("/calls", call_about(house, shanghai)).json, Barrier(4)
    asked = {"Idempotency-Key": "park-2", "If-Match": f'"{call["version"]}"'}
    answers: list[Any] = []

    def ask() -> None:
        together.wait()
        answers.append(api.post(f"/calls/{call['number']}/steps/park", {}, headers=asked))

    threads = [Thread(target=ask) for _one in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert [one.status_code for one in answers] == [200] * 4
    assert sum("Idempotent-Replayed" in one.headers for one in answers) == 3
    house.see()
    rows = db.session.query(LedgerRow).filter_by(number=call["number"]).order_by(LedgerRow.id).all()
    assert [one.action for one in rows] == ["log", "park"], "no refusal is on record"


def test_of_two_programs_that_enter_one_customer_at_once_the_second_hears_of_the_first(api: Any) -> None:
    together, answers = Barrier(2), list[Any]()

    def ask(key: str) -> None:
        together.wait()
        answers.append(api.post("/customers", NEWCOMER, headers={"Idempotency-Key": key}))

    threads = [Thread(target=ask, args=(key,)) for key in ("crm-1", "crm-2")]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    first, second = sorted(answers, key=lambda one: one.status_code)
    assert (first.status_code, second.status_code) == (201, 422)
    assert first.json["file_number"] in second.json["errors"]["all_the_same"][0]


def test_head_office_repeats_a_step_on_what_an_office_shared(support: Any, house: House) -> None:
    escalated = Centre(house, "BJ").escalated()
    path, key = f"/escalations/{escalated.number}/steps/ask_back", {"Idempotency-Key": "ho-1"}
    first, again = (support.post(path, ASKED_BACK, headers=key) for _twice in range(2))
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.headers["Idempotent-Replayed"] == "true"
    house.see()
    assert db.session.query(ApiReplay).one().office_id == house.head.id


@pytest.mark.clause("QP/2-04 5.6")
def test_the_answer_to_head_office_shows_no_more_of_the_case_than_its_page(
    support: Any, house: House
) -> None:
    escalated = Centre(house, "BJ").escalated()
    before = support.get(f"/escalations/{escalated.number}").json
    answer = support.post(f"/escalations/{escalated.number}/steps/ask_back", ASKED_BACK).json
    for one in (before, answer):
        assert (one["customer"], one["fields"]["request"]) == (None, None)


def test_what_a_key_led_to_is_known_by_its_procedure_and_a_customer_by_none(
    api: Any, house: House, shanghai: Office
) -> None:
    api.post("/calls", call_about(house, shanghai), headers={"Idempotency-Key": "a"})
    api.post("/customers", NEWCOMER, headers={"Idempotency-Key": "b"})
    house.see()
    kept = db.session.query(ApiReplay).order_by(ApiReplay.key)
    assert [one.procedure for one in kept] == ["hotline.call", ""]
