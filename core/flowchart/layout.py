"""Where everything of a flow chart stands, in pixels from the upper left."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from core.flowchart.blocks import APART, Block, block_of, circled, title_of
from core.flowchart.flow import START, Arrow, Flow, Place
from core.flowchart.lanes import LEFT, RIGHT, Port, Trunk, ports_of, straight, trunks_of
from core.flowchart.order import in_order

PAD, PITCH, BESIDE, BEND = 10.0, 14.0, 18.0, 6.0
NARROWEST, BROADEST = 190.0, 268.0
SPINE = 30.0
DOT = 7.0
AROUND = 10.0


@dataclass(frozen=True)
class Text:
    """Words at a place; ``anchor`` is SVG's."""

    x: float
    y: float
    words: str
    kind: str
    anchor: str = "start"
    tone: str = ""


@dataclass(frozen=True)
class Line:
    """A line as an SVG path; a ``cut`` clears the way for one that crosses others, a ``lead`` goes to the words."""

    path: str
    kind: str = "way"
    danger: bool = False
    own: bool = False


@dataclass(frozen=True)
class Box:
    """A place, with the height of its head."""

    place: Place
    x: float
    y: float
    width: float
    height: float
    head: float


@dataclass
class Row:
    """One place with what it needs around it, before it has its height."""

    place: Place
    title: Block
    inside: Block
    left: list[Port]
    right: list[Port]
    onward: Block | None = None
    y: float = 0.0
    box: Box | None = None

    @property
    def content(self) -> float:
        """The height of the box by what is written in it."""
        if self.place.name == START:
            return 2 * DOT
        return self.title.height + AROUND + (self.inside.height + 11 if self.inside.lines else 0)

    @property
    def ring(self) -> float:
        """How far the second edge of an end stands out."""
        return 3.5 if self.place.final else 0.0

    @property
    def height(self) -> float:
        """The height that nothing else may enter."""
        return max(self.content, *(sum(port.height for port in side) for side in (self.left, self.right)))


@dataclass
class Chart:
    """A drawing: everything with its coordinates, and the heights at which it may be cut."""

    width: float = 0.0
    height: float = 0.0
    boxes: list[Box] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    heads: list[Line] = field(default_factory=list)
    dots: list[tuple[float, float, Trunk]] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    marks: list[tuple[float, float, float]] = field(default_factory=list)
    start: tuple[float, float] | None = None
    cuts: list[float] = field(default_factory=list)


def chart_of(flow: Flow) -> Chart:
    """Draw a flow: rows, then columns, then every line between them."""
    return _Drawing(flow).chart


