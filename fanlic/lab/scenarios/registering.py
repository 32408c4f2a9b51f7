"""FineBI Server Verification Authorization, and Failed Registration."""

from __future__ import annotations

from functools import partial

from fanlic.lab.scenarios import PAGE, READING, THE_PAGE, VENDOR, not_modelled, scenario
from fanlic.lab.stage import FIXED, Stage
from fanlic.model.clauses import Clause
from fanlic.model.project import Registration
from fanlic.model.refusals import N_
from fanlic.texts import _


@scenario(
    "F1",
    N_("The administrator registers with the right address"),
    N_("What does success look like?"),
    N_("A page with the maximum number of connections, which is the number of seats."),
    PAGE,
    Clause.REGISTER_AS_ADMIN,
    Clause.PRIVATE_CLOUD,
    Clause.CONNECTIONS,
)
def success(stage: Stage) -> None:
    server = stage.activated()
    project = stage.lab.project("sales")
    shown = stage.register(project, server.address)
    stage.expect(shown.maximum_connections == server.status()["seats"] == 3, _("the maximum number of connections"))
    stage.shown(project, Registration.REGISTERED)


@scenario(
    "F2",
    N_("Somebody who is not the administrator"),
    N_("Who can register?"),
    N_("The administrator; nobody else reaches the page."),
    READING,
    Clause.REGISTER_AS_ADMIN,
    meets="not-administrator",
    readings="the-dialog",
)
def not_admin(stage: Stage) -> None:
    server = stage.activated()
    project = stage.lab.project("sales")
    who = "william"
    stage.refused(
        "not-administrator",
        lambda: project.register(server.address, user=who),
        _("the user {user} registers").format(user=who),
    )
    stage.register(project, server.address)


@scenario(
    "F3",
    N_("Another method is chosen"),
    N_("AUTH Method is not Private Cloud: does it work?"),
    N_("No: other fields appear, and they lead nowhere here."),
    READING,
    Clause.PRIVATE_CLOUD,
    meets="other-method-chosen",
    readings="the-dialog",
)
def other_method(stage: Stage) -> None:
    server = stage.activated()
    project = stage.lab.project("sales")
    method = "Public Cloud"
    stage.refused(
        "other-method-chosen",
        lambda: project.register(server.address, method=method),
        _("AUTH Method: {method}").format(method=method),
    )


@scenario(
    "F4",
    N_("A wrong port or address, or a closed firewall"),
    N_("The pop-up shows no code: what is wrong?"),
    N_("Nothing answers there, or something else does. Compare the address with docker ps; open the port."),
    PAGE,
    Clause.FIREWALL,
    Clause.PRIVATE_CLOUD,
    Clause.NETWORK,
    meets="cannot-connect address-unfit answer-unknown",
)
def wrong_address(stage: Stage) -> None:
    server = stage.activated()
    project = stage.lab.project("sales")
    host, _colon, port = server.address.rpartition(":")
    attempts = {
        f"{host}:{int(port) + 1}": "cannot-connect",
        server.address.replace("https", "http"): "address-unfit",
        f"{server.address}/license/qrcode": "address-unfit",
        stage.lab.desk.address: "answer-unknown",
    }
    for address, reason in attempts.items():
        stage.refused(reason, partial(project.register, address), _("register with {to}").format(to=address))
    project.cut_network()
    stage.refused("cannot-connect", lambda: project.register(server.address), _("right, but the firewall is closed"))
    project.mend_network()
    stage.register(project, server.address)


@scenario(
    "F5",
    N_("The server runs but was never activated"),
    N_("The address is right, and the registration fails: why?"),
    N_("The server was never activated; FanRuan's table has no code for that. Activate the server first."),
    READING,
    Clause.QR_PAGE,
    Clause.DETAILS,
    meets="never-activated",
)
def never_activated(stage: Stage) -> None:
    server = stage.started_server()
    project = stage.lab.project("sales")
    stage.refused("never-activated", lambda: stage.register(project, server.address), _("register before the scan"))
    stage.activate(server)
    stage.register(project, server.address)


