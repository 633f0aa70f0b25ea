"""Mainland China's holidays and swapped working days, as far as the State Council has announced them."""

import datetime as dt
import re
from collections.abc import Iterable
from functools import cache

from holidays import HolidayBase, country_holidays

from core.worktime import DayKind, SpecialDay

SOURCE = "national"
SWAPPED_DAY_OFF = "Day off in exchange for a working weekend day"
SWAPPED_WORKING_DAY = "Working day in exchange for a day off"

# Notes are stored in English, as msgids of core.worktime_text; the package's own language is Chinese.
HOLIDAY_NOTES = {
    "元旦": "New Year's Day",
    "农历除夕": "Chinese New Year's Eve",
    "春节": "Spring Festival",
    "春节延长假期": "Spring Festival, extended",
    "清明节": "Tomb-Sweeping Day",
    "劳动节": "Labour Day",
    "端午节": "Dragon Boat Festival",
    "中秋节": "Mid-Autumn Festival",
    "国庆节": "National Day",
    "中国人民抗日战争暨世界反法西斯战争胜利70周年纪念日": "70th anniversary of the victory of 1945",
}
_IN_LIEU = "\N{FULLWIDTH LEFT PARENTHESIS}补假\N{FULLWIDTH RIGHT PARENTHESIS}"
_SWAPPED_WITH = re.compile(r"\d{4}-\d{2}-\d{2}")


def national_days(years: Iterable[int]) -> dict[dt.date, SpecialDay]:
    """Return every statutory holiday, exchanged day off and swapped working day of ``years``.

    The plain weekend days inside a holiday week are not listed: the weekly hours close them.
    """
    return {special.day: special for year in years for special in _days_of(year)}


def swaps_known(year: int) -> bool:
    """Whether the swapped working days of ``year`` are known; else its calendar is only provisional."""
    return any(day.year == year for day in _china(year).weekend_workdays)


def provisional_years(years: Iterable[int]) -> frozenset[int]:
    """Return those of ``years`` whose swaps have not been announced yet."""
    return frozenset(year for year in years if not swaps_known(year))


@cache
def _china(year: int) -> HolidayBase:
    return country_holidays("CN", years=year, language="zh_CN")


@cache
def _days_of(year: int) -> list[SpecialDay]:
    china = _china(year)
    replaced = {_swapped_with(name): day for day, name in china.items() if _swapped_with(name)}
    closed = [_special(day, DayKind.CLOSED, _note(name)) for day, name in china.items()]
    working = [
        _special(day, DayKind.WORKING, SWAPPED_WORKING_DAY, replaced.get(day))
        for day in china.weekend_workdays
        if day.year == year
    ]
    return closed + working


def _special(day: dt.date, kind: DayKind, note: str, replaces: dt.date | None = None) -> SpecialDay:
    return SpecialDay(day=day, kind=kind, note=note, source=SOURCE, replaces=replaces)


def _swapped_with(name: str) -> dt.date | None:
    """Read the working day out of the name of a day off that was exchanged for it."""
    found = _SWAPPED_WITH.search(name)
    return dt.date.fromisoformat(found[0]) if found else None


def _note(name: str) -> str:
    """Turn the package's name of a day (two may fall on one) into the note that is stored."""
    if _swapped_with(name):
        return SWAPPED_DAY_OFF
    return "; ".join(HOLIDAY_NOTES.get(one, one) for one in name.replace(_IN_LIEU, "").split("; "))
