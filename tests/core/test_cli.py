"""The command line: it does what it says, names culprit and remedy in one line, and its code is honest."""

from __future__ import annotations

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import EntryPoint
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import create_engine, make_url, select, text
from sqlalchemy.exc import OperationalError

from core import accounts, cli
from core.app import create_app
from core.cli import koudai
from core.cli.errors import sentence_of
from core.cli.words import language
from core.db import db, see_offices
from core.ledger import LedgerRow
from core.offices import all_offices, office_by_code
from core.people import Person
from core.switches import enabled_in
from core.testing_databases import postgres_server

Run = Callable[..., Result]
KOUDAI = Path(sys.executable).with_name("koudai")
SAMPLE = Path(__file__).parents[2] / "samples" / "customers-sh.csv"
MIGRATIONS = Path(cli.__file__).parents[1] / "migrations/versions"
KEY = "hotline.long_test_minutes"
GHOST = """
    insert into core_plugin_switch (office_id, plugin, enabled, switched_at, switched_by)
    select id, 'ghost', true, '2026-01-02 03:04:05', 'x' from core_office where code = 'SH'
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own for the installation, and English, whatever the terminal speaks."""
    monkeypatch.setenv("KOUDAI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("KOUDAI_LANG", "en")
    monkeypatch.delenv("KOUDAI_DATABASE", raising=False)
    return tmp_path / "home"


@pytest.fixture
def run(home: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Type a command, on a migrated database without anything in it."""
    monkeypatch.setenv("KOUDAI_DATABASE", database_url)
    return typed


def typed(*words: str) -> Result:
    return CliRunner().invoke(koudai, words)


def fine(result: Result) -> str:
    assert result.exit_code == 0, result.output
    return result.stdout


def refused(result: Result, code: int = 1) -> str:
    """Return the one line on stderr with which a command gave up."""
    assert result.exit_code == code, result.output
    assert result.stderr.count("\n") == 1
    assert result.stderr.startswith("koudai: ")
    return result.stderr


def has_line(pattern: str, said: str) -> bool:
    return re.search(f"^{pattern}$", said, re.MULTILINE) is not None


@pytest.fixture
def shanghai(run: Run) -> Run:
    """The same, with a head office and an office that takes calls."""
    fine(run("init"))
    fine(run("office", "add", "SH", "上海分公司", "--en", "Shanghai"))
    fine(run("plugins", "enable", "hotline", "SH"))
    return run


@contextmanager
def inside() -> Iterator[None]:
    """Look into the database that the commands worked on."""
    with create_app().app_context():
        see_offices(frozenset(all_offices()))
        yield
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()


def by_hand(*statements: str) -> None:
    """Change the database behind Koudai's back, as its own role could."""
    engine = create_engine(os.environ["KOUDAI_DATABASE"])
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            offices = "(select string_agg(id::text, ',') from core_office)"
            connection.execute(text(f"select set_config('app.offices', {offices}, true)"))
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


# --- language, help, errors


@pytest.mark.parametrize(
    ("words", "environment", "locale"),
    [
        ("", {"LANG": "zh_CN.UTF-8"}, "zh_Hans_CN"),
        ("", {"LANG": "zh_CN.UTF-8", "KOUDAI_LANG": "en"}, "en"),
        ("verify --lang zh", {"LANG": "en_GB.UTF-8"}, "zh_Hans_CN"),
        ("--lang=en", {"KOUDAI_LANG": "zh"}, "en"),
        ("", {"LANG": "C.UTF-8"}, "en"),
        ("--lang", {}, "en"),
    ],
)
def test_the_language_is_asked_for_or_that_of_the_terminal(
    words: str, environment: dict[str, str], locale: str
) -> None:
    assert language(words.split(), environment) == locale


def test_help_explains_every_command_without_a_database(home: Path) -> None:
    said = fine(typed("--help"))
    for name in (*cli.OWN, "demo"):
        assert re.search(rf"^  {name}\s+\S", said, re.MULTILINE), name
    assert not home.exists()


@pytest.mark.parametrize("words", ["", "plugins", "office", "db"])
def test_a_group_without_a_command_shows_its_help(home: Path, words: str) -> None:
    said = fine(typed(*words.split()))
    assert has_line("Commands:", said)
    assert has_line("  check +.*" if words in ("plugins", "db") else "  (init|add) +.*", said)


def commands(group: click.Group, path: str = "koudai") -> Iterator[tuple[str, click.Command]]:
    for name in group.list_commands(click.Context(group)):
        command = group.get_command(click.Context(group), name)
        assert command is not None
        yield f"{path} {name}", command
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")


def test_every_command_and_every_unclear_option_has_help() -> None:
    for path, command in commands(koudai):
        assert command.help, path
        options = (one for one in command.params if isinstance(one, click.Option))
        unclear = [one.opts for one in options if not one.help and not isinstance(one.type, click.Choice)]
        assert unclear in ([], [["--port"]]), path


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("nonsense", "nonsense"),
        ("office add", "CODE"),
        ("serve --port x", "--port"),
        ("verify --loud", "--loud"),
        ("--lang de verify", "--lang"),
    ],
)
def test_wrong_usage_ends_with_2_and_points_to_the_help(home: Path, words: str, said: str) -> None:
    line = refused(typed(*words.split()), 2)
    assert said in line
    assert "--help" in line


