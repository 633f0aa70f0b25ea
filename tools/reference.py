"""Write docs/plugins/national.md: what an office's plugin finds to amend, taken from the national plugins themselves."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from inspect import isfunction, signature
from pathlib import Path
from typing import Any

from sqlalchemy import inspect

from core import hooks
from core.clauses import HouseRule
from core.customers.models import Contact, Customer, Installation, Product
from core.fields import StepField
from core.parameters import Parameter
from core.plugins import Plugins, PluginSet
from core.procedure import DeadlineRule, Procedure, Step
from core.roles import NATIONAL_ROLES, Allowed

PAGE = Path(__file__).resolve().parent.parent / "docs" / "plugins" / "national.md"
HEAD = """# What there is to amend

The national procedures with everything that an office's plugin names: states, steps and what they ask, deadlines, the
fields of a case, parameters, decisions, roles. Taken from the code by `python tools/reference.py`; a test keeps it so.
What each is for stands in `plugins/*/README.md`. The values of a choice stand in an office's
`/<office>/api/` (for programs with a token in `/api/v1/<office>/openapi.json`); what ends in `_at` is an aware moment,
an engineer or owner a person with a `name`. A step of another plugin than the procedure's names it: who
amends that one requires both. %(locks)s A field with `?` may be `None`,
and so may the record that it names.
"""
UNLOCKED = "No step of these locks an attribute: whatever `set` knows may be set."
LOCKED = "A step with (locked: ...) beside it keeps these attributes as head office has them; all others may be set."
TOLD = (
    "An answer takes whichever it wants of what it is told. There is no `act` in a decision: what time it is says "
    "`core.clock.now()`.\n"
)
ASKED = (
    "What other plugins may ask of what they have in hand, outside a decision: `from plugins.billing import services`. "
    "Whoever does so requires that plugin.\n"
)
KEPT_BY_CORE = {"office_id", "shared_office_id", "version", "changed_at"}


def page() -> str:
    """Return the whole page."""
    installed = Plugins.from_entry_points()
    names = {name for name, one in installed.installed.items() if not one.manifest.regional}
    found = installed.set_of(names)
    steps = [step for procedure in found.procedures.values() for step in procedure.steps.values()]
    parts = [HEAD % {"locks": LOCKED if any(step.locked for step in steps) else UNLOCKED}]
    for procedure in found.procedures.values():
        parts += _procedure(procedure)
    parts += [
        "## The customer\n",
        _table("record | fields", map(_record, (Customer, Contact, Installation, Product))),
    ]
    parts += ["## Parameters\n", _table("key | default | bounds | clause", _parameters(found))]
    parts += ["## Decisions\n", TOLD, _table("hook | about | values | is told", _decisions(installed))]
    parts += [
        "## What their services answer\n",
        ASKED,
        _table("service | returns | what it says", _services(names)),
    ]
    parts += ["## Roles\n", "In `core.roles`.\n", _table("name | key | title", _roles())]
    return "\n".join(parts)


def _table(head: str, rows: Iterable[Iterable[Any]]) -> str:
    columns = head.split(" | ")
    lines = [f"| {head} |", "|" + "---|" * len(columns)]
    lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def _code(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "—"


def _cited(clause: Any) -> str:
    return f"house rule: {clause.reason.msgid}" if isinstance(clause, HouseRule) else str(clause)


def _procedure(procedure: Procedure) -> list[str]:
    model = procedure.model
    return [
        f"## `{procedure.name}`\n",
        f"{procedure.title.msgid}. A case is a `{model.__module__}.{model.__name__}`, its numbers have the letter "
        f"{procedure.letter}.\n",
        _table("state | title", ((f"`{one.name}`", one.title.msgid) for one in procedure.states.values())),
        _table(
            "step | from -> to | by | clause | asks",
            (_step(step, procedure) for step in procedure.steps.values()),
        ),
        _table("deadline | title | time | owner | clause", map(_deadline, procedure.deadlines.values())),
        f"Fields of `act.case`: {_fields(model, KEPT_BY_CORE)}.\n",
    ]


def _step(step: Step, procedure: Procedure) -> tuple[str, ...]:
    moves = f"{' / '.join(sorted(step.sources)) or '—'} -> {' / '.join(step.targets)}"
    owner = f" ({step.plugin})" if step.plugin != procedure.plugin else ""
    inner = " (inside another step)" if step.inner else " (from above)" if step.above else ""
    locked = f" (locked: {_code(sorted(step.locked))})" if step.locked else ""
    whom = ", ".join(map(_whom, step.by))
    return f"`{step.name}`{owner}{inner}{locked}", moves, whom, _cited(step.clause), _code(_asked(step))


def _whom(way: Allowed) -> str:
    return f"{way.role.key} (`{way.only}`)" if way.only else way.role.key


def _asked(step: Step) -> Iterator[str]:
    form = step.form
    for name in dir(form) if form else ():
        kind = getattr(getattr(form, name), "field_class", None)
        if kind is not None and issubclass(kind, StepField):
            yield name
    yield from (one.name for one in step.fields)


def _deadline(rule: DeadlineRule) -> tuple[str, ...]:
    time = f"`{rule.within.parameter}`" if rule.within.parameter else "fixed"
    owner = f"{rule.owner.key} (`{rule.owner_attribute}`)" if rule.owner_attribute else rule.owner.key
    return f"`{rule.key}`", rule.title.msgid, time, owner, _cited(rule.clause)


def _fields(model: type[Any], without: Iterable[str] = ()) -> str:
    """Return what a record has, by type; ``?`` marks what may be nothing."""
    mapper, by_type = inspect(model), dict[str, list[str]]()
    for name, column in mapper.columns.items():
        mark = "?" if getattr(column, "nullable", False) else ""
        by_type.setdefault(column.type.python_type.__name__, []).append(f"`{name}`{mark}")
    for name, one in mapper.relationships.items():
        kind = one.mapper.class_.__name__
        by_type.setdefault(f"list of {kind}" if one.uselist else kind, []).append(f"`{name}`")
    left_out = {f"`{name}`" for name in without}
    kept = {kind: sorted(set(names) - left_out) for kind, names in sorted(by_type.items())}
    return "; ".join(f"{kind} {', '.join(names)}" for kind, names in kept.items() if names)


def _record(model: type[Any]) -> tuple[str, str]:
    return f"`{model.__module__}.{model.__name__}`", _fields(model)


def _parameters(found: PluginSet) -> Iterator[tuple[str, ...]]:
    for one in found.parameters.values():
        default = f"{one.default} {getattr(one.unit, 'msgid', one.unit)}".strip()
        yield f"`{one.key}`", default, _bounds(one), _cited(one.clause)


def _bounds(one: Parameter) -> str:
    if one.locked:
        return "locked by head office"
    within = f"{one.minimum} to {one.maximum}" if one.minimum is not None else one.kind.__name__
    return within + {"lower": ", only lower", "higher": ", only higher"}.get(one.stricter, "")


def _decisions(installed: Plugins) -> Iterator[tuple[str, ...]]:
    for module in (hooks, *installed.specs):
        for name, spec in vars(module).items():
            if hasattr(spec, "koudai_values"):
                values = _code(str(value) for value in spec.koudai_values)
                yield f"`{name}`", spec.koudai_title.msgid, values, ", ".join(_told(spec))


def _told(spec: Callable[..., Any]) -> Iterator[str]:
    for one in signature(spec).parameters.values():
        yield f"`{one.name}` ({str(one.annotation).replace('|', 'or')})"


def _services(names: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """Yield what can be asked outside a step: whatever answers, needs no act, and draws no card."""
    for name in sorted(names):
        module = import_module(f"plugins.{name}.services")
        for key, one in vars(module).items():
            if isfunction(one) and one.__module__ == module.__name__ and not key.startswith("_"):
                asked, returned = signature(one).parameters, signature(one).return_annotation
                if "act" not in asked and returned not in ("None", "Card | None"):
                    called = f"`{name}.services.{key}({', '.join(asked)})`"
                    yield called, returned.replace("|", "or"), _first_line(one)


def _first_line(one: Callable[..., Any]) -> str:
    return (one.__doc__ or "").strip().partition("\n")[0]


def _roles() -> Iterator[tuple[str, ...]]:
    for role in NATIONAL_ROLES:
        yield f"`{role.key.upper()}`", role.key, role.title.msgid


def main() -> int:
    """Write the page, or say that it is not what the code says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, and fail if the page is old")
    if not parser.parse_args().check:
        PAGE.write_text(page(), encoding="utf-8")
        return 0
    current = PAGE.exists() and PAGE.read_text(encoding="utf-8") == page()
    print("the page is true" if current else "docs/plugins/national.md is old: python tools/reference.py")
    return 0 if current else 1


if __name__ == "__main__":
    sys.exit(main())
