"""The closed list of field types: each with its JSON type, so that one form serves the screen and the API."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from wtforms import Form, fields, validators
from wtforms.fields import Choice, SelectChoice

from core import png, widgets
from core.customers.values import can_be_dialled
from core.digits import AMOUNT, WHOLE, Bounds, shaped
from core.i18n import Sentence, _l

if TYPE_CHECKING:
    from core.clauses import Citation
    from core.gate import Act

Choices = Mapping[str, Sentence | str]
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
YEARS = range(1990, 2100)


class StepField:
    """What every field of a step form has besides WTForms: a JSON type and a way into the ledger.

    A ``fresh`` field starts empty at every step: what the case knows under its name was said about another one. One that
    a plugin added to another's step stands on a ``clause`` of its own.
    """

    json_type = "string"
    confidential = False
    fresh = False
    clause: Citation = ""

    def prepare(self, act: Act) -> None:
        """Learn from the case what the field must know (its choices, the office's zone)."""

    def to_json(self) -> Any:
        """Return the value as the ledger keeps it."""
        value = self.data  # type: ignore[attr-defined]
        if self.confidential:
            return "•••" if value else None
        return value if isinstance(value, bool | int | str | list | None) else str(value)


class _Needed(validators.InputRequired):
    """Something must be given now, and blanks are nothing; what the case knew before does not count."""

    def __call__(self, form: Form, field: Any) -> None:
        if field.raw_data and not field.raw_data[0].strip():
            field.raw_data = []
        super().__call__(form, field)


def checks_of(required: bool, *more: Any) -> list[Any]:
    """Return what a field's value must pass: first that there is one, or that there need be none."""
    presence = _Needed(_l("This field is needed.")) if required else validators.Optional()
    return [presence, *more]


def _longest(limit: int) -> Any:
    return validators.Length(max=limit, message=_l("Too long: at most %(limit)s characters.", limit=limit))


def _stripped(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def _writable(form: Form, field: Any) -> None:
    """Refuse characters that no database keeps and no paper shows."""
    if UNWRITABLE.search(field.data or ""):
        raise validators.ValidationError(_l("There is a character in it that cannot be kept. Type it anew."))


def _in_our_time(form: Form, field: Any) -> None:
    """Refuse a day that was mistyped by centuries."""
    if field.data and field.data.year not in YEARS:
        raise validators.ValidationError(
            _l("Give a day from the years %(first)s to %(last)s.", first=YEARS[0], last=YEARS[-1])
        )


class TextField(StepField, fields.StringField):
    """One line of text."""

    widget: Any = widgets.Input()

    def __init__(
        self,
        label: Sentence | None = None,
        *,
        required: bool = True,
        limit: int = 120,
        checks: Sequence[Callable[..., None]] = (),
        confidential: bool = False,
        fresh: bool = False,
        hint: Sentence | str = "",
        **kwargs: Any,
    ) -> None:
        rules = checks_of(required, _longest(limit), _writable, *checks)
        super().__init__(label, rules, filters=[_stripped], description=hint, **kwargs)
        self.confidential, self.fresh, self.limit = confidential, fresh, limit


class LongTextField(TextField):
    """Several lines of text."""

    widget = widgets.Area()

    def __init__(self, label: Sentence | None = None, *, limit: int = 2000, **kwargs: Any) -> None:
        super().__init__(label, limit=limit, **kwargs)


class PhoneField(TextField):
    """A phone number that somebody can dial, perhaps with an extension."""

    def __init__(self, label: Sentence | None = None, **kwargs: Any) -> None:
        super().__init__(label, checks=(_dialled,), render_kw={"inputmode": "tel"}, **kwargs)


def _dialled(form: Form, field: Any) -> None:
    if not can_be_dialled(field.data or ""):
        raise validators.ValidationError(
            _l("Give a phone number in digits, with an extension if there is one.")
        )


class NumberField(StepField, fields.IntegerField):
    """A whole number within bounds."""

    widget = widgets.Input("number")
    json_type = "integer"

    def __init__(
        self,
        label: Sentence | None = None,
        *,
        required: bool = True,
        minimum: int = 0,
        maximum: int = 1_000_000,
        hint: Sentence | str = "",
        **kwargs: Any,
    ) -> None:
        message = _l("Give a number from %(minimum)s to %(maximum)s.", minimum=minimum, maximum=maximum)
        bounds = Bounds(minimum, maximum, message)
        super().__init__(label, checks_of(required, bounds), description=hint, **kwargs)
        self.minimum, self.maximum = minimum, maximum

    def process_formdata(self, valuelist: list[Any]) -> None:
        hint = _l("Give a whole number in digits, like 12.")
        super().process_formdata(shaped(self, valuelist, WHOLE, hint))


class MoneyField(StepField, fields.DecimalField):
    """An amount in yuan, two decimals."""

    widget = widgets.Input("number", step="any")

    def __init__(self, label: Sentence | None = None, *, required: bool = True, **kwargs: Any) -> None:
        message = _l("Give an amount between 0 and 9,999,999.99 yuan.")
        bounds = Bounds(Decimal(0), Decimal("9999999.99"), message)
        super().__init__(label, checks_of(required, bounds), places=2, **kwargs)

    def process_formdata(self, valuelist: list[Any]) -> None:
        hint = _l("Give an amount in digits, like 120.50.")
        super().process_formdata(shaped(self, valuelist, AMOUNT, hint))


class DayField(StepField, fields.DateField):
    """A calendar day."""

    widget = widgets.Input("date")
    json_type = "date"

    def __init__(self, label: Sentence | None = None, *, required: bool = True, **kwargs: Any) -> None:
        super().__init__(label, checks_of(required, _in_our_time), **kwargs)

    def process_formdata(self, valuelist: list[Any]) -> None:
        try:
            super().process_formdata([one.strip() for one in valuelist])
        except ValueError as error:
            raise ValueError(_l("Give a day like 2026-11-23.")) from error


class MomentField(StepField, fields.DateTimeLocalField):
    """A day and time, read and written in the office's zone, kept in UTC."""

    widget = widgets.Input("datetime-local")
    json_type = "date-time"

    def __init__(
        self, label: Sentence | None = None, *, required: bool = True, fresh: bool = False, **kwargs: Any
    ) -> None:
        formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S"]
        super().__init__(label, checks_of(required, _in_our_time), format=formats, **kwargs)
        self.zone: dt.tzinfo = dt.UTC
        self.fresh = fresh

    def prepare(self, act: Act) -> None:
        self.zone = act.rules.office.zoneinfo

    def process_data(self, value: dt.datetime | None) -> None:
        self.data = value.astimezone(self.zone) if value else None

    def process_formdata(self, valuelist: list[Any]) -> None:
        if not valuelist:
            return
        self.data = None
        try:
            given = dt.datetime.fromisoformat(valuelist[0].strip())
            local = given if given.tzinfo else given.replace(tzinfo=self.zone)
            self.data = local.astimezone(dt.UTC)
        except (ValueError, OverflowError) as error:
            raise ValueError(_l("Give a day and a time like 2026-11-23 14:30.")) from error

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return self.data.astimezone(self.zone).strftime("%Y-%m-%dT%H:%M") if self.data else ""

    def to_json(self) -> Any:
        return self.data.isoformat() if self.data else None


class YesField(StepField, fields.BooleanField):
    """A tick; a required one must be set."""

    widget = widgets.Input("checkbox")
    json_type = "boolean"
    false_values = (False, "false", "False", "", "0", "off")

    def __init__(
        self,
        label: Sentence | None = None,
        *,
        required: bool = False,
        message: Sentence | None = None,
        hint: Sentence | str = "",
        **kwargs: Any,
    ) -> None:
        must = [validators.DataRequired(message or _l("This must be confirmed first."))]
        super().__init__(label, must if required else [], description=hint, **kwargs)


class ChoiceField(StepField, fields.SelectField):
    """One of a few; ``choices`` maps what is stored to what is shown."""

    widget = widgets.Select()

    def __init__(
        self,
        label: Sentence | None = None,
        *,
        choices: Choices | None = None,
        required: bool = True,
        hint: Sentence | str = "",
        **kwargs: Any,
    ) -> None:
        self.required = required
        super().__init__(label, checks_of(required), choices=[], description=hint, **kwargs)
        self.offer(choices or {})

    def offer(self, choices: Choices) -> None:
        """Set what can be chosen; nothing is a choice only of a field that is not needed."""
        blank = [SelectChoice("", "—")]
        self.choices = blank + [SelectChoice(value, title) for value, title in choices.items()]

    def process_data(self, value: Any) -> None:
        self.data = None if value is None else str(value)

    def process_formdata(self, valuelist: list[Any]) -> None:
        if valuelist:
            self.data = valuelist[0].strip() or None

    def iter_choices(self) -> Any:
        for one in self.choices:
            yield Choice(one.value, one.label, (one.value or None) == self.data, one.render_kw)

    def pre_validate(self, form: Form) -> None:
        if self.data is not None and self.data not in {choice.value for choice in self.choices}:
            raise validators.ValidationError(_l("This is not one of the choices. Choose from the list."))


LARGEST_SIGNATURE = 300_000


class SignatureField(StepField, fields.HiddenField):
    """A signature drawn on the screen: a PNG as a data URL; the ledger keeps its SHA-256 only."""

    widget = widgets.Input("hidden")
    json_type = "png"

    def __init__(self, label: Sentence | None = None, *, required: bool = True, **kwargs: Any) -> None:
        super().__init__(label, checks_of(required), **kwargs)

    def pre_validate(self, form: Form) -> None:
        if self.data and not _is_drawing(self.data):
            raise validators.ValidationError(_l("The signature did not arrive whole. Please sign again."))

    def to_json(self) -> Any:
        return hashlib.sha256(self.data.encode()).hexdigest() if self.data else None


def _is_drawing(url: str) -> bool:
    head, _comma, body = url.partition(",")
    if head != "data:image/png;base64" or len(body) > LARGEST_SIGNATURE:
        return False
    try:
        return png.is_drawn(base64.b64decode(body, validate=True))
    except ValueError:
        return False
