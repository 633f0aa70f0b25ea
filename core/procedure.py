"""A procedure is data: states, steps, deadlines. An office's procedure is the national one plus amendments."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import or_

from core import state_maps
from core.additions import Amendment, Check, Consequence, ExtraField, Requirement
from core.clauses import Citation
from core.errors import PluginError
from core.form_traits import pictures, secrets
from core.i18n import Sentence, _l
from core.moves import sides_of
from core.roles import MACHINES, Allowed, Role

if TYPE_CHECKING:
    from core.cases import Case
    from core.deadlines import Within
    from core.forms import StepForm
    from core.gate import Act
    from core.records import Table

Effect = Callable[["Act"], str | None]
SAME = "same"
CUSTOMER = _l("Customer")
# Steps that no procedure lists: a release's, and the one by which a colleague stands in for who is away.
STANDS_IN = "stands_in"
UNLISTED = {state_maps.STEP: state_maps.TITLE, STANDS_IN: _l("A colleague stands in")}


@dataclass(frozen=True, kw_only=True)
class State:
    """Where a case stands: ``tone`` colours its chip, ``final`` ends deadlines, ``goes_on`` finds what moves first."""

    name: str
    title: Sentence
    tone: str = "plain"
    final: bool = False
    plugin: str = ""
    goes_on: Callable[[Any], Case | None] | None = None

    @property
    def known(self) -> bool:
        """Whether somebody here declares it; what ended in a state of a plugin that is gone keeps its name."""
        return bool(self.plugin)


class States(dict[str, State]):
    """The states by name; one that only a plugin knew which is off now still has a name, and nothing leads on."""

    def __missing__(self, name: str) -> State:
        return State(name=name, title=Sentence(name), tone="off", final=True)


@dataclass(frozen=True, kw_only=True)
class DeadlineRule:
    """A promise that a step starts: how long, whose, by which clause."""

    key: str
    title: Sentence
    within: Within
    owner: Role
    owner_attribute: str | None = None
    since: str | None = None
    since_title: Sentence | None = None
    only_in: tuple[str, ...] = ()
    when: Callable[[Act], bool] | None = None
    when_title: Sentence | None = None
    clause: Citation
    plugin: str


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of a procedure's list, or one fact of its page, in the order of the page.

    A column that is not ``usual`` is shown to whoever asks for it; what is ``confidential`` is never searched.
    """

    name: str
    title: Sentence
    value: Callable[[Any], Any]
    usual: bool = True
    confidential: bool = False


@dataclass(frozen=True, kw_only=True)
class Filter:
    """One question that a procedure's list can be asked: which of these, or whose.

    ``attribute`` is a column of the model; without ``choices`` it names a person.
    """

    name: str
    title: Sentence
    attribute: str
    choices: Mapping[str, Sentence] | None = None

    def where(self, model: type[Case], value: str) -> Any:
        """Return the condition that an answer sets."""
        return getattr(model, self.attribute) == (int(value) if self.choices is None else value)


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing that may happen to a case: from where to where, by whom, by which clause, with what effect.

    ``undone_by`` names the step that takes it back; it is offered to whoever has just taken this one. What is for
    those ``above`` may be taken in the office, too, with which the case is shared: by whoever holds the role there.
    """

    name: str
    title: Sentence
    sources: frozenset[str]
    targets: tuple[str, ...]
    by: tuple[Allowed, ...]
    clause: Citation
    plugin: str
    form: type[StepForm] | None = None
    does: Effect | None = None
    meets: tuple[str, ...] = ()
    starts: tuple[str, ...] = ()
    drops: tuple[str, ...] = ()
    requires: tuple[Requirement, ...] = ()
    fields: tuple[ExtraField, ...] = ()
    follows: tuple[Consequence, ...] = ()
    widened: tuple[Allowed, ...] = ()
    tone: str = "plain"
    voids: bool = False
    inner: bool = False
    own_page: str | None = None
    undone_by: str = ""
    above: bool = False
    locked: frozenset[str] = frozenset()

    @property
    def who(self) -> tuple[Allowed, ...]:
        """Everybody who may take it: whom it names itself, then whom plugins let take it too."""
        return self.by + self.widened

    @property
    def added(self) -> tuple[ExtraField | Consequence, ...]:
        """What plugins ask with it, and let follow from it."""
        return (*self.fields, *self.follows)

    @property
    def for_people(self) -> bool:
        """Whether somebody can take it by himself: it is no part of another step, and not a machine's alone."""
        return not self.inner and any(way.role not in MACHINES for way in self.who)

    @property
    def creates(self) -> bool:
        """Whether the step makes a new case."""
        return not self.sources

    def leads_to(self, state: str) -> tuple[str, ...]:
        """Return the states that the step may lead to from ``state``."""
        return tuple(state if target == SAME else target for target in self.targets)


