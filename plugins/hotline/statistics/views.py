"""The figures of the hotline: table, chart, comparison with the period before, and the same as a file."""

from __future__ import annotations

import io
from typing import Any

from flask import Blueprint, abort, render_template, request, send_file

from core import charts, clock, ledger
from core.db import writing
from core.i18n import _
from core.lists import export
from core.web.access import actor, may, needs, these_rules, this_office
from plugins.hotline.log.services import today
from plugins.hotline.statistics import question, table
from plugins.hotline.statistics.counting import Counted, counted
from plugins.hotline.statistics.parameters import SEE, SEE_ALL
from plugins.hotline.statistics.periods import ENGINEERS, GROUPS, IN_TIME_ORDER, PRESETS, Span
from plugins.hotline.statistics.question import CUSTOM, Question

pages = Blueprint("statistics", __name__, url_prefix="/<office>/hotline/figures")
NAME, WIDE, USUAL = "hotline.statistics", 26, 14
FILES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
}


@pages.get("/")
@needs(SEE)
def figures(office: str) -> str:
    """The figures as they are asked for."""
    asked = _asked(request.args)
    found, columns = _count(asked), table.measures(these_rules().parameter("hotline.most_rings"))
    return render_template(
        "hotline/statistics/figures.html",
        asked=asked,
        found=found,
        columns=columns,
        rows=list(table.rows(found, columns, told(asked.before))),
        headlines=table.headlines(found, columns),
        chart=_chart(found, asked.by),
        presets=PRESETS,
        groups=GROUPS,
        custom=CUSTOM,
        told=told,
        own_only=asked.by == ENGINEERS and not may(SEE_ALL),
    )


@pages.post("/export")
@needs("core.export_lists")
def export_figures(office: str) -> Any:
    """Hand the figures over as they are shown, and write down that they were taken."""
    kind = request.form.get("format", "")
    if not may(SEE):
        abort(403)
    if kind not in FILES:
        abort(400)
    asked, paper = _asked(request.form), io.BytesIO()
    what, name = _exported(asked), _("Figures")
    count = export.write_csv(paper, what) if kind == "csv" else export.write_xlsx(paper, what, name)
    code = this_office().code
    _write_down({"rows": count, "format": kind, "asked": asked.plain()})
    paper.seek(0)
    called = f"{code}-{name}-{asked.span.first}-{asked.span.last}.{kind}"
    return send_file(paper, mimetype=FILES[kind], as_attachment=True, download_name=called, etag=False)


def _asked(given: Any) -> Question:
    return question.read(given, today(these_rules(), clock.now()))


def _count(asked: Question) -> Counted:
    """Count what the reader may see: of engineers everybody's lines for managers, else only his own."""
    only = None if may(SEE_ALL) else actor().person_id
    return counted(these_rules(), asked.span, asked.before, asked.by, clock.now(), only)


def _exported(asked: Question) -> export.Exported:
    columns = table.measures(these_rules().parameter("hotline.most_rings"))
    lines = list(table.rows(_count(asked), columns, told(asked.before)))
    headings = [str(GROUPS[asked.by]), *(one.heading for one in columns)]
    widths = [WIDE, *(USUAL for _one in columns)]
    return export.Exported(headings, widths, (), lambda: iter([[one.label, *one.values] for one in lines]))


def _chart(found: Counted, by: str) -> charts.Chart:
    amounts = [
        charts.Amount(label=_short(str(one.label), by), value=one.figures.calls, part=one.figures.solved)
        for one in found.groups
    ]
    return charts.standing(amounts) if by in IN_TIME_ORDER else charts.lying(amounts)


def _short(label: str, by: str) -> str:
    """Return the label of a bar: a day without its year."""
    return label[5:] if by == "day" else label


def told(span: Span) -> str:
    """Say a span: one day, or from the first to the last."""
    return f"{span.first}" if span.days == 1 else f"{span.first} – {span.last}"


def _write_down(details: dict[str, Any]) -> None:
    with writing():
        ledger.append(
            this_office().id,
            kind="export",
            action="export",
            actor=actor().name,
            actor_id=actor().person_id,
            procedure=NAME,
            details=details,
        )
