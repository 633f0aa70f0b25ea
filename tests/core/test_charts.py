"""Bars drawn by the server: as high as their amounts, under labels that do not touch."""

from __future__ import annotations

import pytest

from core.charts import Amount, lying, standing, ticks_of


@pytest.mark.parametrize(
    ("most", "ticks"),
    [(0, [0, 1]), (3, [0, 1, 2, 3]), (7, [0, 2, 4, 6, 8]), (10, [0, 5, 10]), (213, [0, 100, 200, 300])],
)
def test_the_lines_stand_at_round_numbers(most: int, ticks: list[int]) -> None:
    assert ticks_of(most) == ticks


def test_a_bar_is_as_high_as_its_amount_and_its_part_lies_in_it() -> None:
    half, whole = standing([Amount(label="11-23", value=5, part=1), Amount(label="11-24", value=10)]).bars
    assert whole.height == pytest.approx(2 * half.height)
    assert half.part_height == pytest.approx(half.height / 5, abs=0.1)
    assert half.part_y > half.y


def test_labels_that_would_touch_are_left_out_and_long_names_are_cut() -> None:
    days = standing([Amount(label="2026-11-23", value=1)] * 60).bars
    assert 0 < sum(bool(one.label) for one in days) < 30
    (bar,) = lying([Amount(label="很长的产品名称" * 20, value=1)]).bars
    assert bar.label.endswith("…")


def test_nothing_to_draw_breaks_nothing() -> None:
    assert standing([]).bars == []
    assert lying([]).bars == []
