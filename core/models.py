"""Every model of core in one place, so that the metadata is whole."""

from core.accounts import PasswordLink
from core.api.replays import ApiReplay
from core.api.tokens import ApiToken
from core.calendars import CalendarDay, OpeningHours
from core.customers.import_models import ColumnMapping, ImportFile, ImportRefusal, ImportRun, LastSaid
from core.customers.models import Contact, Customer, CustomerKey, Installation, Product
from core.deadlines import Deadline
from core.ledger import LedgerHead, LedgerRow
from core.numbers import NumberSeries, NumberVoid
from core.offices import Office
from core.parameters import ParameterValue
from core.people import Person, RoleGrant
from core.prints import Print, PrintCopy
from core.sessions import EndedSession
from core.switches import PluginSwitch
from core.throttle import LoginFailure

__all__ = [
    "ApiReplay",
    "ApiToken",
    "CalendarDay",
    "ColumnMapping",
    "Contact",
    "Customer",
    "CustomerKey",
    "Deadline",
    "EndedSession",
    "ImportFile",
    "ImportRefusal",
    "ImportRun",
    "Installation",
    "LastSaid",
    "LedgerHead",
    "LedgerRow",
    "LoginFailure",
    "NumberSeries",
    "NumberVoid",
    "Office",
    "OpeningHours",
    "ParameterValue",
    "PasswordLink",
    "Person",
    "PluginSwitch",
    "Print",
    "PrintCopy",
    "Product",
    "RoleGrant",
]
