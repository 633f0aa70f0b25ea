"""What the tests of the kernel share: plugins for one test, and cases walked into any state by real steps."""

from __future__ import annotations

import datetime as dt
import io
import multiprocessing
import runpy
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from itertools import count
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale
from sqlalchemy import event, select

from core import clock, forms, gate
from core.customers.models import Customer
from core.db import db
from core.errors import RefusalKind, Refused
from core.hooks import hookimpl
from core.i18n import Sentence
from core.ledger import LedgerRow
from core.offices import Office
from core.people import MAIL_ACTOR, Actor
from core.plugins import Manifest, Plugins
from core.procedure import SAME, Procedure, Step
from core.roles import HOTLINE_ENGINEER, NATIONAL_ROLES
from core.rules import rules_of
from core.talk import files
from core.talk.topics import topic_of
from core.testing import House, tables_of
from plugins.hotline.roster.hours import month_of, months_after

WORKER = Path(__file__).with_name("worker.py")
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["pytest", "core.testing", "core.web"])
SIGNATURE = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"
    "+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
SYMPTOM = "点反结账后报错退出，账套仍是已结账状态"
NAMED = {
    "account_sets": "001",
    "key": "fee.training",
    "module": "总账",
    "operation": "反结账",
    "second_module": "总账",
    "second_operation": "反结账",
    "phone": "021-61541030",
    "signature": SIGNATURE,
    "problem": SYMPTOM,
    "solution": SYMPTOM,
    "remedy": SYMPTOM,
    "wish": SYMPTOM,
    "back_signature": SIGNATURE,
    "why_late": SYMPTOM,
}
UNSOLVED = {"result": "unsolved"}
IN_VAIN = {**UNSOLVED, "outcome": "none"}
# What is born inside another case's step: of which, in which state, by which step, and how it points back.
BORN_INSIDE: dict[str, tuple[str, str, str, str, dict[str, Any]]] = {
    "fieldservice.request": ("hotline.call", "open", "request_visit", "call_id", {}),
    "quality.complaint": ("hotline.call", "open", "complain", "call_id", {}),
    "hotline.recovery": ("hotline.call", "open", "recover", "call_id", {}),
    "fieldservice.conference": ("fieldservice.request", "turned_in", "confer", "request_id", UNSOLVED),
    "fieldservice.custody": ("fieldservice.request", "on_site", "take_along", "request_id", {}),
    "fieldservice.escalation": ("fieldservice.request", "puzzling", "escalate", "request_id", IN_VAIN),
}
# What a request only does when something that was born of it comes to an end.
TAKEN_INSIDE = {
    "conferred": ("fieldservice.conference", "held"),
    "not_conferred": ("fieldservice.conference", "called_off"),
    "answered_above": ("fieldservice.escalation", "verified"),
    "taken_back": ("fieldservice.escalation", "withdrawn"),
}
PNG = b"\x89PNG\r\n\x1a\n picture"
# There is one of these a day: each is born on the evening of a working day of its own, when its day can end.
ONE_A_DAY = {"hotline.shift", "hotline.handover"}
FIRST_EVENING = dt.datetime(2026, 5, 12, 10, tzinfo=dt.UTC)
EXPIRED = {"contract": dt.date(2019, 1, 1)}
# Nobody decides on a day of his own while a colleague could.
ANOTHERS = {("hotline.shift", "permit"), ("hotline.shift", "excuse")}
# What no person begins begins with a machine: by the state that its step leads to.
BY_MACHINE = {"received": MAIL_ACTOR}
LOTS = ({}, UNSOLVED, IN_VAIN, EXPIRED)
MOST_ROUNDS, MOST_STEPS = 12, 100
# Steps that lead on for a few only: everybody of a walk is here, and nothing is solved by phone.
NO_WAY = {"take_charge", "phoned"}
# Steps that are open on the spot, and after which what goes well cannot be reached.
ASTRAY = {"take_along", "leave_unsolved"}


