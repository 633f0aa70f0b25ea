"""The rules in force in one office at this moment: its plugin set, its parameters, its calendar."""

from __future__ import annotations

import logging
from collections.abc import Callable, Hashable, Iterable
from functools import cached_property
from typing import Any, TypeVar

from flask import current_app

from core.calendars import calendar_of
from core.errors import NotFound, PluginError, UnknownSetting
from core.i18n import Sentence, _l
from core.offices import Office, OfficeKind, all_offices, ancestry
from core.parameters import Parameter, Rung, effective, ladder, stored_values
from core.people import Person, colleagues
from core.plugins import Plugins, PluginSet
from core.procedure import Procedure
from core.roles import ROLES, Role
from core.switches import enabled_in
from core.verdicts import Decision
from core.worktime import OfficeCalendar

Read = TypeVar("Read")
log = logging.getLogger(__name__)


def installed_plugins() -> Plugins:
    """Return the plugins of the current app."""
    plugins: Plugins = current_app.extensions["koudai"]
    return plugins


def known_roles() -> dict[str, Role]:
    """Return the roles of the book and those that installed plugins bring, by key."""
    own = (role for one in installed_plugins().installed.values() for role in one.manifest.roles)
    return ROLES | {role.key: role for role in own}


class Rules:
    """What is in force in an office: read once, for one page or one step."""

    def __init__(self, office: Office, plugins: PluginSet, tree: dict[int, Office]) -> None:
        self.office, self.plugins, self._tree = office, plugins, tree
        self.missing: frozenset[str] = frozenset()
        self._read: dict[Hashable, Any] = {}

    @cached_property
    def calendar(self) -> OfficeCalendar:
        """The office's working time."""
        return calendar_of(self.office)

    @cached_property
    def line(self) -> list[Office]:
        """The office and what stands above it, the most local first."""
        return ancestry(self.office, self._tree)

    @cached_property
    def _stored(self) -> dict[tuple[int, str], Any]:
        return stored_values([office.id for office in self.line])

    @cached_property
    def parameters(self) -> dict[str, Parameter]:
        """What may be set here: an office sets what its plugins declare, head office and regions what any does."""
        if self.office.kind == OfficeKind.OFFICE:
            return self.plugins.parameters
        return self.plugins.plugins.parameters

    def declared(self, key: str) -> Parameter:
        """Find a parameter among those that may be set here, or refuse the unknown key."""
        if key not in self.parameters:
            raise UnknownSetting(
                _l("%(office)s has no parameter %(key)s. See its list.", office=self.office.code, key=key)
            )
        return self.parameters[key]

    def own(self, key: str) -> Any:
        """Return what this very office set a parameter to, for what no two offices may share; None if it did not."""
        return self._stored.get((self.office.id, key))

    def rungs(self, key: str) -> list[Rung]:
        """Return the ladder of a parameter, most local first."""
        return ladder(self.declared(key), self.line, self._stored, self.plugins.presets(key))

    def parameter(self, key: str) -> Any:
        """Return the value of a parameter that is in force here."""
        return effective(self.rungs(key)).value

    def procedure(self, name: str) -> Procedure:
        """Return a procedure as this office has it, or NotFound when its plugin is off here."""
        if name not in self.plugins.procedures:
            raise NotFound(
                _l("%(office)s does not use %(procedure)s.", office=self.office.code, procedure=name)
            )
        return self.plugins.procedures[name]

    def decide(self, name: str, **inputs: Any) -> Decision:
        """Ask a decision of this office's plugins."""
        return self.plugins.decide(name, rules=self, **inputs)

    def colleagues(self, role: Role) -> list[Person]:
        """Return who holds a role here."""
        return self.once(("colleagues", role.key), lambda: colleagues(self.office.id, role))

    def once(self, key: Hashable, read: Callable[[], Read]) -> Read:
        """Read something once for this page or step, however many forms and products ask for it."""
        if key not in self._read:
            self._read[key] = read()
        found: Read = self._read[key]
        return found


def rules_of(office: Office, tree: dict[int, Office] | None = None) -> Rules:
    """Read what is in force in one office now; ``tree`` spares reading the offices once more."""
    names = enabled_in([office.id])[office.id]
    tree = tree or all_offices()
    return _read(tree[office.id], names, tree)


def why_shut(office: Office) -> Sentence | None:
    """Say why the plugins of an office do not fit together, with the plugin and the remedy; None when they do."""
    try:
        rules_of(office)
    except PluginError as error:
        return error.sentence
    return None


def _read(office: Office, names: frozenset[str], tree: dict[int, Office]) -> Rules:
    """Put the rules of an office together; what safe mode left out is missing in them."""
    plugins = installed_plugins()
    here = plugins.present(names)
    found = Rules(office, plugins.set_of(here), tree)
    found.missing = names - here
    return found


def rules_of_all(office_ids: Iterable[int], tree: dict[int, Office] | None = None) -> dict[int, Rules]:
    """Read what is in force in several offices now, with the same number of queries as for one.

    An office whose plugins do not fit together is left out, so that it takes no other one with it.
    """
    tree, found = tree or all_offices(), dict[int, Rules]()
    for office_id, names in enabled_in(office_ids).items():
        try:
            found[office_id] = _read(tree[office_id], names, tree)
        except PluginError as error:
            log.error("%s is left out: %s", tree[office_id].code, error)
    return found
