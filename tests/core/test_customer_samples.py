"""Refused lines come back corrected, and the samples hold every kind of customer and every refusal."""

import csv
import datetime as dt
import importlib.util
import io
import sys
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest

from core.customers.columns import find_header
from core.customers.lines import CustomerLine, RefusedLine, SerialClaims, read_lines
from core.customers.rejects import reject_file
from core.customers.sheet import Sheet, read_sheet

SAMPLES = Path(__file__).parents[2] / "samples"


def sample(name: str) -> Sheet:
    return read_sheet(SAMPLES.joinpath(name).read_bytes(), name)


def good_lines(sheet: Sheet) -> list[CustomerLine]:
    claims = SerialClaims()
    lines = [line for line in read_lines(sheet, find_header(sheet)) if isinstance(line, CustomerLine)]
    return [line for line in lines if not claims.claim(line)]


def refusals(sheet: Sheet) -> list[RefusedLine]:
    claims, found = SerialClaims(), []
    for line in read_lines(sheet, find_header(sheet)):
        if isinstance(line, CustomerLine) and (problem := claims.claim(line)):
            found.append(line.refused(problem))
        elif isinstance(line, RefusedLine):
            found.append(line)
    return found


def test_a_reject_file_names_line_field_and_reason() -> None:
    sheet = sample("customers-sh.csv")
    rows = list(
        csv.reader(io.StringIO(reject_file(refusals(sheet), find_header(sheet).cells).decode("utf-8-sig")))
    )
    assert rows[0][:2] == ["档案号", "单位名称"]
    assert [row[-3:-1] for row in rows[-2:]] == [["45", "Serial number"], ["50", "Unit's name; Phone"]]


def test_a_corrected_reject_file_goes_in() -> None:
    sheet = sample("customers-sh.csv")
    refused = refusals(sheet)
    text = reject_file(refused, find_header(sheet).cells).decode("utf-8-sig")
    for wrong, right in (("待定", "2024-12-01"), ("没有电话", "021-05550118")):
        text = text.replace(f",{wrong},", f",{right},")
    again = read_sheet(text.encode("utf-8-sig"), "rejected.csv")
    assert (
        len(good_lines(again)) == 3
    )  # the two corrected ones, and the serial number that nobody else claims here
    assert len(refusals(again)) == len(refused) - 3


@pytest.mark.parametrize("evil", ["=cmd|' /C calc'!A0", "+86", "-1", "@SUM(A1)", "\tx", "＝1+1"])
def test_no_cell_of_a_reject_file_is_computed_and_every_cell_comes_back(evil: str) -> None:
    refused = RefusedLine(line=2, problems=(), cells=("", "甲", evil))
    content = reject_file([refused], ["档案号", "单位名称", "=备注"])
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert (rows[0][2], rows[1][2]) == ("'=备注", "'" + evil)
    assert read_sheet(content, "").rows[1][1][2] == evil


def test_the_reasons_stand_in_one_column_however_long_the_lines_are() -> None:
    refused = [
        RefusedLine(line=2, problems=(), cells=cells)
        for cells in (("", "甲"), ("", "乙", "more", "still more"))
    ]
    rows = list(csv.reader(io.StringIO(reject_file(refused, ["档案号", "单位名称"]).decode("utf-8-sig"))))
    assert [len(row) for row in rows] == [7, 7, 7]
    assert {row[4] for row in rows} == {"Line in the original file", "2"}


def test_an_apostrophe_that_protects_nothing_stays() -> None:
    assert read_sheet(b"a,b\n'tis,'\n", "").rows[1][1] == ["'tis", "'"]


def made() -> ModuleType:
    spec = importlib.util.spec_from_file_location("samples_make", SAMPLES / "make.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_the_samples_are_what_their_maker_makes() -> None:
    make = made()
    assert make.shanghai() == SAMPLES.joinpath("customers-sh.csv").read_bytes()
    assert read_sheet(make.beijing(), "").rows == sample("customers-bj.xlsx").rows


@pytest.mark.parametrize(
    ("name", "good", "customers", "refused"),
    [
        ("customers-sh.csv", 47, 25, [29, 31, 35, 36, 39, 41, 42, 45, 50]),
        ("customers-bj.xlsx", 48, 24, [28, 34, 41, 43, 48, 49]),
    ],
)
def test_the_samples_hold_what_their_readme_says(
    name: str, good: int, customers: int, refused: list[int]
) -> None:
    sheet = sample(name)
    assert [line.line for line in refusals(sheet)] == refused
    assert len({line.file_number for line in good_lines(sheet)}) == customers
    assert len(good_lines(sheet)) == good


def test_every_reason_of_refusal_is_in_the_shanghai_sample() -> None:
    problems = Counter(
        problem.field for line in refusals(sample("customers-sh.csv")) for problem in line.problems
    )
    assert problems == {
        "file_number": 1, "name": 2, "phone": 2, "contract_date": 3, "service_until": 1, "serial_number": 1,
    }  # fmt: skip


@pytest.mark.parametrize("name", ["customers-sh.csv", "customers-bj.xlsx"])
def test_the_first_six_customers_of_a_sample_are_the_six_kinds(name: str) -> None:
    today, later = dt.date(2026, 11, 23), dt.date(2027, 5, 23)
    lines = {
        line.file_number[-1]: line
        for line in reversed(good_lines(sample(name)))
        if line.file_number[-2] == "0"
    }
    card, free, expired, sealed, withdrawn, long = (lines[number] for number in "123456")
    for covered in (card, withdrawn, long):
        assert covered.service_card
        assert covered.service_until
        assert covered.service_until > later
    assert free.contract_date
    assert not free.service_card
    assert dt.timedelta() < today - free.contract_date < later - free.contract_date < dt.timedelta(365)
    assert all(line.service_until and line.service_until < today for line in (expired, sealed))
    assert (withdrawn.product, withdrawn.version) == ("DOS版账务", "6.0")
    assert 35 <= len(long.name) <= 40


def test_both_samples_write_each_product_version_alike() -> None:
    both = {
        line.version
        for name in ("customers-sh.csv", "customers-bj.xlsx")
        for line in good_lines(sample(name))
    }
    assert both == {"6.0", "7.21", "8.11", "8.11A", "8.13", "8.21", "8.50", "8.61", "8.72"}
