"""The rights to see core's own pages; a procedure's pages name the right in ``reads``."""

from __future__ import annotations

from core.i18n import _l
from core.plugins import Permission
from core.roles import ADMINISTRATOR, CUSTOMER_ADMINISTRATOR, HEAD_OFFICE_SUPPORT, OFFICE_STAFF

PUBLIC = "public"
SIGNED_IN = "signed in"

CORE_PERMISSIONS = {
    one.key: one
    for one in (
        Permission(key="core.see_customers", title=_l("See customers"), roles=OFFICE_STAFF),
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
            key="core.read_book",
            title=_l("Read the pocket book"),
            roles=(*OFFICE_STAFF, HEAD_OFFICE_SUPPORT, ADMINISTRATOR),
        ),
        Permission(key="core.use_api", title=_l("Use the API"), roles=(*OFFICE_STAFF, HEAD_OFFICE_SUPPORT)),
        Permission(key="core.manage_staff", title=_l("Manage staff"), roles=(ADMINISTRATOR,)),
        Permission(key="core.manage_office", title=_l("Manage the office"), roles=(ADMINISTRATOR,)),
    )
}
