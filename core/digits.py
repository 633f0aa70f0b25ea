"""Numbers as people write them: what is read as one, what is refused, and how wide its digits may be."""

from __future__ import annotations

import re
from typing import Any

from wtforms import Form, validators

from core.i18n import Sentence

WHOLE = re.compile(r"[+-]?\d{1,12}")
AMOUNT = re.compile(r"[+-]?\d{1,12}(\.\d{1,2})?")
# Not what Unicode calls compatible: that would read a raised 2 as a 2.
NARROW = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}


def narrow(text: str) -> str:
    """Return a text with the wide letters, digits and signs of a Chinese keyboard made narrow."""
    return text.translate(NARROW)


def shaped(field: Any, valuelist: list[str], shape: re.Pattern[str], hint: Sentence) -> list[str]:
    """Refuse a number that is not written as people write it: no 1e5, no NaN, no 1_000; but digits of any width."""
    given = [narrow(one).strip() for one in valuelist]
    if given and given[0] and not shape.fullmatch(given[0]):
        field.data = None
        raise ValueError(hint)
    return given


class Bounds(validators.NumberRange):
    """Bounds of a number; what is no number was refused already."""

    def __call__(self, form: Form, field: Any) -> None:
        if field.data is not None:
            super().__call__(form, field)
