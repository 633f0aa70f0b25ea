"""What is chosen from on a field service request (QR/03)."""

from core.i18n import _l

PROBLEM_TYPES = {
    "quality": _l("Quality"),
    "requirement": _l("Requirement"),
    "usage": _l("Usage"),
    "other": _l("Other"),
}
ALL_SOLVED, UNSOLVED = "all_solved", "unsolved"
# How a phone call ended, and so the visit; to the customer it is solved like any other.
BY_PHONE = "by_phone"
RESULTS = {ALL_SOLVED: _l("All solved"), "partly": _l("Partly solved"), UNSOLVED: _l("Unsolved")}
