"""Compile this region's catalogue into its wheel."""

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CatalogueHook(BuildHookInterface[Any]):
    """What a wheel carries although git does not."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write the .mo beside every .po of the package."""
        for po in (Path(self.root) / "koudai_guangzhou").rglob("*.po"):
            with po.open("rb") as source, po.with_suffix(".mo").open("wb") as target:
                write_mo(target, read_po(source))
