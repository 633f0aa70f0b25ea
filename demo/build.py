"""Building the demo: in a file of its own that takes its place only when it is whole."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

from flask import Flask

from core import clock, migrate
from core.app import create_app
from core.db import db, see_offices
from core.errors import KoudaiError
from core.holidays_cn import national_days
from core.i18n import _l
from core.offices import all_offices, office_by_code
from core.rules import installed_plugins
from core.worktime import DEFAULT_INTERVALS, OfficeCalendar
from demo import house
from demo.desk import Desk
from demo.diary import Week, play
from demo.week import OfficeWeek

DATABASE, LOGINS, UNFINISHED = "koudai.db", "logins.txt", "building.db"


def prepare(home: Path) -> bool:
    """Build the demo unless it is there, bring its database up to date, and say if it was built."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone(home):
        if (home / DATABASE).exists():
            _refuse_other_data(home)
            with _app(home / DATABASE) as app:
                migrate.upgrade(app.config["SQLALCHEMY_DATABASE_URI"], installed_plugins())
            return False
        _build(home)
        return True


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Let two first starts at once build one demo."""
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _refuse_other_data(home: Path) -> None:
    if not (home / LOGINS).exists():
        raise KoudaiError(
            _l(
                "%(home)s holds a database that is no demo: choose another KOUDAI_HOME.",
                home=home,
            )
        )


def _build(home: Path) -> None:
    unfinished = home / UNFINISHED
    for left in home.glob(f"{UNFINISHED}*"):
        left.unlink()
    with _app(unfinished) as app:
        migrate.upgrade(app.config["SQLALCHEMY_DATABASE_URI"], installed_plugins())
        passwords = live_a_week()
    _write_logins(home / LOGINS, passwords)
    unfinished.replace(home / DATABASE)


@contextmanager
def _app(file: Path) -> Iterator[Flask]:
    """Open an app on a database file; at the end nothing of it is left in a second file."""
    app = create_app({"SQLALCHEMY_DATABASE_URI": f"sqlite:///{file}"})
    with app.app_context():
        try:
            yield app
        finally:
            db.session.remove()
            for engine in db.engines.values():
                engine.dispose()


def live_a_week() -> dict[str, str]:
    """Furnish the house on the morning of the first day, live the week, and return the passwords by login."""
    now = clock.now()
    before = Week.before(now, calendar_around(now.year))
    with clock.stopped_at(before.at(1, "07:30")):
        passwords = house.furnish(installed_plugins(), before.days[-1])
        see_offices(frozenset(all_offices()))
        weeks = [OfficeWeek(Desk(office_by_code(code)), before) for code in house.OFFICES]
        stories = [story for week in weeks for story in week.stories()]
    play(stories, until=now)
    return passwords


def calendar_around(year: int) -> OfficeCalendar:
    """Return the hours that both offices keep, before there is an office."""
    special = national_days(range(year - 1, year + 2))
    return OfficeCalendar(zone=ZoneInfo("Asia/Shanghai"), intervals=DEFAULT_INTERVALS, special=special)


def _write_logins(file: Path, passwords: dict[str, str]) -> None:
    """Keep the passwords for whoever may read the demo's own files, and nobody else."""
    fresh = file.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        out.writelines(f"{login} {password}\n" for login, password in passwords.items())
    fresh.replace(file)


def read_logins(home: Path) -> dict[str, str]:
    """Return the passwords by login, as they were when the demo was built."""
    lines = (home / LOGINS).read_text(encoding="utf-8").splitlines()
    return dict(line.split(" ", 1) for line in lines)
