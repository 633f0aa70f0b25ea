"""Choose versions anew and write them down with their hashes, and with no address of where they came from."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.assets import ROOT, npm_command

LOCKS = {
    "requirements/dev.txt": ["pyproject.toml", "--extra", "postgres", "--group", "dev"],
    # What serves is the same as what was tested.
    "requirements/runtime.txt": [
        *("pyproject.toml", "--extra", "postgres", "--group", "build"),
        *("--constraint", "requirements/dev.txt"),
    ],
    "requirements/assets.txt": ["--group", "assets"],
}
PLAIN = ("--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links")


def main() -> None:
    """Lock Python's packages for every platform from 3.11 on, then the browser's."""
    for target, sources in LOCKS.items():
        choose = [sys.executable, "-m", "uv", "pip", "compile", "--universal", "--python-version", "3.11"]
        chosen = [*sources, "--upgrade", "--quiet", "--generate-hashes", *PLAIN, "--output-file", target]
        subprocess.run([*choose, *chosen], cwd=ROOT, check=True)
    with tempfile.TemporaryDirectory() as folder:
        for name in ("package.json", ".npmrc"):
            shutil.copy(ROOT / name, folder)
        subprocess.run([*npm_command(), "install", "--package-lock-only"], cwd=folder, check=True)
        shutil.copy(Path(folder) / "package-lock.json", ROOT)


if __name__ == "__main__":
    main()
