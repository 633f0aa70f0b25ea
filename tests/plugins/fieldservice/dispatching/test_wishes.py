"""What customers wish in their own words, and where they are, read as far as it is clear."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from plugins.fieldservice.dispatching.wishes import district_of, wished

TUESDAY, ZONE = dt.date(2026, 11, 24), ZoneInfo("Asia/Shanghai")


def local(text: str) -> str:
    moment = wished(text, TUESDAY, ZONE)
    return f"{moment.astimezone(ZONE):%m-%d %H:%M}" if moment else ""


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("明天上午", "11-25 09:00"),
        ("明天上午都有人在", "11-25 09:00"),
        ("明早9点", "11-25 09:00"),
        ("后天下午3点半", "11-26 15:30"),
        ("今天 16：30 以后", "11-24 16:30"),
        ("周五下午", "11-27 14:00"),
        ("周一上午10点", "11-30 10:00"),
        ("下周三 10:00", "12-02 10:00"),
        ("11月27日 14:00", "11-27 14:00"),
        ("2026-11-27 14:00", "11-27 14:00"),
        ("1月4日上午", "01-04 09:00"),
        ("tomorrow morning", "11-25 09:00"),
        ("tomorrow 3 pm", "11-25 15:00"),
    ],
)
def test_a_wish_that_names_day_and_time_is_understood(text: str, moment: str) -> None:
    assert local(text) == moment


@pytest.mark.parametrize(
    "text",
    [
        "",
        "越快越好",
        "下午两点以后方便",
        "明天",
        "周五",
        "25 点",
        "13月40日 10:00",
        "明天 25:00",
        "请避开周一上午的例会",
        "not tomorrow morning",
    ],
)
def test_a_wish_that_is_not_clear_is_left_to_people(text: str) -> None:
    assert local(text) == ""


@pytest.mark.parametrize(
    ("address", "district"),
    [
        ("上海市闵行区莘庄工业区 2399 号", "闵行区"),
        ("上海市浦东新区张江路 88 号", "浦东新区"),
        ("江苏省苏州市昆山县人民路 1 号", "昆山县"),
        ("闵行区申长路 100 号", "闵行区"),
        ("广西壮族自治区南宁市青秀区民族大道 1 号", "青秀区"),
        ("人民路 1 号", ""),
        ("", ""),
    ],
)
def test_the_district_is_read_from_the_address(address: str, district: str) -> None:
    assert district_of(address) == district
