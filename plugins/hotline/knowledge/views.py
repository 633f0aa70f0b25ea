"""Known problems beside the call desk, while the symptom is typed (QI/01 flow)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, render_template, request

from core.customers import services as customers
from core.web.access import needs, this_office
from plugins.hotline.knowledge import finding

SYMPTOM = ("module", "operation", "happens", "message")
LONGEST = 1000
pages = Blueprint("known", __name__)


@pages.get("/<office>/hotline/desk/known")
@needs("hotline.read")
def suggested(office: str) -> str:
    """What is known already of what was typed so far: at the desk's search, or else in the symptom."""
    return render_template("hotline/knowledge/_panel.html", known=known_problems(request.args))


@pages.app_template_global("known_problems")
def known_problems(typed: Mapping[str, str]) -> list[Any]:
    """Return the entries of the support database that fit a call which is being typed."""
    asked = typed.get("help_q", "").strip()
    symptom = asked or "\n".join(typed.get(name, "") for name in SYMPTOM)
    return finding.suggested(this_office().id, symptom[-LONGEST:], _product(typed))


def _product(typed: Mapping[str, str]) -> int | None:
    customer = customers.of_office(typed.get("customer_id", ""), this_office().id)
    if customer is None:
        return None
    chosen = typed.get("installation_id", "")
    return next((one.product_id for one in customer.installations if str(one.id) == chosen), None)
