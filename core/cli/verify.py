"""Is the ledger whole?"""

from __future__ import annotations

import click

from core.cli.errors import FAILED
from core.cli.home import in_house
from core.i18n import _, _l


@click.command(help=_l("Walk the ledger of one OFFICE, or of all, and name every damaged row.").msgid)
@click.argument("office", required=False)
@in_house
def verify(office: str | None) -> None:
    """Report the damage of each chain; any damage at all is a failure."""
    from core.offices import all_offices, head_office, office_by_code

    head_office()
    chosen = [office_by_code(office)] if office else list(all_offices().values())
    damaged = [one.code for one in chosen if not _is_whole(one.id, one.code)]
    if damaged:
        raise click.exceptions.Exit(FAILED)


def _is_whole(office_id: int, code: str) -> bool:
    from core import ledger
    from core.db import db

    found = list(ledger.verify(office_id))
    for damage in found:
        what = _what_stands_there(office_id, damage.seq)
        click.echo(
            _(
                "%(office)s row %(seq)s%(what)s: %(damage)s",
                office=code,
                seq=damage.seq,
                what=what,
                damage=damage.sentence,
            )
        )
    if not found:
        head = db.session.get(ledger.LedgerHead, office_id)
        click.echo(_("%(office)s: %(count)s rows, all whole", office=code, count=head.count if head else 0))
    return not found


def _what_stands_there(office_id: int, seq: int) -> str:
    """Return what a row says it is about, so that somebody finds the page where it is missed."""
    from sqlalchemy import select

    from core.db import db
    from core.ledger import LedgerRow

    # Not the whole row: what was spoilt in it could not be read.
    said = select(LedgerRow.number, LedgerRow.kind, LedgerRow.action, LedgerRow.actor)
    row = db.session.execute(said.where(LedgerRow.office_id == office_id, LedgerRow.seq == seq)).first()
    return f" ({' '.join(str(one) for one in row if one)})" if row else ""
