"""Harbin's own third-level document (HEYY/QI/03): it differs from head office in its numbers, and in nothing else."""

from pathlib import Path

from core.i18n import domain_of
from core.parameters import Preset
from core.plugins import Manifest

_l = domain_of(__name__, Path(__file__).with_name("translations"))

manifest = Manifest(
    name="harbin",
    title=_l("Harbin's rules"),
    version="0.1.0",
    requires=("hotline", "fieldservice"),
    regional=True,
    presets={
        "hotline.long_test_minutes": Preset(30, clause="HEYY/QI/03 1.1"),
        "fieldservice.first_call_until_hour": Preset(11, clause="HEYY/QI/03 1.2"),
        "fieldservice.backup_root": Preset("HEBAK", clause="HEYY/QI/03 1.3"),
    },
)
