"""What the steps of a field service request do besides writing down what was asked."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import select

from core import deadlines, gate
from core.customers import services as customers
from core.db import db
from core.digits import narrow
from core.errors import Objection
from core.i18n import Sentence, _l
from core.roles import FIELD_ENGINEER, SENIOR_ENGINEER, SERVICE_MANAGER
from plugins.fieldservice.choices import ALL_SOLVED
from plugins.fieldservice.dispatching import wishes
from plugins.fieldservice.hooks import Admission
from plugins.fieldservice.models import Backup, ServiceRequest
from plugins.fieldservice.promises import note_missed
from plugins.fieldservice.visiting.services import note_notices
from plugins.hotline import services as hotline
from plugins.hotline.hooks import CallResult

if TYPE_CHECKING:
    from core.gate import Act
    from core.people import Person
    from plugins.hotline.models import Call

BACKUP_ROOT = "fieldservice.backup_root"
FIRST_CALL, VISIT, APPOINTMENT = PROMISES = (
    "fieldservice.first_call",
    "fieldservice.visit",
    "fieldservice.appointment",
)
BETWEEN_ACCOUNT_SETS = re.compile(r"[\s,;，；、]+")


def request_visit(act: Act) -> None:
    """Turn a call into a request in the same transaction: nothing can drop between the two (QP/2-04 5.3)."""
    gate.perform(
        "fieldservice.request",
        None,
        "register",
        act.actor,
        act.values,
        office=act.rules.office,
        given={"call": act.case},
    )


def register(act: Act) -> str:
    """Copy what the call knows, and let the contract say where the request goes."""
    request, call = act.case, act.given["call"]
    request.call_id, request.source, request.owner_id = call.id, call.channel, call.owner_id
    request.customer_id, request.installation_id = call.customer_id, call.installation_id
    request.customer, request.installation = call.customer, call.installation
    request.symptom, request.verified_at = call.symptom, act.now
    request.district = wishes.district_of(request.address)
    customers.note_verified(call.customer, act.now)
    return judge(act)


def judge(act: Act) -> str:
    """Bind to the step what the contract covers today and where the request goes; return where that is."""
    request = act.case
    entitlement = hotline.bound_entitlement(act, request.customer, request.installation)
    admission = act.decide("fieldservice_admission", customer=request.customer, entitlement=entitlement)
    where = Admission(admission.verdict.value)
    admit(request, entitlement, act.now if where is Admission.REGISTERED else None)
    return where


def recheck(act: Act) -> str:
    """What has come to light since counts, and the promise to the customer begins now (QI/02 file.missing)."""
    return judge(act)


def may_go_on(act: Act) -> Objection | None:
    """A request goes on when nothing would keep a new one waiting: the contract was found, or nobody asks now."""
    request = act.case
    covered = hotline.entitlement(act.rules, request.customer, request.installation, act.now).verdict
    asked = {"customer": request.customer, "entitlement": covered.value}
    decision = act.rules.decide("fieldservice_admission", **asked)
    verdict = decision.verdict
    if verdict.value == Admission.REGISTERED:
        return None
    return Objection(verdict.reason, verdict.clause, decision.decided_by.plugin)


def admit(request: ServiceRequest, entitlement: str, at: dt.datetime | None) -> None:
    """Note on what terms a request stands; the promises to the customer count from ``at`` (QI/03 3.2.7)."""
    request.entitlement = entitlement
    request.agreed_at = request.call_from = request.visit_from = at


def note_reason(request: ServiceRequest, reason: str) -> None:
    """Note why the request came to its end."""
    request.reason = reason


def note_charge(request: ServiceRequest, about: str, said: Sentence | None) -> None:
    """Note what was said to the customer of charges, so that it is printed above the signature (QR/03)."""
    kept = {name: one for name, one in (request.charges or {}).items() if name != about}
    request.charges = kept | ({about: said.to_json()} if said is not None else {})


def send_again(act: Act) -> None:
    """Send somebody again: a new number, linked to the first request (QI/05 3.2)."""
    gate.perform(
        "fieldservice.request",
        None,
        "follow_up",
        act.actor,
        office=act.rules.office,
        given={"previous": act.case},
    )


CARRIED_OVER = [
    "source",
    "owner_id",
    "customer_id",
    "customer",
    "installation_id",
    "contact",
    "phone",
    "address",
    "symptom",
    "asked_for",
    "wanted_time",
    "emergency",
    "district",
    "advice",
    "problem_type",
]


def follow_up(act: Act) -> None:
    """Carry over what the first request knew."""
    previous = act.given["previous"]
    for name in CARRIED_OVER:
        setattr(act.case, name, getattr(previous, name))
    act.case.previous_id = previous.id
    admit(act.case, previous.entitlement, act.now)


def companions(act: Act) -> dict[str, str]:
    """Return who may go along: staff of the office, nobody else (QI/05 3.2, QI/04 3.2.11).

    Seniors and field engineers; and the service manager, who goes out to serious losses (QI/02 product.payroll-mixed).
    """
    roles = (SENIOR_ENGINEER, FIELD_ENGINEER, SERVICE_MANAGER)
    people = [one for role in roles for one in act.rules.colleagues(role)]
    return {str(one.id): one.name for one in people}


def dispatch(act: Act) -> None:
    """Note when the request was dispatched (QR/04)."""
    act.case.dispatched_at = act.now


DONE_ON_SITE = (
    "backup_waived",
    "cause",
    "remedy",
    "tried",
    "tried_by",
    "prevention",
    "met",
    "not_shown",
    "other_problems",
    "phone_outcome",
    "planned_why",
)
SIGNED = ("result", "signed_by", "signature", "on_paper", "refused_because")
PHONED = ("phoned_at", "try_again_at", "planned_on", "planned_place")
COSTS = ("travel_cost", "material_cost", "other_cost")


def give_back(act: Act) -> None:
    """The request is nobody's again, and its next visit begins with nothing (QI/04 3.1.1, 3.2.2).

    The next engineer's phone call counts from his own dispatch; so does his visit, once somebody was there.
    """
    request = act.case
    # The visit stays promised and is missed in its time; these two are the engineer's, and end with him.
    note_missed(act, FIRST_CALL, APPOINTMENT)
    request.call_from = None
    request.visit_from = None if request.arrived_at else request.visit_from
    request.engineer_id = request.companion_id = None
    request.dispatched_at = request.appointment_at = request.arrived_at = request.looked_at = None
    for name in PHONED:
        setattr(request, name, None)
    for name in DONE_ON_SITE:
        setattr(request, name, "")


def promised_visit(act: Act) -> dt.datetime | None:
    """Return until when the visit is promised, while it is (QI/03 3.2.7)."""
    running = deadlines.of_case(act.procedure.name, act.case.id)
    return next((one.due_at for one in running if one.key == VISIT and one.state == deadlines.OPEN), None)


def reschedule(act: Act) -> None:
    """An appointment that has passed was missed, whatever is agreed on now (QI/04 3.2.1)."""
    note_missed(act, APPOINTMENT)


def cancel(act: Act) -> None:
    """Whoever waited in vain before it was cancelled has waited in vain."""
    note_missed(act, *PROMISES)


def arrive(act: Act) -> None:
    """Note when the engineer arrived, and what was to be kept at the door."""
    act.case.arrived_at = act.now
    note_notices(act)


def backup_path(root: str, engineer: Person, day: dt.date, account_set: str) -> str:
    """Return the folder of a back-up: root, engineer's initials and date, set (QI/04 3.1.6-backup)."""
    return f"{root}\\{engineer.initials}{day:%Y%m%d}\\{account_set}"


