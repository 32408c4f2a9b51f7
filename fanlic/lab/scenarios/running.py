"""Notes: staying registered through outages, restarts and cut networks."""

from __future__ import annotations

from fanlic.lab.scenarios import PAGE, READING, THE_PAGE, VENDOR, scenario
from fanlic.lab.stage import CONFIG, FIXED, Stage, run_line
from fanlic.model.clauses import Clause
from fanlic.model.outage import Standing
from fanlic.model.policy import FINEBI_6_0_5, FINEOPS_2025_08, FINEREPORT_11_5_11
from fanlic.model.project import Registration
from fanlic.model.refusals import N_
from fanlic.texts import _

REGISTERED, FAILING, LAPSED = Registration.REGISTERED, Registration.FAILING, Registration.LAPSED
COPY = "/D/William/copy"
MILD = (FINEBI_6_0_5.edition, FINEREPORT_11_5_11.edition)  # the editions in which a short outage heals


@scenario(
    "U1",
    N_("A quiet day"),
    N_("What happens while all is well?"),
    N_("The project polls every two hours, twelve times a day, and is answered."),
    VENDOR,
    Clause.HEALS,
)
def quiet_day(stage: Stage) -> None:
    _server, project = stage.registered()
    stage.later(hours=24)
    answered = [row for row in stage.lab.rows if row.line.event == "poll answered"]
    stage.expect(len(answered) == 12 and not project.failed_checks, _("twelve polls answered"))
    stage.shown(project, REGISTERED)


@scenario(
    "U2",
    N_("An hour's outage between two polls"),
    N_("The server was down for an hour: who notices?"),
    N_("Nobody: the next poll is answered."),
    READING,
    Clause.HEALS,
    editions=MILD,
)
def unnoticed(stage: Stage) -> None:
    _server, project = stage.registered()
    stage.later(minutes=30)
    stage.stopped(hours=1)
    stage.later(hours=1)
    stage.expect(not project.failed_checks, _("the list of failed checks"))
    stage.shown(project, REGISTERED)


@scenario(
    "U3",
    N_("Down over some polls, back within 24 hours"),
    N_("FineBI shows a failed registration after an outage: must it be registered again?"),
    N_("No: it heals by itself within two hours of the server's return."),
    PAGE,
    Clause.HEALS,
    editions=MILD,
)
def heals(stage: Stage) -> None:
    _server, project = stage.registered()
    name = stage.stop()
    stage.later(hours=19)
    stage.shown(project, FAILING)
    stage.docker(f"start {name}")
    stage.later(hours=2)
    stage.shown(project, REGISTERED, Clause.HEALS)


@scenario(
    "U4",
    N_("The twelfth miss in a row"),
    N_("The server is back after 22 and a half hours, and the project does not heal: why?"),
    N_("Nobody answered its twelfth poll in a row. Register again; the server needs no scan."),
    VENDOR,
    Clause.TWELVE_MISSES,
    editions=MILD,
)
def twelfth_miss(stage: Stage) -> None:
    _server, project = stage.registered()
    stage.later(minutes=119)
    server = stage.stopped(hours=22, minutes=30)
    stage.shown(project, LAPSED, Clause.TWELVE_MISSES)
    stage.expect(server.status()["activation"] == "activated", _("the activation"))
    stage.register(project, server.address)
    stage.shown(project, REGISTERED)


@scenario(
    "U5",
    N_("Down for more than 24 hours"),
    N_("The server was off over a day: what has to be done again?"),
    N_("Scan and enter a new code, without loading the image again; then register the projects."),
    PAGE,
    Clause.DOWN_TIME,
    Clause.REAUTHENTICATE,
    Clause.TWELVE_MISSES,
    editions=THE_PAGE,
    meets="30002",
)
def down_too_long(stage: Stage) -> None:
    _server, project = stage.registered()
    server = stage.stopped(hours=25)
    stage.shown(project, LAPSED, Clause.TWELVE_MISSES)
    stage.refused("30002", lambda: stage.register(project, server.address), _("the project registers before any scan"))
    stage.note(_("the image is not loaded again"), Clause.REAUTHENTICATE)
    stage.activate(server)
    stage.register(project, server.address)
    stage.shown(project, REGISTERED)


