"""The page "Registration failed" as a picker: press the code or the words that the pop-up shows."""

from __future__ import annotations

from collections.abc import Iterator

from _site.tongue import md
from fanlic.commands.docs import shelf
from fanlic.model.refusals import Code
from fanlic.texts import _
from fanlic.troubleshoot.catalogue.around import Group, group
from fanlic.troubleshoot.catalogue.shelf import catalogue

# What stands in a pop-up without a code, beside the texts of Java: words that people read out, and the entry.
WORDS = {
    "cannot connect / 无法连接 / 连接失败": "cannot-connect",
    "QR code expired / 二维码失效": "qr-expired",
    "verification code error / 验证码错误": "wrong-code",
    "not registered / 未注册": "not-registered",
}


def parts() -> Iterator[str]:
    """Two lists of buttons: the codes, and the words."""
    yield f"**{_('The Details show a code:')}**\n"
    yield '<div class="fanlic-picker" markdown>\n'
    for key in catalogue():
        if key.isdigit() and (len(key) == 5):
            name = Code(int(key)).name if int(key) in set(Code) else _("not documented")
            yield f"[**{key}**<br><small>{md(name)}</small>](../../{shelf(key)}/{key}/index.md)"
    yield "\n</div>\n"
    yield f"**{_('The Details show words:')}**\n"
    yield '<div class="fanlic-picker fanlic-words" markdown>\n'
    for words, key in (*WORDS.items(), *_java()):
        yield f"[{md(words)}](../../{shelf(key)}/{key}/index.md)"
    yield "\n</div>\n"


def _java() -> Iterator[tuple[str, str]]:
    for key, entry in catalogue().items():
        if entry.shown and group(key) is Group.FINEBI:
            yield from ((words, key) for words in entry.shown[:2])
