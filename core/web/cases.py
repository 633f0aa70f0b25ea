"""The pages of every procedure: list, case, step. A plugin replaces a page only by a view of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from markupsafe import Markup
from sqlalchemy import CompoundSelect, bindparam, inspect, literal, select, union_all
from werkzeug.datastructures import MultiDict

from core import deadlines, gate, ledger, pdf, prints
from core.asking import asked
from core.cases import Case
from core.clauses import Citation
from core.db import db
from core.errors import NotFound, Objection, RefusalKind, Refused
from core.forms import StepForm, untouched
from core.gate import Act
from core.i18n import Sentence, _, _l
from core.lists.cases import listing_of
from core.procedure import Procedure, Step
from core.rules import Rules
from core.web import choices, threeway
from core.web.access import actor, case_here, may, needs, these_rules, this_office
from core.web.listing import shown
from core.web.story import told, typed

pages = Blueprint("cases", __name__, url_prefix="/<office>/<plugin>/<noun>")
PAGE = 30
OTHERS = 5


def reads(rules: Rules, view_args: Mapping[str, Any]) -> str:
    """Return the permission to see the cases of the procedure that an address names."""
    return rules.procedure(f"{view_args['plugin']}.{view_args['noun']}").reads


@dataclass(frozen=True, kw_only=True)
class Offer:
    """One step as the case page offers it: open, or closed and why."""

    step: Step
    act: Act
    against: list[Objection]

    @property
    def open(self) -> bool:
        """Whether nothing speaks against it."""
        return not self.against

    @property
    def clause(self) -> Citation:
        """By which clause the reader may take it: an amendment's, or the step's own."""
        way = self.act.allowing()
        return (way and way.clause) or self.step.clause

    @property
    def plugin(self) -> str:
        """Whose clause that is."""
        way = self.act.allowing()
        return (way and way.plugin) or self.step.plugin

    @property
    def url(self) -> str:
        """Where the step is taken: on its own page, on the form of a new case, or on the case's page."""
        procedure, office, step = self.act.procedure, this_office().code, self.step
        if not step.creates:
            way = self.act.allowing()
            named = way is not None and way.only is not None
            return step_url(procedure, step, self.act.case.number, office, named=named)
        if step.own_page:
            return url_for(step.own_page, office=office)
        plugin, noun = procedure.plugin, procedure.noun
        return url_for("cases.new", office=office, plugin=plugin, noun=noun, step=step.name)


@pages.get("/")
@needs(reads)
def cases(office: str, plugin: str, noun: str) -> str:
    """The list of a procedure's cases as it is asked for, a page at a time."""
    procedure = these_rules().procedure(f"{plugin}.{noun}")
    blank = gate.blank(procedure, actor(), these_rules())
    return render_template(
        "core/cases.html",
        procedure=procedure,
        it=shown(listing_of(procedure, these_rules(), actor()), PAGE),
        creating=offers(blank),
    )


@pages.route("/new/<step>", methods=["GET", "POST"])
@needs(reads)
def new(office: str, plugin: str, noun: str, step: str) -> Any:
    """The form of a step that creates a case."""
    procedure = these_rules().procedure(f"{plugin}.{noun}")
    act = _step_of(gate.blank(procedure, actor(), these_rules()), step)
    if request.method == "GET":
        return render_template("core/new_case.html", act=act, form=act.form(), against=act.closed_by())
    try:
        with gate.together() as acts:
            case = gate.perform(procedure.name, None, step, actor(), request.form, office=this_office())
    except Refused as refused:
        page = render_template(
            "core/new_case.html", act=act, form=refilled(act, refused), against=refused.objections
        )
        return page, _status(refused)
    tell_done(_("%(number)s: %(step)s", number=case.number, step=act.step.title), acts[-1])
    return redirect(case_url(procedure, case.number))


@pages.get("/<number>")
@needs(reads)
def case(office: str, plugin: str, noun: str, number: str) -> str:
    """The page of one case: what it is, what happened, what can be done now."""
    act = case_here(f"{plugin}.{noun}", number)
    return case_page(act, chosen=request.args.get("step", ""), asked=request.args.get("promise", ""))


@pages.get("/<number>/<step>")
@needs(reads)
def step(office: str, plugin: str, noun: str, number: str, step: str) -> Any:
    """The address to which a step's form is sent, opened as an address: the case with that form."""
    return redirect(case_url(these_rules().procedure(f"{plugin}.{noun}"), number, step=step))


