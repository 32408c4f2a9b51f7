"""`fanlic preflight`: nothing planted is missed, and nothing faultless is blamed."""

import argparse
import io
import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from fanlic.adapters.tls import make_pair
from fanlic.model.clauses import SLUGS
from fanlic.troubleshoot import preflight
from fanlic.troubleshoot.check import inspect as inspect_check
from fanlic.troubleshoot.check import tls as tls_check
from fanlic.troubleshoot.check.certificate import from_pem
from fanlic.troubleshoot.check.run import judge
from fanlic.troubleshoot.findings import Finding, Severity
from tests.troubleshoot.preflight_table import IMAGE, MAPPED, ROWS, SERVICE, TAIL, Row, container

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FANLIC_LANG", "en")


def call(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    preflight.options(parser)
    return preflight.run(parser.parse_args(arguments))


def arguments(row: Row, folder: Path) -> list[str]:
    if row.what == "docker-run":
        return ["docker-run", row.text, "--shell", row.shell, "--json"]
    file = folder / "input"
    file.write_text(row.text, "utf-8")
    return [row.what, str(file), "--json"]


def judged(row: Row, folder: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, list[dict[str, Any]]]:
    status = call(*arguments(row, folder))
    return status, json.loads(capsys.readouterr().out)["findings"]


# -- the table


def test_the_table_is_large_and_much_of_it_faultless() -> None:
    assert len(ROWS) > 100
    assert len([row for row in ROWS if not row.planted]) > 50
    assert len({(row.what, row.name) for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.what}: {row.name}")
def test_what_was_planted_is_found_and_nothing_else(
    row: Row, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, findings = judged(row, tmp_path, capsys)
    told = [f"{one['severity'][0]}:{one['message']}" for one in findings if one["severity"] != "info"]
    missed = [
        planted for planted in row.planted if not any(planted[:2] == one[:2] and planted[2:] in one for one in told)
    ]
    assert ([], len(row.planted)) == (missed, len(told)), told
    assert any(one.startswith("e:") for one in told) == bool(status)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.what}: {row.name}")
def test_every_finding_says_its_basis_and_every_fault_its_remedy(
    row: Row, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for one in judged(row, tmp_path, capsys)[1]:
        assert one["basis"] in ("FanRuan's page", "the vendor elsewhere", "our reading")
        assert one["clause"] in {"", *SLUGS}
        assert one["fix"] or one["severity"] == "info"
        assert one["message"].replace("\u6388\u6743", "").isascii()


@pytest.mark.parametrize(
    "row", [row for row in ROWS if row.what == "docker-run" and row.planted], ids=lambda row: row.name
)
def test_a_corrected_line_is_faultless(row: Row) -> None:
    lines = {one.fix for one in judge(row.text, row.shell) if one.fix.startswith(("docker ", "MSYS"))}
    for line in lines - {"docker cp CONTAINER:/app/tls ./tls-built-in"}:
        assert [] == faults(judge(line, row.shell)), line


@pytest.mark.parametrize(
    "row", [row for row in ROWS if row.what == "compose" and row.planted], ids=lambda row: row.name
)
def test_a_corrected_compose_file_is_faultless(row: Row, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fixes = {one["fix"] for one in judged(row, tmp_path, capsys)[1] if one["fix"].startswith("services:")}
    for fix in fixes:
        _status, findings = judged(Row("corrected", "compose", fix), tmp_path, capsys)
        assert [] == [one for one in findings if one["severity"] != "info" and "volume" not in one["message"]], fix


def faults(findings: list[Finding]) -> list[str]:
    return [one.message for one in findings if one.severity is not Severity.INFO]


def test_the_page_s_own_line_comes_back_whole() -> None:
    findings = judge(f"docker run -v /D/William/lic/config:/app/config -P -d {IMAGE}", "sh")
    expected = f"docker run -v /D/William/lic/config:/app/config -p 49155:8081 --restart unless-stopped -d {IMAGE}"
    assert {expected} == {one.fix for one in findings}


def test_other_options_stay_in_the_corrected_line() -> None:
    [finding] = judge(f"docker run --name lic -e TZ=UTC -m 512m {MAPPED} -p 8443:8081 -d {IMAGE}", "sh")
    expected = (
        f"docker run {MAPPED} -p 8443:8081 --name lic --restart unless-stopped -d --env TZ=UTC --memory 512m {IMAGE}"
    )
    assert expected == finding.fix


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f"docker run {MAPPED} -p 127.0.0.1:49155:8081 --restart always -d {IMAGE}", "only this host reaches it"),
        (f"docker run {MAPPED} -v /opt/tls:/app/tls {TAIL}", "put a certificate for the server's address and its key"),
        (f"docker run {MAPPED} -p 8081:8081 --restart always -d {IMAGE}", "FineOps"),
        (f"docker run -v lic:/app/config {TAIL}", "Docker volume lic"),
    ],
)
def test_what_is_good_to_know_is_a_note_and_no_fault(text: str, told: str) -> None:
    [finding] = judge(text, "sh")
    assert (Severity.INFO, True) == (finding.severity, told in finding.message)


# -- what cannot be judged


@pytest.mark.parametrize(
    ("what", "text", "told"),
    [
        ("docker-run", "docker ps -a", "no `docker run`"),
        ("docker-run", "docker run -v '/opt/lic", "never closed"),
        ("compose", "hello: world\n", "no `services:`"),
        ("compose", "services:\n\tlicense:\n", "indented with a tab"),
        ("inspect", "[{", "not the whole output"),
        ("inspect", "[]", "The list is empty"),
        ("inspect", "[{}]", "Neither a container nor an image"),
        ("mail", " \n", "is empty"),
    ],
)
def test_unreadable_input_is_status_2_and_says_why(
    what: str, text: str, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert 2 == call(*arguments(Row("", what, text), tmp_path))
    shown = capsys.readouterr()
    assert ("", True) == (shown.out, told in shown.err)


def test_a_missing_file_is_status_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert 2 == call("compose", str(tmp_path / "none.yml"))
    assert "none.yml cannot be read" in capsys.readouterr().err


def test_standard_input_in_utf_16_is_read(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(SERVICE.encode("utf-16"))))
    assert 0 == call("compose", "-")
    assert "errors: 0, warnings: 0, notes: 0\n" == capsys.readouterr().out


def test_a_shared_remedy_stands_once_in_the_text(capsys: pytest.CaptureFixture[str]) -> None:
    assert 1 == call("docker-run", f"docker run -P -d {IMAGE}")
    text = capsys.readouterr().out
    assert (1, 1, True) == (text.count("--restart unless-stopped"), text.count("Corrected:"), text.isascii())
    assert text.index("error:") < text.index("warning:")


def test_a_container_that_exists_gets_first_aid_and_no_line_before_its_config_is_saved(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    row = next(row for row in ROWS if (row.what, row.name) == ("inspect", "config unmapped"))
    assert 1 == call(*[one for one in arguments(row, tmp_path) if one != "--json"])
    text = capsys.readouterr().out
    assert "docker rm" in text
    order = ["docker cp license:/app/config", "docker stop license", "docker rename license", "docker run -v"]
    assert sorted(text.index(word) for word in order) == [text.index(word) for word in order]


def test_a_running_container_made_anew_keeps_the_port_that_projects_have_saved() -> None:
    ports = {"8081/tcp": [{"HostIp": "0.0.0.0", "HostPort": "49168"}, {"HostIp": "::", "HostPort": "49168"}]}
    text = container(host={"PublishAllPorts": True, "PortBindings": {}}, NetworkSettings={"Ports": ports})
    [finding] = inspect_check.judge(text)
    assert "-p 49168:8081 --name license --restart unless-stopped -d" in finding.fix


# -- /app/tls


def write(folder: Path, hosts: tuple[str, ...] = ("lic.example.com", "10.1.2.3"), **how: Any) -> Path:
    certificate, key = make_pair(hosts, how.pop("now", NOW), **how)
    (folder / "server.crt").write_bytes(certificate)
    (folder / "server.key").write_bytes(key)
    return folder


def tls(folder: Path, address: str = "https://10.1.2.3:49155") -> list[str]:
    return [
        f"{one.severity[0]}:{one.message}"
        for one in tls_check.judge(folder, address, NOW)
        if one.severity is not Severity.INFO and "signed by itself" not in one.message
    ]


def authority_and_leaf(host: str) -> tuple[bytes, bytes, bytes]:
    """A leaf that an authority signed: the leaf, the authority's certificate, the leaf's key; PEM."""
    root, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())

    def name(text: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])

    def sign(subject: str, public: ec.EllipticCurvePublicKey, ca: bool) -> bytes:
        built = (
            x509.CertificateBuilder(name("Example CA"), name(subject), public, x509.random_serial_number())
            .not_valid_before(NOW - timedelta(days=1))
            .not_valid_after(NOW + timedelta(days=300))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            .sign(root, hashes.SHA256())
        )
        return built.public_bytes(serialization.Encoding.PEM)

    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return sign(host, key.public_key(), False), sign("Example CA", root.public_key(), True), private


