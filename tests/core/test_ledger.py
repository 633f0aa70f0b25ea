"""The ledger: whatever is done to it behind its back shows."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, create_engine, text

from core import ledger
from core.db import ForeignOffice, db, see_offices, writing
from core.offices import Office
from core.testing import House
from plugins.hotline.hooks import Entitlement

pytestmark = pytest.mark.usefixtures("in_english")


@pytest.fixture
def office(house: House) -> Office:
    """An office whose ledger has ten rows."""
    opened = house.office("SH")
    with writing():
        for number in range(5):
            ledger.append(
                opened.id, kind="note", action=f"note {number}", actor="tests", details={"n": number}
            )
    return opened


@pytest.fixture
def behind_its_back(database_url: str, house: House, office: Office) -> Iterator[Callable[..., None]]:
    """Raw SQL in a transaction of its own, as somebody with the database's password would."""
    engine = create_engine(database_url)

    def execute(*statements: str) -> None:
        with engine.begin() as connection:
            in_scope(connection, office.id)
            for statement in statements:
                assert connection.execute(text(statement), {"office": office.id}).rowcount > 0
        house.see()

    yield execute
    engine.dispose()


def in_scope(connection: Connection, office_id: int) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(
            text("select set_config('app.offices', :office, true)"), {"office": str(office_id)}
        )


def damage(office: Office) -> list[tuple[int, str]]:
    return [(found.seq, str(found.sentence)) for found in ledger.verify(office.id)]


def test_an_untouched_chain_is_whole(office: Office, house: House) -> None:
    assert damage(office) == []
    assert damage(house.head) == []


ALTERED = "it was altered"
BEGINS_OTHERWISE = "the chain does not begin with the opening of the office"
HERE = "office_id = :office and seq"


CHANGES = (
    "details = '{\"n\": 7}'",
    "actor = 'somebody else'",
    "actor_id = null, at = '2020-01-01 00:00:00'",
    "kind = 'step'",
    "action = 'note 9'",
    "clause = 'QI/03 3.1.7'",
    "to_state = 'solved'",
    "version = 'hotline 9'",
)


def test_every_altered_row_shows_whatever_was_altered(office: Office, behind_its_back: Any) -> None:
    rows = range(2, 2 + len(CHANGES))
    behind_its_back(
        *(
            f"update core_ledger set {change} where {HERE} = {seq}"
            for change, seq in zip(CHANGES, rows, strict=True)
        )
    )
    assert damage(office) == [(seq, ALTERED) for seq in rows]


def test_an_altered_row_shows_even_with_a_hash_that_fits_it(
    office: Office, behind_its_back: Any, ledger_of: Any
) -> None:
    row = ledger_of(office)[5]
    db.session.expunge(row)
    row.actor = "somebody else"
    forged = row.digest()
    behind_its_back(f"update core_ledger set actor = 'somebody else', hash = '{forged}' where {HERE} = 6")
    assert damage(office) == [(7, "it does not follow the row before it")]


def test_a_row_removed_from_the_middle_shows(office: Office, behind_its_back: Any) -> None:
    behind_its_back(f"delete from core_ledger where {HERE} in (5, 6)")
    assert damage(office) == [(5, "rows 5 to 6 are missing")]


def test_rows_cut_off_at_the_end_show(office: Office, behind_its_back: Any) -> None:
    behind_its_back(f"delete from core_ledger where {HERE} > 8")
    assert damage(office) == [(10, "the chain was cut after row 8")]


def test_a_chain_that_was_removed_as_a_whole_shows(office: Office, behind_its_back: Any) -> None:
    behind_its_back("delete from core_ledger where office_id = :office")
    assert damage(office) == [(10, "the chain was cut after row 0")]


def test_a_row_removed_and_the_rest_renumbered_shows(office: Office, behind_its_back: Any) -> None:
    behind_its_back(
        f"delete from core_ledger where {HERE} = 5",
        f"update core_ledger set seq = seq - 100 where {HERE} > 5",
        f"update core_ledger set seq = seq + 99 where {HERE} < 0",
    )
    found = damage(office)
    assert (5, "it does not follow the row before it") in found
    assert [seq for seq, said in found if said == ALTERED] == [5, 6, 7, 8, 9]
    assert found[-1] == (10, "the chain was cut after row 9")


