"""Field service's rules as functions: folders of back-ups, account sets, what must come before what."""

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.people import initials_of
from plugins.fieldservice import services


def request(**known: Any) -> Any:
    """Return a look at a request of which only this is known."""
    blank = {
        "copies": [],
        "backup_waived": "",
        "remedy": "",
        "tried": "",
        "tried_by": "",
        "prevention": "",
        "result": "",
    }
    return SimpleNamespace(case=SimpleNamespace(**blank | known))


@pytest.mark.clause("QI/04 3.1.6-backup")
@pytest.mark.parametrize(
    ("name", "day", "account_set", "path"),
    [
        ("王力", dt.date(2002, 8, 28), "001", r"UFDATABAK\WL20020828\001"),
        ("王力", dt.date(2002, 8, 28), "002", r"UFDATABAK\WL20020828\002"),
        ("欧阳小明", dt.date(2026, 1, 5), "001", r"UFDATABAK\OYXM20260105\001"),
    ],
)
def test_a_back_up_lies_under_the_engineers_initials_and_the_day(
    name: str, day: dt.date, account_set: str, path: str
) -> None:
    engineer: Any = SimpleNamespace(initials=initials_of(name))
    assert services.backup_path("UFDATABAK", engineer, day, account_set) == path


@pytest.mark.clause("QI/04 3.1.6-backup")
@pytest.mark.parametrize("typed", ["1 2 10", "001,002,010", "1，002、10", " 1;2；10 "])
def test_account_sets_are_read_however_they_are_parted(typed: str) -> None:
    assert services.account_sets(typed) == ["001", "002", "010"]


def test_account_sets_are_read_in_whatever_width_they_are_typed() -> None:
    assert services.account_sets("００１，2、１２；３") == ["001", "002", "012", "003"]


@given(st.lists(st.integers(0, 999), min_size=1), st.sampled_from([",", " ", "、", "; "]))
def test_every_list_of_account_sets_is_read_back(numbers: list[int], between: str) -> None:
    assert services.account_sets(between.join(map(str, numbers))) == [f"{one:03d}" for one in numbers]


@pytest.mark.clause("QI/04 3.1.6-backup")
def test_nothing_is_solved_before_it_was_backed_up() -> None:
    assert services.backed_up(request())
    assert services.backed_up(request(copies=["001"])) is None


@pytest.mark.clause("QI/04 3.1.6-backup")
def test_there_may_be_a_reason_for_working_without_a_back_up() -> None:
    assert services.backed_up(request(backup_waived="新装机，尚无账套")) is None


@pytest.mark.clause("QI/04 3.1.6-backup")
def test_nobody_works_without_the_back_up_that_he_made() -> None:
    assert services.not_backed_up(request(copies=["001"]))
    assert services.not_backed_up(request()) is None


@pytest.mark.clause("QI/04 3.1.6-trial")
@pytest.mark.clause("QI/04 3.1.6-explain")
@pytest.mark.clause("QI/04 3.1.7")
@pytest.mark.parametrize(
    ("asked", "field"),
    [
        (services.was_solved, "remedy"),
        (services.was_tried, "tried_by"),
        (services.was_explained, "prevention"),
    ],
)
def test_each_part_of_a_visit_waits_for_the_one_before_it(asked: Any, field: str) -> None:
    assert asked(request())
    assert asked(request(**{field: "已做"})) is None


@pytest.mark.clause("QI/05 3.1")
@pytest.mark.clause("QI/05 3.2")
@pytest.mark.parametrize(
    ("result", "closes"), [("all_solved", True), ("partly", False), ("unsolved", False), ("", False)]
)
def test_what_is_not_solved_is_sent_again_and_what_is_solved_is_closed(result: str, closes: bool) -> None:
    assert (services.is_solved(request(result=result)) is None) is closes
