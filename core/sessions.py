"""Signing out for good: a session carries a key, and one that was ended opens to nobody, whoever copied its cookie."""

from __future__ import annotations

import datetime as dt
import secrets

from flask import Flask, Response, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from sqlalchemy import String, bindparam, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from core import clock
from core.asking import asked
from core.db import Model, db, insert_once, writing


class Sessions(SecureCookieSessionInterface):
    """Sessions in signed cookies; what a page asked in the background and was refused changes none.

    Its refusal may arrive after somebody signed in again elsewhere, and would sign him out at once, or after another
    answer has brought the token with which the page now sends, and would make it worthless.
    """

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Let an answer take the session along, unless it must not; an old browser does not tell what asked."""
        behind = request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate"
        if not (behind and (response.status_code >= 400 or "_user_id" not in session)):
            super().save_session(app, session, response)


class EndedSession(Model):
    """A session that was signed out, kept until its cookie would have run out anyway."""

    __tablename__ = "core_ended_session"

    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    until: Mapped[dt.datetime] = mapped_column(index=True)


_ENDED = select(EndedSession.__table__.c.key).where(EndedSession.__table__.c.key == bindparam("asked"))


def new_key() -> str:
    """Return the key of a fresh session."""
    return secrets.token_urlsafe(16)


def end(key: str, life: dt.timedelta) -> None:
    """End a session for every copy of its cookie, and forget those whose cookies have run out."""
    now = clock.now()
    with writing():
        db.session.execute(delete(EndedSession).where(EndedSession.until < now))
        insert_once(EndedSession, key=key, until=now + life)


def has_ended(key: str) -> bool:
    """Say whether a session was signed out."""
    return asked(_ENDED, asked=key).first() is not None
