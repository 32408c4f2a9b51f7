"""What the site's box "paste what you have" answers: `triage`, `explain` and `preflight` as HTML.

It runs in the reader's browser. The commands themselves are run, with the options that a terminal would give them, so
that the page and the command line cannot differ. What was pasted becomes text in the HTML, never markup.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

from fanlic.texts import _
from fanlic.troubleshoot import explain, preflight, today, triage
from fanlic.troubleshoot.catalogue.shelf import folder
from fanlic.troubleshoot.findings import decode
from fanlic.troubleshoot.judge.case import SKIPPED, dumps
from fanlic.troubleshoot.paste_case import Replies, asks_still, build, replies

LONGEST_WORDS = 2000  # characters of a text to explain
FOLDER, LINE, WORDS = "tls", "docker-run", "explain"
SINGLE = ("mail", "compose", "inspect")
KINDS = ("triage", WORDS, "mail", LINE, "compose", "inspect", FOLDER)


@dataclass(frozen=True)
class Given:
    """What the reader gave: files with names, pastes among them; settings of preflight; the paste's time; replies."""

    kind: str
    files: Sequence[tuple[str, bytes]]
    shell: str = "sh"
    address: str = ""
    now: str = ""
    said: Replies = field(default_factory=Replies)


def answer(given: Given, language: str, root: str) -> dict[str, object]:
    """The answer: `html`, `plain` (as the terminal shows it) and `status`. Links lead to the site's pages at `root`."""
    before = os.environ.get("FANLIC_LANG")
    os.environ["FANLIC_LANG"] = language
    try:
        place = root + ("zh/" if language.startswith("zh") else "")
        return _answer(given, place)
    finally:
        os.environ.pop("FANLIC_LANG")
        if before is not None:
            os.environ["FANLIC_LANG"] = before


def _answer(given: Given, place: str) -> dict[str, object]:
    if not any(data.strip() for _name, data in given.files):
        return _result(2, _note(_("Paste something or drop files first."), "warn"), "")
    with tempfile.TemporaryDirectory() as scratch:
        paths = _laid_out(given.files, Path(scratch))
        if given.kind == "triage":
            return _triage(given, paths, place)
        if given.kind == WORDS:
            return _explain(" ".join(decode(data) for _name, data in given.files), place)
        return _preflight(given, paths)


def _laid_out(files: Sequence[tuple[str, bytes]], scratch: Path) -> list[Path]:
    """The files in a folder of their own; of a name only its last part, and each name once."""
    paths: list[Path] = []
    for number, (name, data) in enumerate(files):
        last = name.replace("\\", "/").rpartition("/")[2]
        path = scratch / (last if last.strip(". ") and "\0" not in last else str(number))
        if path in paths:
            path = scratch / f"{number}-{path.name}"
        path.write_bytes(data)
        paths.append(path)
    return paths


def _run(module: Any, *arguments: str) -> tuple[int, str, str]:
    """One command as the terminal runs it: its exit status, and what it wrote to both streams."""
    parser = argparse.ArgumentParser(prog="fanlic")
    module.options(parser)
    out, problems = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(problems):
        try:
            status = int(module.run(parser.parse_args(arguments)))
        except SystemExit as end:
            status = int(end.code or 0)
    return status, out.getvalue(), problems.getvalue().strip()


def _result(status: int, html: str, plain: str) -> dict[str, object]:
    return {"status": status, "html": html, "plain": plain}


# -- triage


def _triage(given: Given, paths: Sequence[Path], place: str) -> dict[str, object]:
    """The verdict: on the pastes as they are or, when a person has answered or dropped a case file, on the case."""
    now = ["--now", given.now] if given.now else []
    try:
        case, more = build(given.files, given.said, given.now)
    except (ValueError, argparse.ArgumentTypeError) as wrong:
        return _result(2, _note(str(wrong), "warn"), str(wrong))
    names = [*now, "--", *map(str, paths)]
    if more:
        file = paths[0].parent / "case.fanlic"
        file.write_text(dumps(case), "utf-8")
        names = [*now, "--case", str(file)]
    status, data, problem = _run(triage, "--json", *names)
    if not data:
        return _result(status, _note(problem, "warn"), problem)
    ticket = _run(triage, "--ticket", *names)[1]
    still = not given.now and asks_still(case, today.now())
    html = "".join(
        _verdict(json.loads(data), place, _still(still), {question for question, _text in given.said.answers})
    )
    return {**_result(status, html, ticket), "case": dumps(case)}


