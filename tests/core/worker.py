"""One server process of the concurrency tests: takes real steps until its work is done.

Run with the global name ``task``: the address of the database, a folder, person and customer by office,
how many rounds and threads, and the moment at which the clock stands still.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask

from core import clock, gate
from core.app import create_app
from core.db import see_offices
from core.errors import Refused
from core.offices import office_by_code
from core.people import Actor
from core.testing import test_settings as settings_of

SYMPTOM = {
    "channel": "phone",
    "contact": "高敏",
    "phone": "021-61541030",
    "module": "总账",
    "operation": "反结账",
}
HAPPENS = {"happens": "点反结账后报错退出，账套仍是已结账状态"}


def log_and_demand(code: str, actor: Actor, customer: str) -> None:
    """Log a call and a same-day demand; then do what only the duty manager may, and be refused."""
    office = office_by_code(code)
    see_offices(actor.offices)
    values = {**SYMPTOM, **HAPPENS, "customer_id": customer}
    number = gate.perform("hotline.call", None, "log", actor, values, office=office).number
    gate.perform("hotline.call", number, "demand", actor, {"demand": "今天必须上门"}, office=office)
    try:
        gate.perform(
            "hotline.call", number, "answer_demand", actor, {"answer": "已电话联系客户"}, office=office
        )
    except Refused:
        return
    raise AssertionError("a hotline engineer answered for the duty manager")


def work(app: Flask, task: Mapping[str, Any]) -> None:
    with app.app_context():
        for _round in range(task["rounds"]):
            for code, one in task["offices"].items():
                roles = {one["id"]: frozenset({"hotline_engineer"})}
                log_and_demand(code, Actor("worker", one["person"], roles), one["customer"])


def main(task: Mapping[str, Any]) -> None:
    app = create_app(settings_of(task["url"], Path(task["home"])))
    failed: list[BaseException] = []

    def contained() -> None:
        try:
            work(app, task)
        except BaseException as error:
            failed.append(error)

    with clock.stopped_at(dt.datetime.fromisoformat(task["now"])):
        threads = [threading.Thread(target=contained) for _ in range(task["threads"])]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    if failed:
        raise failed[0]


if __name__ == "__main__":
    main(globals()["task"])
