"""A person's day on the seat with the leaves taken from it, and the frozen list that changes hands each morning."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.cases import Case
from core.db import Model, OfficeRow
from core.i18n import Sentence
from core.people import Person


class Shift(Model, Case):
    """One person's working day at the hotline (QI/03 3.1.1); the owner is who sits there."""

    __tablename__ = "hotline_shift"
    __table_args__ = (UniqueConstraint("office_id", "day", "owner_id"),)

    day: Mapped[dt.date]
    expected_from: Mapped[dt.datetime]
    signed_in_at: Mapped[dt.datetime | None]
    signed_out_at: Mapped[dt.datetime | None]
    excuse: Mapped[str] = mapped_column(Text, default="")
    leaves: Mapped[list[Leave]] = relationship(
        back_populates="shift", order_by="Leave.id", lazy="selectin", info={"api": False}
    )

    @property
    def leave(self) -> Leave | None:
        """The leave that was asked for last."""
        return self.leaves[-1] if self.leaves else None

    @property
    def minutes_away(self) -> int:
        """How long the person was away today, in whole minutes, leaves that have ended only."""
        return sum(one.minutes or 0 for one in self.leaves)


class Leave(Model, OfficeRow):
    """One time away from the post: asked, answered, gone, back (QI/03 3.1.3)."""

    __tablename__ = "hotline_leave"

    id: Mapped[int] = mapped_column(primary_key=True)
    shift_id: Mapped[int] = mapped_column(ForeignKey("hotline_shift.id"), index=True)
    why: Mapped[str] = mapped_column(Text)
    for_minutes: Mapped[int | None]
    rest_of_day: Mapped[bool] = mapped_column(default=False)
    asked_at: Mapped[dt.datetime | None]
    permitted: Mapped[bool | None]
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[dt.datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("core_person.id"))
    left_at: Mapped[dt.datetime | None]
    back_at: Mapped[dt.datetime | None]
    shift: Mapped[Shift] = relationship(back_populates="leaves")

    @property
    def minutes(self) -> int | None:
        """How long it took, in whole minutes; None while nobody went, or came back."""
        if self.left_at is None or self.back_at is None:
            return None
        return int((self.back_at - self.left_at).total_seconds()) // 60


class Handover(Model, Case):
    """One hand-over of what is unfinished from one duty manager to the next (QI/03 3.1.2)."""

    __tablename__ = "hotline_handover"
    __table_args__ = (UniqueConstraint("office_id", "day", "occasion", "turn"),)

    day: Mapped[dt.date]
    occasion: Mapped[str] = mapped_column(String(10))
    # A list that was given up is followed by another one of the same day.
    turn: Mapped[int] = mapped_column(default=1, server_default="1")
    lines_count: Mapped[int] = mapped_column(default=0)
    giver_id: Mapped[int | None] = mapped_column(ForeignKey("core_person.id"))
    alone: Mapped[str] = mapped_column(String(10), default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    given_at: Mapped[dt.datetime | None]
    taker_id: Mapped[int | None] = mapped_column(ForeignKey("core_person.id"))
    taken_at: Mapped[dt.datetime | None]
    note: Mapped[str] = mapped_column(Text, default="")
    giver: Mapped[Person | None] = relationship(foreign_keys=[giver_id], lazy="joined", join_depth=1)
    taker: Mapped[Person | None] = relationship(foreign_keys=[taker_id], lazy="joined", join_depth=1)


class HandoverLine(Model, OfficeRow):
    """One unfinished thing as it stood when the list was frozen, and what both said about it."""

    __tablename__ = "hotline_handover_line"
    __table_args__ = (Index("ix_hotline_handover_line_place", "handover_id", "place", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    handover_id: Mapped[int] = mapped_column(ForeignKey("hotline_handover.id"))
    place: Mapped[int]
    kind: Mapped[str] = mapped_column(String(10))
    procedure: Mapped[str] = mapped_column(String(60))
    subject_id: Mapped[int]
    number: Mapped[str] = mapped_column(String(24))
    heading: Mapped[str] = mapped_column(String(120))
    what: Mapped[str] = mapped_column(Text)
    task: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(30))
    state_title: Mapped[dict[str, Any]] = mapped_column(JSON)
    due_at: Mapped[dt.datetime | None]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("core_person.id"))
    assigned_id: Mapped[int | None] = mapped_column(ForeignKey("core_person.id"))
    taken_over: Mapped[bool] = mapped_column(default=False)
    giver_saw_at: Mapped[dt.datetime | None]
    taker_saw_at: Mapped[dt.datetime | None]
    # Several may go through a list, and one of them signs: what another one saw is not what he saw.
    taker_saw_id: Mapped[int | None] = mapped_column(ForeignKey("core_person.id"))
    contest: Mapped[str] = mapped_column(Text, default="")
    contested_at: Mapped[dt.datetime | None]
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[dt.datetime | None]
    owner: Mapped[Person | None] = relationship(foreign_keys=[owner_id], lazy="joined", join_depth=1)
    assigned: Mapped[Person | None] = relationship(foreign_keys=[assigned_id], lazy="joined", join_depth=1)

    @property
    def in_dispute(self) -> bool:
        """Whether the taker contests it and the giver has not answered."""
        return self.contested_at is not None and self.answered_at is None

    @property
    def whose(self) -> Person | None:
        """Who sees to it from now on."""
        return self.assigned or self.owner

    @property
    def task_title(self) -> Sentence | None:
        """What was to be done next."""
        return Sentence.from_json(self.task) if self.task else None

    @property
    def frozen_state(self) -> Sentence:
        """How it stood when the list was made."""
        return Sentence.from_json(self.state_title)
