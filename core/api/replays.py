"""The same POST twice is one act: a key that the client chose leads back to what the first one made."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Any

from sqlalchemy import ForeignKey, ScalarResult, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from core import clock
from core.api.tokens import ApiToken
from core.cases import Case
from core.customers.models import Customer
from core.db import Model, OfficeRow, db, insert_once

LONGEST_KEY = 80


class Repeated(Exception):
    """The key was used before, perhaps at this very moment."""


class ApiReplay(Model, OfficeRow):
    """What was asked under a key of a token, and which case came of it: of which procedure, or a customer of none."""

    __tablename__ = "core_api_replay"
    __table_args__ = (UniqueConstraint("token_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_id: Mapped[int] = mapped_column(ForeignKey("core_api_token.id"))
    key: Mapped[str] = mapped_column(String(LONGEST_KEY))
    asked: Mapped[str] = mapped_column(String(64))
    procedure: Mapped[str] = mapped_column(String(60))
    subject_id: Mapped[int]
    at: Mapped[dt.datetime]


def digest_of(path: str, body: Any) -> str:
    """Return what tells one request from another."""
    return hashlib.sha256(json.dumps([path, body], sort_keys=True).encode()).hexdigest()


def found(token_id: int, key: str) -> ApiReplay | None:
    """Return what was done under a key before."""
    return _under(token_id, key).one_or_none()


def _under(token_id: int, key: str) -> ScalarResult[ApiReplay]:
    return db.session.scalars(select(ApiReplay).where(ApiReplay.token_id == token_id, ApiReplay.key == key))


def claim(token: ApiToken, key: str, asked: str, procedure: str = "") -> None:
    """Claim a key first of all in the transaction that does what is asked, or raise ``Repeated``.

    Of two requests at once the second waits here for the first, and is answered with what came of it. The row is the
    token's office's, from which it is looked for, whosever the case is.
    """
    row = {"office_id": token.office_id, "token_id": token.id, "key": key, "asked": asked}
    if key and not insert_once(ApiReplay, **row, procedure=procedure, subject_id=0, at=clock.now()):
        raise Repeated


def keep(token: ApiToken, key: str, made: Case | Customer) -> None:
    """Remember what came of a request, in the transaction that claimed its key."""
    if key:
        _under(token.id, key).one().subject_id = made.id
