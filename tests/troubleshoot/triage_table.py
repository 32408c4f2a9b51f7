"""Pastes as they arrive, half of them without any fault, and what triage must make of each.

`verdict` is the name of the cause that must come first, or second where `top` is 2; none: nothing wrong is found.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
HEAD = (
    "CONTAINER ID   IMAGE                                COMMAND                  CREATED       STATUS                "
    "PORTS                                         NAMES\n"
)
ROW = '3f2a9c1b7d44   fanruan_license_server_amd64:1.0.0   "/app/bin/server run…"   3 weeks ago   '
BOTH = "0.0.0.0:49155->8081/tcp, :::49155->8081/tcp"
SAVED = "Address saved in FineBI: https://172.16.63.131:49155\n"


@dataclass(frozen=True)
class Paste:
    """One input: a name that says what it is, the bytes or text, the verdict, and the rank that is good enough."""

    name: str
    given: str | bytes
    verdict: str | None = None
    top: int = 1
    now: datetime | None = field(default=NOW)

    @property
    def data(self) -> bytes:
        return self.given if isinstance(self.given, bytes) else self.given.encode()


def ps(status: str, ports: str = BOTH, name: str = "quirky_einstein", row: str = ROW) -> str:
    """One line of `docker ps`, below its heading."""
    return f"{HEAD}{row}{status:<22}{ports:<46}{name}\n"


def wrapped(table: str, width: int = 80) -> str:
    """The same as a console of this width shows it and a copy loses the blanks at the end."""
    return "".join(
        line[at : at + width].rstrip() + "\n" for line in table.splitlines() for at in range(0, len(line), width)
    )


def inspect(**given: Any) -> str:
    """`docker inspect` of the container, faultless but for what is given."""
    ended = given.get("status", "running") != "running"
    port = [{"HostIp": given.get("ip", "0.0.0.0"), "HostPort": str(given.get("port", 49155))}]
    mounts = [
        {
            "Type": "bind",
            "Source": f"/srv/lic/{name}",
            "Destination": f"/app/{name}",
            "Mode": "",
            "RW": name != given.get("ro"),
        }
        for name in given.get("mounts", ("config", "log"))
    ]
    one = {
        "Id": "3f2a9c1b7d44" + "0" * 52,
        "Created": "2026-11-01T02:11:09.123456789Z",
        "Path": "/app/bin/server",
        "Args": ["run"],
        "State": {
            "Status": given.get("status", "running"),
            "Running": not ended,
            "OOMKilled": given.get("oom", False),
            "ExitCode": given.get("exit", 0),
            "Error": given.get("error", ""),
            "StartedAt": given.get("started", "2026-11-01T02:11:09.923456789Z"),
            "FinishedAt": given.get("finished", "0001-01-01T00:00:00Z"),
        },
        "Name": "/quirky_einstein",
        "RestartCount": given.get("restarts", 0),
        "HostConfig": {
            "PortBindings": {} if given.get("publish_all") else {"8081/tcp": port},
            "RestartPolicy": {"Name": given.get("policy", "unless-stopped"), "MaximumRetryCount": 0},
            "AutoRemove": False,
            "PublishAllPorts": given.get("publish_all", False),
            "NetworkMode": "default",
        },
        "Mounts": mounts,
        "Config": {
            "Image": given.get("image", "fanruan_license_server_amd64:1.0.0"),
            "Env": ["PATH=/usr/local/sbin:/usr/bin", "LICENSE_TOKEN=canary-7f3a91"],
            "ExposedPorts": {"8081/tcp": {}},
        },
        "NetworkSettings": {"Ports": {} if ended else {"8081/tcp": port}},
    }
    return json.dumps([one], indent=4) + "\n"


IMAGE = json.dumps(
    [{"Id": "sha256:0a1b", "RepoTags": ["fanruan_license_server_amd64:1.0.0"], "Architecture": "amd64", "Os": "linux"}],
    indent=4,
)
COMPOSE = """# our license server
services:
  mysql:
    image: mysql:8
    environment:
      MYSQL_ROOT_PASSWORD: canary-7f3a91
    ports: ["127.0.0.1:3306:3306"]
  license:
    image: fanruan_license_server_amd64:1.0.0
    restart: unless-stopped
    ports:
      - "49155:8081"
    volumes:
      - /srv/lic/config:/app/config
      - /srv/lic/log:/app/log   # for us
    environment:
      - LICENSE_TOKEN=canary-7f3a91
