"""The notebooks' exercises: a task on a lab of its own, a check of the state and the timeline, hints, a solution.

    lab = begin("locked")
    check("locked", lab)
    hint("locked")

`check` looks at where the parties stand and at what happened, never at the code that was written: any right way
passes, and no notebook holds an answer.
"""

from __future__ import annotations

import atexit
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from fanlic.lab.project import Project
from fanlic.lab.scenarios import Stage
from fanlic.lab.scenarios.code import slip
from fanlic.lab.world import Lab
from fanlic.model.outage import Standing
from fanlic.model.project import Registration
from fanlic.model.refusals import N_, Refusal
from fanlic.texts import _

Judge = Callable[[Lab], str]
SHORTEST = timedelta(hours=20)  # of the long outage that heals; ours


@dataclass(frozen=True)
class Outcome:
    """Whether an exercise is solved, and what is still missing where it is not."""

    passed: bool
    message: str

    def __repr__(self) -> str:
        head = _("PASSED.") if self.passed else _("Not yet:")
        return f"{head} {self.message}"


@dataclass(frozen=True)
class Exercise:
    """One exercise. `judge` gives what is still missing, empty where nothing is; `solution` is code over `lab`."""

    name: str
    notebook: str
    task: str
    arrange: Callable[[Stage], object]
    judge: Judge
    hints: tuple[str, str, str]
    solution: str


class HintBook:
    """Which hint comes next, for each exercise."""

    def __init__(self) -> None:
        self._given: dict[str, int] = {}

    def following(self, name: str, hints: tuple[str, ...]) -> str:
        """The next hint; the last one is repeated."""
        count = min(self._given.get(name, 0) + 1, len(hints))
        self._given[name] = count
        return _("Hint {number} of {count}: {text}").format(number=count, count=len(hints), text=_(hints[count - 1]))


_BOOK = HintBook()


def find(name: str) -> Exercise:
    """The exercise of this name; ValueError where there is none."""
    if name not in EXERCISES:
        text = _("there is no exercise {name}; there are: {all}")
        raise ValueError(text.format(name=name, all=", ".join(EXERCISES)))
    return EXERCISES[name]


def begin(name: str, *, seed: int = 1) -> Lab:
    """A lab of its own in which the exercise begins; it is closed at the latest when Python ends."""
    given = find(name)
    lab = Lab(engine="inline", seed=seed)
    atexit.register(lab.close)
    given.arrange(Stage(lab, lambda _beat: None))
    lab.collect()
    return lab


def check(name: str, lab: Lab) -> Outcome:
    """Whether the exercise is solved in this lab, and what is missing."""
    given = find(name)
    lab.collect()
    missing = given.judge(lab)
    return Outcome(not missing, missing or _("The lab is as the exercise asks for."))


def hint(name: str) -> str:
    """The next of three hints."""
    return _BOOK.following(name, find(name).hints)


def solution(name: str) -> str:
    """One right way, as code over `lab`."""
    return find(name).solution


# -- what judges look at


def _last(lab: Lab, event: str) -> str:
    """What the latest line of this event ended in; empty where there is none."""
    return next((row.line.after for row in reversed(lab.rows) if row.line.event == event), "")


def _happened(lab: Lab, event: str) -> bool:
    return any(row.line.event == event for row in lab.rows)


def _project(lab: Lab, name: str) -> Project | None:
    return next((each for each in lab.projects if each.name == name), None)


def _registered(lab: Lab, name: str) -> bool:
    project = _project(lab, name)
    return project is not None and project.registration is Registration.REGISTERED


def _activated(lab: Lab) -> bool:
    try:
        return lab.host.server().status()["activation"] == Standing.IN_FORCE
    except Refusal:
        return False


# -- 01: the authorization file


def _two_seats(lab: Lab) -> str:
    seats = _last(lab, "license issued")
    if not seats:
        return _("no license was issued yet: no mail was sent, or none was accepted.")
    if seats != "seats: 2":
        return _("a license was issued, with {seats}; the cluster has two nodes.").format(seats=seats)
    return ""


TWO_NODES = Exercise(
    "two-nodes",
    "01_authfile",
    N_("Your FineBI is a cluster of two nodes. Ask for the archive so that both can register, and for no more."),
    lambda _stage: None,
    _two_seats,
    (
        N_("Every node of a cluster needs a seat; the page says what happens where the number is left out."),
        N_("The number stands in the request's line on maximum registrations."),
        N_("The customer writes the request with the argument seats, and the desk receives it."),
    ),
    "lab.desk.receive(lab.customer.request(seats=2))",
)


# -- 02: the container


def _durable(lab: Lab) -> str:
    try:
        shown = json.loads(lab.host.look(f"inspect {lab.host.container()}"))[0]
    except Refusal:
        return _("no container runs yet.")
    mapped = {mount["Destination"] for mount in shown["Mounts"]}
    if missing := sorted({"/app/config", "/app/log"} - mapped):
        return _("the container runs, but {paths} would be lost with it.").format(paths=", ".join(missing))
    if extra := sorted(mapped - {"/app/config", "/app/log"}):
        return _("{paths} is mapped too, which nobody needs here.").format(paths=", ".join(extra))
    if shown["HostConfig"]["PublishAllPorts"] or not shown["HostConfig"]["PortBindings"]:
        return _("the port would move at the next start.")
    if shown["HostConfig"]["RestartPolicy"]["Name"] not in ("always", "unless-stopped"):
        return _("after a reboot of the host the container would stay down.")
    return ""