@pytest.mark.parametrize(
    "address", ["https://10.1.2.3:49155", "https://lic.example.com:49155", "https://LIC.example.com"]
)
def test_a_pair_for_the_address_is_faultless(address: str, tmp_path: Path) -> None:
    assert [] == tls(write(tmp_path), address)


@pytest.mark.parametrize(
    ("names", "host", "fits"),
    [
        (("*.example.com",), "lic.example.com", True),
        (("*.example.com",), "a.b.example.com", False),
        (("*.example.com",), "example.com", False),
        (("*.example",), "lic.example", False),
        (("localhost", "127.0.0.1"), "172.16.63.131", False),
        (("::1",), "[::1]", True),
    ],
)
def test_names_are_compared_as_browsers_do(names: tuple[str, ...], host: str, fits: bool, tmp_path: Path) -> None:
    told = tls(write(tmp_path, names), f"https://{host}:49155")
    assert fits == (told == []), told


def test_a_chain_in_one_file_is_faultless_and_in_the_wrong_order_is_not(tmp_path: Path) -> None:
    leaf, authority, key = authority_and_leaf("lic.example.com")
    (tmp_path / "lic.key").write_bytes(key)
    (tmp_path / "lic.pem").write_bytes(leaf + authority)
    assert [] == [
        one.message for one in tls_check.judge(tmp_path, "https://lic.example.com:1", NOW) if one.severity != "info"
    ]
    (tmp_path / "lic.pem").write_bytes(authority + leaf)
    assert "e:No key here belongs to the first certificate" in "\n".join(tls(tmp_path, "https://lic.example.com:1"))


