"""What is asked about a complaint (QI/02 attitude.hotline-rude)."""

from __future__ import annotations

from typing import Any

from wtforms.validators import ValidationError

from core.forms import ChoiceField, LongTextField, StepForm, TextField
from core.i18n import _l
from plugins.hotline import services as hotline

ABOUT = {
    "hotline": _l("Hotline's manner"),
    "on_site": _l("Manner on site"),
    "delay": _l("Delay"),
    "product": _l("Product"),
    "other": _l("Other"),
}


def to_look_into(form: Any, field: Any) -> None:
    """Refuse a complaint that only says "bad manners": nobody could look into it."""
    if hotline.says_nothing(field.data or ""):
        raise ValidationError(_l("Too little to look into. Ask: when, who, what was said or done?"))


def to_learn_from(form: Any, field: Any) -> None:
    """Refuse words that fit any complaint: who reads them later must see what was found and done."""
    if hotline.says_nothing(field.data or ""):
        raise ValidationError(_l("This fits any complaint. Write: when, who, what was said or done?"))


class ComplainForm(StepForm):
    """When, whom, and what: asked before anything is answered."""

    about = ChoiceField(_l("About"), choices=ABOUT)
    complaint = LongTextField(_l("What the customer complains about"), checks=(to_look_into,))
    happened = TextField(_l("When it happened"), limit=120, required=False)
    employee_number = TextField(_l("The employee's number"), limit=8, required=False)


class AnswerForm(StepForm):
    """What was found, answered, and done so that it does not happen again."""

    findings = LongTextField(_l("What was found"), checks=(to_learn_from,))
    answer = LongTextField(_l("Answer given to the customer"), checks=(to_learn_from,))
    prevention = LongTextField(_l("What prevents it in future"), required=False, checks=(to_learn_from,))
