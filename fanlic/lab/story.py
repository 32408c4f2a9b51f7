"""The main story: the whole documented procedure, from the request mail to the project registered on the migrated
server. It is a scenario like the others; each chapter is a heading of the page.
"""

from __future__ import annotations

from fanlic.lab.parties import ServerPage
from fanlic.lab.project import Project
from fanlic.lab.scenarios import PAGE, PROCESSES, THE_PAGE, Scenario
from fanlic.lab.scenarios.code import slip
from fanlic.lab.stage import CONFIG, MAPPED, RUN, Stage
from fanlic.model.clauses import Clause
from fanlic.model.container import ARCHIVE, image_name
from fanlic.model.overview import Site, available, unavailable
from fanlic.model.project import Registration
from fanlic.model.refusals import N_
from fanlic.texts import _


def story(stage: Stage) -> None:
    """Play all of it."""
    _overview(stage)
    _authfile(stage)
    server = _container(stage)
    _activation(stage, server)
    project = _registration(stage, server)
    _short_outage(stage, project)
    _long_outage(stage, project)
    private_config = _destroy(stage, project)
    _migrate(stage, project, private_config)
    stage.note(_("The project is registered on the migrated server. The story ends well."))


STORY = Scenario(
    "story",
    N_("The whole procedure"),
    N_("What happens from the request mail to the project on the migrated server?"),
    N_("The project is registered on the migrated server."),
    PAGE,
    (Clause.ARCHIVE, Clause.SIX_DIGITS, Clause.PRIVATE_CLOUD, Clause.HEALS, Clause.REAUTHENTICATE, Clause.NEW_ARCHIVE),
    engine=PROCESSES,
    editions=THE_PAGE,
    play=story,
)


def _overview(stage: Stage) -> None:
    stage.heading(_("Overview: which method applies"))
    site = Site(project_in_docker=True, project_reaches_internet=False, report_servers=2)
    for method, clause in unavailable(site).items():
        stage.note(_("out: {method}").format(method=_(method)), clause)
    stage.note(_("left: {methods}").format(methods=", ".join(_(method) for method in available(site))))


def _authfile(stage: Stage) -> None:
    stage.heading(_("Obtaining the Authorization File"))
    mail = stage.lab.customer.request(seats=1)
    mail.replace_header("From", "somebody@elsewhere.example")
    mail.replace_header("Subject", "Please register us")
    stage.mail(mail, "sender-without-contract", "title-without-company")
    stage.later(minutes=30)
    stage.mail(stage.lab.customer.request(seats=1))
    stage.later(minutes=30)


def _container(stage: Stage) -> ServerPage:
    stage.heading(_("Starting the Authorization Server"))
    stage.docker(f"load < {ARCHIVE}", Clause.LOAD)
    stage.docker("images", Clause.LIST_IMAGES)
    stage.docker(RUN, Clause.MAP_CONFIG)
    stage.docker("ps", Clause.LIST_PORT)
    return stage.lab.host.server()


def _activation(stage: Stage, server: ServerPage) -> None:
    stage.heading(_("Submitting and Authentication"))
    stage.note(_("open {address}/license/qrcode").format(address=server.address), Clause.QR_PAGE)
    code = stage.scan(server)
    wrong = slip(code)
    stage.refused("wrong-code", lambda: server.submit(wrong), _("enter {code} by mistake").format(code=wrong))
    stage.enter(server, code)
    stage.later(minutes=2)


def _registration(stage: Stage, server: ServerPage) -> Project:
    stage.heading(_("FineBI Server Verification Authorization"))
    project = stage.lab.project("sales")
    _register(stage, project, server)
    other = stage.lab.project("stock")
    stage.refused(
        "30007", lambda: other.register(server.address), _("a second project registers; the license has one seat")
    )
    stage.later(hours=4)
    stage.shown(project, Registration.REGISTERED)
    return project


def _register(stage: Stage, project: Project, server: ServerPage) -> None:
    text = _("Manage > Registration > Register Now, Private Cloud, {address}, Submit")
    stage.note(text.format(address=server.address), Clause.PRIVATE_CLOUD)
    stage.register(project, server.address)


def _short_outage(stage: Stage, project: Project) -> None:
    stage.heading(_("Notes: an outage of twenty hours"))
    old = stage.lab.host.server().address
    name = stage.stop()
    stage.later(hours=20)
    stage.shown(project, Registration.FAILING, Clause.HEALS)
    stage.docker(f"start {name}")
    stage.docker("ps", Clause.RANDOM_PORT)
    stage.expect(stage.lab.host.server().address != old, _("the port"))
    text = _("-P chose another port at this start, and FineBI has saved {old}: the registration would never heal")
    stage.note(text.format(old=old))
    stage.note(_("so the container is made anew with the saved port fixed; /app/config is mapped, so nothing is lost"))
    stage.docker(f"rm -f {name}")
    port = f"{old.rpartition(':')[2]}:{stage.lab.policy.container_port}"
    stage.docker(f"run {MAPPED} -p {port} --restart unless-stopped -d {image_name('amd64')}", Clause.FIXED_PORT)
    stage.later(hours=2)
    stage.shown(project, Registration.REGISTERED, Clause.HEALS)


def _long_outage(stage: Stage, project: Project) -> None:
    stage.heading(_("Notes: an outage of more than 24 hours"))
    name = stage.stop()
    stage.later(hours=25)
    stage.shown(project, Registration.LAPSED, Clause.TWELVE_MISSES)
    stage.docker(f"start {name}")
    server = stage.lab.host.server()
    stage.refused("30002", lambda: project.register(server.address), _("the project registers again"))
    stage.note(_("the image is not loaded again; scan again and enter a new code"), Clause.REAUTHENTICATE)
    stage.activate(server)
    _register(stage, project, server)


def _destroy(stage: Stage, project: Project) -> bytes:
    stage.heading(_("Authentication Migration: Destroying Original Project Authorization"))
    stage.mail(stage.lab.customer.migration(stage.lab.host.server().address), clause=Clause.DESTROY)
    stage.later(minutes=30)
    stage.note(_("the old server was left running and untouched until this reply"), Clause.NO_RESTART)
    stage.docker(f"stop {stage.lab.host.container()}", Clause.CLOSE_THEN_COPY)
    private_config = (stage.lab.host.path(CONFIG) / "privateConfig").read_bytes()
    stage.note(_("copied {file} from {folder}").format(file="privateConfig", folder=CONFIG), Clause.CLOSE_THEN_COPY)
    stage.note(_("meanwhile the project lives on its 24-hour clock"))
    stage.shown(project, Registration.REGISTERED)
    return private_config


def _migrate(stage: Stage, project: Project, private_config: bytes) -> None:
    stage.heading(_("Authentication Migration: Obtaining a New Authorization File"))
    customer, old = stage.lab.customer, stage.lab.host
    stage.mail(customer.request(seats=1), "private-config-missing")
    stage.later(minutes=30)
    stage.mail(customer.request(seats=1, private_config=private_config), clause=Clause.ATTACH)
    stage.later(minutes=30)
    stage.lab.new_host("new-host")
    stage.note(_("on the new container host the procedure begins anew"), Clause.NEW_ARCHIVE)
    stage.docker(f"load < {ARCHIVE}", Clause.LOAD)
    stage.docker(RUN, Clause.MAP_CONFIG)
    server = stage.lab.host.server()
    stage.activate(server)
    _register(stage, project, server)
    stage.later(hours=2)
    stage.shown(project, Registration.REGISTERED)
    stage.expect(not old.servers(), _("the old server"))
