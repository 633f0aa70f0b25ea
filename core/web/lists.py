"""What can be done with a list: keep its question under a name, choose its columns, take it away as a file."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, abort, flash, redirect, request, send_file, url_for

from core import clock, ledger
from core.db import writing
from core.errors import Invalid, KoudaiError
from core.i18n import _
from core.lists import cases, customers, export
from core.lists import saved as kept
from core.lists.declared import Listing
from core.lists.models import SavedFilter
from core.lists.question import COLUMNS, arranged
from core.rules import Rules
from core.web.access import actor, may, needs, these_rules, this_office
from core.web.listing import SAVED, Shown, address_of, asked_by
from core.web.undo import tell_undo

pages = Blueprint("lists", __name__, url_prefix="/<office>/lists/<plugin>/<noun>")
NAMING, RENAMING = "naming", "renaming"
FILES = {
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", export.write_xlsx),
    "csv": ("text/csv", lambda paper, what, _name: export.write_csv(paper, what)),
}


def _reads(rules: Rules, view_args: Mapping[str, Any]) -> str:
    name = f"{view_args['plugin']}.{view_args['noun']}"
    return "core.see_customers" if name == customers.NAME else rules.procedure(name).reads


def listing_named(name: str) -> Listing:
    """Return a list of the page's office as the reader may ask it."""
    rules = these_rules()
    if name == customers.NAME:
        return customers.listing_of(rules)
    return cases.listing_of(rules.procedure(name), rules, actor())


def _asked(plugin: str, noun: str) -> Shown:
    """Read the question that a form of the list carries along."""
    return asked_by(listing_named(f"{plugin}.{noun}"), request.form)


@pages.post("/save")
@needs(_reads)
def save(office: str, plugin: str, noun: str) -> Any:
    """Keep the question that is shown under a name."""
    asked = _asked(plugin, noun)
    name, shared = request.form.get("name", ""), "shared" in request.form and may("core.share_filters")
    try:
        with writing():
            listed, office_id = asked.listing.name, this_office().id
            made = kept.save(listed, office_id, actor(), name, asked.as_kept(), shared=shared).id
    except Invalid as wrong:
        flash(str(wrong.sentence), "refused")
        return redirect(asked.url(**{NAMING: name[:100]}))
    flash(_("The filter “%(name)s” stands above the list.", name=" ".join(name.split())), "done")
    return redirect(address_of(asked.listing, {SAVED: str(made)}))


@pages.post("/<int(max=2147483647):saved_id>/change")
@needs(_reads)
def change(office: str, plugin: str, noun: str, saved_id: int) -> Any:
    """Rename a filter and share it or not, or let it keep what is shown now."""
    asked = _asked(plugin, noun)
    try:
        with writing():
            one = _mine_to_change(asked.listing, saved_id)
            if request.form.get("deed") == "keep":
                kept.change(one, actor(), question=asked.as_kept())
            else:
                _rename(one)
    except Invalid as wrong:
        flash(str(wrong.sentence), "refused")
        return redirect(asked.url(**{RENAMING: request.form.get("name", "")[:100]}))
    flash(_("The filter is changed."), "done")
    return redirect(address_of(asked.listing, {SAVED: str(saved_id)}))


def _rename(one: SavedFilter) -> None:
    shared = "shared" in request.form if may("core.share_filters") else None
    kept.change(one, actor(), name=request.form.get("name", ""), shared=shared)
    if not one.shared:
        kept.forget_default(one)


def _mine_to_change(listing: Listing, saved_id: int) -> SavedFilter:
    """Find a filter that the reader may change: his own, or a shared one if he may share."""
    one = kept.find(saved_id, listing.name, this_office().id, actor().person_id)
    if one.person_id != actor().person_id and not may("core.share_filters"):
        abort(403)
    return one


@pages.post("/<int(max=2147483647):saved_id>/remove")
@needs(_reads)
def remove(office: str, plugin: str, noun: str, saved_id: int) -> Any:
    """Delete a filter, and offer to bring it back."""
    listing = listing_named(f"{plugin}.{noun}")
    with writing():
        one = _mine_to_change(listing, saved_id)
        kept.remove(one)
        name = one.name
    there: dict[str, Any] = {"office": office, "plugin": plugin, "noun": noun, "saved_id": saved_id}
    said = _("The filter “%(name)s” is deleted.", name=name)
    tell_undo(said, url_for("lists.restore", **there))
    return redirect(address_of(listing, {}))


