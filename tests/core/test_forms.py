"""The closed list of field types: whatever is typed is taken or refused with a sentence, never a crash."""

from __future__ import annotations

import datetime as dt
import json
import re
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from core import fields, forms
from core.forms import StepForm, as_formdata
from core.i18n import Sentence, _l
from core.roles import FIELD_ENGINEER

# A busy machine is no failure.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")
SHANGHAI = ZoneInfo("Asia/Shanghai")
OFFICE = SimpleNamespace(id=1, zoneinfo=SHANGHAI)
STAFF = [SimpleNamespace(id=7, name="王力"), SimpleNamespace(id=8, name="李力")]
anything = st.text(st.characters(exclude_categories=()), max_size=60)
UNWRITABLE = {*map(chr, range(32)), "\x7f", *map(chr, range(0xD800, 0xE000))} - {"\t", "\n", "\r"}


def an_act(**case: Any) -> Any:
    rules = SimpleNamespace(office=OFFICE, colleagues=lambda role: STAFF)
    return SimpleNamespace(case=SimpleNamespace(**case), rules=rules)


def asked(field: Any, *given: Any, **case: Any) -> StepForm:
    """Fill in a form of one field; without a value the field is not sent at all."""
    kind: type[StepForm] = type("OneField", (StepForm,), {"it": field})
    return kind(an_act(**case), {"it": given[0]} if given else {})


def taken(field: Any, *given: Any, **case: Any) -> tuple[bool, Any]:
    """Say whether a value is taken, and as what; an error must be a sentence, a value fit for the ledger."""
    form = asked(field, *given, **case)
    errors = form.check()
    assert all(str(error) for found in errors.values() for error in found)
    if not errors:
        json.dumps(form.for_ledger())
    return not errors, form.values()["it"] if not errors else None


@given(anything)
@example("\x00")
@example("\ud800")
@example(" 　 ")
@example("a" * 21)
def test_text_is_taken_unless_blank_too_long_or_not_writable(said: str) -> None:
    kept = said.strip()
    fits = 0 < len(kept) <= 20 and not UNWRITABLE & set(kept)
    assert taken(forms.TextField(_l("X"), limit=20), said) == (fits, kept if fits else None)


@given(anything)
def test_optional_text_may_be_blank(said: str) -> None:
    kept = said.strip()
    fits = len(kept) <= 20 and not UNWRITABLE & set(kept)
    assert taken(forms.LongTextField(_l("X"), limit=20, required=False), said)[0] is fits


@given(st.one_of(anything, st.integers().map(str), st.floats().map(str)))
@example("1_0")
@example(" 7\x1f")
@example("1e1")
@example("１２")
@example("9" * 5000)
def test_a_number_is_digits_within_bounds(said: str) -> None:
    fits = bool(re.fullmatch(r"[+-]?\d{1,12}", said.strip())) and 1 <= int(said.strip()) <= 99
    field = forms.NumberField(_l("X"), minimum=1, maximum=99)
    assert taken(field, said) == (fits, int(said.strip()) if fits else None)


@given(st.one_of(anything, st.decimals().map(str), st.floats().map(str)))
@example("1e999999")
@example("NaN")
@example("sNaN")
@example("Infinity")
@example("-0.01")
@example("0.001")
@example("9999999.99")
@example("10000000")
@example("1_000")
def test_an_amount_has_two_decimals_and_is_not_below_nothing(said: str) -> None:
    written = bool(re.fullmatch(r"[+-]?\d{1,12}(\.\d{1,2})?", said.strip()))
    fits = written and 0 <= Decimal(said.strip()) <= Decimal("9999999.99")
    assert taken(forms.MoneyField(_l("X")), said) == (fits, Decimal(said.strip()) if fits else None)


@given(st.one_of(anything, st.dates().map(str)))
@example("2026-02-30")
@example("26-1-1")
def test_a_day_is_a_day_of_our_time(said: str) -> None:
    try:
        day = dt.datetime.strptime(said.strip(), "%Y-%m-%d").date()
    except ValueError:
        day = dt.date.min
    fits = 1990 <= day.year < 2100
    assert taken(forms.DayField(_l("X")), said) == (fits, day if fits else None)


@given(st.datetimes(dt.datetime(1990, 1, 2), dt.datetime(2099, 12, 30)))
def test_a_moment_is_read_on_the_offices_clock_and_kept_in_utc(local: dt.datetime) -> None:
    written = local.isoformat("T", "minutes")
    fits, moment = taken(forms.MomentField(_l("X")), written)
    assert fits
    assert moment.utcoffset() == dt.timedelta(0)
    assert moment.astimezone(SHANGHAI).isoformat("T", "minutes")[:16] == written
    again = asked(forms.MomentField(_l("X")), moment)
    assert (again.check(), again.values()["it"]) == ({}, moment), "a moment with its zone keeps it"


