"""What a form asks and nobody reads: a misspelt field is typed in, kept by the ledger, and missing where it is wanted.

A field is read by the column of its name, or by code that names it. Whether an effect does so shows in its text alone,
so this is asked when an author checks his plugin, and never when a server starts.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect

from core.errors import PluginError
from core.form_traits import asked
from core.i18n import _l

if TYPE_CHECKING:
    from core.plugins import PluginSet
    from core.procedure import Procedure, Step

# What lies in a plugin's folder and is no code of it.
NOT_ITS_CODE = frozenset({"tests", "migrations", "__pycache__"})


def refuse_unread(found: PluginSet) -> None:
    """Refuse a field of a step for which the case has no column, and which no code of its plugin names."""
    for procedure in found.procedures.values():
        for step in procedure.steps.values():
            for name in _unread(found, procedure, step):
                raise PluginError(
                    _l(
                        "Plugin %(plugin)s does not fit: %(step)s asks %(field)s, for which %(model)s has no column and "
                        "which no code reads. Is it misspelt? If the ledger alone is to keep it, let its form say "
                        "only_in_ledger = (%(quoted)s,).",
                        plugin=step.plugin,
                        step=f"{procedure.name}.{step.name}",
                        field=name,
                        model=procedure.model.__name__,
                        quoted=f'"{name}"',
                    )
                )


def _unread(found: PluginSet, procedure: Procedure, step: Step) -> list[str]:
    """Return what a step asks in vain; where its code is not at hand, nobody can tell."""
    code = _code_of(found, step)
    if step.form is None or not code:
        return []
    own = step.plugin == procedure.plugin and not step.form.elsewhere
    known = {*step.form.only_in_ledger, *(inspect(procedure.model).columns.keys() if own else ())}
    read = frozenset[str]().union(*map(names_read, code))
    return [name for name in asked(step.form) if name not in known and not _is_read(name, read)]  # type: ignore[arg-type]


def _is_read(name: str, read: frozenset[str]) -> bool:
    """Say whether code names a field, judges it (``validate_told``), or puts its name together (``"second_" + name``)."""
    begun = tuple(one for one in read if one.endswith("_") and len(one) > 1)
    return name in read or f"validate_{name}" in read or name.startswith(begun)


def _code_of(found: PluginSet, step: Step) -> list[Path]:
    """Return the folders of the plugin that brings the step, and of those whose form and effect it has."""
    written = tuple(f"{one.__module__}." for one in (step.form, step.does) if one)
    whose = [
        one
        for one in found.enabled.values()
        if one.name == step.plugin or any(part.startswith(f"{one.module.__name__}.") for part in written)
    ]
    return [one.folder for one in whose if one.folder.is_dir()]


@cache
def names_read(folder: Path) -> frozenset[str]:
    """Return what code names, other than the fields it defines: texts, attributes, arguments, columns."""
    sources = (
        path for path in folder.rglob("*.py") if not NOT_ITS_CODE & set(path.relative_to(folder).parts)
    )
    return frozenset(name for path in sources for name in _named(path.read_text(encoding="utf-8")))


def _named(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Constant(value=str(text)):
                yield text
            case (
                ast.FunctionDef(name=name)
                | ast.Attribute(attr=name)
                | ast.arg(arg=name)
                | ast.AnnAssign(target=ast.Name(id=name))
            ):
                yield name
            case ast.keyword(arg=str(name)):
                yield name