def a_plugin(
    name: str, *, requires: tuple[str, ...] = (), regional: bool = True, says: Any = None, **hooks: Any
) -> ModuleType:
    """Make a plugin of one module: its hook implementations are given as functions."""
    module = ModuleType(name)
    module.__file__ = f"/nowhere/{name}/__init__.py"
    module.manifest = Manifest(
        name=name, title=Sentence(name), version="1.0", requires=requires, regional=regional, **(says or {})
    )
    for hook, implementation in hooks.items():
        already = hasattr(implementation, "koudai_impl")
        setattr(module, hook, implementation if already else hookimpl(implementation))
    return module


@pytest.fixture(scope="session")
def make_plugin() -> Callable[..., ModuleType]:
    """The means to make a plugin for one test."""
    return a_plugin


@pytest.fixture
def in_english(app: Flask) -> Iterator[None]:
    """Sentences are read in English."""
    with force_locale("en"):
        yield


@pytest.fixture
def install(app: Flask, house: House) -> Callable[..., Plugins]:
    """The means to install further plugins beside the real ones."""

    def further(*modules: ModuleType) -> Plugins:
        real = (one.module for one in house.plugins.installed.values())
        app.extensions["koudai"] = house.plugins = Plugins([*real, *modules])
        return house.plugins

    return further


@pytest.fixture
def ledger_of(house: House) -> Callable[[Office], list[LedgerRow]]:
    """The ledger of an office, in order."""

    def read(office: Office) -> list[LedgerRow]:
        house.see()
        return list(
            db.session.scalars(select(LedgerRow).filter_by(office_id=office.id).order_by(LedgerRow.seq))
        )

    return read


