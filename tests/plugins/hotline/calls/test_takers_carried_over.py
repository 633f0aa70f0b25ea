"""Of calls that were there before it was noted who took them, the ledger knows; else their first owner took them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from alembic import command
from flask import Flask

from core import migrate
from core.db import db, see_offices, writing
from core.offices import all_offices
from core.people import MAIL_ACTOR
from core.plugins import Plugins
from core.roles import HOTLINE_ENGINEER
from plugins.hotline.models import Call


@pytest.mark.clause("QR/02 form")
def test_old_calls_were_taken_by_whom_the_ledger_names(
    app: Flask, beijing: Any, database_url: str, plugins: Plugins
) -> None:
    other = beijing.hire(HOTLINE_ENGINEER).person_id
    called, written = (beijing.act(beijing.log(), "take_over", beijing.duty) for _ in range(2))
    beijing.act(called, "assign", beijing.duty, assigned_to_id=other)
    beijing.create("hotline.call", "receive", MAIL_ACTOR, sender="gao@hengyuan.example", subject="报错")
    with writing():
        kept = ("office_id", "state", "owner_id", "former_owner_id", "opened_at", "changed_at", "version")
        copied = {name: getattr(written, name) for name in kept}
        db.session.add(Call(number="BJ-H-2025-00001", **copied))
        db.session.add(Call(number="BJ-H-2025-00002", **copied | {"former_owner_id": None}))
    back_and_forth(app, database_url, plugins)
    beijing.house.see()
    takers = [one.taken_by_id for one in Call.query.order_by(Call.id)]
    first, duty = beijing.hotline.person_id, beijing.duty.person_id
    assert takers == [first, first, None, first, duty]


def back_and_forth(app: Flask, url: str, plugins: Plugins) -> None:
    """Go back to before it was noted, and migrate."""
    path: Path = migrate.histories(plugins)["hotline"]
    db.session.remove()
    for engine in db.engines.values():
        engine.dispose()
    with migrate.migrating(url) as connection:
        command.downgrade(migrate.config_of("hotline", path, connection), "hotline_0003")
    migrate.upgrade(url, plugins)
    see_offices(frozenset(all_offices()))
