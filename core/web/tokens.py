"""One's own tokens for the API, and the readable page of what an office's API can be asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from wtforms import Form

from core.api import openapi, tokens
from core.api.tokens import REACHES
from core.errors import Invalid
from core.forms import NumberField, TextField
from core.i18n import Sentence, _, _l
from core.procedure import Procedure
from core.web.access import may, needs, signed_in, these_rules, this_office

pages = Blueprint("tokens", __name__)
REACH = "reach-"
USUAL_DAYS = 90
REACH_TITLES: dict[str, Sentence] = {
    "": _l("nothing"),
    tokens.READ: _l("read"),
    tokens.ACT: _l("read and take steps"),
}


class TokenForm(Form):
    """What a token is for, and for how long."""

    name = TextField(_l("What it is for"), limit=60)
    days = NumberField(_l("Days until it expires"), minimum=1, maximum=366, default=USUAL_DAYS)


@pages.get("/me/tokens")
@signed_in
def mine() -> str:
    """Every token of one's own, in whatever office."""
    mine = tokens.of_person(current_user.id)
    return render_template("core/api/tokens.html", tokens=mine, reaches=REACH_TITLES)


@pages.post("/me/tokens/<int(max=2147483647):token_id>/revoke")
@signed_in
def revoke(token_id: int) -> Any:
    """Take a token back; what uses it is turned away from now on."""
    flash(_("“%(name)s” opens nothing any more.", name=tokens.revoke(current_user, token_id)), "done")
    return redirect(url_for("tokens.mine"))


@pages.get("/<office>/api/")
@needs("core.use_api")
def described(office: str) -> str:
    """What can be asked of this office, and the form for a token of one's own."""
    return _page(TokenForm(), {})


@pages.post("/<office>/api/")
@needs("core.use_api")
def make(office: str) -> Any:
    """Make a token and show it, once."""
    form, reach = TokenForm(request.form), _reach()
    if form.validate():
        try:
            secret = tokens.make(current_user, this_office(), form.name.data, reach, form.days.data)
            return render_template("core/api/made.html", secret=secret, name=form.name.data)
        except Invalid as wrong:
            return _page(form, reach, wrong), 422
    return _page(form, reach), 422


def _reach() -> dict[str, str]:
    chosen = {name: request.form.get(f"{REACH}{name}", "") for name in _collections()}
    return {name: how for name, how in chosen.items() if how in REACHES}


def _collections() -> dict[str, Sentence | str]:
    """Return the collections that the reader may see here, with their titles."""
    seen = {one.collection: one.title for one in _procedures()}
    return {**seen, **({"customers": _("Customers")} if may("core.see_customers") else {})}


def _procedures() -> list[Procedure]:
    return [one for one in these_rules().plugins.procedures.values() if may(one.reads)]


def _operations(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the operations with what they take, for the page."""
    for path, methods in document["paths"].items():
        for method in ("get", "post"):
            told = methods.get(method)
            if told is not None:
                content = told.get("requestBody", {}).get("content", {}).get("application/json", {})
                body = {"properties": {}, "required": [], **content.get("schema", {})}
                yield {
                    "tag": told["tags"][0],
                    "method": method.upper(),
                    "path": path,
                    "told": told,
                    "body": body,
                }


def _page(form: TokenForm, reach: dict[str, str], wrong: Invalid | None = None) -> str:
    document = openapi.document(these_rules())
    return render_template(
        "core/api/described.html",
        document=document,
        operations=list(_operations(document)),
        collections=_collections(),
        reach=reach,
        reaches=REACH_TITLES,
        form=form,
        wrong=wrong,
    )
