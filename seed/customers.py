"""Customers in bulk: a file as offices have it, brought in through the import."""

from __future__ import annotations

import csv
import datetime as dt
import io
import random
from collections.abc import Iterator

from core import clock
from core.customers.importing import import_at_once
from core.offices import Office
from core.people import Actor
from seed.people import SEEDED

# So many lines a file: the import keeps each file until it is done.
AT_ONCE = 10_000
HEADINGS = (
    "档案号",
    "单位名称",
    "联系人",
    "电话",
    "地址",
    "产品",
    "版本",
    "序列号",
    "合同日期",
    "服务卡号",
    "服务到期日",
)
PLACES = ("上海", "苏州", "昆山", "嘉兴", "无锡", "南通", "宁波", "常熟", "太仓", "张家港", "松江", "青浦")
FIRST = "恒远华东新明海天金瑞宏达永兴联合美佳中申隆泰德信博雅正方利康安盛源通嘉诚百川凯越同济万里長江"
SECOND = "丰盛隆昌益民泰和顺达康宁辉煌祥瑞鼎立腾飞科创众诚亿通广源宏图锦程"
TRADES = (
    "服装",
    "机械",
    "电子",
    "食品",
    "物流",
    "化工",
    "建材",
    "印刷",
    "包装",
    "贸易",
    "纺织",
    "汽配",
    "医药",
)
FORMS = ("有限公司", "有限责任公司", "股份有限公司", "集团公司", "厂")
# Contracts of fifteen years: whoever has had visits for ten of them was a customer before.
OLDEST = 5500
FAMILY, GIVEN = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗", "敏力静强磊军洋勇艳杰娟涛明超兰霞平刚桂英华"
PRODUCTS = (
    ("财务通", "8.13"),
    ("供应链", "8.61"),
    ("工资管理", "8.13"),
    ("固定资产", "8.21"),
    ("UFO报表", "8.13"),
)


def bring_in(office: Office, wanted: int) -> Iterator[int]:
    """Import so many customers, telling after each file how many there are."""
    luck, office_id = random.Random(f"koudai seed {office.code}"), office.id
    code, today = office.code, clock.now().astimezone(office.zoneinfo).date()
    for start in range(0, wanted, AT_ONCE):
        lines = [_line(code, at + 1, luck, today) for at in range(start, min(start + AT_ONCE, wanted))]
        for _run in import_at_once(office_id, _written(lines), f"seed-{start + 1}.csv", Actor(SEEDED)):
            pass
        yield start + len(lines)


def _written(lines: list[tuple[str, ...]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([HEADINGS, *lines])
    return out.getvalue().encode()


def _line(code: str, place: int, luck: random.Random, today: dt.date) -> tuple[str, ...]:
    product, version = luck.choice(PRODUCTS)
    signed = today - dt.timedelta(days=luck.randrange(20, OLDEST))
    card, until = "", ""
    if today - signed > dt.timedelta(days=365) and luck.random() < 0.7:
        card, until = f"FW{place:06d}", (today + dt.timedelta(days=luck.randrange(-60, 365))).isoformat()
    return (
        f"{code}{place:06d}",
        unit_name(luck, place),
        luck.choice(FAMILY) + luck.choice(GIVEN),
        f"1{luck.choice('3578')}{luck.randrange(10**9):09d}",
        f"{luck.choice(PLACES)}工业园区 {luck.randrange(1, 3000)} 号",
        product,
        version,
        f"S{code}{place:07d}",
        signed.isoformat(),
        card,
        until,
    )


def unit_name(luck: random.Random, place: int) -> str:
    """Return a unit's name that no other has; the number within makes it so, as branches and sites have one."""
    brand = luck.choice(FIRST) + luck.choice(SECOND)
    return f"{luck.choice(PLACES)}{brand}{luck.choice(TRADES)}{luck.choice(FORMS)}{_branch(place)}"


def _branch(place: int) -> str:
    return f"第{place}分部" if place % 3 == 0 else f"（{place}）"
