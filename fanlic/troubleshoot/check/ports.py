"""The published port: that there is one, that it exists, and that it stays the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from fanlic.docker.container import Container, Port
from fanlic.docker.values import port_refusal
from fanlic.model.clauses import Basis, Clause
from fanlic.model.policy import FINEBI_6_0_5
from fanlic.texts import _
from fanlic.troubleshoot.findings import Finding, error, info, warning

LISTENS = str(FINEBI_6_0_5.container_port)  # reading A1
LOOPBACK = ("127.", "::1", "[::1]", "localhost")


def port_findings(container: Container) -> Iterator[Finding]:
    """Everything about the ports."""
    if container.network in ("host", "none") or container.network.startswith("container:"):
        yield from _network(container)
        return
    if container.publish_all:
        yield _moves("-P")
    if not container.publish_all and not container.ports:
        yield error(
            _("No port is published: neither the QR code page nor the project can reach the server."),
            clause=Clause.FIXED_PORT,
            on="docker-itself",
        )
    for port in container.ports:
        yield from _port(port)
    yield from _twice(container)


def _network(container: Container) -> Iterator[Finding]:
    if container.network != "host":
        yield error(_("The network {name} publishes no port.").format(name=container.network))
    else:
        yield info(
            _(
                "With the host's network the server listens on the container's own port; published ports are "
                "ignored. FanRuan's page does not speak of it."
            )
        )


def _moves(option: str) -> Finding:
    return warning(
        _(
            "{option} lets Docker choose the host port, and another one after every restart: the address saved in the "
            "project is then wrong, and its registration is lost about a day later. Fix the port with -p."
        ).format(option=option),
        clause=Clause.RANDOM_PORT,
        on=("docker-itself", "a21"),
    )


def _port(port: Port) -> Iterator[Finding]:
    numbers = (*port.host.split("-"), *port.container.split("-"))
    wrong = [number for number in numbers if not valid(number, port)]
    for number in wrong:
        yield error(_no_port(number), clause=Clause.FIXED_PORT, on="a1")
    says = (
        "" if port.address == "localhost" or any("$" in part or "%" in part for part in numbers) else port_refusal(port)
    )
    if says and not wrong:
        yield error(_("Docker refuses the port: {says}").format(says=says))
    if wrong or says:
        return
    if not port.fixed:
        yield _moves(f"-p {port.container}" if not port.host else f"-p {port.host}:{port.container}")
    if port.protocol not in ("", "tcp"):
        yield error(_("The port is published for {protocol}; HTTPS needs tcp.").format(protocol=port.protocol))
    yield from _sides(port)
    yield from _address(port)


def valid(number: str, port: Port) -> bool:
    """Whether this is a number a port can have; an empty host port lets Docker choose; what a shell fills in "
    "is not judged."""
    if number.startswith(("$", "%")) or (number in ("", "0") and port.host == number):
        return True
    return number.isascii() and number.isdigit() and len(number) < 6 and 0 < int(number) < 65536


def _no_port(number: str) -> str:
    if number == "80811":
        return _(
            "80811 is no port number, although FanRuan's page prints it: the highest is 65535. 8081 is "
            "probably meant; docker image inspect shows the image's own."
        )
    return _('"{number}" is no port number: 1 to 65535.').format(number=number)


def _sides(port: Port) -> Iterator[Finding]:
    if port.container == LISTENS:
        if port.host == LISTENS:
            yield info(
                _("FineOps' own application uses host port 8081 by default; on a shared host choose another."),
                clause=Clause.FIXED_PORT,
                on=Basis.VENDOR,
            )
    elif port.host == LISTENS:
        yield warning(
            _("The port is written host:container; {host}:{container} looks turned round.").format(
                host=port.host, container=port.container
            ),
            clause=Clause.FIXED_PORT,
            on=("a1", Clause.FIXED_PORT),
        )
    else:
        yield info(
            _(
                "Container port {container}: the number on FanRuan's page cannot exist and is read as 8081. "
                "Compare with what the image exposes: docker image inspect IMAGE"
            ).format(container=port.container),
            clause=Clause.FIXED_PORT,
            on="a1",
        )


def _address(port: Port) -> Iterator[Finding]:
    if port.address == "localhost":
        yield error(_("-p wants an IP address before the ports, not a name; Docker refuses localhost."))
    elif port.address.startswith(LOOPBACK):
        yield info(
            _("The port is bound to {address}: only this host reaches it, no project on another machine.").format(
                address=port.address
            ),
            clause=Clause.NETWORK,
            on="docker-itself",
        )


def _twice(container: Container) -> Iterator[Finding]:
    fixed = Counter((port.address, port.host, port.protocol) for port in container.ports if port.fixed)
    for (_where, host, _protocol), count in fixed.items():
        if count > 1:
            yield error(
                _("Host port {host} is published twice; Docker refuses with: port is already allocated.").format(
                    host=host
                )
            )