"""
SERVER_LOG = """2026-11-01T02:11:10.100000000Z 2026-11-01 02:11:10 UTC  warning: the built-in certificate is in use
2026-11-01T02:11:10.300000000Z 2026-11-01 02:11:10 UTC  listening on 0.0.0.0:8081
2026-11-01T04:11:10.300000000Z 2026-11-01 04:11:10 UTC  polled; node-1
"""
FANRUAN_LOG = """10:15:02,117 main INFO [standard] Engine started, port 30005, 10000 ms timeout
10:15:03,220 pool-3-thread-1 INFO [standard] loaded 30000 rows in 20000 ms from 10.0.0.7:30002
10:15:04,002 pool-3-thread-1 DEBUG [standard] request id 30007 finished
"""
PKIX = (
    "10:15:02,117 http-nio-37799-exec-3 ERROR [standard] javax.net.ssl.SSLHandshakeException: "
    "sun.security.validator.ValidatorException: PKIX path building failed: "
    "sun.security.provider.certpath.SunCertPathBuilderException: unable to find valid certification path\n"
    "password=canary-7f3a91\n"
)
SAN = "Caused by: java.security.cert.CertificateException: No subject alternative names present\n"
REFUSED = (
    "10:15:02,117 http-nio-37799-exec-3 ERROR [standard] org.apache.http.conn.HttpHostConnectException: Connect to "
    "172.16.63.131:49155 [/172.16.63.131] failed: Connection refused (Connection refused)\n"
)
TIMEOUT = "10:15:02,117 http-nio-37799-exec-3 ERROR [standard] java.net.SocketTimeoutException: connect timed out\n"


def openssl(names: str = "DNS:localhost, IP Address:127.0.0.1", end: str = "Nov  1 02:11:09 2027") -> str:
    """`openssl s_client` against the server."""
    return f"""CONNECTED(00000003)
depth=0 CN = localhost
verify error:num=18:self-signed certificate
---
Certificate chain
 0 s:CN = localhost
   i:CN = localhost
   v:NotBefore: Nov  1 02:11:09 2025 GMT; NotAfter: {end} GMT
---
subject=CN = localhost
issuer=CN = localhost
X509v3 Subject Alternative Name:
    {names}
