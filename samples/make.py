"""Make the two sample customer files out of firms.csv: invented firms, every oddity, every reason of refusal.

Run ``python samples/make.py``; the same bytes come out each time.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import xlsxwriter

HERE = Path(__file__).parent
NUMBER, NAME, CONTACT, PHONE, FAX, ADDRESS, PRODUCT, VERSION, SERIAL, CONTRACT, CARD, UNTIL = range(12)
DATE_STYLES = (
    "{0:%Y-%m-%d}",
    "{0.year}/{0.month}/{0.day}",
    "{0.year}.{0.month}.{0.day}",
    "{0.year}年{0.month}月{0.day}日",
    "{0:%Y%m%d}",
)

Line = list[str | dt.date]


@dataclass(frozen=True, kw_only=True)
class Office:
    """What the two files differ in; ``edits``: (customer from 1, product from 0) -> column -> cell."""

    code: str
    title: str
    headings: str
    dialling: str
    serials: int
    streets: Sequence[str]
    managers: Sequence[str]
    salespeople: Sequence[str]
    edits: Mapping[tuple[int, int], Mapping[int, str]]


SHANGHAI = Office(
    code="SH",
    title="上海分公司客户档案样本（2026年11月）",
    headings="档案号 单位名称 联系人 联系电话 传真 单位地址 产品名称 版本 序列号 "
    "合同日期 服务卡号 服务到期日 区域经理 销售员 备注",
    dialling="021",
    serials=3100,
    streets=("上海市虹口区样板路", "上海市青浦区试样街", "上海市松江区范例大道"),
    managers=("沈国梁", "顾文倩"),
    salespeople=("许知微", "陆一鸣", "计小满"),
    edits={
        (11, 1): {NAME: "上海苏河灯具有限责任公司 "},
        (12, 1): {NUMBER: ""},
        (13, 0): {NAME: ""},
        (14, 1): {CONTRACT: "待定"},
        (15, 0): {CONTRACT: "2026-02-30"},
        (16, 1): {CONTRACT: "##########"},
        (17, 1): {UNTIL: "2020-07-08"},
        (18, 0): {PHONE: "没有电话"},
        (19, 1): {SERIAL: "UF3100000101"},
        (21, 1): {NAME: "", PHONE: "待查"},
    },
)
BEIJING = Office(
    code="BJ",
    title="北京分公司客户档案样本（2026年11月）",
    headings="客户档案编号 用户单位 联系人姓名 电话 传真号码 通讯地址 软件名称 版本号 加密盒号 "
    "签约日期 年卡号 服务截止日期 责任经理 业务员 附注 行业",
    dialling="010",
    serials=1100,
    streets=("北京市海淀区样板路", "北京市丰台区试样街", "北京市通州区范例大道"),
    managers=("韩立军", "佟雅琴"),
    salespeople=("关书白", "祁小雨", "富察明"),
    edits={
        (12, 1): {NUMBER: ""},
        (14, 2): {CONTRACT: "31/31/2020"},
        (17, 1): {NAME: ""},
        (18, 1): {UNTIL: "2012-01-31"},
        (20, 1): {SERIAL: "UF1100000101"},
        (21, 0): {PHONE: "没有电话"},
    },
)


def lines(office: Office) -> list[Line]:
    """Return one line per installed product, oddities in place, dates still dates."""
    found = []
    with HERE.joinpath("firms.csv").open(encoding="utf-8", newline="") as firms:
        ours = (firm for firm in csv.DictReader(firms) if firm["office"] == office.code)
        for count, firm in enumerate(ours, 1):
            for at, line in enumerate(_lines_of(office, firm, count)):
                for column, text in office.edits.get((count, at), {}).items():
                    line[column] = text
                found.append(line)
    return found


def _lines_of(office: Office, firm: Mapping[str, str], count: int) -> Iterator[Line]:
    """Write the lines of one firm; a service card goes with every service longer than the free year."""
    contract, until = dt.date.fromisoformat(firm["contract"]), dt.date.fromisoformat(firm["until"])
    card = f"FW{office.serials}{count:02}" if (until - contract).days > 366 else ""
    phone = firm["phone"] or f"{office.dialling}-05550{100 + count}"
    address = f"{office.streets[count % 3]}{count * 7}号"
    people = office.managers[count % 2], office.salespeople[count % 3]
    for at, product in enumerate(firm["products"].split(", ")):
        sold = *product.split(), f"UF{office.serials}{count * 100 + at + 1:06}"
        unit = f"{office.code}{200000 + count}", firm["name"], firm["contact"], phone, firm["fax"], address
        yield [*unit, *sold, contract, card, until, *people, "" if at else firm["note"]]


def shanghai() -> bytes:
    """Make the text file: GB18030, five date styles, a repeated line, a blank one in the middle, a total."""
    table = [
        [_styled(cell, turn + at) for at, cell in enumerate(line)]
        for turn, line in enumerate(lines(SHANGHAI))
    ]
    table.insert(44, table[43])
    total = ["合计", f"{len(table)}行", *[""] * 13]
    table.insert(30, [""] * 15)
    paper = io.StringIO(newline="")
    writer = csv.writer(paper)
    writer.writerows([[SHANGHAI.title, *[""] * 14], SHANGHAI.headings.split(), *table, total])
    return paper.getvalue().encode("gb18030")


def _styled(cell: str | dt.date, turn: int) -> str:
    return cell if isinstance(cell, str) else DATE_STYLES[turn % len(DATE_STYLES)].format(cell)


def beijing() -> bytes:
    """Make the workbook: other headings, some dates and numbers real ones, another sheet without data."""
    paper = io.BytesIO()
    with xlsxwriter.Workbook(paper, {"in_memory": True}) as book:
        book.set_properties({"created": dt.datetime(2026, 11, 2, tzinfo=dt.UTC)})
        book.add_worksheet("说明").write(0, 0, "样本，单位与电话均为虚构")
        sheet, date = book.add_worksheet("客户"), book.add_format({"num_format": "yyyy-mm-dd"})
        table: list[Line] = [[*line, "样本行业"] for line in lines(BEIJING)]
        total: Line = ["合计", f"{len(table)}行"]
        table.insert(30, [])
        above: list[Line] = [[BEIJING.title], [*BEIJING.headings.split()]]
        for row, cells in enumerate([*above, *table, total]):
            for column, cell in enumerate(cells):
                _write(sheet, row, column, cell, date)
    return paper.getvalue()


def _write(
    sheet: xlsxwriter.worksheet.Worksheet,
    row: int,
    column: int,
    cell: str | dt.date,
    date: xlsxwriter.format.Format,
) -> None:
    """Write numbers and dates as such in most lines and as text in the rest, as grown files have them."""
    if isinstance(cell, dt.date) and row % 3:
        sheet.write_datetime(row, column, cell, date)
    elif isinstance(cell, str) and column in (PHONE, VERSION) and row % 2 and cell.replace(".", "").isdigit():
        sheet.write_number(row, column, float(cell))
    else:
        sheet.write_string(row, column, _styled(cell, row))


if __name__ == "__main__":
    HERE.joinpath("customers-sh.csv").write_bytes(shanghai())
    HERE.joinpath("customers-bj.xlsx").write_bytes(beijing())
