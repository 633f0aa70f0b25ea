"""What happened to the customer file: changes, merges, proposals and moves, each kept with who, when and why."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.customers.models import Customer
from core.db import Model, OfficeRow, SharedRow
from core.i18n import _l


class CustomerChange(Model, OfficeRow):
    """One field of a customer, contact or product that was changed; an empty field is the part as a whole."""

    __tablename__ = "core_customer_change"
    __table_args__ = (Index("ix_core_customer_change_customer", "customer_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("core_customer.id"))
    at: Mapped[dt.datetime]
    actor: Mapped[str] = mapped_column(String(40))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("core_person.id"))
    source: Mapped[str] = mapped_column(String(12))
    note: Mapped[str] = mapped_column(Text, default="")
    what: Mapped[str] = mapped_column(String(12))
    part_id: Mapped[int | None]
    part: Mapped[str] = mapped_column(String(120), default="")
    field: Mapped[str] = mapped_column(String(30))
    before: Mapped[str] = mapped_column(Text, default="")
    after: Mapped[str] = mapped_column(Text, default="")


class CustomerMerge(Model, OfficeRow):
    """Two customers made one: which rows went over and which fields were chosen, so that it can be undone exactly."""

    __tablename__ = "core_customer_merge"
    __table_args__ = (Index("ix_core_customer_merge_kept", "kept_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kept_id: Mapped[int] = mapped_column(ForeignKey("core_customer.id"))
    gone_id: Mapped[int] = mapped_column(ForeignKey("core_customer.id"), index=True)
    at: Mapped[dt.datetime]
    actor: Mapped[str] = mapped_column(String(40))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("core_person.id"))
    moved: Mapped[dict[str, Any]] = mapped_column(JSON)
    fields: Mapped[dict[str, Any]] = mapped_column(JSON)
    dropped: Mapped[list[int]] = mapped_column(JSON)
    undone_at: Mapped[dt.datetime | None]
    undone_by: Mapped[str] = mapped_column(String(40), default="")
    kept: Mapped[Customer] = relationship(foreign_keys=[kept_id])
    gone: Mapped[Customer] = relationship(foreign_keys=[gone_id])


class NotTwins(Model, OfficeRow):
    """Two customers who look alike, of whom somebody said that they are two; the smaller id comes first."""

    __tablename__ = "core_customer_not_twins"
    __table_args__ = (UniqueConstraint("first_id", "second_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    first_id: Mapped[int] = mapped_column(ForeignKey("core_customer.id"))
    second_id: Mapped[int] = mapped_column(ForeignKey("core_customer.id"))
    said_by: Mapped[str] = mapped_column(String(40))
    said_at: Mapped[dt.datetime]


class ProposalState(StrEnum):
    """What became of a proposal."""

    OPEN = "open"
    ACCEPTED = "accepted"
    PARTLY = "partly"
    DECLINED = "declined"


PROPOSAL_STATES = {
    ProposalState.OPEN: _l("Waits for the customer administrator"),
    ProposalState.ACCEPTED: _l("Accepted"),
    ProposalState.PARTLY: _l("Accepted in part"),
    ProposalState.DECLINED: _l("Declined"),
}


class Proposal(Model, OfficeRow):
    """A correction that a colleague proposes to the customer administrator (QI/03 3.2.7)."""

    __tablename__ = "core_customer_proposal"
    __table_args__ = (
        Index("ix_core_customer_proposal_queue", "office_id", "state", "id"),
        Index("ix_core_customer_proposal_customer", "customer_id", "state"),
        Index("ix_core_customer_proposal_by", "by_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("core_customer.id"))
    what: Mapped[str] = mapped_column(String(12))
    part_id: Mapped[int | None]
    part: Mapped[str] = mapped_column(String(120), default="")
    items: Mapped[list[dict[str, str]]] = mapped_column(JSON)
    why: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(String(10))
    at: Mapped[dt.datetime]
    by: Mapped[str] = mapped_column(String(40))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("core_person.id"))
    decided_at: Mapped[dt.datetime | None]
    decided_by: Mapped[str] = mapped_column(String(40), default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    customer: Mapped[Customer] = relationship(lazy="joined")


class MoveState(StrEnum):
    """How far a move to another office has come."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


MOVE_STATES = {
    MoveState.OFFERED: _l("Offered"),
    MoveState.ACCEPTED: _l("Moved"),
    MoveState.DECLINED: _l("Not taken over"),
    MoveState.WITHDRAWN: _l("Withdrawn"),
}


class CustomerMove(Model, SharedRow):
    """A customer who is to be served by another office: the offer, which that office reads, and its answer.

    ``shown`` is what the offering office tells of him; the file itself stays at home until the offer is accepted.
    """

    __tablename__ = "core_customer_move"
    __table_args__ = (
        Index("ix_core_customer_move_out", "office_id", "state", "id"),
        Index("ix_core_customer_move_in", "shared_office_id", "state", "id"),
        Index("ix_core_customer_move_customer", "customer_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("core_customer.id"))
    arrived_id: Mapped[int | None] = mapped_column(ForeignKey("core_customer.id"), index=True)
    file_number: Mapped[str] = mapped_column(String(24))
    arrived_as: Mapped[str] = mapped_column(String(24), default="")
    shown: Mapped[dict[str, Any]] = mapped_column(JSON)
    agreement: Mapped[str] = mapped_column(String(60))
    agreed_on: Mapped[dt.date]
    confirmed_by: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(10))
    offered_at: Mapped[dt.datetime]
    offered_by: Mapped[str] = mapped_column(String(40))
    ended_at: Mapped[dt.datetime | None]
    ended_by: Mapped[str] = mapped_column(String(40), default="")
    reason: Mapped[str] = mapped_column(Text, default="")


class CameAlong(Model, OfficeRow):
    """What a plugin knew of a customer in the office from which he moved, for its rules in this one."""

    __tablename__ = "core_customer_came_along"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("core_customer.id"), index=True)
    key: Mapped[str] = mapped_column(String(60))
    value: Mapped[str] = mapped_column(Text)
