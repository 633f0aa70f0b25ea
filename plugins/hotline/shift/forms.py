"""What is asked about a day on the seat, and about the lines of a hand-over."""

from __future__ import annotations

from typing import Any

from wtforms.validators import ValidationError

from core.forms import (
    LongTextField,
    MomentField,
    NumberField,
    RecordField,
    SeenTogether,
    StepForm,
    TextField,
    Wrong,
    YesField,
)
from core.i18n import _l
from plugins.hotline.shift import lines, presence

LONGEST_LEAVE = 480


class ExpectForm(StepForm):
    """Who is to be on the seat today."""

    person_id = RecordField(_l("Person"), offers=presence.may_be_expected)


class LeaveForm(StepForm):
    """Why somebody wants to leave the post, and for how long (QI/03 3.1.3)."""

    why = TextField(_l("What for"), limit=200, fresh=True)
    for_minutes = NumberField(_l("For how many minutes"), required=False, minimum=1, maximum=LONGEST_LEAVE)
    rest_of_day = YesField(_l("Not coming back today"))


class AnswerForm(StepForm):
    """What the duty manager adds to his permission."""

    answer = TextField(_l("Remark"), required=False, limit=200, fresh=True)


class RefuseForm(StepForm):
    """Why the leave is not possible now."""

    answer = TextField(_l("Why not"), limit=200, fresh=True)


class LeftForm(SeenTogether, StepForm):
    """That somebody left without asking: what is known of it, and since when (QI/03 3.1.3)."""

    why = TextField(_l("What is known"), limit=200, fresh=True)
    since = MomentField(_l("Gone since (now, if left empty)"), required=False, fresh=True)

    def seen_together(self) -> list[Wrong | None]:
        since, came = self.since.data, self.act.case.signed_in_at
        if since is None:
            return []
        if since > self.act.now:
            return [("since", _l("This time lies ahead."))]
        if came and since < came:
            return [("since", _l("That was before this person signed in."))]
        return []


def known_lines(form: Any, field: Any) -> None:
    """Accept numbers of lines of this list only."""
    wrong = lines.unknown(form.act.case, field.data or "")
    if wrong:
        raise ValidationError(
            _l(
                "%(wrong)s is no line of this list. Write numbers like 1 3 5-8, or “all”.",
                wrong=wrong,
            )
        )


class LinesForm(StepForm):
    """Which lines somebody has gone through."""

    lines = TextField(_l("Lines, by their numbers"), limit=2000, checks=(known_lines,), fresh=True)


class LineForm(SeenTogether, StepForm):
    """One line of the list."""

    line = NumberField(_l("Line"), minimum=1, maximum=lines.MOST)

    def seen_together(self) -> list[Wrong | None]:
        number = self.line.data
        if number is None or number <= (self.act.case.lines_count or 0):
            return []
        return [("line", _l("There is no line %(number)s on this list.", number=number))]


class ContestForm(LineForm):
    """Why the taker does not take a line as it stands."""

    contest = LongTextField(_l("What is wrong with it"), limit=500, fresh=True)


class AnswerLineForm(LineForm):
    """What the giver says to it: an explanation, and perhaps whose the line really is."""

    answer = LongTextField(_l("Explanation"), limit=500, fresh=True)
    person_id = RecordField(_l("Correct owner"), offers=lines.owners, required=False)


class AssignForm(LinesForm):
    """Whose these lines are from now on."""

    person_id = RecordField(_l("Owner"), offers=lines.owners)


class TakeForm(SeenTogether, StepForm):
    """The taker's signature; what is still contested stays on record."""

    contest_stays = YesField(_l("I take it over all the same; what is contested stays on record"))
    note = LongTextField(_l("Remark"), required=False, limit=500, fresh=True)

    def seen_together(self) -> list[Wrong | None]:
        open_ones = lines.tally(self.act).in_dispute
        if not open_ones or self.contest_stays.data:
            return []
        text = _l(
            "Contested lines without an answer: %(count)s. Wait for the answer, or say that the contest stays.",
            count=open_ones,
        )
        return [("contest_stays", text)]
