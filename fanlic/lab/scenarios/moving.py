"""Authentication Migration: the order of its steps, and what comes of another order."""

from __future__ import annotations

from fanlic.lab.project import Project
from fanlic.lab.scenarios import PAGE, READING, THE_PAGE, VENDOR, scenario
from fanlic.lab.stage import CONFIG, FIXED, Stage, run_line
from fanlic.model import migration
from fanlic.model.clauses import Clause
from fanlic.model.migration import Action
from fanlic.model.migration import MigrationStage as Step
from fanlic.model.outage import Standing
from fanlic.model.project import Registration
from fanlic.model.refusals import N_
from fanlic.texts import _

NEW_PORT = "-p 50124:8081"


def _destroyed(stage: Stage) -> Project:
    """A registered project whose server's authorization was destroyed; the server still runs."""
    server, project = stage.registered()
    stage.mail(stage.lab.customer.migration(server.address))
    return project


def _copied(stage: Stage) -> bytes:
    """Shut the old server down, then take privateConfig."""
    stage.stop()
    stage.note(_("copied {file} from {folder}").format(file="privateConfig", folder=CONFIG), Clause.CLOSE_THEN_COPY)
    return (stage.lab.host.path(CONFIG) / "privateConfig").read_bytes()


def _moved(stage: Stage, private_config: bytes, port: str = NEW_PORT) -> str:
    """Get the new archive and activate the server on a new host; its address."""
    stage.mail(stage.lab.customer.request(3, private_config=private_config))
    stage.lab.new_host("new-host")
    stage.docker("load -i fanruan_license_server.tar", Clause.NEW_ARCHIVE)
    stage.docker(run_line(port=port))
    server = stage.lab.host.server()
    stage.activate(server)
    return server.address


def _rule(stage: Stage, at: Step, action: Action, reason: str) -> None:
    """What the page's order says of a step."""

    def act() -> None:
        _after, refusal = migration.take(at, action)
        if refusal is not None:
            raise refusal

    stage.refused(reason, act, _("in the order of FanRuan's page, asked: {action}").format(action=_(action)))


@scenario(
    "M1",
    N_("The order of FanRuan's page is followed"),
    N_("How is the authorization server moved to another host?"),
    N_("Mail, reply, shut down, copy privateConfig, mail again, new archive, scan; then register the projects anew."),
    PAGE,
    Clause.MIGRATE_ADDRESS,
    Clause.DESTROY,
    Clause.CLOSE_THEN_COPY,
    Clause.ATTACH,
    Clause.NEW_ARCHIVE,
    meets="server-changed",
)
def in_order(stage: Stage) -> None:
    project = _destroyed(stage)
    address = _moved(stage, _copied(stage))
    stage.register(project, address)
    stage.listed(project, "server-changed")
    stage.later(hours=2)
    stage.shown(project, Registration.REGISTERED)


@scenario(
    "M2",
    N_("The old server is restarted before the reply"),
    N_("Is a restart before the reply so bad?"),
    N_(
        "FanRuan's page forbids it and does not say what happens. Here the restarted server does not "
        "know of the destruction and continues, so nothing shows the mistake. Keep to its order."
    ),
    PAGE,
    Clause.NO_RESTART,
    Clause.CLOSE_THEN_COPY,
    editions=THE_PAGE,
    meets="restart-before-reply step-out-of-order",
)
def restarted_early(stage: Stage) -> None:
    server, _project = stage.registered()
    _rule(stage, Step.ASKED, Action.RESTART_OLD, "restart-before-reply")
    _rule(stage, Step.ASKED, Action.COPY, "step-out-of-order")
    reply = stage.lab.desk.receive(stage.lab.customer.migration(server.address))
    stage.note(_("the first mail is sent; the reply is on its way and nobody has read it"), Clause.NO_RESTART)
    stage.docker(f"restart {stage.lab.host.container()}")
    stage.expect(server.status()["activation"] == Standing.IN_FORCE, _("the old server's activation"))
    stage.note(_("the reply arrives: the authorization is destroyed"), Clause.DESTROY)
    stage.expect(reply.accepted, _("the reply"))


@scenario(
    "M3",
    N_("privateConfig is not attached"),
    N_("The second mail has no attachment: what does the desk answer?"),
    N_("The desk refuses it. The customer loses a round trip of mails while the projects' clocks run."),
    READING,
    Clause.ATTACH,
    meets="private-config-missing",
    readings="whose-private-config",
)
def not_attached(stage: Stage) -> None:
    _destroyed(stage)
    private_config = _copied(stage)
    stage.mail(stage.lab.customer.request(3), "private-config-missing")
    stage.mail(stage.lab.customer.request(3, private_config=private_config))


@scenario(
    "M4",
    N_("privateConfig is lost"),
    N_("The container was removed, and /app/config was not mapped: what now?"),
    N_("No other file replaces it; only the vendor can help. Copy the file to the host before you remove a container."),
    READING,
    Clause.ATTACH,
    Clause.MAP_CONFIG,
    meets="private-config-missing private-config-wrong",
)
def lost(stage: Stage) -> None:
    server, _project = stage.registered(config="")
    stage.mail(stage.lab.customer.migration(server.address))
    stage.docker(f"rm -f {stage.lab.host.container()}")
    stage.mail(stage.lab.customer.request(3), "private-config-missing")
    stage.docker(run_line())
    other = (stage.lab.host.path(CONFIG) / "privateConfig").read_bytes()
    stage.note(_("a container made anew has made another privateConfig"))
    stage.mail(stage.lab.customer.request(3, private_config=other), "private-config-wrong")


