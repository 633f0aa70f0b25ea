"""What calling and holding a conference does: the request follows it, and nobody confers without whoever must."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from core import deadlines, gate
from core.db import db
from core.people import Person
from core.roles import DUTY_MANAGER, FIELD_ENGINEER, SENIOR_ENGINEER, SUPPORT_MANAGER
from plugins.fieldservice.conference.models import Conference, Seat
from plugins.fieldservice.promises import note_missed, open_one
from plugins.hotline.services import away_on, today

if TYPE_CHECKING:
    from core.gate import Act
    from plugins.fieldservice.models import ServiceRequest

NAME, TO_HEAD_OFFICE = "fieldservice.conference", "fieldservice.to_head_office"
REQUEST = "fieldservice.request"
REMEDY = "remedy"
SEATED = (SENIOR_ENGINEER, FIELD_ENGINEER, DUTY_MANAGER, SUPPORT_MANAGER)
# The second one without a remedy sends the problem to head office that day (QI/05 3.5).
LAST_OF_OWN = 2


def confer(act: Act) -> None:
    """Call a conference about the request, in the same transaction (QI/05 3.1)."""
    given = {"request": act.case, "wish": act.values["wish"]}
    gate.perform(NAME, None, "convene", act.actor, office=act.rules.office, given=given)


def convene(act: Act) -> None:
    """Copy whose problem it is."""
    request = act.given["request"]
    one: Conference = act.case
    one.request, one.request_id = request, request.id
    one.customer_id, one.customer, one.wish = request.customer_id, request.customer, act.given["wish"]


def invited(act: Act) -> dict[str, str]:
    """Return who may sit in a conference here: seniors, engineers, managers, each once, by name."""
    people = {person.id: person for role in SEATED for person in act.rules.colleagues(role)}
    return {str(one.id): one.name for one in sorted(people.values(), key=_by_name)}


def who_is_here(act: Act) -> frozenset[int]:
    """Return who of them is not away today."""
    return frozenset(map(int, invited(act))) - away_on(act.rules, today(act.rules, act.now))


def _by_name(person: Person) -> tuple[str, str, int]:
    return person.initials, person.name, person.id


def hold(act: Act) -> None:
    """Seat the participants, and let the request go where the conference sends it (QI/05 3.2, 3.5)."""
    one: Conference = act.case
    one.seats = [Seat(office_id=one.office_id, person_id=who) for who in act.values["participants"]]
    given = {"conference": one, "found": one.outcome == REMEDY}
    gate.perform(REQUEST, one.request.number, "conferred", act.actor, given=given)


def conferred(act: Act) -> str:
    """A remedy stands in full in the advice box (QI/05 3.2); without one the problem stays."""
    if not act.given["found"]:
        return "puzzling"
    note_missed(act, TO_HEAD_OFFICE)
    deadlines.drop(act, (TO_HEAD_OFFICE,))
    act.case.advice = act.given["conference"].remedy
    return "remedied"


def call_off(act: Act) -> None:
    """The request goes back to where the conference was called."""
    one: Conference = act.case
    gate.perform(REQUEST, one.request.number, "not_conferred", act.actor, given={"conference": one})


def not_conferred(act: Act) -> str:
    """Before the first conference it waits for its review, after it for the next one."""
    return "puzzling" if held(act.case) else "turned_in"


def under_way(request: ServiceRequest) -> Conference | None:
    """Return the conference that is called and not held yet: with it the request goes on."""
    where = (Conference.request_id == request.id, Conference.state == "called")
    return db.session.scalars(select(Conference).where(*where)).first()


def held(request: ServiceRequest) -> int:
    """Count the conferences that ended without a remedy for a request (QI/05 3.5)."""
    where = (Conference.request_id == request.id, Conference.state == "held", Conference.outcome != REMEDY)
    return db.session.scalar(select(func.count()).select_from(Conference).where(*where)) or 0


def goes_on_here(act: Act) -> bool:
    """Say whether no remedy was found in the first conference: there is a second one the next day (QI/05 3.5)."""
    return act.case.state == "puzzling" and _in_vain(act) < LAST_OF_OWN


def goes_on_above(act: Act) -> bool:
    """Say whether the second conference was in vain, too: head office hears of it the same day (QI/05 3.5).

    The day is that of the second one: what a later one finds does not put it off.
    """
    in_vain = act.case.state == "puzzling" and _in_vain(act) >= LAST_OF_OWN
    return in_vain and open_one(act, TO_HEAD_OFFICE) is None


def _in_vain(act: Act) -> int:
    """Count the conferences that found nothing; the one that is just being held is not in the database yet."""
    return held(act.case) + (act.step.name == "conferred")
