"""Other departments' paid work: the duty manager passes it on and phones the result (QI/03 3.3.3)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.deadlines import as_promised, working_days
from core.forms import (
    ChoiceField,
    LongTextField,
    MomentField,
    PhoneField,
    ReasonForm,
    SeenTogether,
    StepForm,
    TextField,
    Wrong,
)
from core.i18n import Sentence, _l, bilingual
from core.procedure import Procedure
from core.roles import DUTY_MANAGER
from plugins.hotline.calls.who import NOT_FORGOTTEN, PROMISE, THE_OWNER
from plugins.hotline.forms import telling
from plugins.hotline.services import keep_promise

if TYPE_CHECKING:
    from core.gate import Act
    from core.rules import Rules
    from plugins.hotline.models import Call

PASS_ON, RESULT = "hotline.pass_on", "hotline.transfer_result"
OTHERS_WORK = "QI/03 3.3.3"
NUMBER = re.compile(r"\s+(\+?[\d-]{3,}(?:\s*[x转#]\s*\d+)?)$")
LEAVES = {
    "contact": _l("leaves a contact"),
    "number": _l("was given the department's number"),
}


@dataclass(frozen=True)
class Department:
    """Another department, with the number that customers are given, if it has one."""

    zh: str
    en: str = ""
    number: str = ""

    @property
    def title(self) -> str:
        """What it is called in the reader's language, with its number."""
        return f"{bilingual(self.zh, self.en)} {self.number}".strip()


def departments(rules: Rules) -> dict[str, str]:
    """Return the departments of an office for a choice: what is kept is the Chinese name."""
    return {one.zh: one.title for one in read(str(rules.parameter("hotline.departments")))}


def read(text: str) -> list[Department]:
    """Read the parameter: departments parted by semicolons, each Chinese / English, then perhaps a number."""
    parts = (part.strip() for part in re.split("[;；]", text))
    return [_department(part) for part in parts if part]


def _department(part: str) -> Department:
    found = NUMBER.search(part)
    zh, _slash, en = part[: found.start() if found else None].partition("/")
    return Department(zh.strip()[:60], en.strip(), found.group(1) if found else "")


class DepartmentForm(StepForm):
    """A form that asks for one of the office's departments."""

    department = ChoiceField(_l("Department"))

    def process(self, *args: Any, **kwargs: Any) -> None:
        """Offer the departments of the office, and the one that a call names already."""
        known, chosen = departments(self.act.rules), getattr(self.act.case, "department", "")
        self.department.offer(({chosen: chosen} if chosen else {}) | known)
        super().process(*args, **kwargs)


class TransferForm(SeenTogether, DepartmentForm):
    """What another department shall do, and how the customer hears of it."""

    reached_by = ChoiceField(_l("The customer"), choices=LEAVES)
    matter = LongTextField(
        _l("What the customer wants"),
        limit=1000,
        checks=(telling,),
        hint=_l("Say: “Our colleagues do that; they will tell you the terms.” Never “no” or “we can't”."),
    )
    contact = TextField(_l("Contact"), limit=40)
    phone = PhoneField(_l("Phone"), limit=40)
    result_by = MomentField(
        _l("Result is phoned by"),
        required=False,
        fresh=True,
        description=_l("Left empty: as the office's rule says."),
    )

    def process(self, *args: Any, **kwargs: Any) -> None:
        """Most customers leave their contact."""
        super().process(*args, **kwargs)
        self.reached_by.data = self.reached_by.data or next(iter(LEAVES))

    def seen_together(self) -> list[Wrong | None]:
        told = self.result_by.data
        passed = told is not None and told <= self.act.now
        text = _l("This time has passed. Promise one that lies ahead.")
        return [("result_by", text) if passed else None]


class PassOnForm(DepartmentForm):
    """To whom the duty manager passed the matter."""

    passed_to = TextField(_l("Passed on to (person)"), limit=60, fresh=True)
    remark = LongTextField(_l("What was agreed with the department"), limit=1000, required=False, fresh=True)


class ResultForm(StepForm):
    """What the department did, as the customer was told on the phone."""

    answer = LongTextField(_l("Result, as phoned to the customer"), checks=(telling,), fresh=True)


def with_whom(call: Call) -> list[Sentence | str]:
    """Say which department has it, how the customer is reached, and who there was told."""
    if not call.department:
        return []
    told = _l("passed on to %(name)s", name=call.passed_to) if call.passed_to else ""
    reached = _l("the customer %(how)s", how=LEAVES[call.reached_by]) if call.reached_by else ""
    return [one for one in (call.department, reached, told, call.remark) if one]


def transfer(act: Act) -> None:
    """Without a promised time the office's own counts: by closing time of that working day."""
    days = act.rules.parameter("hotline.transfer_working_days")
    act.case.result_by = act.values["result_by"] or act.rules.calendar.working_days(act.now, days).at


def knows_departments(act: Act) -> Sentence | None:
    """A department is chosen from the office's list: there must be one."""
    if departments(act.rules):
        return None
    return _l("The office has no other departments: enter them in its parameters.")


def add_to(call: Procedure) -> None:
    """Let what is another department's go there, and its result come back to the customer."""
    _promises(call)
    call.step(
        "transfer",
        "open -> to_pass_on",
        title=_l("To another department"),
        by=THE_OWNER,
        clause=OTHERS_WORK,
        form=TransferForm,
        does=transfer,
        requires=(knows_departments,),
        starts=(PASS_ON, RESULT),
    )
    _ends(call)
    call.step(
        "pass_on",
        "to_pass_on | passed_on -> passed_on",
        title=_l("Passed on to the department"),
        by=DUTY_MANAGER,
        clause=OTHERS_WORK,
        form=PassOnForm,
        meets=(PASS_ON,),
        tone="primary",
    )


def _promises(call: Procedure) -> None:
    call.deadline(
        PASS_ON,
        title=_l("Pass the matter on to the department"),
        within=working_days("hotline.pass_on_working_days"),
        owner=DUTY_MANAGER,
        clause=NOT_FORGOTTEN,
    )
    call.deadline(
        RESULT,
        title=_l("Phone the customer with the department's result"),
        within=as_promised(),
        owner=DUTY_MANAGER,
        since="result_by",
        clause=OTHERS_WORK,
    )


def _ends(call: Procedure) -> None:
    call.step(
        "tell_result",
        "passed_on -> transferred",
        title=_l("Result phoned to the customer"),
        by=DUTY_MANAGER,
        clause=OTHERS_WORK,
        form=ResultForm,
        does=keep_promise,
        meets=(PASS_ON, RESULT, PROMISE),
        tone="primary",
    )
    call.step(
        "take_back",
        "to_pass_on | passed_on -> open",
        title=_l("Back to the hotline"),
        by=DUTY_MANAGER,
        clause=OTHERS_WORK,
        form=ReasonForm,
        drops=(PASS_ON, RESULT),
    )