def backup_folder(act: Act, account_set: str, day: dt.date) -> str:
    """Return the folder for a back-up of an account set that is made on this visit on that day."""
    return backup_path(act.rules.parameter(BACKUP_ROOT), act.case.engineer, day, account_set)


def account_sets(text: str) -> list[str]:
    """Read the numbers of account sets, in whatever width they are typed: ``1，００2`` -> 001, 002."""
    return [part.zfill(3) for part in BETWEEN_ACCOUNT_SETS.split(narrow(text)) if part]


def back_up(act: Act) -> None:
    """Keep what was copied where on this visit, one row for each account set; the same set twice is one."""
    request, day = act.case, act.values["backup_day"] or hotline.today(act.rules, act.now)
    done = {copy.account_set for copy in request.copies}
    for account_set in sorted(set(account_sets(act.values["account_sets"])) - done):
        row = Backup(office_id=request.office_id, account_set=account_set, confirmed_at=act.now)
        row.arrived_at, row.path = request.arrived_at, backup_folder(act, account_set, day)
        request.backups.append(row)
    request.backup_waived = ""


def confirmed_twice(act: Act) -> list[str]:
    """Return the account sets of a back-up that had been confirmed on this visit before."""
    typed = set(account_sets(act.values["account_sets"]))
    earlier = {copy.account_set for copy in act.case.copies if copy.confirmed_at < act.now}
    return sorted(typed & earlier)


