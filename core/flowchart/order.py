"""One below the other: the way a case usually goes reads downward, and what goes back goes up at the side."""

from __future__ import annotations

from collections.abc import Iterator

from core.flowchart.flow import START, Flow


def in_order(flow: Flow) -> list[str]:
    """Order the places so that arrows lead down, but for those that close a circle; chains stay together."""
    declared = [place.name for place in flow.places]
    ahead = _without_circles(flow, declared)
    placed: list[str] = []
    while len(placed) < len(declared):
        ready = [one for one in declared if one not in placed and _reached(one, ahead, placed)]
        placed.append(min(ready, key=lambda one: _rank(one, flow, placed)))
    return placed


def _without_circles(flow: Flow, declared: list[str]) -> set[tuple[str, str]]:
    """Return the ways that lead onward: those of a walk in depth that do not come back to where it is."""
    ahead: set[tuple[str, str]] = set()
    seen: set[str] = set()
    for name in (START, *declared):
        ahead |= set(_walk(name, flow, seen, []))
    return ahead


def _walk(name: str, flow: Flow, seen: set[str], path: list[str]) -> Iterator[tuple[str, str]]:
    if name in seen:
        return
    seen.add(name)
    here = [*path, name]
    for target in dict.fromkeys(arrow.target for arrow in flow.arrows if name in arrow.sources):
        if target not in here:
            yield name, target
            yield from _walk(target, flow, seen, here)


def _reached(name: str, ahead: set[tuple[str, str]], placed: list[str]) -> bool:
    return all(source in placed for source, target in ahead if target == name)


def _rank(name: str, flow: Flow, placed: list[str]) -> tuple[bool, bool, bool]:
    """Prefer what follows the last place alone; ends come late, and given up last."""
    final = next(place.final for place in flow.places if place.name == name)
    into = [arrow for arrow in flow.arrows if arrow.target == name]
    follows = any(arrow.sources == {placed[-1]} for arrow in into) if placed else name == START
    given_up = bool(into) and all(label.danger for arrow in into for label in arrow.labels)
    return given_up, final and not follows, not follows
