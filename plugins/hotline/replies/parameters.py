"""The numbers that the catalogue promises, and what an office fills into its answers (QI/02)."""

from core.clauses import house_rule
from core.i18n import _l
from core.parameters import Parameter

PARAMETERS = (
    Parameter(
        key="hotline.reply_minutes",
        kind=int,
        default=30,
        minimum=5,
        maximum=240,
        stricter="lower",
        unit=_l("working minutes"),
        label=_l("What a reply promises after looking into it is answered within"),
        clause="QI/02 delay.promised-today",
    ),
    Parameter(
        key="hotline.reply_working_days",
        kind=int,
        default=3,
        minimum=1,
        maximum=3,
        stricter="lower",
        unit=_l("working days"),
        label=_l("A function that is not as documented is answered within"),
        clause="QI/02 function.not-as-documented",
    ),
    Parameter(
        key="hotline.service_manager_phone",
        kind=str,
        default="",
        label=_l("The service manager's number, for whoever finds the hotline busy"),
        clause="QI/02 delay.hotline-busy",
    ),
    Parameter(
        key="hotline.complaints_line",
        kind=str,
        default="",
        label=_l("The number of the complaints line"),
        clause="QI/02 fee.national-price",
    ),
    Parameter(
        key="hotline.normal_scope",
        kind=str,
        default="软件的安装和日常使用，以及程序本身的错误",
        maximum=200,
        label=_l("What the service normally covers, as the customer is told"),
        clause="QI/02 attitude.operating-system",
    ),
    Parameter(
        key="hotline.review_working_days",
        kind=int,
        default=5,
        minimum=1,
        maximum=20,
        stricter="lower",
        unit=_l("working days"),
        label=_l("What was handed in for the catalogue or the support database is reviewed within"),
        clause=house_rule(_l("What nobody reviews is not written a second time.")),
    ),
)
