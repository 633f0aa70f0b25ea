"""Pages of HTML as A4 PDF, with Chinese fonts of our own and without a look at any file or any network."""

from __future__ import annotations

import io
from collections.abc import Iterable
from functools import cache
from importlib import import_module
from pathlib import Path
from threading import Lock
from typing import Any

FONTS = Path(__file__).with_name("static") / "vendor" / "fonts"
FACES = {"regular": (400, "NotoSansSC-Regular.ttf"), "bold": (700, "NotoSansSC-Bold.ttf")}
FAMILY = "Koudai Paper"
# Beside what the page itself says, so that a page need not know where the fonts come from. The font's local forms
# (in English) and ligatures would print signs that nobody can search for or copy.
PLAIN = '"locl" 0, "liga" 0'
STYLE = f'html {{ font-family: "{FAMILY}"; font-feature-settings: {PLAIN} }}\n' + "\n".join(
    f'@font-face {{ font-family: "{FAMILY}"; src: url(font:{name}); font-weight: {weight} }}'
    for name, (weight, _file) in FACES.items()
)
_one_at_a_time = Lock()


@cache
def available() -> bool:
    """Say whether PDF can be made here: the library fits this platform, and the fonts were fetched."""
    if not all((FONTS / file).exists() for _weight, file in FACES.values()):
        return False
    try:
        import_module("plutoprint")
    except (ImportError, OSError):
        return False
    return True


def render(html: str, style: str = "") -> bytes:
    """Lay a page of HTML out on A4 (``@page`` in its style may turn it) and return the PDF.

    Pictures come as ``data:`` addresses; whatever else the page names is not fetched.
    """
    import plutoprint

    out = io.BytesIO()
    with _one_at_a_time:
        book = plutoprint.Book(plutoprint.PAGE_SIZE_A4)
        book.custom_resource_fetcher = _fetcher()
        book.load_html(html, user_style=STYLE + style)
        book.write_to_pdf_stream(out)
    return out.getvalue()


def joined(documents: Iterable[bytes]) -> bytes:
    """Put documents one behind the other; each keeps its own count of pages."""
    from pypdf import PdfWriter

    whole = PdfWriter()
    for one in documents:
        whole.append(io.BytesIO(one))
    return _written(whole)


def stamped(document: bytes, html: str, style: str = "") -> bytes:
    """Lay the first page of HTML over every page of a document."""
    from pypdf import PdfReader, PdfWriter

    mark = PdfReader(io.BytesIO(render(html, style))).pages[0]
    whole = PdfWriter(clone_from=io.BytesIO(document))
    for page in whole.pages:
        page.merge_page(mark)
    return _written(whole)


def is_wide(document: bytes) -> bool:
    """Say whether the first page of a document lies on its side."""
    from pypdf import PdfReader

    box = PdfReader(io.BytesIO(document)).pages[0].mediabox
    return bool(box.width > box.height)


def _written(whole: Any) -> bytes:
    out = io.BytesIO()
    whole.write(out)
    return out.getvalue()


@cache
def _fetcher() -> Any:
    """Return the one fetcher of this process: each font is one object of bytes, or every document would keep its own."""
    import plutoprint

    fonts = {f"font:{name}": (FONTS / file).read_bytes() for name, (_weight, file) in FACES.items()}

    class Fetcher(plutoprint.ResourceFetcher):
        """Gives the fonts and what the page brings along, and nothing else."""

        def fetch_url(self, url: str) -> plutoprint.ResourceData:
            if url in fonts:
                return plutoprint.ResourceData(fonts[url], mime_type="font/ttf", text_encoding="")
            if url.startswith("data:image/"):
                return super().fetch_url(url)
            raise PermissionError(f"a page may not fetch {url[:80]}")

    return Fetcher()
