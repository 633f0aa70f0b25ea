"""The reply catalogue; the support database as a procedure: its entries become published cases with numbers."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

import core.db
from core import clock
from core.ledger import LedgerHead, LedgerRow
from core.row_security import protect, see_every_office, share
from core.search.words import number_tokens
from plugins.hotline.knowledge.words import words_of

revision = "hotline_0005"
down_revision = "hotline_0006"
branch_labels = None
depends_on = None

MOMENT = core.db.UTCDateTime(timezone=True)
ENTRY, WORD, REPLY, USE = (
    "hotline_knowledge_entry",
    "hotline_knowledge_word",
    "hotline_reply",
    "hotline_reply_use",
)
CASE = (
    "number",
    "state",
    "version",
    "opened_at",
    "changed_at",
    "customer_id",
    "owner_id",
    "shared_office_id",
)
TEXTS = ("situation", "ask", "answer", "promise", "only_if", "then")


def upgrade() -> None:
    _make_cases_of_entries()
    _make_words()
    _make_replies()
    _teach_calls()
    see_every_office()
    _publish_entries(op.get_bind())
    _close_entries()


def _references(table: str, **columns: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([name], [f"{target}.id"], name=op.f(f"fk_{table}_{name}_{target}"))
        for name, target in columns.items()
    ]


def _case_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=True),
        sa.Column("state", sa.String(length=30), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=True),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("shared_office_id", sa.Integer(), nullable=True),
    ]


def _case_indexes(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column], unique=False)


def _make_cases_of_entries() -> None:
    """Let the entries have what a case has; the version that they named was the product's."""
    with op.batch_alter_table(ENTRY, schema=None) as batch_op:
        batch_op.alter_column(
            "version",
            new_column_name="versions",
            existing_type=sa.String(length=20),
            type_=sa.String(length=60),
            existing_nullable=False,
        )
    with op.batch_alter_table(ENTRY, schema=None) as batch_op:
        batch_op.add_column(sa.Column("number", sa.String(length=24), nullable=True))
        batch_op.add_column(sa.Column("state", sa.String(length=30), nullable=True))
        batch_op.add_column(sa.Column("version", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("opened_at", MOMENT, nullable=True))
        batch_op.add_column(sa.Column("changed_at", MOMENT, nullable=True))
        batch_op.add_column(sa.Column("customer_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("owner_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("shared_office_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("source", sa.String(length=24), server_default="", nullable=False))
        batch_op.add_column(sa.Column("reason", sa.Text(), server_default="", nullable=False))


def _close_entries() -> None:
    with op.batch_alter_table(ENTRY, schema=None) as batch_op:
        for name, kind in (("state", sa.String(length=30)), ("version", sa.Integer())):
            batch_op.alter_column(name, existing_type=kind, nullable=False)
        for name in ("opened_at", "changed_at"):
            batch_op.alter_column(name, existing_type=MOMENT, nullable=False)
        for name, target in (
            ("customer_id", "core_customer"),
            ("owner_id", "core_person"),
            ("shared_office_id", "core_office"),
        ):
            batch_op.create_foreign_key(batch_op.f(f"fk_{ENTRY}_{name}_{target}"), target, [name], ["id"])
        batch_op.create_unique_constraint(batch_op.f(f"uq_{ENTRY}_number"), ["number"])
    _case_indexes(ENTRY, "customer_id", "opened_at", "owner_id", "shared_office_id", "state")
    op.create_index(f"ix_{ENTRY}_list", ENTRY, ["office_id", "id"], unique=False)
    op.create_index(f"ix_{ENTRY}_source", ENTRY, ["office_id", "source"], unique=False)
    share(ENTRY)


def _make_words() -> None:
    word = sa.String(length=24).with_variant(sa.String(length=24, collation="C"), "postgresql")
    op.create_table(
        WORD,
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("word", word, nullable=False),
        sa.Column("entry_id", sa.Integer(), autoincrement=False, nullable=False),
        *_references(WORD, office_id="core_office", entry_id=ENTRY),
        sa.PrimaryKeyConstraint("office_id", "word", "entry_id", name=op.f(f"pk_{WORD}")),
        sqlite_with_rowid=False,
    )
    _case_indexes(WORD, "entry_id")
    protect(WORD)


def _make_replies() -> None:
    op.create_table(
        REPLY,
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("group", sa.String(length=20), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("promise", sa.String(length=10), nullable=False),
        sa.Column("promised_by", sa.String(length=20), nullable=False),
        sa.Column("follow_up", sa.String(length=20), nullable=False),
        *(
            sa.Column(f"{name}_{language}", sa.Text(), nullable=False)
            for language in ("zh", "en")
            for name in TEXTS
        ),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        *_case_columns(),
        *_references(
            REPLY,
            customer_id="core_customer",
            owner_id="core_person",
            office_id="core_office",
            shared_office_id="core_office",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{REPLY}")),
        sa.UniqueConstraint("number", name=op.f(f"uq_{REPLY}_number")),
    )
    _case_indexes(REPLY, "customer_id", "office_id", "opened_at", "owner_id", "shared_office_id", "state")
    op.create_index(f"ix_{REPLY}_list", REPLY, ["office_id", "id"], unique=False)
    op.create_index(f"ix_{REPLY}_key", REPLY, ["office_id", "key", "edition"], unique=False)
    protect(REPLY, shared=True)
    op.create_table(
        USE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("situation", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("promise", sa.String(length=10), nullable=False),
        sa.Column("follow_up", sa.String(length=20), nullable=False),
        sa.Column("used_at", MOMENT, nullable=False),
        sa.Column("used_by_id", sa.Integer(), nullable=True),
        sa.Column("office_id", sa.Integer(), nullable=False),
        *_references(USE, call_id="hotline_call", used_by_id="core_person", office_id="core_office"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{USE}")),
    )
    _case_indexes(USE, "call_id", "office_id")
    protect(USE)


def _teach_calls() -> None:
    with op.batch_alter_table("hotline_call", schema=None) as batch_op:
        batch_op.add_column(sa.Column("knowledge_id", sa.Integer(), nullable=True))
        for name, longest in (("reply_promise", 10), ("reply_owner", 40)):
            batch_op.add_column(sa.Column(name, sa.String(length=longest), server_default="", nullable=False))
        batch_op.create_foreign_key(
            batch_op.f(f"fk_hotline_call_knowledge_id_{ENTRY}"), ENTRY, ["knowledge_id"], ["id"]
        )
        batch_op.create_index(batch_op.f("ix_hotline_call_knowledge_id"), ["knowledge_id"], unique=False)


def _table(name: str, *columns: str) -> sa.TableClause:
    return sa.table(name, *(sa.column(one) for one in columns))


def _publish_entries(connection: sa.Connection) -> None:
    """Publish what is there under numbers of its own, as if it had been stored today, and let the ledger know."""
    product = _table("core_product", "id", "name")
    entry = sa.table(
        ENTRY,
        *(sa.column(name) for name in ("id", "office_id", "product_id", "versions", "problem", *CASE)),
        sa.column("written_at", MOMENT),
        sa.column("written_by_id"),
    )
    office = _table("core_office", "id", "code", "zone")
    found = sa.select(entry, office.c.code, office.c.zone, product.c.name)
    joined = entry.join(office, office.c.id == entry.c.office_id)
    joined = joined.outerjoin(product, product.c.id == entry.c.product_id)
    now, last = clock.now(), dict[tuple[int, int], int]()
    rows = connection.execute(found.select_from(joined).order_by(entry.c.office_id, entry.c.id)).all()
    for row in rows:
        year = now.astimezone(ZoneInfo(row.zone)).year
        serial = last[row.office_id, year] = last.get((row.office_id, year), 0) + 1
        number = f"{row.code}-B-{year}-{serial:05d}"
        case = {"number": number, "state": "published", "version": 1}
        case |= {"opened_at": row.written_at, "changed_at": row.written_at}
        typed = sa.table(
            ENTRY,
            *(sa.column(name) for name in ("id", "number", "state", "version")),
            *(sa.column(name, MOMENT) for name in ("opened_at", "changed_at")),
        )
        connection.execute(typed.update().where(typed.c.id == row.id).values(**case))
        _write_words(connection, row, number)
        _log(connection, row, number, now)
    series = _table("core_number_series", "office_id", "letter", "year", "last")
    for (office_id, year), drawn in last.items():
        values = {"office_id": office_id, "letter": "B", "year": year, "last": drawn}
        connection.execute(series.insert().values(**values))


def _write_words(connection: sa.Connection, row: Any, number: str) -> None:
    """Let an entry be suggested, and be found by its number."""
    words = [
        {"office_id": row.office_id, "word": word, "entry_id": row.id}
        for word in words_of(f"{row.name or ''}\n{row.problem}")
    ]
    if words:
        connection.execute(_table(WORD, "office_id", "word", "entry_id").insert(), words)
    text = _table("core_search_text", "id", "kind", "subject_id", "number")
    mine = (text.c.kind == "hotline.knowledge", text.c.subject_id == row.id)
    connection.execute(text.update().where(*mine).values(number=number))
    insert = sa.text(
        "insert into core_search_token (office_id, token, text_id) values (:office, :token, :text)"
        " on conflict do nothing"
    )
    for text_id in connection.scalars(sa.select(text.c.id).where(*mine)).all():
        for token in number_tokens(number):
            connection.execute(insert, {"office": row.office_id, "token": token, "text": text_id})


def _log(connection: sa.Connection, row: Any, number: str, now: dt.datetime) -> None:
    """Append to the office's chain that the entry has this number: the check of numbers reads nothing else."""
    mine = LedgerHead.office_id == row.office_id
    count, before = connection.execute(sa.select(LedgerHead.count, LedgerHead.hash).where(mine)).one()
    said = {"office_id": row.office_id, "seq": count + 1, "at": now, "actor": "release", "actor_id": None}
    said |= {"kind": "step", "procedure": "hotline.knowledge", "subject_id": row.id, "number": number}
    said |= {"action": "store", "from_state": "", "to_state": "published", "clause": "QI/01 flow"}
    said |= {"version": "hotline 0.1.0", "previous": before}
    said |= {"details": {"values": {}, "decisions": [], "plugins": []}}
    digest = LedgerRow(**said).digest()
    connection.execute(sa.insert(LedgerRow).values(**said, hash=digest))
    connection.execute(sa.update(LedgerHead).where(mine).values(count=count + 1, hash=digest))


def downgrade() -> None:
    with op.batch_alter_table("hotline_call", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_hotline_call_knowledge_id"))
        batch_op.drop_constraint(batch_op.f(f"fk_hotline_call_knowledge_id_{ENTRY}"), type_="foreignkey")
        for name in ("reply_owner", "reply_promise", "knowledge_id"):
            batch_op.drop_column(name)
    for table in (USE, REPLY, WORD):
        op.drop_table(table)
    op.drop_index(f"ix_{ENTRY}_list", table_name=ENTRY)
    op.drop_index(f"ix_{ENTRY}_source", table_name=ENTRY)
    for column in ("customer_id", "opened_at", "owner_id", "shared_office_id", "state"):
        op.drop_index(op.f(f"ix_{ENTRY}_{column}"), table_name=ENTRY)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"drop policy office_window on {ENTRY}")
    with op.batch_alter_table(ENTRY, schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f(f"uq_{ENTRY}_number"), type_="unique")
        for name, target in (
            ("customer_id", "core_customer"),
            ("owner_id", "core_person"),
            ("shared_office_id", "core_office"),
        ):
            batch_op.drop_constraint(batch_op.f(f"fk_{ENTRY}_{name}_{target}"), type_="foreignkey")
        for name in (*CASE, "source", "reason"):
            batch_op.drop_column(name)
    with op.batch_alter_table(ENTRY, schema=None) as batch_op:
        batch_op.alter_column(
            "versions",
            new_column_name="version",
            existing_type=sa.String(length=60),
            type_=sa.String(length=20),
            existing_nullable=False,
        )
