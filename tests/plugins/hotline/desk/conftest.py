"""The means to count what a desk asks of the database."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from core.db import db


@pytest.fixture
def statements_of(app: Flask) -> Callable[[Callable[[], Any]], list[str]]:
    """The means to hear every statement that something puts to the database."""

    def heard(doing: Callable[[], Any]) -> list[str]:
        asked: list[str] = []

        def note(connection: Any, cursor: Any, statement: str, *_rest: Any) -> None:
            asked.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            doing()
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
        # What begins a transaction on either engine asks nothing.
        return [one for one in asked if not one.lower().startswith(("pragma", "begin", "select set_config"))]

    return heard
