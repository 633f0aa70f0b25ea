"""Whom a step concerns without its being his: the support manager, the service manager, who goes along, who waits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from core.i18n import Sentence, _l
from core.roles import DUTY_MANAGER, SERVICE_MANAGER, SUPPORT_MANAGER, Role
from core.slots import Tell

if TYPE_CHECKING:
    from core.gate import Act

PAYROLL = "product.payroll-mixed"


def notices(act: Act) -> list[Tell]:
    """Return whom to tell of a step; whoever took it knows."""
    told = TOLD.get((act.procedure.name, act.step.name))
    return [one for one in told(act) if one.person_id != act.actor.person_id] if told else []


def _all(act: Act, role: Role, sentence: Sentence) -> Iterator[Tell]:
    return (Tell(person_id=one.id, sentence=sentence) for one in act.rules.colleagues(role))


def _customer(act: Act) -> str:
    return act.case.customer.name if act.case.customer else ""


def _of_going_on(act: Act) -> Iterator[Tell]:
    """The support manager hears of what is not solved and goes out again, or to head office (QP/2-04 5.6)."""
    text = {
        "send_again": _l("%(customer)s: not solved yet, somebody is sent again.", customer=_customer(act)),
        "escalate": _l("%(customer)s: not solved yet, it is before head office.", customer=_customer(act)),
    }
    return _all(act, SUPPORT_MANAGER, text[act.step.name])


def _of_going_along(act: Act) -> Iterator[Tell]:
    if act.case.companion_id:
        going = {"name": act.case.engineer.name, "customer": _customer(act)}
        text = _l("You go along with %(name)s to %(customer)s.", **going)
        yield Tell(person_id=act.case.companion_id, sentence=text)


def _of_answer(act: Act) -> Iterator[Tell]:
    text = _l("%(customer)s: head office has answered. Try it here.", customer=act.case.customer_name)
    return _all(act, DUTY_MANAGER, text)


def _of_loss(act: Act) -> Iterator[Tell]:
    """The service manager hears at once of mixed-up payroll, and visits too (QI/02 product.payroll-mixed)."""
    text = _l("%(customer)s: payroll was mixed up, with a loss. You visit too.", customer=_customer(act))
    return _all(act, SERVICE_MANAGER, text) if act.values["entry"] == PAYROLL else iter(())


def _of_question(act: Act) -> Iterator[Tell]:
    """Whoever can answer hears of it at once, and does not wait until head office is asked again (QP/2-04 5.6)."""
    text = _l("%(customer)s: head office wants to know more. Answer it.", customer=act.case.customer_name)
    return _on_the_problem(act, text)


def _of_failure(act: Act) -> Iterator[Tell]:
    """Whoever asks head office on, and whoever tells the customer, hear that its answer was none (QI/05 3.7)."""
    text = _l("%(customer)s: head office's answer does not work here.", customer=act.case.customer_name)
    return _on_the_problem(act, text)


def _on_the_problem(act: Act, text: Sentence) -> Iterator[Tell]:
    yield from _all(act, DUTY_MANAGER, text)
    if act.case.owner_id and act.case.owner_id not in {one.id for one in act.rules.colleagues(DUTY_MANAGER)}:
        yield Tell(person_id=act.case.owner_id, sentence=text)


TOLD = {
    ("hotline.call", "reply"): _of_loss,
    ("fieldservice.request", "send_again"): _of_going_on,
    ("fieldservice.request", "escalate"): _of_going_on,
    ("fieldservice.request", "dispatch"): _of_going_along,
    ("fieldservice.escalation", "answer"): _of_answer,
    ("fieldservice.escalation", "ask_back"): _of_question,
    ("fieldservice.escalation", "fail"): _of_failure,
}
