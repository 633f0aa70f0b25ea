"""How long a password recovery may wait, and who may read of it."""

from core.i18n import _l
from core.parameters import Parameter
from core.plugins import Permission
from core.roles import DUTY_MANAGER, SUPPORT_MANAGER
from core.slots import MenuItem
from plugins.hotline.calls.who import NOT_FORGOTTEN

PARAMETERS = (
    Parameter(
        key="hotline.recovery_working_days",
        kind=int,
        default=1,
        minimum=0,
        maximum=10,
        stricter="lower",
        unit=_l("working days"),
        label=_l("With certificate and back-up there, a password recovery is decided within"),
        clause=NOT_FORGOTTEN,
    ),
)

MENU = (
    MenuItem(
        title=_l("Password recoveries"),
        endpoint="cases.cases",
        values={"plugin": "hotline", "noun": "recovery"},
        permission="hotline.read_recoveries",
        icon="key",
        weight=27,
        within=_l("Hotline"),
    ),
)

PERMISSIONS = (
    Permission(
        key="hotline.read_recoveries",
        title=_l("See password recoveries"),
        roles=(DUTY_MANAGER, SUPPORT_MANAGER),
        clause="QI/04 3.2.9",
    ),
)