@pages.post("/<number>/<step>")
@needs(reads)
def take_step(office: str, plugin: str, noun: str, number: str, step: str) -> Any:
    """Take a step; what was typed stays when it is refused."""
    name = f"{plugin}.{noun}"
    # A page that does not say which version it showed has shown none.
    seen = request.form.get("seen", -1, type=int)
    try:
        with gate.together() as acts:
            gate.perform(name, number, step, actor(), request.form, office=this_office(), seen=seen)
    except Refused as refused:
        act = case_here(name, number)
        return case_page(act, chosen=step, refused=refused), _status(refused)
    tell_done(_("Done: %(step)s", step=acts[-1].step.title), acts[-1], made=_made(acts))
    return redirect(case_url(these_rules().procedure(name), number))


def tell_done(done: str, taken: Act, made: Sequence[Act] = ()) -> None:
    """Flash what was done, with the cases that it made, and with the step that takes it back."""
    said = render_template("core/_done.html", done=done, made=made, undo=_undo(taken))
    flash(Markup(said), "done")


def _undo(taken: Act) -> Offer | None:
    """Return the step that takes another one back, when the reader may take it now; nothing otherwise."""
    if not taken.step.undone_by:
        return None
    act = case_here(taken.procedure.name, taken.case.number)
    look = gate.look_at(act, act.procedure.steps[taken.step.undone_by])
    offer = Offer(step=look.step, act=look, against=look.closed_by())
    return offer if offer.open else None


def _made(acts: list[Act]) -> list[Act]:
    """Return what came into being inside a step, as far as the reader may see it."""
    return [one for one in acts if one.step.creates and may(one.procedure.reads)]


def case_page(
    act: Act, chosen: str = "", refused: Refused | None = None, *, asked: str = "", **more: Any
) -> str:
    """Render a case with the form of the chosen step, or of what keeps the promise asked for, or comes next."""
    offered, promised = offers(act), deadlines.shown(act.procedure, act.case.id)
    running = choices.mine(act, promised, asked)
    leading = choices.way_on(act, offered, running, asked)
    current = next((one for one in offered if one.step.name == chosen), leading)
    near, folded = choices.parted(offered, leading, running, current)
    again = refused if current and current.step.name == chosen else None
    form = refilled(current.act, again) if current and again else current.act.form() if current else None
    return render_template(
        "core/case.html",
        act=act,
        case=act.case,
        procedure=act.procedure,
        near=near,
        folded=folded,
        current=current,
        ahead=choices.ahead(offered, running),
        goes_on=_goes_on(act),
        form=form,
        was=untouched(current.act.form()) if current and form else {},
        refused=refused,
        unplaced=_unplaced(refused, form),
        lost=_lost(act, chosen) if refused and not again else [],
        deadlines=promised,
        story=told(act, ledger.of_case(act.procedure.name, act.case.id, number=act.case.number)),
        others=_others(act),
        printed=prints.printed(act) if act.case.office_id == this_office().id else [],
        can_print=pdf.available(),
        **more,
    )


def _others(act: Act) -> list[tuple[Procedure, Any]]:
    """Return the other cases of the same customer."""
    found = cases_of(act.case.customer_id, OTHERS)
    return [one for one in found if (one[0].name, one[1].number) != (act.procedure.name, act.case.number)]


@dataclass(frozen=True)
class GoesOn:
    """The other case that has to move first, with its next promise."""

    procedure: Procedure
    case: Case
    promise: deadlines.Deadline | None


def _goes_on(act: Act) -> GoesOn | None:
    """Return where the case goes on when it waits for another one, as far as the reader may see that."""
    leads = act.procedure.states[act.case.state].goes_on
    there = leads and leads(act.case)
    if there is None or act.case.office_id != this_office().id:
        return None
    procedure = next(one for one in act.rules.plugins.procedures.values() if isinstance(there, one.model))
    if not may(procedure.reads):
        return None
    return GoesOn(procedure, there, deadlines.next_of(procedure.name, [there.id]).get(there.id))


def offers(act: Act) -> list[Offer]:
    """Return the steps that lead on from here, each open or closed with the reasons; what ends it comes last."""
    found = sorted(act.procedure.steps_from(act.case.state), key=lambda step: step.tone == "danger")
    looks = [gate.look_at(act, step) for step in found if step.for_people]
    return [Offer(step=look.step, act=look, against=look.closed_by()) for look in looks]


def refilled(act: Act, refused: Refused) -> StepForm:
    """Return the form with what was typed and what was wrong with it."""
    if refused.kind is RefusalKind.STALE:
        return merged(act, request.form)
    form = act.form(request.form)
    if refused.kind is RefusalKind.FORM:
        form.check()
        for name, errors in refused.errors.items():
            if name in form and not form[name].errors:
                form[name].errors = tuple(errors)
    return form


