"""`fanlic doctor` against real servers on loopback: each state its own answer, within its time."""

import argparse
import json
import socket
import ssl
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from fanlic.adapters.tls import make_pair
from fanlic.troubleshoot import doctor
from fanlic.troubleshoot.findings import Severity
from fanlic.troubleshoot.look.answers import TROUBLES, answers
from fanlic.troubleshoot.look.probe import Seen, look

Answer = Callable[[str], bytes]
REAL = datetime.now(UTC)
LOOPBACK = ("localhost", "127.0.0.1")


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FANLIC_LANG", "en")


def http(status: str = "200 OK", body: str = "<title>x</title>", **headers: str) -> bytes:
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([f"HTTP/1.1 {status}", *lines, f"Content-Length: {len(body)}", "", body]).encode()


class Server:
    """Answers each connection with bytes that depend on the path asked for; `asked` keeps the paths."""

    def __init__(self, answer: Answer | None, context: ssl.SSLContext | None, host: str) -> None:
        self.answer, self.context = answer, context
        self.asked: list[str] = []
        self.stop = threading.Event()
        self.listener = socket.create_server((host, 0))
        self.listener.settimeout(0.05)
        self.address = f"https://{host}:{self.listener.getsockname()[1]}"

    def serve(self) -> None:
        while not self.stop.is_set():
            try:
                connection, _where = self.listener.accept()
            except TimeoutError:
                continue
            connection.settimeout(5)
            with connection, suppress(OSError):
                self.handle(connection)

    def handle(self, connection: socket.socket) -> None:
        if self.answer is None:  # takes the connection and says nothing
            self.stop.wait(10)
            return
        if self.context is not None:
            connection = self.context.wrap_socket(connection, server_side=True)
        with connection:
            data = connection.recv(4096)
            path = data.split(b" ")[1].decode("latin-1") if data.startswith(b"GET ") else "?"
            self.asked.append(path)
            self.reply(connection, self.answer(path))

    def reply(self, connection: socket.socket, data: bytes) -> None:
        connection.sendall(data)


class Dripping(Server):
    """Sends its answer so slowly that it never ends."""

    def reply(self, connection: socket.socket, data: bytes) -> None:
        while not self.stop.wait(0.05):
            connection.sendall(b"X-More: 1\r\n" if self.asked[-1:] == ["sent"] else data[:17])
            self.asked.append("sent")


@pytest.fixture
def serving(tmp_path: Path) -> Callable[..., Any]:
    @contextmanager
    def start(
        answer: Answer | None,
        names: tuple[str, ...] = (),
        host: str = "127.0.0.1",
        kind: type[Server] = Server,
        made: datetime = REAL,
    ) -> Iterator[Server]:
        context = tls(tmp_path, names, made) if names else None
        server = kind(answer, context, host)
        thread = threading.Thread(target=server.serve)
        thread.start()
        try:
            yield server
        finally:
            server.stop.set()
            thread.join(10)
            server.listener.close()

    return start


def tls(folder: Path, names: tuple[str, ...], made: datetime) -> ssl.SSLContext:
    """A server's context with a certificate of its own, valid from a day before `made` for a hundred days."""
    certificate, key = make_pair(names, made, days=100)
    (folder / "server.crt").write_bytes(certificate)
    (folder / "server.key").write_bytes(key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.crt", folder / "server.key")
    return context


@pytest.fixture
def trusting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """This machine trusts the server's certificate."""
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "server.crt"))


