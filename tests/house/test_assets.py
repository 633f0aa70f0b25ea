"""The browser's files: named versions, nothing pointing at files that are not served."""

import json

import pytest

from tools.assets import FILES, ROOT, SOURCE_MAP, versions


@pytest.mark.parametrize(
    ("fetched", "served"),
    [
        (b"act()\n//# sourceMappingURL=x.min.js.map\n", b"act()\n"),
        (b"a{b:c}\n/*# sourceMappingURL=x.min.css.map */", b"a{b:c}\n"),
        (b"// plain\nact()", b"// plain\nact()"),
    ],
)
def test_source_maps_are_cut_off(fetched: bytes, served: bytes) -> None:
    assert SOURCE_MAP.sub(b"", fetched) == served


def test_every_file_comes_from_a_locked_package_with_its_hash() -> None:
    locked = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    for path in FILES:
        package = next(name for name in versions() if path.startswith(f"{name}/"))
        assert locked[f"node_modules/{package}"]["integrity"].startswith("sha512-")


def test_versions_are_pinned_exactly() -> None:
    wanted = json.loads((ROOT / "package.json").read_text())["dependencies"]
    assert wanted.items() <= versions().items()
