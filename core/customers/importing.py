"""Bringing a customer file in: a trial that only looks, then the import, one portion in one transaction.

Whoever continues a run starts where its last portion ended; the ledger gets one row at its end.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError

from core import clock, ledger
from core.customers.choices import refuse_faulty
from core.customers.history import Source, origin
from core.customers.import_models import ColumnMapping, ImportFile, ImportRefusal, ImportRun, RunState
from core.customers.lines import Problem, RefusedLine
from core.customers.portions import Examined, bring_in, examine
from core.customers.reading import Column, Reading, candidates, columns_to_choose, fingerprint, read_lines_of
from core.customers.sheet import Sheet, UnreadableSheet, read_sheet
from core.customers.tally import Tally
from core.db import db, writing
from core.errors import KoudaiError, NotFound
from core.i18n import Sentence, _l
from core.people import Actor, name_of
from core.switches import lock_office
from core.upkeep import look_at_tables

CLAUSE = "QI/03 3.2.7"
KEPT_UNDECIDED = dt.timedelta(days=7)
UNDECIDED = (RunState.COLUMNS, RunState.TRIAL, RunState.TRIED)
GOING = (RunState.TRIAL, RunState.IMPORTING)


class ImportBusy(KoudaiError):
    """Another file of the office is on its way in."""


# --- reading, before anything is written


def read_for(office_id: int, content: bytes, file_name: str, chosen: Mapping[str, str]) -> Reading:
    """Read a file with what the office once said of such columns, and with what is said now."""
    sheet = read_sheet(content, file_name)
    known = mapping_for(office_id, sheet)
    if chosen:
        refuse_faulty(sheet, known, chosen)
    reading = read_lines_of(sheet, {**known, **chosen})
    if not reading.lines:
        raise UnreadableSheet(
            _l("There is nothing under the header. Choose the file that holds the customers.")
        )
    return reading


def mapping_for(office_id: int, sheet: Sheet) -> dict[str, str]:
    """Return what somebody of the office once said of columns with these headings."""
    query = select(ColumnMapping).where(
        ColumnMapping.office_id == office_id, ColumnMapping.fingerprint.in_(set(candidates(sheet)))
    )
    found = db.session.scalars(query.order_by(ColumnMapping.set_at.desc()).limit(1)).first()
    return dict(found.mapping) if found else {}


def try_out(office_id: int, reading: Reading) -> Iterator[Examined]:
    """Look at a whole file, portion by portion, and write nothing at all."""
    start = 0
    while units := reading.portion(start):
        yield examine(office_id, reading, units)
        start += len(units)


# --- a run


def receive(
    office_id: int, content: bytes, file_name: str, actor: Actor, chosen: Mapping[str, str] | None = None
) -> ImportRun:
    """Keep a file until somebody decides on it; where its columns are not recognised, they can be named."""
    name = "".join(filter(str.isprintable, PurePath(file_name.replace("\\", "/")).name))[-120:]
    run = ImportRun(office_id=office_id, file_name=name, sha256=sha256_of(content))
    run.mapping, run.layout, run.state = _recognised(office_id, content, name, chosen or {})
    run.actor, run.actor_id, run.created_at = actor.name, actor.person_id, clock.now()
    run.cursor, run.tally = 0, {}
    with writing():
        _forget_undecided(office_id)
        db.session.add(run)
        db.session.flush()
        db.session.add(ImportFile(run_id=run.id, office_id=office_id, content=content))
        if chosen and run.layout:
            _remember_columns(run, actor)
    return run


def sha256_of(content: bytes) -> str:
    """Return by what a file is known again."""
    return hashlib.sha256(content).hexdigest()


def _recognised(
    office_id: int, content: bytes, name: str, chosen: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, Any], RunState]:
    try:
        reading = read_for(office_id, content, name, chosen)
    except UnreadableSheet as unreadable:
        if not unreadable.found:
            raise
        return {}, {}, RunState.COLUMNS
    return dict(reading.mapping), layout_of(reading), RunState.TRIAL


def layout_of(reading: Reading) -> dict[str, Any]:
    """Return what a report says of the file itself, which is gone by then."""
    header, sheet = reading.header, reading.sheet
    return {
        "cells": list(header.cells),
        "fields": {name: " ".join(header.cells[at].split()) for name, at in header.columns.items()},
        "unknown": list(header.unknown),
        "missing": list(header.missing),
        "skipped": dict(reading.skipped),
        "lines": reading.lines,
        "sheet": sheet.name,
        "other_sheets": list(sheet.other_sheets),
        "encoding": sheet.encoding,
    }


def find(run_id: int, office_id: int) -> ImportRun:
    """Return a run of the office, or NotFound."""
    query = select(ImportRun).where(ImportRun.id == run_id, ImportRun.office_id == office_id)
    run = db.session.scalars(query).one_or_none()
    if run is None:
        raise NotFound(_l("There is no such import here."))
    return run


def latest(office_id: int, most: int = 20) -> list[ImportRun]:
    """Return the office's last runs, the newest first."""
    query = select(ImportRun).where(ImportRun.office_id == office_id).order_by(ImportRun.id.desc())
    return list(db.session.scalars(query.limit(most)))