def call(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    doctor.options(parser)
    return doctor.run(parser.parse_args(arguments))


def told(capsys: pytest.CaptureFixture[str], address: str, *more: str) -> tuple[int, list[str], dict[str, Any]]:
    status = call(address, "--json", "--timeout", "3", *more)
    document = json.loads(capsys.readouterr().out)
    return status, [one["answer"] for one in document["answers"]], document


Capsys = pytest.CaptureFixture[str]
Serving = Callable[..., Any]


# -- the way to the server


def test_a_closed_port_is_told(capsys: Capsys) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    status, keys, document = told(capsys, f"https://127.0.0.1:{port}")
    assert (1, ["closed-port"]) == (status, keys)
    assert "firewall" == document["answers"][0]["clause"]
    assert "TLS: the check ended before that" in document["unknown"]


def test_a_silent_port_is_told_within_the_time(serving: Serving, capsys: Capsys) -> None:
    with serving(None) as server:
        begun = time.monotonic()
        status = call(server.address, "--json", "--timeout", "0.6")
        spent = time.monotonic() - begun
    assert (1, "silent") == (status, json.loads(capsys.readouterr().out)["answers"][0]["answer"])
    assert spent < 2


def test_an_answer_that_drips_is_cut_at_the_time(serving: Serving, capsys: Capsys) -> None:
    with serving(lambda path: http(), LOOPBACK, kind=Dripping) as server:
        begun = time.monotonic()
        call(server.address, "--json", "--timeout", "0.6")
        spent = time.monotonic() - begun
    assert spent < 2
    assert "unidentified" in [one["answer"] for one in json.loads(capsys.readouterr().out)["answers"]]


def test_plain_http_is_told(serving: Serving, capsys: Capsys) -> None:
    with serving(lambda path: http("200 OK") if path == "/" else http("400 Bad Request")) as server:
        assert (1, ["plain-http"]) == told(capsys, server.address)[:2]


def test_another_service_is_told_by_its_first_words(serving: Serving, capsys: Capsys) -> None:
    with serving(lambda path: b"SSH-2.0-OpenSSH_9.2p1\r\n") as server:
        status, keys, document = told(capsys, server.address)
    assert (1, ["other-service"]) == (status, keys)
    assert "SSH-2.0" in document["answers"][0]["message"]


@pytest.mark.parametrize(
    "first", [b"\x1b[2J\x07login\x9b\x00: ", b"\xff\xfe\x00\x08ok", b"SSH-2.0-x\x1b]0;owned\x07\r\n"]
)
def test_what_a_service_sends_reaches_no_terminal_raw(first: bytes, serving: Serving, capsys: Capsys) -> None:
    with serving(lambda _path: first) as server:
        call(server.address)
    shown = capsys.readouterr().out
    assert all(character == "\n" or character.isprintable() for character in shown)


def test_headers_reach_no_terminal_raw(serving: Serving, capsys: Capsys) -> None:
    answer = http(body="<title>\x1b[31mnginx\x07</title>", Server="x\x1b[2J\x9by")
    with serving(lambda _path: answer, ("127.0.0.1",)) as server:
        call(server.address)
    shown = capsys.readouterr().out
    assert all(character == "\n" or character.isprintable() for character in shown)


@pytest.mark.parametrize("status", ["502 Bad Gateway", "503 Service Unavailable", "504 Gateway Timeout", "500 Oops"])
def test_a_server_error_is_a_fault(status: str, serving: Serving, capsys: Capsys) -> None:
    answer = http(status, "<title>nothing special</title>", Server="gate")
    with serving(lambda _path: answer, ("127.0.0.1",)) as server:
        assert 1 == call(server.address, "--json")
    keys = [answer["answer"] for answer in json.loads(capsys.readouterr().out)["answers"]]
    assert "server-error" in keys


@pytest.mark.parametrize("status", ["407 Proxy Authentication Required", "511 Network Authentication Required"])
def test_a_proxy_that_wants_to_know_who_asks_is_a_fault(status: str, serving: Serving, capsys: Capsys) -> None:
    with serving(lambda _path: http(status), ("127.0.0.1",)) as server:
        assert 1 == call(server.address, "--json")
    keys = [answer["answer"] for answer in json.loads(capsys.readouterr().out)["answers"]]
    assert "captive-page" in keys


def test_a_connection_closed_in_the_handshake_is_told(serving: Serving, capsys: Capsys) -> None:
    with serving(lambda path: b"") as server:
        assert (1, ["tls-closed"]) == told(capsys, server.address)[:2]


def test_a_server_that_refuses_the_handshake_is_told(serving: Serving, capsys: Capsys, tmp_path: Path) -> None:
    with serving(lambda path: http(), LOOPBACK) as server:
        server.context.set_alpn_protocols(["x"])
        server.context.maximum_version = ssl.TLSVersion.TLSv1_2
        server.context.set_ciphers("PSK-AES128-GCM-SHA256")
        assert (1, ["tls-refused"]) == told(capsys, server.address)[:2]


def test_an_unknown_name_is_told(monkeypatch: pytest.MonkeyPatch, capsys: Capsys) -> None:
    def unknown(*_arguments: object, **_named: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert (1, ["unknown-host"]) == told(capsys, "https://lic.example.invalid:49155")[:2]


def test_a_name_server_that_says_nothing_is_cut_at_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    done = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_n: done.wait(10) and [])
    begun = time.monotonic()
    seen = look("lic.example.invalid", 49155, REAL, 0.4)
    spent = time.monotonic() - begun
    done.set()
    assert ("unknown-host", True) == (seen.trouble, spent < 2)


def test_the_next_address_of_a_name_is_tried(serving: Serving, monkeypatch: pytest.MonkeyPatch, capsys: Capsys) -> None:
    with serving(lambda path: http(), LOOPBACK) as server, socket.create_server(("127.0.0.1", 0)) as other:
        port = int(server.address.rpartition(":")[2])
        where = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, port)) for host in ("127.0.0.9", "127.0.0.1")]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_n: where)
        document = told(capsys, f"https://localhost:{port}")[2]
        assert other
    assert ("127.0.0.9, 127.0.0.1", "127.0.0.1") == (document["facts"]["address"], document["facts"]["connected to"])


