"""Whose turn it is: every office's jobs, each held by one process while it runs, and again when that one died."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Select, select

from core import clock, safe_mode
from core.db import db, insert_once, see_offices, writing
from core.errors import KoudaiError, PluginError
from core.i18n import Sentence, _l
from core.jobs.models import JobClaim, JobTurn
from core.offices import Office, all_offices
from core.rules import Rules, rules_of
from core.slots import Job

log = logging.getLogger(__name__)
# Who holds a job for longer than this has died: another process begins anew.
HELD = dt.timedelta(minutes=10)


@dataclass(frozen=True, kw_only=True)
class Ran:
    """One turn of a job: whose, and what went wrong, if anything."""

    office: str
    job: str
    trouble: Sentence | None


def jobs_of(rules: Rules) -> dict[str, Job]:
    """Return the jobs of an office by name, like ``hotline.roster``; a plugin that fails to say its own is logged."""
    given = [(plugin, job) for plugin, job in rules.plugins.gather("core_jobs") if isinstance(job, Job)]
    return {f"{plugin}.{job.name}": job for plugin, job in sorted(given, key=lambda one: one[1].weight)}


def claim(office_id: int, job: str, key: str) -> bool:
    """Say, inside the transaction of a deed, whether it is still to be done; whoever comes later hears no.

    The key says which deed: a day, a month, the id of a message. It is for ever: a deed is never done twice.
    """
    return insert_once(JobClaim, office_id=office_id, job=job, key=key, claimed_at=clock.now())


def is_claimed(office_id: int, job: str, key: str) -> bool:
    """Say whether a deed was done before; ``claim`` alone decides, and this spares the work that goes before it."""
    where = (JobClaim.office_id == office_id, JobClaim.job == job, JobClaim.key == key)
    return db.session.scalar(select(JobClaim.id).where(*where)) is not None


def run_due(only: str = "") -> Iterator[Ran]:
    """Give every job that is due its turn, office by office (``only``: one office, by its code)."""
    closed = safe_mode.closed_offices()
    for office_id, code in [(one.id, one.code) for one in all_offices().values()]:
        if office_id in closed or only not in ("", code):
            continue
        see_offices(frozenset({office_id}))
        yield from _run_in(office_id)


def turns_of(office_id: int) -> dict[str, JobTurn]:
    """Return what is known of the jobs of an office, by name."""
    query = select(JobTurn).where(JobTurn.office_id == office_id)
    return {one.job: one for one in db.session.scalars(query)}


def _run_in(office_id: int) -> Iterator[Ran]:
    office = all_offices()[office_id]
    try:
        jobs = jobs_of(rules_of(office))
    except PluginError as error:
        log.error("no job of %s can run: %s", office.code, error)
        return
    known = {name: one.due_at for name, one in turns_of(office_id).items()}
    due = [name for name in jobs if name not in known or known[name] <= clock.now()]
    for name in due:
        if _hold(office_id, name):
            yield _run(office, name, jobs[name])


def _hold(office_id: int, name: str) -> bool:
    """Take a job for a while, unless somebody was faster; the row is there from its first turn on."""
    now = clock.now()
    with writing(frozenset({office_id})):
        insert_once(JobTurn, office_id=office_id, job=name, due_at=now, failures=0)
        turn = db.session.scalars(_turn(office_id, name).with_for_update()).one()
        free = turn.due_at <= now and (turn.held_until is None or turn.held_until <= now)
        if free:
            turn.held_until = now + HELD
    return free


def _run(office: Office, name: str, job: Job) -> Ran:
    """Let a job work with the rules of this moment; whatever it raises is kept, and breaks nobody else's turn."""
    office_id, code, trouble = office.id, office.code, None
    try:
        see_offices(frozenset({office_id}))
        job.does(rules_of(all_offices()[office_id]))
    except KoudaiError as error:
        trouble = error.sentence
    except Exception as error:
        log.exception("job %s of %s failed", name, code)
        trouble = _l("It broke off: %(kind)s. The server's log says where.", kind=type(error).__name__)
    _end(office_id, name, job, trouble)
    return Ran(office=code, job=name, trouble=trouble)


def _end(office_id: int, name: str, job: Job, trouble: Sentence | None) -> None:
    with writing(frozenset({office_id})):
        turn = db.session.scalars(_turn(office_id, name).with_for_update()).one()
        turn.ended_at, turn.held_until = clock.now(), None
        turn.due_at = clock.now() + dt.timedelta(minutes=job.every)
        turn.failures = turn.failures + 1 if trouble else 0
        turn.trouble = trouble.to_json() if trouble else None


def _turn(office_id: int, name: str) -> Select[JobTurn]:
    return select(JobTurn).where(JobTurn.office_id == office_id, JobTurn.job == name)