def _verdict(data: Mapping[str, Any], place: str, still: str, answered: set[str]) -> Iterator[str]:
    yield _first_aid(data["first_aid"])
    yield _note(_("Verdict: {title}").format(title=data["summary"]), "bad" if data["causes"] else "good")
    yield still
    for number, cause in enumerate(data["causes"][:5], 1):
        yield _cause(cause, number, place)
    yield _section(_("Risks, not the cause"), [risk["title"] for risk in data["risks"]])
    yield _section(_("What does not fit together"), data["contradictions"])
    unread = _("line {number}: {text}")
    texts = [unread.format(number=one["number"], text=one["line"]) for one in data["unread"]]
    yield _section(_("Lines that look like errors and were not understood:"), texts)
    yield _next(data["next"], again=data["next"]["name"] in answered)
    ruled_out = [one["text"] for one in data["ruled_out"]]
    yield _section(_("Ruled out, because:"), ruled_out, closed=True)
    yield _section(_("Evidence found"), list(dict.fromkeys(map(_fact, data["evidence"]))), closed=True)
    yield _section(_("Missing"), [one["text"] for one in data["missing"]], closed=True)
    yield "".join(_note(text) for text in data["notes"])


def _next(following: Mapping[str, str], *, again: bool) -> str:
    """The next question, with a place for the answer: the page's script adds it to the case."""
    unread = _(
        "Your answer is kept, but it does not tell this. Paste what the command prints, or press: I do not know."
    )
    command = _code(following["command"]) if following["command"] else ""
    return (
        f"<h4>{escape(_('Next question'))}</h4><p>{escape(following['question'])}</p>{command}"
        f"{_note(unread, 'warn') if again else ''}"
        f"<form class='fanlic-reply' data-question='{escape(following['name'])}'>"
        f"<label>{escape(_('Your answer, or what the command printed'))}"
        " <textarea name='reply' rows='2' spellcheck='false'></textarea></label>"
        f"<button type='submit'>{escape(_('Add the answer'))}</button> "
        f"<button type='button' data-reply='{SKIPPED}'>{escape(_('I do not know'))}</button></form>"
    )


def _still(asks: bool) -> str:
    if not asks:
        return ""
    text = _("The verdict depends on the time. Is the state at this moment still as it was pasted?")
    other = _("If not, paste the output of docker ps -a as it is now.")
    return (
        f"<div class='fanlic-note warn'>{escape(text)} <button type='button' data-reply='still'>"
        f"{escape(_('Yes, it is still so'))}</button> {escape(other)}</div>"
    )


def _cause(cause: Mapping[str, Any], number: int, place: str) -> str:
    basis = _("{confidence}; basis: {basis}; who acts: {who}")
    said = basis.format(confidence=_(cause["confidence"]), basis=_(cause["basis"]), who=_(cause["who"]))
    because = "".join(f"<li>{escape(_fact(fact))}</li>" for fact in cause["because"])
    steps = "".join(f"<li>{escape(step)}</li>" for step in cause["remedy"])
    return (
        f"<h4>{number}. {escape(cause['title'])}</h4><p class='fanlic-small'>{escape(said)}</p>"
        + (f"<p>{escape(_('Because of:'))}</p><ul>{because}</ul>" if because else "")
        + (f"<p>{escape(_('What to do:'))}</p><ol>{steps}</ol>" if steps else "")
        + _more(cause["explain"], place)
    )


def _fact(fact: Mapping[str, Any]) -> str:
    place = f" ({fact['source']}, {fact['number']})" if fact.get("number") else ""
    return str(fact["line"] or fact["value"]) + place


def _more(keys: Sequence[str], place: str) -> str:
    links = ", ".join(f"<a href='{escape(f'{place}{folder(key)}/{key}/index.html')}'>{escape(key)}</a>" for key in keys)
    return f"<p>{escape(_('More on this site:'))} {links}</p>" if keys else ""


# -- explain


def _explain(words: str, place: str) -> dict[str, object]:
    asked = " ".join(words.split())[:LONGEST_WORDS]
    status, data, problem = _run(explain, "--json", "--", asked)
    if not data:
        return _result(status, _note(problem, "warn"), problem)
    plain = _run(explain, "--", asked)[1]
    return _result(status, "".join(_explained(json.loads(data), place)), plain)


def _explained(data: Mapping[str, Any], place: str) -> Iterator[str]:
    for entry in data["entries"]:
        yield _first_aid(entry["first_aid"])
        title = entry["title"] if entry["title"].startswith(entry["key"]) else f"{entry['key']} {entry['title']}"
        yield f"<h4>{escape(title)}</h4><p>{escape(entry['meaning'])}</p>"
        yield f"<p><strong>{escape(_('Who acts: {who}').format(who=entry['who']))}</strong></p>"
        yield _section(_("Causes, most likely first:"), [cause["text"] for cause in entry["causes"]], ordered=True)
        yield _section(_("Ask next:"), [question["text"] for question in entry["ask"]])
        yield _more([entry["key"]], place)
    for unknown in data["unknown_codes"]:
        text = _("{number} is in no list we know of. We do not guess its meaning.")
        yield _note(text.format(number=unknown["code"]), "warn")
        yield _more(unknown["nearest"], place)
    if not data["entries"] and not data["unknown_codes"]:
        yield _note(_("Nothing found for: {words}").format(words=data["words"]), "warn")
    for head, matches in ((_("Did you mean:"), data["near"]), (_("The words fit these too:"), data["also"])):
        if matches:
            links = "".join(f"<li>{_link(match, place)}</li>" for match in matches)
            yield f"<h4>{escape(head)}</h4><ul>{links}</ul>"


