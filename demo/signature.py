"""A signature as it is drawn on a screen: a small PNG, another one for each name."""

from __future__ import annotations

import base64
import math
import random
import struct
import zlib

WIDTH, HEIGHT = 220, 80


def signed(name: str) -> str:
    """Return somebody's signature as the data URL that a browser would send; the same name signs alike."""
    body = base64.b64encode(_png(_drawn(random.Random(name)))).decode()
    return f"data:image/png;base64,{body}"


def _drawn(hand: random.Random) -> list[bytearray]:
    """Draw a few strokes with a pen two points wide, ink 0 on paper 255."""
    paper = [bytearray([255] * WIDTH) for _ in range(HEIGHT)]
    left = 15.0
    for _ in range(hand.randint(3, 4)):
        width, height = hand.uniform(35, 50), hand.uniform(12, 26)
        bend, turns = hand.uniform(0, math.tau), hand.uniform(0.8, 1.7)
        for point in range(400):
            along = point / 400
            x = left + width * along + 6 * math.sin(bend + math.tau * along)
            y = HEIGHT / 2 + height * math.sin(bend + math.tau * turns * along)
            _dot(paper, round(x), round(y))
        left += width * 0.85
    return paper


def _dot(paper: list[bytearray], x: int, y: int) -> None:
    for row in paper[max(y, 0) : y + 2]:
        row[max(x, 0) : x + 2] = b"\0\0"


def _png(paper: list[bytearray]) -> bytes:
    rows = b"".join(b"\0" + bytes(row[:WIDTH]) for row in paper)
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 0, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, content) for kind, content in parts)


def _chunk(kind: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)
