"""What a customer is told of money: the fee of what is not routine, and that a free visit is the last (QI/04 3.2.3-4)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from core.db import db
from core.errors import Objection
from core.forms import ChoiceField, StepForm, TextField, YesField
from core.i18n import Sentence, _l
from core.parameters import Parameter
from core.roles import FIELD_ENGINEER
from plugins.billing.models import Charge, CourtesyVisit
from plugins.fieldservice.hooks import VisitPart
from plugins.fieldservice.services import note_charge

if TYPE_CHECKING:
    from core.amendments import Amendable
    from core.gate import Act
    from core.rules import Rules

FEE, COURTESY = "QI/04 3.2.3", "QI/04 3.2.4"
ROUTINE = "routine"
WORK = {
    ROUTINE: _l("Routine work, no fee"),
    "opening_books": _l("Opening books"),
    "initial_setup": _l("Initial set-up"),
    "data_upgrade": _l("Data upgrade"),
    "other_work": _l("Other work beyond the contract"),
}
# In yuan; offices may raise a fee, and never go below head office's list (QI/04 3.2.6).
FEES = {"opening_books": 400, "initial_setup": 600, "data_upgrade": 300, "other_work": 200}
THE_ENGINEER, THE_VISIT = FIELD_ENGINEER.where("engineer_id"), "fieldservice.visit"
PARAMETERS = tuple(
    Parameter(
        key=f"billing.{work}_fee_yuan",
        kind=int,
        default=fee,
        minimum=0,
        maximum=100_000,
        stricter="higher",
        unit=_l("yuan"),
        label=_l("Fee schedule: %(work)s", work=WORK[work]),
        clause="QI/04 3.2.6",
    )
    for work, fee in FEES.items()
)


def fee_of(work: str, rules: Rules) -> Decimal:
    """Return what the fee schedule of the office says of a kind of work."""
    return Decimal(int(rules.parameter(f"billing.{work}_fee_yuan")))


def charge_of(request_id: int | None) -> Charge | None:
    """Return what was decided about the work of a request; the pocket book asks of one that is none."""
    return db.session.get(Charge, request_id) if request_id else None


def courtesy_here(request_id: int | None) -> CourtesyVisit | None:
    """Return the courtesy visit that a request is."""
    return db.session.get(CourtesyVisit, request_id) if request_id else None


def class_work(act: Act, work: Any) -> None:
    """Keep what kind of work it is; another kind is another fee, and needs another consent."""
    if not work:
        return
    row = charge_of(act.case.id) or Charge(request_id=act.case.id, office_id=act.case.office_id)
    if row.work != work:
        row.work, row.fee, row.agreed_by, row.agreed_at = work, None, "", None
        note_charge(act.case, "fee", None)
    db.session.add(row)


def work_field() -> ChoiceField:
    """Build the field by which the kind of work is decided; left open, it stays as it was."""
    return ChoiceField(
        _l("Kind of work"),
        choices=WORK,
        required=False,
        hint=_l("Left open, it stays as it was; where nothing was said it is routine."),
    )


class FeeForm(StepForm):
    """The customer saw the fee schedule and agrees, before anything is done (QI/04 3.2.3)."""

    fee_agreed_by = TextField(_l("Who agreed"), limit=40)
    fee_agreed = YesField(
        _l("The fee schedule was shown, and the customer agrees"),
        required=True,
        message=_l("Show the fee schedule, and begin only when the customer agrees (QI/04 3.2.3)."),
    )

    def __init__(self, act: Act, values: Any = None, **kwargs: Any) -> None:
        """Name the work and its fee; there is no field to change the price (QI/04 3.2.6)."""
        super().__init__(act, values, **kwargs)
        charge = charge_of(act.case.id)
        if charge is not None and charge.work in FEES:
            self.fee_agreed.label.text = _agreed_to(charge.work, fee_of(charge.work, act.rules))
        if values is None:
            self.fee_agreed_by.data = act.case.met or act.case.contact


def _agreed_to(work: str, fee: Decimal) -> Sentence:
    return _l(
        "The fee schedule was shown, and the customer agrees: %(work)s, %(fee)s yuan",
        work=WORK[work],
        fee=f"{fee:.2f}",
    )


class LastFreeForm(StepForm):
    """The customer was told that this visit is free and the next one is not, and confirmed it (QI/04 3.2.4)."""

    courtesy_told_to = TextField(_l("Who confirmed"), limit=40)
    courtesy_told = YesField(
        _l(
            "The fee schedule was shown, and the customer confirmed: this visit is free, the next one needs a "
            "renewed card"
        ),
        required=True,
        message=_l("Say that the next visit needs a renewed card, and let it be confirmed (QI/04 3.2.4)."),
    )

    def __init__(self, act: Act, values: Any = None, **kwargs: Any) -> None:
        """Mostly it is whom the engineer met."""
        super().__init__(act, values, **kwargs)
        if values is None:
            self.courtesy_told_to.data = act.case.met or act.case.contact


def is_charged(act: Act) -> Sentence | None:
    """A fee is shown for what is not routine."""
    charge = charge_of(act.case.id)
    return (
        None if charge and charge.work in FEES else _l("This work is routine: there is no fee to agree on.")
    )


def fee_agreed(act: Act) -> Objection | None:
    """What is not routine begins when the customer has agreed to the fee (QI/04 3.2.3)."""
    charge = charge_of(act.case.id)
    if charge is None or charge.work not in FEES or charge.agreed_at is not None:
        return None
    text = _l("First show the fee schedule: “%(work)s” needs the customer's consent.", work=WORK[charge.work])
    return Objection(text, FEE)


def is_courtesy(act: Act) -> Sentence | None:
    """Only a courtesy visit is the last free one."""
    return None if courtesy_here(act.case.id) else _l("This is no courtesy visit.")


def courtesy_told(act: Act) -> Objection | None:
    """A free visit is signed for by somebody who knows that it was the last one (QI/04 3.2.4)."""
    visit = courtesy_here(act.case.id)
    if visit is None or visit.told_at is not None:
        return None
    return Objection(_l("First say that this free visit is the last one, and let it be confirmed."), COURTESY)


def agree_on_fee(act: Act) -> None:
    """Bind the fee of the schedule to the request, and print it above the signature."""
    charge = charge_of(act.case.id)
    assert charge, "is_charged was asked before"
    charge.fee, charge.agreed_at = fee_of(charge.work, act.rules), act.now
    charge.agreed_by = act.values["fee_agreed_by"]
    said = _l(
        "%(work)s, %(fee)s yuan: shown and agreed before the work, %(who)s",
        work=WORK[charge.work],
        fee=f"{charge.fee:.2f}",
        who=charge.agreed_by,
    )
    note_charge(act.case, "fee", said)


def tell_last_free(act: Act) -> None:
    """Keep who confirmed it, and print it above the signature."""
    visit = courtesy_here(act.case.id)
    assert visit, "is_courtesy was asked before"
    visit.told_at, visit.told_to = act.now, act.values["courtesy_told_to"]
    said = _l(
        "Courtesy visit, free of charge; the next one needs a renewed card: confirmed by %(who)s",
        who=visit.told_to,
    )
    note_charge(act.case, "courtesy", said)


def parts(act: Act) -> list[VisitPart]:
    """Bring the lines about money to the visit page, where there is something to say."""
    found, charge = list[VisitPart](), charge_of(act.case.id)
    if charge is not None and charge.work in FEES:
        found.append(VisitPart(name="show_fee", before="solve", tips=schedule(act.rules)))
    if courtesy_here(act.case.id) is not None:
        free = _l("This visit is free of charge, and it is the last one to be so.")
        tips = ((free, COURTESY), *schedule(act.rules))
        found.append(VisitPart(name="tell_last_free", before="sign", tips=tips))
    return found


def schedule(rules: Rules) -> tuple[tuple[Sentence, str], ...]:
    """Return the fee schedule of the office, to be shown to the customer."""
    return tuple(
        (_l("%(work)s: %(fee)s yuan", work=WORK[work], fee=f"{fee_of(work, rules):.2f}"), FEE)
        for work in FEES
    )


def amend(request: Amendable) -> None:
    """Ask for the customer's consent before work that costs, and for his word on a visit that was the last free one."""
    for step in ("dispatch", "look_into"):
        request.add_field(step, "kind_of_work", work_field(), keep=class_work, clause="QI/03 3.3.2")
    request.add_step(
        "show_fee",
        "on_site -> same",
        title=_l("Fee shown and agreed"),
        by=THE_ENGINEER,
        clause=FEE,
        form=FeeForm,
        does=agree_on_fee,
        requires=(is_charged,),
        own_page=THE_VISIT,
    )
    request.add_step(
        "tell_last_free",
        "on_site -> same",
        title=_l("Last free visit: told and confirmed"),
        by=THE_ENGINEER,
        clause=COURTESY,
        form=LastFreeForm,
        does=tell_last_free,
        requires=(is_courtesy,),
        own_page=THE_VISIT,
    )
    request.require("solve", fee_agreed, clause=FEE)
    request.require("sign", courtesy_told, clause=COURTESY)