def test_two_rows_that_changed_places_show(office: Office, behind_its_back: Any) -> None:
    behind_its_back(
        f"update core_ledger set seq = 100 where {HERE} = 6",
        f"update core_ledger set seq = 6 where {HERE} = 7",
        f"update core_ledger set seq = 7 where {HERE} = 100",
    )
    assert [seq for seq, said in damage(office) if said == ALTERED] == [6, 7]


def test_an_altered_head_shows(office: Office, behind_its_back: Any, ledger_of: Any) -> None:
    hashes = [row.hash for row in ledger_of(office)]
    for count, last in ((8, hashes[9]), (11, hashes[9]), (10, hashes[8]), (8, hashes[7])):
        forged = f"count = {count}, hash = '{last}'"
        behind_its_back(f"update core_ledger_head set {forged} where office_id = :office")
        assert len(damage(office)) == 1, forged
    behind_its_back(f"update core_ledger_head set count = 10, hash = '{hashes[9]}' where office_id = :office")
    assert damage(office) == []


def test_a_head_that_is_gone_shows(office: Office, behind_its_back: Any) -> None:
    behind_its_back("delete from core_ledger_head where office_id = :office")
    assert damage(office) == [(10, "the head of the chain is missing")]


def test_a_chain_that_was_removed_with_its_head_shows(
    house: House, office: Office, behind_its_back: Any
) -> None:
    behind_its_back(
        "delete from core_ledger where office_id = :office",
        "delete from core_ledger_head where office_id = :office",
    )
    assert damage(office) == [(0, "the head of the chain is missing")]
    with writing():
        ledger.append(office.id, kind="note", action="as if nothing were", actor="tests")
    assert damage(office) == [(1, BEGINS_OTHERWISE)]


def test_a_chain_that_was_removed_and_its_head_set_back_shows(office: Office, behind_its_back: Any) -> None:
    behind_its_back(
        "delete from core_ledger where office_id = :office",
        f"update core_ledger_head set count = 0, hash = '{ledger.GENESIS}' where office_id = :office",
    )
    assert damage(office) == [(0, BEGINS_OTHERWISE)]


def test_one_row_that_is_gone_is_named_alone(office: Office, behind_its_back: Any) -> None:
    behind_its_back(f"delete from core_ledger where {HERE} = 6")
    assert damage(office) == [(6, "row 6 is missing")]


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("spoilt", ["details = 'no json'", "at = 'yesterday'", "at = 5", "seq = 'six'"])
def test_a_row_that_cannot_be_read_any_more_is_named_and_the_rest_is_looked_at(
    office: Office, behind_its_back: Any, spoilt: str
) -> None:
    behind_its_back(
        f"update core_ledger set actor = 'somebody else' where {HERE} = 9",
        f"update core_ledger set {spoilt} where {HERE} = 6",
    )
    gone = spoilt.startswith("seq")
    assert damage(office) == [(6, "row 6 is missing" if gone else ALTERED), (9, ALTERED)]


@pytest.mark.only_on("postgresql")
def test_a_moment_beyond_all_calendars_is_named_and_the_rest_is_looked_at(
    office: Office, behind_its_back: Any
) -> None:
    behind_its_back(f"update core_ledger set at = 'infinity' where {HERE} = 6")
    assert damage(office) == [(6, ALTERED)]


def test_each_office_has_a_chain_of_its_own(house: House, office: Office, behind_its_back: Any) -> None:
    neighbour = house.office("BJ", "hotline")
    with writing():
        ledger.append(neighbour.id, kind="note", action="note", actor="tests")
    behind_its_back(f"update core_ledger set actor = 'somebody else' where {HERE} = 3")
    assert damage(office) == [(3, ALTERED)]
    assert damage(neighbour) == []


