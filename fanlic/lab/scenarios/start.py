"""Starting the Authorization Server: loading, the four directories, the published port."""

from __future__ import annotations

from fanlic.lab.scenarios import PAGE, PROCESSES, READING, THE_PAGE, scenario
from fanlic.lab.stage import CONFIG, FIXED, LOG, Stage, run_line
from fanlic.model.clauses import Clause
from fanlic.model.container import image_name
from fanlic.model.project import Registration
from fanlic.model.refusals import N_
from fanlic.texts import _

TLS = "/D/William/lic/tls"


@scenario(
    "L1",
    N_("Load, list, run the image of the right architecture"),
    N_("The archive is there: what next?"),
    N_("Two images appear; the one of the host's architecture starts."),
    PAGE,
    Clause.LOAD,
    Clause.ARCHITECTURES,
    Clause.LIST_PORT,
)
def right_architecture(stage: Stage) -> None:
    stage.mail(stage.lab.customer.request(seats=1))
    stage.docker("load < fanruan_license_server.tar", Clause.LOAD)
    listed = stage.docker("images", Clause.LIST_IMAGES)
    stage.expect("_amd64" in listed and "_arm64" in listed, _("the two images"))
    stage.docker(run_line(), Clause.MAP_CONFIG)
    stage.docker("ps", Clause.LIST_PORT)
    stage.expect(stage.lab.host.server().open().status == 200, _("the QR code page"))


@scenario(
    "L2",
    N_("The image of the wrong architecture"),
    N_("The arm64 image is run on an amd64 host: what is seen?"),
    N_("The container exits at once; its log says exec format error."),
    READING,
    Clause.ARCHITECTURES,
)
def wrong_architecture(stage: Stage) -> None:
    stage.loaded()
    name = stage.docker(run_line(image=image_name("arm64"))).split()[0]
    stage.expect("Exited (1)" in stage.docker("ps -a"), _("the container's status"))
    stage.expect("exec format error" in stage.docker(f"logs {name}"), _("the container's log"))


@scenario(
    "L3",
    N_("/app/config is mapped"),
    N_("Where is privateConfig afterwards?"),
    N_("In the directory of the host that was mapped to /app/config."),
    PAGE,
    Clause.MAP_CONFIG,
)
def config_mapped(stage: Stage) -> None:
    stage.loaded()
    stage.docker(run_line(), Clause.MAP_CONFIG)
    stage.expect((stage.lab.host.path(CONFIG) / "privateConfig").is_file(), _("privateConfig on the host"))
    stage.note(_("{file} is in {folder} of the host").format(file="privateConfig", folder=CONFIG), Clause.MAP_CONFIG)


@scenario(
    "L4",
    N_("/app/config is not mapped, first start"),
    N_("Does the server work without the mapping?"),
    N_(
        "At first, yes: the server is activated and survives docker stop and docker start. Nothing "
        "warns of the loss that follows docker rm."
    ),
    READING,
    Clause.MAP_CONFIG,
    editions=THE_PAGE,
    readings="a8",
)
def config_unmapped(stage: Stage) -> None:
    stage.loaded()
    stage.docker(run_line(config=""))
    stage.activate(stage.lab.host.server())
    server = stage.stopped(hours=1)
    stage.expect(server.status()["activation"] == "activated", _("the activation"))


@scenario(
    "L5",
    N_("/app/config is not mapped, and the container is made anew"),
    N_("Somebody removed the container and ran it again: why does the phone refuse?"),
    N_(
        "FanRuan's page says that the second start causes errors and does not name them. Our reading:"
        " a new container cannot know that it is the second one. It starts with a new identity, and "
        "the license is bound to the old identity, which is gone."
    ),
    READING,
    Clause.MAP_CONFIG,
    meets="license-bound-elsewhere",
)
def made_anew(stage: Stage) -> None:
    stage.activated(config="")
    stage.docker(f"rm -f {stage.lab.host.container()}")
    stage.docker(run_line(config=""))
    server = stage.lab.host.server()
    stage.refused("license-bound-elsewhere", lambda: stage.scan(server), _("the phone scans the new container's page"))


