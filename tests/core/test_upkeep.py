"""A full table: the few rows that still matter are found by an index, and SQLite is told how full it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, text

from core import clock
from core.customers import importing
from core.customers.import_models import RunState
from core.db import db, see_offices, writing
from core.deadlines import IS_OPEN, Deadline
from core.offices import Office
from core.people import Actor
from core.testing import House
from core.upkeep import look_at_tables

SAMPLE = Path(__file__).parents[2].joinpath("samples", "customers-sh.csv")


@pytest.fixture
def office(house: House) -> Office:
    return house.office("SH")


@pytest.fixture
def full(house: House, office: Office) -> Office:
    """An office that kept three thousand promises and has three to keep."""
    now = clock.now()
    row = {
        "key": "hotline.same_day_demand",
        "procedure": "hotline.call",
        "heading": "",
        "role": "duty_manager",
        "clause": "QI/03 3.1.7",
        "plugin": "hotline",
        "started_at": now,
        "trace": [],
        "office_id": office.id,
    }
    with writing():
        db.session.execute(
            insert(Deadline),
            [
                {**row, "subject_id": at, "number": f"SH-H-{at}", "due_at": now + dt.timedelta(minutes=at)}
                | {"state": "open" if at % 1000 == 0 else "met"}
                for at in range(1, 3001)
            ],
        )
        db.session.execute(text("analyze core_deadline"))
    house.see()
    return office


def way_to(query: Any) -> str:
    """Return by which way the database would come to the rows."""
    dialect = db.session.get_bind().dialect
    asked = str(query.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
    plan = "explain query plan " if dialect.name == "sqlite" else "explain "
    return " ".join(str(row[-1]) for row in db.session.execute(text(plan + asked.replace(":", r"\:"))))


def test_what_few_rows_meet_is_looked_for_by_its_index(full: Office) -> None:
    counted = select(Deadline.__table__.c.key).where(Deadline.office_id == full.id, IS_OPEN)
    way = way_to(counted.order_by(Deadline.__table__.c.procedure))
    assert "ix_core_deadline_due" in way
    assert "state" in way


def test_the_marked_condition_means_what_it_says(full: Office) -> None:
    of_here = select(Deadline.subject_id).where(Deadline.office_id == full.id)
    assert sorted(db.session.scalars(of_here.where(IS_OPEN))) == [1000, 2000, 3000]
    assert len(list(db.session.scalars(of_here.where(~IS_OPEN)))) == 2997


def known() -> bool:
    """Say whether SQLite knows how many customers there are."""
    there = db.session.scalar(text("select count(*) from sqlite_master where name = 'sqlite_stat1'"))
    found = there and db.session.scalar(text("select count(*) from sqlite_stat1 where tbl = 'core_customer'"))
    return bool(found)


@pytest.mark.only_on("sqlite")
def test_after_an_import_the_database_knows_its_tables(house: House, office: Office) -> None:
    clerk, office_id = Actor("徐敏"), office.id
    see_offices(frozenset({office_id}))
    *_, run = importing.import_at_once(office_id, SAMPLE.read_bytes(), SAMPLE.name, clerk, {})
    assert run.state == RunState.DONE
    assert known()


def test_looking_again_and_again_changes_no_row(office: Office, contents: Callable[..., Any]) -> None:
    before = contents()
    look_at_tables()
    look_at_tables()
    assert contents() == before
