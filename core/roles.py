"""The roles of the book, each with the clause that says what it answers for."""

from __future__ import annotations

from dataclasses import dataclass

from core.clauses import Citation
from core.i18n import Sentence, _l


@dataclass(frozen=True)
class Role:
    """What a person may be in an office; it counts only in the office where it was given."""

    key: str
    title: Sentence
    clause: str = ""
    inherits: bool = False

    def where(self, attribute: str) -> Allowed:
        """Allow the role only to the person whom the case names in ``attribute`` (``engineer_id``)."""
        return Allowed(self, attribute)


@dataclass(frozen=True)
class Allowed:
    """Who may take a step: a role, perhaps only the very person the case names, perhaps by an amendment's clause."""

    role: Role
    only: str | None = None
    clause: Citation = ""
    plugin: str = ""


SUPPORT_MANAGER = Role("support_manager", _l("Support manager"), "QP/2-04 3.1")
DUTY_MANAGER = Role("duty_manager", _l("Duty manager"), "QP/2-04 3.2")
HOTLINE_ENGINEER = Role("hotline_engineer", _l("Hotline engineer"), "QP/2-04 3.3")
FIELD_ENGINEER = Role("field_engineer", _l("Field engineer"), "QP/2-04 3.4")
REGIONAL_MANAGER = Role("regional_manager", _l("Regional manager"), "QI/03 3.2.6")
CUSTOMER_ADMINISTRATOR = Role("customer_administrator", _l("Customer administrator"), "QI/03 3.2.7")
QUALITY_SUPERVISOR = Role("quality_supervisor", _l("Quality supervisor"), "QI/05 2.1")
SERVICE_MANAGER = Role("service_manager", _l("Service manager"), "QI/02 delay.hotline-busy")
SENIOR_ENGINEER = Role("senior_engineer", _l("Senior engineer"), "QI/05 3.4")
ARCHIVIST = Role("archivist", _l("Archivist"), "QP/2-04 5.8")
HEAD_OFFICE_SUPPORT = Role("head_office_support", _l("Head-office support"), "QP/2-04 5.7")
ADMINISTRATOR = Role("administrator", _l("Administrator"), inherits=True)
TIMER = Role("timer", _l("Timer"))
RELEASE = Role("release", _l("Release"))
MAIL = Role("mail", _l("Incoming mail"))
# Whom nobody can be made: what only they may do is on no page's list of what one can do.
MACHINES = frozenset({TIMER, RELEASE, MAIL})

NATIONAL_ROLES = (
    SUPPORT_MANAGER,
    DUTY_MANAGER,
    HOTLINE_ENGINEER,
    FIELD_ENGINEER,
    REGIONAL_MANAGER,
    CUSTOMER_ADMINISTRATOR,
    QUALITY_SUPERVISOR,
    SERVICE_MANAGER,
    SENIOR_ENGINEER,
    ARCHIVIST,
    HEAD_OFFICE_SUPPORT,
    ADMINISTRATOR,
)
OFFICE_STAFF = NATIONAL_ROLES[:10]
ROLES = {role.key: role for role in NATIONAL_ROLES}