@pytest.mark.parametrize("trouble", TROUBLES)
def test_each_trouble_has_its_own_words_and_a_remedy(trouble: str) -> None:
    [answer] = answers(Seen("10.0.0.1", 49155, trouble, "why"), REAL)
    assert (trouble, Severity.ERROR) == (answer.key, answer.finding.severity)
    assert "10.0.0.1" in answer.finding.message
    assert answer.finding.fix
    assert len(TROUBLES) == len({message for message, _fix in TROUBLES.values()})


# -- the certificate


@pytest.mark.usefixtures("trusting")
def test_a_server_in_order_has_no_fault(serving: Serving, capsys: Capsys) -> None:
    with serving(lambda path: http("404 Not Found"), LOOPBACK) as server:
        status, keys, document = told(capsys, server.address)
    assert (0, ["unidentified"]) == (status, keys)
    assert "TLSv1.3" == document["facts"]["TLS"]
    assert socket.gethostname() == document["from"]
    assert server.address == document["address"]


def test_a_certificate_signed_by_itself_is_told(serving: Serving, capsys: Capsys) -> None:
    with serving(lambda path: http(), LOOPBACK) as server:
        status, keys, document = told(capsys, server.address)
    assert (0, ["untrusted-issuer", "unidentified"]) == (status, keys)
    assert "signed by itself" in document["answers"][0]["message"]


@pytest.mark.usefixtures("trusting")
def test_a_wrong_name_is_told(serving: Serving, capsys: Capsys) -> None:
    with serving(lambda path: http(), ("lic.example.com",)) as server:
        status, keys, document = told(capsys, server.address)
    assert (0, ["wrong-name", "unidentified"]) == (status, keys)
    assert "it names: lic.example.com." in document["answers"][0]["message"]


@pytest.mark.skipif(sys.platform != "linux", reason="not on Windows: only Linux answers on all of 127.0.0.0/8")
def test_the_built_in_certificate_is_known_by_its_names(serving: Serving, capsys: Capsys) -> None:
    with serving(lambda path: http(), LOOPBACK, host="127.0.0.2") as server:
        document = told(capsys, server.address)[2]
    [wrong] = [one for one in document["answers"] if one["answer"] == "wrong-name"]
    assert ("built-in-certificate", True) == (wrong["clause"], "built into the image" in wrong["message"])


@pytest.mark.parametrize(("shift", "key"), [(timedelta(days=-200), "expired"), (timedelta(days=30), "not-yet-valid")])
@pytest.mark.usefixtures("trusting")
def test_a_certificate_out_of_its_dates_is_told(shift: timedelta, key: str, serving: Serving, capsys: Capsys) -> None:
    with serving(lambda path: http(), LOOPBACK, made=REAL + shift) as server:
        assert (1, [key, "unidentified"]) == told(capsys, server.address)[:2]


# -- who answers


@pytest.mark.parametrize(
    ("answer", "status", "key"),
    [
        (http(X_Fanlic="rehearsal server, not FanRuan software"), 0, "fanlic"),
        (http("302 Found", Location="https://login.example.com/hotspot"), 1, "captive-page"),
        (http("511 Network Authentication Required"), 1, "captive-page"),
        (http(body='<meta http-equiv="refresh" content="0; url=http://wifi.example.com/">'), 1, "captive-page"),
        (http(body="<title>Welcome to nginx!</title>", Server="nginx"), 1, "other-server"),
        (http("302 Found", Location="/webroot/decision"), 1, "other-server"),
        (http("302 Found", Location="/somewhere"), 0, "unidentified"),
        (http(Server="nginx"), 0, "unidentified"),
        (b"nonsense, and no HTTP\r\n", 1, "not-http"),
        (b"", 1, "not-http"),
    ],
)
@pytest.mark.usefixtures("trusting")
def test_who_answers_is_told(answer: bytes, status: int, key: str, serving: Serving, capsys: Capsys) -> None:
    with serving(lambda path: answer, LOOPBACK) as server:
        assert (status, [key]) == told(capsys, server.address)[:2]
    assert ["/"] == [path for path in server.asked if path != "?"], "a redirect was followed, or more was asked for"


