"""A customer file as an office has it is read: any encoding, separator, heading."""

import datetime as dt
import io
import zipfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import xlsxwriter

from core.customers import workbook
from core.customers.columns import FIELDS, find_header
from core.customers.lines import CustomerLine, RefusedLine, SerialClaims, Skipped, read_lines
from core.customers.sheet import MAX_MEGABYTES, Sheet, UnreadableSheet, read_sheet

SAMPLES = Path(__file__).parents[2] / "samples"
HEADINGS = "档案号,单位名称,联系电话,序列号,合同日期,服务到期日,备注"
GOOD = "NJ000101,南京云锦（集团）有限公司,025-05550101,UF01,2020-01-02,2027-01-01,"


def csv_of(*lines: str, headings: str = HEADINGS) -> bytes:
    return "\r\n".join([headings, *lines]).encode()


def workbook_of(*rows: Sequence[object], title: str = "客户") -> bytes:
    paper = io.BytesIO()
    with xlsxwriter.Workbook(paper, {"in_memory": True, "default_date_format": "yyyy-mm-dd"}) as book:
        sheet = book.add_worksheet(title)
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return paper.getvalue()


def read(content: bytes, name: str = "customers.csv") -> list[CustomerLine | RefusedLine | Skipped]:
    sheet = read_sheet(content, name)
    return list(read_lines(sheet, find_header(sheet)))


def refused_to_read(content: bytes) -> str:
    with pytest.raises(UnreadableSheet) as error:
        read_sheet(content, "customers")
    return str(error.value)


def sample(name: str) -> Sheet:
    return read_sheet(SAMPLES.joinpath(name).read_bytes(), name)


def good_lines(sheet: Sheet) -> list[CustomerLine]:
    claims = SerialClaims()
    lines = [line for line in read_lines(sheet, find_header(sheet)) if isinstance(line, CustomerLine)]
    return [line for line in lines if not claims.claim(line)]


# --- encodings, separators, kinds of file


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_every_encoding_gives_the_same_names(encoding: str) -> None:
    name = "上海䶮㙍𬭚制品（集团）有限公司"
    sheet = read_sheet(f"{HEADINGS}\r\nNJ1,{name},,,,,".encode(encoding), "customers.csv")
    assert sheet.rows[1][1][1] == name
    assert sheet.encoding == encoding


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_every_separator_is_found_although_the_cells_hold_others(separator: str) -> None:
    cells = [
        "NJ1",
        '"南京甲;乙|丙,丁厂"',
        "025-05550101,025-05550102" if separator != "," else "025-05550101",
    ]
    text = "\n".join([HEADINGS.replace(",", separator), separator.join(cells)])
    sheet = read_sheet(text.encode(), "customers.txt")
    assert sheet.separator == separator
    assert sheet.rows[1][1][:2] == ["NJ1", "南京甲;乙|丙,丁厂"]


def test_a_separator_is_found_without_any_known_heading() -> None:
    assert read_sheet(b"a;b;c\n1,5;2;3\n2,5;2;3\n", "x.csv").separator == ";"


def test_a_declared_separator_is_obeyed_and_its_line_counts() -> None:
    sheet = read_sheet(f"sep=;\n{HEADINGS.replace(',', ';')}\n{GOOD.replace(',', ';')}".encode(), "x.csv")
    assert [line for line, _ in sheet.rows] == [2, 3]
    assert sheet.separator == ";"


def test_the_line_number_is_where_the_record_starts_in_an_editor() -> None:
    broken = 'NJ000102,南京甲厂,025-05550102,,,,"先登记""，\r\n\r\n鞋套自备"'
    lines = read(csv_of(GOOD, broken, "", GOOD))
    assert [line.line for line in lines] == [2, 3, 6, 7]
    assert isinstance(lines[1], CustomerLine)
    assert lines[1].note == '先登记"，\n鞋套自备'


def test_a_quote_that_never_closes_spoils_its_own_line_only() -> None:
    lines = read(csv_of('NJ1,"南京甲厂,025-05550102,,,,', *[GOOD] * 60))
    assert [type(line) for line in lines] == [CustomerLine] * 61
    assert isinstance(lines[0], CustomerLine)
    assert lines[0].name == "南京甲厂"


def test_a_workbook_gives_numbers_and_dates_as_people_write_them() -> None:
    headings = ["档案号", "单位名称", "联系电话", "版本", "合同日期"]
    noon = dt.datetime(2026, 3, 1, 12, 30)
    sheet = read_sheet(
        workbook_of(
            headings, [20.0, "甲", 10005550101, 8.5, dt.date(2026, 3, 1)], [1, 2, 10005550102, 4, noon]
        ),
        "",
    )
    assert sheet.rows[1] == (2, ["20", "甲", "10005550101", "8.5", "2026-03-01"])
    assert sheet.rows[2][1][4] == "2026-03-01 12:30:00"
    assert [line.version for line in good_lines(sheet)] == ["8.50", "4.0"]


