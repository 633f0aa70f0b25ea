"""What other plugins may decide about dongles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.hooks import decision, hookspec
from core.i18n import Sentence
from core.verdicts import Verdict

if TYPE_CHECKING:
    from core.rules import Rules


@decision(Sentence("Dongle"), {})
def dummy_dongle(rules: Rules) -> Verdict | None:
    """Decide where the next dongle is taken from; dummy's own answer is the shelf."""


@hookspec
def dummy_shelf_labels(rules: Rules) -> list[str]:
    """Contribute labels to the shelf."""
