"""The life of an office's own entry (QI/02), and what a call learns of the catalogue."""

from core.clauses import house_rule
from core.deadlines import Within, same_working_day, working_days, working_minutes
from core.forms import ReasonForm
from core.i18n import _l
from core.procedure import Column, Filter, Procedure
from core.roles import (
    DUTY_MANAGER,
    HOTLINE_ENGINEER,
    QUALITY_SUPERVISOR,
    REGIONAL_MANAGER,
    SENIOR_ENGINEER,
    SUPPORT_MANAGER,
    Allowed,
    Role,
)
from plugins.hotline.calls.who import ENDING
from plugins.hotline.forms import AnswerForm
from plugins.hotline.replies import forms, services
from plugins.hotline.replies.entries import FOLLOW_UPS, GROUPS, PROMISES, Promise
from plugins.hotline.replies.models import Reply

reply = Procedure(
    "hotline.reply",
    model=Reply,
    title=_l("Reply of the office"),
    letter="Y",
    collection="replies",
    reads="hotline.read",
    heading=lambda one: one.situation_zh,
    headed=_l("Situation"),
    columns=(
        Column(name="key", title=_l("Catalogue key"), value=lambda one: one.key),
        Column(name="group", title=_l("Group"), value=lambda one: GROUPS.get(one.group, one.group)),
        Column(name="edition", title=_l("Edition"), value=lambda one: one.edition or None),
        Column(name="valid_from", title=_l("Valid from"), value=lambda one: one.valid_from),
        Column(name="valid_until", title=_l("Valid until"), value=lambda one: one.valid_until),
    ),
    filters=(Filter(name="group", title=_l("Group"), attribute="group", choices=GROUPS),),
    facts=(
        Column(name="key", title=_l("Catalogue key"), value=lambda one: one.key),
        Column(name="group", title=_l("Group"), value=lambda one: GROUPS.get(one.group, one.group)),
        Column(name="edition", title=_l("Edition"), value=lambda one: one.edition or None),
        Column(name="situation_zh", title=_l("Situation, in Chinese"), value=lambda one: one.situation_zh),
        Column(name="ask_zh", title=_l("What to ask, in Chinese"), value=lambda one: one.ask_zh),
        Column(name="answer_zh", title=_l("What to answer, in Chinese"), value=lambda one: one.answer_zh),
        Column(name="promise", title=_l("Promise"), value=lambda one: PROMISES.get(one.promise)),
        Column(name="promise_zh", title=_l("What to promise, in Chinese"), value=lambda one: one.promise_zh),
        Column(name="only_if_zh", title=_l("Promised only if, in Chinese"), value=lambda one: one.only_if_zh),
        Column(
            name="follow_up", title=_l("What is done next"), value=lambda one: FOLLOW_UPS.get(one.follow_up)
        ),
        Column(name="then_zh", title=_l("What happens next, in Chinese"), value=lambda one: one.then_zh),
        Column(name="situation_en", title=_l("Situation, in English"), value=lambda one: one.situation_en),
        Column(name="ask_en", title=_l("What to ask, in English"), value=lambda one: one.ask_en),
        Column(name="answer_en", title=_l("What to answer, in English"), value=lambda one: one.answer_en),
        Column(name="promise_en", title=_l("What to promise, in English"), value=lambda one: one.promise_en),
        Column(name="only_if_en", title=_l("Promised only if, in English"), value=lambda one: one.only_if_en),
        Column(name="then_en", title=_l("What happens next, in English"), value=lambda one: one.then_en),
        Column(name="valid_from", title=_l("Valid from"), value=lambda one: one.valid_from),
        Column(name="valid_until", title=_l("Valid until"), value=lambda one: one.valid_until),
        Column(name="reason", title=_l("Reason"), value=lambda one: one.reason),
    ),
)

AUTHORS = (HOTLINE_ENGINEER, DUTY_MANAGER, SENIOR_ENGINEER, SUPPORT_MANAGER)
OURS = house_rule(_l("An office answers in its own words only after its support manager has read them."))
REVIEW = "hotline.review_reply"

reply.state("drafted", _l("Draft"), tone="plain")
reply.state("proposed", _l("Waiting for approval"), tone="wait")
reply.state("approved", _l("Approved"), tone="done")
reply.state("retired", _l("Retired"), tone="off", final=True)

