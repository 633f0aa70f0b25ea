"""What the steps of a call do besides writing down what was asked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from core import gate
from core.customers import services as customers
from core.customers import values
from core.customers.models import Customer, Installation
from core.i18n import Sentence, _l
from plugins.hotline import drafts
from plugins.hotline.calls.who import PROMISE
from plugins.hotline.hooks import Entitlement
from plugins.hotline.knowledge.services import rewrite_knowledge as rewrite_knowledge
from plugins.hotline.knowledge.services import write_knowledge as write_knowledge
from plugins.hotline.links import services as links
from plugins.hotline.recovery.services import no_recovery as no_recovery
from plugins.hotline.roster.duty import on_duty as on_duty
from plugins.hotline.roster.reading import away_on as away_on
from plugins.hotline.vague import is_vague

if TYPE_CHECKING:
    from core.cases import Case
    from core.gate import Act
    from core.offices import Office
    from core.people import Actor
    from core.procedure import Procedure
    from core.rules import Rules
    from core.verdicts import Decision

HANDED_OVER_FOR = {str(Entitlement.EXPIRED): "expired", str(Entitlement.SEALED): "sealed"}


def says_nothing(text: str) -> bool:
    """Say whether nobody could learn anything from a text (QI/03 3.1.8)."""
    return is_vague(text)


def log(act: Act) -> None:
    """Whoever takes the call owns it until it is accepted elsewhere (QI/03 3.1.9)."""
    chosen = customers.of_office(act.values["customer_id"] or "", act.rules.office.id)
    act.case.customer = chosen or add_customer(act)
    act.case.customer_id = act.case.customer.id
    owned_from_the_start(act)
    links.link_logged(act)


def owned_from_the_start(act: Act) -> None:
    """Note who took the call: he owns it, and stands in the log of the day even when he owns it no more (QR/02)."""
    act.case.owner_id = act.case.taken_by_id = act.actor.person_id


def log_call(
    actor: Actor,
    office: Office,
    said: Mapping[str, Any],
    outcome: str = "",
    answers: Mapping[str, Any] | None = None,
    draft: str = "",
) -> list[tuple[Procedure, Case]]:
    """Log a call and take what follows from it, both or neither; return the cases that were made.

    The draft that it was ends with it; ``AlreadyLogged`` is raised when that draft is a call already.
    """
    with gate.together() as acts:
        call = gate.perform("hotline.call", None, "log", actor, said, office=office)
        if draft and actor.person_id is not None:
            drafts.end_with(office.id, actor.person_id, draft, call.id)
        if reply := replied(said):
            gate.perform("hotline.call", call, "reply", actor, reply)
        if outcome:
            gate.perform("hotline.call", call, outcome, actor, answers)
    return [(act.procedure, act.case) for act in acts if act.step.creates]


def replied(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return the reply that was given while the call was being logged; nothing when none was (QI/02)."""
    if not said.get("reply"):
        return {}
    return {"entry": said["reply"], "not_promised": bool(said.get("reply_not_promised"))}


def add_customer(act: Act) -> Customer:
    """Complete the file during the call, under a number of the office's own (QI/02 file.missing).

    The number is drawn before the call's own, which comes last: nobody draws the two the other way round.
    """
    said, office = act.values, act.rules.office
    number = customers.draw_file_number(office, act.now)
    product = _first_product(act)
    customer = customers.add_customer(
        office.id,
        file_number=number,
        name=said["new_customer"],
        contact=said["contact"],
        phone=said["phone"],
        address=said["new_address"] or "",
        installations=[product] if product else [],
    )
    act.case.installation_id = product.id if product else None
    act.recorded["file_number"] = number
    return customer


def _first_product(act: Act) -> Installation | None:
    said = act.values
    if not said["new_product_id"]:
        return None
    return Installation(
        office_id=act.rules.office.id,
        product_id=said["new_product_id"],
        version=said["new_version"] or "",
        serial_number=values.code(said["new_serial_number"] or "") or None,
        contract_date=said["new_contract_date"],
    )


def promise_open(act: Act) -> Sentence | None:
    """Only a promise that is still to be kept can be kept."""
    return None if act.case.promised_at else _l("No call back is promised. Promise one first, or go on.")


def phoned_first(act: Act) -> Sentence | None:
    """A call does not end over a call back that is owed, unless the end is that very call or passes it on."""
    call, step = act.case, act.step
    if not call.promised_at or PROMISE in (*step.meets, *step.drops):
        return None
    return _l(
        "The customer waits for a call back by %(moment)s. Phone first and take that step, then this one.",
        moment=call.promised_at,
    )


def keep_promise(act: Act) -> None:
    """The customer was phoned: nothing is promised any more (the time line and the deadline remember it)."""
    act.case.promised_at = None


def hand_over(act: Act) -> None:
    """Say why the regional manager gets the call: as it was chosen, else as the contract says (QI/03 3.2.6)."""
    call = act.case
    covered = bound_entitlement(act, call.customer, call.installation) if call.customer else ""
    call.handed_over_as = act.values["handed_over_as"] or HANDED_OVER_FOR.get(covered, "other")
    act.recorded["handed_over_as"] = call.handed_over_as


def today(rules: Rules, now: dt.datetime) -> dt.date:
    """The day it is in the office."""
    return now.astimezone(rules.office.zoneinfo).date()


def entitlement(
    rules: Rules, customer: Customer, installation: Installation | None, now: dt.datetime
) -> Decision:
    """Ask whether a customer is covered today, with everybody who answered."""
    day = today(rules, now)
    return rules.decide("hotline_entitlement", customer=customer, installation=installation, on=day)


def bound_entitlement(act: Act, customer: Customer, installation: Installation | None) -> str:
    """Ask whether a customer is covered today, and bind the verdict to the step."""
    day = today(act.rules, act.now)
    asked = act.decide("hotline_entitlement", customer=customer, installation=installation, on=day)
    return str(asked.verdict.value)
