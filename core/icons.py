"""The icons that there are: those of the vendored Bootstrap Icons, by name."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from difflib import get_close_matches
from functools import cache
from pathlib import Path

from core.i18n import Sentence, _l

DRAWN = Path(__file__).with_name("static") / "vendor" / "bootstrap-icons.min.css"
RULE = re.compile(r"\.bi-([a-z0-9-]+)::before")
# A class that is written out, or what a macro is given: bi bi-inbox, icon="inbox".
IN_MARKUP = re.compile(r"""\bbi bi-([a-z0-9-]+)(?=["'\s])|\bicon=["']([a-z0-9-]+)["']""")
MARKUP, CODE = (".html", ".js"), ".py"


@cache
def drawn() -> frozenset[str]:
    """Return the names of the icons that are drawn; none where the browser's files were not fetched yet."""
    return frozenset(RULE.findall(DRAWN.read_text(encoding="utf-8"))) if DRAWN.exists() else frozenset()


def unknown(icon: str) -> Sentence | None:
    """Say that there is no such icon, with those that are called nearly so."""
    if not icon or not drawn() or icon in drawn():
        return None
    like = ", ".join(get_close_matches(icon, sorted(drawn()), 3)) or "box, inbox, people"
    return _l(
        "there is no icon “%(icon)s” (icons.getbootstrap.com names them): choose another, like %(like)s",
        icon=icon,
        like=like,
    )


def written_in(path: Path) -> Iterator[str]:
    """Yield the icons that a file of a plugin writes out: in its templates and scripts, or as ``icon=``."""
    text = path.read_text(encoding="utf-8")
    if path.suffix in MARKUP:
        yield from (one or other for one, other in IN_MARKUP.findall(text))
    if path.suffix == CODE:
        given = (one for one in ast.walk(ast.parse(text)) if isinstance(one, ast.keyword))
        yield from (_text(one.value) for one in given if one.arg == "icon")


def _text(value: ast.expr) -> str:
    """Return a text that is written out; what is worked out is not judged here."""
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else ""
