"""What is asked about a problem and its remedy."""

from __future__ import annotations

from typing import Any

from core.forms import LongTextField, ProductField, RecordField, StepForm, TextField
from core.i18n import _l
from plugins.hotline.forms import AnswerForm, telling
from plugins.hotline.knowledge import finding


class StoredForm(StepForm):
    """An entry as another case hands it over: what it asked there is not judged twice."""

    product_id = ProductField(_l("Product"), required=False)
    versions = TextField(_l("Versions"), required=False, limit=60, hint=_l("Like 8.11, 8.13"))
    problem = LongTextField(_l("Problem"))
    remedy = LongTextField(_l("Remedy"))
    prevention = LongTextField(_l("Prevention"), required=False)


class EntryForm(StoredForm):
    """An entry written by hand: a colleague must be able to find it and to do the same (QI/01 flow)."""

    problem = LongTextField(_l("Problem"), checks=(telling,))
    remedy = LongTextField(_l("Remedy"), checks=(telling,))


class StandardiseForm(StepForm):
    """What a call taught, put so that it fits the next one too; begins with what the call says."""

    problem = LongTextField(_l("Problem"), checks=(telling,))
    solution = LongTextField(_l("Remedy"), checks=(telling,))
    avoid = LongTextField(_l("Prevention"), required=False)

    def process(self, *args: Any, **kwargs: Any) -> None:
        super().process(*args, **kwargs)
        call = self.act.case
        for field, known in ((self.problem, call.symptom), (self.solution, call.answer)):
            if not field.raw_data:
                field.data = known


class SolveForm(AnswerForm):
    """The answer, and which entry of the support database it came from, if it came from there."""

    knowledge_id = RecordField(
        _l("Solved with the support database"),
        offers=lambda act: {},
        required=False,
        hint=_l("It counts for the entry."),
    )

    def process(self, *args: Any, **kwargs: Any) -> None:
        """Offer what fits the symptom, and whatever else was found and is published."""
        super().process(*args, **kwargs)
        typed = (self.knowledge_id.raw_data or [""])[0]
        offered = finding.offered(self.act, typed)
        self.knowledge_id.offer(offered)
        if not offered and self.act.case.id and not typed:
            del self["knowledge_id"]
