"""The paper of a case: the print view, the kept originals, their copies. Looking is a GET, printing is a POST."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for

from core import paper, pdf, prints
from core.errors import KoudaiError, NotFound
from core.gate import Act
from core.i18n import _, _l
from core.records import Form, form_named
from core.web.access import case_here, needs, this_office
from core.web.cases import case_page, case_url, reads

pages = Blueprint("records", __name__, url_prefix="/<office>/<plugin>/<noun>/<number>/paper")
# A browser shows a PDF with a viewer of its own, which needs a style and an object.
POLICY = "default-src 'self'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"


@pages.get("/<record>")
@needs(reads)
def preview(office: str, plugin: str, noun: str, number: str, record: str) -> str:
    """The print view of a case as it stands: a preview, marked as no original; nothing is kept of it."""
    act, form = _open(plugin, noun, number, record)
    mark = _("Preview, not an original") if pdf.available() else _("Printed from the browser, not kept")
    back = case_url(act.procedure, number, _anchor="paper")
    return paper.as_page(paper.filled(form, act), preview=mark, back=back, available=pdf.available())


@pages.post("/<record>")
@needs(reads)
def print_original(office: str, plugin: str, noun: str, number: str, record: str) -> Any:
    """Print: make the original of the case as it stands, keep it, and show it."""
    act, form = _open(plugin, noun, number, record)
    try:
        print_id = prints.print_original(act, form)
    except KoudaiError as error:
        return _again(plugin, noun, number, str(error)), 409
    return redirect(_url("records.original", number, act, record=record, print_id=print_id), 303)


@pages.get("/<record>/<int(max=2147483647):print_id>.pdf")
@needs(reads)
def original(office: str, plugin: str, noun: str, number: str, record: str, print_id: int) -> Response:
    """The bytes of an original, as they were printed."""
    act, form = _open(plugin, noun, number, record, kept=True)
    return _pdf(prints.bytes_of(prints.find(act, form, print_id)), f"{number}-{record}.pdf")


@pages.post("/<record>/<int(max=2147483647):print_id>/copies")
@needs(reads)
def print_copy(office: str, plugin: str, noun: str, number: str, record: str, print_id: int) -> Any:
    """Print an original again: a copy, counted and logged, with the reason."""
    act, form = _open(plugin, noun, number, record)
    original, asked = prints.find(act, form, print_id), prints.why(act, request.form)
    if errors := asked.check():
        wrong = next(iter(errors.values()))[0]
        return case_page(
            act, copying={"print_id": original.id, "reason": request.form.get("reason", ""), "wrong": wrong}
        ), 422
    copy = prints.print_copy(act, form, print_id, asked.values()["reason"])
    return redirect(_url("records.copy", number, act, record=record, print_id=print_id, copy=copy), 303)


@pages.get("/<record>/<int(max=2147483647):print_id>-<int(max=2147483647):copy>.pdf")
@needs(reads)
def copy(office: str, plugin: str, noun: str, number: str, record: str, print_id: int, copy: int) -> Response:
    """A copy that was printed: the original under the copy's mark."""
    act, form = _open(plugin, noun, number, record, kept=True)
    found = prints.find(act, form, print_id)
    made = prints.copy_of(found, copy, act.rules.office.zoneinfo)
    return _pdf(made, f"{number}-{record}-{copy}.pdf")


@pages.get("/<record>/<int(max=2147483647):print_id>/copies")
@needs(reads)
def again(office: str, plugin: str, noun: str, number: str, record: str, print_id: int) -> Any:
    """Answer whoever opens a form's address (to reload, in another language) with the case."""
    act, _form = _open(plugin, noun, number, record)
    return redirect(case_url(act.procedure, number, _anchor="paper"))


def _open(plugin: str, noun: str, number: str, record: str, *, kept: bool = False) -> tuple[Act, Form]:
    act = case_here(f"{plugin}.{noun}", number)
    if act.case.office_id != this_office().id:
        # Paper is the office's own, whoever else may read the case.
        raise NotFound(_l("There is no %(number)s here.", number=record))
    forms = prints.readable(act) if kept else act.rules.plugins.forms
    return act, form_named(forms, record, act.procedure.name)


def _again(plugin: str, noun: str, number: str, said: str) -> str:
    """Show the case as it is now, with what kept it from being printed."""
    flash(said, "refused")
    return case_page(case_here(f"{plugin}.{noun}", number))


def _url(endpoint: str, number: str, act: Act, **more: Any) -> str:
    plugin, noun = act.procedure.plugin, act.procedure.noun
    return url_for(endpoint, office=this_office().code, plugin=plugin, noun=noun, number=number, **more)


def _pdf(made: bytes, name: str) -> Response:
    answer = Response(made, mimetype="application/pdf")
    answer.headers["Content-Security-Policy"] = POLICY
    answer.headers.set("Content-Disposition", "inline", filename=name)
    return answer
