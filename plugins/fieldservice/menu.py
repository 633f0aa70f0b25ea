"""Where field service stands in the menu."""

from __future__ import annotations

from core.i18n import Sentence, _l
from core.slots import MenuItem

UNSOLVED = _l("Unsolved")


def _cases(
    title: Sentence, noun: str, permission: str, icon: str, weight: int, within: Sentence | None
) -> MenuItem:
    return MenuItem(
        title=title,
        endpoint="cases.cases",
        values={"plugin": "fieldservice", "noun": noun},
        permission=permission,
        icon=icon,
        weight=weight,
        within=within,
    )


MENU = (
    MenuItem(
        title=_l("My visits"),
        endpoint="fieldservice.visits",
        permission="fieldservice.visit",
        icon="geo-alt",
        weight=5,
    ),
    MenuItem(
        title=_l("Dispatch"),
        endpoint="fieldservice.dispatching.board",
        permission="fieldservice.see_dispatch",
        icon="signpost-split",
        weight=7,
    ),
    _cases(_l("Requests"), "request", "fieldservice.read", "truck", 30, None),
    _cases(_l("Case conferences"), "conference", "fieldservice.read", "people", 31, UNSOLVED),
    _cases(_l("Custody"), "custody", "fieldservice.read_custody", "box-seam", 32, UNSOLVED),
    _cases(
        _l("Before head office"), "escalation", "fieldservice.read_escalations", "building-up", 33, UNSOLVED
    ),
)
