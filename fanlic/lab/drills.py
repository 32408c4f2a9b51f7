"""The drills: situations that were left broken, each with its symptom, three hints, a solution, and known mistakes.

What is wrong is in `arrange` and nowhere in the symptom. The hints say where to look, what it means, and what kind of
remedy it needs, never the whole command. If what the learner tried fits a known mistake, the verdict names the mistake.
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
    """Register the project with the running server, as most solutions do at the end."""
    stage.register(stage.lab.projects[0], stage.lab.host.server().address)


def fails_to_register(stage: Stage, **facts: str) -> None:
    project = stage.lab.project("sales", **facts)  # type: ignore[arg-type]  # texts only
    must_fail(lambda: project.register(stage.lab.host.server().address))


def must_fail(act: Callable[[], object]) -> None:
    """Do something that this situation refuses. The learner finds the refusal in the lists."""
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
    cause=N_("With -P the restart published another port. FineBI still asks at the old port."),
    arrange=_port_moved,
    missing=users_see("sales"),
    hints=(
        N_("Compare the address saved in FineBI with what docker ps shows."),
        N_("With -P each start of the container publishes another port. The server itself is healthy and activated."),
        N_(
            "Give FineBI the present port. Or make the container anew with the old port fixed and the same /app/config."
        ),
    ),
    solution=registers,
    mistakes=(
        restarted(N_("The server was healthy. With -P a restart only moves the port again.")),
        scanned(N_("The activation is in force, so there is nothing to scan. FineBI asks at the wrong port.")),
        Mistake(
            lambda tried: tried.event("registration failed", "cannot-connect"),
            N_("You tried the saved address once more, but nothing listens there. Look up the present port."),
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
    text=N_("docker ps shows the container, but the browser does not find the QR code page. Get sales registered."),
    cause=N_("A directory of the host is mapped to /app/web. It hides the page that the image has in this directory."),
    arrange=_web_mapped,
    missing=users_see("sales"),
    hints=(
        N_("The server answers. Only the page is missing. Look at the container's mappings."),
        N_("A mapping hides the files that the image has in this directory."),
        N_(
            "Make the container anew. Use the mappings that FanRuan's page wants, and leave out the "
            "mapping that it forbids."
        ),
    ),
    solution=_web_unmapped,
    mistakes=(
        Mistake(
            lambda tried: tried.docker("run ", ":/app/web "),
            N_("You made the container anew, but you mapped /app/web again. This mapping hides the page."),
        ),
        restarted(N_("A restart keeps the container's mappings. One of them hides the page.")),
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
        "After maintenance somebody started the server with the command of the first day. FineBI "
        "shows a failed registration. The phone says that the license belongs to another server."
    ),
    cause=N_(
        "The second container has a new identity, because /app/config is not mapped. The license"
        " is bound to the first container."
    ),
    arrange=_second_container,
    missing=users_see("sales"),
    hints=(
        N_("Look at all containers, also at those that do not run. Compare their mappings."),
        N_(
            "No container maps /app/config, so the identity is inside the first container. This container still exists."
        ),
        N_("Remove the new container and start the first container again. Do not remove the first container."),
    ),
    solution=_first_again,
    mistakes=(
        Mistake(
            lambda tried: len([row for row in tried.rows if row.line.subject.startswith("rm ")]) > 1,
            N_("You removed the first container, and its identity is lost. Now only the vendor can help."),
        ),
        scanned(N_("A scan cannot help. The license is bound to another identity than the identity of this server.")),
        Mistake(
            lambda tried: tried.docker("run "),
            N_("Each new container has a new identity. The right identity is in the first container."),
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
    title=N_("The server refuses the right code"),
    text=N_("The page refuses the six digits, although the phone shows the same digits. Get sales registered."),
    cause=N_("Six wrong codes were entered, so code entry is locked for fifteen minutes."),
    arrange=_locked,
    missing=users_see("sales"),
    hints=(
        N_("Ask the server for its status."),
        N_("More than five wrong codes lock code entry. During the lock the server refuses right codes too."),
        N_("The lock ends only with time. After the lock the QR code has expired too."),
    ),
    solution=_wait,
    mistakes=(
        restarted(
            N_("A restart does not end the lock and does not reset the count. The lock ends after fifteen minutes.")
        ),
        Mistake(
            lambda tried: tried.event("code refused", "code-entry-locked"),
            N_("During the lock the server refuses every code without a look at it, also the right code. Wait."),
        ),
        Mistake(
            lambda tried: tried.event("QR code refused", "code-entry-locked"),
            N_("During the lock the server makes no new QR code. Wait."),
        ),
        Mistake(
            lambda tried: tried.event("code refused", "qr-expired"),
            N_("The lock is over, but the QR code and its six digits have expired. Refresh the page and scan again."),
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
    text=N_("It is Monday. The power was off over the weekend. FineBI's registration fails. Details show 30002."),
    cause=N_("The server was down for more than 24 hours, so its activation has lapsed."),
    arrange=_weekend,
    missing=users_see("sales"),
    hints=(
        N_("Look at the server's status, not at FineBI's."),
        N_(
            "The server was down for more than 24 hours. The activation has lapsed, and the project "
            "has missed twelve polls."
        ),
        N_("You need two steps in this order: first the step with the phone, then the step in FineBI."),
    ),
    solution=scan_and_register,
    mistakes=(
        Mistake(
            lambda tried: tried.docker("load ") or tried.docker("run "),
            N_("You need not load or run the image again. The server runs. Only its activation has lapsed."),
        ),
        Mistake(
            lambda tried: tried.event("activated"),
            N_(
                "The server is activated again, but the project's registration does not come back by "
                "itself. Register the project."
            ),
        ),
        Mistake(
            lambda tried: tried.event("registration failed", "30002"),
            N_("If you register before the scan, you get 30002 again. Activate the server first."),
        ),
        restarted(N_("A restart does not bring the activation back.")),
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
    text=N_(
        "A cluster of three nodes registers. The license has three seats. The third node fails. Details show 30007."
    ),
    cause=N_("A project that was switched off still holds one of the three seats."),
    arrange=_no_seat_left,
    missing=users_see("sales"),
    hints=(
        N_("Count the seats taken, and ask who holds them."),
        N_(
            "A project was switched off this morning. It still holds its seat. The seat ends after a day without polls."
        ),
        N_(
            "Let the project that nobody uses give its seat back, or wait until the seat ends. Then "
            "register the third node."
        ),
    ),
    solution=_unbind_test,
    mistakes=(
        Mistake(
            lambda tried: tried.event("mail sent"),
            N_("The contract has enough seats. A project that nobody uses holds one of them."),
        ),
        restarted(N_("Seats survive a restart of the server.")),
        Mistake(
            lambda tried: tried.event("registration failed", "30007"),
            N_("A second try finds the same seats taken. A seat has to become free first."),
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
    text=N_("A new FineBI server was set up. It cannot be registered. Details show 30005."),
    cause=N_("The license is for the app name webroot, and the project's app name is decision."),
    arrange=_app_name,
    missing=users_see("sales"),
    hints=(
        N_("The code says which term of the license does not fit. Compare the project's settings with the contract."),
        N_(
            "30005 is about the app name. The app name is the context path. It is not the domain and "
            "not the project's name."
        ),
        N_("Give the project the context path that the license names, or ask the vendor to change the license."),
    ),
    solution=_rename_app,
    mistakes=(
        Mistake(
            lambda tried: tried.event("project configured") and tried.event("registration failed", "30005"),
            N_("You changed another setting than the app name. 30005 is about the context path only."),
        ),
        scanned(N_("The server is activated. A scan does not change the terms of the license.")),
        restarted(N_("A restart does not change the terms of the license.")),
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
    cause=N_("The container runs the image for another processor. Its program cannot start on this machine."),
    arrange=_architecture,
    missing=users_see("sales"),
    hints=(
        N_("docker ps shows running containers only. Look at all of them, and at the log."),
        N_("An exec format error means that the program was made for another processor."),
        N_("The archive has two images. Run the other image."),
    ),
    solution=_right_image,
    mistakes=(
        Mistake(
            lambda tried: tried.docker("start ") or tried.docker("restart "),
            N_("You started the same program on the same processor, so it exits again."),
        ),
        Mistake(
            lambda tried: tried.docker("run ", "_arm64"),
            N_("You ran the image of the other architecture again. The ports and the mappings are right."),
        ),
        Mistake(
            lambda tried: tried.docker("load "),
            N_("The archive is sound. If you load it again, you get the same two images."),
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
    text=N_(
        "The authorization server moved to a new host, and every step succeeded. Now FineBI shows"
        " a failed registration."
    ),
    cause=N_("FineBI still asks the old server. Nobody gave it the address of the new server."),
    arrange=_migrated,
    missing=_on_the_new_server,
    hints=(
        N_("The new server is activated. Look at the address that FineBI has saved."),
        N_("A move does not change the projects. They still poll the old address."),
        N_("In FineBI's dialog, register with the address of the new host."),
    ),
    solution=registers,
    mistakes=(
        Mistake(
            lambda tried: any(row.party == "host" and row.line.subject.startswith("start ") for row in tried.rows),
            N_(
                "You started the old server again. Its authorization is destroyed, so no phone can approve it any more."
            ),
        ),
        scanned(N_("The new server is activated already, so there is nothing to scan.")),
        restarted(N_("A restart of the new server gives no project its address.")),
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
        "Somebody copied the machine of sales to set up the project stock. Stock cannot be "
        "registered. Details show no code."
    ),
    cause=N_("Both machines have the node name sales, and the seat belongs to the key of the first machine."),
    arrange=_one_name,
    missing=users_see("sales", "stock"),
    hints=(
        N_("Read the reason in stock's list of failed checks."),
        N_("A seat belongs to a node name and to the machine's own key. The copy has the name, but not the key."),
        N_("Each machine needs a name of its own."),
    ),
    solution=_rename_node,
    mistakes=(
        Mistake(
            lambda tried: tried.event("unbound"),
            N_(
                "If sales gives its seat back, stock gets it. While the two share a name, one of them "
                "is always left out."
            ),
        ),
        restarted(N_("A restart changes neither the names nor the keys.")),
        Mistake(
            lambda tried: tried.event("registration failed", "node-key-wrong"),
            N_("A second try meets the same seat with the same name."),
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
    title=N_("All servers run, and the registration has lapsed"),
    text=N_("FineBI's registration lapsed overnight. The server and the network are healthy. Details show 30000."),
    cause=N_("The license that the server carries has expired."),
    arrange=_expired,
    missing=users_see("sales"),
    hints=(
        N_("The text of 30000 says certificate and means the license. Look at the license's expiry and at the clock."),
        N_("The clock is right. A new license comes in a new archive. You get it with the steps of a migration."),
        N_("Extend the contract. Mail the old address, then mail privateConfig. Run the new image on a new folder."),
    ),
    solution=_new_license,
    mistakes=(
        Mistake(
            lambda tried: tried.event("clock set back"),
            N_(
                "It does not help to set the clock back. The server uses the latest instant that it "
                "has seen, and the activation lapses too."
            ),
        ),
        Mistake(
            lambda tried: tried.docker(":/app/tls "),
            N_("30000 is not about the TLS certificate."),
        ),
        scanned(N_("A scan cannot renew an expired license.")),
        Mistake(
            lambda tried: tried.event("mail refused", "not-destroyed-yet"),
            N_(
                "The old license is bound to this server. First ask the desk to destroy it, and name "
                "the server's address."
            ),
        ),
        Mistake(
            lambda tried: tried.event("registration failed", "30000"),
            N_("A second try meets the same license."),
        ),
        restarted(N_("A restart keeps the same license.")),
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
        "A colleague prepared the server for its own certificate. The browser says "
        "ERR_CONNECTION_REFUSED. Get sales registered."
    ),
    cause=N_("An empty directory is mapped to /app/tls, so the server has no certificate and does not start."),
    arrange=_tls_empty,
    missing=users_see("sales"),
    hints=(
        N_("docker ps shows running containers only. Look at all of them, and at the log."),
        N_("A mapping hides the files that the image has in this directory. Here the mapped directory is empty."),
        N_(
            "Put the certificate and its key into the directory, with the names that the log gives. Or"
            " leave this mapping out."
        ),
    ),
    solution=_right_image,
    mistakes=(
        Mistake(
            lambda tried: tried.docker("start ") or tried.docker("restart "),
            N_("You started the container again, but the directory is still empty."),
        ),
        Mistake(
            lambda tried: tried.docker("run ", ":/app/tls "),
            N_("You made the container anew, but you mapped the empty directory again."),
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
        "The container host was rebooted this morning. FineBI shows a failed registration. The "
        "browser gets no connection."
    ),
    cause=N_("The container has no restart policy, so it stayed down after the reboot."),
    arrange=_rebooted,
    missing=users_see("sales"),
    hints=(
        N_("Look at all containers of the host, also at those that do not run."),
        N_(
            "Without a restart policy a container stays down after a reboot. This container was down "
            "for less than 24 hours."
        ),
        N_("Start the same container again. Then wait up to two hours for FineBI's next poll."),
    ),
    solution=_start_again,
    mistakes=(
        Mistake(
            lambda tried: tried.docker("run "),
            N_("You do not need a new container. The activated container still exists, with its mappings."),
        ),
        Mistake(
            lambda tried: tried.event("registration failed", "cannot-connect"),
            N_("A registration cannot succeed while no server runs."),
        ),
        Mistake(
            lambda tried: tried.docker("start "),
            N_("The server runs again. FineBI asks every two hours. Wait for its next poll."),
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
    title=N_("The container runs, and no server answers"),
    text=N_(
        "docker ps shows the container with a port, but the browser gets no connection at this port. "
        "Get sales registered."
    ),
    cause=N_("The container publishes its port 8080, but the server listens on port 8081."),
    arrange=_container_port,
    missing=users_see("sales"),
    hints=(
        N_("Read both numbers in the PORTS column. Compare them with the port that the image exposes."),
        N_("The number after the colon is the port inside the container. The server listens on one port only."),
        N_("Make the container anew, and publish the port on which the server listens."),
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
