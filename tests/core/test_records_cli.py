"""``koudai records check``: the numbers of a month, and an honest exit code."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import delete

from core import clock
from core.cli import koudai
from core.db import db, writing
from core.testing import House
from plugins.hotline.models import Call

Run = Callable[..., Result]


@pytest.fixture
def run(house: House, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, work: Any) -> Run:
    """Type a command, in an office that took three calls in November."""
    for name, value in (("HOME", str(tmp_path)), ("LANG", "en"), ("DATABASE", database_url)):
        monkeypatch.setenv(f"KOUDAI_{name}", value)
    office = house.office("SH", "hotline")
    with clock.stopped_at(dt.datetime(2026, 11, 23, 1, 0, tzinfo=dt.UTC)):
        for _ in range(3):
            work.called(office)
    db.session.remove()
    return lambda *words: CliRunner().invoke(koudai, ["records", "check", *words])


def test_a_month_in_order_ends_with_0(run: Run) -> None:
    result = run("SH", "2026-11")
    assert result.exit_code == 0
    assert result.stdout.split("\n")[1].split() == [
        "Call",
        "SH-H-2026-00001",
        "SH-H-2026-00003",
        *"330",
        "yes",
    ]


def test_a_month_with_a_gap_names_the_number_and_ends_with_1(run: Run, house: House) -> None:
    house.see()
    with writing():
        db.session.execute(delete(Call).where(Call.number == "SH-H-2026-00002"))
    db.session.remove()
    result = run("SH", "2026-11")
    assert result.exit_code == 1
    assert "No case and no void: SH-H-2026-00002" in result.stdout


def test_what_went_with_its_plugin_is_said_and_in_order(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.number_check.left_at", lambda office_id: {"hotline": 1000})
    result = run("SH", "2026-11")
    assert result.exit_code == 0
    gone = "SH-H-2026-00001, SH-H-2026-00002, SH-H-2026-00003"
    assert f"Removed with its plugin, and exported: {gone}" in result.stdout


def test_a_month_without_numbers_is_in_order(run: Run) -> None:
    result = run("SH", "2026-10")
    assert (result.exit_code, result.stdout) == (0, "No number was drawn in 2026-10.\n")


@pytest.mark.parametrize(
    ("words", "why"), [(("SH", "soon"), "is no month"), (("XX", "2026-11"), "no office XX")]
)
def test_what_is_not_there_is_named(run: Run, words: tuple[str, ...], why: str) -> None:
    result = run(*words)
    assert result.exit_code == 1
    assert why in result.stderr


def test_a_month_that_is_left_out_is_asked_for_in_its_form(run: Run) -> None:
    result = run("SH")
    assert result.exit_code == 2
    assert "Missing argument 'MONTH'. Write it like 2026-11." in " ".join(result.stderr.split())
