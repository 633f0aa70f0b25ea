"""Catalogues: every sentence of the sources, and what a Chinese reader gets of it."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

if TYPE_CHECKING:
    from core.plugins import Installed

LOCALE = "zh_Hans_CN"
METHODS = [("**.py", "python"), ("**.html", "jinja2"), ("**.txt", "jinja2")]
OPTIONS = {pattern: {"newstyle_gettext": "true"} for pattern, method in METHODS if method == "jinja2"}
KEYWORDS = {**DEFAULT_KEYWORDS, "_l": None, "_n": (1, 2)}
HEADER: dict[str, Any] = {"project": "koudai", "last_translator": "Koudai authors", "fuzzy": False}
CHINESE = re.compile("[\u3400-\u9fff]")


@dataclass(frozen=True)
class Domain:
    """One gettext domain: where its sentences stand and where its catalogue lies."""

    name: str
    sources: tuple[Path, ...]
    translations: Path

    @property
    def po(self) -> Path:
        """The catalogue's file."""
        return self.translations / LOCALE / "LC_MESSAGES" / f"{self.name}.po"

    @cached_property
    def extracted(self) -> Catalog:
        """What the sources say today."""
        template = Catalog()
        for source in self.sources:
            for _, _, msgid, _, context in extract_from_dir(source, METHODS, OPTIONS, KEYWORDS):
                template.add(msgid, context=context)
        return template

    @cached_property
    def translated(self) -> Catalog:
        """What the catalogue knows; a domain that has none yet gets an empty one."""
        if not self.po.exists():
            return Catalog(LOCALE, self.name, "# Koudai in Chinese.", **HEADER)
        with self.po.open("rb") as stored:
            return read_po(stored, LOCALE, self.name)


def domain_of(one: Installed) -> Domain:
    """Return a regional plugin's own domain, as its files stand now."""
    return Domain(one.module.__name__, (one.folder,), one.folder / "translations")


def update(domain: Domain) -> None:
    """Bring new sentences into the catalogue, untranslated, and drop those that nobody says any more."""
    domain.translated.update(domain.extracted, no_fuzzy_matching=True, update_creation_date=False)
    written = io.BytesIO()
    write_po(written, domain.translated, width=110, no_location=True, sort_output=True, ignore_obsolete=True)
    domain.po.parent.mkdir(parents=True, exist_ok=True)
    domain.po.write_bytes(written.getvalue())


def compile_catalogue(domain: Domain) -> None:
    """Write the .mo from which sentences are read."""
    with domain.po.open("rb") as source, domain.po.with_suffix(".mo").open("wb") as target:
        write_mo(target, read_po(source))


def problems(domain: Domain) -> Iterator[str]:
    """Yield every sentence that a Chinese reader would not get as it was meant."""
    for message in sentences(domain.extracted):
        known = domain.translated.get(message.id, message.context)
        for problem in faults(message, known, domain.translated):
            yield f"{domain.name}: {problem}: {message.id!r}"
    for message in sentences(domain.translated):
        if not domain.extracted.get(message.id, message.context):
            yield f"{domain.name}: nobody says it any more: {message.id!r}"
    for message in domain.translated.obsolete.values():
        yield f"{domain.name}: obsolete: {message.id!r}"


def sentences(catalog: Catalog) -> list[Message]:
    """Return the messages without the header."""
    return [message for message in catalog if message.id]


def faults(message: Message, known: Message | None, catalog: Catalog) -> Iterator[str]:
    """Yield what is wrong with the translation of one sentence."""
    if CHINESE.search(str(message.id)):
        yield "the msgid is not English"
    if known is None or not all(known.string if isinstance(known.string, tuple) else (known.string,)):
        yield "untranslated"
        return
    if known.fuzzy:
        yield "fuzzy"
    for error in known.check(catalog):
        yield str(error)
