"""What customers say in their own words, read as far as it is clear: when they wish somebody, in which district."""

from __future__ import annotations

import datetime as dt
import re

from core.digits import narrow

DISTRICT = re.compile(r"[\u4e00-\u9fff]{1,6}?(?:新区|开发区|区|县|旗)")
BEFORE_IT = re.compile(r"^(?:\w{1,8}?(?:省|自治区))?(?:[^区县市\s]{1,6}市)*")
DAYS = {
    0: ("今天", "今日", "今早", "today"),
    1: ("明天", "明日", "明早", "tomorrow"),
    2: ("后天", "day after tomorrow"),
}
WEEKDAY = re.compile(r"(下)?(?:周|星期|礼拜)([一二三四五六日天])")
WEEKDAYS = "一二三四五六日"
DATE = re.compile(r"(?:(20\d\d)[-/年.])?(\d{1,2})[-/月.](\d{1,2})(?:日|号)?")
CLOCK = re.compile(r"(\d{1,2})(?::([0-5]\d)|点(半|[0-5]\d分?)?|\s*(?:am|pm)\b)")
# Whoever names half a day and no hour means its beginning.
HALVES = {
    dt.time(9): ("上午", "早上", "今早", "明早", "morning"),
    dt.time(14): ("下午", "afternoon"),
}
# Who says when not has not said when.
NOT_THEN = ("避开", "不", "别", "除", "勿", "非", "not", "avoid", "except", "n't")
LATER = ("下午", "晚上", "pm", "afternoon")


def district_of(address: str) -> str:
    """Return the district that an address names, like 闵行区; nothing where it names none."""
    found = DISTRICT.search(BEFORE_IT.sub("", address))
    return found[0] if found else ""


def wished(text: str, today: dt.date, zone: dt.tzinfo) -> dt.datetime | None:
    """Return the moment that a wish names, when it names both a day and a time of it."""
    said = narrow(text).lower()
    if any(word in said for word in NOT_THEN):
        return None
    day, time = _day(said, today), _time(said)
    return dt.datetime.combine(day, time, zone).astimezone(dt.UTC) if day and time else None


def _day(said: str, today: dt.date) -> dt.date | None:
    for distance in sorted(DAYS, reverse=True):
        if any(word in said for word in DAYS[distance]):
            return today + dt.timedelta(days=distance)
    return _weekday(said, today) or _date(said, today)


def _weekday(said: str, today: dt.date) -> dt.date | None:
    found = WEEKDAY.search(said)
    if found is None:
        return None
    wanted = WEEKDAYS.index("日" if found[2] == "天" else found[2])
    monday = today - dt.timedelta(days=today.weekday())
    if found[1]:
        return monday + dt.timedelta(days=7 + wanted)
    ahead = (wanted - today.weekday()) % 7
    return today + dt.timedelta(days=ahead)


def _date(said: str, today: dt.date) -> dt.date | None:
    found = DATE.search(said)
    if found is None:
        return None
    try:
        day = dt.date(int(found[1] or today.year), int(found[2]), int(found[3]))
    except ValueError:
        return None
    # In December, January is next year's.
    return day if found[1] or day >= today else day.replace(year=today.year + 1)


def _time(said: str) -> dt.time | None:
    found = CLOCK.search(said)
    if found is None:
        return next((time for time, words in HALVES.items() if any(word in said for word in words)), None)
    hour, minute = int(found[1]), _minute(found)
    hour += 12 if hour < 12 and any(word in said for word in LATER) else 0
    return dt.time(hour, minute) if hour < 24 else None


def _minute(found: re.Match[str]) -> int:
    if found[3] == "半":
        return 30
    return int((found[2] or found[3] or "0").removesuffix("分"))
