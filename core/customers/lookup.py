"""Finding a customer while typing: file number, name, pinyin initials, phone, serial number."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from hashlib import blake2b
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from pypinyin import Style, lazy_pinyin, pinyin
from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, delete, false, insert, or_, select, true

from core.asking import asked
from core.customers import values
from core.customers.models import KEY_LENGTH, Contact, Customer, CustomerKey
from core.db import db
from core.search.index import follow_names

MOST = 20
FEWEST_DIGITS = 4
# What twins share begins with a mark that nobody can type: ``plain`` takes it away.
TWIN, LOCAL_DIGITS, FEWEST_LOCAL_DIGITS = "=", 8, 7
AREA_CODE = re.compile(r"^0(?:10|2\d|[3-9]\d\d)(?=\d{7,8}$)")
# In front of a mobile number only: a file number may begin with 86 as well.
COUNTRY = re.compile(r"^(?:00)?86(?=1\d{10}$)")


# Asked with every letter that is typed: written once, and of the tables themselves.
_key, _customer, _contact = CustomerKey.__table__.c, Customer.__table__.c, Contact.__table__.c
_UNDER = (
    select(_key.customer_id)
    .where(_key.office_id == bindparam("office"), _key.key >= bindparam("key"), _key.key < bindparam("end"))
    .distinct()
    .limit(bindparam("most"))
)
_CALLED = (
    select(_contact.customer_id, _contact.id, _contact.name.label("contact"), _contact.phones)
    .where(_contact.office_id == bindparam("office"), _contact.removed_at.is_(None))
    .subquery("called")
)
_HITS = (
    select(_customer.id, _customer.file_number, _customer.name, _CALLED.c.contact, _CALLED.c.phones)
    .select_from(Customer.__table__.outerjoin(_CALLED, _CALLED.c.customer_id == _customer.id))
    .where(_customer.office_id == bindparam("office"), _customer.gone_at.is_(None), _customer.id.in_(_UNDER))
    .order_by(_customer.file_number, _CALLED.c.id)
)


def plain(text: str) -> str:
    """Fold what people type and what files hold into one form: no width, case, blanks or punctuation."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).lower())


def key_of(typed: str) -> str:
    """Return the beginning of the words that fit what was typed; nothing, if nothing of it counts."""
    return COUNTRY.sub("", plain(typed))[:KEY_LENGTH]


def _end_of(key: str) -> str:
    """Return what comes after every word that begins so."""
    return key + "\U0010ffff"


def keys_of(customer: Customer) -> set[str]:
    """Return every word under which the customer is found."""
    words = {*_tails(plain(customer.name)), *_file_number_keys(customer.file_number)}
    for initials in initials_of(customer.name):
        words.update(_tails(initials))
    for contact in customer.contacts:
        words.update(_tails(plain(contact.name)))
        words.update(initials_of(contact.name))
        words.update(_phone_keys(contact.phones))
    words.update(plain(i.serial_number) for i in customer.installations if i.serial_number)
    phones = (contact.phones for contact in customer.contacts)
    twins = set() if customer.is_gone else twin_keys(customer.name, phones)
    return {word[:KEY_LENGTH] for word in words if word} | twins


def twin_keys(name: str, phones: Iterable[str]) -> set[str]:
    """Return what a customer has in common with a twin: the name as it is spoken, and each number within its city."""
    spoken = "".join(lazy_pinyin(plain(name)))
    local = {local_digits(phone.digits) for cell in phones for phone in values.phones(cell)}
    keys = {f"{TWIN}p{digits}" for digits in local if len(digits) >= FEWEST_LOCAL_DIGITS}
    return keys | ({f"{TWIN}n{blake2b(spoken.encode(), digest_size=7).hexdigest()}"} if spoken else set())


def local_digits(digits: str) -> str:
    """Return what is dialled within a city: area codes are written or left out at will."""
    return AREA_CODE.sub("", digits)[-LOCAL_DIGITS:]


def initials_of(name: str) -> set[str]:
    """Return the pinyin initials of a name: as it is read, and with any one character read otherwise.

    Names are read as words, and a name that begins with a place is read wrongly often: 上海长三角 is C, not Z.
    """
    letters = [_first_letters(character) for character in name]
    usual = "".join(reading[0][:1] for reading in pinyin(name, style=Style.FIRST_LETTER, heteronym=False))
    if len(usual) != len(letters):
        return {plain(usual)}
    others = (
        usual[:place] + letter + usual[place + 1 :]
        for place, several in enumerate(letters)
        for letter in several
    )
    return {plain(usual), *map(plain, others)}


@lru_cache(maxsize=8192)
def _first_letters(character: str) -> frozenset[str]:
    """Return the first letter of every reading of a character."""
    readings = pinyin(character, style=Style.FIRST_LETTER, heteronym=True)
    return frozenset(letter[:1] for reading in readings for letter in reading)


def _tails(word: str) -> Iterator[str]:
    return (word[start:] for start in range(max(len(word) - 1, 1)))


def _file_number_keys(number: str) -> set[str]:
    return {plain(number), plain(number).lstrip("abcdefghijklmnopqrstuvwxyz")}


