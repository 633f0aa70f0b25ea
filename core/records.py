"""Records: numbered paper forms, declared as data in a plugin's ``records.py`` and found there, not registered.

A record belongs to a procedure and is filled from one of its cases. What the case does not know yet is an empty
ruled line, to be written by hand. A changed form is a new edition: what was printed keeps the one it had.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from core.clauses import Citation
from core.errors import NotFound, PluginError
from core.i18n import Sentence, _l

if TYPE_CHECKING:
    from core.plugins import Installed
    from core.procedure import Procedure

COLUMNS, MOST_LINES = 12, 6
PORTRAIT, LANDSCAPE = "portrait", "landscape"
Value = Callable[[Any], Any]


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field: its label, how to get its value from the case (or a row), its width of twelve, its height in lines.

    Without ``value`` it is always written by hand. ``choices`` print as boxes, with the one that the value names
    ticked. ``drawn`` means that the value is a signature: a picture as a ``data:`` address.
    """

    label: Sentence
    value: Value | None = None
    width: int = 4
    lines: int = 1
    choices: Mapping[str, Sentence | str] | None = None
    drawn: bool = False

    def __post_init__(self) -> None:
        if self.width not in range(2, COLUMNS + 1) or self.lines not in range(1, MOST_LINES + 1):
            raise ValueError(
                f"{self.label.msgid}: a field is 2 to {COLUMNS} wide and 1 to {MOST_LINES} lines high"
            )


@dataclass(frozen=True, kw_only=True)
class Corrected:
    """A value that was corrected visibly: what it ``was``, the oldest first, is struck through before what it is now."""

    was: tuple[Any, ...]
    now: Any


@dataclass(frozen=True, kw_only=True)
class Part:
    """A part of a form that one person fills in; a ``slip`` is cut off and goes its own way."""

    title: Sentence
    fields: tuple[Field, ...]
    slip: bool = False

    def lines(self) -> Iterator[tuple[Field, ...]]:
        """Yield the fields line by line, as many as fit into twelve columns; the last of each is drawn out."""
        line: list[Field] = []
        for one in self.fields:
            if sum(other.width for other in line) + one.width > COLUMNS:
                yield tuple(line)
                line = []
            line.append(one)
        if line:
            yield tuple(line)


@dataclass(frozen=True, kw_only=True)
class Table:
    """A part with one line for each of many: what ``rows`` finds for the case, and at least ``least`` lines.

    With ``least=0`` it is left out where there are none.
    """

    title: Sentence
    fields: tuple[Field, ...]
    rows: Callable[[Any], Iterable[Any]]
    least: int = 5

    def __post_init__(self) -> None:
        if sum(one.width for one in self.fields) > COLUMNS:
            raise ValueError(f"{self.title.msgid}: the fields of a table are together at most {COLUMNS} wide")


@dataclass(frozen=True, kw_only=True)
class Record:
    """A numbered paper form, filled from a case of ``procedure`` (``"fieldservice.request"``).

    ``under`` is the document to which it belongs, and the full code begins with that. ``sheets`` are the copies that
    one printing makes, by what becomes of each. ``running`` says of the case what stands at the foot of every page.
    """

    code: str
    title: Sentence
    edition: int
    procedure: str
    clause: Citation
    parts: tuple[Part | Table, ...]
    under: str = ""
    sheets: tuple[Sentence, ...] = ()
    orientation: str = PORTRAIT
    running: Value | None = None

    @property
    def key(self) -> str:
        """The code as it stands in addresses: ``QR-03``."""
        return self.code.replace("/", "-")

    def full_code(self, prefix: str) -> str:
        """Return the whole code of the document, which begins with the installation's prefix."""
        return prefix + "/".join(part for part in (self.under, self.code) if part)

    @property
    def fingerprint(self) -> str:
        """What tells one edition's paper from another's: all that it says and how it is laid out."""
        said = [self.code, self.under, self.title.msgid, self.orientation, [one.msgid for one in self.sheets]]
        laid_out = [self.running is not None, [_laid_out(part) for part in self.parts]]
        text = json.dumps([*said, *laid_out], ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True, kw_only=True)
class Addition:
    """A part that a plugin adds to another's record (``to="QR/03"``), which then says whose it is."""

    to: str
    part: Part | Table
    clause: Citation


def _laid_out(part: Part | Table) -> list[Any]:
    kind = ["slip" if part.slip else ""] if isinstance(part, Part) else ["rows", part.least]
    return [part.title.msgid, kind, [_printed(one) for one in part.fields]]


def _printed(one: Field) -> list[Any]:
    """What a field says whatever the case: a box says its words, and the key that is stored is on no paper."""
    boxes = [getattr(title, "msgid", title) for title in (one.choices or {}).values()]
    return [one.label.msgid, one.width, one.lines, one.drawn, boxes, one.value is not None]


@dataclass(frozen=True)
class Form:
    """A record as an office has it: the plugin that declares it, and what others added to it."""

    record: Record
    plugin: str
    added: tuple[tuple[str, str, Addition], ...] = field(default=())

    @property
    def edition(self) -> str:
        """The edition, with the plugins (and their versions) that added to it: ``1``, ``1 + shanghai 0.1.0``."""
        return " + ".join(
            [str(self.record.edition), *(f"{name} {version}" for name, version, _ in self.added)]
        )


Declared = TypeVar("Declared", Record, Addition)


def declared(one: Installed, kind: type[Declared]) -> tuple[Declared, ...]:
    """Return the records, or the additions, that lie in a plugin's ``records.py``."""
    part = one.part("records")
    found = vars(part).values() if part else ()
    return tuple(value for value in found if isinstance(value, kind))


def assembled(enabled: Iterable[Installed], procedures: Mapping[str, Procedure]) -> dict[str, Form]:
    """Return the forms of a set of plugins by code; what hangs in the air is refused by the name of its plugin."""
    forms: dict[str, Form] = {}
    for one in enabled:
        reach = {one.name, *one.manifest.requires}
        for record in declared(one, Record):
            if record.procedure not in procedures or procedures[record.procedure].plugin not in reach:
                _refuse(
                    one.name,
                    _l("%(record)s is a form of %(target)s", record=record.code, target=record.procedure),
                )
            forms[record.code] = Form(record, one.name)
        for more in declared(one, Addition):
            form = forms.get(more.to)
            if form is None or form.plugin not in reach:
                _refuse(one.name, _l("it adds to %(target)s", target=more.to))
            added = (*form.added, (one.name, one.manifest.version, more))
            forms[more.to] = Form(form.record, form.plugin, added)
    return forms


def _refuse(plugin: str, what: Sentence) -> NoReturn:
    raise PluginError(
        _l(
            "Plugin %(plugin)s does not fit: %(what)s, which is not there, or which it does not require.",
            plugin=plugin,
            what=what,
        )
    )


def form_named(forms: Mapping[str, Form], key: str, procedure: str) -> Form:
    """Find the form of a procedure by the key in its address, or raise NotFound."""
    for form in forms.values():
        if form.record.key == key and form.record.procedure == procedure:
            return form
    raise NotFound(_l("There is no %(number)s here.", number=key))
