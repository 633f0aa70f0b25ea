"""The search: whatever the reader may see, by any part of it, and nothing else."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import insert, select, text

from core import gate, switches
from core.customers import lookup
from core.customers.models import Customer
from core.db import db, writing
from core.errors import Refused
from core.forms import StepForm, TextField
from core.i18n import Sentence
from core.offices import Office
from core.people import Actor
from core.procedure import Column
from core.roles import FIELD_ENGINEER, HOTLINE_ENGINEER, NATIONAL_ROLES
from core.rules import rules_of
from core.search import finding, index
from core.search.models import SearchText, SearchToken
from core.slots import Searchable
from core.testing import NATIONAL, House, SignIn, said
from plugins.hotline.models import Call, KnowledgeEntry

pytestmark = pytest.mark.usefixtures("monday_morning")
MANY = 3000


@pytest.fixture
def shanghai(house: House) -> Office:
    return house.office("SH", *NATIONAL, "shanghai", name="上海")


@pytest.fixture
def boss(house: House, shanghai: Office) -> Actor:
    """Somebody who may do nearly everything."""
    return house.hire(shanghai, *NATIONAL_ROLES, name="周艳")


def log(office: Office, by: Actor, customer: Any, happens: str) -> str:
    """Log a call about something, and return its number."""
    values = {
        "customer_id": str(db.session.merge(customer).id),
        "channel": "phone",
        "contact": "高敏",
        "phone": "021-61541030",
        "module": "总账",
        "operation": "打印凭证",
        "happens": happens,
    }
    return str(gate.perform("hotline.call", None, "log", by, values, office=office).number)


def found(page: str) -> list[str]:
    """Return the numbers of the cases that a page of hits shows."""
    return list(dict.fromkeys(re.findall(r">([A-Z]+-[A-Z]-\d{4}-\d+)<", page)))


@pytest.fixture
def calls(house: House, shanghai: Office, boss: Actor) -> list[str]:
    customer = house.customer(shanghai)
    texts = ("打印机卡纸，换纸后 6105 报错", "反结账后凭证丢失", "打印预览空白，激光打印机不出纸")
    return [log(shanghai, boss, customer, one) for one in texts]


@pytest.mark.parametrize(
    ("typed", "which"),
    [("卡纸", [0]), ("打印机", [2, 0]), ("6105", [0]), ("凭证丢失", [1]), ("打印机 出纸", [2]), ("纸卡", [])],
)
def test_a_case_is_found_by_any_words_of_it(
    calls: list[str], boss: Actor, sign_in: SignIn, typed: str, which: list[int]
) -> None:
    page = sign_in(boss).get(f"/search/hits?q={typed}").text
    assert found(page) == [calls[place] for place in which]


def test_a_hit_shows_the_words_where_they_stand(calls: list[str], boss: Actor, sign_in: SignIn) -> None:
    assert "<mark>打印机</mark>卡纸" in sign_in(boss).get("/search?q=打印机").text


def test_the_end_of_a_number_is_enough(calls: list[str], boss: Actor, sign_in: SignIn) -> None:
    assert sign_in(boss).get("/search?q=00002").location.endswith(calls[1])
    assert sign_in(boss).get("/search?q=H-2026-00003").location.endswith(calls[2])


def test_a_case_is_found_by_its_customers_name_with_a_word_of_its_own(
    house: House, calls: list[str], shanghai: Office, boss: Actor, sign_in: SignIn
) -> None:
    other = log(shanghai, boss, house.customer(shanghai, name="华东机械厂"), "打印机卡纸")
    assert found(sign_in(boss).get("/search/hits?q=华东 卡纸").text) == [other]


def test_customers_and_cases_stand_apart(calls: list[str], boss: Actor, sign_in: SignIn) -> None:
    page = said(sign_in(boss).get("/search?q=恒远服装").text)
    assert page.index("Customers") < page.index("Call ")
    assert calls[0] in page


def test_nobody_finds_what_he_may_not_read(
    house: House, shanghai: Office, boss: Actor, walk: Any, sign_in: SignIn
) -> None:
    complaint = walk(shanghai).born("quality.complaint", {})
    engineer = house.hire(shanghai, FIELD_ENGINEER)
    serial = complaint.number[-5:]
    assert complaint.number in found(sign_in(boss).get(f"/search/hits?q={serial}").text)
    assert complaint.number not in found(sign_in(engineer).get(f"/search/hits?q={serial}").text)


def test_another_offices_words_are_not_found(
    house: House, calls: list[str], boss: Actor, sign_in: SignIn
) -> None:
    beijing = house.office("BJ")
    stranger = house.hire(beijing, HOTLINE_ENGINEER)
    foreign = log(beijing, stranger, house.customer(beijing), "打印机卡纸")
    assert found(sign_in(stranger).get("/search/hits?q=卡纸").text) == [foreign]
    assert sign_in(stranger).get("/search?q=卡纸").location.endswith(foreign)
    assert foreign not in sign_in(boss).get("/search/hits?q=卡纸").text


def test_a_plugin_that_is_off_hides_its_words(
    house: House, shanghai: Office, walk: Any, sign_in: SignIn
) -> None:
    complaint = walk(shanghai).born("quality.complaint", {})
    kinds = set(rules_of(shanghai).plugins.procedures)
    typed = complaint.number
    known = {"quality.complaint"}
    assert known <= {one.kind for one in finding.find(typed, {shanghai.id: kinds}, 5)}
    assert not known & {one.kind for one in finding.find(typed, {shanghai.id: kinds - known}, 5)}


def test_what_a_step_adds_is_found_and_what_it_takes_away_is_not(
    calls: list[str], shanghai: Office, boss: Actor
) -> None:
    kinds = {shanghai.id: {"hotline.call"}}
    said = {"module": "总账", "operation": "对账", "happens": "余额与明细对不上"}
    gate.perform("hotline.call", calls[0], "correct", boss, said, office=shanghai)
    assert [one.number for one in finding.find("对不上", kinds, 5)] == [calls[0]]
    assert calls[0] not in [one.number for one in finding.find("卡纸", kinds, 5)]


def test_a_refused_step_leaves_no_words(calls: list[str], shanghai: Office, boss: Actor) -> None:
    with pytest.raises(Refused):
        gate.perform("hotline.call", calls[0], "settle", boss, {"answer": "改用激光打印"}, office=shanghai)
    assert not finding.find("改用激光", {shanghai.id: {"hotline.call"}}, 5)


def test_the_cases_of_a_customer_who_is_renamed_follow(
    house: House, calls: list[str], shanghai: Office
) -> None:
    with writing():
        customer = db.session.scalars(select(Customer).where(Customer.office_id == shanghai.id)).one()
        customer.name = "上海长青百货公司"
        lookup.index([customer])
    kinds = {shanghai.id: {"hotline.call"}}
    assert len(finding.find("长青百货", kinds, 9)) == 3
    assert not finding.find("恒远服装", kinds, 9)


def test_what_is_confidential_is_not_searched(
    shanghai: Office, calls: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    procedure = rules_of(shanghai).plugins.procedures["hotline.call"]
    case = db.session.scalars(select(Call).where(Call.number == calls[0])).one()
    assert "打印" in index.entry_of_case(procedure, case).body
    secret = tuple(
        Column(name=one.name, title=one.title, value=one.value, confidential=True)
        for one in (*procedure.columns, *procedure.facts)
    )
    monkeypatch.setattr(procedure, "columns", ())
    monkeypatch.setattr(procedure, "facts", secret)
    assert index.entry_of_case(procedure, case).body == ""


def test_a_field_that_the_ledger_does_not_keep_is_not_searched_either(shanghai: Office, boss: Actor) -> None:
    class Whispered(StepForm):
        module = TextField(Sentence("Module"), confidential=True)

    procedure = rules_of(shanghai).plugins.procedures["hotline.call"].copy()
    assert "module" in {one.name for one in procedure.searched}
    procedure.steps["log"] = replace(procedure.steps["log"], form=Whispered)
    assert "module" not in {one.name for one in procedure.searched}


def test_a_procedure_may_name_what_is_searched(
    shanghai: Office, calls: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    procedure = rules_of(shanghai).plugins.procedures["hotline.call"]
    case = db.session.scalars(select(Call).where(Call.number == calls[0])).one()
    monkeypatch.setattr(procedure, "_searched", ("module",))
    assert index.entry_of_case(procedure, case).body == "总账"


def test_hook_core_searchables(
    house: House, shanghai: Office, boss: Actor, install: Any, make_plugin: Any, sign_in: SignIn
) -> None:
    searchable = Searchable(
        kind="finder.entry",
        title=Sentence("Found things"),
        model=KnowledgeEntry,
        permission="hotline.read",
        heading=lambda entry: entry.problem,
        body=lambda entry: entry.remedy,
    )
    plugins = install(make_plugin("finder", requires=("hotline",), core_searchables=lambda: searchable))
    switches.switch(plugins, shanghai, "finder", True, boss)
    house.see()
    said = {"problem": "打印凭证时驱动丢失", "remedy": "卸载后重装喷墨驱动"}
    entry = gate.perform("hotline.knowledge", None, "write", boss, said, office=shanghai)
    with writing():
        index.note(searchable, entry)
    page = sign_in(boss).get("/search?q=喷墨驱动").text
    assert "Found things" in page
    assert "重装<mark>喷墨驱动</mark>" in page
    stranger = house.hire(house.office("BJ"), HOTLINE_ENGINEER)
    assert "Nothing fits" in sign_in(stranger).get("/search?q=喷墨驱动").text


def test_the_words_can_be_written_anew(house: House, calls: list[str], shanghai: Office) -> None:
    def words() -> list[Any]:
        house.see()
        known = {one.id: one.number for one in db.session.scalars(select(SearchText))}
        tokens = db.session.execute(select(SearchToken.token, SearchToken.text_id))
        return sorted((token, known[text_id]) for token, text_id in tokens)

    before = words()
    with writing():
        db.session.execute(text("delete from core_search_token"))
    procedures = rules_of(shanghai).plugins.procedures.values()
    assert index.rebuild(shanghai.id, procedures, []) == len(calls)
    assert before
    assert words() == before


@pytest.mark.usefixtures("in_english")
def test_an_upgrade_of_a_house_without_words_fills_them(
    calls: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    from core.cli.database import fill_search

    with writing():
        db.session.execute(text("delete from core_search_token"))
        db.session.execute(text("delete from core_search_text"))
    fill_search()
    assert "SH: 3" in capsys.readouterr().out
    fill_search()
    assert capsys.readouterr().out == ""


@pytest.fixture
def filled(house: House, shanghai: Office) -> Office:
    """An office with some thousand texts, and another one with as many."""
    for office in (shanghai, house.office("BJ")):
        with writing():
            texts = [
                {
                    "office_id": office.id,
                    "kind": "hotline.call",
                    "subject_id": office.id * MANY + place,
                    "number": f"{office.code}-H-2026-{place:05d}",
                    "title": "恒远",
                    "body": f"凭证 {place}",
                }
                for place in range(MANY)
            ]
            db.session.execute(insert(SearchText), texts)
            ids = list(db.session.scalars(select(SearchText.id).where(SearchText.office_id == office.id)))
            tokens = [
                {"office_id": office.id, "token": token, "text_id": text_id}
                for place, text_id in enumerate(ids)
                for token in ("凭证", "证", f"{place:05d}")
            ]
            db.session.execute(insert(SearchToken), tokens)
    house.see()
    return shanghai


def test_a_search_is_a_range_of_the_index_on_both_engines(filled: Office) -> None:
    if db.engine.dialect.name == "postgresql":
        with writing():
            db.session.execute(text("analyze core_search_token"))
    query = select(SearchToken.text_id).where(
        SearchToken.office_id == filled.id, SearchToken.token >= "00017", SearchToken.token < "00018"
    )
    compiled = query.compile(db.engine, compile_kwargs={"literal_binds": True})
    explain = "explain " if db.engine.dialect.name == "postgresql" else "explain query plan "
    plan = "\n".join(str(tuple(row)) for row in db.session.execute(text(explain + str(compiled))))
    assert re.search(r"Index Cond: [^\n]*token|office_id=\? AND token>\? AND token<\?", plan), plan
    assert "Seq Scan" not in plan
    assert "SCAN" not in plan


def test_the_number_of_questions_does_not_grow_with_the_hits(
    filled: Office, boss: Actor, sign_in: SignIn, queries_of: Any
) -> None:
    browser = sign_in(boss)
    browser.get("/search/hits?q=凭证")
    many = queries_of(lambda: browser.get("/search/hits?q=凭证"))
    one = queries_of(lambda: browser.get("/search/hits?q=00017"))
    assert many == one


def test_the_newest_of_many_come_first_and_no_more_than_fit(filled: Office) -> None:
    hits = finding.find("凭证", {filled.id: {"hotline.call"}}, 5)
    assert [one.number[-5:] for one in hits] == [f"{MANY - place:05d}" for place in range(1, 6)]


def test_a_rare_word_is_found_beside_a_common_one(filled: Office) -> None:
    assert [one.number[-5:] for one in finding.find("凭证 00017", {filled.id: {"hotline.call"}}, 5)] == [
        "00017"
    ]
    assert finding.find("凭证 卡纸", {filled.id: {"hotline.call"}}, 5) == []


def test_a_common_word_is_found_that_only_old_texts_hold(filled: Office) -> None:
    newer = [
        {
            "office_id": filled.id,
            "kind": "hotline.call",
            "subject_id": 10 * MANY + place,
            "title": "华东",
            "body": "",
        }
        for place in range(max(finding.DEPTHS))
    ]
    with writing():
        db.session.execute(insert(SearchText), newer)
    hits = finding.find("凭证", {filled.id: {"hotline.call"}}, 5)
    assert [one.number[-5:] for one in hits] == [f"{MANY - place:05d}" for place in range(1, 6)]


def test_a_list_may_be_asked_for_a_common_word(house: House, filled: Office, boss: Actor) -> None:
    customer = house.customer(filled)
    calls = [log(filled, boss, customer, one) for one in ("打印机卡纸，报错 6105", "反结账后凭证丢失")]
    for typed, wanted in (
        ("凭证", calls),
        ("凭证 丢失", calls[1:]),
        ("凭证 卡纸", calls[:1]),
        ("凭证 激光", []),
    ):
        held = finding.holding(typed, Call, "hotline.call", filled.id)
        numbers = db.session.scalars(select(Call.number).where(held).order_by(Call.id))
        assert numbers.all() == wanted


def test_a_search_asks_within_its_time(filled: Office) -> None:
    before = dt.datetime.now(dt.UTC)
    for _time in range(10):
        finding.find("恒远 凭证 00017", {filled.id: {"hotline.call"}}, 5)
    assert dt.datetime.now(dt.UTC) - before < dt.timedelta(seconds=5)


def test_a_plugin_that_fails_to_say_what_is_found_breaks_no_search(
    house: House, install: Any, make_plugin: Any, sign_in: SignIn
) -> None:
    def core_searchables() -> None:
        raise RuntimeError("out of order")

    install(make_plugin("local", requires=("hotline",), core_searchables=core_searchables))
    office = house.office("SH", *NATIONAL, "local")
    colleague = house.hire(office, HOTLINE_ENGINEER)
    number = log(office, colleague, house.customer(office), "打印机卡纸")
    assert sign_in(colleague).get("/search?q=卡纸").location.endswith(number)


def test_a_column_that_fails_breaks_no_step_and_is_not_searched(
    house: House, shanghai: Office, boss: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    procedure = rules_of(shanghai).plugins.procedures["hotline.call"]
    broken = Column(name="broken", title=procedure.title, value=lambda one: 1 // 0)
    monkeypatch.setattr(procedure, "columns", (broken, *procedure.columns))
    number = log(shanghai, boss, house.customer(shanghai), "打印机卡纸")
    assert [one.number for one in finding.find("卡纸", {shanghai.id: {"hotline.call"}}, 5)] == [number]
