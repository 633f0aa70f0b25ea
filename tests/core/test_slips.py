"""What an author mistypes is refused by name, with what there is to choose from, and what he spells well is taken."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.clauses import house_rule
from core.errors import PluginError
from core.forms import StepForm, TextField
from core.hooks import hookimpl
from core.i18n import _l
from core.loose_ends import refuse_failing
from core.parameters import Parameter
from core.plugins import Plugins
from core.procedure import Procedure
from core.roles import ARCHIVIST
from plugins.hotline.models import Call

pytestmark = pytest.mark.usefixtures("app", "in_english")
OWN = house_rule(_l("For this test."))
HEAD = "document,clause,plugin,kind,title_zh,title_en\n"
LINE = "BOLD/QI/03,1.1,bold,rule,第一,First\n"


class Misbuilt(StepForm):
    told = TextField(_l("Told"), max=3)


class Built(StepForm):
    told = TextField(_l("Told"), limit=3)


def amending(change: Callable[[Any], None]) -> Any:
    """Return the hook of a plugin that changes the procedure of calls."""

    def amend(procedures: Any) -> None:
        change(procedures["hotline.call"])

    return hookimpl(amend)


@pytest.fixture
def refusal(plugins: Plugins, make_plugin: Any) -> Callable[..., str]:
    """How a plugin called bold is refused beside hotline; nothing when it is taken."""

    def said(**given: Any) -> str:
        try:
            bold = make_plugin("bold", requires=("hotline",), **given)
            Plugins([plugins.installed["hotline"].module, bold]).set_of(("hotline", "bold"))
        except PluginError as error:
            return str(error)
        return ""

    return said


def step(**said: Any) -> Callable[[Any], None]:
    return lambda call: call.add_step(
        "nap", "open -> same", title=_l("Nap"), by=ARCHIVIST, clause=OWN, **said
    )


def state(tone: str) -> Callable[[Any], None]:
    return lambda call: call.state("napping", _l("Napping"), tone=tone)


def field(name: str, made: Any) -> Callable[[Any], None]:
    return lambda call: call.add_field("park", name, made, clause=OWN)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (
            step(tone="red"),
            "tone= of hotline.call.nap is “red”, and must be one of: “plain”, “primary”, “danger”",
        ),
        (step(tone="danger"), ""),
        (lambda call: call.set("park", tone="red", clause=OWN), "tone= of hotline.call.park is “red”"),
        (
            state("red"),
            "tone= of the state napping of hotline.call is “red”, and must be one of: “plain”, “wait”",
        ),
        (state("alert"), ""),
        (step(form=Misbuilt), "hotline.call.nap cannot ask told: "),
        (step(form=Built), ""),
        (lambda call: call.set("park", form=Misbuilt, clause=OWN), "hotline.call.park cannot ask told: "),
        (field("why_not", TextField(_l("Why"), max=3)), "hotline.call.park cannot ask why_not: "),
        (
            field("why not", TextField(_l("Why"))),
            "cannot amend park.why not of hotline.call: a field's name is one",
        ),
        (field("why_not", TextField(_l("Why"))), ""),
    ],
)
def test_an_amendment_that_is_mistyped_is_named(refusal: Any, change: Any, why: str) -> None:
    said = refusal(amend=amending(change))
    assert (why in said and said.startswith("Plugin bold ")) if why else said == ""


@pytest.mark.parametrize("moves", ["open", "open ->", "open -> same -> same"])
def test_moves_are_written_with_one_arrow(refusal: Any, moves: str) -> None:
    def nap(call: Any) -> None:
        call.add_step("nap", moves, title=_l("Nap"), by=ARCHIVIST, clause=OWN)

    assert f"Plugin bold: the moves of step hotline.call.nap are “{moves}”." in refusal(amend=amending(nap))


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"stricter": "less"}, "stricter= of bold.minutes is “less”, and must be one of: “lower”, “higher”"),
        ({"minimum": 6}, "the default of bold.minutes, 5, lies outside of its minimum and maximum"),
        ({"stricter": "lower", "minimum": 5, "maximum": 5}, ""),
    ],
)
def test_a_number_that_does_not_stand_is_named(refusal: Any, given: dict[str, Any], why: str) -> None:
    said = {"key": "bold.minutes", "kind": int, "default": 5, "label": _l("Minutes"), "clause": OWN}
    assert why in refusal(says={"parameters": (Parameter(**said, **given),)})
    assert bool(why) == bool(refusal(says={"parameters": (Parameter(**said, **given),)}))


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"letter": "zr"}, "letter= of bold.nap is “zr”: one to four of A to Z"),
        ({"letter": "ZROOM"}, "letter= of bold.nap is “ZROOM”: one to four of A to Z"),
        ({"record": "QR/99"}, "record= of bold.nap names the form QR/99; there are: QR/"),
        ({}, ""),
    ],
)
def test_a_procedure_that_is_mistyped_is_named(
    plugins: Plugins, make_plugin: Any, given: dict[str, Any], why: str
) -> None:
    said = {
        "model": Call,
        "title": _l("Nap"),
        "letter": "ZR",
        "reads": "hotline.read",
        "heading": str,
        **given,
    }
    bold = make_plugin("bold", requires=("hotline",))
    installed = Plugins([plugins.installed["hotline"].module, bold])
    vars(installed.installed["bold"])["procedures"] = (Procedure("bold.nap", **said),)
    if not why:
        assert "bold.nap" in installed.set_of(("hotline", "bold")).procedures
        return
    with pytest.raises(PluginError) as refused:
        installed.set_of(("hotline", "bold"))
    assert f"Plugin bold does not fit: {why}" in str(refused.value)


@pytest.fixture
def beside(plugins: Plugins, make_plugin: Any, tmp_path: Path) -> Any:
    """The means to install a plugin called bold with files of its own beside hotline."""

    def installed(**files: str) -> Plugins:
        module = make_plugin("bold", requires=("hotline",))
        module.__file__ = str(tmp_path / "__init__.py")
        for name, text in files.items():
            (tmp_path / name.replace("_csv", ".csv").replace("_py", ".py")).write_text(text, encoding="utf-8")
        return Plugins([plugins.installed["hotline"].module, module])

    return installed


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (LINE.replace("bold,", "hotline,"), "its clauses.csv says of BOLD/QI/03 1.1 that it is hotline’s"),
        (LINE + LINE, "its clauses.csv brings BOLD/QI/03 1.1, which is there already"),
        (LINE, ""),
    ],
)
def test_a_clause_is_its_plugins_own_and_stands_there_once(beside: Any, lines: str, why: str) -> None:
    installed = beside(clauses_csv=HEAD + lines)
    if not why:
        assert "BOLD/QI/03 1.1" in installed.set_of(("hotline", "bold")).plugins.clauses
        return
    with pytest.raises(PluginError) as refused:
        installed.set_of(("hotline", "bold"))
    assert f"Plugin bold does not fit: {why}" in str(refused.value)


def test_a_template_that_lies_nowhere_is_named(beside: Any, tmp_path: Path) -> None:
    found = beside(cards_py='Card(title=title, template="bold/card.html")').set_of(("hotline", "bold"))
    with pytest.raises(
        PluginError, match=r"Plugin bold .*template bold/card\.html: no file templates/bold/card"
    ):
        refuse_failing(found)
    (tmp_path / "templates" / "bold").mkdir(parents=True)
    (tmp_path / "templates" / "bold" / "card.html").write_text("a card")
    refuse_failing(found)


BROKEN = {
    "def (": "procedure.py, line 1: SyntaxError: ",
    "from core.records import Field\nfrom core.i18n import _l\n\nField(label=_l('Old'), width=1)": (
        "procedure.py, line 4: ValueError: Old: a field is 2 to 12 wide"
    ),
    "from core.records import Fields": "procedure.py, line 1: ImportError: cannot import name 'Fields'",
}


@pytest.mark.parametrize(("source", "why"), BROKEN.items())
def test_a_module_that_cannot_be_imported_is_named_with_its_plugin(
    make_plugin: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, why: str
) -> None:
    (tmp_path / "bold").mkdir()
    (tmp_path / "bold" / "__init__.py").write_text("")
    (tmp_path / "bold" / "procedure.py").write_text(source)
    monkeypatch.syspath_prepend(str(tmp_path))
    module = __import__("bold")
    monkeypatch.delitem(sys.modules, "bold")
    vars(module).update(manifest=make_plugin("bold").manifest)
    with pytest.raises(PluginError) as refused:
        Plugins([module])
    assert f"Plugin bold cannot be loaded ({tmp_path / 'bold'}/{why}" in str(refused.value)
    assert "serve --safe" in str(refused.value)
