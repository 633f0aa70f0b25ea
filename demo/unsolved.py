"""What is not solved at the first go: conferences, data taken along, a problem before head office (QI/05)."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from core import gate
from core.db import db
from core.rules import rules_of
from core.talk import files
from core.talk.topics import topic_of
from demo.signature import signed
from plugins.fieldservice.conference.models import Conference
from plugins.fieldservice.custody.models import Custody
from plugins.fieldservice.escalation.models import Escalation
from plugins.fieldservice.models import ServiceRequest

if TYPE_CHECKING:
    from core.people import Actor
    from demo.desk import Desk
    from demo.diary import Story
    from demo.week import OfficeWeek

CONFERENCE, CUSTODY, ESCALATION = (f"fieldservice.{one}" for one in ("conference", "custody", "escalation"))
KEPT: dict[str, Any] = {CONFERENCE: Conference, CUSTODY: Custody, ESCALATION: Escalation}
DATA = {
    "kind": "data",
    "media": "U 盘 1 个，备份光盘 1 张",
    "account_sets": "001, 003",
    "modules": "总账、应收管理",
    "platform": "Windows Server 2012，局域网三台客户端",
    "database": "MS SQL 2008 R2",
    "packaging": "防静电袋，封口已签名",
    "description": "003 账套重建索引后余额仍对不上，只在十月的两张转账凭证上出现，本机无法重现",
}
DONGLE = {
    "kind": "dongle",
    "media": "并口加密狗 1 个",
    "description": "换了两台机器都检测不到，带回公司检测；客户先用临时授权",
}
TRIED = "两次会诊：重建索引、替换凭证表均无效；在公司用客户账套可以重现"


class Unsolved:
    """The stories of one office about what somebody had to think twice of."""

    def __init__(self, office: OfficeWeek) -> None:
        self.office, self.desk, self.week = office, office.desk, office.week

    def stories(self) -> list[Story]:
        """Return a problem before head office, and one of each kind that is still the office's own."""
        visit = self.office.visit
        return [
            visit(1, "13:20", "sign", result="unsolved", goes_on=self._before_head_office),
            visit(3, "09:50", "sign", result="unsolved", goes_on=self._puzzling),
            visit(3, "10:40", "turn_in", result="partly", goes_on=self._remedied),
            visit(3, "13:10", "standardise", result="partly", goes_on=self._conferring),
        ]

    def _before_head_office(self, number: str, day: int) -> Story:
        """Data come to the office, two conferences are in vain, head office wants to know more (QI/05 3.3-3.7)."""
        yield from self._taken_along(number, day + 1, DATA)
        yield self.week.at(day + 2, "08:50")
        self._hand_over(number, self.desk.duty, "保险柜 2 号格")
        for later in (2, 3):
            yield self.week.at(day + later, "10:20")
            self.desk.request(number, "confer", self.desk.duty)
            self.desk.confer(number, "索引、凭证表都查过，余额差额仍在")
        yield self.week.at(day + 3, "15:30")
        told = {"recipient": "总部技术支持部 值班台", "way": "email", "tried": TRIED}
        what = "十月两张转账凭证使 003 账套余额对不上，凭证本身借贷平衡"
        self.desk.request(
            number, "escalate", self.desk.duty, **told, symptom=what, data_version="8.13，账套 003"
        )
        self._document(ESCALATION, number, self.desk.duty)
        yield self.week.at(day + 4, "11:00")
        asked = "这两张凭证是手工录入还是从应收系统传来的？请把传递日志一并发来"
        take(self.desk, ESCALATION, number, "ask_back", self.desk.head_office, said=asked)
        yield self.week.at(day + 4, "15:10")
        told_now = "总部已收到数据，正在查两张凭证的来源，有结果马上告知"
        take(self.desk, ESCALATION, number, "tell", self.desk.engineer, said=told_now)

    def _taken_along(self, number: str, day: int, what: dict[str, str]) -> Story:
        yield self.week.at(day, "16:30")
        contact = db.session.scalars(select(ServiceRequest.signed_by).filter_by(number=number)).one()
        agreed = {"undertaking": True, "provided_by": contact, "signature": signed(contact)}
        self.desk.request(number, "take_along", self.desk.engineer, **what, **agreed)
        self.desk.request(number, "turn_in", self.desk.engineer, travel_cost="12")

    def _hand_over(self, number: str, whom: Actor, place: str) -> None:
        """Hand over what was brought, with the document that describes the problem (QI/05 3.3)."""
        self._document(CUSTODY, number, self.desk.engineer)
        take(
            self.desk, CUSTODY, number, "offer", self.desk.engineer, offered_to_id=whom.person_id, place=place
        )
        take(self.desk, CUSTODY, number, "accept", whom)

    def _document(self, about: str, number: str, giver: Actor) -> None:
        """Attach the problem document to what is kept about a request."""
        sent = files.Sent("问题说明.txt", io.BytesIO(DATA["description"].encode()))
        topic = topic_of(rules_of(self.desk.office), about, find(about, number).id)
        files.attach(topic, [sent], giver)

    def _puzzling(self, number: str, day: int) -> Story:
        """A dongle is brought to be tested, whoever tests it has not said yet that he has it, and nobody knows more."""
        yield from self._taken_along(number, day + 1, DONGLE)
        yield self.week.at(day + 2, "09:05")
        whom = {"offered_to_id": self.desk.supervisor.person_id, "place": "测试机房"}
        take(self.desk, CUSTODY, number, "offer", self.desk.engineer, **whom)
        yield self.week.at(day + 2, "09:40")
        self.desk.request(number, "confer", self.desk.duty)
        yield self.week.at(day + 2, "11:10")
        self.desk.confer(number, "怀疑杀毒软件隔离了组件，等加密盒的检测结果再定")

    def _remedied(self, number: str, day: int) -> Story:
        yield self.week.at(day + 2, "15:20")
        self.desk.request(number, "confer", self.desk.duty)
        yield self.week.at(day + 2, "16:05")
        remedy = "先卸载旧补丁，装 8.13 合集，再用修复工具重算十月的余额"
        self.desk.confer(number, "支持数据库里有同样的现象，补丁顺序装反了", remedy)

    def _conferring(self, number: str, day: int) -> Story:
        yield self.week.at(day + 3, "08:45")
        self.desk.request(number, "confer", self.desk.duty)


def find(procedure: str, request: str) -> Any:
    """Return what a procedure keeps about a request."""
    model = KEPT[procedure]
    about = select(ServiceRequest.id).where(ServiceRequest.number == request).scalar_subquery()
    return db.session.scalars(
        select(model).where(model.request_id == about).order_by(model.id.desc())
    ).first()


def take(desk: Desk, procedure: str, request: str, step: str, actor: Actor, **values: Any) -> None:
    """Take a step of what a procedure keeps about a request."""
    number = str(find(procedure, request).number)
    gate.perform(procedure, number, step, actor, values, office=desk.office)
