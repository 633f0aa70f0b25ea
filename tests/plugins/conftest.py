"""A service centre with its people: what the tests of the procedures begin with."""

from __future__ import annotations

import pytest

from core.people import Actor
from core.roles import QUALITY_SUPERVISOR
from core.testing import House, SignIn
from plugins.fieldservice.testing import Centre as ServiceCentre
from tests.plugins.replying import Chosen, reader


class Centre(ServiceCentre):
    """One office, its people, and whoever else the tests of the national procedures need."""

    def supervisor(self) -> Actor:
        return self.hire(QUALITY_SUPERVISOR, name="马志强")


@pytest.fixture
def beijing(house: House) -> Centre:
    """An office with the national procedures only."""
    return Centre(house, "BJ")


@pytest.fixture
def shanghai(house: House) -> Centre:
    """An office with third-level rules of its own."""
    return Centre(house, "SH", "hotline", "fieldservice", "billing", "quality", "shanghai")


@pytest.fixture
def chosen(sign_in: SignIn) -> Chosen:
    """The means to read a reply of the catalogue as it stands at the desk."""
    return reader(sign_in)
