"""Compile the catalogues into the wheel and see that the browser's files are there."""

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

CATALOGUES = ("core", "plugins", "translations")
ASSETS = "core/static/vendor/versions.json"


class CatalogueHook(BuildHookInterface[Any]):
    """What a wheel carries although git does not."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile every catalogue; a real wheel also takes in the national one and the assets."""
        root = Path(self.root)
        for folder in CATALOGUES:
            for po in (root / folder).rglob("*.po"):
                compile_catalogue(po)
        if version == "standard":
            if not (root / ASSETS).exists():
                raise SystemExit(f"{ASSETS} is missing: run 'make assets' before building a wheel")
            build_data["force_include"]["translations"] = "core/translations"


def compile_catalogue(po: Path) -> None:
    """Write the .mo beside the .po."""
    with po.open("rb") as source, po.with_suffix(".mo").open("wb") as target:
        write_mo(target, read_po(source))
