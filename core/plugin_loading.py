"""Importing what is installed: everything, or in safe mode only what ships with Koudai itself."""

from __future__ import annotations

import importlib
import traceback
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
        text = _unloadable(point.name, error)
        raise with_remedy(text) if _is_foreign(point) else PluginError(text) from error
    return module


def load_part(plugin: str, module: str, *, regional: bool) -> ModuleType:
    """Import a module of a plugin that is found where it belongs; what it raises names the plugin and the file."""
    try:
        return importlib.import_module(module)
    except PluginError:
        raise
    except Exception as error:
        text = _unloadable(plugin, error)
        raise with_remedy(text) if regional else PluginError(text) from error


def _unloadable(plugin: str, error: Exception) -> Sentence:
    return _l(
        "Plugin %(plugin)s cannot be loaded (%(why)s). Repair it, or uninstall it.",
        plugin=plugin,
        why=f"{_where(error)}{type(error).__name__}: {getattr(error, 'msg', None) or error}",
    )


def _where(error: Exception) -> str:
    """Return file and line that raised: of the modules that were being imported, the innermost."""
    frames = traceback.extract_tb(error.__traceback__)
    places = [(one.filename, one.lineno) for one in frames if one.name == "<module>"]
    if isinstance(error, SyntaxError) and error.filename:
        places.append((error.filename, error.lineno))
    return "{}, line {}: ".format(*places[-1]) if places else ""


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
