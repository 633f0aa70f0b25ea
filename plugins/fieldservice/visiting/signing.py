"""A signature, a stamp, or a refusal (QI/04 3.1.7); and the signed sheet that comes later, matched by its number."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import String, func, literal_column, select

from core import gate
from core.clauses import house_rule
from core.db import db
from core.errors import NotFound, Refused
from core.forms import LongTextField, RecordField, StepForm
from core.i18n import Sentence, _l
from core.roles import DUTY_MANAGER, FIELD_ENGINEER, SUPPORT_MANAGER
from core.talk import files
from core.talk.files import Sent
from core.talk.kinds import SHOWN
from core.talk.models import File
from core.talk.topics import Topic
from plugins.fieldservice.forms import SignForm
from plugins.fieldservice.models import ServiceRequest

if TYPE_CHECKING:
    from core.gate import Act
    from core.offices import Office
    from core.people import Actor
    from core.procedure import Procedure
    from core.rules import Rules

REQUEST, CLAUSE = "fieldservice.request", "QI/04 3.1.7"
FILE_SCAN = "file_scan"
NUMBER = re.compile(r"[A-Z]{1,8}-R-\d{4}-\d{5}", re.ASCII | re.IGNORECASE)
PAGE = 50
PDF = "application/pdf"
SIGNED_LATER = house_rule(
    _l("What nobody signed on the spot is signed on paper later, and filed with its request.")
)
Errors = dict[str, list[Sentence]]


def topic_of(act: Act) -> Topic:
    """Return what the files of a request hang on."""
    return Topic(about=REQUEST, subject_id=act.case.id, number=act.case.number, rules=act.rules)


def photos(act: Act) -> dict[str, str]:
    """Return the pictures that were attached to the request, the newest first."""
    return {str(one.id): one.name for one in _kept(act) if one.media_type in SHOWN}


def scans(act: Act) -> dict[str, str]:
    """Return what may be a signed sheet: pictures and PDFs of the request, the newest first."""
    return {str(one.id): one.name for one in _kept(act) if one.media_type in (*SHOWN, PDF)}


def _kept(act: Act) -> list[File]:
    def read() -> list[File]:
        return [one for one in files.of_topic(topic_of(act)) if one.removed_at is None]

    return act.rules.once(("fieldservice.files", act.case.id), read)


class StampedForm(SignForm):
    """The customer's word: signed on the screen, stamped, on paper, or refused with a reason (QI/04 3.1.7)."""

    stamp_id = RecordField(
        _l("Photo of the company's stamp"),
        offers=photos,
        required=False,
        hint=_l("Take the photo under “Photos and files” first; it can be chosen here then."),
    )
    refused_because = LongTextField(_l("The customer refuses to sign: why"), limit=500, required=False)

    def check(self) -> Errors:
        """A stamp, or a reason for neither, is good for a signature; nobody signs and refuses."""
        found, refused = super().check(), bool(self.refused_because.data)
        given = bool(self.signature.data or self.on_paper.data or self.stamp_id.chosen)
        if not self.signature.data and (refused or self.stamp_id.chosen):
            found.pop("signature", None)
        if refused and given:
            text = _l("There is a signature or a stamp: leave the refusal empty, or take them away.")
            found.setdefault("refused_because", [text])
        return found


class ScanForm(StepForm):
    """Which of the request's files is the signed sheet."""

    scan_id = RecordField(_l("The signed sheet, scanned"), offers=scans)


def not_signed_here(act: Act) -> Sentence | None:
    """What was signed on the screen needs no sheet."""
    return _l("It was signed on the screen: there is no sheet to file.") if act.case.signature else None


def file_scan(act: Act) -> None:
    """From now on it counts as signed on paper, and the paper is this file."""
    request, name = act.case, scans(act).get(str(act.case.scan_id), "")
    request.on_paper = request.on_paper or name[:120]


def add_to(request: Procedure) -> None:
    """Let a signed sheet be filed when it comes."""
    request.step(
        FILE_SCAN,
        "signed | turned_in | conferring | puzzling | escalated | remedied | closed | sent_again -> same",
        title=_l("File the signed sheet"),
        by=(DUTY_MANAGER, SUPPORT_MANAGER, FIELD_ENGINEER.where("engineer_id")),
        clause=SIGNED_LATER,
        form=ScanForm,
        does=file_scan,
        requires=(not_signed_here,),
    )


@dataclass(frozen=True)
class Unsigned:
    """One page of what nobody has signed, the oldest first."""

    requests: list[ServiceRequest]
    total: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(-(-self.total // PAGE), 1)


def _unsigned(office_id: int) -> tuple[object, ...]:
    one, empty = ServiceRequest, literal_column("''", String())
    # Said as the index says it, which holds only these few: a value that is bound later might be another one.
    nothing = (one.signature == empty, one.on_paper == empty, one.stamp_id.is_(None), one.scan_id.is_(None))
    return one.office_id == office_id, one.signed_at.is_not(None), *nothing


def count_unsigned(office_id: int) -> int:
    """Count the visits of an office for which nobody has signed."""
    query = select(func.count()).select_from(ServiceRequest).where(*_unsigned(office_id))  # type: ignore[arg-type]
    return db.session.scalar(query) or 0


def unsigned(office_id: int, page: int) -> Unsigned:
    """Return the visits for which nobody has signed, the oldest first."""
    total = count_unsigned(office_id)
    page = min(max(page, 1), max(-(-total // PAGE), 1))
    query = select(ServiceRequest).where(*_unsigned(office_id))  # type: ignore[arg-type]
    query = query.order_by(ServiceRequest.signed_at, ServiceRequest.id).offset((page - 1) * PAGE).limit(PAGE)
    return Unsigned(list(db.session.scalars(query).unique()), total, page)


def number_in(typed: str, name: str) -> str:
    """Return the number of the request that somebody typed, or that a file is named after."""
    found = NUMBER.search(typed) or NUMBER.search(name)
    return found[0].upper() if found else ""


def file_sheet(
    sent: Sent, typed: str, actor: Actor, office: Office, rules: Rules
) -> tuple[str, list[Sentence]]:
    """File one scanned sheet with its request; return the number, and what speaks against it."""
    number, name = number_in(typed, sent.name), files.brief(files.clean_name(sent.name))
    if not number:
        text = _l(
            "%(name)s: no request number in its name. Type the number of the QR/03 beside it.", name=name
        )
        return "", [text]
    try:
        act = gate.open_case(REQUEST, number, actor, office)
    except NotFound as gone:
        return number, [gone.sentence]
    kept, refused = files.attach(
        Topic(about=REQUEST, subject_id=act.case.id, number=number, rules=rules), [sent], actor
    )
    if not kept:
        return number, refused
    try:
        gate.perform(REQUEST, number, FILE_SCAN, actor, {"scan_id": kept[0].id}, office=office)
    except Refused as error:
        return number, [_l("%(number)s: %(why)s", number=number, why=error.sentence)]
    return number, []
