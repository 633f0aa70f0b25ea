"""How urgent a request is, and where: asked when it is registered, corrected by whoever may."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.forms import ChoiceField, StepForm, TextField
from core.i18n import Sentence, _l
from core.roles import DUTY_MANAGER
from plugins.fieldservice.dispatching.choices import EMERGENCIES

if TYPE_CHECKING:
    from core.gate import Act


ONLY = _l("There are these two only; everything else is as early as possible (QI/02 delay.come-now).")


def field(hint: Sentence | str = ONLY) -> Any:
    """Return the field of the two emergencies that the book knows (QI/02 delay.come-now)."""
    return ChoiceField(_l("Emergency"), choices=EMERGENCIES, required=False, hint=hint)


def district() -> Any:
    """Return the field of the part of the town."""
    return TextField(
        _l("District"), limit=40, required=False, hint=_l("Left empty, it is read from the address.")
    )


class CorrectForm(StepForm):
    """Whether it is an emergency, the duty manager alone says once it is registered (QI/02 delay.come-now)."""

    def __init__(self, act: Act, values: Any = None, **kwargs: Any) -> None:
        """Ask nobody else for it."""
        super().__init__(act, values, **kwargs)
        if not act.actor.has(act.case.office_id, (DUTY_MANAGER,)):
            del self["emergency"]