@scenario(
    "L6",
    N_("A host path with a space or special characters"),
    N_("May the mapped directory be called /D/My Files/config?"),
    N_("The sandbox refuses such a name; FanRuan's page warns that errors may follow."),
    PAGE,
    Clause.PLAIN_PATH,
)
def odd_path(stage: Stage) -> None:
    stage.loaded()
    for path in ("/D/My Files/config", "/D/lic&co/config", "/D/\u8bb8\u53ef/config"):
        stage.note(_("mapped: {path}").format(path=ascii(path)), Clause.PLAIN_PATH)
        done = stage.lab.host.docker(run_line(f'-v "{path}:/app/config"', config=""))
        stage.expect(done.status == 125, _("the refusal"))
    stage.docker(run_line(), Clause.PLAIN_PATH)


@scenario(
    "L7",
    N_("/app/tls is mapped to an empty directory"),
    N_("The container exits as soon as it starts: why?"),
    N_("The mapping hides the built-in certificate; without one the server does not start, and its log says so."),
    PAGE,
    Clause.MAP_TLS,
    engine=PROCESSES,
)
def tls_empty(stage: Stage) -> None:
    stage.loaded()
    name = stage.docker(run_line(f"-v {TLS}:/app/tls"), Clause.MAP_TLS).split()[0]
    stage.expect("Exited (3)" in stage.docker("ps -a"), _("the container's status"))
    stage.expect("/app/tls" in stage.docker(f"logs {name}"), _("the container's log"))


@scenario(
    "L8",
    N_("/app/tls with a certificate of one's own"),
    N_("How does a client that checks certificates accept the server?"),
    N_("With a certificate for the server's address, whose issuer the client trusts, put into /app/tls."),
    PAGE,
    Clause.OWN_CERTIFICATE,
    Clause.BUILT_IN_CERTIFICATE,
    engine=PROCESSES,
    meets="certificate-refused",
)
def own_certificate(stage: Stage) -> None:
    stage.loaded()
    trusted = stage.lab.host.put_certificate(TLS)
    strict = stage.lab.project("sales", strict=True, trusted=trusted)
    server = stage.activated()
    stage.refused("certificate-refused", lambda: stage.register(strict, server.address), _("the built-in certificate"))
    stage.docker(f"rm -f {stage.lab.host.container()}")
    stage.docker(run_line(f"-v {TLS}:/app/tls"), Clause.OWN_CERTIFICATE)
    server = stage.lab.host.server()
    if server.status()["activation"] != "activated":  # the edition that forbids a restart
        stage.activate(server)
    stage.register(strict, server.address)


@scenario(
    "L9",
    N_("/app/web is mapped"),
    N_("The QR code page is not found, but docker ps shows the container: why?"),
    N_("The mapping hides the page's files: the page is unreachable, the rest runs."),
    PAGE,
    Clause.MAP_WEB,
)
def web_mapped(stage: Stage) -> None:
    stage.loaded()
    stage.docker(run_line("-v /D/William/lic/web:/app/web"), Clause.MAP_WEB)
    server = stage.lab.host.server()
    answer = server.open()
    stage.note(_("{address} answers {status}").format(address=server.address + "/license/qrcode", status=answer.status))
    stage.expect(answer.status == 404 and not answer.picture, _("the QR code page"))
    stage.expect(server.status()["activation"] == "never activated", _("the rest of the server"))


@scenario(
    "L10",
    N_("/app/log is mapped"),
    N_("Where are the logs?"),
    N_("In the mapped directory of the host."),
    PAGE,
    Clause.MAP_LOG,
    Clause.SEVERAL_MAPPINGS,
)
def log_mapped(stage: Stage) -> None:
    stage.loaded()
    stage.docker(run_line(f"-v {LOG}:/app/log"), Clause.SEVERAL_MAPPINGS)
    stage.lab.host.server().open()
    files = [path.name for path in stage.lab.host.path(LOG).iterdir()]
    stage.note(_("in {folder}: {files}").format(folder=LOG, files=", ".join(files)), Clause.MAP_LOG)
    stage.expect(bool(files), _("the log on the host"))


@scenario(
    "L11",
    N_("-P publishes on a port of its own choice"),
    N_("Which port is it?"),
    N_("A free one from 49153 to 65535; docker ps shows it."),
    PAGE,
    Clause.RANDOM_PORT,
    Clause.LIST_PORT,
)
def random_port(stage: Stage) -> None:
    stage.loaded()
    stage.docker(run_line(), Clause.RANDOM_PORT)
    stage.docker("ps", Clause.LIST_PORT)
    port = int(stage.lab.host.server().address.rpartition(":")[2])
    stage.expect(49153 <= port <= 65535, _("the port"))


