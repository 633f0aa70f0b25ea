"""Jobs on the command line: what is due, its turn, and the process that takes every turn."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import Result

from core import clock
from core.hooks import hookimpl
from core.i18n import Sentence
from core.plugins import PluginSet
from core.slots import Job
from tests.core.test_cli import KOUDAI, fine, has_line, home, inside, refused, run, shanghai  # noqa: F401

Run = Callable[..., Result]


class Clock:
    """A plugin's answer, given beside those of the hotline."""

    @hookimpl
    def core_jobs(self) -> list[Job]:
        return [
            Job(name="greet", title=Sentence("Greet"), every=60, does=lambda rules: None),
            Job(name="stumble", title=Sentence("Stumble"), every=60, does=lambda rules: 1 / 0),  # type: ignore[arg-type,return-value]
        ]


def hung_up(monkeypatch: Any) -> None:
    """Let every set of plugins have two jobs."""
    built = PluginSet.gather

    def gather(self: PluginSet, name: str, **inputs: Any) -> list[tuple[str, Any]]:
        own = [("hotline", one) for one in Clock().core_jobs()] if name == "core_jobs" else []
        return [*built(self, name, **inputs), *own]

    monkeypatch.setattr(PluginSet, "gather", gather)


def test_every_job_that_is_due_has_its_turn_and_a_failure_is_told(shanghai: Run, monkeypatch: Any) -> None:  # noqa: F811
    hung_up(monkeypatch)
    turned = shanghai("jobs", "run", "--office", "SH")
    assert turned.exit_code == 1
    assert "SH hotline.greet: done" in turned.output
    assert "SH hotline.stumble: failed. It broke off: ZeroDivisionError" in turned.output
    again = fine(shanghai("jobs", "run", "--office", "SH"))
    assert "hotline.greet" not in again
    listed = fine(shanghai("jobs", "list", "SH"))
    assert has_line(rf"hotline\.greet +Greet +60 +{clock.now():%Y}-.*", listed)
    assert has_line(r"hotline\.stumble .*ZeroDivisionError.*", listed)


def test_an_office_that_is_none_is_refused(shanghai: Run) -> None:  # noqa: F811
    assert "XX" in refused(shanghai("jobs", "run", "--office", "XX"))
    assert "XX" in refused(shanghai("jobs", "list", "XX"))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_process_that_takes_the_turns_ends_when_it_is_told_to(shanghai: Run, number: int) -> None:  # noqa: F811
    worker = subprocess.Popen([KOUDAI, "jobs", "work"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert worker.stdout is not None
    assert b"Ctrl-C" in worker.stdout.readline(), "it has begun"
    worker.send_signal(number)
    said = worker.communicate(timeout=60)[0].decode()
    assert (worker.returncode, "Traceback" in said) == (0, False)
