"""The ways at the side of the column: what does not lead to the next place runs up or down in a lane of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from core.flowchart.blocks import Block, block_of
from core.flowchart.flow import Arrow, Flow

LABEL = 172.0
STUB = 11.0
LEFT, RIGHT = "left", "right"


@dataclass
class Trunk:
    """What leads on from the same places at the same side: one line that they join, with a branch to each target."""

    sources: frozenset[str]
    side: str
    arrivals: dict[str, Block] = field(default_factory=dict)
    danger: bool = True
    own: bool = True
    lane: int = 0

    def rows(self, row_of: Mapping[str, int]) -> tuple[int, int]:
        """Return the first and the last row that the trunk touches."""
        rows = [row_of[name] for name in (*self.sources, *self.arrivals)]
        return min(rows), max(rows)


@dataclass(frozen=True)
class Port:
    """Where a trunk meets a box: it arrives there, with its labels, or it comes from there."""

    trunk: Trunk
    block: Block | None

    @property
    def height(self) -> float:
        """The room it takes at the side of the box."""
        return max(self.block.height, LABEL / 12) + 6 if self.block else STUB


def straight(arrow: Arrow, row_of: Mapping[str, int]) -> bool:
    """Say whether an arrow leads from one place to the very next below."""
    (source, *more) = arrow.sources
    return not more and row_of[arrow.target] == row_of[source] + 1


def trunks_of(flow: Flow, row_of: Mapping[str, int]) -> list[Trunk]:
    """Bundle the arrows that are not straight, and give each bundle a lane, the short ones inside."""
    found: dict[tuple[frozenset[str], str], Trunk] = {}
    for arrow in (one for one in flow.arrows if not straight(one, row_of)):
        down = all(row_of[source] < row_of[arrow.target] for source in arrow.sources)
        side = RIGHT if down else LEFT
        trunk = found.setdefault((arrow.sources, side), Trunk(arrow.sources, side))
        trunk.arrivals[arrow.target] = block_of(arrow.labels, LABEL)
        trunk.danger &= all(label.danger for label in arrow.labels)
        trunk.own &= all(label.own for label in arrow.labels)
    for side in (LEFT, RIGHT):
        _give_lanes([one for one in found.values() if one.side == side], row_of)
    return sorted(found.values(), key=lambda one: one.lane)


def _give_lanes(trunks: list[Trunk], row_of: Mapping[str, int]) -> None:
    taken: list[list[tuple[int, int]]] = []
    for trunk in sorted(trunks, key=lambda one: one.rows(row_of)[1] - one.rows(row_of)[0]):
        first, last = trunk.rows(row_of)
        free = (
            lane for lane, spans in enumerate(taken) if all(last < low or high < first for low, high in spans)
        )
        trunk.lane = next(free, len(taken))
        if trunk.lane == len(taken):
            taken.append([])
        taken[trunk.lane].append((first, last))


def ports_of(name: str, side: str, trunks: list[Trunk]) -> list[Port]:
    """Return what meets one side of a box, from the top, so that lines cross as little as they can."""
    return list(_ports(name, side, [one for one in trunks if one.side == side]))


def _ports(name: str, side: str, trunks: list[Trunk]) -> Iterator[Port]:
    """To the left lines come from above and go up; to the right what arrives comes down, what leaves goes on down."""
    outward, inward = trunks, trunks[::-1]
    coming = [
        Port(one, one.arrivals[name])
        for one in (outward if side == RIGHT else inward)
        if name in one.arrivals
    ]
    leaving = [Port(one, None) for one in (inward if side == RIGHT else outward) if name in one.sources]
    yield from (coming if side == RIGHT else leaving)
    yield from (leaving if side == RIGHT else coming)
