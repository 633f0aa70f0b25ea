"""Load every Python block of a page as a plugin beside the national ones, in a process of its own."""

from __future__ import annotations

import re
import sys
import tempfile
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import Any

from core.i18n import Sentence
from core.plugin_loading import GROUP
from core.plugins import Manifest, Permission, Plugins
from core.procedure import Procedure
from core.roles import DUTY_MANAGER

NATIONAL = ("hotline", "fieldservice", "billing", "quality")
HEAD = "document,clause,plugin,kind,title_zh,title_en\n"


def plugin_of(block: str, folder: Path) -> ModuleType:
    """Run a block as the ``__init__.py`` of a plugin called shenzhen, whose document has what it cites."""
    module: Any = ModuleType("koudai_shenzhen")
    module.__file__ = str(folder / "__init__.py")
    module._l = lambda msgid, **values: Sentence(msgid, values, "koudai_shenzhen")
    cited = sorted(set(re.findall(r"SZYY/QI/03 (\d+\.\d+)", block)))
    (folder / "clauses.csv").write_text(
        HEAD + "".join(f"SZYY/QI/03,{one},shenzhen,rule,条,C\n" for one in cited)
    )
    sys.modules[module.__name__] = module
    exec(compile(block, "an example", "exec", dont_inherit=True), vars(module))
    if not hasattr(module, "manifest"):
        reads = Permission(key="shenzhen.read", title=Sentence("See"), roles=(DUTY_MANAGER,))
        module.manifest = Manifest(
            name="shenzhen",
            title=Sentence("Shenzhen"),
            version="1",
            requires=NATIONAL,
            regional=True,
            permissions=(reads,),
        )
    return module  # type: ignore[no-any-return]


def main() -> None:
    """Load the blocks one after the other, and say how many there were."""
    text = Path(sys.argv[1]).read_text(encoding="utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```$", text, flags=re.DOTALL | re.MULTILINE)
    national = [point.load() for point in entry_points(group=GROUP) if point.name in NATIONAL]
    for block in blocks:
        with tempfile.TemporaryDirectory() as folder:
            module = plugin_of(block, Path(folder))
            found = Plugins([*national, module])
            own = [one for one in vars(module).values() if isinstance(one, Procedure)]
            assert all(one.plugin == "shenzhen" for one in own)
            found.set_of([*NATIONAL, "shenzhen"])
    print(len(blocks), "examples load")


if __name__ == "__main__":
    main()
