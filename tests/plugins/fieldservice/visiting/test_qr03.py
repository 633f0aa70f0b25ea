"""QR/03 says all that was met, told and refused on site."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from core.testing import House
from plugins.fieldservice.models import ServiceRequest
from plugins.fieldservice.records import request_form

LONG_AGO = dt.date(2015, 1, 27)
LOOKED = {"met": "高敏", "identity": True, "shown": True}


def printed(request: ServiceRequest) -> dict[str, Any]:
    """Return what the form says in each of its fields."""
    fields = [field for part in request_form.parts for field in part.fields if field.value]
    return {field.label.msgid: field.value(request) for field in fields if field.value}


@pytest.mark.clause("QI/04 3.1.7")
def test_a_refusal_is_printed_where_the_signature_would_be(beijing: Any) -> None:
    refused = {"result": "partly", "signed_by": "高敏", "opinion": "等经理", "refused_because": "经理不在"}
    said = printed(beijing.act(beijing.explained(), "sign", beijing.engineer, **refused))
    assert (said["Why unsigned"], said["Opinion"], said["Result"]) == (
        "经理不在",
        "等经理",
        "partly",
    )
    assert said["Prevention told"] == "结账前先备份"
    assert said["Back-up"].startswith("UFDATABAK\\WL")


@pytest.mark.clause("QI/04 3.2.3")
@pytest.mark.clause("QI/04 3.2.4")
def test_the_fee_and_the_last_free_visit_stand_above_the_signature(beijing: Any, house: House) -> None:
    waiting = beijing.registered(house.customer(beijing.office, contract=LONG_AGO))
    request = beijing.act(waiting, "grant_courtesy", beijing.manager, told=True)
    sent = {"engineer_id": beijing.engineer.person_id, "kind_of_work": "data_upgrade"}
    request = beijing.on_site(beijing.act(request, "dispatch", beijing.duty, **sent))
    beijing.act(request, "show_fee", beijing.engineer, fee_agreed_by="高敏", fee_agreed=True)
    told = {"courtesy_told_to": "罗文", "courtesy_told": True}
    request = beijing.act(request, "tell_last_free", beijing.engineer, **told)
    charges = printed(request)["Charges told"]
    for words in ("300.00", "高敏", "罗文"):
        assert words in charges


def test_of_an_ordinary_visit_nothing_is_said_of_money(beijing: Any) -> None:
    said = printed(beijing.signed())
    assert (said["Charges told"], said["Why unsigned"]) == ("", "")
