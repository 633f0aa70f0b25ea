"""What the plugin itself lets offices set, sees to it who may, and puts into the menu; its rooms have their own."""

from core.clauses import house_rule
from core.i18n import _l
from core.parameters import Parameter
from core.plugins import Permission
from core.roles import DUTY_MANAGER, OFFICE_STAFF
from core.slots import MenuItem
from plugins.hotline.drafts import DAYS

PARAMETERS = (
    Parameter(
        key="hotline.same_day_demand_minutes",
        kind=int,
        default=60,
        minimum=5,
        maximum=480,
        stricter="lower",
        unit=_l("working minutes"),
        label=_l("A same-day demand is answered within"),
        clause="QI/03 3.1.7",
    ),
    Parameter(
        key="hotline.long_test_minutes",
        kind=int,
        default=60,
        minimum=5,
        maximum=480,
        stricter="lower",
        unit=_l("working minutes"),
        label=_l("A long test is answered within"),
        clause="QI/03 3.2.5",
    ),
    Parameter(
        key="hotline.settle_working_days",
        kind=int,
        default=1,
        minimum=1,
        maximum=10,
        stricter="lower",
        unit=_l("working days"),
        label=_l("The regional manager settles what the hotline handed over within"),
        clause=house_rule(_l("What is on nobody's desk is forgotten.")),
    ),
    Parameter(
        key=DAYS,
        kind=int,
        default=14,
        minimum=1,
        maximum=90,
        unit=_l("days"),
        label=_l("A half-written call is kept after its last word for"),
        clause=house_rule(_l("A call that nobody finished in two weeks is told anew.")),
    ),
)

PERMISSIONS = (
    Permission(key="hotline.read", title=_l("See calls"), roles=OFFICE_STAFF),
    Permission(
        key="hotline.take_drafts",
        title=_l("Take over a colleague's half-written call"),
        roles=(DUTY_MANAGER,),
    ),
)

MENU = (
    MenuItem(
        title=_l("New call"),
        endpoint="hotline.desk",
        permission="hotline.read",
        icon="telephone-plus",
        keys="n",
        weight=10,
    ),
    MenuItem(
        title=_l("Calls"),
        endpoint="cases.cases",
        values={"plugin": "hotline", "noun": "call"},
        permission="hotline.read",
        icon="telephone",
        weight=20,
    ),
    MenuItem(
        title=_l("Reply catalogue"),
        endpoint="hotline.replies.book",
        permission="hotline.read",
        icon="chat-square-text",
        keys="g r",
        weight=22,
        within=_l("Hotline"),
    ),
    MenuItem(
        title=_l("Support database"),
        endpoint="cases.cases",
        values={"plugin": "hotline", "noun": "knowledge"},
        permission="hotline.read",
        icon="lightbulb",
        weight=24,
        within=_l("Hotline"),
    ),
)