@given(st.one_of(anything, st.datetimes().map(str), st.dates().map(str)))
@example("0001-01-01T00:00")
@example("9999-12-31T23:59")
@example("9999-12-31T23:59-12:00")
def test_a_moment_that_is_none_is_refused_and_breaks_nothing(said: str) -> None:
    fits, moment = taken(forms.MomentField(_l("X")), said)
    assert not fits or moment.year in fields.YEARS


@given(anything)
@example("a")
@example("")
@example(" ")
def test_a_choice_is_one_of_those_offered(said: str) -> None:
    choices, chosen = {"a": _l("A"), "b": "B"}, said.strip()
    needed, optional = (
        forms.ChoiceField(_l("X"), choices=choices),
        forms.ChoiceField(_l("X"), choices=choices, required=False),
    )
    assert taken(needed, said) == ((True, chosen) if chosen in choices else (False, None))
    assert taken(optional, said) == ((True, chosen) if chosen in ("", *choices) else (False, None))


@given(st.one_of(anything, st.integers().map(str)))
@example("7")
@example("９")
@example("07")
@example(" ")
def test_a_colleague_is_one_of_those_who_hold_the_role(said: str) -> None:
    fits = said.strip() in ("7", "8")
    assert taken(forms.PersonField(_l("X"), role=FIELD_ENGINEER), said) == (
        fits,
        int(said.strip()) if fits else None,
    )
    optional = forms.PersonField(_l("X"), role=FIELD_ENGINEER, required=False)
    assert taken(optional, said)[0] is (fits or not said.strip())


TICKED = [True, "y", "on", "true", "1"]
UNTICKED: list[Any] = [False, "", "false", "False", "0", "off"]


def test_a_tick_that_must_be_set_is_set() -> None:
    for said in TICKED:
        assert taken(forms.YesField(_l("X"), required=True), said) == (True, True)
        assert taken(forms.YesField(_l("X")), said) == (True, True)
    for said in UNTICKED:
        assert taken(forms.YesField(_l("X"), required=True), said) == (False, None)
        assert taken(forms.YesField(_l("X")), said) == (True, False)
    assert taken(forms.YesField(_l("X"), required=True)) == (False, None)
    assert taken(forms.YesField(_l("X"), required=True), it=True) == (False, None), (
        "a tick is set each time anew"
    )


SIGNATURE = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"
    "+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def test_a_signature_is_a_picture_on_which_something_is_drawn() -> None:
    assert taken(forms.SignatureField(_l("X")), SIGNATURE) == (True, SIGNATURE)
    for worthless in (SIGNATURE.replace("png", "svg+xml"), SIGNATURE[:-8], SIGNATURE[:42]):
        assert taken(forms.SignatureField(_l("X")), worthless) == (False, None)


@given(anything)
@example("data:image/png;base64,")
@example("data:image/png;base64,iVBORw0KGgo")
@example("data:image/png;base64,iVBORw0KGgo=")
def test_what_is_no_picture_is_no_signature(said: str) -> None:
    assert taken(forms.SignatureField(_l("X")), said) == (False, None)


def test_a_signature_is_not_endless_and_only_its_fingerprint_is_kept_in_the_ledger() -> None:
    endless = SIGNATURE + "A" * fields.LARGEST_SIGNATURE
    assert taken(forms.SignatureField(_l("X")), endless) == (False, None)
    form = asked(forms.SignatureField(_l("X")), SIGNATURE)
    assert form.check() == {}
    assert re.fullmatch("[0-9a-f]{64}", form.for_ledger()["it"])


@pytest.mark.parametrize("field", [forms.MoneyField, forms.NumberField])
@pytest.mark.parametrize("said", ["x", "1e5", "-1", "99999999999"])
def test_a_wrong_number_is_told_one_thing_only(field: Any, said: str) -> None:
    assert len(asked(field(_l("X")), said).check()["it"]) == 1


def test_digits_are_read_in_whatever_width_they_are_typed() -> None:
    assert taken(forms.MoneyField(_l("X")), "１２．５０") == (True, Decimal("12.50"))
    assert taken(forms.NumberField(_l("X")), " １２") == (True, 12)
    assert taken(forms.NumberField(_l("X")), "1²") == (False, None)


FIELDS = {
    "text": (lambda **it: forms.TextField(_l("X"), **it), "known"),
    "long text": (lambda **it: forms.LongTextField(_l("X"), **it), "known"),
    "number": (lambda **it: forms.NumberField(_l("X"), **it), 7),
    "money": (lambda **it: forms.MoneyField(_l("X"), **it), Decimal("7.50")),
    "day": (lambda **it: forms.DayField(_l("X"), **it), dt.date(2026, 1, 2)),
    "moment": (lambda **it: forms.MomentField(_l("X"), **it), dt.datetime(2026, 1, 2, tzinfo=dt.UTC)),
    "choice": (lambda **it: forms.ChoiceField(_l("X"), choices={"a": "A"}, **it), "a"),
    "record": (lambda **it: forms.RecordField(_l("X"), offers=lambda act: {"7": "A"}, **it), 7),
    "signature": (lambda **it: forms.SignatureField(_l("X"), **it), SIGNATURE),
}


