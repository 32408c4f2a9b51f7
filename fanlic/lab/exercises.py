"""The notebooks' exercises: tasks with a check that names what is missing and the way on, hints, and a solution.

    lab = begin("locked")
    check("locked", lab)
    hint("locked")

No notebook holds an answer. After a wrong step there is always a way on, and `check` names it.
"""

from __future__ import annotations

import atexit
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from itertools import pairwise
from typing import Any

from fanlic.lab import task
from fanlic.lab.scenarios.code import slip
from fanlic.lab.stage import Stage
from fanlic.lab.task import Task, activated, registered
from fanlic.lab.timeline import LabClosed
from fanlic.lab.world import Lab
from fanlic.model.outage import Standing
from fanlic.model.refusals import N_, Refusal
from fanlic.ports import JournalLine
from fanlic.texts import _, instant

SHORTEST = timedelta(hours=20)  # of the long outage that heals; ours
_IN_FORCE = Standing.IN_FORCE
_GREEN, _AMBER = "#1a7f37", "#9a6700"


@dataclass(frozen=True)
class Outcome:
    """Whether an exercise is solved, and what is missing if it is not."""

    passed: bool
    message: str

    def __repr__(self) -> str:
        head = _("PASSED.") if self.passed else _("Not yet:")
        return f"{head} {self.message}"

    def _repr_html_(self) -> str:
        color = _GREEN if self.passed else _AMBER
        style = f"border-left: 4px solid {color}; padding: 0.4em 0.8em;"
        return f'<div style="{style}" role="status">{escape(repr(self))}</div>'


