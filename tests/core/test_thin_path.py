"""One call travels to a dispatched request, in two offices that disagree."""

from typing import Any

import pytest

from core import gate, ledger
from core.db import db
from core.errors import RefusalKind, Refused
from core.roles import FIELD_ENGINEER, HOTLINE_ENGINEER, REGIONAL_MANAGER
from core.testing import NATIONAL, House
from plugins.fieldservice.models import ServiceRequest

SYMPTOM = {
    "channel": "phone",
    "contact": "高敏",
    "phone": "021-61541030",
    "module": "总账",
    "operation": "反结账",
    "happens": "点反结账后报错退出，账套仍是已结账状态",
}


def registered(house: House, office: Any) -> ServiceRequest:
    engineer = house.hire(office, HOTLINE_ENGINEER)
    customer = house.customer(office)
    values = SYMPTOM | {"customer_id": str(customer.id)}
    call = gate.perform("hotline.call", None, "log", engineer, values, office=office)
    visit = {"contact": "高敏", "phone": "021-61541030", "address": "闵行区 1 号", "verified": True}
    gate.perform("hotline.call", call.number, "request_visit", engineer, visit, office=office)
    return db.session.query(ServiceRequest).filter_by(call_id=call.id).one()


@pytest.mark.clause("QP/2-04 5.4")
@pytest.mark.clause("SHYY/QI/03 3.2")
def test_the_regional_manager_dispatches_in_shanghai_and_is_refused_in_beijing(house: House) -> None:
    beijing, shanghai = house.office("BJ"), house.office("SH", *NATIONAL, "shanghai")
    for office in (beijing, shanghai):
        request = registered(house, office)
        manager = house.hire(office, REGIONAL_MANAGER)
        engineer = house.person(office, FIELD_ENGINEER)
        values = {"engineer_id": engineer.id}
        if office is shanghai:
            done = gate.perform(
                "fieldservice.request", request.number, "dispatch", manager, values, office=office
            )
            assert done.state == "dispatched"
        else:
            with pytest.raises(Refused) as refused:
                gate.perform(
                    "fieldservice.request", request.number, "dispatch", manager, values, office=office
                )
            assert refused.value.kind is RefusalKind.ROLE
            assert refused.value.objections[0].clause == "QP/2-04 5.4"
        assert list(ledger.verify(office.id)) == []
