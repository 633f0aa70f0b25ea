"""Finding: every term must be there, in the offices and kinds that the reader may see."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import and_, false, func, or_, select

from core.db import db
from core.search.models import SearchText, SearchToken
from core.search.words import terms

BEYOND = "\U0010ffff"


def has_all(found: Sequence[str], office_ids: Iterable[int]) -> Any:
    """Return the condition that all terms stand in a text of these offices: a range of the index for each."""
    offices = sorted(office_ids)
    return and_(
        *(
            SearchText.id.in_(
                select(SearchToken.text_id).where(
                    SearchToken.office_id.in_(offices),
                    SearchToken.token >= term,
                    SearchToken.token < term + BEYOND,
                )
            )
            for term in found
        )
    )


def find(typed: str, readable: Mapping[int, Collection[str]], most: int) -> list[SearchText]:
    """Return the newest texts that hold everything typed, at most so many of a kind.

    ``readable`` names the kinds that may be seen in each office.
    """
    found = terms(typed)
    if not found:
        return []
    seen = [
        and_(SearchText.office_id == office_id, SearchText.kind.in_(sorted(kinds)))
        for office_id, kinds in readable.items()
    ]
    place = func.row_number().over(partition_by=SearchText.kind, order_by=SearchText.id.desc())
    among = select(SearchText.id, place.label("place"))
    ranked = among.where(or_(false(), *seen), has_all(found, readable)).subquery()
    query = select(SearchText).join(ranked, ranked.c.id == SearchText.id).where(ranked.c.place <= most)
    return list(db.session.scalars(query.order_by(SearchText.id.desc())))


def subjects(typed: str, kind: str, office_id: int) -> Any:
    """Return the query for the ids of an office's rows of one kind that hold everything typed."""
    found = terms(typed)
    where = has_all(found, [office_id]) if found else false()
    return select(SearchText.subject_id).where(
        SearchText.office_id == office_id, SearchText.kind == kind, where
    )
