"""What an office may set about its roster: the hours of its shifts, and when what is due."""

from __future__ import annotations

from core.clauses import house_rule
from core.i18n import _l
from core.parameters import Parameter
from core.plugins import Permission
from core.roles import DUTY_MANAGER, SUPPORT_MANAGER
from core.slots import MenuItem
from plugins.hotline.roster.hours import not_hours

FORGOTTEN = house_rule(_l("What is on nobody's desk is forgotten."))
CLOSED_DAYS = house_rule(_l("Customers phone on weekends and holidays, too."))
WORKING_DAY = _l("working days")
DAYS = _l("days")

PARAMETERS = (
    Parameter(
        key="hotline.noon_duty",
        kind=str,
        default="11:30-12:30",
        check=not_hours,
        label=_l("Noon duty on working days, from and until (“-” for none)"),
        clause="QI/03 3.1.12",
    ),
    Parameter(
        key="hotline.evening_duty",
        kind=str,
        default="17:00-18:30",
        check=not_hours,
        label=_l("Evening duty on working days, from and until (“-” for none)"),
        clause="QI/03 3.1.13",
    ),
    Parameter(
        key="hotline.closed_day_duty",
        kind=str,
        default="09:00-17:00",
        check=not_hours,
        label=_l("Duty on weekends and holidays, from and until (“-” for none)"),
        clause=CLOSED_DAYS,
    ),
    Parameter(
        key="hotline.roster_begin_days",
        kind=int,
        default=10,
        minimum=1,
        maximum=60,
        unit=DAYS,
        label=_l("Next month's roster is put on the support manager's desk before it begins by"),
        clause="QP/2-04 5.1",
    ),
    Parameter(
        key="hotline.roster_warning_days",
        kind=int,
        default=5,
        minimum=1,
        maximum=60,
        unit=DAYS,
        label=_l("A warning that next month has no published roster stands from so long before it"),
        clause="QP/2-04 5.1",
    ),
    Parameter(
        key="hotline.absence_decision_days",
        kind=int,
        default=1,
        minimum=1,
        maximum=10,
        stricter="lower",
        unit=WORKING_DAY,
        label=_l("An absence that was asked for is decided within"),
        clause=FORGOTTEN,
    ),
    Parameter(
        key="hotline.substitute_minutes",
        kind=int,
        default=120,
        minimum=10,
        maximum=960,
        stricter="lower",
        unit=_l("working minutes"),
        label=_l("Somebody stands in for who is away within"),
        clause=FORGOTTEN,
    ),
    Parameter(
        key="hotline.swap_answer_days",
        kind=int,
        default=1,
        minimum=1,
        maximum=10,
        stricter="lower",
        unit=WORKING_DAY,
        label=_l("A swap of shifts is answered, and then recorded, within"),
        clause=FORGOTTEN,
    ),
)

PERMISSIONS = (
    Permission(
        key="hotline.plan_roster", title=_l("Plan the duty roster"), roles=(SUPPORT_MANAGER, DUTY_MANAGER)
    ),
)

MENU = (
    MenuItem(
        title=_l("Duty roster"),
        endpoint="hotline.roster.current",
        permission="hotline.read",
        icon="calendar-week",
        keys="g w",
        weight=24,
        within=_l("On duty"),
    ),
)
