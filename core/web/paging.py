"""Lists come a page at a time, and whatever an address says, there is a page."""

from __future__ import annotations

from flask import request

MOST_PAGES = 10_000


def page_number(name: str = "page") -> int:
    """Return which page of a list is asked for; what is no page is the first."""
    return min(max(request.args.get(name, 1, type=int), 1), MOST_PAGES)
