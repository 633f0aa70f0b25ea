"""Why an office is closed on a day: by its own calendar, the nation's, or the hours of its week."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask
from flask_babel import force_locale

from core import calendars, clock
from core.db import writing
from core.testing import SETTER_UP, House
from core.worktime import DayKind
from core.worktime_text import closed_because

NOW = dt.datetime(2026, 9, 21, 1, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("day", "chinese", "english"),
    [
        (dt.date(2026, 9, 22), None, None),
        (dt.date(2026, 9, 24), "本机构日历：搬家", "by the office's own calendar: 搬家"),
        (dt.date(2026, 10, 1), "国家法定假日：国庆节", "national holiday: National Day"),
        (dt.date(2026, 9, 27), "每周的这一天不上班", "no opening hours on this day of the week"),
        (dt.date(2026, 9, 26), None, None),
    ],
)
def test_the_rung_by_which_a_day_is_closed_is_named(
    app: Flask, house: House, day: dt.date, chinese: str | None, english: str | None
) -> None:
    office = house.office("BJ", "hotline")
    with clock.stopped_at(NOW), writing():
        calendars.add_day(office, dt.date(2026, 9, 24), DayKind.CLOSED, "搬家", SETTER_UP)
        calendars.add_day(office, dt.date(2026, 9, 26), DayKind.WORKING, "盘点", SETTER_UP)
    calendar = calendars.calendar_of(office)
    for locale, expected in (("zh_Hans_CN", chinese), ("en", english)):
        with app.test_request_context(), force_locale(locale):
            why = closed_because(calendar, day)
            assert (str(why) if why else None) == expected
