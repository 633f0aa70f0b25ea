"""What a text is cut into, and what is found of it again."""

from __future__ import annotations

import pytest

from core.search.words import MOST_TERMS, REACH, number_tokens, snippet, terms, tokens

TEXT = "总账 · 反结账：点反结账后报错 6105 退出，Ｕ８ 8.13 版；联系 138 1234 5678"


def fits(typed: str, found: set[str]) -> bool:
    """Say whether every term begins a token, as the index is asked."""
    asked = terms(typed)
    return bool(asked) and all(any(token.startswith(term) for token in found) for term in asked)


@pytest.mark.parametrize(
    "typed",
    [
        "结账",
        "账",
        "点反结账后报错",
        "报错 退出",
        "6105",
        "610",
        "u8",
        "8.13",
        "8.1",
        "反结账 u8 6105",
        "13812345678",
        "138 1234 5678",
        "5678",
        "２３４５６７８",
    ],
)
def test_any_part_is_found(typed: str) -> None:
    assert fits(typed, tokens(TEXT))


@pytest.mark.parametrize("typed", ["账结", "反结后", "报错 重启", "05", "9.13", "·", "", "   ", "5679"])
def test_what_does_not_stand_there_is_not(typed: str) -> None:
    assert not fits(typed, tokens(TEXT))


def test_a_word_is_found_by_its_beginning_only() -> None:
    assert fits("prin", tokens("printer offline"))
    assert not fits("rinter", tokens("printer offline"))


@pytest.mark.parametrize(
    "typed", ["SH-H-2026-00123", "sh-h-2026-0012", "00123", "123", "23", "2026-001", "H 123"]
)
def test_a_number_is_found_by_its_parts(typed: str) -> None:
    assert fits(typed, number_tokens("SH-H-2026-00123"))


def test_another_number_is_not() -> None:
    assert not fits("124", number_tokens("SH-H-2026-00123"))


def test_a_long_phrase_asks_for_a_bounded_number_of_terms() -> None:
    assert len(terms("很" * REACH + "长的一句话" * 30)) <= MOST_TERMS


def test_a_text_without_end_makes_a_bounded_number_of_tokens() -> None:
    assert len(tokens("".join(chr(0x4E00 + place % 5000) for place in range(100_000)))) < 10_000


def test_the_snippet_stands_around_the_first_hit_and_marks_every_one() -> None:
    pieces = snippet("一" * 100 + "打印机卡纸，重新打印后" + "二" * 100, ["打印"])
    assert [text for text, hit in pieces if hit] == ["打印", "打印"]
    assert pieces[0] == pieces[-1] == ("…", False)
    assert len("".join(text for text, _hit in pieces)) < 100


def test_the_snippet_keeps_the_text_as_it_was_written() -> None:
    pieces = snippet("升级到 Ｕ８ 以后报错", terms("u8"))
    assert ("Ｕ８", True) in pieces


def test_without_a_hit_there_is_no_snippet() -> None:
    assert snippet("别的", ["打印"]) == []
