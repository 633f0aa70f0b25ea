"""Guangzhou's sentences: translated in a domain of their own, which reaches no other office."""

from pathlib import Path

from core.i18n import domain_of

_l = domain_of(__package__, Path(__file__).with_name("translations"))
