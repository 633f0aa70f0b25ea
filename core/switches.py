"""Which plugins an office uses: rows that say who switched what and when, never deleted, never cached."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ForeignKey, Index, String, bindparam, func, select
from sqlalchemy.orm import Mapped, mapped_column

from core import clock, deadlines, ledger, migrate, safe_mode
from core.asking import asked
from core.db import OFFICES, Model, advisory_lock, db, writing
from core.errors import PluginError
from core.i18n import Sentence, _l
from core.offices import Office, all_offices
from core.people import Actor
from core.plugin_sets import standing
from core.plugins import Plugins, PluginSet
from core.procedure import Procedure


class PluginSwitch(Model):
    """One switching of a plugin in an office; the last row of the pair is in force."""

    __tablename__ = "core_plugin_switch"
    __table_args__ = (Index("ix_core_plugin_switch_last", "office_id", "plugin", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("core_office.id"))
    plugin: Mapped[str] = mapped_column(String(40))
    enabled: Mapped[bool]
    switched_at: Mapped[dt.datetime]
    switched_by: Mapped[str] = mapped_column(String(40))


# Every page asks: written once, and asked of the table itself.
_switch = PluginSwitch.__table__.c
_newest = (
    select(func.max(_switch.id))
    .where(_switch.office_id.in_(bindparam("offices", expanding=True)))
    .group_by(_switch.office_id, _switch.plugin)
)
_ENABLED = select(_switch.office_id, _switch.plugin).where(_switch.id.in_(_newest), _switch.enabled)


def enabled_in(office_ids: Iterable[int]) -> dict[int, frozenset[str]]:
    """Return what each of the offices uses now: one query, whatever their number."""
    wanted = list(office_ids)
    found: dict[int, set[str]] = {office_id: set() for office_id in wanted}
    for row in asked(_ENABLED, offices=wanted):
        found[row.office_id].add(row.plugin)
    return {office_id: frozenset(names) for office_id, names in found.items()}


def in_use() -> frozenset[str]:
    """Return the names of all plugins that some office uses."""
    return frozenset().union(*enabled_in(all_offices()).values())


def history(office_id: int) -> list[PluginSwitch]:
    """Return an office's switchings, the newest first."""
    query = select(PluginSwitch).where(PluginSwitch.office_id == office_id).order_by(PluginSwitch.id.desc())
    return list(db.session.scalars(query.limit(200)))


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What switching would make of an office: its plugins before and after; ``before`` is None if they do not fit."""

    name: str
    on: bool
    before: PluginSet | None
    after: PluginSet
    changes: bool


def plan(plugins: Plugins, office: Office, name: str, on: bool) -> Plan:
    """Say what switching a plugin would make of an office; refuse, by name, what would not stand."""
    from core.life import carrying

    before = enabled_in([office.id])[office.id]
    after = before | {name} if on else before - {name}
    built = _build(plugins, before, after, name, on)
    if on and name not in before:
        _refuse_without_tables(plugins, name)
        carrying.refuse_lost_in(plugins, office, built, name)
    # One that does not stand can only get better.
    if (earlier := standing(plugins, before)) is not None:
        _refuse_stranded(earlier, built)
    return Plan(name=name, on=on, before=earlier, after=built, changes=before != after)


def switch(plugins: Plugins, office: Office, name: str, on: bool, actor: Actor) -> PluginSet:
    """Enable or disable a plugin in an office; refuse, by name, what would not stand."""
    from core.life import carrying

    office_id = office.id
    with writing(frozenset({office_id})), safe_mode.letting_go("" if on else name, office_id):
        planned = plan(plugins, lock_office(office_id), name, on)
        if planned.changes:
            _record(office_id, name, on, actor)
        if planned.changes and on:
            deadlines.sweep(planned.after.procedures.values(), name, office_id, clock.now())
    if on:
        carrying.carry_over_in(office, planned.after)
    return planned.after


def _refuse_without_tables(plugins: Plugins, name: str) -> None:
    """Refuse to switch on what has no tables: it is new here, or it was removed."""
    if migrate.is_missing(db.session.connection(), plugins, name):
        raise PluginError(migrate.no_tables(plugins, name))


def lock_office(office_id: int, *, shared: bool = False) -> Office:
    """Lock an office against switching while a step is taken, or against steps while it is switched.

    Whoever locks it is about to write: in safe mode an office whose plugins are missing is refused.
    """
    safe_mode.refuse_writing(office_id)
    advisory_lock(OFFICES, office_id, shared=shared)
    query = select(Office).where(Office.id == office_id)
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def _build(plugins: Plugins, before: frozenset[str], after: frozenset[str], name: str, on: bool) -> PluginSet:
    if name not in plugins.installed and name not in before - after:
        known = ", ".join(plugins.installed)
        raise PluginError(
            _l("There is no plugin %(plugin)s. Installed are: %(known)s.", plugin=name, known=known)
        )
    needing = [
        other
        for other in plugins.installed
        if other in after and name in plugins.installed[other].manifest.requires
    ]
    if not on and needing:
        raise PluginError(_needed(name, needing))
    return plugins.set_of(after if on else after & plugins.installed.keys())


def _needed(name: str, others: list[str]) -> Sentence:
    if len(others) == 1:
        return _l(
            "Plugin %(plugin)s is required by %(others)s. Disable that first.", plugin=name, others=others[0]
        )
    return _l(
        "Plugin %(plugin)s is required by %(others)s. Disable these first.",
        plugin=name,
        others=", ".join(others),
    )


def _refuse_stranded(before: PluginSet, after: PluginSet) -> None:
    """Refuse a set in which open cases would stand where nobody knows or nothing leads on; what has ended may."""
    for name, procedure in before.procedures.items():
        gone = dead_ends(procedure, after.procedures.get(name, procedure))
        if not gone:
            continue
        model = procedure.model
        stranded = db.session.scalar(select(func.count()).select_from(model).where(model.state.in_(gone)))
        if stranded:
            raise PluginError(
                _l(
                    "%(count)s cases of %(procedure)s stand in %(states)s, from where only this plugin leads on. "
                    "Finish them first.",
                    count=stranded,
                    procedure=name,
                    states=", ".join(sorted(gone)),
                )
            )


def dead_ends(before: Procedure, after: Procedure) -> list[str]:
    """Return the states from which something leads on before, and nothing after."""
    states = (one.name for one in before.states.values() if not one.final)
    return [name for name in states if before.leads_on(name) and not after.leads_on(name)]


def _record(office_id: int, name: str, on: bool, actor: Actor) -> None:
    row = PluginSwitch(
        office_id=office_id, plugin=name, enabled=on, switched_at=clock.now(), switched_by=actor.name
    )
    db.session.add(row)
    action = "enable" if on else "disable"
    ledger.append(
        office_id,
        kind="switch",
        action=action,
        actor=actor.name,
        actor_id=actor.person_id,
        details={"plugin": name},
    )


def check_sets_in_use(plugins: Plugins) -> None:
    """Build every set in use at start-up; refuse, by name, what is on anywhere but not installed."""
    offices = all_offices()
    enabled = enabled_in(offices)
    gone: dict[str, list[str]] = {}
    for office_id, names in enabled.items():
        for name in plugins.present(names) - plugins.installed.keys():
            gone.setdefault(name, []).append(offices[office_id].code)
    if gone:
        raise PluginError(
            _l(
                "Enabled but not installed: %(plugins)s. Install it, or disable it there.",
                plugins="; ".join(
                    f"'{name}' ({' '.join(sorted(codes))})" for name, codes in sorted(gone.items())
                ),
            )
        )
    for names in enabled.values():
        plugins.set_of(plugins.present(names))
