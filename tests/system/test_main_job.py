"""The main job by hand: a fresh installation, several server processes, one browser for each role, two offices."""

from __future__ import annotations

import datetime as dt
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from core.testing_databases import postgres_server, sqlite_url

pytestmark = pytest.mark.browser
ROOT = Path(__file__).resolve().parents[2]
KOUDAI = str(Path(sys.executable).with_name("koudai"))
PASSWORD = "口袋里的规范 2026"
NATIONAL = ("hotline", "fieldservice", "billing", "quality")
STAFF = {
    "hotline_engineer": "陈静",
    "duty_manager": "王力",
    "regional_manager": "孙建国",
    "field_engineer": "罗文",
    "customer_administrator": "周艳",
}
FILES = {"SH": "customers-sh.csv", "BJ": "customers-bj.xlsx"}
LANGUAGES = {"sqlite": "zh-CN", "postgresql": "en"}
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


class Installation:
    """A home of its own, set up with the command line and served by two processes."""

    def __init__(self, home: Path, database: str, new_context: Callable[..., BrowserContext], lang: str):
        self.environment = {
            **os.environ,
            "KOUDAI_HOME": str(home),
            "KOUDAI_DATABASE": database,
            "KOUDAI_LANG": "en",
        }
        self.new_context, self.lang = new_context, lang
        self.links: dict[str, str] = {}
        self.wrong: list[str] = []

    def koudai(self, *words: str, ends_with: int = 0) -> str:
        """Run a command, and return what it says."""
        command = [KOUDAI, *words]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True)
        assert done.returncode == ends_with, done.stdout + done.stderr
        return done.stdout

    def furnish(self) -> None:
        """Open head office and two regional offices that disagree, and hire their people."""
        self.koudai("init")
        for code, name in (("BJ", "北京分公司"), ("SH", "上海分公司")):
            self.koudai("office", "add", code, name)
            for plugin in NATIONAL:
                self.koudai("plugins", "enable", plugin, code)
            for role, person in STAFF.items():
                login = f"{code}.{role.partition('_')[0]}".lower()
                said = self.koudai("staff", "add", login, person, "--office", code, "--role", role)
                self.links[login] = self._link(said)
        self.koudai("plugins", "enable", "shanghai", "SH")

    @staticmethod
    def _link(said: str) -> str:
        found = re.search(r"/password/\S+", said)
        assert found, said
        return found[0]

    def serve(self, port: int) -> subprocess.Popen[bytes]:
        """Start two server processes, and wait until they answer."""
        self.address = f"http://127.0.0.1:{port}"
        command = [KOUDAI, "serve", "--port", str(port), "--workers", "2"]
        process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=subprocess.DEVNULL)
        for _try in range(300):
            try:
                urllib.request.urlopen(f"{self.address}/sign-in", timeout=5).close()
                return process
            except OSError:
                time.sleep(0.2)
        process.kill()
        raise AssertionError("the server did not answer")

    def sit_down(self, login: str, **screen: Any) -> Page:
        """Open the one-time link in a fresh browser, set the password, and arrive at the desk."""
        context = self.new_context(base_url=self.address, locale=self.lang, **screen)
        page = context.new_page()
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("response", lambda answer: answer.status >= 500 and self.wrong.append(answer.url))
        page.goto(self.links[login])
        page.locator("[name=password]").fill(PASSWORD)
        page.locator("[name=again]").fill(PASSWORD)
        page.locator("main form .btn-primary").click()
        expect(page).not_to_have_url(re.compile("/password/"))
        page.wait_for_load_state("load")
        return page


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def new_database(engine_name: str, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database."""
    if engine_name == "sqlite":
        yield sqlite_url(tmp_path / "koudai.db")
        return
    name = f"koudai_{uuid.uuid4().hex[:12]}"
    yield postgres_server().create_database(name)
    postgres_server().drop_database(name)


@pytest.fixture
def installation(
    engine_name: str,
    new_database: str,
    tmp_path: Path,
    new_context: Callable[..., BrowserContext],
) -> Iterator[Installation]:
    """A furnished installation that is being served; nothing may go wrong unnoticed.

    One engine is tried in each language: the other two pairs would prove nothing new, and take minutes.
    """
    one = Installation(tmp_path, new_database, new_context, LANGUAGES[engine_name])
    one.furnish()
    process = one.serve(free_port())
    yield one
    process.terminate()
    process.wait(timeout=60)
    assert one.wrong == []


@pytest.mark.clause("QP/2-04 5.3")
@pytest.mark.clause("QP/2-04 5.4")
@pytest.mark.clause("QP/2-04 5.5")
@pytest.mark.clause("SHYY/QI/03 1.3")
@pytest.mark.clause("SHYY/QI/03 3.2")
def test_one_call_travels_to_the_signed_request_in_two_offices_that_disagree(
    installation: Installation,
) -> None:
    for office in ("BJ", "SH"):
        import_customers(installation, office)
        request = take_the_call(installation, office)
        dispatch(installation, office, request)
        visit(installation, office, request)
        review(installation, office, request)
    assert "all whole" in installation.koudai("verify")


def import_customers(installation: Installation, office: str) -> None:
    """Trial run first, then the import, with the refused lines reported and offered as a file."""
    page = installation.sit_down(f"{office.lower()}.customer")
    page.goto(f"/{office}/customers/import/")
    page.locator("#file").set_input_files(ROOT / "samples" / FILES[office])
    page.locator("main form[enctype] .btn-primary").click()
    page.locator("form[action$='/import'] .btn-primary").click()
    rejects = page.locator("a[href$='refused.csv']").first
    expect(rejects).to_be_visible(timeout=30_000)
    with page.expect_download() as download:
        rejects.click()
    assert office in download.value.path().read_text(encoding="utf-8-sig")
    page.goto(f"/{office}/customers/{office}200001")
    expect(page.locator("h1")).to_be_visible()


def take_the_call(installation: Installation, office: str) -> str:
    """Find the customer while typing, see the verdict with its clause, and register a visit in one step."""
    page = installation.sit_down(f"{office.lower()}.hotline")
    page.keyboard.press("n")
    page.locator("#q").press_sequentially(f"{office}200001")
    page.locator("[role=option]").first.click()
    panel = page.locator("#panel")
    expect(panel).to_contain_text(f"{office}200001")
    expect(panel).to_contain_text("QI/02 fee.after-first-year")
    if page.locator("#installation_id option").count() > 2:
        page.locator("#installation_id").select_option(index=1)
    for name, text in (("module", "总账"), ("operation", "反结账"), ("happens", "软件有问题")):
        page.locator(f"#{name}").fill(text)
    page.locator("#outcome-request_visit").check()
    page.locator("#request_visit-verified").check()
    page.locator("#submit").click()
    expect(page.locator("#happens-error")).to_contain_text("QI/03 3.1.6")
    page.locator("#happens").fill("点反结账后报错 6105 退出，账套仍是已结账状态")
    page.locator("#submit").click()
    told = page.locator(".note-done")
    expect(told).to_contain_text(f"{office}-R-")
    found = re.search(rf"{office}-R-\d+-\d+", told.inner_text())
    assert found
    return found[0]


def dispatch(installation: Installation, office: str, request: str) -> None:
    """The regional manager is refused in Beijing, with the clause, and may in Shanghai."""
    board = f"/{office}/fieldservice/dispatch"
    manager = installation.sit_down(f"{office.lower()}.regional")
    manager.goto(board)
    row = manager.locator(f"[id='{request}']")
    if office == "BJ":
        expect(row).to_contain_text("QP/2-04 5.4")
        expect(row.locator("[name=engineer_id]")).to_have_count(0)
    else:
        send_out(row)
    duty = installation.sit_down(f"{office.lower()}.duty")
    duty.goto(board)
    row = duty.locator(f"[id='{request}']")
    if office == "BJ":
        send_out(row)
    expect(row).to_have_count(0)


def send_out(row: Any) -> None:
    row.locator(".dispatch-open > summary").click()
    row.locator("[name=engineer_id]").select_option(index=1)
    row.locator("form .btn-primary").click()
    expect(row).to_have_count(0)


def visit(installation: Installation, office: str, request: str) -> None:
    """The field engineer's whole visit on a phone, to the signature and the return slip."""
    page = installation.sit_down(f"{office.lower()}.field", **PHONE)
    page.goto(f"/{office}/fieldservice/visit/{request}")
    tomorrow = dt.datetime.now(dt.UTC) + dt.timedelta(days=1)
    take(page, "confirm")
    take(page, "arrange", appointment_at=tomorrow.strftime("%Y-%m-%dT%H:%M"))
    take(page, "arrive")
    seen = page.locator("[data-step=look_into]")
    for tick in ("identity", "shown"):
        seen.locator(f"[name={tick}]").check()
    take(page, "look_into")
    expect(page.locator("[data-step=solve] .visit-why, [data-step=solve] .objections").first).to_be_attached()
    backup = page.locator("[data-step=back_up]")
    unfold(backup)
    backup.locator("[name=account_sets]").press_sequentially("1")
    expect(backup.locator(".visit-path code")).to_have_text(re.compile(r"^UFDATABAK\\LW\d{8}\\001$"))
    backup.locator("[name=reports_asked]").check()
    take(page, "back_up")
    take(page, "solve", cause="结转时断电", remedy="恢复备份后反结账")
    take(page, "try_out", tried_by="高敏")
    take(page, "explain", prevention="结账前先备份")
    line = page.locator("[data-step=sign]")
    line.locator("label[for$=all_solved]").click()
    draw(page, line.locator("canvas"))
    take(page, "sign", signed_by="高敏")
    take(page, "turn_in", travel_cost="12", material_cost="0", other_cost="0.50")


def unfold(line: Any) -> None:
    if line.locator("details").first.get_attribute("open") is None:
        line.locator("summary").first.click()


def take(page: Page, step: str, **typed: str) -> None:
    line = page.locator(f"[data-step={step}]")
    unfold(line)
    for name, value in typed.items():
        line.locator(f"[name={name}]").fill(value)
    with page.expect_navigation():
        line.locator("form .btn-primary").click()
    expect(page.locator(".field-error")).to_have_count(0)


def draw(page: Page, canvas: Any) -> None:
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    page.mouse.move(box["x"] + 30, box["y"] + 60)
    page.mouse.down()
    for step in range(30):
        page.mouse.move(box["x"] + 30 + 6 * step, box["y"] + 60 + 30 * (step % 3))
    page.mouse.up()


def review(installation: Installation, office: str, request: str) -> None:
    """Shanghai wants an entry in the support database before a request closes; Beijing does not."""
    installation.links[f"{office.lower()}.duty"] = installation._link(
        installation.koudai("staff", "reset", f"{office.lower()}.duty")
    )
    page = installation.sit_down(f"{office.lower()}.duty")
    address = f"/{office}/fieldservice/request/{request}"
    page.goto(f"{address}/close")
    if office == "SH":
        expect(page.locator("#step")).to_contain_text("SHYY/QI/03 1.3")
        page.goto(f"{address}/standardise")
        page.locator("#step form .btn-primary").click()
        page.goto(f"{address}/close")
    page.locator("#step form .btn-primary").click()
    expect(page.locator("#step form")).to_have_count(0)
    expect(page.locator(".case-head")).to_contain_text("已关闭" if installation.lang == "zh-CN" else "Closed")
