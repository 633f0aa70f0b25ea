"""What an office may set about dispatching, who sees what of it, and where the menu leads."""

from core.clauses import house_rule
from core.i18n import _l
from core.parameters import Parameter
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
