"""Paper rules: the first print is kept as it is, printing again is a copy of it, marked, with a reason, and logged.

An original belongs to one version of a case: whoever printed a request when it was dispatched may print it again as a
new original once the customer has signed. As long as nothing has happened to the case, printing again is a copy.
Its mark is laid over the stored bytes each time it is looked at, so every copy can be told from its original.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, String, Text, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core import clock, ledger, paper, pdf
from core.clauses import code_of
from core.db import Model, OfficeRow, db, writing
from core.errors import KoudaiError, NotFound
from core.forms import ReasonForm
from core.gate import Act
from core.i18n import Sentence, _l
from core.ledger import LedgerRow
from core.life.removal import forms_taken
from core.offices import Office
from core.records import Form, Record, declared
from core.rules import rules_of
from core.switches import lock_office

NO_PDF = _l("No PDF can be made on this machine. Print from the browser; nothing is kept of it.")
KIND = "print"


class Print(Model, OfficeRow):
    """The first print of a form in one version of its case: the very bytes, and their SHA-256."""

    __tablename__ = "core_print"
    __table_args__ = (UniqueConstraint("procedure", "subject_id", "record", "case_version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    procedure: Mapped[str] = mapped_column(String(60))
    subject_id: Mapped[int]
    number: Mapped[str] = mapped_column(String(24))
    record: Mapped[str] = mapped_column(String(24))
    edition: Mapped[str] = mapped_column(String(200))
    case_version: Mapped[int]
    state: Mapped[str] = mapped_column(String(30))
    pdf: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    sha256: Mapped[str] = mapped_column(String(64))
    printed_at: Mapped[dt.datetime]
    printed_by: Mapped[str] = mapped_column(String(40))
    printed_by_id: Mapped[int | None] = mapped_column(ForeignKey("core_person.id"))
    copies: Mapped[list[PrintCopy]] = relationship(
        back_populates="original", order_by="PrintCopy.copy", lazy="selectin"
    )


class PrintCopy(Model, OfficeRow):
    """One printing of an original again: who, when, why."""

    __tablename__ = "core_print_copy"
    __table_args__ = (UniqueConstraint("print_id", "copy"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    print_id: Mapped[int] = mapped_column(ForeignKey("core_print.id"))
    copy: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)
    copied_at: Mapped[dt.datetime]
    copied_by: Mapped[str] = mapped_column(String(40))
    copied_by_id: Mapped[int | None] = mapped_column(ForeignKey("core_person.id"))
    original: Mapped[Print] = relationship(back_populates="copies")


@dataclass(frozen=True)
class Printed:
    """A form of a case with all its prints, the newest first."""

    form: Form
    prints: Sequence[Print]
    version: int
    here: bool = True

    @property
    def current(self) -> Print | None:
        """The original of the case as it stands, if it was printed."""
        return next((one for one in self.prints if one.case_version == self.version), None)


def printed(act: Act) -> list[Printed]:
    """Return the forms of a case with what was printed of each; one query for all, and one for their copies.

    What was printed of a form whose plugin is off here now is there to be read, and not printed any more.
    """
    here = [one for one in act.rules.plugins.forms.values() if one.record.procedure == act.procedure.name]
    found = list(db.session.scalars(_of(act).order_by(Print.id.desc())))
    kept = {one.record for one in found}
    away = [one for one in _away(act) if one.record.code in kept]
    return [
        Printed(
            form=form,
            prints=[one for one in found if one.record == form.record.code],
            version=act.case.version,
            here=form in here,
        )
        for form in (*here, *away)
    ]


def readable(act: Act) -> dict[str, Form]:
    """Return the forms of which a case may have originals: those of its office, and of plugins that are off there."""
    return {**{one.record.code: one for one in _away(act)}, **act.rules.plugins.forms}


def _away(act: Act) -> Iterator[Form]:
    for one in act.rules.plugins.plugins.installed.values():
        for record in declared(one, Record):
            if record.procedure == act.procedure.name and record.code not in act.rules.plugins.forms:
                yield Form(record=record, plugin=one.name)


def _of(act: Act) -> Any:
    case, name = act.case, act.procedure.name
    return select(Print).where(
        Print.office_id == case.office_id, Print.procedure == name, Print.subject_id == case.id
    )


def find(act: Act, form: Form, print_id: int) -> Print:
    """Find an original of a form of this very case, or raise NotFound."""
    query = _of(act).where(Print.id == print_id, Print.record == form.record.code)
    found: Print | None = db.session.scalar(query)
    if found is None:
        raise NotFound(_l("There is no %(number)s here.", number=form.record.code))
    return found


def bytes_of(original: Print) -> bytes:
    """Return the bytes of an original; what is no more what was printed is not shown as if it were."""
    if _sha256(original.pdf) != original.sha256:
        raise KoudaiError(
            _l(
                "The kept print of %(number)s was altered. It is no original any more.",
                number=original.number,
            )
        )
    return original.pdf


def _sha256(made: bytes) -> str:
    return hashlib.sha256(made).hexdigest()


def damaged(office: Office, begin: dt.datetime, end: dt.datetime) -> Iterator[tuple[str, str]]:
    """Yield number and form of every original that the ledger knows from this time and that is altered or gone.

    What left with the plugin of its form is where it was exported to, and no loss.
    """
    taken = forms_taken(office.id)
    rows = select(LedgerRow).where(LedgerRow.office_id == office.id, LedgerRow.kind == KIND)
    for row in db.session.scalars(
        rows.where(LedgerRow.at >= begin, LedgerRow.at < end).order_by(LedgerRow.id)
    ):
        left = row.action in taken and row.at <= taken[row.action]
        if "copy" not in row.details and not left and not _kept(row):
            yield row.number, row.action


def _kept(row: LedgerRow) -> bool:
    where = (Print.procedure == row.procedure, Print.subject_id == row.subject_id, Print.record == row.action)
    found = db.session.execute(
        select(Print.sha256, Print.pdf).where(Print.office_id == row.office_id, *where)
    )
    logged = row.details["sha256"]
    return any(kept == logged == _sha256(made) for kept, made in found)


def print_original(act: Act, form: Form) -> int:
    """Make, keep and log the first print of a case as it stands; return its id.

    The PDF is made before the write transaction begins, and kept only if nothing has happened to the case meanwhile.
    """
    if not pdf.available():
        raise KoudaiError(NO_PDF)
    case_id, seen, office_id = act.case.id, act.case.version, act.case.office_id
    made = paper.as_pdf(paper.filled(form, act))
    with writing(frozenset({office_id})):
        case = _held(act, form, case_id)
        _refuse_late(act, form, case, seen)
        row = _row(act, form, case, made)
        db.session.add(row)
        db.session.flush()
        _log(act, form, case, {"edition": row.edition, "sha256": row.sha256})
        return row.id


def _refuse_late(act: Act, form: Form, case: Any, seen: int) -> None:
    """Refuse a print of what is no more so, and a second original of what is."""
    if case.version != seen:
        raise KoudaiError(_l("Meanwhile something happened to %(number)s. Look again.", number=case.number))
    if db.session.scalar(_of(act).where(Print.record == form.record.code, Print.case_version == seen)):
        raise KoudaiError(_l("This was printed already. Print a copy, and say why."))


def _row(act: Act, form: Form, case: Any, made: bytes) -> Print:
    return Print(
        office_id=case.office_id,
        procedure=act.procedure.name,
        subject_id=case.id,
        number=case.number,
        record=form.record.code,
        edition=form.edition,
        case_version=case.version,
        state=case.state,
        pdf=made,
        sha256=_sha256(made),
        printed_at=clock.now(),
        printed_by=act.actor.name,
        printed_by_id=act.actor.person_id,
    )


def print_copy(act: Act, form: Form, print_id: int, reason: str) -> int:
    """Count and log one more copy of an original, and return which one it is."""
    case_id = act.case.id
    with writing(frozenset({act.case.office_id})):
        case = _held(act, form, case_id)
        original = find(act, form, print_id)
        where = PrintCopy.print_id == original.id
        number = (db.session.scalar(select(func.max(PrintCopy.copy)).where(where)) or 0) + 1
        copy = PrintCopy(
            office_id=case.office_id,
            print_id=original.id,
            copy=number,
            reason=reason,
            copied_at=clock.now(),
            copied_by=act.actor.name,
            copied_by_id=act.actor.person_id,
        )
        db.session.add(copy)
        said = {"edition": original.edition, "sha256": original.sha256, "copy": number, "reason": reason}
        _log(act, form, case, said)
    return number


def _held(act: Act, form: Form, case_id: int) -> Any:
    """Lock the office against switching, then the case; the form must still be one of the office's."""
    rules = rules_of(lock_office(act.rules.office.id, shared=True))
    if rules.plugins.forms.get(form.record.code) != form:
        raise NotFound(_l("There is no %(number)s here.", number=form.record.code))
    model = act.procedure.model
    query = select(model).where(model.id == case_id).with_for_update(of=model)
    return db.session.scalars(query.execution_options(populate_existing=True)).unique().one()


