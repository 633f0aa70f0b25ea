"""Which steps of a case stand as buttons, which wait under “more”, and which form lies open."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

from core.deadlines import every_days, same_working_day
from core.people import Actor
from core.web import choices

NOW = dt.datetime(2026, 11, 26, 2, tzinfo=dt.UTC)
READER = Actor("王力", 7, {2: frozenset({"duty_manager"})})
COUNTED = {"today": same_working_day(), "later": every_days("tests.days")}
RUNNING = {key: SimpleNamespace(within=within) for key, within in COUNTED.items()}
ACT: Any = SimpleNamespace(actor=READER, now=NOW, procedure=SimpleNamespace(deadlines=RUNNING))


def offer(
    name: str, tone: str = "plain", *, shut: bool = False, anothers: bool = False, meets: str = ""
) -> Any:
    """Return a step as the page offers it: open, shut by an objection, or a colleague's."""
    act = SimpleNamespace(actor=READER, now=NOW, permitted=lambda: not anothers)
    step = SimpleNamespace(name=name, tone=tone, meets=(meets,))
    return SimpleNamespace(step=step, act=act, open=not (shut or anothers))


def promise(key: str, hours: float, *, role: str = "duty_manager", person_id: int | None = None) -> Any:
    due = NOW + dt.timedelta(hours=hours)
    return SimpleNamespace(key=key, state="open", due_at=due, role=role, person_id=person_id, office_id=2)


def lying_open(*offered: Any, promised: tuple[Any, ...] = ()) -> str | None:
    found = choices.way_on(ACT, offered, choices.mine(ACT, promised))
    return found and found.step.name


def parted(*offered: Any, promised: tuple[Any, ...] = (), chosen: str = "") -> tuple[list[str], list[str]]:
    running = choices.mine(ACT, promised)
    leading = choices.way_on(ACT, offered, running)
    current = next((one for one in offered if one.step.name == chosen), leading)
    near, folded = choices.parted(offered, leading, running, current)
    return [one.step.name for one in near], [one.step.name for one in folded]


def test_the_way_on_lies_open_and_without_one_what_keeps_the_readers_promise() -> None:
    on, ask, idle = offer("go_on", "primary"), offer("ask", meets="ask"), offer("idle")
    assert lying_open(idle, ask, on) == "go_on"
    assert lying_open(idle, ask) is None
    assert lying_open(idle, ask, promised=(promise("ask", 90),)) == "ask"


def test_what_is_promised_by_tomorrow_comes_before_what_is_usual() -> None:
    confer, above = offer("confer", "primary"), offer("escalate", meets="above")
    assert lying_open(confer, above, promised=(promise("above", 5),)) == "escalate"
    assert lying_open(confer, above, promised=(promise("above", -5),)) == "escalate"
    assert lying_open(confer, above, promised=(promise("above", 50),)) == "confer"
    both = offer("confer", "primary", meets="above")
    assert lying_open(above, both, promised=(promise("above", 5),)) == "confer"


def test_what_is_for_one_working_day_presses_however_long_the_office_is_closed_before_it() -> None:
    confer, today, later = (
        offer("confer", "primary"),
        offer("escalate", meets="today"),
        offer("tell", meets="later"),
    )
    assert lying_open(confer, today, promised=(promise("today", 72),)) == "escalate"
    assert lying_open(confer, later, promised=(promise("later", 72),)) == "confer"


def test_a_colleagues_promise_opens_nothing() -> None:
    ask = offer("ask", meets="ask")
    assert lying_open(ask, promised=(promise("ask", 1, person_id=8),)) is None
    assert lying_open(ask, promised=(promise("ask", 1, role="field_engineer"),)) is None
    assert lying_open(ask, promised=(promise("ask", 1, role="field_engineer", person_id=7),)) == "ask"


def test_what_is_shut_is_folded_but_for_the_readers_own_way_on() -> None:
    mine, anothers = offer("close", "primary", shut=True), offer("visit", "primary", anothers=True)
    assert parted(offer("scan", shut=True), mine, anothers, offer("correct")) == (
        ["close", "correct"],
        ["scan", "visit"],
    )
    assert choices.ahead([anothers, mine], []) is mine
    assert choices.ahead([anothers], []) is anothers
    assert choices.ahead([offer("scan", shut=True)], []) is None


def test_what_is_still_missing_for_the_readers_promise_stays_in_sight() -> None:
    close, anothers = offer("close", shut=True, meets="close"), offer("visit", "primary", anothers=True)
    promised = (promise("close", 5),)
    assert parted(anothers, close, promised=promised) == (["close"], ["visit"])
    assert choices.ahead([anothers, close], choices.mine(ACT, promised)) is close


def test_many_open_steps_leave_room_for_four_and_nobody_unfolds_a_single_one() -> None:
    five = [offer(name) for name in "abcde"]
    assert parted(*five) == (list("abcde"), [])
    assert parted(*five, offer("f")) == (list("abcd"), ["e", "f"])
    assert parted(*five, offer("z", "primary")) == (["z", *"abc"], ["d", "e"])


def test_what_was_chosen_stands_as_a_button_and_moves_none_before_it() -> None:
    many = [offer("on", "primary"), *(offer(name) for name in "abcdef")]
    before, _folded = parted(*many)
    near, _folded = parted(*many, chosen="f")
    assert before == ["on", "a", "b", "c"]
    assert near[:2] == ["on", "f"]
    assert "f" not in _folded


def test_the_way_out_stands_last() -> None:
    near, _folded = parted(
        offer("cancel", "danger", meets="x"), offer("on", "primary"), promised=(promise("x", 90),)
    )
    assert near == ["on", "cancel"]
