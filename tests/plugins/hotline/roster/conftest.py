"""An office with enough people to plan a month."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest

from core import clock
from core.people import Actor
from core.roles import DUTY_MANAGER, HOTLINE_ENGINEER, SUPPORT_MANAGER
from plugins.hotline.roster.models import Roster, Shift

NOVEMBER = dt.datetime(2026, 11, 20, 1, tzinfo=dt.UTC)


@pytest.fixture
def november() -> Iterator[None]:
    """Friday, 20 November 2026, nine in the morning."""
    with clock.stopped_at(NOVEMBER):
        yield


class Planners:
    """An office with enough people to plan a month."""

    def __init__(self, centre: Any) -> None:
        self.centre = centre
        self.support = centre.hire(SUPPORT_MANAGER, name="何志强")
        self.engineers = [centre.hotline, *(centre.hire(HOTLINE_ENGINEER, name=name) for name in ("赵一", "钱二", "孙三"))]
        self.managers = [centre.duty, centre.hire(DUTY_MANAGER, name="李四"), centre.hire(DUTY_MANAGER, name="吴五")]

    def begun(self, month: str = "2026-12") -> Roster:
        return self.centre.create("hotline.roster", "begin", self.support, month=month)

    def proposed(self, month: str = "2026-12") -> Roster:
        return self.centre.act(self.begun(month), "propose", self.support)

    def published(self, month: str = "2026-12") -> Roster:
        return self.centre.act(self.proposed(month), "publish", self.support)


@pytest.fixture
def planners(beijing: Any, november: None) -> Planners:
    return Planners(beijing)