def _log(act: Act, form: Form, case: Any, said: dict[str, Any]) -> None:
    ledger.append(
        case.office_id,
        kind=KIND,
        action=form.record.code,
        actor=act.actor.name,
        actor_id=act.actor.person_id,
        procedure=act.procedure.name,
        subject_id=case.id,
        number=case.number,
        from_state=case.state,
        to_state=case.state,
        clause=code_of(form.record.clause),
        version=f"{form.plugin} {act.rules.plugins.version(form.plugin)}",
        details=said,
    )


def title_of(row: LedgerRow) -> Sentence:
    """Say what a row of the ledger printed."""
    if copy := row.details.get("copy"):
        return _l("Printed again: %(record)s, copy no. %(number)s", record=row.action, number=copy)
    return _l("Printed: %(record)s", record=row.action)


def why(act: Act, given: Any) -> ReasonForm:
    """Return the form that asks for the reason of a copy, with what was typed."""
    return ReasonForm(act, given)


def copy_of(original: Print, number: int, zone: tzinfo) -> bytes:
    """Return a copy that was made: the original's bytes under the copy's mark."""
    copy = next((one for one in original.copies if one.copy == number), None)
    if copy is None:
        raise NotFound(_l("There is no %(number)s here.", number=number))
    return paper.as_copy(bytes_of(original), mark(copy), _line(copy, zone))


def mark(copy: PrintCopy) -> Sentence:
    """Return the words that mark a copy."""
    return _l("Copy no. %(number)s", number=copy.copy)


def _line(copy: PrintCopy, zone: tzinfo) -> str:
    return f"{copy.copied_at.astimezone(zone):%Y-%m-%d %H:%M} · {copy.copied_by} · {copy.reason}"
