"""Charts as plain SVG, drawn by the server: bars with the part of each that is of a kind. The table is the truth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.flowchart.letters import width as width_of

WIDTH, HEIGHT, LEFT, BELOW, ABOVE = 1200, 220, 44, 26, 12
FONT, THICKEST, ROW = 12.0, 44.0, 26
MOST_TICKS = 4


@dataclass(frozen=True, kw_only=True)
class Amount:
    """What one bar shows: so much, of which a ``part`` is of a kind."""

    label: str
    value: int
    part: int = 0


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A bar as it is drawn, with the place of its label; a label that has no room is left out."""

    x: float
    y: float
    width: float
    height: float
    part_x: float
    part_y: float
    part_width: float
    part_height: float
    told: Amount
    label: str = ""
    label_x: float = 0.0
    label_y: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Chart:
    """Bars, and the lines by which their height is read; ``lying`` bars grow to the right."""

    width: int
    height: int
    bars: list[Bar]
    ticks: list[tuple[float, int]]
    lying: bool = False


def ticks_of(most: int) -> list[int]:
    """Return round numbers from nought to a little over the most: 0, 20, 40, 60."""
    step = 1
    while most > step * MOST_TICKS:
        step = step * 2 if str(step)[0] in "15" else step * 5 // 2
    return [step * place for place in range(-(-max(most, 1) // step) + 1)]


def standing(amounts: Sequence[Amount]) -> Chart:
    """Draw bars side by side, in the order of time."""
    ticks = ticks_of(max((one.value for one in amounts), default=0))
    base, high = HEIGHT - BELOW, HEIGHT - BELOW - ABOVE
    slot = (WIDTH - LEFT) / max(len(amounts), 1)
    bars = []
    for place, one in enumerate(amounts):
        thick, x = min(slot * 0.7, THICKEST), LEFT + slot * (place + 0.5)
        tall, part = (high * amount / ticks[-1] for amount in (one.value, one.part))
        bars.append(
            Bar(
                x=_at(x - thick / 2),
                y=_at(base - tall),
                width=_at(thick),
                height=_at(tall),
                part_x=_at(x - thick / 2),
                part_y=_at(base - part),
                part_width=_at(thick),
                part_height=_at(part),
                told=one,
                label=one.label if place % _every(amounts, slot) == 0 else "",
                label_x=_at(x),
                label_y=base + 17,
            )
        )
    lines = [(_at(base - high * one / ticks[-1]), one) for one in ticks]
    return Chart(width=WIDTH, height=HEIGHT, bars=bars, ticks=lines)


def lying(amounts: Sequence[Amount], most: int = 20) -> Chart:
    """Draw bars one below the other, the longest first as they come; beyond ``most`` the table alone tells."""
    some = list(amounts[:most])
    ticks = ticks_of(max((one.value for one in some), default=0))
    names = min(max((width_of(one.label, FONT) for one in some), default=0.0) + 14, WIDTH * 0.4)
    room, bars = WIDTH - names - 50, []
    for place, one in enumerate(some):
        y = place * ROW + 6
        long, part = (room * amount / ticks[-1] for amount in (one.value, one.part))
        bars.append(
            Bar(
                x=_at(names),
                y=y,
                width=_at(long),
                height=ROW - 10,
                part_x=_at(names),
                part_y=y,
                part_width=_at(part),
                part_height=ROW - 10,
                told=one,
                label=_fitting(one.label, names - 14),
                label_x=_at(names - 8),
                label_y=y + ROW / 2,
            )
        )
    return Chart(width=WIDTH, height=len(some) * ROW + 8, bars=bars, ticks=[], lying=True)


def _every(amounts: Sequence[Amount], slot: float) -> int:
    """Return to which bars a label is written, so that none touches the next."""
    widest = max(width_of(one.label, FONT) for one in amounts) + 10
    return max(1, -(-int(widest) // max(int(slot), 1)))


def _fitting(label: str, room: float) -> str:
    if width_of(label, FONT) <= room:
        return label
    while label and width_of(label + "…", FONT) > room:
        label = label[:-1]
    return label + "…"


def _at(value: float) -> float:
    return round(value, 1)
