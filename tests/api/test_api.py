"""The API: the same gate as the screens, with the same refusals, as JSON."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from core import clock, prints
from core.api.tokens import READ
from core.db import writing
from core.gate import open_case
from core.offices import Office
from core.people import Person
from core.roles import DUTY_MANAGER, FIELD_ENGINEER, HOTLINE_ENGINEER, REGIONAL_MANAGER, Role
from core.testing import House
from tests.api.conftest import signed_up

CALL = {
    "channel": "phone",
    "contact": "高敏",
    "phone": "021-61541030",
    "module": "总账",
    "operation": "反结账",
    "happens": "点反结账后报错退出，账套仍是已结账状态",
}
VISIT = {"contact": "高敏", "phone": "021-61541030", "address": "闵行区 1 号", "verified": True}


def call_about(house: House, office: Office) -> dict[str, Any]:
    customer = house.customer(office)
    return CALL | {"customer_id": str(customer.id), "installation_id": customer.installations[0].id}


@pytest.fixture
def logged(api: Any, house: House, shanghai: Office) -> dict[str, Any]:
    answer = api.post("/calls", call_about(house, shanghai))
    assert answer.status_code == 201, answer.text
    return answer.json


def test_a_call_is_logged_and_becomes_a_request(api: Any, logged: dict[str, Any]) -> None:
    assert (logged["state"], logged["customer"]["name"]) == ("open", "上海恒远服装有限责任公司")
    assert logged["fields"]["module"] == "总账"
    taken = api.post(f"/calls/{logged['number']}/steps/request_visit", VISIT)
    assert (taken.status_code, taken.json["state"]) == (200, "requested")
    request = api.get("/requests").json["items"][0]
    whole = api.get(f"/requests/{request['number']}").json
    assert whole["fields"]["call"] == logged["number"]
    assert [one["key"] for one in whole["deadlines"]] == ["fieldservice.dispatch"]
    assert whole["ledger"][0]["decisions"][0]["plugin"] == "billing"
    steps = {one["name"]: one for one in whole["steps"]}
    assert steps["dispatch"]["open"]
    assert "register" not in steps


def test_what_was_printed_of_a_case_stands_in_its_ledger(
    api: Any, house: House, shanghai: Office, work: Any
) -> None:
    work.requested(shanghai)
    duty = house.hire(shanghai, DUTY_MANAGER)
    act = open_case("fieldservice.request", "SH-R-2026-00001", duty, shanghai)
    prints.print_original(act, act.rules.plugins.forms["QR/03"])
    row = api.get("/requests/SH-R-2026-00001").json["ledger"][0]
    assert (row["step"], row["title"], row["values"]["edition"]) == ("QR/03", "Printed: QR/03", "4")
    assert len(row["values"]["sha256"]) == 64


def test_where_a_new_case_is_stands_beside_it(api: Any, house: House, shanghai: Office) -> None:
    made = api.post("/calls", call_about(house, shanghai))
    assert made.headers["Location"] == f"/api/v1/SH/calls/{made.json['number']}"
    assert made.headers["ETag"] == f'"{made.json["version"]}"'


@pytest.mark.parametrize(
    ("wrong", "field", "said"),
    [
        ({"module": 7}, "module", "Give a text."),
        ({"nonsense": "x"}, "nonsense", "There is no such field."),
        ({"module": None}, "module", "This field is needed."),
        ({"new_all_the_same": "yes"}, "new_all_the_same", "Give true or false."),
        ({"installation_id": True}, "installation_id", "Give a whole number."),
        ({"new_contract_date": "23.11.2026"}, "new_contract_date", "Give a day like 2026-11-23."),
        ({"happens": "软件有问题"}, "happens", "Too vague"),
        ({"channel": "telepathy"}, "channel", "Choose from the list"),
    ],
)
def test_what_is_not_in_order_is_said_by_field(
    api: Any, house: House, shanghai: Office, wrong: dict[str, Any], field: str, said: str
) -> None:
    refused = api.post("/calls", call_about(house, shanghai) | wrong)
    assert refused.status_code == 422
    assert said in " ".join(refused.json["errors"][field])
    assert api.get("/calls").json["items"] == []


@pytest.mark.clause("QP/2-04 5.4")
def test_whose_role_does_not_allow_it_hears_the_clause(
    api: Any, logged: dict[str, Any], house: House, shanghai: Office, client_of: Any
) -> None:
    api.post(f"/calls/{logged['number']}/steps/request_visit", VISIT)
    number = api.get("/requests").json["items"][0]["number"]
    manager = client_of(signed_up(house.person(shanghai, REGIONAL_MANAGER)), shanghai)
    engineer = house.person(shanghai, FIELD_ENGINEER)
    refused = manager.post(f"/requests/{number}/steps/dispatch", {"engineer_id": engineer.id})
    assert refused.status_code == 403
    assert refused.json["objections"][0]["clause"] == "QP/2-04 5.4"
    step = manager.get("/openapi.json").json["paths"]["/requests/{number}/steps/dispatch"]["post"]
    asked = step["requestBody"]["content"]["application/json"]["schema"]["properties"]["engineer_id"]
    assert {"const": engineer.id, "title": engineer.name} in asked["oneOf"], (
        "whoever asks learns whom he may name"
    )


def test_a_step_from_the_wrong_state_and_one_that_was_overtaken_hear_why(
    api: Any, logged: dict[str, Any]
) -> None:
    path = f"/calls/{logged['number']}/steps"
    seen = {"If-Match": f'"{logged["version"]}"'}
    assert api.post(f"{path}/park", {}, headers=seen).status_code == 200
    late = api.post(f"{path}/park", {}, headers=seen)
    assert (late.status_code, late.json["kind"]) == (409, "stale")
    assert "Meanwhile 周艳 did “Park for a long test” on it." in late.json["objections"][0]["text"]
    wrong = api.post(f"{path}/park", {})
    assert (wrong.status_code, wrong.json["kind"]) == (409, "state")


def test_the_same_key_twice_is_one_call(api: Any, house: House, shanghai: Office) -> None:
    body, key = call_about(house, shanghai), {"Idempotency-Key": "pbx-4711"}
    first, again = (api.post("/calls", body, headers=key) for _twice in range(2))
    assert first.json["number"] == again.json["number"]
    assert again.headers["Idempotent-Replayed"] == "true"
    assert len(api.get("/calls").json["items"]) == 1
    other = api.post("/calls", body | {"module": "报表"}, headers=key)
    assert other.status_code == 409


def test_another_offices_record_is_like_none(
    api: Any, logged: dict[str, Any], house: House, client_of: Any
) -> None:
    beijing = house.office("BJ")
    stranger = client_of(signed_up(house.person(beijing, HOTLINE_ENGINEER)), beijing)
    there, nowhere = (stranger.get(f"/calls/{number}") for number in (logged["number"], "SH-H-2026-99999"))
    assert there.status_code == nowhere.status_code == 404
    assert there.json == nowhere.json
    stranger.office = "SH"
    assert stranger.get("/calls").status_code == 404


@pytest.mark.parametrize(
    "path", ["/nothing", "/calls/SH-H-2026-99999", "/customers/none", "/calls/x/steps/y"]
)
def test_what_is_not_there_is_not_found_as_json(api: Any, path: str) -> None:
    answer = api.get(path)
    assert answer.status_code in (404, 405)
    assert answer.json["message"]


def test_a_plugins_collection_goes_with_the_plugin(api: Any, house: House, shanghai: Office) -> None:
    from core import switches
    from core.db import db
    from core.testing import SETTER_UP

    assert api.get("/complaints").status_code == 200
    switches.switch(house.plugins, db.session.merge(shanghai), "quality", False, SETTER_UP)
    assert api.get("/complaints").status_code == 404
    assert "/complaints" not in api.get("/openapi.json").json["paths"]


def test_without_a_good_token_nobody_comes_in(api: Any, sign_in: Any, boss: Person) -> None:
    for token in ("", "koudai_guessed"):
        api.token = token
        answer = api.get("/calls")
        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert sign_in(boss).get("/api/v1/SH/calls").status_code == 401, "a cookie opens nothing here"


def test_a_token_reaches_no_farther_than_it_says(client_of: Any, boss: Person, shanghai: Office) -> None:
    reader = client_of(boss, shanghai, {"calls": READ})
    assert reader.get("/calls").status_code == 200
    assert reader.post("/calls", CALL).status_code == 403
    assert reader.get("/requests").status_code == 403


def test_lists_are_paged_sorted_and_filtered(api: Any, house: House, shanghai: Office) -> None:
    numbers = [api.post("/calls", call_about(house, shanghai)).json["number"] for _call in range(3)]
    page = api.get("/calls?size=2").json
    assert ([one["number"] for one in page["items"]], page["more"]) == (numbers[:0:-1], True)
    assert [one["number"] for one in api.get("/calls?sort=oldest&size=1").json["items"]] == numbers[:1]
    assert api.get("/calls?state=solved").json["items"] == []
    faxed = api.post("/calls", call_about(house, shanghai) | {"channel": "fax"}).json["number"]
    assert [one["number"] for one in api.get("/calls?channel=fax").json["items"]] == [faxed]
    for wrong in ("state=odd", "page=0", "size=1000", "sort=up", "nonsense=1", "channel=drum"):
        assert api.get(f"/calls?{wrong}").status_code == 422, wrong


@pytest.mark.parametrize(
    "wrong", [{"module": None, "nonsense": 1}, {"module": None, "channel": 3, "happens": "软件有问题"}]
)
def test_all_that_is_wrong_is_said_at_once(
    api: Any, house: House, shanghai: Office, wrong: dict[str, Any]
) -> None:
    refused = api.post("/calls", call_about(house, shanghai) | wrong)
    assert set(refused.json["errors"]) == set(wrong)


@pytest.mark.parametrize(
    ("role", "said"), [(FIELD_ENGINEER, {"nonsense"}), (DUTY_MANAGER, {"nonsense", "engineer_id"})]
)
def test_whoever_may_not_take_a_step_is_not_told_what_its_form_would_find(
    client_of: Any, house: House, shanghai: Office, work: Any, role: Role, said: set[str]
) -> None:
    work.requested(shanghai)
    api = client_of(signed_up(house.person(shanghai, role)), shanghai)
    refused = api.post("/requests/SH-R-2026-00001/steps/dispatch", {"nonsense": 1, "engineer_id": 99_999})
    assert set(refused.json["errors"]) == said


def test_a_call_is_logged_about_a_customer_by_his_file_number(
    api: Any, house: House, shanghai: Office
) -> None:
    body = call_about(house, shanghai)
    known = house.customer(shanghai)
    made = api.post(
        "/calls", body | {"customer_id": known.file_number, "installation_id": known.installations[0].id}
    )
    assert (made.status_code, made.json["customer"]["file_number"]) == (201, known.file_number)
    strange = api.post("/calls", body | {"customer_id": "XX999999"})
    assert "customer_id" in strange.json["errors"]


def test_digits_alone_are_an_id_and_no_file_number(api: Any, house: House, shanghai: Office) -> None:
    body = call_about(house, shanghai)
    with writing():
        house.customer(shanghai).file_number = "987654"
    refused = api.post("/calls", body | {"customer_id": "987654"})
    assert "customer_id" in refused.json["errors"]


def test_a_deadline_and_a_step_say_their_house_rule_as_an_objection_does(
    api: Any, house: House, shanghai: Office
) -> None:
    soon = (clock.now() + dt.timedelta(hours=1)).isoformat()
    logged = api.post("/calls", call_about(house, shanghai) | {"promised_at": soon}).json
    (promise,) = (one for one in logged["deadlines"] if one["key"] == "hotline.promise")
    assert (promise["clause"], promise["house_rule"]) == ("", "A promise that nobody wrote down is not kept.")
    steps = [(bool(one["clause"]), bool(one["house_rule"])) for one in logged["steps"]]
    assert set(steps) == {(True, False), (False, True)}


def test_a_customer_is_found_with_what_a_step_needs(api: Any, house: House, shanghai: Office) -> None:
    known = house.customer(shanghai)
    (found,) = api.get(f"/customers?q={known.file_number}").json["items"]
    (product,) = found["installations"]
    assert product["id"] == known.installations[0].id
    asked = api.get("/openapi.json").json["paths"]["/customers"]["post"]["requestBody"]["content"]
    offered = asked["application/json"]["schema"]["properties"]["product_id"]["oneOf"]
    assert {"const": product["product_id"], "title": product["product"]} in offered
    assert api.get(f"/customers/{known.file_number}").json == found


def test_customers_who_fit_are_paged_as_all_are(api: Any, house: House, shanghai: Office) -> None:
    fitting = {house.customer(shanghai, name=f"上海长江第{one}轴承厂").file_number for one in range(5)}
    house.customer(shanghai, name="上海恒远服装有限责任公司")
    pages = [api.get(f"/customers?q=长江&size=2&page={page}").json for page in (1, 2, 3)]
    assert [one["more"] for one in pages] == [True, True, False]
    read = [one["file_number"] for page in pages for one in page["items"]]
    assert read == sorted(fitting)
    assert api.get("/customers?q=黄河").json["items"] == []


def test_json_that_is_nested_deeper_than_anybody_reads_is_not_understood(api: Any) -> None:
    for deep in ("[" * 200_000, '{"module": ' + "[" * 200_000):
        answer = api.ask("POST", "/calls", data=deep, content_type="application/json")
        assert answer.status_code == 400
        assert "cannot be understood" in answer.json["message"]


def test_it_speaks_the_clients_language(api: Any) -> None:
    assert "nothing here" in api.get("/calls/none").json["message"]
    chinese = api.get("/calls/none", headers={"Accept-Language": "zh-CN"}).json["message"]
    assert "nothing" not in chinese


NEWCOMER = {"name": "上海长江轴承厂", "contact": "李娜", "phone": "021-54541111"}


@pytest.mark.clause("QI/02 file.missing")
def test_a_customer_is_put_on_file_by_the_form_of_the_screen(api: Any) -> None:
    made = api.post("/customers", NEWCOMER | {"address": "华山路"})
    assert made.status_code == 201, made.text
    assert (made.json["name"], made.json["address"]) == ("上海长江轴承厂", "华山路")
    assert api.get(f"/customers/{made.json['file_number']}").json == made.json
    wrong = api.post("/customers", NEWCOMER | {"phone": "none", "strange": 1})
    assert set(wrong.json["errors"]) == {"strange", "phone"}
    assert set(api.post("/customers", NEWCOMER | {"phone": "none"}).json["errors"]) == {"phone"}


def test_a_twin_is_named_until_it_is_said_to_be_another(api: Any) -> None:
    first = api.post("/customers", NEWCOMER).json["file_number"]
    twin = api.post("/customers", NEWCOMER)
    assert twin.status_code == 422
    assert first in twin.json["errors"]["all_the_same"][0]
    assert api.post("/customers", NEWCOMER | {"all_the_same": True}).status_code == 201


def test_the_same_customer_twice_under_one_key_is_one(api: Any) -> None:
    key = {"Idempotency-Key": "crm-1"}
    first = api.post("/customers", NEWCOMER, headers=key)
    again = api.post("/customers", NEWCOMER, headers=key)
    assert (again.status_code, again.headers["Idempotent-Replayed"]) == (201, "true")
    assert again.json["id"] == first.json["id"]
    assert api.post("/customers", NEWCOMER | {"fax": "1"}, headers=key).status_code == 409


def test_an_engineer_puts_no_customer_on_file(client_of: Any, house: House, shanghai: Office) -> None:
    engineer = client_of(signed_up(house.person(shanghai, HOTLINE_ENGINEER)), shanghai)
    assert engineer.post("/customers", NEWCOMER).status_code == 403
