"""Who was trained for which product: read for the board, kept by the support manager (QI/02 internal.fixed-engineer)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, or_, select, tuple_

from core import ledger
from core.customers.models import Installation, Product
from core.db import db, writing
from core.errors import Objection, RefusalKind, Refused
from core.i18n import _l
from core.people import Actor, Person, name_of
from core.roles import FIELD_ENGINEER
from core.switches import lock_office
from plugins.fieldservice.dispatching.models import Skill

if TYPE_CHECKING:
    from core.rules import Rules

TRAINED = "QI/02 internal.fixed-engineer"
ACTION = "fieldservice.skills"
Pair = tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class Grid:
    """Engineers and products of an office, and which of them belong together; ``seen`` is its last change."""

    engineers: list[Person]
    products: list[Product]
    known: frozenset[Pair]
    seen: int


def pairs(office_id: int) -> frozenset[Pair]:
    """Return who was trained for what: pairs of a person and a product."""
    query = select(Skill.person_id, Skill.product_id).where(Skill.office_id == office_id)
    return frozenset((row.person_id, row.product_id) for row in db.session.execute(query))


def by_product(office_id: int) -> Mapping[int, frozenset[int]]:
    """Return who was trained for each product of which anybody was."""
    found: dict[int, set[int]] = {}
    for person_id, product_id in pairs(office_id):
        found.setdefault(product_id, set()).add(person_id)
    return {product: frozenset(people) for product, people in found.items()}


def grid(rules: Rules) -> Grid:
    """Return the skills of an office's engineers for the products that its customers have."""
    here = rules.office.id
    in_use = select(Installation.product_id).where(
        Installation.office_id == here, Installation.removed_at.is_(None)
    )
    taught = select(Skill.product_id).where(Skill.office_id == here)
    query = select(Product).where(or_(Product.id.in_(in_use), Product.id.in_(taught)))
    return Grid(
        engineers=rules.colleagues(FIELD_ENGINEER),
        products=list(db.session.scalars(query.order_by(Product.name))),
        known=pairs(here),
        seen=_last_change(here),
    )


def keep(rules: Rules, wanted: Iterable[Pair], actor: Actor, seen: int) -> int:
    """Write the grid as it was ticked and say how many ticks changed; the ledger names each of them."""
    office = rules.office
    with writing(frozenset({office.id})):
        lock_office(office.id)
        _refuse_overtaken(office.id, seen)
        shown = grid(rules)
        cells = {(one.id, product.id) for one in shown.engineers for product in shown.products}
        given = (cells & {*wanted}) - shown.known
        taken = (cells & shown.known) - {*wanted}
        db.session.add_all(
            Skill(office_id=office.id, person_id=person, product_id=product) for person, product in given
        )
        among = tuple_(Skill.person_id, Skill.product_id).in_(taken)
        if taken:
            db.session.execute(delete(Skill).where(Skill.office_id == office.id, among))
        if given or taken:
            _record(office.id, shown, given, taken, actor)
    return len(given) + len(taken)


def _record(office_id: int, shown: Grid, given: set[Pair], taken: set[Pair], actor: Actor) -> None:
    people = {one.id: one.name for one in shown.engineers}
    products = {one.id: one.name for one in shown.products}

    def told(many: set[Pair]) -> list[str]:
        return sorted(f"{people[person]}: {products[product]}" for person, product in many)

    ledger.append(
        office_id,
        kind="setting",
        action=ACTION,
        actor=actor.name,
        actor_id=actor.person_id,
        clause=TRAINED,
        details={"given": told(given), "taken": told(taken)},
    )


def _last_change(office_id: int) -> int:
    row = ledger.last_setting(office_id, ACTION)
    return row.seq if row else 0


def _refuse_overtaken(office_id: int, seen: int) -> None:
    """Refuse what was ticked on a grid that somebody has changed since, by his name."""
    row = ledger.last_setting(office_id, ACTION)
    if row is not None and row.seq != seen:
        text = _l(
            "%(who)s changed the skills at %(at)s, after you opened this page. Your ticks are kept below: "
            "compare them with what holds now, and save again.",
            who=name_of(row.actor_id, row.actor),
            at=row.at,
        )
        raise Refused(RefusalKind.STALE, [Objection(text, TRAINED)])
