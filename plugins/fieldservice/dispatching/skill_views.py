"""The page on which the support manager says who was trained for what."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from core.errors import Refused
from core.i18n import _
from core.web.access import actor, needs, these_rules, this_office
from plugins.fieldservice.dispatching import skills

pages = Blueprint("skills", __name__)


@pages.route("/<office>/fieldservice/skills", methods=["GET", "POST"], endpoint="grid")
@needs("fieldservice.keep_skills")
def grid(office: str) -> Any:
    """Engineers and products, a tick where somebody was trained and assessed (QI/02 internal.fixed-engineer)."""
    if request.method == "GET":
        return _page()
    wanted = {pair for one in request.form.getlist("skill") if (pair := _pair(one))}
    try:
        changed = skills.keep(these_rules(), wanted, actor(), request.form.get("seen", -1, type=int))
    except Refused as refused:
        return _page(frozenset(wanted), refused), 409
    flash(_("Saved: %(count)s changed.", count=changed) if changed else _("Nothing was changed."), "done")
    return redirect(url_for("fieldservice.skills.grid", office=this_office().code))


def _page(ticked: frozenset[skills.Pair] | None = None, refused: Refused | None = None) -> str:
    shown = skills.grid(these_rules())
    return render_template(
        "fieldservice/dispatching/skills.html",
        grid=shown,
        ticked=shown.known if ticked is None else ticked,
        refused=refused,
        clause_of=skills.TRAINED,
    )


def _pair(text: str) -> skills.Pair | None:
    """Read a tick, ``person-product``; nobody else's ticks have another shape."""
    person, _dash, product = text.partition("-")
    return (int(person), int(product)) if person.isdecimal() and product.isdecimal() else None
