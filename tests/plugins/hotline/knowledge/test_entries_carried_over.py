"""Entries that were there before they became cases are published, numbered, found, and known to the ledger."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from alembic import command
from flask import Flask
from sqlalchemy import text

from core import clock, ledger, migrate, number_check
from core.db import db, see_offices
from core.offices import all_offices
from core.plugins import Plugins
from core.roles import SUPPORT_MANAGER
from core.rules import rules_of
from plugins.hotline.knowledge import finding
from plugins.hotline.knowledge.models import KnowledgeEntry

HERE = "hotline_0005"
OLD = (
    "insert into hotline_knowledge_entry (office_id, version, problem, remedy, prevention, written_at)"
    " values (:office, '8.13', :problem, '重建索引', '', '2026-05-02 01:00:00+00:00')"
)


@pytest.mark.clause("QI/01 flow")
def test_old_entries_become_published_cases(
    app: Flask, beijing: Any, shanghai: Any, database_url: str, plugins: Plugins
) -> None:
    boss = beijing.hire(SUPPORT_MANAGER)
    offices = (beijing.office.id, beijing.office.id, shanghai.office.id)
    carry_over(app, database_url, plugins, offices)
    beijing.house.see()
    entries = KnowledgeEntry.query.order_by(KnowledgeEntry.id).all()
    year = clock.now().year
    assert [one.number for one in entries] == [
        f"BJ-B-{year}-00001",
        f"BJ-B-{year}-00002",
        f"SH-B-{year}-00001",
    ]
    assert {(one.state, one.versions, one.version) for one in entries} == {("published", "8.13", 1)}
    found = finding.suggested(beijing.office.id, "反结账报错")
    assert [one.id for one in found] == [entries[1].id, entries[0].id]
    assert list(ledger.verify(beijing.office.id)) == []
    for office in (beijing.office, shanghai.office):
        month = number_check.Month.of(clock.now(), office)
        assert all(one.whole for one in number_check.check(rules_of(office), month))
    better = {"problem": "反结账报错，索引损坏", "remedy": "重建总账索引后再试"}
    new = beijing.create("hotline.knowledge", "write", boss, **better)
    assert new.number == f"BJ-B-{year}-00003"
    beijing.act(entries[0], "rewrite", boss, **better)


def carry_over(app: Flask, url: str, plugins: Plugins, offices: tuple[int, ...]) -> None:
    """Go back to before the migration, write what stood there then, and migrate."""
    path: Path = migrate.histories(plugins)["hotline"]
    db.session.remove()
    for engine in db.engines.values():
        engine.dispose()
    before = "hotline_0002"
    with migrate.migrating(url) as connection:
        command.downgrade(migrate.config_of("hotline", path, connection), before)
    with migrate.migrating(url) as connection:
        if connection.dialect.name == "postgresql":
            seen = ",".join(map(str, offices))
            connection.execute(text("select set_config('app.offices', :seen, false)"), {"seen": seen})
        for place, office in enumerate(offices):
            connection.execute(text(OLD), {"office": office, "problem": f"反结账报错{place}账套"})
    migrate.upgrade(url, plugins)
    see_offices(frozenset(all_offices()))
