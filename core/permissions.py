"""The rights to see core's own pages; a procedure's pages name the right in ``reads``."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from core.i18n import _l
from core.plugins import Permission
from core.roles import (
    ADMINISTRATOR,
    ARCHIVIST,
    CUSTOMER_ADMINISTRATOR,
    DUTY_MANAGER,
    HEAD_OFFICE_SUPPORT,
    OFFICE_STAFF,
    QUALITY_SUPERVISOR,
    REGIONAL_MANAGER,
    SERVICE_MANAGER,
    SUPPORT_MANAGER,
)

if TYPE_CHECKING:
    from core.plugins import PluginSet
    from core.rules import Rules

# What everybody who works here needs: the rules by which he works, and programs that act for him.
EVERYBODYS = frozenset({"core.read_book", "core.use_api"})
PUBLIC = "public"
SIGNED_IN = "signed in"
# Who answers for the work of others.
MANAGERS = (SUPPORT_MANAGER, DUTY_MANAGER, REGIONAL_MANAGER, SERVICE_MANAGER, QUALITY_SUPERVISOR)

# Customers' data are for those who work with them, in their own office, and leave it by few hands.
KEPT_SECRET = "QI/04 3.2.8"

CORE_PERMISSIONS = {
    one.key: one
    for one in (
        Permission(
            key="core.see_customers", title=_l("See customers"), roles=OFFICE_STAFF, clause=KEPT_SECRET
        ),
        Permission(
            key="core.keep_customers",
            title=_l("Keep the customer file"),
            roles=(CUSTOMER_ADMINISTRATOR,),
        ),
        Permission(
            key="core.import_customers",
            title=_l("Import customers"),
            roles=(CUSTOMER_ADMINISTRATOR,),
        ),
        Permission(
            key="core.export_lists",
            title=_l("Export lists"),
            roles=(*MANAGERS, CUSTOMER_ADMINISTRATOR, ADMINISTRATOR),
            clause=KEPT_SECRET,
        ),
        Permission(
            key="core.share_filters",
            title=_l("Share filters with the office"),
            roles=(*MANAGERS, CUSTOMER_ADMINISTRATOR, ADMINISTRATOR),
        ),
        Permission(
            key="core.read_book",
            title=_l("Read the pocket book"),
            roles=(*OFFICE_STAFF, HEAD_OFFICE_SUPPORT, ADMINISTRATOR),
        ),
        Permission(
            key="core.check_numbers",
            title=_l("See voided numbers and check a month's numbers"),
            roles=(SUPPORT_MANAGER, DUTY_MANAGER, REGIONAL_MANAGER, QUALITY_SUPERVISOR, ARCHIVIST),
        ),
        Permission(key="core.use_api", title=_l("Use the API"), roles=(*OFFICE_STAFF, HEAD_OFFICE_SUPPORT)),
        Permission(key="core.manage_staff", title=_l("Manage staff"), roles=(ADMINISTRATOR,)),
        Permission(key="core.manage_office", title=_l("Manage the office"), roles=(ADMINISTRATOR,)),
    )
}


def permission_of(key: str, rules: Rules) -> Permission | None:
    """Find a permission of core's or of the office's plugins.

    Whoever a plugin lets take a step of a case may read such cases: a role of its own, say. Roles of its own read the
    pocket book and use the API, too.
    """
    return _declared(rules.plugins).get(key)


@lru_cache(maxsize=64)
def _declared(plugins: PluginSet) -> dict[str, Permission]:
    """Return the permissions of a set by key: it is frozen once built, and a page asks for dozens."""
    given = (one for has in plugins.enabled.values() for one in has.manifest.permissions)
    # Core's own count, then the first that a plugin declares.
    found = {one.key: one for one in reversed([*CORE_PERMISSIONS.values(), *given])}
    return {key: _with_more(one, plugins) for key, one in found.items()}


def _with_more(one: Permission, plugins: PluginSet) -> Permission:
    more = plugins.own_roles if one.key in EVERYBODYS else plugins.let_in.get(one.key, ())
    return replace(one, roles=(*one.roles, *more))
