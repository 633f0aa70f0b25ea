"""No message is taken twice and none is lost, whatever dies or goes away meanwhile (QP/2-04 5.2)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale

from core.db import db, see_offices
from core.errors import KoudaiError
from core.jobs import turns
from core.rules import rules_of
from plugins.hotline.mail import mailbox
from plugins.hotline.mail.models import Fate
from plugins.hotline.mail.poll import poll

ROOT = Path(__file__).parents[4]
DYING = """
import os, signal
from core.app import create_app
from core.config import settings_of_commands
from core.jobs.turns import run_due
from plugins.hotline.mail.mailbox import Mailbox

def die(*_args):
    os.kill(os.getpid(), signal.SIGKILL)

Mailbox.put_away = die
with create_app(settings_of_commands()).app_context():
    list(run_due("BJ"))
"""


@pytest.mark.clause("QP/2-04 5.2")
def test_a_process_that_is_killed_between_the_deed_and_the_move_does_nothing_twice(
    post: Any, write: Any, database_url: str, app: Flask
) -> None:
    post.put(write(), write("第二封"))
    place = {"KOUDAI_HOME": app.config["KOUDAI_HOME"], "KOUDAI_DATABASE": database_url}
    died = subprocess.run([sys.executable, "-c", DYING], env=os.environ | place, cwd=ROOT, timeout=60)
    assert died.returncode == -signal.SIGKILL
    post.house.see()
    assert (len(post.calls()), post.lying(), post.lying(post.done)) == (1, 2, 0)
    post.poll()
    assert [one.told for one in post.calls()] == ["点反结账后报错退出", "第二封"]
    assert (post.lying(), post.lying(post.done), len(post.mails())) == (0, 2, 2)


def test_two_pollers_at_once_make_one_call_of_each(post: Any, write: Any, app: Flask) -> None:
    post.put(*(write(f"第 {number} 封") for number in range(6)))
    together, office_id, failed = threading.Barrier(2), post.office.id, list[BaseException]()

    def process() -> None:
        with app.app_context():
            see_offices(frozenset({office_id}))
            from core.offices import all_offices

            rules = rules_of(all_offices()[office_id])
            together.wait()
            try:
                poll(rules)
            except KoudaiError as error:
                # The other one moved it away first.
                failed.append(error)
            db.session.remove()

    threads = [threading.Thread(target=process) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    post.poll()
    assert sorted(one.told for one in post.calls()) == [f"第 {number} 封" for number in range(6)]
    assert failed == []


def test_the_same_message_by_two_ways_is_one_call(post: Any, write: Any) -> None:
    message = write()
    again = b"Received: from elsewhere\r\n" + message.as_bytes()
    post.put(message)
    post.poll()
    post.put(again, message)
    post.poll()
    assert (len(post.calls()), post.lying(), post.lying(post.done)) == (1, 0, 3)


def test_a_machine_that_gives_every_fax_the_same_message_id_loses_none(post: Any, write: Any) -> None:
    post.put(write("传真一", id="fax"), write("传真二", id="fax"))
    post.poll()
    assert [one.told for one in post.calls()] == ["传真一", "传真二"]


def test_a_message_that_cannot_be_read_is_set_aside_and_stops_no_other(post: Any, write: Any) -> None:
    post.put(b"nothing that anybody sent", write())
    post.poll()
    assert len(post.calls()) == 1
    assert (post.lying(), post.lying(post.done), post.lying(post.aside)) == (0, 1, 1)
    (aside,) = [one for one in post.mails() if one.fate == Fate.ASIDE]
    assert (aside.raw.strip(), aside.why["msgid"]) == (
        b"nothing that anybody sent",
        "The message has neither a sender nor a subject.",
    )


def test_a_message_that_breaks_the_program_is_set_aside_too(
    post: Any, write: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from plugins.hotline.mail import message

    def broken(raw: bytes, place: str) -> Any:
        raise ValueError("secret words")

    monkeypatch.setattr(message, "read", broken)
    post.put(write())
    post.poll()
    (aside,) = post.mails()
    assert (aside.fate, aside.subject, aside.why["values"]) == (
        Fate.ASIDE,
        "反结账报错",
        {"kind": "ValueError"},
    )
    assert (post.lying(), post.lying(post.aside)) == (0, 1)


def test_a_message_that_cannot_even_be_set_aside_is_told_and_stops_no_other(
    post: Any, write: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from plugins.hotline.mail import message

    def broken(raw: bytes) -> Any:
        raise ValueError("secret words")

    monkeypatch.setattr(message, "head", broken)
    post.put(b"nothing that anybody sent", write())
    assert "ValueError" in trouble(post)
    assert (len(post.calls()), post.lying(), post.lying(post.done)) == (1, 1, 1)


def test_a_message_without_any_key_of_its_own_is_known_by_all_of_it_and_its_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from plugins.hotline.mail import message

    def broken(*_given: Any) -> Any:
        raise ValueError("secret words")

    raw = b"Message-ID: <x>\r\n\r\n"
    known = message.key_of(raw, "here")
    assert known == message.key_of(raw, "there")
    monkeypatch.setattr(message, "_header", broken)
    assert message.key_of(raw, "here") == message.key_of(raw, "here")
    assert len({known, message.key_of(raw, "here"), message.key_of(raw, "there")}) == 3


def trouble(post: Any) -> str:
    with pytest.raises(KoudaiError) as told:
        post.poll()
    with force_locale("en"):
        return str(told.value)


def test_a_wrong_password_is_told_and_not_shown(post: Any, write: Any) -> None:
    post.put(write())
    post.give("wrong and secret")
    said = trouble(post)
    assert "koudai mail password BJ" in said
    assert "secret" not in said
    assert post.calls() == []


def test_a_server_that_is_away_or_a_folder_that_is_not_there_is_told(post: Any, write: Any) -> None:
    post.put(write())
    post.set(folder="nowhere")
    assert "nowhere" in trouble(post)
    post.set(folder=post.folder, port=1)
    post.give()
    assert "127.0.0.1:1 cannot be used" in trouble(post)
    post.set(port=post.port)
    post.give()
    post.poll()
    assert len(post.calls()) == 1


def test_administrators_are_told_by_the_job(post: Any) -> None:
    post.set(port=1)
    post.give()
    (ran,) = [one for one in turns.run_due("BJ") if one.job == "hotline.mail"]
    assert "127.0.0.1:1" in str(ran.trouble)


def test_without_tls_no_password_travels_to_another_machine(post: Any) -> None:
    post.set(host="mail.example")
    post.give()
    assert "Without TLS" in trouble(post)
    post.set(tls="tls", host="127.0.0.1")
    post.give()
    assert "its certificate or its TLS is not in order" in trouble(post)


def test_over_starttls_a_server_must_show_a_certificate_that_is_trusted(
    post: Any, locked_server: int, certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    post.set(tls="starttls", port=locked_server, folder="INBOX")
    post.give()
    assert "its certificate or its TLS is not in order" in trouble(post)
    assert post.mails() == []
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    post.poll()
    # What the server brought with itself.
    assert len(post.mails()) > 0


def test_the_password_is_a_file_for_nobody_else(
    post: Any, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = Path(app.config["KOUDAI_HOME"]) / "mail-password-BJ"
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o640)
    assert "chmod 600" in trouble(post)
    monkeypatch.setenv("KOUDAI_MAIL_PASSWORD_BJ", path.read_text())
    post.poll()
    monkeypatch.delenv("KOUDAI_MAIL_PASSWORD_BJ")
    path.unlink()
    assert "koudai mail password BJ" in trouble(post)


@pytest.mark.parametrize(
    "elsewhere", [{"host": "localhost"}, {"port": 1}, {"user": "another@office.example"}]
)
def test_a_password_is_sent_to_no_other_server_than_that_for_which_it_was_given(
    post: Any, write: Any, monkeypatch: pytest.MonkeyPatch, elsewhere: dict[str, Any]
) -> None:
    asked = list[object]()
    monkeypatch.setattr(mailbox, "_connected", asked.append)
    post.put(write())
    post.set(**elsewhere)
    said = trouble(post)
    assert all(str(value) in said for value in elsewhere.values())
    assert ("koudai mail password BJ" in said, asked) == (True, [])
    monkeypatch.undo()
    post.set(host="127.0.0.1", port=post.port, user="hotline@office.example")
    post.poll()
    assert len(post.calls()) == 1


@pytest.mark.parametrize("before", ["bare words", "12345678", '{"password": "named nowhere"}'])
def test_a_password_that_names_no_server_is_asked_for_anew(
    post: Any, app: Flask, before: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (Path(app.config["KOUDAI_HOME"]) / "mail-password-BJ").write_text(before)
    assert "koudai mail password BJ" in trouble(post)
    post.give()
    monkeypatch.setenv("KOUDAI_MAIL_PASSWORD_BJ", before)
    assert "koudai mail password BJ" in trouble(post)


def test_an_office_reads_its_own_mailbox_only(post: Any, new_post: Any, shanghai: Any, write: Any) -> None:
    there = new_post(shanghai.office)
    post.put(write("北京"))
    there.put(write("上海"))
    post.poll()
    assert ([one.told for one in post.calls()], there.calls(), there.lying()) == (["北京"], [], 1)
    there.poll()
    assert ([one.told for one in there.calls()], len(post.calls())) == (["上海"], 1)


def test_a_mailbox_that_head_office_sets_is_no_office_s_own(house: Any, beijing: Any) -> None:
    from core import settings
    from core.people import Actor

    for name, value in {"host": "mail.example", "user": "all@office.example"}.items():
        settings.set_parameter(house.head, f"hotline.mail_{name}", value, Actor("tests"))
    house.see()
    assert mailbox.address_of(rules_of(beijing.office)) is None


def test_folders_may_have_chinese_names(post: Any, write: Any) -> None:
    post.set(done_folder=f"已读 & 归档 {post.folder}")
    post.put(write())
    post.poll()
    assert (post.lying(), post.lying(f"&XfKL+w- &- &X1JoYw- {post.folder}")) == (0, 1)