class _Drawing:
    def __init__(self, flow: Flow) -> None:
        names = in_order(flow)
        self.flow, self.chart = flow, Chart()
        self.row_of = {name: place for place, name in enumerate(names)}
        self.trunks = trunks_of(flow, self.row_of)
        places = {place.name: place for place in flow.places}
        self.rows = [self._row(places[name]) for name in names]
        self._columns()
        self._stack()
        self._common()
        self._spine()
        for trunk in self.trunks:
            self._trunk(trunk)

    def _row(self, place: Place) -> Row:
        left, right = (ports_of(place.name, side, self.trunks) for side in (LEFT, RIGHT))
        onward = [one for one in self.flow.arrows if straight(one, self.row_of) and place.name in one.sources]
        return Row(
            place=place,
            title=title_of(place, BROADEST - 32),
            inside=block_of(place.inside, BROADEST - 32, mark="↻ "),
            left=left,
            right=right,
            onward=block_of(onward[0].labels, BROADEST - SPINE - 24) if onward else None,
        )

    # --- columns and rows

    def _columns(self) -> None:
        """Words, lanes, boxes, lanes, words: each column as wide as what stands in it."""
        words, lanes = {}, {}
        for side in (LEFT, RIGHT):
            mine = [one for one in self.trunks if one.side == side]
            words[side] = max((block.width for one in mine for block in one.arrivals.values()), default=0.0)
            lanes[side] = 1 + max((one.lane for one in mine), default=-1)
        written = [max(row.title.width, row.inside.width) + 32 for row in self.rows]
        written += [row.onward.width + SPINE + 24 for row in self.rows if row.onward]
        self.box_width = min(BROADEST, max(NARROWEST, *written))
        beside = {side: self._beside(words[side], lanes[side]) for side in (LEFT, RIGHT)}
        self.lanes = lanes
        self.box_x = PAD + beside[LEFT]
        self.spine_x = self.box_x + SPINE
        self.chart.width = self.box_x + self.box_width + beside[RIGHT] + PAD

    def _beside(self, words: float, lanes: int) -> float:
        return words + 32 + BESIDE + PITCH * (lanes - 1) if lanes else 0.0

    def _stack(self) -> None:
        y = PAD
        for row in self.rows:
            row.y = y
            row.box = self._box(row)
            y += row.height + self._gap(row)
            self.chart.cuts.append(row.y + row.height + row.ring + 4)
        self.chart.height = y - self._gap(self.rows[-1]) + PAD

    def _common(self) -> None:
        """Tell below everything what may happen in many states, by the numbers that stand there."""
        for number, label in enumerate(self.flow.common, 1):
            block = block_of([label], self.chart.width - 2 * PAD - 12, mark=f"{circled(number)} ↻ ")
            top = self.chart.height + (APART if number > 1 else 2 * APART)
            self._write(block, PAD + 12, top)
            if block.own:
                self.chart.marks.append((PAD + 3, top + 2, block.height))
            self.chart.height = top + block.height + PAD

    def _gap(self, row: Row) -> float:
        return max(30.0, row.onward.height + 14) if row.onward else 16.0

    def _box(self, row: Row) -> Box:
        """Place a box in the middle of its row, high enough for every line that meets it."""
        middle = row.y + row.height / 2
        ys = [y for side in (LEFT, RIGHT) for _, y in self._port_ys(row, side)]
        top = min([middle - row.content / 2, *(y - 9 for y in ys)])
        bottom = max([middle + row.content / 2, *(y + 9 for y in ys)])
        if row.place.name == START:
            self.chart.start = (self.spine_x, middle)
            return Box(row.place, self.spine_x - DOT, middle - DOT, 2 * DOT, 2 * DOT, 0)
        head = row.title.height + AROUND
        head = bottom - top if bottom - top < head + 8 else head
        box = Box(row.place, self.box_x, top, self.box_width, bottom - top, head)
        self._fill(row, box)
        return box

    def _fill(self, row: Row, box: Box) -> None:
        self.chart.boxes.append(box)
        above = box.y + (box.head - row.title.height) / 2
        for line in row.title.lines:
            words = Text(box.x + 16, above + line.down, line.text, line.kind, tone=row.place.tone)
            self.chart.texts.append(words)
        self._write(row.inside, box.x + 16, box.y + box.head + 4)
        if row.inside.own:
            self.chart.marks.append((box.x + 7, box.y + box.head + 6, row.inside.height))

    def _write(self, block: Block, x: float, y: float, anchor: str = "start") -> None:
        for line in block.lines:
            self.chart.texts.append(Text(x, y + line.down, line.text, line.kind, anchor))

    def _port_ys(self, row: Row, side: str) -> list[tuple[Port, float]]:
        """Stack what meets one side, in the middle of the row."""
        ports = row.left if side == LEFT else row.right
        y = row.y + (row.height - sum(port.height for port in ports)) / 2
        found = []
        for port in ports:
            found.append((port, y + port.height / 2))
            y += port.height
        return found

    # --- lines

    def _spine(self) -> None:
        for row, below in zip(self.rows, self.rows[1:], strict=False):
            if not row.onward or not row.box or not below.box:
                continue
            top, bottom = row.box.y + row.box.height + row.ring, below.box.y - below.ring
            arrow = next(one for one in self.flow.arrows if self._is(one, row, below))
            kind: dict[str, Any] = {
                "danger": all(one.danger for one in arrow.labels),
                "own": all(one.own for one in arrow.labels),
            }
            self.chart.lines.append(Line(f"M{self.spine_x:g} {top:g}V{bottom - 6:g}", **kind))
            self._head(self.spine_x, bottom, 0, 1, kind)
            self._label(row.onward, self.spine_x + 16, (row.y + row.height + below.y) / 2)

    def _is(self, arrow: Arrow, row: Row, below: Row) -> bool:
        return arrow.sources == {row.place.name} and arrow.target == below.place.name

    def _label(self, block: Block, x: float, middle: float, anchor: str = "start") -> None:
        top = middle - block.height / 2
        self._write(block, x, top, anchor)
        if block.own:
            beside = x + 5 if anchor == "end" else x - 8
            self.chart.marks.append((beside, top + 2, block.height))

    def _head(self, x: float, y: float, right: int, down: int, kind: dict[str, Any]) -> None:
        """Draw an arrow's head with its point at a place."""
        back_x, back_y = x - 8 * right, y - 8 * down
        across_x, across_y = 4 * down, 4 * right
        path = (
            f"M{x:g} {y:g}L{back_x + across_x:g} {back_y + across_y:g}"
            f"L{back_x - across_x:g} {back_y - across_y:g}Z"
        )
        self.chart.heads.append(Line(path, "head", **kind))

    def _trunk(self, trunk: Trunk) -> None:
        """Draw a trunk: up and down in its lane, and across to each box that it meets."""
        ports = [
            (row, port, y)
            for row in self.rows
            for port, y in self._port_ys(row, trunk.side)
            if port.trunk is trunk
        ]
        x, sign = self._lane_x(trunk), 1 if trunk.side == RIGHT else -1
        first, last = (pick(y for _, _, y in ports) for pick in (min, max))
        kind: dict[str, Any] = {"danger": trunk.danger, "own": trunk.own}
        self.chart.lines.append(Line(f"M{x:g} {first + BEND:g}V{last - BEND:g}", **kind))
        for row, port, y in ports:
            assert row.box is not None
            edge = row.box.x + (row.box.width if sign > 0 else 0) + sign * row.ring
            self._across(edge + (6 * sign if port.block else 0), x, y, (first, last), kind)
            if first < y < last:
                self.chart.dots.append((x, y, trunk))
            if port.block:
                self._head(edge, y, -sign, 0, kind)
                self._arrive(port.block, x, y, sign)

    def _across(
        self, edge: float, x: float, y: float, ends: tuple[float, float], kind: dict[str, Any]
    ) -> None:
        """Draw the piece between a box and its lane; at the ends of the lane it bends into it."""
        sign = 1 if x > edge else -1
        self.chart.lines.append(Line(f"M{edge + 3 * sign:g} {y:g}H{x - 4 * sign:g}", "cut"))
        if y not in ends:
            self.chart.lines.append(Line(f"M{edge:g} {y:g}H{x:g}", **kind))
            return
        turn = BEND if y == ends[0] else -BEND
        bend = f"M{edge:g} {y:g}H{x - BEND * sign:g}Q{x:g} {y:g} {x:g} {y + turn:g}"
        self.chart.lines.append(Line(bend, **kind))

    def _arrive(self, block: Block, x: float, y: float, sign: int) -> None:
        outermost = self.lanes[RIGHT if sign > 0 else LEFT] - 1
        far = self._x_of(outermost, sign) + 10 * sign
        self.chart.lines.append(Line(f"M{x + 3 * sign:g} {y:g}H{far:g}", "lead"))
        self._label(block, far + 12 * sign, y, "start" if sign > 0 else "end")

    def _lane_x(self, trunk: Trunk) -> float:
        return self._x_of(trunk.lane, 1 if trunk.side == RIGHT else -1)

    def _x_of(self, lane: int, sign: int) -> float:
        edge = self.box_x + (self.box_width if sign > 0 else 0)
        return edge + sign * (BESIDE + PITCH * lane)
