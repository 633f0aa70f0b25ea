"""The numbered paper forms of the hotline: the duty roster (QR/01) and the day's log (QR/02)."""

from plugins.hotline.log.records import day_form
from plugins.hotline.roster.records import roster_form

__all__ = ["day_form", "roster_form"]
