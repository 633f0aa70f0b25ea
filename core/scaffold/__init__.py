"""Write a regional plugin to begin with: a distribution that installs and passes its own tests."""

from __future__ import annotations

import re
from importlib.metadata import entry_points
from importlib.resources import files
from pathlib import Path
from string import Template

from core.errors import Invalid
from core.i18n import _l
from core.loose_ends import PLUGIN, TAKEN
from core.plugin_loading import GROUP

DOCUMENT = re.compile(r"[A-Z0-9]+(?:/[A-Z0-9-]+)*")
LONGEST_DOCUMENT = 40
TEXT = re.compile(r"[^\W_][\w .'()（）-]{0,39}")


def write(folder: Path, name: str, title: str, title_zh: str, document: str) -> list[Path]:
    """Write the plugin's files into a new folder, and return them; what is there already is never touched."""
    refuse_odd(name, title, title_zh, document)
    if folder.exists():
        raise Invalid("into", _l("%(folder)s is there already. Choose another folder.", folder=folder))
    package = f"koudai_{name}"
    words = {"name": name, "package": package, "title": title, "title_zh": title_zh, "document": document}
    made = []
    for template, place in places(package).items():
        text = (files("core.scaffold") / f"{template}.tmpl").read_text(encoding="utf-8")
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(Template(text).substitute(words), encoding="utf-8")
        made.append(path)
    return made


def places(package: str) -> dict[str, str]:
    """Return where each template goes: the layout that every plugin has."""
    return {
        "pyproject.toml": "pyproject.toml",
        "build_hook.py": "build_hook.py",
        "README.md": "README.md",
        "plugin.py": f"{package}/__init__.py",
        "words.py": f"{package}/words.py",
        "clauses.csv": f"{package}/clauses.csv",
        "messages.po": f"{package}/translations/zh_Hans_CN/LC_MESSAGES/{package}.po",
        "test_rules.py": "tests/test_rules.py",
    }


def refuse_odd(name: str, title: str, title_zh: str, document: str) -> None:
    """Refuse what would not make a plugin, by the field."""
    if not PLUGIN.fullmatch(name) or name in TAKEN:
        raise Invalid("name", _l("A plugin's name is one word of small letters, and not that of a page."))
    if name in entry_points(group=GROUP).names:
        text = _l("A plugin %(name)s is installed already. Choose another name, or uninstall it.", name=name)
        raise Invalid("name", text)
    for given in (title, title_zh):
        if not TEXT.fullmatch(given):
            raise Invalid("title", _l("A title has 1 to 40 letters, like Shenzhen."))
    if not DOCUMENT.fullmatch(document) or len(document) > LONGEST_DOCUMENT:
        raise Invalid("document", _l("A document's code is written like SZYY/QI/03."))
