"""The request mail's form, read in one way: by the business desk, and by `fanlic preflight` before the mail is sent.

A line of the form is a label and a value with a colon between them. The page prints English labels; the vendor's early
Chinese revision prints Chinese ones, and both are read. Upper and lower case, a full-width colon, a tab in place of the
colon (a table), a list mark before the label and a remark in brackets behind it make no difference. Any other spelling
is not the form's, and the desk refuses the line as missing; `RequestForm.misnamed` says which label was probably meant.
"""

from __future__ import annotations

import difflib
import email
import email.policy
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from email.errors import InvalidHeaderDefect, MessageError
from email.message import EmailMessage, MIMEPart
from email.utils import getaddresses
from html.parser import HTMLParser
from itertools import islice
from urllib.parse import urlsplit

from fanlic.model.authfile import COMPANY, ENGINES, HOW, METHOD, MIGRATE, PROJECT, SEATS, SIGNED, Mail
from fanlic.model.refusals import N_, MailUnreadable

PRIVATE_CONFIG_SPELLINGS = ("privateConfig", "privataConfig")  # the page spells it both ways (reading A9)
LABELS = (COMPANY, PROJECT, SIGNED, HOW, SEATS, ENGINES, MIGRATE)
# The vendor's Chinese form (help page of FineBI 5.9.12); the spelling of the date's label is the vendor's own.
CHINESE = {
    COMPANY: "公司名称",
    PROJECT: "项目名称",
    SIGNED: "合同签定日期",
    HOW: "注册方式",
    SEATS: "最大可注册量",
    ENGINES: "BI引擎数量",  # this and the next are ours: the vendor's form has no such lines
    MIGRATE: "待迁移的授权服务器地址",
}
CHINESE_METHOD = "容器私有云认证"
CHINESE_TITLE = "{company}公司注册FineBI正式授权文件"
STANDALONE = "单机"  # the vendor's word for a project that is no cluster, which has one node

MAX_HEADER, MAX_HEADERS, MAX_PARTS = 4000, 40_000, 100  # characters of one header and of all headers; parts of a mail
MAX_DEPTH = 20  # of parts within parts, which the library walks by recursion
MAX_LABELS = 200  # lines that are compared with the labels for a near match
MAX_HTML = 300_000  # characters of an HTML body that are read; the form is a few lines
BROKEN = (MessageError, LookupError, ValueError, TypeError, AttributeError, RecursionError)
"""What the standard library raises over headers and bodies that are none."""

_TOO_LONG = f"a header is longer than {MAX_HEADER} characters, or there are too many headers or parts"
_HEADER = re.compile(rb"^[!-9;-~]+:.*(?:\n[ \t].*)*", re.MULTILINE)
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_PAIR = re.compile(r"([^:\t\uff1a]{2,90})[:\t\uff1a](.*)")
_MARK = re.compile(r"(?:[-*+\u2022\u00b7\u25cf]|[(\uff08]?\d{1,2}[.)\u3001\uff09])\s*(?=\S)")
_REMARK = re.compile(r"\s*[(\uff08\[\u3010][^()\uff08\uff09]{0,60}[)\uff09\]\u3011]$")
_CHINESE_DATE = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日")
_COUNT = re.compile(r"(\d{1,6})\s*(?:个(?:节点)?)?")
_ADDRESS = re.compile(r"https?://[^\s<>\"'()\uff08\uff09\uff0c\u3002\uff1b\u3001\u4e00-\u9fff]+", re.IGNORECASE)
_HOST_AND_PORT = re.compile(
    r"(?<![\w.@/-])(?:\d{1,3}(?:\.\d{1,3}){3}|[a-z0-9](?:[a-z0-9-]{0,62}\.)+[a-z][a-z0-9-]{1,62}):\d{2,5}(?!\d)",
    re.IGNORECASE,
)
_BY_LABEL = {name.casefold(): name for name in LABELS} | {chinese: name for name, chinese in CHINESE.items()}
_ALIKE, _ALIKE_CHINESE = 0.75, 0.7


@dataclass(frozen=True)
class RequestForm:
    """The lines of a body. `misnamed`: for a line that is not there, the label that was probably meant for it."""

    lines: Mapping[str, str]
    misnamed: Mapping[str, str]
    chinese: bool


@dataclass(frozen=True)
class RequestMail:
    """A mail as the desk reads it: the facts that are checked, the body's text, and the attached files by name."""

    mail: Mail
    form: RequestForm
    text: str
    attachments: Mapping[str, bytes]


