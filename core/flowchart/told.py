"""A flow chart in words, for whoever cannot see it."""

from __future__ import annotations

from collections.abc import Iterator

from core.flowchart.flow import START, Arrow, Flow, Label
from core.i18n import _


def told(flow: Flow) -> str:
    """Return one sentence for each arrow, and for each step that leaves a case where it is."""
    return " ".join([*(_arrow(flow, one) for one in flow.arrows), *_staying(flow)])


def _arrow(flow: Flow, arrow: Arrow) -> str:
    titles = {place.name: place.title for place in flow.places} | {START: _("the beginning")}
    sources = " / ".join(title for name, title in titles.items() if name in arrow.sources)
    steps = "; ".join(_step(label) for label in arrow.labels)
    return _(
        "From %(sources)s to %(target)s: %(steps)s.",
        sources=sources,
        target=titles[arrow.target],
        steps=steps,
    )


def _staying(flow: Flow) -> Iterator[str]:
    for place in flow.places:
        common = [flow.common[number - 1] for number in place.common]
        if steps := "; ".join(_step(label) for label in (*place.inside, *common)):
            yield _("Stays in %(state)s: %(steps)s.", state=place.title, steps=steps)


def _step(label: Label) -> str:
    said = "; ".join(one for one in (label.who, *label.notes) if one)
    return f"{label.title} ({said})"
