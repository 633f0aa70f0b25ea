"""The columns of the figures: the same on the page, in the chart's words and in a file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from core.i18n import Sentence, _, _l
from plugins.hotline.models import CHANNELS
from plugins.hotline.statistics.counting import Counted, Figures

COUNT, SHARE, HOURS = "count", "share", "hours"
Value = int | float | None


@dataclass(frozen=True, kw_only=True)
class Measure:
    """One column: what it counts; ``good`` says whether more of it is better, less, or neither."""

    name: str
    title: Sentence
    kind: str
    value: Callable[[Figures, dt.datetime], Value]
    good: str = ""

    @property
    def heading(self) -> str:
        """The title with its unit, as it stands above a column."""
        unit = {SHARE: "%", HOURS: _("h")}.get(self.kind)
        return f"{self.title} ({unit})" if unit else str(self.title)


def share(part: int, whole: int) -> float | None:
    """Return a part in percent with one decimal; of nothing there is no share."""
    return round(100 * part / whole, 1) if whole else None


def _age(figures: Figures, now: dt.datetime) -> float | None:
    return round((now.timestamp() - figures.opened) / 3600, 1) if figures.open else None


def measures(rings: int) -> list[Measure]:
    """Return the columns of the figures; ``rings`` is what the office allows (QI/03 3.1.4)."""
    return [
        Measure(name="calls", title=_l("Calls"), kind=COUNT, value=lambda one, _now: one.calls),
        *(_of_channel(key, title) for key, title in CHANNELS.items()),
        Measure(name="solved", title=_l("Solved by phone"), kind=COUNT, value=lambda one, _now: one.solved),
        Measure(
            name="solved_share",
            title=_l("Share solved by phone"),
            kind=SHARE,
            value=lambda one, _now: share(one.solved, one.calls),
            good="more",
        ),
        Measure(name="rung", title=_l("Rings noted"), kind=COUNT, value=lambda one, _now: one.rung),
        Measure(
            name="quick_share",
            title=_l("Answered within %(rings)s rings", rings=rings),
            kind=SHARE,
            value=lambda one, _now: share(one.quick, one.rung),
            good="more",
        ),
        Measure(name="kept", title=_l("Promises kept"), kind=COUNT, value=lambda one, _now: one.kept),
        Measure(
            name="missed", title=_l("Missed"), kind=COUNT, value=lambda one, _now: one.missed, good="less"
        ),
        Measure(
            name="in_time_share",
            title=_l("Answered in time"),
            kind=SHARE,
            value=lambda one, _now: share(one.kept, one.kept + one.missed),
            good="more",
        ),
        Measure(
            name="open", title=_l("Still open"), kind=COUNT, value=lambda one, _now: one.open, good="less"
        ),
        Measure(name="age", title=_l("Open for, on average"), kind=HOURS, value=_age, good="less"),
    ]


def _of_channel(key: str, title: Sentence) -> Measure:
    return Measure(
        name=f"channel_{key}", title=title, kind=COUNT, value=lambda one, _now: one.channels.get(key, 0)
    )


@dataclass(frozen=True, kw_only=True)
class Line:
    """One row of the table: its label and a value for each column."""

    label: str
    values: list[Value]


def rows(counted: Counted, columns: list[Measure], before: str) -> Iterator[Line]:
    """Yield a row for each group, then the total, then that of the period before: what a file holds, too."""
    for group in counted.groups:
        yield Line(label=str(group.label), values=[one.value(group.figures, counted.now) for one in columns])
    for label, figures in ((_("Total"), counted.total), (before, counted.before)):
        yield Line(label=label, values=[one.value(figures, counted.now) for one in columns])


@dataclass(frozen=True, kw_only=True)
class Headline:
    """One figure in large letters, with the same of the period before."""

    measure: Measure
    value: Value
    before: Value

    @property
    def change(self) -> float | None:
        """By how much it differs from before, in its own unit; nothing when either is unknown."""
        if self.value is None or self.before is None:
            return None
        return round(self.value - self.before, 1)

    @property
    def tone(self) -> str:
        """Whether the change is for the better."""
        if not self.change or not self.measure.good:
            return ""
        return "better" if (self.change > 0) == (self.measure.good == "more") else "worse"


HEADLINES = ("calls", "solved_share", "quick_share", "in_time_share", "missed", "open", "age")


def headlines(counted: Counted, columns: list[Measure]) -> list[Headline]:
    """Return the figures that stand above the table."""
    return [
        Headline(
            measure=one,
            value=one.value(counted.total, counted.now),
            before=one.value(counted.before, counted.now),
        )
        for one in columns
        if one.name in HEADLINES
    ]
