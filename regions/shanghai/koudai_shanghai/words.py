"""Shanghai's own sentences, translated in a domain of their own."""

from pathlib import Path

from core.i18n import domain_of

_l = domain_of("koudai_shanghai", Path(__file__).with_name("translations"))
