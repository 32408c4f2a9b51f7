"""Symptoms between the programs: proxies, the engine's rights, ports that the host keeps, memory, disks."""

from __future__ import annotations

from fanlic.model.clauses import Basis, Clause
from fanlic.model.refusals import N_, Who
from fanlic.troubleshoot.catalogue.entry import CaseStage, Cause, Entry

PAGE, READING = Basis.PAGE, Basis.READING
_PS_A = "$ docker ps -a"
_INSPECT = "$ docker inspect NAME"
_SAVE_FIRST = N_("Before a container is made anew: if /app/config is not mapped, copy it out and map the copy.")

_NETWORK = (
    Entry(
        key="proxy-error",
        title=N_("A proxy answers with an error page: 502, 503 or 504"),
        meaning=N_("A proxy or load balancer took the request and could not get an answer from the server behind it."),
        shown=("502 Bad Gateway", "503 Service Temporarily Unavailable", "HTTP/1.1 504 Gateway Time-out"),
        causes=(
            Cause(
                N_("the proxy forwards to a port on which the server is no longer published"), Who.HOST, READING, "F4"
            ),
            Cause(N_("the authorization server is stopped, or still starts"), Who.HOST, READING, "U1"),
            Cause(N_("the proxy speaks plain HTTP to the server, which speaks HTTPS"), Who.HOST, READING),
        ),
        look=(N_("Which address the proxy forwards to, against the port that docker ps shows."), _PS_A),
        remedy=(
            N_("Open https://HOST:PORT of the container host directly, past the proxy. If it answers, mend the proxy."),
            N_("Enter in FineBI the address without the proxy, unless the proxy is there on purpose."),
        ),
        who=Who.HOST,
        stated=READING,
        clauses=(Clause.FIREWALL,),
        scenarios=("F4", "U1"),
        patterns=(
            r"\b50[234] (?:bad gateway|service (?:temporarily )?unavailable|gateway time-?out)",
            r"\bhttp/[\d.]{1,3} 50[234]\b|response code: 50[234]\b",
            r"upstream (?:prematurely closed|timed out|sent invalid)",
            r"\[proxy(?:_\w+)?:error\]|ah0\d{4}: \w{3,6}: attempt to connect",
            r"no (?:live|healthy) upstreams?|upstream connect error",
            r"while (?:connecting to|reading response header from|ssl handshaking to) upstream",
            r"avc:\s+denied\s+\{ name_connect \}.{0,200}comm=\"(?:nginx|httpd|haproxy)",
        ),
        stage=CaseStage.REACH,
        asks=("containers", "address"),
        phrases=(
            "bad gateway",
            "gateway time-out",
            "gateway timeout",
            "502",
            "504",
            "网关错误",
            "网关超时",
            "反向代理报错",
        ),
    ),
    Entry(
        key="proxy-in-between",
        title=N_("A proxy stands between FineBI and the server"),
        meaning=N_("The connection goes to a forward proxy, and the proxy does not let it through."),
        shown=(
            'java.io.IOException: Unable to tunnel through proxy. Proxy returns "HTTP/1.1 403 Forbidden"',
            "curl: (56) CONNECT tunnel failed, response 407",
        ),
        causes=(
            Cause(
                N_("FineBI's Java or the shell has proxy settings that also cover internal addresses"),
                Who.PROJECT,
                READING,
                "F4",
            ),
            Cause(N_("the proxy asks for a user name, or forbids this port"), Who.PROJECT, READING),
        ),
        look=(N_("-Dhttp.proxyHost and -Dhttps.proxyHost of FineBI's Java; HTTPS_PROXY and NO_PROXY of its host."),),
        remedy=(
            N_("Exempt the authorization server's address from the proxy (-Dhttp.nonProxyHosts, NO_PROXY)."),
            N_("Then restart FineBI, not the authorization server."),
        ),
        who=Who.PROJECT,
        stated=READING,
        clauses=(Clause.NETWORK,),
        scenarios=("F4",),
        patterns=(
            r"unable to tunnel through proxy",
            r"connect tunnel failed|received http code \d{3} from proxy|proxy connect aborted",
            r"x-squid-error|server: squid|via: .{0,80}\bsquid",
            r"proxy authentication required|err_proxy_connection_failed|err_tunnel_connection_failed",
        ),
        stage=CaseStage.REACH,
        asks=("address",),
        phrases=(
            "tunnel through proxy",
            "tunnel failed",
            "proxy authentication required",
            "407",
            "代理认证",
            "代理服务器拒绝",
        ),
    ),
    Entry(
        key="plain-http",
        title=N_("What answers does not speak TLS"),
        meaning=N_(
            "HTTPS met a port that answers in plain HTTP or in another protocol. The authorization server speaks HTTPS."
        ),
        shown=(
            "Unsupported or unrecognized SSL message",
            "ERR_SSL_PROTOCOL_ERROR",
            "SSL routines::wrong version number",
        ),
        causes=(
            Cause(N_("the port belongs to another service"), Who.PROJECT, READING, "F4"),
            Cause(N_("a proxy in front answers in plain HTTP"), Who.HOST, READING),
        ),
        look=(_PS_A, N_("The port in the address, against the published one.")),
        remedy=(N_("Use the port that docker ps shows for the authorization server, with https:// before the host."),),
        who=Who.PROJECT,
        stated=READING,
        clauses=(Clause.LIST_PORT,),
        scenarios=("F4",),
        patterns=(
            r"unsupported or unrecognized ssl message|wrong version number|plaintext connection\?",
            r"err_ssl_protocol_error|packet length too long|notsslrecordexception|not an ssl/tls record",
            r"http request (?:was sent )?to (?:an )?https (?:server|port)",
        ),
        sort="plain",
        stage=CaseStage.REACH,
        asks=("containers", "address"),
        phrases=(
            "unrecognized ssl message",
            "err_ssl_protocol_error",
            "wrong version number",
            "发送了无效的响应",
            "无法提供安全连接",
        ),
    ),
)

