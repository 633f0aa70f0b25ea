"""Filters that people keep: their own, and those shared with the office by whoever may."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, or_, select, update

from core import clock
from core.asking import asked
from core.db import db
from core.errors import Invalid, NotFound
from core.i18n import _l
from core.lists.models import ListChoice, SavedFilter
from core.people import Actor, Person

LONGEST_NAME, MOST_SAVED = 40, 30


@dataclass(frozen=True)
class Kept:
    """A filter as whoever sees it chooses it: ``by`` is the name of whoever keeps it."""

    id: int
    person_id: int
    name: str
    shared: bool
    question: dict[str, str]
    by: str


@dataclass(frozen=True)
class Choice:
    """How somebody wants a list: which columns, none being the usual ones, and the filter that it opens with."""

    columns: str = ""
    default_id: int | None = None


# Every list asks: written once, and asked of the tables themselves.
_filter, _chosen, _person = SavedFilter.__table__.c, ListChoice.__table__.c, Person.__table__.c
_KEPT = (
    select(
        _filter.id,
        _filter.person_id,
        _filter.name,
        _filter.shared,
        _filter.question,
        _person.name.label("by"),
    )
    .join(Person.__table__, _person.id == _filter.person_id)
    .where(
        _filter.office_id == bindparam("office"),
        _filter.listed == bindparam("listed"),
        _filter.removed_at.is_(None),
        or_(_filter.person_id == bindparam("person"), _filter.shared.is_(True)),
    )
    .order_by(_filter.shared, _filter.name, _filter.id)
)
_CHOICE = select(_chosen.columns, _chosen.default_id).where(
    _chosen.person_id == bindparam("person"),
    _chosen.office_id == bindparam("office"),
    _chosen.listed == bindparam("listed"),
)


def of_list(listed: str, office_id: int, person_id: int | None) -> list[Kept]:
    """Return the filters of a list that somebody sees, his own first; removed ones are gone."""
    return [Kept(**row._asdict()) for row in asked(_KEPT, listed=listed, office=office_id, person=person_id)]


def choice_of(listed: str, office_id: int, person_id: int | None) -> Choice:
    """Return how somebody wants a list of an office."""
    found = asked(_CHOICE, listed=listed, office=office_id, person=person_id).first()
    return Choice(**found._asdict()) if found else Choice()


def save(
    listed: str, office_id: int, actor: Actor, name: str, question: dict[str, str], *, shared: bool
) -> SavedFilter:
    """Keep a question under a name, inside the write transaction; raises ``Invalid`` for a name that will not do."""
    found = of_list(listed, office_id, actor.person_id)
    if sum(one.person_id == actor.person_id for one in found) >= MOST_SAVED:
        raise Invalid(
            "name", _l("You keep %(most)s filters here already: delete one first.", most=MOST_SAVED)
        )
    made = SavedFilter(
        office_id=office_id,
        listed=listed,
        person_id=actor.person_id,
        name=_free_name(name, found),
        question=question,
        shared=shared,
        made_at=clock.now(),
    )
    db.session.add(made)
    db.session.flush()
    return made


def _free_name(name: str, found: list[Kept], but: int | None = None) -> str:
    """Return a name as it is kept, or refuse it."""
    kept = " ".join(name.split())
    if not kept:
        raise Invalid("name", _l("Give the filter a name."))
    if len(kept) > LONGEST_NAME:
        raise Invalid("name", _l("Too long: at most %(limit)s characters.", limit=LONGEST_NAME))
    if any(one.name == kept for one in found if one.id != but):
        raise Invalid("name", _l("There is a filter “%(name)s” already: choose another name.", name=kept))
    return kept


def change(
    saved: SavedFilter,
    actor: Actor,
    *,
    name: str | None = None,
    question: dict[str, str] | None = None,
    shared: bool | None = None,
) -> None:
    """Rename a filter, share it or not, or let it ask something else, inside the write transaction."""
    if name is not None:
        found = of_list(saved.listed, saved.office_id, actor.person_id)
        saved.name = _free_name(name, found, saved.id)
    saved.question = saved.question if question is None else question
    saved.shared = saved.shared if shared is None else shared


def find(saved_id: int, listed: str, office_id: int, person_id: int | None) -> SavedFilter:
    """Find a filter of a list that somebody sees, removed or not; another's own does not exist."""
    query = select(SavedFilter).where(
        SavedFilter.id == saved_id, SavedFilter.listed == listed, SavedFilter.office_id == office_id
    )
    found = db.session.scalar(query)
    if found is None or not (found.shared or found.person_id == person_id):
        raise NotFound(_l("This filter is not there."))
    return found


def remove(saved: SavedFilter) -> None:
    """Take a filter away, so that it can be brought back."""
    saved.removed_at = clock.now()


def restore(saved: SavedFilter, actor: Actor) -> None:
    """Bring a filter back; when its name was given to another one meanwhile, it gets a further mark."""
    taken = {one.name for one in of_list(saved.listed, saved.office_id, actor.person_id)}
    while saved.name in taken and len(saved.name) < LONGEST_NAME:
        saved.name += "*"
    saved.removed_at = None


def choose_columns(listed: str, office_id: int, person_id: int, columns: str) -> None:
    """Note which columns of a list somebody wants, in his order; none is the usual ones."""
    _choice(listed, office_id, person_id).columns = columns


def open_with(listed: str, office_id: int, person_id: int, default_id: int | None) -> None:
    """Note the filter that somebody's list opens with; none is everything."""
    _choice(listed, office_id, person_id).default_id = default_id


def _choice(listed: str, office_id: int, person_id: int) -> ListChoice:
    found = db.session.get(ListChoice, (person_id, office_id, listed))
    if found is None:
        found = ListChoice(person_id=person_id, office_id=office_id, listed=listed, columns="")
        db.session.add(found)
    return found


def forget_default(saved: SavedFilter) -> None:
    """Let nobody's list open any more with a filter that is no longer his to see."""
    others = ListChoice.person_id != saved.person_id
    where = (ListChoice.office_id == saved.office_id, ListChoice.default_id == saved.id, others)
    db.session.execute(update(ListChoice).where(*where).values(default_id=None))