def merged(act: Act, typed: MultiDict[str, str]) -> StepForm:
    """Return the form over what a colleague has changed meanwhile: his where the reader touched nothing.

    Where both wrote, the reader's words stay and his stand beside them: nobody overwrites what he has not seen.
    """
    now = untouched(act.form())
    given, both = threeway.merged(now, typed)
    form = act.form(given)
    for name in both:
        form[name].errors = (threeway.written_meanwhile(now[name]),)
    return form


def _unplaced(refused: Refused | None, form: StepForm | None) -> list[Sentence]:
    """Return what was wrong with fields that the page does not show."""
    errors = refused.errors if refused else {}
    return [text for name, many in errors.items() if form is None or name not in form for text in many]


def _lost(act: Act, chosen: str) -> list[Any]:
    """Return what was typed into the form of a step that is no longer on offer."""
    step = act.procedure.steps.get(chosen)
    return typed(gate.look_at(act, step).form(request.form)) if step else []


def cases_of(customer_id: int | None, most: int) -> list[tuple[Procedure, Any]]:
    """Return a customer's newest cases of every procedure that the reader may see, what is open first.

    Of each its number, its state and when it was opened; one statement, whatever the number of procedures.
    """
    every = {one.name: one for one in these_rules().plugins.procedures.values() if may(one.reads)}
    if customer_id is None or not every:
        return []
    tables = tuple((name, inspect(one.model).local_table) for name, one in every.items())
    rows = asked(_newest_of(tables), customer=customer_id, office=this_office().id, most=most)
    return _open_first([(every[row.name], row) for row in rows])


def whole_cases_of(customer_id: int, most: int) -> list[tuple[Procedure, Case]]:
    """Return the same cases with all that is known of them: a statement for each procedure that has any."""
    found: list[tuple[Procedure, Case]] = []
    for procedure in dict.fromkeys(one for one, _case in cases_of(customer_id, 1)):
        model = procedure.model
        where = (model.customer_id == customer_id, model.office_id == this_office().id)
        query = select(model).where(*where).order_by(model.id.desc()).limit(most)
        found.extend((procedure, case) for case in db.session.scalars(query).unique())
    return _open_first(found)


@lru_cache(maxsize=128)
def _newest_of(tables: tuple[tuple[str, Any], ...]) -> CompoundSelect[Any]:
    """Return the statement for who may see these: writing it out costs more than asking it does."""
    parts = (
        select(literal(name).label("name"), table.c.number, table.c.state, table.c.opened_at)
        .where(table.c.customer_id == bindparam("customer"), table.c.office_id == bindparam("office"))
        .order_by(table.c.id.desc())
        .limit(bindparam("most"))
        .subquery()
        for name, table in tables
    )
    return union_all(*map(select, parts))


def _open_first(cases: list[tuple[Procedure, Any]]) -> list[tuple[Procedure, Any]]:
    cases.sort(key=lambda pair: pair[1].opened_at, reverse=True)
    return sorted(cases, key=lambda pair: is_final(*pair))


def is_final(procedure: Procedure, case: Any) -> bool:
    """Say whether a case has come to its end; nothing leads on from a state that nobody here knows."""
    return procedure.states[case.state].final


def _step_of(act: Act, name: str) -> Act:
    step = act.procedure.steps.get(name)
    if step is None or not step.creates or step.inner:
        title = act.procedure.title
        raise NotFound(_l("%(procedure)s has no step %(step)s here.", procedure=title, step=name))
    return gate.look_at(act, step)


@pages.app_template_global()
def case_url(procedure: Procedure, number: str | None, office: str = "", **more: Any) -> str:
    """Return the address of a case, in the office of this page or in another one."""
    code, plugin, noun = office or this_office().code, procedure.plugin, procedure.noun
    return url_for("cases.case", office=code, plugin=plugin, noun=noun, number=number, **more)


def step_url(procedure: Procedure, step: Step, number: str | None, office: str, *, named: bool) -> str:
    """Return where a step of a case is taken: whom the case names takes it on the step's own page.

    Who may take it for his role alone takes it on the case's page, unless nobody is named.
    """
    personal = any(way.only for way in step.who)
    if step.own_page and (named or not personal):
        return url_for(step.own_page, office=office, number=number, step=step.name, _anchor="step")
    return case_url(procedure, number, office, step=step.name, _anchor="step")


STATUS = {RefusalKind.FORM: 422, RefusalKind.ROLE: 403}


def _status(refused: Refused) -> int:
    return STATUS.get(refused.kind, 409)
