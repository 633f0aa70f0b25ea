"""The demo's house: head office and two offices, their plugins, thirteen people, the customers of the samples."""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from core import accounts, switches
from core.cli.start import found_house
from core.customers.importing import import_at_once
from core.customers.models import Installation, Product
from core.db import db, see_offices, writing
from core.errors import NotFound
from core.i18n import _l
from core.offices import Office, all_offices, office_by_code, open_office
from core.people import Actor, Person, actor_for
from core.plugins import Plugins
from core.roles import (
    CUSTOMER_ADMINISTRATOR,
    DUTY_MANAGER,
    FIELD_ENGINEER,
    HEAD_OFFICE_SUPPORT,
    HOTLINE_ENGINEER,
    QUALITY_SUPERVISOR,
    REGIONAL_MANAGER,
    SENIOR_ENGINEER,
    SUPPORT_MANAGER,
    Role,
)

BUILDER = Actor("koudai demo")
SAMPLES = Path(__file__).parent.parent / "samples"
HEAD_OFFICE = ("HQ", "总部", "Head office")
NATIONAL = ("hotline", "fieldservice", "billing", "quality")
OFFICES = {"BJ": ("北京分公司", "Beijing"), "SH": ("上海分公司", "Shanghai")}
PLUGINS = {"HQ": ("hotline", "fieldservice"), "BJ": NATIONAL, "SH": (*NATIONAL, "shanghai")}
CUSTOMERS = {"BJ": "customers-bj.xlsx", "SH": "customers-sh.csv"}
ADMINISTRATOR = ("admin", "林晓岚")
SUPERVISING = (QUALITY_SUPERVISOR, CUSTOMER_ADMINISTRATOR, SENIOR_ENGINEER)
WITHDRAWN = {"DOS版账务": dt.date(2019, 6, 30)}
# The samples' contracts were written for this day; what they show holds for some months after it.
SAMPLES_WRITTEN, SAMPLES_HOLD_UNTIL = dt.date(2026, 11, 23), dt.date(2027, 4, 30)
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True)
class Hand:
    """One of the staff: login, name, the number told on the hotline, and the roles by office."""

    login: str
    name: str
    number: str
    roles: dict[str, tuple[Role, ...]]


STAFF = (
    Hand("zhou.jing", "周静", "01", {"BJ": (HOTLINE_ENGINEER,)}),
    Hand("he.zhiqiang", "何志强", "02", {"BJ": (DUTY_MANAGER, SUPPORT_MANAGER)}),
    Hand("han.lijun", "韩立军", "03", {"BJ": (REGIONAL_MANAGER,)}),
    Hand("wang.li", "王力", "07", {"BJ": (FIELD_ENGINEER,)}),
    Hand("feng.tao", "冯涛", "08", {"BJ": (FIELD_ENGINEER,)}),
    Hand("sun.yue", "孙悦", "11", {"SH": (HOTLINE_ENGINEER,)}),
    Hand("chen.jianhua", "陈建华", "12", {"SH": (DUTY_MANAGER, SUPPORT_MANAGER)}),
    Hand("gu.wenqian", "顾文倩", "13", {"SH": (REGIONAL_MANAGER,)}),
    Hand("wu.lei", "吴磊", "17", {"SH": (FIELD_ENGINEER,)}),
    Hand("lu.min", "陆敏", "18", {"SH": (FIELD_ENGINEER,)}),
    Hand("xu.mingyuan", "许明远", "90", {"HQ": (HEAD_OFFICE_SUPPORT,)}),
    Hand("zheng.siyuan", "郑思远", "20", {"BJ": SUPERVISING, "SH": SUPERVISING}),
)


def furnish(plugins: Plugins, today: dt.date) -> dict[str, str]:
    """Build the house in an empty database and return the logins with their passwords."""
    administrator = found_house(HEAD_OFFICE, ADMINISTRATOR, BUILDER)
    assert administrator is not None, "a demo begins with an empty database"
    for code, (name_zh, name_en) in OFFICES.items():
        open_office(code, name_zh, BUILDER, name_en=name_en)
    see_offices(frozenset(all_offices()))
    for code, names in PLUGINS.items():
        for name in names:
            switches.switch(plugins, office_by_code(code), name, True, BUILDER)
    people = [administrator, *map(_hire, STAFF)]
    for code, name in CUSTOMERS.items():
        _import(office_by_code(code), name)
    _withdraw_products()
    _keep_terms_alive(today)
    return {person.login: _password_for(person) for person in people}


def _hire(hand: Hand) -> Person:
    grants = [(office_by_code(code), role) for code, roles in hand.roles.items() for role in roles]
    return accounts.hire(hand.login, hand.name, hand.number, grants, BUILDER)


def _password_for(person: Person) -> str:
    password = "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(3))
    accounts.redeem(accounts.new_link(person, BUILDER), password)
    return password


def _import(office: Office, file_name: str) -> None:
    file = SAMPLES / file_name
    if not file.exists():
        raise NotFound(_l("%(file)s is missing: the demo runs in a work tree only.", file=file))
    for _run in import_at_once(office.id, file.read_bytes(), file.name, BUILDER):
        pass


def _withdraw_products() -> None:
    with writing():
        for product in db.session.scalars(select(Product).where(Product.name.in_(WITHDRAWN))):
            product.withdrawn_on = WITHDRAWN[product.name]


def _keep_terms_alive(today: dt.date) -> None:
    """Move every term by the samples' age once they are too old to show a free year and a valid card."""
    if today <= SAMPLES_HOLD_UNTIL:
        return
    age = today - SAMPLES_WRITTEN
    with writing():
        for one in db.session.scalars(select(Installation)):
            one.contract_date = one.contract_date and one.contract_date + age
            one.service_until = one.service_until and one.service_until + age


def actor_of(login: str) -> Actor:
    """Return one of the staff as the gate sees him."""
    return actor_for(accounts.person_by_login(login), all_offices())


def holder_of(code: str, role: Role) -> str:
    """Return the login of the one who holds a role in an office of the demo."""
    return next(hand.login for hand in STAFF if role in hand.roles.get(code, ()))