def test_the_sheet_with_customers_is_taken_even_if_another_is_larger() -> None:
    paper = io.BytesIO()
    with xlsxwriter.Workbook(paper, {"in_memory": True}) as book:
        prices, customers = book.add_worksheet("价目"), book.add_worksheet("用户")
        for number in range(50):
            prices.write_row(number, 0, [number] * 30)
        customers.write_row(0, 0, ["客户编号", "用户单位"])
    assert read_sheet(paper.getvalue(), "").name == "用户"


def test_the_sheet_with_customers_is_taken_and_the_others_are_told() -> None:
    sheet = sample("customers-bj.xlsx")
    assert (sheet.name, sheet.other_sheets) == ("客户", ("说明",))


@pytest.mark.parametrize("content", [b"", b"\r\n \r\n", b"\xef\xbb\xbf", b"sep=,\r\n"])
def test_an_empty_file_is_refused(content: bytes) -> None:
    assert "empty" in refused_to_read(content)


@pytest.mark.parametrize(
    "content",
    [
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        b"PK\x03\x04broken",
        b"<html><table></table></html>",
        b"%PDF-1.7\n\x01\x02",
    ],
)
def test_what_is_no_spreadsheet_is_refused_with_the_remedy(content: bytes) -> None:
    assert "save it as .xlsx or .csv" in refused_to_read(content)


def test_a_zip_that_is_no_workbook_is_refused() -> None:
    paper = io.BytesIO()
    with zipfile.ZipFile(paper, "w") as archive:
        archive.writestr("letter.txt", "hello")
    assert "not a readable spreadsheet" in refused_to_read(paper.getvalue())


def test_passwords_and_the_old_format_are_told_apart() -> None:
    old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    assert "old .xls format" in refused_to_read(old)
    assert "password" in refused_to_read(old + "EncryptedPackage".encode("utf-16-le"))


def test_a_file_too_large_is_refused() -> None:
    assert f"{MAX_MEGABYTES} MB" in refused_to_read(b"a" * (MAX_MEGABYTES * 2**20 + 1))


def test_one_stray_far_cell_is_refused_before_it_takes_the_memory() -> None:
    paper = io.BytesIO()
    with xlsxwriter.Workbook(paper, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "档案号")
        sheet.write(1_048_575, 16_383, "x")
    assert "line 1048576, column 16384" in refused_to_read(paper.getvalue())


def changed(cell: bytes) -> bytes:
    """A workbook whose second line begins with another cell than the program wrote that made it."""
    paper = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook_of(["档案号"], ["BJ1"]))) as made,
        zipfile.ZipFile(paper, "w") as archive,
    ):
        for part in made.namelist():
            archive.writestr(part, made.read(part).replace(b'<c r="A2"', cell))
    return paper.getvalue()


@pytest.mark.parametrize("far", [b"xfd1048576", b"xFd1048576"])
def test_a_far_cell_is_seen_in_whatever_letters_it_is_named(far: bytes) -> None:
    assert "line 1048576, column 16384" in refused_to_read(changed(b'<c r = "' + far + b'"'))


@pytest.mark.parametrize(
    "kept_nothing", [b"<f>1+1</f><v />", b"<f>1+1</f><v></v>", b"<f>1+1</f>", b'<f t="shared" si="0"/><v/>']
)
def test_a_formula_without_its_result_is_named_with_the_remedy_and_not_taken_for_nothing(
    kept_nothing: bytes,
) -> None:
    cell = b'<c r="A2" s="1">' + kept_nothing + b'</c><c r="B2"'
    told = refused_to_read(changed(cell))
    assert "Line 2, column 1 holds a formula without its result. Open the workbook in Excel or WPS" in told


@pytest.mark.parametrize(
    ("cell", "read_as"),
    [
        (b'<c r="A2"><f>1+1</f><v>2</v></c><c r="B2"', "2"),
        (b'<c r="A2" t="str"><f>"SH"&amp;1</f><v>SH1</v></c><c r="B2"', "SH1"),
        (b'<c r="A2" t="str"><f>""</f><v></v></c><c r="B2"', ""),
        (b'<c t="str" r="A2"><f t="shared" si="0"/><v/></c><c r="B2"', ""),
    ],
)
def test_a_formula_is_read_as_its_result_which_may_be_an_empty_text(cell: bytes, read_as: str) -> None:
    assert read_sheet(changed(cell), "").rows[1][1] == [read_as, "BJ1"]


