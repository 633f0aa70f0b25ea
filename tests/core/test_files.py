"""Files around a case or a customer: kept by what they are, fetched by whoever may read the case, never a page."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import encode_multipart

from core.cli import koudai
from core.db import db
from core.ledger import LedgerRow
from core.offices import Office
from core.people import Actor
from core.roles import CUSTOMER_ADMINISTRATOR, DUTY_MANAGER, HOTLINE_ENGINEER
from core.settings import set_parameter
from core.talk import store, tidying
from core.talk.files import clean_name
from core.talk.models import File
from core.testing import SETTER_UP, House, SignIn, said
from core.web.files import MOST_MEGABYTES
from plugins.hotline.models import Call

CALL = "/SH/hotline/call/SH-H-2026-00001"
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\rIDATx\xdac\xfc\xcfP\x0f\x00\x03\x86\x01\x80Z4}k\x00\x00\x00\x00IEND\xaeB`\x82"
)


@pytest.fixture
def shanghai(house: House) -> Office:
    return house.office("SH")


@pytest.fixture
def luo(house: House, shanghai: Office) -> Actor:
    return house.hire(shanghai, HOTLINE_ENGINEER, name="罗文")


@pytest.fixture
def call(work: Any, shanghai: Office, luo: Actor) -> Call:
    work.called(shanghai, luo)
    return db.session.scalars(select(Call)).one()


def place(call: Call, deed: str = "") -> str:
    return f"/SH/talk/hotline.call/{call.id}/files{deed}"


def sent(*files: tuple[str, bytes]) -> dict[str, Any]:
    """Return what a browser sends, ready made: the client would leave large ones in open files."""
    given = MultiDict(("files", FileStorage(io.BytesIO(content), name)) for name, content in files)
    boundary, body = encode_multipart(given)
    return {"data": body, "content_type": f'multipart/form-data; boundary="{boundary}"'}


def rows(house: House) -> list[File]:
    house.see()
    return list(db.session.scalars(select(File).order_by(File.id)))


@dataclass(frozen=True)
class Fetched:
    """What a browser got, its connection closed."""

    status: int
    data: bytes
    headers: Mapping[str, str]


def fetched(browser: FlaskClient, path: str) -> Fetched:
    with browser.get(path) as answer:
        return Fetched(answer.status_code, answer.data, dict(answer.headers))


def archive(*names: str, size: int = 1) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as made:
        for name in names:
            made.writestr(name, b"\0" * size)
    return written.getvalue()


def test_several_files_are_attached_at_once_and_stand_on_the_page(
    house: House, call: Call, luo: Actor, sign_in: SignIn
) -> None:
    version, browser = call.version, sign_in(luo)
    answer = browser.post(
        place(call), **sent(("报错.png", PNG), ("日志 1.log", "点反结账".encode("gb18030")))
    )
    assert answer.location == f"{CALL}#files"
    page = said(browser.get(CALL).text)
    assert "Attached: 报错.png, 日志 1.log" in page
    assert "报错.png 1 KB · 罗文" in page
    assert [(one.name, one.media_type, one.size) for one in rows(house)] == [
        ("报错.png", "image/png", len(PNG)),
        ("日志 1.log", "text/plain", 8),
    ]
    assert call.version == version


def test_a_file_comes_back_as_it_was_and_never_as_a_page(
    house: House, call: Call, luo: Actor, sign_in: SignIn
) -> None:
    browser, content = sign_in(luo), "序号,名称\r\n1,<script>".encode()
    browser.post(place(call), **sent(("清单.csv", content), ("图.png", PNG)))
    table, picture = rows(house)
    answer = fetched(browser, place(call, f"/{table.id}"))
    assert (answer.data, answer.headers["Content-Type"]) == (content, "text/csv; charset=utf-8")
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert browser.get(place(call, f"/{table.id}/preview")).status_code == 404
    shown = fetched(browser, place(call, f"/{picture.id}/preview"))
    assert (shown.data, shown.headers["Content-Type"]) == (PNG, "image/png")
    assert shown.headers["Content-Disposition"].startswith("inline;")
    kept = fetched(browser, place(call, f"/{picture.id}"))
    assert kept.headers["Content-Disposition"].startswith("attachment;")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.docx", archive("[Content_Types].xml", "word/document.xml")),
        ("x.xlsx", archive("[Content_Types].xml", "xl/workbook.xml")),
        ("bomb.zip", archive("zeros", size=5_000_000)),
        ("X.JPEG", b"\xff\xd8\xff\xe0" + b"0" * 20),
        ("x.pdf", b"%PDF-1.7\n"),
        ("x.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 20),
        ("x.7z", b"7z\xbc\xaf\x27\x1c00"),
        ("x.rar", b"Rar!\x1a\x07\x01\x00"),
        ("x.webp", b"RIFF\x24\0\0\0WEBPVP8 "),
        ("x.txt", "﻿备份".encode("utf-16-le")),
    ],
)
def test_what_an_office_sends_is_taken(
    house: House, call: Call, luo: Actor, sign_in: SignIn, name: str, content: bytes
) -> None:
    sign_in(luo).post(place(call), **sent((name, content)))
    (one,) = rows(house)
    assert store.path_of(one.sha256).read_bytes() == content


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("x.png", b"MZ\x90\x00\x03", "x.png is not what its name says."),
        ("x.jpg", PNG, "x.jpg is not what its name says."),
        ("x.txt", b"\x7fELF\x02\x01\x01\x00\x00", "x.txt is not what its name says."),
        ("x.docx", archive("a.txt"), "x.docx is not what its name says."),
        ("x.docx", b"PK\x03\x04", "x.docx is not what its name says."),
        ("x.exe", b"MZ", "x.exe: this kind is not taken."),
        ("x.svg", b"<svg/>", "x.svg: this kind is not taken."),
        ("x.html", b"<p>", "x.html: this kind is not taken."),
        ("x.png.html", PNG, "x.png.html: this kind is not taken."),
        ("png", PNG, "png: this kind is not taken."),
        ("x.png", b"", "x.png is empty."),
    ],
)
def test_what_is_not_what_it_says_or_not_wanted_is_refused_by_name(
    house: House, call: Call, luo: Actor, sign_in: SignIn, name: str, content: bytes, why: str
) -> None:
    browser = sign_in(luo)
    browser.post(place(call), **sent((name, content), ("gut.png", PNG)))
    page = said(browser.get(CALL).text)
    assert why in page
    assert [one.name for one in rows(house)] == ["gut.png"], "the good one is kept all the same"
    assert len(list(store.stored())) == 1


def test_no_file_at_all_and_too_many_are_told(house: House, call: Call, luo: Actor, sign_in: SignIn) -> None:
    browser = sign_in(luo)
    browser.post(place(call), data={})
    assert "Choose a file first." in browser.get(CALL).text
    browser.post(place(call), **sent(*(("x.png", PNG) for _one in range(21))))
    assert "At most 20 files at once." in browser.get(CALL).text
    assert not rows(house)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd.png", "passwd.png"),
        ("C:\\Users\\罗文\\图 片.png", "图 片.png"),
        ("a\r\nSet-Cookie: x.png", "a Set-Cookie: x.png"),
        ("gnp.\u202etxt.png", "gnp. txt.png"),
        ("  .png ", "png"),
        ("口" * 300 + ".png", "口" * 156 + ".png"),
        ("e\u0301.png", "é.png"),
    ],
)
def test_a_name_is_only_a_name(given: str, kept: str) -> None:
    assert clean_name(given) == kept


def test_an_odd_name_reaches_neither_the_disk_nor_a_header(
    house: House, app: Flask, call: Call, luo: Actor, sign_in: SignIn
) -> None:
    browser = sign_in(luo)
    browser.post(place(call), **sent(("../../x'<b>\u202e口袋.png", PNG)))
    (one,) = rows(house)
    assert "<b>" not in browser.get(CALL).text
    assert "\n" not in fetched(browser, place(call, f"/{one.id}")).headers["Content-Disposition"]
    home = Path(app.config["KOUDAI_HOME"])
    assert [str(path.relative_to(home)) for path in (home / "files").rglob("*") if path.is_file()] == [
        f"files/{one.sha256[:2]}/{one.sha256}"
    ]


def test_a_file_larger_than_the_office_allows_is_refused_and_the_others_are_kept(
    house: House, call: Call, shanghai: Office, luo: Actor, sign_in: SignIn
) -> None:
    set_parameter(shanghai, "core.file_megabytes", "1", SETTER_UP)
    browser = sign_in(luo)
    exactly, more = b"0" * 2**20, b"0" * (2**20 + 1)
    browser.post(place(call), **sent(("gross.txt", more), ("klein.txt", exactly)))
    assert "gross.txt is larger than 1 MB." in said(browser.get(CALL).text)
    assert [one.name for one in rows(house)] == ["klein.txt"]


def test_what_is_beyond_every_limit_gets_a_page_that_says_so(
    house: House, call: Call, luo: Actor, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(MOST_MEGABYTES, "files.attach", 1)
    answer = sign_in(luo).post(place(call), **sent(("x.txt", b"0" * (2**20 + 10))))
    assert answer.status_code == 413
    assert "All at once may have at most 1 MB." in answer.text
    assert not rows(house)


def test_only_who_has_signed_in_may_send_more_than_a_form_holds(
    app: Flask, call: Call, luo: Actor, sign_in: SignIn
) -> None:
    app.config["MAX_CONTENT_LENGTH"] = 1000
    large = {"x.txt": b"0" * 2000}
    assert app.test_client().post(place(call), **sent(*large.items())).status_code == 413
    assert sign_in(luo).post(place(call), **sent(*large.items())).status_code == 302


def test_however_many_names_there_are_the_message_fits_into_a_cookie(
    call: Call, luo: Actor, sign_in: SignIn
) -> None:
    browser = sign_in(luo)
    rare = ["".join(chr(0x4E00 + (7919 * (70 * row + at)) % 20000) for at in range(156)) for row in range(20)]
    mixed = [(f"{name}.{'png' if at % 2 else 'exe'}", PNG) for at, name in enumerate(rare)]
    answer = browser.post(place(call), **sent(*mixed))
    assert len(answer.headers["Set-Cookie"]) < 4000
    page = said(browser.get(CALL).text)
    assert "Attached: 10 files" in page
    assert "Refused besides: 6" in page


def test_a_disk_that_is_full_is_told_and_breaks_nothing(
    house: House, call: Call, luo: Actor, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(found: store.Received) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(store, "keep", full)
    browser = sign_in(luo)
    assert browser.post(place(call), **sent(("图.png", PNG))).status_code == 302
    assert "图.png could not be stored. Tell the administrator." in browser.get(CALL).text
    assert not rows(house)
    assert not list(store.folder().glob("in-*")), "what was put aside is gone"


def test_the_same_bytes_lie_there_once_and_each_row_keeps_its_name(
    house: House, call: Call, luo: Actor, sign_in: SignIn
) -> None:
    browser = sign_in(luo)
    browser.post(place(call), **sent(("a.png", PNG), ("b.png", PNG)))
    assert [one.name for one in rows(house)] == ["a.png", "b.png"]
    assert len(list(store.stored())) == 1


def test_a_file_is_removed_with_a_reason_and_put_back(
    house: House, call: Call, shanghai: Office, luo: Actor, sign_in: SignIn
) -> None:
    browser, boss = sign_in(luo), sign_in(house.hire(shanghai, DUTY_MANAGER, name="王力"))
    third = sign_in(house.hire(shanghai, HOTLINE_ENGINEER, name="陈晨"))
    browser.post(place(call), **sent(("图.png", PNG)))
    (one,) = rows(house)
    deed = place(call, f"/{one.id}")
    boss.post(f"{deed}/remove", data={"reason": "  "})
    assert "Say in a few words why" in boss.get(CALL).text
    boss.post(f"{deed}/remove", data={"reason": "别家客户的"})
    page = boss.get(CALL).text
    assert "removed by 王力" in said(page)
    assert "别家客户的" in page
    assert f'action="{deed}/put-back"' in page
    assert (browser.get(deed).status_code, browser.get(f"{deed}/preview").status_code) == (404, 404)
    assert third.post(f"{deed}/put-back").status_code == 404
    assert "put-back" not in third.get(CALL).text
    assert browser.post(f"{deed}/put-back").status_code == 302
    assert fetched(browser, deed).data == PNG


def test_the_ledger_says_what_became_of_a_file_by_its_digest(
    house: House, call: Call, shanghai: Office, luo: Actor, sign_in: SignIn, ledger_of: Any
) -> None:
    browser = sign_in(luo)
    browser.post(place(call), **sent(("秘密.png", PNG)))
    (one,) = rows(house)
    browser.post(place(call, f"/{one.id}/remove"), data={"reason": "错"})
    browser.post(place(call, f"/{one.id}/remove"), data={"reason": "再来"})
    written: list[LedgerRow] = [row for row in ledger_of(shanghai) if row.kind == "file"]
    assert [row.action for row in written] == ["attach", "remove"]
    assert all(row.details == {"file": one.id, "sha256": one.sha256} for row in written)
    assert "秘密" not in browser.get(f"{CALL}").text.partition('id="story-title"')[2]


def test_a_file_of_one_case_is_not_found_at_another_nor_in_another_office(
    house: House, work: Any, call: Call, shanghai: Office, luo: Actor, sign_in: SignIn
) -> None:
    browser = sign_in(luo)
    browser.post(place(call), **sent(("图.png", PNG)))
    (one,) = rows(house)
    work.called(shanghai, luo)
    assert browser.get(f"/SH/talk/hotline.call/{call.id + 1}/files/{one.id}").status_code == 404
    beijing = house.office("BJ")
    stranger = sign_in(house.hire(beijing, HOTLINE_ENGINEER))
    assert stranger.get(place(call, f"/{one.id}")).status_code == 404
    assert stranger.get(place(call, f"/{one.id}").replace("/SH/", "/BJ/")).status_code == 404
    assert stranger.post(place(call).replace("/SH/", "/BJ/"), **sent(("a.png", PNG))).status_code == 404


def test_the_case_page_asks_the_same_questions_however_many_files(
    call: Call, luo: Actor, sign_in: SignIn, queries_of: Any
) -> None:
    browser, counted = sign_in(luo), []
    for _more in range(3):
        browser.post(place(call), **sent(("图.png", PNG)))
        browser.get(CALL)
        counted.append(queries_of(lambda: browser.get(CALL)))
    assert counted[0] == counted[1] == counted[2]


def test_old_bytes_that_nobody_names_are_forgotten_and_young_ones_are_not(
    house: House, call: Call, luo: Actor, sign_in: SignIn
) -> None:
    sign_in(luo).post(place(call), **sent(("图.png", PNG)))
    (one,) = rows(house)
    orphans = [store.path_of(letter * 64) for letter in "ab"]
    for path in (*orphans, store.path_of(one.sha256)):
        path.parent.mkdir(exist_ok=True)
        path.touch()
    for path in (orphans[0], store.path_of(one.sha256)):
        os.utime(path, (0, 0))
    assert tidying.forget_orphans() == 1
    assert not orphans[0].exists()
    assert orphans[1].exists()
    assert tidying.spoilt() == []
    store.path_of(one.sha256).write_bytes(b"altered")
    assert [(office, spoilt.name) for office, spoilt in tidying.spoilt()] == [("SH", "图.png")]


def test_a_customer_file_that_is_too_large_is_refused_beside_its_field(
    house: House, shanghai: Office, sign_in: SignIn
) -> None:
    clerk = sign_in(house.hire(shanghai, CUSTOMER_ADMINISTRATOR))
    assert "Up to 20 MB." in clerk.get("/SH/customers/import/").text
    given = MultiDict([("file", FileStorage(io.BytesIO(b"0" * (21 * 2**20)), "all.csv"))])
    boundary, body = encode_multipart(given)
    large = f'multipart/form-data; boundary="{boundary}"'
    answer = clerk.post("/SH/customers/import/", data=body, content_type=large)
    assert answer.status_code == 422
    assert "The file is larger than 20 MB." in answer.text


def test_the_command_line_tidies_up_and_names_what_is_missing(
    house: House,
    call: Call,
    luo: Actor,
    sign_in: SignIn,
    database_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sign_in(luo).post(place(call), **sent(("图.png", PNG)))
    path = store.path_of(rows(house)[0].sha256)
    for name, value in {"HOME": str(tmp_path), "DATABASE": database_url, "LANG": "en"}.items():
        monkeypatch.setenv(f"KOUDAI_{name}", value)
    db.session.remove()
    well = CliRunner().invoke(koudai, ["files", "tidy"])
    assert (well.exit_code, well.stdout) == (0, "Deleted: 0\nEvery attached file is there.\n")
    path.unlink()
    ill = CliRunner().invoke(koudai, ["files", "tidy"])
    assert ill.exit_code == 1
    assert "SH SH-H-2026-00001: the bytes of 图.png are missing or altered" in ill.stdout
