"""The customer file on the command line: honest exit codes, errors that name culprit and remedy."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from core.cli import koudai
from core.customers import importing
from core.customers.import_models import ImportRun, RunState
from core.customers.models import Contact, Customer
from core.db import db
from core.ledger import LedgerRow
from core.offices import Office
from core.people import Actor
from core.testing import House

SAMPLES = Path(__file__).parents[2] / "samples"
SHANGHAI = SAMPLES / "customers-sh.csv"
NAMED = ("--map", "甲列=file_number", "--map", "乙列=name", "--map", "丙列=phone")


@dataclass
class Said:
    """What a command answered."""

    code: int
    out: str
    err: str


Command = Callable[..., Said]


@pytest.fixture
def office(house: House) -> Office:
    return house.office("SH")


@pytest.fixture
def command(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    """The means to call ``koudai customers import`` on the test's database, in English."""
    settings = {"KOUDAI_DATABASE": database_url, "KOUDAI_HOME": str(tmp_path), "KOUDAI_LANG": "en"}
    for name, value in settings.items():
        monkeypatch.setenv(name, value)

    def call(*arguments: object) -> Said:
        with pytest.raises(SystemExit) as ended:
            koudai.main(["customers", "import", *map(str, arguments)])
        out, err = capsys.readouterr()
        return Said(int(ended.value.code or 0), " ".join(out.split()), " ".join(err.split()))

    return call


def customers(house: House) -> list[str]:
    house.see()
    return list(db.session.scalars(select(Customer.file_number).order_by(Customer.file_number)))


def written(folder: Path, text: str) -> Path:
    folder.joinpath("customers.csv").write_text(text, encoding="utf-8")
    return folder / "customers.csv"


def test_a_trial_reports_everything_and_writes_nothing(
    house: House, office: Office, command: Command
) -> None:
    said = command("SH", SHANGHAI, "--trial")
    assert said.code == 1
    for words in (
        "56 lines: 47 good, 9 refused", "Customers 25 0 0", "Products 46 0 0", "29 File number the file",
        "35 Contract date “待定” is not a date; write it like 2026-11-23 待定", "This was a trial run",
    ):  # fmt: skip
        assert words in said.out
    assert customers(house) == []
    assert db.session.scalars(select(ImportRun)).all() == []


@pytest.mark.clause("QI/03 3.2.7")
def test_an_import_ends_with_one_when_lines_were_refused_and_writes_them_down(
    house: House, office: Office, command: Command, tmp_path: Path
) -> None:
    rejects = tmp_path / "refused.csv"
    said = command("sh", SHANGHAI, "--rejects", rejects)
    assert said.code == 1
    assert f"The refused lines are in {rejects}" in said.out
    assert len(customers(house)) == 25
    with rejects.open(encoding="utf-8-sig", newline="") as file:
        assert [row[-3] for row in csv.reader(file)][1:] == [
            "29",
            "31",
            "35",
            "36",
            "39",
            "41",
            "42",
            "45",
            "50",
        ]
    (row,) = db.session.scalars(select(LedgerRow).where(LedgerRow.kind == "import"))
    assert row.actor.startswith("command line")


def test_an_import_without_a_refused_line_ends_with_nought(
    house: House, office: Office, command: Command, tmp_path: Path
) -> None:
    file = written(tmp_path, "档案号,单位名称\nSH1,甲厂\n")
    assert command("SH", file).code == 0
    assert "Customers 0 0 1" in command("SH", file).out
    assert customers(house) == ["SH1"]


def test_columns_are_named_once(house: House, office: Office, command: Command, tmp_path: Path) -> None:
    file = written(tmp_path, "甲列,乙列,丙列\nSH1,甲厂,1\n")
    unknown = command("SH", file)
    assert unknown.code == 2
    assert "Found: 甲列 | 乙列 | 丙列 — To name a column: --map “heading=file_number”" in unknown.err
    said = command("SH", file, "--map", "甲列=file_number", "--map", "乙列=name")
    assert (said.code, "Columns not imported: 丙列" in said.out) == (0, True)
    assert command("SH", file).code == 0