def parse(data: bytes) -> EmailMessage:
    """A message from the bytes of an `.eml` file; raises MailUnreadable."""
    # Looked at before the library parses it, because it parses some headers at once.
    if data.count(b"\n--") > 2 * MAX_PARTS or any(len(found[0]) > MAX_HEADER for found in _HEADER.finditer(data)):
        raise MailUnreadable(_TOO_LONG)
    try:
        message = email.message_from_bytes(data, policy=email.policy.default)
    except BROKEN as problem:
        raise MailUnreadable(N_("its parts cannot be told apart")) from problem
    if not isinstance(message, EmailMessage) or not message.keys():
        raise MailUnreadable(N_("it has no header"))
    if _is_deep(message):
        raise MailUnreadable(N_("its parts cannot be told apart"))
    return message


def _is_deep(message: EmailMessage) -> bool:
    level: list[object] = [message]
    for _depth in range(MAX_DEPTH):
        level = [
            part for each in level if isinstance(each, MIMEPart) and each.is_multipart() for part in each.iter_parts()
        ]
    return bool(level)


def read(message: EmailMessage) -> RequestMail:
    """The mail's facts; raises MailUnreadable."""
    if not readable_headers(message):
        raise MailUnreadable(_TOO_LONG)
    try:
        recipients = getaddresses([*message.get_all("To", []), *message.get_all("Cc", [])])
        title = " ".join(printable(str(message.get("Subject", ""))).split())
        address = sender(message).casefold()
        text = _body(message)
        attachments = _attachments(message)
    except BROKEN as problem:
        raise MailUnreadable(N_("a header or the text is damaged")) from problem
    form = read_form(text)
    to = tuple(printable(one).casefold() for _name, one in recipients)
    return RequestMail(Mail(address, to, title, form.lines), form, text, attachments)


def readable_headers(message: EmailMessage) -> bool:
    """Whether the mail's headers are short enough to be read; the time that takes grows with the square of a length."""
    # Asked of the headers as they came: the message parses one when it is asked for it.
    total = 0
    for count, part in enumerate(message.walk(), 1):
        lengths = [len(str(value)) for _name, value in part.raw_items()]
        total += sum(lengths)
        if count > MAX_PARTS or total > MAX_HEADERS or max(lengths, default=0) > MAX_HEADER:  # threat: mail-slow
            return False
    return True


def sender(message: EmailMessage) -> str:
    """The one address the mail comes from; empty if it names none, several, or one that can be read in two ways."""
    headers = message.get_all("From", [])
    addresses = getaddresses(headers)
    defects = [defect for header in headers for defect in getattr(header, "defects", ())]
    doubtful = any(isinstance(defect, InvalidHeaderDefect) for defect in defects)
    return printable(addresses[0][1]) if len(addresses) == 1 and not doubtful else ""


def plain(text: str) -> str:
    """A body without what cannot be seen, so that it changes no label."""
    return _INVISIBLE.sub("", printable(text))


def printable(text: str) -> str:
    """The text without what can neither be shown nor written."""
    return _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def migration_addresses(form: RequestForm, text: str, attached: Iterable[str] = ()) -> tuple[str, ...] | None:
    """The addresses a mail may ask to migrate from: empty if it asks and names none, None if it does not ask.

    The page wants the registration information and the address, in a wording of the sender's own (reading A27). So a
    mail asks if it names a host with its port, or any https address if it has no request form. With privateConfig
    attached it is the second mail of a migration, whatever addresses it names.
    """
    if MIGRATE in form.lines:
        return _addresses(form.lines[MIGRATE], needs_port=False)
    if any(name in PRIVATE_CONFIG_SPELLINGS for name in attached):
        return None
    return _addresses(text, needs_port=bool(form.lines.keys() - {COMPANY})) or None


def _addresses(text: str, *, needs_port: bool) -> tuple[str, ...]:
    """Each address once, as https://host:port; without a scheme it is meant to be https."""
    urls = [match[0] for match in _ADDRESS.finditer(text)]
    bare = [f"https://{match[0]}" for match in _HOST_AND_PORT.finditer(_ADDRESS.sub(" ", text))]
    found = [url.rstrip(".,;/\u3002\uff0c\uff1b") for url in (*urls, *bare)]
    return tuple(dict.fromkeys(url for url in found if not needs_port or has_port(url)))


def has_port(address: str) -> bool:
    """Whether an address names its port, as the one that is entered in FineBI does."""
    try:
        return urlsplit(address).port is not None
    except ValueError:
        return False


# -- the body


def _body(message: EmailMessage) -> str:
    """The text of the mail: its plain part, or its HTML part if there is no other text."""
    parts = [part for kind in ("plain", "html") if (part := message.get_body((kind,))) is not None]
    if not parts:
        raise MailUnreadable(N_("it has no text part"))
    texts = [_text(part) for part in parts]
    return next((text for text in texts if text.strip()), texts[0])


