"""The box "paste what you have": the command line's own answer, in the page, and nothing leaves it."""

from __future__ import annotations

import base64
import contextlib
import importlib
import io
import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from fanlic.cli import main
from fanlic.troubleshoot.paste_page import answer_json

NOW = "2026-11-24T08:00Z"
BOX = ".fanlic-paste"
TABLES = sorted(path.stem for path in (Path(__file__).parents[1] / "troubleshoot").glob("*_table.py"))
CALL = """async (rows) => {
  await fanlicPython.start("triage.zip");
  const bytes = (text) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
  const answers = [];
  for (const [asked, file] of rows)
    answers.push(await fanlicPython.call("fanlic.troubleshoot.paste_page", "answer_json", asked, [bytes(file)]));
  return answers;
}"""


class Stranger(BaseHTTPRequestHandler):
    """Another origin that would take whatever it is sent."""

    heard: list[str] = []  # noqa: RUF012 - one for the whole server

    def do_GET(self) -> None:
        self.heard.append(self.path)
        self.send_response(200)
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def stranger() -> Iterator[str]:
    Stranger.heard.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Stranger)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join(5)


def answered(page: Any) -> str:
    page.locator(f"{BOX}[data-status]").wait_for(timeout=90_000)
    return str(page.locator(".fanlic-answer").inner_text())


def table() -> list[tuple[dict[str, Any], bytes]]:
    """Every row of every table of pastes, mails and lines, with what the page asks about it."""
    asked = {"kind": "triage", "names": ["paste"], "now": NOW, "language": "en", "root": "../"}
    found: dict[tuple[str, str, bytes], dict[str, Any]] = {}
    for name in TABLES:
        module = importlib.import_module(f"tests.troubleshoot.{name}")
        values = [value for value in vars(module).values() if isinstance(value, (list, tuple))]
        rows = [row for value in values for row in value if hasattr(row, "name")]
        assert len(rows) > 20, f"{name} has no rows that this test can read"
        for row in rows:
            text = row.given if hasattr(row, "given") else row.text
            data = text if isinstance(text, bytes) else text.encode()
            kind, shell = (
                getattr(row, "what", "triage" if hasattr(row, "given") else "mail"),
                getattr(row, "shell", "sh"),
            )
            found[kind, shell, data] = {**asked, "kind": kind, "shell": shell}
    return [(given, data) for (_kind, _shell, data), given in found.items()]


def on_terminal(asked: dict[str, Any], file: Path) -> tuple[int, str]:
    """What the command line prints for a row."""
    command = ["preflight", asked["kind"], str(file)]
    if asked["kind"] == "triage":
        command = ["triage", "--ticket", "--now", NOW, str(file)]
    elif asked["kind"] == "docker-run":
        command = ["preflight", "docker-run", "--shell", asked["shell"], "--", file.read_text("utf-8").strip()]
    with contextlib.redirect_stdout(io.StringIO()) as said:
        status = main(command)
    return status, said.getvalue()


def test_the_page_gives_the_answer_of_the_command_line_for_every_row_of_every_table(
    watched: Any, address: str, tmp_path: Path
) -> None:
    rows = table()
    assert len([asked for asked, _data in rows if asked["kind"] == "triage"]) > 400
    watched.page.set_default_timeout(180_000)
    watched.page.goto(f"{address}paste.html")
    found = watched.page.evaluate(CALL, [[asked, base64.b64encode(data).decode()] for asked, data in rows])
    wrong = []
    for (asked, data), answer in zip(rows, found, strict=True):
        (tmp_path / "paste").write_bytes(data)
        same = answer == json.loads(answer_json(json.dumps(asked), [data]))
        if not same or (answer["status"], answer["plain"]) != on_terminal(asked, tmp_path / "paste"):
            wrong.append((asked["kind"], data[:80]))
    assert (wrong, watched.outside, watched.errors) == ([], [], [])


def test_a_case_grows_by_pastes_and_files_and_its_links_lead_to_pages_of_the_site(watched: Any, address: str) -> None:
    page = watched.page
    page.goto(f"{address}codes/30003/index.html")
    page.locator(".fanlic-fold > summary").click()
    box = page.locator(BOX)
    box.locator("textarea[name=paste]").fill("users see 30005 LICENSE_APPNAME_ERROR")
    box.locator("button[type=submit]").first.click()
    assert "LICENSE_APPNAME_ERROR" in answered(page)
    page.evaluate("delete document.querySelector('.fanlic-paste').dataset.status")
    files = [
        {"name": "ps.txt", "mimeType": "text/plain", "buffer": b"0.0.0.0:49160->8081/tcp   quirky_einstein\n"},
        {"name": "saved.txt", "mimeType": "text/plain", "buffer": b"Address saved in FineBI: https://10.0.0.9:49160\n"},
    ]
    box.locator("input[type=file]").set_input_files(files)
    box.locator(".fanlic-given li").nth(2).wait_for()
    box.locator("button[type=submit]").first.click()
    answered(page)
    assert ["paste 1", "ps.txt", "saved.txt"] == [
        text.partition(" (")[0] for text in box.locator(".fanlic-given li").all_inner_texts()
    ]
    assert "https://10.0.0.9:49160" in box.locator(".fanlic-plain pre").text_content()
    box.locator(".fanlic-answer a", has_text="30005").click()
    page.wait_for_url(f"{address}codes/30005/index.html")
    assert (watched.outside, watched.errors) == ([], [])


