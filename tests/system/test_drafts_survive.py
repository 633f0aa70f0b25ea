"""The plug is pulled: a half-written call that was acknowledged outlives the server's and the browser's sudden death."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserType, Page, expect

from tests.system.test_main_job import KOUDAI, PASSWORD, ROOT, free_port

pytestmark = pytest.mark.browser
DESK = "/SH/hotline/desk"
SYMPTOM = "点反结账后报错 6105 退出，账套仍是已结账状态"


class House:
    """An installation with one office and one engineer, whose server is killed and started again."""

    def __init__(self, home: Path) -> None:
        self.environment = {**os.environ, "KOUDAI_HOME": str(home), "KOUDAI_LANG": "en"}
        self.environment.pop("KOUDAI_DATABASE", None)
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.koudai("init")
        self.koudai("office", "add", "SH", "上海分公司")
        self.koudai("plugins", "enable", "hotline", "SH")
        said = self.koudai("staff", "add", "luo", "罗文", "--office", "SH", "--role", "hotline_engineer")
        link = re.search(r"/password/\S+", said)
        assert link
        self.link = link[0]

    def koudai(self, *words: str) -> str:
        done = subprocess.run(
            [KOUDAI, *words], cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def serve(self) -> None:
        """Start the server as it is started in earnest, in a group of its own that can be killed as a whole."""
        command = [KOUDAI, "serve", "--port", str(self.port), "--workers", "2", "--no-jobs"]
        self.server = subprocess.Popen(
            command, cwd=ROOT, env=self.environment, stdout=subprocess.DEVNULL, start_new_session=True
        )
        for _try in range(150):
            try:
                urllib.request.urlopen(f"{self.address}/sign-in", timeout=5).close()
                return
            except OSError:
                time.sleep(0.2)
        raise AssertionError("the server did not answer")

    def kill(self) -> None:
        """End master and workers with SIGKILL, in the middle of whatever they do."""
        os.killpg(self.server.pid, signal.SIGKILL)
        self.server.wait()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    served = House(tmp_path)
    served.serve()
    yield served
    served.kill()


def launch(browser_type: BrowserType, launch_arguments: dict[str, Any], house: House) -> Any:
    browser = browser_type.launch(**launch_arguments)
    return browser, browser.new_page(base_url=house.address, locale="en")


def kill_browser(page: Page) -> None:
    """End the whole browser with SIGKILL: no page hears of it, nothing is sent or stored any more."""
    session = page.context.browser.new_browser_cdp_session()  # type: ignore[union-attr]
    found = session.send("SystemInfo.getProcessInfo")["processInfo"]
    os.kill(next(one["id"] for one in found if one["type"] == "browser"), signal.SIGKILL)


def test_an_acknowledged_draft_survives_the_death_of_server_and_browser(
    house: House, browser_type: BrowserType, browser_type_launch_args: dict[str, Any]
) -> None:
    _browser, page = launch(browser_type, browser_type_launch_args, house)
    page.goto(house.link)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=again]").fill(PASSWORD)
    page.locator("main form .btn-primary").click()
    page.goto(DESK)
    page.locator("#contact").fill("李丽")
    page.locator("#happens").fill(SYMPTOM)
    typed = time.monotonic()
    expect(page.locator("#kept")).to_have_text(re.compile(r"\d\d:\d\d:\d\d"))
    waited = time.monotonic() - typed
    house.kill()
    kill_browser(page)
    house.serve()
    browser, page = launch(browser_type, browser_type_launch_args, house)
    page.goto("/sign-in")
    page.locator("[name=login]").fill("luo")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main form .btn-primary").click()
    page.wait_for_load_state("load")
    page.goto(DESK)
    page.get_by_role("link", name="Go on with it").click()
    expect(page.locator("#contact")).to_have_value("李丽")
    expect(page.locator("#happens")).to_have_value(SYMPTOM)
    browser.close()
    # Two seconds after the last key at the latest, and what a busy machine needs to answer.
    assert waited < 6, waited


def test_what_the_dead_server_did_not_acknowledge_is_sent_to_the_next_one(
    house: House, browser_type: BrowserType, browser_type_launch_args: dict[str, Any]
) -> None:
    browser, page = launch(browser_type, browser_type_launch_args, house)
    page.goto(house.link)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=again]").fill(PASSWORD)
    page.locator("main form .btn-primary").click()
    page.goto(DESK)
    house.kill()
    page.locator("#happens").fill(SYMPTOM)
    expect(page.locator("#kept")).to_contain_text("Kept in this tab only")
    house.serve()
    expect(page.locator("#kept")).to_have_text(re.compile(r"\d\d:\d\d:\d\d"), timeout=30_000)
    browser.close()