def test_what_one_may_not_see_one_cannot_call_whole(house: House, office: Office) -> None:
    see_offices(frozenset({house.head.id}))
    with pytest.raises(ForeignOffice):
        damage(office)
    with pytest.raises(ForeignOffice), writing():
        ledger.append(office.id, kind="note", action="note", actor="tests")


def test_rows_appended_while_it_is_verified_are_no_damage(
    office: Office, database_url: str, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.app import create_app

    app = create_app({"SQLALCHEMY_DATABASE_URI": database_url, "SECRET_KEY": "x"}, house.plugins)
    office_id, read_head = office.id, ledger._head

    def head_and_then_somebody_writes(of: int) -> tuple[int, str]:
        monkeypatch.setattr(ledger, "_head", read_head)
        head = read_head(of)
        with app.app_context(), writing(frozenset({office_id})):
            ledger.append(office_id, kind="note", action="meanwhile", actor="tests")
        return head

    monkeypatch.setattr(ledger, "_head", head_and_then_somebody_writes)
    assert damage(office) == []
    house.see()
    assert damage(office) == []
    with app.app_context():
        db.engine.dispose()


@pytest.mark.clause("QP/2-04 5.3")
def test_a_row_binds_the_decisions_that_it_rests_on(
    house: House, walk: Any, ledger_of: Any, install: Any, make_plugin: Any
) -> None:
    from core.i18n import _l
    from core.verdicts import Verdict

    def hotline_entitlement(customer: Any) -> Verdict:
        return Verdict(value=Entitlement.CARD, reason=_l("Everybody has a card here."), clause="X/1 1")

    install(make_plugin("kind", requires=("hotline", "billing"), hotline_entitlement=hotline_entitlement))
    office = house.office("SH", "hotline", "fieldservice", "billing", "kind")
    request = walk(office).case_in("fieldservice.request", "registered")
    row = next(row for row in ledger_of(office) if row.action == "register")
    entitlement, admission = row.details["decisions"]
    assert (entitlement["decision"], entitlement["value"]) == ("hotline_entitlement", "card")
    assert (entitlement["plugin"], entitlement["version"], entitlement["clause"]) == ("kind", "1.0", "X/1 1")
    assert entitlement["inputs"]["customer"] == request.customer_id
    assert [(one["plugin"], one["value"]) for one in entitlement["overridden"]] == [
        ("billing", "free_year"),
        ("hotline", "unchecked"),
    ]
    assert (admission["plugin"], admission["value"], admission["clause"]) == (
        "fieldservice",
        "registered",
        "",
    )
    assert admission["house_rule"]["msgid"].startswith("Without billing")
    assert admission["inputs"] == {"customer": request.customer_id, "entitlement": "card"}


def test_a_refused_row_names_the_rules_that_refused(house: House, walk: Any, ledger_of: Any) -> None:
    from core import gate
    from core.errors import Refused
    from core.roles import ARCHIVIST

    office = house.office("SH", "hotline", "fieldservice", "shanghai")
    call = walk(office).case_in("hotline.call", "open")
    with pytest.raises(Refused):
        gate.perform("hotline.call", call.number, "park", house.hire(office, ARCHIVIST), office=office)
    details = ledger_of(office)[-1].details
    assert (details["why"], details["clauses"]) == ("role", ["QI/03 3.2.5"])
    assert details["plugins"] == ["fieldservice", "hotline", "shanghai"]


def test_the_first_rows_of_a_chain_may_come_at_once(app: Flask, house: House) -> None:
    with writing():
        fresh = Office(code="NB", name_zh="宁波办事处", parent_id=house.head.id)
        db.session.add(fresh)
    house.see()
    assert damage(fresh) == [(0, "the head of the chain is missing")]
    office_id, at_once = fresh.id, threading.Barrier(4)

    def append() -> None:
        with app.app_context(), writing(frozenset({office_id})):
            at_once.wait() if db.engine.dialect.name == "postgresql" else None
            ledger.append(office_id, kind="note", action="first", actor="tests")

    threads = [threading.Thread(target=append) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    house.see()
    assert db.session.query(ledger.LedgerRow).filter_by(office_id=office_id).count() == 4
    assert damage(fresh) == [(1, BEGINS_OTHERWISE)]
