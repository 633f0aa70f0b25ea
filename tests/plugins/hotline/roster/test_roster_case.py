"""A month's roster: begun, proposed, changed, published, changed openly, closed (QP/2-04 5.1)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select

from core import clock, gate, ledger
from core.deadlines import MET, MISSED, OPEN
from core.db import db
from core.errors import RefusalKind, Refused
from core.roles import DUTY_MANAGER, HOTLINE_ENGINEER, SUPPORT_MANAGER
from plugins.hotline.roster.models import Roster, Shift

def test_it_goes(planners: Any) -> None:
    roster = planners.published()
    assert roster.state == "published"
