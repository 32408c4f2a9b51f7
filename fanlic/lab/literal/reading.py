"""What the parts of the literal reading share: the lab, the mail forms, and how a step is noted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage

from fanlic.desk import DeskReply
from fanlic.lab.world import Lab
from fanlic.model.authfile import BUSINESS, Contract
from fanlic.model.refusals import Refusal
from fanlic.texts import _

CONFIG, LOG = "/D/William/lic/config", "/D/William/lic/log"
IMAGE = "fanruan_license_server_amd64:1.0.0"


@dataclass(frozen=True)
class MailForm:
    """The form of a request mail, and a sentence that names the server to be migrated."""

    title: str
    body: str
    seats: str
    move: str


FORMS = {
    "en": MailForm(
        "Document of {company}'s Registration for FineBI Official Authorization",
        "Company name: {company}\nProject name: {project}\nContract signing date: {signed:%Y-%m-%d}\n"
        "Registration method: Container private cloud authentication\n",
        "The maximum number of registration: {seats}\n",
        "\nThe address of the authorization server to be migrated is {address}.\n",
    ),
    "zh": MailForm(
        "{company} 公司注册 FineBI 正式授权文件",
        "公司名称\uff1a{company}\n项目名称\uff1a{project}\n"
        "合同签定日期\uff1a{signed.year}年{signed.month:02}月{signed.day:02}日\n注册方式\uff1a容器私有云认证\n",
        "最大可注册量\uff1a{seats}\n",
        "\n需要迁移的授权服务器的地址是 {address} 。\n",
    ),
}


class PageNotFollowed(RuntimeError):
    """A statement of the page was followed, and something else came of it than the page says."""


@dataclass(frozen=True)
class LiteralStep:
    """One step: the places of the ledger it follows, what was done, what was seen."""

    at: tuple[str, ...]
    done: str
    seen: str


class Reading:
    """One reader with a lab and a mail form."""

    def __init__(self, lab: Lab, form: str) -> None:
        self.lab = lab
        self.contract = lab.customer.contract
        self._form = FORMS[form]

    def mail(
        self,
        *,
        contract: Contract | None = None,
        sender: str = "",
        title: str = "",
        with_seats: bool = True,
        migrating: str = "",
    ) -> EmailMessage:
        """The form filled in by hand; `migrating`: the address of a server that the mail is to name."""
        agreed, form = contract or self.contract, self._form
        values = {"company": agreed.company, "project": agreed.project, "signed": agreed.signed, "seats": agreed.seats}
        text = form.body + form.seats * with_seats + form.move * bool(migrating)
        message = EmailMessage()
        message["From"], message["To"] = sender or agreed.email, BUSINESS
        message["Subject"] = title or form.title.format(company=agreed.company)
        message.set_content(text.format(**values, address=migrating))
        return message

    def step(self, places: str, done: str, held: bool, seen: str) -> LiteralStep:
        """Note a step. `places`: places of the ledger; those without a part belong to the part before them."""
        part, at = "", []
        for place in places.split():
            part, _slash, rest = place.rpartition("/") if "/" in place else (part, "", place)
            at.append(f"{part}/{rest}")
        if not held:
            text = _("{done} ({places}): it does not come out as FanRuan's page says. Seen: {seen}")
            raise PageNotFollowed(text.format(done=done, places=", ".join(at), seen=seen))
        return LiteralStep(tuple(at), done, seen.strip())


def reason(act: Callable[[], object]) -> str:
    """The reason of the refusal that an act meets; empty if it meets none."""
    try:
        act()
    except Refusal as refusal:
        return refusal.reason
    return ""


def text_of(reply: DeskReply) -> str:
    """The plain text of the business desk's reply."""
    body = reply.message.get_body(("plain",))
    return "" if body is None else str(body.get_content())
