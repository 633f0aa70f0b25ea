"""The release note of head office: what two releases rule otherwise, by clause, and the offices that it touches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from core.errors import PluginError
from core.i18n import Sentence, _, _l
from core.life.snapshots import Rule, Snapshot
from core.offices import all_offices
from core.parameters import Rung, effective
from core.plugins import Plugins
from core.rules import Rules, rules_of
from core.switches import enabled_in

KINDS = {
    "step": _l("Step"),
    "state": _l("State"),
    "deadline": _l("Deadline"),
    "parameter": _l("Parameter"),
    "preset": _l("Preset"),
    "decision": _l("Decision"),
    "clause": _l("Clause"),
    "widen": _l("Who may"),
    "require": _l("Before"),
    "add_field": _l("Field"),
    "follow": _l("Afterwards"),
    "set": _l("Otherwise"),
}
ASPECTS = {
    "title": _l("called"),
    "clause": _l("by clause"),
    "house_rule": _l("house rule"),
    "from": _l("from"),
    "to": _l("to"),
    "who": _l("by whom"),
    "asks": _l("asks"),
    "before": _l("before"),
    "endings": _l("before it ends the case"),
    "starts": _l("promises"),
    "meets": _l("keeps"),
    "within": _l("within"),
    "since": _l("counted from"),
    "whose": _l("whose"),
    "when": _l("only"),
    "leads": _l("only when it leads to"),
    "final": _l("ends it"),
    "default": _l("default"),
    "value": _l("value"),
    "unit": _l("unit"),
    "least": _l("least"),
    "most": _l("most"),
    "stricter": _l("may only become"),
    "locked": _l("locked"),
    "adjusts": _l("adjusts"),
    "step": _l("step"),
    "zh": _l("in Chinese"),
    "en": _l("in English"),
}
# What earlier releases did not keep: nobody knows whether it was otherwise, so that no note says so.
LATER = ("endings", "when", "leads")
WITH_UNIT = frozenset({"default", "value", "least", "most"})


@dataclass(frozen=True, kw_only=True)
class Change:
    """One rule that is otherwise; ``was`` or ``now`` is None when it is new, or gone."""

    plugin: str
    key: str
    was: Rule | None
    now: Rule | None
    touches: list[str] = field(default_factory=list)
    spares: list[tuple[str, str]] = field(default_factory=list)

    @property
    def rule(self) -> Rule:
        """The rule as it is now, or as it was before it went."""
        found = self.now or self.was
        assert found is not None
        return found

    def aspects(self) -> Iterator[tuple[str, Any, Any]]:
        """Yield what of the rule is otherwise: aspect, before, after."""
        if self.was is None or self.now is None:
            return
        was, now = _flat(self.was), _flat(self.now)
        for name in dict.fromkeys([*now, *was]):
            if was.get(name) != now.get(name):
                yield name, was.get(name), now.get(name)


def _flat(rule: Rule) -> dict[str, Any]:
    return {**{name: rule[name] for name in ("title", "clause", "house_rule")}, **rule["says"]}


def changes(plugins: Plugins, before: Mapping[str, Snapshot], after: Mapping[str, Snapshot]) -> list[Change]:
    """Compare two releases, rule by rule, and say for each change whom it touches."""
    rules = _rules_of_offices(plugins)
    found = [
        one for name in {**after, **before} for one in _of_plugin(name, before.get(name), after.get(name))
    ]
    return [_touching(one, rules) for one in found]


def _of_plugin(name: str, before: Snapshot | None, after: Snapshot | None) -> Iterator[Change]:
    was, now = (dict(one.rules) if one else {} for one in (before, after))
    for key in dict.fromkeys([*now, *was]):
        old, new = _both_kept(was.get(key), now.get(key))
        if old != new:
            yield Change(plugin=name, key=key, was=old, now=new)


def _both_kept(was: Rule | None, now: Rule | None) -> tuple[Rule | None, Rule | None]:
    """Leave out of two rules what only one of their releases kept."""
    if was is None or now is None:
        return was, now
    once = {name for name in LATER if (name in was["says"]) != (name in now["says"])}
    old, new = ({name: said for name, said in one["says"].items() if name not in once} for one in (was, now))
    return {**was, "says": old}, {**now, "says": new}


def _rules_of_offices(plugins: Plugins) -> list[Rules]:
    tree, found = all_offices(), []
    for office_id in enabled_in(tree):
        try:
            found.append(rules_of(tree[office_id]))
        except PluginError:
            continue
    return found


def _touching(change: Change, offices: list[Rules]) -> Change:
    """Name the offices that a change reaches, and those that use the plugin but have it their own way."""
    touched, spared = [], []
    for rules in offices:
        if change.plugin in rules.plugins.names:
            why = _spared(change, rules)
            if why is None:
                touched.append(rules.office.code)
            else:
                spared.append((rules.office.code, why))
    said: dict[str, Any] = {"touches": sorted(touched), "spares": sorted(spared)}
    return Change(plugin=change.plugin, key=change.key, was=change.was, now=change.now, **said)


def _spared(change: Change, rules: Rules) -> str | None:
    """Say why a change of a default or a preset passes an office by: a rung above it counts there."""
    kind, _space, key = change.key.partition(" ")
    if kind not in ("parameter", "preset") or key not in rules.parameters:
        return None
    if not {name for name, *_rest in change.aspects()} <= {"default", "value"}:
        return None
    rung = effective(rules.rungs(key))
    if kind == "preset":
        reached = rung.source in ("nation", "default") or rung.name == change.plugin
    else:
        reached = rung.source == "default"
    return None if reached else _own(rung)


def _own(rung: Rung) -> str:
    return f"{rung.name}: {rung.value}"


# --- in words


def text(found: list[Change], titles: Mapping[str, str], before: str, after: str) -> str:
    """Write the note as Markdown, by clause; what no clause rules comes last."""
    heading = _("Release note: %(before)s → %(after)s", before=before, after=after)
    lines = [f"# {heading}", ""]
    by_clause: dict[str, list[Change]] = {}
    for one in found:
        by_clause.setdefault(one.rule["clause"], []).append(one)
    for clause in sorted(by_clause, key=lambda code: (code == "", code)):
        title = f"{clause} {titles.get(clause, '')}".strip() or _("Without a clause")
        lines += [f"## {title}", "", *(line for one in by_clause[clause] for line in _told(one)), ""]
    if not found:
        lines.append(_("Nothing is ruled otherwise."))
    return "\n".join(lines).rstrip()


def _told(one: Change) -> Iterator[str]:
    key = one.key.partition(" ")[2]
    what = f"**{shown(one.rule['title'])}**"
    where = f"{KINDS[one.rule['kind']]} `{_named(one, key)}`"
    fate = _("new") if one.was is None else _("gone") if one.now is None else ""
    yield f"- {where}: {what}{f' — {fate}' if fate else ''}"
    for name, was, now in one.aspects():
        change = _difference(was, now, _unit(one.rule) if name in WITH_UNIT else "")
        yield "  - " + _("%(aspect)s: %(change)s", aspect=ASPECTS[name], change=change)
    touched = " ".join(one.touches) or _("no office")
    yield "  - " + _("touches: %(offices)s", offices=touched)
    if one.spares:
        spared = ", ".join(f"{code} ({why})" for code, why in one.spares)
        yield "  - " + _("passes by, as they have their own: %(offices)s", offices=spared)


def _difference(was: Any, now: Any, unit: str) -> str:
    """Say what became of what; of two lists, what came and what went."""
    lists = isinstance(was, list) and isinstance(now, list)
    gone = [f"− {shown(one)}" for one in was if one not in now] if lists else []
    come = [f"+ {shown(one)}" for one in now if one not in was] if lists else []
    return ", ".join([*gone, *come]) or f"{shown(was)}{unit} → {shown(now)}{unit}"


def _named(one: Change, key: str) -> str:
    """Return what a rule is about: an amendment's key says more than a reader wants to know."""
    return str(one.rule["says"].get("step") or key)


def _unit(rule: Rule) -> str:
    unit = shown(rule["says"].get("unit", "")) if rule["says"].get("unit") else ""
    return f" {unit}" if unit else ""


def shown(value: Any) -> str:
    """Say a stored value in the reader's language."""
    if isinstance(value, dict) and "msgid" in value:
        return str(Sentence.from_json(value))
    if isinstance(value, list):
        return " / ".join(shown(one) for one in value) or "—"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return "—" if value in (None, "") else str(value)
