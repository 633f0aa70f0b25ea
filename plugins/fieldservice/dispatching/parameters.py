"""What an office may set about dispatching, who sees what of it, and where the menu leads."""

from core.clauses import house_rule
from core.i18n import _l
from core.parameters import Parameter
from core.plugins import Permission
from core.roles import SUPPORT_MANAGER
from core.slots import MenuItem
from plugins.fieldservice.dispatching import models, slots

__all__ = ["PARAMETERS", "models"]

PARAMETERS = (
    Parameter(
        key=slots.MINUTES,
        kind=int,
        default=120,
        minimum=15,
        maximum=slots.LONGEST,
        unit=_l("minutes"),
        label=_l("A visit takes, where nobody says otherwise"),
        clause=house_rule(_l("Nobody is sent to two customers at once.")),
    ),
)
PERMISSIONS = (
    Permission(
        key="fieldservice.keep_skills",
        title=_l("Say which engineer was trained for which product"),
        roles=(SUPPORT_MANAGER,),
    ),
)
WITHIN = _l("Field service")
MENU = (
    MenuItem(
        title=_l("Dispatch sheet"),
        endpoint="fieldservice.sheet.day",
        permission="fieldservice.see_dispatch",
        icon="card-checklist",
        weight=31,
        within=WITHIN,
    ),
    MenuItem(
        title=_l("Skills"),
        endpoint="fieldservice.skills.grid",
        permission="fieldservice.keep_skills",
        icon="mortarboard",
        weight=32,
        within=WITHIN,
    ),
)
