"""Marks of deeds that phones sent long ago are forgotten, and nothing that a phone may still send again."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select

from core import clock
from core.db import db, writing
from core.jobs.turns import run_due
from core.rules import rules_of
from plugins.fieldservice.visiting import tidying
from plugins.fieldservice.visiting.deeds import Deed

NOW = dt.datetime(2026, 11, 24, 2, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def sent(centre: Any, *ages: dt.timedelta) -> None:
    """Let deeds have been sent so long ago."""
    with writing(frozenset({centre.office.id})):
        for place, age in enumerate(ages):
            row = Deed(office_id=centre.office.id, person_id=centre.engineer.person_id, mark=f"{place}-{age}")
            row.asked, row.number, row.at = "x" * 64, "BJ-R-2026-00001", NOW - age
            db.session.add(row)
    centre.house.see()


def ages_in(centre: Any) -> list[int]:
    centre.house.see()
    found = db.session.scalars(select(Deed.at).where(Deed.office_id == centre.office.id))
    return sorted((NOW - at).days for at in found)


def test_only_what_is_older_than_a_quarter_goes_in_portions_however_many_there_are(
    beijing: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tidying, "PORTION", 2)
    sent(beijing, *[91 * DAY] * 5, 90 * DAY, 200 * DAY, DAY)
    with clock.stopped_at(NOW):
        tidying.tidy(rules_of(beijing.office))
    assert ages_in(beijing) == [1, 90]


def test_every_office_that_visits_has_its_turn_daily_and_touches_no_others(
    beijing: Any, shanghai: Any
) -> None:
    for centre in (beijing, shanghai):
        sent(centre, 100 * DAY)
    with clock.stopped_at(NOW):
        assert [one.trouble for one in run_due("BJ") if one.job == "fieldservice.deeds"] == [None]
        assert (ages_in(beijing), ages_in(shanghai)) == ([], [100])
    with clock.stopped_at(NOW + DAY - dt.timedelta(minutes=1)):
        assert not [one for one in run_due("BJ") if one.job == "fieldservice.deeds"]


@pytest.mark.usefixtures("shanghai")
def test_what_a_phone_sent_today_is_still_known_when_it_is_sent_again(beijing: Any, sit_down: Any) -> None:
    request = beijing.dispatched()
    screen = sit_down(beijing, beijing.engineer)
    path = f"/BJ/fieldservice/visit/{request.number}/deed"
    tap = {"mark": "m1", "seen": request.version, "person": beijing.engineer.person_id, "step": "confirm"}
    first = screen.browser.post(path, data=tap).get_json()
    tidying.tidy(rules_of(beijing.office))
    again = screen.browser.post(path, data=tap)
    assert (again.status_code, again.get_json()["version"]) == (200, first["version"])