class HintBook:
    """Which hint comes next, for each exercise."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}

    def following(self, name: str, hints: tuple[str, ...]) -> str:
        """The next hint; the last one is repeated."""
        count = min(self._counts.get(name, 0) + 1, len(hints))
        self._counts[name] = count
        return _("Hint {number} of {count}: {text}").format(number=count, count=len(hints), text=_(hints[count - 1]))


_BOOK = HintBook()
_BEGUN: dict[str, Lab] = {}
_ROWS: dict[str, int] = {}  # how long the timeline was when the exercise began
LISTENERS: list[Callable[[str, bool], object]] = []  # each gets the name of a tried exercise, and whether it is solved


def find(name: str) -> Task:
    """The exercise of this name; ValueError if there is none."""
    if name not in EXERCISES:
        text = _("there is no exercise {name}; there are: {all}")
        raise ValueError(text.format(name=name, all=", ".join(EXERCISES)))
    return EXERCISES[name]


def begin(name: str, *, seed: int = 1) -> Lab:
    """A lab of its own in which the exercise begins. A second call makes a new lab and closes the lab before.

    The last one is closed when Python ends.
    """
    exercise = find(name)
    if name in _BEGUN:
        _BEGUN.pop(name).close()
    lab = _BEGUN[name] = task.begin(exercise, seed)
    _ROWS[name] = len(lab.rows)
    atexit.register(lab.close)
    return lab


def check(name: str, lab: Lab) -> Outcome:
    """Whether the exercise is solved in this lab, and what is missing."""
    exercise = find(name)
    if lab.closed:
        return Outcome(False, str(LabClosed()))
    lab.collect()
    missing = exercise.missing(lab)
    if not missing or len(lab.rows) > _ROWS.get(name, 0):  # a check before the first act is no try
        for hear in LISTENERS:
            hear(name, not missing)
    return Outcome(not missing, missing or _("The lab is in the state that the exercise asks for."))


def hint(name: str) -> str:
    """The next of three hints."""
    return _BOOK.following(name, find(name).hints)


def solution(name: str) -> str:
    """One right way, as code over `lab`."""
    code = find(name).solution
    return code if isinstance(code, str) else ""


def _lines(lab: Lab, event: str) -> list[JournalLine]:
    """Every line of this event, the latest last."""
    return [row.line for row in lab.rows if row.line.event == event]


# -- 01: the authorization file


def _two_seats(lab: Lab) -> str:
    issued = _lines(lab, "license issued")
    if not issued:
        return _("the desk has issued no license yet. You sent no mail, or the desk accepted no mail.")
    if issued[-1].after == "seats: 2":
        return ""
    text = _(
        "the license has {seats}, but the cluster has two nodes. Another mail does not change this: "
        "the desk sends the same license again. Run the cell that begins the exercise once more, and "
        "ask for the right number in the first mail."
    )
    return text.format(seats=issued[-1].after)


TWO_NODES = Task(
    "two-nodes",
    N_("Your FineBI is a cluster of two nodes. Ask for an archive with a seat for each node, and for no more seats."),
    lambda _stage: None,
    _two_seats,
    (
        N_("Every node of a cluster needs a seat. FanRuan's page says what happens if you leave the number out."),
        N_("The number is in the line of the request about maximum registrations."),
        N_("lab.customer.request takes the number as the argument seats. lab.desk.receive takes the mail."),
    ),
    "lab.desk.receive(lab.customer.request(seats=2))",
)


# -- 02: the container

_WRITTEN = {"/app/config", "/app/log"}


def _durable(lab: Lab) -> str:
    containers = [row.split()[0] for row in lab.host.look("ps -a").splitlines()[1:]]
    if not containers:
        return _("no container runs yet.")
    described = [json.loads(lab.host.look(f"inspect {name}"))[0] for name in containers]
    wrong = [_not_durable(container) for container in described]
    if "" in wrong:
        return ""
    # The latest one is meant; an earlier one that still runs may hold its folders or its port.
    earlier = [name for name, each in zip(containers[1:], described[1:], strict=True) if each["State"]["Running"]]
    if not described[0]["State"]["Running"] and earlier:
        text = _("the latest container has exited, because {name} still runs and holds its directories or its port.")
        return text.format(name=earlier[0]) + " " + _way_on(earlier[0])
    return wrong[0] + " " + _way_on(containers[0])


def _way_on(container: str) -> str:
    text = _("Remove it (docker rm -f {name}), and run the server again.")
    return text.format(name=container)


def _not_durable(container: dict[str, Any]) -> str:
    if not container["State"]["Running"]:
        return _("the container has exited; docker logs says why.")
    settings = container["HostConfig"]
    mapped = {mount["Destination"] for mount in container["Mounts"]}
    if missing := sorted(_WRITTEN - mapped):
        return _("the container runs, but with the container you would lose {paths}.").format(paths=", ".join(missing))
    if extra := sorted(mapped - _WRITTEN):
        return _("{paths} is mapped too. The exercise does not need this mapping.").format(paths=", ".join(extra))
    if settings["PublishAllPorts"] or not settings["PortBindings"]:
        return _("at the next start the port would change.")
    if "8081/tcp" not in settings["PortBindings"]:
        return _("the server does not listen on the port that you publish from the container.")
    if settings["RestartPolicy"]["Name"] not in ("always", "unless-stopped"):
        return _("after a reboot of the host the container would stay down.")
    return ""


DURABLE = Task(
    "durable",
    N_(
        "The images are loaded. Run the server so that neither its identity nor its logs are lost with the container, "
        "its port never moves, and it comes back after a reboot of the host."
    ),
    lambda stage: stage.loaded(),
    _durable,
    (
        N_("The table of mappings names the two directories that the server writes to."),
        N_("-P takes a random port at every start. FanRuan's page has another letter for a port of your choice."),
        N_(
            "Docker's option --restart says whether a container starts again after a reboot. Inside "
            "the container the server listens on 8081."
        ),
    ),
    """\
lab.host.docker(
    "run -v /D/William/lic/config:/app/config -v /D/William/lic/log:/app/log "
    "-p 50123:8081 --restart unless-stopped -d fanruan_license_server_amd64:1.0.0"
)""",
)


# -- 03: activation


def _lock(stage: Stage) -> None:
    server = stage.started_server()
    code = stage.scan(server)
    for _count in range(stage.lab.policy.wrong_codes_allowed + 1):
        try:
            server.submit(slip(code))
        except Refusal as refusal:
            stage.met.add(refusal.reason)


def _unlocked(lab: Lab) -> str:
    if activated(lab):
        return ""
    status = lab.host.server().status()
    deadlines = status["deadlines"]
    until = deadlines["lock"]["at"] if isinstance(deadlines, dict) else None
    if until is not None:
        text = _("the server is not activated. Code entry is locked until {at}. Let this time pass.")
        return text.format(at=instant(datetime.fromisoformat(until)))
    text = _(
        "the server is not activated. Code entry is {entry}. Make a new QR code, scan it, and submit its six digits."
    )
    return text.format(entry=_(str(status["code_entry"])))


LOCKED = Task(
    "locked",
    N_("Somebody typed wrong codes until code entry was locked. Get this server activated."),
    _lock,
    _unlocked,
    (
        N_("Look at the server's status: when does the lock end?"),
        N_("Nothing shortens the lock, but you can move the lab's clock."),
        N_("After the lock the old QR code is void. Make a new QR code, scan it, and submit the six digits."),
    ),
    """\
