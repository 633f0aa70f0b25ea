"""A plugin goes for good: refused while somebody needs it, exported first, and nothing left but ledger and switches."""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import MetaData, Table, create_engine, delete, inspect, select, text

from core import clock, gate, ledger, migrate, number_check, presence, switches
from core.api.replays import ApiReplay, claim
from core.api.tokens import ACT, make, of_person
from core.customers.records import CameAlong
from core.db import db, reading_tables, see_offices, writing
from core.errors import KoudaiError, NotFound, PluginError
from core.ledger import LedgerRow
from core.life import snapshots
from core.life.carrying import refuse_lost
from core.life.holdings import rows_in_core
from core.life.impact import impact_of
from core.life.preview import preview
from core.life.releases import RuleSnapshot
from core.life.removal import Removed, gone, remove
from core.number_check import Month, Tally
from core.offices import Office
from core.people import Actor
from core.plugins import Plugins
from core.presence import Presence
from core.prints import Print
from core.roles import HOTLINE_ENGINEER
from core.rules import rules_of
from core.settings import set_parameter
from core.talk.files import Sent, attach
from core.talk.topics import topic_of
from core.testing import House
from tests.plugins_dummy.fixtures import database_url, plugins, sqlite_template  # noqa: F401

pytestmark = pytest.mark.usefixtures("in_english")
ADMINISTRATOR = Actor("admin")
KEPT = {"core_ledger", "core_ledger_head", "core_plugin_switch"}


LEAVES_A_TABLE = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "shop_0001", None


def upgrade():
    left, key = (sa.Column("id", sa.Integer, primary_key=True) for _table in "12")
    more = sa.Column("name", sa.String(9)), sa.Column("at", sa.DateTime), sa.Column("picture", sa.LargeBinary)
    op.create_table("shop_left", left)
    op.create_table("shop_right", key, *more)
    op.execute("insert into shop_left values (1)")
    right = sa.table("shop_right", *(sa.column(one.name, one.type) for one in (key, *more)))
    import datetime

    row = {"id": 1, "name": "盘点", "at": datetime.datetime(2026, 11, 23, 1), "picture": bytes((0, 1, 255))}
    op.bulk_insert(right, [row])


def downgrade():
    op.drop_table("shop_right")
"""


@pytest.fixture
def shanghai(house: House) -> Office:
    return house.office("SH", "hotline", "fieldservice", "dummy")


@pytest.fixture
def lent(house: House, shanghai: Office, walk: Any) -> str:
    """A call of Shanghai's whose customer has a dongle of ours; the number of the loan."""
    walker = walk(shanghai)
    call = walker.case_in("hotline.call", "waits_for_dongle")
    set_parameter(shanghai, "dummy.shelf", "B", ADMINISTRATOR)
    model = house.plugins.procedures["dummy.loan"].model
    loan = db.session.scalars(select(model).where(model.call_id == call.id)).one()
    return str(loan.number)


@pytest.fixture
def returns(house: House, shanghai: Office, lent: str, walk: Any) -> Callable[[], None]:
    """The means to bring the dongle back and to switch dummy off."""

    def doing() -> None:
        walker = walk(shanghai)
        gate.perform("dummy.loan", lent, "fetch", walker.actor, office=shanghai)
        call = db.session.scalars(select(walker.procedures["hotline.call"].model)).one()
        gate.perform("hotline.call", call.number, "dongle_came", walker.actor, office=shanghai)
        switches.switch(house.plugins, shanghai, "dummy", False, ADMINISTRATOR)
        house.see()

    return doing


@pytest.fixture
def returned(shanghai: Office, returns: Callable[[], None]) -> Office:
    """Shanghai, where the dongle came back and dummy was switched off."""
    returns()
    return shanghai


@pytest.fixture
def removes(app: Flask, house: House, tmp_path: Path) -> Callable[..., Removed]:
    """The means to remove a plugin, into a folder of this test's."""

    def doing(name: str = "dummy", into: str = "out") -> Removed:
        url = app.config["SQLALCHEMY_DATABASE_URI"]
        try:
            return remove(house.plugins, name, tmp_path / into, ADMINISTRATOR, url)
        finally:
            house.see()

    return doing


