"""A message becomes a call that waits for somebody of the hotline (QP/2-04 5.2)."""

from __future__ import annotations

from collections.abc import Iterable

from core.clauses import house_rule
from core.deadlines import working_minutes
from core.forms import ReasonForm
from core.i18n import _l
from core.procedure import Column, Procedure
from core.roles import HOTLINE_ENGINEER, MAIL, Role
from plugins.hotline.mail import forms, services

TAKE = "hotline.take_mail"
WAITS = house_rule(_l("Nobody's mail lies unseen."))

MAIL_FACTS = (
    Column(name="sender", title=_l("Sender"), value=lambda one: one.sender),
    Column(
        name="received_on", title=_l("Date of the message, fax or letter"), value=lambda one: one.received_on
    ),
    Column(name="subject", title=_l("Subject"), value=lambda one: one.subject),
    Column(name="told", title=_l("In the customer's own words"), value=lambda one: one.told),
)


def add_states(call: Procedure) -> None:
    """Let a call wait for somebody before it is anybody's, not for ever."""
    call.state("received", _l("Waiting to be taken"), tone="alert")
    call.deadline(
        TAKE,
        title=_l("Take the message and ask what is missing"),
        within=working_minutes("hotline.mail_minutes"),
        owner=HOTLINE_ENGINEER,
        clause=WAITS,
    )


def add_steps(call: Procedure, desk: Iterable[Role], promise: str) -> None:
    """Let mail make calls, and the desk take them."""
    call.step(
        "receive",
        "-> received",
        title=_l("A message came in"),
        by=MAIL,
        clause="QP/2-04 5.2",
        form=forms.ReceiveForm,
        does=services.receive,
        starts=(TAKE,),
    )
    call.step(
        "accept",
        "received -> open",
        title=_l("Take the message"),
        by=desk,
        clause="QI/03 3.1.9",
        form=forms.AcceptForm,
        does=services.accept,
        meets=(TAKE,),
        starts=(promise,),
        tone="primary",
    )
    call.step(
        "decline",
        "received -> cancelled",
        title=_l("No call: advertising, or not for us"),
        by=desk,
        clause=WAITS,
        form=ReasonForm,
        tone="danger",
        voids=True,
    )
