"""Symptoms as people meet them: the pop-up, the browser, and what nobody sees until it is too late."""

from __future__ import annotations

from fanlic.model.clauses import Basis, Clause
from fanlic.model.refusals import N_, Who
from fanlic.troubleshoot.catalogue import mails
from fanlic.troubleshoot.catalogue.entry import CaseStage, Cause, Entry, Says

PAGE, VENDOR, READING = Basis.PAGE, Basis.VENDOR, Basis.READING
_DOCTOR = "$ fanlic doctor https://HOST:PORT"
_PS = "$ docker ps"
_PS_A = "$ docker ps -a"
_INSPECT = "$ docker inspect NAME"
_LOGS = "$ docker logs --tail 200 NAME"
_FROM_THERE = N_("Check from the FineBI host: what counts is its way, not your own.")
_SAVE_FIRST = N_("Before a container is made anew: if /app/config is not mapped, copy it out and map the copy.")
_FIXED_PORT = N_(
    "Make the container anew with -p HOST_PORT:CONTAINER_PORT in place of -P, the same folder mapped to /app/config."
)

_FINEBI = (
    Entry(
        key="registration-failed",
        title=N_("Registration failed: open the Details and read out the five digits"),
        meaning=N_("The pop-up alone does not tell the cause. Its Details do: a five-digit code, or a text."),
        causes=(
            Cause(N_("one of the ten documented codes"), Who.PROJECT, Clause.DETAILS, "F10"),
            Cause(
                N_("no connection: port, address or firewall"), Who.PROJECT, ("client-checks", Clause.FIREWALL), "F4"
            ),
            Cause(
                N_("the server has not been activated, or its authorization lapsed"), Who.HOST, "lapsed-is-30002", "F5"
            ),
            Cause(N_("shown after a short outage; it heals by itself"), Who.NOBODY, "a4", "U3"),
        ),
        look=(
            N_("Press Details in the pop-up. Which five digits, which text stand there?"),
            N_("In a cluster: the reason of each node; they may differ."),
            N_("Did it ever work? Since when not? Was anything restarted, moved or upgraded?"),
        ),
        remedy=(
            N_("Read the five digits out, then: fanlic explain DIGITS"),
            N_("Without digits: fanlic explain and the text, or paste everything into fanlic triage."),
        ),
        who=Who.PROJECT,
        stated=PAGE,
        clauses=(Clause.DETAILS, Clause.FIREWALL),
        scenarios=("F10", "F4", "F5", "U3", "F1", "F6", "F14", "F16"),
        patterns=(
            r"registration failed",
            r"failed to register",
            r"注册失败",
        ),
        says=Says.GENERAL,
        stage=CaseStage.REGISTER,
        asks=("details",),
        phrases=(
            "registration failed",
            "failed registration",
            "registration failure",
            "registration fails",
            "register failed",
            "failed to register",
            "authentication failed",
            "authorization failed",
            "cannot register",
            "注册失败",
            "认证失败",
            "授权失败",
            "验证失败",
            "授权",
            "注册",
        ),
    ),
    Entry(
        key="seats-too-few",
        title=N_("Some nodes of the cluster register, others do not"),
        meaning=N_("The license needs at least as many registrations as the cluster has nodes."),
        causes=(
            Cause(N_("fewer seats than nodes: the surplus nodes get 30007"), Who.CUSTOMER, VENDOR, "F15"),
            Cause(N_("one node cannot reach the server"), Who.PROJECT, VENDOR, "F16"),
            Cause(N_("the nodes' clocks differ"), Who.PROJECT, VENDOR, "F17"),
        ),
        look=(N_("Each node's own reason; the number of nodes against the maximum number of connections."),),
        remedy=(
            N_("30007: see that code. No connection: open the port for that node as well."),
            N_("Have the number raised if the cluster has grown: send the mail below."),
        ),
        who=Who.CUSTOMER,
        stated=VENDOR,
        clauses=(Clause.SEATS, Clause.CONNECTIONS, Clause.SEATS_CONTRACT),
        scenarios=("F15", "F16", "F17", "F14", "R4"),
        stage=CaseStage.REGISTER,
        asks=("seats",),
        phrases=(
            "some nodes",
            "one node",
            "cluster node",
            "cluster",
            "fewer seats",
            "seats",
            "maximum number of connections",
            "部分节点",
            "集群",
            "最大连接数",
            "节点",
        ),
        mail=mails.SEATS,
        evidence=(
            N_("a list of all nodes, each with its own reason"),
            N_("a screenshot of the success page with the maximum number of connections"),
        ),
    ),
    Entry(
        key="clock-differs",
        title=N_("The clocks of the hosts differ"),
        meaning=N_(
            "QR codes live for minutes, licenses end on a day, and a sibling page asks that all nodes of a cluster "
            "agree on the time before they register."
        ),
        causes=(
            Cause(N_("no time service in the closed network"), Who.HOST, READING, "F17"),
            Cause(N_("a virtual machine was suspended, or restored from a snapshot"), Who.HOST, READING),
            Cause(N_("the time zones differ, and the clocks do not: then nothing is wrong"), Who.HOST, READING),
        ),
        look=("$ date -u", N_("On every host at the same moment; compare UTC, not local time.")),
        remedy=(
            N_("Note all times first. On the authorization server a jump may end what is in force: agree on a moment."),
            N_("Set up a time service that all hosts share, then register."),
        ),
        who=Who.HOST,
        stated=VENDOR,
        scenarios=("F17",),
        stage=CaseStage.REGISTER,
        asks=("clocks",),
        phrases=(
            "clock",
            "clocks differ",
            "clock skew",
            "time differs",
            "time difference",
            "ntp",
            "时间不一致",
            "时钟",
            "系统时间",
            "时间不同步",
        ),
    ),
)

