"""The demo: everything in it came through the gate, holds today, and is whole or not there at all."""

from __future__ import annotations

import datetime as dt
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from core import accounts, clock, ledger
from core.app import create_app
from core.cli import koudai
from core.customers.models import Product
from core.db import db, see_offices
from core.deadlines import OPEN, Deadline
from core.ledger import LedgerRow
from core.numbers import NumberVoid
from core.offices import all_offices
from core.people import Person, actor_for
from core.roles import (
    CUSTOMER_ADMINISTRATOR,
    DUTY_MANAGER,
    FIELD_ENGINEER,
    HOTLINE_ENGINEER,
    QUALITY_SUPERVISOR,
    REGIONAL_MANAGER,
)
from core.rules import rules_of
from demo import build
from demo.diary import DAYS, Week, play
from demo.signature import signed
from plugins.billing.models import Sealing
from plugins.fieldservice.models import ServiceRequest
from plugins.hotline.models import Call, KnowledgeEntry
from plugins.quality.models import Complaint

TUESDAY_TEN = dt.datetime(2026, 11, 24, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
NEEDED = {
    HOTLINE_ENGINEER,
    DUTY_MANAGER,
    FIELD_ENGINEER,
    REGIONAL_MANAGER,
    QUALITY_SUPERVISOR,
    CUSTOMER_ADMINISTRATOR,
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo that was built on a Tuesday at ten, once for all workers of the run."""
    folder = tmp_path_factory.getbasetemp()
    home = (folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder) / "demo"
    with living_in(home), clock.stopped_at(TUESDAY_TEN):
        build.prepare(home)
    return home


@contextmanager
def living_in(home: Path) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KOUDAI_HOME", str(home))
        patch.setenv("KOUDAI_LANG", "en")
        patch.delenv("KOUDAI_DATABASE", raising=False)
        yield


@contextmanager
def inside(home: Path) -> Iterator[None]:
    with living_in(home), create_app().app_context(), clock.stopped_at(TUESDAY_TEN):
        see_offices(frozenset(all_offices()))
        yield
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()


@pytest.fixture
def demo(home: Path) -> Iterator[None]:
    with inside(home):
        yield


def regional_offices() -> list[Any]:
    return [one for one in all_offices().values() if one.parent_id is not None]


def states(model: type[Any], office_id: int) -> set[str]:
    return set(db.session.scalars(select(model.state).where(model.office_id == office_id)))


def test_two_offices_work_by_different_rules(demo: None) -> None:
    used = {one.code: rules_of(one).plugins.names for one in regional_offices()}
    assert used["SH"] - used["BJ"] == {"shanghai"}
    assert used["BJ"] == {"hotline", "fieldservice", "billing", "quality"}


def test_thirteen_people_hold_every_role_in_both_offices(demo: None) -> None:
    people = list(db.session.scalars(select(Person)))
    actors = [actor_for(person, all_offices()) for person in people]
    assert len(people) == 13
    for office in regional_offices():
        assert all(any(actor.has(office.id, [role]) for actor in actors) for role in NEEDED)
    granted = [{grant.office_id for grant in person.grants} for person in people]
    assert sorted(map(len, granted)) == [1] * 12 + [2]


def test_everybody_signs_in_with_the_password_that_was_kept(demo: None, home: Path) -> None:
    kept = build.read_logins(home)
    assert len(set(kept.values())) == 13
    for login, password in list(kept.items())[:2]:
        assert accounts.check(login, password, "").login == login
    assert stat.S_IMODE((home / build.LOGINS).stat().st_mode) == 0o600


def test_every_state_of_calls_requests_and_complaints_is_there(demo: None) -> None:
    for office in regional_offices():
        procedures = rules_of(office).plugins.procedures
        for name, model in (
            ("hotline.call", Call),
            ("fieldservice.request", ServiceRequest),
            ("quality.complaint", Complaint),
        ):
            assert set(procedures[name].states) - states(model, office.id) <= {"settled"}, name
        assert states(Sealing, office.id) == {"sealed"}


def test_something_is_overdue_and_something_is_due_today(demo: None) -> None:
    closing = TUESDAY_TEN.replace(hour=17)
    for office in regional_offices():
        where = (Deadline.office_id == office.id, Deadline.state == OPEN)
        due = list(db.session.scalars(select(Deadline.due_at).where(*where)))
        assert any(at < TUESDAY_TEN for at in due)
        assert any(TUESDAY_TEN < at <= closing for at in due)
        assert any(at > closing for at in due)


def test_voids_knowledge_signatures_and_refusals_are_there(demo: None) -> None:
    for office in regional_offices():
        for model in (NumberVoid, KnowledgeEntry):
            assert db.session.scalar(select(func.count()).where(model.office_id == office.id)), model
        signed_ones = select(ServiceRequest.signature).where(
            ServiceRequest.office_id == office.id, ServiceRequest.state == "closed"
        )
        assert all(len(one) > 500 for one in db.session.scalars(signed_ones))
    refused = select(LedgerRow.office_id, LedgerRow.action).where(LedgerRow.kind == "refused")
    codes = {one.id: one.code for one in regional_offices()}
    found = {(codes[office_id], action) for office_id, action in db.session.execute(refused)}
    assert found == {("BJ", "dispatch"), ("BJ", "request_visit"), ("SH", "request_visit")}


def test_the_withdrawn_product_was_withdrawn_more_than_a_year_ago(demo: None) -> None:
    withdrawn = select(Product.withdrawn_on).where(Product.name == "DOS版账务")
    day = db.session.scalars(withdrawn).one()
    assert day is not None
    assert day < TUESDAY_TEN.date() - dt.timedelta(days=366)


def test_the_ledger_is_whole_and_in_the_order_of_time(demo: None) -> None:
    for office in all_offices().values():
        assert list(ledger.verify(office.id)) == []
        rows = select(LedgerRow.at).where(LedgerRow.office_id == office.id).order_by(LedgerRow.seq)
        times = list(db.session.scalars(rows))
        assert times == sorted(times)
        assert times[-1] < TUESDAY_TEN


def test_a_second_start_keeps_what_is_there(home: Path) -> None:
    before = (home / build.LOGINS).read_text()
    with living_in(home):
        result = CliRunner().invoke(koudai, ["demo", "--only-build"])
    assert result.exit_code == 0, result.output
    assert before == (home / build.LOGINS).read_text()
    for login, password in build.read_logins(home).items():
        assert login in result.output
        assert password in result.output


def test_the_demo_leaves_other_data_alone(tmp_path: Path) -> None:
    (tmp_path / build.DATABASE).write_bytes(b"somebody's")
    with living_in(tmp_path):
        result = CliRunner().invoke(koudai, ["demo", "--only-build"])
    assert result.exit_code == 1
    assert str(tmp_path) in result.stderr
    assert (tmp_path / build.DATABASE).read_bytes() == b"somebody's"


def test_the_demo_does_not_touch_a_database_that_was_named(tmp_path: Path) -> None:
    with living_in(tmp_path), pytest.MonkeyPatch.context() as patch:
        patch.setenv("KOUDAI_DATABASE", "postgresql://somewhere/else")
        result = CliRunner().invoke(koudai, ["demo", "--only-build"])
    assert result.exit_code == 1
    assert "KOUDAI_DATABASE" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_start_that_was_broken_off_leaves_no_half_demo(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_off(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with living_in(tmp_path):
        monkeypatch.setattr(build, "play", break_off)
        with pytest.raises(KeyboardInterrupt):
            build.prepare(tmp_path)
        assert not (tmp_path / build.DATABASE).exists()
        assert not (tmp_path / build.LOGINS).exists()
        monkeypatch.setattr(build, "play", lambda *_, **__: None)
        assert build.prepare(tmp_path)
    assert not list(tmp_path.glob(f"{build.UNFINISHED}*"))
    with inside(tmp_path):
        assert db.session.scalar(select(func.count()).select_from(Person)) == 13


@pytest.mark.parametrize(
    ("now", "last", "today"),
    [
        ((2026, 11, 24, 10), (11, 23), (11, 24)),
        ((2026, 11, 24, 17), (11, 24), (11, 25)),
        ((2026, 11, 28, 12), (11, 27), (11, 30)),
        ((2026, 10, 5, 9), (9, 30), (10, 8)),
    ],
)
def test_the_week_ends_where_today_begins(
    now: tuple[int, int, int, int], last: tuple[int, int], today: tuple[int, int]
) -> None:
    moment = dt.datetime(*now, tzinfo=ZoneInfo("Asia/Shanghai"))
    week = Week.before(moment, build.calendar_around(2026))
    assert len(week.days) == DAYS + 1
    assert [(day.month, day.day) for day in week.days[-2:]] == [last, today]


def test_stories_are_played_in_the_order_of_time_and_stop_at_the_present() -> None:
    seen: list[tuple[str, dt.datetime]] = []

    def story(name: str, *minutes: int) -> Iterator[dt.datetime]:
        for minute in minutes:
            yield TUESDAY_TEN + dt.timedelta(minutes=minute)
            seen.append((name, clock.now()))

    play([story("a", 1, 4, 9), story("b", 2, 3)], until=TUESDAY_TEN + dt.timedelta(minutes=9))
    assert [name for name, _moment in seen] == ["a", "b", "b", "a"]
    assert [moment for _name, moment in seen] == sorted(moment for _name, moment in seen)


def test_everybody_has_a_signature_of_his_own() -> None:
    assert signed("陆晓梅") == signed("陆晓梅")
    assert signed("陆晓梅") != signed("姚家乐")
    assert signed("陆晓梅").startswith("data:image/png;base64,")
