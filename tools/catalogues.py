"""Keep the catalogues true to the sources: the national one and every region's own domain."""

import argparse
import sys
from pathlib import Path

from core.catalogues import Domain, problems, sentences, update

ROOT = Path(__file__).resolve().parent.parent


def domains(root: Path = ROOT) -> list[Domain]:
    """Return the national domain, then one for every package under ``regions/`` and ``examples/``."""
    national = tuple(
        folder for name in ("core", "plugins", "demo", "seed") if (folder := root / name).is_dir()
    )
    regional = sorted(
        found.parent for place in ("regions", "examples") for found in root.glob(f"{place}/*/*/__init__.py")
    )
    return [Domain("messages", national, root / "translations")] + [
        Domain(package.name, (package,), package / "translations") for package in regional
    ]


def main() -> int:
    """Update the catalogues, or say what is wrong with them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, and fail if anything is wrong")
    checking = parser.parse_args().check
    found: list[str] = []
    for domain in domains():
        if not checking:
            update(domain)
        found += problems(domain)
        print(f"{domain.name}: {len(sentences(domain.extracted))} sentences")
    print("\n".join(found) or "every sentence is translated")
    return 1 if found and checking else 0


if __name__ == "__main__":
    sys.exit(main())
