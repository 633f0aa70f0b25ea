"""Sealing: a regional manager's recorded step, never inferred from dates (QI/03 3.3.1)."""

from core.forms import ReasonForm
from core.i18n import _l
from core.procedure import Column, Procedure
from core.roles import REGIONAL_MANAGER
from plugins.billing import forms, services
from plugins.billing.models import Sealing

sealing = Procedure(
    "billing.sealing",
    model=Sealing,
    title=_l("Sealing"),
    letter="S",
    reads="billing.read",
    heading=lambda one: one.customer.name if one.customer else "",
    columns=(
        Column(name="reason", title=_l("Reason"), value=lambda one: one.reason),
        Column(name="manager", title=_l("Regional manager"), value=lambda one: one.manager),
    ),
    facts=(
        Column(name="reason", title=_l("Reason"), value=lambda one: one.reason),
        Column(name="manager", title=_l("Regional manager"), value=lambda one: one.manager),
        Column(name="extension", title=_l("Extension"), value=lambda one: one.extension),
    ),
)

sealing.state("sealed", _l("Sealed"), tone="alert")
sealing.state("lifted", _l("Lifted"), tone="off", final=True)

sealing.step(
    "seal",
    "-> sealed",
    title=_l("Seal a customer"),
    by=REGIONAL_MANAGER,
    clause="QI/03 3.3.1",
    form=forms.SealForm,
    does=services.seal,
    tone="danger",
    undone_by="lift",
)
sealing.step(
    "lift",
    "sealed -> lifted",
    title=_l("Lift the seal"),
    by=REGIONAL_MANAGER,
    clause="QI/03 3.3.1",
    form=ReasonForm,
)
