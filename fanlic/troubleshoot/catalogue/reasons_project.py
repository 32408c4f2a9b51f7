"""Reasons without a code: what the project meets on its way to the authorization server."""

from __future__ import annotations

from fanlic.model.clauses import Basis, Clause
from fanlic.model.refusals import N_, Who
from fanlic.troubleshoot.catalogue.entry import CaseStage, Cause, Entry

PAGE, VENDOR, READING = Basis.PAGE, Basis.VENDOR, Basis.READING
_DOCTOR = "$ fanlic doctor https://HOST:PORT"
_MOUNTS = "$ docker inspect NAME"

ENTRIES = (
    Entry(
        key="cannot-connect",
        title=N_("The project cannot connect to the authorization server"),
        meaning=N_(
            "No answer came from the address within the time. No code is documented for this; the advice "
            "of FanRuan's page is to look at the firewall."
        ),
        causes=(
            Cause(
                N_("the port in the saved address is not the published one (moved at a restart, or mistyped)"),
                Who.PROJECT,
                "docker-itself",
                "L13",
            ),
            Cause(N_("a firewall closes the mapped port"), Who.PROJECT, Clause.FIREWALL, "F4"),
            Cause(N_("the container is not running"), Who.HOST, "docker-itself", "L14"),
            Cause(
                N_("the port is published on 127.0.0.1 only, so other hosts cannot reach it"), Who.HOST, "docker-itself"
            ),
            Cause(N_("no route between the hosts, or a proxy in between"), Who.PROJECT, READING, "F16"),
        ),
        look=(
            "$ docker ps -a",
            "$ docker port NAME",
            _DOCTOR,
            N_("The same check from the FineBI host itself: what counts is its way, not your own."),
        ),
        remedy=(
            N_("Correct the address in FineBI to the published port."),
            N_("Open exactly this port for the FineBI host; there is no need to switch a firewall off."),
            N_("If the container is stopped, start the same one (docker start), before 22 hours are over."),
        ),
        who=Who.PROJECT,
        stated=PAGE,
        clauses=(Clause.FIREWALL, Clause.NETWORK, Clause.LIST_PORT),
        scenarios=("L13", "F4", "L14", "F16", "U8", "U3"),
        phrases=(
            "cannot connect",
            "can not connect",
            "can't connect",
            "could not connect",
            "connection failed",
            "unable to connect to server",
            "failed to connect",
            "no connection",
            "firewall",
            "port",
            "端口",
            "端口不通",
            "端口*不通",
            "连不通",
            "无法连接",
            "连接失败",
            "连接不上",
            "连不上",
            "防火墙",
            "网络不通",
        ),
    ),
    Entry(
        key="certificate-refused",
        title=N_("The server's HTTPS certificate was refused"),
        meaning=N_(
            "The built-in certificate is valid for localhost and 127.0.0.1 only. The example on FanRuan's"
            " page registers over an IP address with it, so FineBI may not check the name; whether yours "
            "does is not documented."
        ),
        causes=(
            Cause(
                N_("the built-in certificate does not cover this address"),
                Who.HOST,
                ("a10", Clause.BUILT_IN_CERTIFICATE),
                "L8",
            ),
            Cause(N_("the issuer of your own certificate is not trusted on the FineBI host"), Who.PROJECT, READING),
            Cause(
                N_("your own certificate has expired, lacks this name, or comes without its chain"), Who.HOST, READING
            ),
        ),
        look=(
            _DOCTOR,
            "$ openssl s_client -connect HOST:PORT -showcerts",
            N_("The exact text in FineBI's log: it tells name, trust and date apart."),
        ),
        remedy=(
            N_(
                "Map /app/tls with a certificate for this address, its key and chain; trust its issuer in FineBI's "
                "Java."
            ),
            N_("The file names expected there are not documented: copy /app/tls out of the running container first."),
            "$ docker cp NAME:/app/tls ./tls-of-the-image",
        ),
        who=Who.HOST,
        stated=PAGE,
        clauses=(Clause.BUILT_IN_CERTIFICATE, Clause.OWN_CERTIFICATE),
        scenarios=("L8", "Q2"),
        phrases=(
            "certificate refused",
            "certificate of * was refused",
            "bad certificate",
            "certificate verify failed",
            "certificate",
            "self-signed",
            "self signed",
            "证书不受信任",
            "证书错误",
            "证书无效",
            "证书",
        ),
    ),
    Entry(
        key="answer-unknown",
        title=N_("Something answered, but not as an authorization server does"),
        meaning=N_("The address leads to a web server of another kind."),
        causes=(
            Cause(N_("the port belongs to another program, such as FineOps or FineBI itself"), Who.PROJECT, READING),
            Cause(N_("a proxy, a gateway or a captive portal answers"), Who.PROJECT, READING),
            Cause(N_("there is a path after the port in the saved address"), Who.PROJECT, READING),
        ),
        look=("$ docker ps", _DOCTOR, N_("What a browser on the FineBI host shows at the address.")),
        remedy=(
            N_("Enter https, host, and the port that docker ps shows for this container; nothing after it."),
            N_("Exempt the host from the proxy."),
        ),
        who=Who.PROJECT,
        stated=READING,
        clauses=(Clause.PRIVATE_CLOUD,),
        scenarios=("F4",),
        phrases=("did not answer as", "unknown answer", "unexpected answer", "404"),
    ),
    Entry(
        key="identity-changed",
        title=N_("Another server answers at the address than the project registered with"),
        meaning=N_("The rehearsal's project remembers the identity of its server. What FineBI does is not documented."),
        causes=(
            Cause(N_("the container was made anew without its /app/config"), Who.HOST, ("a8", "a29"), "L5"),
            Cause(N_("the new server of a migration got the old one's address"), Who.HOST, "client-checks", "M1"),
            Cause(N_("two authorization servers share a name or address"), Who.HOST, "client-checks", "U13"),
        ),
        look=("$ docker ps -a", _MOUNTS, N_("Whether a migration took place.")),
        remedy=(
            N_("After a migration: register again with the new server."),
            N_("Otherwise bring the old folder back first; see license-bound-elsewhere."),
        ),
        who=Who.PROJECT,
        stated=READING,
        clauses=(Clause.MAP_CONFIG,),
        scenarios=("L5", "M1", "U13"),
        stage=CaseStage.REGISTER,
        asks=("inspect", "containers"),
        phrases=("identity changed", "is now server", "wrong server", "two servers"),
    ),
    Entry(
        key="server-changed",
        title=N_("A project registered with another server than before"),
        meaning=N_(
            "The registration counts, and the project remembers the new server's identity from now on. The list of "
            "failed checks shows the change, so that nobody is moved to another server unseen."
        ),
        causes=(
            Cause(
                N_("the project registered anew after a migration, as it should"), Who.PROJECT, "client-checks", "M1"
            ),
            Cause(N_("the saved address leads to another authorization server"), Who.PROJECT, "client-checks", "U13"),
        ),
        look=("$ docker ps -a", N_("Whether a migration took place."), N_("The fingerprint on the server's page.")),
        remedy=(
            N_("After a migration: nothing is to be done."),
            N_("Otherwise find out which server this is; unbind there, and register with the right one."),
        ),
        who=Who.PROJECT,
        stated=READING,
        clauses=(Clause.MAP_CONFIG,),
        scenarios=("M1", "U13"),
        phrases=("server changed", "the last registration was with", "pin", "new identity"),
    ),
    Entry(
        key="state-went-back",
        title=N_("The server has forgotten what it told the project before"),
        meaning=N_(
            "Each lease tells how often the server was started and when it heard the node before. Both only grow. If "
            "one of them went back, the server runs on an older state. The answer counts all the same."
        ),
        causes=(
            Cause(
                N_("a copy of /app/config, or a snapshot of the machine, was put back"),
                Who.HOST,
                "state-cannot-lie",
                "U14",
            ),
            Cause(N_("a second server runs from a copy of the folder"), Who.HOST, "state-cannot-lie", "U15"),
        ),
        look=(
            "$ docker ps -a",
            _MOUNTS,
            N_("Whether a backup was put back, and from when."),
            N_("Whether another host runs a container from a copy of the folder."),
        ),
        remedy=(
            N_("After a backup was put back on purpose, nothing is to be done; who lost a seat registers again."),
            N_("Stop a second server at once: both give out the same seats."),
        ),
        who=Who.HOST,
        stated=READING,
        clauses=(Clause.MAP_CONFIG,),
        scenarios=("U14", "U15", "L16"),
        phrases=("older state", "went back", "rollback", "snapshot", "clone", "restored backup"),
    ),
    Entry(
        key="address-unfit",
        title=N_("The address in the dialog is not https://HOST:PORT"),
        meaning=N_("The dialog wants https, the host and the published port, and nothing after it."),
        causes=(
            Cause(N_("http in place of https, or no scheme"), Who.PROJECT, "the-dialog", "Q1"),
            Cause(N_("the path /license/qrcode was copied along"), Who.PROJECT, "client-checks"),
            Cause(
                N_("the port is missing, or it is the container's port and not the host's"),
                Who.PROJECT,
                "client-checks",
                "F4",
            ),
            Cause(N_("the port is 80811 as FanRuan's page prints it; no port is above 65535"), Who.PROJECT, "a1"),
        ),
        look=(N_("The address, character by character."), "$ docker ps"),
        remedy=(N_("Enter https://HOST:PORT with the host's port from docker ps."),),
        who=Who.PROJECT,
        stated=PAGE,
        clauses=(Clause.PRIVATE_CLOUD, Clause.LIST_PORT),
        scenarios=("Q1", "F4"),
        phrases=(
            "address cannot be used",
            "wrong address",
            "address format",
            "which address",
            "80811",
            "地址错误",
            "地址格式",
            "地址不正确",
        ),
    ),
    Entry(
        key="not-administrator",
        title=N_("The user cannot open Manage > Registration"),
        meaning=N_("Registering is done by FineBI's administrator."),
        causes=(Cause(N_("somebody else than the administrator is logged in"), Who.PROJECT, "the-dialog", "F2"),),
        look=(N_("Who is logged in to FineBI."),),
        remedy=(N_("Log in as the administrator; Manage > Registration > Register Now."),),
        who=Who.PROJECT,
        stated=PAGE,
        clauses=(Clause.REGISTER_AS_ADMIN,),
        scenarios=("F2",),
        phrases=(
            "not administrator",
            "not admin",
            "no registration menu",
            "registration page missing",
            "cannot open manage",
            "不是管理员",
            "没有注册管理",
            "管理员",
            "没有权限",
        ),
    ),
    Entry(
        key="other-method-chosen",
        title=N_("Another AUTH Method than Private Cloud was chosen"),
        meaning=N_(
            "The dialog then shows other fields, and they lead nowhere here. The physical and the container variant "
            "share the one entry Private Cloud (our reading)."
        ),
        causes=(
            Cause(N_("local machine, local container or public cloud was selected"), Who.PROJECT, "the-dialog", "F3"),
        ),
        look=(
            N_(
                "The field AUTH Method in FineBI's dialog. Does it ask for a file or an account? Then it is the wrong "
                "one."
            ),
        ),
        remedy=(N_("Choose Private Cloud and enter https://HOST:PORT."),),
        who=Who.PROJECT,
        stated=PAGE,
        clauses=(Clause.PRIVATE_CLOUD,),
        scenarios=("F3",),
        phrases=(
            "auth method",
            "wrong method",
            "other method",
            "container.lic",
            "private cloud",
            "认证方式",
            "注册方式",
            "私有云",
        ),
        own_readings=("the-dialog",),
    ),
    Entry(
        key="not-registered",
        title=N_("The project is not registered"),
        meaning=N_(
            "The project holds no registration that could be polled or given back. What FineBI limits in this state "
            "is not documented."
        ),
        causes=(
            Cause(N_("it was never registered, or was unbound"), Who.PROJECT, READING),
            Cause(N_("its registration was lost in an outage"), Who.PROJECT, READING, "U4"),
        ),
        look=(N_("Manage > Registration in FineBI: what it shows, on every node of a cluster."),),
        remedy=(N_("Register it: Register Now, Private Cloud, https://HOST:PORT, Submit."),),
        who=Who.PROJECT,
        stated=READING,
        clauses=(Clause.DETAILS, Clause.REGISTER_AS_ADMIN, Clause.PRIVATE_CLOUD),
        scenarios=("U4", "F1"),
        phrases=("not registered", "unregistered", "未注册", "没有注册"),
    ),
)
