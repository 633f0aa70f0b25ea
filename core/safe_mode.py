"""Safe mode: regional plugins are not loaded, and the offices that use them can be read but not changed.

A step that is taken without the rules of its office would be a wrong step: whoever wants to write there waits, or
switches the plugin off. A broken regional plugin so stops its own office, and nobody else's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import current_app, has_app_context
from sqlalchemy import event, inspect
from sqlalchemy.orm import Session

from core.db import OfficeRow, SharedRow, db
from core.errors import KoudaiError
from core.i18n import Sentence, _l
from core.plugins import Plugins


class ReadOnly(KoudaiError):
    """Something was to be written in an office whose regional plugins safe mode left out."""

    def __init__(self, offices: Iterable[str], plugins: Iterable[str]) -> None:
        super().__init__(sentence_of(offices, plugins))


def sentence_of(offices: Iterable[str], plugins: Iterable[str]) -> Sentence:
    """Say that offices can only be read, and why."""
    return _l(
        "Koudai runs in safe mode, without %(plugins)s: %(offices)s can be read, but nothing can be changed there.",
        plugins=", ".join(sorted(plugins)),
        offices=" ".join(sorted(offices)),
    )


def is_on() -> bool:
    """Say whether the current app runs in safe mode."""
    return has_app_context() and _plugins().safe


def _plugins() -> Plugins:
    found: Plugins = current_app.extensions["koudai"]
    return found


def closed_offices() -> dict[int, frozenset[str]]:
    """Return the offices that can only be read, each with the plugins that are missing; none outside safe mode."""
    if not is_on():
        return {}
    from core.offices import all_offices
    from core.switches import enabled_in

    plugins = _plugins()
    missing = {one: names - plugins.present(names) for one, names in enabled_in(all_offices()).items()}
    return {office_id: names for office_id, names in missing.items() if names}


def refuse_writing(office_id: int) -> None:
    """Refuse to begin to write in an office that can only be read."""
    _refuse({office_id}, closed_offices())


def _refuse(office_ids: Iterable[int], closed: dict[int, frozenset[str]]) -> None:
    from core.offices import all_offices

    let_go = db.session.info.get("letting_go")
    shut = {one: closed[one] for one in office_ids if one in closed and one != let_go}
    if shut:
        codes = [office.code for office_id, office in all_offices().items() if office_id in shut]
        raise ReadOnly(codes, frozenset().union(*shut.values()))


@contextmanager
def letting_go(plugin: str, office_id: int) -> Iterator[None]:
    """Let one thing be written in a closed office: that the plugin which is missing is switched off there."""
    if plugin in closed_offices().get(office_id, ()):
        db.session.info["letting_go"] = office_id
    try:
        yield
    finally:
        db.session.info.pop("letting_go", None)


@event.listens_for(db.session, "before_flush")
def _wall(session: Session, context: Any, instances: Any) -> None:
    """Let no row of a closed office through, whoever writes it."""
    if not is_on():
        return
    touched = {one for row in (*session.new, *session.dirty, *session.deleted) for one in _offices_of(row)}
    with session.no_autoflush:
        _refuse(touched, closed_offices())


def _offices_of(row: object) -> set[int]:
    office_id = getattr(row, "office_id", None)
    before = inspect(row).attrs.office_id.history.deleted if isinstance(row, OfficeRow | SharedRow) else ()
    return {one for one in (office_id, *before) if one is not None}
