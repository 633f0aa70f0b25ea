"""What the gate does not let a plugin do, however it tries, and what it makes of a plugin's mistakes."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from core import gate
from core.clauses import house_rule
from core.db import db
from core.errors import Invalid, NotFound, RefusalKind, Refused
from core.i18n import _l
from core.offices import Office
from core.roles import HOTLINE_ENGINEER
from core.testing import NATIONAL, House
from plugins.hotline.models import Call

OWN = house_rule(_l("For this test."))


@pytest.fixture
def odd(house: House, install: Any, make_plugin: Any, walk: Any) -> Any:
    """Open an office with a plugin that adds a step to calls; return a new call, and how to take the step."""

    def opened(moves: str = "open -> same", **attributes: Any) -> Any:
        def amend(procedures: Any) -> None:
            given = {"title": _l("Odd"), "by": HOTLINE_ENGINEER, "clause": OWN, **attributes}
            procedures["hotline.call"].add_step("odd", moves, **given)

        install(make_plugin("odd", requires=("hotline",), amend=amend))
        office = house.office("SH", *NATIONAL, "odd")
        call = walk(office).case_in("hotline.call", "open")
        actor = house.hire(office, HOTLINE_ENGINEER)
        return call, office, lambda: gate.perform("hotline.call", call.number, "odd", actor, office=office)

    return opened


def test_what_the_database_refuses_and_the_step_explains_is_a_refusal_like_any_other(
    odd: Any, ledger_of: Any
) -> None:
    def takes_a_number_twice(act: Any) -> None:
        more = {"state": "open", "channel": "phone", "opened_at": act.now, "changed_at": act.now}
        try:
            db.session.add(Call(office_id=act.case.office_id, number=act.case.number, **more))
            db.session.flush()
        except IntegrityError:
            raise Invalid("number", _l("It is taken.")) from None

    call, office, take = odd(does=takes_a_number_twice)
    number = call.number
    with pytest.raises(Refused) as refused:
        take()
    assert (refused.value.kind, list(refused.value.errors)) == (RefusalKind.FORM, ["number"])
    row = ledger_of(office)[-1]
    assert (row.kind, row.action, row.number) == ("refused", "odd", number)


def test_a_check_that_changes_the_case_keeps_the_step_closed_and_changes_nothing(
    odd: Any, house: House, in_english: None
) -> None:
    def meddles(act: Any) -> None:
        act.case.contact = "谁也没有写"

    call, _office, take = odd(requires=(meddles,))
    before = call.contact
    with pytest.raises(Refused) as refused:
        take()
    assert "odd failed to check this" in str(refused.value)
    house.see()
    assert db.session.get_one(Call, call.id).contact == before


def test_no_step_is_taken_on_a_case_inside_another_step_of_it(odd: Any, house: House) -> None:
    def parks(act: Any) -> None:
        gate.perform("hotline.call", act.case.number, "park", act.actor, office=act.rules.office)

    call, _office, take = odd(does=parks)
    with pytest.raises(RuntimeError, match="is under way"):
        take()
    house.see()
    assert db.session.get_one(Call, call.id).state == "open"


def test_a_case_is_looked_at_from_its_own_office_only(house: House, walk: Any) -> None:
    shanghai, beijing = house.office("SH"), house.office("BJ")
    call = walk(shanghai).case_in("hotline.call", "open")
    house.see()
    actor = house.hire(beijing, HOTLINE_ENGINEER)
    with pytest.raises(NotFound):
        gate.open_case("hotline.call", call.number, actor, _again(beijing))


def _again(office: Office) -> Office:
    return db.session.get_one(Office, office.id)


def test_an_inner_step_that_is_taken_by_itself_is_told_apart_from_one_that_is_not_there(
    house: House, walk: Any, in_english: None
) -> None:
    office = house.office("SH")
    walker = walk(office)
    with pytest.raises(
        NotFound, match="The step register of Field service request is only taken inside another"
    ):
        gate.perform("fieldservice.request", None, "register", walker.actor, office=office)
    with pytest.raises(NotFound, match="has no step registr here"):
        gate.perform("fieldservice.request", None, "registr", walker.actor, office=office)
