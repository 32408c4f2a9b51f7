"""More drills: two causes at once, causes with a decoy beside them, and situations in which nothing is broken."""

from __future__ import annotations

from datetime import timedelta

from fanlic.lab.drills import (
    fails_to_register,
    must_fail,
    registers,
    restarted,
    scan_and_register,
    scanned,
)
from fanlic.lab.stage import FIXED, Stage, run_line
from fanlic.lab.task import Mistake, Task, users_see
from fanlic.model.refusals import N_

TRIAL_CONFIG = "/D/William/trial/config"


# -- the network is cut


def _network_cut(stage: Stage) -> None:
    _server, project = stage.registered()
    project.cut_network()
    stage.later(hours=5)


def _network_mended(stage: Stage) -> None:
    stage.lab.projects[0].mend_network()
    stage.later(hours=2)


NETWORK_CUT = Task(
    name="network-cut",
    title=N_("The network between FineBI and the server"),
    text=N_("FineBI shows a failed registration. The QR code page opens on the administrator's own computer."),
    cause=N_("Container, port and activation are sound. The network between FineBI and the server is cut."),
    arrange=_network_cut,
    missing=users_see("sales"),
    hints=(
        N_("Compare the saved address with the published port, then ask the server for its status."),
        N_("The address is right and the server is activated. What is between the two machines?"),
        N_("Ask for an open network between FineBI and the server. FineBI asks again within two hours."),
    ),
    solution=_network_mended,
    mistakes=(restarted(N_("The server was healthy. A restart opens no firewall.")),),
)


# -- outside the license: version, domain


def _other_version(stage: Stage) -> None:
    stage.registered()
    stage.later(hours=1)
    project = stage.lab.projects[0]
    project.unbind()
    project.configure(version="6.1.2")
    must_fail(lambda: project.register(project.nodes[0].address))


def _version_back(stage: Stage) -> None:
    stage.lab.projects[0].configure(version="6.0.5")
    registers(stage)


OTHER_VERSION = Task(
    name="other-version",
    title=N_("After the upgrade"),
    text=N_("FineBI gave its seat back and was upgraded. Now it cannot be registered. Details show 30001."),
    cause=N_("The license is for versions 6.0.5 to 6.0.99, and FineBI is 6.1.2 now."),
    arrange=_other_version,
    missing=users_see("sales"),
    hints=(
        N_("Compare the project's settings with the contract."),
        N_("30001 is about the version of FineBI. The license names the first and the last version that it allows."),
        N_("Go back to a version that the license allows, or ask the vendor to change the license."),
    ),
    solution=_version_back,
    mistakes=(scanned(N_("The server is activated. A scan changes no version.")),),
)


def _other_domain(stage: Stage) -> None:
    stage.licensed(domains=("bi.acme.example",))
    stage.activated(port=FIXED)
    fails_to_register(stage, domain="bi-test.acme.example")


def _domain_back(stage: Stage) -> None:
    stage.lab.projects[0].configure(domain="bi.acme.example")
    registers(stage)


OTHER_DOMAIN = Task(
    name="other-domain",
    title=N_("A second address for the same system"),
    text=N_("Somebody changed the web address of FineBI last night. FineBI cannot be registered. Details show 30004."),
    cause=N_("The license is for the domain bi.acme.example, but FineBI names another domain."),
    arrange=_other_domain,
    missing=users_see("sales"),
    hints=(
        N_("The code says which term of the license does not fit."),
        N_("30004 is about the domain. Compare the project's settings with the contract."),
        N_("Set the licensed domain in FineBI, or ask the vendor to change the license."),
    ),
    solution=_domain_back,
    mistakes=(restarted(N_("A restart of the server changes no domain.")),),
)


# -- the clock of the host was set back


def _clock_back(stage: Stage) -> None:
    stage.registered()
    stage.later(hours=1)
    stage.lab.clock.set(stage.lab.clock.now() - timedelta(minutes=20))
    project = stage.lab.projects[0]
    must_fail(lambda: project.register(project.nodes[0].address))
    stage.later(hours=2)


