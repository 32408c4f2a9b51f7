"""One word a thing in Chinese too: the vendor's own, as its Chinese pages have them."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CHINESE = ROOT / "fanlic" / "texts" / "locale" / "zh_CN" / "LC_MESSAGES" / "fanlic.po"

# What the vendor calls it, and what we might have called it instead.
TERMS = {
    "授权服务器": ("许可服务器", "授权伺服器", "鉴权服务器"),
    "镜像文件": ("镜像包", "镜像归档", "镜像存档"),
    "商务": ("商务台", "商务柜台"),
    "最大可注册量": ("最大注册数", "最大注册数量"),
    "合同签定日期": ("合同签订日期", "签订日期"),
    "二维码": ("QR码", "QR 码"),
    "验证码": ("校验码", "确认码"),
    "目录映射": ("目录挂载",),
    "工程服务器": ("项目服务器",),
    "注册方式": ("注册方法",),
}

# 工程 is what FineBI runs; 项目 is what the contract names, and fanlic itself.
THE_CONTRACT_S = (
    "company or project is named otherwise than in the contract",
    "The body gives company, project, signing date of the contract, and the registration method.",
    "The phone shows company, project and fingerprint. Approve only if they are those below.",
    "Project",
    "Project name",
    "{lock} is missing. Images are built from a copy of the project, not from the installed package.",
)


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    """Every Chinese text by where it stands: the catalogue's by the English, the pages' by file."""
    from babel.messages.pofile import read_po

    with CHINESE.open("rb") as file:
        found = {str(message.id): str(message.string) for message in read_po(file) if message.id}
    return found | {
        path.relative_to(ROOT).as_posix(): path.read_text("utf-8")
        for path in sorted((ROOT / "docs" / "zh").rglob("*.md"))
    }


@pytest.mark.parametrize("term", TERMS)
def test_a_thing_has_the_vendor_s_name_and_no_other(texts: dict[str, str], term: str) -> None:
    assert any(term in text for text in texts.values())
    assert [] == [(place, other) for place, text in texts.items() for other in TERMS[term] if other in text]


def test_the_project_that_finebi_runs_is_not_the_project_of_the_contract(texts: dict[str, str]) -> None:
    assert [] == [
        place for place, text in texts.items() if "项目" in text.replace("项目名称", "") and place not in THE_CONTRACT_S
    ]
    assert all(re.search("项目", texts[place]) for place in THE_CONTRACT_S)
