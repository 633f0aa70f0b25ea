"""The people who take the calls and go to the customers: those of the office, or some who cannot sign in."""

from __future__ import annotations

from dataclasses import dataclass

from core.db import db, writing
from core.offices import Office, all_offices
from core.people import Actor, Person, actor_for, colleagues, give_role, initials_of
from core.roles import DUTY_MANAGER, FIELD_ENGINEER, HOTLINE_ENGINEER, REGIONAL_MANAGER, Role

SEEDED = "koudai seed"
ENGINEERS = (
    "周静",
    "何志强",
    "韩立军",
    "孙悦",
    "陈建华",
    "顾文倩",
    "吴磊",
    "郑思远",
    "丁力",
    "高敏",
    "罗文",
    "冯莉",
)
WANTED: dict[Role, tuple[str, ...]] = {
    HOTLINE_ENGINEER: ENGINEERS,
    DUTY_MANAGER: ("许国平", "唐雨"),
    REGIONAL_MANAGER: ("周文娟",),
    FIELD_ENGINEER: ("沈国栋", "蒋晓东", "许文斌", "曹建国", "宋志刚"),
}


@dataclass(frozen=True)
class Staff:
    """Who does what in the stories; any hotline engineer may take a call, any field engineer a request."""

    engineers: tuple[Actor, ...]
    duty: Actor
    manager: Actor
    field: tuple[Actor, ...]

    @property
    def hotline(self) -> list[tuple[int, str]]:
        """Return who may take a call, by id and name."""
        return [named(one) for one in self.engineers]

    @property
    def names(self) -> set[str]:
        """Return what all of them are called."""
        return {one.name for one in (*self.engineers, *self.field, self.duty, self.manager)}


def named(actor: Actor) -> tuple[int, str]:
    """Return somebody's id and name."""
    return actor.person_id or 0, actor.name


def staff_of(office: Office) -> Staff:
    """Return the people of an office by what they do, hiring whoever is missing."""
    found = {role: colleagues(office.id, role) or _hire(office, role) for role in WANTED}
    actors = {role: [actor_for(one, all_offices()) for one in people] for role, people in found.items()}
    return Staff(
        tuple(actors[HOTLINE_ENGINEER]),
        actors[DUTY_MANAGER][0],
        actors[REGIONAL_MANAGER][0],
        tuple(actors[FIELD_ENGINEER]),
    )


def _hire(office: Office, role: Role) -> list[Person]:
    """Hire people without a password: nobody can sign in as one of them."""
    with writing():
        for place, name in enumerate(WANTED[role], 1):
            login = f"seed.{office.code.lower()}.{role.key}.{place}"
            person = Person(login=login, name=name, initials=initials_of(name), hotline_number=f"{place:02d}")
            db.session.add(person)
            db.session.flush()
            give_role(person, office, role, SEEDED)
    return colleagues(office.id, role)
