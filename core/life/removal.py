"""Removing a plugin for good: first everything it holds is exported, then it goes; ledger and switches stay."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import delete, inspect, select

import core
from core import clock, ledger, migrate
from core.db import db, offices_seen, see_offices, writing
from core.errors import KoudaiError, NotFound, PluginError
from core.i18n import Sentence, _l
from core.ledger import LedgerRow
from core.life.holdings import Holding, holdings, own_tables, rows_in_core
from core.life.impact import dependants, users_of
from core.life.releases import final_states_of
from core.offices import all_offices, head_office
from core.people import Actor
from core.plugin_loading import distribution_of
from core.plugin_sets import standing, with_required
from core.plugins import Installed, Plugins
from core.records import Record, declared
from core.search import index
from core.switches import PluginSwitch, lock_office
from core.talk import store
from core.talk.models import File

KIND, ACTION = "plugin", "remove"
AT_ONCE = 1000


@dataclass(frozen=True, kw_only=True)
class Removed:
    """What is left to say of a removal: where the export lies, what was in it, how the distribution goes too."""

    folder: Path
    tables: list[tuple[str, int]]
    distribution: str


def remove(plugins: Plugins, name: str, folder: Path, actor: Actor, url: str) -> Removed:
    """Export all that a plugin holds into a new folder, drop its tables, and delete its rows in core's.

    Raises PluginError while an office uses it or another plugin requires it, KoudaiError when the folder exists.
    """
    one = _installed(plugins, name)
    refuse_needed(plugins, name)
    _refuse_behind(plugins, name, url)
    _refuse_referred(name)
    ended = ended_states(plugins, one)
    tables = _export(one, folder)
    # A transaction that has read the tables would keep PostgreSQL from dropping them.
    see_offices(offices_seen())
    migrate.erase(url, plugins, name)
    _delete_rows(plugins, one, actor, tables=dict(tables), ended=ended)
    _refuse_left_over(name, folder)
    return Removed(folder=folder, tables=tables, distribution=distribution_of(name))


def _refuse_behind(plugins: Plugins, name: str, url: str) -> None:
    """Refuse while core or the plugin lacks a migration; one whose tables went already may lack all."""
    others = frozenset(migrate.histories(plugins)) - {"core", name}
    missing = migrate.is_missing(db.session.connection(), plugins, name)
    migrate.refuse_behind(url, plugins, but=others | {name} if missing else others)


def _installed(plugins: Plugins, name: str) -> Installed:
    if name not in plugins.installed:
        known = ", ".join(plugins.installed)
        raise NotFound(
            _l(
                "%(plugin)s is not installed, and only its own migrations know how to drop its tables. "
                "Install it, or name one of: %(known)s.",
                plugin=name,
                known=known,
            )
        )
    return plugins.installed[name]


def refuse_needed(plugins: Plugins, name: str) -> None:
    """Refuse while somebody still needs the plugin, naming who."""
    users = users_of(name, all_offices())
    if users:
        codes = " ".join(sorted(office.code for office, _since in users))
        raise PluginError(
            _l(
                "Plugin %(plugin)s is used in: %(offices)s. Disable it there first.",
                plugin=name,
                offices=codes,
            )
        )
    needing = dependants(plugins, name)
    if needing:
        raise PluginError(
            _l(
                "Plugin %(plugin)s is required by %(others)s. Remove and uninstall that first.",
                plugin=name,
                others=", ".join(needing),
            )
        )


def _refuse_referred(name: str) -> None:
    """Refuse while tables of a plugin that is gone still refer to the ones that are to be dropped."""
    look, own = inspect(db.session.connection()), {one.name for one in own_tables(name)}
    others = (one for one in look.get_table_names() if one not in own)
    referring = [
        one for one in others if any(key["referred_table"] in own for key in look.get_foreign_keys(one))
    ]
    if referring:
        raise PluginError(
            _l(
                "These tables still refer to those of %(plugin)s: %(tables)s. Remove their plugin first.",
                plugin=name,
                tables=", ".join(referring),
            )
        )


# --- the export


def _export(one: Installed, folder: Path) -> list[tuple[str, int]]:
    """Write one file of JSON lines for each table, and a manifest; all of it, or no folder of that name."""
    if folder.exists():
        raise KoudaiError(
            _l(
                "%(folder)s exists already. Name another folder with --to; nothing was removed.",
                folder=folder,
            )
        )
    making = folder.with_name(f"{folder.name}.unfinished")
    making.mkdir(parents=True, mode=0o700)
    held = list(holdings(one.name, one))
    written = [_write(each, making) for each in held]
    _copy_files(held, making)
    kept = [entry for entry in written if entry["rows"] or entry["whole_table"]]
    for entry in written:
        if entry not in kept:
            (making / entry["file"]).unlink()
    manifest = {
        "plugin": one.name,
        "version": one.manifest.version,
        "koudai": core.__version__,
        "exported_at": clock.now().isoformat(),
        "tables": kept,
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=2)
    (making / "manifest.json").write_text(f"{text}\n", encoding="utf-8")
    making.rename(folder)
    return [(entry["table"], entry["rows"]) for entry in kept]


def _copy_files(held: Iterable[Holding], folder: Path) -> None:
    """Lay the bytes of attached files beside the rows that name them; what was lost before stays lost."""
    for each in held:
        if each.table is not File.__table__ or each.rows is None:
            continue
        for sha256 in db.session.scalars(select(File.sha256).where(each.rows).distinct()):
            (folder / "files").mkdir(exist_ok=True, mode=0o700)
            if store.path_of(sha256).exists():
                shutil.copyfile(store.path_of(sha256), folder / "files" / sha256)


def _write(held: Holding, folder: Path) -> dict[str, Any]:
    file, table = folder / f"{held.table.name}.jsonl", held.table
    query = select(table) if held.rows is None else select(table).where(held.rows)
    count, digest = 0, hashlib.sha256()
    with file.open("wb") as out:
        ordered = query.order_by(*table.primary_key.columns)
        for row in db.session.execute(ordered, execution_options={"yield_per": AT_ONCE}):
            line = json.dumps(dict(row._mapping), ensure_ascii=False, default=_plain).encode() + b"\n"
            out.write(line)
            digest.update(line)
            count += 1
    said = {"table": table.name, "file": file.name, "whole_table": held.rows is None, "rows": count}
    return {**said, "sha256": digest.hexdigest()}


def _plain(value: Any) -> Any:
    """Write what JSON does not know: moments in ISO, amounts as text, bytes in base 64."""
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return base64.b64encode(value).decode() if isinstance(value, bytes) else str(value)


# --- and what goes


def _delete_rows(
    plugins: Plugins, one: Installed, actor: Actor, *, tables: dict[str, int], ended: dict[str, list[str]]
) -> None:
    """Delete the plugin's rows in core's tables and say so in the ledgers of all that used it, both or neither."""
    head_id, mine = head_office().id, rows_in_core(one.name, one)
    with writing():
        for each in sorted(offices_seen()):
            lock_office(each)
        refuse_needed(plugins, one.name)
        index.forget(one.name)
        for table in reversed(mine):
            db.session.execute(delete(table).where(mine[table]))
        for office_id in sorted({head_id, *_where_it_was_on(one.name)}):
            _record(office_id, one, actor, tables if office_id == head_id else {}, ended)


def _where_it_was_on(name: str) -> set[int]:
    return set(db.session.scalars(select(PluginSwitch.office_id).where(PluginSwitch.plugin == name)))


def _record(
    office_id: int, one: Installed, actor: Actor, rows: dict[str, int], ended: dict[str, list[str]]
) -> None:
    ledger.append(
        office_id,
        kind=KIND,
        action=ACTION,
        actor=actor.name,
        actor_id=actor.person_id,
        version=f"{one.name} {one.manifest.version}",
        details={
            "plugin": one.name,
            "rows": rows,
            "ended_states": ended,
            "records": [record.code for record in declared(one, Record)],
        },
    )


def ended_states(plugins: Plugins, one: Installed) -> dict[str, list[str]]:
    """Return the final states that a plugin ever brought to the procedures of others: cases may have ended there."""
    found: dict[str, set[str]] = {}
    for name, state in [*_final_now(plugins, one), *final_states_of(one.name)]:
        if name.partition(".")[0] != one.name:
            found.setdefault(name, set()).add(state)
    return {name: sorted(states) for name, states in found.items()}


def _final_now(plugins: Plugins, one: Installed) -> Iterator[tuple[str, str]]:
    """Yield them as this release has them; one that does not fit has none in force."""
    needed = with_required(plugins, one.name)
    without, alone = standing(plugins, needed - {one.name}), standing(plugins, needed)
    if without is None or alone is None:
        return
    for name, before in without.procedures.items():
        states = alone.procedures[name].states.values()
        yield from ((name, one.name) for one in states if one.final and one.name not in before.states)


def _refuse_left_over(name: str, folder: Path) -> None:
    left = [one.name for one in own_tables(name)]
    if left:
        raise PluginError(
            _l(
                "The migrations of %(plugin)s leave tables behind: %(tables)s. All is exported to %(folder)s; "
                "drop them by hand, and tell the plugin's author.",
                plugin=name,
                tables=", ".join(left),
                folder=folder,
            )
        )


def removals() -> list[dict[str, Any]]:
    """Return what the ledgers in sight say of the plugins that were removed."""
    where = (LedgerRow.office_id.in_(offices_seen()), LedgerRow.kind == KIND, LedgerRow.action == ACTION)
    return list(db.session.scalars(select(LedgerRow.details).where(*where)))


def forms_taken(office_id: int) -> dict[str, dt.datetime]:
    """Return which forms left an office together with their plugin, and when: their originals are in the export."""
    return {code: row.at for row in _removals(office_id) for code in row.details.get("records", ())}


def left_at(office_id: int) -> dict[str, int]:
    """Return where in an office's ledger each plugin that was removed left it for good, the last time."""
    return {row.details["plugin"]: row.seq for row in _removals(office_id)}


def _removals(office_id: int) -> Iterable[LedgerRow]:
    where = (LedgerRow.office_id == office_id, LedgerRow.kind == KIND, LedgerRow.action == ACTION)
    return db.session.scalars(select(LedgerRow).where(*where).order_by(LedgerRow.id))


def gone(plugins: Plugins) -> frozenset[str]:
    """Return which plugins were removed, are still installed, and have no tables: nobody misses these."""
    connection = db.session.connection()
    removed = {row["plugin"] for row in removals()}
    return frozenset(name for name in removed if migrate.is_missing(connection, plugins, name))


def how_to_uninstall(distribution: str) -> Sentence:
    """Say how the distribution itself is taken off the machine."""
    if not distribution:
        return _l(
            "It is part of Koudai itself and stays installed; “koudai db upgrade” makes its tables anew."
        )
    return _l("Now uninstall its distribution: pip uninstall %(name)s", name=distribution)
