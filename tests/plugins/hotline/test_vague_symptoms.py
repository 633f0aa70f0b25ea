"""A symptom says what happens; words that fit any problem say nothing."""

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wtforms.validators import ValidationError

from plugins.hotline.forms import not_vague, telling
from plugins.hotline.vague import is_vague

VAGUE = (
    "软件有问题",
    "软件 有 问题！！",
    "不好用",
    "出错了",
    "系统错误",
    "程序出了点问题",
    "用不了",
    "坏了",
    "總是出現問題",
    "我们的软件坏了，请尽快派人上门",
    "客户要求上门服务",
    "不知道怎么回事，系统突然不行了",
    "有bug",
    "it does not work",
    "It doesn't work!",
    "the software is broken",
    "There is a problem with the program again",
    "ERROR",
    "please help, urgent",
)
TELLING = (
    "打印问题: 凭证打印时报错 -5003",
    "点反结账后报错退出，账套仍是已结账状态",
    "资产负债表不平",
    "死机",
    "很慢",
    "数不对",
    "一打开就自动退出",
    "登录不了",
    "不能打印",
    "没有反应",
    "凭证打印错位",
    "系统时间错误",
    "报错 -5003",
    "错误：ORA-12541",
    "加密盒检测不到",
    "crashes when the month is closed",
    "Error 5003",
    "prints blank pages",
    "cannot log in",
    "balance sheet does not add up",
    "Problem: the voucher number jumps from 12 to 14",
)


def form(**said: str) -> Any:
    return SimpleNamespace(**{name: SimpleNamespace(data=text) for name, text in said.items()})


@pytest.mark.clause("QI/03 3.1.6")
@pytest.mark.clause("QI/03 3.1.8")
@pytest.mark.parametrize("text", [*VAGUE, "", "  ", "？？", "慢"])
def test_a_vague_symptom_is_refused_with_a_hint(text: str) -> None:
    with pytest.raises(ValidationError, match="which operation"):
        not_vague(form(), SimpleNamespace(data=text))


@pytest.mark.clause("QI/03 3.1.6")
@pytest.mark.parametrize("text", TELLING)
def test_a_real_symptom_is_accepted(text: str) -> None:
    not_vague(form(module="总账", message=""), SimpleNamespace(data=text))


@pytest.mark.clause("QI/03 3.1.6")
@given(st.lists(st.sampled_from(VAGUE), min_size=1, max_size=4), st.sampled_from(["，", "。", " ", "!! "]))
def test_vague_words_stay_vague_however_many(words: list[str], between: str) -> None:
    assert is_vague(between.join(words))


@pytest.mark.clause("QI/03 3.1.6")
@given(st.sampled_from(VAGUE), st.sampled_from(TELLING), st.sampled_from(["，", "。", " ", "：", "\n"]))
def test_one_real_symptom_among_vague_words_is_enough(vague: str, telling: str, between: str) -> None:
    assert not is_vague(f"{vague}{between}{telling}")
    assert not is_vague(f"{telling}{between}{vague}")


@given(st.text(), st.text())
def test_any_text_gets_an_answer(text: str, named: str) -> None:
    assert is_vague(text, named) in (True, False)


@pytest.mark.clause("QI/03 3.1.6")
def test_naming_the_module_again_says_nothing_new() -> None:
    assert is_vague("总账有问题", "总账")
    assert is_vague("GL does not work", "GL")
    assert not is_vague("总账有问题：反结账后余额变成零", "总账")


@pytest.mark.clause("QI/03 3.1.6")
def test_the_message_on_the_screen_may_say_it() -> None:
    not_vague(form(module="总账", message="运行时错误 9：下标越界"), SimpleNamespace(data="报错"))
    with pytest.raises(ValidationError):
        not_vague(form(module="总账", message="错误"), SimpleNamespace(data="报错"))


@pytest.mark.clause("QI/03 3.1.8")
@pytest.mark.parametrize("text", ["已解决", "好了", "处理完成", "done", "fixed"])
def test_an_answer_that_teaches_nobody_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="colleague"):
        telling(form(), SimpleNamespace(data=text))


@pytest.mark.clause("QI/03 3.1.8")
def test_an_answer_that_says_what_was_done_is_accepted() -> None:
    telling(form(), SimpleNamespace(data="重装打印驱动后正常"))
