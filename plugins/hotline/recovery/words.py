"""Who has lost a password, and asks to get it back or past it (QI/03 3.1.14)."""

from __future__ import annotations

import re

PASSWORD = r"(?:密码|口令|password|passwd|passcode)"
LOST = (
    r"(?:忘记|忘了|忘掉|忘|遗忘|丢失|丢了|遗失|不记得|记不得|想不起|不知道|找回|恢复|破解|解密|解开|破|重置|清除|清空|"
    r"绕过|forg[oe]t\w*|lost|los[es]\w*|recover\w*|reset\w*|crack\w*|bypass\w*|remember)"
)
NEAR = r"[^。；;.!！?？\n]{0,12}?"
ASKED = re.compile(f"{LOST}{NEAR}{PASSWORD}|{PASSWORD}{NEAR}{LOST}", re.IGNORECASE)


def asks_for_password(*texts: str) -> bool:
    """Say whether a text is about getting a lost password back; changing a known one is another thing."""
    return any(ASKED.search(text) for text in texts)