def _text(part: MIMEPart) -> str:
    raw = part.get_payload(decode=True)
    declared = part.get_content_charset() is not None
    text = str(part.get_content()) if declared or not isinstance(raw, bytes) else _undeclared(raw)
    if part.get_content_subtype() == "html":
        text = _Html.text(text[:MAX_HTML])
    return plain(text)


def _undeclared(raw: bytes) -> str:
    """A text whose encoding is not declared: UTF-8, or what Chinese Windows writes."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("utf-8", errors="replace")


def _attachments(message: EmailMessage) -> dict[str, bytes]:
    """The attached files by name; of two with one name the first."""
    files: dict[str, bytes] = {}
    for part in message.iter_attachments():
        payload = part.get_payload(decode=True)
        files.setdefault(str(part.get_filename()), payload if isinstance(payload, bytes) else b"")
    return files


class _Html(HTMLParser):
    """The text of an HTML mail: a line for each row or paragraph, a tab between cells."""

    LINES = frozenset(("br", "p", "tr", "div", "li", "table", "h1", "h2", "h3", "h4"))

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self.hidden = False

    @classmethod
    def text(cls, html: str) -> str:
        parser = cls()
        parser.feed(html)
        return "".join(parser.pieces)

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.pieces.append(re.sub(r"\s+", " ", data))  # \s is a non-breaking space too

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 - the signature is the parser's
        self.hidden = tag in ("style", "script")
        if tag in self.LINES:
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self.hidden = False
        if tag in ("td", "th"):
            self.pieces.append("\t")
        elif tag in self.LINES:
            self.pieces.append("\n")


# -- the form's lines


def read_form(text: str) -> RequestForm:
    """The form's lines by their names on the page; of two lines with one name the first with a value wins."""
    lines: dict[str, str] = {}
    chinese = False
    for label, value in _pairs(text):
        name = _BY_LABEL.get(label.casefold()) or _BY_LABEL.get(_REMARK.sub("", label).casefold())
        if name:
            chinese = chinese or not label.isascii()
            lines[name] = lines.get(name) or _value(name, value)
    misnamed: dict[str, str] = {}
    for label, written in islice(_labels(text), MAX_LABELS):
        name = _meant(label)
        if name and name not in lines:
            misnamed.setdefault(name, written)
    return RequestForm(lines, misnamed, chinese or any(not written.isascii() for written in misnamed.values()))


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    """Each line of the kind `label: value`, without a list mark."""
    for line in text.splitlines():
        if pair := _PAIR.fullmatch(line.strip()):
            label = " ".join(pair[1].split())
            yield _MARK.sub("", label, count=1) if _MARK.match(label) else label, " ".join(pair[2].split())


def _value(name: str, value: str) -> str:
    """The value as the rules compare it: a Chinese date, method or count in the page's form; others as written."""
    plain = unicodedata.normalize("NFKC", value)
    compact = "".join(plain.split())
    if name == SIGNED and (written := _CHINESE_DATE.fullmatch(compact)):
        return _iso(*(int(part) for part in written.groups())) or value
    if name == HOW and compact == CHINESE_METHOD:
        return METHOD
    if name == SEATS and compact == STANDALONE:
        return "1"
    if name in (SEATS, ENGINES) and (count := _COUNT.fullmatch(plain)):
        return count[1]
    return plain if name in (SIGNED, HOW) else value


def _iso(year: int, month: int, day: int) -> str:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return ""


# -- labels that are nearly right


def _labels(text: str) -> Iterator[tuple[str, str]]:
    """What may be meant as a label, and as it is written: what stands before a colon, or begins a line without one."""
    for line in text.splitlines():
        plain = " ".join(line[:200].split())
        bare = plain.lstrip(">| ")
        if pair := _PAIR.fullmatch(bare):
            yield pair[1].strip(), plain[: len(plain) - len(bare) + len(pair[1])].strip()
        elif any(bare.casefold().startswith(label) for label in _BY_LABEL):
            yield next(label for label in _BY_LABEL if bare.casefold().startswith(label)), plain[:60]


def _meant(written: str) -> str | None:
    """The line of the form that a label was probably meant for."""
    folded = _REMARK.sub("", _MARK.sub("", written, count=1)).casefold().strip("*_ ")
    if folded in _BY_LABEL:
        return _BY_LABEL[folded]
    if folded.isascii():
        near = difflib.get_close_matches(folded, [label for label in _BY_LABEL if label.isascii()], 1, _ALIKE)
        shorter = [label for label in _BY_LABEL if len(folded) >= 7 and label.startswith(folded)]
    else:
        near = difflib.get_close_matches(folded, CHINESE.values(), 1, _ALIKE_CHINESE)
        shorter = [label for label in CHINESE.values() if len(folded) >= 2 and label.startswith(folded)]
    candidates = near or shorter
    return _BY_LABEL[candidates[0]] if candidates else None
