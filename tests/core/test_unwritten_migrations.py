"""An author who has yet to write a migration is told so, and not to run those that there are."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from core.scaffold import write

ROOT, KOUDAI = Path(__file__).parents[2], Path(sys.executable).with_name("koudai")
MODEL = '''
from sqlalchemy.orm import Mapped, mapped_column

from core.cases import Case
from core.db import Model


class Loan(Model, Case):
    """A machine lent to a customer."""

    __tablename__ = "shenzhen_loan"
    machine: Mapped[str] = mapped_column(default="")
'''
PROCEDURE = '''
"""A machine goes out and comes back."""

from core.clauses import house_rule
from core.procedure import Procedure
from core.roles import DUTY_MANAGER
from koudai_shenzhen.models import Loan
from koudai_shenzhen.words import _l

OURS = house_rule(_l("Whoever waits for his machine works on ours."))
loan = Procedure(
    "shenzhen.loan",
    model=Loan,
    title=_l("Loan"),
    letter="LN",
    reads="hotline.read",
    heading=lambda one: one.machine,
)
loan.state("out", _l("Out"), tone="wait")
loan.state("back", _l("Back"), tone="done", final=True)
loan.step("lend", "-> out", title=_l("Lend"), by=DUTY_MANAGER, clause=OURS)
loan.step("give_back", "out -> back", title=_l("Back again"), by=DUTY_MANAGER, clause=OURS)
'''
NO_MIGRATION = "koudai: shenzhen has tables and no migrations: run “koudai db revision shenzhen TITLE”.\n"
TOO_OLD = (
    "koudai: shenzhen has models that its migrations do not make: "
    "run “koudai db revision shenzhen TITLE”, then “koudai db upgrade”.\n"
)
Author = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A plugin with a table and a procedure, as its author has it before he wrote a migration."""
    folder = tmp_path / "shenzhen"
    write(folder, "shenzhen", "Shenzhen", "深圳", "SZYY/QI/03")
    (folder / "koudai_shenzhen" / "models.py").write_text(MODEL)
    (folder / "koudai_shenzhen" / "procedure.py").write_text(PROCEDURE)
    told = tmp_path / "site" / "koudai_shenzhen-0.1.dist-info"
    told.mkdir(parents=True)
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: koudai-shenzhen\nVersion: 0.1\n")
    (told / "entry_points.txt").write_text("[koudai.plugins]\nshenzhen = koudai_shenzhen\n")
    return folder / "koudai_shenzhen"


@pytest.fixture
def author(package: Path, tmp_path: Path, database_url: str) -> Author:
    """Type a command in a process that has the plugin installed."""
    places = [tmp_path / "site", package.parent, ROOT]
    path = os.pathsep.join([*map(str, places), os.environ.get("PYTHONPATH", "")])
    told = {"KOUDAI_HOME": str(tmp_path / "home"), "KOUDAI_DATABASE": database_url, "KOUDAI_LANG": "en"}
    environment = {**os.environ, **told, "PYTHONPATH": path.strip(os.pathsep)}

    def typed(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([str(KOUDAI), *words], env=environment, capture_output=True, text=True)

    return typed


def test_who_has_yet_to_write_a_migration_is_told_so_and_the_remedy_is_one(
    author: Author, package: Path
) -> None:
    for words in ("db upgrade", "init"):
        answer = author(*words.split())
        assert (answer.returncode, answer.stderr) == (1, NO_MIGRATION), words
    assert author("db", "revision", "shenzhen", "loans").returncode == 0
    answer = author("db", "upgrade")
    assert (answer.returncode, answer.stderr) == (0, "")
    assert answer.stdout == "shenzhen: made shenzhen_loan.\nThe database is up to date.\n"
    models = package / "models.py"
    models.write_text(f'{models.read_text()}    colour: Mapped[str] = mapped_column(default="")\n')
    answer = author("db", "upgrade")
    assert (answer.returncode, answer.stderr) == (0, TOO_OLD), "everybody else's tables are up to date"