class Walk:
    """Brings cases of one office into any state, by real steps of one colleague who holds every role."""

    def __init__(self, house: House, office: Office) -> None:
        self.house, self.office = house, office
        self.actor = house.hire(office, *NATIONAL_ROLES, name="万能")
        # Whatever changes hands needs a second pair.
        self.partner = house.hire(office, *NATIONAL_ROLES, name="搭档")
        self.evening = FIRST_EVENING
        self.days, self.visits = count(1), count()

    @property
    def procedures(self) -> dict[str, Procedure]:
        return rules_of(self.office).plugins.procedures

    def customer(self, **contract: Any) -> str:
        return str(self.house.customer(self.office, **contract).id)

    def case_in(self, name: str, state: str, on_the_way: Callable[[Any], None] = lambda case: None) -> Any:
        """Walk a new case into a state, by the shortest way that its lot allows."""
        for lot in (*LOTS, *({"by": one} for one in BY_MACHINE)):
            case, seen = self.born(name, lot), Counter[str]()
            # Who comes by the same place again and again is led in a circle by his lot.
            while case is not None and case.state != state and seen[case.state] <= MOST_ROUNDS:
                on_the_way(case)
                seen[case.state] += 1
                case = self.next(name, case, state, lot)
            if case is not None and case.state != state:
                continue
            if case is not None:
                on_the_way(case)
                return case
        raise AssertionError(f"no walk leads to {name} {state}")

    def through_all_states(self, name: str, at_each: Callable[[Any], None]) -> None:
        """Stand once in every state; the far ones first, whose way leads through the near ones."""
        passed: set[str] = set()

        def stop(case: Any) -> None:
            if case.state not in passed:
                passed.add(case.state)
                at_each(case)

        procedure = self.procedures[name]
        born = [target for step in procedure.steps_from(None) for target in step.targets]
        far = {state: min(len(shortest(procedure, at, state)) for at in born) for state in procedure.states}
        for state in sorted(far, key=lambda one: -far[one]):
            if state not in passed:
                self.case_in(name, state, stop)

    def born(self, name: str, lot: dict[str, Any]) -> Any:
        """Create a case, from a call when it is only ever created inside another."""
        self.evening += dt.timedelta(weeks=1)
        if name == "hotline.swap":
            self.publish_a_roster()
        if name not in BORN_INSIDE:
            creating = [step for step in self.procedures[name].steps_from(None) if not step.inner]
            by = next((step for step in creating if step.targets[0] == lot.get("by")), creating[0])
            return self.take(name, None, by, lot)
        return self.born_inside(name, lot)

    def born_inside(self, name: str, lot: dict[str, Any]) -> Any:
        """Bring the case that it is born of as far as it must be, and take the step."""
        parent, state, step, link, wanted = BORN_INSIDE[name]
        one = self.brought(parent, self.born(parent, {**lot, **wanted}), state, {**lot, **wanted})
        self.take(parent, one, self.procedures[parent].steps[step], lot)
        model = self.procedures[name].model
        return db.session.scalars(select(model).where(getattr(model, link) == one.id)).unique().one()

    def brought(self, name: str, case: Any, state: str, lot: dict[str, Any]) -> Any:
        """Bring a case into a state, or nowhere when its lot does not let it."""
        for _step in range(MOST_STEPS):
            if case is None or case.state == state:
                return case
            case = self.next(name, case, state, lot)
        raise AssertionError(f"{name} goes round in a circle on its way to {state}")

    def publish_a_roster(self) -> None:
        """Publish next month's roster with a colleague who can do all that the walker can: shifts to swap."""
        next_month = f"{months_after(month_of(clock.now().date()), 1):%Y-%m}"
        rosters = self.procedures["hotline.roster"].model
        if db.session.scalar(
            select(rosters.id).where(rosters.state == "published", rosters.month > clock.now().date())
        ):
            return
        said = {"month": next_month}
        case = gate.perform("hotline.roster", None, "begin", self.actor, said, office=self.office)
        for step in ("propose", "publish"):
            gate.perform("hotline.roster", case.number, step, self.actor, office=self.office)

    def next(self, name: str, case: Any, goal: str, lot: dict[str, Any]) -> Any:
        """Take the next step of the shortest way; first what is missing on the spot."""
        procedure = self.procedures[name]
        way = shortest(procedure, case.state, goal)
        if not way:
            return None
        try:
            return self.take(name, case, way[0], lot)
        except Refused as refused:
            if refused.kind is not RefusalKind.OBJECTION:
                raise
        for step in procedure.steps_from(case.state):
            if step.targets == (SAME,) and not step.inner and step.name not in ASTRAY:
                self.try_to(name, case, step, lot)
        return self.try_to(name, case, way[0], lot)

    def try_to(self, name: str, case: Any, step: Step, lot: dict[str, Any]) -> Any:
        """Take a step unless something speaks against it."""
        try:
            return self.take(name, case, step, lot)
        except Refused as refused:
            if refused.kind is not RefusalKind.OBJECTION:
                raise
            return None

    def make_possible(self, name: str, case: Any, step: Step) -> None:
        """Bring what no step of the case itself brings: another call of the customer, files."""
        if step.name == "merge":
            values = self.filled(name, None, self.procedures[name].steps["log"], {})
            values["customer_id"] = str(case.customer_id)
            gate.perform(name, None, "log", self.actor, values, office=self.office)
        elif step.name in ("name_papers", "accept"):
            topic = topic_of(rules_of(self.office), name, case.id)
            sent = [files.Sent(one, io.BytesIO(PNG + one.encode())) for one in ("证明.png", "备份.png")]
            files.attach(topic, sent, self.actor)
            self.house.see()

    def take(self, name: str, case: Any, step: Step, lot: dict[str, Any]) -> Any:
        if step.name in TAKEN_INSIDE:
            return self.taken_inside(case, step, lot)
        self.make_possible(name, case, step)
        actor = BY_MACHINE[step.targets[0]] if step.targets[0] in BY_MACHINE and step.creates else None
        actor = actor or (self.partner if (name, step.name) in ANOTHERS else self.whose(case, step))
        with clock.stopped_at(self.evening) if name in ONE_A_DAY else nullcontext():
            values = self.filled(name, case, step, lot)
            number = case.number if case is not None else None
            return gate.perform(name, number, step.name, actor, values, office=self.office)

    def taken_inside(self, case: Any, step: Step, lot: dict[str, Any]) -> Any:
        """Bring what was born of a case to its end, and the case with it."""
        name, end = TAKEN_INSIDE[step.name]
        model = self.procedures[name].model
        newest = select(model).where(model.request_id == case.id).order_by(model.id.desc())
        if self.brought(name, db.session.scalars(newest).unique().first(), end, lot) is None:
            return None
        db.session.refresh(case)
        return case

    def whose(self, case: Any, step: Step) -> Actor:
        """Return whose a step is: the partner's where the case names him and not the walker."""
        named = {getattr(case, way.only) for way in step.who if way.only} if case is not None else set()
        theirs = self.partner.person_id in named and self.actor.person_id not in named
        return self.partner if theirs else self.actor

    def filled(self, name: str, case: Any, step: Step, lot: dict[str, Any]) -> dict[str, Any]:
        """Fill in what a step asks, each field as its type wants it."""
        procedure = self.procedures[name]
        blank = case or procedure.model(office_id=self.office.id)
        act = gate.Act(procedure, step, blank, self.actor, rules_of(self.office), clock.now())
        asked = [
            one
            for one in act.form()
            if not one.flags.optional or one.name in (*NAMED, "customer_id", "whose")
        ]
        return {one.name: self.value(one, lot) for one in asked}

    def value(self, field: Any, lot: dict[str, Any]) -> Any:
        if field.name == "customer_id":
            return self.customer(**{key: value for key, value in lot.items() if key == "contract"})
        if field.name in ("file_number", "whose"):
            return db.session.get_one(Customer, int(self.customer())).file_number
        if field.name in NAMED:
            return NAMED[field.name]
        if field.name == "day":
            # A day has one log: each walk takes an earlier one.
            return clock.now().date() - dt.timedelta(days=next(self.days))
        if field.name == "appointment_at":
            # Nobody is at two customers' at once.
            return clock.now() + dt.timedelta(days=1, hours=3 * next(self.visits))
        if isinstance(field, forms.PeopleField):
            return [choice.value for choice in field.choices]
        if isinstance(field, forms.ChoiceField):
            offered = [choice.value for choice in field.choices if choice.value]
            if field.name == "backup_id":
                # One file cannot be certificate and back-up.
                offered.reverse()
            return lot[field.name] if lot.get(field.name) in offered else next(iter(offered), "")
        return lot.get(field.name) or plausible(field)


