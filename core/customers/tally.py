"""What came of a file: how much is new, what changed, and how often each reason of refusal came up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from core.customers.lines import Problem, RefusedLine
from core.customers.merging import Change
from core.i18n import Sentence


@dataclass
class Tally:
    """The figures of a run, of a trial or of a part of it."""

    good: int = 0
    refused: int = 0
    new_customers: int = 0
    changed_customers: int = 0
    same_customers: int = 0
    new_products: int = 0
    changed_products: int = 0
    same_products: int = 0
    reasons: list[dict[str, Any]] = field(default_factory=list)

    @property
    def lines(self) -> int:
        """How many lines were looked at."""
        return self.good + self.refused

    def to_json(self) -> dict[str, Any]:
        """Return what is stored of the figures."""
        return asdict(self)

    def add(self, good: int, changes: Iterable[Change], refused: Sequence[RefusedLine]) -> None:
        """Count a portion."""
        self.good += good
        self.refused += len(refused)
        for change in changes:
            self._add_change(change)
        for line in refused:
            for problem in line.problems:
                self._add_reason(problem)

    def _add_change(self, change: Change) -> None:
        self.new_customers += change.customer is None
        self.changed_customers += change.customer is not None and bool(change.fields or change.contacts)
        self.same_customers += change.customer is not None and not (change.fields or change.contacts)
        new = sum(1 for one in change.products if one.installation is None)
        self.new_products += new
        self.changed_products += len(change.products) - new
        self.same_products += change.same_products

    def _add_reason(self, problem: Problem) -> None:
        reason = {"field": problem.field, "reason": _general(problem.reason).to_json()}
        for known in self.reasons:
            if {"field": known["field"], "reason": known["reason"]} == reason:
                known["count"] += 1
                return
        self.reasons.append({**reason, "count": 1})


def _general(reason: Sentence) -> Sentence:
    """Leave out of a reason what differs from line to line."""
    values = {name: value if isinstance(value, int) else "…" for name, value in reason.values.items()}
    return Sentence(reason.msgid, values, reason.domain)
