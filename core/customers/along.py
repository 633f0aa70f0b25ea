"""What goes along with a customer who moves: facts of plugins, by which their rules go on in the new office.

A plugin's rows stay behind with its cases. Whatever it says of the customer is kept by core, at the customer himself:
an office that does not use the plugin hands it on all the same, and merging two customers takes it over.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from core.customers.models import Customer
from core.customers.records import CameAlong
from core.db import db, looking_into
from core.errors import PluginError
from core.i18n import _l
from core.rules import Rules
from core.slots import GoesAlong

HOOK = "core_customer_leaves"


def came_along(customer_id: int, key: str) -> list[str]:
    """Return what came along with a customer under a plugin's key, the oldest first."""
    query = select(CameAlong.value).where(CameAlong.customer_id == customer_id, CameAlong.key == key)
    return list(db.session.scalars(query.order_by(CameAlong.id)))


def take_along(old: Rules, customer: Customer, arrived: Customer) -> None:
    """Enter at a customer who has arrived what came along before, and what the plugins of the old office add."""
    before = select(CameAlong).where(CameAlong.customer_id == customer.id).order_by(CameAlong.id)
    facts = [(one.key, one.value) for one in (*db.session.scalars(before), *_told(old, customer))]
    for key, value in dict.fromkeys(facts):
        db.session.add(CameAlong(office_id=arrived.office_id, customer_id=arrived.id, key=key, value=value))


def _told(old: Rules, customer: Customer) -> Iterator[GoesAlong]:
    """Ask the old office's plugins, who see that office only; nobody leaves while one of them cannot answer."""
    with looking_into(old.office.id):
        found = old.plugins.gather(HOOK, customer=customer, rules=old)
    for plugin, one in found:
        if not isinstance(one, GoesAlong) or not one.key.startswith(f"{plugin}."):
            raise PluginError(
                _l(
                    "Plugin %(plugin)s failed to say what goes along with a customer. "
                    "Repair it, or disable it in %(office)s.",
                    plugin=plugin,
                    office=old.office.code,
                )
            )
        yield one