@scenario(
    "U6",
    N_("Back after 23 hours"),
    N_("Is everything below 24 hours safe?"),
    N_(
        "No: a project whose poll was due just after the outage began has missed twelve polls; other "
        "projects heal. Stay below 22 h."
    ),
    READING,
    Clause.TWELVE_MISSES,
    Clause.HEALS,
    editions=MILD,
)
def race(stage: Stage) -> None:
    server, early = stage.registered("early")
    stage.later(minutes=119)
    late = stage.lab.project("late")
    stage.register(late, server.address)
    name = stage.stop()
    stage.later(hours=23)
    stage.shown(early, LAPSED)
    stage.shown(late, FAILING)
    stage.docker(f"start {name}")
    stage.later(hours=2)
    stage.shown(late, REGISTERED)


@scenario(
    "U7",
    N_("The project is switched off over a weekend"),
    N_("The server never stopped, and on Monday the registration is gone: why?"),
    N_("The server had not heard of the project for 24 hours and ended its seat. Register again."),
    VENDOR,
    Clause.SILENCE,
    meets="seat-ended not-registered",
)
def weekend(stage: Stage) -> None:
    server, project = stage.registered()
    project.switch_off()
    stage.later(hours=62)
    stage.expect(server.status()["seats_taken"] == 0, _("the seat on the server"))
    project.switch_on()
    stage.shown(project, LAPSED, Clause.SILENCE)
    check = project.failed_checks[-1]
    stage.note(f"{check.node}: {check.text}", Clause.DETAILS)
    stage.meet(check.reason)
    stage.refused("not-registered", project.nodes[0].poll, _("a poll does not revive it"))
    stage.register(project, server.address)


@scenario(
    "U8",
    N_("Only the network is cut"),
    N_("Server and project run, but cannot reach each other: which clocks run?"),
    N_("The same as in an outage: it heals after 20 hours, and is lost after 25, on both sides."),
    VENDOR,
    Clause.NETWORK,
    Clause.TWELVE_MISSES,
    Clause.SILENCE,
)
def network_cut(stage: Stage) -> None:
    server, project = stage.registered()
    project.cut_network()
    stage.later(hours=20)
    stage.shown(project, FAILING)
    project.mend_network()
    stage.later(hours=2)
    stage.shown(project, REGISTERED, Clause.HEALS)
    project.cut_network()
    stage.later(hours=25)
    stage.shown(project, LAPSED, Clause.TWELVE_MISSES)
    stage.expect(server.status()["seats_taken"] == 0, _("the seat on the server"))
    project.mend_network()
    stage.register(project, server.address)


@scenario(
    "U9",
    N_("The project is restarted"),
    N_("FineBI was restarted: must anybody scan?"),
    N_("No: FanRuan's page asks for no scan. (Local container authentication does.)"),
    READING,
    Clause.REGISTER_AT_ONCE,
    Clause.HEALS,
)
def project_restarted(stage: Stage) -> None:
    _server, project = stage.registered()
    project.switch_off()
    stage.later(hours=3)
    project.switch_on()
    stage.shown(project, REGISTERED)
    stage.expect(not project.failed_checks, _("the list of failed checks"))


@scenario(
    "U10",
    N_("Any restart, under the rule of FineOps"),
    N_("FineOps manages the server, and it was restarted for a minute: what now?"),
    N_("Scan and enter a new code, then register again. Nothing heals by itself."),
    VENDOR,
    Clause.RESTART_FINEOPS,
    editions=(FINEOPS_2025_08.edition,),
    meets="30002",
)
def fineops(stage: Stage) -> None:
    _server, project = stage.registered()
    server = stage.stopped(minutes=1)
    stage.expect(server.status()["activation"] == "lapsed", _("the activation"))
    stage.later(hours=2)
    stage.shown(project, LAPSED, Clause.RESTART_FINEOPS)
    stage.refused("30002", lambda: stage.register(project, server.address), _("the project registers before any scan"))
    stage.activate(server)
    stage.register(project, server.address)