def test_a_workbook_that_takes_all_memory_ends_its_reader_and_not_the_server() -> None:
    far = b'<c r="XFD2" t="s"><v>0</v></c></row><row r="1048576"><c'
    assert "more memory or time than an import may" in refused_to_read(changed(far))
    with ThreadPoolExecutor(3) as threads:
        refused = list(threads.map(refused_to_read, [changed(far)] * 3))
    assert len(set(refused)) == 1


def test_a_long_text_that_thousands_of_cells_share_is_not_unpacked_to_its_end() -> None:
    text = "户" * 32_000
    paper = io.BytesIO()
    with xlsxwriter.Workbook(paper, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number in range(6_000):
            sheet.write(number // 10, number % 10, text)
    assert len(paper.getvalue()) < 100_000
    assert "Split it" in refused_to_read(paper.getvalue())


def test_a_workbook_that_is_read_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "PATIENCE_SECONDS", 0.001)
    assert "more memory or time than an import may" in refused_to_read(workbook_of(["档案号"]))


def test_a_reader_that_is_itself_broken_blames_no_workbook(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken = tmp_path / "workbook.py"
    broken.write_text("raise ImportError('no calamine here')")
    monkeypatch.setattr(workbook, "__file__", str(broken))
    with pytest.raises(RuntimeError, match="no calamine here"):
        read_sheet(workbook_of(["档案号"]), "customers.xlsx")


def test_a_table_that_begins_in_the_middle_keeps_its_lines_and_columns() -> None:
    content = workbook_of([], [], [None, None, "档案号"], [None, None, "BJ1", "甲"])
    assert read_sheet(content, "").rows == [
        (1, ["", "", "", ""]),
        (2, ["", "", "", ""]),
        (3, ["", "", "档案号", ""]),
        (4, ["", "", "BJ1", "甲"]),
    ]


def test_a_far_cell_that_is_only_formatted_does_no_harm() -> None:
    paper = io.BytesIO()
    with xlsxwriter.Workbook(paper, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "档案号")
        sheet.write_blank(1_048_575, 16_383, None, book.add_format({"bold": True}))
    assert read_sheet(paper.getvalue(), "").rows == [(1, ["档案号"])]


def test_unreadable_characters_are_refused_with_their_line() -> None:
    assert "Line 2" in refused_to_read("档案号\n上海".encode("gb18030") + b"\xff\xff")


# --- headings


def test_the_header_is_found_below_title_rows_and_a_repeated_one_is_skipped() -> None:
    lines = read(csv_of(HEADINGS, GOOD, headings="客户档案,,,,,,\r\n,,,,,,\r\n" + HEADINGS))
    assert [type(line) for line in lines] == [Skipped, CustomerLine]


def test_other_words_breaks_hints_and_full_width_letters_in_headings_are_understood() -> None:
    headings = '客户档案编号,"用户\r\n单位","签约 日期（年-月-日）",加密盒号*,Ｔｅｌ,Service Until'
    sheet = read_sheet(csv_of("NJ1,甲,2020-1-2,U1,025-05550101,2021-1-1", headings=headings), "")
    (line,) = good_lines(sheet)
    assert (line.file_number, line.serial_number, line.phones[0].digits) == ("NJ1", "U1", "02505550101")
    assert (line.contract_date, line.service_until) == (dt.date(2020, 1, 2), dt.date(2021, 1, 1))


def test_the_surer_of_two_headings_is_taken_and_the_other_kept_aside() -> None:
    header = find_header(read_sheet(csv_of("1,NJ1,甲,三类", headings="编号,档案号,单位名称,客户类别"), ""))
    assert header.columns == {"file_number": 1, "name": 2}
    assert header.unknown == ("编号", "客户类别")
    assert header.missing == FIELDS[2:]


def test_a_mapping_by_the_user_overrides_the_known_words() -> None:
    sheet = read_sheet(csv_of("a,b,c,d", headings="档案号,甲 号,丙,备注"), "")
    header = find_header(sheet, {"甲号": "file_number", "丙": "name", "备注": ""})
    assert header.columns == {"file_number": 1, "name": 2}
    assert header.unknown == ("档案号", "备注")


def test_an_unknown_header_says_what_it_found_so_that_it_can_be_mapped() -> None:
    sheet = read_sheet(csv_of("NJ1,甲", headings="南京客户,\r\n甲栏,乙栏"), "")
    with pytest.raises(UnreadableSheet, match=r"“File number” .* “Unit's name”.*甲栏 \| 乙栏") as error:
        find_header(sheet)
    assert error.value.found == ("甲栏", "乙栏")
    header = find_header(sheet, {"甲栏": "file_number", "乙栏": "name"})
    assert header.row_index == 1


def test_a_mapping_to_a_field_that_does_not_exist_names_it() -> None:
    with pytest.raises(UnreadableSheet, match="“甲” cannot become “shoe_size”"):
        find_header(read_sheet(csv_of(GOOD), ""), {"甲": "shoe_size"})
