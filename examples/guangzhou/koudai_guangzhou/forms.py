"""What is asked when a machine goes out and when it comes back."""

from core.forms import StepForm, TextField
from koudai_guangzhou.words import _l


class LendForm(StepForm):
    """Which machine the customer gets, and what goes with it."""

    machine = TextField(_l("Machine"), limit=60, hint=_l("Model and inventory number"))
    accessories = TextField(_l("Accessories"), required=False, limit=200)


class TakeBackForm(StepForm):
    """In what condition the machine came back."""

    condition = TextField(_l("Condition"), limit=200)
