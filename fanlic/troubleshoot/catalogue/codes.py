"""The codes: the page's ten, the one that is missing from its table, and the product codes about licenses."""

from __future__ import annotations

from fanlic.model.clauses import Basis, Clause
from fanlic.model.refusals import N_, Who
from fanlic.troubleshoot.catalogue import mails
from fanlic.troubleshoot.catalogue.entry import EVIDENCE, LOGS, CaseStage, Cause, Entry

PAGE, VENDOR, READING = Basis.PAGE, Basis.VENDOR, Basis.READING
_DOCTOR = "$ fanlic doctor https://HOST:PORT"
_TERMS = N_("What the license holds is not shown by any documented page of the server: ask for it in the mail.")
_DATES = ("$ date -u", N_("Run it on both hosts, container host and FineBI host, at the same time."))

ENTRIES = (
    Entry(
        key="10000",
        title=N_("JSON_PARSER_ERROR: the data that arrived cannot be read"),
        meaning=N_(
            "One side received data in a wrong format. FanRuan's page says no more. We read: the authorization server "
            "answered, and could not read what arrived. If something else answers at the address, there is no code."
        ),
        causes=(
            Cause(
                N_("something between the two servers, a proxy or a gateway, changed or replaced the request"),
                Who.PROJECT,
                "client-checks",
                "F11",
            ),
            Cause(N_("the request's body is not one JSON object"), Who.PROJECT, READING, "F11"),
            Cause(
                N_("another program answers at that address; in a rehearsal that gives no code (answer-unknown)"),
                Who.PROJECT,
                "client-checks",
            ),
        ),
        look=(
            N_("The address saved in FineBI against the port that Docker publishes."),
            "$ docker ps",
            _DOCTOR,
            N_("The proxy settings of the FineBI host: the way to the server must not go through a proxy."),
        ),
        remedy=(
            N_("Correct the address in FineBI: https, host, the port from docker ps, nothing after it."),
            N_("Take the proxy out of the way for this host, then press Submit once more."),
            N_("If it stays, collect the evidence and ask the business staff."),
        ),
        who=Who.PROJECT,
        stated=PAGE,
        clauses=(Clause.CODE_10000, Clause.PRIVATE_CLOUD),
        scenarios=("F11",),
        stage=CaseStage.REGISTER,
        asks=("between", "address", "ports"),
        phrases=(
            "json_parser_error",
            "json parser",
            "incorrect data format",
            "data format",
            "数据格式",
            "json解析",
            "media-type-wrong",
            "body-too-large",
        ),
        mail=mails.MEANING,
        evidence=(*EVIDENCE, LOGS),
        own_readings=("client-checks",),
    ),
    Entry(
        key="10001",
        title=N_("PARAM_INPUT_ERROR: a parameter is wrong"),
        meaning=N_("A value that was sent is missing or not as expected. FanRuan's page does not say which one."),
        causes=(
            Cause(N_("a field of the request is missing or of the wrong kind"), Who.PROJECT, READING, "F11"),
            Cause(N_("the code entered on the QR code page is not six digits"), Who.HOST, "what-counts-as-a-try"),
            Cause(
                N_("the address in the dialog is unfit; in a rehearsal that is refused without a code (address-unfit)"),
                Who.PROJECT,
                "client-checks",
            ),
        ),
        look=(
            N_("The address in FineBI's dialog, character by character: spaces at its ends, full-width signs, a path."),
            _DOCTOR,
        ),
        remedy=(
            N_("Type the address anew as https://HOST:PORT and press Submit."),
            N_("If it stays, collect the evidence and ask the business staff."),
        ),
        who=Who.PROJECT,
        stated=PAGE,
        clauses=(Clause.CODE_10001, Clause.PRIVATE_CLOUD),
        scenarios=("F11",),
        stage=CaseStage.REGISTER,
        asks=("address-typed", "ports"),
        phrases=(
            "param_input_error",
            "param input",
            "parameter error",
            "incorrect parameter",
            "wrong parameter",
            "参数错误",
            "参数有误",
            "参数",
        ),
        mail=mails.MEANING,
        evidence=(*EVIDENCE, LOGS),
    ),
    Entry(
        key="20000",
        title=N_("DO_NOT_NEED_DEACTIVATE: nothing is authorized here, so there is nothing to unbind"),
        meaning=N_(
            "Somebody tried to unbind or destroy an authorization on a machine that holds none. Nothing "
            "was changed. FanRuan's page adds a similar remark to 30002, where it seems misplaced "
            "(reading A16)."
        ),
        causes=(
            Cause(N_("it is the wrong server: the address leads to another one"), Who.PROJECT, "client-checks", "F12"),
            Cause(N_("it was unbound or destroyed before"), Who.CUSTOMER, READING),
            Cause(N_("the server was never activated"), Who.HOST, "destroy-what-was-never-activated"),
        ),
        look=(N_("Which server answers at the address, and which one the projects use."), "$ docker ps -a", _DOCTOR),
        remedy=(
            N_("Check that it is the right server. If it is, nothing is to be done."),
            N_("In a migration: write the address into the mail exactly as the projects use it."),
        ),
        who=Who.PROJECT,
        stated=PAGE,
        clauses=(Clause.CODE_20000,),
        scenarios=("F12", "M9"),
        asks=("which-server",),
        phrases=(
            "do_not_need_deactivate",
            "deactivate",
            "nothing to unbind",
            "need not be unbound",
            "unbind",
            "解绑",
            "无需解绑",
            "未授权的机器",
            "不需要解绑",
        ),
        own_readings=("a16",),
    ),
    Entry(
        key="30000",
        title=N_("LICENSE_EXPIRED: the license has expired"),
        meaning=N_(
            "FanRuan's page says certificate; we read it as the license, not the HTTPS certificate. Which"
            " functions of FineBI stop afterwards is not documented for FineBI."
        ),
        causes=(
            Cause(N_("the license's last day is over"), Who.VENDOR, "expired-certificate", "F7"),
            Cause(N_("the clock of the container host is wrong"), Who.HOST, READING),
            Cause(N_("the clock of the FineBI host is wrong: the project checks what the server returns"), Who.PROJECT),
            Cause(N_("the license ran out while everything was running"), Who.VENDOR, "expired-certificate", "U12"),
        ),
        look=(*_DATES, N_("The license's last day: in the contract, and on FineBI's Registration page.")),
        remedy=(
            N_("If a clock is wrong, tell the customer before it is set: a jump may have effects of its own."),
            N_("If both clocks are right, only a new license helps: send the mail below."),
            N_("Keep server and /app/config as they are until the answer."),
        ),
        who=Who.CUSTOMER,
        stated=PAGE,
        clauses=(Clause.CODE_30000,),
        scenarios=("F7", "U12"),
        stage=CaseStage.REGISTER,
        asks=("clocks", "license-end"),
        phrases=(
            "license_expired",
            "license expired",
            "license has expired",
            "expired license",
            "licence expired",
            "expired certificate",
            "证书过期",
            "证书已过期",
            "许可过期",
            "授权过期",
            "授权到期",
            "授权已过期",
            "license过期",
            "注册过期",
            "许可证过期",
        ),
        mail=mails.EXPIRED,
        evidence=(*EVIDENCE, N_("the output of `date -u` from both hosts")),
    ),
    Entry(
        key="30001",
        title=N_("REPORT_VERSION_ERROR: the project's version does not match the license"),
        meaning=N_("Product or version of the project is not what the license was issued for."),
        causes=(
            Cause(
                N_("FineBI was upgraded, and the license is for the version before"), Who.VENDOR, "version-range", "F8"
            ),
            Cause(N_("the mail that asked for the license named another product or version"), Who.CUSTOMER),
            Cause(
                N_("FineReport was pointed at a server licensed for FineBI, or the other way round"),
                Who.PROJECT,
                "version-range",
            ),
        ),
        look=(
            N_("Product and full version of the project, in FineBI under Manage > Registration."),
            N_("The mail that asked for the license, and the contract: product and version."),
            _TERMS,
        ),
        remedy=(
            N_("Point the project at the server that is licensed for it, if there is one."),
            N_("Otherwise ask for a license that covers this version: send the mail below."),
        ),
        who=Who.CUSTOMER,
        stated=PAGE,
        clauses=(Clause.CODE_30001,),
        scenarios=("F8",),
        stage=CaseStage.REGISTER,
        asks=("version-both", "mail-text"),
        phrases=(
            "report_version_error",
            "report version",
            "mismatched version",
            "version mismatch",
            "version error",
            "版本不匹配",
            "版本不一致",
            "版本错误",
            "版本",
        ),
        mail=mails.CHANGE,
        evidence=(*EVIDENCE, N_("a screenshot of the whole page with the version information")),
    ),
    Entry(
        key="30002",
        title=N_("ACCOUNT_STATUS_ERROR: the state of the account is abnormal"),
        meaning=N_(
            "This server's authorization was in force and no longer is, because it lapsed or was "
            "destroyed; that is our reading. FanRuan's page only adds a remark about unbinding, which "
            "belongs to 20000 (reading A16)."
        ),
        causes=(
            Cause(
                N_("the server was down for more than 24 hours"), Who.HOST, ("lapsed-is-30002", Clause.DOWN_TIME), "U5"
            ),
            Cause(
                N_("the authorization was destroyed for a migration, and this is the old server"),
                Who.VENDOR,
                "lapsed-is-30002",
                "M8",
            ),
            Cause(
                N_("the server was restarted, on a site where FineOps' rule of August 2025 holds"),
                Who.HOST,
                ("lapsed-is-30002", Clause.RESTART_FINEOPS),
                "U10",
            ),
            Cause(
                N_("the clock of the container host was set back (the rehearsal's rule)"),
                Who.HOST,
                "clock-set-back",
                "F9",
            ),
            Cause(N_("the contract's account itself is blocked at the vendor"), Who.VENDOR, READING),
        ),
        look=(
            N_("How long the server was down: State, with StartedAt and FinishedAt."),
            "$ docker inspect NAME",
            N_("Any mail about destroying or migrating the authorization, with its date."),
            *_DATES,
        ),
        remedy=(
            N_(
                "After too long an outage: open the QR code page, scan, enter the new code, then register the projects."
            ),
            N_("After a migration: point the projects at the new server and leave the old one stopped."),
            N_("If neither fits, do not scan on suspicion: ask the business staff with the mail below."),
        ),
        who=Who.HOST,
        stated=PAGE,
        clauses=(Clause.CODE_30002, Clause.DOWN_TIME, Clause.REAUTHENTICATE),
        scenarios=("U5", "M8", "U10", "F9"),
        stage=CaseStage.REGISTER,
        asks=("inspect", "containers", "destroyed", "clocks"),
        phrases=(
            "account_status_error",
            "account status",
            "account state",
            "abnormal account",
            "账号状态",
            "账户状态",
            "账号异常",
            "账户异常",
            "状态异常",
        ),
        mail=mails.STATE,
        evidence=(*EVIDENCE, LOGS),
    ),
    Entry(
        key="30003",
        title=N_("LICENSE_IP_ERROR: the license does not cover the IP address"),
        meaning=N_("The license is limited to certain IP addresses, and the one that was seen is not among them."),
        causes=(
            Cause(N_("the project server has a new IP address"), Who.PROJECT, READING, "F10"),
            Cause(
                N_("NAT, a proxy or Docker's own network hides the project's address behind another one"),
                Who.PROJECT,
                READING,
                "F13",
            ),
            Cause(N_("the license was issued for other addresses than intended"), Who.VENDOR, READING),
        ),
        look=(
            N_("The FineBI host's addresses (ip addr, ipconfig), and the way between the two hosts: is there NAT?"),
            N_("Whether FineBI runs in a container: then other machines see the address of its host."),
            _TERMS,
        ),
        remedy=(
            N_("Bring the project back to its licensed address, or route it to the server without NAT."),
            N_("If the new address is to stay, have the license changed: send the mail below."),
        ),
        who=Who.PROJECT,
        stated=PAGE,
        clauses=(Clause.CODE_30003,),
        scenarios=("F10", "F13"),
        stage=CaseStage.REGISTER,
        asks=("seen-address",),
        phrases=(
            "license_ip_error",
            "ip error",
            "ip address is not within",
            "ip not allowed",
            "ip not within",
            "ip range",
            "nat",
            "ip地址不在",
            "ip不在",
            "ip范围",
            "ip 不在",
        ),
        mail=mails.CHANGE,
        evidence=(*EVIDENCE, N_("the present and the new IP address of every node")),
    ),
    Entry(
        key="30004",
        title=N_("LICENSE_DOMAIN_ERROR: the license does not cover the domain"),
        meaning=N_(
            "The license is limited to certain domain names, and the one FineBI is reached by is not among them."
        ),
        causes=(
            Cause(
                N_("FineBI was opened by another name, or by IP address, than the licensed one"),
                Who.PROJECT,
                READING,
                "F10",
            ),
            Cause(N_("the site's domain was changed, or a reverse proxy was put in front"), Who.PROJECT, READING),
            Cause(N_("the license was issued for another domain than intended"), Who.VENDOR, READING),
        ),
        look=(N_("The address bar of the browser in which the administrator registers."), _TERMS),
        remedy=(
            N_("Open FineBI by its licensed domain name and register there."),
            N_("If the new name is to stay, have the license changed: send the mail below."),
        ),
        who=Who.PROJECT,
        stated=PAGE,
        clauses=(Clause.CODE_30004,),
        scenarios=("F10",),
        stage=CaseStage.REGISTER,
        asks=("domain-name",),
        phrases=(
            "license_domain_error",
            "domain error",
            "domain name is not within",
            "domain not allowed",
            "domain range",
            "domain",
            "域名不在",
            "域名错误",
            "域名",
        ),
        mail=mails.CHANGE,
        evidence=(*EVIDENCE, N_("the domain names by which users reach FineBI")),
    ),
    Entry(
        key="30005",
        title=N_("LICENSE_APPNAME_ERROR: the license does not cover the app name"),
        meaning=N_(
            "The license is limited to certain app names. We read the app name as the project's context path, often "
            "webroot: the first part of FineBI's address after host and port."
        ),
        causes=(
            Cause(
                N_("the project was deployed under another context path than the licensed one"),
                Who.PROJECT,
                "app-name",
                "F10",
            ),
            Cause(N_("a reverse proxy gives the project another path"), Who.PROJECT, "app-name"),
            Cause(N_("the license was issued for another app name than intended"), Who.VENDOR, READING),
        ),
        look=(
            N_("FineBI's address in the browser: http://HOST:PORT/APPNAME/decision. Upper and lower case count."),
            N_("The folder name of the web application on the FineBI host."),
            _TERMS,
        ),
        remedy=(
            N_("Bring the project back to the licensed context path."),
            N_("If the new name is to stay, have the license changed: send the mail below."),
        ),
        who=Who.PROJECT,
        stated=PAGE,
        clauses=(Clause.CODE_30005,),
        scenarios=("F10",),
        stage=CaseStage.REGISTER,
        asks=("app-name",),
        phrases=(
            "license_appname_error",
            "appname",
            "app name",
            "application name",
            "context path",
            "webroot",
            "应用名",
            "应用名称",
            "工程名",
        ),
        mail=mails.CHANGE,
        evidence=(*EVIDENCE, N_("the address by which users reach FineBI, path included")),
        own_readings=("app-name",),
    ),
    Entry(
        key="30006",
        title=N_("30006: not documented"),
        meaning=N_(
            "The table on FanRuan's page goes from 30005 to 30007; no page of the vendor that we know "
            "explains 30006. We do not guess, and nobody should act on a guess."
        ),
        causes=(Cause(N_("unknown; only the vendor can say"), Who.VENDOR, READING),),
        look=(
            N_(
                "The text beside the number in the pop-up's Details, word for word. Is it really 30006, not 30005 or "
                "30007?"
            ),
            N_("FineBI's log of that minute: the lines around the number."),
        ),
        remedy=(
            N_("Change nothing. Collect the evidence and send the mail below."),
            N_("Meanwhile check what is always worth checking: address, port, clocks, version."),
        ),
        who=Who.VENDOR,
        stated=READING,
        asks=("beside-code",),
        phrases=(),
        mail=mails.MEANING,
        evidence=(*EVIDENCE, LOGS),
    ),
    Entry(
        key="30007",
        title=N_("REGISTER_OUT_OF_LIMIT: every authorization of the license is taken"),
        meaning=N_(
            "The license has a number of registrations (the success page calls it the maximum number of connections), "
            "and all of them are in use. We read one seat as one node that polls."
        ),
        causes=(
            Cause(
                N_("the mail left the number out, and the license has one seat"),
                Who.CUSTOMER,
                (Clause.SEATS, Clause.CODE_30007),
                "R4",
            ),
            Cause(N_("the cluster has more nodes than the license has seats"), Who.CUSTOMER, VENDOR, "F15"),
            Cause(
                N_("a replaced or removed node still holds its seat, up to 24 hours"),
                Who.PROJECT,
                ("a15", "node-key"),
                "F6",
            ),
            Cause(N_("a test or standby project took a seat"), Who.PROJECT, "a15", "F6"),
        ),
        look=(
            N_("The maximum number of connections on the success page; the number of nodes; each node's own message."),
            N_("Every other project that was ever pointed at this server, and nodes replaced within the last day."),
            N_(
                "In a rehearsal, /license/v1/status of the server lists the seats; FanRuan's server has no such page "
                "we know."
            ),
        ),
        remedy=(
            N_("Unbind what is no longer used, or wait a day after it was switched off; then register again."),
            N_(
                "For more nodes, have the number raised: send the mail below. The contract's number is the most you "
                "get."
            ),
        ),
        who=Who.PROJECT,
        stated=PAGE,
        clauses=(Clause.CODE_30007, Clause.SEATS, Clause.CONNECTIONS, Clause.SILENCE),
        scenarios=("R4", "F15", "F6"),
        stage=CaseStage.REGISTER,
        asks=("seats",),
        phrases=(
            "register_out_of_limit",
            "out of limit",
            "maximum number of authorizations",
            "number of authorizations",
            "all authorizations are taken",
            "seats taken",
            "最大授权数",
            "授权数",
            "授权数量",
            "注册数",
            "超出限制",
            "达到上限",
            "并发数",
        ),
        mail=mails.SEATS,
        evidence=(*EVIDENCE, N_("a list of all nodes with their addresses, and which of them are registered")),
    ),
)
