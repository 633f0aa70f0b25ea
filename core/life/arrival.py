"""A release arrives: its rules are kept for the release note, and its cases carried over."""

from __future__ import annotations

from collections import Counter

from core.life import snapshots
from core.life.carrying import carry_over
from core.plugins import Plugins


def arrive(plugins: Plugins) -> Counter[str]:
    """Do what a new version needs before anybody works with it; done again, it changes nothing."""
    snapshots.keep(plugins)
    return carry_over(plugins)