@pytest.mark.parametrize(
    ("words", "culprit", "shown"),
    [
        (["office", "add", "XQ", b"\xff"], "'NAME'", r"“\xff”"),
        (["office", "add", "XQ", "某处", b"--en=a\xff"], "'--en'", r"“a\xff”"),
        (
            ["staff", "add", "abc", b"\xe4\xb8", "--office", "SH", "--role", "duty_manager"],
            "'NAME'",
            r"“\xe4\xb8”",
        ),
        (
            ["plugins", "explain", "hotline_entitlement", "SH", "--customer", b"\xff"],
            "'--customer'",
            r"“\xff”",
        ),
        (["verify", "上海".encode("gb18030")], "'[OFFICE]'", r"“\xc9Ϻ\xa3”"),
        (["customers", "import", "SH", "x.csv", "--map", b"\xff=name"], "'--map'", r"“\xff=name”"),
    ],
)
def test_a_word_that_is_not_utf_8_is_wrong_usage_and_named_with_its_remedy(
    home: Path, words: list[str | bytes], culprit: str, shown: str
) -> None:
    line = refused(typed(*map(os.fsdecode, words)), 2)
    assert (
        f"Invalid value for {culprit}: {shown} is not UTF-8. Set the terminal, or the script, to UTF-8"
        in line
    )
    assert "--help" in line


@pytest.mark.skipif(sys.platform == "darwin", reason="file names are UTF-8 there")
def test_a_file_whose_name_is_of_any_bytes_is_imported_all_the_same(shanghai: Run, home: Path) -> None:
    file, rejects = home / os.fsdecode(b"\xff.csv"), home / os.fsdecode(b"\xfe.csv")
    home.mkdir(exist_ok=True)
    file.write_text("档案号,单位名称\nSH1,甲厂\n,乙厂\n", encoding="utf-8")
    words = [KOUDAI, "customers", "import", "SH", file, "--rejects", rejects]
    done = subprocess.run(words, capture_output=True, check=False)
    assert (done.returncode, b"2 lines: 1 good, 1 refused" in done.stdout) == (1, True), done.stderr
    assert "乙厂" in rejects.read_text(encoding="utf-8-sig")
    missing = subprocess.run([*words[:4], home / os.fsdecode(b"\xfd")], capture_output=True, check=False)
    assert (missing.returncode, b"?: No such file or folder." in missing.stderr) == (2, True)


@pytest.mark.parametrize(
    "words",
    [
        "office list",
        "staff list",
        "verify",
        "serve --port 0",
        "plugins check",
        "db check",
        "db revision core x",
    ],
)
def test_where_nothing_was_set_up_nothing_is_made_and_the_remedy_is_told(home: Path, words: str) -> None:
    line = refused(typed(*words.split()))
    assert str(home) in line
    assert "koudai init" in line
    assert not home.exists()


