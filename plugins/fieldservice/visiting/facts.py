"""What was met, told and refused at the customer's, as lists, pages and paper tell it (QR/03)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.i18n import Sentence, _l
from core.procedure import Column
from plugins.fieldservice.visiting.phoning import OUTCOMES

if TYPE_CHECKING:
    from plugins.fieldservice.models import ServiceRequest


def charges_told(one: ServiceRequest) -> str:
    """Return what the customer was told of money, in the reader's language."""
    return "；".join(str(Sentence.from_json(said)) for said in (one.charges or {}).values())


def stamped(one: ServiceRequest) -> str:
    """Return the name of the photo of the stamp, or of the sheet that was filed."""
    found = one.stamp or one.scan
    return found.name if found else ""


PHONED = (
    Column(name="phone_outcome", title=_l("Phoned"), value=lambda one: OUTCOMES.get(one.phone_outcome, "")),
)
ON_SITE = (
    Column(name="met", title=_l("Whom the engineer met"), value=lambda one: one.met),
    Column(name="not_shown", title=_l("Why it could not be shown"), value=lambda one: one.not_shown),
    Column(
        name="other_problems", title=_l("Other problems met lately"), value=lambda one: one.other_problems
    ),
    Column(name="charges", title=_l("Charges: told and agreed"), value=charges_told),
)
SIGNED = (
    Column(name="refused_because", title=_l("Why it was not signed"), value=lambda one: one.refused_because),
    Column(name="stamped", title=_l("Stamp or signed sheet"), value=stamped),
)
