"""Only an office in which nothing has happened yet may be filled."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from core.customers.models import Customer
from core.db import db
from core.errors import KoudaiError
from core.i18n import _l
from core.offices import Office
from core.rules import rules_of


def refuse_used(office: Office, wanted: tuple[str, ...] = ("hotline.call",)) -> None:
    """Refuse an office that has customers or cases, or that does not have what is wanted of it."""
    rules = rules_of(office)
    for name in wanted:
        rules.procedure(name)
    models = [Customer, *(one.model for one in rules.plugins.procedures.values())]
    if any(_has_one(model, office.id) for model in models):
        raise KoudaiError(
            _l(
                "Something has happened in %(office)s already. Open an empty office for it: koudai office add …",
                office=office.code,
            )
        )


def _has_one(model: Any, office_id: int) -> bool:
    query = select(model.id).where(model.office_id == office_id).limit(1)
    return db.session.scalar(query) is not None
