"""The national calendar: statutory days, the weekends worked for them, and the years nobody knows yet."""

import datetime as dt

from core.holidays_cn import HOLIDAY_NOTES, national_days, provisional_years, swaps_known
from core.i18n import Sentence
from core.worktime import DayKind
from core.worktime_text import note_text

NATIONAL = national_days([2025, 2026])


def test_the_swapped_working_days_of_2026() -> None:
    swapped = [day for day, special in NATIONAL.items() if special.kind is DayKind.WORKING]
    assert sorted(day for day in swapped if day.year == 2026) == [
        dt.date(2026, 1, 4),
        dt.date(2026, 2, 14),
        dt.date(2026, 2, 28),
        dt.date(2026, 5, 9),
        dt.date(2026, 9, 20),
        dt.date(2026, 10, 10),
    ]


def test_a_swapped_working_day_knows_the_day_off_that_it_pays_for() -> None:
    assert NATIONAL[dt.date(2026, 9, 20)].replaces == dt.date(2026, 10, 6)
    assert NATIONAL[dt.date(2026, 10, 6)].kind is DayKind.CLOSED


def test_every_swapped_working_day_pays_for_a_weekday_off() -> None:
    swapped = [one for one in national_days(range(2015, 2027)).values() if one.kind is DayKind.WORKING]
    assert len(swapped) > 60
    assert all(one.replaces and one.replaces.weekday() < 5 for one in swapped)


def test_a_year_without_announced_swaps_is_provisional() -> None:
    assert swaps_known(2026)
    assert provisional_years([2025, 2026, 2049]) == {2049}


def test_a_provisional_year_has_its_statutory_days() -> None:
    assert national_days([2049])[dt.date(2049, 10, 1)].kind is DayKind.CLOSED


def test_two_festivals_may_fall_on_one_day() -> None:
    special = national_days([2020])[dt.date(2020, 10, 1)]
    assert special.note == "Mid-Autumn Festival; National Day"
    assert str(note_text(special.note)) == "Mid-Autumn Festival and National Day"


def test_every_note_has_a_sentence_of_its_own() -> None:
    notes = {special.note for special in national_days(range(2008, 2041)).values()}
    assert all(isinstance(note_text(note), Sentence) for note in {*notes, *HOLIDAY_NOTES.values()})


def test_the_office_words_its_own_notes() -> None:
    assert note_text("盘点；下午休息") == "盘点；下午休息"
