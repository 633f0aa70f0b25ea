"""Stuck: amends what it should not, so that no office can switch it on."""

from core.hooks import hookimpl
from core.i18n import Sentence
from core.plugins import Manifest

manifest = Manifest(
    name="stuck", title=Sentence("Stuck"), version="0.0.1", requires=("hotline",), regional=True
)


@hookimpl
def amend(procedures):
    raise ZeroDivisionError("stuck divides")
