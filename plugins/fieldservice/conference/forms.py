"""What is asked around a case conference."""

from __future__ import annotations

from core.forms import ChoiceField, LongTextField, PeopleField, StepForm
from core.i18n import Sentence, _l
from plugins.fieldservice.conference import services
from plugins.fieldservice.custody import services as custodies

REMEDY, NONE = "remedy", "none"
OUTCOMES = {REMEDY: _l("A remedy was found"), NONE: _l("No remedy yet")}


class ConferForm(StepForm):
    """Why a request is conferred about: unsolved it says so itself, solved it has another wish (QI/05 3.1)."""

    wish = LongTextField(_l("What else the customer wishes"), limit=1000, required=False, fresh=True)

    def check(self) -> dict[str, list[Sentence]]:
        """What is solved and has no wish left is closed, not conferred about."""
        found = super().check()
        if self.act.case.result == "all_solved" and not self.wish.data:
            text = _l(
                "The problem is solved: say what else the customer wishes, or close the request (QI/05 3.1)."
            )
            found.setdefault("wish", [text])
        return found


class HoldForm(StepForm):
    """Who conferred, what was said, and whether there is a remedy (QI/05 3.1, 3.4)."""

    participants = PeopleField(
        _l("Who takes part"),
        offers=services.invited,
        hint=_l("Seniors confer; whoever took the customer's data takes part (QI/05 3.4)."),
    )
    reason = LongTextField(
        _l("Why it was conferred without whoever took the data"),
        limit=500,
        required=False,
        fresh=True,
        hint=_l("Only where he is away, or works here no more."),
    )
    said = LongTextField(_l("What was conferred"))
    outcome = ChoiceField(_l("How it ended"), choices=OUTCOMES)
    remedy = LongTextField(
        _l("The remedy in full"), required=False, hint=_l("Whoever goes finds it in the advice box of QR/03.")
    )

    def check(self) -> dict[str, list[Sentence]]:
        """A remedy is written in full (QI/05 3.2), and whoever took the customer's data sat there (QI/05 3.4)."""
        found = super().check()
        self._without_the_taker(found)
        if self.outcome.data == REMEDY and not self.remedy.data:
            found.setdefault(
                "remedy", [_l("Write the remedy in full before anybody is sent again (QI/05 3.2).")]
            )
        return found

    def _without_the_taker(self, found: dict[str, list[Sentence]]) -> None:
        """Whoever took it has to sit there; for whoever is away or has left there is a reason."""
        takers, here = custodies.takers_of(self.act.case.request), services.who_is_here(self.act)
        missing = {key: name for key, name in takers.items() if key not in self.participants.chosen}
        wanted = ", ".join(name for key, name in missing.items() if key in here)
        gone = ", ".join(name for key, name in missing.items() if key not in here)
        if wanted:
            text = _l("%(names)s took the customer's data: no conference without (QI/05 3.4).", names=wanted)
            found.setdefault("participants", [text])
        if gone and not self.reason.data:
            text = _l("%(names)s took the customer's data and cannot be here: say why.", names=gone)
            found.setdefault("reason", [text])
