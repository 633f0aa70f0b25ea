"""What people wrote, as it is shown: paragraphs kept, links made safe, mentions marked, everything else escaped."""

from __future__ import annotations

import re
from collections.abc import Iterable

from markupsafe import Markup, escape

# Only what an address may hold: Chinese words and marks that follow at once are no part of it.
LINK = r"https?://[A-Za-z0-9][A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]*"
AFTER = ".,;:!?'\")]"
LINKED = Markup('<a href="{0}" rel="noopener noreferrer nofollow" target="_blank">{0}</a>{1}')
MENTIONED = Markup('<b class="mentioned">{}</b>')


def prose(text: str, mentions: Iterable[str] = ()) -> Markup:
    """Return a text as safe markup; the lines are kept by its style (``as-written``)."""
    words = sorted(map(re.escape, mentions), key=len, reverse=True)
    parts = re.compile(f"({'|'.join([LINK, *words])})")
    pieces = parts.split(text)
    # Every second piece is what was looked for.
    return Markup("").join(_marked(one) if at % 2 else escape(one) for at, one in enumerate(pieces))


def _marked(piece: str) -> Markup:
    if not piece.startswith(("http://", "https://")):
        return MENTIONED.format(piece)
    address = piece.rstrip(AFTER)
    return LINKED.format(address, piece[len(address) :])
