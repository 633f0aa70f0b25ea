"""The life of a loan."""

from core.i18n import Sentence
from core.procedure import Column, Procedure
from core.roles import HOTLINE_ENGINEER
from tests.plugins_dummy.dummy import services
from tests.plugins_dummy.dummy.models import Loan

loan = Procedure(
    "dummy.loan",
    model=Loan,
    title=Sentence("Loan"),
    letter="D",
    reads="dummy.read",
    heading=lambda one: one.dongle,
    columns=(Column(name="dongle", title=Sentence("Dongle"), value=lambda one: one.dongle),),
)
loan.state("lent", Sentence("Lent"), tone="wait")
loan.state("back", Sentence("Back"), tone="done", final=True)
loan.step(
    "hand_out",
    "-> lent",
    title=Sentence("Hand out"),
    by=HOTLINE_ENGINEER,
    clause="DUMMY 1.1",
    form=services.LendForm,
    does=services.hand_out,
    inner=True,
)
loan.step("fetch", "lent -> back", title=Sentence("Fetch"), by=HOTLINE_ENGINEER, clause="DUMMY 1.2")
