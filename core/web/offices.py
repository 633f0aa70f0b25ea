"""The tree of offices, as the head office's administrator sees and extends it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from wtforms import Form

from core.errors import Invalid, NotFound
from core.forms import ChoiceField, TextField
from core.i18n import Sentence, _, _l
from core.offices import OFFICE_KINDS, Office, OfficeKind, all_offices, open_office
from core.rules import Rules, installed_plugins
from core.switches import enabled_in
from core.web.access import actor, needs

pages = Blueprint("offices", __name__, url_prefix="/<office>/offices")
KINDS: dict[str, Sentence] = {kind: title for kind, title in OFFICE_KINDS.items() if kind != OfficeKind.HEAD}


class OfficeForm(Form):
    """A new office."""

    code = TextField(
        _l("Code"),
        limit=8,
        hint=_l("2 to 8 letters and digits; every number of the office begins with it, like SH."),
    )
    name_zh = TextField(_l("Name in Chinese"), limit=60)
    name_en = TextField(_l("Name in English"), limit=60, required=False)
    kind = ChoiceField(_l("Kind"), choices=KINDS, default=OfficeKind.OFFICE)
    parent = ChoiceField(_l("Below"))
    zone = TextField(_l("Time zone"), limit=40, default="Asia/Shanghai")


def _at_the_top(rules: Rules, view_args: Mapping[str, Any]) -> str:
    """Name the permission at head office; elsewhere there is no such page."""
    if rules.office.kind != OfficeKind.HEAD:
        raise NotFound(_l("Offices are opened by head office."))
    return "core.manage_office"


@pages.route("/", methods=["GET", "POST"])
@needs(_at_the_top)
def offices(office: str) -> Any:
    """The tree with what each office uses, and the form that opens one more."""
    form = OfficeForm(request.form if request.method == "POST" else None, parent=office)
    tree = all_offices()
    form.parent.offer({one.code: one.name for one in tree.values() if one.kind != OfficeKind.OFFICE})
    if request.method == "POST" and form.validate():
        try:
            opened = open_office(**_told(form), by=actor())
            flash(
                _(
                    "%(code)s %(name)s is open. Next: its plugins, its staff.",
                    code=opened.code,
                    name=opened.name,
                ),
                "done",
            )
            return redirect(url_for("offices.offices", office=office))
        except Invalid as wrong:
            form[wrong.field].errors = [wrong.sentence]
    return _page(form, tree), 422 if request.method == "POST" else 200


def _told(form: OfficeForm) -> dict[str, str]:
    return {field.name: field.data or "" for field in form}


def _page(form: OfficeForm, tree: dict[int, Office]) -> str:
    known, enabled = installed_plugins().installed, enabled_in(tree)
    used = {
        office_id: [known[name].manifest.title for name in sorted(names)]
        for office_id, names in enabled.items()
    }
    return render_template("core/office/offices.html", form=form, tree=tree, kinds=OFFICE_KINDS, used=used)
