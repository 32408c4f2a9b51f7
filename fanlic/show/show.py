"""What the lab's page shows and does: one lab, or the lab of a drill; what was done last, and what came of it.

Every action is a method that takes the form's fields. What is refused changes nothing and is said on the page.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import timedelta
from html import unescape
from typing import Any

from fanlic.lab import Lab
from fanlic.lab.drill import LOOKS, Drill, numbered
from fanlic.lab.project import PRIVATE_CLOUD, Project
from fanlic.lab.scenario import run as play
from fanlic.model.activation import CodeEntryState
from fanlic.model.outage import Standing
from fanlic.model.refusals import N_, CannotConnect, Refusal
from fanlic.show import tools
from fanlic.show.said import CannotDo, Said
from fanlic.texts import _, duration, fill
from fanlic.web.faults import KINDS

OTHERS = ("Public Cloud", "Local Machine Information", "Local Container")  # the page names Private Cloud only
STEPS = {  # the buttons of the clock, in seconds
    N_("20 minutes back"): -1200,
    N_("1 minute"): 60,
    N_("5 minutes"): 300,
    N_("2 hours"): 7200,
    N_("23 h 59 min"): 86_340,
    N_("24 hours"): 86_400,
    N_("25 hours"): 90_000,
    N_("1 year"): 31_536_000,
}
LONGEST = 500  # characters of a typed command; ours
MOST_PROJECTS = 6  # ours: what the picture has room for
POLLS, REGISTERS = "poll", "register"
COLUMNS = ("NAMES", "STATUS", "PORTS", "IMAGE")  # of docker ps -a


class Show:
    """One lab and its buttons. `lock` is held while something is done or drawn."""

    def __init__(self, make: Callable[[], Lab]) -> None:
        self._make = make
        self.lock = threading.RLock()
        self.lab = make()
        self.drill: Drill | None = None
        self.said: Said | None = None
        self.command = ""
        self.code = ""
        self.scanned = ""
        self.asking: Any = None
        self.version = 0
        self._last: tuple[str, str, frozenset[tuple[str, str]]] | None = None

    def close(self) -> None:
        """Stop every server."""
        with self.lock:
            self.lab.close()

    def do(self, action: str, given: Mapping[str, str]) -> str:
        """Carry out one action; the part of the page where its result is shown. KeyError for an unknown one.

        A form carries the version of the page it was on: a double click sends the same twice, and is carried out once.
        """
        where, act = self.actions()[action]
        sent = (given.get("seen", ""), action, frozenset(given.items()))
        with self.lock:
            if sent[0] and sent == self._last:
                return where
            self._last = sent
            self.version += 1
            try:
                self.said = act(given)
            except Refusal as refusal:
                message, next_step = (fill(text, refusal.evidence) for text in (refusal.message, refusal.next_step))
                self.said = Said("bad", message, next_step, refusal.label)
            except ValueError as problem:
                self.said = Said("bad", str(problem))
            self.said = Said(**(vars(self.said) | {"where": where}))
        return where

    def actions(self) -> dict[str, tuple[str, Callable[[Mapping[str, str]], Said]]]:
        """Every action by its name: where its result is shown, and what does it."""
        return {
            "new": ("stage", self._new),
            "request": ("desk", self._request),
            "migrate": ("desk", self._migrate),
            "extend": ("desk", lambda _given: tools.extend(self.lab)),
            "docker": ("host", self._docker),
            "reboot": ("host", lambda _given: tools.reboot(self.lab)),
            "open": ("qr", self._open),
            "refresh": ("qr", self._refresh),
            "submit": ("qr", self._submit),
            "scan": ("phone", self._scan),
            "approve": ("phone", self._approve),
            "add": ("project", self._add),
            "register": ("project", self._register),
            "project": ("project", self._project),
            "configure": ("project", lambda given: tools.configure(self._named(given), given)),
            "advance": ("clock", self._advance),
            "fault": ("faults", self._fault),
            "clear": ("faults", self._clear),
            "scenario": ("scenarios", self._scenario),
            "drill": ("drills", self._drill),
            "look": ("drills", self._look),
            "diagnose": ("drills", lambda given: tools.diagnose(self._begun(), given)),
            "hint": ("drills", self._hint),
            "check": ("drills", self._check),
            "solution": ("drills", self._solution),
            "leave": ("drills", self._new),
        }

    # -- the lab

    def _new(self, _given: Mapping[str, str]) -> Said:
        fresh = self._make()
        self._take(fresh, None)
        return Said("info", _("A new lab. Nothing was asked for yet."))

    def _take(self, lab: Lab, drill: Drill | None) -> None:
        if self.lab is not lab:
            self.lab.close()
        self.lab, self.drill = lab, drill
        self.command, self.code, self.scanned, self.asking = "", "", "", None

    # -- Obtaining the Authorization File, Authentication Migration

    def _request(self, given: Mapping[str, str]) -> Said:
        seats = given.get("seats", "").strip()
        if seats and not (seats.isascii() and seats.isdigit() and int(seats[:6]) > 0 and len(seats) < 6):
            raise CannotDo(_("The number of seats is a whole number from 1, or empty."))
        config = self._private_config() if given.get("attach") else None
        reply = self.lab.desk.receive(self.lab.customer.request(int(seats) if seats else None, private_config=config))
        return self._reply(reply)

    def _migrate(self, given: Mapping[str, str]) -> Said:
        reply = self.lab.desk.receive(self.lab.customer.migration(given.get("address", "").strip()[:LONGEST]))
        return self._reply(reply)

    def _reply(self, reply: Any) -> Said:
        text = reply.message.get_body(("plain",)).get_content()
        if reply.accepted:
            return Said("good", _("The business desk accepts."), output=text)
        return Said("bad", _("The business desk refuses."), output=text)

    def _private_config(self) -> bytes:
        found = [
            path for host in self.lab.hosts if (path := host.path("/D/William/lic/config") / "privateConfig").is_file()
        ]
        if not found:
            raise CannotDo(_("There is no privateConfig in a mapped /D/William/lic/config, so nothing was sent."))
        return found[-1].read_bytes()

    # -- Starting the Authorization Server

    def _docker(self, given: Mapping[str, str]) -> Said:
        line = " ".join(given.get("line", "")[:LONGEST].split())
        self.command = line
        typed = line.removeprefix("docker ").strip()
        if not typed:
            raise CannotDo(_("Type a docker command, docker ps for example."))
        done = self.lab.host.docker(typed)
        text = (done.stdout + done.stderr).rstrip()
        shown = f"$ docker {typed}\n{text}"
        if done.status:
            return Said(
                "bad", _("The command failed with exit status {status}.").format(status=done.status), output=shown
            )
        return Said("good", _("The command is done."), output=shown)

    # -- Submitting and Authentication

    def _open(self, _given: Mapping[str, str]) -> Said:
        server = self.lab.host.server()
        if server.qr():
            return Said("good", _("The page is open, with its QR code."))
        needed = server.status()["activation"] != Standing.IN_FORCE
        text = _("The page is open. It shows no QR code now.")
        return Said(
            "info", text, _("Press Refresh for a new QR code.") if needed else _("An activated server needs none.")
        )

    def _refresh(self, _given: Mapping[str, str]) -> Said:
        self.lab.host.server().refresh()
        return Said("good", _("There is a new QR code. The one before it is worthless."))

    def _submit(self, given: Mapping[str, str]) -> Said:
        self.lab.host.server().submit(given.get("code", "").strip()[:64])
        self.code, self.scanned, self.asking = "", "", None
        return Said("good", _("The code is right. The server is activated."))

    def _scan(self, _given: Mapping[str, str]) -> Said:
        self.code, self.scanned, self.asking = "", "", None
        picture = self.lab.host.server().qr()
        if not picture:
            raise CannotDo(_("No QR code is on the page now, so there is nothing to scan. Press Refresh first."))
        text = self.lab.phone.read(picture)
        self.asking = self.lab.phone.open(text)
        self.scanned = text
        return Said("info", _("The phone has read the picture. Nothing is approved yet."))

    def _approve(self, _given: Mapping[str, str]) -> Said:
        if not self.scanned:
            raise CannotDo(_("Scan the picture first."))
        text, self.scanned, self.asking = self.scanned, "", None
        self.code = self.lab.phone.approve(text)
        return Said("good", _("Approved. Type the six digits into the server's page."))

    # -- FineBI Server Verification Authorization

    def _add(self, given: Mapping[str, str]) -> Said:
        name, nodes = given.get("name", "").strip(), given.get("nodes", "1")
        if not (name and len(name) <= 20 and name.isascii() and name.replace("-", "").isalnum()):
            raise CannotDo(_("A project's name has 1 to 20 letters, digits and hyphens."))
        if any(project.name == name for project in self.lab.projects):
            raise CannotDo(_("There is a project {name} already.").format(name=name))
        if len(self.lab.projects) >= MOST_PROJECTS:
            raise CannotDo(_("The lab's page shows at most {count} projects.").format(count=MOST_PROJECTS))
        self.lab.project(name, int(nodes) if nodes in ("1", "2", "3") else 1)
        return Said("good", _("The project {name} is there, unregistered.").format(name=name))

    def _register(self, given: Mapping[str, str]) -> Said:
        project = self._named(given)
        success = project.register(
            given.get("address", "").strip()[:LONGEST],
            user=given.get("user", "").strip()[:64],
            method=given.get("method", PRIVATE_CLOUD)[:64],
        )
        text = _("Registration succeeded. Maximum number of connections: {number}")
        return Said("good", text.format(number=success.maximum_connections))

    def _project(self, given: Mapping[str, str]) -> Said:
        project, verb = self._named(given), given.get("verb", "")
        verbs: dict[str, tuple[Callable[[], None], str]] = {
            "off": (project.switch_off, N_("The project is switched off: nothing polls.")),
            "on": (project.switch_on, N_("The project is switched on. An overdue poll was made.")),
            "cut": (project.cut_network, N_("The network between project and server is cut; both run on.")),
            "mend": (project.mend_network, N_("The network is mended. The next poll gets through.")),
            "unbind": (project.unbind, N_("The seat was given back.")),
        }
        if verb not in verbs:
            raise CannotDo(_("There is no such button."))
        act, text = verbs[verb]
        act()
        return Said("good", _(text))

    def _named(self, given: Mapping[str, str]) -> Project:
        found = [project for project in self.lab.projects if project.name == given.get("project", "")]
        if not found:
            raise CannotDo(_("There is no such project. Add one first."))
        return found[0]

    # -- time, faults

    def _advance(self, given: Mapping[str, str]) -> Said:
        before = self.lab.clock.now()
        if given.get("step") == "next":
            self.lab.clock.to_next_deadline()
        else:
            seconds = STEPS.get(given.get("step", ""))
            if seconds is None:
                raise CannotDo(_("There is no such button."))
            if seconds < 0:
                self.lab.clock.set(before + timedelta(seconds=seconds))
                return Said(
                    "good", _("The clock was set back by {span}.").format(span=duration(timedelta(seconds=-seconds)))
                )
            self.lab.clock.advance(seconds=seconds)
        passed: timedelta = self.lab.clock.now() - before
        if not passed:
            return Said("info", _("No limit is ahead, so the clock stays."))
        return Said("good", _("time passes: {span}").format(span=duration(passed)))

    def _fault(self, given: Mapping[str, str]) -> Said:
        kind, endpoint = given.get("kind", ""), given.get("endpoint", "")
        if kind not in KINDS or endpoint not in ("", POLLS, REGISTERS):
            raise CannotDo(_("There is no such fault."))
        nth = given.get("nth", "0").strip() or "0"
        if not (nth.isascii() and nth.isdigit() and len(nth) < 5):
            raise CannotDo(_("Which call is a whole number; 0 is every call."))
        size = 60.0 if kind in ("latency", "clock") else 0.0
        self.lab.faults.add(kind, endpoint=endpoint, client=given.get("project", ""), nth=int(nth), size=size)
        return Said("good", _("The fault is there. It ends when it is cleared, or with the server."))

    def _clear(self, _given: Mapping[str, str]) -> Said:
        self.lab.faults.clear()
        return Said("good", _("Every fault of the server is cleared."))

    # -- scenarios and drills

    def _scenario(self, given: Mapping[str, str]) -> Said:
        told = play(given.get("scenario", "")[:8], engine="inline" if given.get("engine") == "inline" else None)
        kind = "good" if told.ended_well else "bad"
        chosen = told.scenario
        return Said(kind, f"{chosen.id} {_(chosen.title)}", _(chosen.outcome), output="\n".join(map(str, told.beats)))

    def _drill(self, given: Mapping[str, str]) -> Said:
        number = given.get("number", "")
        if not (number.isascii() and number.isdigit() and len(number) < 9 and int(number) in numbered()):
            raise CannotDo(_("There is no such drill."))
        drill = Drill(int(number))
        self._take(drill.lab, drill)
        return Said("info", _("The drill has begun."))

    def _begun(self) -> Drill:
        if self.drill is None:
            raise CannotDo(_("No drill has begun. Choose a number and press Begin."))
        return self.drill

    def _look(self, given: Mapping[str, str]) -> Said:
        drill, what = self._begun(), given.get("what", "")
        return Said("info", _("Evidence: {what}").format(what=what if what in LOOKS else "?"), output=drill.look(what))

    def _hint(self, _given: Mapping[str, str]) -> Said:
        return Said("info", self._begun().hint())

    def _check(self, _given: Mapping[str, str]) -> Said:
        result = self._begun().check()
        score = _("score: {score}; looks: {looks}; hints: {hints}")
        text = score.format(score=result.score, looks=result.looks, hints=result.hints)
        if result.passed and not result.found:
            text += " " + _("Points are given if the cause was named before the mending.")
        return Said("good" if result.passed else "bad", result.message, text, output="\n".join(result.told))

    def _solution(self, _given: Mapping[str, str]) -> Said:
        drill = self._begun()
        beats = drill.solution()
        self._take(drill.lab, drill)
        return Said("info", _("One right way:"), output="\n".join(map(str, beats)))

    # -- what the page shows

    def address(self) -> str:
        """The address of the server that runs now, empty if none does."""
        try:
            return self.lab.host.server().address
        except CannotConnect:
            return ""

    def picture(self) -> tuple[str, dict[str, Any]]:
        """The picture on the server's page, empty if there is none, and the server's status; {} if none answers."""
        try:
            server = self.lab.host.server()
            status = server.status()
            made = status["code_entry"] != CodeEntryState.EMPTY  # looking would make one
            return (unescape(server.qr()) if made else ""), status
        except Refusal:
            return "", {}

    def containers(self) -> list[list[str]]:
        """The columns of `docker ps -a` that a trainer needs, with their titles first."""
        lines = self.lab.host.look("ps -a").rstrip().splitlines()
        starts = [found.start() for found in re.finditer(r"\S+(?: \S+)*", lines[0])]
        rows = [[line[at:to].strip() for at, to in zip(starts, [*starts[1:], None], strict=True)] for line in lines]
        shown = [rows[0].index(title) for title in COLUMNS]
        return [[row[column] for column in shown] for row in rows]

    def contract(self) -> dict[str, str]:
        """What was signed; an empty text allows any."""
        facts = asdict(self.lab.customer.contract).items()
        return {name: ", ".join(map(str, value)) if isinstance(value, tuple) else str(value) for name, value in facts}
