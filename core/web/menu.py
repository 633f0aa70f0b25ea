"""The menu and the slots: what plugins contribute to a page, contained so that no plugin can break it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Flask, g, render_template, request, url_for
from markupsafe import Markup

from core import safe_mode
from core.db import only_looking
from core.i18n import Sentence, _l
from core.offices import Office
from core.rules import Rules, rules_of_all
from core.slots import Card, MenuItem, Status
from core.web.access import actor, may

log = logging.getLogger(__name__)
MOST_OFFICES = 3
OWN_ENTRIES = (
    MenuItem(
        title=_l("Customers"),
        endpoint="customers.customers",
        permission="core.see_customers",
        icon="people",
        weight=70,
    ),
    MenuItem(
        title=_l("Import customers"),
        endpoint="imports.index",
        permission="core.import_customers",
        icon="file-earmark-arrow-up",
        weight=75,
    ),
    MenuItem(
        title=_l("Numbers"),
        endpoint="numbers.voids",
        permission="core.check_numbers",
        icon="123",
        weight=77,
    ),
    MenuItem(
        title=_l("Pocket book"),
        endpoint="pocketbook.book",
        permission="core.read_book",
        icon="book",
        weight=78,
    ),
    MenuItem(
        title=_l("Staff"),
        endpoint="staff.people",
        permission="core.manage_staff",
        icon="person-badge",
        weight=80,
    ),
    MenuItem(
        title=_l("Settings"),
        endpoint="office.settings",
        permission="core.manage_office",
        icon="sliders",
        weight=90,
    ),
)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An entry of the menu with its address; ``current`` is the one that the reader is in."""

    item: MenuItem
    url: str
    current: bool = False


@dataclass(frozen=True, kw_only=True)
class Group:
    """The entries of one office; the office is named where the menu shows several."""

    office: Office | None
    entries: list[Entry]

    @property
    def places(self) -> list[Place]:
        """The entries as they stand in a row: those within the same word stand together, where the first would be."""
        found: dict[object, Place] = {}
        for one in self.entries:
            key = one.item.within.msgid if one.item.within else one.url
            found.setdefault(key, Place(title=one.item.within, entries=[])).entries.append(one)
        return list(found.values())


@dataclass(frozen=True, kw_only=True)
class Place:
    """One place in the row of the menu: an entry, or several under a title."""

    title: Sentence | None
    entries: list[Entry]

    @property
    def current(self) -> Entry | None:
        """The entry in which the reader is, if it is one of these."""
        return next((one for one in self.entries if one.current), None)


def init_menu(app: Flask) -> None:
    """Give menu and slots to the templates."""
    app.jinja_env.globals.update(
        menu=menu, menu_title=menu_title, slot=slot, my_offices=my_offices, may=may, place=place
    )
    app.jinja_env.globals.update(only_read=only_read, statuses=statuses)


def my_offices() -> list[Office]:
    """Return the offices of whoever is signed in, by code."""
    return [office for office_id, office in g.tree.items() if office_id in actor().offices]


def only_read() -> list[Sentence]:
    """Say of this page's office, or of each of mine, that safe mode lets it be read only."""
    if "actor" not in g or not safe_mode.is_on():
        return []
    closed = safe_mode.closed_offices()
    shown = [g.office] if "office" in g else my_offices()
    return [safe_mode.sentence_of([one.name], closed[one.id]) for one in shown if one.id in closed]


def rules_of_mine() -> dict[int, Rules]:
    """Return the rules of all my offices, read once for a page."""
    if "rules_of_mine" not in g:
        g.rules_of_mine = rules_of_all(actor().offices, g.tree)
    found: dict[int, Rules] = g.rules_of_mine
    return found


def menu() -> list[Group]:
    """Return the menu of this page, made once: other places ask for its titles too."""
    if "menu" not in g:
        g.menu = _menu()
    made: list[Group] = g.menu
    return made


def menu_title() -> Sentence | str:
    """Return the title of the entry under which this page lies."""
    return next((entry.item.title for group in menu() for entry in group.entries if entry.current), "")


def _menu() -> list[Group]:
    """Return the entries of the page's office, or of each of my few offices where the page has none."""
    if "actor" not in g:
        return []
    if "rules" in g:
        return [Group(office=None, entries=entries_of(g.rules))]
    if len(actor().offices) > MOST_OFFICES:
        return []
    groups = [Group(office=rules.office, entries=entries_of(rules)) for rules in rules_of_mine().values()]
    return [Group(office=None, entries=one.entries) for one in groups] if len(groups) == 1 else groups


def entries_of(rules: Rules) -> list[Entry]:
    """Return the entries of an office that the person may see; the one that the reader is in is marked."""
    given = [one for _plugin, one in rules.plugins.gather("core_menu") if isinstance(one, MenuItem)]
    allowed = [one for one in (*OWN_ENTRIES, *given) if may(one.permission, rules)]
    found = list(_addressed(sorted(allowed, key=lambda item: item.weight), rules.office.code))
    current = entry_at(found, request.path)
    return [Entry(item=one.item, url=one.url, current=one is current) for one in found]


def _addressed(items: list[MenuItem], office: str) -> Iterator[Entry]:
    """Give the entries their addresses; one that leads nowhere is left out, and its plugin's log says why."""
    for item in items:
        try:
            yield Entry(item=item, url=url_for(item.endpoint, office=office, **item.values))
        except Exception:
            log.exception("the menu entry %s leads nowhere", item.endpoint)


def entry_at(entries: list[Entry], path: str) -> Entry | None:
    """Find the entry under which a page lies: the longest whose address begins the page's."""
    above = [one for one in entries if path.startswith(one.url)]
    return max(above, key=lambda one: len(one.url), default=None)


def statuses() -> list[tuple[Status, str]]:
    """Return the chips of the page's office that the reader may see, each with its address; who fails is left out."""
    if "rules" not in g or "actor" not in g:
        return []
    given = [
        one
        for _plugin, one in g.rules.plugins.gather("core_status", rules=g.rules)
        if isinstance(one, Status)
    ]
    shown = sorted((one for one in given if may(one.permission)), key=lambda one: one.weight)
    return list(_linked(shown, g.office.code))


def _linked(shown: list[Status], office: str) -> Iterator[tuple[Status, str]]:
    for one in shown:
        try:
            yield one, url_for(one.endpoint, office=office, **one.values)
        except Exception:
            log.exception("the chip %s leads nowhere", one.endpoint)


def place() -> str:
    """Return where in its office this page lies, so that another office can show the same."""
    return request.path.removeprefix(f"/{g.office.code}/") if "office" in g else ""


def slot(name: str, **inputs: Any) -> Markup:
    """Render the cards that plugins give for a place; a card that fails becomes a small box with its name.

    A page of several offices says for which one it asks: by its ``rules``.
    """
    rules: Rules = inputs.get("rules") or g.rules
    given = rules.plugins.gather(name, **inputs)
    given.sort(key=lambda pair: getattr(pair[1], "weight", 100))
    return Markup("").join(_card(plugin, one, inputs) for plugin, one in given)


def _card(plugin: str, card: Any, inputs: dict[str, Any]) -> Markup:
    if isinstance(card, Card):
        try:
            with only_looking():
                body = render_template(card.template, **{**inputs, **card.values}) if card.template else ""
                return Markup(render_template("core/card.html", card=card, body=Markup(body), plugin=plugin))
        except Exception:
            log.exception("the card of plugin %s failed", plugin)
    return Markup(render_template("core/card.html", card=None, plugin=plugin))