_HOST = (
    Entry(
        key="docker-permission-denied",
        title=N_("Docker: this user may not speak with the engine"),
        meaning=N_(
            "Docker runs; the user has no right to its socket. This says nothing about the server or its files."
        ),
        shown=("permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock",),
        causes=(
            Cause(N_("the user is not in the group docker, or has not signed in again since"), Who.HOST, READING),
            Cause(N_("the command was typed without sudo"), Who.HOST, READING),
        ),
        look=(N_("The output of `id`: is the group docker in it?"),),
        remedy=(N_("Type the same command with sudo, or as a user of the group docker."),),
        who=Who.HOST,
        stated=READING,
        patterns=(
            r"permission denied .{0,200}docker\.?(?:sock|daemon)?",
            r"dial unix \S{1,80}docker\.sock: connect: permission denied",
        ),
        stage=CaseStage.RUN,
        asks=("engine",),
        phrases=("permission denied * docker", "docker.sock", "docker权限不足", "没有docker权限"),
    ),
    Entry(
        key="privileged-port",
        title=N_("A port below 1024 needs rights that the engine does not have"),
        meaning=N_("A rootless engine, or podman, may not publish ports below 1024. The container is not started."),
        shown=("cannot expose privileged port 443", "listen tcp4 0.0.0.0:443: bind: permission denied"),
        causes=(Cause(N_("-p names a host port below 1024, as 443, on a rootless engine"), Who.HOST, READING),),
        look=(N_("The host's port in the run line, left of the colon."), _PS_A),
        remedy=(
            N_("Publish a port from 1024 on, as -p 49155:8081, and enter it in FineBI."),
            N_("If it must be 443: let the host's administrator lower net.ipv4.ip_unprivileged_port_start."),
        ),
        who=Who.HOST,
        stated=READING,
        clauses=(Clause.FIXED_PORT,),
        patterns=(r"cannot expose privileged port", r"bind: permission denied"),
        stage=CaseStage.RUN,
        asks=("containers",),
        phrases=("privileged port", "rootless", "bind: permission denied", "特权端口"),
    ),
    Entry(
        key="port-reserved",
        title=N_("Windows keeps this port for itself"),
        meaning=N_("Windows reserves ranges of ports, often for Hyper-V; a port in such a range cannot be published."),
        shown=("bind: An attempt was made to access a socket in a way forbidden by its access permissions.",),
        causes=(
            Cause(
                N_("the port lies in an excluded range, which may change at each start of Windows"), Who.HOST, READING
            ),
        ),
        look=(N_("The ranges that `netsh interface ipv4 show excludedportrange protocol=tcp` prints."),),
        remedy=(N_("Publish a port outside these ranges, and enter it in FineBI."),),
        who=Who.HOST,
        stated=READING,
        clauses=(Clause.FIXED_PORT,),
        patterns=(r"socket in a way forbidden by its access permissions", "以一种访问权限不允许的方式"),
        stage=CaseStage.RUN,
        asks=("containers",),
        phrases=("excludedportrange", "excluded port range", "forbidden by its access permissions", "端口被系统保留"),
    ),
    Entry(
        key="disk-full",
        title=N_("No space left on the disk"),
        meaning=N_("The disk of the container host, or of Docker's own folder, is full: nothing more can be written."),
        shown=("no space left on device",),
        causes=(
            Cause(N_("Docker's folder lies on a small partition"), Who.HOST, READING),
            Cause(N_("logs have filled the disk"), Who.HOST, READING),
        ),
        look=(N_("The output of `df -h`, for / and for /var/lib/docker."),),
        remedy=(
            N_("Make room without removing containers or images of the authorization server: no docker prune."),
            N_("Then repeat the step that failed. If the server wrote nothing for a while, look at its log first."),
        ),
        who=Who.HOST,
        stated=READING,
        patterns=("no space left on device", "disk quota exceeded", "磁盘空间不足|设备上没有空间"),
        stage=CaseStage.RUN,
        asks=("containers", "inspect"),
        phrases=("no space left", "disk full", "disk is full", "enospc", "磁盘满", "磁盘已满", "磁盘空间不足"),
    ),
    Entry(
        key="out-of-memory",
        title=N_("The container was killed because memory ran out"),
        meaning=N_("The kernel ended the server to free memory: exit status 137, OOMKilled in docker inspect."),
        shown=("Out of memory: Killed process NUMBER", "Memory cgroup out of memory: Killed process NUMBER"),
        causes=(
            Cause(N_("the host has too little memory for all that runs on it"), Who.HOST, READING, "U1"),
            Cause(N_("the container has a limit that is too low (-m, mem_limit)"), Who.HOST, READING),
        ),
        look=(_INSPECT, N_("The kernel's log around the time of the stop: `dmesg -T`.")),
        remedy=(N_("Give the host or the container more memory, then start the same container again."),),
        who=Who.HOST,
        stated=READING,
        clauses=(Clause.DOWN_TIME,),
        scenarios=("U1",),
        patterns=("out of memory: kill", "oom-kill(?:er)?[: ]|oom_kill", 'oomkilled(?!"?: ?false)(?!"?: ?true)'),
        unless=(
            r"killed process \d+ \((?:mysqld|mariadbd|postgres|redis|mongod|oracle|nginx|httpd|chrome|firefox|sshd)",
        ),
        stage=CaseStage.RUNNING,
        asks=("containers", "inspect"),
        phrases=("out of memory", "oomkilled", "oom", "exit 137", "exited (137)", "内存不足", "内存溢出"),
    ),
    Entry(
        key="config-not-writable",
        title=N_("The host forbids writing in a mapped folder"),
        meaning=N_(
            "SELinux, AppArmor or the folder's owner keeps the container from writing in a folder mapped into it."
        ),
        shown=("avc: denied { write } for pid=NUMBER",),
        causes=(
            Cause(N_("SELinux is enforcing, and the mapping has no :Z or :z"), Who.HOST, READING),
            Cause(N_("the folder belongs to another user than the one in the container"), Who.HOST, READING),
        ),
        look=(N_("Owner and rights of the mapped folder: `ls -ldZ`."), _INSPECT),
        remedy=(
            _SAVE_FIRST,
            N_("With SELinux: make the container anew with :Z behind the mapping of /app/config, the same folder."),
        ),
        who=Who.HOST,
        stated=READING,
        clauses=(Clause.MAP_CONFIG,),
        patterns=(
            r"avc:\s+denied",
            r"apparmor=\"denied\"",
            r"read-only file system.{0,60}/app/(?:config|log)|/app/(?:config|log)\S{0,80}\W{1,4}read-only file system",
            r"permission ?(?:error|denied).{0,80}/app/(?:config|log)",
            r"/app/(?:config|log)\S{0,80}\W{1,4}permission denied",
        ),
        unless=(
            r"name_connect|tcp_socket|comm=\"(?:sshd?|sudo|su|crond?|systemd[\w-]*|httpd|nginx|haproxy|mysqld|chronyd)\"",
        ),
        stage=CaseStage.RUN,
        asks=("inspect", "log"),
        phrases=("selinux", "avc denied", "apparmor", "avc: denied"),
    ),
)

ENTRIES = (*_NETWORK, *_HOST)
