"""Sentences that keep their message and values, so that they can be stored and read later in any language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from flask import g, has_app_context
from flask_babel import Domain, get_domain, get_locale

if TYPE_CHECKING:
    from core.offices import Office

LOCALES = {"zh_Hans_CN": "中文", "en": "English"}
DEFAULT_LOCALE = "zh_Hans_CN"
_domains: dict[str, Domain] = {}
_told_by: dict[tuple[str | None, str], Callable[[str], str]] = {}


class Sentence:
    """A translatable sentence: rendered in the reader's language each time it is shown."""

    __slots__ = ("domain", "msgid", "values")

    def __init__(
        self, msgid: str, values: Mapping[str, Any] | None = None, domain: str | None = None
    ) -> None:
        self.msgid, self.values, self.domain = msgid, dict(values or {}), domain

    def __str__(self) -> str:
        text = _translate(self.msgid, self.domain) if has_app_context() else self.msgid
        return text % {name: _told(value) for name, value in self.values.items()} if self.values else text

    def __mod__(self, more: Mapping[str, Any]) -> Sentence:
        """Stay as it is when WTForms fills in numbers of its own: the values are there already."""
        return self

    def __repr__(self) -> str:
        return f"Sentence({self.msgid!r}, {self.values!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sentence) and self.to_json() == other.to_json()

    def __hash__(self) -> int:
        return hash((self.msgid, self.domain))

    def to_json(self) -> dict[str, Any]:
        """Return what is stored of the sentence: moments stay moments, days become ISO text, sentences stay sentences."""
        values = {name: _plain(value) for name, value in self.values.items()}
        return {"msgid": self.msgid, "values": values, "domain": self.domain}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Sentence:
        """Rebuild a stored sentence."""
        values = {name: _revived(value) for name, value in stored["values"].items()}
        return cls(stored["msgid"], values, stored["domain"])


def zone() -> ZoneInfo:
    """Return the zone of the office that a page or a step is about, or the country's."""
    office: Office | None = g.get("office") if has_app_context() else None
    return office.zoneinfo if office is not None else ZoneInfo("Asia/Shanghai")


def _told(value: Any) -> Any:
    """Tell a moment in the office's time, without seconds: 2026-11-23 14:30."""
    if isinstance(value, dt.datetime) and value.tzinfo is not None:
        return value.astimezone(zone()).strftime("%Y-%m-%d %H:%M")
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, Sentence):
        return value.to_json()
    if isinstance(value, dt.datetime):
        return {"moment": value.isoformat()}
    if isinstance(value, dt.date):
        return value.isoformat()
    return value if isinstance(value, int | float | str | None) else str(value)


def _revived(value: Any) -> Any:
    if isinstance(value, dict) and "moment" in value:
        return dt.datetime.fromisoformat(value["moment"])
    return Sentence.from_json(value) if isinstance(value, dict) and "msgid" in value else value


def _translate(msgid: str, domain: str | None) -> str:
    # A page says hundreds of sentences: which catalogue a reader's language has is asked once in a process, and once
    # his language is found, it is looked up where ``get_locale`` keeps it: that takes a third of the time.
    locale = getattr(g.get("_flask_babel"), "babel_locale", None) or get_locale()
    key = (domain, str(locale.language) if locale else "")
    if key not in _told_by:
        found = _domains.get(domain) if domain else None
        _told_by[key] = (found or get_domain()).get_translations().ugettext
    return _told_by[key](msgid)


def _l(msgid: str, **values: Any) -> Sentence:
    """Return a sentence of the national catalogue, translated when it is shown."""
    return Sentence(msgid, values)


def _(msgid: str, **values: Any) -> str:
    """Return a sentence of the national catalogue in the language of the current reader."""
    return str(Sentence(msgid, values))


def domain_of(package: str, directory: Path) -> Callable[..., Sentence]:
    """Return the ``_l`` of a regional plugin: its wording lives in its own catalogue and reaches nobody else.

    The domain is called like the package, whichever of its modules asks; templates of the package say ``_`` in it.
    """
    name = package.partition(".")[0]
    _domains[name] = Domain(translation_directories=[str(directory)], domain=name)
    for known in [one for one in _told_by if one[0] == name]:
        del _told_by[known]

    def lazy(msgid: str, /, **values: Any) -> Sentence:
        return Sentence(msgid, values, name)

    return lazy


def says(package: str, msgid: str, values: Mapping[str, Any]) -> str:
    """Return what a template of a package says: in the package's own domain where it has one."""
    return str(Sentence(msgid, values, package if package in _domains else None))


def bilingual(zh: str, en: str) -> str:
    """Choose between two stored texts (a clause's titles, an office's names) by the reader's language."""
    locale = get_locale() if has_app_context() else None
    return en if locale is not None and locale.language == "en" and en else zh or en


def translation_folders() -> list[str]:
    """Return where the national catalogue lies: in the installed package, or beside it in the work tree."""
    here = Path(__file__).parent
    return [str(path) for path in (here / "translations", here.parent / "translations") if path.is_dir()]
