"""The flow chart: every state and step is on it, nothing lies on anything else, a sheet of paper cuts no words."""

from __future__ import annotations

import re
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.flowchart.blocks import SIZES
from core.flowchart.flow import START, Arrow, Flow, Label, Place, flow_of
from core.flowchart.layout import Chart, Text, chart_of
from core.flowchart.letters import width, wrapped
from core.flowchart.order import in_order
from core.flowchart.paging import SHEET_HEIGHT, pieces_of
from core.flowchart.told import told
from core.plugins import Plugins
from core.procedure import Procedure, Step
from core.testing import NATIONAL

Rectangle = tuple[float, float, float, float]
NAMES = ("hotline.call", "fieldservice.request", "billing.sealing", "quality.complaint")


def plainly(step: Step) -> Label:
    return Label(
        step=step.name, title=str(step.title), who=" / ".join(str(one.role.title) for one in step.who)
    )


def flow(procedure: Procedure) -> Flow:
    return flow_of(procedure, plainly, lambda plugin: plugin == "shanghai")


@pytest.fixture(params=NAMES)
def procedure(request: pytest.FixtureRequest, plugins: Plugins) -> Procedure:
    return plugins.set_of((*NATIONAL, "shanghai")).procedures[request.param]


def labels(found: Flow) -> list[Label]:
    at_arrows = [label for arrow in found.arrows for label in arrow.labels]
    return [*at_arrows, *found.common, *(label for place in found.places for label in place.inside)]


# --- what is on it


def test_every_state_and_every_step_is_on_it(procedure: Procedure) -> None:
    found = flow(procedure)
    assert {place.name for place in found.places} == {START, *procedure.states}
    assert {label.step for label in labels(found)} == set(procedure.steps)


def test_what_is_on_it_is_drawn_in_words(procedure: Procedure) -> None:
    found = flow(procedure)
    words = "".join(text.words for text in chart_of(found).texts).replace(" ", "")
    titles = [place.title for place in found.places] + [label.title for label in labels(found)]
    assert [title for title in titles if title.replace(" ", "") not in words] == []


def test_it_is_told_to_who_cannot_see_it(procedure: Procedure) -> None:
    text = told(flow(procedure))
    assert [str(step.title) for step in procedure.steps.values() if str(step.title) not in text] == []
    assert [str(state.title) for state in procedure.states.values() if str(state.title) not in text] == []


def test_a_step_that_a_region_gave_to_others_is_told_with_its_note_alone() -> None:
    given = Label(
        step="settle", title="Settle", who="", notes=("Shanghai: the duty manager (SHYY/QI/03 3.2)",)
    )
    found = Flow(places=(Place(name=START), Place(name="open", title="Open", inside=(given,))), arrows=())
    assert told(found).endswith("Settle (Shanghai: the duty manager (SHYY/QI/03 3.2)).")


def test_what_may_happen_in_many_states_is_told_once(plugins: Plugins) -> None:
    request = plugins.set_of(NATIONAL).procedures["fieldservice.request"]
    found = flow(request)
    names = [label.step for label in found.common]
    assert names == ["correct", "phoned", "move_in_day", "take_over", "file_scan"]
    for number, name in enumerate(names, 1):
        there = {place.name for place in found.places if number in place.common}
        assert there == request.steps[name].sources


def test_a_way_from_many_states_is_one_line_with_one_label(plugins: Plugins) -> None:
    request = plugins.set_of(NATIONAL).procedures["fieldservice.request"]
    (cancel,) = [arrow for arrow in flow(request).arrows if "cancel" in [one.step for one in arrow.labels]]
    assert cancel.sources == request.steps["cancel"].sources
    texts = [text.words for text in chart_of(flow(request)).texts]
    assert texts.count(str(request.steps["cancel"].title)) == 1


# --- in which order


def test_the_usual_way_reads_downward(plugins: Plugins) -> None:
    order = in_order(flow(plugins.set_of(NATIONAL).procedures["fieldservice.request"]))
    usual = ["waiting", "registered", "dispatched", "confirmed", "arranged", "on_site", "signed", "turned_in"]
    unsolved = ["conferring", "puzzling", "escalated", "remedied", "sent_again"]
    assert order == [START, *usual, *unsolved, "closed", "cancelled"]


def test_a_state_declared_last_stands_where_its_steps_put_it() -> None:
    places = tuple(Place(name=name, title=name) for name in (START, "a", "b", "checked"))
    ways = ((START, "a"), ("a", "checked"), ("checked", "b"), ("b", "a"))
    arrows = tuple(
        Arrow(frozenset({one}), other, (Label(step=one, title=one, who="x"),)) for one, other in ways
    )
    assert in_order(Flow(places=places, arrows=arrows)) == [START, "a", "checked", "b"]


# --- where it stands


def box_of(text: Text) -> Rectangle:
    wide = width(text.words, SIZES[text.kind])
    left = text.x - wide if text.anchor == "end" else text.x
    return left, text.y - SIZES[text.kind] * 0.8, left + wide, text.y + SIZES[text.kind] * 0.2


