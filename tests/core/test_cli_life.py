"""The life of a plugin on the command line: honest codes, one line for what went wrong, both languages."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from click.testing import CliRunner, Result

from core.cli import koudai
from core.cli.serve import checked_app
from core.errors import PluginError
from core.plugin_loading import GROUP
from core.plugins import Plugins
from core.state_maps import StateMap
from plugins.hotline import manifest
from tests.core.test_cli import SAMPLE, fine, has_line, home, inside, refused, run, shanghai  # noqa: F401

Run = Callable[..., Result]


@pytest.fixture
def regional(shanghai: Run) -> Run:  # noqa: F811
    """The same office, with its own plugin."""
    for name in ("fieldservice", "shanghai"):
        fine(shanghai("plugins", "enable", name, "SH"))
    return shanghai


def chinese(*words: str) -> str:
    return fine(CliRunner().invoke(koudai, ["--lang", "zh", *words]))


def test_the_impact_reads_in_both_languages(regional: Run) -> None:
    said = fine(regional("plugins", "impact", "shanghai"))
    assert said.startswith("Shanghai's rules (shanghai 0.1.0)\n")
    assert has_line(r" +SH +上海分公司|    SH  .*on since 20.*", said)
    assert "60 working minutes → 45 working minutes" in said
    assert has_line(r"    fieldservice\.request close +before +Knowledge entry.* SHYY/QI/03 1\.3", said)
    assert has_line(r"    fieldservice_admission +.* answers", said)
    assert has_line(r"    Also +Cards beside cases", said)
    quality = fine(regional("plugins", "impact", "quality"))
    assert has_line(r"    hotline\.call complained +Complaint logged +ended there: no case", quality)
    assert "60 个工作分钟 → 45 个工作分钟" in chinese("plugins", "impact", "shanghai")
    hotline = fine(regional("plugins", "impact", "hotline"))
    assert has_line(r"    hotline_call +0", hotline)
    assert "no plugin nonsense" in refused(regional("plugins", "impact", "nonsense"))


def test_removing_is_refused_while_it_is_used_and_done_afterwards(
    regional: Run,
    home: Path,  # noqa: F811
    tmp_path: Path,
) -> None:
    assert "used in: SH" in refused(regional("plugins", "remove", "shanghai"))
    fine(regional("plugins", "disable", "shanghai", "SH"))
    said = fine(regional("plugins", "remove", "shanghai", "--to", str(tmp_path / "out")))
    assert "pip uninstall koudai-shanghai" in said
    assert json.loads((tmp_path / "out" / "manifest.json").read_text())["plugin"] == "shanghai"
    said = fine(regional("plugins", "remove", "quality"))
    assert "It is part of Koudai itself" in said
    assert len(list((home / "removed").iterdir())) == 1
    assert "exists already" in refused(
        regional("plugins", "remove", "billing", "--to", str(tmp_path / "out"))
    )
    assert "nonsense is not installed" in refused(regional("plugins", "remove", "nonsense"))


def test_after_a_removal_the_house_is_whole_and_starts(regional: Run) -> None:
    fine(regional("plugins", "remove", "quality"))
    assert has_line(r"SH: \d+ rows, all whole", fine(regional("verify")))
    fine(regional("plugins", "check"))
    checked_app()
    assert "koudai db upgrade" in refused(regional("plugins", "enable", "quality", "SH"))
    fine(regional("db", "upgrade"))
    fine(regional("plugins", "enable", "quality", "SH"))
    checked_app()


def test_a_release_note_is_written_from_a_file_or_a_version(regional: Run, tmp_path: Path) -> None:
    fine(regional("db", "upgrade"))
    assert "Nothing is ruled otherwise." in fine(regional("plugins", "release-notes", manifest.version))
    before = json.loads(fine(regional("plugins", "snapshot")))
    rule = before["plugins"]["hotline"]["rules"]["parameter hotline.settle_working_days"]
    rule["says"]["default"] = 3
    file = tmp_path / "before.json"
    file.write_text(json.dumps(before))
    said = fine(regional("plugins", "release-notes", str(file), manifest.version))
    assert has_line("  - default: 3 working days → 1 working days", said)
    assert has_line("  - touches: SH", said)
    assert "No release 7.0" in refused(regional("plugins", "release-notes", "7.0"))
    file.write_text("Dear Sir or Madam")
    assert "This is no snapshot" in refused(regional("plugins", "release-notes", str(file)))


def test_in_safe_mode_the_office_is_read_only_and_can_let_its_plugin_go(
    regional: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = [one for one in entry_points(group=GROUP) if one.name != "shanghai"]
    broken = EntryPoint("shanghai", "tests.core.no_such_thing", GROUP)
    monkeypatch.setattr("core.plugins.entry_points", lambda group: [*real, broken])
    line = refused(regional("verify"))
    assert "Plugin shanghai cannot be loaded" in line
    assert "koudai serve --safe" in line
    monkeypatch.setenv("KOUDAI_SAFE_MODE", "1")
    assert has_line(r"SH: \d+ rows, all whole", fine(regional("verify")))
    key = "hotline.long_test_minutes"
    assert "SH can be read" in refused(regional("parameters", "set", "SH", key, "30"))
    assert "SH can be read" in refused(regional("plugins", "enable", "quality", "SH"))
    assert "SH can be read" in refused(regional("customers", "import", "SH", str(SAMPLE)), 2)
    fine(regional("parameters", "set", "HQ", key, "50"))
    said = fine(regional("plugins", "list", "SH"))
    assert has_line("shanghai +enabled, left out by safe mode .*", said)
    fine(regional("plugins", "disable", "shanghai", "SH"))
    fine(regional("parameters", "set", "SH", key, "30"))


def test_a_start_carries_the_cases_over_or_names_them(
    shanghai: Run,  # noqa: F811
    make_plugin: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from tests.core.test_state_maps import sleeping

    real = [point.load() for point in entry_points(group=GROUP)]

    def installed(state: str, **says: Any) -> ModuleType:
        module: ModuleType = make_plugin("sleepy", requires=("hotline",), amend=sleeping(state), says=says)
        monkeypatch.setattr(Plugins, "from_entry_points", lambda safe: Plugins([*real, module]))
        return module

    installed("asleep")
    fine(shanghai("plugins", "enable", "sleepy", "SH"))
    _a_call_that_sleeps()
    installed("resting")
    assert "hotline.call “asleep” (SH 1)" in refused(shanghai("plugins", "check"))
    with pytest.raises(PluginError, match="nobody knows any more"):
        checked_app()
    a_map = StateMap(procedure="hotline.call", version="2.0", states={"asleep": "resting"})
    installed("resting", state_maps=(a_map,))
    assert "hotline.call: 1 cases carried over." in fine(shanghai("db", "upgrade"))
    assert "carried over" not in fine(shanghai("db", "upgrade"))
    fine(shanghai("plugins", "check"))
    fine(shanghai("verify"))
    checked_app()


def _a_call_that_sleeps() -> None:
    from core import gate
    from core.customers.services import add_customer
    from core.db import db, writing
    from core.offices import all_offices, office_by_code
    from core.people import Person, actor_for, give_role
    from core.roles import HOTLINE_ENGINEER
    from tests.core.conftest import CALL

    with inside():
        office = office_by_code("SH")
        with writing():
            customer = add_customer(office.id, file_number="SH1", name="恒远", contact="高敏", phone="021-1")
            person = Person(login="luo", name="罗文", initials="LW", hotline_number="07")
            db.session.add(person)
            db.session.flush()
            give_role(person, office, HOTLINE_ENGINEER, "tests")
            customer_id = customer.id
        actor = actor_for(person, all_offices())
        typed = CALL | {"customer_id": str(customer_id)}
        number = gate.perform("hotline.call", None, "log", actor, typed, office=office).number
        gate.perform("hotline.call", number, "lull", actor, office=office_by_code("SH"))