@scenario(
    "F6",
    N_("Every seat is taken"),
    N_("30007: who holds the seats, and how does one become free?"),
    N_(
        "Registered nodes hold the seats. Unbind one to free its seat. A new machine with the name of"
        " an old one waits until the old seat is free."
    ),
    PAGE,
    Clause.CODE_30007,
    Clause.CONNECTIONS,
    meets="30007 node-key-wrong",
)
def seats_taken(stage: Stage) -> None:
    stage.loaded(seats=1)
    server, project = stage.registered()
    stock, twin = stage.lab.project("stock"), stage.lab.project("sales")
    stage.refused("30007", lambda: stage.register(stock, server.address), _("a second project registers"))
    stage.refused("node-key-wrong", lambda: stage.register(twin, server.address), _("another machine of the same name"))
    project.unbind()
    stage.note(_("the first project is unbound"))
    stage.register(stock, server.address)


@scenario(
    "F7",
    N_("The license has expired"),
    N_("30000: is it the TLS certificate?"),
    N_("No, the license. A new one is needed, unless the host's clock is wrong."),
    PAGE,
    Clause.CODE_30000,
    meets="30000",
)
def expired(stage: Stage) -> None:
    stage.licensed(days=2)
    server = stage.activated()
    stage.later(days=2)
    project = stage.lab.project("sales")
    stage.refused("30000", lambda: stage.register(project, server.address), _("register two days later"))


@scenario(
    "F8",
    N_("The product's version is not the licensed one"),
    N_("30001 after an upgrade of FineBI: why?"),
    N_("The license names product and versions; another version needs another license."),
    PAGE,
    Clause.CODE_30001,
    Clause.VERSION,
    meets="30001",
)
def other_version(stage: Stage) -> None:
    server = stage.activated()
    newer, report = stage.lab.project("newer", version="7.0.1"), stage.lab.project("report", product="FineReport")
    stage.refused("30001", lambda: stage.register(newer, server.address), _("FineBI 7.0.1 registers"))
    stage.refused("30001", lambda: stage.register(report, server.address), _("FineReport registers"))


@scenario(
    "F9",
    N_("The account's state is abnormal"),
    N_("30002: what is abnormal about it?"),
    N_("The server's authorization was in force and has lapsed: scan again, then register."),
    READING,
    Clause.CODE_30002,
    Clause.DOWN_TIME,
    Clause.REAUTHENTICATE,
    editions=THE_PAGE,
    meets="30002",
)
def abnormal(stage: Stage) -> None:
    stage.activated(port=FIXED)
    server = stage.stopped(hours=24)
    project = stage.lab.project("sales")
    stage.refused("30002", lambda: stage.register(project, server.address), _("register after 24 hours of down-time"))
    stage.activate(server)
    stage.register(project, server.address)


@scenario(
    "F10",
    N_("IP address, domain or app name outside the license"),
    N_("30003, 30004, 30005: which of them is it?"),
    N_("Each names its own: the address the project comes from, the name it is reached by, its context path."),
    PAGE,
    Clause.CODE_30003,
    Clause.CODE_30004,
    Clause.CODE_30005,
    meets="30003 30004 30005",
)
def outside(stage: Stage) -> None:
    stage.licensed(domains=("bi.acme.example",), app_names=("webroot",))
    server = stage.activated()
    domain, name = stage.lab.project("by-ip", domain="172.16.63.20"), stage.lab.project("renamed", app_name="decision")
    stage.refused("30004", lambda: stage.register(domain, server.address), _("a project reached as 172.16.63.20"))
    stage.refused("30005", lambda: stage.register(name, server.address), _("a project whose app name is decision"))
    stage.register(stage.lab.project("sales"), server.address)
    stage.licensed(email="branch@acme.example", networks=("10.1.0.0/16",), domains=(), app_names=())
    branch = stage.activated(config="/D/William/branch")
    stage.note(_("the license of a branch allows 10.1.0.0/16 only; the project comes from 127.0.0.1"))
    other = stage.lab.project("branch")
    stage.refused("30003", lambda: stage.register(other, branch.address), _("the project of the branch registers"))


@scenario(
    "F11",
    N_("Malformed data, a wrong parameter"),
    N_("10000 or 10001: what arrived?"),
    N_("10000: what arrived is not JSON. 10001: a parameter is wrong, here a version that is no number."),
    PAGE,
    Clause.CODE_10000,
    Clause.CODE_10001,
    meets="10000 10001",
)
def malformed(stage: Stage) -> None:
    server = stage.activated()
    project = stage.lab.project("sales", version="six")
    stage.refused("10001", lambda: stage.register(project, server.address), _("a version that is no number"))

    def garbage() -> None:
        sent = {"content": b"<html>", "headers": {"Content-Type": "application/json"}}
        raise server.send("PUT", "/license/v1/registrations/sales", **sent).refusal()

    stage.refused("10000", garbage, _("a proxy puts a page of its own into the request"))


