"""The database on both engines: time zones kept, one writer at a time, every row behind its office's door."""

from __future__ import annotations

import datetime as dt
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from flask import Flask, has_app_context
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    DateTime,
    Engine,
    ForeignKey,
    Integer,
    MetaData,
    event,
    func,
    inspect,
    literal,
    or_,
    select,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    ORMExecuteState,
    Session,
    mapped_column,
    registry,
    with_loader_criteria,
)
from sqlalchemy.sql.base import ExecutableOption
from sqlalchemy.types import TypeDecorator

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UTCDateTime(TypeDecorator[dt.datetime]):
    """A moment: UTC in the database, aware in Python, on SQLite too, which forgets the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @property
    def python_type(self) -> type[dt.datetime]:
        """What it is in Python."""
        return dt.datetime

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime")
        moment = value.astimezone(dt.UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


class Yuan(TypeDecorator[Decimal]):
    """An amount in yuan: whole fen in the database, a Decimal with two places in Python."""

    impl = Integer
    cache_ok = True

    @property
    def python_type(self) -> type[Decimal]:
        """What it is in Python."""
        return Decimal

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        return None if value is None else int(value * 100)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value).scaleb(-2)


class Base(DeclarativeBase):
    """The declarative base of core and of every plugin."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMING),
        type_annotation_map={dt.datetime: UTCDateTime(), Decimal: Yuan()},
    )


db = SQLAlchemy(model_class=Base, disable_autonaming=True, session_options={"info": {}})

if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model


class OfficeRow:
    """A row that belongs to one office and is seen from there only."""

    office_id: Mapped[int] = mapped_column(ForeignKey("core_office.id"), index=True, active_history=True)


class SharedRow:
    """A row that belongs to one office and may be shared with a second one (head office), which reads it only."""

    office_id: Mapped[int] = mapped_column(ForeignKey("core_office.id"), index=True, active_history=True)
    shared_office_id: Mapped[int | None] = mapped_column(ForeignKey("core_office.id"), index=True)


class NotWriting(RuntimeError):
    """Somebody tried to change rows outside the gate's write transaction."""


class ForeignOffice(RuntimeError):
    """Somebody tried to write a row of an office outside the scope."""


def init_database(app: Flask) -> None:
    """Bind the database to the app and prepare its engine."""
    db.init_app(app)
    with app.app_context():
        prepare(db.engine)


def prepare(engine: Engine) -> None:
    """Give an SQLite engine its pragmas and explicit transactions; let PostgreSQL know what a row costs."""
    if engine.dialect.name != "sqlite":
        event.listen(engine, "connect", _set_costs)
        return
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "begin", _begin)


def _set_pragmas(connection: Any, record: Any) -> None:
    connection.isolation_level = None
    for pragma in ("journal_mode=wal", "synchronous=normal", "foreign_keys=on", "busy_timeout=30000"):
        connection.execute(f"pragma {pragma}")


def _set_costs(connection: Any, record: Any) -> None:
    # PostgreSQL reckons with a turning disk, on which it is dear to look rows up one by one: it read all customers of an
    # office for the thirty of a page.
    connection.execute("set random_page_cost = 1.1")
    connection.commit()


def _begin(connection: Connection) -> None:
    """Begin to read, or to write when ``writing`` asked for it; who reads cannot write."""
    mode = connection.get_execution_options().get("begin_mode", "DEFERRED")
    connection.exec_driver_sql(f"pragma query_only={'off' if mode == 'IMMEDIATE' else 'on'}")
    connection.exec_driver_sql(f"BEGIN {mode}")


@contextmanager
def reading_tables() -> Iterator[None]:
    """Read how tables are made; SQLite cannot tell of an index of an expression, and nobody need hear that."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*expression-based index.*")
        yield


def see_offices(office_ids: frozenset[int]) -> None:
    """End the current reading transaction and let the session see these offices only."""
    db.session.rollback()
    db.session.info["offices"] = office_ids


def see_too(office_id: int) -> None:
    """Let the write transaction see an office that it has just opened, beside those of its scope."""
    session = db.session()
    session.info["offices"] = offices_seen() | {office_id}
    _tell_scope(session, session.connection())


def offices_seen() -> frozenset[int]:
    """Return the offices that the session may see; none until somebody says so."""
    seen: frozenset[int] = db.session.info.get("offices", frozenset())
    return seen


@contextmanager
def writing(office_ids: frozenset[int] | None = None) -> Iterator[None]:
    """Open the one write transaction, perhaps for some offices only; an inner call joins, the outermost commits."""
    info, before = db.session.info, offices_seen()
    if info.get("writing"):
        yield
        return
    see_offices(before if office_ids is None else office_ids)
    info["writing"] = True
    try:
        db.session.connection(execution_options={"begin_mode": "IMMEDIATE"})
        yield
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
    finally:
        info["writing"], info["offices"] = False, before


@contextmanager
def looking_into(office_id: int) -> Iterator[bool]:
    """Narrow the session's sight to one office of its scope for a while; say whether it was narrowed before."""
    info = db.session.info
    before, inside = offices_seen(), info.get("narrowed", False)
    info["offices"], info["narrowed"] = before & {office_id}, True
    try:
        yield inside
        db.session.flush()
    finally:
        info["offices"], info["narrowed"] = before, inside


