"""A picture that somebody drew can be told from one that is broken, empty or too large."""

import base64
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import png
from demo.signature import signed

DRAWN = bytes([0, 0, 0, 255])
NOTHING = bytes(4)


def picture(
    dots: list[bytes], *, width: int = 0, height: int = 1, interlaced: int = 0, filtered: int = 0
) -> bytes:
    """Make a PNG of one or more equal rows of dots with opacity."""
    header = struct.pack(">IIBBBBB", width or len(dots), height, 8, 6, 0, 0, interlaced)
    rows = (bytes([filtered]) + b"".join(dots)) * height
    return png.HEAD + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def test_what_was_drawn_is_a_picture() -> None:
    assert png.is_drawn(picture([NOTHING, DRAWN, NOTHING]))
    assert png.is_drawn(base64.b64decode(signed("高敏").partition(",")[2]))


@pytest.mark.parametrize("filtered", [0, 2, 4])
def test_an_empty_canvas_is_none_however_its_rows_are_packed(filtered: int) -> None:
    assert not png.is_drawn(picture([NOTHING] * 5, height=3, filtered=filtered))


@pytest.mark.parametrize("sides", [{"width": 0x7FFFFFFF}, {"width": 4001}, {"height": 4001}, {"height": 0}])
def test_what_is_out_of_all_proportion_is_none(sides: dict[str, int]) -> None:
    assert not png.is_drawn(picture([DRAWN], **sides))


def test_what_unfolds_into_more_than_a_screen_is_none() -> None:
    assert not png.is_drawn(picture([DRAWN] * 3000, height=3000))


def test_what_has_fewer_dots_than_it_says_is_none() -> None:
    assert not png.is_drawn(picture([DRAWN], width=7))
    assert not png.is_drawn(picture([DRAWN], interlaced=1))


@given(st.integers(0, len(picture([DRAWN])) - 1))
def test_what_did_not_arrive_whole_is_none(cut: int) -> None:
    whole = picture([DRAWN])
    assert not png.is_drawn(whole[:cut])
    assert not png.is_drawn(whole[:cut] + bytes([whole[cut] ^ 1]) + whole[cut + 1 :])


@given(st.binary(max_size=60))
def test_noise_is_none(noise: bytes) -> None:
    assert not png.is_drawn(noise)
    assert not png.is_drawn(png.HEAD + noise)
