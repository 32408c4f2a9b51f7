"""The pictures that stand for a page where its address is shared: one for each part of the site and language.

    python docs/cards.py            draw them again with this machine's Chromium, after a change of a text below
    python docs/cards.py --check    name those that are missing or older than their text; 1 if there are any

They are committed, so that the build needs no browser. `docs/assets/cards/cards.json` keeps a mark of each text.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "assets" / "cards"
SAID = {
    "home": ("Rehearse one help page before the real thing", "先演练一遍帮助文档，再正式操作"),  # noqa: RUF001
    "failures": ("A code, a pop-up, an outage: what to do now", "错误码、弹窗、停机：现在该做什么"),  # noqa: RUF001
    "tutorial": ("Ten notebooks, from the mail to the migration", "十本笔记本，从申请邮件到迁移"),  # noqa: RUF001
    "howto": ("How-to: one task, step by step", "操作指南：一项任务，一步一步完成"),  # noqa: RUF001
    "reference": ("Reference: clauses, commands, settings", "参考：条款、命令、设置"),  # noqa: RUF001
    "explanation": ("Why it is so: trust, time, states", "为什么这样：信任、时间、状态"),  # noqa: RUF001
}
ABOUT = (
    "Container private cloud authentication, FineBI 6.0.5. Training software, not made by FanRuan.",
    "容器私有云认证，FineBI 6.0.5。培训软件，与帆软无关。",  # noqa: RUF001
)
PAGE = """<!doctype html><html lang="{code}"><meta charset="utf-8"><style>
body {{ margin: 0; width: 1200px; height: 630px; box-sizing: border-box; padding: 90px;
  background: #1f4e79; color: #fff; font-family: system-ui, "Noto Sans CJK SC", sans-serif;
  display: flex; flex-direction: column; }}
b {{ font-size: 44px; font-weight: 600; }} h1 {{ font-size: 74px; line-height: 1.2; margin: auto 0; }}
p {{ font-size: 30px; margin: 0; }}
</style><b>fanlic</b><h1>{said}</h1><p>{about}</p></html>
"""


def pages() -> dict[str, str]:
    """Each picture's page in HTML, by file name."""
    return {
        f"{name}{suffix}.png": PAGE.format(code=code, said=said[place], about=ABOUT[place])
        for name, said in SAID.items()
        for place, (code, suffix) in enumerate((("en", ""), ("zh-Hans", "-zh")))
    }


def mark(page: str) -> str:
    """What is noted of a text, to see whether its picture is older."""
    return hashlib.sha256(page.encode()).hexdigest()[:16]


def stale() -> list[str]:
    """The pictures that are missing or were drawn from another text."""
    note = FOLDER / "cards.json"
    noted = json.loads(note.read_text("utf-8")) if note.is_file() else {}
    return [name for name, page in pages().items() if noted.get(name) != mark(page) or not (FOLDER / name).is_file()]


def draw() -> None:
    """Draw every picture."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        raise SystemExit("There is no Chromium on this machine: install it, then start again.")
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        source = Path(scratch, "card.html")
        for name, page in pages().items():
            source.write_text(page, "utf-8")
            options = [
                "--headless",
                "--no-sandbox",
                "--hide-scrollbars",
                "--force-device-scale-factor=0.5",
                "--window-size=1200,630",
            ]
            command = [chromium, *options, f"--screenshot={FOLDER / name}", source.as_uri()]
            subprocess.run(command, capture_output=True, timeout=60, check=True)
    marks = {name: mark(page) for name, page in pages().items()}
    (FOLDER / "cards.json").write_text(json.dumps(marks, indent=1) + "\n", "utf-8", newline="\n")


def main(arguments: list[str]) -> int:
    """Draw them, or name the old ones."""
    if arguments == ["--check"]:
        old = stale()
        sys.stdout.writelines(f"{name} is stale: run python docs/cards.py\n" for name in old)
        return 1 if old else 0
    if arguments:
        sys.stderr.write(__doc__ or "")
        return 2
    draw()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
