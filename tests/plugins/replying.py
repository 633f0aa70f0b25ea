"""The means of tests to answer a customer by head office's catalogue (QI/02), and to read what stands at the desk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core.testing import SignIn, said

Chosen = Callable[..., str]


def reader(sign_in: SignIn) -> Chosen:
    """Read a reply at the desk's side, as it stands there for a customer."""

    def read(centre: Any, key: str, customer: Any = None, locale: str = "en") -> str:
        more = f"&customer_id={customer.id}" if customer else ""
        path = f"/{centre.office.code}/hotline/desk/reply?reply={key}{more}"
        return said(sign_in(centre.hotline, locale).get(path).text)

    return read


def replied(centre: Any, key: str, customer: Any = None, **more: Any) -> Any:
    """Log a call and answer it by the catalogue."""
    return centre.act(centre.log(customer), "reply", centre.hotline, entry=key, **more)


def promised(centre: Any, call: Any) -> dict[str, Any]:
    """Return what replies promised in a call and nobody has kept yet."""
    found = centre.promises(call).items()
    return {key: one for key, one in found if "hotline.reply_" in key and one.state == "open"}
