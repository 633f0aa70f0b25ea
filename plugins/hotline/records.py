"""The numbered paper forms of the hotline: the duty roster (QR/01)."""

from plugins.hotline.roster.records import roster_form

__all__ = ["roster_form"]
