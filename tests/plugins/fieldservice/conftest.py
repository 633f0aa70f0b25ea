"""A browser at which somebody of a centre sits: what the tests of field service's pages begin with."""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from core.db import db
from core.testing import SignIn
from plugins.fieldservice.models import ServiceRequest


def request_at(number: str) -> ServiceRequest | None:
    """Return a request as it stands now, if there is one."""
    return db.session.query(ServiceRequest).filter_by(number=number).one_or_none()


class Screen:
    """A browser at which somebody of a centre sits; what it shows is read as plain words."""

    def __init__(self, centre: Any, browser: FlaskClient) -> None:
        self.centre, self.browser = centre, browser

    def send(self, method: str, path: str, **typed: Any) -> tuple[int, str]:
        """Send a request; afterwards the test sees what it changed."""
        answer = self.browser.open(path, method=method, data=typed)
        self.centre.house.see()
        return answer.status_code, html.unescape(answer.text)

    def get(self, path: str) -> str:
        """Return a page of the centre's field service."""
        status, page = self.send("GET", f"/{self.centre.office.code}/fieldservice/{path}")
        assert status == 200, page
        return page

    def post(self, path: str, **typed: Any) -> tuple[int, str]:
        """Send a form of the centre's field service, as of what the page showed last."""
        case = request_at(typed.get("number") or path.rpartition("/")[2])
        typed = {"seen": case.version if case else 0} | typed
        return self.send("POST", f"/{self.centre.office.code}/fieldservice/{path}", **typed)


@pytest.fixture
def sit_down(sign_in: SignIn) -> Callable[..., Screen]:
    """The means to sit down at a browser as somebody of a centre."""
    return lambda centre, actor: Screen(centre, sign_in(actor))
