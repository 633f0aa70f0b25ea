"""Quality: complaints are answered, and by whom."""

from core.hooks import hookimpl
from core.i18n import _l
from core.parameters import Parameter
from core.plugins import Manifest, Permission
from core.roles import DUTY_MANAGER, HOTLINE_ENGINEER, QUALITY_SUPERVISOR, REGIONAL_MANAGER, SUPPORT_MANAGER
from core.slots import MenuItem
from plugins.quality import forms, services

READERS = (HOTLINE_ENGINEER, DUTY_MANAGER, QUALITY_SUPERVISOR, REGIONAL_MANAGER, SUPPORT_MANAGER)
manifest = Manifest(
    name="quality",
    title=_l("Quality"),
    version="0.1.0",
    requires=("hotline", "fieldservice"),
    parameters=(
        Parameter(
            key="quality.answer_working_days",
            kind=int,
            default=0,
            minimum=0,
            maximum=5,
            stricter="lower",
            unit=_l("working days"),
            label=_l("A complaint is answered within (0: the same working day)"),
            clause="QI/02 attitude.hotline-rude",
        ),
    ),
    permissions=(Permission(key="quality.read", title=_l("See complaints"), roles=READERS),),
)


@hookimpl
def amend(procedures):
    call = procedures["hotline.call"]
    call.state("complained", _l("Complaint logged"), tone="done", final=True)
    call.add_step(
        "complain",
        "open | parked -> complained",
        title=_l("Complaint"),
        by=(HOTLINE_ENGINEER.where("owner_id"), DUTY_MANAGER),
        clause="QI/02 attitude.hotline-rude",
        form=forms.ComplainForm,
        does=services.complain,
    )


@hookimpl
def core_menu():
    return [
        MenuItem(
            title=_l("Complaints"),
            endpoint="cases.cases",
            values={"plugin": "quality", "noun": "complaint"},
            permission="quality.read",
            icon="chat-left-dots",
            weight=50,
        )
    ]
