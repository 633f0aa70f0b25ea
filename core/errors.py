"""What can go wrong, said in words that name the culprit and the remedy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

from core.clauses import Citation
from core.i18n import Sentence, _l


class KoudaiError(Exception):
    """An error that a person can read: its sentence is translated when it is shown.

    ``remedy`` is what its page advises instead of what is advised for all errors of its status.
    """

    remedy: Sentence | None = None

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(sentence)
        self.sentence = sentence

    def __str__(self) -> str:
        return str(self.sentence)


class PluginError(KoudaiError):
    """A plugin that cannot be loaded, switched or combined with another: nothing that looking again would mend."""

    remedy = _l("Tell whoever runs this server: reloading the page will not help before that is done.")


class UnknownSetting(KoudaiError):
    """A parameter that nobody declared, that is locked, or whose value is out of bounds."""


class NotFound(KoudaiError):
    """A record that does not exist, or that the person may not know to exist."""


class RefusalKind(StrEnum):
    """At which door of the gate a step was turned away."""

    STATE = "state"
    STALE = "stale"
    ROLE = "role"
    OBJECTION = "objection"
    FORM = "form"


class Objection:
    """Why a step may not happen now: a sentence, its clause, and the plugin that says so."""

    def __init__(self, text: Sentence, clause: Citation = "", plugin: str = "") -> None:
        self.text, self.clause, self.plugin = text, clause, plugin

    def __repr__(self) -> str:
        return f"Objection({self.text!r}, {self.clause!r}, {self.plugin!r})"


class Refused(KoudaiError):
    """The gate's answer to a step that may not happen; nothing of it was kept but its own ledger row."""

    def __init__(
        self,
        kind: RefusalKind,
        objections: Sequence[Objection] = (),
        errors: Mapping[str, Sequence[Sentence]] | None = None,
        step: str = "",
    ) -> None:
        self.kind, self.objections, self.step = kind, tuple(objections), step
        self.errors = {name: list(found) for name, found in (errors or {}).items()}
        first = [found[0] for found in self.errors.values()] or [one.text for one in self.objections]
        super().__init__(first[0])


class Invalid(KoudaiError):
    """Raised by an effect that finds a field wrong only when it looks deeper than the form can."""

    def __init__(self, field: str, sentence: Sentence) -> None:
        super().__init__(sentence)
        self.field = field
