"""Keep the catalogues true to the sources: the national one and every region's own domain."""

import argparse
import io
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
LOCALE = "zh_Hans_CN"
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
        with (ROOT / "babel.cfg").open() as mapping:
            methods, options = parse_mapping_cfg(mapping)
        template = Catalog()
        for source in self.sources:
            for _, _, msgid, _, context in extract_from_dir(source, methods, options, KEYWORDS):
                template.add(msgid, context=context)
        return template

    @cached_property
    def translated(self) -> Catalog:
        """What the catalogue knows; a domain that has none yet gets an empty one."""
        if not self.po.exists():
            return Catalog(LOCALE, self.name, "# Koudai in Chinese.", **HEADER)
        with self.po.open("rb") as stored:
            return read_po(stored, LOCALE, self.name)


def domains(root: Path = ROOT) -> list[Domain]:
    """Return the national domain, then one for every package under ``regions/``."""
    national = tuple(folder for name in ("core", "plugins", "demo") if (folder := root / name).is_dir())
    regional = sorted(found.parent for found in root.glob("regions/*/*/__init__.py"))
    return [Domain("messages", national, root / "translations")] + [
        Domain(package.name, (package,), package / "translations") for package in regional
    ]


def update(domain: Domain) -> None:
    """Bring new sentences into the catalogue, untranslated, and drop those that nobody says any more."""
    domain.translated.update(domain.extracted, no_fuzzy_matching=True, update_creation_date=False)
    written = io.BytesIO()
    write_po(written, domain.translated, width=110, no_location=True, sort_output=True, ignore_obsolete=True)
    domain.po.parent.mkdir(parents=True, exist_ok=True)
    domain.po.write_bytes(written.getvalue())


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


def main() -> int:
    """Update the catalogues, or say what is wrong with them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, and fail if anything is wrong")
    checking = parser.parse_args().check
    found: list[str] = []
    for domain in domains():
        if not checking:
            update(domain)
        found += problems(domain)
        print(f"{domain.name}: {len(sentences(domain.extracted))} sentences")
    print("\n".join(found) or "every sentence is translated")
    return 1 if found and checking else 0


if __name__ == "__main__":
    sys.exit(main())
