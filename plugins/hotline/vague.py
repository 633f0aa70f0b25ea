"""Words that say nothing: a symptom is more than "the software has a problem" (QI/03 3.1.6, 3.1.8)."""

from __future__ import annotations

import re
import unicodedata

FEWEST = 2
_SIMPLER = str.maketrans(
    "軟體問題錯誤壞沒這們個電腦統現機點難幫請無運總為麼", "软体问题错误坏没这们个电脑统现机点难帮请无运总为么"
)
_TROUBLE = (
    r"(?:出现|发生|存在|遇到|碰到|提示|[有出报])?了?一?[点些个]?[小大]?(?:问题|毛病|故障|错误|异常|情况|状况|错)(?:信息|提示)?",
    r"(?:不能|不可以|没法|没办法|无法|不会|不好|难)(?:正常)?(?:使用|工作|用)",
    r"用不[了成]|不(?:行|对劲|对|正常|管用|好使|好|灵|工作)|坏掉|坏|失灵",
)
_THINGS = r"(?:财务|用友)?(?:软件|软体)|程序|系统|电脑|计算机|机器|产品|模块|功能"
_TALK = (
    r"我们|你们|他们|咱们|我|你|您|公司|客户|用户|单位|这边|那边|这里|这个|那个|这|那|就是|说是|说",
    r"现在|今天|昨天|刚才|刚刚|突然|忽然|一直|老是|总是|经常|有时候?|偶尔|还是|还|又|都|也|很|太|真|非常|特别",
    r"请|麻烦|帮忙|帮|看看|看一下|看|一下|尽快|赶快|赶紧|马上|快点|快|急|需要|要求|派人|来人|过来|来|上门|服务",
    r"处理|解决|修理|修|已经|已|好|搞定|完成|不知道|不清楚|怎么回事|怎么办|怎么|为什么|什么|你好|谢谢|[有没的了啊呀呢吗嘛吧]",
)
_CHINESE = re.compile("|".join((*_TROUBLE, _THINGS, *_TALK)))
_ENGLISH = frozenset(
    re.findall(
        r"\w+",
        """
        a again all always am an and any anymore app application are asap at bad badly be been broke
        broken bug bugs but can cannot computer could customer did didn do does doesn don done down
        error errors fail failed failing fails failure fault faults faulty fine fix fixed for from
        get gets give gives go goes going got had has have having hello help here hi how i in is isn
        issue issues it its just keeps know longer machine me more my never no not now of often ok
        okay on once our out please problem problems product program really s shows solved some
        something software still suddenly system t thanks that the there they this to today trouble
        up urgent urgently us use used user using very ve was wasn we what when whenever why with
        won work worked working works wrong you your
        """,
    )
)


def is_vague(text: str, named: str = "") -> bool:
    """Say whether a text holds nothing but words that fit any problem; ``named`` was said before it."""
    plain, before = _plain(text), _plain(named)
    if len(plain.replace(" ", "")) < FEWEST:
        return True
    rest = plain.replace(before, " ").strip() if before else plain
    return not _says(rest)


def _plain(text: str) -> str:
    words = unicodedata.normalize("NFKC", text).lower().translate(_SIMPLER)
    spaced = re.sub(r"[\W_]+", " ", words).strip()
    return re.sub(r"(?<=[^\x00-\x7f]) (?=[^\x00-\x7f])", "", spaced)


def _says(plain: str) -> bool:
    left = re.findall(r"[a-z]+|[^a-z\s]+", _CHINESE.sub(" ", plain))
    return any(word not in _ENGLISH for word in left)
