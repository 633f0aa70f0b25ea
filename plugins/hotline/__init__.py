"""The hotline (QI/03): every problem arrives here, as a call."""

from typing import Any

from core.clauses import house_rule
from core.hooks import answers, hookimpl
from core.i18n import _l
from core.plugins import Manifest
from core.slots import Job
from core.verdicts import Verdict
from plugins.hotline import drafts
from plugins.hotline import parameters as own
from plugins.hotline.board import parameters as board
from plugins.hotline.calls import parameters as calls
from plugins.hotline.cards import case_cards, entitlement_card
from plugins.hotline.hooks import Entitlement
from plugins.hotline.log import jobs as log_jobs
from plugins.hotline.log import parameters as log
from plugins.hotline.mail import parameters as mail
from plugins.hotline.mail import waiting as mail_waiting
from plugins.hotline.mail.poll import JOB as READ_MAIL
from plugins.hotline.recovery import parameters as recovery
from plugins.hotline.replies import parameters as replies
from plugins.hotline.roster import jobs as roster_jobs
from plugins.hotline.roster import parameters as roster
from plugins.hotline.roster import telling as roster_telling
from plugins.hotline.shift import cards as shift_cards
from plugins.hotline.shift import jobs as shift_jobs
from plugins.hotline.shift import parameters as shift
from plugins.hotline.statistics import parameters as statistics

ROOMS = (own, calls, recovery, replies, mail, roster, shift, log, board, statistics)


def _of_rooms(name: str) -> tuple[Any, ...]:
    """Return what the plugin and its rooms declare under a name, in their order."""
    return tuple(one for room in ROOMS for one in getattr(room, name, ()))


manifest = Manifest(
    name="hotline",
    title=_l("Hotline"),
    version="0.2.0",
    parameters=_of_rooms("PARAMETERS"),
    permissions=_of_rooms("PERMISSIONS"),
)


EVERYBODY_SERVED = house_rule(_l("Without billing, every customer is served."))


@answers(EVERYBODY_SERVED)
def hotline_entitlement():
    reason = _l("Nobody checks contracts in this office.")
    return Verdict(value=Entitlement.UNCHECKED, reason=reason, clause=EVERYBODY_SERVED)


@hookimpl
def core_menu():
    return list(_of_rooms("MENU"))


@hookimpl
def core_case_cards(act):
    return case_cards(act)


@hookimpl
def core_customer_cards(customer, rules):
    return entitlement_card(customer, rules)


@hookimpl
def core_desk_cards(actor, rules):
    found = (shift_cards.seat_card(actor, rules), mail_waiting.aside_card(actor, rules))
    return [card for card in found if card]


@hookimpl
def core_status(rules):
    return roster_telling.chips(rules)


@hookimpl
def core_notices(act):
    return [*roster_telling.notices(act), *log_jobs.told(act)]


@hookimpl
def core_jobs():
    tidying = Job(name="drafts", title=_l("Forget old half-written calls"), every=24 * 60, does=drafts.tidy)
    return [READ_MAIL, *shift_jobs.JOBS, roster_jobs.JOB, log_jobs.JOB, tidying]
