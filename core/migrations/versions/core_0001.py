"""The tables of core."""

import sqlalchemy as sa
from alembic import op

import core.db
from core.row_security import protect

revision = "core_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "core_ended_session",
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("until", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_core_ended_session")),
    )
    with op.batch_alter_table("core_ended_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_core_ended_session_until"), ["until"], unique=False)

    op.create_table(
        "core_login_failure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("login", sa.String(length=40), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_login_failure")),
    )
    with op.batch_alter_table("core_login_failure", schema=None) as batch_op:
        batch_op.create_index("ix_core_login_failure_address", ["address", "at"], unique=False)
        batch_op.create_index("ix_core_login_failure_login", ["login", "at"], unique=False)

    op.create_table(
        "core_office",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("name_zh", sa.String(length=60), nullable=False),
        sa.Column("name_en", sa.String(length=60), nullable=False),
        sa.Column("zone", sa.String(length=40), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["core_office.id"], name=op.f("fk_core_office_parent_id_core_office")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_office")),
        sa.UniqueConstraint("code", name=op.f("uq_core_office_code")),
    )
    op.create_table(
        "core_person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("login", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("initials", sa.String(length=16), nullable=False),
        sa.Column("hotline_number", sa.String(length=8), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("session_stamp", sa.String(length=32), nullable=False),
        sa.Column("locale", sa.String(length=16), nullable=False),
        sa.Column("left_at", core.db.UTCDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_person")),
        sa.UniqueConstraint("login", name=op.f("uq_core_person_login")),
    )
    op.create_table(
        "core_product",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_product")),
        sa.UniqueConstraint("name", name=op.f("uq_core_product_name")),
    )
    op.create_table(
        "core_calendar_day",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("note", sa.String(length=120), nullable=False),
        sa.Column("replaces", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["office_id"], ["core_office.id"], name=op.f("fk_core_calendar_day_office_id_core_office")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_calendar_day")),
        sa.UniqueConstraint("office_id", "day", name=op.f("uq_core_calendar_day_office_id_day")),
    )
    op.create_table(
        "core_column_mapping",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("set_by", sa.String(length=40), nullable=False),
        sa.Column("set_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["office_id"], ["core_office.id"], name=op.f("fk_core_column_mapping_office_id_core_office")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_column_mapping")),
        sa.UniqueConstraint(
            "office_id", "fingerprint", name=op.f("uq_core_column_mapping_office_id_fingerprint")
        ),
    )
    with op.batch_alter_table("core_column_mapping", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_core_column_mapping_office_id"), ["office_id"], unique=False)

    op.create_table(
        "core_customer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_number", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("fax", sa.String(length=40), nullable=False),
        sa.Column("regional_manager", sa.String(length=40), nullable=False),
        sa.Column("salesperson", sa.String(length=40), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("site_note", sa.Text(), nullable=False),
        sa.Column("verified_at", core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("created_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["office_id"], ["core_office.id"], name=op.f("fk_core_customer_office_id_core_office")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_customer")),
        sa.UniqueConstraint("office_id", "file_number", name=op.f("uq_core_customer_office_id_file_number")),
    )
    with op.batch_alter_table("core_customer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_core_customer_office_id"), ["office_id"], unique=False)

    op.create_table(
        "core_deadline",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("procedure", sa.String(length=60), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("heading", sa.String(length=120), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("clause", sa.String(length=60), nullable=False),
        sa.Column("plugin", sa.String(length=40), nullable=False),
        sa.Column("started_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("due_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("trace", sa.JSON(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("shared_office_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["office_id"], ["core_office.id"], name=op.f("fk_core_deadline_office_id_core_office")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["core_person.id"], name=op.f("fk_core_deadline_person_id_core_person")
        ),
        sa.ForeignKeyConstraint(
            ["shared_office_id"],
            ["core_office.id"],
            name=op.f("fk_core_deadline_shared_office_id_core_office"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_deadline")),
    )
    with op.batch_alter_table("core_deadline", schema=None) as batch_op:
        batch_op.create_index("ix_core_deadline_due", ["office_id", "state", "due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_core_deadline_office_id"), ["office_id"], unique=False)
        batch_op.create_index("ix_core_deadline_person", ["person_id", "state", "due_at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_core_deadline_shared_office_id"), ["shared_office_id"], unique=False
        )
        batch_op.create_index("ix_core_deadline_subject", ["procedure", "subject_id", "state"], unique=False)

    op.create_table(
        "core_import_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(length=120), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("layout", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("cursor", sa.Integer(), nullable=False),
        sa.Column("tally", sa.JSON(), nullable=False),
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("created_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["core_person.id"], name=op.f("fk_core_import_run_actor_id_core_person")
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["core_office.id"], name=op.f("fk_core_import_run_office_id_core_office")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_import_run")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("core_import_run", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_core_import_run_office_id"), ["office_id"], unique=False)
        batch_op.create_index("ix_core_import_run_state", ["office_id", "state"], unique=False)

    op.create_table(
        "core_ledger",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("procedure", sa.String(length=60), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("from_state", sa.String(length=30), nullable=False),
        sa.Column("to_state", sa.String(length=30), nullable=False),
        sa.Column("clause", sa.String(length=60), nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["core_person.id"], name=op.f("fk_core_ledger_actor_id_core_person")
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["core_office.id"], name=op.f("fk_core_ledger_office_id_core_office")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_ledger")),
    )
    with op.batch_alter_table("core_ledger", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_core_ledger_office_id"), ["office_id"], unique=False)
        batch_op.create_index("ix_core_ledger_action", ["office_id", "kind", "action", "id"], unique=False)
        batch_op.create_index("ix_core_ledger_subject", ["procedure", "subject_id"], unique=False)
        batch_op.create_index("uq_core_ledger_office_seq", ["office_id", "seq"], unique=True)

    op.create_table(
        "core_ledger_head",
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["office_id"], ["core_office.id"], name=op.f("fk_core_ledger_head_office_id_core_office")
        ),
        sa.PrimaryKeyConstraint("office_id", name=op.f("pk_core_ledger_head")),
    )
    op.create_table(
        "core_number_series",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("letter", sa.String(length=4), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["office_id"], ["core_office.id"], name=op.f("fk_core_number_series_office_id_core_office")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_number_series")),
        sa.UniqueConstraint(
            "office_id", "letter", "year", name=op.f("uq_core_number_series_office_id_letter_year")
        ),
    )
    with op.batch_alter_table("core_number_series", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_core_number_series_office_id"), ["office_id"], unique=False)

    op.create_table(
        "core_number_void",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("voided_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("voided_by_id", sa.Integer(), nullable=True),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["office_id"], ["core_office.id"], name=op.f("fk_core_number_void_office_id_core_office")
        ),
        sa.ForeignKeyConstraint(
            ["voided_by_id"], ["core_person.id"], name=op.f("fk_core_number_void_voided_by_id_core_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_number_void")),
        sa.UniqueConstraint("number", name=op.f("uq_core_number_void_number")),
    )
    with op.batch_alter_table("core_number_void", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_core_number_void_office_id"), ["office_id"], unique=False)

    op.create_table(
        "core_opening_hours",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("start", sa.Time(), nullable=False),
        sa.Column("end", sa.Time(), nullable=False),
        sa.ForeignKeyConstraint(
            ["office_id"], ["core_office.id"], name=op.f("fk_core_opening_hours_office_id_core_office")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_opening_hours")),
    )
    with op.batch_alter_table("core_opening_hours", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_core_opening_hours_office_id"), ["office_id"], unique=False)

    op.create_table(
        "core_parameter_value",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("cleared", sa.Boolean(), nullable=False),
        sa.Column("set_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("set_by", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["office_id"], ["core_office.id"], name=op.f("fk_core_parameter_value_office_id_core_office")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_parameter_value")),
    )
    with op.batch_alter_table("core_parameter_value", schema=None) as batch_op:
        batch_op.create_index("ix_core_parameter_value_key", ["office_id", "key", "id"], unique=False)

    op.create_table(
        "core_password_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("expires_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("used_at", core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("made_by", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["core_person.id"], name=op.f("fk_core_password_link_person_id_core_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_password_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_core_password_link_token_hash")),
    )
    with op.batch_alter_table("core_password_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_core_password_link_person_id"), ["person_id"], unique=False)

    op.create_table(
        "core_plugin_switch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("plugin", sa.String(length=40), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("switched_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("switched_by", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["office_id"], ["core_office.id"], name=op.f("fk_core_plugin_switch_office_id_core_office")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_plugin_switch")),
    )
    with op.batch_alter_table("core_plugin_switch", schema=None) as batch_op:
        batch_op.create_index("ix_core_plugin_switch_last", ["office_id", "plugin", "id"], unique=False)

    op.create_table(
        "core_role_grant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("given_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("given_by", sa.String(length=40), nullable=False),
        sa.Column("taken_at", core.db.UTCDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["office_id"], ["core_office.id"], name=op.f("fk_core_role_grant_office_id_core_office")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["core_person.id"], name=op.f("fk_core_role_grant_person_id_core_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_role_grant")),
    )
    with op.batch_alter_table("core_role_grant", schema=None) as batch_op:
        batch_op.create_index("ix_core_role_grant_office_role", ["office_id", "role"], unique=False)
        batch_op.create_index(batch_op.f("ix_core_role_grant_person_id"), ["person_id"], unique=False)

    op.create_table(
        "core_contact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("phones", sa.Text(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["core_customer.id"], name=op.f("fk_core_contact_customer_id_core_customer")
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["core_office.id"], name=op.f("fk_core_contact_office_id_core_office")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_contact")),
    )
    with op.batch_alter_table("core_contact", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_core_contact_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_core_contact_office_id"), ["office_id"], unique=False)

    op.create_table(
        "core_customer_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column(
            "key",
            sa.String(length=16).with_variant(sa.String(length=16, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["core_customer.id"], name=op.f("fk_core_customer_key_customer_id_core_customer")
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["core_office.id"], name=op.f("fk_core_customer_key_office_id_core_office")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_customer_key")),
    )
    with op.batch_alter_table("core_customer_key", schema=None) as batch_op:
        batch_op.create_index("ix_core_customer_key_customer", ["customer_id"], unique=False)
        batch_op.create_index(
            "ix_core_customer_key_lookup", ["office_id", "key", "customer_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_core_customer_key_office_id"), ["office_id"], unique=False)

    op.create_table(
        "core_import_file",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["office_id"], ["core_office.id"], name=op.f("fk_core_import_file_office_id_core_office")
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["core_import_run.id"], name=op.f("fk_core_import_file_run_id_core_import_run")
        ),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_core_import_file")),
    )
    with op.batch_alter_table("core_import_file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_core_import_file_office_id"), ["office_id"], unique=False)

    op.create_table(
        "core_import_refusal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("problems", sa.JSON(), nullable=False),
        sa.Column("cells", sa.JSON(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["office_id"], ["core_office.id"], name=op.f("fk_core_import_refusal_office_id_core_office")
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["core_import_run.id"], name=op.f("fk_core_import_refusal_run_id_core_import_run")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_import_refusal")),
    )
    with op.batch_alter_table("core_import_refusal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_core_import_refusal_office_id"), ["office_id"], unique=False)
        batch_op.create_index("ix_core_import_refusal_run", ["run_id", "line"], unique=False)

    op.create_table(
        "core_installation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(length=20), nullable=False),
        sa.Column("serial_number", sa.String(length=40), nullable=True),
        sa.Column("contract_date", sa.Date(), nullable=True),
        sa.Column("service_card", sa.String(length=24), nullable=False),
        sa.Column("service_until", sa.Date(), nullable=True),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["core_customer.id"], name=op.f("fk_core_installation_customer_id_core_customer")
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["core_office.id"], name=op.f("fk_core_installation_office_id_core_office")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["core_product.id"], name=op.f("fk_core_installation_product_id_core_product")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_installation")),
        sa.UniqueConstraint(
            "office_id", "serial_number", name=op.f("uq_core_installation_office_id_serial_number")
        ),
    )
    with op.batch_alter_table("core_installation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_core_installation_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_core_installation_office_id"), ["office_id"], unique=False)
        batch_op.create_index("ix_core_installation_product", ["product_id"], unique=False)

    op.create_table(
        "core_last_said",
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["core_customer.id"], name=op.f("fk_core_last_said_customer_id_core_customer")
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["core_office.id"], name=op.f("fk_core_last_said_office_id_core_office")
        ),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_core_last_said")),
    )
    with op.batch_alter_table("core_last_said", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_core_last_said_office_id"), ["office_id"], unique=False)

    protect("core_column_mapping")
    protect("core_customer")
    protect("core_deadline", shared=True)
    protect("core_import_run")
    protect("core_ledger")
    protect("core_ledger_head")
    protect("core_number_series")
    protect("core_number_void")
    protect("core_contact")
    protect("core_customer_key")
    protect("core_import_file")
    protect("core_import_refusal")
    protect("core_installation")
    protect("core_last_said")


def downgrade() -> None:
    with op.batch_alter_table("core_last_said", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_core_last_said_office_id"))

    op.drop_table("core_last_said")
    with op.batch_alter_table("core_installation", schema=None) as batch_op:
        batch_op.drop_index("ix_core_installation_product")
        batch_op.drop_index(batch_op.f("ix_core_installation_office_id"))
        batch_op.drop_index(batch_op.f("ix_core_installation_customer_id"))

    op.drop_table("core_installation")
    with op.batch_alter_table("core_import_refusal", schema=None) as batch_op:
        batch_op.drop_index("ix_core_import_refusal_run")
        batch_op.drop_index(batch_op.f("ix_core_import_refusal_office_id"))

    op.drop_table("core_import_refusal")
    with op.batch_alter_table("core_import_file", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_core_import_file_office_id"))

    op.drop_table("core_import_file")
    with op.batch_alter_table("core_customer_key", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_core_customer_key_office_id"))
        batch_op.drop_index("ix_core_customer_key_lookup")
        batch_op.drop_index("ix_core_customer_key_customer")

    op.drop_table("core_customer_key")
    with op.batch_alter_table("core_contact", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_core_contact_office_id"))
        batch_op.drop_index(batch_op.f("ix_core_contact_customer_id"))

    op.drop_table("core_contact")
    with op.batch_alter_table("core_role_grant", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_core_role_grant_person_id"))
        batch_op.drop_index("ix_core_role_grant_office_role")

    op.drop_table("core_role_grant")
    with op.batch_alter_table("core_plugin_switch", schema=None) as batch_op:
        batch_op.drop_index("ix_core_plugin_switch_last")

    op.drop_table("core_plugin_switch")
    with op.batch_alter_table("core_password_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_core_password_link_person_id"))

    op.drop_table("core_password_link")
    with op.batch_alter_table("core_parameter_value", schema=None) as batch_op:
        batch_op.drop_index("ix_core_parameter_value_key")

    op.drop_table("core_parameter_value")
    with op.batch_alter_table("core_opening_hours", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_core_opening_hours_office_id"))

    op.drop_table("core_opening_hours")
    with op.batch_alter_table("core_number_void", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_core_number_void_office_id"))

    op.drop_table("core_number_void")
    with op.batch_alter_table("core_number_series", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_core_number_series_office_id"))

    op.drop_table("core_number_series")
    op.drop_table("core_ledger_head")
    with op.batch_alter_table("core_ledger", schema=None) as batch_op:
        batch_op.drop_index("uq_core_ledger_office_seq")
        batch_op.drop_index("ix_core_ledger_subject")
        batch_op.drop_index("ix_core_ledger_action")
        batch_op.drop_index(batch_op.f("ix_core_ledger_office_id"))

    op.drop_table("core_ledger")
    with op.batch_alter_table("core_import_run", schema=None) as batch_op:
        batch_op.drop_index("ix_core_import_run_state")
        batch_op.drop_index(batch_op.f("ix_core_import_run_office_id"))

    op.drop_table("core_import_run")
    with op.batch_alter_table("core_deadline", schema=None) as batch_op:
        batch_op.drop_index("ix_core_deadline_subject")
        batch_op.drop_index(batch_op.f("ix_core_deadline_shared_office_id"))
        batch_op.drop_index("ix_core_deadline_person")
        batch_op.drop_index(batch_op.f("ix_core_deadline_office_id"))
        batch_op.drop_index("ix_core_deadline_due")

    op.drop_table("core_deadline")
    with op.batch_alter_table("core_customer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_core_customer_office_id"))

    op.drop_table("core_customer")
    with op.batch_alter_table("core_column_mapping", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_core_column_mapping_office_id"))

    op.drop_table("core_column_mapping")
    op.drop_table("core_calendar_day")
    op.drop_table("core_product")
    op.drop_table("core_person")
    op.drop_table("core_office")
    with op.batch_alter_table("core_login_failure", schema=None) as batch_op:
        batch_op.drop_index("ix_core_login_failure_login")
        batch_op.drop_index("ix_core_login_failure_address")

    op.drop_table("core_login_failure")
    op.drop_table("core_ended_session")
