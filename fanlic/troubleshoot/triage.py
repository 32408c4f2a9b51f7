"""`fanlic triage`: paste or pipe anything at hand, in any mix; one merged verdict, what is missing, the next question.

It reads what it is given and nothing else: no file of its own, no network. Values of variables, passwords and tokens
are masked before anything is shown.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from fanlic.model.refusals import N_
from fanlic.texts import _, instant
from fanlic.troubleshoot import ask, today
from fanlic.troubleshoot.catalogue.search import How, find
from fanlic.troubleshoot.dialog import opened, talk
from fanlic.troubleshoot.judge import dates, hosts, kubernetes, log, openssl, portals, read_docker, server_log
from fanlic.troubleshoot.judge.case import CaseFile, dumps
from fanlic.troubleshoot.judge.case import lines as case_lines
from fanlic.troubleshoot.judge.facts import WORDS, Evidence, Fact, Value
from fanlic.troubleshoot.judge.paste import LIMIT, LINES, Paste, PastedPiece, bounded, paste
from fanlic.troubleshoot.judge.report import as_data, brief, text, ticket
from fanlic.troubleshoot.judge.stages import about, topics
from fanlic.troubleshoot.judge.unread import unread
from fanlic.troubleshoot.judge.veil import veil
from fanlic.troubleshoot.judge.verdict import Verdict, judge

USAGE = 2
FILES = 50  # of a folder
SENTENCES = 40  # lines in which a person's words are looked for
PROBES = ("certificate", "names", "answer")  # the sections of ask that connect to the published port
# Without a word of complaint a few words are no symptom: "the firewall was opened for 49155".
_COMPLAINT = re.compile(
    r"\b(?:not|no|can.?t|cannot|won.?t|fail\w*|error|refus\w*|expired|lost|wrong|moved|changed|missing|gone|broken|lock\w*)\b"
    r"|n't\b|[?\uff1f]|不(?!是|用|需)|无法|失败|错(?!误码)|异常|过期|失效|没了|丢|变了|拒绝|锁",
    re.IGNORECASE,
)
# One word; in Chinese up to three characters.
_GENERAL = re.compile(r"[a-z]+|[\u4e00-\u9fff]{1,3}", re.IGNORECASE)
# What programs print: a time, a level, a method, an address, a command's name with a colon behind it.
_PRINTED = re.compile(
    r"\d{1,2}:\d{2}:\d{2}|\b(?:INFO|WARN(?:ING)?|ERROR|DEBUG|TRACE|FATAL|GET|POST|PUT|HEAD|HTTP/\d)\b|://"
    r"|^\s*[a-z][\w./-]{0,30}: |^Loaded image|\w(?:Exception|Error)\b|[{}<>]"
)


def options(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument(
        "files",
        nargs="*",
        metavar=_("FILE"),
        help=_("text or JSON, or a folder of such files; - or nothing: standard input"),
    )
    parser.add_argument("--clipboard", action="store_true", help=_("read the clipboard too"))
    parser.add_argument("--interactive", action="store_true", help=_("ask one question after the other"))
    parser.add_argument(
        "--case", type=Path, metavar=_("FILE"), help=_("keep pastes, answers and times in this case file")
    )
    parser.add_argument(
        "--masked", action="store_true", help=_("print what was pasted, without secrets and with tokens for addresses")
    )
    parser.add_argument(
        "--brief", action="store_true", help=_("print the verdict, what to do and the next question only")
    )
    parser.add_argument("--ticket", action="store_true", help=_("print plain text for a ticket"))
    parser.add_argument("--json", action="store_true", help=_("print one JSON object"))
    parser.add_argument(
        "--now", type=moment, metavar=_("TIME"), help=_("the instant to judge at, as 2026-03-02T09:00Z (default: now)")
    )


def run(chosen: argparse.Namespace) -> int:
    """Triage what was given; 0: read, 1: nothing recognisable, 2: a file cannot be read."""
    try:
        given = list(_given(chosen))
        case = opened(chosen.case)
    except (OSError, ValueError) as problem:
        print(_("fanlic triage: {problem}").format(problem=problem), file=sys.stderr)
        return USAGE
    if chosen.masked:
        print(veil("\n".join(line.text for line in paste(*sorted_out(given)[0]).lines)))
        return 0
    if chosen.interactive or chosen.case:
        return _case(chosen, case, given)
    verdict, notes = triage(given, chosen.now, today.now())
    return _print(chosen, verdict, notes)


def _case(chosen: argparse.Namespace, case: CaseFile, given: Sequence[PastedPiece]) -> int:
    """The same over a case file: what was given is added, then asked on, or judged once."""
    at = chosen.now or today.now()
    for piece in given:
        text_of = "\n".join(line.text for line in paste(piece).lines)
        case = case.with_paste(text_of, at, piece.name) if text_of.strip() else case
    if chosen.interactive:
        talk(chosen.case, case, triage, lambda: chosen.now or today.now())
        return 0
    if chosen.case and given:
        chosen.case.write_text(dumps(case), "utf-8")
    verdict, notes = case.judged(triage, at)
    if chosen.ticket:
        print("\n".join([*case_lines(case), ""]))
    return _print(chosen, verdict, notes)


def _print(chosen: argparse.Namespace, verdict: Verdict, notes: list[str]) -> int:
    if chosen.json:
        print(json.dumps(as_data(verdict, notes), indent=2))
    else:
        shape = ticket if chosen.ticket else brief if chosen.brief else text
        print("\n".join(shape(verdict, notes)))
    return 0 if verdict.evidence.facts else 1


def _given(chosen: argparse.Namespace) -> Iterator[PastedPiece]:
    """Each piece: the clipboard, files, the files of a folder, standard input."""
    if chosen.clipboard:
        from fanlic.troubleshoot.clipboard import pasted

        yield PastedPiece(_("clipboard"), pasted())
    talking = chosen.clipboard or chosen.interactive or (chosen.case and chosen.case.exists())
    for name in chosen.files or ([] if talking else ["-"]):
        yield from _read(name)


def _read(name: str) -> Iterator[PastedPiece]:
    if name == "-":
        if sys.stdin.isatty():
            print(_("Paste, then end with Ctrl+D (Windows: Ctrl+Z and Enter)."), file=sys.stderr)
        yield bounded(_("standard input"), sys.stdin.buffer)
        return
    path = Path(name)
    for file in sorted(path.iterdir())[:FILES] if path.is_dir() else [path]:
        if file.is_file() or not path.is_dir():
            with file.open("rb") as stream:
                yield bounded(file.name, stream)


def moment(written: str) -> datetime:
    """An instant with its offset; without one it counts as UTC. Anything else is a usage error."""
    try:
        at = datetime.fromisoformat(written)
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        text = _("{written} is no instant; write it as 2026-03-02T09:00Z").format(written=written)
        raise argparse.ArgumentTypeError(text) from None


def triage(
    data: bytes | Sequence[bytes | PastedPiece],
    now: datetime | None = None,
    fallback: datetime | None = None,
    answered: Iterable[str] = (),
    later: timedelta = timedelta(),
) -> tuple[Verdict, list[str]]:
    """The verdict on this paste, or on several pieces together, and what is to be known about the reading.

    Judged at `now`; else at the container host's clock, where the paste has it; else at `fallback`. `answered`: the
    names of questions that a person has answered. `later`: how long all has stayed as it was pasted.
    """
    pieces = [data] if isinstance(data, bytes) else list(data)
    texts, others = sorted_out(pieces)
    read = paste(*texts)
    documents, rest = read_docker.split(_printed(read))
    facts = _facts(documents, rest)
    known = now or _pasted_now(facts)
    lines = unread(rest, facts)
    facts = (*facts, *_topic(rest))  # what a person speaks of does not make a line understood
    if len(pieces) > 1:
        facts = tuple(_placed(facts, read))
    assumed = known is None and fallback is not None
    evidence = Evidence(facts, known or fallback, read.collected, assumed, frozenset(answered), later)
    return judge(evidence, lines), [*_notes(read, evidence), *_left_out(others)]


def answer(texts: Mapping[str, str], now: datetime | None = None) -> dict[str, object]:
    """The whole answer as data, from texts by their names: for a page or a program that has no files."""
    return as_data(*triage([PastedPiece(name, text.encode()) for name, text in texts.items()], now))


def _placed(facts: Iterable[Fact], read: Paste) -> Iterator[Fact]:
    """The facts with the piece each was read in."""
    places = {line.number: line for line in read.lines}
    for fact in facts:
        line = places.get(fact.number)
        yield replace(fact, piece=line.piece, own=line.own) if line else fact


# What is no text, by its first bytes, and what to do instead.
_NO_TEXT = (
    (
        re.compile(rb"\x89PNG|\xff\xd8\xff|GIF8|BM....\0\0|RIFF....WEBP", re.DOTALL),
        N_("a picture: type its words, or copy them as text"),
    ),
    (re.compile(rb"%PDF"), N_("a PDF file: copy its text")),
    (
        re.compile(rb"PK\x03\x04|\x1f\x8b|7z\xbc\xaf|Rar!|BZh|\xfd7zXZ|.{257}ustar", re.DOTALL),
        N_("an archive or an office file: unpack it, or copy its text"),
    ),
)


def sorted_out(pieces: Sequence[bytes | PastedPiece]) -> tuple[list[bytes | PastedPiece], list[tuple[str, str]]]:
    """The pieces that can be read as text, and each other one with what it is: screenshots are not read."""
    texts: list[bytes | PastedPiece] = []
    others: list[tuple[str, str]] = []
    for piece in pieces:
        head = piece if isinstance(piece, bytes) else piece.head
        what = next((text for magic, text in _NO_TEXT if magic.match(head)), "")
        if what:
            others.append((_("what was pasted") if isinstance(piece, bytes) else piece.name, what))
        else:
            texts.append(piece)
    return texts, others


def _left_out(others: Iterable[tuple[str, str]]) -> list[str]:
    return [_("{name} was not read: {what}.").format(name=name, what=_(what)) for name, what in others]


def _facts(documents: Sequence[read_docker.PastedDocument], rest: Paste) -> tuple[Fact, ...]:
    facts = [
        *read_docker.read(documents, rest),
        *portals.read(documents, rest),
        *kubernetes.read(rest),
        *hosts.read(rest),
        *openssl.read(rest),
        *dates.read(rest),
        *server_log.read(rest),
        *log.read(rest),
    ]
    if not facts:
        facts = list(_by_words(rest))
    facts = list(_latest(facts))
    inspected = {fact.subject for fact in facts if fact.source == read_docker.INSPECT and fact.subject}
    once: dict[tuple[str, str, str, Value], Fact] = {}
    for fact in facts:
        # A name cut by the console's width is the inspected container's.
        whole = [name for name in inspected if fact.subject and name.startswith(fact.subject)]
        named = replace(fact, subject=whole[0]) if len(whole) == 1 else fact
        key = (named.kind, named.subject, named.source, named.value)
        once.setdefault(key if named.kind != "clock" else (*key[:3], str(named.number)), named)
    return tuple(once.values())


def _printed(read: Paste) -> Paste:
    """The paste without what is no evidence.

    That is the commands of `fanlic ask` themselves; the block of the FineBI host if its address was left as printed;
    and the probes of the container host if no port was published, for they went to no port at all.
    """
    commands = {line for shell in ask.SHELLS for line in ask.lines(shell) if line}
    unfilled = any("//HOST:PORT" in line.text for line in read.within("saved address"))
    portless = read.collected and not any("->" in line.text for line in read.within("docker port"))
    printed = (line for line in read.lines if line.text.strip() not in commands)
    return replace(
        read,
        lines=tuple(
            line
            for line in printed
            if not (unfilled and line.host == ask.FINEBI_HOST)
            and not (portless and line.host == ask.CONTAINER_HOST and line.section in PROBES)
        ),
    )


def _by_words(read: Paste) -> Iterator[Fact]:
    """A person's few words about a failure, by the catalogue's phrases: never more than a possible cause.

    A line that a program printed is left to the readers: a healthy log line has words of the catalogue in it too.
    """
    words = " ".join(read.text.split())
    if not 0 < len(words) <= 300 or not _COMPLAINT.search(words):
        return
    if any(line.section or _PRINTED.search(line.text) for line in read.lines):
        return
    for match in find(words)[:3]:
        if match.how is How.NAME or (match.how is How.PHRASE and _tells(match.words)):
            yield Fact("symptom", match.key, WORDS, words, 1)


def _tells(phrase: str) -> bool:
    """Whether a phrase says what is wrong: one general word, as "authorization", only says what it is about."""
    return not _GENERAL.fullmatch(phrase) or _COMPLAINT.search(phrase) is not None


def _latest(facts: Sequence[Fact]) -> Iterator[Fact]:
    """Without an older row of the same container: the row with the shorter time since its start is the later one."""
    rows: dict[str, dict[int, timedelta]] = {}
    for fact in facts:
        if fact.kind == "up-for" and fact.source == "docker ps" and isinstance(fact.value, timedelta):
            rows.setdefault(fact.subject, {})[fact.number] = fact.value
    old = {(name, number) for name, ages in rows.items() for number, age in ages.items() if age > min(ages.values())}
    yield from (fact for fact in facts if fact.source != "docker ps" or (fact.subject, fact.number) not in old)


def _topic(read: Paste) -> list[Fact]:
    """The stage that a person's words speak of."""
    lines = [line for line in read.lines if not line.section and not _PRINTED.search(line.text)]
    lines = [line for line in lines if not about(line.text)][:SENTENCES]
    for stage in topics("\n".join(line.text for line in lines)):
        line = next(line for line in lines if stage in topics(line.text))
        return [Fact("topic", stage, WORDS, line.text, line.number)]
    return []


