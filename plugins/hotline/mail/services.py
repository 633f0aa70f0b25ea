"""What the steps of a message do besides writing down what was asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.hotline.mail.matching import customer_named, customer_of
from plugins.hotline.services import add_customer, owned_from_the_start

if TYPE_CHECKING:
    from core.gate import Act
    from plugins.hotline.mail.intake import Parcel


def receive(act: Act) -> None:
    """Keep what the message says, and guess whose it is; its files hang on the call once it has a number."""
    parcel: Parcel | None = act.given.get("parcel")
    act.case.channel = "email"
    if parcel is None:
        return
    act.case.told = parcel.told
    words = f"{act.case.subject}\n{parcel.letter.text}"
    act.case.customer = customer_of(act.rules.office.id, act.case.sender, words)
    act.recorded["message_id"] = parcel.letter.message_id
    act.afterwards.append(parcel.deliver)


def accept(act: Act) -> None:
    """Whoever takes the message owns it until it is accepted elsewhere (QI/03 3.1.9)."""
    typed = act.values["whose"]
    chosen = customer_named(act.rules.office.id, typed)[0] if typed else None
    act.case.customer = chosen or add_customer(act)
    act.case.customer_id = act.case.customer.id
    owned_from_the_start(act)