def test_an_empty_directory_is_an_error_for_the_server_does_not_start(tmp_path: Path) -> None:
    told = tls(tmp_path)
    assert (2, True, True) == (len(told), "no certificate" in told[0], "no private key" in told[1])


def test_a_key_of_another_certificate_is_found(tmp_path: Path) -> None:
    other = make_pair(("x",), NOW)[1]
    (write(tmp_path) / "server.key").write_bytes(other)
    assert ["e:No key here belongs"] == [one[:21] for one in tls(tmp_path)]


def test_a_key_with_a_password_is_found_and_nobody_is_asked_for_it(tmp_path: Path) -> None:
    key = serialization.load_pem_private_key((write(tmp_path) / "server.key").read_bytes(), None)
    locked = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.BestAvailableEncryption(b"secret")
    )
    (tmp_path / "server.key").write_bytes(locked)
    assert ["e:server.key: the key has a password"] == [one[:36] for one in tls(tmp_path)]


@pytest.mark.parametrize(
    ("made", "days", "told"),
    [
        (NOW - timedelta(days=400), 365, "e:server.crt expired at 2026-01-26"),
        (NOW + timedelta(days=9), 365, "e:server.crt is not valid before 2026-03-10"),
        (NOW, 10, "w:server.crt expires at 2026-03-12"),
    ],
)
def test_dates_are_judged(made: datetime, days: int, told: str, tmp_path: Path) -> None:
    assert [told] == [one[: len(told)] for one in tls(write(tmp_path, now=made, days=days))]


@pytest.mark.parametrize(("seconds", "told"), [(-1, "expires"), (0, "expires"), (1, "expired")])
def test_a_certificate_is_valid_to_its_last_second(seconds: int, told: str, tmp_path: Path) -> None:
    end = from_pem((write(tmp_path, days=1) / "server.crt").read_bytes())[0].ends
    found = tls_check.judge(tmp_path, "https://10.1.2.3", end + timedelta(seconds=seconds))
    assert told in "\n".join(one.message for one in found if " at 20" in one.message)


@pytest.mark.parametrize(
    ("file", "data", "told"),
    [
        ("lic.csr", b"-----BEGIN CERTIFICATE REQUEST-----\nMIIB\n-----END CERTIFICATE REQUEST-----\n", "is a request"),
        ("lic.pfx", b"\x30\x82\x01\x00", "is not PEM"),
        ("bad.crt", b"-----BEGIN CERTIFICATE-----\nMIIBAAAA\n-----END CERTIFICATE-----\n", "damaged"),
    ],
)
def test_other_files_are_named_for_what_they_are(file: str, data: bytes, told: str, tmp_path: Path) -> None:
    (write(tmp_path) / file).write_bytes(data)
    assert told in "\n".join(tls(tmp_path))


@pytest.mark.parametrize("address", ["http://10.1.2.3:49155", "10.1.2.3:49155", "https://", "https://h:99999"])
def test_an_address_that_is_not_https_is_status_2(address: str, tmp_path: Path) -> None:
    assert 2 == call("tls", str(write(tmp_path)), "--address", address)


def test_names_and_dates_read_are_those_the_certificate_was_made_with(tmp_path: Path) -> None:
    [found] = from_pem((write(tmp_path, days=20) / "server.crt").read_bytes())
    assert ("lic.example.com", "10.1.2.3") == found.names
    assert (NOW - timedelta(days=1), NOW + timedelta(days=20)) == (found.begins, found.ends)
    assert (True, found.issuer) == (found.self_issued, found.subject)


# -- alone


def test_preflight_and_doctor_are_imported_with_the_standard_library_alone() -> None:
    names = sorted(
        f"fanlic.troubleshoot.{path.stem}"
        for pattern in ("preflight*.py", "findings.py", "doctor.py", "probe.py")
        for path in (ROOT / "fanlic" / "troubleshoot").glob(pattern)
    )
    code = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); import {', '.join(names)}; print('fanlic.cli' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, timeout=30, check=False
    )
    assert ("False\n", "") == (done.stdout, done.stderr)
