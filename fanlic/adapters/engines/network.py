"""Host ports: which ones a start publishes, and where the server itself listens."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from itertools import chain

from fanlic.adapters.engines.records import DaemonError, SandboxContainer, SandboxState
from fanlic.docker.container import Port
from fanlic.ports import Runner
from fanlic.texts import _


class Network:
    """Gives out the ports of one host."""

    def __init__(self, runner: Runner, host_address: str, ports: range) -> None:
        self._runner = runner
        self._host_address = host_address
        self._ports = ports

    def publish(self, state: SandboxState, container: SandboxContainer, exposed: int) -> tuple[list[Port], int]:
        """The published ports of this start, and the one the server itself listens on.

        An unpublished server listens on a loopback port from the far end of the range, which is
        shown nowhere: it runs, as in its container, but nobody has an address for it. A port that
        is published for another container port than the server's is taken, and nothing answers
        there. DaemonError where a port cannot be had.
        """
        wanted, own = list(container.asked.ports), str(exposed)
        if container.asked.publish_all and own not in {each.container for each in wanted}:
            wanted.append(Port(own))
        if [each.container for each in wanted].count(own) > 1:
            raise DaemonError(_("sandbox: the server's port can be published once only"))
        taken = {each.number for running in state.containers for each in running.ports}
        taken |= {running.listens for running in state.containers}
        published: list[Port] = []
        for each in wanted:
            address = each.address or self._host_address
            if each.number:
                self._check(container, address, each.number, taken)
            host = each.number or self._free(state, taken)  # clause: fixed-port
            taken.add(host)  # on whichever address: simpler than Docker, and never wrong by it
            published.append(Port(each.container, str(host), address))
        numbers = [each.number for each in published if each.container == own]
        return published, numbers[0] if numbers else self._first_free(reversed(self._ports), taken)

    def _check(self, container: SandboxContainer, address: str, port: int, taken: set[int]) -> None:
        if port in taken:
            why = f"Bind for {address}:{port} failed: port is already allocated"
        elif not self._runner.port_is_free(port):
            bind = f"listen tcp4 {address}:{port}: bind: address already in use"
            why = f"Error starting userland proxy: {bind}"
        else:
            return
        endpoint = hashlib.sha256(f"{container.id} {container.starts}".encode()).hexdigest()
        where = f"endpoint {container.name} ({endpoint})"
        raise DaemonError(f"driver failed programming external connectivity on {where}: {why}")

    def _free(self, state: SandboxState, taken: set[int]) -> int:
        """The next free host port, upwards from the last one given."""
        first = self._ports.index(state.last_port) + 1 if state.last_port in self._ports else 0
        state.last_port = self._first_free(chain(self._ports[first:], self._ports[:first]), taken)
        return state.last_port

    def _first_free(self, ports: Iterable[int], taken: set[int]) -> int:
        for port in ports:
            if port not in taken and self._runner.port_is_free(port) and self._runner.port_is_unclaimed(port):
                return port
        raise DaemonError("all ports are allocated")