def test_the_next_question_is_answered_in_the_page_and_the_case_is_saved_and_taken_up(
    watched: Any, address: str, tmp_path: Path
) -> None:
    page = watched.page
    page.goto(f"{address}paste.html")
    box = page.locator(BOX)
    box.locator("textarea[name=paste]").fill("Registration failed 30005")
    box.locator("button[type=submit]").first.click()
    answered(page)
    asked = box.locator(".fanlic-reply").get_attribute("data-question")
    box.locator("textarea[name=reply]").fill("it was /decision, now it is /bi")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # the button beside it
    page.wait_for_function("asked => document.querySelector('.fanlic-reply').dataset.question !== asked", arg=asked)
    with page.expect_download() as saved:
        box.locator("[data-do=save]").click()
    saved.value.save_as(tmp_path / "case.json")
    box.locator("[data-do=afresh]").click()
    assert not box.locator(".fanlic-given li").count()
    box.locator("input[type=file]").set_input_files(tmp_path / "case.json")
    box.locator(".fanlic-given li").first.wait_for()
    box.locator("button[type=submit]").first.click()
    assert "30005" in answered(page)
    assert "it was /decision, now it is /bi" in box.locator(".fanlic-plain pre").text_content()
    assert (watched.outside, watched.errors) == ([], [])


def test_a_chinese_page_answers_in_chinese_with_links_to_chinese_pages(watched: Any, address: str) -> None:
    page = watched.page
    page.goto(f"{address}zh/index.html")
    page.locator(f"{BOX} textarea[name=paste]").fill("30007")
    page.locator(f"{BOX} select[name=kind]").select_option("explain")
    page.locator(f"{BOX} button[type=submit]").first.click()
    assert "由谁处理" in answered(page)
    link = page.locator(".fanlic-answer a", has_text="30007").get_attribute("href")
    assert link == f"{address}zh/codes/30007/index.html"


@pytest.mark.parametrize(
    ("kind", "given", "found"),
    [
        ("docker-run", "docker run -v /D/our lic/config:/app/config -P -d x", "error"),
        ("mail", "Subject: hello\n\nplease", "error"),
        ("inspect", "{", "not the whole output"),
        ("explain", "qq zz", "Nothing found"),
        ("triage", "<img src=x onerror=alert(1)> 30005", "30005"),
        ("triage", "   ", "Paste something"),
    ],
)
def test_each_kind_answers_and_markup_in_a_paste_stays_text(
    watched: Any, address: str, kind: str, given: str, found: str
) -> None:
    asked = {"kind": kind, "names": ["paste"], "language": "en", "root": "", "now": NOW}
    answer = json.loads(answer_json(json.dumps(asked), [given.encode()]))
    assert found in answer["html"]
    assert "<img" not in answer["html"]
    assert not watched.outside


def test_nothing_that_runs_in_the_page_or_its_worker_reaches_another_origin(
    watched: Any, address: str, stranger: str
) -> None:
    page = watched.page
    page.unroute("**/*")  # the page's own policy has to refuse, not the test's
    page.goto(f"{address}paste.html")
    page.evaluate("fanlicPython.start('triage.zip')")
    fetched = f"fetch('http://{stranger}/x', {{mode: 'no-cors'}}).then(() => 'sent', String)"
    opened = "w.onopen = () => done('sent'); w.onerror = () => done('refused')"
    socketed = f"new Promise((done) => {{ const w = new WebSocket('ws://{stranger}/x'); {opened} }}).catch(String)"
    [worker] = [each for each in page.workers if each.url.startswith("blob:")]
    for attempt in (fetched, socketed):
        assert "sent" != worker.evaluate(attempt)
        assert "sent" != page.evaluate(attempt)
    page.evaluate(f"navigator.sendBeacon('http://{stranger}/x', 'secret')")
    image = f"i.onload = i.onerror = done; i.src = 'http://{stranger}/x'"
    page.evaluate(f"new Promise((done) => {{ const i = new Image(); {image} }}).then(() => 0)")
    assert [] == Stranger.heard
    host, _colon, port = stranger.partition(":")
    with socket.create_connection((host, int(port)), timeout=5):  # it would have heard
        pass


def test_without_javascript_the_page_reads_as_before(browser: Any, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}codes/30005/index.html")
    page.locator(".fanlic-fold > summary").click()
    assert not page.locator(BOX).is_visible()
    assert page.get_by_text("python fanlic.pyz triage FILE").is_visible()
    context.close()


def test_a_page_opened_from_a_folder_says_what_to_do(watched: Any, site: Path) -> None:
    watched.page.goto(f"{site.as_uri()}/paste.html")
    assert "start.py docs --serve" in watched.page.locator(f"{BOX} [role=status]").inner_text()


def test_stop_ends_the_worker_and_the_next_answer_starts_a_new_one(watched: Any, address: str) -> None:
    page = watched.page
    page.goto(f"{address}paste.html")
    page.locator(f"{BOX} textarea[name=paste]").fill("30005")
    page.locator(f"{BOX} button[type=submit]").first.click()
    page.locator(f"{BOX} [data-do=stop]").click()
    page.get_by_text("Stopped.").wait_for()
    page.locator(f"{BOX} button[type=submit]").first.click()
    assert "30005" in answered(page)
