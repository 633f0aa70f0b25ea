"""What is asked about an entry of the catalogue, and when one is used in a call."""

from __future__ import annotations

from typing import Any

from wtforms.validators import ValidationError

from core.forms import (
    ChoiceField,
    DayField,
    LongTextField,
    SeenTogether,
    StepForm,
    TextField,
    Wrong,
    YesField,
)
from core.i18n import Sentence, _l
from plugins.hotline.replies.catalogue import catalogue
from plugins.hotline.replies.entries import (
    FOLLOW_UPS,
    GROUPS,
    KEY,
    OWNERS,
    PLACEHOLDERS,
    PROMISES,
    Promise,
    unknown_in,
)


def a_key(form: Any, field: Any) -> None:
    """Refuse a key that no file and no address could hold."""
    if not KEY.fullmatch(field.data or ""):
        raise ValidationError(
            _l("Small letters and digits, with dots and hyphens between: like fee.training.")
        )


def fillable(form: Any, field: Any) -> None:
    """Refuse a placeholder that nobody could fill: it would be read out as it stands."""
    unknown = unknown_in(field.data or "")
    if unknown:
        raise ValidationError(
            _l(
                "Nobody can fill %(unknown)s. Known are: %(known)s.",
                unknown=", ".join(f"{{{one}}}" for one in unknown),
                known=", ".join(f"{{{one}}}" for one in PLACEHOLDERS),
            )
        )


def _words(label: Sentence, *, required: bool = False, limit: int = 1000) -> Any:
    return LongTextField(label, required=required, limit=limit, checks=(fillable,))


class EntryForm(SeenTogether, StepForm):
    """An entry in both languages; what is not translated is shown in Chinese (QI/02)."""

    key = TextField(
        _l("Catalogue key"),
        limit=60,
        checks=(a_key,),
        hint=_l("A key of the catalogue replaces that entry; a new one adds an entry."),
    )
    group = ChoiceField(_l("Group"), choices=GROUPS)
    situation_zh = TextField(_l("Situation, in Chinese"), checks=(fillable,))
    ask_zh = _words(_l("What to ask, in Chinese"))
    answer_zh = _words(_l("What to answer, in Chinese"), required=True)
    promise = ChoiceField(_l("Promise"), choices=PROMISES)
    promised_by = ChoiceField(_l("Who keeps the promise"), choices=OWNERS)
    promise_zh = _words(_l("What to promise, in Chinese"))
    only_if_zh = _words(_l("Promised only if, in Chinese"))
    follow_up = ChoiceField(_l("What is done next"), choices=FOLLOW_UPS)
    then_zh = _words(_l("What happens next, in Chinese"))
    situation_en = TextField(_l("Situation, in English"), required=False, checks=(fillable,))
    ask_en = _words(_l("What to ask, in English"))
    answer_en = _words(_l("What to answer, in English"))
    promise_en = _words(_l("What to promise, in English"))
    only_if_en = _words(_l("Promised only if, in English"))
    then_en = _words(_l("What happens next, in English"))
    valid_from = DayField(_l("Valid from"), required=False)
    valid_until = DayField(_l("Valid until"), required=False)

    def seen_together(self) -> list[Wrong | None]:
        return [self._unsaid(), self._never()]

    def _unsaid(self) -> Wrong | None:
        promised = self.promise.data not in (None, Promise.NONE)
        if promised and not self.promise_zh.data:
            return "promise_zh", _l("Say what is promised, in the words that the customer hears.")
        if self.promise_zh.data and not promised:
            return "promise", _l("Something is promised here: say until when, so that it is kept.")
        return None

    def _never(self) -> Wrong | None:
        first, last = self.valid_from.data, self.valid_until.data
        if last and last < max(filter(None, (first, self._today()))):
            return "valid_until", _l("It would never be valid: give a later day.")
        return None

    def _today(self) -> Any:
        return self.act.now.astimezone(self.act.rules.office.zoneinfo).date()


class UseForm(StepForm):
    """Which reply was given; the version and the words as they were shown are kept with it."""

    entry = ChoiceField(_l("Reply"))
    said = LongTextField(_l("What was said besides"), required=False, limit=1000, fresh=True)
    not_promised = YesField(
        _l("Nothing was promised"), hint=_l("Where the reply promises something only under a condition.")
    )

    def process(self, *args: Any, **kwargs: Any) -> None:
        """Offer what may be used today: nothing expired, nothing retired."""
        self.entry.offer(
            {
                one.key: f"{GROUPS[one.group]} · {one.words.situation}"
                for one in catalogue(self.act.rules).values()
            }
        )
        super().process(*args, **kwargs)
