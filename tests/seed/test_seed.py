"""Bulk data for measuring: rows like those of the gate, a chain that holds, and only where nothing has happened yet."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import func, select

from core import clock, gate, ledger
from core.customers.models import Customer
from core.db import db
from core.deadlines import Deadline
from core.errors import KoudaiError
from core.ledger import LedgerRow
from core.number_check import Month, check
from core.numbers import NumberSeries
from core.offices import Office, all_offices
from core.people import Person, actor_for
from core.rules import rules_of
from core.search import finding
from core.search.models import SearchText, SearchToken
from core.testing import House
from plugins.hotline.models import Call
from seed import calls, customers, people
from seed.empty import refuse_used
from seed.pattern import Capture

CUSTOMERS, CALLS = 60, 80
# What two rows that say the same may have otherwise.
OWN = {"id", "seq", "previous", "hash", "version"}


@pytest.fixture
def office(house: House) -> Office:
    return house.office("SH", "hotline", "fieldservice", "billing")


@pytest.fixture
def seeded(house: House, office: Office) -> Office:
    """An office filled with customers and calls."""
    staff = people.staff_of(office)
    assert list(customers.bring_in(office, CUSTOMERS))[-1] == CUSTOMERS
    assert list(calls.fill(office, staff, CALLS))[-1] == CALLS
    house.see()
    return office


def count(model: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_an_empty_office_is_filled_and_its_chain_holds(seeded: Office) -> None:
    assert (count(Customer), count(Call), count(SearchText)) == (CUSTOMERS, CALLS, CALLS)
    assert list(ledger.verify(seeded.id)) == []
    numbers = list(db.session.scalars(select(Call.number)))
    assert len(set(numbers)) == CALLS
    for row in db.session.scalars(select(NumberSeries)):
        drawn = [one for one in numbers if f"-{row.letter}-{row.year}-" in str(one)]
        assert len(drawn) == row.last, "gapless, as each step draws them"


def test_the_month_accounts_for_its_numbers(seeded: Office) -> None:
    last = db.session.scalars(select(Call).order_by(Call.opened_at)).first()
    assert last is not None
    assert all(one.whole for one in check(rules_of(seeded), Month.read(f"{last.opened_at:%Y-%m}")))


def test_what_is_seeded_is_found_and_goes_on(house: House, seeded: Office) -> None:
    call = db.session.scalars(select(Call).where(Call.state == "solved").order_by(Call.id.desc())).first()
    assert call is not None
    assert call.customer is not None
    wanted = finding.subjects(call.customer.name[:6], "hotline.call", seeded.id)
    assert call.id in set(db.session.scalars(select(Call.id).where(Call.id.in_(wanted))))
    person = db.session.get_one(Person, call.owner_id)
    reopened = gate.perform(
        "hotline.call", str(call.number), "reopen", house.actor(person), {"reason": "问题又出现了"}
    )
    assert reopened.state == "open"
    assert list(ledger.verify(seeded.id)) == []


def test_only_the_last_week_left_something_unfinished(seeded: Office) -> None:
    opened = list(
        db.session.scalars(select(Call.opened_at).where(Call.state.in_(["open", "parked", "demanded"])))
    )
    assert opened
    assert (max(opened) - min(opened)).days < 7
    due = set(db.session.scalars(select(Deadline.state)))
    assert {"open", "met"} <= due


@pytest.mark.parametrize("place", [3, 50])
def test_a_copy_is_what_the_gate_writes(house: House, seeded: Office, place: int) -> None:
    """Live the same story again, by the same people at the same moments: the same rows come of it."""
    copies = select(Call).where(Call.id > CALLS // 4).order_by(Call.id)
    call = db.session.scalars(copies.offset(place).limit(1)).one()
    copied, number, call_id = rows_of(call), str(call.number), call.id
    ledger_of_it = select(LedgerRow.__table__).where(LedgerRow.number == number)
    steps = [dict(row._mapping) for row in db.session.execute(ledger_of_it)]
    capture = Capture()
    again = ""
    for step in sorted(steps, key=lambda row: row["seq"]):
        actor = actor_for(db.session.get_one(Person, step["actor_id"]), all_offices())
        with clock.stopped_at(step["at"]):
            case = gate.perform(
                "hotline.call", again or None, step["action"], actor, step["details"]["values"], office=seeded
            )
            again = str(case.number)
    lived = {table.name: rows for table, rows in capture.rows().items()}
    new_id = lived["hotline_call"][0]["id"]
    assert told(copied, number, call_id) == told(lived, again, new_id)
    assert words(call_id, number) == words(new_id, again)


def rows_of(call: Call) -> dict[str, list[dict[str, Any]]]:
    """Return every row that a call left."""
    found: dict[str, list[dict[str, Any]]] = {}
    for table in Capture().before:
        columns = [one for one in ("number", "subject_id") if one in table.c]
        if table.name != "hotline_call" and not columns:
            continue
        mine = table.c.number == call.number if "number" in table.c else table.c.subject_id == call.id
        rows = [
            dict(row._mapping) for row in db.session.execute(select(table).where(mine).order_by(table.c.id))
        ]
        if rows:
            found[table.name] = rows
    return found


def told(found: Mapping[str, list[dict[str, Any]]], number: str, call_id: int) -> dict[str, list[str]]:
    """Return rows in words, without what tells one call from another."""
    said: dict[str, list[str]] = {}
    for table, rows in found.items():
        plain = [{name: value for name, value in row.items() if name not in OWN} for row in rows]
        for row in plain:
            if row.get("subject_id") == call_id:
                row["subject_id"] = "this"
        said[table] = [re.sub(re.escape(number), "NUMBER", repr(sorted(row.items()))) for row in plain]
    return said


def words(call_id: int, number: str) -> set[str]:
    """Return under what a call is found, but its number."""
    text = db.session.scalars(select(SearchText).where(SearchText.subject_id == call_id)).one()
    found = set(db.session.scalars(select(SearchToken.token).where(SearchToken.text_id == text.id)))
    return {one for one in found if one not in number.lower() and not one.isdecimal()}


def test_a_few_customers_phone_more_than_once(house: House, office: Office) -> None:
    staff = people.staff_of(office)
    assert list(customers.bring_in(office, 2)) == [2]
    assert list(calls.fill(office, staff, 40))[-1] == 40
    house.see()
    assert list(ledger.verify(office.id)) == []


def test_where_something_has_happened_nothing_is_seeded(house: House, office: Office) -> None:
    refuse_used(office)
    house.customer(office)
    with pytest.raises(KoudaiError, match="koudai office add"):
        refuse_used(office)


def test_an_office_without_a_hotline_takes_no_calls(house: House) -> None:
    with pytest.raises(KoudaiError, match=r"hotline\.call"):
        refuse_used(house.head)
