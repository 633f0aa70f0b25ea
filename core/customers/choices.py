"""What somebody says of a file's columns, and what is wrong with that: in the browser and on the command line."""

from __future__ import annotations

from collections.abc import Mapping

from core.customers.columns import REQUIRED, refuse_strange_fields
from core.customers.fields import FIELD_LABELS, heading
from core.customers.reading import Column, columns_to_choose
from core.customers.sheet import Sheet, UnreadableSheet
from core.i18n import Sentence, _l


def faults_of(chosen: Mapping[str, str]) -> dict[str, Sentence]:
    """Say what is wrong with a choice of columns, by heading; "" is for what is wrong with the whole."""
    faults: dict[str, Sentence] = {}
    taken: dict[str, str] = {}
    for word, name in chosen.items():
        if name and name not in FIELD_LABELS:
            faults[word] = _l("There is no such field. Choose one from the list.")
        elif name and taken.setdefault(name, word) != word:
            faults[word] = _l("“%(other)s” was chosen for this already.", other=taken[name])
    missing = [FIELD_LABELS[name] for name in REQUIRED if name not in taken]
    if len(missing) == 1:
        faults[""] = _l("Say which column is “%(field)s”.", field=missing[0])
    elif missing:
        faults[""] = _l("Say which columns are “%(one)s” and “%(other)s”.", one=missing[0], other=missing[1])
    return faults


def refuse_faulty(sheet: Sheet, known: Mapping[str, str], chosen: Mapping[str, str]) -> None:
    """Refuse what is said of columns that the file does not have, or that cannot be so, naming what it has."""
    refuse_strange_fields(chosen)
    columns = columns_to_choose(sheet, known)
    there = {heading(column.heading): column for column in columns}
    strange = [word for word in chosen if heading(word) not in there]
    if strange:
        raise _unfit(strange[0], _l("The file has no column of this heading."), columns)
    for word, fault in faults_of(_with_known(columns, chosen)).items():
        raise _unfit(word, fault, columns)


def _with_known(columns: list[Column], chosen: Mapping[str, str]) -> dict[str, str]:
    """Add what was recognised by itself, but for fields that somebody gave to another column."""
    said = {heading(word): field for word, field in chosen.items()}
    free = {column.heading: "" if column.field in said.values() else column.field for column in columns}
    return {word: said.get(heading(word), field) for word, field in free.items()}


def _unfit(word: str, fault: Sentence, columns: list[Column]) -> UnreadableSheet:
    found = [column.heading for column in columns]
    if not word:
        return UnreadableSheet(_l("%(fault)s Found: %(found)s", fault=fault, found=" | ".join(found)), found)
    return UnreadableSheet(
        _l("“%(column)s”: %(fault)s Found: %(found)s", column=word, fault=fault, found=" | ".join(found)),
        found,
    )
