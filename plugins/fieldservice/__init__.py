"""Field service (QI/04): from a registered request to the customer's signature."""

from core.clauses import house_rule
from core.hooks import answers, hookimpl
from core.i18n import _l
from core.parameters import Parameter
from core.plugins import Manifest, Permission
from core.roles import (
    DUTY_MANAGER,
    FIELD_ENGINEER,
    HEAD_OFFICE_SUPPORT,
    HOTLINE_ENGINEER,
    OFFICE_STAFF,
    QUALITY_SUPERVISOR,
    REGIONAL_MANAGER,
    SUPPORT_MANAGER,
)
from core.verdicts import Verdict
from plugins.fieldservice import cards, forms, services, telling
from plugins.fieldservice.custody.services import HOLDERS
from plugins.fieldservice.dispatching import moving, suggesting
from plugins.fieldservice.dispatching import parameters as dispatching
from plugins.fieldservice.dispatching.sheet import cards as sheet_cards
from plugins.fieldservice.dispatching.sheet import jobs as sheet_jobs
from plugins.fieldservice.dispatching.skills import TRAINED
from plugins.fieldservice.hooks import Admission
from plugins.fieldservice.menu import MENU
from plugins.fieldservice.visiting import notices, support, tidying
from plugins.hotline.services import no_recovery

manifest = Manifest(
    name="fieldservice",
    title=_l("Field service"),
    version="0.1.0",
    requires=("hotline",),
    parameters=(
        Parameter(
            key="fieldservice.dispatch_working_days",
            kind=int,
            default=0,
            minimum=0,
            maximum=5,
            stricter="lower",
            unit=_l("working days"),
            label=_l("A request is dispatched within (0: the same working day)"),
            clause="QP/2-04 5.4",
        ),
        Parameter(
            key="fieldservice.first_call_until_hour",
            kind=int,
            default=12,
            minimum=9,
            maximum=12,
            stricter="lower",
            unit=_l("o'clock"),
            label=_l("The engineer phones the next working morning until"),
            clause="QI/03 3.2.7",
        ),
        Parameter(
            key="fieldservice.visit_working_days",
            kind=int,
            default=2,
            minimum=1,
            maximum=10,
            stricter="lower",
            unit=_l("working days"),
            label=_l("The visit takes place within"),
            clause="QI/03 3.2.7",
        ),
        Parameter(
            key="fieldservice.review_until_hour",
            kind=int,
            default=12,
            minimum=9,
            maximum=17,
            unit=_l("o'clock"),
            label=_l("What was turned in is reviewed the next working morning until"),
            clause="QI/05 3.1",
        ),
        Parameter(
            key="fieldservice.confer_again_working_days",
            kind=int,
            default=1,
            minimum=0,
            maximum=1,
            stricter="lower",
            unit=_l("working days"),
            label=_l("The second conference is held within"),
            clause="QI/05 3.5",
        ),
        Parameter(
            key="fieldservice.data_until_hour",
            kind=int,
            default=12,
            minimum=9,
            maximum=12,
            stricter="lower",
            unit=_l("o'clock"),
            label=_l("What was taken from a customer is at the office the next working morning until"),
            clause="QI/05 3.3",
        ),
        Parameter(
            key="fieldservice.ask_head_office_days",
            kind=int,
            default=2,
            minimum=1,
            maximum=2,
            stricter="lower",
            unit=_l("days"),
            label=_l("Head office is asked how it stands every"),
            clause="QI/05 3.6",
        ),
        Parameter(
            key="fieldservice.try_answer_working_days",
            kind=int,
            default=1,
            minimum=0,
            maximum=3,
            stricter="lower",
            unit=_l("working days"),
            label=_l("Head office's answer is tried here within (0: the same working day)"),
            clause="QI/05 3.7",
        ),
        Parameter(
            key="fieldservice.take_over_working_days",
            kind=int,
            default=0,
            minimum=0,
            maximum=2,
            stricter="lower",
            unit=_l("working days"),
            label=_l(
                "After two visits in vain the support manager takes over within (0: the same working day)"
            ),
            clause="QP/2-04 5.7",
        ),
        Parameter(
            key="fieldservice.tell_customer_days",
            kind=int,
            default=3,
            minimum=1,
            maximum=3,
            stricter="lower",
            unit=_l("days"),
            label=_l("The customer is told how it stands every"),
            clause="QI/05 3.7",
        ),
        Parameter(
            key=services.BACKUP_ROOT,
            kind=str,
            default="UFDATABAK",
            label=_l("Folder of the back-ups on the customer's last drive"),
            clause="QI/04 3.1.6-backup",
        ),
        *dispatching.PARAMETERS,
        support.AT_ONCE,
        notices.PARAMETER,
    ),
    permissions=(
        Permission(key="fieldservice.read", title=_l("See field service requests"), roles=OFFICE_STAFF),
        Permission(
            key="fieldservice.read_custody",
            title=_l("See what was taken from customers, and who has it"),
            roles=(*HOLDERS, REGIONAL_MANAGER, QUALITY_SUPERVISOR),
            clause="QI/04 3.2.8",
        ),
        Permission(
            key="fieldservice.read_escalations",
            title=_l("See what is before head office"),
            roles=(*OFFICE_STAFF, HEAD_OFFICE_SUPPORT),
        ),
        Permission(
            key="fieldservice.keep_notices",
            title=_l("Keep the notices for the door"),
            roles=(SUPPORT_MANAGER,),
        ),
        Permission(key="fieldservice.visit", title=_l("See one's own visits"), roles=(FIELD_ENGINEER,)),
        Permission(
            key="fieldservice.see_dispatch",
            title=_l("See what is to be dispatched and reviewed"),
            roles=(DUTY_MANAGER, REGIONAL_MANAGER, SUPPORT_MANAGER),
        ),
        *dispatching.PERMISSIONS,
    ),
)


NOBODY_WAITS = house_rule(_l("Without billing, nobody waits for a decision on the contract."))


@answers(NOBODY_WAITS)
def fieldservice_admission():
    reason = _l("Every request goes to the duty manager.")
    return Verdict(value=Admission.REGISTERED, reason=reason, clause=NOBODY_WAITS)


@answers(TRAINED, suggesting.FOLLOWS)
def fieldservice_suggestion(request, candidates):
    return suggesting.by_lot(request, candidates)


@hookimpl
def amend(procedures):
    call = procedures["hotline.call"]
    call.state("requested", _l("Request registered"), tone="done", final=True)
    call.add_step(
        "request_visit",
        "open | parked -> requested",
        title=_l("Field service request"),
        by=(HOTLINE_ENGINEER.where("owner_id"), DUTY_MANAGER),
        clause="QP/2-04 5.3",
        form=forms.RegisterForm,
        does=services.request_visit,
        tone="primary",
    )
    call.require("request_visit", no_recovery, clause="QI/03 3.1.14")


@hookimpl
def core_menu():
    return [*MENU, *dispatching.MENU]


@hookimpl
def core_notices(act):
    return [*telling.notices(act), *moving.told(act), *support.told(act)]


@hookimpl
def core_case_cards(act):
    return [*cards.cards_of(act), *sheet_cards.cards(act)]


@hookimpl
def core_jobs():
    return [sheet_jobs.JOB, tidying.JOB]


@hookimpl
def hotline_call_results(calls):
    return services.requests_of(calls)
