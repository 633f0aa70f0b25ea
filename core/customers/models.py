"""Customers, their contacts, sites and products: core owns them; sealing and money are billing's."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, and_, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Model, OfficeRow

KEY_LENGTH = 16
Key = String(KEY_LENGTH).with_variant(String(KEY_LENGTH, collation="C"), "postgresql")


class Customer(Model, OfficeRow):
    """One unit that bought software, under the file number of its office."""

    __tablename__ = "core_customer"
    __table_args__ = (UniqueConstraint("office_id", "file_number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    file_number: Mapped[str] = mapped_column(String(24))
    name: Mapped[str] = mapped_column(String(120), active_history=True)
    address: Mapped[str] = mapped_column(String(200), default="", active_history=True)
    fax: Mapped[str] = mapped_column(String(40), default="", active_history=True)
    regional_manager: Mapped[str] = mapped_column(String(40), default="", active_history=True)
    salesperson: Mapped[str] = mapped_column(String(40), default="", active_history=True)
    note: Mapped[str] = mapped_column(Text, default="", active_history=True)
    site_note: Mapped[str] = mapped_column(Text, default="", active_history=True)
    verified_at: Mapped[dt.datetime | None] = mapped_column(active_history=True)
    created_at: Mapped[dt.datetime]
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("core_customer.id"), index=True)
    moved_to_id: Mapped[int | None] = mapped_column(ForeignKey("core_office.id"))
    gone_at: Mapped[dt.datetime | None]
    contacts: Mapped[list[Contact]] = relationship(
        back_populates="customer",
        primaryjoin=lambda: and_(Customer.id == Contact.customer_id, Contact.removed_at.is_(None)),
        order_by="Contact.id",
        lazy="selectin",
    )
    installations: Mapped[list[Installation]] = relationship(
        back_populates="customer",
        primaryjoin=lambda: and_(Customer.id == Installation.customer_id, Installation.removed_at.is_(None)),
        order_by="Installation.id",
        lazy="selectin",
    )

    @property
    def is_gone(self) -> bool:
        """Whether the office keeps the customer no more: merged into another one, or moved to another office."""
        return self.gone_at is not None


class Contact(Model, OfficeRow):
    """Somebody at the customer's whom one may phone."""

    __tablename__ = "core_contact"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("core_customer.id"), index=True)
    name: Mapped[str] = mapped_column(String(40), active_history=True)
    phones: Mapped[str] = mapped_column(Text, default="", active_history=True)
    removed_at: Mapped[dt.datetime | None] = mapped_column(active_history=True)
    customer: Mapped[Customer] = relationship(back_populates="contacts")


class Product(Model):
    """One product of the national catalogue; support ends a year after it was withdrawn from sale."""

    __tablename__ = "core_product"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60), unique=True)
    withdrawn_on: Mapped[dt.date | None]


class Installation(Model, OfficeRow):
    """A product at a customer's: version, serial number, contract date and service term."""

    __tablename__ = "core_installation"
    __table_args__ = (
        Index(
            "uq_core_installation_serial",
            "office_id",
            "serial_number",
            unique=True,
            sqlite_where=text("removed_at is null"),
            postgresql_where=text("removed_at is null"),
        ),
        Index("ix_core_installation_product", "product_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("core_customer.id"), index=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("core_product.id"), active_history=True)
    version: Mapped[str] = mapped_column(String(20), default="", active_history=True)
    serial_number: Mapped[str | None] = mapped_column(String(40), active_history=True)
    contract_date: Mapped[dt.date | None] = mapped_column(active_history=True)
    service_card: Mapped[str] = mapped_column(String(24), default="", active_history=True)
    service_until: Mapped[dt.date | None] = mapped_column(active_history=True)
    removed_at: Mapped[dt.datetime | None] = mapped_column(active_history=True)
    customer: Mapped[Customer] = relationship(back_populates="installations")
    product: Mapped[Product] = relationship(lazy="joined")

    @property
    def title(self) -> str:
        """The product with its version, as people name it."""
        return f"{self.product.name} {self.version}".strip()


class CustomerKey(Model, OfficeRow):
    """A word under which a customer is found while typing: every tail of a name, so that any part matches."""

    __tablename__ = "core_customer_key"
    __table_args__ = (
        Index("ix_core_customer_key_lookup", "office_id", "key", "customer_id"),
        Index("ix_core_customer_key_customer", "customer_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("core_customer.id"))
    key: Mapped[str] = mapped_column(Key)
