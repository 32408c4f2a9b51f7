"""Starting the Authorization Server: the page's commands as they stand, its notes and its table of directories."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator

from fanlic.lab.literal.reading import CONFIG, IMAGE, LOG, LiteralStep, Reading
from fanlic.model.container import ARCHIVE, BUILT_IN_NAMES
from fanlic.texts import _

OWN_PORT, FIXED_PORT = 50443, 50321  # of the containers that are run for one note and removed again
FREE_PORTS = range(49153, 65536)


def steps(reading: Reading) -> Iterator[LiteralStep]:
    """Load, view, run, list."""
    docker = reading.lab.host.docker
    loaded = docker(f"load < {ARCHIVE}")
    yield reading.step("container/load.1", f"docker load < {ARCHIVE}", loaded.status == 0, loaded.stdout)
    images = docker("images").stdout
    both = all(f"fanruan_license_server_{name}" in images for name in ("amd64", "arm64"))
    yield reading.step("container/view.1 view.2 view.4", "docker images", both, images)
    yield from _directories(reading)
    yield from _own_certificate(reading)
    yield from _run(reading)
    yield from _listed(reading)
    yield from _fixed_port(reading)


def _directories(reading: Reading) -> Iterator[LiteralStep]:
    """What the page warns of: an odd path, an empty /app/tls, a mapped /app/web."""
    docker = reading.lab.host.docker
    odd = docker(f'run -v "/D/William/my lic/config:/app/config" -P -d {IMAGE}')
    done = _("Map a directory with a space in its name.")
    yield reading.step("container/note-1.1", done, odd.status != 0, odd.stderr)
    docker(f"run --name empty -v /D/empty/tls:/app/tls -P -d {IMAGE}")
    yield reading.step(
        "container/table.tls.2 table.tls.3",
        _("Map /app/tls and put no certificate there."),
        "empty" not in docker("ps").stdout,
        _("The authorization server does not start."),
    )
    docker(f"run --name hidden -v /D/empty/web:/app/web -P -d {IMAGE}")
    status = reading.lab.host.server("hidden").open().status
    yield reading.step(
        "container/table.web.1 table.web.2 table.web.3",
        _("Map /app/web."),
        status != 200,
        _("The QR code page answers {status}.").format(status=status),
    )
    docker("rm -f empty hidden")


def _own_certificate(reading: Reading) -> Iterator[LiteralStep]:
    own = reading.lab.host.put_certificate("/D/own/tls").read_text("ascii")
    reading.lab.host.docker(f"run --name own -v /D/own/tls:/app/tls -p {OWN_PORT}:8081 -d {IMAGE}")
    yield reading.step(
        "container/note-2.2",
        _("Map /app/tls with a certificate file of your own in it."),
        _certificate(OWN_PORT) == ssl.PEM_cert_to_DER_cert(own),
        _("The server shows that certificate."),
    )
    reading.lab.host.docker("rm -f own")


def _run(reading: Reading) -> Iterator[LiteralStep]:
    """The page's two command lines; between them the container is made anew on the same directory."""
    host = reading.lab.host
    line = f"run -v {CONFIG}:/app/config -P -d {IMAGE}"
    started = host.docker(line)
    made = (host.path(CONFIG) / "privateConfig").is_file()
    yield reading.step(
        "container/run.1 run.2 table.config.1 table.config.2",
        f"docker {line}",
        started.status == 0 and made,
        _("privateConfig is in {folder}.").format(folder=CONFIG),
    )
    host.docker(f"rm -f {host.container()}")
    line = f"run -v {CONFIG}:/app/config -v {LOG}:/app/log -P -d {IMAGE}"
    again = host.docker(line)
    logs = ", ".join(path.name for path in host.path(LOG).iterdir())
    seen = _("It starts a second time on the same directory. In {folder}: {files}.")
    yield reading.step(
        "container/note-4.2 note-4.3 note-4.4 table.log.1 table.log.2 table.log.3 table.config.3",
        f"docker {line}",
        again.status == 0 and bool(logs),
        seen.format(folder=LOG, files=logs),
    )


def _listed(reading: Reading) -> Iterator[LiteralStep]:
    from cryptography import x509

    shown, address = reading.lab.host.docker("ps").stdout, reading.lab.host.server().address
    port = int(address.rpartition(":")[2])
    yield reading.step(
        "container/list.1 note-3.1 activation/1.1",
        "docker ps",
        port in FREE_PORTS and f":{port}->8081/tcp" in shown,
        _(
            "A host port between 49153 and 65535 leads to the container's port 8081 (reading A1: "
            "FanRuan's page has 80811)."
        ),
    )
    built_in = x509.load_der_x509_certificate(_certificate(port))
    alternatives = built_in.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    names = sorted(str(name.value) for name in alternatives)
    yield reading.step(
        "container/note-2.1 table.tls.1",
        _("Look at the certificate that the server shows by default."),
        set(names) == set(BUILT_IN_NAMES),
        _("It names {names}.").format(names=", ".join(names)),
    )


def _fixed_port(reading: Reading) -> Iterator[LiteralStep]:
    line = f"run --name fixed -p {FIXED_PORT}:8081 -d {IMAGE}"
    reading.lab.host.docker(line)
    shown = reading.lab.host.docker("ps").stdout
    yield reading.step("container/note-3.2", f"docker {line}", f":{FIXED_PORT}->8081/tcp" in shown, shown)
    reading.lab.host.docker("rm -f fixed")


def _certificate(port: int) -> bytes:
    """The certificate that a server of this machine shows, whoever signed it."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    address = ("127.0.0.1", port)
    with socket.create_connection(address, timeout=5) as plain, context.wrap_socket(plain) as connection:
        return connection.getpeercert(binary_form=True) or b""
