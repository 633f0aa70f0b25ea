"""Two walls between the offices: the session on both engines, and row-level security on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, Select, bindparam, delete, exists, func, insert, or_, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import aliased

from core.asking import asked
from core.clock import now
from core.customers.models import Contact, Customer
from core.db import (
    Base,
    ForeignOffice,
    NotWriting,
    OfficeRow,
    SharedRow,
    db,
    looking_into,
    offices_seen,
    see_offices,
    writing,
)
from core.offices import Office
from core.plugins import Plugins
from core.testing import House, tables_of
from plugins.hotline.models import Call, KnowledgeEntry

Offices = tuple[Office, Office]


@pytest.fixture
def offices(house: House, walk: Any) -> Offices:
    """Shanghai and Beijing, each with a call of its own; the session sees Shanghai."""
    both = house.office("SH", "hotline"), house.office("BJ", "hotline")
    for office in both:
        walk(office).case_in("hotline.call", "parked")
    for row in list(db.session):
        db.session.expunge(row)
    shanghai, beijing = (db.session.merge(office) for office in both)
    see_offices(frozenset({shanghai.id}))
    return shanghai, beijing


def whose(rows: Any) -> set[int]:
    return {row.office_id for row in rows}


def foreign_call(beijing: Office) -> int:
    """Return the id of Beijing's call, as somebody would who guesses."""
    with reading_as(beijing) as connection:
        return int(
            connection.scalar(text("select id from hotline_call where office_id = :o"), {"o": beijing.id})
        )


class reading_as:
    """A connection of one's own, past the session, that on PostgreSQL sees one office."""

    def __init__(self, office: Office | None) -> None:
        self.office_id = office.id if office else None

    def __enter__(self) -> Connection:
        self.connection = db.engine.connect()
        if self.connection.dialect.name == "postgresql" and self.office_id:
            scope = text("select set_config('app.offices', :office, true)")
            self.connection.execute(scope, {"office": str(self.office_id)})
        return self.connection

    def __exit__(self, *error: object) -> None:
        self.connection.close()


def test_every_way_of_reading_shows_the_office_in_scope_only(offices: Offices) -> None:
    shanghai, beijing = offices
    other, calls = aliased(Call), Call.__mapper__.class_
    foreign = foreign_call(beijing)
    assert whose(db.session.scalars(select(Call))) == {shanghai.id}
    assert whose(db.session.scalars(select(other))) == {shanghai.id}
    assert whose(db.session.query(calls).all()) == {shanghai.id}
    joined = select(Contact).join(Customer, Customer.id == Contact.customer_id)
    assert whose(db.session.scalars(joined)) == {shanghai.id}
    both = select(Call).union_all(select(Call))
    assert whose(db.session.scalars(select(Call).from_statement(both))) == {shanghai.id}
    assert db.session.scalar(select(func.count()).select_from(Call)) == 1
    assert db.session.scalar(select(func.max(Call.office_id))) == shanghai.id
    assert db.session.scalar(select(Call.office_id).where(Call.id.in_(select(other.id)))) == shanghai.id
    assert db.session.get(Call, foreign) is None
    assert db.session.scalar(select(Call).where(Call.id == foreign)) is None
    assert not db.session.query(select(Call).where(Call.id == foreign).exists()).scalar()


def test_what_is_loaded_along_with_a_row_is_of_its_office(offices: Offices, house: House) -> None:
    shanghai, beijing = offices
    house.see()
    mine = db.session.scalars(select(Customer).where(Customer.office_id == shanghai.id)).one()
    with writing():
        strange = Contact(office_id=beijing.id, customer_id=mine.id, name="外人", phones="1")
        db.session.add(strange)
    see_offices(frozenset({shanghai.id}))
    db.session.expunge(mine)
    db.session.expunge(strange)
    customer = db.session.scalars(select(Customer)).one()
    assert [contact.name for contact in customer.contacts] == ["高敏"]
    call = db.session.scalars(select(Call)).one()
    assert call.customer is customer