def _link(match: Mapping[str, str], place: str) -> str:
    key = match["key"]
    return f"<a href='{escape(f'{place}{folder(key)}/{key}/index.html')}'>{escape(match['title'])}</a>"


# -- preflight


def _preflight(given: Given, paths: Sequence[Path]) -> dict[str, object]:
    runs = [_checked(arguments, name) for name, arguments in _checks(given, paths)]
    worst = max(status for status, _html, _plain in runs)
    return _result(worst, "".join(html for _s, html, _p in runs), "\n".join(plain for _s, _h, plain in runs))


def _checks(given: Given, paths: Sequence[Path]) -> Iterator[tuple[str, list[str]]]:
    if given.kind == FOLDER:
        yield "", [FOLDER, str(paths[0].parent), "--address", given.address]
    for path, (_name, data) in zip(paths, given.files, strict=True):
        if given.kind == LINE:
            yield "", [LINE, "--shell", given.shell, "--", decode(data).strip()]
        elif given.kind in SINGLE:
            yield path.name if len(paths) > 1 else "", [given.kind, str(path)]


def _checked(arguments: list[str], name: str) -> tuple[int, str, str]:
    what, *rest = arguments
    status, data, problem = _run(preflight, what, "--json", *rest)
    head = f"<h4>{escape(name)}</h4>" if name else ""
    if not data:
        said = problem.replace(str(Path(tempfile.gettempdir())), "")
        return status, head + _note(said or _("This cannot be checked."), "warn"), said
    plain = _run(preflight, what, *rest)[1]
    return status, head + "".join(_findings(json.loads(data)["findings"])), plain


def _findings(findings: Sequence[Mapping[str, str]]) -> Iterator[str]:
    words = {"error": _("error"), "warning": _("warning"), "info": _("note")}
    kinds = {"error": "bad", "warning": "warn", "info": ""}
    if not any(finding["severity"] == "error" for finding in findings):
        yield _note(_("No errors were found."), "good")
    shown: set[str] = set()
    for finding in findings:
        basis = _("Basis: {basis}").format(basis=_(finding["basis"]))
        word, message = f"<strong>{escape(words[finding['severity']])}</strong>", escape(finding["message"])
        text = _("{kind}: {message}").format(kind=word, message=message)
        yield f"<div class='fanlic-note {kinds[finding['severity']]}'>{text}<br><small>{escape(basis)}</small></div>"
        if finding["fix"] and finding["fix"] not in shown:
            yield f"<p>{escape(_('Corrected:'))}</p>{_code(finding['fix'])}"
            shown.add(finding["fix"])


# -- pieces


def _first_aid(texts: Sequence[str]) -> str:
    if not texts:
        return ""
    return (
        f"<details class='fanlic-aid' open><summary>{escape(_('First aid, before anything else:'))}</summary>"
        f"<ul>{_items(texts, escape)}</ul></details>"
    )


def _section(head: str, texts: Sequence[str], *, ordered: bool = False, closed: bool = False) -> str:
    if not texts:
        return ""
    tag = "ol" if ordered else "ul"
    listed = f"<{tag}>{_items(texts, escape)}</{tag}>"
    if closed:
        return f"<details><summary>{escape(head)}</summary>{listed}</details>"
    return f"<h4>{escape(head)}</h4>{listed}"


def _items(texts: Iterable[str], shown: Callable[[str], str]) -> str:
    return "".join(f"<li>{shown(text)}</li>" for text in texts)


def _note(text: str, kind: str = "") -> str:
    return f"<div class='fanlic-note {kind}'>{escape(text)}</div>"


def _code(text: str) -> str:
    return f"<pre><code>{escape(text)}</code></pre>"


# -- for the page's script


def answer_json(given: str, files: Iterable[Any]) -> str:
    """The answer as JSON, for JSON and a list of bytes: what the page's worker calls."""
    asked = json.loads(given)
    pairs = [(name, bytes(data)) for name, data in zip(asked["names"], files, strict=True)]
    shell, address, now = asked.get("shell") or "sh", asked.get("address", ""), asked.get("now", "")
    wanted = Given(asked["kind"], pairs, shell, address, now, replies(asked))
    return json.dumps(answer(wanted, asked.get("language", "en"), asked.get("root", "")))
