"""Which files may be attached: what the name says and what the bytes say must agree."""

from __future__ import annotations

import codecs
import mmap
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

BEGINNING = 64 * 1024
ENCODINGS = ("utf-8-sig", "gb18030")
WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
ZIP, EMPTY_ZIP = b"PK\x03\x04", b"PK\x05\x06"
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# How a message begins: a name of a header, and a colon.
HEADER = re.compile(rb"(?:>?From [^\r\n]*\r?\n)?[!-9;-~]{1,60}:")
OPEN_XML = "application/vnd.openxmlformats-officedocument."


@dataclass(frozen=True)
class Kind:
    """One kind of file: how it is sent, how its bytes begin, and whether a browser may show it in a page."""

    media_type: str
    fits: Callable[[bytes, Path], bool]
    shown: bool = False


def _begins(*beginnings: bytes) -> Callable[[bytes, Path], bool]:
    return lambda head, _path: head.startswith(beginnings)


def _webp(head: bytes, _path: Path) -> bool:
    return head[:4] == b"RIFF" and head[8:12] == b"WEBP"


def _text(head: bytes, _path: Path) -> bool:
    """Say whether a beginning is text in an encoding that offices use; a character may be cut at its end."""
    if head.startswith(WIDE):
        return True
    return b"\0" not in head and any(_decodes(head, encoding) for encoding in ENCODINGS)


def _decodes(head: bytes, encoding: str) -> bool:
    try:
        codecs.getincrementaldecoder(encoding)().decode(head)
    except UnicodeDecodeError:
        return False
    return True


def _message(head: bytes, _path: Path) -> bool:
    return b"\0" not in head and HEADER.match(head) is not None


def _document(folder: bytes) -> Callable[[bytes, Path], bool]:
    """Look for the folder that makes an archive a document; nothing is unpacked, so that no bomb goes off."""

    def fits(head: bytes, path: Path) -> bool:
        if not head.startswith(ZIP):
            return False
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            return content.find(b"[Content_Types].xml") >= 0 and content.find(folder) >= 0

    return fits


KINDS = {
    "png": Kind("image/png", _begins(b"\x89PNG\r\n\x1a\n"), shown=True),
    "jpg": Kind("image/jpeg", _begins(b"\xff\xd8\xff"), shown=True),
    "jpeg": Kind("image/jpeg", _begins(b"\xff\xd8\xff"), shown=True),
    "gif": Kind("image/gif", _begins(b"GIF87a", b"GIF89a"), shown=True),
    "webp": Kind("image/webp", _webp, shown=True),
    "pdf": Kind("application/pdf", _begins(b"%PDF-")),
    "txt": Kind("text/plain", _text),
    "log": Kind("text/plain", _text),
    "csv": Kind("text/csv", _text),
    "doc": Kind("application/msword", _begins(OLD_OFFICE)),
    "xls": Kind("application/vnd.ms-excel", _begins(OLD_OFFICE)),
    "docx": Kind(f"{OPEN_XML}wordprocessingml.document", _document(b"word/")),
    "xlsx": Kind(f"{OPEN_XML}spreadsheetml.sheet", _document(b"xl/")),
    "zip": Kind("application/zip", _begins(ZIP, EMPTY_ZIP)),
    "rar": Kind("application/vnd.rar", _begins(b"Rar!\x1a\x07")),
    "eml": Kind("message/rfc822", _message),
    "7z": Kind("application/x-7z-compressed", _begins(b"7z\xbc\xaf\x27\x1c")),
}
SHOWN = frozenset(kind.media_type for kind in KINDS.values() if kind.shown)


def kind_of(name: str) -> Kind | None:
    """Return the kind that a file's name claims; None when it is none that may be attached."""
    _stem, dot, ending = name.rpartition(".")
    return KINDS.get(ending.lower()) if dot else None
