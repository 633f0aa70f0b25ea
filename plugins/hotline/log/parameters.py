"""What an office may set about its log."""

from core.clauses import house_rule
from core.i18n import _l
from core.parameters import Parameter
from core.slots import MenuItem

PARAMETERS = (
    Parameter(
        key="hotline.close_log_until_hour",
        kind=int,
        default=12,
        minimum=8,
        maximum=18,
        stricter="lower",
        unit=_l("o'clock"),
        label=_l("The hotline log of a day is closed the next working day until"),
        clause=house_rule(_l("A log that the duty manager has not looked at records nothing.")),
    ),
)
MENU = (
    MenuItem(
        title=_l("Hotline log"),
        endpoint="hotline.log.day",
        permission="hotline.read",
        icon="journal-text",
        weight=23,
        within=_l("Hotline"),
    ),
)
