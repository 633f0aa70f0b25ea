"""Bulk data for measuring: an empty office filled with customers, calls and requests, as many as show what is slow.

Customers come in through the import. Of calls and requests some are lived through the gate, as patterns; the others are
copies of every row that these left, for other customers, people and weeks. It alone goes round the gate, so only into an
office in which nothing has happened yet; a test compares a copy with the rows that the gate writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import click

from core.cli.home import in_house
from core.i18n import _, _l

STEP = 10_000


@click.command(
    help=_l(
        "Fill OFFICE, in which nothing has happened yet, with customers, calls and field service requests in bulk, for "
        "measuring. "
        "It goes round the gate: never do it where people work."
    ).msgid
)
@click.argument("office")
@click.option(
    "--customers",
    default=1000,
    show_default=True,
    type=click.IntRange(1, 1_000_000),
    help=_l("How many customers.").msgid,
)
@click.option(
    "--calls",
    default=2000,
    show_default=True,
    type=click.IntRange(0, 5_000_000),
    help=_l("How many calls, of the last two years.").msgid,
)
@click.option(
    "--requests",
    default=0,
    show_default=True,
    type=click.IntRange(0, 2_000_000),
    help=_l("How many field service requests, of the last ten years, each with its call.").msgid,
)
@in_house
def seed(office: str, customers: int, calls: int, requests: int) -> None:
    """Say how far it is as it goes."""
    from core.offices import office_by_code
    from core.upkeep import look_at_tables
    from seed import bulk, people
    from seed import customers as file
    from seed.empty import refuse_used

    here = office_by_code(office)
    refuse_used(here, ("hotline.call", "fieldservice.request") if requests else ("hotline.call",))
    staff = people.staff_of(here)
    for done in file.bring_in(here, customers):
        click.echo(_("%(done)s of %(all)s customers", done=done, all=customers))
    for done in _told(bulk.fill(here, staff, calls, requests), calls + requests):
        click.echo(_("%(done)s of %(all)s calls and requests", done=done, all=calls + requests))
    look_at_tables()


def _told(counts: Iterable[int], last: int) -> Iterator[int]:
    """Yield every ten thousandth count or so, and the last one."""
    told = 0
    for done in counts:
        if done >= told + STEP or done == last:
            told = done
            yield done
