"""Pictures as a browser draws them: is a PNG whole, and is there anything on it?"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

HEAD = b"\x89PNG\r\n\x1a\n"
SIDES = range(1, 4001)
# A tablet's canvas needs 8 MB; a small file that unfolds into more is none.
LARGEST = 16 << 20
# How many values a dot has, by the kind of its colour: grey, colours, palette, grey and colours with opacity.
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}


def is_drawn(data: bytes) -> bool:
    """Say whether it is a whole PNG of a sensible size that is not empty."""
    try:
        parts = list(_chunks(data))
        return _has_ink(parts) if _is_whole(parts) else False
    except (struct.error, zlib.error, KeyError):
        return False


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the parts of a PNG, each whose checksum is right, up to its end."""
    at = len(HEAD) if data.startswith(HEAD) else len(data)
    while at < len(data):
        (size,) = struct.unpack_from(">I", data, at)
        kind, content = data[at + 4 : at + 8], data[at + 8 : at + 8 + size]
        if struct.unpack_from(">I", data, at + 8 + size) != (zlib.crc32(kind + content),):
            return
        yield kind, content
        at += 12 + size


def _is_whole(parts: list[tuple[bytes, bytes]]) -> bool:
    kinds = [kind for kind, _content in parts]
    return bool(kinds) and kinds[0] == b"IHDR" and kinds[-1] == b"IEND" and b"IDAT" in kinds


def _has_ink(parts: list[tuple[bytes, bytes]]) -> bool:
    """Unfold the dots and look for one that is not nothing; what filters make of nothing is nothing again."""
    width, height, depth, colour, _packing, _filters, interlaced = struct.unpack(">IIBBBBB", parts[0][1])
    row = 1 + (width * depth * CHANNELS[colour] + 7) // 8
    if width not in SIDES or height not in SIDES or row * height > LARGEST or interlaced:
        return False
    packed = b"".join(content for kind, content in parts if kind == b"IDAT")
    dots = zlib.decompressobj().decompress(packed, row * height)
    whole = len(dots) == row * height
    return whole and any(dots[at + 1 : at + row].strip(b"\0") for at in range(0, len(dots), row))
