"""Decisions, and who made them: the answer to every "why?"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.clauses import Citation, HouseRule, code_of
from core.i18n import Sentence


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """The answer to a decision hook: a value, the reason, the clause, and what it was seen from."""

    value: Any
    reason: Sentence
    clause: Citation
    evidence: tuple[Sentence, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What one plugin said when a decision was asked: chosen, overridden, adjusting, or passing."""

    plugin: str
    version: str
    role: str
    verdict: Verdict | None


@dataclass(frozen=True, kw_only=True)
class Decision:
    """A decision with its whole history: the verdict, who gave it, and whom it overrode."""

    name: str
    verdict: Verdict
    answers: Sequence[Answer] = ()
    inputs: Mapping[str, Any] = field(default_factory=dict)

    @property
    def decided_by(self) -> Answer:
        """The plugin whose verdict stands."""
        return next(answer for answer in self.answers if answer.role in ("adjusted", "chosen"))

    def to_json(self) -> dict[str, Any]:
        """Return what the ledger binds: plugin, version, clause, inputs, and what was overridden."""
        chosen = self.decided_by
        return {
            "decision": self.name,
            "value": self.verdict.value,
            "reason": self.verdict.reason.to_json(),
            "clause": code_of(self.verdict.clause),
            "house_rule": self._house_rule(),
            "evidence": [line.to_json() for line in self.verdict.evidence],
            "plugin": chosen.plugin,
            "version": chosen.version,
            "inputs": dict(self.inputs),
            "overridden": [
                _overridden(one) for one in self.answers if one is not chosen and one.role != "passed"
            ],
        }

    def _house_rule(self) -> dict[str, Any] | None:
        clause = self.verdict.clause
        return clause.reason.to_json() if isinstance(clause, HouseRule) else None


def _overridden(answer: Answer) -> dict[str, Any]:
    verdict = answer.verdict
    clause = code_of(verdict.clause) if verdict else ""
    value = verdict.value if verdict else None
    return {"plugin": answer.plugin, "version": answer.version, "clause": clause, "value": value}