def test_bulk_changes_reach_the_office_in_scope_only(offices: Offices, house: House) -> None:
    shanghai, beijing = offices
    with writing():
        db.session.execute(update(Call).values(reason="touched"))
    with writing():
        db.session.execute(delete(KnowledgeEntry))
    house.see()
    touched = db.session.execute(select(Call.office_id, Call.reason)).all()
    assert sorted(map(tuple, touched)) == sorted([(shanghai.id, "touched"), (beijing.id, "")])


def test_a_row_of_another_office_is_not_flushed(offices: Offices) -> None:
    _shanghai, beijing = offices
    with pytest.raises(ForeignOffice), writing():
        db.session.add(Customer(office_id=beijing.id, file_number="X", name="外人", created_at=now()))
    assert db.session.scalar(select(func.count()).select_from(Customer)) == 1


@pytest.mark.parametrize("given_away", [True, False], ids=["given away", "taken away"])
def test_a_row_does_not_change_its_office(given_away: bool, offices: Offices, house: House) -> None:
    shanghai, beijing = offices
    house.see()
    giver, taker = (shanghai, beijing) if given_away else (beijing, shanghai)
    call = db.session.scalars(select(Call).where(Call.office_id == giver.id)).one()
    taker_id, shanghai_id = taker.id, shanghai.id

    def move_it() -> None:
        with writing(), looking_into(shanghai_id):
            call.office_id = taker_id

    with pytest.raises(ForeignOffice):
        move_it()


@pytest.mark.parametrize(
    "change",
    [
        lambda call: setattr(call, "reason", "touched") or db.session.flush(),
        lambda call: setattr(call, "reason", "touched") or db.session.commit(),
        lambda call: db.session.delete(call) or db.session.commit(),
        lambda call: db.session.execute(update(Call).values(reason="touched")),
        lambda call: db.session.execute(delete(Call)),
        lambda call: db.session.execute(insert(Customer).values(office_id=call.office_id)),
    ],
)
def test_nothing_is_written_outside_the_write_transaction(
    change: Callable[[Call], Any], offices: Offices
) -> None:
    call = db.session.scalars(select(Call)).one()
    with pytest.raises(NotWriting):
        change(call)
    db.session.rollback()
    assert db.session.scalars(select(Call.reason)).all() == [""]


def test_the_database_itself_refuses_to_write_outside_the_write_transaction(offices: Offices) -> None:
    with pytest.raises(DBAPIError, match=r"read-?only"):
        db.session.execute(text("update hotline_call set reason = 'touched'"))
    db.session.rollback()
    with writing():
        db.session.execute(text("update hotline_call set reason = 'touched'"))
    with pytest.raises(DBAPIError, match=r"read-?only"):
        db.session.execute(text("update hotline_call set reason = 'again'"))
    db.session.rollback()
    assert db.session.scalars(select(Call.reason)).all() == ["touched"]


def test_an_inner_write_joins_and_the_scope_comes_back(offices: Offices) -> None:
    shanghai, beijing = offices
    both = frozenset({shanghai.id, beijing.id})
    see_offices(both)
    with writing(frozenset({beijing.id})):
        assert offices_seen() == {beijing.id}
        with writing():
            db.session.execute(update(Call).values(reason="inner"))
        assert db.session.info["writing"], "the inner one did not commit"
    assert offices_seen() == both
    assert sorted(db.session.scalars(select(Call.reason))) == ["", "inner"]


def test_who_has_said_nothing_sees_nothing(app: Flask, offices: Offices) -> None:
    with app.app_context():
        assert db.session.scalars(select(Call)).all() == []
        assert db.session.scalars(select(Customer)).all() == []
    see_offices(frozenset())
    assert db.session.scalars(select(Call)).all() == []


def test_a_statement_that_is_asked_again_shows_what_is_in_scope_by_then(offices: Offices) -> None:
    again, both = select(Call), {one.id for one in offices}
    for scope in (*({one} for one in both), both, set[int]()):
        see_offices(frozenset(scope))
        assert whose(db.session.scalars(again)) == scope


CALLS, ENTRIES = Call.__table__, KnowledgeEntry.__table__
KEPT = select(CALLS.c.id).where(CALLS.c.office_id == bindparam("office"), CALLS.c.state != "closed")