def everything() -> dict[str, list[str]]:
    """Return all that the database holds but ledger and switches, each row in words."""
    connection, found = db.session.connection(), {}
    for name in sorted(set(inspect(connection).get_table_names()) - KEPT):
        with reading_tables():
            table = Table(name, MetaData(), autoload_with=connection, resolve_fks=False)
        found[name] = [repr(tuple(row)) for row in connection.execute(select(table))]
    return found


def test_what_is_left_is_ledger_and_history_of_switching(
    house: House, returned: Office, removes: Callable[..., Removed]
) -> None:
    before = everything()
    assert any("dummy" in row for rows in before.values() for row in rows)
    removes()
    left = everything()
    assert not [name for name in left if "dummy" in name]
    assert not [(name, row) for name, rows in left.items() for row in rows if re.search("dummy|-D-|'D'", row)]
    others = {name: rows for name, rows in before.items() if not name.startswith(("dummy_", "core_"))}
    del others["alembic_version_dummy"]
    assert {name: left[name] for name in others} == others, "what is others' stays as it was"
    history = [(row.plugin, row.enabled) for row in switches.history(returned.id)]
    assert history[:2] == [("dummy", False), ("dummy", True)]
    assert list(ledger.verify(returned.id)) == list(ledger.verify(house.head.id)) == []


def test_whoever_looked_at_a_case_of_it_looks_no_more(
    house: House, returned: Office, removes: Callable[..., Removed]
) -> None:
    reader = house.hire(returned, HOTLINE_ENGINEER)
    assert reader.person_id
    for about in ("dummy.loan 1", "hotline.call 1"):
        presence.say(returned.id, about, reader.person_id)
    removes()
    assert db.session.scalars(select(Presence.about)).all() == ["hotline.call 1"]


def test_what_it_sent_along_with_a_customer_goes_too(
    house: House, returned: Office, removes: Callable[..., Removed]
) -> None:
    arrived = house.customer(returned)
    with writing():
        for key in ("dummy.lent_in", "hotline.known"):
            fact = CameAlong(office_id=returned.id, customer_id=arrived.id, key=key, value="SH")
            db.session.add(fact)
    assert dict(removes().tables)["core_customer_came_along"] == 1
    assert db.session.scalars(select(CameAlong.key)).all() == ["hotline.known"]


def test_a_key_of_the_api_leads_to_no_case_that_went_and_is_free_again(
    house: House, returned: Office, removes: Callable[..., Removed]
) -> None:
    asks = house.person(returned, HOTLINE_ENGINEER)
    make(asks, returned, "for a test", {"calls": ACT}, 30)
    (token,) = of_person(asks.id)
    with writing():
        for procedure in ("dummy.loan", "hotline.call", ""):
            claim(token, f"key-{procedure}", "as it was asked", procedure)
    done = removes()
    assert dict(done.tables)["core_api_replay"] == 1
    assert set(db.session.scalars(select(ApiReplay.procedure))) == {"hotline.call", ""}