lab.clock.advance(minutes=15)
server = lab.host.server()
server.submit(lab.phone.scan(server.refresh()))""",
)


# -- 04: registration


def _full(stage: Stage) -> None:
    stage.loaded(seats=1)
    server, _sales = stage.registered()
    stock = stage.lab.project("stock")
    try:
        stock.register(server.address)
    except Refusal as refusal:
        stage.met.add(refusal.reason)


def _seat_passed_on(lab: Lab) -> str:
    if not registered(lab, "stock"):
        return _("stock is not registered; every seat is taken.")
    if any(node.running for node in lab.projects[0].nodes) and registered(lab, "sales"):
        return _("sales is still registered. It polls with the seat that it should give back. Unbind sales.")
    return ""


ONE_SEAT = Task(
    "one-seat",
    N_("The license has one seat, and sales holds it. Sales is retired: give its seat to stock."),
    _full,
    _seat_passed_on,
    (
        N_("A seat becomes free when the project that holds it gives it back."),
        N_("lab.projects has both projects. A project has a method unbind."),
        N_("First sales unbinds, then stock registers with the server's address."),
    ),
    """\
sales, stock = lab.projects
sales.unbind()
stock.register(lab.host.server().address)""",
)


# -- 05: failures


def _met(code: int) -> Callable[[Lab], str]:
    def judge(lab: Lab) -> str:
        checks = [check for project in lab.projects for check in project.failed_checks]
        seen = sorted({check.label for check in checks})
        if str(code) in seen:
            return ""
        if not seen:
            return _("no registration has failed yet.")
        text = _("registrations failed with {seen}, not with {code}. Try another version.")
        return text.format(seen=", ".join(seen), code=code)

    return judge


MEET_30001 = Task(
    "meet-30001",
    N_("A server for FineBI 6.0.5 is activated. Bring about code 30001: register a project that gets this code."),
    lambda stage: stage.activated(),
    _met(30001),
    (
        N_("30001 is about the product's version. The license is for one line of versions."),
        N_("lab.project takes the version as an argument."),
        N_(
            "Register a project of another major version with the server's address. In this exercise "
            "you want the refusal."
        ),
    ),
    """\
import contextlib

from fanlic.model.refusals import Refusal

old = lab.project("old", version="5.1.0")
with contextlib.suppress(Refusal):
    old.register(lab.host.server().address)""",
)


# -- 06: outage


def _between_polls(stage: Stage) -> None:
    stage.registered()
    stage.later(hours=1, minutes=30)


def _long_and_healed(lab: Lab) -> str:
    rows = [row.line for row in lab.rows if row.party.startswith("server") and row.line.event in ("stop", "start")]
    outages = [each for each in pairwise(rows) if (each[0].event, each[1].event) == ("stop", "start")]
    if not outages:
        return _("the server was not stopped and started again yet.")
    stop, start = outages[-1]  # an earlier try does not count, so one may always try again
    healed = any(line.at >= start.at for line in _lines(lab, "registration healed"))
    if healed and start.at - stop.at >= SHORTEST:
        return ""
    if not activated(lab):
        return _(
            "the server was down too long and is not activated. Scan the QR code, register "
            "sales, then try a shorter outage."
        )
    if not registered(lab, "sales"):
        state = _(lab.projects[0].registration)
        text = _(
            "the registration of sales is not valid yet: {state}. Wait for its next poll. If the "
            "registration has lapsed, register sales and try a shorter outage."
        )
        return text.format(state=state)
    if start.at - stop.at < SHORTEST:
        return _("the server was down for less than 20 hours. Stop it again, for longer.")
    return _(
        "somebody registered sales anew, but its registration should heal by itself. Stop the "
        "server again, for a shorter time."
    )


LONG_OUTAGE = Task(
    "long-outage",
    N_(
        "Keep the server down for at least 20 hours. The registration of sales must heal by itself, "
        "without a new scan and without a new registration. The port is fixed. The last poll was an "
        "hour and a half ago."
    ),
    _between_polls,
    _long_and_healed,
    (
        N_("Two limits count: the server's 24 hours, and the project's number of missed polls."),
        N_("The twelfth missed poll in a row ends the registration. A poll comes every two hours."),
        N_("Stop the container, let time pass, start the same container, then wait for the next poll."),
    ),
    """\
