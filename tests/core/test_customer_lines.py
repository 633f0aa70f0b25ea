"""A customer line is cleaned without harm or refused with field and reason."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.customers import values
from core.customers.columns import find_header
from core.customers.lines import LONGEST, CustomerLine, Phone, RefusedLine, SerialClaims, Skipped, read_lines
from core.customers.models import Contact, Customer, Installation, Product
from core.customers.sheet import read_sheet

HEADINGS = "档案号,单位名称,联系电话,序列号,合同日期,服务到期日,备注"
GOOD = "NJ000101,南京云锦（集团）有限公司,025-05550101,UF01,2020-01-02,2027-01-01,"


def csv_of(*lines: str, headings: str = HEADINGS) -> bytes:
    return "\r\n".join([headings, *lines]).encode()


def read(content: bytes, name: str = "customers.csv") -> list[CustomerLine | RefusedLine | Skipped]:
    sheet = read_sheet(content, name)
    return list(read_lines(sheet, find_header(sheet)))


def only_line(*lines: str, headings: str = HEADINGS) -> CustomerLine:
    (line,) = read(csv_of(*lines, headings=headings))
    assert isinstance(line, CustomerLine), line
    return line


def why_refused(*lines: str, headings: str = HEADINGS) -> list[tuple[str, str]]:
    (line,) = read(csv_of(*lines, headings=headings))
    assert isinstance(line, RefusedLine), line
    return [(problem.field, str(problem.reason)) for problem in line.problems]


def test_a_good_line_is_cleaned_without_harming_the_name() -> None:
    line = only_line("ｎｊ０００１０１　,  南京䶮𬭚（集团）有限公司　,,ｕｆ 01,2020-01-02,,")
    assert (line.file_number, line.name, line.serial_number) == (
        "NJ000101",
        "南京䶮𬭚（集团）有限公司",
        "UF01",
    )


def test_a_name_may_be_broken_over_lines_and_a_person_stretched_by_spaces() -> None:
    line = only_line('1,"南京\r\n甲　乙 ＡＢＣ",王　力', headings="档案号,单位名称,联系人")
    assert (line.name, line.contact) == ("南京甲 乙 ABC", "王力")


@pytest.mark.parametrize("text", ["2026-03-01", "2026/3/1", "2026.3.1", "2026年3月1日", "20260301"])
def test_five_date_styles_mean_the_same_day(text: str) -> None:
    assert only_line(f"1,甲,,,{text},,").contract_date == dt.date(2026, 3, 1)


@pytest.mark.parametrize(
    "text", ["２０２６．３．１", " 2026 年 3 月 1 日 ", "2026-03-01 00:00:00", "46082", "46082.5"]
)
def test_full_width_spaced_timed_and_counted_days_are_dates_too(text: str) -> None:
    assert values.date(text) == dt.date(2026, 3, 1)


@pytest.mark.parametrize(
    "text", ["2026-02-30", "31/31/2020", "待定", "2026-3/1", "2026", "20261301", "0026-03-01"]
)
def test_what_only_resembles_a_date_is_none(text: str) -> None:
    assert values.date(text) is None


@given(st.dates(dt.date(1900, 1, 1), dt.date(2199, 12, 31)))
def test_every_day_survives_every_style(day: dt.date) -> None:
    bare = f"{day.year}{day.month:02}{day.day:02}"
    styles = (
        day.isoformat(),
        f"{day.year}/{day.month}/{day.day}",
        f"{day.year}年{day.month}月{day.day}日",
        bare,
    )
    assert {values.date(style) for style in styles} == {day}


@given(st.text(max_size=30))
def test_no_text_breaks_the_cleaning(text: str) -> None:
    assert values.words(values.words(text)) == values.words(text)
    for clean in (values.code, values.person, values.number, values.paragraph, values.version):
        assert clean(text) == clean(f" {text}\u200b ")
    assert all(phone.digits.isdigit() for phone in values.phones(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("025-05550101 / 10005550101", [("02505550101", ""), ("10005550101", "")]),
        ("025-05550101转619", [("02505550101", "619")]),
        ("０２５－０５５５０１０１转６１９；10005550101", [("02505550101", "619"), ("10005550101", "")]),
        ("(025)05550101 ext. 12、05550102-34", [("02505550101", "12"), ("05550102", "34")]),
        ("+86 100-0555-0101", [("10005550101", "")]),
        ("025-05550101 10005550101", [("02505550101", ""), ("10005550101", "")]),
        ("025-05550101/02", [("02505550101", ""), ("02505550102", "")]),
        ("王会计 10005550101\n10005550101", [("10005550101", ""), ("10005550101", "")]),
        ("没有电话", []),
    ],
)
def test_phones_are_read_with_their_extensions(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(phone.digits, phone.extension) for phone in values.phones(text)] == expected


def test_a_phone_keeps_what_was_written_beside_it() -> None:
    assert values.phones("王会计 ０２５-05550101") == (
        Phone(raw="王会计 025-05550101", digits="02505550101"),
    )


@pytest.mark.parametrize(
    ("text", "expected"), [("6", "6.0"), ("8.5", "8.50"), ("8.11a", "8.11A"), ("6.0", "6.0"), ("", "")]
)
def test_a_version_gets_back_the_nought_that_a_number_cell_drops(text: str, expected: str) -> None:
    assert values.version(text) == expected


def test_a_number_held_as_text_by_a_formula_is_freed() -> None:
    assert only_line('"=""00123""",甲,,,,,').file_number == "00123"


