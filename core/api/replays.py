"""The same POST twice is one act: a key that the client chose leads back to what the first one made."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from core import clock
from core.cases import Case
from core.customers.models import Customer
from core.db import Model, OfficeRow, db

LONGEST_KEY = 80


class ApiReplay(Model, OfficeRow):
    """What was asked under a key of a token, and which case (or customer) came of it."""

    __tablename__ = "core_api_replay"
    __table_args__ = (UniqueConstraint("token_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_id: Mapped[int] = mapped_column(ForeignKey("core_api_token.id"))
    key: Mapped[str] = mapped_column(String(LONGEST_KEY))
    asked: Mapped[str] = mapped_column(String(64))
    subject_id: Mapped[int]
    at: Mapped[dt.datetime]


def digest_of(path: str, body: Any) -> str:
    """Return what tells one request from another."""
    return hashlib.sha256(json.dumps([path, body], sort_keys=True).encode()).hexdigest()


def found(token_id: int, key: str) -> ApiReplay | None:
    """Return what was done under a key before."""
    query = select(ApiReplay).where(ApiReplay.token_id == token_id, ApiReplay.key == key)
    return db.session.scalars(query).one_or_none()


def note(token_id: int, key: str, asked: str, case: Case | Customer) -> None:
    """Remember what came of a request, in the transaction that did it: of two at once one is refused."""
    row = ApiReplay(office_id=case.office_id, token_id=token_id, key=key, asked=asked, at=clock.now())
    row.subject_id = case.id
    db.session.add(row)
    db.session.flush()