reply.deadline(
    REVIEW,
    title=_l("Decide on the proposed reply"),
    within=working_days("hotline.review_working_days"),
    owner=SUPPORT_MANAGER,
    clause=OURS,
)
reply.step(
    "draft",
    "-> drafted",
    title=_l("Draft a reply"),
    by=AUTHORS,
    clause=OURS,
    form=forms.EntryForm,
    tone="primary",
)
reply.step(
    "copy",
    "-> drafted",
    title=_l("Begin from the version before"),
    by=AUTHORS,
    clause=OURS,
    does=services.copy,
    inner=True,
)
reply.step(
    "edit",
    "drafted -> same",
    title=_l("Better the words"),
    by=AUTHORS,
    clause=OURS,
    form=forms.EntryForm,
)
reply.step(
    "propose",
    "drafted -> proposed",
    title=_l("Propose for approval"),
    by=AUTHORS,
    clause=OURS,
    starts=(REVIEW,),
    tone="primary",
)
reply.step(
    "send_back",
    "proposed -> drafted",
    title=_l("Send back"),
    by=SUPPORT_MANAGER,
    clause=OURS,
    form=ReasonForm,
    meets=(REVIEW,),
)
reply.step(
    "approve",
    "proposed -> approved",
    title=_l("Approve"),
    by=SUPPORT_MANAGER,
    clause=OURS,
    does=services.approve,
    meets=(REVIEW,),
    tone="primary",
)
reply.step(
    "give_way",
    "approved -> same",
    title=_l("Give way to the next version"),
    by=SUPPORT_MANAGER,
    clause=OURS,
    does=services.give_way,
    inner=True,
)
reply.step(
    "revise",
    "approved -> same",
    title=_l("Begin a new version"),
    by=AUTHORS,
    clause=OURS,
    does=services.revise,
)
reply.step(
    "retire",
    "drafted | proposed | approved -> retired",
    title=_l("Retire"),
    by=SUPPORT_MANAGER,
    clause=OURS,
    form=ReasonForm,
    tone="danger",
)

KINDS: dict[Promise, tuple[Within, str]] = {
    Promise.TODAY: (same_working_day(), "QI/02 delay.three-days"),
    Promise.MINUTES: (working_minutes("hotline.reply_minutes"), "QI/02 delay.promised-today"),
    Promise.DAYS: (working_days("hotline.reply_working_days"), "QI/02 function.not-as-documented"),
}
KEEPERS: dict[str, Role | Allowed] = {
    "owner": HOTLINE_ENGINEER.where("owner_id"),
    "duty_manager": DUTY_MANAGER,
    "quality_supervisor": QUALITY_SUPERVISOR,
}
KEYS = {(kind, owner): f"hotline.reply_{kind}_{owner}" for kind in KINDS for owner in KEEPERS}


def teach(call: Procedure) -> None:
    """Let a call use the catalogue: in whatever state it is not yet at its end, whoever declared that state."""
    for (kind, owner), key in KEYS.items():
        within, clause = KINDS[kind]
        call.deadline(
            key,
            title=_l("Keep what the reply promised"),
            within=within,
            owner=KEEPERS[owner],
            clause=clause,
            when=services.promised(kind, owner),
            when_title=_l("when the reply promises just this"),
        )
    unfinished = " | ".join(name for name, state in call.states.items() if not state.final)
    hotline = (HOTLINE_ENGINEER.where("owner_id"), DUTY_MANAGER, REGIONAL_MANAGER)
    call.step(
        "reply",
        f"{unfinished} -> same",
        title=_l("Reply by the catalogue"),
        by=hotline,
        clause=house_rule(_l("The same situation is answered in the same way by everybody.")),
        form=forms.UseForm,
        does=services.use,
        starts=tuple(KEYS.values()),
    )
    call.step(
        "reply_kept",
        f"{unfinished} -> same",
        title=_l("The reply's promise was kept"),
        by=(*hotline, QUALITY_SUPERVISOR),
        clause=house_rule(_l("A promise is kept when the customer has heard.")),
        form=AnswerForm,
        does=services.keep,
        requires=(services.promise_open,),
        meets=tuple(KEYS.values()),
    )
    call.before_ending(services.promise_kept, clause=ENDING)
