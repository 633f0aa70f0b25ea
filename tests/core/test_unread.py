"""A field that nobody reads is named with its step when an author checks his plugin; what somebody reads may stay."""

from __future__ import annotations

import sys
from dataclasses import replace
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from core import unread
from core.cli import koudai
from core.db import db
from core.errors import PluginError
from core.forms import TextField
from core.i18n import Sentence
from core.plugins import Plugins, PluginSet
from core.testing import House
from core.unread import refuse_unread
from plugins.hotline.forms import LogForm

pytestmark = pytest.mark.usefixtures("in_english")
CODE = """
from core.forms import StepForm, TextField, YesField
from core.hooks import hookimpl
from core.i18n import Sentence
from core.plugins import Manifest
from core.roles import HOTLINE_ENGINEER

manifest = Manifest(name="bold", title=Sentence("Bold"), version="1", requires=("hotline",))


class NapForm(StepForm):
    {asks}


def nap(act):
    {does}


@hookimpl
def amend(procedures):
    procedures["hotline.call"].add_step(
        "nap", "open -> same", title=Sentence("Nap"), by=HOTLINE_ENGINEER, clause="QI/03 3.2.5", form=NapForm, does=nap
    )
"""
PILLOW = 'pillow = TextField(Sentence("Pillow"))'


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, plugins: Plugins) -> Any:
    """The means to write a plugin whose step asks something, and to switch it on beside the hotline."""

    def with_step(asks: str, does: str) -> PluginSet:
        folder = tmp_path / "bold"
        folder.mkdir()
        (folder / "__init__.py").write_text(CODE.format(asks=asks, does=does))
        spec = spec_from_file_location("bold", folder / "__init__.py")
        assert spec
        assert spec.loader
        module = module_from_spec(spec)
        monkeypatch.setitem(sys.modules, "bold", module)
        spec.loader.exec_module(module)
        return Plugins([plugins.installed["hotline"].module, module]).set_of(("hotline", "bold"))

    return with_step


def test_a_misspelt_field_is_named_with_its_step_and_the_remedy(written: Any) -> None:
    with pytest.raises(PluginError) as refused:
        refuse_unread(
            written('pilow = TextField(Sentence("Pillow"))', 'act.case.note = act.values["pillow"]')
        )
    said = str(refused.value)
    assert "Plugin bold does not fit: hotline.call.nap asks pilow, for which Call has no column" in said
    assert 'only_in_ledger = ("pilow",)' in said


def test_a_column_of_anothers_case_reads_nothing_by_itself(written: Any) -> None:
    with pytest.raises(PluginError, match=r"hotline\.call\.nap asks symptom"):
        refuse_unread(written('symptom = TextField(Sentence("Symptom"))', "pass"))


@pytest.mark.parametrize(
    ("asks", "does"),
    [
        (PILLOW, 'act.given = act.values["pillow"]'),
        (PILLOW, "act.form().pillow"),
        (PILLOW, "keep = lambda pillow: pillow; keep(**act.values)"),
        (PILLOW, "act.given = dict(pillow=act.values.popitem())"),
        (
            'night_pillow = TextField(Sentence("Pillow"))',
            'act.given = act.values["night_" + act.case.symptom]',
        ),
        (f'{PILLOW}\n    only_in_ledger = ("pillow",)', "pass"),
        (f"{PILLOW}\n    def validate_pillow(self, field): pass", "pass"),
        ('told = YesField(Sentence("Told"), required=True)', "pass"),
    ],
)
def test_what_code_names_or_the_ledger_alone_is_to_keep_is_asked(written: Any, asks: str, does: str) -> None:
    refuse_unread(written(asks, does))


def test_a_field_of_ones_own_case_is_read_by_its_column(plugins: Plugins) -> None:
    class Misspelt(LogForm):
        symptmo = TextField(Sentence("Symptom"))

    found = plugins.set_of(("hotline",))
    call = found.procedures["hotline.call"]
    assert unread._unread(found, call, call.steps["log"]) == []
    assert unread._unread(found, call, replace(call.steps["log"], form=Misspelt)) == ["symptmo"]


def test_code_that_is_not_at_hand_is_not_judged(plugins: Plugins, make_plugin: Any) -> None:
    refuse_unread(
        Plugins([plugins.installed["hotline"].module, make_plugin("bold")]).set_of(("hotline", "bold"))
    )


def test_the_command_for_authors_names_it_too(
    house: House, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("HOME", str(tmp_path)), ("LANG", "en"), ("DATABASE", database_url)):
        monkeypatch.setenv(f"KOUDAI_{name}", value)
    db.session.remove()
    assert CliRunner().invoke(koudai, ["plugins", "check"]).exit_code == 0
    monkeypatch.setattr(unread, "asked", lambda form: ("pilow",))
    refused = CliRunner().invoke(koudai, ["plugins", "check"])
    assert refused.exit_code == 1
    assert "asks pilow" in refused.stderr