def plausible(field: Any) -> Any:
    tomorrow = clock.now() + dt.timedelta(days=1)
    answers: dict[type, Any] = {
        forms.YesField: True,
        forms.MoneyField: "12.50",
        forms.NumberField: 1,
        forms.DayField: tomorrow.date(),
        forms.MomentField: tomorrow,
        forms.SignatureField: SIGNATURE,
    }
    return next((value for kind, value in answers.items() if isinstance(field, kind)), SYMPTOM)


def shortest(procedure: Procedure, state: str, goal: str) -> list[Step]:
    """Return the steps of a shortest way from one state to another; none when there is no way."""
    ways: dict[str, list[Step]] = {state: []}
    for here in (queue := [state]):
        for step in procedure.steps_from(here):
            for there in () if step.name in NO_WAY else step.leads_to(here):
                if there not in ways:
                    ways[there] = [*ways[here], step]
                    queue.append(there)
    return ways.get(goal, [])


@pytest.fixture
def walk(house: House) -> Callable[[Office], Walk]:
    """The means to walk cases of an office through their lives."""
    return lambda office: Walk(house, office)


@pytest.fixture
def contents(house: House) -> Callable[..., dict[str, list[Any]]]:
    """Everything that the database holds, by table, but the ledger and what is named."""

    def read(*but: str) -> dict[str, list[Any]]:
        house.see()
        names = {"core_ledger", "core_ledger_head", *but}
        tables = [one for one in tables_of(house.plugins) if one.name not in names]
        return {one.name: sorted(map(tuple, db.session.execute(select(one))), key=repr) for one in tables}

    return read


