"""Authentication Migration: two mails, the file in between, and the procedure on a new server."""

from __future__ import annotations

from collections.abc import Iterator

from fanlic.lab.literal.reading import CONFIG, IMAGE, LiteralStep, Reading
from fanlic.model.container import ARCHIVE
from fanlic.model.project import Registration
from fanlic.texts import _


def steps(reading: Reading) -> Iterator[LiteralStep]:
    """Destroying, copying, obtaining."""
    lab, old = reading.lab, reading.lab.host
    reply = lab.desk.receive(reading.mail(migrating=old.server().address))
    yield reading.step(
        "migration/destroy.1 destroy.2 destroy.3 destroy.note.1",
        _("Send the registration information and name the address in the body. Restart nothing before the reply."),
        not reply.refusals and reply.archive is None,
        _("The reply says that the authorization is destroyed."),
    )
    old.docker(f"stop {old.container()}")
    private_config = (old.path(CONFIG) / "privateConfig").read_bytes()
    yield reading.step(
        "migration/copy.1 copy.2",
        _("Close the authorization server. Take privateConfig from {folder}.").format(folder=CONFIG),
        bool(private_config),
        _("The file is there."),
    )
    second = reading.mail()
    second.add_attachment(private_config, maintype="application", subtype="octet-stream", filename="privateConfig")
    reply = lab.desk.receive(second)
    yield reading.step(
        "migration/obtain.1 obtain.2 obtain.3 obtain.4",
        _("Send the form again with privateConfig attached."),
        reply.archive is not None,
        _("The reply has a new {archive} attached.").format(archive=ARCHIVE),
    )
    yield from _on_the_new_server(reading)


def _on_the_new_server(reading: Reading) -> Iterator[LiteralStep]:
    lab = reading.lab
    new = lab.new_host("new-host")
    new.docker(f"load < {ARCHIVE}")
    new.docker(f"run -v {CONFIG}:/app/config -P -d {IMAGE}")
    server = new.server()
    server.submit(lab.phone.scan(server.qr()))
    [project] = lab.projects
    project.register(server.address)
    yield reading.step(
        "migration/obtain.5",
        _("Follow the procedure on the new server."),
        project.registration is Registration.REGISTERED,
        _("The project is registered with the new server."),
    )
