"""How long the further outcomes of a call may take, and which departments there are."""

from core.i18n import _l
from core.parameters import Parameter
from plugins.hotline.calls.who import NOT_FORGOTTEN

DEPARTMENTS = (
    "定制开发部 / Custom development; 实施部 / Implementation; 咨询部 / Consulting; "
    "培训部 / Training; 销售部 / Sales; 客管中心 / Customer-management centre"
)

PARAMETERS = (
    Parameter(
        key="hotline.own_demand_minutes",
        kind=int,
        default=120,
        minimum=15,
        maximum=480,
        stricter="lower",
        unit=_l("working minutes"),
        label=_l("Another time that the customer wants is arranged within"),
        clause=NOT_FORGOTTEN,
    ),
    Parameter(
        key="hotline.help_minutes",
        kind=int,
        default=15,
        minimum=1,
        maximum=60,
        stricter="lower",
        unit=_l("working minutes"),
        label=_l("An engineer who is stuck with a call is helped within"),
        clause=NOT_FORGOTTEN,
    ),
    Parameter(
        key="hotline.departments",
        kind=str,
        default=DEPARTMENTS,
        maximum=600,
        label=_l("Other departments: Chinese / English, a number if they have one; parted by semicolons"),
        clause="QI/03 3.3.3",
    ),
    Parameter(
        key="hotline.pass_on_working_days",
        kind=int,
        default=0,
        minimum=0,
        maximum=5,
        stricter="lower",
        unit=_l("working days"),
        label=_l("What is another department's is passed on within (0: the same working day)"),
        clause=NOT_FORGOTTEN,
    ),
    Parameter(
        key="hotline.transfer_working_days",
        kind=int,
        default=2,
        minimum=1,
        maximum=20,
        stricter="lower",
        unit=_l("working days"),
        label=_l("Unless another time is promised, the department's result is phoned within"),
        clause=NOT_FORGOTTEN,
    ),
)
