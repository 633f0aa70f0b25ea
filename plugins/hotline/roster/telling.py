"""What the roster tells: the chips in the header, and the notices that go to who is on duty."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select

from core import clock
from core.asking import asked
from core.i18n import Sentence, _l
from core.roles import DUTY_MANAGER
from core.slots import Status, Tell
from plugins.hotline.roster.duty import OnDuty, on_duty
from plugins.hotline.roster.hours import month_of, months_after
from plugins.hotline.roster.models import Roster
from plugins.hotline.roster.reading import IN_FORCE

if TYPE_CHECKING:
    from core.gate import Act
    from core.rules import Rules

PAGE = "hotline.roster.current"
NOBODY_HERE = _l("Nobody on duty")
NO_MANAGER = _l("No duty manager on duty")
NO_ENGINEER = _l("No engineer on duty")
# Every page asks: written once, and asked of the table itself.
_roster = Roster.__table__.c
_PUBLISHED = select(_roster.id).where(
    _roster.office_id == bindparam("office"), _roster.month == bindparam("month"), _roster.state.in_(IN_FORCE)
)


def chips(rules: Rules) -> list[Status]:
    """Say who is on duty now; who plans the roster hears as well what is missing, now and next month."""
    now = clock.now()
    here = on_duty(rules, now)
    found = [_present(here)] if here.engineers or here.manager else []
    if here.missing:
        found.append(_alarm(missing(here)))
    return found + list(_next_month(rules, now))


def names(here: OnDuty) -> str:
    """Name who is on duty: engineers, then the manager."""
    people = [*here.engineers, *([here.manager] if here.manager else [])]
    return " · ".join(dict.fromkeys(one.name for one in people))


def missing(here: OnDuty) -> Sentence:
    """Say who is missing now."""
    if not here.engineers and not here.manager:
        return NOBODY_HERE
    return NO_MANAGER if here.engineers else NO_ENGINEER


def _present(here: OnDuty) -> Status:
    return Status(
        text=_l("On duty: %(names)s", names=names(here)),
        permission="hotline.read",
        endpoint=PAGE,
        icon="headset",
        weight=10,
    )


def _alarm(text: Sentence) -> Status:
    return Status(
        text=text,
        permission="hotline.plan_roster",
        endpoint=PAGE,
        tone="missed",
        icon="exclamation-triangle",
        hint=_l("The queues wait for their roles as always. Put somebody on the roster."),
        weight=20,
    )


def _next_month(rules: Rules, now: dt.datetime) -> Iterator[Status]:
    month = unpublished(rules, now)
    if month:
        yield Status(
            text=_l("No roster for %(month)s", month=f"{month:%Y-%m}"),
            permission="hotline.plan_roster",
            endpoint="hotline.roster.month",
            values={"month": f"{month:%Y-%m}"},
            tone="soon",
            icon="calendar-x",
            hint=_l("The roster is published before the month begins (QP/2-04 5.1)."),
            weight=30,
        )


def unpublished(rules: Rules, now: dt.datetime) -> dt.date | None:
    """Return next month when it is near and has no published roster (QP/2-04 5.1)."""
    today = now.astimezone(rules.office.zoneinfo).date()
    month = months_after(month_of(today), 1)
    if (month - today).days > rules.parameter("hotline.roster_warning_days"):
        return None
    return None if asked(_PUBLISHED, office=rules.office.id, month=month).first() else month


def notices(act: Act) -> list[Tell]:
    """Tell who is on duty what cannot wait, who stands in, and who is on a roster that was published."""
    told = TOLD.get((act.procedure.name, act.step.name))
    return list(told(act)) if told else []


def _of_demand(act: Act) -> Iterator[Tell]:
    said = {"name": _customer(act)}
    here = _l("Same-day demand of %(name)s: you are on duty.", **said)
    nobody = _l("Same-day demand of %(name)s, and no duty manager is on duty.", **said)
    return _to_the_manager(act, here, nobody)


def _of_stuck(act: Act) -> Iterator[Tell]:
    said = {"name": _customer(act), "engineer": act.actor.name}
    here = _l("%(engineer)s is stuck with a call of %(name)s: you are on duty.", **said)
    nobody = _l("%(engineer)s is stuck with a call of %(name)s, and no duty manager is on duty.", **said)
    return _to_the_manager(act, here, nobody)


def _of_help(act: Act) -> Iterator[Tell]:
    """Whose call it is hears that he can go on."""
    if act.case.owner_id and act.case.owner_id != act.actor.person_id:
        text = _l("The duty manager has answered you about the call of %(name)s.", name=_customer(act))
        yield Tell(person_id=act.case.owner_id, sentence=text)


def _customer(act: Act) -> str:
    return act.case.customer.name if act.case.customer else ""


def _to_the_manager(act: Act, here: Sentence, nobody: Sentence) -> Iterator[Tell]:
    """The duty manager on duty hears of it (QI/03 3.1.7); is nobody on duty, every duty manager does."""
    manager = on_duty(act.rules, act.now).manager
    if manager is not None:
        yield Tell(person_id=manager.id, sentence=here)
        return
    for one in act.rules.colleagues(DUTY_MANAGER):
        yield Tell(person_id=one.id, sentence=nobody)


def _of_publishing(act: Act) -> Iterator[Tell]:
    people = {person for one in act.case.shifts for person in (one.engineer_id, one.manager_id) if person}
    for person_id in sorted(people - {act.actor.person_id}):
        yield Tell(
            person_id=person_id, sentence=_l("The roster of %(month)s is published.", month=act.case.title)
        )


def _of_change(act: Act) -> Iterator[Tell]:
    """Whoever lost or won a shift hears of it."""
    for person_id in sorted(act.values["people"] - {act.actor.person_id}):
        yield Tell(
            person_id=person_id, sentence=_l("Your duties of %(month)s were changed.", month=act.case.title)
        )


def _of_substitute(act: Act) -> Iterator[Tell]:
    one = act.case
    if one.substitute_id and one.substitute_id != act.actor.person_id:
        days = {"name": one.owner.name, "first": one.first_day, "last": one.last_day}
        text = _l("You stand in for %(name)s from %(first)s to %(last)s.", **days)
        yield Tell(person_id=one.substitute_id, sentence=text)


TOLD = {
    ("hotline.call", "demand"): _of_demand,
    ("hotline.call", "want_help"): _of_stuck,
    ("hotline.call", "give_help"): _of_help,
    ("hotline.roster", "publish"): _of_publishing,
    ("hotline.roster", "replace"): _of_change,
    ("hotline.roster", "exchange"): _of_change,
    ("hotline.absence", "substitute"): _of_substitute,
}