def unfinished(office_id: int) -> ImportRun | None:
    """Return the import that is going on in the office, or was left in the middle."""
    query = select(ImportRun).where(ImportRun.office_id == office_id, ImportRun.state == RunState.IMPORTING)
    return db.session.scalars(query.order_by(ImportRun.id).limit(1)).first()


def read_again(run: ImportRun) -> Reading | None:
    """Read the file of a run as it was understood; None when the file is gone, because the run has ended."""
    content = _content(run)
    return read_lines_of(read_sheet(content, run.file_name), run.mapping) if content else None


def _content(run: ImportRun) -> bytes | None:
    return db.session.scalar(select(ImportFile.content).where(ImportFile.run_id == run.id))


# --- its columns


def choices(run: ImportRun) -> list[Column]:
    """Return the columns of a run's file with samples, for somebody to say what they are."""
    content = _content(run)
    return columns_to_choose(read_sheet(content, run.file_name), run.mapping) if content else []


def name_columns(run_id: int, office_id: int, chosen: Mapping[str, str], actor: Actor) -> ImportRun:
    """Take a faultless choice of columns, remember it for the office, and let the trial begin anew."""
    run = find(run_id, office_id)
    content = _content(run) if run.state in UNDECIDED else None
    # A large file is read for many seconds: meanwhile others write.
    reading = read_lines_of(read_sheet(content, run.file_name), chosen) if content else None
    with writing():
        run = _locked(run_id, office_id)
        if reading and run.state in UNDECIDED:
            run.mapping, run.layout = dict(chosen), layout_of(reading)
            _restart(run, RunState.TRIAL)
            _remember_columns(run, actor)
    return run


def _remember_columns(run: ImportRun, actor: Actor) -> None:
    mark = fingerprint(run.layout["cells"])
    query = select(ColumnMapping).where(
        ColumnMapping.office_id == run.office_id, ColumnMapping.fingerprint == mark
    )
    row = db.session.scalars(query).one_or_none() or ColumnMapping(office_id=run.office_id, fingerprint=mark)
    row.mapping, row.set_by, row.set_at = dict(run.mapping), actor.name, clock.now()
    db.session.add(row)


# --- its work


def start(run_id: int, office_id: int, actor: Actor) -> ImportRun:
    """Let the import of a tried file begin; one that has begun already just goes on."""
    with writing():
        lock_office(office_id)
        run = _locked(run_id, office_id)
        if run.state not in (RunState.TRIAL, RunState.TRIED):
            return run
        other = unfinished(office_id)
        if other is not None:
            raise _busy(other)
        run.actor, run.actor_id = actor.name, actor.person_id
        _restart(run, RunState.IMPORTING)
    return run


def _busy(other: ImportRun) -> ImportBusy:
    return ImportBusy(
        _l(
            "The import of %(file)s, which %(actor)s began, is not finished. Continue or stop it first, "
            "on the page “Import customers”, or import that file again.",
            file=other.file_name,
            actor=name_of(other.actor_id, other.actor),
        )
    )


def import_at_once(
    office_id: int, content: bytes, file_name: str, actor: Actor, chosen: Mapping[str, str] | None = None
) -> Iterator[ImportRun]:
    """Import a file without asking, yielding the run after each portion; one that broke off is continued."""
    read_for(office_id, content, file_name, chosen or {})
    run = unfinished(office_id)
    if run is not None and run.sha256 != sha256_of(content):
        raise _busy(run)
    if run is None:
        run = start(receive(office_id, content, file_name, actor, chosen).id, office_id, actor)
    yield run
    reading = read_again(run)
    while reading is not None and run.state == RunState.IMPORTING:
        run = advance(run.id, office_id, reading)
        yield run


def advance(run_id: int, office_id: int, reading: Reading) -> ImportRun:
    """Do the next portion, in one transaction; of several who press at once, each does another one."""
    try:
        run = _advance(run_id, office_id, reading)
    except IntegrityError:  # somebody entered the same number a moment before: now it can be seen
        run = _advance(run_id, office_id, reading)
    if run.state == RunState.DONE:
        look_at_tables()
    return run


