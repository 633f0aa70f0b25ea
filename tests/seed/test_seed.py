"""Bulk data for measuring: rows like those of the gate, a chain that holds, and only where nothing has happened yet."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import func, select

from core import clock, gate, ledger
from core.customers.models import Customer
from core.db import db, writing
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
from plugins.fieldservice.models import ServiceRequest
from plugins.hotline.models import Call
from seed import bulk, customers, people
from seed.empty import refuse_used
from seed.pattern import Capture

CUSTOMERS, CALLS, REQUESTS = 400, 80, 140
# What two rows that say the same may have otherwise; a notice was read since, a customer verified before.
OWN = {"id", "seq", "previous", "hash", "version", "call_id", "read_at", "before"}
# What a decision says of a request's own id, of the lot, and of other visits of that day and week.
APART = re.compile(r"'(?:request|near|recent)': \d+|'value': '[^']+ > [^']+'")


@pytest.fixture
def office(house: House) -> Office:
    return house.office("SH", "hotline", "fieldservice", "billing")


@pytest.fixture
def seeded(house: House, office: Office) -> Office:
    """An office filled with customers and calls."""
    staff = people.staff_of(office)
    assert list(customers.bring_in(office, CUSTOMERS))[-1] == CUSTOMERS
    assert list(bulk.fill(office, staff, CALLS))[-1] == CALLS
    house.see()
    return office


@pytest.fixture
def visited(house: House, office: Office) -> Office:
    """An office filled with customers and requests."""
    staff = people.staff_of(office)
    assert list(customers.bring_in(office, CUSTOMERS))[-1] == CUSTOMERS
    assert list(bulk.fill(office, staff, 0, REQUESTS))[-1] == REQUESTS
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
    held = finding.holding(call.customer.name[:6], Call, "hotline.call", seeded.id)
    assert call.id in set(db.session.scalars(select(Call.id).where(held)))
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


def test_requests_are_filled_in_with_their_calls_and_the_chain_holds(visited: Office) -> None:
    assert (count(ServiceRequest), count(Call)) == (REQUESTS, REQUESTS)
    assert list(ledger.verify(visited.id)) == []
    numbers = list(db.session.scalars(select(ServiceRequest.number)))
    assert len(set(numbers)) == REQUESTS
    last = db.session.scalars(select(ServiceRequest).order_by(ServiceRequest.opened_at)).first()
    assert last is not None
    assert [
        one for one in check(rules_of(visited), Month.read(f"{last.opened_at:%Y-%m}")) if not one.whole
    ] == []


def test_most_requests_are_closed_and_the_last_week_left_some_unfinished(visited: Office) -> None:
    found = db.session.execute(select(ServiceRequest.state, ServiceRequest.opened_at)).all()
    states = [state for state, _opened in found]
    assert states.count("closed") > REQUESTS // 2
    assert "cancelled" in states
    opened = [at for state, at in found if state not in ("closed", "cancelled")]
    assert {"registered", "dispatched", "arranged"} <= set(states)
    assert (max(opened) - min(opened)).days < 7


def test_a_copied_request_is_found_by_its_customer_and_goes_on(house: House, visited: Office) -> None:
    wanted = ServiceRequest.state == "registered"
    request = db.session.scalars(
        select(ServiceRequest).where(wanted).order_by(ServiceRequest.id.desc())
    ).first()
    assert request is not None
    assert request.customer is not None
    held = finding.holding(request.customer.name[:6], ServiceRequest, "fieldservice.request", visited.id)
    assert request.id in set(db.session.scalars(select(ServiceRequest.id).where(held)))
    staff = people.staff_of(visited)
    house.see()
    said = {"engineer_id": staff.field[0].person_id}
    gate.perform("fieldservice.request", str(request.number), "dispatch", staff.duty, said)
    assert list(ledger.verify(visited.id)) == []


def test_a_customer_was_verified_when_his_last_request_was_registered(visited: Office) -> None:
    latest = select(ServiceRequest.customer_id, func.max(ServiceRequest.verified_at))
    rows = db.session.execute(latest.group_by(ServiceRequest.customer_id))
    found = {row[0]: row[1] for row in rows}
    for customer in db.session.scalars(select(Customer).where(Customer.id.in_(list(found)))):
        assert customer.verified_at == found[customer.id]


@pytest.mark.parametrize("place", [3, 50])
def test_a_copy_is_what_the_gate_writes(house: House, seeded: Office, place: int) -> None:
    """Live the same story again, by the same people at the same moments: the same rows come of it."""
    copies = select(Call).where(Call.id > CALLS // 4).order_by(Call.id)
    call = db.session.scalars(copies.offset(place).limit(1)).one()
    before, said = told(call), words(call)
    again = Again(house, seeded)
    again.live(steps_of(call))
    assert told(again.call) == before
    assert words(again.call) == said


@pytest.mark.parametrize("wanted", [("closed", 10), ("closed", 7), ("cancelled", 1)])
def test_a_copied_request_is_what_the_gate_writes(
    house: House, visited: Office, wanted: tuple[str, int]
) -> None:
    state, place = wanted
    copies = select(ServiceRequest).where(ServiceRequest.state == state, ServiceRequest.id > REQUESTS // 4)
    request = db.session.scalars(copies.order_by(ServiceRequest.id).offset(place).limit(1)).one()
    call = request.call
    assert call is not None
    before, said = (told(request), told(call)), (words(request), words(call))
    # What was verified at that very moment would not be changed by verifying it again.
    with writing():
        db.session.get_one(Customer, request.customer_id).verified_at = None
    again = Again(house, visited)
    again.live(sorted(steps_of(call) + steps_of(request), key=lambda row: row["seq"]))
    for one, other in zip((told(again.request), told(again.call)), before, strict=True):
        assert {*one} == {*other}
        for table, rows in other.items():
            # The copy and its like are of one customer, at one moment.
            assert sorted({*one[table]}) == sorted({*rows})
    assert (words(again.request), words(again.call)) == said


class Again:
    """Takes the steps that were taken of a case once more, of another one."""

    def __init__(self, house: House, office: Office) -> None:
        self.house, self.office, self.cases = house, office, dict[str, Any]()

    @property
    def call(self) -> Call:
        return self.cases["hotline.call"]  # type: ignore[no-any-return]

    @property
    def request(self) -> ServiceRequest:
        return db.session.scalars(select(ServiceRequest).where(ServiceRequest.call_id == self.call.id)).one()

    def live(self, steps: list[dict[str, Any]]) -> None:
        for step in steps:
            if step["action"] == "register":
                continue
            of_request = step["procedure"] == "fieldservice.request"
            known = self.request if of_request else self.cases.get(step["procedure"])
            number = str(known.number) if known else None
            actor = actor_for(db.session.get_one(Person, step["actor_id"]), all_offices())
            self.house.see()
            with clock.stopped_at(step["at"]):
                self.cases[step["procedure"]] = gate.perform(
                    step["procedure"],
                    number,
                    step["action"],
                    actor,
                    step["details"]["values"],
                    office=self.office,
                )


def steps_of(case: Any) -> list[dict[str, Any]]:
    """Return the rows of the ledger that a case left."""
    mine = select(LedgerRow.__table__).where(LedgerRow.number == case.number).order_by(LedgerRow.seq)
    return [dict(row._mapping) for row in db.session.execute(mine)]


def told(case: Any) -> dict[str, list[str]]:
    """Return every row that a case left in words, without what tells one case from another."""
    found: dict[str, list[str]] = {}
    for table, rows in rows_of(case).items():
        plain = [{name: value for name, value in row.items() if name not in OWN} for row in rows]
        for row in plain:
            if row.get("subject_id") == case.id:
                row["subject_id"] = "this"
        found[table] = [
            APART.sub("", repr(sorted(row.items())).replace(case.number, "NUMBER")) for row in plain
        ]
    return found


def rows_of(case: Any) -> dict[str, list[dict[str, Any]]]:
    """Return every row that a case left."""
    found: dict[str, list[dict[str, Any]]] = {}
    for table in Capture().before:
        if "number" in table.c:
            mine = table.c.number == case.number
        elif table.name == "core_customer_change":
            mine = (table.c.customer_id == case.customer_id) & (table.c.at == case.changed_at)
        else:
            continue
        query = select(table).where(mine).order_by(table.c.id)
        rows = [dict(row._mapping) for row in db.session.execute(query)]
        if rows:
            found[table.name] = rows
    return found


def words(case: Any) -> set[str]:
    """Return under what a case is found, but its number."""
    text = db.session.scalars(select(SearchText).where(SearchText.number == case.number)).one()
    found = set(db.session.scalars(select(SearchToken.token).where(SearchToken.text_id == text.id)))
    return {one for one in found if one not in case.number.lower() and not one.isdecimal()}


def test_a_few_customers_phone_more_than_once(house: House, office: Office) -> None:
    staff = people.staff_of(office)
    assert list(customers.bring_in(office, 2)) == [2]
    assert list(bulk.fill(office, staff, 40))[-1] == 40
    house.see()
    assert list(ledger.verify(office.id)) == []


def test_where_something_has_happened_nothing_is_seeded(house: House, office: Office) -> None:
    refuse_used(office)
    house.customer(office)
    with pytest.raises(KoudaiError, match="koudai office add"):
        refuse_used(office)


def test_where_too_few_customers_have_a_card_no_request_is_seeded(house: House, office: Office) -> None:
    staff = people.staff_of(office)
    assert list(customers.bring_in(office, 2)) == [2]
    with pytest.raises(KoudaiError, match="--customers"):
        list(bulk.fill(office, staff, 0, 40))


def test_an_office_without_a_hotline_takes_no_calls(house: House) -> None:
    with pytest.raises(KoudaiError, match=r"hotline\.call"):
        refuse_used(house.head)