@scenario(
    "L12",
    N_("-p with a host port that is taken"),
    N_("The fixed port is in use: does the container start?"),
    N_("No: Docker says that the port is already allocated."),
    READING,
    Clause.FIXED_PORT,
    readings="docker-itself",
)
def port_taken(stage: Stage) -> None:
    stage.started_server(port=FIXED)
    stage.docker(run_line(config="/D/William/second", port=FIXED), Clause.FIXED_PORT, fails="port is already allocated")
    stage.expect(len(stage.lab.host.servers()) == 1, _("one running server"))


@scenario(
    "L13",
    N_("A restart under -P"),
    N_("The server runs and is activated, and still FineBI shows a failed registration: why?"),
    N_(
        "The port moved, and the address saved in FineBI is out of date. The registration never heals "
        "by itself; register again at the new port."
    ),
    READING,
    Clause.RANDOM_PORT,
    Clause.LIST_PORT,
    editions=THE_PAGE,
    meets="cannot-connect",
    readings="docker-itself a21",
)
def port_moves(stage: Stage) -> None:
    server, project = stage.registered(port="-P")
    stage.docker(f"restart {stage.lab.host.container()}")
    stage.docker("ps", Clause.LIST_PORT)
    moved = stage.lab.host.server()
    stage.expect(moved.address != server.address, _("the port"))
    stage.later(hours=4)
    stage.shown(project, Registration.FAILING)
    stage.refused("cannot-connect", lambda: project.register(server.address), _("the old address, typed again"))
    stage.register(project, moved.address)
    stage.shown(project, Registration.REGISTERED)


@scenario(
    "L14",
    N_("The host reboots, and the container has no restart policy"),
    N_("After a night of maintenance nothing answers: what happened?"),
    N_("The container stays down and both 24-hour clocks run, until somebody starts it."),
    READING,
    Clause.DOWN_TIME,
    Clause.HEALS,
    editions=THE_PAGE,
)
def reboot(stage: Stage) -> None:
    _server, project = stage.registered()
    name = stage.lab.host.container()
    stage.note(_("the host reboots"))
    stage.lab.host.reboot()
    stage.expect(not stage.lab.host.servers(), _("no server after the reboot"))
    stage.docker("ps -a")
    stage.later(hours=8)
    stage.shown(project, Registration.FAILING)
    stage.docker(f"start {name}")
    stage.later(hours=2)
    stage.shown(project, Registration.REGISTERED, Clause.HEALS)


@scenario(
    "L15",
    N_("The image's name from an older page"),
    N_("docker run says that it cannot find the image: what is its name?"),
    N_("The name that docker images prints; older pages have it without the architecture."),
    READING,
    Clause.ARCHITECTURES,
)
def old_name(stage: Stage) -> None:
    stage.loaded()
    stage.docker(run_line(image="fanruan_license_server:1.0.0"), fails="Unable to find image")
    stage.docker("images", Clause.LIST_IMAGES)
    stage.docker(run_line())


@scenario(
    "L16",
    N_("The state is deleted, the identity is kept"),
    N_("Somebody deleted server.db to be rid of a lock: what does the next start do?"),
    N_("It is refused, with exit status 9 and the remedy in the log. With the file back, the server starts."),
    READING,
    Clause.MAP_CONFIG,
    engine=PROCESSES,
    readings="state-cannot-lie",
)
def state_deleted(stage: Stage) -> None:
    stage.activated()
    name = stage.stop()
    state, copy = stage.lab.host.path(CONFIG) / "server.db", stage.lab.host.path(CONFIG) / "server.db.copy"
    state.rename(copy)
    stage.note(_("{file} is gone from {folder}").format(file=state.name, folder=CONFIG))
    stage.docker(f"start {name}", Clause.MAP_CONFIG)
    stage.expect("Exited (9)" in stage.docker("ps -a"), _("the container's status"))
    stage.expect("server.db is missing" in stage.docker(f"logs {name}"), _("the container's log"))
    copy.rename(state)
    stage.docker(f"start {name}")
    stage.expect(stage.lab.host.server().status()["activation"] == "activated", _("the activation"))