@scenario(
    "M5",
    N_("The mail names a wrong address, or the form comes first"),
    N_("The mail gives a wrong address for the old server: what does the desk destroy?"),
    N_(
        "Nothing: no server of this contract was activated there. And without the destruction no new archive is issued."
    ),
    READING,
    Clause.MIGRATE_ADDRESS,
    Clause.DESTROY,
    meets="address-missing not-destroyed-yet",
)
def mistyped(stage: Stage) -> None:
    server, project = stage.registered()
    stage.mail(stage.lab.customer.migration("https://172.16.63.131:49155"), "address-missing")
    private_config = (stage.lab.host.path(CONFIG) / "privateConfig").read_bytes()
    stage.mail(stage.lab.customer.request(3, private_config=private_config), "not-destroyed-yet")
    stage.later(hours=2)
    stage.shown(project, Registration.REGISTERED)
    stage.mail(stage.lab.customer.migration(server.address))


@scenario(
    "M6",
    N_("The new archive takes more than a day"),
    N_("The old server is shut down and the new archive does not arrive: what do users see?"),
    N_(
        "The project shows a failed registration at once and loses it at the twelfth poll. Agree on "
        "the time of the answer before you shut the server down."
    ),
    VENDOR,
    Clause.TWELVE_MISSES,
    Clause.NEW_ARCHIVE,
)
def slow_reply(stage: Stage) -> None:
    project = _destroyed(stage)
    private_config = _copied(stage)
    stage.later(hours=20)
    stage.shown(project, Registration.FAILING)
    stage.later(hours=6)
    stage.shown(project, Registration.LAPSED, Clause.TWELVE_MISSES)
    stage.register(project, _moved(stage, private_config))


@scenario(
    "M7",
    N_("The projects are not pointed to the new server"),
    N_("The new server is activated, and a day later FineBI's registration is lost: why?"),
    N_("It still polls the old address, which is dead. Register with the new one."),
    READING,
    Clause.NEW_ARCHIVE,
    Clause.TWELVE_MISSES,
    readings="twelve-misses-span",
)
def not_repointed(stage: Stage) -> None:
    project = _destroyed(stage)
    address = _moved(stage, _copied(stage))
    stage.later(hours=25)
    stage.shown(project, Registration.LAPSED, Clause.TWELVE_MISSES)
    stage.register(project, address)
    stage.shown(project, Registration.REGISTERED)


@scenario(
    "M8",
    N_("The old server is started again after the migration"),
    N_("Does the old server serve again?"),
    N_(
        "Within 24 hours, yes: without internet it cannot know of the migration. Later it needs a "
        "scan, and the phone refuses it."
    ),
    READING,
    Clause.DESTROY,
    Clause.DOWN_TIME,
    editions=THE_PAGE,
    meets="30002 license-destroyed",
)
def old_one_again(stage: Stage) -> None:
    project, old = _destroyed(stage), stage.lab.host
    _moved(stage, _copied(stage))
    stage.lab.host = old
    name = old.look("ps -a").splitlines()[1].split()[0]
    stage.docker(f"start {name}")
    stage.later(hours=2)
    stage.shown(project, Registration.REGISTERED)
    server = stage.stopped(hours=24)
    stage.refused("license-destroyed", lambda: stage.scan(server), _("the phone scans the old server's page"))
    stage.refused(
        "30002", lambda: stage.register(project, server.address), _("a project registers with the old server")
    )


@scenario(
    "M9",
    N_("A server that was never activated is to be migrated"),
    N_("The host changes before anybody has scanned: is a migration needed?"),
    N_("No: there is nothing to unbind, 20000. The archive that was sent still works on the other host."),
    READING,
    Clause.CODE_20000,
    Clause.MIGRATE_ADDRESS,
    meets="20000",
    readings="destroy-what-was-never-activated",
)
def never_activated(stage: Stage) -> None:
    server = stage.started_server(port=FIXED)
    stage.mail(stage.lab.customer.migration(server.address), "nothing-to-unbind")
    stage.stop()
    stage.mail(stage.lab.customer.request(3))
    stage.lab.new_host("new-host")
    stage.docker("load -i fanruan_license_server.tar", Clause.LOAD)
    stage.docker(run_line(port=NEW_PORT))
    stage.activate(stage.lab.host.server())


@scenario(
    "M10",
    N_("A stranger writes under the customer's address"),
    N_("Can a forged mail destroy an authorization?"),
    N_(
        "The sender's address is all that tells who wrote a mail, so the desk takes it for the customer's. It asks the "
        "customer back before it destroys anything, and the customer denies it. The customer's own mail is confirmed."
    ),
    READING,
    Clause.MIGRATE_ADDRESS,
    Clause.DESTROY,
    meets="destruction-denied",
    readings="asks-back",
)
def forged(stage: Stage) -> None:
    server, project = stage.registered()
    customer = stage.lab.customer
    mail = customer.migration(server.address)
    mail["Received"] = "from mail.stranger.example"
    stage.note(_("a stranger writes the customer's address into From; nothing else of the mail is looked at"))
    customer.confirms = False
    stage.note(_("the business desk asks the customer back; the customer knows of no migration and says no"))
    stage.mail(mail, "destruction-denied")
    stage.later(hours=2)
    stage.shown(project, Registration.REGISTERED)
    customer.confirms = True
    stage.note(_("now the customer wants to move, and says yes when the desk asks back"), Clause.DESTROY)
    stage.mail(customer.migration(server.address))