def _advance(run_id: int, office_id: int, reading: Reading) -> ImportRun:
    with writing():
        # Nobody is merged or moved while a portion writes to him.
        lock_office(office_id, shared=True)
        run = _locked(run_id, office_id)
        if run.state in GOING and reading.mapping == run.mapping:
            _do_portion(run, reading)
    return run


def _do_portion(run: ImportRun, reading: Reading) -> None:
    units = reading.portion(run.cursor)
    examined = examine(run.office_id, reading, units, lock=run.state == RunState.IMPORTING)
    tally = Tally(**run.tally)
    tally.add(examined.good, examined.changes, examined.refused)
    if run.state == RunState.IMPORTING:
        with origin(run.actor, run.actor_id, Source.IMPORT, run.file_name):
            bring_in(run.office_id, examined)
    if examined.refused:
        db.session.execute(insert(ImportRefusal), [_refusal(run, line) for line in examined.refused])
    run.cursor, run.tally = run.cursor + len(units), tally.to_json()
    if run.cursor >= len(reading.units):
        _end(run, RunState.DONE if run.state == RunState.IMPORTING else RunState.TRIED)


def _refusal(run: ImportRun, line: RefusedLine) -> dict[str, Any]:
    problems = [
        {"field": one.field, "reason": one.reason.to_json(), "value": one.value} for one in line.problems
    ]
    return {
        "office_id": run.office_id,
        "run_id": run.id,
        "line": line.line,
        "problems": problems,
        "cells": list(line.cells),
    }


def _end(run: ImportRun, state: RunState) -> None:
    """Close the trial or the import; after the import the file is not kept, and the ledger knows of it."""
    run.state = state
    if state == RunState.TRIED:
        return
    db.session.execute(delete(ImportFile).where(ImportFile.run_id == run.id))
    run.ended_at = clock.now()
    figures = {name: count for name, count in run.tally.items() if name != "reasons"}
    ledger.append(
        run.office_id,
        kind="import",
        action="customers",
        actor=run.actor,
        actor_id=run.actor_id,
        clause=CLAUSE,
        details={"file": run.file_name, "sha256": run.sha256, "complete": state == RunState.DONE, **figures},
    )


def stop(run_id: int, office_id: int, actor: Actor) -> ImportRun | None:
    """Break an import off, what came in stays; forget, and return None for, a file that was only tried."""
    with writing():
        run = _locked(run_id, office_id)
        if run.state in UNDECIDED:
            _forget([run.id])
            return None
        if run.state == RunState.IMPORTING:
            run.actor, run.actor_id = actor.name, actor.person_id
            _end(run, RunState.STOPPED)
    return run


def _locked(run_id: int, office_id: int) -> ImportRun:
    query = select(ImportRun).where(ImportRun.id == run_id, ImportRun.office_id == office_id)
    query = query.with_for_update().execution_options(populate_existing=True)
    run = db.session.scalars(query).one_or_none()
    if run is None:
        raise NotFound(_l("There is no such import here."))
    return run


def _restart(run: ImportRun, state: RunState) -> None:
    db.session.execute(delete(ImportRefusal).where(ImportRefusal.run_id == run.id))
    run.state, run.cursor, run.tally = state, 0, {}


def _forget_undecided(office_id: int) -> None:
    """Files on which nobody decided hold people's data for no purpose."""
    query = select(ImportRun.id).where(
        ImportRun.office_id == office_id,
        ImportRun.state.in_(UNDECIDED),
        ImportRun.created_at < clock.now() - KEPT_UNDECIDED,
    )
    _forget(list(db.session.scalars(query)))


def _forget(run_ids: Sequence[int]) -> None:
    if run_ids:
        for kept in (ImportRefusal, ImportFile):
            db.session.execute(delete(kept).where(kept.run_id.in_(run_ids)))
        db.session.execute(delete(ImportRun).where(ImportRun.id.in_(run_ids)))


# --- what it refused


def refused_by(run: ImportRun, start: int = 0, most: int | None = None) -> list[RefusedLine]:
    """Return the lines that a run refused, in the file's order."""
    query = select(ImportRefusal).where(ImportRefusal.run_id == run.id).order_by(ImportRefusal.line)
    rows: Iterable[ImportRefusal] = db.session.scalars(query.offset(start).limit(most))
    return [RefusedLine(line=row.line, problems=_problems(row), cells=tuple(row.cells)) for row in rows]


def _problems(row: ImportRefusal) -> tuple[Problem, ...]:
    return tuple(
        Problem(field=one["field"], reason=Sentence.from_json(one["reason"]), value=one["value"])
        for one in row.problems
    )
