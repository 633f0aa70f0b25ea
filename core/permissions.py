"""The rights to see core's own pages; a procedure's pages name the right in ``reads``."""

from __future__ import annotations

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
    SUPPORT_MANAGER,
)

PUBLIC = "public"
SIGNED_IN = "signed in"

CORE_PERMISSIONS = {
    one.key: one
    for one in (
        Permission(key="core.see_customers", title=_l("See customers"), roles=OFFICE_STAFF),
        Permission(
            key="core.import_customers",
            title=_l("Import customers"),
            roles=(CUSTOMER_ADMINISTRATOR,),
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