Verify return code: 18 (self-signed certificate)
"""


def asked(**given: str) -> str:
    """What the commands of `fanlic ask` print, faultless but for the sections that are given."""
    sections = {
        "docker ps (container host)": ps("Up 3 weeks"),
        "docker port (container host)": "8081/tcp -> 0.0.0.0:49155\n8081/tcp -> [::]:49155\n",
        "docker inspect (container host)": inspect(),
        "docker logs (container host)": SERVER_LOG,
        "docker images (container host)": (
            "REPOSITORY                     TAG       IMAGE ID       CREATED        SIZE\n"
            "fanruan_license_server_amd64   1.0.0     0a1b2c3d4e5f   4 weeks ago    60MB\n"
            "fanruan_license_server_arm64   1.0.0     1a1b2c3d4e5f   4 weeks ago    62MB\n"
        ),
        "docker version (container host)": "Client:\n OS/Arch:           linux/amd64\n",
        "machine (container host)": "x86_64\n",
        "date (container host)": "2026-11-24T08:00:00Z\n",
        "certificate (container host)": openssl(),
        "names (container host)": "",
        "answer (container host)": "HTTP/1.1 200 OK\nDate: Tue, 24 Nov 2026 08:00:02 GMT\nServer: x\n",
        "saved address (finebi host)": "https://172.16.63.131:49155\n",
        "date (finebi host)": "2026-11-24T08:14:30Z\n",
        "answer (finebi host)": "HTTP/1.1 200 OK\nDate: Tue, 24 Nov 2026 08:14:32 GMT\n",
        "connection (finebi host)": "CONNECTED(00000003)\nverify error:num=18:self-signed certificate\n",
        "fanruan.log (finebi host)": "",
    }
    known = {key.partition(" (")[0] + (" finebi" if "finebi" in key else ""): key for key in sections}
    for name, text in given.items():
        sections[known[name.replace("_", " ")]] = text
    return "".join(f"=== fanlic: {name} ===\n{text}" for name, text in sections.items())


FAULTLESS = (
    Paste("ps, running, fixed port", ps("Up 3 weeks")),
    Paste("ps and the same address saved", f"$ docker ps\n{ps('Up 3 weeks')}\n{SAVED}"),
    Paste("ps wrapped at 80 columns", wrapped(ps("Up 3 weeks")) + SAVED),
    Paste("ps wrapped at 100 columns, healthy", wrapped(ps("Up 3 weeks (healthy)"), 100)),
    Paste(
        "a stopped database beside the running server",
        ps("Up 3 weeks")
        + '9c9c9c9c9c9c   mysql:8                              "docker-entrypoint.s…"   3 weeks ago   '
        + "Exited (1) 2 days ago                                               mysql\n",
    ),
    Paste(
        "an older container of the same image, stopped",
        ps("Up 3 weeks") + ROW.replace("3f2a", "1111") + f"{'Exited (0) 3 weeks ago':<22}{'':<46}old_server\n",
    ),
    Paste("docker port", f"$ docker port quirky_einstein\n8081/tcp -> 0.0.0.0:49155\n8081/tcp -> [::]:49155\n{SAVED}"),
    Paste("inspect, running", inspect()),
    Paste("inspect, running, -P as on the page, port as saved", inspect(publish_all=True, policy="no") + SAVED),
    Paste("inspect of the image and the right host", f"$ docker inspect x\n{IMAGE}\n$ uname -m\nx86_64\n"),
    Paste("compose file", COMPOSE),
    Paste(
        "run line",
        "docker run -v /srv/lic/config:/app/config -p 49155:8081 --restart always -d "
        "fanruan_license_server_amd64:1.0.0",
    ),
    Paste(
        "run line of the page itself",
        "docker run -v /D/William/lic/config:/app/config -P -d fanruan_license_server_amd64:1.0.0",
    ),
    Paste(
        "the server's log", f"$ docker logs --tail 200 quirky_einstein\n{SERVER_LOG}\n$ docker ps\n{ps('Up 3 weeks')}"
    ),
    Paste("FineBI's log with ports, rows and milliseconds", FANRUAN_LOG + SAVED),
    Paste(
        "both clocks, UTC and China",
        "license server:\nTue Nov 24 08:00:00 UTC 2026\nFineBI:\nTue Nov 24 16:00:20 CST 2026\n",
    ),
    Paste(
        "both clocks, Chinese locale",
        "[root@license ~]# date\n2026年 11月 24日 星期二 16:00:00 CST\n"
        "[root@finebi ~]# date\n2026年11月24日 星期二 16:00:31 CST\n",
    ),
    Paste(
        "clocks with and without an offset",
        "container host: 2026-11-24T08:00:00Z\nFineBI host: 2026年11月24日 16:00:09\n",
    ),
    Paste("certificate that names the address", SAVED + openssl("DNS:lic.corp.cn, IP Address:172.16.63.131")),
    Paste("built-in certificate over an IP, as on the page", SAVED + openssl() + ps("Up 3 weeks")),
    Paste("wildcard certificate", "Registered address: https://lic.corp.cn:49155\n" + openssl("DNS:*.corp.cn")),
    Paste(
        "systeminfo and the right image",
        f"C:\\>systeminfo\r\nSystem Type:               x64-based PC\r\n{ps('Up 2 days')}",
    ),
    Paste(
        "Windows line ends and prompts",
        ("PS C:\\Users\\li> docker ps -a\n" + ps("Up 2 hours") + SAVED).replace("\n", "\r\n"),
    ),
    Paste("quoted in a mail", "".join(f"> {line}\n" for line in (ps("Up 2 hours") + inspect() + SAVED).splitlines())),
    Paste("PowerShell's redirection", b"\xff\xfe" + (ps("Up 2 hours") + inspect()).encode("utf-16-le")),
    Paste("saved with a mark by an editor", b"\xef\xbb\xbf" + inspect().encode()),
    Paste(
        "Chinese Windows console",
        "FineBI 中保存的地址: https://172.16.63.131:49155\n".encode("gb18030")
        + ps("Up 2 days").replace("…", ".").encode(),
    ),
    Paste(
        "colors and zero-width characters", ps("\x1b[32mUp 3 weeks\x1b[0m").replace("fanruan", "fan\u200bruan") + SAVED
    ),
    Paste("everything that ask prints", asked()),
    Paste(
        "ask's output, blocks run a quarter of an hour apart, no answer's date",
        asked(answer_finebi="HTTP/1.1 200 OK\n"),
    ),
    Paste("a long stop long ago", inspect(finished="2026-10-01T00:00:00Z", started="2026-10-03T00:00:00Z")),
    Paste(
        "restarted this morning, nobody complains",
        inspect(finished="2026-11-24T06:00:00Z", started="2026-11-24T07:30:00Z"),
    ),
    Paste(
        "loopback only, FineBI on the same host",
        inspect(ip="127.0.0.1") + "Address saved in FineBI: https://127.0.0.1:49155\n",
    ),
    Paste("seats enough", "FineBI 6.0.5, 3 nodes, Maximum number of connections: 3\n" + ps("Up 3 weeks")),
    Paste(
        "FineBI's own address is not the server's",
        f"Users open http://10.0.0.5:37799/webroot/decision and https://bi.corp.cn/webroot\n{SAVED}{ps('Up 2 days')}",
    ),
    Paste(
        "another container inspected beside ours",
        inspect()
        + inspect(image="mysql:8", mounts=()).replace("quirky_einstein", "db").replace("8081/tcp", "3306/tcp"),
    ),
    Paste(
        "host ports that look like codes",
        ps("Up 3 weeks", "0.0.0.0:30001->8081/tcp")
        + "8081/tcp -> 0.0.0.0:30001\nroot     30007  0.1  2.0 java\nAddress saved in FineBI: https://172.16.63.131:30001\n",
    ),
    Paste("host port like a code in a cut-off inspect", '"Status": "running",\n"HostPort": "30005"\n'),
    Paste(
        "FineBI's log with a database that is down",
        SAVED + ps("Up 3 weeks") + "Caused by: Connect to 10.0.0.9:3306 failed: Connection refused\n",
    ),
    Paste(
        "run line over several lines",
        "docker run -d \\\n  --mount type=bind,source=/srv/lic,target=/app/config \\\n"
        "  -p 49155:8081 --restart always \\\n  fanruan_license_server_amd64:1.0.0\n",
    ),
    Paste(
        "run line with a quoted Windows path",
        'docker run -v "D:\\my lic\\config:/app/config" -p 49155:8081 --restart=always -d '
        "fanruan_license_server_amd64:1.0.0",
    ),
    Paste(
        "a server's log of an earlier start, before the port moved",
        ps("Up 3 weeks") + "2026-03-02 09:00:00 UTC  serving on https://172.16.63.131:49153\n",
    ),
    Paste(
        "a rehearsal's own list",
        "CONTAINER ID   IMAGE                                COMMAND                  CREATED                  STATUS"
        "                  PORTS                       NAMES\n"
        '18ea4aa8fb26   fanruan_license_server_amd64:1.0.0   "/usr/bin/python3 ..."   Less than a second ago   Up Less '
        "than a second   127.0.0.1:49153->8081/tcp   neat_ferret\n",
    ),
    Paste(
        "no FineOps, just restarted",
        "not deployed by FineOps\n" + inspect(finished="2026-11-24T07:00:00Z", started="2026-11-24T07:01:00Z"),
    ),
    Paste(
        "restarted by hand, cut-off inspect",
        '"StartedAt": "2026-11-20T07:00:00Z",\n"FinishedAt": "2026-11-20T06:00:00Z"',
    ),
    Paste(
        "a clean stop and start long ago, exit status of the last stop",
        inspect(finished="2026-11-01T00:00:00Z", started="2026-11-01T01:00:00Z", exit=0, policy="no"),
    ),
    Paste("inspect on one line", json.dumps(json.loads(inspect())[0] | {"Labels": {"x": "y" * 9000}}) + "\n" + SAVED),
    Paste(
        "dates of events are no clocks",
        ps("Up 3 weeks") + "happened at:\n2026-11-20 10:00:00+08:00\nFineBI's license expires: "
        "2026-12-31 00:00:00Z\nlicense created: 2026-01-01 00:00:00Z\n"
        "Created: 2026-01-01 00:00:00Z\n2026-11-21 10:00:00Z\n2026-11-22 10:00:00Z\n",
    ),
    Paste(
        "a second container that failed, above the one that runs",
        HEAD
        + ROW.replace("3f2a", "1111")
        + f"{'Exited (125) 2 days ago':<24}{'':<46}second\n"
        + ps("Up 3 weeks").removeprefix(HEAD),
    ),
)

# Where container, port and address are all seen, the answer may say that nothing is wrong.
HEALTHY = {
    "ps and the same address saved",
    "ps wrapped at 80 columns",
    "inspect, running, -P as on the page, port as saved",
    "built-in certificate over an IP, as on the page",
    "Windows line ends and prompts",
    "quoted in a mail",
    "Chinese Windows console",
    "colors and zero-width characters",
    "everything that ask prints",
    "ask's output, blocks run a quarter of an hour apart, no answer's date",
    "loopback only, FineBI on the same host",
    "FineBI's own address is not the server's",
    "host ports that look like codes",
    "FineBI's log with a database that is down",
    "inspect on one line",
}

FAULTS = (
    Paste("a code", "The customer's pop-up says 30005", "30005"),
    Paste("a code alone", "30001\n", "30001"),
    Paste("a code's name", "10:15:02 ERROR LICENSE_IP_ERROR", "30003"),
    Paste("a code in Chinese", "注册失败\uff0c错误码\uff1a30003", "30003"),
    Paste("the round one", "Registration failed. Details: 10000", "10000"),
    Paste("the undocumented code", "error code 30006", "30006"),
    Paste("a product code", "FineBI shows 61100002 after adding a node", "61100002"),
    Paste("an answer as JSON", '{"code": 30004, "name": "LICENSE_DOMAIN_ERROR", "next_step": "..."}', "30004"),
    Paste(
        "30007 and more nodes",
        "30007 on two of them. Cluster of 3 nodes. Maximum number of connections: 1",
        "seats-too-few",
    ),
    Paste("the pop-up only", "Registration failed", "registration-failed"),
    Paste("code entry locked", "The page says: locked, try again in 15 minutes", "code-entry-locked"),
    Paste("old QR code", "二维码已过期", "qr-expired"),
    Paste("our own server's words", "The authorization server has not been activated yet.", "never-activated"),
    Paste(
        "port moved, from ps", ps("Up 20 minutes", "0.0.0.0:49157->8081/tcp, :::49157->8081/tcp") + SAVED, "port-moved"
    ),
    Paste("port moved, from inspect with -P", inspect(publish_all=True, port=49160) + SAVED + REFUSED, "port-moved"),
    Paste("port moved, wrapped", wrapped(ps("Up 20 minutes", "0.0.0.0:49157->8081/tcp")) + SAVED, "port-moved"),
    Paste(
        "wrong processor, by the log",
        f"$ docker logs x\nexec /usr/bin/python3: exec format error\n$ uname -m\naarch64\n"
        f"$ docker ps -a\n{ps('Exited (1) 2 minutes ago', '')}",
        "wrong-architecture",
    ),
    Paste(
        "wrong processor, exited",
        f"{ps('Exited (255) 2 minutes ago', '')}\nSystem Type: ARM64-based PC\n",
        "wrong-architecture",
    ),
    Paste("stopped 26 hours ago", ps("Exited (255) 26 hours ago", ""), "down-over-24-hours"),
    Paste("stopped two days ago, wrapped", wrapped(ps("Exited (0) 2 days ago", "")), "down-over-24-hours"),
    Paste(
        "stopped 24 h to the second", inspect(status="exited", finished="2026-11-23T08:00:00Z"), "down-over-24-hours"
    ),
    Paste("stopped one second less", inspect(status="exited", finished="2026-11-23T08:00:01Z"), "down-22-to-24-hours"),
    Paste(
        "stopped 22 h to the second", inspect(status="exited", finished="2026-11-23T10:00:00Z"), "down-22-to-24-hours"
    ),
    Paste(
        "stopped one second less than 22 h", inspect(status="exited", finished="2026-11-23T10:00:01Z"), "server-stopped"
    ),
    Paste(
        "judged by the pasted clock",
        inspect(status="exited", finished="2026-11-23T08:30:00.5Z")
        + "[root@license ~]# date -u\nTue Nov 24 09:00:00 UTC 2026\n",
        "down-over-24-hours",
        now=None,
    ),
    Paste(
        "back after 30 hours, 30002",
        inspect(finished="2026-11-22T23:00:00Z", started="2026-11-24T05:00:00Z") + "error code 30002",
        "down-over-24-hours",
    ),
    Paste(
        "back after 5 hours, shown as failed",
        inspect(finished="2026-11-24T02:30:00Z", started="2026-11-24T07:30:00Z") + "Registration failed",
        "heals-within-two-hours",
    ),
    Paste(
        "restarted under FineOps",
        inspect(finished="2026-11-24T07:00:00Z", started="2026-11-24T07:01:00Z") + "deployed by FineOps",
        "restarted-under-fineops",
    ),
    Paste(
        "host rebooted, no restart policy",
        inspect(status="exited", exit=255, policy="no", finished="2026-11-24T05:00:00Z"),
        "no-restart-policy",
        top=2,
    ),
    Paste("stopped and refused", ps("Exited (137) 3 hours ago", "") + REFUSED, "server-stopped"),
    Paste(
        "killed for memory",
        inspect(status="exited", exit=137, oom=True, finished="2026-11-24T05:00:00Z"),
        "out-of-memory",
    ),
    Paste("restarting over and over", ps("Restarting (1) 5 seconds ago", ""), "restart-loop"),
    Paste(
        "never started",
        ps("Created", "") + "Error: Bind for 0.0.0.0:49155 failed: port is already allocated",
        "port-already-allocated",
    ),
    Paste("config not mapped", inspect(mounts=("log",)), "config-not-mapped"),
    Paste(
        "config not mapped, new identity",
        inspect(mounts=()) + "The license L-1 belongs to server a1; this is server b2.",
        "config-not-mapped",
    ),
    Paste("config not mapped, run line", "docker run -P -d fanruan_license_server_amd64:1.0.0", "config-not-mapped"),
    Paste("config read-only", inspect(ro="config"), "config-not-kept"),
    Paste("web mapped", inspect(mounts=("config", "web")), "web-mapped"),
    Paste("web mapped, compose", COMPOSE.replace("/app/log ", "/app/web "), "web-mapped"),
    Paste(
        "tls mapped and exited",
        inspect(status="exited", exit=3, mounts=("config", "tls"), finished="2026-11-24T07:00:00Z"),
        "tls-mapped-without-certificate",
    ),
    Paste("loopback only", ps("Up 3 weeks", "127.0.0.1:49155->8081/tcp") + SAVED, "loopback-only"),
    Paste("no published port", ps("Up 3 weeks", "8081/tcp"), "no-published-port"),
    Paste("running, right port, refused", ps("Up 3 weeks") + SAVED + REFUSED, "not-reachable"),
    Paste("running, right port, silent", ps("Up 3 weeks") + SAVED + TIMEOUT, "not-reachable"),
    Paste(
        "refused from FineBI, answered at home",
        asked(answer_finebi="curl: (7) Failed to connect to 172.16.63.131 port 49155 after 2 ms: Connection refused\n"),
        "not-reachable",
    ),
    Paste("name that nobody knows", "java.net.UnknownHostException: lic.corp.cn", "unknown-host"),
    Paste("http for https", "saved address http://172.16.63.131:49155\n" + ps("Up 3 weeks"), "address-unfit"),
    Paste("issuer not trusted", PKIX, "certificate-untrusted"),
    Paste("wrong name and not trusted", SAVED + openssl() + PKIX, "certificate-name", top=2),
    Paste("wrong name", SAVED + openssl() + SAN, "certificate-name"),
    Paste("certificate expired", SAVED + openssl(end="Nov  1 02:11:09 2026"), "certificate-expired"),
    Paste(
        "clocks five minutes apart",
        "license server:\nTue Nov 24 08:00:00 UTC 2026\nFineBI:\nTue Nov 24 08:05:01 UTC 2026\n",
        "clock-differs",
    ),
    Paste(
        "clocks apart, measured by ask",
        asked(answer_finebi="HTTP/1.1 200 OK\nDate: Tue, 24 Nov 2026 08:12:00 GMT\n"),
        "clock-differs",
    ),
    Paste(
        "clocks apart, Chinese, and 30000",
        "授权服务器: 2026年 11月 24日 星期二 下午04:00:00 CST\nFineBI: 2026年11月25日 16:00:00 CST\n30000\n",
        "clock-differs",
        top=2,
    ),
    Paste(
        "inspect cut off",
        '  "State": {\n "Status": "exited",\n "ExitCode": 0,\n "FinishedAt": "2026-11-22T05:00:00.123456789Z"\n',
        "down-over-24-hours",
    ),
    Paste(
        "inspect broken by a mail",
        inspect(mounts=("log",)).replace("/srv/lic/log", "/srv/lic\n/log"),
        "config-not-mapped",
    ),
    Paste(
        "no such image",
        "docker: Error response from daemon: No such image: fanruan_license_server:1.0.0",
        "image-not-found",
    ),
    Paste(
        "no daemon",
        "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?",
        "docker-daemon-not-running",
    ),
    Paste(
        "not an archive",
        "Error processing tar file(exit status 1): archive/tar: invalid tar header",
        "invalid-tar-header",
    ),
    Paste("an empty list", f"$ docker ps\n{HEAD}", "no-container"),
    Paste(
        "moved port in ask's output",
        asked(
            saved_address_finebi="https://172.16.63.131:49154\n",
            answer_finebi="curl: (7) Failed to connect to 172.16.63.131 port 49154: Connection refused\n",
        ),
        "port-moved",
    ),
    Paste("a remark", "30002 again", "30002"),
    Paste(
        "stopped by hand, no restart policy",
        inspect(status="exited", exit=0, policy="no", finished="2026-11-24T05:00:00Z"),
        "server-stopped",
    ),
    Paste(
        "run line over several lines without the mapping",
        "docker run -d `\n  -p 49155:8081 `\n  fanruan_license_server_amd64:1.0.0\n",
        "config-not-mapped",
    ),
    Paste(
        "another host's container", inspect(image="mysql:8", mounts=()).replace("8081/tcp", "3306/tcp"), "no-container"
    ),
    Paste("two FineBI words in Chinese", "授权服务器返回 30005\uff0c注册失败", "30005"),
    Paste("no TLS there", SAVED + "error:1408F10B:SSL routines:ssl3_get_record:wrong version number", "no-tls"),
    Paste("a browser's refusal", "This site can't be reached ERR_CONNECTION_REFUSED", "not-reachable"),
    Paste("a browser's warning", "NET::ERR_CERT_AUTHORITY_INVALID", "certificate-warning"),
    Paste("name taken", 'Conflict. The container name "/lic" is already in use by container', "container-name-in-use"),
    Paste("a path in the saved address", "saved address: https://172.16.63.131:49155/foo\n", "address-unfit"),
    Paste(
        "stopped since yesterday, inspect with an offset",
        inspect(status="exited", finished="2026-11-23T15:00:00+08:00"),
        "down-over-24-hours",
    ),
)
PASTES = FAULTLESS + FAULTS
