"""The customer file by hand: history, merges, proposals and moves; parts that were removed; what twins share."""

import sqlalchemy as sa
from alembic import op

import core.db
from core.customers.lookup import twin_keys
from core.row_security import protect

revision = "core_0004"
down_revision = "core_0003"
branch_labels = None
depends_on = None

MOMENT = core.db.UTCDateTime(timezone=True)
AT_ONCE = 500


def _references(table: str, **columns: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([name], [f"{target}.id"], name=op.f(f"fk_{table}_{name}_{target}"))
        for name, target in columns.items()
    ]


def _whole(table: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}"))


def _index(table: str, *columns: str) -> None:
    with op.batch_alter_table(table, schema=None) as batch_op:
        for column in columns:
            batch_op.create_index(batch_op.f(f"ix_{table}_{column}"), [column], unique=False)


def upgrade() -> None:
    _let_customers_go()
    _let_parts_go()
    _make_history()
    _make_merges()
    _make_proposals()
    _make_moves()
    _find_twins()


def _let_customers_go() -> None:
    with op.batch_alter_table("core_customer", schema=None) as batch_op:
        batch_op.add_column(sa.Column("merged_into_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("moved_to_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("gone_at", MOMENT, nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_core_customer_merged_into_id_core_customer"),
            "core_customer",
            ["merged_into_id"],
            ["id"],
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_core_customer_moved_to_id_core_office"), "core_office", ["moved_to_id"], ["id"]
        )
        batch_op.create_index(batch_op.f("ix_core_customer_merged_into_id"), ["merged_into_id"], unique=False)


def _let_parts_go() -> None:
    with op.batch_alter_table("core_contact", schema=None) as batch_op:
        batch_op.add_column(sa.Column("removed_at", MOMENT, nullable=True))
    with op.batch_alter_table("core_installation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("removed_at", MOMENT, nullable=True))
        batch_op.drop_constraint(batch_op.f("uq_core_installation_office_id_serial_number"), type_="unique")
    kept = sa.text("removed_at is null")
    op.create_index(
        "uq_core_installation_serial",
        "core_installation",
        ["office_id", "serial_number"],
        unique=True,
        sqlite_where=kept,
        postgresql_where=kept,
    )


def _make_history() -> None:
    table = "core_customer_change"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("what", sa.String(length=12), nullable=False),
        sa.Column("part_id", sa.Integer(), nullable=True),
        sa.Column("part", sa.String(length=120), nullable=False),
        sa.Column("field", sa.String(length=30), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        *_references(table, customer_id="core_customer", actor_id="core_person", office_id="core_office"),
        _whole(table),
    )
    _index(table, "office_id")
    op.create_index("ix_core_customer_change_customer", table, ["customer_id", "id"], unique=False)
    protect(table)


def _make_merges() -> None:
    table = "core_customer_merge"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kept_id", sa.Integer(), nullable=False),
        sa.Column("gone_id", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("moved", sa.JSON(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("dropped", sa.JSON(), nullable=False),
        sa.Column("undone_at", MOMENT, nullable=True),
        sa.Column("undone_by", sa.String(length=40), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        *_references(
            table,
            kept_id="core_customer",
            gone_id="core_customer",
            actor_id="core_person",
            office_id="core_office",
        ),
        _whole(table),
    )
    _index(table, "gone_id", "office_id")
    op.create_index("ix_core_customer_merge_kept", table, ["kept_id", "id"], unique=False)
    protect(table)
    table = "core_customer_not_twins"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("second_id", sa.Integer(), nullable=False),
        sa.Column("said_by", sa.String(length=40), nullable=False),
        sa.Column("said_at", MOMENT, nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        *_references(table, first_id="core_customer", second_id="core_customer", office_id="core_office"),
        _whole(table),
        sa.UniqueConstraint("first_id", "second_id", name=op.f(f"uq_{table}_first_id_second_id")),
    )
    _index(table, "office_id")
    protect(table)


def _make_proposals() -> None:
    table = "core_customer_proposal"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=12), nullable=False),
        sa.Column("part_id", sa.Integer(), nullable=True),
        sa.Column("part", sa.String(length=120), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("decided_by", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        *_references(table, customer_id="core_customer", by_id="core_person", office_id="core_office"),
        _whole(table),
    )
    _index(table, "office_id")
    op.create_index("ix_core_customer_proposal_by", table, ["by_id", "id"], unique=False)
    op.create_index("ix_core_customer_proposal_customer", table, ["customer_id", "state"], unique=False)
    op.create_index("ix_core_customer_proposal_queue", table, ["office_id", "state", "id"], unique=False)
    protect(table)


def _make_moves() -> None:
    table = "core_customer_move"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("arrived_id", sa.Integer(), nullable=True),
        sa.Column("file_number", sa.String(length=24), nullable=False),
        sa.Column("arrived_as", sa.String(length=24), nullable=False),
        sa.Column("shown", sa.JSON(), nullable=False),
        sa.Column("agreement", sa.String(length=60), nullable=False),
        sa.Column("agreed_on", sa.Date(), nullable=False),
        sa.Column("confirmed_by", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("offered_at", MOMENT, nullable=False),
        sa.Column("offered_by", sa.String(length=40), nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("ended_by", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("shared_office_id", sa.Integer(), nullable=True),
        *_references(
            table,
            customer_id="core_customer",
            arrived_id="core_customer",
            office_id="core_office",
            shared_office_id="core_office",
        ),
        _whole(table),
    )
    _index(table, "arrived_id", "office_id", "shared_office_id")
    op.create_index("ix_core_customer_move_customer", table, ["customer_id", "id"], unique=False)
    op.create_index("ix_core_customer_move_in", table, ["shared_office_id", "state", "id"], unique=False)
    op.create_index("ix_core_customer_move_out", table, ["office_id", "state", "id"], unique=False)
    protect(table, shared=True)


def _find_twins() -> None:
    """Write what the customers on file have in common with twins; row-level security shows them for this once."""
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        every = (
            "select set_config('app.offices', coalesce(string_agg(id::text, ','), ''), true) from core_office"
        )
        connection.execute(sa.text(every))
    customer = sa.table("core_customer", sa.column("id"), sa.column("office_id"), sa.column("name"))
    contact = sa.table("core_contact", sa.column("customer_id"), sa.column("phones"))
    phones: dict[int, list[str]] = {}
    for customer_id, written in connection.execute(sa.select(contact.c.customer_id, contact.c.phones)):
        phones.setdefault(customer_id, []).append(written)
    rows = [
        {"office_id": one.office_id, "customer_id": one.id, "key": key}
        for one in connection.execute(sa.select(customer.c.id, customer.c.office_id, customer.c.name))
        for key in sorted(twin_keys(one.name, phones.get(one.id, ())))
    ]
    names = ("office_id", "customer_id", "key")
    keys = sa.table("core_customer_key", *(sa.column(name) for name in names))
    for start in range(0, len(rows), AT_ONCE):
        connection.execute(keys.insert(), rows[start : start + AT_ONCE])


def downgrade() -> None:
    keys = sa.table("core_customer_key", sa.column("key"))
    op.get_bind().execute(keys.delete().where(keys.c.key.like("=%")))
    for table in ("move", "proposal", "not_twins", "merge", "change"):
        op.drop_table(f"core_customer_{table}")
    op.drop_index("uq_core_installation_serial", table_name="core_installation")
    with op.batch_alter_table("core_installation", schema=None) as batch_op:
        batch_op.create_unique_constraint(
            batch_op.f("uq_core_installation_office_id_serial_number"), ["office_id", "serial_number"]
        )
        batch_op.drop_column("removed_at")
    with op.batch_alter_table("core_contact", schema=None) as batch_op:
        batch_op.drop_column("removed_at")
    with op.batch_alter_table("core_customer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_core_customer_merged_into_id"))
        batch_op.drop_constraint(batch_op.f("fk_core_customer_moved_to_id_core_office"), type_="foreignkey")
        batch_op.drop_constraint(
            batch_op.f("fk_core_customer_merged_into_id_core_customer"), type_="foreignkey"
        )
        batch_op.drop_column("gone_at")
        batch_op.drop_column("moved_to_id")
        batch_op.drop_column("merged_into_id")
