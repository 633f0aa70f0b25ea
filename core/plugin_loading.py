"""Importing what is installed: everything, or in safe mode only what ships with Koudai itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType

from core.errors import PluginError
from core.i18n import Sentence, _l

GROUP = "koudai.plugins"
OWN_DISTRIBUTION = "koudai"


def modules(points: Iterable[EntryPoint], *, safe: bool = False) -> Iterator[ModuleType]:
    """Import plugins; in safe mode those of other distributions are not so much as looked at."""
    for point in points:
        if not (safe and _is_foreign(point)):
            module = _loaded(point)
            if not (safe and module.manifest.regional):
                yield module


def _is_foreign(point: EntryPoint) -> bool:
    return point.dist is None or point.dist.name != OWN_DISTRIBUTION


def _loaded(point: EntryPoint) -> ModuleType:
    try:
        module: ModuleType = point.load()
    except Exception as error:
        why = f"{type(error).__name__}: {error}"
        text = _l(
            "Plugin %(plugin)s cannot be loaded (%(why)s). Repair it, or uninstall it.",
            plugin=point.name,
            why=why,
        )
        raise with_remedy(text) if _is_foreign(point) else PluginError(text) from error
    return module


def with_remedy(said: Sentence) -> PluginError:
    """Say what is wrong with the plugins of offices, and how the others work on until it is mended."""
    return PluginError(
        _l(
            "%(wrong)s Until then “koudai serve --safe” (or KOUDAI_SAFE_MODE=1) starts without regional plugins: "
            "their offices can be read, all others work.",
            wrong=said,
        )
    )


def foreign_plugins() -> list[str]:
    """Return the installed plugins that come in distributions of their own."""
    return [point.name for point in entry_points(group=GROUP) if _is_foreign(point)]


def distribution_of(name: str) -> str:
    """Return the distribution that brings a plugin; empty for what ships with Koudai, or came by no entry point."""
    found = (point for point in entry_points(group=GROUP) if point.name == name and _is_foreign(point))
    return next((point.dist.name for point in found if point.dist is not None), "")
