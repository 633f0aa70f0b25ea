"""The description of an office's API says all that a step may ask, and all that can be asked."""

from __future__ import annotations

import datetime as dt
import enum
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import JSON, Enum, LargeBinary, PickleType
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from core import gate, switches
from core.api import shapes
from core.api.schemas import nullable
from core.db import db
from core.form_traits import whole
from core.offices import Office
from core.people import Actor
from core.rules import rules_of
from core.testing import NATIONAL, SETTER_UP, House
from plugins.hotline.knowledge.models import KnowledgeEntry
from tests.api.test_api import call_about

KNOWN = {"problem": "打印凭证时边框缺一条线", "remedy": "在打印设置里把边距改为 5 毫米"}
STEPS = "/requests/{number}/steps"


@pytest.fixture
def asked(api: Any) -> Any:
    """The means to read what an address takes."""
    paths = api.get("/openapi.json").json["paths"]
    return lambda path: paths[path]["post"]["requestBody"]["content"]["application/json"]["schema"]


@pytest.mark.parametrize(
    ("step", "field", "kind"),
    [
        ("dispatch", "why_other", "string"),
        ("correct", "emergency", "string"),
        ("standardise", "entry_id", "integer"),
        ("arrive", "notices_kept", "boolean"),
    ],
)
def test_what_only_some_cases_ask_is_described_as_not_needed(
    asked: Any, step: str, field: str, kind: str
) -> None:
    schema = asked(f"{STEPS}/{step}")
    assert schema["properties"][field]["type"] == [kind, "null"]
    assert field not in schema.get("required", [])


def test_what_every_case_asks_is_needed(asked: Any) -> None:
    assert "engineer_id" in asked(f"{STEPS}/dispatch")["required"]


def test_what_a_form_does_not_ask_here_stands_where_its_class_declares_it(shanghai: Office) -> None:
    rules = rules_of(shanghai)
    procedure = rules.plugins.procedures["fieldservice.request"]
    blank = gate.blank(procedure, Actor("tests"), rules)
    form = gate.look_at(blank, procedure.steps["dispatch"]).form()
    assert "why_other" not in form
    names = [one.name for one in whole(form)]
    assert names.index("planned_minutes") + 1 == names.index("why_other") == names.index("companion_id") - 1
    assert [one for one in names if one != "why_other"] == [one.name for one in form]


def test_what_is_typed_decides_what_a_form_asks_as_on_the_screen(
    api: Any, house: House, shanghai: Office
) -> None:
    entry = api.post("/knowledge", KNOWN).json["number"]
    for step in ("hand_in", "publish"):
        assert api.post(f"/knowledge/{entry}/steps/{step}", {}).status_code == 200
    house.see()
    entry_id = db.session.query(KnowledgeEntry).filter_by(number=entry).one().id
    call = api.post("/calls", call_about(house, shanghai)).json["number"]
    solve, answer = f"/calls/{call}/steps/solve", {"answer": "把打印设置里的边距改为 5 毫米后正常"}
    strange = api.post(solve, answer | {"knowledge_id": 999}).json["errors"]
    assert strange == {"knowledge_id": ["This is not one of the choices. Choose from the list."]}
    assert api.post(solve, answer | {"knowledge_id": entry_id}).status_code == 200, "no symptom suggests it"


def test_what_a_case_does_not_ask_is_no_field_of_it(api: Any, work: Any, shanghai: Office) -> None:
    work.requested(shanghai)
    refused = api.post("/requests/SH-R-2026-00001/steps/dispatch", {"why_other": "他休假了"})
    assert refused.json["errors"]["why_other"] == ["There is no such field."]


class Own(DeclarativeBase):
    """Tables of no database."""


class Tone(enum.StrEnum):
    """A choice that is a text."""

    LOUD = "loud"


class Odd(Own):
    """A record with a column of every kind."""

    __tablename__ = "odd"

    count: Mapped[int] = mapped_column(primary_key=True)
    share: Mapped[float]
    paid: Mapped[Decimal]
    opens: Mapped[dt.time]
    tone: Mapped[Tone] = mapped_column(Enum(Tone))
    charges: Mapped[Any] = mapped_column(JSON, nullable=True)
    picture: Mapped[bytes] = mapped_column(LargeBinary)
    lasts: Mapped[dt.timedelta]
    whatever: Mapped[Any] = mapped_column(PickleType)


def test_a_column_of_any_type_is_described_or_left_out() -> None:
    procedure: Any = SimpleNamespace(model=Odd, pictures=frozenset())
    told = {one.key: shapes.schema_of(one) for one in shapes.own_columns(procedure)}
    assert {name: one.get("type") for name, one in told.items()} == {
        "count": "integer",
        "share": "number",
        "paid": "string",
        "opens": "string",
        "tone": "string",
        "charges": None,
    }
    assert nullable(told["share"]) == {"type": ["number", "null"]}
    assert nullable(told["charges"]) == {}, "JSON may be nothing by itself"


@pytest.mark.parametrize(
    ("value", "told"),
    [(dt.time(9, 30), "09:30:00"), (0.5, 0.5), ({"fee": 1}, {"fee": 1}), (Tone.LOUD, "loud"), (None, None)],
)
def test_a_value_is_told_as_its_schema_says(value: Any, told: Any) -> None:
    assert shapes.plain(value) == told


def test_a_plugins_own_address_is_described_while_the_office_uses_the_plugin(
    api: Any, asked: Any, house: House, shanghai: Office
) -> None:
    line = api.get("/openapi.json").json["paths"]["/hotline/line"]["post"]
    assert line["tags"] == ["Hotline"]
    assert line["description"].startswith(
        "QI/03 3.1.4 · for: Support manager, Duty manager, Hotline engineer"
    )
    assert asked("/hotline/line")["required"] == ["hotline_number", "event"]
    answer = api.post("/hotline/line", {"hotline_number": "07", "event": "ringing"})
    described = line["responses"]["200"]["content"]["application/json"]["schema"]
    assert set(answer.json) == set(described["required"])
    for plugin in reversed(NATIONAL):
        switches.switch(house.plugins, db.session.merge(shanghai), plugin, False, SETTER_UP)
    assert "/hotline/line" not in api.get("/openapi.json").json["paths"]