def meet(one: Rectangle, other: Rectangle) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def boxes(chart: Chart) -> list[Rectangle]:
    return [(one.x, one.y, one.x + one.width, one.y + one.height) for one in chart.boxes]


def uprights(chart: Chart) -> list[Rectangle]:
    """Return what runs up or down, as thin rectangles."""
    found = []
    for line in chart.lines:
        upright = re.fullmatch(r"M([\d.]+) ([\d.]+)V([\d.]+)", line.path)
        if upright and line.kind == "way":
            x, *ends = map(float, upright.groups())
            found.append((x - 1, min(ends) + 1, x + 1, max(ends) - 1))
    return found


def overlaps(chart: Chart) -> list[tuple[Rectangle, Rectangle]]:
    """Return what lies on something else: boxes, words, lines through boxes or words, words half in a box."""
    written, placed, lines = [box_of(text) for text in chart.texts], boxes(chart), uprights(chart)
    pairs = [*combinations(placed, 2), *combinations(written, 2)]
    pairs += [(line, other) for line in lines for other in (*placed, *written)]
    pairs += [(words, box) for words in written for box in placed if not within(words, box)]
    return [(one, other) for one, other in pairs if meet(one, other)]


def within(one: Rectangle, other: Rectangle) -> bool:
    return other[0] <= one[0] and one[2] <= other[2] and other[1] <= one[1] and one[3] <= other[3]


def test_nothing_lies_on_anything_else(procedure: Procedure) -> None:
    chart = chart_of(flow(procedure))
    assert overlaps(chart) == []
    sheet = (0.0, 0.0, chart.width, chart.height)
    assert all(within(one, sheet) for one in [*boxes(chart), *map(box_of, chart.texts)])


def test_an_overlap_is_seen() -> None:
    chart = chart_of(Flow(places=(Place(name=START), Place(name="a", title="a")), arrows=()))
    assert not overlaps(chart)
    chart.texts.append(Text(chart.boxes[0].x - 5, chart.boxes[0].y + 9, "across the edge", "step"))
    assert overlaps(chart)


WORDS = st.text(alphabet="等待区域经理处理中 manager/Wil", min_size=1, max_size=40)


@st.composite
def flows(draw: st.DrawFn) -> Flow:
    """Draw any flow: states with long and short names, arrows from anywhere to anywhere."""
    names = [f"s{number}" for number in range(draw(st.integers(1, 7)))]
    places = [Place(name=name, title=draw(WORDS), final=draw(st.booleans())) for name in names]
    arrows = []
    for number in range(draw(st.integers(0, 9))):
        target = draw(st.sampled_from(names))
        sources = draw(st.frozensets(st.sampled_from([START, *names]), min_size=1)) - {target}
        label = Label(step=f"t{number}", title=draw(WORDS), who=draw(WORDS), notes=draw(st.tuples(WORDS)))
        arrows += [Arrow(sources, target, (label,))] if sources else []
    bundled = {(one.sources, one.target): one for one in arrows}
    return Flow(places=(Place(name=START), *places), arrows=tuple(bundled.values()))


@given(flows())
def test_nothing_lies_on_anything_else_whatever_the_procedure(found: Flow) -> None:
    chart = chart_of(found)
    assert len(chart.boxes) == len(found.places) - 1
    assert overlaps(chart) == []


# --- on paper


@given(flows())
def test_the_pieces_are_the_whole_and_cut_no_words(found: Flow) -> None:
    chart = chart_of(found)
    pieces = pieces_of(chart)
    assert pieces[0].top == 0
    assert [one.top + one.height for one in pieces] == [*(one.top for one in pieces[1:]), round(chart.height)]
    for piece in pieces[1:]:
        cut = (0.0, piece.top - 0.5, chart.width, piece.top + 0.5)
        assert not any(meet(cut, one) for one in [*boxes(chart), *map(box_of, chart.texts)])


def test_a_long_procedure_is_parted_and_a_short_one_is_not(plugins: Plugins) -> None:
    found = plugins.set_of(NATIONAL).procedures
    assert len(pieces_of(chart_of(flow(found["billing.sealing"])))) == 1
    chart = chart_of(flow(found["fieldservice.request"]))
    pieces = pieces_of(chart)
    assert len(pieces) > 1
    assert max(piece.height for piece in pieces) < 2 * min(piece.height for piece in pieces)
    assert all(piece.height <= SHEET_HEIGHT * max(1, chart.width / 680) for piece in pieces)


# --- words


@pytest.mark.parametrize(
    "text", ["等待区域经理处理中，请稍候", "Waits for the regional manager", "SHYY/QI/03" * 9]
)
def test_lines_are_as_wide_as_there_is_room_and_lose_nothing(text: str) -> None:
    lines = wrapped(text, 12, 90)
    assert len(lines) > 1
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert max(width(line, 12) for line in lines) <= 90 + 12
    assert not any(line.startswith("，") for line in lines)
