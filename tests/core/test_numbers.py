"""Numbers: without a gap, never twice, by the year in the office, and void with a reason."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select

from core import clock, gate, ledger
from core.db import db, see_offices, writing
from core.errors import Refused
from core.numbers import NumberVoid, draw
from core.offices import Office
from core.testing import House
from plugins.hotline.models import Call

PROCESSES, THREADS, ROUNDS = 4, 4, 2
TUESDAY = dt.datetime(2026, 11, 24, 2, tzinfo=dt.UTC)


def numbers(office: Office) -> list[str]:
    calls = db.session.scalars(select(Call).where(Call.office_id == office.id).order_by(Call.number))
    return [str(call.number) for call in calls]


def test_sixteen_writers_at_once_leave_no_gap_and_no_double(house: House, servers: Any) -> None:
    office = house.office("SH", "hotline")
    servers.start(PROCESSES, office, rounds=ROUNDS, threads=THREADS, now=TUESDAY)
    servers.finish()
    house.see()
    drawn = PROCESSES * THREADS * ROUNDS
    assert numbers(office) == [f"SH-H-2026-{number:05d}" for number in range(1, drawn + 1)]
    assert list(ledger.verify(office.id)) == []
    rows = db.session.query(ledger.LedgerRow).filter_by(office_id=office.id)
    assert rows.filter_by(kind="step", action="log").count() == drawn
    assert rows.filter_by(kind="refused", action="answer_demand").count() == drawn
    head = db.session.get(ledger.LedgerHead, office.id)
    assert head is not None
    assert head.count == rows.count() == 2 + 3 * drawn, "the opening and the switch come first"


def test_a_refused_step_consumes_no_number(house: House, walk: Any) -> None:
    office = house.office("SH", "hotline")
    walker = walk(office)
    walker.case_in("hotline.call", "open")
    with pytest.raises(Refused):
        gate.perform("hotline.call", None, "log", walker.actor, {}, office=office)
    with pytest.raises(Refused):
        gate.perform("hotline.call", None, "solve", walker.actor, {}, office=office)
    second = walker.case_in("hotline.call", "open").number
    assert numbers(office)[1:] == [second]
    assert second.endswith("-00002")


@pytest.mark.parametrize(
    ("moment", "zone", "year"),
    [
        (dt.datetime(2026, 12, 31, 15, 59, tzinfo=dt.UTC), "Asia/Shanghai", 2026),
        (dt.datetime(2026, 12, 31, 17, tzinfo=dt.UTC), "Asia/Shanghai", 2027),
        (dt.datetime(2026, 12, 31, 17, tzinfo=dt.UTC), "Europe/Berlin", 2026),
    ],
)
def test_the_year_is_the_one_in_the_office(
    moment: dt.datetime, zone: str, year: int, house: House, walk: Any
) -> None:
    office = house.office("SH", "hotline")
    with writing():
        office.zone = zone
    house.see()
    with clock.stopped_at(moment):
        number = walk(office).case_in("hotline.call", "open").number
    assert number == f"SH-H-{year}-00001"


def test_every_year_form_and_office_counts_for_itself(house: House) -> None:
    shanghai, beijing = house.office("SH", "hotline"), house.office("BJ", "hotline")
    this_year, next_year = TUESDAY, TUESDAY + dt.timedelta(days=60)
    asked = [(shanghai, "H", this_year), (shanghai, "H", this_year), (shanghai, "R", this_year)]
    with writing():
        drawn = [draw(*one) for one in [*asked, (beijing, "H", this_year), (shanghai, "H", next_year)]]
    assert drawn == [
        "SH-H-2026-00001",
        "SH-H-2026-00002",
        "SH-R-2026-00001",
        "BJ-H-2026-00001",
        "SH-H-2027-00001",
    ]


def test_a_number_drawn_in_vain_is_drawn_again(house: House) -> None:
    office = house.office("SH", "hotline")
    with pytest.raises(ZeroDivisionError), writing():
        print(draw(office, "H", TUESDAY), 1 / 0)
    with writing():
        assert draw(office, "H", TUESDAY) == "SH-H-2026-00001"


@pytest.mark.clause("QI/03 3.1.9")
def test_a_void_number_is_registered_with_its_reason_and_never_used_again(house: House, walk: Any) -> None:
    office = house.office("SH", "hotline")
    walker = walk(office)
    number = walker.case_in("hotline.call", "open").number
    gate.perform("hotline.call", number, "cancel", walker.actor, {"reason": "打错了"}, office=office)
    (void,) = db.session.scalars(select(NumberVoid)).all()
    assert (void.number, void.reason, void.voided_by_id) == (number, "打错了", walker.actor.person_id)
    assert void.office_id == office.id
    assert walker.case_in("hotline.call", "open").number > number
    see_offices(frozenset())
    assert db.session.scalars(select(NumberVoid)).all() == []
