"""An office with enough people to plan a month."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import select

from core import clock, parameters
from core.db import db, writing
from core.people import Actor
from core.roles import DUTY_MANAGER, HOTLINE_ENGINEER, SUPPORT_MANAGER
from core.rules import rules_of
from plugins.hotline.roster.models import Absence, Roster, RosterShift

NOVEMBER = dt.datetime(2026, 11, 20, 1, tzinfo=dt.UTC)


@pytest.fixture
def november() -> Iterator[None]:
    """Friday, 20 November 2026, nine in the morning."""
    with clock.stopped_at(NOVEMBER):
        yield


class Planners:
    """An office with enough people to plan a month, and the ways in which a test lets them do it."""

    def __init__(self, centre: Any) -> None:
        self.centre = centre
        self.support = centre.hire(SUPPORT_MANAGER, name="何志强")
        hired = [centre.hire(HOTLINE_ENGINEER, name=name) for name in ("赵一", "钱二", "孙三")]
        self.engineers: list[Actor] = [centre.hotline, *hired]
        hired = [centre.hire(DUTY_MANAGER, name=name) for name in ("李四", "吴五")]
        self.managers: list[Actor] = [centre.duty, *hired]

    def begun(self, month: str = "2026-12") -> Roster:
        roster: Roster = self.centre.create("hotline.roster", "begin", self.support, month=month)
        return roster

    def proposed(self, month: str = "2026-12") -> Roster:
        roster: Roster = self.centre.act(self.begun(month), "propose", self.support)
        return roster

    def published(self, month: str = "2026-12") -> Roster:
        roster: Roster = self.centre.act(self.proposed(month), "publish", self.support)
        return roster

    def shift(self, roster: Roster, day: int, shift: str) -> RosterShift:
        """Return a shift of a day, as the database has it now."""
        self.centre.house.see()
        where = (
            RosterShift.roster_id == roster.id,
            RosterShift.day == roster.month.replace(day=day),
            RosterShift.shift == shift,
        )
        return db.session.scalars(select(RosterShift).where(*where)).one()

    def free(self, shift: RosterShift) -> Actor:
        """Return an engineer who has nothing on a shift's day."""
        query = select(RosterShift.engineer_id).where(
            RosterShift.roster_id == shift.roster_id, RosterShift.day == shift.day
        )
        busy = set(db.session.scalars(query))
        return next(one for one in self.engineers if one.person_id not in busy)

    def holder(self, shift: RosterShift, place: str = "engineer") -> Actor:
        """Return who has a shift."""
        people = {one.person_id: one for one in (*self.engineers, *self.managers)}
        return people[shift.holder(place)]

    def away(self, who: Actor, first: str, last: str, **more: Any) -> Absence:
        """Ask for days off, and approve them."""
        said = {"kind": "leave", "first_day": first, "last_day": last, **more}
        asked = self.centre.create("hotline.absence", "ask", who, **said)
        absence: Absence = self.centre.act(asked, "approve", self.support)
        return absence


@pytest.fixture
def planners(beijing: Any, november: None) -> Planners:
    """A planner, four engineers and three duty managers."""
    return Planners(beijing)


@pytest.fixture
def set_here(planners: Planners) -> Callable[[str, Any], None]:
    """The means to set a parameter of the office."""

    def put(key: str, value: Any) -> None:
        office = planners.centre.office
        with writing():
            rules = rules_of(office)
            one = rules.declared(key)
            parameters.set_value(one, office, one.read(value), rules.rungs(key), planners.support)
        planners.centre.house.see()

    return put