DURABLE = Exercise(
    "durable",
    "02_container",
    N_(
        "The images are loaded. Run the server so that neither its identity nor its logs are lost with the container, "
        "its port never moves, and it comes back after a reboot of the host."
    ),
    lambda stage: stage.loaded(),
    _durable,
    (
        N_("The mapping table says which two directories the server writes to."),
        N_("-P takes a random port at every start; the page has another letter for a port of your choice."),
        N_("Docker's option --restart says whether a container comes back; the server listens on 8081 inside."),
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
    if _activated(lab):
        return ""
    entry = _(str(lab.host.server().status()["code_entry"]))
    return _("the server is not activated; code entry: {entry}.").format(entry=entry)


LOCKED = Exercise(
    "locked",
    "03_activation",
    N_("Somebody typed wrong codes until code entry was locked. Get this server activated all the same."),
    _lock,
    _unlocked,
    (
        N_("Look at the server's status: when does the lock end?"),
        N_("Nothing shortens the lock; the lab's clock can be moved."),
        N_("After the lock the old picture is void: make a new one by hand, scan it, submit the six digits."),
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
    if not _registered(lab, "stock"):
        return _("stock is not registered; every seat is taken.")
    return _("sales still believes that it is registered.") if _registered(lab, "sales") else ""


ONE_SEAT = Exercise(
    "one-seat",
    "04_registration",
    N_("The license has one seat, and sales holds it. Sales is retired: give its seat to stock."),
    _full,
    _seat_passed_on,
    (
        N_("A seat becomes free when the project that holds it gives it back."),
        N_("lab.projects has both; a project can unbind."),
        N_("First sales unbinds, then stock registers with the server's address."),
    ),
    """\
sales, stock = lab.projects
sales.unbind()
stock.register(lab.host.server().address)""",
)


# -- 05: failures


def _met(code: int) -> Judge:
    def judge(lab: Lab) -> str:
        checks = [check for project in lab.projects for check in project.failed_checks]
        seen = sorted({check.label for check in checks})
        if str(code) in seen:
            return ""
        if not seen:
            return _("no registration has failed yet.")
        return _("registrations failed with {seen}, not with {code}.").format(seen=", ".join(seen), code=code)

    return judge


MEET_30001 = Exercise(
    "meet-30001",
    "05_failures",
    N_("A server of FineBI 6.0.5 is activated. Bring about code 30001: let a project register that gets it."),
    lambda stage: stage.activated(),
    _met(30001),
    (
        N_("30001 is about the product's version; the license is for one line of versions."),
        N_("lab.project takes the version as an argument."),
        N_("Register a project of another major version with the server's address; the refusal is what you want."),
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
    gaps = [
        after.at - before.at for before, after in pairwise(rows) if (before.event, after.event) == ("stop", "start")
    ]
    if not gaps:
        return _("the server was not stopped and started again yet.")
    if max(gaps) < SHORTEST:
        return _("it was down for less than 20 hours; be bolder.")
    if sum(row.line.event == "activated" for row in lab.rows) > 1:
        return _("the server had to be activated again; stay below its limit.")
    if not _registered(lab, "sales"):
        return _("sales does not show a valid registration (yet): {state}.").format(
            state=_(lab.projects[0].registration)
        )
    return "" if _happened(lab, "registration healed") else _("sales was registered anew; it was to heal by itself.")


LONG_OUTAGE = Exercise(
    "long-outage",
    "06_outage",
    N_(
        "Keep the server down for at least 20 hours, and yet let sales heal by itself: no new scan, no new "
        "registration. The port is fixed; the last poll was an hour and a half ago."
    ),
    _between_polls,
    _long_and_healed,
    (
        N_("Two clocks run: the server's of 24 hours, and the project's count of missed polls."),
        N_("The twelfth miss in a row is too many; a poll comes every two hours."),
        N_("Stop, let time pass, start the same container, then wait for the next poll."),
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
    if not _activated(lab):
        return _("the server's activation is not in force.")
    return "" if _registered(lab, "sales") else _("the server is activated, but sales is not registered.")


AFTER_A_DAY = Exercise(
    "after-a-day",
    "06_outage",
    N_("The server was down for 25 hours and runs again. Bring everything back into order."),
    _day_lost,
    _whole_again,
    (
        N_("Ask the server for its status: what became of the activation?"),
        N_("The image is not loaded again; what is to be done begins with the QR code."),
        N_("First scan and submit, then register the project again."),
    ),
    """\
server = lab.host.server()
server.submit(lab.phone.scan(server.qr() or server.refresh()))
lab.projects[0].register(server.address)""",
)


# -- 07: migration


def _moved(lab: Lab) -> str:
    if not _happened(lab, "authorization destroyed"):
        return _("the old authorization was not destroyed yet.")
    if len(lab.hosts) < 2:
        return _("there is no new host yet.")
    if lab.hosts[0].servers():
        return _("the old server still runs.")
    if not _activated(lab):
        return _("no activated server runs on the new host.")
    address = lab.hosts[-1].server().address
    wrong = [node.facts.node for project in lab.projects for node in project.nodes if node.address != address]
    return _("{nodes} still polls the old address.").format(nodes=", ".join(wrong)) if wrong else ""


MOVE = Exercise(
    "move",
    "07_migration",
    N_("Move the server to a new host in the page's order; sales is registered there in the end."),
    lambda stage: stage.registered(),
    _moved,
    (
        N_("The first mail names the old server's address; until the reply the old server is left alone."),
        N_("Then stop it, read privateConfig from the mapped folder, and attach it to the second mail."),
        N_("lab.new_host gives a host; on it the procedure begins anew with the new archive."),
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
    given.name: given for given in (TWO_NODES, DURABLE, LOCKED, ONE_SEAT, MEET_30001, LONG_OUTAGE, AFTER_A_DAY, MOVE)
}
