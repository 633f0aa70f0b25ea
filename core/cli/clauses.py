"""The clauses of the book: the rules that run for each, and the tests that hold them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from core.cli.home import unfurnished
from core.errors import KoudaiError
from core.i18n import _, _l

if TYPE_CHECKING:
    from core.coverage import Coverage

KINDS = {
    "step": _l("step"),
    "requirement": _l("requirement"),
    "deadline": _l("deadline"),
    "parameter": _l("parameter"),
    "preset": _l("preset"),
    "amendment": _l("amendment"),
    "role": _l("role"),
    "permission": _l("permission"),
    "restates": _l("restates"),
    "cited": _l("cited in"),
    "test": _l("test"),
}


@click.command(help=_l("Print clause, rule and test for every clause of the book, and count.").msgid)
@click.option("--holes", is_flag=True, help=_l("Only clauses that lack a rule or a test.").msgid)
@unfurnished
def clauses(holes: bool) -> None:
    """Print the list and the counts; a citation of a clause that nobody knows is an error."""
    from core.coverage import coverage
    from core.rules import installed_plugins

    found, lost = coverage(installed_plugins())
    for one in found:
        if one.hole or not holes:
            _print(one)
    _print_counts(found)
    for citation in lost:
        click.echo(_("No document has the clause: %(lost)s", lost=citation))
    if lost:
        raise KoudaiError(
            _l(
                "%(count)s times a clause is cited that no document has; they stand above. "
                "Correct the citation, or install the plugin with its document.",
                count=len(lost),
            )
        )


def _print(one: Coverage) -> None:
    missing = [*([] if one.rules else [_("no rule")]), *([] if one.tests else [_("no test")])]
    said = f"  ({_('for')} {one.clause.plugin}; {', '.join(missing)})" if missing else ""
    click.echo(f"{one.clause.code}  {one.clause.title}{said}")
    for rule in one.rules:
        click.echo(f"    {KINDS[rule.kind]}  {rule.plugin}  {rule.name}")
    for test in one.tests:
        click.echo(f"    {KINDS['test']}  {test}")


def _print_counts(found: Sequence[Coverage]) -> None:
    ruled = [one for one in found if one.rules]
    click.echo(
        _(
            "%(all)s clauses: %(ruled)s have a rule, %(tested)s of these also a test; "
            "%(rules)s rules, %(tests)s tests",
            all=len(found),
            ruled=len(ruled),
            tested=sum(1 for one in ruled if one.tests),
            rules=sum(len(one.rules) for one in found),
            tests=len({test for one in found for test in one.tests}),
        )
    )