_BROWSER = (
    Entry(
        key="err-connection-refused",
        title=N_("Browser: ERR_CONNECTION_REFUSED"),
        meaning=N_("The host answered that nothing listens on this port. The network between is all right."),
        shown=("ERR_CONNECTION_REFUSED",),
        causes=(
            Cause(
                N_("the port is not the published one: it moved at a restart under -P, or is mistyped"),
                Who.HOST,
                READING,
                "L13",
            ),
            Cause(N_("the container is not running"), Who.HOST, "docker-itself", "L14"),
            Cause(N_("the port is published on 127.0.0.1 only"), Who.HOST, "docker-itself"),
            Cause(N_("a firewall refuses actively"), Who.HOST, READING, "F4"),
        ),
        look=(_PS_A, "$ docker port NAME"),
        remedy=(
            N_("Use the port that docker ps shows; correct it in FineBI too."),
            N_("If the container has exited, read its log before it is started again."),
            _LOGS,
        ),
        who=Who.HOST,
        stated=READING,
        clauses=(Clause.LIST_PORT, Clause.RANDOM_PORT),
        scenarios=("L13", "L14", "F4", "Q1"),
        patterns=(r"err_connection_refused", r"拒绝了我们的连接请求"),
        says=Says.USUAL,
        sort="refused",
        stage=CaseStage.REACH,
        asks=("containers", "ports", "address"),
        phrases=(
            "err_connection_refused",
            "refused to connect",
            "unable to connect",
            "site can't be reached",
            "site cannot be reached",
            "拒绝了我们的连接请求",
            "拒绝连接",
            "无法访问此网站",
            "无法访问该网站",
        ),
    ),
    Entry(
        key="err-connection-timed-out",
        title=N_("Browser: ERR_CONNECTION_TIMED_OUT"),
        meaning=N_("No answer at all: packets are dropped on the way, or the address is wrong."),
        shown=("ERR_CONNECTION_TIMED_OUT",),
        causes=(
            Cause(
                N_("a firewall drops the packets: on the host, between the networks, or of a cloud"),
                Who.HOST,
                "docker-itself",
                "F4",
            ),
            Cause(N_("the IP address is not the container host's"), Who.PROJECT, READING, "F4"),
            Cause(N_("the host is off or has no route"), Who.HOST, READING, "U8"),
        ),
        look=(_PS, N_("Firewall rules for the published port, on the host and in between."), _FROM_THERE),
        remedy=(N_("Open exactly the published port for FineBI's hosts and for the browser that scans."),),
        who=Who.HOST,
        stated=READING,
        clauses=(Clause.FIREWALL, Clause.NETWORK),
        scenarios=("F4", "U8"),
        patterns=(
            r"err_connection_timed_out",
            r"err_timed_out|err_address_unreachable|err_network_changed|err_internet_disconnected",
            r"响应时间过长|花了太长时间进行响应",
        ),
        says=Says.USUAL,
        sort="silent",
        stage=CaseStage.REACH,
        asks=("containers", "ports", "address"),
        phrases=(
            "err_connection_timed_out",
            "took too long to respond",
            "timed out",
            "timeout",
            "err_timed_out",
            "响应时间过长",
            "连接超时",
            "超时",
        ),
    ),
    Entry(
        key="certificate-warning",
        title=N_("Browser: certificate warning (NET::ERR_CERT_...)"),
        meaning=N_(
            "The built-in certificate covers localhost and 127.0.0.1 only, so any other address gives a "
            "warning. With the built-in certificate that is expected, and the example on FanRuan's page "
            "is of this kind."
        ),
        shown=("NET::ERR_CERT_COMMON_NAME_INVALID", "NET::ERR_CERT_AUTHORITY_INVALID", "SEC_ERROR_UNKNOWN_ISSUER"),
        causes=(
            Cause(
                N_("the built-in certificate, opened by another address"),
                Who.HOST,
                ("a10", Clause.BUILT_IN_CERTIFICATE),
                "Q2",
            ),
            Cause(N_("your own certificate lacks this name, its chain, or a trusted issuer"), Who.HOST, READING, "L8"),
            Cause(N_("your own certificate has expired, or a clock is wrong"), Who.HOST, READING),
            Cause(N_("something between opens the encryption"), Who.HOST, READING),
        ),
        look=(N_("Whose certificate it is: name, issuer and dates, in the browser or with:"), _DOCTOR),
        remedy=(
            N_("Built-in certificate, and you are sure of host and port: go on past the warning."),
            _SAVE_FIRST,
            N_(
                "To be rid of it: map /app/tls with your own certificate and key for this address, placed there before."
            ),
        ),
        who=Who.HOST,
        stated=PAGE,
        own_readings=("a10",),
        clauses=(Clause.BUILT_IN_CERTIFICATE, Clause.OWN_CERTIFICATE, Clause.MAP_TLS),
        scenarios=("Q2", "L8"),
        patterns=(
            r"err_cert_\w{3,40}",
            r"sec_error_unknown_issuer",
            r"ssl_error_bad_cert_domain",
            r"connection is not private|potential security risk|mozilla_pkix_error_\w{3,40}",
            r"不是私密连接|潜在的安全(?:风险|威胁)",
        ),
        says=Says.GENERAL,
        stage=CaseStage.TLS,
        asks=("address", "certificate"),
        phrases=(
            "net::err_cert",
            "err_cert_common_name_invalid",
            "err_cert_authority_invalid",
            "err_cert*",
            "connection is not private",
            "not secure",
            "certificate warning",
            "sec_error_unknown_issuer",
            "ssl_error_bad_cert_domain",
            "potential security risk",
            "您的连接不是私密连接",
            "不是私密连接",
            "不安全",
            "证书警告",
            "证书不安全",
            "证书风险",
        ),
    ),
    Entry(
        key="qr-page-missing",
        title=N_("The page with the QR code does not open"),
        meaning=N_("The server answers, or should, but https://HOST:PORT/license/qrcode shows no page."),
        causes=(
            Cause(N_("/app/web was mapped: the mapping hides the page's files"), Who.HOST, Clause.MAP_WEB, "L9"),
            Cause(N_("wrong path, wrong port, or http in place of https"), Who.HOST, READING, "Q1"),
            Cause(N_("the container has exited"), Who.HOST, READING, "L7"),
        ),
        look=(
            N_("Mounts in docker inspect: /app/web must not be among them."),
            _INSPECT,
            _PS_A,
            N_("Opening the page again may replace a QR code that somebody is just scanning: ask first."),
        ),
        remedy=(
            _SAVE_FIRST,
            N_("If /app/web is mapped: make the container anew without it, keeping the folder of /app/config."),
            N_("Otherwise open https, the published port, and exactly /license/qrcode."),
        ),
        who=Who.HOST,
        stated=PAGE,
        clauses=(Clause.MAP_WEB, Clause.QR_PAGE),
        scenarios=("L9", "Q1", "L7"),
        stage=CaseStage.QR,
        asks=("containers", "inspect"),
        phrases=(
            "page-missing",
            "qr page",
            "qr code page",
            "qrcode page",
            "license/qrcode",
            "no qr code page",
            "qr code not shown",
            "qr code page cannot be shown",
            "app/web",
            "二维码页面",
            "打不开二维码",
            "二维码打不开",
            "二维码不显示",
            "无法打开二维码",
            "二维码页面打不开",
            "看不到二维码",
        ),
    ),
)