@pytest.mark.parametrize(
    ("line", "field", "reason"),
    [
        (" ,甲,,,,,", "file_number", "the file number is missing"),
        ("NJ1,　,,,,,", "name", "the unit's name is missing"),
        ("NJ1,甲,没有电话,,,,", "phone", "“没有电话” holds no phone number"),
        ("NJ1,甲,,,2026-02-30,,", "contract_date", "“2026-02-30” is not a date; write it like 2026-11-23"),
        ("NJ1,甲,,,,长期,", "service_until", "“长期” is not a date; write it like 2026-11-23"),
        ("NJ1,甲,,,2026-03-01,2026-02-28,", "service_until", "the service ends on 2026-02-28, before"),
        ("NJ1,甲,,,####,,", "contract_date", "the date was lost when the file was saved"),
        (f"NJ1,{'甲' * 121},,,,,", "name", "longer than 120 characters"),
        (f"{'ﷺ' * 24},甲,,,,,", "file_number", "longer than 24 characters"),
    ],
)
def test_a_line_is_refused_with_field_and_reason(line: str, field: str, reason: str) -> None:
    ((found, why),) = why_refused(line)
    assert (found, why[: len(reason)]) == (field, reason)


def test_a_service_may_end_on_the_day_the_contract_begins() -> None:
    assert only_line("1,甲,,,2026-03-01,2026-03-01,").service_until == dt.date(2026, 3, 1)


def test_nothing_goes_in_that_the_tables_cannot_hold() -> None:
    kept = [
        (Customer, "file_number name address fax regional_manager salesperson"),
        (Product, "name=product"),
        (Installation, "version serial_number service_card"),
        (Contact, "name=contact phones=phone"),
    ]
    for table, columns in kept:
        for column, _, field in (text.partition("=") for text in columns.split()):
            room: int | None = getattr(table.__table__.c[column].type, "length", None)
            assert room is None or LONGEST[field or column] <= room


def test_everything_wrong_with_a_line_is_told_at_once() -> None:
    assert [field for field, _ in why_refused(",,无,,待定,x,")] == [
        "file_number",
        "name",
        "phone",
        "contract_date",
        "service_until",
    ]


def test_a_short_line_has_empty_cells() -> None:
    assert [field for field, _ in why_refused("NJ1")] == ["name"]


@pytest.mark.parametrize(
    "first", ["合计", "合 计：", "总计", "小计", "Total", "Grand total: 12 rows", "合计900行"]
)
def test_blank_lines_and_totals_are_skipped(first: str) -> None:
    lines = read(csv_of(",, ,　,,,", f",{first},900行,,,,", GOOD))
    assert [line.reason for line in lines if isinstance(line, Skipped)] == ["blank", "total"]


def test_the_first_valid_claim_keeps_a_serial_number() -> None:
    claims = SerialClaims({"UF09": "NJ000009"})
    first, again, other, held = (
        only_line(line)
        for line in (GOOD, GOOD, GOOD.replace("NJ000101", "NJ000102"), GOOD.replace("UF01", "UF09"))
    )
    assert claims.claim(first) is None
    assert claims.claim(again) is None
    for line, holder in ((other, "NJ000101"), (held, "NJ000009")):
        problem = claims.claim(line)
        assert problem is not None
        assert (problem.field, str(problem.reason)[-8:]) == ("serial_number", holder)


def test_no_serial_number_is_claimed_by_a_line_without_one() -> None:
    claims = SerialClaims()
    assert [claims.claim(only_line(line)) for line in ("1,甲,,,,,", "2,乙,,,,,")] == [None, None]
