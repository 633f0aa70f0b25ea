"""What a customer is told of money before the work begins: fees of what is not routine, and the last free visit."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from core import settings
from core.errors import KoudaiError
from core.people import Actor
from core.testing import House
from plugins.billing.charges import charge_of, courtesy_here
from plugins.fieldservice import visit

ADMINISTRATOR = Actor("admin")
LOOKED = {"met": "高敏", "identity": True, "shown": True}
BACKED_UP = {"account_sets": "001", "reports_asked": True}
SOLVED = {"cause": "新建账套", "remedy": "建账并导入期初"}
AGREED = {"fee_agreed_by": "高敏", "fee_agreed": True}
TOLD = {"courtesy_told_to": "高敏", "courtesy_told": True}
LONG_AGO = dt.date(2015, 1, 27)


def lines(centre: Any, request: Any) -> list[str]:
    """Return the lines of a visit by name."""
    return [one.name for one in visit.lines(centre.look(request, centre.engineer), "", None)]


def backed_up(centre: Any, work: str) -> Any:
    """Bring a request of some kind of work as far as its back-up."""
    request = centre.act(centre.on_site(), "look_into", centre.engineer, **LOOKED, kind_of_work=work)
    return centre.act(request, "back_up", centre.engineer, **BACKED_UP)


@pytest.mark.clause("QI/04 3.2.3")
def test_what_is_not_routine_begins_when_the_customer_has_agreed_to_the_fee(beijing: Any) -> None:
    request = backed_up(beijing, "opening_books")
    refused = beijing.refused(request, "solve", beijing.engineer, **SOLVED)
    assert [(str(one.clause), one.plugin) for one in refused.objections] == [("QI/04 3.2.3", "billing")]
    request = beijing.act(request, "show_fee", beijing.engineer, **AGREED)
    charge = charge_of(request.id)
    assert charge
    assert (charge.fee, charge.agreed_by) == (Decimal(400), "高敏")
    assert beijing.act(request, "solve", beijing.engineer, **SOLVED).remedy


@pytest.mark.clause("QI/04 3.2.3")
def test_the_fee_stands_between_the_back_up_and_the_work(beijing: Any) -> None:
    found = lines(beijing, backed_up(beijing, "data_upgrade"))
    assert found.index("back_up") < found.index("show_fee") < found.index("solve")


@pytest.mark.clause("QI/04 3.2.3")
@pytest.mark.parametrize("work", ["", "routine"])
def test_routine_work_asks_for_nothing(beijing: Any, work: str) -> None:
    request = backed_up(beijing, work)
    assert "show_fee" not in lines(beijing, request)
    assert beijing.refused(request, "show_fee", beijing.engineer, **AGREED).objections
    assert beijing.act(request, "solve", beijing.engineer, **SOLVED).remedy


@pytest.mark.clause("QI/04 3.2.3")
def test_without_billing_nothing_is_asked(house: House) -> None:
    from tests.plugins.conftest import Centre

    bare = Centre(house, "TJ", "hotline", "fieldservice")
    request = bare.act(bare.on_site(), "back_up", bare.engineer, **BACKED_UP)
    assert "show_fee" not in lines(bare, request)
    assert bare.act(request, "solve", bare.engineer, **SOLVED).remedy


@pytest.mark.clause("QI/04 3.2.3")
def test_other_work_needs_another_consent(beijing: Any) -> None:
    request = beijing.act(backed_up(beijing, "opening_books"), "show_fee", beijing.engineer, **AGREED)
    request = beijing.act(request, "look_into", beijing.engineer, **LOOKED, kind_of_work="data_upgrade")
    assert request.charges == {}
    assert beijing.refused(request, "solve", beijing.engineer, **SOLVED).objections


@pytest.mark.clause("QI/03 3.3.2")
def test_what_the_duty_manager_decided_stands_until_the_engineer_says_otherwise(beijing: Any) -> None:
    request = beijing.registered()
    sent = {"engineer_id": beijing.engineer.person_id, "kind_of_work": "initial_setup"}
    request = beijing.on_site(beijing.act(request, "dispatch", beijing.duty, **sent))
    charge = charge_of(request.id)
    assert charge
    assert charge.work == "initial_setup"
    beijing.act(request, "look_into", beijing.engineer, **LOOKED, kind_of_work="routine")
    assert charge_of(request.id).work == "routine"  # type: ignore[union-attr]


@pytest.mark.clause("QI/04 3.2.6")
def test_an_office_may_raise_a_fee_and_never_go_below_the_list(beijing: Any) -> None:
    key = "billing.opening_books_fee_yuan"
    with pytest.raises(KoudaiError, match=r"QI/04 3\.2\.6"):
        settings.set_parameter(beijing.office, key, 300, ADMINISTRATOR)
    settings.set_parameter(beijing.office, key, 500, ADMINISTRATOR)
    request = beijing.act(backed_up(beijing, "opening_books"), "show_fee", beijing.engineer, **AGREED)
    assert charge_of(request.id).fee == Decimal(500)  # type: ignore[union-attr]


@pytest.mark.clause("QI/04 3.2.4")
def test_a_courtesy_visit_is_signed_for_by_who_knows_that_it_was_the_last_one(
    beijing: Any, house: House
) -> None:
    waiting = beijing.registered(house.customer(beijing.office, contract=LONG_AGO))
    request = beijing.act(waiting, "grant_courtesy", beijing.manager, told=True)
    request = beijing.act(request, "dispatch", beijing.duty, engineer_id=beijing.engineer.person_id)
    request = beijing.explained(request)
    assert "tell_last_free" in lines(beijing, request)
    signed = {"result": "all_solved", "signed_by": "高敏", "on_paper": "文件柜"}
    refused = beijing.refused(request, "sign", beijing.engineer, **signed)
    assert [(str(one.clause), one.plugin) for one in refused.objections] == [("QI/04 3.2.4", "billing")]
    request = beijing.act(request, "tell_last_free", beijing.engineer, **TOLD)
    assert courtesy_here(request.id).told_to == "高敏"  # type: ignore[union-attr]
    assert list(request.charges) == ["courtesy"]
    assert beijing.act(request, "sign", beijing.engineer, **signed).state == "signed"


@pytest.mark.clause("QI/04 3.2.4")
def test_who_pays_for_service_is_told_nothing_of_a_last_visit(beijing: Any) -> None:
    request = beijing.explained()
    assert "tell_last_free" not in lines(beijing, request)
    assert beijing.refused(request, "tell_last_free", beijing.engineer, **TOLD).objections
    signed = {"result": "all_solved", "signed_by": "高敏", "on_paper": "文件柜"}
    assert beijing.act(request, "sign", beijing.engineer, **signed).state == "signed"
