"""A visit as QI/04 orders it: each line of the engineer's page is done, open, or closed with the reason."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from core import gate, ledger
from core.clauses import Citation
from core.errors import Objection
from core.forms import ChoiceField, SignatureField, StepForm, YesField
from core.gate import Act
from core.i18n import Sentence, _l
from core.ledger import LedgerRow
from core.roles import FIELD_ENGINEER
from plugins.fieldservice import queues, services
from plugins.fieldservice.hooks import VisitPart
from plugins.fieldservice.visiting.unsolved import LEAVE
from plugins.hotline import services as hotline

log = logging.getLogger(__name__)
Tip = tuple[Sentence, str]


@dataclass(frozen=True)
class Part:
    """One part of a visit: a step, what the engineer is reminded of beside it, what may stand for it, or spare it."""

    name: str
    tips: tuple[Tip, ...] = ()
    instead: str = ""
    needless_after: str = ""


VISIT = (
    Part(
        "confirm",
        (
            (_l("Can you solve it? If the problem is not clear, ask the hotline engineer."), "QI/04 3.1.1"),
            (_l("Do you know the address? If not, find it before you leave."), "QI/04 3.1.1"),
        ),
    ),
    Part(
        "arrange",
        (
            (
                _l("First customer of the day: a fixed time, and the person in charge is there."),
                "QI/04 3.1.2",
            ),
            (_l("The others: an approximate time, phoned before your second visit."), "QI/04 3.1.2"),
            (
                _l("Promise no time on your own: what cannot be agreed goes back to the duty manager."),
                "QI/04 3.2.2",
            ),
        ),
    ),
    Part(
        "arrive",
        (
            (_l("Your badge is on."), "QI/04 3.1.3"),
            (_l("Knock, greet, and ask whether you may come in."), "QI/04 3.1.4"),
            (_l("Say who you are and what you come for."), "QI/04 3.1.5"),
            (_l("Wash your hands before you touch the machine, and again afterwards."), "QI/04 3.1.5"),
            (
                _l("Nobody from outside comes along; leave alone what the problem does not need."),
                "QI/04 3.2.11",
            ),
            (_l("Mind the customer's own habits: what is known of them stands above."), "QI/04 3.2.12"),
        ),
    ),
    Part(
        "look_into",
        (
            (_l("Make sure that you speak with the contact of the request."), "QI/04 3.1.5"),
            (_l("Go through the symptom, and have the problem shown."), "QI/04 3.1.6"),
            (_l("Ask what else has gone wrong lately, and note it."), "QI/04 3.1.6"),
            (_l("Take every question seriously, and make nothing difficult."), "QI/04 3.2.10"),
            (_l("No remark about the place, about looks or a handicap."), "QI/04 3.2.7"),
        ),
    ),
    Part(
        "back_up",
        ((_l("Documents and data first, on the last drive of the machine."), "QI/04 3.1.6-backup"),),
        instead="waive_backup",
    ),
    Part(
        "solve",
        ((_l("Stuck? Excuse yourself, and phone the duty manager at once."), "QI/04 3.1.6-solve"),),
        instead=LEAVE,
    ),
    Part("try_out", ((_l("The customer tries it, not you."), "QI/04 3.1.6-trial"),), needless_after=LEAVE),
    Part(
        "explain",
        ((_l("Say what the cause was and what you did about it."), "QI/04 3.1.6-explain"),),
        needless_after=LEAVE,
    ),
    Part("sign", ((_l("Then wash your hands and take leave."), "QI/04 3.1.8"),)),
    Part(
        "turn_in",
        (
            (
                _l("“Thank you for your time. If anything is the matter, phone our hotline. Goodbye.”"),
                "QI/04 3.1.8",
            ),
        ),
    ),
)
# What has a place of its own on the page.
ELSEWHERE = ("want_support", "move_in_day")


@dataclass(kw_only=True)
class Line:
    """One line of the visit as it stands now."""

    name: str
    title: Sentence
    clause: Citation
    tips: tuple[Tip, ...] = ()
    done: LedgerRow | None = None
    against: list[Objection]
    form: StepForm | None = None
    said: list[tuple[str, Any]]
    opened: bool = False
    ahead: Line | None = None
    instead: Line | None = None
    stands_in: bool = False
    needless_after: str = ""

    @property
    def open(self) -> bool:
        """Whether it can be taken now."""
        return not self.against

    @property
    def tone(self) -> str:
        """How the line looks: done, open or closed."""
        return "done" if self.done else "open" if self.open else "closed"


def lines(act: Act, chosen: str, refilled: StepForm | None) -> list[Line]:
    """Return the lines of a visit in order; the chosen one is open, else the first that is to be done."""
    taken, found = taken_steps(act), list[Line]()
    for part in parts_of(act):
        found.append(_line(act, part, taken, found))
    opened = _to_open(act, found, chosen, refilled)
    for line in found:
        line.opened = line is opened
        for one in (line, line.instead):
            if one:
                one.form = refilled if refilled is not None and one.name == chosen else one.form
                one.form = one.form and apart(one.form, one.name)
        if line.instead:
            line.instead.opened = line.instead.name == chosen
        line.ahead = _ahead(act, line)
    return found


def is_mine(act: Act) -> bool:
    """Say whether the visit is still before the reader: all that he sees of it may stay on his phone."""
    return act.case.engineer_id == act.actor.person_id and act.case.state in queues.VISITING


def _ahead(act: Act, line: Line) -> Line | None:
    """Return a line as it will be when its turn comes: in a dead spot the phone itself opens one after the other."""
    if line.done or line.open or not is_mine(act):
        return None
    look = gate.look_at(act, act.procedure.steps[line.name])
    form = apart(look.form(), line.name) if look.permitted() else None
    return replace(
        line, against=[], form=form, opened=False, instead=line.instead and _ahead(act, line.instead)
    )


def parts_of(act: Act) -> list[Part]:
    """Return the parts of a visit, with those that other plugins put among them."""

    def read() -> list[Part]:
        found = list(VISIT)
        for plugin, one in act.rules.plugins.gather("fieldservice_visit_parts", act=act):
            if not isinstance(one, VisitPart) or one.name not in act.procedure.steps:
                # The line is missing and the rest goes on; what its plugin requires still keeps its step closed.
                log.error("plugin %s brought %r, which is no line of a visit", plugin, one)
                continue
            at = next((place for place, part in enumerate(found) if part.name == one.before), len(found))
            found.insert(at, Part(one.name, tuple(one.tips)))
        return [part for part in found if not (part.needless_after and act.case.tried)]

    return act.rules.once(("fieldservice.parts", act.case.id, act.case.version), read)


def _to_open(act: Act, found: list[Line], chosen: str, refilled: StepForm | None) -> Line | None:
    """Choose the line to be seen first: what an address asks for may not be its turn yet."""
    named = next((line for line in found if chosen in (line.name, line.instead and line.instead.name)), None)
    if named is not None and (refilled is not None or named.open):
        return named
    elsewhere = any(step.name == chosen for step in act.procedure.steps_from(act.case.state))
    if named is None and (elsewhere or refilled is not None):
        return None
    return next((line for line in found if line.open and not line.done), None)


def apart(form: StepForm, suffix: object) -> StepForm:
    """Give the fields of a form ids of their own, for a page with many forms."""
    for field in form:
        field.id = f"{field.name}-{suffix}"
    return form


BACK = "back_to_engineer"


def taken_steps(act: Act) -> dict[str, LedgerRow]:
    """Return the newest row of each step that was taken since the request was dispatched, and still counts."""
    found: dict[str, LedgerRow] = {}
    undone: tuple[str, ...] = ()
    for row in ledger.of_case(act.procedure.name, act.case.id, number=act.case.number):
        if row.kind != "step":
            continue
        if row.to_state in ("registered", "dispatched"):
            break
        undone = ("sign", "turn_in") if row.action == BACK else undone
        if row.action not in undone:
            found.setdefault(row.action, row)
    return found


def _line(act: Act, part: Part, taken: dict[str, LedgerRow], before: list[Line]) -> Line:
    look = gate.look_at(act, act.procedure.steps[part.name])
    done = taken.get(part.name) or taken.get(part.instead)
    against = (
        look.closed_by() if act.case.state in look.step.sources else [_not_yet(act, before, look.step.clause)]
    )
    form = look.form() if done or not against else None
    return Line(
        name=part.name,
        title=look.step.title,
        clause=look.step.clause,
        tips=part.tips,
        done=done,
        against=against,
        form=None if against else form,
        said=list(said(form)) if done and form else [],
        instead=_instead(act, part.instead, before) if part.instead else None,
        needless_after=part.needless_after,
    )


def _instead(act: Act, name: str, before: list[Line]) -> Line:
    """Return what may stand for a line, with what was said there, if anything was."""
    look = gate.look_at(act, act.procedure.steps[name])
    here = act.case.state in look.step.sources
    against = look.closed_by() if here else [_not_yet(act, before, look.step.clause)]
    form = look.form()
    return Line(
        name=name,
        title=look.step.title,
        clause=look.step.clause,
        against=against,
        form=None if against else form,
        said=list(said(form)),
        stands_in=True,
    )


def _not_yet(act: Act, before: list[Line], clause: Citation) -> Objection:
    undone = [line for line in before if not line.done]
    if undone:
        return Objection(_l("First: %(step)s", step=undone[-1].title), clause)
    state = act.procedure.states[act.case.state]
    return Objection(_l("Not now: the request is “%(state)s”.", state=state.title), clause)


def said(form: StepForm) -> Iterator[tuple[str, Any]]:
    """Yield what a form holds, with its label; a tick and a signature say nothing in words."""
    for field in form:
        value = field.data
        if isinstance(field, ChoiceField):
            value = next((one.label for one in field.choices if one.value and one.value == value), None)
        if value not in (None, "") and not isinstance(field, YesField | SignatureField):
            yield str(field.label.text), value


def more(act: Act, chosen: str, refilled: StepForm | None) -> list[Line]:
    """Return what else the engineer may do with the request: give it back, move the appointment."""
    lines = {*ELSEWHERE, *(part.name for part in VISIT), *(part.instead for part in VISIT)}
    lines |= {part.name for part in parts_of(act)}
    steps = [
        one for one in act.procedure.steps_from(act.case.state) if one.name not in lines and not one.inner
    ]
    looks = [gate.look_at(act, step) for step in steps if _for_engineers(step) and not _brought(step)]
    return [
        Line(
            name=look.step.name,
            title=look.step.title,
            clause=look.step.clause,
            against=look.closed_by(),
            form=apart(refilled if refilled and look.step.name == chosen else look.form(), look.step.name),
            said=[],
            opened=look.step.name == chosen,
        )
        for look in looks
    ]


def _brought(step: Any) -> bool:
    """Say whether a plugin made the step for this page: it stands among the lines, or there is nothing to say."""
    return step.own_page is not None and step.plugin != "fieldservice"


def _for_engineers(step: Any) -> bool:
    return any(one.role is FIELD_ENGINEER for one in step.who)


@dataclass(frozen=True)
class BackupPlace:
    """Where this visit's back-up goes: the day, the folder, and the whole path of each account set that was typed."""

    day: dt.date
    folder: str
    paths: list[str]


def backup_place(act: Act, form: StepForm | None) -> BackupPlace | None:
    """Compute where the back-up goes (QI/04 3.1.6-backup); there is no place before an engineer is named."""
    if act.case.engineer is None:
        return None
    typed = form if form is not None and "account_sets" in form else None
    day = (typed and typed["backup_day"].data) or hotline.today(act.rules, act.now)
    folder = services.backup_folder(act, "", day)
    sets = services.account_sets((typed and typed["account_sets"].data) or "")
    return BackupPlace(day, folder, [folder + part for part in sets if part.isdecimal()] or [f"{folder}001"])
