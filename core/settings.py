"""Setting an office's parameters: from the settings page and the command line alike."""

from __future__ import annotations

from typing import Any

from core.db import writing
from core.errors import UnknownSetting
from core.i18n import _l
from core.offices import Office
from core.parameters import clear_value, set_value, stored_values
from core.people import Actor
from core.rules import Rules, rules_of
from core.switches import lock_office


def set_parameter(office: Office, key: str, given: Any, actor: Actor) -> Any:
    """Set a parameter in an office, a region or (in head office) nationwide; return the value in force there.

    Refuses, with the clause, what is unknown there, locked, out of bounds, or laxer than the rung above.
    """
    office_id = office.id
    with writing(frozenset({office_id})):
        rules = _locked(office_id)
        parameter = rules.declared(key)
        set_value(parameter, rules.office, parameter.read(given), rules.rungs(key), actor)
    return rules_of(rules.office).parameter(key)


def clear_parameter(office: Office, key: str, actor: Actor) -> Any:
    """Take back what an office set itself, and return the value that is in force there now."""
    office_id = office.id
    with writing(frozenset({office_id})):
        rules = _locked(office_id)
        parameter = rules.declared(key)
        if (office_id, key) not in stored_values([office_id]):
            raise UnknownSetting(
                _l("%(office)s has no value of its own for %(key)s.", office=rules.office.code, key=key)
            )
        clear_value(parameter, rules.office, actor)
    return rules_of(rules.office).parameter(key)


def _locked(office_id: int) -> Rules:
    """Read the office's rules under its lock: no step and no switch happens meanwhile."""
    return rules_of(lock_office(office_id))
