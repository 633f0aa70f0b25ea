"""What every kind of case has: number, state, version, customer, owner."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from core.db import SharedRow

if TYPE_CHECKING:
    from core.customers.models import Customer
    from core.people import Person


class Case(SharedRow):
    """The columns of a case; its table and its own columns are the plugin's."""

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str | None] = mapped_column(String(24), unique=True)
    state: Mapped[str] = mapped_column(String(30), index=True)
    version: Mapped[int] = mapped_column(default=0)
    opened_at: Mapped[dt.datetime] = mapped_column(index=True)
    changed_at: Mapped[dt.datetime]
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("core_customer.id"), index=True)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("core_person.id"), index=True)

    @declared_attr
    @classmethod
    def customer(cls) -> Mapped[Customer | None]:
        return relationship("Customer", foreign_keys=[cls.customer_id], lazy="joined")

    @declared_attr
    @classmethod
    def owner(cls) -> Mapped[Person | None]:
        return relationship("Person", foreign_keys=[cls.owner_id], lazy="joined", join_depth=1)
