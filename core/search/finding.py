"""Finding: every term must be there, in the offices and kinds that the reader may see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Row, and_, false, func, or_, select, union_all

from core.db import db
from core.search.index import tokens_of
from core.search.models import SearchText, SearchToken
from core.search.words import CHINESE, folded, terms

BEYOND = "\U0010ffff"
# A word that stands in so many texts is common: it stands among the newest ones, too.
COMMON = 2000
# What is read of a text: rows are had for a third of what objects cost.
READ = (
    SearchText.id,
    SearchText.office_id,
    SearchText.kind,
    SearchText.subject_id,
    SearchText.number,
    SearchText.title,
    SearchText.body,
)
FoundText = Row[Any]
# How many of the newest texts of each kind are read first, and then; and of how many kinds and offices at once.
DEPTHS, MOST_PARTS = (100, 1000), 400


def has_all(found: Sequence[str], office_ids: Iterable[int]) -> Any:
    """Return the condition that all terms stand in a text of these offices: a range of the index for each."""
    offices = sorted(office_ids)
    return and_(
        *(SearchText.id.in_(select(SearchToken.text_id).where(*_within(term, offices))) for term in found)
    )


def _within(term: str, offices: list[int]) -> tuple[Any, ...]:
    return SearchToken.office_id.in_(offices), SearchToken.token >= term, SearchToken.token < term + BEYOND


def common(found: Sequence[str], office_ids: Iterable[int]) -> set[str]:
    """Return which terms stand in so many texts of these offices that to read them all would take long."""
    offices = sorted(office_ids)
    counts = [
        select(func.count())
        .select_from(select(SearchToken.text_id).where(*_within(term, offices)).limit(COMMON).subquery())
        .scalar_subquery()
        for term in found
    ]
    row = db.session.execute(select(*counts)).one() if counts else ()
    return {term for term, count in zip(found, row, strict=True) if count == COMMON}


def find(typed: str, readable: Mapping[int, Collection[str]], most: int) -> list[FoundText]:
    """Return the newest texts that hold everything typed, at most so many of a kind.

    ``readable`` names the kinds that may be seen in each office. Whatever is typed, about as much is read: where one
    term is rare, its texts; where all are common, the newest texts, among which there are bound to be enough.
    """
    found = terms(typed)
    if not found:
        return []
    often = common(found, readable)
    rare = [one for one in found if one not in often]
    if not often:
        return _ranked(rare, readable, most)
    if rare:
        query = select(*READ).where(_seen(readable), has_all(rare, readable))
        return _first(db.session.execute(query.order_by(SearchText.id.desc())), sorted(often), most)
    return _newest(found, readable, most)


def _ranked(found: Sequence[str], readable: Mapping[int, Collection[str]], most: int) -> list[FoundText]:
    """Return the newest of all texts that hold the terms."""
    place = func.row_number().over(partition_by=SearchText.kind, order_by=SearchText.id.desc())
    among = select(SearchText.id, place.label("place"))
    ranked = among.where(_seen(readable), has_all(found, readable)).subquery()
    query = select(*READ).join(ranked, ranked.c.id == SearchText.id).where(ranked.c.place <= most)
    return list(db.session.execute(query.order_by(SearchText.id.desc())))


def _seen(readable: Mapping[int, Collection[str]]) -> Any:
    seen = [
        and_(SearchText.office_id == office_id, SearchText.kind.in_(sorted(kinds)))
        for office_id, kinds in readable.items()
    ]
    return or_(false(), *seen)


def _newest(found: Sequence[str], readable: Mapping[int, Collection[str]], most: int) -> list[FoundText]:
    """Look through the newest texts of each kind, further back where they were not enough, and then everywhere."""
    kept: list[FoundText] = []
    left = {office_id: frozenset(kinds) for office_id, kinds in readable.items()}
    for depth in DEPTHS if sum(map(len, left.values())) <= MOST_PARTS else ():
        read = db.session.execute(_newest_texts(tuple(_parts(left)), depth)).all()
        fits = _first(read, found, most)
        done = _done({kind for kinds in left.values() for kind in kinds}, read, fits, depth, most)
        kept += [one for one in fits if one.kind in done]
        left = {office_id: kinds - done for office_id, kinds in left.items() if kinds - done}
        if not left:
            break
    rest = _ranked(found, left, most) if left else []
    return sorted([*kept, *rest], key=lambda one: -one.id)


def _parts(readable: Mapping[int, Collection[str]]) -> Iterator[tuple[int, str]]:
    return ((office_id, kind) for office_id, kinds in readable.items() for kind in sorted(kinds))


@lru_cache(maxsize=256)
def _newest_texts(parts: tuple[tuple[int, str], ...], depth: int) -> Any:
    """Return the question for so many of the newest texts of each kind in each office: to write it takes long."""
    newest = (
        select(SearchText.id)
        .where(SearchText.office_id == office_id, SearchText.kind == kind)
        .order_by(SearchText.id.desc())
        .limit(depth)
        .subquery()
        for office_id, kind in parts
    )
    ids = union_all(*(select(one.c.id) for one in newest))
    return select(*READ).where(SearchText.id.in_(ids)).order_by(SearchText.id.desc())


def _done(
    kinds: Collection[str], read: Iterable[FoundText], fits: Iterable[FoundText], depth: int, most: int
) -> set[str]:
    """Return the kinds of which enough were found, or all were read."""
    fitting = Counter(one.kind for one in fits)
    further = {
        kind
        for (kind, _), many in Counter((one.kind, one.office_id) for one in read).items()
        if many >= depth
    }
    return {kind for kind in kinds if kind not in further or fitting[kind] == most}


def _first(texts: Iterable[FoundText], found: Sequence[str], most: int) -> list[FoundText]:
    """Return the first of each kind that hold the terms, at most so many."""
    kept, counts = list[FoundText](), Counter[str]()
    for one in texts:
        if counts[one.kind] < most and _holds(one, found):
            counts[one.kind] += 1
            kept.append(one)
    return kept


def _holds(text: FoundText, found: Sequence[str]) -> bool:
    """Say whether a text holds all terms: what is Chinese anywhere, anything else as the beginning of a token."""
    plain = folded(f"{text.title}\n{text.body}\n{text.number}")
    if not all(term.isdecimal() or term in plain for term in found):
        return False
    others = [term for term in found if not CHINESE.match(term)]
    kept = tokens_of(text.title, text.body, text.number) if others else ()
    return all(any(token.startswith(term) for token in kept) for term in others)


def holding(typed: str, model: Any, kind: str, office_id: int) -> Any:
    """Return the condition that an office's rows of one kind hold everything typed, for a list of them.

    What is common is looked for in the text of each row as the list comes to it: its page is full long before the
    last one. Parts of words in other scripts than Chinese are left to the tokens.
    """
    found = terms(typed)
    if not found:
        return false()
    often = {one for one in common(found, [office_id]) if CHINESE.match(one)}
    rare = [one for one in found if one not in often]
    whose = (SearchText.office_id == office_id, SearchText.kind == kind)
    where = (
        [model.id.in_(select(SearchText.subject_id).where(*whose, has_all(rare, [office_id])))]
        if rare
        else []
    )
    text = select(SearchText.title + "\n" + SearchText.body).where(*whose, SearchText.subject_id == model.id)
    said = text.correlate(model).scalar_subquery()
    return and_(*where, *(said.contains(one, autoescape=True) for one in sorted(often)))
