"""What is chosen from on a field service request (QR/03)."""

from core.i18n import _l

PROBLEM_TYPES = {
    "quality": _l("Quality"),
    "requirement": _l("Requirement"),
    "usage": _l("Usage"),
    "other": _l("Other"),
}
UNSOLVED = "unsolved"
RESULTS = {"all_solved": _l("All solved"), "partly": _l("Partly solved"), UNSOLVED: _l("Unsolved")}
