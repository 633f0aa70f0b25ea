"""The steps with which calls are merged, parted again and split."""

from core.clauses import house_rule
from core.i18n import _l
from core.procedure import Procedure
from plugins.hotline.calls.who import DESK, PROMISE, THE_OWNER, UNDER_WAY
from plugins.hotline.links import forms, services

ONE_PROBLEM = house_rule(_l("One problem is one call: it is counted, answered and promised once."))


def add_to(call: Procedure) -> None:
    """Let one problem be one call."""
    _merging(call)
    call.step(
        "split",
        "open | parked -> same",
        title=_l("Split: a second problem"),
        by=THE_OWNER,
        clause=ONE_PROBLEM,
        form=forms.SplitForm,
        does=services.split,
    )


def _merging(call: Procedure) -> None:
    call.step(
        "merge",
        "open | parked -> merged",
        title=_l("Merge: the same problem twice"),
        by=THE_OWNER,
        clause=ONE_PROBLEM,
        form=forms.MergeForm,
        does=services.merge,
        requires=(services.has_double,),
        drops=(PROMISE,),
        undone_by="unmerge",
    )
    call.step(
        "take_double",
        f"{UNDER_WAY} -> same",
        title=_l("A double was merged into it"),
        by=DESK,
        clause=ONE_PROBLEM,
        form=forms.DoubleForm,
        does=services.take_double,
        inner=True,
    )
    call.step(
        "unmerge",
        "merged -> open",
        title=_l("It is another problem after all"),
        by=THE_OWNER,
        clause=ONE_PROBLEM,
        does=services.unmerge,
        starts=(PROMISE,),
    )
