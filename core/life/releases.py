"""The releases of plugins that this database has seen, each with its rules."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from sqlalchemy import JSON, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model, db


class RuleSnapshot(Model):
    """What a version of a plugin ruled; one row for each version that this database has seen."""

    __tablename__ = "core_rule_snapshot"
    __table_args__ = (UniqueConstraint("plugin", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plugin: Mapped[str] = mapped_column(String(40))
    version: Mapped[str] = mapped_column(String(19))
    taken_at: Mapped[dt.datetime]
    rules: Mapped[dict[str, Any]] = mapped_column(JSON)


def final_states_of(plugin: str) -> Iterator[tuple[str, str]]:
    """Yield the states in which cases ended by some release of a plugin: procedure, state."""
    for kept in db.session.scalars(select(RuleSnapshot.rules).where(RuleSnapshot.plugin == plugin)):
        yield from _final(kept["rules"])


def was_final(procedure: str, state: str) -> bool:
    """Say whether cases ended in a state by some release of some plugin."""
    kept = db.session.scalars(select(RuleSnapshot.rules))
    return any((procedure, state) in _final(rules["rules"]) for rules in kept)


def _final(rules: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for key, rule in rules.items():
        if rule["kind"] == "state" and rule["says"]["final"]:
            procedure, _dot, state = key.removeprefix("state ").rpartition(".")
            yield procedure, state
