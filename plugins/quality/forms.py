"""What is asked about a complaint (QI/02 attitude.hotline-rude)."""

from core.forms import ChoiceField, LongTextField, StepForm, TextField
from core.i18n import _l

ABOUT = {
    "hotline": _l("Hotline's manner"),
    "on_site": _l("Manner on site"),
    "delay": _l("Delay"),
    "product": _l("Product"),
    "other": _l("Other"),
}


class ComplainForm(StepForm):
    """When, whom, and what: asked before anything is answered."""

    about = ChoiceField(_l("About"), choices=ABOUT)
    complaint = LongTextField(_l("What the customer complains about"))
    happened = TextField(_l("When it happened"), limit=120, required=False)
    employee_number = TextField(_l("The employee's number"), limit=8, required=False)


class AnswerForm(StepForm):
    """What was found, answered, and done so that it does not happen again."""

    findings = LongTextField(_l("What was found"))
    answer = LongTextField(_l("Answer given to the customer"))
    prevention = LongTextField(_l("What prevents it in future"), required=False)


class ReasonForm(StepForm):
    """Why a complaint is taken up again."""

    reason = LongTextField(_l("Reason"), limit=1000)
