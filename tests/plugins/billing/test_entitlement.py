"""What a contract covers on a day, judged without a database (QI/02 fees)."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.hooks import clauses_of
from plugins import billing
from plugins.billing.services import (
    FIRST_YEAR,
    WITHDRAWN,
    admission,
    months_after,
    of_product,
    of_products,
    sealed,
    term,
    withdrawn,
)
from plugins.hotline.hooks import COVERED, Entitlement

DAY = dt.timedelta(days=1)
CONTRACT = dt.date(2025, 11, 23)
ANNIVERSARY = dt.date(2026, 11, 23)
CARD_UNTIL = dt.date(2027, 8, 8)
RULES: Any = SimpleNamespace(parameter={FIRST_YEAR: 12, WITHDRAWN: 12}.__getitem__)


def product(name: str = "财务通", **known: Any) -> Any:
    blank = {"service_card": "", "service_until": None, "contract_date": None}
    sold = SimpleNamespace(name=name, withdrawn_on=known.pop("withdrawn_on", None))
    return SimpleNamespace(product=sold, **blank | known)


NEW = product(contract_date=CONTRACT)
WITH_CARD = product(
    "供应链", contract_date=dt.date(2015, 1, 27), service_card="FW1", service_until=CARD_UNTIL
)
EXPIRED = product("固定资产", contract_date=dt.date(2015, 1, 27))
UNKNOWN = product("工资")
OLD = product("DOS版账务", contract_date=CONTRACT, withdrawn_on=dt.date(2020, 6, 30))


@pytest.mark.clause("QI/02 fee.after-first-year")
@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        ((2025, 11, 23), 12, (2026, 11, 23)),
        ((2024, 2, 29), 12, (2025, 2, 28)),
        ((2026, 1, 31), 1, (2026, 2, 28)),
        ((2026, 10, 31), 1, (2026, 11, 30)),
        ((2026, 12, 1), 1, (2027, 1, 1)),
        ((2026, 5, 31), 0, (2026, 5, 31)),
    ],
)
def test_months_are_counted_by_the_calendar(day: Any, months: int, later: Any) -> None:
    assert months_after(dt.date(*day), months) == dt.date(*later)


@given(st.dates(dt.date(1990, 1, 1), dt.date(2090, 1, 1)), st.integers(1, 60))
def test_months_later_is_the_same_day_or_the_last_of_the_month(day: dt.date, months: int) -> None:
    later = months_after(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later.day < day.day and (later + DAY).day == 1)


@pytest.mark.clause("QI/02 fee.after-first-year")
@pytest.mark.parametrize(
    ("signed", "last"),
    [
        ((2024, 2, 28), (2025, 2, 27)),
        ((2024, 2, 29), (2025, 2, 28)),
        ((2024, 3, 1), (2025, 2, 28)),
        ((2023, 3, 1), (2024, 2, 29)),
    ],
)
def test_a_year_from_the_end_of_february_is_a_whole_year(signed: Any, last: Any) -> None:
    sold, day = product(contract_date=dt.date(*signed)), dt.date(*last)
    assert term(sold, day, RULES).value == Entitlement.FREE_YEAR
    assert term(sold, day + DAY, RULES).value == Entitlement.EXPIRED


@pytest.mark.clause("QI/02 fee.after-first-year")
def test_a_contract_that_has_not_begun_covers_nothing_yet() -> None:
    assert term(NEW, CONTRACT - DAY, RULES).value == Entitlement.NO_CONTRACT
    assert term(NEW, CONTRACT, RULES).value == Entitlement.FREE_YEAR


@pytest.mark.clause("QI/02 fee.after-first-year")
@pytest.mark.clause("QI/02 fee.unused")
@pytest.mark.parametrize(
    ("on", "value"),
    [
        (CONTRACT, Entitlement.FREE_YEAR),
        (ANNIVERSARY - DAY, Entitlement.FREE_YEAR),
        (ANNIVERSARY, Entitlement.EXPIRED),
        (ANNIVERSARY + 400 * DAY, Entitlement.EXPIRED),
    ],
)
def test_the_first_year_from_the_contract_is_free(on: dt.date, value: Entitlement) -> None:
    verdict = term(NEW, on, RULES)
    assert verdict.value == value
    assert verdict.evidence[0].values["last"] == ANNIVERSARY - DAY


@pytest.mark.clause("QI/03 3.2.6")
@pytest.mark.parametrize(
    ("on", "value"), [(CARD_UNTIL, Entitlement.CARD), (CARD_UNTIL + DAY, Entitlement.EXPIRED)]
)
def test_a_card_is_good_on_its_last_day(on: dt.date, value: Entitlement) -> None:
    assert term(WITH_CARD, on, RULES).value == value


@pytest.mark.clause("QI/03 3.2.6")
def test_a_last_day_without_a_card_is_no_card() -> None:
    without = product(contract_date=dt.date(2015, 1, 27), service_until=CARD_UNTIL)
    assert term(without, ANNIVERSARY, RULES).value == Entitlement.EXPIRED


@pytest.mark.clause("QI/03 3.2.6")
@pytest.mark.clause("QI/02 file.missing")
def test_the_evidence_says_what_the_verdict_was_seen_from() -> None:
    contract, card = term(WITH_CARD, ANNIVERSARY, RULES).evidence
    assert contract.values == {
        "product": "供应链",
        "day": dt.date(2015, 1, 27),
        "last": dt.date(2016, 1, 26),
    }
    assert card.values == {"product": "供应链", "card": "FW1", "day": CARD_UNTIL}
    nothing = term(UNKNOWN, ANNIVERSARY, RULES)
    assert (nothing.value, nothing.clause) == (Entitlement.NO_CONTRACT, "QI/02 file.missing")
    assert [line.values for line in nothing.evidence] == [{"product": "工资"}] * 2
    endless = term(product("工资", service_card="FW2"), ANNIVERSARY, RULES)
    assert (endless.value, endless.evidence[1].values) == (
        Entitlement.NO_CONTRACT,
        {"product": "工资", "card": "FW2"},
    )


@pytest.mark.clause("QI/02 upgrade.withdrawn")
@pytest.mark.parametrize(
    ("on", "refused"), [(dt.date(2021, 6, 30), False), (dt.date(2021, 7, 1), True), (ANNIVERSARY, True)]
)
def test_support_ends_a_year_after_the_withdrawal_from_sale(on: dt.date, refused: bool) -> None:
    assert (withdrawn(OLD, on, RULES) is not None) is refused
    assert withdrawn(NEW, on, RULES) is None


@pytest.mark.clause("QI/02 upgrade.withdrawn")
def test_a_withdrawn_product_is_not_saved_by_its_contract_or_card() -> None:
    with_card = product("DOS版账务", withdrawn_on=dt.date(2020, 6, 30), service_card="FW1")
    with_card.service_until = CARD_UNTIL
    for one in (OLD, with_card):
        assert of_product(one, CONTRACT, RULES).value == Entitlement.WITHDRAWN


@pytest.mark.clause("QI/03 3.2.6")
@pytest.mark.parametrize(
    ("owned", "value"),
    [
        ([], Entitlement.NO_CONTRACT),
        ([UNKNOWN], Entitlement.NO_CONTRACT),
        ([OLD], Entitlement.WITHDRAWN),
        ([OLD, UNKNOWN], Entitlement.NO_CONTRACT),
        ([UNKNOWN, EXPIRED], Entitlement.EXPIRED),
        ([EXPIRED, OLD, NEW], Entitlement.FREE_YEAR),
        ([NEW, EXPIRED, WITH_CARD, OLD], Entitlement.CARD),
    ],
)
def test_the_best_of_several_products_speaks_for_the_customer(owned: list[Any], value: Entitlement) -> None:
    verdict = of_products(owned, CONTRACT + 30 * DAY, RULES)
    assert verdict.value == value
    named = {line.values["product"] for line in verdict.evidence}
    assert named == {one.product.name for one in owned}


@pytest.mark.clause("QI/03 3.2.6")
@pytest.mark.parametrize("value", list(Entitlement))
def test_who_is_not_covered_waits_for_the_regional_manager(value: Entitlement) -> None:
    verdict = admission(value)
    if value in COVERED:
        assert verdict is None
    else:
        assert verdict is not None
        assert (verdict.value, verdict.clause) == ("waiting", "QI/03 3.2.6")


def test_the_verdicts_cite_what_the_pocket_book_prints_of_them() -> None:
    owned: list[list[Any]] = [[], [UNKNOWN], [OLD], [EXPIRED], [NEW], [WITH_CARD]]
    verdicts = [of_products(one, CONTRACT + 30 * DAY, RULES) for one in owned]
    sealing: Any = SimpleNamespace(manager="周文娟", number="SH-S-2026-00001", reason="", extension="8012")
    cited = {str(verdict.clause) for verdict in [*verdicts, sealed(sealing)]}
    assert cited == set(clauses_of(billing.hotline_entitlement))
    verdict = admission(Entitlement.EXPIRED)
    assert verdict is not None
    assert clauses_of(billing.fieldservice_admission) == (verdict.clause,)
