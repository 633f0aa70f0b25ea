"""A procedure as a picture: where a case can stand, and what leads from where to where, by whom."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from core.procedure import SAME, Procedure, State, Step

START = ""
MANY = 3


@dataclass(frozen=True, kw_only=True)
class Label:
    """What stands at an arrow: a step, who takes it, and what the office has otherwise there, cited."""

    step: str
    title: str
    who: str
    notes: tuple[str, ...] = ()
    danger: bool = False
    own: bool = False


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a case can stand, with the steps that leave it there; ``own`` is a regional plugin's.

    ``common`` are the places in the flow's list of what may happen in many states, counted from 1.
    """

    name: str
    title: str = ""
    tone: str = "plain"
    final: bool = False
    own: bool = False
    inside: tuple[Label, ...] = ()
    common: tuple[int, ...] = ()


@dataclass(frozen=True)
class Arrow:
    """The steps that lead from each of the sources to the target."""

    sources: frozenset[str]
    target: str
    labels: tuple[Label, ...]


@dataclass(frozen=True, kw_only=True)
class Flow:
    """A whole procedure: its places in the order of their declaration, the start being the first, and its arrows.

    ``common`` are the steps that leave a case in whichever of many states it is: they are told once.
    """

    places: tuple[Place, ...]
    arrows: tuple[Arrow, ...]
    common: tuple[Label, ...] = ()


Tell = Callable[[Step], Label]


def flow_of(procedure: Procedure, tell: Tell, regional: Callable[[str], bool]) -> Flow:
    """Read a procedure; ``tell`` says what stands at a step, ``regional`` whether a plugin is a region's own."""
    steps = procedure.steps.values()
    common = [step for step in steps if sum(_stays(step, state) for state in procedure.states) >= MANY]
    places = [_place(state, procedure, common, tell) for state in procedure.states.values()]
    return Flow(
        places=(
            Place(name=START),
            *(replace(one, own=regional(procedure.states[one.name].plugin)) for one in places),
        ),
        arrows=tuple(_bundled(_moves(procedure), tell)),
        common=tuple(tell(step) for step in common),
    )


def _place(state: State, procedure: Procedure, common: list[Step], tell: Tell) -> Place:
    staying = [step for step in procedure.steps.values() if _stays(step, state.name)]
    return Place(
        name=state.name,
        title=str(state.title),
        tone=state.tone,
        final=state.final,
        inside=tuple(tell(step) for step in staying if step not in common),
        common=tuple(place for place, step in enumerate(common, 1) if step in staying),
    )


def _stays(step: Step, state: str) -> bool:
    return state in step.sources and (SAME in step.targets or state in step.targets)


def _moves(procedure: Procedure) -> Iterator[tuple[frozenset[str], str, Step]]:
    """Yield each way a step leads: from all its sources (the start, if it creates) to one of its targets."""
    for step in procedure.steps.values():
        for target in (one for one in step.targets if one != SAME):
            sources = (step.sources or frozenset({START})) - {target}
            if sources:
                yield sources, target, step


def _bundled(moves: Iterable[tuple[frozenset[str], str, Step]], tell: Tell) -> Iterator[Arrow]:
    """Make one arrow of the steps that lead from the same places to the same place."""
    bundles: dict[tuple[frozenset[str], str], list[Step]] = {}
    for sources, target, step in moves:
        bundles.setdefault((sources, target), []).append(step)
    for (sources, target), steps in bundles.items():
        yield Arrow(sources, target, tuple(tell(step) for step in steps))
