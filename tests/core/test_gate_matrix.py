"""The gate matrix: every step against every state it does not start from, and every role it is not for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from core import gate, ledger
from core.clauses import code_of
from core.errors import NotFound, RefusalKind, Refused
from core.offices import Office
from core.people import Actor
from core.plugins import Plugins
from core.procedure import Step
from core.roles import NATIONAL_ROLES
from core.rules import rules_of
from core.testing import NATIONAL, House

PROCEDURES = (
    "hotline.call",
    "hotline.shift",
    "hotline.handover",
    "hotline.roster",
    "hotline.absence",
    "hotline.swap",
    "hotline.reply",
    "hotline.knowledge",
    "hotline.day_log",
    "hotline.recovery",
    "fieldservice.conference",
    "fieldservice.custody",
    "fieldservice.escalation",
    "fieldservice.request",
    "fieldservice.dispatch_sheet",
    "billing.sealing",
    "quality.complaint",
)
SHANGHAI = (*NATIONAL, "shanghai")
AMENDED = ("fieldservice.conference", "fieldservice.request")
MATRIX = [(name, NATIONAL) for name in PROCEDURES] + [(name, SHANGHAI) for name in AMENDED]
every_procedure = pytest.mark.parametrize(
    ("name", "enabled"), MATRIX, ids=[f"{name}-{enabled[-1]}" for name, enabled in MATRIX]
)


def refusal(name: str, number: str | None, step: Step, actor: Actor, office: Office) -> Refused:
    with pytest.raises(Refused) as refused:
        gate.perform(name, number, step.name, actor, office=office)
    return refused.value


def test_the_matrix_misses_no_procedure_and_no_amended_one(plugins: Plugins) -> None:
    national, shanghai = plugins.set_of(NATIONAL), plugins.set_of(SHANGHAI)
    declared = {one.name for plugin in plugins.installed.values() for one in plugin.procedures}
    assert declared == set(national.procedures) == set(shanghai.procedures) == set(PROCEDURES)
    differing = [
        name for name in PROCEDURES if national.procedures[name].steps != shanghai.procedures[name].steps
    ]
    assert differing == list(AMENDED)


class Matrix:
    """Stands at every state of a procedure, and tries whatever must not open there."""

    def __init__(self, name: str, office: Office, house: House, contents: Any, ledger_of: Any) -> None:
        self.name, self.office, self.house = name, office, house
        self.contents, self.ledger_of = contents, ledger_of
        self.procedure = rules_of(office).procedure(name)
        self.stood: set[str | None] = set()
        self.opened: set[str] = set()

    def stand(self, case: Any, walker: Actor) -> None:
        """Try every step that does not start here, and every one that does as somebody it is not for."""
        state, number = (case.state, case.number) if case else (None, None)
        steps = [step for step in self.procedure.steps.values() if not step.inner]
        here = [step for step in steps if step in self.procedure.steps_from(state)]
        strangers = {step.name: self.stranger_to(step) for step in here if step.name not in self.opened}
        before, written = self.contents(), len(self.ledger_of(self.office))
        tried = self.refused_here([step for step in steps if step not in here], number, walker)
        tried += self.refused_to(strangers, number)
        assert self.contents() == before, f"a refused step changed something in {state}"
        rows = self.ledger_of(self.office)[written:]
        assert [(row.kind, row.action) for row in rows] == [("refused", name) for name in tried]
        assert {(row.number, row.from_state) for row in rows} <= {(number or "", state or "")}
        self.stood.add(state)

    def refused_here(self, steps: list[Step], number: str | None, walker: Actor) -> list[str]:
        for step in steps:
            assert refusal(self.name, number, step, walker, self.office).kind is RefusalKind.STATE, step.name
        return [step.name for step in steps]

    def refused_to(self, strangers: dict[str, Actor], number: str | None) -> list[str]:
        for name, stranger in strangers.items():
            step = self.procedure.steps[name]
            refused = refusal(self.name, number, step, stranger, self.office)
            assert refused.kind is RefusalKind.ROLE, name
            assert code_of(step.clause) == code_of(refused.objections[0].clause)
            widened = {code_of(way.clause) for way in step.widened}
            assert {code_of(one.clause) for one in refused.objections[1:]} == widened
        self.opened |= set(strangers)
        return list(strangers)

    def stranger_to(self, step: Step) -> Actor:
        """Hire somebody with every role that does not open the step, and those that open it to another only.

        Who holds them all at once is refused only if none of them opens the door.
        """
        closed = [role for role in NATIONAL_ROLES if all(one.role != role or one.only for one in step.who)]
        return self.house.hire(self.office, *closed, name="路人")


@every_procedure
def test_a_step_opens_only_where_it_starts_and_only_to_whom_it_is_for(
    name: str, enabled: tuple[str, ...], house: House, walk: Any, contents: Any, ledger_of: Any
) -> None:
    office = house.office("SH", *enabled)
    walker, matrix = walk(office), Matrix(name, office, house, contents, ledger_of)
    matrix.stand(None, walker.actor)
    walker.through_all_states(name, lambda case: matrix.stand(case, walker.actor))
    assert matrix.stood == {None, *matrix.procedure.states}
    assert matrix.opened == {step.name for step in matrix.procedure.steps.values() if not step.inner}
    assert list(ledger.verify(office.id)) == []


@every_procedure
def test_a_step_that_belongs_inside_another_cannot_be_taken_from_outside(
    name: str, enabled: tuple[str, ...], house: House, walk: Any, contents: Callable[..., Any], ledger_of: Any
) -> None:
    office = house.office("SH", *enabled)
    walker, procedure = walk(office), rules_of(office).procedure(name)
    before, written = contents(), len(ledger_of(office))
    for step in procedure.steps.values():
        if step.inner:
            for given in (None, {}, {"call": walker, "previous": walker}):
                with pytest.raises(NotFound):
                    gate.perform(name, None, step.name, walker.actor, office=office, given=given)
    assert contents() == before
    assert len(ledger_of(office)) == written
