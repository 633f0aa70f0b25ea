"""What an office's timer does: every job, when it was and will be its turn, and what went wrong."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from flask import Blueprint, Flask, g, render_template

from core import clock
from core.i18n import Sentence
from core.jobs.models import JobTurn
from core.jobs.turns import jobs_of, turns_of
from core.slots import Job
from core.web.access import may, needs, these_rules, this_office

pages = Blueprint("office_jobs", __name__, url_prefix="/<office>/settings/jobs")
# Whoever runs the jobs looks every few seconds: a turn that is overdue for longer is nobody's.
LATE = dt.timedelta(minutes=15)


@dataclass(frozen=True, kw_only=True)
class ShownJob:
    """A job with what is known of its turns; None before the first."""

    plugin: str
    job: Job
    turn: JobTurn | None

    @property
    def trouble(self) -> Sentence | None:
        """Why its last turn failed."""
        return Sentence.from_json(self.turn.trouble) if self.turn and self.turn.trouble else None

    @property
    def running(self) -> bool:
        """Whether some process is at it now."""
        return (
            self.turn is not None and self.turn.held_until is not None and self.turn.held_until > clock.now()
        )

    @property
    def late(self) -> bool:
        """Whether its turn has passed and nobody took it: no process works the jobs off."""
        return self.turn is not None and not self.running and self.turn.due_at + LATE < clock.now()


def init_jobs(app: Flask) -> None:
    """Let the tabs of an office's settings say how many of its jobs fail."""
    app.jinja_env.globals.update(failing_jobs=failing_jobs)


@pages.get("/")
@needs("core.manage_office")
def jobs(office: str) -> str:
    """Every job of the office; what fails comes first."""
    shown = sorted(jobs_here(), key=lambda one: one.trouble is None)
    return render_template("core/office/jobs.html", jobs=shown, late=any(one.late for one in shown))


def jobs_here() -> list[ShownJob]:
    """Return the office's jobs with their turns, read once for a page."""
    if "jobs_here" not in g:
        turns = turns_of(this_office().id)
        g.jobs_here = [
            ShownJob(plugin=name.partition(".")[0], job=job, turn=turns.get(name))
            for name, job in jobs_of(these_rules()).items()
        ]
    found: list[ShownJob] = g.jobs_here
    return found


def failing_jobs() -> int:
    """Count the jobs of this page's office whose last turn failed, or that nobody works off."""
    if not may("core.manage_office"):
        return 0
    return sum(one.trouble is not None or one.late for one in jobs_here())