@contextmanager
def lent_by(office_id: int) -> Iterator[None]:
    """Let a reader see another office and nothing else for a moment: who asks has seen that it shares the case."""
    session, before = db.session(), offices_seen()
    if session.info.get("writing"):
        raise RuntimeError("what another office lends is only read")
    try:
        session.info["offices"] = frozenset({office_id})
        _tell_scope(session, session.connection())
        yield
    except BaseException:
        see_offices(before)
        raise
    session.info["offices"] = before
    _tell_scope(session, session.connection())


@contextmanager
def only_looking() -> Iterator[None]:
    """Let a plugin look on: what it changed is refused, and what it spoiled in the session is let go.

    Inside the write transaction too: there the gate rolls back everything when a plugin did more than look.
    """
    if not has_app_context():
        yield
        return
    if db.session.info.get("writing"):
        db.session.flush()
        with db.session.no_autoflush:
            yield
            _refuse_changes(db.session())
        return
    try:
        yield
        _refuse_changes(db.session())
    except Exception:
        db.session.rollback()
        raise


OFFICES, ATTEMPTS, DIARIES, HOTLINE_NUMBERS = 1, 2, 3, 4


def advisory_lock(kind: int, key: int, *, shared: bool = False) -> None:
    """Lock something that is no row until the transaction ends; who waits alone is not overtaken by those who share.

    SQLite needs none: it has one writer anyway.
    """
    if db.session.get_bind().dialect.name == "postgresql":
        lock = func.pg_advisory_xact_lock_shared if shared else func.pg_advisory_xact_lock
        db.session.execute(select(lock(kind, key % 2**31)))


def wall_is_open() -> bool:
    """Say whether PostgreSQL lets this role see the rows of every office, whatever is in scope."""
    if db.session.get_bind().dialect.name != "postgresql":
        return False
    query = "select rolsuper or rolbypassrls from pg_roles where rolname = current_user"
    return bool(db.session.scalar(text(query)))


def insert_once(model: type[Base], **values: Any) -> bool:
    """Insert a row unless one with its key is there, and say whether it was; two writers at once make one row."""
    dialect = postgresql if db.session.get_bind().dialect.name == "postgresql" else sqlite
    insert = dialect.insert(model).values(values).on_conflict_do_nothing()
    return db.session.scalar(insert.returning(literal(1))) is not None


@event.listens_for(db.session, "do_orm_execute")
def _limit_to_offices(state: ORMExecuteState) -> None:
    changes = state.is_insert or state.is_update or state.is_delete
    if changes and not state.session.info.get("writing"):
        raise NotWriting("rows were changed outside the write transaction")
    if state.is_relationship_load or not state.is_orm_statement:
        return
    state.statement = _behind_wall(state.statement, tuple(sorted(offices_seen())), changes)


# What was compiled is found by a key that a statement keeps, once it has one: one that is asked again keeps it so.
_behind: WeakKeyDictionary[Any, dict[Any, Any]] = WeakKeyDictionary()


def _behind_wall(statement: Any, seen: tuple[int, ...], changes: bool) -> Any:
    walled = _behind.setdefault(statement, {})
    if (seen, changes) not in walled:
        walled[seen, changes] = statement.options(*_wall(seen, changes))
    return walled[seen, changes]


@lru_cache(maxsize=512)
def _wall(seen: tuple[int, ...], changes: bool) -> tuple[ExecutableOption, ...]:
    """Return what keeps a statement to some offices; every statement wears it, so it is made once."""
    own, shared = _within_one(seen[0]) if len(seen) == 1 else _within_some(seen)
    return (
        with_loader_criteria(OfficeRow, own, include_aliases=True),
        with_loader_criteria(SharedRow, own if changes else shared, include_aliases=True),
    )


def _within_one(only: int) -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
    """Return the conditions of nearly every statement: to be equal costs a fifth less than to be in a list of one."""
    return lambda cls: cls.office_id == only, lambda cls: or_(
        cls.office_id == only, cls.shared_office_id == only
    )


def _within_some(seen: tuple[int, ...]) -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
    return lambda cls: cls.office_id.in_(seen), lambda cls: or_(
        cls.office_id.in_(seen), cls.shared_office_id.in_(seen)
    )


@event.listens_for(db.session, "before_flush")
def _refuse_foreign_rows(session: Session, context: Any, instances: Any) -> None:
    if not session.info.get("writing"):
        _refuse_changes(session)
    for row in (*session.new, *session.dirty, *session.deleted):
        for office_id in _offices_of(row) - offices_seen():
            raise ForeignOffice(f"{type(row).__name__} of office {office_id} is outside the scope")


def _refuse_changes(session: Session) -> None:
    for row in (*session.new, *session.dirty, *session.deleted):
        raise NotWriting(f"{type(row).__name__} was changed outside the write transaction")


def _offices_of(row: object) -> set[int]:
    """Return the office of a row, and the one it is being taken away from."""
    if not isinstance(row, OfficeRow | SharedRow):
        return set()
    return {row.office_id, *inspect(row).attrs.office_id.history.deleted}


@event.listens_for(db.session, "after_begin")
def _set_row_security(session: Session, transaction: Any, connection: Connection) -> None:
    """Tell PostgreSQL which offices are in sight, and that who reads cannot write."""
    _tell_scope(session, connection)


def _tell_scope(session: Session, connection: Connection) -> None:
    if connection.dialect.name != "postgresql":
        return
    scope = text(
        "select set_config('app.offices', :seen, true), set_config('transaction_read_only', :only, true)"
    )
    seen = ",".join(map(str, sorted(session.info.get("offices", ()))))
    connection.execute(scope, {"seen": seen, "only": "off" if session.info.get("writing") else "on"})