@pytest.mark.parametrize(("field", "known"), FIELDS.values(), ids=FIELDS)
def test_what_is_needed_must_be_given_anew(field: Any, known: Any) -> None:
    assert taken(field(), it=known) == (False, None)
    for blank in ("", "   "):
        assert taken(field(), blank, it=known)[0] is False


@pytest.mark.parametrize(("field", "known"), FIELDS.values(), ids=FIELDS)
def test_what_is_not_needed_stays_when_it_is_not_sent_and_goes_when_it_is_emptied(
    field: Any, known: Any
) -> None:
    assert taken(field(required=False), it=known) == (True, known)
    emptied = "" if isinstance(known, str) else None
    assert taken(field(required=False), "", it=known) == (True, emptied)
    assert taken(field(required=False), "  ", it=known)[0]


def test_nothing_and_no_are_something_in_the_ledger() -> None:
    assert asked(forms.MoneyField(_l("X")), "0").for_ledger() == {"it": "0"}
    assert asked(forms.NumberField(_l("X")), "0").for_ledger() == {"it": 0}
    assert asked(forms.YesField(_l("X")), "").for_ledger() == {"it": False}
    assert asked(forms.TextField(_l("X"), required=False), "").for_ledger() == {}


def test_what_is_confidential_does_not_reach_the_ledger() -> None:
    form = asked(forms.TextField(_l("X"), confidential=True), "secret")
    assert (form.values(), form.for_ledger()) == ({"it": "secret"}, {"it": "•••"})


def test_typed_values_and_a_browsers_are_the_same_to_a_form() -> None:
    day, moment = dt.date(2026, 11, 23), dt.datetime(2026, 11, 23, 6, 30, tzinfo=dt.UTC)
    read = as_formdata({"day": day, "moment": moment, "n": 7, "many": [1, "a"], "none": None, "yes": True})
    assert read.to_dict(flat=False) == {
        "day": ["2026-11-23"],
        "moment": ["2026-11-23T06:30:00+00:00"],
        "n": ["7"],
        "many": ["1", "a"],
        "yes": ["True"],
    }
    assert as_formdata(read) is read


scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), anything)
values = st.one_of(scalars, st.dates(), st.datetimes(timezones=st.just(dt.UTC)), st.decimals(allow_nan=False))
names = st.text("abcdefgh_", min_size=1, max_size=8)
sentences = st.recursive(
    st.builds(
        Sentence, anything, st.dictionaries(names, values, max_size=3), st.sampled_from([None, "koudai_x"])
    ),
    lambda inner: st.builds(Sentence, anything, st.dictionaries(names, inner, max_size=2)),
    max_leaves=4,
)


@given(sentences)
def test_a_sentence_survives_the_ledger(sentence: Sentence) -> None:
    stored = json.loads(json.dumps(sentence.to_json()))
    assert Sentence.from_json(stored) == sentence
    assert Sentence.from_json(stored).to_json() == stored


def test_a_moment_in_a_sentence_is_told_in_the_offices_time_also_years_later() -> None:
    said = Sentence("Phoned at %(when)s", {"when": dt.datetime(2026, 11, 23, 6, 30, 59, tzinfo=dt.UTC)})
    assert str(said) == "Phoned at 2026-11-23 14:30"
    assert str(Sentence.from_json(json.loads(json.dumps(said.to_json())))) == "Phoned at 2026-11-23 14:30"


@given(st.text("%()sdx 中", max_size=20))
def test_a_sentence_without_values_is_said_as_it_stands(msgid: str) -> None:
    assert str(Sentence(msgid)) == msgid
    assert str(Sentence("%(a)s!", {"a": Sentence(msgid)})) == f"{msgid}!"


def test_a_customer_is_named_by_his_file_number_and_kept_by_his_id(house: Any) -> None:
    office = house.office("SH", "hotline")
    elsewhere = house.customer(house.office("BJ", "hotline"))
    mine = house.customer(office)

    class Asked(StepForm):
        it = forms.CustomerField(_l("Customer"))

    act = SimpleNamespace(case=SimpleNamespace(), rules=SimpleNamespace(office=office))
    form = Asked(act, {"it": f" {mine.file_number} "})  # type: ignore[arg-type]
    assert form.check() == {}
    assert form.values() == {"it": mine.id}
    for wrong in (elsewhere.file_number, "nobody", ""):
        assert set(Asked(act, {"it": wrong}).check()) == {"it"}, wrong  # type: ignore[arg-type]
