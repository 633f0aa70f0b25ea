"""The catalogue of an office on a day: head office's, what plugins bring, what the office wrote itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select

from core import clock
from core.clauses import Citation, house_rule
from core.db import db
from core.i18n import Sentence, _l
from plugins.hotline.replies.entries import GROUPS, Promise, ReplyEntry, Wording, filled, national
from plugins.hotline.replies.models import Reply

if TYPE_CHECKING:
    from core.customers.models import Customer
    from core.rules import Rules

OWN = house_rule(_l("The office wrote it for a case that the book does not have."))
WORDS = ("situation", "ask", "answer", "promise", "only_if", "then")


def catalogue(rules: Rules) -> dict[str, ReplyEntry]:
    """Return what may be used today, by key: one statement, however many entries there are.

    The more local entry replaces the other with the same key: the office's, a plugin's, head office's.
    """
    found: dict[str, ReplyEntry] = rules.once("hotline.replies", lambda: _read(rules))
    return found


def _read(rules: Rules) -> dict[str, ReplyEntry]:
    found = {one.key: one for one in national()}
    for plugin, one in reversed(rules.plugins.gather("hotline_replies")):
        if isinstance(one, ReplyEntry):
            found[one.key] = replace(one, source=plugin)
    for row in _in_force(rules):
        earlier = found.get(row.key)
        found[row.key] = entry_of(row, earlier.clause if earlier else OWN)
    groups = list(GROUPS)
    return dict(sorted(found.items(), key=lambda one: groups.index(one[1].group)))


def _in_force(rules: Rules) -> list[Reply]:
    """Return the office's approved entries that are valid today, the newest edition of a key last."""
    day = clock.now().astimezone(rules.office.zoneinfo).date()
    valid = (
        Reply.office_id == rules.office.id,
        Reply.state == "approved",
        Reply.valid_from <= day,
        or_(Reply.valid_until.is_(None), Reply.valid_until >= day),
    )
    return list(db.session.scalars(select(Reply).where(*valid).order_by(Reply.edition)))


def entry_of(row: Reply, clause: Citation = OWN) -> ReplyEntry:
    """Return an office's row as an entry."""
    zh, en = (
        Wording(**{name: getattr(row, f"{name}_{language}") or "" for name in WORDS})
        for language in ("zh", "en")
    )
    return ReplyEntry(
        key=row.key,
        group=row.group,
        clause=clause,
        edition=row.edition,
        promise=Promise(row.promise),
        owner=row.promised_by,
        follow_up=row.follow_up,
        source="office",
        number=row.number or "",
        zh=zh,
        en=en,
    )


def row_of(entry: ReplyEntry) -> dict[str, Any]:
    """Return an entry as the values of a row, for an office that begins with it."""
    said = {
        f"{name}_{language}": getattr(words, name)
        for language, words in (("zh", entry.zh), ("en", entry.en))
        for name in WORDS
    }
    data = {"key": entry.key, "group": entry.group, "follow_up": entry.follow_up}
    return data | said | {"promise": str(entry.promise), "promised_by": entry.owner}


def known(
    rules: Rules, customer: Customer | None = None, engineer: str = "", number: str = ""
) -> Mapping[str, str | Sentence]:
    """Return what the placeholders stand for; what is not known here is left out."""
    return {
        "company": rules.parameter("core.company"),
        "number": number,
        "engineer": engineer,
        "customer": customer.name if customer else "",
        "manager": customer.regional_manager if customer else "",
        "service_manager": rules.parameter("hotline.service_manager_phone"),
        "complaints_line": rules.parameter("hotline.complaints_line"),
        "scope": rules.parameter("hotline.normal_scope"),
        "minutes": str(rules.parameter("hotline.reply_minutes")),
        "days": str(rules.parameter("hotline.reply_working_days")),
    }


def shown(entry: ReplyEntry, values: Mapping[str, str | Sentence]) -> Wording:
    """Return an entry in the reader's language with its placeholders filled."""
    words = entry.words
    return Wording(**{name: filled(getattr(words, name), values) for name in WORDS})


def told(entry: ReplyEntry, values: Mapping[str, str | Sentence], promised: bool = True) -> str:
    """Return what is said to the customer, as it is kept on the call."""
    words = shown(entry, values)
    parts = (words.answer, words.promise if promised else "")
    return "\n".join(part for part in parts if part)