_LATENT = (
    Entry(
        key="port-moved",
        title=N_("The published port has changed"),
        meaning=N_(
            "With -P, Docker chooses a free host port at each start. After a restart the saved address leads nowhere: "
            "every poll fails, and after 22 to 24 hours the registration is lost although the server is well."
        ),
        causes=(
            Cause(
                N_("the container or Docker was restarted, and the port is not fixed with -p"),
                Who.HOST,
                "docker-itself",
                "L13",
            ),
        ),
        look=(_PS, "$ docker port NAME", N_("The address saved in FineBI.")),
        remedy=(
            N_("At once: enter the present port in FineBI and submit. The next steps can wait for an agreed time."),
            _SAVE_FIRST,
            _FIXED_PORT,
        ),
        who=Who.HOST,
        stated=READING,
        clauses=(Clause.RANDOM_PORT, Clause.FIXED_PORT, Clause.LIST_PORT),
        scenarios=("L13", "L11", "M7"),
        stage=CaseStage.REACH,
        asks=("ports", "inspect", "edition"),
        phrases=(
            "port moved",
            "port changed",
            "port has changed",
            "different port",
            "new port",
            "port changes",
            "random port",
            "端口变了",
            "端口变化",
            "端口改变",
            "端口不一致",
        ),
    ),
    Entry(
        key="no-restart-policy",
        title=N_("Nothing starts the container again after a reboot"),
        meaning=N_(
            "The command on FanRuan's page has no restart policy: after a reboot of the host the server "
            "stays down until somebody starts it, and the 24 hours run."
        ),
        causes=(
            Cause(N_("docker run without --restart"), Who.HOST, "docker-itself", "L14"),
            Cause(N_("Docker itself is not started with the host"), Who.HOST, READING),
        ),
        look=(_PS_A, N_("HostConfig.RestartPolicy in docker inspect: Name is empty or no."), _INSPECT),
        remedy=(
            N_("Start the same container now (docker start NAME)."),
            N_("Give it a policy; this neither stops nor changes the container otherwise:"),
            "$ docker update --restart unless-stopped NAME",
            N_("Under -P the port still moves at a restart: fix it with -p too. Not while a migration is under way."),
        ),
        who=Who.HOST,
        stated=READING,
        clauses=(Clause.DOWN_TIME, Clause.FIXED_PORT),
        scenarios=("L14",),
        stage=CaseStage.OUTAGE,
        asks=("inspect",),
        phrases=(
            "restart policy",
            "no restart policy",
            "after reboot",
            "after a reboot",
            "host reboot",
            "rebooted",
            "does not come back",
            "重启策略",
            "服务器重启",
            "主机重启",
            "开机自启",
        ),
    ),
)

ENTRIES = (*_FINEBI, *_BROWSER, *_LATENT)
