"""What else comes of a call in the week: a letter, another department, a lost password, a double, abuse."""

from __future__ import annotations

import datetime as dt
from email.message import EmailMessage

from core.rules import rules_of
from demo.desk import Desk
from demo.diary import Story, Week
from demo.problems import Problem
from plugins.hotline.mail import intake

EXPORT = Problem(
    product="财务通",
    module="销售管理",
    operation="单据导出",
    happens="导出的出库单缺少税务局要求的列，问能不能改格式",
)
LOST = Problem(
    product="财务通",
    module="系统管理",
    operation="登录",
    happens="原会计离职没有交接账套主管密码，现在谁也登录不了",
    message="密码错误，请重新输入",
)
QUARREL = Problem(
    product="财务通",
    module="总账",
    operation="记账",
    happens="记账时提示网络中断，要求马上赔偿误工损失",
    message="与服务器的连接已断开",
)
WANTED = {"matter": "希望把销售出库单导出成税务局要求的格式，想知道要多少费用", "reached_by": "contact"}
OFFER = "客户开发部报价 2,000 元，周三与客户面谈细节"


def further_stories(desk: Desk, week: Week, simple: Problem) -> list[Story]:
    """Return the stories of the seldom outcomes, ``simple`` being a problem that is solved by phone."""
    return [
        _letter(desk, week),
        _passed(desk, week, 3, "09:10", phoned=True),
        _passed(desk, week, 5, "11:20", phoned=False),
        _only_asked_for(desk, week),
        _lost_password(desk, week),
        _double(desk, week, simple),
        _abuse(desk, week),
    ]


def _letter(desk: Desk, week: Week) -> Story:
    """A message that nobody has taken yet (QP/2-04 5.2)."""
    yield week.at(5, "17:20")
    one = desk.covered("财务通")
    letter = EmailMessage()
    letter["From"], letter["Subject"] = "caiwu@example.com", "月末结账报错"
    letter["Message-ID"] = f"<{desk.office.code.lower()}-demo@example.com>"
    letter.set_content(
        f"您好，我们是{one.customer.name}（{one.customer.file_number}）。\n"
        "今天结账到第三步提示“对账不平”，凭证都已记账。请问怎么处理？\n附不了截图，明天上班后再联系。"
    )
    raw = letter.as_bytes()
    intake.take(rules_of(desk.office), intake.Sack(raw=raw, size=len(raw)))


def _transfer(desk: Desk) -> str:
    one = desk.covered("财务通")
    call = desk.log(EXPORT, one, one.customer)
    said = desk.reached(one.customer) | WANTED
    desk.call(call, "transfer", department=desk.department(), **said)
    return call


def _passed(desk: Desk, week: Week, day: int, time: str, *, phoned: bool) -> Story:
    """Another department's work: passed on, and its result phoned to the customer (QI/03 3.3.3)."""
    start = week.at(day, time)
    yield start
    call = _transfer(desk)
    yield start + dt.timedelta(minutes=25)
    desk.call(call, "pass_on", desk.duty, department=desk.department(), passed_to="赵工")
    if phoned:
        yield start + dt.timedelta(minutes=190)
        desk.call(call, "tell_result", desk.duty, answer=OFFER)


def _only_asked_for(desk: Desk, week: Week) -> Story:
    """The duty manager has not reached the department yet."""
    yield week.at(5, "16:50")
    _transfer(desk)


def _lost_password(desk: Desk, week: Week) -> Story:
    """No method is told on the phone, and nobody visits (QI/03 3.1.14)."""
    start, one = week.at(4, "10:45"), desk.covered("财务通")
    yield start
    call = desk.log(LOST, one, one.customer)
    yield start + dt.timedelta(minutes=4)
    said = desk.reached(one.customer)
    desk.call(call, "recover", password_of="账套主管，001 账套", told=True, **said)


def _double(desk: Desk, week: Week, problem: Problem) -> Story:
    """The customer phones twice about one problem."""
    start, one = week.at(4, "14:05"), desk.covered(problem.product)
    yield start
    first = desk.log(problem, one, one.customer)
    yield start + dt.timedelta(minutes=12)
    second = desk.log(problem, one, one.customer)
    desk.merge(second, first)
    yield start + dt.timedelta(minutes=30)
    desk.call(first, "solve", answer=problem.answer)


def _abuse(desk: Desk, week: Week) -> Story:
    """Who goes on after a warning is told good-bye (QI/02 attitude.abuse)."""
    start, one = week.at(2, "15:10"), desk.covered("财务通")
    yield start
    call = desk.log(QUARREL, one, one.customer)
    yield start + dt.timedelta(minutes=3)
    desk.call(call, "warn", warning="对方反复辱骂，已说明再骂将结束通话")
    yield start + dt.timedelta(minutes=5)
    desk.call(call, "end_abuse", abuse="提醒后继续辱骂，已礼貌结束通话")
