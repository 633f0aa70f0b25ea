"""What an office may set about the figures, and who sees them."""

from core.i18n import _l
from core.parameters import Parameter
from core.permissions import MANAGERS
from core.plugins import Permission
from core.roles import HOTLINE_ENGINEER
from core.slots import MenuItem

SEE, SEE_ALL = "hotline.see_figures", "hotline.see_all_figures"
PARAMETERS = (
    Parameter(
        key="hotline.most_rings",
        kind=int,
        default=3,
        minimum=1,
        maximum=10,
        stricter="lower",
        unit=_l("rings"),
        label=_l("A call is answered within"),
        clause="QI/03 3.1.4",
    ),
)
PERMISSIONS = (
    Permission(key=SEE, title=_l("See the figures of the hotline"), roles=(*MANAGERS, HOTLINE_ENGINEER)),
    Permission(key=SEE_ALL, title=_l("See the figures of every hotline engineer"), roles=MANAGERS),
)
MENU = (
    MenuItem(
        title=_l("Figures"),
        endpoint="hotline.statistics.figures",
        permission=SEE,
        icon="bar-chart",
        weight=28,
        within=_l("Hotline"),
    ),
)
