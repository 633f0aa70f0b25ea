"""What the steps of a complaint do besides writing down what was asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core import gate

if TYPE_CHECKING:
    from core.gate import Act


def complain(act: Act) -> None:
    """Turn a call into a complaint in the same transaction."""
    gate.perform(
        "quality.complaint",
        None,
        "log",
        act.actor,
        act.values,
        office=act.rules.office,
        given={"call": act.case},
    )


def log(act: Act) -> None:
    """Keep who complains, and from which call."""
    call = act.given["call"]
    act.case.call_id, act.case.customer_id, act.case.customer = call.id, call.customer_id, call.customer
    act.case.owner_id = act.actor.person_id
