"""Runs each authorization server of the sandbox as a process of this machine.

The bounded waits below use the monotonic clock, not the Clock port: they wait for a real process
and no rule depends on them.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import weakref
from collections.abc import Callable, Collection, Iterator, Mapping

from fanlic.adapters.files import own_folder
from fanlic.ports import Launch
from fanlic.texts import _

PATIENCE = 60.0  # seconds until a server must answer; a virus scanner may read it at its first start; ours
_LOOPBACK = "127.0.0.1"
PASSED_ON = ("FANLIC_LANG", "FANLIC_HOSTS")  # of its container's environment; all else could run or open something
if sys.platform == "win32":
    _FLAGS = subprocess.CREATE_NEW_PROCESS_GROUP
else:
    _FLAGS = 0


class ServerProcess:
    """One running server in a process group of its own."""

    def __init__(self, popen: subprocess.Popen[bytes], leash: int) -> None:
        self._popen = popen
        self._leash: int | None = leash

    def exit_status(self) -> int | None:
        """None while it runs; afterwards its exit status, 128 + n where signal n ended it."""
        status = self._popen.poll()
        if status is not None:
            self._ask()
        return 128 - status if status is not None and status < 0 else status

    def stop(self, timeout: float) -> int:
        """Ask it to stop, wait at most `timeout` seconds, then kill its group; its exit status."""
        if self._popen.poll() is None and timeout > 0:
            self._ask()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._popen.wait(timeout)
        if self._popen.poll() is None:
            self._kill()
            self._popen.wait()
        status = self.exit_status()
        assert status is not None, "the process was waited for"  # noqa: S101 - for the reader
        return status

    def _ask(self) -> None:
        # The end of its standard input: every system has it, and it comes too if this process is killed. A signal to a
        # process of its own group needs a console on Windows, which a notebook's kernel does not have.
        if self._leash is not None:
            os.close(self._leash)
            self._leash = None

    def _kill(self) -> None:
        if sys.platform == "win32":
            self._popen.kill()
        else:  # the process was not waited for yet, so the group's number is still its own
            os.killpg(self._popen.pid, signal.SIGKILL)


class ProcessRunner:
    """Starts servers with `command(launch)`; none of them outlives the runner.

    `environment` is what this machine needs to run Python at all. Of the container's environment, which comes from an
    archive and from the typed line, only the variables named in `passed_on` reach the server.
    """

    def __init__(
        self,
        command: Callable[[Launch], list[str]],
        environment: Mapping[str, str],
        *,
        passed_on: Collection[str] = PASSED_ON,
        patience: float = PATIENCE,
    ) -> None:
        self._command = command
        self._environment = dict(environment)
        self._passed_on = frozenset(passed_on)
        self._patience = patience
        self._processes: list[ServerProcess] = []
        self._claims: dict[int, socket.socket] = {}
        self._finalizer = weakref.finalize(self, _end, self._processes, self._claims)  # also at exit

    def start(self, launch: Launch) -> ServerProcess:
        """Start one server and return once it accepts connections or has exited.

        TimeoutError (an OSError) where it does neither in time; it is killed then. OSError where
        the command cannot be started.
        """
        if launch.port not in self._claims and (claim := _claim(launch.port)) is not None:
            self._claims[launch.port] = claim
        with launch.log.open("ab") as log:
            process = self._spawn(launch, log.fileno())
        self._processes[:] = [each for each in self._processes if each.exit_status() is None]
        self._processes.append(process)
        address = (_LOOPBACK if launch.host == "0.0.0.0" else launch.host, launch.port)  # noqa: S104
        deadline = time.monotonic() + self._patience
        while process.exit_status() is None and not _answers(address):
            if time.monotonic() >= deadline:
                process.stop(0)
                raise TimeoutError(self._too_late(launch))
            time.sleep(0.02)
        return process

    def port_is_free(self, port: int) -> bool:
        """Whether nothing listens on this port of the loopback address."""
        with socket.socket() as probe:
            if sys.platform == "win32":
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
            else:  # connections of a server that has just stopped do not count
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((_LOOPBACK, port))
            except OSError:
                return False
        return True

    def port_is_unclaimed(self, port: int) -> bool:
        """Whether no other lab has given this port out and still lives; a program's UDP port there counts too."""
        if port in self._claims:
            return True
        claim = _claim(port)
        if claim is not None:
            claim.close()
        return claim is not None

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Hold a lock that all labs of this user share: two of them must not find the same port free."""
        # An open exclusive transaction ends with its process, on every system, whatever kills it.
        with contextlib.closing(_open_lock()) as lock:
            lock.execute("PRAGMA journal_mode=MEMORY")
            lock.execute("BEGIN EXCLUSIVE")
            yield

    def close(self) -> None:
        """Kill every server that still runs, and let others have the ports."""
        _end(self._processes, self._claims)

    def _spawn(self, launch: Launch, log: int) -> ServerProcess:
        theirs, ours = os.pipe()  # no other child inherits our end of it
        try:
            popen = subprocess.Popen(
                self._command(launch),
                env=self._environment | self._of_container(launch),
                stdin=theirs,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=sys.platform != "win32",
                creationflags=_FLAGS,
            )
        except BaseException:
            os.close(ours)
            raise
        finally:
            os.close(theirs)
        return ServerProcess(popen, ours)

    def _of_container(self, launch: Launch) -> dict[str, str]:
        given = launch.environment
        return {
            name: given[name] for name in self._passed_on & set(given) if given[name].isprintable()
        }  # threat: archive-env

    def _too_late(self, launch: Launch) -> str:
        text = _("the server did not answer on port {port} within {seconds} s; its output is in {log}")
        return text.format(port=launch.port, seconds=f"{self._patience:g}", log=launch.log)


def _open_lock() -> sqlite3.Connection:
    return sqlite3.connect(own_folder("fanlic") / "ports.lock", timeout=60, isolation_level=None)


def _claim(port: int) -> socket.socket | None:
    """A claim to a TCP port while no server listens there: the UDP port of the same number, which nobody else uses.

    It ends with its process, on every system, and disturbs no connection of the server.
    """
    claim = socket.socket(type=socket.SOCK_DGRAM)
    try:
        if sys.platform == "win32":
            claim.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        claim.bind((_LOOPBACK, port))
    except OSError:
        claim.close()
        return None
    return claim


def _answers(address: tuple[str, int]) -> bool:
    try:
        with socket.create_connection(address, timeout=0.5) as probe:
            # Where nobody listens on a port from the system's own range, a socket may meet itself.
            return bool(probe.getsockname() != probe.getpeername())
    except OSError:
        return False


def _end(processes: list[ServerProcess], claims: dict[int, socket.socket]) -> None:
    for process in processes:
        process.stop(0)
    processes.clear()
    while claims:
        claims.popitem()[1].close()