def test_the_export_holds_all_of_it_and_can_be_checked(
    returned: Office, lent: str, removes: Callable[..., Removed]
) -> None:
    done = removes()
    manifest = json.loads((done.folder / "manifest.json").read_text())
    assert (manifest["plugin"], manifest["version"]) == ("dummy", "1.2.3")
    rows = {one["table"]: one["rows"] for one in manifest["tables"]}
    assert (rows["dummy_loan"], rows["core_number_series"], rows["core_parameter_value"]) == (1, 1, 1)
    assert rows["dummy_call_shelf"] == 0
    for one in manifest["tables"]:
        content = (done.folder / one["file"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == one["sha256"]
        assert content.count(b"\n") == one["rows"]
    (loan,) = map(json.loads, (done.folder / "dummy_loan.jsonl").read_text().splitlines())
    assert (loan["number"], loan["state"]) == (lent, "back")
    assert {path.name for path in done.folder.iterdir()} == {
        "manifest.json",
        *(one["file"] for one in manifest["tables"]),
    }


def test_the_bytes_of_attached_files_are_exported_with_their_rows(
    house: House, shanghai: Office, lent: str, walk: Any, removes: Callable[..., Removed], returns: Any
) -> None:
    loan = db.session.scalars(select(house.plugins.procedures["dummy.loan"].model)).one()
    topic = topic_of(rules_of(shanghai), "dummy.loan", loan.id)
    attach(
        topic, [Sent("收条.txt", io.BytesIO("已收到加密盒".encode()))], house.hire(shanghai, HOTLINE_ENGINEER)
    )
    returns()
    done = removes()
    (row,) = map(json.loads, (done.folder / "core_file.jsonl").read_text().splitlines())
    assert (done.folder / "files" / row["sha256"]).read_text() == "已收到加密盒"


def test_when_it_comes_back_its_rules_are_kept_again(
    app: Flask, house: House, returned: Office, removes: Callable[..., Removed]
) -> None:
    def kept() -> int:
        house.see()
        return db.session.query(RuleSnapshot).filter_by(plugin="dummy").count()

    snapshots.keep(house.plugins)
    assert kept() == 1
    removes()
    snapshots.keep(house.plugins)
    assert kept() == 0, "it is on its way out"
    migrate.upgrade(app.config["SQLALCHEMY_DATABASE_URI"], house.plugins)
    house.see()
    snapshots.keep(house.plugins)
    assert kept() == 1


def test_nothing_is_overwritten_and_nothing_removed_then(
    returned: Office, removes: Callable[..., Removed], tmp_path: Path
) -> None:
    (tmp_path / "out").mkdir()
    before = everything()
    with pytest.raises(KoudaiError, match="exists already"):
        removes()
    assert everything() == before


def test_while_an_office_uses_it_it_stays(lent: str, removes: Callable[..., Removed], tmp_path: Path) -> None:
    before = everything()
    with pytest.raises(PluginError, match=r"is used in: SH\. Disable it there first"):
        removes()
    assert everything() == before
    assert not (tmp_path / "out").exists()


def test_what_broke_off_can_be_done_again(
    app: Flask, house: House, returned: Office, removes: Callable[..., Removed]
) -> None:
    migrate.erase(app.config["SQLALCHEMY_DATABASE_URI"], house.plugins, "dummy")
    assert dict(removes().tables)["core_number_series"] == 1
    assert not [row for rows in everything().values() for row in rows if "dummy" in row]


def test_its_paper_goes_with_it_and_that_of_others_stays(house: House, shanghai: Office) -> None:
    made = {
        "subject_id": 1,
        "number": "SH-R-2026-00001",
        "edition": "1",
        "case_version": 1,
        "state": "closed",
    }
    made |= {"pdf": b"%PDF-", "sha256": "0" * 64, "printed_at": clock.now(), "printed_by": "admin"}
    with writing():
        for record in ("GZYY/QR/01", "QR/03"):
            one = Print(office_id=shanghai.id, procedure="fieldservice.request", record=record, **made)
            db.session.add(one)
    mine = rows_in_core("guangzhou", house.plugins.installed["guangzhou"])[
        Print.metadata.tables["core_print"]
    ]
    assert db.session.scalars(select(Print.record).where(mine)).all() == ["GZYY/QR/01"]


def test_what_an_installed_plugin_requires_stays(house: House, removes: Callable[..., Removed]) -> None:
    with pytest.raises(
        PluginError, match="required by billing, quality, dummy, faulty, guangzhou, harbin, shanghai"
    ):
        removes("fieldservice")
    with pytest.raises(NotFound, match="ghost is not installed"):
        removes("ghost")


def test_afterwards_the_house_starts_with_and_without_the_distribution(
    app: Flask, house: House, returned: Office, removes: Callable[..., Removed]
) -> None:
    removes()
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    assert gone(house.plugins) == {"dummy"}
    migrate.refuse_behind(url, house.plugins, but=gone(house.plugins))
    assert migrate.check(url, house.plugins, but=gone(house.plugins)) == []
    switches.check_sets_in_use(house.plugins)
    without = Plugins(one.module for one in house.plugins.installed.values() if one.name != "dummy")
    migrate.refuse_behind(url, without)
    switches.check_sets_in_use(without)
    with pytest.raises(PluginError, match="dummy has no tables yet: run “koudai db upgrade” first"):
        switches.switch(house.plugins, returned, "dummy", True, ADMINISTRATOR)


def test_when_it_comes_back_its_numbers_go_on_and_no_story_is_told_of_another_case(
    app: Flask, house: House, returned: Office, lent: str, removes: Callable[..., Removed], walk: Any
) -> None:
    removes()
    migrate.upgrade(app.config["SQLALCHEMY_DATABASE_URI"], house.plugins)
    assert gone(house.plugins) == frozenset()
    switches.switch(house.plugins, returned, "dummy", True, ADMINISTRATOR)
    house.see()
    walk(returned).case_in("hotline.call", "waits_for_dongle")
    loan = db.session.scalars(select(house.plugins.procedures["dummy.loan"].model)).one()
    assert int(loan.number[-5:]) == int(lent[-5:]) + 1
    told = ledger.of_case("dummy.loan", loan.id, number=loan.number)
    assert [row.action for row in told] == ["hand_out"]
    assert len(ledger.of_case("dummy.loan", loan.id)) > 1, "the old case had the same id"


def test_the_numbers_that_went_with_it_are_not_missed(
    app: Flask,
    house: House,
    returned: Office,
    lent: str,
    removes: Callable[..., Removed],
    walk: Any,
) -> None:
    removes()
    assert loans_of(returned).removed == (lent,), "its tables are gone, and nobody asks them"
    migrate.upgrade(app.config["SQLALCHEMY_DATABASE_URI"], house.plugins)
    switches.switch(house.plugins, returned, "dummy", True, ADMINISTRATOR)
    house.see()
    walk(returned).case_in("hotline.call", "waits_for_dongle")
    loan = db.session.scalars(select(house.plugins.procedures["dummy.loan"].model)).one()
    counted = loans_of(returned)
    assert (counted.first, counted.last, counted.drawn) == (lent, loan.number, 2)
    assert (counted.valid, counted.removed, counted.missing, counted.whole) == (1, (lent,), (), True)
    with writing():
        db.session.execute(delete(LedgerRow).where(LedgerRow.kind == "plugin", LedgerRow.action == "remove"))
    house.see()
    assert (loans_of(returned).removed, loans_of(returned).missing) == ((), (lent,))


def loans_of(office: Office) -> Tally:
    """Account for this month's loans."""
    rules = rules_of(office)
    found = number_check.check(rules, Month.of(clock.now(), office))
    return next(one for one in found if one.title == rules.plugins.plugins.procedures["dummy.loan"].title)


def test_a_national_plugin_goes_too_and_its_ledger_stays_whole(
    house: House, removes: Callable[..., Removed], walk: Any, ledger_of: Any
) -> None:
    office = house.office("SH", "hotline", "fieldservice", "quality")
    walk(office).case_in("quality.complaint", "answered")
    switches.switch(house.plugins, office, "quality", False, ADMINISTRATOR)
    done = removes("quality")
    assert dict(done.tables)["quality_complaint"] == 1
    assert not [name for name in everything() if "quality" in name]
    assert list(ledger.verify(office.id)) == []
    assert [row for row in ledger_of(office) if row.procedure == "quality.complaint"]
    (said,) = [row for row in ledger_of(house.head) if row.kind == "plugin"]
    assert said.details["ended_states"] == {"hotline.call": ["complained"]}
    assert [row.action for row in ledger_of(office)][-1] == "remove"


def test_a_case_that_ended_in_a_state_of_it_keeps_nobody_from_starting(
    house: House, removes: Callable[..., Removed], walk: Any
) -> None:
    office = house.office("SH", "hotline", "fieldservice", "quality")
    call = walk(office).case_in("hotline.call", "complained")
    model = house.plugins.procedures["quality.complaint"].model
    complaint = db.session.scalars(select(model).where(model.call_id == call.id)).one()
    walker = walk(office)
    step = walker.procedures["quality.complaint"].steps["answer"]
    walker.take("quality.complaint", complaint, step, {})
    switches.switch(house.plugins, office, "quality", False, ADMINISTRATOR)
    removes("quality")
    without = Plugins(one.module for one in house.plugins.installed.values() if one.name != "quality")
    refuse_lost(without)
    see_offices(frozenset({office.id}))
    switches.plan(without, db.session.get_one(Office, office.id), "hotline", True)


def test_one_that_does_not_fit_any_more_is_told_of_and_removed_all_the_same(
    house: House, install: Any, make_plugin: Any, removes: Callable[..., Removed]
) -> None:
    def amend(procedures: Any) -> None:
        procedures["hotline.call"].widen("nonsense", by=(), clause="QI/03 3.2.5")

    install(make_plugin("bad", requires=("hotline",), amend=amend))
    found = impact_of(house.plugins, "bad")
    assert "cannot amend nonsense" in str(found.problem)
    assert removes("bad").tables == []


def test_migrations_that_leave_tables_behind_are_called_out_after_the_export(
    app: Flask,
    house: House,
    make_plugin: Any,
    removes: Callable[..., Removed],
    tmp_path: Path,
) -> None:
    folder = tmp_path / "shop"
    (folder / "migrations").mkdir(parents=True)
    (folder / "migrations" / "shop_0001.py").write_text(LEAVES_A_TABLE)
    module = make_plugin("shop")
    module.__file__ = str(folder / "__init__.py")
    house.plugins = Plugins([*(one.module for one in house.plugins.installed.values()), module])
    migrate.upgrade(app.config["SQLALCHEMY_DATABASE_URI"], house.plugins)
    with pytest.raises(PluginError, match="leave tables behind: shop_left"):
        removes("shop")
    exported = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert {one["table"]: one["rows"] for one in exported["tables"]} == {"shop_left": 1, "shop_right": 1}
    kept = (tmp_path / "out" / "shop_right.jsonl").read_text()
    assert json.loads(kept) == {"id": 1, "name": "盘点", "at": "2026-11-23T01:00:00", "picture": "AAH/"}


def test_tables_of_a_plugin_that_is_gone_stand_in_the_way(
    app: Flask, house: House, returned: Office, removes: Callable[..., Removed]
) -> None:
    engine = create_engine(app.config["SQLALCHEMY_DATABASE_URI"])
    with engine.begin() as connection:
        connection.execute(
            text("create table old_note (id integer primary key, loan_id integer references dummy_loan(id))")
        )
    engine.dispose()
    with pytest.raises(PluginError, match="still refer to those of dummy: old_note"):
        removes()


# --- what it would lose: see also the command line


def test_before_it_is_on_everything_that_it_brings_is_seen(house: House) -> None:
    office = house.office("SH", "hotline", "fieldservice")
    found = preview(rules_of(office), switches.plan(house.plugins, office, "dummy", True))
    told = {
        (rule.key, str(line.label), line.was, line.now)
        for part in found.parts
        for rule in part.rules
        for line in rule.lines
    }
    assert told >= {
        ("hotline.call.settle", "Who", "", "Keeper of the dongles"),
        ("hotline.call.park", "Asks", "", "Shelf"),
        (
            "hotline.call.lend",
            "Promises",
            "",
            "Bring the dongle: by closing time of the same working day (Support manager)",
        ),
        ("hotline_entitlement", "Answers", "", "Dummy 1.2.3"),
        ("fieldservice_admission", "Adjusts", "", "Dummy 1.2.3"),
        ("hotline.long_test_minutes", "Value", "60 working minutes", "30 working minutes"),
        ("dummy.spare_dongles", "Value", "", "3"),
    }
    assert {part.fate for part in found.parts if str(part.title) == "Loan"} == {"new"}
    assert [(str(label), what) for label, what in found.brings] == [
        ("Menu", "Loans"),
        ("Found by the search", "Dummy"),
        ("Jobs", "Count"),
        (
            "Also",
            "Cards beside cases · Cards beside customers · What goes along with a customer who moves · "
            "Cards on my desk · Chips in the header · What happens after a step is taken · Notices",
        ),
        ("Added to: Field service", "Lines of the visit page"),
        ("Added to: Hotline", "Cards at the call desk\nEntries of the reply catalogue: 午饭时间没人接"),
        ("Roles", "Keeper of the dongles"),
        ("Printed forms", "DUMMY/QR/01 Receipt for a dongle · “Dongles” on QR/03"),
        ("States that it adds", "Call: Waits for the dongle"),
    ]


def test_a_hook_that_has_no_title_is_told_by_its_name_and_first_words(
    house: House, install: Any, make_plugin: Any
) -> None:
    install(make_plugin("labels", requires=("dummy",), dummy_shelf_labels=lambda: ["ours"]))
    office = house.office("SH", "hotline", "fieldservice", "dummy")
    (told,) = preview(rules_of(office), switches.plan(house.plugins, office, "labels", True)).brings
    assert (str(told[0]), told[1]) == (
        "Added to: Dummy",
        "dummy_shelf_labels: Contribute labels to the shelf.",
    )


def test_one_that_fails_to_say_what_it_adds_is_told_of_all_the_same(house: House) -> None:
    office = house.office("SH", "hotline", "fieldservice")
    found = preview(rules_of(office), switches.plan(house.plugins, office, "faulty", True))
    told = {str(label): what for label, what in found.brings}
    assert told["Also"].startswith("Menu · Cards beside cases")
    assert told["Added to: Hotline"] == "Cards at the call desk\nEntries of the reply catalogue"


# --- what it would lose


def test_the_impact_names_users_rows_settings_cases_and_rules(
    house: House, shanghai: Office, lent: str
) -> None:
    set_parameter(house.head, "hotline.long_test_minutes", 50, ADMINISTRATOR)
    house.see()
    found = impact_of(house.plugins, "dummy")
    assert [office.code for office, _since in found.users] == ["SH"]
    held = {one.table: one.rows for one in found.held}
    assert held["dummy_loan"] == [("SH", 1)]
    assert held["dummy_call_shelf"] == []
    assert held["core_parameter_value"] == [("SH", 1)]
    assert held["core_number_series"] == [("SH", 1)]
    assert {one.parameter.key: one.set_in for one in found.settings}["dummy.shelf"] == [("SH", "B")]
    (preset,) = found.presets
    assert (preset.key, preset.value, preset.set_in) == ("hotline.long_test_minutes", 30, [("HQ", 50)])
    cases = {(one.office, one.procedure, str(one.state), one.count) for one in found.cases}
    assert cases == {
        ("SH", "dummy.loan", "Lent", 1),
        ("SH", "hotline.call", "Waits for the dongle", 1),
    }
    (added,) = found.states
    assert (added.procedure, added.state.name) == ("hotline.call", "waits_for_dongle")
    assert added.cases == [("SH", 1)]
    assert ("Jobs", "Count") in [(str(label), what) for label, what in found.brings]
    assert {note.verb for note in found.amendments} >= {"widen", "require", "add_step", "starts", "set"}
    assert ("hotline_entitlement", False) in [(key, adjusts) for key, _title, adjusts in found.decisions]
    assert ("fieldservice_admission", True) in [(key, adjusts) for key, _title, adjusts in found.decisions]


def test_the_impact_names_who_requires_it(house: House) -> None:
    regional = ["guangzhou", "harbin", "shanghai"]
    needing = ["fieldservice", "billing", "quality", "dummy", "faulty", *regional, "stuck"]
    assert sorted(impact_of(house.plugins, "hotline").dependants) == sorted(needing)
    with pytest.raises(NotFound, match="There is no plugin ghost"):
        impact_of(house.plugins, "ghost")


def test_one_that_is_not_installed_any_more_still_shows_what_it_holds(
    house: House, shanghai: Office, lent: str
) -> None:
    without = Plugins(one.module for one in house.plugins.installed.values() if one.name != "dummy")
    found = impact_of(without, "dummy")
    assert [office.code for office, _since in found.users] == ["SH"]
    assert {one.table: one.count for one in found.held}["dummy_loan"] == 1
