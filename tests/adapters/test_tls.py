"""The pair of certificate and key: what is made, what is taken in its place, what is refused."""

import ssl
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fanlic.adapters import tls

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def put(folder: Path, *hosts: str) -> Path:
    folder.mkdir()
    for name, data in zip((tls.CERTIFICATE, tls.KEY), tls.make_pair(hosts, NOW), strict=True):
        (folder / name).write_bytes(data)
    return folder


@pytest.mark.clause("map-tls")
@pytest.mark.parametrize(
    ("left", "missing"),
    [((), "server.crt and no server.key"), (("server.crt",), "server.key"), (("server.key",), "server.crt")],
)
def test_a_mapped_directory_without_the_pair_is_refused_with_what_is_missing(
    tmp_path: Path, left: tuple[str, ...], missing: str
) -> None:
    folder = put(tmp_path / "tls", "lic.acme.example")
    for path in list(folder.iterdir()):
        if path.name not in left:
            path.unlink()
    with pytest.raises(tls.PairUnusable, match=f"holds no {missing}[.]"):
        tls.check_pair(folder)


def test_a_key_of_another_certificate_is_refused(tmp_path: Path) -> None:
    folder, other = put(tmp_path / "a", "a.example"), put(tmp_path / "b", "b.example")
    (folder / tls.KEY).write_bytes((other / tls.KEY).read_bytes())
    with pytest.raises(tls.PairUnusable, match=r"does not belong to server\.crt"):
        tls.check_pair(folder)


@pytest.mark.clause("own-certificate")
def test_a_certificate_of_ones_own_is_what_a_client_gets(tmp_path: Path) -> None:
    certificate, key = tls.check_pair(put(tmp_path / "tls", "lic.acme.example", "10.1.2.3"))
    assert ("lic.acme.example", "10.1.2.3") == tls.names(certificate)
    assert certificate.read_text("ascii") == ssl.DER_cert_to_PEM_cert(
        shown(tls.server_context(certificate, key), "lic.acme.example", certificate)
    )


def shown(server: ssl.SSLContext, host: str, trusted: Path) -> bytes:
    """The certificate that a client gets, and checks, in a handshake without a socket."""
    client = ssl.create_default_context(cafile=str(trusted))
    client.verify_flags &= ~ssl.VERIFY_X509_STRICT  # the pair has no key identifiers, as many self-made ones
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    near = client.wrap_bio(to_client, to_server, server_hostname=host)
    far = server.wrap_bio(to_server, to_client, server_side=True)
    for _turn in range(6):
        for side in (near, far):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
    return near.getpeercert(binary_form=True) or b""