def test_a_statement_of_tables_shows_the_office_that_it_is_asked_for_while_that_is_in_scope(
    offices: Offices,
) -> None:
    shanghai, beijing = offices
    assert len(asked(KEPT, office=shanghai.id).all()) == 1
    assert asked(KEPT, office=beijing.id).all() == []
    see_offices(frozenset({beijing.id}))
    assert asked(KEPT, office=beijing.id).scalars().all() == [foreign_call(beijing)]


@pytest.mark.parametrize(
    "past",
    [
        select(CALLS.c.id),
        select(CALLS.c.id).where(CALLS.c.office_id == 1),
        select(CALLS.c.id).where(or_(CALLS.c.office_id == bindparam("office"), CALLS.c.id > 0)),
        select(CALLS.c.id).where(CALLS.c.id == bindparam("office")),
        select(CALLS.c.id).where(CALLS.c.office_id >= bindparam("office")),
        select(CALLS.alias().c.id).where(CALLS.c.office_id == bindparam("office")),
        KEPT.add_columns(select(func.max(ENTRIES.c.id)).scalar_subquery()),
        KEPT.where(CALLS.c.knowledge_id.in_(select(ENTRIES.c.id))),
        select(CALLS.c.id).where(exists(KEPT.correlate(None))),
        KEPT.where(CALLS.c.id.in_(select(select(CALLS.c.id).subquery().c.id))),
        KEPT.join(ENTRIES, ENTRIES.c.id == CALLS.c.knowledge_id),
    ],
)
def test_a_table_of_offices_that_is_not_kept_to_the_office_is_not_asked(
    past: Select[Any], offices: Offices
) -> None:
    with pytest.raises(ForeignOffice, match="past the wall"):
        asked(past, office=offices[0].id)


@pytest.fixture
def shared(offices: Offices, house: House) -> int:
    """Beijing's call, shared with Shanghai; the session sees Shanghai."""
    shanghai, beijing = offices
    with writing(frozenset({beijing.id})):
        db.session.execute(update(Call).values(shared_office_id=shanghai.id))
    return foreign_call(beijing)


def test_a_shared_row_is_read_and_not_written(offices: Offices, shared: int) -> None:
    shanghai, beijing = offices
    assert whose(db.session.scalars(select(Call))) == {shanghai.id, beijing.id}
    with pytest.raises(ForeignOffice), writing():
        db.session.scalars(select(Call).where(Call.id == shared)).one().reason = "touched"
    with writing():
        db.session.execute(update(Call).values(reason="touched"))
    with writing():
        db.session.execute(delete(Call).where(Call.id == shared))
    reasons = db.session.execute(select(Call.office_id, Call.reason)).all()
    assert sorted(map(tuple, reasons)) == sorted([(shanghai.id, "touched"), (beijing.id, "")])


def test_a_shared_case_is_moved_by_its_own_office_only(
    offices: Offices, shared: int, house: House, walk: Any
) -> None:
    from core import gate
    from core.errors import NotFound
    from core.roles import HOTLINE_ENGINEER

    shanghai, _beijing = offices
    number = db.session.scalars(select(Call.number).where(Call.id == shared)).one()
    engineer = house.hire(shanghai, HOTLINE_ENGINEER)
    for office in (shanghai, None):
        see_offices(frozenset({shanghai.id}))
        with pytest.raises(NotFound):
            gate.perform("hotline.call", str(number), "resume", engineer, office=office)


