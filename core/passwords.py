"""What is no password: too short, or guessed before everything else."""

from __future__ import annotations

import re
from itertools import pairwise

from core.errors import Invalid
from core.i18n import _l
from core.people import Person

SHORTEST, LONGEST = 10, 128
# What is guessed first: one sign again and again, counting up or down, the login and a year.
FEWEST_SIGNS, FEWEST_STEPS, SHORTEST_REST = 5, 3, 6


def refuse_weak(password: str, person: Person) -> None:
    """Refuse a password that is too short or too easily guessed, beside its field."""
    said = password.strip()
    if len(said) < SHORTEST:
        raise Invalid("password", _l("A password has at least %(least)s characters.", least=SHORTEST))
    if len(password) > LONGEST:
        raise Invalid("password", _l("A password has at most %(most)s characters.", most=LONGEST))
    if len(set(said)) < FEWEST_SIGNS or len(_steps(said)) < FEWEST_STEPS:
        raise Invalid("password", _l("The password repeats itself or only counts on. Choose another."))
    if any(_is_little_more_than(own, said) for own in (person.login, person.name)):
        raise Invalid("password", _l("The password is little more than your login or name. Choose another."))


def _is_little_more_than(own: str, said: str) -> bool:
    plain, name = _bare(said), _bare(own)
    return bool(name) and name in plain and len(plain.replace(name, "")) < SHORTEST_REST


def _steps(said: str) -> set[int]:
    """Return how far it is from each character to the next: 1234567890 always goes one on."""
    around = 10 if said.isdecimal() else 2**21
    return {(ord(after) - ord(before)) % around for before, after in pairwise(said)}


def _bare(said: str) -> str:
    return re.sub(r"[\W_]", "", said.casefold())
