"""The numbered paper forms of the hotline."""

from plugins.hotline.log.records import day_form

__all__ = ["day_form"]
