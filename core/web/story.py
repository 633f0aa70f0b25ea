"""The story of a case: the ledger's rows, with titles, labels and names instead of keys."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from sqlalchemy import select

from core import gate, owners, prints
from core.clauses import Citation, HouseRule
from core.db import db
from core.errors import RefusalKind
from core.forms import ChoiceField, MomentField, PeopleField, PersonField, SignatureField, StepForm, YesField
from core.gate import Act
from core.i18n import Sentence, _, _l
from core.ledger import LedgerRow
from core.people import Person, name_of
from core.plugin_sets import steps_named
from core.procedure import Step
from core.web.show import state_of

Pair = tuple[Sentence | str, Any]


@dataclass(frozen=True, kw_only=True)
class Told:
    """One thing that happened, or was refused, in words."""

    at: dt.datetime
    actor: Sentence | str
    title: Sentence | str
    into: Sentence | str
    clause: Citation
    refused: bool
    values: list[Pair]
    decisions: list[dict[str, Any]]
    objections: list[tuple[Sentence | str, str]]
    let_in: Mapping[str, str] | None
    times: int = 1


def told(act: Act, rows: Iterable[LedgerRow]) -> list[Told]:
    """Tell the rows of a case; the forms of its steps know what the values mean."""
    many = list(rows)
    steps = steps_named(act.procedure, act.rules, many)
    forms = dict(_forms(act, steps, many))
    names = _names(forms, many)
    return [
        replace(
            _tell(act, rows[0], steps.get(rows[0].action), forms.get(rows[0].action), names), times=len(rows)
        )
        for rows in _together(many)
    ]


def _together(rows: Iterable[LedgerRow]) -> Iterator[list[LedgerRow]]:
    """Put what somebody tried several times in a row, before the form was in order, into one line."""

    def attempt(row: LedgerRow) -> Any:
        slip = row.kind == "refused" and row.details.get("why") == RefusalKind.FORM
        return (row.action, row.actor_id) if slip else row.seq

    for _attempt, found in groupby(rows, key=attempt):
        yield list(found)


def _forms(act: Act, steps: dict[str, Step], rows: list[LedgerRow]) -> Iterator[tuple[str, StepForm]]:
    written = {row.action for row in rows if row.details.get("values") or row.details.get("fields")}
    for step in steps.values():
        if step.name in written:
            yield step.name, gate.look_at(act, step).form()


def _names(forms: dict[str, StepForm], rows: list[LedgerRow]) -> dict[str, str]:
    """Read the names of everybody whom a form named, those who have left too."""
    named = {
        int(person_id)
        for row in rows
        for name, value in row.details.get("values", {}).items()
        if isinstance(_field(forms.get(row.action), name), PersonField | PeopleField)
        for person_id in (value if isinstance(value, list) else [value])
    }
    if not named:
        return {}
    found = db.session.execute(select(Person.id, Person.name).where(Person.id.in_(named)))
    return {str(person_id): name for person_id, name in found}


def _field(form: StepForm | None, name: str) -> Any:
    return form[name] if form is not None and name in form else None


def _tell(act: Act, row: LedgerRow, step: Step | None, form: StepForm | None, names: dict[str, str]) -> Told:
    if row.kind == prints.KIND:
        return _tell_print(row)
    state = state_of(act.procedure, row.to_state)
    moved = state is not None and row.from_state != row.to_state
    return Told(
        at=row.at,
        actor=name_of(row.actor_id, row.actor),
        title=step.title if step else act.procedure.title_of(row.action),
        into=state.title if state and moved else "",
        clause=_citation(row, step),
        refused=row.kind == "refused",
        values=[*_owners(row), *_values(act, row, form, names)],
        decisions=row.details.get("decisions", []),
        objections=_against(row, form),
        let_in=row.details.get("let_in"),
    )


def _tell_print(row: LedgerRow) -> Told:
    """Say what was printed; a copy says which, and why."""
    said: list[Pair] = [(_l("Edition"), row.details["edition"]), ("SHA-256", row.details["sha256"])]
    reason: list[Pair] = [(_l("Reason"), row.details["reason"])] if "reason" in row.details else []
    return Told(
        at=row.at,
        actor=name_of(row.actor_id, row.actor),
        title=prints.title_of(row),
        into="",
        clause=row.clause,
        refused=False,
        values=[*said, *reason],
        decisions=[],
        objections=[],
        let_in=None,
    )


def _citation(row: LedgerRow, step: Step | None) -> Citation:
    """Return what a row cites; of a house rule the ledger keeps no code, the step still knows the reason."""
    return step.clause if step and not row.clause and isinstance(step.clause, HouseRule) else row.clause


def _owners(row: LedgerRow) -> list[Pair]:
    """Say whose the case was before the step, and whose it was after it."""
    changed = owners.changed(row)
    return [(_l("Owner"), changed)] if changed else []


def _values(act: Act, row: LedgerRow, form: StepForm | None, names: dict[str, str]) -> list[Pair]:
    written = row.details.get("values", {})
    fields = ((_field(form, name), name, value) for name, value in written.items())
    return [
        (field.label.text, _shown(act, field, value, names)) if field is not None else (name, value)
        for field, name, value in fields
    ]


def _shown(act: Act, field: Any, value: Any, names: dict[str, str]) -> Any:
    """Say what a stored value means: a choice by its title, a moment in local time, a person by name."""
    if field.name == "customer_id" and act.case.customer:
        return act.case.customer.name
    if isinstance(field, PersonField):
        return names.get(str(value), value)
    if isinstance(field, PeopleField):
        return [names.get(str(one), one) for one in value]
    if isinstance(field, ChoiceField):
        return next((one.label for one in field.choices if one.value == str(value)), value)
    if isinstance(field, MomentField):
        return dt.datetime.fromisoformat(value)
    if isinstance(field, YesField):
        return _("yes") if value else _("no")
    return f"SHA-256 {value[:12]}…" if isinstance(field, SignatureField) else value


def _against(row: LedgerRow, form: StepForm | None) -> list[tuple[Sentence | str, str]]:
    said = [Sentence.from_json(one) for one in row.details.get("objections", [])]
    found: list[tuple[Sentence | str, str]] = list(zip(said, row.details.get("clauses", []), strict=True))
    wrong = [(name, _field(form, name)) for name in row.details.get("fields", [])]
    labels = [str(field.label.text) if field is not None else name for name, field in wrong]
    if labels:
        found.append((_("Not in order: %(fields)s", fields=", ".join(labels)), ""))
    return found


def typed(form: StepForm) -> list[Pair]:
    """Return what was typed into a form, to be copied when its step is gone."""
    said = [one for one in form if isinstance(one.data, str) and not isinstance(one, SignatureField)]
    return [(one.label.text, one.data) for one in said if one.data]
