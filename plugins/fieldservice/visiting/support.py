"""Stuck on site: the engineer excuses himself and has the duty manager's help at once (QI/04 3.1.6)."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Index, String, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from core.clauses import house_rule
from core.db import Model, OfficeRow, db
from core.deadlines import working_minutes
from core.forms import LongTextField, StepForm
from core.i18n import Sentence, _l
from core.parameters import Parameter
from core.roles import DUTY_MANAGER, FIELD_ENGINEER, SENIOR_ENGINEER
from core.slots import Tell

if TYPE_CHECKING:
    from core.gate import Act
    from core.procedure import Procedure
    from plugins.fieldservice.models import ServiceRequest

KEY, CLAUSE = "fieldservice.support", "QI/04 3.1.6-solve"
MINUTES = "fieldservice.support_minutes"
WANT, GIVE = "want_support", "give_support"
MOST = 20
AT_ONCE = Parameter(
    key=MINUTES,
    kind=int,
    default=10,
    minimum=1,
    maximum=60,
    stricter="lower",
    unit=_l("working minutes"),
    label=_l("An engineer who is stuck on site is answered within"),
    clause=CLAUSE,
)


class Support(Model, OfficeRow):
    """One question from a customer's site, and what the office answered."""

    __tablename__ = "fieldservice_support"
    __table_args__ = (Index("ix_fieldservice_support_of", "request_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("fieldservice_request.id"))
    question: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[dt.datetime]
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[dt.datetime | None]
    answered_by: Mapped[str] = mapped_column(String(40), default="")


class WantForm(StepForm):
    """Where the engineer is stuck, in a sentence."""

    question = LongTextField(_l("Where are you stuck?"), limit=500, fresh=True)


class GiveForm(StepForm):
    """What helps the engineer."""

    answer = LongTextField(_l("Answer for the engineer on site"), limit=1000, fresh=True)


def of_visit(request: ServiceRequest) -> list[Support]:
    """Return the newest questions of a visit, the oldest of them first: what another engineer asked is over."""
    if request.arrived_at is None:
        return []
    here = (Support.request_id == request.id, Support.asked_at >= request.arrived_at)
    query = select(Support).where(*here).order_by(Support.id.desc()).limit(MOST)
    return list(db.session.scalars(query))[::-1]


def waiting_of(request: ServiceRequest) -> Support | None:
    """Return the question of this visit that nobody has answered yet."""
    found = of_visit(request)
    return found[-1] if found and found[-1].answered_at is None else None


def somebody_waits(act: Act) -> bool:
    """Say whether a question is open, for which the alarm goes off, or goes on."""
    return waiting_of(act.case) is not None


def nothing_asked(act: Act) -> Sentence | None:
    """One question after the other."""
    if not somebody_waits(act):
        return None
    return _l("The duty manager was asked already. The answer appears on this page by itself.")


def something_asked(act: Act) -> Sentence | None:
    """Only who asked is answered."""
    return None if somebody_waits(act) else _l("Nobody on site waits for an answer.")


def want(act: Act) -> None:
    """Keep the question, in the deed's own transaction."""
    row = Support(office_id=act.case.office_id, request_id=act.case.id, asked_at=act.now)
    row.question = act.values["question"]
    db.session.add(row)


def give(act: Act) -> None:
    """Keep the answer beside its question."""
    asked = waiting_of(act.case)
    assert asked, "something_asked was asked before"
    asked.answer, asked.answered_at, asked.answered_by = act.values["answer"], act.now, act.actor.name


def told(act: Act) -> list[Tell]:
    """Alarm the duty managers, and tell the engineer that his answer is there."""
    if act.procedure.name != "fieldservice.request" or act.step.name not in (WANT, GIVE):
        return []
    if act.step.name == GIVE:
        text = _l("The answer for you at %(customer)s is there.", customer=act.case.customer.name)
        return [Tell(person_id=act.case.engineer_id, sentence=text)] if act.case.engineer_id else []
    text = _l(
        "%(engineer)s is stuck at %(customer)s and waits for you.",
        engineer=act.actor.name,
        customer=act.case.customer.name,
    )
    others = [one.id for one in act.rules.colleagues(DUTY_MANAGER) if one.id != act.actor.person_id]
    return [Tell(person_id=one, sentence=text) for one in others]


SENIORS_HELP = house_rule(_l("A senior who knows the answer need not wait until the duty manager finds him."))


def add_to(request: Procedure) -> None:
    """Let the engineer ask from the site, and the office answer."""
    request.deadline(
        KEY,
        title=_l("Answer the engineer on site"),
        within=working_minutes(MINUTES),
        owner=DUTY_MANAGER,
        clause=CLAUSE,
        when=somebody_waits,
        when_title=_l("when a question is open"),
    )
    request.step(
        WANT,
        "on_site -> same",
        title=_l("Support wanted"),
        by=FIELD_ENGINEER.where("engineer_id"),
        clause=CLAUSE,
        form=WantForm,
        does=want,
        requires=(nothing_asked,),
        starts=(KEY,),
        own_page="fieldservice.visit",
    )
    request.step(
        GIVE,
        "on_site | signed -> same",
        title=_l("Answer the engineer on site"),
        by=(DUTY_MANAGER, SENIOR_ENGINEER),
        clause=CLAUSE,
        form=GiveForm,
        does=give,
        requires=(something_asked,),
        meets=(KEY,),
    )
