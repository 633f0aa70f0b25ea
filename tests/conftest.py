"""Where the browser is, and the promise that a run with --no-skips skipped nothing."""

import os
import shutil
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import expect

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-quic", "--no-first-run"]
OFFLINE = ["--disable-background-networking", "--disable-component-update", "--disable-sync"]

# What a page comes to in the end is tested, not how soon: a busy machine takes its time.
expect.set_options(timeout=20_000)

# How long an example takes is the machine's affair, not the property's; and a run tells of the change it was made
# for, so every run tries the same examples. Others are looked for with --hypothesis-profile=default.
settings.register_profile(
    "koudai", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("koudai")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--no-skips", action="store_true", help="fail the run if any test was skipped")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what drives a browser where there is none."""
    missing = pytest.mark.skip(reason="no Chromium: apt-get install chromium fonts-noto-cjk, or set CHROMIUM")
    for item in items:
        if not CHROMIUM and item.get_closest_marker("browser"):
            item.add_marker(missing)


def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if session.config.getoption("--no-skips") and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        reporter.section("--no-skips: tests were skipped, so this run fails", red=True)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Start the machine's own Chromium, without the traffic that it makes for itself."""
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": [*QUIET, *OFFLINE]}
