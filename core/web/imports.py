"""The customer file in the browser: choose it, name its columns, see the trial, import it."""

from __future__ import annotations

import io
import time
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, send_file, url_for

from core.customers import importing
from core.customers.choices import faults_of
from core.customers.fields import FIELD_LABELS
from core.customers.import_models import RUN_STATES, ImportRun, RunState
from core.customers.importing import GOING, UNDECIDED, ImportBusy
from core.customers.rejects import reject_file
from core.customers.sheet import MAX_MEGABYTES, UnreadableSheet
from core.customers.tally import Tally
from core.i18n import Sentence, _, _l
from core.web.access import actor, needs, this_office
from core.web.paging import page_number

pages = Blueprint("imports", __name__, url_prefix="/<office>/customers/import")
ONE = "/<int(max=2147483647):run_id>"
PAGE = 50
# What one request works: short enough to wait for without a word, or with a bar that moves.
SECONDS_OF_WORK = 4.0
TONES = {RunState.IMPORTING: "alert", RunState.DONE: "done", RunState.STOPPED: "off"}


@pages.get("/", strict_slashes=False)
@needs("core.import_customers")
def index(office: str) -> str:
    """Choose a file, or see what became of the last ones."""
    return _index()


def _index(fault: Sentence | None = None) -> str:
    runs = importing.latest(this_office().id)
    going = importing.unfinished(this_office().id)
    return render_template(
        "core/imports/index.html",
        runs=[(run, Tally(**run.tally)) for run in runs],
        going=going,
        fault=fault,
        most=MAX_MEGABYTES,
        **_words(),
    )


def _words() -> dict[str, Any]:
    return {"states": RUN_STATES, "tones": TONES, "labels": FIELD_LABELS}


@pages.post("/")
@needs("core.import_customers")
def upload(office: str) -> Any:
    """Take a file in and try it out; its customers wait until somebody says so."""
    given = request.files.get("file")
    if given is None or not given.filename:
        return _index(_l("Choose a file first.")), 422
    try:
        run = importing.receive(this_office().id, given.read(), given.filename, actor())
    except UnreadableSheet as unreadable:
        return _index(_l("%(file)s: %(why)s", file=given.filename, why=unreadable.sentence)), 422
    return redirect(_address(_work(run.id)))


def _work(run_id: int) -> ImportRun:
    """Do one portion of a run and, while there is time, the next; what waits for somebody's word stays."""
    office_id = this_office().id
    run = importing.find(run_id, office_id)
    reading = importing.read_again(run) if run.state in GOING else None
    # To read the file is the dearest part of a large one: it is read once, then worked on for some seconds.
    enough = time.monotonic() + SECONDS_OF_WORK
    while reading is not None and run.state in GOING:
        run = importing.advance(run_id, office_id, reading)
        if time.monotonic() >= enough:
            break
    return run


def _address(run: ImportRun) -> str:
    page = "imports.columns" if run.state == RunState.COLUMNS else "imports.run"
    return url_for(page, office=this_office().code, run_id=run.id)


@pages.get(ONE)
@needs("core.import_customers")
def run(office: str, run_id: int) -> Any:
    """One file: how far it has come, what the trial or the import found, and which lines were refused."""
    found = importing.find(run_id, this_office().id)
    if found.state == RunState.COLUMNS:
        return redirect(_address(found))
    page = page_number()
    refused = importing.refused_by(found, (page - 1) * PAGE, PAGE + 1)
    return render_template(
        "core/imports/run.html",
        run=found,
        tally=Tally(**found.tally),
        refused=refused[:PAGE],
        more=len(refused) > PAGE,
        page=page,
        **_words(),
    )


@pages.route(f"{ONE}/columns", methods=["GET", "POST"])
@needs("core.import_customers")
def columns(office: str, run_id: int) -> Any:
    """Say what the columns of a file are; the office's next file with these headings is read the same way."""
    found = importing.find(run_id, this_office().id)
    if found.state not in UNDECIDED:
        return redirect(_address(found))
    known = importing.choices(found)
    if request.method == "GET":
        return _columns_page(found, {column.heading: column.field for column in known})
    chosen = {column.heading: request.form.get(f"column-{at}", "") for at, column in enumerate(known)}
    faults = faults_of(chosen)
    if faults:
        return _columns_page(found, chosen, faults), 422
    importing.name_columns(run_id, this_office().id, chosen, actor())
    return redirect(_address(_work(run_id)))


def _columns_page(
    run: ImportRun, chosen: Mapping[str, str], faults: Mapping[str, Sentence] | None = None
) -> str:
    return render_template(
        "core/imports/columns.html",
        run=run,
        columns=importing.choices(run),
        chosen=chosen,
        faults=faults or {},
        **_words(),
    )


@pages.post(f"{ONE}/import")
@needs("core.import_customers")
def start(office: str, run_id: int) -> Any:
    """Let a tried file in; its page shows how it goes on."""
    try:
        return redirect(_address(importing.start(run_id, this_office().id, actor())))
    except ImportBusy as busy:
        flash(str(busy), "refused")
        return redirect(url_for("imports.index", office=office))


@pages.post(f"{ONE}/advance")
@needs("core.import_customers")
def advance(office: str, run_id: int) -> Any:
    """Do the next part of a trial or an import; the page's bar asks for it until there is no more."""
    if not request.headers.get("HX-Request"):
        return redirect(_address(_work(run_id)))
    found = _work(run_id)
    page = render_template("core/imports/_progress.html", run=found, tally=Tally(**found.tally))
    answer = make_response(page)
    if found.state not in GOING:
        answer.headers["HX-Redirect"] = _address(found)
    return answer


@pages.post(f"{ONE}/stop")
@needs("core.import_customers")
def stop(office: str, run_id: int) -> Any:
    """Break an import off, or forget a file that was only tried."""
    stopped = importing.stop(run_id, this_office().id, actor())
    if stopped is not None:
        return redirect(_address(stopped))
    flash(_("The file is forgotten. No customer was changed."), "done")
    return redirect(url_for("imports.index", office=office))


@pages.get(f"{ONE}/refused.csv")
@needs("core.import_customers")
def refused(office: str, run_id: int) -> Any:
    """The refused lines with their reasons, to be corrected and imported again."""
    found = importing.find(run_id, this_office().id)
    content = reject_file(importing.refused_by(found), found.layout.get("cells", []))
    name = f"{PurePath(found.file_name).stem}-refused.csv"
    return send_file(io.BytesIO(content), mimetype="text/csv", as_attachment=True, download_name=name)
