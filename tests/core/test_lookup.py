"""Under which words a customer is found while somebody types."""

from __future__ import annotations

import pytest

from core.customers import lookup
from core.customers.lookup import initials_of
from core.testing import House


@pytest.mark.clause("QI/03 3.2.2")
@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("上海恒远服装", "shhyfz"),
        ("上海长三角贸易", "shcsjmy"),
        ("上海长三角贸易", "shzsjmy"),
        ("单田芳", "stf"),
        ("仇英", "qy"),
        ("重庆分公司", "cqfgs"),
        ("Unity 软件", "urj"),
    ],
)
def test_a_name_is_found_by_its_initials_however_a_character_is_read(name: str, typed: str) -> None:
    assert typed in initials_of(name)


def test_a_long_name_has_not_so_many_initials_that_the_index_bursts() -> None:
    assert len(initials_of("长行重单仇乐曾解华任朴查盖" * 3)) < 120


@pytest.mark.clause("QI/03 3.2.2")
@pytest.mark.parametrize("typed", ["gm", "+86 138 1234 5678", "008613812345678", "13812345678", "5678"])
def test_a_customer_is_found_by_whom_one_talks_to(house: House, typed: str) -> None:
    from core.customers.services import add_customer
    from core.db import writing

    office = house.office("SH")
    with writing():
        add_customer(office.id, file_number="SH1", name="恒远", contact="高敏", phone="13812345678")
    house.see()
    assert [one.file_number for one in lookup.find(typed, office.id)] == ["SH1"]


@pytest.mark.clause("QI/03 3.2.2")
def test_a_line_shows_whom_one_may_phone_and_nobody_who_is_gone(house: House) -> None:
    from core import clock
    from core.customers.models import Contact
    from core.customers.services import add_customer
    from core.db import db, see_offices, writing

    office, neighbour = house.office("SH"), house.office("BJ")
    with writing():
        asked_for, gone = (
            add_customer(office.id, file_number=f"SH{n}", name="恒远", contact="高敏", phone="13812345678")
            for n in (2, 1)
        )
        lonely = add_customer(office.id, file_number="SH3", name="恒远", contact="周", phone="5911-0241")
        add_customer(neighbour.id, file_number="BJ1", name="恒远", contact="高敏", phone="13812345678")
        asked_for.contacts.append(Contact(office_id=office.id, name="陈文斌", phones="021-59110241"))
        lonely.contacts[0].removed_at = gone.gone_at = clock.now()
        db.session.flush()
    house.see()
    found = lookup.hits("恒远", office.id)
    assert [(one.file_number, one.contacts) for one in found] == [
        ("SH2", [("高敏", "13812345678"), ("陈文斌", "021-59110241")]),
        ("SH3", []),
    ]
    assert [one.file_number for one in lookup.hits("恒远", neighbour.id)] == ["BJ1"]
    see_offices(frozenset({office.id}))
    assert lookup.hits("恒远", neighbour.id) == []
