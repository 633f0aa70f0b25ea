"""What was done a moment ago can be undone: the message that says so carries the button."""

from __future__ import annotations

from flask import flash, render_template
from markupsafe import Markup


def tell_undo(said: str, undo: str) -> None:
    """Flash what was done, with a button that undoes it at an address."""
    flash(Markup(render_template("core/_undo.html", said=said, undo=undo)), "done")