class Servers:
    """Server processes that take steps on this test's database, each with an app of its own."""

    def __init__(self, house: House, url: str, home: Path) -> None:
        self.house, self.url, self.home = house, url, home
        self.running: list[Any] = []

    def start(self, count: int, *offices: Office, rounds: int, threads: int, now: dt.datetime) -> None:
        """Start so many processes, each working in all these offices."""
        desks = {
            office.code: {
                "id": office.id,
                "person": self.house.person(office, HOTLINE_ENGINEER).id,
                "customer": str(self.house.customer(office).id),
            }
            for office in offices
        }
        task = {"url": self.url, "home": str(self.home), "offices": desks, "now": now.isoformat()}
        run = (str(WORKER), {"task": {**task, "rounds": rounds, "threads": threads}}, "__main__")
        self.running = [PROCESSES.Process(target=runpy.run_path, args=run) for _ in range(count)]
        for one in self.running:
            one.start()

    @property
    def busy(self) -> bool:
        return any(one.is_alive() for one in self.running)

    def finish(self) -> None:
        """Wait until all have done their work; one that failed has said why."""
        for one in self.running:
            one.join(timeout=120)
        assert [one.exitcode for one in self.running] == [0] * len(self.running)


@pytest.fixture
def servers(house: House, database_url: str, tmp_path: Path) -> Iterator[Servers]:
    """The means to start server processes; what is still running at the end is stopped."""
    started = Servers(house, database_url, tmp_path)
    yield started
    for one in started.running:
        one.kill()
        one.join()


CALL = {
    "channel": "phone",
    "contact": "高敏",
    "phone": "021-61541030",
    "module": "总账",
    "operation": "反结账",
    "happens": SYMPTOM,
}
VISIT = {"contact": "高敏", "phone": "021-61541030", "address": "闵行区 1 号", "verified": True}


class Work:
    """What the people of an office do all day; afterwards the test's own session sees it."""

    def __init__(self, house: House) -> None:
        self.house = house

    def done(
        self, procedure: str, number: str | None, step: str, by: Actor, office: Office, **said: Any
    ) -> Any:
        """Take a step, and return the number of its case."""
        taken = gate.perform(procedure, number, step, by, said, office=office).number
        self.house.see()
        return taken

    def called(self, office: Office, by: Actor | None = None, customer: Any = None, **contract: Any) -> Any:
        """Log a call, and return its number."""
        engineer = by or self.house.hire(office, HOTLINE_ENGINEER, name="罗文")
        whose = customer or self.house.customer(office, **contract)
        said = CALL | {"customer_id": str(whose.id)}
        return self.done("hotline.call", None, "log", engineer, office, **said)

    def requested(
        self, office: Office, by: Actor | None = None, customer: Any = None, **contract: Any
    ) -> None:
        """Turn a call into a request, which becomes the office's next."""
        engineer = by or self.house.hire(office, HOTLINE_ENGINEER, name="罗文")
        number = self.called(office, engineer, customer, **contract)
        self.done("hotline.call", number, "request_visit", engineer, office, **VISIT)

    def demanded(self, office: Office) -> Any:
        """Log a call whose customer demands somebody today: the duty manager has an hour (QI/03 3.1.7)."""
        engineer = self.house.hire(office, HOTLINE_ENGINEER, name="罗文")
        number = self.called(office, engineer)
        return self.done("hotline.call", number, "demand", engineer, office, demand="今天必须来人")


@pytest.fixture
def work(house: House) -> Work:
    """A day's work, by real steps."""
    return Work(house)


@pytest.fixture
def queries_of(app: Flask) -> Callable[[Callable[[], Any]], int]:
    """The means to count the questions that something puts to the database."""

    def count(doing: Callable[[], Any]) -> int:
        asked: list[str] = []

        def note(connection: Any, cursor: Any, statement: str, *_rest: Any) -> None:
            if statement.lstrip()[:6].upper() == "SELECT":
                asked.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            doing()
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
        return len(asked)

    return count


@pytest.fixture
def monday_morning() -> Iterator[dt.datetime]:
    """Nine o'clock on a working day, by the office's clock."""
    with clock.stopped_at(dt.datetime(2026, 11, 23, 1, 0, tzinfo=dt.UTC)):
        yield clock.now()