CLOCK_BACK = Task(
    name="clock-back",
    title=N_("The corrected clock"),
    text=N_(
        "Somebody corrected the clocks of the machines this morning. FineBI's registration fails. Details show 30002."
    ),
    cause=N_("Somebody set the clock of the container host back by 20 minutes, so the activation lapsed."),
    arrange=_clock_back,
    missing=users_see("sales"),
    hints=(
        N_("Ask the server for its status, and read the cause in it."),
        N_("A clock that is set back ends the activation, as a down-time of 24 hours does."),
        N_("Leave the clock as it is now. Use the phone first, then FineBI's dialog."),
    ),
    solution=scan_and_register,
    mistakes=(restarted(N_("A restart does not bring the activation back.")),),
)


# -- two at once


def _lapsed_and_moved(stage: Stage) -> None:
    stage.registered(port="-P")
    stage.stopped(hours=40)


LAPSED_AND_MOVED = Task(
    name="lapsed-and-moved",
    title=N_("Two at once: the activation and the port"),
    text=N_("The power was off from Friday to Sunday. On Monday FineBI shows that its registration lapsed."),
    cause=N_("The server was down for more than 24 hours, so its activation lapsed. And -P published another port."),
    arrange=_lapsed_and_moved,
    missing=users_see("sales"),
    hints=(
        N_("Look at the server's status, and compare the saved address with the published port."),
        N_("Two things happened. For the first you need the phone. The second is a number in FineBI's dialog."),
        N_("Activate the server again; then register with the port of today."),
    ),
    solution=scan_and_register,
    mistakes=(
        Mistake(
            lambda tried: tried.event("registration failed", "cannot-connect"),
            N_("Nothing listens at the saved port any more. Look up the present port."),
        ),
    ),
)


def _name_and_seat(stage: Stage) -> None:
    stage.licensed(seats=1, app_names=("webroot",))
    stage.loaded(seats=1)
    _server, test = stage.registered("test")
    test.switch_off()
    stage.later(hours=1)
    fails_to_register(stage, app_name="report")


def _named_and_seated(stage: Stage) -> None:
    test, sales = stage.lab.projects
    test.unbind()
    sales.configure(app_name="webroot")
    stage.register(sales, stage.lab.host.server().address)


NAME_AND_SEAT = Task(
    name="name-and-seat",
    title=N_("Two at once: the name and the seat"),
    text=N_(
        "The test system was switched off this morning. The real system, sales, cannot be registered."
        " Details show 30005."
    ),
    cause=N_("The app name of sales is not the licensed name. And the test system still holds the only seat."),
    arrange=_name_and_seat,
    missing=users_see("sales"),
    hints=(
        N_("Read the project's settings and the contract. Then count the seats."),
        N_("After the first code you will meet a second code. The server checks the license first and the seats last."),
        N_("Give sales the licensed app name, and let the test system give its seat back."),
    ),
    solution=_named_and_seated,
    mistakes=(
        Mistake(
            lambda tried: tried.event("registration failed", "30007"),
            N_("The name fits now. The only seat is held by the system that was switched off."),
        ),
    ),
)


# -- with a decoy


def _trial_container(stage: Stage) -> None:
    stage.registered()
    stage.docker(run_line(port="-p 50124:8081", config=TRIAL_CONFIG))
    stage.stop()
    stage.lab.host.reboot()
    stage.later(hours=5)


def _right_container(stage: Stage) -> None:
    first = stage.lab.host.look("ps -a").splitlines()[-1].split()[0]
    stage.docker(f"start {first}")
    stage.later(hours=2)