def _phone_keys(phones: str) -> Iterator[str]:
    for digits in re.findall(r"\d{4,}", re.sub(r"(?<=\d)[-\s](?=\d)", "", phones)):
        yield from (digits[start:] for start in range(len(digits) - FEWEST_DIGITS + 1))


def index(customers: Iterable[Customer]) -> None:
    """Write the words of these customers anew, inside the write transaction.

    Who was merged into another one has no words; the number that he had leads to the other one.
    """
    many = list(customers)
    db.session.flush()
    ids = [one.id for one in many]
    db.session.execute(delete(CustomerKey).where(CustomerKey.customer_id.in_(ids)))
    numbers: dict[int | None, set[str]] = {}
    merged = select(Customer.merged_into_id, Customer.file_number).where(Customer.merged_into_id.in_(ids))
    for kept_id, number in db.session.execute(merged):
        numbers.setdefault(kept_id, set()).update(
            key[:KEY_LENGTH] for key in _file_number_keys(number) if key
        )
    words = [
        {"office_id": one.office_id, "customer_id": one.id, "key": key}
        for one in many
        if one.merged_into_id is None
        for key in keys_of(one) | numbers.get(one.id, set())
    ]
    if words:
        db.session.execute(insert(CustomerKey), words)
    follow_names({one.id: one.name for one in many})


class Phoned(NamedTuple):
    """Whom one may phone at a customer's."""

    name: str
    phones: str


class Hit(NamedTuple):
    """A customer who fits what was typed, and no more of him than a line shows."""

    id: int
    file_number: str
    name: str
    contacts: list[Phoned]

    @classmethod
    def of(cls, customer: Customer) -> Hit:
        """Return the line of a customer who was read whole."""
        contacts = [Phoned(one.name, one.phones) for one in customer.contacts]
        return cls(customer.id, customer.file_number, customer.name, contacts)


def hits(typed: str, office_id: int, most: int = MOST) -> list[Hit]:
    """Return a line for each customer of an office that fits what was typed so far, at most ``most`` of them."""
    key = key_of(typed)
    if not key:
        return []
    rows = asked(_HITS, office=office_id, key=key, end=_end_of(key), most=most)
    return [_hit(list(lines)) for _id, lines in groupby(rows, attrgetter("id"))]


def _hit(lines: list[Row[Any]]) -> Hit:
    """Return a customer of his lines, one for each contact; of one who has none there is a line without."""
    contacts = [Phoned(one.contact, one.phones) for one in lines if one.contact is not None]
    return Hit(lines[0].id, lines[0].file_number, lines[0].name, contacts)


def find(typed: str, office_id: int, most: int = MOST) -> list[Customer]:
    """Return the customers of an office that fit what was typed so far, at most ``most`` of them."""
    query = _fitting(typed, [office_id], most, gone=False)
    return [] if query is None else list(db.session.scalars(query))


def find_in(typed: str, office_ids: Sequence[int], most: int = MOST, *, gone: bool = False) -> list[Customer]:
    """Return the customers of several offices that fit what was typed, with as many queries as for one."""
    query = _fitting(typed, office_ids, most, gone)
    return [] if query is None else list(db.session.scalars(query))


def _fitting(typed: str, office_ids: Sequence[int], most: int, gone: bool) -> Select[Customer] | None:
    key = key_of(typed)
    if not key:
        return None
    hits = _under(key, office_ids).distinct().limit(most)
    query = select(Customer).where(Customer.office_id.in_(office_ids), Customer.id.in_(hits))
    query = query if gone else query.where(Customer.gone_at.is_(None))
    return query.order_by(Customer.file_number)


def find_words(typed: str, office_ids: Sequence[int], most: int = MOST) -> list[Customer]:
    """Return the customers that fit what was typed as a whole or, if there are none, in each of its words.

    Those who moved to another office are among them: they can be read.
    """
    found = find_in(typed, office_ids, most, gone=True)
    if found or len(typed.split()) < 2:
        return found
    query = select(Customer).where(Customer.office_id.in_(office_ids), _in_words(typed, office_ids))
    return list(db.session.scalars(query.order_by(Customer.file_number).limit(most)))


def fits(typed: str, office_id: int) -> ColumnElement[bool]:
    """Return the condition that a customer of an office fits what was typed, as a whole or in each of its words."""
    key = key_of(typed)
    if not key:
        return false()
    whole = Customer.id.in_(_under(key, [office_id]))
    return or_(whole, _in_words(typed, [office_id])) if len(typed.split()) > 1 else whole


def _in_words(typed: str, office_ids: Sequence[int]) -> ColumnElement[bool]:
    keys = [key[:KEY_LENGTH] for key in map(plain, typed.split()) if key]
    return and_(false() if not keys else true(), *(Customer.id.in_(_under(key, office_ids)) for key in keys))


def _under(key: str, office_ids: Sequence[int]) -> Select[int]:
    """Return the query for the ids of the customers under a word, or under one that begins so."""
    return select(CustomerKey.customer_id).where(
        CustomerKey.office_id.in_(office_ids), CustomerKey.key >= key, CustomerKey.key < _end_of(key)
    )
