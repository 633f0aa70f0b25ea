"""The throttle at the door: attempts to sign in are counted before they are judged."""

from __future__ import annotations

import datetime as dt
import math
import zlib
from typing import Any

from sqlalchemy import Index, String, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from core import clock
from core.db import ATTEMPTS, Model, advisory_lock, db, writing
from core.errors import KoudaiError
from core.i18n import Sentence, _l

THROTTLED_FOR = dt.timedelta(minutes=15)
MOST_PER_LOGIN, MOST_PER_ADDRESS = 5, 20


class LoginFailure(Model):
    """One attempt to sign in that did not succeed; a success clears those of its login."""

    __tablename__ = "core_login_failure"
    __table_args__ = (
        Index("ix_core_login_failure_login", "login", "at"),
        Index("ix_core_login_failure_address", "address", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(40))
    address: Mapped[str] = mapped_column(String(45))
    at: Mapped[dt.datetime]


class SignInRefused(KoudaiError):
    """Login and password do not fit."""


class Throttled(SignInRefused):
    """Too many attempts failed; not even the right password helps before the time has passed."""


def note(login: str, address: str) -> int:
    """Count an attempt as failed before it is judged, so that attempts at the same time count too."""
    now = clock.now()
    with writing():
        advisory_lock(ATTEMPTS, zlib.crc32(login.encode()))
        forget(LoginFailure.at < now - THROTTLED_FOR)
        _refuse_throttled(LoginFailure.login, login, MOST_PER_LOGIN, now)
        if address:
            _refuse_throttled(LoginFailure.address, address, MOST_PER_ADDRESS, now)
        attempt = LoginFailure(login=login, address=address, at=now)
        db.session.add(attempt)
        db.session.flush()
        return attempt.id


def _refuse_throttled(column: Any, value: str, most: int, now: dt.datetime) -> None:
    newest = select(LoginFailure.at).where(column == value).order_by(LoginFailure.at.desc())
    first = db.session.scalar(newest.offset(most - 1).limit(1))
    if first is not None:
        minutes = math.ceil((first + THROTTLED_FOR - now) / dt.timedelta(minutes=1))
        raise Throttled(_too_often(max(minutes, 1)))


def _too_often(minutes: int) -> Sentence:
    return _l(
        "Too many attempts failed. Wait %(minutes)s min, or ask an administrator for a link.",
        minutes=minutes,
    )


def forget(which: Any) -> None:
    """Let failed attempts be forgotten."""
    db.session.execute(delete(LoginFailure).where(which))