TRIAL_CONTAINER = Task(
    name="trial-container",
    title=N_("Two containers"),
    text=N_("The container host was rebooted this morning. FineBI shows a failed registration. No page opens."),
    cause=N_(
        "Sales is registered with a container that did not start again. The newer container beside it is a trial."
    ),
    arrange=_trial_container,
    missing=users_see("sales"),
    hints=(
        N_("There are two containers. Look at both of them, at their ports and mappings."),
        N_("FineBI has saved a port. One of the two containers published it."),
        N_("Start the container whose port FineBI has saved. Leave the other container alone."),
    ),
    solution=_right_container,
    mistakes=(scanned(N_("The trial has an identity of its own. The license is bound to the other container.")),),
)


def _old_entry(stage: Stage) -> None:
    stage.licensed(app_names=("webroot",))
    stage.activated()
    fails_to_register(stage, app_name="decision")
    stage.lab.projects[0].configure(app_name="webroot")
    registers(stage)
    stage.later(hours=30)
    stage.docker(f"restart {stage.lab.host.container()}")
    stage.later(hours=3)


OLD_ENTRY = Task(
    name="old-entry",
    title=N_("The error of last week"),
    text=N_(
        'FineBI shows a failed registration. A colleague says: "We had 30005 last week. It is the app name again."'
    ),
    cause=N_(
        "With -P the restart published another port. The 30005 in the list is old. Its cause was mended last week."
    ),
    arrange=_old_entry,
    missing=users_see("sales"),
    hints=(
        N_("Read the times in the list of failed checks."),
        N_("The entries of today have no code. Compare the saved address with docker ps."),
        N_("Give FineBI the present port."),
    ),
    solution=registers,
    mistakes=(
        Mistake(
            lambda tried: tried.event("project configured"),
            N_("The app name was right. The entry with 30005 is older than the last registration."),
        ),
    ),
)


# -- nothing is broken


def _heals_soon(stage: Stage) -> None:
    stage.registered()
    stage.later(minutes=90)
    stage.stopped(hours=3)
    stage.later(minutes=10)


def _waited(stage: Stage) -> None:
    stage.later(hours=2)


HEALS_SOON = Task(
    name="heals-soon",
    title=N_("Nothing to mend: the next poll has not come yet"),
    text=N_(
        "The server was down for maintenance. It has run again for ten minutes, and FineBI still shows a failed "
        "registration."
    ),
    cause=N_("Nothing is broken. FineBI asks every two hours, and its next poll has not come yet."),
    arrange=_heals_soon,
    missing=users_see("sales"),
    hints=(
        N_("Ask the server for its status, and look at the saved address."),
        N_("The status and the address are right. How often does FineBI ask?"),
        N_("The server was down for less than 24 hours. Wait for the next poll."),
    ),
    solution=_waited,
    mistakes=(restarted(N_("The server was healthy. Each restart is one more outage.")),),
)


def _no_picture(stage: Stage) -> None:
    stage.registered()
    stage.later(hours=5)


NO_PICTURE = Task(
    name="no-picture",
    title=N_("Nothing to mend: a page without a picture"),
    text=N_("A new colleague opens the QR code page and sees no QR code. He fears that the activation is gone."),
    cause=N_("Nothing is broken. An activated server shows no QR code, because there is nothing to approve."),
    arrange=_no_picture,
    missing=users_see("sales"),
    hints=(
        N_("Ask the server for its status, and FineBI for its Registration page."),
        N_("When does the page need a QR code?"),
        N_("Leave everything as it is."),
    ),
    solution=_waited,
    mistakes=(
        restarted(N_("The server was healthy. A restart is an outage, and the page shows no QR code after it.")),
    ),
)


MIXED = {
    task.name: task
    for task in (
        NETWORK_CUT,
        OTHER_VERSION,
        OTHER_DOMAIN,
        CLOCK_BACK,
        LAPSED_AND_MOVED,
        NAME_AND_SEAT,
        TRIAL_CONTAINER,
        OLD_ENTRY,
        HEALS_SOON,
        NO_PICTURE,
    )
}