def solve(act: Act) -> None:
    """Who has found a remedy has not tried in vain."""
    act.case.tried = ""


def sign(act: Act) -> None:
    """Note when the customer signed (QI/04 3.1.7)."""
    act.case.signed_at = act.now


def turn_in(act: Act) -> None:
    """Note when the request came back (QR/04); what was left empty cost nothing."""
    act.case.turned_in_at = act.now
    for name in COSTS:
        setattr(act.case, name, getattr(act.case, name) or Decimal(0))


def settle_by_phone(act: Act, remedy: str) -> str:
    """Nobody need go: it comes back solved, and is reviewed as any other is (QR/04 form, QI/05 3.1)."""
    request = act.case
    deadlines.meet(act, (FIRST_CALL,))
    note_missed(act, VISIT, APPOINTMENT)
    deadlines.drop(act, PROMISES)
    request.result, request.remedy = ALL_SOLVED, remedy
    request.appointment_at = request.planned_at = request.planned_minutes = None
    turn_in(act)
    return "turned_in"


def back_to_engineer(act: Act) -> str:
    """What was signed counts no more; what was done on site stays done. Where nobody was, he is to go."""
    request = act.case
    for name in SIGNED:
        setattr(request, name, "")
    request.signed_at = request.turned_in_at = request.stamp_id = request.scan_id = None
    if not request.by_phone:
        return "on_site"
    request.phone_outcome = request.remedy = ""
    request.call_from = None
    for key in (FIRST_CALL, VISIT):
        deadlines.start(act, act.procedure.deadlines[key])
    return "dispatched"


def backed_up(act: Act) -> Objection | None:
    """Nothing is touched before it was copied, or there is a reason why not (QI/04 3.1.6-backup)."""
    if act.case.copies or act.case.backup_waived:
        return None
    text = _l(
        "First back up, and confirm it for each account set. "
        "If that cannot be, say why under “Work without a back-up”."
    )
    return Objection(text, "QI/04 3.1.6-backup")


def not_backed_up(act: Act) -> Sentence | None:
    """Nobody works without what he has made (QI/04 3.1.6-backup)."""
    return _l("The back-up of this visit was made.") if act.case.copies else None


def was_solved(act: Act) -> Sentence | None:
    """There is something to try only when the remedy is written down."""
    return None if act.case.remedy else _l("First write down cause and remedy.")


def was_tried(act: Act) -> Sentence | None:
    """The customer tries it before anything is explained."""
    return None if act.case.tried_by else _l("First let the customer try it.")


def was_explained(act: Act) -> Sentence | None:
    """The customer signs for something that was explained, or for what was tried in vain."""
    return (
        None
        if act.case.prevention or act.case.tried
        else _l("First explain the cause, and tell how to prevent it.")
    )


def is_solved(act: Act) -> Sentence | None:
    """What is not solved goes on: it is sent again, not closed."""
    solved = act.case.result == ALL_SOLVED
    return None if solved else _l("The problem is not solved. Call a case conference today (QI/05 3.1).")


def requests_of(calls: Sequence[Call]) -> list[CallResult]:
    """Return which of the hotline's calls became a request, and its number, for the hotline's log (QR/02)."""
    among = [call.id for call in calls]
    query = select(ServiceRequest.call_id, ServiceRequest.number).where(ServiceRequest.call_id.in_(among))
    return [
        CallResult(call_id=row.call_id, number=row.number, visit=True) for row in db.session.execute(query)
    ]