@scenario(
    "F12",
    N_("Unbinding what is not authorized"),
    N_("20000: did the unbinding fail?"),
    N_("There was nothing to unbind: the node holds no seat here."),
    PAGE,
    Clause.CODE_20000,
    meets="20000 not-registered",
)
def nothing_to_unbind(stage: Stage) -> None:
    _server, project = stage.registered()
    project.unbind()
    stage.note(_("the project is unbound"))
    stage.shown(project, Registration.NONE)
    stage.refused("not-registered", project.nodes[0].poll, _("an unbound node polls"))
    stage.refused("20000", project.nodes[0].unbind, _("the project is unbound a second time"))


@scenario(
    "F13",
    N_("The project comes through NAT"),
    N_("The license allows the project's own address, and the code is 30003: why?"),
    N_("The server sees the gateway's address. The vendor does not support NAT for the physical sibling."),
    VENDOR,
    Clause.CODE_30003,
    Clause.NETWORK,
    meets="30003",
)
def through_nat(stage: Stage) -> None:
    stage.licensed(networks=("192.168.7.0/24",))
    server = stage.activated()
    stage.note(_("the project is 192.168.7.20; the gateway hands its requests on as 127.0.0.1"))
    project = stage.lab.project("sales")
    refusal = stage.refused("30003", lambda: stage.register(project, server.address), _("register through the gateway"))
    stage.expect("127.0.0.1" in str(refusal), _("the address that the server saw"))


@scenario(
    "F14",
    N_("A cluster with a seat for every node"),
    N_("Three nodes, three seats: does every node register?"),
    N_("Yes, each with a seat of its own."),
    VENDOR,
    Clause.SEATS,
    Clause.CONNECTIONS,
)
def cluster(stage: Stage) -> None:
    server = stage.activated()
    project = stage.lab.project("sales", nodes=3)
    stage.register(project, server.address)
    stage.expect(server.status()["seats_taken"] == 3, _("the number of seats taken"))
    stage.shown(project, Registration.REGISTERED)


@scenario(
    "F15",
    N_("A cluster with fewer seats than nodes"),
    N_("Three nodes, two seats: which node fails?"),
    N_("The node that registers last is refused with 30007; the others are registered."),
    VENDOR,
    Clause.SEATS,
    Clause.CODE_30007,
    meets="30007",
)
def cluster_too_large(stage: Stage) -> None:
    stage.loaded(seats=2)
    server = stage.activated()
    project = stage.lab.project("sales", nodes=3)
    stage.refused("30007", lambda: stage.register(project, server.address), _("the three nodes register"))
    stage.expect([check.code for check in project.failed_checks] == [30007], _("the list of failed checks"))
    stage.expect(project.nodes[2].registration is Registration.NONE, _("the third node"))


@scenario(
    "F16",
    N_("One node of a cluster cannot reach the server"),
    N_("The cluster shows a failed registration: which node is it?"),
    N_("The list of failed checks tells each node's own reason."),
    VENDOR,
    Clause.NETWORK,
    Clause.DETAILS,
    meets="cannot-connect",
)
def one_node_cut_off(stage: Stage) -> None:
    server = stage.activated()
    project = stage.lab.project("sales", nodes=3)
    project.nodes[1].connected = False
    stage.refused("cannot-connect", lambda: stage.register(project, server.address), _("the three nodes register"))
    for check in project.failed_checks:
        stage.note(f"{check.node}: {check.text}", Clause.DETAILS)
    stage.expect([check.node for check in project.failed_checks] == ["sales-2"], _("the list of failed checks"))


not_modelled(
    "F17",
    N_("The clocks of a cluster disagree"),
    N_("Must the nodes' clocks agree?"),
    N_("A sibling method asks for it before registering: make them agree."),
    VENDOR,
    Clause.SEATS,
    why_not=N_("All parties of the lab share one clock, and a node's own clock enters no request of this procedure."),
)
