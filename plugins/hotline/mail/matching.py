"""Whose message it may be: told by who wrote before, the file number, the phone, or the unit's name in it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlalchemy import select

from core.customers import lookup, services
from core.customers.models import Customer
from core.db import db
from plugins.hotline.models import Call

MOST_TRIED, MOST_BEFORE, FEWEST, READ = 12, 6, 4, 6000
# Five characters at least, with a digit: a shorter number is rather that of an error.
FILE_NUMBER = re.compile(
    r"(?<![A-Za-z0-9-])(?=[A-Za-z0-9-]{5,24}(?![A-Za-z0-9-]))(?=[A-Za-z-]*\d)[A-Za-z0-9]+(?:-[A-Za-z0-9]+){0,3}"
)
PHONE = re.compile(r"(?<!\d)(?:\+?86[- ]?)?(?:1\d{2}[- ]?\d{4}[- ]?\d{4}|0\d{2,3}[- ]?\d{7,8})(?!\d)")
UNIT = re.compile(
    r"[\u4e00-\u9fff()（）]{2,40}?(?:公司|集团|工厂|厂|医院|学校|大学|中学|学院|事务所|研究所|研究院|中心|局|商店|酒店|银行)"
)


def customer_of(office_id: int, address: str, text: str) -> Customer | None:
    """Guess the customer of the office whose message this is; None when nobody or several would fit.

    A guess binds nobody: whoever takes the call sees it and may choose another one.
    """
    ways = (_by_sender(office_id, address), *_by_words(office_id, text[:READ]))
    return next((found for found in ways if found is not None and not found.is_gone), None)


def phone_in(text: str) -> str:
    """Return the first number in a text that somebody can dial; empty when there is none."""
    found = PHONE.search(text[:READ])
    return " ".join(found.group().split()) if found else ""


def customer_named(office_id: int, typed: str) -> tuple[Customer | None, list[Customer]]:
    """Find the one customer who fits what was typed: file number, name, phone or serial number; else all who do."""
    exact = services.by_file_number(typed, office_id)
    if exact is not None:
        return exact, [exact]
    several = lookup.find(typed, office_id, MOST_TRIED)
    return (several[0] if len(several) == 1 else None), several


def _by_sender(office_id: int, address: str) -> Customer | None:
    """Return for whom somebody wrote from this address before, once a colleague had said whose it was."""
    if not address:
        return None
    known = select(Call).where(Call.office_id == office_id, Call.sender == address)
    known = known.where(Call.customer_id.is_not(None), Call.owner_id.is_not(None))
    last = db.session.scalars(known.order_by(Call.id.desc()).limit(1)).unique().one_or_none()
    return last.customer if last else None


def _by_words(office_id: int, text: str) -> Iterator[Customer | None]:
    for typed in _first(FILE_NUMBER, text):
        yield services.by_file_number(typed, office_id)
    for typed in _first(PHONE, text):
        yield _only(office_id, re.sub(r"\D", "", typed.removeprefix("+").removeprefix("86")))
    for typed in _first(UNIT, text):
        # What stands before a name belongs to no name: "we are the ... company".
        for start in range(min(MOST_BEFORE, len(typed) - FEWEST)):
            yield _only(office_id, typed[start:])


def _first(pattern: re.Pattern[str], text: str) -> list[str]:
    return list(dict.fromkeys(pattern.findall(text)))[:MOST_TRIED]


def _only(office_id: int, typed: str) -> Customer | None:
    found = lookup.find(typed, office_id, 2)
    return found[0] if len(found) == 1 else None
