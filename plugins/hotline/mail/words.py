"""The words of a message: bytes in whatever encoding, and HTML, as plain text."""

from __future__ import annotations

import re
from contextlib import suppress
from html.parser import HTMLParser

# What Chinese senders call GB 2312 is nearly always the larger set.
LARGER = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb_2312-80": "gb18030",
    "us-ascii": "utf-8",
    "ascii": "utf-8",
    # What writes domain names is no encoding of a message: Python reads a long one for hours.
    "punycode": "utf-8",
    "idna": "utf-8",
}
GUESSES = ("utf-8", "gb18030", "latin-1")
HIDDEN = frozenset({"script", "style", "head", "title", "template", "noscript", "object"})
BREAKS = frozenset({"br", "p", "div", "tr", "li", "h1", "h2", "h3", "h4", "blockquote", "table", "hr", "pre"})
# Half a pair that stands alone can be written nowhere; the rest of the surrogates hide bytes of a header.
HALF = re.compile("[\ud800-\udc7f\udd00-\udfff]")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\ufeff]")


def decoded(content: bytes, charset: str | None) -> str:
    """Read bytes in the encoding that they claim; where that is none, or is wrong, in the first that fits."""
    named = (charset or "").strip("\"' ").lower()
    for encoding in (LARGER.get(named, named), *GUESSES):
        try:
            text = content.decode(encoding)
            # What can be read and never written again (a lone surrogate) does not fit either.
            text.encode()
        except (LookupError, ValueError):
            continue
        return text
    return content.decode("utf-8", "replace")


def bytes_of(header: str) -> bytes:
    """Return the bytes of a header, those among them that the standard library hides because they are no ASCII."""
    return HALF.sub("\ufffd", header).encode("utf-8", "surrogateescape")


def tidy(text: str) -> str:
    """Return a text without invisible marks, its lines kept, at most one empty line at a time."""
    plain = CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " "))
    lines = "\n".join(line.rstrip() for line in plain.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", lines).strip()


def one_line(text: str, most: int) -> str:
    """Return a text on one line, cut where it is too long."""
    plain = " ".join(tidy(text).split())
    return plain if len(plain) <= most else f"{plain[: most - 1]}…"


def from_html(page: str) -> str:
    """Return what an HTML message says: its words alone; nothing is fetched, run or followed."""
    reader = _Reader()
    # Of a mark that the parser cannot make out, what stands before it is read.
    with suppress(AssertionError):
        # A page that was cut off may end inside of a mark.
        reader.feed(re.sub(r"<[^<>]*\Z", "", page))
        reader.close()
    return tidy("".join(reader.said))


class _Reader(HTMLParser):
    """Collects the words between the marks."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in HIDDEN
        if tag in BREAKS:
            self.said.append("\n")
        elif tag == "td":
            self.said.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in HIDDEN:
            self._hidden = max(self._hidden - 1, 0)
        elif tag in BREAKS:
            self.said.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.said.append(re.sub(r"\s+", " ", data))
