"""What an office may set about the board, and who sees it."""

from core.clauses import house_rule
from core.i18n import _l
from core.parameters import Parameter
from core.permissions import MANAGERS
from core.plugins import Permission
from core.roles import HOTLINE_ENGINEER
from core.slots import MenuItem

SEE = "hotline.see_board"
PARAMETERS = (
    Parameter(
        key="hotline.most_open_calls",
        kind=int,
        default=5,
        minimum=1,
        maximum=50,
        stricter="lower",
        unit=_l("calls"),
        label=_l("An engineer's line counts as kept free with, at most, as many open calls as"),
        clause="QI/03 3.1.5",
    ),
    Parameter(
        key="hotline.soon_minutes",
        kind=int,
        default=15,
        minimum=1,
        maximum=120,
        unit=_l("minutes"),
        label=_l("The board shows a promise as urgent in its last"),
        clause=house_rule(_l("Whoever sees it in time can still keep it.")),
    ),
)
PERMISSIONS = (
    Permission(key=SEE, title=_l("See the board of the hotline"), roles=(*MANAGERS, HOTLINE_ENGINEER)),
)
MENU = (
    MenuItem(title=_l("Board"), endpoint="hotline.board.board", permission=SEE, icon="display", weight=6),
)
