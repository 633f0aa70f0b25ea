"""Laws of every page: nothing inline that the security policy would block, no form without its token."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
INLINE = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>|<style\b|<[^>]*\s(?:style|on[a-z]+)=[\"']", re.IGNORECASE)
POSTS = re.compile(r"<form\b[^>]*method=[\"']post[\"'].*?</form>", re.IGNORECASE | re.DOTALL)


def pages() -> list[Path]:
    found = [
        path
        for folder in ("core", "plugins", "regions", "examples")
        for path in (ROOT / folder).rglob("*.html")
    ]
    assert found
    return found


def tokenless(template: str) -> list[str]:
    """Return the forms that post something and carry no token against forgery."""
    return [form for form in POSTS.findall(template) if "csrf" not in form]


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_nothing_is_inline_and_every_form_has_its_token(page: Path) -> None:
    assert not INLINE.findall(page.read_text())
    assert not tokenless(page.read_text())


@pytest.mark.parametrize("planted", ["<script>x()</script>", '<p style="color:red">', '<a onclick="x()">'])
def test_what_is_inline_is_seen(planted: str) -> None:
    assert INLINE.search(planted)
    assert not INLINE.search('<script src="x.js" defer></script><p class="style" data-on="x">')


def test_a_form_without_a_token_is_seen() -> None:
    assert tokenless('<form method="post"><input name="a"></form>')
    assert not tokenless('<form method="post">{{ csrf() }}</form><form method="get"></form>')