@scenario(
    "U11",
    N_("A restart, under the rule of FineReport 11.5.11"),
    N_("The server was down for 30 hours: is a scan needed?"),
    N_(
        "No, while version and license allow: so says the vendor. We read that no limit of down-time is left then. A "
        "project that missed twelve polls registers again."
    ),
    READING,
    Clause.RESTART_FINEREPORT,
    editions=(FINEREPORT_11_5_11.edition,),
    readings="finereport-no-24-hours",
)
def finereport(stage: Stage) -> None:
    stage.licensed(product="FineReport", first_version="11.5.11", last_version="11.5.99")
    server = stage.activated(port=FIXED)
    project = stage.lab.project("sales", product="FineReport", version="11.5.11")
    stage.register(project, server.address)
    server = stage.stopped(hours=30)
    stage.expect(server.status()["activation"] == Standing.IN_FORCE, _("the activation"))
    stage.note(_("the server is activated, without a scan"), Clause.RESTART_FINEREPORT)
    stage.shown(project, LAPSED, Clause.TWELVE_MISSES)
    stage.register(project, server.address)


@scenario(
    "U12",
    N_("The license expires while the project runs"),
    N_("On the day after the license's last, what happens?"),
    N_(
        "The next poll gets 30000 and the registration lapses. FanRuan describes a month of grace for "
        "a sibling product, not for FineBI."
    ),
    READING,
    Clause.CODE_30000,
    meets="30000",
)
def expires(stage: Stage) -> None:
    stage.licensed(days=1)
    server, project = stage.registered()
    stage.later(hours=26)
    stage.shown(project, LAPSED, Clause.CODE_30000)
    stage.refused("30000", lambda: stage.register(project, server.address), _("the project registers again"))


@scenario(
    "U13",
    N_("Another server answers at the address"),
    N_("A container without the old folder answers at the address: does the project notice?"),
    N_(
        "Yes: the project saved the server's identity and takes no answer from another server. It "
        "heals when the right server is back."
    ),
    READING,
    Clause.MAP_CONFIG,
    editions=MILD,
    meets="identity-changed",
)
def wrong_server(stage: Stage) -> None:
    _server, project = stage.registered()
    right = stage.stop()
    wrong = stage.docker(run_line(config="/D/William/other", port=FIXED)).split()[0]
    stage.later(hours=2)
    stage.shown(project, FAILING)
    stage.listed(project, "identity-changed")
    stage.docker(f"stop {wrong}")
    stage.docker(f"start {right}")
    stage.later(hours=2)
    stage.shown(project, REGISTERED)


@scenario(
    "U14",
    N_("An older copy of the folder is put back"),
    N_("The folder is put back as it was five hours ago: does anybody notice?"),
    N_(
        "The server cannot. The project can: each lease says when the server last heard from it, and "
        "that time went back."
    ),
    READING,
    Clause.MAP_CONFIG,
    editions=MILD,
    meets="state-went-back",
    readings="state-cannot-lie",
)
def put_back(stage: Stage) -> None:
    _server, project = stage.registered()
    name = stage.stop()
    stage.copy_folder(CONFIG, COPY)
    stage.docker(f"start {name}")
    stage.later(hours=5)
    stage.stop()
    stage.copy_folder(COPY, CONFIG)
    stage.docker(f"start {name}")
    stage.later(hours=2)
    stage.shown(project, REGISTERED)
    stage.listed(project, "state-went-back")


@scenario(
    "U15",
    N_("A second server runs from a copy of the folder"),
    N_("Two servers run, one from a folder and one from its copy: who notices that they give the same seats twice?"),
    N_(
        "A project that asks both servers. A project that asks one of them notices nothing; the "
        "servers notice nothing either."
    ),
    READING,
    Clause.MAP_CONFIG,
    editions=MILD,
    meets="state-went-back",
    readings="state-cannot-lie",
)
def cloned(stage: Stage) -> None:
    server, project = stage.registered()
    name = stage.stop()
    stage.copy_folder(CONFIG, COPY)
    stage.docker(f"start {name}")
    stage.docker(run_line(config=COPY, port="-p 50124:8081"))
    clone = stage.lab.host.server()
    for count in range(3):
        stage.register(stage.lab.project(f"other-{count}"), (server if count else clone).address)
    stage.later(hours=2)
    stage.expect(not project.failed_checks, _("the list of failed checks"))
    stage.register(project, clone.address)
    stage.listed(project, "state-went-back")
