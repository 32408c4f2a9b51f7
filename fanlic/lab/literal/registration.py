"""FineBI Server Verification Authorization, Failed Registration, and what the Notes say of an outage afterwards."""

from __future__ import annotations

from collections.abc import Iterator

from fanlic.lab import scenario
from fanlic.lab.literal.reading import CONFIG, IMAGE, LiteralStep, Reading, reason
from fanlic.lab.project import Project
from fanlic.model.project import Registration
from fanlic.model.refusals import Code
from fanlic.texts import _


def steps(reading: Reading) -> Iterator[LiteralStep]:
    """A project is registered, every code is brought about, the server is shut down for three and for 25 hours."""
    project = reading.lab.project("sales", version="6.0.5")
    yield from _registered(reading, project)
    yield from _codes(reading)
    yield from _outages(reading, project)


def _registered(reading: Reading, project: Project) -> Iterator[LiteralStep]:
    address, version = reading.lab.host.server().address, project.nodes[0].facts.version
    yield reading.step("overview/version.2", _("Install FineBI 6.0.5."), version == "6.0.5", f"FineBI {version}")
    stranger = reason(lambda: project.register(address, user="guest"))
    yield reading.step(
        "registration/1",
        _("Log in as another user than the admin and look for Manage > Registration."),
        stranger == "not-administrator",
        _("Refused: {reasons}.").format(reasons=stranger),
    )
    project.cut_network()
    refused = reason(lambda: project.register(address))
    check = project.failed_checks[-1]
    yield reading.step(
        "registration/note-2.1 notes/1.1 failed/problem.1 cause.1 cause.2",
        _("Submit while the firewall is closed. Click Details in the pop-up."),
        refused == "cannot-connect" and check.reason == refused,
        check.text,
    )
    project.mend_network()
    success = project.register(address)
    seen = _("Registered. Maximum number of connections: {count}.").format(count=success.maximum_connections)
    yield reading.step(
        "registration/2 note-1.1",
        _("Open the port. As the admin choose Private Cloud, enter https://ADDRESS:PORT, click Submit."),
        project.registration is Registration.REGISTERED and success.maximum_connections == reading.contract.seats,
        seen,
    )


def _codes(reading: Reading) -> Iterator[LiteralStep]:
    """Each code of the table is brought about in a lab of its own: a scenario that meets it."""
    playable = [each for each in scenario.catalogue().values() if each.play is not None]
    for code in Code:
        chosen = next(each for each in playable if str(int(code)) in each.meets)
        yield reading.step(
            f"failed/table.{int(code)}.0 table.{int(code)}.1 table.{int(code)}.2",
            _("Bring the code about: scenario {name}.").format(name=chosen.id),
            scenario.run(chosen.id).ended_well,
            f"{int(code)} {code.name}",
        )


def _outages(reading: Reading, project: Project) -> Iterator[LiteralStep]:
    """With a port that is fixed as note 3 offers: under -P a start would move it (reading A4)."""
    host, advance = reading.lab.host, reading.lab.clock.advance
    host.docker(f"rm -f {host.container()}")
    host.docker(f"run --name kept -v {CONFIG}:/app/config -p 50321:8081 -d {IMAGE}")
    project.register(host.server().address)
    host.docker("stop kept")
    advance(hours=3)
    meanwhile = project.registration
    host.docker("start kept")
    advance(hours=2)
    yield reading.step(
        "notes/2.3",
        _("Shut the authorization server down for three hours. Start it and wait two hours."),
        meanwhile is Registration.FAILING and project.registration is Registration.REGISTERED,
        _("FineBI shows a failed registration meanwhile. It is valid again by itself."),
    )
    host.docker("stop kept")
    advance(hours=25)
    host.docker("start kept")
    server = host.server()
    yield reading.step(
        "notes/2.1",
        _("Shut it down for 25 hours. Start it."),
        server.status()["activation"] != "activated",
        _("The server is no longer activated."),
    )
    server.submit(reading.lab.phone.scan(server.qr() or server.refresh()))
    project.register(server.address)
    yield reading.step(
        "notes/2.2",
        _("Scan again and enter the code. Do not load the image again."),
        server.status()["activation"] == "activated" and project.registration is Registration.REGISTERED,
        _("The server is activated. The project registers again."),
    )