@pages.post("/<int(max=2147483647):saved_id>/restore")
@needs(_reads)
def restore(office: str, plugin: str, noun: str, saved_id: int) -> Any:
    """Bring a deleted filter back."""
    listing = listing_named(f"{plugin}.{noun}")
    with writing():
        one = _mine_to_change(listing, saved_id)
        if one.removed_at is not None:
            kept.restore(one, actor())
    flash(_("The filter is back."), "done")
    return redirect(address_of(listing, {SAVED: str(saved_id)}))


@pages.post("/default")
@needs(_reads)
def default(office: str, plugin: str, noun: str) -> Any:
    """Let the list open with a filter from now on, or with everything."""
    listing, wanted = listing_named(f"{plugin}.{noun}"), request.form.get(SAVED, 0, type=int)
    with writing():
        me, here = actor(), this_office().id
        one = kept.find(min(wanted, 2**31 - 1), listing.name, here, me.person_id) if wanted > 0 else None
        default_id = one.id if one else None
        kept.open_with(listing.name, here, me.person_id or 0, default_id)
    flash(_("Your list opens with this from now on."), "done")
    return redirect(address_of(listing, {SAVED: str(default_id)} if default_id else {}))


@pages.post("/columns")
@needs(_reads)
def columns(office: str, plugin: str, noun: str) -> Any:
    """Choose the columns and their order; a column moves by one place at a time."""
    asked = _asked(plugin, noun)
    known = asked.listing.columns
    chosen = [name for name in request.form.getlist("show") if name in known]
    chosen = _moved(chosen, request.form.get("move", ""))
    if "reset" in request.form:
        chosen = []
    names = ",".join(arranged(asked.listing, chosen)) if chosen else ""
    with writing():
        kept.choose_columns(asked.listing.name, this_office().id, actor().person_id or 0, names)
    shown = {COLUMNS: (names or ",".join(asked.listing.usual)) if asked.active else ""}
    stays = {"choose": "1"} if request.form.get("move") else {}
    return redirect(asked.url(**shown, **stays))


def _moved(chosen: list[str], move: str) -> list[str]:
    """Exchange a column with its neighbour: ``symptom:up`` or ``symptom:down``."""
    name, _colon, way = move.partition(":")
    if name in chosen:
        at = chosen.index(name)
        to = max(0, min(len(chosen) - 1, at + (-1 if way == "up" else 1)))
        chosen[at], chosen[to] = chosen[to], chosen[at]
    return chosen


@pages.post("/export")
@needs("core.export_lists")
def export_list(office: str, plugin: str, noun: str) -> Any:
    """Hand over the list as it is shown, all its pages, and write down that it was taken."""
    if not may(_reads(these_rules(), {"plugin": plugin, "noun": noun})):
        abort(403)
    asked, kind = _asked(plugin, noun), request.form.get("format", "")
    if kind not in FILES:
        abort(400)
    listing, names = asked.listing, [one.name for one in asked.columns]
    paper, zone = io.BytesIO(), this_office().zoneinfo
    try:
        what = export.exported(listing, asked.question, names, zone)
        count = FILES[kind][1](paper, what, str(listing.title))
    except KoudaiError as refused:
        flash(str(refused.sentence), "refused")
        return redirect(asked.url())
    title, address = str(listing.title), this_office().code
    _write_down(listing, {"rows": count, "format": kind, "asked": asked.question.plain(), "columns": names})
    paper.seek(0)
    name = f"{address}-{title}-{clock.now().astimezone(zone):%Y%m%d}.{kind}".replace("/", "-")
    return send_file(paper, mimetype=FILES[kind][0], as_attachment=True, download_name=name, etag=False)


def _write_down(listing: Listing, details: dict[str, Any]) -> None:
    with writing():
        ledger.append(
            this_office().id,
            kind="export",
            action="export",
            actor=actor().name,
            actor_id=actor().person_id,
            procedure=listing.name,
            details=details,
        )
