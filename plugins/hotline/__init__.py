"""The hotline (QI/03): every problem arrives here, as a call."""

from core.clauses import house_rule
from core.hooks import answers, hookimpl
from core.i18n import _l
from core.parameters import Parameter
from core.plugins import Manifest, Permission
from core.roles import OFFICE_STAFF
from core.slots import MenuItem
from core.verdicts import Verdict
from plugins.hotline.calls import parameters as calls
from plugins.hotline.cards import case_cards, entitlement_card
from plugins.hotline.hooks import Entitlement
from plugins.hotline.recovery import parameters as recovery
from plugins.hotline.services import KNOWLEDGE

manifest = Manifest(
    name="hotline",
    title=_l("Hotline"),
    version="0.1.0",
    parameters=(
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
        *calls.PARAMETERS,
        *recovery.PARAMETERS,
    ),
    permissions=(
        Permission(key="hotline.read", title=_l("See calls"), roles=OFFICE_STAFF),
        *recovery.PERMISSIONS,
    ),
)


EVERYBODY_SERVED = house_rule(_l("Without billing, every customer is served."))


@answers(EVERYBODY_SERVED)
def hotline_entitlement():
    reason = _l("Nobody checks contracts in this office.")
    return Verdict(value=Entitlement.UNCHECKED, reason=reason, clause=EVERYBODY_SERVED)


@hookimpl
def core_menu():
    return [
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
        *recovery.MENU,
    ]


@hookimpl
def core_searchables():
    return KNOWLEDGE


@hookimpl
def core_case_cards(act):
    return case_cards(act)


@hookimpl
def core_customer_cards(customer, rules):
    return entitlement_card(customer, rules)
