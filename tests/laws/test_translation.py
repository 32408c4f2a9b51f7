"""The Chinese catalogue: complete, with the same placeholders, and used where the reader's language is Chinese."""

import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
CHINESE = ROOT / "fanlic" / "texts" / "locale" / "zh_CN" / "LC_MESSAGES" / "fanlic.po"


@pytest.fixture(scope="module")
def pairs() -> dict[str, str]:
    from babel.messages.pofile import read_po

    with CHINESE.open("rb") as file:
        return {str(message.id): str(message.string or "") for message in read_po(file) if message.id}


def test_every_text_is_translated_and_none_is_left_over(pairs: dict[str, str], generate: ModuleType) -> None:
    wanted = {message.id for message in generate.texts() if message.id}
    assert (set(), set()) == (wanted - set(pairs), set(pairs) - wanted)
    assert [] == [text for text, chinese in pairs.items() if not chinese]


def test_a_text_inside_an_f_string_is_in_the_catalogue_too(pairs: dict[str, str]) -> None:
    """Babel does not see them before Python 3.12, so Chinese readers met English words."""
    seen = "".join(path.read_text("utf-8") for path in sorted((ROOT / "fanlic" / "notebook").glob("*.py")))
    texts = re.findall(r"""{(?:escape\()?_\('([^'{]+)'\)""", seen)
    assert len(texts) > 10
    assert [] == [text for text in texts if text not in pairs]


def test_every_translation_keeps_the_placeholders(pairs: dict[str, str]) -> None:
    def held(text: str) -> list[str]:
        return sorted(set(re.findall(r"{[a-z_.:\d]*}", text)))

    assert [] == [text for text, chinese in pairs.items() if held(text) != held(chinese)]


@pytest.mark.parametrize("language", ["zh_CN", "zh-Hans", "Chinese (Simplified)_China.936"])
def test_a_reader_of_chinese_is_answered_in_chinese(language: str) -> None:
    told = explained(FANLIC_LANG=language, PYTHONIOENCODING="utf-8")
    assert "应急处理" in told
    assert "First aid" not in told


def test_a_console_that_cannot_show_chinese_gets_it_spelled_out() -> None:
    assert "\\u5e94\\u6025" in explained(FANLIC_LANG="zh_CN", PYTHONIOENCODING="cp1252:strict")


def explained(**environment: str) -> str:
    command = [sys.executable, "-m", "fanlic", "explain", "30002"]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | environment, capture_output=True, timeout=30, check=False)
    assert (0, b"") == (done.returncode, done.stderr)
    return done.stdout.decode("utf-8")
