"""Fields in which somebody or something that is on record is chosen: one, or some, of few; a colleague, a customer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from wtforms import Form, fields, validators
from wtforms.fields import Choice, SelectChoice

from core import widgets
from core.customers import services as customers
from core.errors import PluginError
from core.fields import ChoiceField, StepField, TextField, checks_of
from core.i18n import Sentence, _l
from core.roles import Role

if TYPE_CHECKING:
    from core.gate import Act


def offered(label: Any, offers: Callable[[Act], Mapping[Any, str]], act: Act) -> dict[str, str]:
    """Return what a field offers, by its id as a browser sends it; raises ``PluginError`` for what is no mapping."""
    found = offers(act)
    if not isinstance(found, Mapping):
        raise PluginError(_l("“%(field)s” offers no choices: its “offers” returns {id: shown}.", field=label))
    return {str(key): shown for key, shown in found.items()}


class RecordField(ChoiceField):
    """One record out of few, chosen by its id; the choices come from the case."""

    json_type = "integer"

    def __init__(
        self, label: Sentence | None = None, *, offers: Callable[[Act], Mapping[Any, str]], **kwargs: Any
    ) -> None:
        super().__init__(label, **kwargs)
        self.offers = offers

    def prepare(self, act: Act) -> None:
        self.offer(offered(self.label.text, self.offers, act))

    @property
    def chosen(self) -> int | None:
        """The id of the chosen record."""
        return int(self.data) if self.data else None


class PersonField(RecordField):
    """One colleague of the office: whoever holds a role, or whom the case offers."""

    def __init__(
        self,
        label: Sentence | None = None,
        *,
        role: Role | None = None,
        offers: Callable[[Act], Mapping[Any, str]] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(label, offers=offers or (lambda act: _people(act, role)), **kwargs)


class ProductField(RecordField):
    """One product of the national catalogue, which is the same for every case."""

    def __init__(self, label: Sentence | None = None, **kwargs: Any) -> None:
        super().__init__(label, offers=_catalogue, **kwargs)


class PeopleField(StepField, fields.SelectMultipleField):
    """Some of few people, ticked anew at every step; the choices come from the case, what is kept are their ids."""

    widget = widgets.Ticks()
    json_type = "people"
    fresh = True

    def __init__(
        self,
        label: Sentence | None = None,
        *,
        offers: Callable[[Act], Mapping[Any, str]],
        required: bool = True,
        hint: Sentence | str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(label, checks_of(required), choices=[], description=hint, **kwargs)
        self.offers = offers

    def prepare(self, act: Act) -> None:
        self.choices = [
            SelectChoice(key, name) for key, name in offered(self.label.text, self.offers, act).items()
        ]

    @property
    def chosen(self) -> list[int]:
        """The ids of those who were chosen, in the order in which they are offered."""
        return [int(one.value) for one in self.choices if one.value in (self.data or ())]

    def process_data(self, value: Any) -> None:
        self.data = [str(one) for one in value or ()]

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = [one.strip() for one in valuelist if one.strip()]

    def iter_choices(self) -> Any:
        for one in self.choices:
            yield Choice(one.value, one.label, one.value in (self.data or ()), one.render_kw)

    def pre_validate(self, form: Form) -> None:
        if strange := {*(self.data or ())} - {one.value for one in self.choices}:
            text = _l(
                "%(strange)s: not one of the people here. Choose from the list.", strange=", ".join(strange)
            )
            raise validators.ValidationError(text)

    def to_json(self) -> Any:
        return self.chosen


class CustomerField(TextField):
    """A customer of the office by his file number, as people type it; what is kept is his id."""

    def __init__(self, label: Sentence | None = None, **kwargs: Any) -> None:
        super().__init__(label, limit=24, **kwargs)
        self.office_id = 0
        self.chosen: int | None = None

    def prepare(self, act: Act) -> None:
        self.office_id = act.rules.office.id

    def process_data(self, value: Any) -> None:
        known = customers.by_id(value) if value else None
        self.data: str | None = known.file_number if known else None
        self.chosen = known.id if known else None

    def pre_validate(self, form: Form) -> None:
        found = customers.by_file_number(self.data, self.office_id) if self.data else None
        self.chosen = found.id if found else None
        if self.data and found is None:
            raise validators.ValidationError(
                _l("No customer of this office has this file number. Look it up under “Customers”.")
            )


def _catalogue(act: Act) -> dict[str, str]:
    return act.rules.once("products by name", customers.catalogue)


def _people(act: Act, role: Role | None) -> dict[str, str]:
    return {str(person.id): person.name for person in act.rules.colleagues(role)} if role else {}