@pytest.mark.parametrize("words", ["office list", "verify", "serve --port 0"])
def test_a_database_without_tables_is_named_with_its_remedy(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    sqlite3.connect(tmp_path / "other.db").executescript("create table stray (id integer)")
    monkeypatch.setenv("KOUDAI_DATABASE", str(tmp_path / "other.db"))
    assert "koudai init" in refused(typed(*words.split()))


def test_a_house_without_a_head_office_is_not_called_whole(run: Run) -> None:
    assert "koudai init" in refused(run("verify"))


def test_a_database_that_is_half_there_is_named_with_its_remedy(shanghai: Run) -> None:
    by_hand("alter table core_person rename column hotline_number to number")
    assert "koudai db upgrade" in refused(shanghai("staff", "list"))


@pytest.mark.parametrize(
    ("variable", "given", "told"),
    [
        ("KOUDAI_DATABASE", "mysql://koudai:secret@db/koudai", "mysql is not supported"),
        ("KOUDAI_DATABASE", "postgresql+psycopg2://koudai:secret@db/koudai", "postgresql+psycopg2 is not"),
        ("KOUDAI_DATABASE", "postgresql+psycopg://koudai:secret@db:port/koudai", "no address of a database"),
        ("KOUDAI_DATABASE", "://secret", "no address of a database"),
        ("KOUDAI_DATABASE", "sqlite://", "in memory"),
        ("KOUDAI_DATABASE", "sqlite:///:memory:", "in memory"),
        ("KOUDAI_DATABASE", "sqlite:///file:x?mode=memory&uri=true", "in memory"),
        ("KOUDAI_PROXIES", "abc", "KOUDAI_PROXIES is abc"),
        ("KOUDAI_PROXIES", "-1", "KOUDAI_PROXIES is -1"),
        ("KOUDAI_URL", "koudai.example", "KOUDAI_URL is koudai.example"),
    ],
)
def test_a_setting_that_cannot_be_is_named_with_its_remedy(
    home: Path, monkeypatch: pytest.MonkeyPatch, variable: str, given: str, told: str
) -> None:
    monkeypatch.setenv(variable, given)
    for words in ("init", "db upgrade"):
        line = refused(typed(*words.split()))
        assert told in line
        assert "secret" not in line
    assert not home.exists()


@pytest.mark.parametrize("given", ["rel.db", "sqlite:///rel.db"])
def test_a_database_file_named_from_here_is_one_and_the_same_for_every_command(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KOUDAI_DATABASE", given)
    fine(typed("init"))
    assert has_line(r"HQ: \d+ rows, all whole", fine(typed("verify")))
    assert (tmp_path / "rel.db").exists()
    assert not (tmp_path / "instance").exists()


def test_a_file_that_is_no_database_is_named(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmp_path.joinpath("letter.db").write_text("Dear Sir or Madam" * 99)
    monkeypatch.setenv("KOUDAI_DATABASE", str(tmp_path / "letter.db"))
    assert "letter.db is no SQLite database" in refused(typed("office", "list"))


def test_who_holds_a_locked_database_is_to_be_found() -> None:
    locked = OperationalError("begin", {}, sqlite3.OperationalError("database is locked"))
    assert "which one holds it" in str(sentence_of(locked))


def test_an_unreachable_database_is_named_without_its_password(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KOUDAI_DATABASE", "postgresql+psycopg://koudai:secret@127.0.0.1:1/koudai")
    line = refused(typed("office", "list"))
    assert "127.0.0.1:1" in line
    assert "secret" not in line


def test_what_nobody_expected_is_one_line_too(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble() -> None:
        raise ZeroDivisionError("nobody\nexpected this")

    stumbling = click.Command("stumble", callback=stumble)
    monkeypatch.setattr(cli, "brought", lambda: {"stumble": EntryPoint("stumble", "x:y", cli.GROUP)})
    monkeypatch.setattr(EntryPoint, "load", lambda point: stumbling)
    assert "ZeroDivisionError: nobody expected this" in refused(typed("stumble"))


def test_a_broken_command_of_others_is_named_and_breaks_nobody(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = EntryPoint("roster", "no_such_package:roster", cli.GROUP)
    monkeypatch.setattr(cli, "brought", lambda: {"roster": broken})
    assert "roster" in fine(typed("--help"))
    assert "no_such_package:roster" in refused(typed("roster"))


def test_a_plugin_that_cannot_be_imported_is_named(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = EntryPoint("roster", "no_such_package.roster", "koudai.plugins")
    monkeypatch.setattr("core.plugins.entry_points", lambda group: [broken])
    assert "Plugin roster cannot be loaded" in refused(typed("clauses"))


# --- beginning


def test_init_makes_a_house_that_an_administrator_can_enter(home: Path) -> None:
    said = fine(typed("init", "--login", "lin", "--person", "林晓岚"))
    token = re.search(r"/password/(\S+)", said)
    assert token
    with inside():
        accounts.redeem(token[1], "long enough for once")
        assert accounts.check("lin", "long enough for once", "").name == "林晓岚"
        assert [one.code for one in all_offices().values()] == ["HQ"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--code", "bad code!"), "“BAD CODE!” is no code"),
        (("--code", ""), "“” is no code"),
        (("--code", "A" * 28), "is no code"),
        (("--name", " "), "name of an office"),
        (("--en", "x" * 61), "name of an office"),
        (("--login", "A B"), "login"),
        (("--person", ""), "name"),
    ],
)
def test_init_makes_nothing_while_something_is_wrong(home: Path, words: tuple[str, ...], told: str) -> None:
    assert told in refused(typed("init", *words))
    assert not home.exists()


def test_a_code_in_small_letters_is_the_same_code(home: Path) -> None:
    fine(typed("init", "--code", "hq2"))
    assert has_line(r"HQ2: \d+ rows, all whole", fine(typed("verify", "hq2")))


def test_head_office_and_administrator_come_together_or_not_at_all(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr("core.accounts._give", lambda *_: 1 / 0)
        assert "ZeroDivisionError" in refused(run("init"))
    with inside():
        assert not all_offices()
    fine(run("init"))


def test_a_second_init_says_what_stays_as_it_is(run: Run) -> None:
    fine(run("init", "--en", "Our head office"))
    assert "The head office is HQ Our head office already" in fine(run("init", "--code", "XX"))


def test_init_twice_changes_nothing(run: Run) -> None:
    fine(run("init"))
    said = fine(run("init", "--login", "somebody.else"))
    assert "set up before" in said
    assert "/password/" not in said
    with inside():
        assert list(db.session.scalars(select(Person.login))) == ["admin"]


def test_init_goes_on_where_it_was_broken_off(run: Run) -> None:
    fine(run("init"))
    by_hand("delete from core_password_link", "delete from core_role_grant")
    assert "/password/" in fine(run("init", "--login", "second"))


# --- offices and staff


def test_an_office_is_opened_below_head_office(shanghai: Run) -> None:
    fine(shanghai("office", "add", "EAST", "华东大区", "--kind", "region"))
    fine(shanghai("office", "add", "NB", "宁波分公司", "--parent", "EAST"))
    listed = fine(shanghai("office", "list"))
    assert has_line("SH +Shanghai +Office +HQ +Asia/Shanghai +hotline", listed)
    assert has_line("NB +宁波分公司 +Office +EAST +Asia/Shanghai +—", listed)
    with inside():
        query = select(LedgerRow).where(LedgerRow.kind == "office").order_by(LedgerRow.id)
        opened = list(db.session.scalars(query))
        codes = {one.id: one.code for one in all_offices().values()}
        told = [(codes[row.office_id], row.details["code"]) for row in opened]
        assert told == [
            ("HQ", "HQ"), ("SH", "SH"), ("HQ", "SH"), ("EAST", "EAST"), ("HQ", "EAST"), ("NB", "NB"), ("EAST", "NB"),
        ]  # fmt: skip
        assert all(row.actor.startswith("command line (") for row in opened)


def test_an_odd_office_is_refused_by_name(shanghai: Run) -> None:
    for words, culprit in (
        ("S x", "“S” is no code"),
        ("SH 上海", "SH already"),
        ("NJ 南京 --parent XX", "XX"),
        ("NJ 南京 --zone Asia/Nanjing", "Asia/Nanjing"),
    ):
        assert culprit in refused(shanghai("office", "add", *words.split()))


def test_staff_come_with_a_link_and_go(shanghai: Run) -> None:
    roles = ("--role", "field_engineer", "--role", "HQ:duty_manager")
    hired = fine(shanghai("staff", "add", "wang.li", "王力", "--office", "SH", "--number", "07", *roles))
    first = re.findall(r"/password/(\S+)", hired)
    second = re.findall(r"/password/(\S+)", fine(shanghai("staff", "reset", "wang.li")))
    assert len(first) == len(second) == 1
    with inside():
        assert accounts.person_of_link(second[0]).hotline_number == "07"
        with pytest.raises(accounts.LinkRefused):
            accounts.person_of_link(first[0])
    wangli = "wang.li +王力 +07 +no password yet +"
    assert has_line(f"{wangli}SH:field_engineer HQ:duty_manager", fine(shanghai("staff", "list")))
    fine(shanghai("staff", "take", "wang.li", "--office", "HQ", "--role", "duty_manager"))
    fine(shanghai("staff", "give", "wang.li", "--office", "SH", "--role", "hotline_engineer"))
    listed = fine(shanghai("staff", "list", "sh"))
    assert listed == fine(shanghai("staff", "list", "--office", "sh"))
    assert listed == fine(shanghai("staff", "list", "SH", "--office", "SH"))
    assert "Two offices" in refused(shanghai("staff", "list", "SH", "--office", "HQ"))
    assert has_line(f"{wangli}SH:field_engineer SH:hotline_engineer", listed)
    assert "admin" not in listed
    fine(shanghai("staff", "leave", "wang.li"))
    assert has_line("wang.li +王力 +07 +left", fine(shanghai("staff", "list")))


def test_staff_are_given_no_role_where_a_colleague_has_their_number(shanghai: Run) -> None:
    duty = ("--role", "duty_manager")
    fine(shanghai("staff", "add", "wang.li", "王力", "--office", "SH", "--number", "07", *duty))
    fine(shanghai("staff", "add", "li.na", "李娜", "--office", "HQ", "--number", "07", *duty))
    told = refused(shanghai("staff", "give", "li.na", "--office", "SH", *duty))
    assert "王力 has the hotline number 07 in SH already, and 李娜 has the same. Take back" in told
    fine(shanghai("staff", "take", "wang.li", "--office", "SH", *duty))
    fine(shanghai("staff", "give", "li.na", "--office", "SH", *duty))


def test_odd_staff_are_refused_by_name(shanghai: Run) -> None:
    for words, culprit in (
        ("wang.li 王力 --office XX --role field_engineer", "XX"),
        ("wang.li 王力 --office SH --role director", "director"),
        ("王力 王力 --office SH --role field_engineer", "login"),
        ("admin 王力 --office SH --role field_engineer", "admin"),
    ):
        assert culprit in refused(shanghai("staff", "add", *words.split()))
    assert "王力" not in fine(shanghai("staff", "list"))


def test_a_link_is_a_whole_address(shanghai: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    told = fine(shanghai("staff", "reset", "admin"))
    assert has_line(r"  http://127\.0\.0\.1:8000/password/\S+", told)
    assert "KOUDAI_URL" in told
    monkeypatch.setenv("KOUDAI_URL", "https://koudai.example/")
    told = fine(shanghai("staff", "reset", "admin"))
    assert has_line(r"  https://koudai\.example/password/\S+", told)
    assert "KOUDAI_URL" not in told


def test_a_login_that_nobody_has_is_named(shanghai: Run) -> None:
    for verb in ("reset", "leave"):
        assert "nobody.here" in refused(shanghai("staff", verb, "nobody.here"))
    assert "last administrator" in refused(shanghai("staff", "leave", "admin"))


# --- plugins and parameters


def test_plugins_are_switched_and_listed(shanghai: Run) -> None:
    assert "fieldservice" in refused(shanghai("plugins", "enable", "billing", "SH"))
    assert has_line("hotline .* on since 20.*", fine(shanghai("plugins", "list", "SH")))
    assert has_line("hotline .* SH", fine(shanghai("plugins", "list")))
    assert has_line("SH: hotline", fine(shanghai("plugins", "check")))
    fine(shanghai("plugins", "disable", "hotline", "sh"))
    assert has_line("hotline .* —", fine(shanghai("plugins", "list", "SH")))
    assert "nonsense" in refused(shanghai("plugins", "enable", "nonsense", "SH"))


def test_a_switch_that_changes_nothing_says_so(shanghai: Run) -> None:
    assert "hotline was on in SH already" in fine(shanghai("plugins", "enable", "hotline", "SH"))
    assert "billing was not on in SH" in fine(shanghai("plugins", "disable", "billing", "SH"))
    assert "no plugin nope" in refused(shanghai("plugins", "disable", "nope", "SH"))
    fine(shanghai("plugins", "enable", "fieldservice", "SH"))
    assert "fieldservice. Disable that first." in refused(shanghai("plugins", "disable", "hotline", "SH"))
    fine(shanghai("plugins", "enable", "quality", "SH"))
    assert "Disable these first." in refused(shanghai("plugins", "disable", "hotline", "SH"))


def test_a_switch_from_the_command_line_counts_at_once_elsewhere(shanghai: Run) -> None:
    with inside():
        office_id = office_by_code("SH").id
        fine(shanghai("plugins", "enable", "fieldservice", "SH"))
        see_offices(frozenset({office_id}))
        assert enabled_in([office_id])[office_id] == {"hotline", "fieldservice"}


def test_a_plugin_that_is_on_but_gone_is_named_and_can_be_switched_off(shanghai: Run) -> None:
    by_hand(GHOST)
    for words in (("plugins", "check"), ("serve", "--port", "0")):
        line = refused(shanghai(*words))
        assert "'ghost'" in line
        assert "SH" in line
    by_hand(GHOST.replace("ghost", "spectre").replace("'SH'", "'HQ'"))
    line = refused(shanghai("plugins", "check"))
    assert "'ghost' (SH); 'spectre' (HQ)" in line
    assert has_line(
        "ghost +enabled, not installed +— +— +on since .*", fine(shanghai("plugins", "list", "SH"))
    )
    assert has_line("spectre +enabled, not installed +— +— +HQ", fine(shanghai("plugins", "list")))
    fine(shanghai("plugins", "disable", "spectre", "HQ"))
    fine(shanghai("plugins", "disable", "ghost", "SH"))
    assert has_line("SH: hotline", fine(shanghai("plugins", "check")))


def test_a_decision_tells_who_answers_and_what(shanghai: Run) -> None:
    for name in ("fieldservice", "billing"):
        fine(shanghai("plugins", "enable", name, "SH"))
    assert shanghai("customers", "import", "SH", str(SAMPLE)).exit_code == 1, "some lines are refused"
    order = fine(shanghai("plugins", "explain", "hotline_entitlement", "SH"))
    assert re.match(r"1\. billing .*\n2\. hotline ", order)
    customer = ("--customer", "SH200003", "--on", "2026-11-24")
    told = fine(shanghai("plugins", "explain", "hotline_entitlement", "SH", *customer))
    for said in (r"billing \S+  decides", r"hotline \S+  overridden", r"expired: .*QI/03 3\.2\.6"):
        assert re.search(said, told)
    admission = ("plugins", "explain", "fieldservice_admission", "SH", *customer)
    assert "waiting: " in fine(shanghai(*admission, "--with", "entitlement=expired"))
    nobody = ("plugins", "explain", "fieldservice_admission", "SH", "--with", "customer=")
    assert "registered: " in fine(shanghai(*nobody, "--with", "entitlement=card"))
    assert "wants to know: entitlement. Add --with entitlement=…" in refused(shanghai(*admission))
    of_nobody = shanghai("plugins", "explain", "fieldservice_admission", "SH", "--with", "entitlement=card")
    assert "wants to know: customer. Add --customer NUMBER" in refused(of_nobody)
    assert "NAME=VALUE" in refused(shanghai(*admission, "--with", "expired"), 2)
    misspelt = shanghai(*admission, "--with", "entitlement=card", "--with", "entitelment=card")
    assert "entitelment" in refused(misspelt, 2)
    assert "hotline_entitlement" in refused(shanghai("plugins", "explain", "nonsense", "SH"))
    assert "SH9" in refused(shanghai("plugins", "explain", "hotline_entitlement", "SH", "--customer", "SH9"))
    suggestion = ("plugins", "explain", "fieldservice_suggestion", "SH")
    for further in (customer, ("--with", "request=SR1", "--with", "candidates=张伟")):
        told = fine(shanghai(*suggestion, *further))
        what = (
            "fieldservice_suggestion is asked about request, candidates, which cannot be typed. Who answers:"
        )
        assert re.fullmatch(f"{what}\n1\\. fieldservice .*\n", told)


def test_a_parameter_is_shown_set_and_cleared(shanghai: Run) -> None:
    assert has_line(f"{KEY} +60 .* default .*", fine(shanghai("parameters", "show", "SH")))
    assert f"{KEY} = 30" in fine(shanghai("parameters", "set", "SH", KEY, "30"))
    ladder = fine(shanghai("parameters", "show", "SH", KEY))
    assert "QI/03 3.2.5" in ladder
    assert has_line(r"→  this office \(SH\) +30 .*", ladder)
    assert has_line(r"   default \(hotline\) +60 .*", ladder)
    assert f"{KEY} = 60" in fine(shanghai("parameters", "clear", "SH", KEY))
    assert "QI/03 3.2.5" in refused(shanghai("parameters", "set", "SH", KEY, "90"))
    fine(shanghai("parameters", "set", "SH", KEY, "35"))
    fine(shanghai("parameters", "set", "HQ", KEY, "30"))
    assert "35 working minutes — laxer than 30 working minutes, not in force" in fine(
        shanghai("parameters", "show", "SH", KEY)
    )
    assert KEY in fine(shanghai("parameters", "show"))
    assert "hotline.nonsense" in refused(shanghai("parameters", "set", "SH", "hotline.nonsense", "1"))


# --- ledger, clauses, database


def test_verify_passes_and_names_the_row_that_was_altered(shanghai: Run) -> None:
    assert has_line(r"SH: \d+ rows, all whole", fine(shanghai("verify")))
    by_hand("update core_ledger set actor = 'nobody' where kind = 'switch'")
    damaged = shanghai("verify", "SH")
    assert damaged.exit_code == 1
    assert has_line(r"SH row \d+ \(switch enable nobody\): it was altered", damaged.stdout)
    assert shanghai("verify").exit_code == 1
    assert shanghai("verify", "HQ").exit_code == 0


@pytest.mark.parametrize(("column", "spoilt"), [("details", "no json"), ("at", "yesterday")])
@pytest.mark.only_on("sqlite")
def test_verify_names_a_row_that_nobody_can_read_and_goes_on(shanghai: Run, column: str, spoilt: str) -> None:
    by_hand(
        f"update core_ledger set {column} = '{spoilt}' where kind = 'staff' and action = 'hire'",
        "update core_ledger set actor = 'nobody' where kind = 'switch'",
    )
    damaged = shanghai("verify")
    assert damaged.exit_code == 1
    assert has_line(r"HQ row \d+ \(staff hire .*\): it was altered", damaged.stdout)
    assert has_line(r"SH row \d+ \(switch enable nobody\): it was altered", damaged.stdout)


def test_clauses_shows_rule_and_test_and_counts(home: Path) -> None:
    said = fine(typed("clauses"))
    rule = r"^QP/2-04 5\.4 .*\n(    .*\n)*    step +fieldservice +fieldservice\.request dispatch"
    assert re.search(rule, said, re.MULTILINE)
    assert has_line(r"    test  tests/\S+::test_\S+", said)
    assert has_line(r"\d+ clauses: \d+ have a rule, \d+ of these also a test; .*", said)
    holes = re.findall(r"^[QS]\S+ \S+ .*", fine(typed("clauses", "--holes")), re.MULTILINE)
    assert all(re.search("no rule|no test", hole) for hole in holes)


def test_a_clause_that_no_document_has_is_named_on_a_line_of_its_own(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "core.coverage.coverage", lambda plugins: ([], ["roster step: X 1", "roster role: X 2"])
    )
    result = typed("clauses", "--holes")
    assert "2 times" in refused(result)
    assert has_line("No document has the clause: roster step: X 1", result.stdout)


def test_the_database_is_upgraded_and_checked(home: Path) -> None:
    assert typed("db", "check").exit_code == 1
    fine(typed("db", "upgrade"))
    fine(typed("db", "upgrade"))
    assert "what the models say" in fine(typed("db", "check"))
    assert "nonsense" in refused(typed("db", "revision", "nonsense", "x"))


def test_no_migration_is_written_where_nothing_differs(home: Path) -> None:
    fine(typed("db", "upgrade"))
    before = sorted(MIGRATIONS.iterdir())
    assert "nothing to migrate" in refused(typed("db", "revision", "core", "x"))
    assert sorted(MIGRATIONS.iterdir()) == before


@pytest.mark.parametrize("words", ["db upgrade", "db check", "db revision core x", "serve --port 0", "init"])
def test_a_database_newer_than_the_program_is_told_apart_from_one_left_behind(run: Run, words: str) -> None:
    by_hand("update alembic_version_core set version_num = 'core_9999'")
    line = refused(run(*words.split()))
    assert "newer than this program" in line
    assert "core" in line


@pytest.mark.only_on("postgresql")
def test_a_role_that_sees_every_office_is_warned_of(
    run: Run, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for words in ("init", "db check"):
        assert "BYPASSRLS" not in run(*words.split()).stderr
    superuser = postgres_server()._administrator.set(database=make_url(database_url).database)
    monkeypatch.setenv("KOUDAI_DATABASE", superuser.render_as_string(hide_password=False))
    for words in ("init", "db check"):
        assert "BYPASSRLS" in run(*words.split()).stderr


def test_a_database_left_behind_is_not_served(run: Run) -> None:
    by_hand("delete from alembic_version_quality")
    for words in ("serve --port 0", "db check", "db revision quality x"):
        line = refused(run(*words.split()))
        assert "quality" in line
        assert "db upgrade" in line


# --- serving


@pytest.mark.parametrize("host", ["nohost.invalid", "", "203.0.113.7", "a..b"])
def test_a_host_that_is_not_this_machine_is_named(home: Path, host: str) -> None:
    assert f"--host “{host}”" in refused(typed("serve", "--host", host))


def test_a_taken_port_is_refused_at_once(home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert "--port" in refused(typed("serve", "--port", str(taken.getsockname()[1])))


def test_several_processes_serve_until_they_are_told_to_stop(shanghai: Run) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    words = [KOUDAI, "serve", "--port", port, "--workers", "2"]
    server = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        assert answered(f"http://127.0.0.1:{port}/sign-in")
    finally:
        server.send_signal(signal.SIGTERM)
        said = server.communicate(timeout=30)[0].decode()
    assert server.returncode == 0
    assert f"http://127.0.0.1:{port}" in said
    assert "Traceback" not in said


def answered(address: str) -> bool:
    """Say whether a page comes within half a minute."""
    for _ in range(150):
        try:
            with urllib.request.urlopen(address, timeout=10) as response:
                return bool(response.status == 200)
        except OSError:
            time.sleep(0.2)
    return False


def test_the_words_of_the_search_are_written_anew_for_one_office_or_all(shanghai: Run) -> None:
    assert fine(shanghai("search", "rebuild", "SH")) == "SH: 0 cases and entries can be found\n"
    assert fine(shanghai("search", "rebuild")).count("can be found") == 2
    assert "XX" in refused(shanghai("search", "rebuild", "XX"))
