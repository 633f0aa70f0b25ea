"""What a request's page says of its urgency and its plan."""

from core.i18n import _l
from core.procedure import Column
from plugins.fieldservice.dispatching.choices import EMERGENCIES

ASKED = (
    Column(name="emergency", title=_l("Emergency"), value=lambda one: EMERGENCIES.get(one.emergency, "")),
    Column(name="district", title=_l("District"), value=lambda one: one.district),
)
PLANNED = (
    Column(name="planned", title=_l("Expected there at"), value=lambda one: one.planned_at),
    Column(name="planned_minutes", title=_l("Minutes"), value=lambda one: one.planned_minutes),
)
