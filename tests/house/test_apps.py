"""An app is lent to one test after the other as it was built; whoever changes its build has it for himself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from core.plugins import Plugins
from core.testing import migrated_database, test_settings
from core.testing_apps import Apps

Change = Callable[[Flask], Any]


@pytest.fixture
def borrow(engine_name: str, plugins: Plugins, request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    apps = Apps()

    def lend(change: Change) -> tuple[Flask, dict[str, Any]]:
        with migrated_database("koudai", engine_name, plugins, request) as url:
            with apps.lent(test_settings(url, tmp_path), plugins) as app:
                before = dict(app.config)
                change(app)
            return app, before

    yield lend
    apps.close()


def nothing(app: Flask) -> None:
    """A test that leaves everything as it was."""


def adds_a_page(app: Flask) -> None:
    app.add_url_rule("/more", "more", lambda: "more")


def breaks_a_page(app: Flask) -> None:
    app.view_functions["accounts.me"] = lambda: "broken"


def teaches_templates(app: Flask) -> None:
    app.jinja_env.globals["more"] = "more"


def test_what_a_test_sets_is_taken_back(borrow: Any) -> None:
    first, _before = borrow(lambda app: app.config.update(MAX_CONTENT_LENGTH=1, FURTHER="more"))
    second, before = borrow(nothing)
    assert second is first
    assert "FURTHER" not in before
    assert before["MAX_CONTENT_LENGTH"] != 1


@pytest.mark.parametrize("change", [adds_a_page, breaks_a_page, teaches_templates])
def test_who_changes_the_build_has_the_app_for_himself(borrow: Any, change: Change) -> None:
    first, _before = borrow(change)
    second, _before = borrow(nothing)
    third, _before = borrow(nothing)
    assert second is not first
    assert third is second