@pytest.mark.parametrize(
    ("ahead", "keys"),
    [(-61, ["clock-differs"]), (-58, []), (0, []), (58, []), (3600, ["clock-differs"])],
)
@pytest.mark.usefixtures("trusting")
def test_a_clock_that_differs_by_more_than_a_minute_is_told(ahead: int, keys: list[str], serving: Serving) -> None:
    now = REAL.replace(microsecond=0)
    date = format_datetime(now + timedelta(seconds=ahead), usegmt=True)
    with serving(lambda path: http(Date=date), LOOPBACK) as server:
        seen = look("127.0.0.1", int(server.address.rpartition(":")[2]), now, 3)
    assert [*keys, "unidentified"] == [answer.key for answer in answers(seen, now)]


@pytest.mark.usefixtures("trusting")
def test_a_rehearsal_s_own_time_is_no_fault(serving: Serving, capsys: Capsys) -> None:
    with serving(lambda path: http(X_Fanlic="x", Date="Mon, 02 Mar 2026 09:00:00 GMT"), LOOPBACK) as server:
        status, keys, document = told(capsys, server.address)
    assert (0, ["clock-differs", "fanlic"]) == (status, keys)
    assert "info" == document["answers"][0]["severity"]


# -- the QR code page


@pytest.mark.parametrize(("page", "status", "key"), [("200 OK", 0, "qr-page"), ("404 Not Found", 1, "qr-page-missing")])
@pytest.mark.usefixtures("trusting")
def test_the_qr_page_is_opened_when_told_to_and_after_a_warning(
    page: str, status: int, key: str, serving: Serving, capsys: Capsys
) -> None:
    with serving(lambda path: http(page if path == "/license/qrcode" else "200 OK"), LOOPBACK) as server:
        assert status == call(server.address, "--json", "--qr")
    shown = capsys.readouterr()
    assert [key] == [one["answer"] for one in json.loads(shown.out)["answers"]][1:]
    assert "may replace a QR code" in shown.err
    assert ["/", "/license/qrcode"] == [path for path in server.asked if path != "?"]


def test_nothing_is_warned_of_and_no_qr_page_opened_without_being_told(serving: Serving, capsys: Capsys) -> None:
    with serving(lambda path: http(), LOOPBACK) as server:
        call(server.address, "--timeout", "3")
    shown = capsys.readouterr()
    assert ("", True) == (shown.err, "/license/qrcode" not in server.asked)
    assert "only --qr opens it" in shown.out


# -- the report


def test_first_aid_stands_only_where_the_port_is_closed_or_silent(serving: Serving, capsys: Capsys) -> None:
    with serving(lambda path: http(), LOOPBACK) as server:
        address = server.address
        assert 0 == call(address, "--timeout", "3")
    assert "First aid" not in capsys.readouterr().out
    assert 1 == call(address, "--timeout", "3")
    text = capsys.readouterr().out
    assert text.startswith("First aid")
    assert "docker rm" in text
    assert "Do not restart" not in text  # a stopped server is to be started


def test_the_report_opens_with_what_was_looked_at_and_closes_with_the_same_check_for_the_project_server(
    serving: Serving, capsys: Capsys
) -> None:
    with serving(lambda path: http(), LOOPBACK) as server:
        assert 0 == call(server.address, "--timeout", "3")
    text = capsys.readouterr().out
    assert text.isascii()
    order = [
        f"from {socket.gethostname()} at ",
        "warning: ",
        "Not found out:",
        "curl -vk",
        "Test-NetConnection",
    ]
    assert sorted(text.index(word) for word in order) == [text.index(word) for word in order]
    assert "openssl s_client -connect 127.0.0.1:" in text
    assert "this check stayed on this machine" in text


@pytest.mark.parametrize(
    "arguments",
    [
        ["http://h:1"],
        ["h:49155"],
        ["https://h"],
        ["https://h:0"],
        ["https://h:80811"],
        ["https://h:49155/license/qrcode"],
        ["https://me:secret@h:49155"],
        ["https://h:49155", "--timeout", "0"],
    ],
)
def test_an_address_that_cannot_be_used_is_status_2_and_nothing_is_asked(arguments: list[str], capsys: Capsys) -> None:
    assert 2 == call(*arguments)
    shown = capsys.readouterr()
    assert ("", True) == (shown.out, shown.err.startswith("fanlic doctor: "))
