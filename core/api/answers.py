"""What the API answers when something stays shut: as JSON, in the reader's language, with clauses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.api.shapes import objection
from core.errors import RefusalKind, Refused
from core.i18n import Sentence, _
from core.web.problems import problem_of

Answer = tuple[dict[str, Any], int]
STATUS = {RefusalKind.FORM: 422, RefusalKind.ROLE: 403}


def of_refusal(refused: Refused) -> Answer:
    """Answer a step that the gate turned away: 422 by field, 403 by role, else 409 with the objections."""
    if refused.kind is RefusalKind.FORM:
        return of_errors(refused.errors)
    told = {"message": str(refused), "kind": str(refused.kind)}
    return {**told, "objections": [objection(one) for one in refused.objections]}, STATUS.get(
        refused.kind, 409
    )


def beyond_reach(collection: str) -> Answer:
    """Answer that the token was not made for this collection, or not for taking steps in it."""
    text = _("This token does not reach so far in %(collection)s. Make another one.", collection=collection)
    return {"message": text, "objections": []}, 403


def of_errors(errors: Mapping[str, Sequence[Sentence]]) -> Answer:
    """Answer values that are not in order, each error beside its field."""
    by_field = {name: [str(one) for one in found] for name, found in errors.items()}
    first = next(iter(by_field.values()))[0]
    return {"message": first, "errors": by_field}, 422


def of_problem(code: int) -> Answer:
    """Answer what went wrong before anything was asked: not found, not understood, not allowed."""
    problem = problem_of(code)
    return {"message": f"{problem.title}. {problem.text} {problem.remedy}"}, code
