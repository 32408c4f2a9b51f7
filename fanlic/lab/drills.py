"""The drills: situations that were left broken, each with its symptom, three hints, a solution, and known mistakes.

What is wrong is in `arrange` and nowhere in the symptom. The hints say where to look, what it means, and what kind of
remedy it needs, never the whole command. A misconception is told where what was tried fits it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from fanlic.lab.scenarios import PROCESSES
from fanlic.lab.scenarios.code import slip
from fanlic.lab.stage import CONFIG, FIXED, Stage, run_line
from fanlic.lab.task import Mistake, Task, users_see
from fanlic.lab.world import Lab
from fanlic.model.container import image_name
from fanlic.model.refusals import N_, Refusal
from fanlic.texts import _

TLS, NEW_CONFIG = "/D/William/lic/tls", "/D/William/new/config"


def restarted(text: str) -> Mistake:
    return Mistake(lambda tried: tried.docker("restart "), text)


def scanned(text: str) -> Mistake:
    return Mistake(lambda tried: tried.event("QR code refused") or tried.event("scan refused"), text)


def registers(stage: Stage) -> None:
    """What ends most solutions: the project registers with the running server."""
    stage.register(stage.lab.projects[0], stage.lab.host.server().address)


def fails_to_register(stage: Stage, **facts: str) -> None:
    project = stage.lab.project("sales", **facts)  # type: ignore[arg-type]  # texts only
    must_fail(lambda: project.register(stage.lab.host.server().address))


def must_fail(act: Callable[[], object]) -> None:
    """Do what is refused in this situation; the refusal is in the lists that can be looked at."""
    try:
        act()
    except Refusal:
        return
    raise ValueError("this was to be refused")


# -- the port has moved


def _port_moved(stage: Stage) -> None:
    stage.registered(port="-P")
    stage.docker(f"restart {stage.lab.host.container()}")
    stage.later(hours=4)


PORT_MOVED = Task(
    name="port-moved",
    title=N_("The port has moved"),
    text=N_("Since this morning FineBI shows a failed registration. The host of the authorization server was patched."),
    cause=N_("Under -P the restart published another port. FineBI still asks at the old one."),
    arrange=_port_moved,
    missing=users_see("sales"),
    hints=(
        N_("Compare the address saved in FineBI with what docker ps shows."),
        N_("Under -P each start of the container publishes another port; the server itself is healthy and activated."),
        N_("Give FineBI the present port, or give the container the old one, fixed, with the same /app/config."),
    ),
    solution=registers,
    mistakes=(
        restarted(N_("The server was healthy; a restart under -P only moves the port again.")),
        scanned(N_("The activation is in force; there is nothing to scan. FineBI asks at the wrong port.")),
        Mistake(
            lambda tried: tried.event("registration failed", "cannot-connect"),
            N_("The saved address was tried once more; nothing listens there. Look up the present port."),
        ),
    ),
)


# -- /app/web is mapped


def _web_mapped(stage: Stage) -> None:
    stage.started_server("-v /D/William/lic/web:/app/web")
    fails_to_register(stage)


def _web_unmapped(stage: Stage) -> None:
    stage.docker(f"rm -f {stage.lab.host.container()}")
    stage.docker(run_line())
    stage.activate(stage.lab.host.server())
    registers(stage)


WEB_MAPPED = Task(
    name="web-mapped",
    title=N_("The page is hidden"),
    text=N_(
        "docker ps shows the container, but the browser says of the QR code page: not found. Get sales registered."
    ),
    cause=N_("A directory of the host is mapped to /app/web. It hides the page that the image has there."),
    arrange=_web_mapped,
    missing=users_see("sales"),
    hints=(
        N_("The server answers; only the page is missing. Look at the container's mappings."),
        N_("A mapping hides what the image has in that directory."),
        N_("Make the container anew with the mappings that FanRuan's page wants, and without the one it forbids."),
    ),
    solution=_web_unmapped,
    mistakes=(
        Mistake(
            lambda tried: tried.docker("run ", ":/app/web "),
            N_("The container was made anew with /app/web mapped again; the mapping is what hides the page."),
        ),
        restarted(N_("A restart keeps the container's mappings, and the mapping is what hides the page.")),
    ),
)


# -- /app/config was not mapped, and a second container was made


def _second_container(stage: Stage) -> None:
    stage.registered(config="")
    stage.stop()
    stage.docker(run_line(port=FIXED, config=""))
    stage.later(hours=3)


def _first_again(stage: Stage) -> None:
    stage.docker(f"rm -f {stage.lab.host.container()}")
    first = stage.lab.host.look("ps -a").splitlines()[-1].split()[0]
    stage.docker(f"start {first}")
    stage.later(hours=2)


SECOND_CONTAINER = Task(
    name="second-container",
    title=N_("A second container"),
    text=N_(
        "After maintenance somebody started the server with the command of the first day. FineBI shows a failed "
        "registration; the phone says that the license belongs to another server."
    ),
    cause=N_("The second container has a new identity: /app/config is not mapped. The license is bound to the first."),
    arrange=_second_container,
    missing=users_see("sales"),
    hints=(
        N_("Look at all containers, also those that do not run, and at what they map."),
        N_("/app/config is mapped nowhere, so the identity lives inside the first container, which is still there."),
        N_("Take the new container away and let the first one run again; do not remove the first."),
    ),
    solution=_first_again,
    mistakes=(
        Mistake(
            lambda tried: len([row for row in tried.rows if row.line.subject.startswith("rm ")]) > 1,
            N_("The first container was removed, and the identity went with it: now only the vendor can help."),
        ),
        scanned(N_("A scan cannot help: this server has another identity than the one the license is bound to.")),
        Mistake(
            lambda tried: tried.docker("run "),
            N_("One more new container has one more new identity; the right one is in the first container."),
        ),
        restarted(N_("A restart of the new container keeps its new identity.")),
    ),
)


# -- code entry is locked


def _locked(stage: Stage) -> None:
    server = stage.started_server()
    code = stage.scan(server)
    for _wrong in range(6):
        must_fail(lambda: server.submit(slip(code)))
    stage.lab.project("sales")


def _wait(stage: Stage) -> None:
    stage.later(minutes=15)
    stage.activate(stage.lab.host.server())
    registers(stage)


LOCKED = Task(
    name="locked",
    title=N_("The code is right, and refused"),
    text=N_("The page refuses the code, although it is the one that the phone shows. Get sales registered."),
    cause=N_("Six wrong codes were entered, so code entry is locked for fifteen minutes."),
    arrange=_locked,
    missing=users_see("sales"),
    hints=(
        N_("Ask the server for its status."),
        N_("More than five wrong codes lock code entry, for right codes too."),
        N_("Nothing but waiting ends the lock; afterwards the QR code has expired as well."),
    ),
    solution=_wait,
    mistakes=(
        restarted(N_("A restart ends neither the lock nor the count; only fifteen minutes do.")),
        Mistake(
            lambda tried: tried.event("code refused", "code-entry-locked"),
            N_("During the lock every code is refused unseen, the right one too. Wait."),
        ),
        Mistake(
            lambda tried: tried.event("QR code refused", "code-entry-locked"),
            N_("During the lock no new QR code is made. Wait."),
        ),
        Mistake(
            lambda tried: tried.event("code refused", "qr-expired"),
            N_("The lock is over, and so is the QR code; its code ended with it. Refresh and scan again."),
        ),
    ),
)


# -- lapsed after a weekend


def _weekend(stage: Stage) -> None:
    stage.registered()
    stage.stopped(hours=62)
    project = stage.lab.projects[0]
    must_fail(lambda: project.register(project.nodes[0].address))


def scan_and_register(stage: Stage) -> None:
    stage.activate(stage.lab.host.server())
    registers(stage)


WEEKEND = Task(
    name="weekend",
    title=N_("After the weekend"),
    text=N_("Monday: the power was off over the weekend. FineBI's registration fails; Details: 30002."),
    cause=N_("The server was down for more than 24 hours, so its activation has lapsed."),
    arrange=_weekend,
    missing=users_see("sales"),
    hints=(
        N_("Look at the server's status, not at FineBI's."),
        N_("Down for more than 24 hours: the activation does not survive it, and the project has missed twelve polls."),
        N_("Two things in this order: what the phone is needed for, then what FineBI is needed for."),
    ),
    solution=scan_and_register,
    mistakes=(
        Mistake(
            lambda tried: tried.docker("load ") or tried.docker("run "),
            N_("The image need not be loaded or run again; the server runs, and only its activation has lapsed."),
        ),
        Mistake(
            lambda tried: tried.event("activated"),
            N_("The server is activated again; the project's registration does not come back by itself. Register it."),
        ),
        Mistake(
            lambda tried: tried.event("registration failed", "30002"),
            N_("Registering before the scan gets 30002 again: first the server has to be activated."),
        ),
        restarted(N_("A restart brings no activation back.")),
    ),
)


# -- a seat too few for the cluster


def _no_seat_left(stage: Stage) -> None:
    server, test = stage.registered("test")
    test.switch_off()
    stage.later(hours=1)
    cluster = stage.lab.project("sales", nodes=3)
    must_fail(lambda: cluster.register(server.address))


def _unbind_test(stage: Stage) -> None:
    test, cluster = stage.lab.projects
    test.unbind()
    stage.register(cluster, stage.lab.host.server().address)


NO_SEAT_LEFT = Task(
    name="no-seat-left",
    title=N_("A seat too few"),
    text=N_("A cluster of three nodes registers; the license has three seats. The third node fails; Details: 30007."),
    cause=N_("A project that was switched off still holds one of the three seats."),
    arrange=_no_seat_left,
    missing=users_see("sales"),
    hints=(
        N_("Count the seats taken, and ask who holds them."),
        N_("A project that was switched off this morning still holds its seat; it ends after a day's silence."),
        N_("Let the project that is no longer used give its seat back, or wait for its end; then register the rest."),
    ),
    solution=_unbind_test,
    mistakes=(
        Mistake(
            lambda tried: tried.event("mail sent"),
            N_("The contract's seats suffice; one is held by a project that nobody uses."),
        ),
        restarted(N_("Seats survive a restart of the server.")),
        Mistake(
            lambda tried: tried.event("registration failed", "30007"),
            N_("Registering again finds the same seats taken. First one has to become free."),
        ),
    ),
)


# -- the app name is not the licensed one


def _app_name(stage: Stage) -> None:
    stage.licensed(app_names=("webroot",))
    stage.activated(port=FIXED)
    fails_to_register(stage, app_name="decision")


def _rename_app(stage: Stage) -> None:
    stage.lab.projects[0].configure(app_name="webroot")
    registers(stage)


APP_NAME = Task(
    name="app-name",
    title=N_("A name outside the license"),
    text=N_("A new FineBI server was set up. It cannot be registered; Details: 30005."),
    cause=N_("The license is for the app name webroot, and the project's app name is decision."),
    arrange=_app_name,
    missing=users_see("sales"),
    hints=(
        N_("The code says which of the license's terms does not fit. Look at the project's settings and the contract."),
        N_("30005 is about the app name: the context path, not the domain and not the name of the project."),
        N_("Give the project the context path that the license names, or have the license changed."),
    ),
    solution=_rename_app,
    mistakes=(
        Mistake(
            lambda tried: tried.event("project configured") and tried.event("registration failed", "30005"),
            N_("Something else than the app name was changed; 30005 is about the context path only."),
        ),
        scanned(N_("The server is activated; a scan changes nothing in what the license allows.")),
        restarted(N_("A restart changes nothing in what the license allows.")),
    ),
)


# -- the image of the wrong architecture


def _architecture(stage: Stage) -> None:
    stage.loaded()
    stage.docker(run_line(image=image_name("arm64")))
    stage.lab.project("sales")


def _right_image(stage: Stage) -> None:
    stage.docker(run_line())
    scan_and_register(stage)


ARCHITECTURE = Task(
    name="architecture",
    title=N_("The container does not stay"),
    text=N_("docker run printed an id, but the browser says ERR_CONNECTION_REFUSED. Get sales registered."),
    cause=N_("The image of another processor was run. Its program cannot start here."),
    arrange=_architecture,
    missing=users_see("sales"),
    hints=(
        N_("docker ps shows running containers only. Look at all of them, and at the log."),
        N_("An exec format error means a program of another processor."),
        N_("The archive held two images; run the other one."),
    ),
    solution=_right_image,
    mistakes=(
        Mistake(
            lambda tried: tried.docker("start ") or tried.docker("restart "),
            N_("Starting it again runs the same program on the same processor: it exits again."),
        ),
        Mistake(
            lambda tried: tried.docker("run ", "_arm64"),
            N_("The image of the other architecture was run again; ports and mappings are not what is wrong."),
        ),
        Mistake(
            lambda tried: tried.docker("load "),
            N_("The archive is sound; loading it again brings the same two images."),
        ),
    ),
)


# -- the project still polls the server that was migrated away


def _migrated(stage: Stage) -> None:
    server, _project = stage.registered()
    stage.mail(stage.lab.customer.migration(server.address))
    stage.stop()
    private_config = (stage.lab.host.path(CONFIG) / "privateConfig").read_bytes()
    stage.mail(stage.lab.customer.request(3, private_config=private_config))
    stage.lab.new_host("new-host")
    stage.docker("load -i fanruan_license_server.tar")
    stage.docker(run_line(port="-p 50124:8081"))
    stage.activate(stage.lab.host.server())
    stage.later(hours=5)


def _on_the_new_server(lab: Lab) -> str:
    if lab.projects[0].nodes[0].address != lab.hosts[-1].server().address:
        return users_see("sales")(lab) or _("sales does not use the new server.")
    return users_see("sales")(lab)


STALE_ADDRESS = Task(
    name="stale-address",
    title=N_("After the move"),
    text=N_("The authorization server moved to a new host, and all went well. Now FineBI shows a failed registration."),
    cause=N_("FineBI still asks the old server. Nobody told it of the new one."),
    arrange=_migrated,
    missing=_on_the_new_server,
    hints=(
        N_("The new server is activated. Look at the address that FineBI has saved."),
        N_("Nobody tells the projects of a move; they go on polling the old address."),
        N_("In FineBI's dialog, register with the address of the new host."),
    ),
    solution=registers,
    mistakes=(
        Mistake(
            lambda tried: any(row.party == "host" and row.line.subject.startswith("start ") for row in tried.rows),
            N_("The old server was started again: its authorization is destroyed, and no phone approves it any more."),
        ),
        scanned(N_("The new server is activated already; there is nothing to scan.")),
        restarted(N_("A restart of the new server tells no project where it is.")),
    ),
)


# -- two machines under one node name


def _one_name(stage: Stage) -> None:
    server, _first = stage.registered("sales")
    second = stage.lab.project("sales")
    second.name = "stock"
    must_fail(lambda: second.register(server.address))


def _rename_node(stage: Stage) -> None:
    second = stage.lab.projects[1]
    second.configure(node="stock")
    stage.register(second, stage.lab.host.server().address)


ONE_NAME = Task(
    name="one-name",
    title=N_("The copied machine"),
    text=N_(
        "The machine of sales was copied to set up project stock. Stock cannot be registered; Details show no code."
    ),
    cause=N_("Both machines have the node name sales, and the seat belongs to the key of the first machine."),
    arrange=_one_name,
    missing=users_see("sales", "stock"),
    hints=(
        N_("Read the reason in stock's list of failed checks."),
        N_("A seat belongs to a node name and the machine's own key; the copy has the name, but not the key."),
        N_("Each machine needs a name of its own."),
    ),
    solution=_rename_node,
    mistakes=(
        Mistake(
            lambda tried: tried.event("unbound"),
            N_("Unbinding sales gives its seat to stock: one of the two is always left out while they share a name."),
        ),
        restarted(N_("A restart changes neither the names nor the keys.")),
        Mistake(
            lambda tried: tried.event("registration failed", "node-key-wrong"),
            N_("Trying again meets the same seat under the same name."),
        ),
    ),
)


# -- the license has expired


def _expired(stage: Stage) -> None:
    stage.licensed(days=2)
    stage.registered()
    stage.later(days=3)


def _new_license(stage: Stage) -> None:
    lab = stage.lab
    lab.desk.sign(replace(lab.customer.contract, days=365))
    stage.mail(lab.customer.migration(lab.host.server().address))
    name = stage.stop()
    private_config = (lab.host.path(CONFIG) / "privateConfig").read_bytes()
    stage.mail(lab.customer.request(3, private_config=private_config))
    stage.docker("load -i fanruan_license_server.tar")
    stage.docker(f"rm {name}")
    stage.docker(run_line(config=NEW_CONFIG, port=FIXED))
    scan_and_register(stage)


EXPIRED = Task(
    name="expired",
    title=N_("Everything runs, nothing counts"),
    text=N_("FineBI's registration lapsed overnight. Server and network are healthy; Details: 30000."),
    cause=N_("The license that the server carries has expired."),
    arrange=_expired,
    missing=users_see("sales"),
    hints=(
        N_("30000 speaks of a certificate and means the license. Look at its expiry, and at the clock."),
        N_("The clock is right. A new license comes in a new archive, by the way of a migration."),
        N_("Extend the contract; mail the old address, then privateConfig; run the new image on a fresh folder."),
    ),
    solution=_new_license,
    mistakes=(
        Mistake(
            lambda tried: tried.event("clock set back"),
            N_("Setting the clock back helps nothing: the latest instant seen counts, and the activation lapses too."),
        ),
        Mistake(
            lambda tried: tried.docker(":/app/tls "),
            N_("30000 is not about the TLS certificate."),
        ),
        scanned(N_("A scan cannot renew an expired license.")),
        Mistake(
            lambda tried: tried.event("mail refused", "not-destroyed-yet"),
            N_("The old license is bound to this server: first have it destroyed, naming the server's address."),
        ),
        Mistake(
            lambda tried: tried.event("registration failed", "30000"),
            N_("Registering again meets the same license."),
        ),
        restarted(N_("A restart starts the same license.")),
    ),
)


# -- /app/tls is mapped and empty


def _tls_empty(stage: Stage) -> None:
    stage.loaded()
    stage.docker(run_line(f"-v {TLS}:/app/tls"))
    stage.lab.project("sales")


TLS_EMPTY = Task(
    name="tls-empty",
    title=N_("The server does not start"),
    text=N_(
        "A colleague made room for an own certificate. The browser says ERR_CONNECTION_REFUSED. Get sales registered."
    ),
    cause=N_("An empty directory is mapped to /app/tls, so the server has no certificate and does not start."),
    arrange=_tls_empty,
    missing=users_see("sales"),
    hints=(
        N_("docker ps shows running containers only. Look at all of them, and at the log."),
        N_("A mapping hides what the image has in that directory, and here nothing was put in its place."),
        N_("Put the certificate and its key there under the names that the log gives, or run without that mapping."),
    ),
    solution=_right_image,
    mistakes=(
        Mistake(
            lambda tried: tried.docker("start ") or tried.docker("restart "),
            N_("It was started again with the directory still empty."),
        ),
        Mistake(
            lambda tried: tried.docker("run ", ":/app/tls "),
            N_("It was made anew with the empty directory mapped again."),
        ),
    ),
    engine=PROCESSES,
)


# -- the host was rebooted


def _rebooted(stage: Stage) -> None:
    stage.registered()
    stage.lab.host.reboot()
    stage.later(hours=5)


def _start_again(stage: Stage) -> None:
    name = stage.lab.host.look("ps -a").splitlines()[1].split()[0]
    stage.docker(f"start {name}")
    stage.later(hours=2)


REBOOTED = Task(
    name="rebooted",
    title=N_("After the reboot"),
    text=N_(
        "The container host was rebooted this morning. FineBI shows a failed registration; the browser: no connection."
    ),
    cause=N_("The container has no restart policy, so it stayed down after the reboot."),
    arrange=_rebooted,
    missing=users_see("sales"),
    hints=(
        N_("Look at all containers of the host, also those that do not run."),
        N_("Without a restart policy a container stays down after a reboot. It was down for less than 24 hours."),
        N_("Let the same container run again, and give FineBI up to two hours to heal."),
    ),
    solution=_start_again,
    mistakes=(
        Mistake(
            lambda tried: tried.docker("run "),
            N_("A new container is not needed: the one that was activated is still there, with its mappings."),
        ),
        Mistake(
            lambda tried: tried.event("registration failed", "cannot-connect"),
            N_("Registering cannot work while no server runs."),
        ),
        Mistake(
            lambda tried: tried.docker("start "),
            N_("The server runs again; FineBI asks every two hours. Wait for its next poll."),
        ),
    ),
)


# -- the wrong container port is published


def _container_port(stage: Stage) -> None:
    stage.loaded()
    stage.docker(run_line(port="-p 50123:8080"))
    stage.lab.project("sales")


def _right_port(stage: Stage) -> None:
    stage.docker(f"rm -f {stage.lab.host.container()}")
    stage.docker(run_line(port=FIXED))
    scan_and_register(stage)


CONTAINER_PORT = Task(
    name="container-port",
    title=N_("It runs, and nobody answers"),
    text=N_(
        "docker ps shows the container with a port, but the browser gets no connection there. Get sales registered."
    ),
    cause=N_("The container's port 8080 is published, and the server listens on 8081."),
    arrange=_container_port,
    missing=users_see("sales"),
    hints=(
        N_("Read both numbers in the PORTS column, and compare with what the image exposes."),
        N_("The number after the colon is the container's own port, and the server listens on one only."),
        N_("Make the container anew, publishing the port that the server listens on."),
    ),
    solution=_right_port,
    mistakes=(
        Mistake(
            lambda tried: tried.docker("run ", ":8080 "),
            N_("Another host port leads to the same wrong port inside the container."),
        ),
        restarted(N_("A restart publishes the same pair of ports.")),
    ),
)


DRILLS = {
    task.name: task
    for task in (
        PORT_MOVED,
        WEB_MAPPED,
        SECOND_CONTAINER,
        LOCKED,
        WEEKEND,
        NO_SEAT_LEFT,
        APP_NAME,
        ARCHITECTURE,
        STALE_ADDRESS,
        ONE_NAME,
        EXPIRED,
        TLS_EMPTY,
        REBOOTED,
        CONTAINER_PORT,
    )
}