@pytest.mark.only_on("postgresql")
class TestTheSecondWall:
    """Raw SQL, past the session: the database itself keeps the offices apart."""

    def test_raw_sql_sees_the_scope_only(self, offices: Offices) -> None:
        for office in offices:
            see_offices(frozenset({office.id}))
            for table in (
                "hotline_call",
                "core_customer",
                "core_ledger",
                "core_deadline",
                "core_number_series",
            ):
                assert set(db.session.scalars(text(f"select office_id from {table}"))) == {office.id}, table

    def test_a_connection_without_a_scope_sees_nothing(self, offices: Offices) -> None:
        with reading_as(None) as connection:
            assert connection.scalar(text("select count(*) from hotline_call")) == 0

    @pytest.mark.parametrize(
        "statement",
        [
            "insert into core_number_series (office_id, letter, year, last) values (:foreign, 'X', 2026, 9)",
            "update core_number_series set office_id = :foreign",
        ],
    )
    def test_a_foreign_row_is_refused_by_the_database(self, statement: str, offices: Offices) -> None:
        with pytest.raises(DBAPIError, match="row-level security"), writing():
            db.session.execute(text(statement), {"foreign": offices[1].id})

    def test_foreign_rows_are_neither_changed_nor_deleted(self, offices: Offices, house: House) -> None:
        foreign = {"foreign": offices[1].id}
        with writing():
            changed = "update hotline_call set reason = 'x' where office_id = :foreign"
            assert db.session.execute(text(changed), foreign).rowcount == 0
            gone = "delete from core_number_series where office_id = :foreign"
            assert db.session.execute(text(gone), foreign).rowcount == 0

    def test_a_shared_row_is_seen_and_not_touched(self, offices: Offices, shared: int) -> None:
        shanghai = {"mine": offices[0].id, "shared": shared}
        with writing():
            seen = "select shared_office_id from hotline_call where id = :shared"
            assert db.session.scalar(text(seen), shanghai) == shanghai["mine"]
            taken = "update hotline_call set office_id = :mine where id = :shared"
            assert db.session.execute(text(taken), shanghai).rowcount == 0

    def test_nothing_leaks_through_the_pool(self, offices: Offices) -> None:
        shanghai, beijing = offices
        backend, count = text("select pg_backend_pid()"), text("select count(*) from hotline_call")
        for ending in (db.session.commit, db.session.rollback, db.session.remove):
            see_offices(frozenset({shanghai.id, beijing.id}))
            served_by, seen = db.session.scalar(backend), db.session.scalar(count)
            ending()
            with db.engine.connect() as same:
                assert (same.scalar(backend), seen, same.scalar(count)) == (served_by, 2, 0)

    def test_a_savepoint_keeps_the_scope(self, offices: Offices) -> None:
        with writing():
            nested = db.session.begin_nested()
            db.session.execute(text("update hotline_call set reason = 'x'"))
            nested.rollback()
            assert db.session.scalar(text("select count(*) from hotline_call")) == 1

    def test_every_table_of_an_office_stands_behind_the_wall(
        self, offices: Offices, plugins: Plugins
    ) -> None:
        policies: dict[str, set[tuple[str, str]]] = {}
        for table, policy, command in db.session.execute(
            text("select tablename, policyname, cmd from pg_policies")
        ):
            policies.setdefault(table, set()).add((policy, command))
        secured = set(db.session.scalars(text("select relname from pg_class where relforcerowsecurity")))
        for table, model in office_tables(plugins):
            wall = {("office_wall", "ALL")}
            window = {("office_window", "SELECT")} if issubclass(model, SharedRow) else set()
            assert policies.get(table) == wall | window, table
            assert table in secured
        assert secured == {table for table, _model in office_tables(plugins)}


def office_tables(plugins: Plugins) -> Iterator[tuple[str, type]]:
    tables = {one.name for one in tables_of(plugins)}
    for mapper in Base.registry.mappers:
        if issubclass(mapper.class_, OfficeRow | SharedRow) and str(mapper.local_table) in tables:
            yield str(mapper.local_table), mapper.class_


def test_every_table_with_an_office_is_behind_the_first_wall_or_known_not_to_be(
    app: Flask, plugins: Plugins
) -> None:
    """What these say of an office is read before any office is in sight: who works there, and what rules.

    A person's notices are his own, in all his offices, and hold nothing of a case.
    """
    of_the_house = {"core_role_grant", "core_plugin_switch", "core_parameter_value"}
    of_the_house |= {"core_opening_hours", "core_calendar_day", "core_api_token", "core_notice"}
    with_office = {one.name for one in tables_of(plugins) if "office_id" in one.c}
    assert with_office - {table for table, _model in office_tables(plugins)} == of_the_house
