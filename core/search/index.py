"""Keeping the words: written in the transaction that changes what they are of."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert, select, update

from core.cases import Case
from core.db import db, writing
from core.procedure import Column, Procedure
from core.search.models import SearchText, SearchToken
from core.search.words import MOST_CHARACTERS, number_tokens, tokens
from core.slots import Searchable

log = logging.getLogger(__name__)
AT_ONCE = 200
LONGEST_TITLE = 120


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What is to be found of one row."""

    office_id: int
    kind: str
    subject_id: int
    title: str
    body: str
    number: str = ""
    customer_id: int | None = None


def entry_of_case(procedure: Procedure, case: Case) -> Entry:
    """Return what is found of a case: its number, its customer's name, its searchable text."""
    title = case.customer.name if case.customer else str(procedure.heading(case) or "")
    said: list[str] = []
    for text in (text for one in procedure.searched for text in _texts(one, case)):
        if not any(text in earlier for earlier in said):
            said.append(text)
    return Entry(
        office_id=case.office_id,
        kind=procedure.name,
        subject_id=case.id,
        customer_id=case.customer_id,
        number=case.number or "",
        title=title[:LONGEST_TITLE],
        body="\n".join(said)[:MOST_CHARACTERS],
    )


def _texts(column: Column, case: Case) -> Iterator[str]:
    """Yield what a column says in words; a column that fails is left out, and breaks no step."""
    try:
        value = column.value(case)
    except Exception:
        log.exception("column %s of %s cannot be searched", column.name, case.number)
        return
    for one in value if isinstance(value, list | tuple) else (value,):
        if isinstance(one, str) and one.strip():
            yield one.strip()


def note_case(procedure: Procedure, case: Case) -> None:
    """Write the words of a case anew, inside the write transaction."""
    put([entry_of_case(procedure, case)])


def note(searchable: Searchable, row: Any) -> None:
    """Write the words of another row anew, inside the write transaction."""
    db.session.flush()
    put([entry_of_row(searchable, row)])


def entry_of_row(searchable: Searchable, row: Any) -> Entry:
    """Return what is found of a row that a plugin lets find."""
    return Entry(
        office_id=row.office_id,
        kind=searchable.kind,
        subject_id=row.id,
        title=str(searchable.heading(row))[:LONGEST_TITLE],
        body=str(searchable.body(row))[:MOST_CHARACTERS],
    )


def put(entries: Iterable[Entry]) -> None:
    """Write entries of one kind and office, touching only the tokens that come or go."""
    wanted = {one.subject_id: one for one in entries}
    if not wanted:
        return
    kind = next(iter(wanted.values())).kind
    where = (SearchText.kind == kind, SearchText.subject_id.in_(list(wanted)))
    known = {one.subject_id: one for one in db.session.scalars(select(SearchText).where(*where))}
    before = {key: _tokens_of(text) for key, text in known.items()}
    for key, entry in wanted.items():
        known[key] = _filled(known.get(key) or SearchText(), entry)
    db.session.add_all(known.values())
    db.session.flush()
    _write(known.values(), {text.id: before.get(key, set()) for key, text in known.items()})


def _filled(text: SearchText, entry: Entry) -> SearchText:
    for name, value in vars(entry).items():
        setattr(text, name, value)
    return text


def _tokens_of(text: SearchText) -> set[str]:
    return tokens_of(text.title, text.body, text.number)


def tokens_of(title: str, body: str, number: str) -> set[str]:
    """Return everything under which a text is found."""
    return tokens(f"{title}\n{body}") | number_tokens(number)


def _write(texts: Iterable[SearchText], before: Mapping[int, set[str]]) -> None:
    """Write the difference between the tokens that were there and those of today."""
    new: list[dict[str, Any]] = []
    for text in texts:
        now, old = _tokens_of(text), before[text.id]
        for gone in _portions(sorted(old - now)):
            where = (SearchToken.office_id == text.office_id, SearchToken.text_id == text.id)
            db.session.execute(delete(SearchToken).where(*where, SearchToken.token.in_(gone)))
        new += [{"office_id": text.office_id, "token": one, "text_id": text.id} for one in sorted(now - old)]
    if new:
        db.session.execute(insert(SearchToken), new)


def _portions(words: list[str]) -> Iterator[list[str]]:
    return (words[start : start + AT_ONCE] for start in range(0, len(words), AT_ONCE))


def follow_names(names: Mapping[int, str]) -> None:
    """Let the cases of customers be found under the names that these have now (by the customers' ids)."""
    for text in db.session.scalars(select(SearchText).where(SearchText.customer_id.in_(list(names)))):
        name = names[text.customer_id or 0][:LONGEST_TITLE]
        if text.title != name:
            before = _tokens_of(text)
            text.title = name
            _write([text], {text.id: before})


def follow_customers(customer_ids: Collection[int], procedures: Iterable[Procedure]) -> None:
    """Let the words of cases say anew whose the cases are, where one of these customers has got them."""
    for procedure in procedures:
        model = procedure.model
        theirs = select(model.id).where(model.customer_id.in_(customer_ids))
        whose = select(model.customer_id).where(model.id == SearchText.subject_id).scalar_subquery()
        db.session.execute(
            update(SearchText)
            .where(SearchText.kind == procedure.name, SearchText.subject_id.in_(theirs))
            .values(customer_id=whose)
            .execution_options(synchronize_session=False)
        )


def forget(plugin: str) -> None:
    """Take a plugin's kinds out of the search in the offices in sight, inside the write transaction."""
    gone = select(SearchText.id).where(SearchText.kind.startswith(f"{plugin}.", autoescape=True))
    db.session.execute(delete(SearchToken).where(SearchToken.text_id.in_(gone)))
    db.session.execute(delete(SearchText).where(SearchText.id.in_(gone)))


def lacks_everything(procedures: Iterable[Procedure]) -> bool:
    """Say whether the offices in sight have cases, and none of them was ever noted."""
    if db.session.scalar(select(SearchText.id).limit(1)) is not None:
        return False
    return any(db.session.scalar(select(one.model.id).limit(1)) is not None for one in procedures)


def rebuild(office_id: int, procedures: Iterable[Procedure], others: Iterable[Searchable]) -> int:
    """Write all words of an office anew, a portion a transaction, while others go on working; return how many."""
    only = frozenset({office_id})
    with writing(only):
        db.session.execute(delete(SearchToken).where(SearchToken.office_id == office_id))
        db.session.execute(delete(SearchText).where(SearchText.office_id == office_id))
    done = 0
    for procedure in procedures:
        done += _fill(office_id, procedure.model, lambda case, of=procedure: entry_of_case(of, case))
    for other in others:
        done += _fill(office_id, other.model, lambda row, of=other: entry_of_row(of, row))
    return done


def _fill(office_id: int, model: Any, entry: Any) -> int:
    """Note every row of a model in an office, by id."""
    last, done = 0, 0
    while True:
        with writing(frozenset({office_id})):
            query = select(model).where(model.office_id == office_id, model.id > last)
            rows = list(db.session.scalars(query.order_by(model.id).limit(AT_ONCE)).unique())
            put(entry(row) for row in rows)
            last, done = (rows[-1].id if rows else last), done + len(rows)
        if len(rows) < AT_ONCE:
            return done
        db.session.expunge_all()
