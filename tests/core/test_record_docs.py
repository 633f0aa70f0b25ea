"""What docs/plugins/records.md shows does what it says."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from core.i18n import _l
from core.records import Record

PAGE = Path(__file__).parents[2] / "docs" / "plugins" / "records.md"


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the first snippet of the page declares."""
    words = ModuleType("koudai_shenzhen.words")
    words._l = _l  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "koudai_shenzhen", ModuleType("koudai_shenzhen"))
    monkeypatch.setitem(sys.modules, "koudai_shenzhen.words", words)
    found: dict[str, Any] = {}
    exec(re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)[0], found)
    return found


def test_the_snippet_declares_a_form(shown: dict[str, Any]) -> None:
    slip = shown["slip"]
    assert isinstance(slip, Record)
    assert slip.full_code("UFS/") == "UFS/SZYY/QR/01"
    lines = [[one.label.msgid for one in line] for line in slip.parts[0].lines()]
    assert lines == [["Unit", "Date"], ["Keys handed over"], ["Signature"]]


def test_its_values_come_from_the_case(shown: dict[str, Any]) -> None:
    case = SimpleNamespace(customer=SimpleNamespace(name="上海恒远"), opened_at=None)
    assert shown["slip"].parts[0].fields[0].value(case) == "上海恒远"


def test_every_other_snippet_is_python() -> None:
    snippets = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(snippets) == 3
    for one in snippets:
        compile(one, PAGE.name, "exec")


def test_the_snippet_is_as_short_as_promised() -> None:
    snippet = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)[0]
    assert len(snippet.splitlines()) < 30