def _pasted_now(facts: Sequence[Fact]) -> datetime | None:
    clocks = [fact for fact in facts if fact.kind == "clock" and not fact.detail.endswith("?")]
    own = [fact for fact in clocks if not fact.detail.startswith("finebi")]
    return next((fact.value for fact in (*own, *clocks) if isinstance(fact.value, datetime)), None)


def _notes(read: Paste, evidence: Evidence) -> list[str]:
    notes = []
    if read.cut:
        notes.append(
            _("Too long: only the beginning and the end were read, {limit} bytes or {lines} lines together.").format(
                limit=LIMIT, lines=LINES
            )
        )
    if evidence.now is None and (evidence.of("finished") or evidence.of("started")):
        notes.append(_("The present time is not known: add the output of `date -u`, or --now."))
    elif evidence.now and evidence.assumed and evidence.of("finished"):
        notes.append(
            _("Judged at {now}, this machine's clock: if the paste is older, give its time with --now.").format(
                now=instant(evidence.now.astimezone(UTC))
            )
        )
    elif evidence.now and (evidence.of("finished") or evidence.of("certificate-end")):
        notes.append(_("Judged at {now}.").format(now=instant(evidence.now.astimezone(UTC))))
    if read.text.count("echo '=== fanlic: ") > 2 and not evidence.facts:
        notes.append(_("These are the commands of `fanlic ask` themselves: run them, and paste what they print."))
    return notes
