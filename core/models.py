"""Every model of core in one place, so that the metadata is whole."""

from core.accounts import PasswordLink
from core.api.replays import ApiReplay
from core.api.tokens import ApiToken
from core.calendars import CalendarDay, OpeningHours
from core.customers.import_models import ColumnMapping, ImportFile, ImportRefusal, ImportRun, LastSaid
from core.customers.models import Contact, Customer, CustomerKey, Installation, Product
from core.customers.records import CameAlong, CustomerChange, CustomerMerge, CustomerMove, NotTwins, Proposal
from core.deadlines import Deadline
from core.jobs.models import JobClaim, JobTurn
from core.ledger import LedgerHead, LedgerRow
from core.life.releases import RuleSnapshot
from core.lists.models import ListChoice, SavedFilter
from core.numbers import NumberSeries, NumberVoid
from core.offices import Office
from core.parameters import ParameterValue
from core.people import Person, RoleGrant
from core.presence import Presence
from core.prints import Print, PrintCopy
from core.search.models import SearchText, SearchToken
from core.sessions import EndedSession
from core.switches import PluginSwitch
from core.talk.models import File, Note, Notice, NoticeChoice
from core.throttle import LoginFailure

__all__ = [
    "ApiReplay",
    "ApiToken",
    "CalendarDay",
    "CameAlong",
    "ColumnMapping",
    "Contact",
    "Customer",
    "CustomerChange",
    "CustomerKey",
    "CustomerMerge",
    "CustomerMove",
    "Deadline",
    "EndedSession",
    "File",
    "ImportFile",
    "ImportRefusal",
    "ImportRun",
    "Installation",
    "JobClaim",
    "JobTurn",
    "LastSaid",
    "LedgerHead",
    "LedgerRow",
    "ListChoice",
    "LoginFailure",
    "NotTwins",
    "Note",
    "Notice",
    "NoticeChoice",
    "NumberSeries",
    "NumberVoid",
    "Office",
    "OpeningHours",
    "ParameterValue",
    "PasswordLink",
    "Person",
    "PluginSwitch",
    "Presence",
    "Print",
    "PrintCopy",
    "Product",
    "Proposal",
    "RoleGrant",
    "RuleSnapshot",
    "SavedFilter",
    "SearchText",
    "SearchToken",
]