name = lab.host.container()
lab.host.docker(f"stop {name}")
lab.clock.advance(hours=21)
lab.host.docker(f"start {name}")
lab.clock.advance(hours=2)""",
)


def _day_lost(stage: Stage) -> None:
    stage.registered()
    stage.stopped(hours=25)


def _whole_again(lab: Lab) -> str:
    running = [row.split()[0] for row in lab.host.look("ps").splitlines()[1:]]
    if len(running) > 1:
        return _("a second server runs. It has another identity.") + " " + _remove(running[0])
    if not activated(lab):
        return _("the server's activation is not in force.")
    return "" if registered(lab, "sales") else _("the server is activated, but sales is not registered.")


def _remove(container: str) -> str:
    return _("Remove it: docker rm -f {name}.").format(name=container)


AFTER_A_DAY = Task(
    "after-a-day",
    N_("The server was down for 25 hours and runs again. Activate it, and get sales registered."),
    _day_lost,
    _whole_again,
    (
        N_("Ask the server for its status. Is the activation still in force?"),
        N_("You need not load the image again. Begin with the QR code."),
        N_("First scan the QR code and submit the six digits. Then register the project again."),
    ),
    """\
server = lab.host.server()
server.submit(lab.phone.scan(server.qr() or server.refresh()))
lab.projects[0].register(server.address)""",
)


# -- 07: migration


def _moved(lab: Lab) -> str:
    if not _lines(lab, "authorization destroyed"):
        return _("the desk has not destroyed the old authorization yet.")
    old, *new = lab.hosts
    if not new:
        return _("there is no new host yet.")
    if old.servers():
        return _("the old server still runs. Stop it.")
    active = {page.address for host in new for page in host.servers() if page.status()["activation"] == _IN_FORCE}
    if not active:
        return _("no activated server runs on the new host.")
    wrong = [node.facts.node for project in lab.projects for node in project.nodes if node.address not in active]
    return _("{nodes} still polls the old address.").format(nodes=", ".join(wrong)) if wrong else ""


MOVE = Task(
    "move",
    N_(
        "Move the server to a new host in the order of FanRuan's page. At the end sales is registered "
        "with the new server."
    ),
    lambda stage: stage.registered(),
    _moved,
    (
        N_("The first mail names the old server's address. Leave the old server alone until the reply comes."),
        N_("Then stop it, read privateConfig from the mapped folder, and attach it to the second mail."),
        N_("lab.new_host gives a new host. On this host the procedure begins anew with the new archive."),
    ),
    """\
old = lab.host
lab.desk.receive(lab.customer.migration(old.server().address))
old.docker(f"stop {old.container()}")
private_config = (old.path("/D/William/lic/config") / "privateConfig").read_bytes()
lab.desk.receive(lab.customer.request(seats=1, private_config=private_config))

new = lab.new_host("new-host")
new.docker("load -i fanruan_license_server.tar")
new.docker("run -v /D/William/lic/config:/app/config -P -d fanruan_license_server_amd64:1.0.0")
server = new.server()
server.submit(lab.phone.scan(server.qr()))
lab.projects[0].register(server.address)""",
)


EXERCISES = {
    exercise.name: exercise
    for exercise in (TWO_NODES, DURABLE, LOCKED, ONE_SEAT, MEET_30001, LONG_OUTAGE, AFTER_A_DAY, MOVE)
}