class Procedure:
    """The life of one kind of case, as the head office wrote it and as plugins amended it.

    ``heading`` tells a case from others beside its number, ``headed`` says what that is: mostly whose case it is.
    ``tables`` stand on its page below the facts, as they do on paper: one line for each of many.
    """

    def __init__(
        self,
        name: str,
        *,
        model: type[Case],
        title: Sentence,
        letter: str,
        reads: str,
        heading: Callable[[Any], Any],
        headed: Sentence = CUSTOMER,
        columns: tuple[Column, ...] = (),
        facts: tuple[Column, ...] = (),
        filters: tuple[Filter, ...] = (),
        tables: tuple[Table, ...] = (),
        searched: tuple[str, ...] | None = None,
        record: str = "",
        begins: Sentence | None = None,
        collection: str = "",
    ) -> None:
        self.name, self.model, self.title, self.letter, self.reads = name, model, title, letter, reads
        self.heading, self.columns, self.facts, self.record, self.begins = (
            heading,
            columns,
            facts,
            record,
            begins,
        )
        self.filters, self.tables, self._searched, self.headed = filters, tables, searched, headed
        self.collection = collection or f"{self.noun}s"
        self.states = States()
        self.steps: dict[str, Step] = {}
        self.deadlines: dict[str, DeadlineRule] = {}
        self.amendments: list[Amendment] = []
        self.endings: tuple[Requirement, ...] = ()

    @property
    def plugin(self) -> str:
        """The plugin that owns the procedure; its name is the first half of the procedure's."""
        return self.name.partition(".")[0]

    @property
    def searched(self) -> tuple[Column, ...]:
        """What the search reads: the facts and columns named in ``searched``, or all; never what is confidential."""
        secret = {name for step in self.steps.values() for name in secrets(step.form)}  # type: ignore[arg-type]
        known = {one.name: one for one in (*self.columns, *self.facts)}
        wanted = known if self._searched is None else self._searched
        found = (known[name] for name in wanted if name not in secret)
        return tuple(one for one in found if not one.confidential)

    @property
    def shared(self) -> bool:
        """Whether its cases may be shared with an office above, where somebody takes steps of theirs."""
        return any(step.above for step in self.steps.values())

    def seen_in(self, office_id: int) -> Any:
        """Return the condition for the cases of an office, and for those that others share with it."""
        own = self.model.office_id == office_id
        return or_(own, self.model.shared_office_id == office_id) if self.shared else own

    @property
    def unsearchable(self) -> tuple[str, ...]:
        """What ``searched`` names and neither the list nor the page shows."""
        known = {one.name for one in (*self.columns, *self.facts)}
        return tuple(name for name in self._searched or () if name not in known)

    @property
    def pictures(self) -> frozenset[str]:
        """What steps ask as a picture (a signature): it is shown and printed, and sent nowhere else."""
        return frozenset[str]().union(*(pictures(step.form) for step in self.steps.values()))  # type: ignore[arg-type]

    @property
    def noun(self) -> str:
        """The second half of the name, as it stands in URLs: ``call``, ``request``."""
        return self.name.partition(".")[2]

    def state(self, name: str, title: Sentence, *, plugin: str = "", **said: Any) -> None:
        """Declare a state, with what else ``State`` says; ``plugin`` is who adds it to another's procedure."""
        self.states[name] = State(name=name, title=title, plugin=plugin or self.plugin, **said)

    def step(
        self,
        name: str,
        moves: str,
        *,
        title: Sentence,
        by: Role | Allowed | Iterable[Role | Allowed],
        clause: Citation,
        requires: Iterable[Check] = (),
        **attributes: Any,
    ) -> None:
        """Declare a step; ``moves`` reads ``"registered | dispatched -> cancelled"``, creation has no source."""
        self.steps[name] = self.new_step(name, moves, self.plugin, title, by, clause, requires, attributes)

    def new_step(
        self,
        name: str,
        moves: str,
        plugin: str,
        title: Sentence,
        by: Role | Allowed | Iterable[Role | Allowed],
        clause: Citation,
        requires: Iterable[Check],
        attributes: Mapping[str, Any],
    ) -> Step:
        sources, targets = sides_of(moves, plugin, f"{self.name}.{name}")
        for state in {*sources, *targets} - {SAME} - set(self.states):
            raise PluginError(
                _l(
                    "Plugin %(plugin)s: step %(step)s of %(procedure)s names the state %(state)s, which nobody declared; "
                    "known are %(known)s.",
                    plugin=plugin,
                    step=name,
                    procedure=self.name,
                    state=state,
                    known=", ".join(self.states),
                )
            )
        checks = tuple(Requirement(check=check, clause=clause, plugin=plugin) for check in requires)
        return Step(
            name=name,
            title=title,
            sources=frozenset(sources),
            targets=tuple(targets),
            by=allowed(by),
            clause=clause,
            plugin=plugin,
            requires=checks,
            **attributes,
        )

    def deadline(
        self,
        key: str,
        *,
        title: Sentence,
        within: Within,
        owner: Role | Allowed,
        clause: Citation,
        since: str | None = None,
        since_title: Sentence | None = None,
        only_in: tuple[str, ...] = (),
        when: Callable[[Act], bool] | None = None,
        when_title: Sentence | None = None,
    ) -> None:
        """Declare a deadline.

        It counts from its start, or from the moment the case keeps in ``since``, which ``since_title`` puts into words
        (“when the parcel came”); with ``only_in``, it starts only when the step led to one of these states, and with
        ``when``, only when the step that was taken says so, which ``when_title`` puts into words.
        """
        rule = self.new_deadline(key, title, within, owner, clause, self.plugin)
        counted = replace(rule, since=since, since_title=since_title, only_in=only_in)
        self.deadlines[key] = replace(counted, when=when, when_title=when_title)

    def since_title(self, rule: DeadlineRule) -> Sentence:
        """Say what the moment is from which a deadline counts: as it says itself, or as the list or page calls it."""
        if rule.since_title is not None or rule.since == "opened_at":
            return rule.since_title or _l("when the case was opened")
        known = {one.name: one.title for one in (*self.columns, *self.facts)}
        return Sentence("“%(title)s”", {"title": known[rule.since or ""]})

    def says_since(self, rule: DeadlineRule) -> bool:
        """Say whether there are words for the moment from which a deadline counts."""
        named = {"opened_at", *(one.name for one in (*self.columns, *self.facts))}
        return not rule.within.counted or rule.since in {None, *named} or rule.since_title is not None

    def before_ending(self, check: Check, *, clause: Citation) -> None:
        """Ask for something before any step that ends a case, whoever adds it; what is voided may end as it stands."""
        self.endings += (Requirement(check=check, clause=clause, plugin=self.plugin),)

    def asked_before(self, step: Step) -> tuple[Requirement, ...]:
        """Return all that is asked for before a step."""
        ends = not step.voids and all(one != SAME and self.states[one].final for one in step.targets)
        return step.requires + self.endings if ends else step.requires

    def new_deadline(
        self, key: str, title: Sentence, within: Within, owner: Role | Allowed, clause: Citation, plugin: str
    ) -> DeadlineRule:
        whose = owner if isinstance(owner, Allowed) else Allowed(owner)
        return DeadlineRule(
            key=key,
            title=title,
            within=within,
            owner=whose.role,
            owner_attribute=whose.only,
            clause=clause,
            plugin=plugin,
        )

    def copy(self) -> Procedure:
        """Return a copy for one plugin set; steps and states are frozen, so the dictionaries suffice."""
        twin = Procedure.__new__(Procedure)
        twin.__dict__.update(self.__dict__)
        twin.states, twin.steps = States(self.states), dict(self.steps)
        twin.deadlines, twin.amendments = dict(self.deadlines), list(self.amendments)
        return twin

    def title_of(self, action: str) -> Sentence | str:
        """Return what the ledger's name of a step means here; a step that is gone is called by its name."""
        if action in self.steps:
            return self.steps[action].title
        return UNLISTED.get(action, action)

    def naming(self, steps: Iterable[Step] | None = None) -> set[str]:
        """Return the attributes of a case that name who alone may take some of these steps (of all)."""
        among = self.steps.values() if steps is None else steps
        return {way.only for step in among for way in step.who if way.only}

    def leads_on(self, state: str) -> bool:
        """Say whether a step leads from a state to another one, other than by giving the case up."""
        steps = self.steps_from(state)
        return any(set(one.leads_to(state)) - {state} and not one.voids for one in steps)

    def steps_from(self, state: str | None) -> list[Step]:
        """Return the steps that lead on from a state, or those that create a case."""
        return [step for step in self.steps.values() if (state in step.sources if state else step.creates)]


def allowed(by: Role | Allowed | Iterable[Role | Allowed]) -> tuple[Allowed, ...]:
    """Read the ways in which ``by=`` may be written."""
    many = (by,) if isinstance(by, Role | Allowed) else tuple(by)
    strange = [one for one in many if not isinstance(one, Role | Allowed)]
    if strange:
        raise TypeError(f"by= takes roles, as in core.roles, and not {by!r}")
    return tuple(one if isinstance(one, Allowed) else Allowed(one) for one in many)