def test_the_corrected_rejects_of_named_columns_go_in_as_the_command_says(
    house: House, office: Office, command: Command, tmp_path: Path
) -> None:
    file, rejects = written(tmp_path, "甲列,乙列,丙列\nSH1,甲厂,没有\nSH2,乙厂,\n"), tmp_path / "r.csv"
    said = command("SH", file, "--rejects", rejects, *NAMED)
    assert (said.code, "correct them there and import that file" in said.out) == (1, True)
    assert customers(house) == ["SH2"]
    rejects.write_bytes(rejects.read_bytes().replace("没有,".encode(), b"021-05550101,"))
    again = command("SH", rejects)
    assert (again.code, "1 lines: 1 good, 0 refused" in again.out) == (0, True)
    assert customers(house) == ["SH1", "SH2"]
    assert db.session.scalars(select(Contact.phones)).all() == ["021-05550101"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("XX", SHANGHAI), "There is no office XX."),
        (("SH", "/no/such/file.csv"), "/no/such/file.csv: No such file"),
        (("SH", SAMPLES), f"{SAMPLES}: This is a folder."),
        (("SH", Path(__file__)), "No header row was recognised"),
        (("SH", SHANGHAI, "--map", "档案号"), "--map 档案号: write it as HEADING=FIELD."),
        (("SH", SHANGHAI, "--map", "档案号=colour"), "The column “档案号” cannot become “colour”."),
        (
            ("SH", SHANGHAI, "--map", "档案=file_number"),
            "“档案”: The file has no column of this heading. Found: ",
        ),
        (("SH", SHANGHAI, "--map", "单位名称="), "Say which column is “Unit's name”. Found: "),
        (
            ("SH", SHANGHAI, "--map", "联系人=note", "--map", "单位地址=note"),
            "was chosen for this already. Found: ",
        ),
        (
            ("SH", SHANGHAI, "--rejects", "/no/such/folder/refused.csv"),
            "/no/such/folder/refused.csv: No such",
        ),
        (("SH", SHANGHAI, "--rejects", SHANGHAI), "name another file, this one is to be read"),
    ],
)
def test_what_cannot_be_imported_is_named_and_ends_with_two(
    house: House, office: Office, command: Command, arguments: tuple[object, ...], told: str
) -> None:
    said = command(*arguments)
    assert (said.code, said.out) == (2, "")
    assert told in said.err
    assert customers(house) == []


def test_an_empty_table_is_refused_and_its_file_named(
    house: House, office: Office, command: Command, tmp_path: Path
) -> None:
    file = written(tmp_path, "档案号,单位名称\n")
    for more in ((), ("--trial",)):
        said = command("SH", file, *more)
        assert (said.code, said.out) == (2, "")
        assert f"{file}: There is nothing under the header." in said.err


def test_who_stops_an_import_is_told_that_it_can_go_on(
    house: House, office: Office, command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = written(tmp_path, "\n".join(["档案号,单位名称", *(f"SH{one},第{one}厂" for one in range(250))]))
    begin = importing.import_at_once

    def stopped(*given: object) -> Iterator[ImportRun]:
        runs = begin(*given)
        yield next(runs)
        yield next(runs)
        raise KeyboardInterrupt

    with monkeypatch.context() as at_the_keyboard:
        at_the_keyboard.setattr(importing, "import_at_once", stopped)
        said = command("SH", file)
    assert (said.code, "the same command continues the import" in said.err) == (130, True)
    assert len(customers(house)) == 100
    assert command("SH", file).code == 0
    assert len(customers(house)) == 250


def test_an_import_that_broke_off_is_continued_and_another_file_waits(
    house: House, office: Office, command: Command, tmp_path: Path
) -> None:
    file = written(tmp_path, "\n".join(["档案号,单位名称", *(f"SH{one},第{one}厂" for one in range(250))]))
    begun = importing.import_at_once(office.id, file.read_bytes(), file.name, Actor("徐敏"))
    next(begun), next(begun)
    waiting = command("SH", SHANGHAI)
    assert (waiting.code, "customers.csv, which 徐敏 began, is not finished" in waiting.err) == (2, True)
    said = command("SH", file)
    assert (said.code, "250 lines: 250 good" in said.out) == (0, True)
    assert len(customers(house)) == 250
    assert db.session.scalars(select(ImportRun.state)).all() == [RunState.DONE]
