"""What an office may sharpen about its shift, who sees it, and where it stands in the menu."""

from core.clauses import house_rule
from core.i18n import _l
from core.parameters import Parameter
from core.plugins import Permission
from core.roles import (
    DUTY_MANAGER,
    HOTLINE_ENGINEER,
    OFFICE_STAFF,
    QUALITY_SUPERVISOR,
    REGIONAL_MANAGER,
    SERVICE_MANAGER,
    SUPPORT_MANAGER,
)
from core.slots import MenuItem

ANSWERED = house_rule(_l("Whoever asks for leave must know before he has to go."))

PARAMETERS = (
    Parameter(
        key="hotline.shift_ready_minutes",
        kind=int,
        default=10,
        minimum=0,
        maximum=60,
        stricter="lower",
        unit=_l("working minutes"),
        label=_l("After opening, everybody is ready within"),
        clause="QI/03 3.1.1",
    ),
    Parameter(
        key="hotline.handover_minutes",
        kind=int,
        default=30,
        minimum=5,
        maximum=120,
        stricter="lower",
        unit=_l("working minutes"),
        label=_l("After opening, the hand-over is done within"),
        clause="QI/03 3.1.2",
    ),
    Parameter(
        key="hotline.leave_answer_minutes",
        kind=int,
        default=15,
        minimum=5,
        maximum=120,
        stricter="lower",
        unit=_l("working minutes"),
        label=_l("Leave of the post is answered within"),
        clause=ANSWERED,
    ),
)

PERMISSIONS = (
    Permission(key="hotline.see_shift", title=_l("See who is on the seat"), roles=OFFICE_STAFF),
    Permission(
        key="hotline.see_handover",
        title=_l("See the hand-over"),
        roles=(
            DUTY_MANAGER,
            HOTLINE_ENGINEER,
            SUPPORT_MANAGER,
            SERVICE_MANAGER,
            REGIONAL_MANAGER,
            QUALITY_SUPERVISOR,
        ),
    ),
)

MENU = (
    MenuItem(
        title=_l("Today's shift"),
        endpoint="hotline.shift.today",
        permission="hotline.see_shift",
        icon="person-check",
        keys="g s",
        weight=24,
        within=_l("On duty"),
    ),
    MenuItem(
        title=_l("Hand-over"),
        endpoint="hotline.shift.handover",
        permission="hotline.see_handover",
        icon="arrow-left-right",
        keys="g h",
        weight=26,
        within=_l("On duty"),
    ),
)
