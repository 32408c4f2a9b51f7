# ruff: noqa: E501, RUF001 - pasted lines are as long as they are
"""The last tenth of the table: written when the rules were done, and judged once before anything was changed for it.

37 of 43 were right. `FIRST` names the others: three were answered "not understood", one "nothing recognisable", two with a
more general cause; none with a false one. Their kinds were mended afterwards.
"""

from __future__ import annotations

from tests.troubleshoot.field_table import FieldPaste, fault, health, partial, unread
from tests.troubleshoot.triage_table import SAVED, inspect, ps

UP = ps("Up 3 weeks")
FIRST = (
    "Apache as a proxy",
    "Netty and no TLS",
    "Python requests",
    "PowerShell",
    "PowerShell cannot connect",
    "Safari",
)
PASTES: tuple[FieldPaste, ...] = (
    fault(
        "a mail from a phone",
        "Von meinem iPhone gesendet\n\n> FineBI meldet: Registration failed, Details 30001\n> seit dem Update auf 6.0.11\n",
        "30001",
    ),
    fault(
        "a DingTalk chat",
        '张工 15:01\n重启服务器后 docker ps 没有了\n\n李工 15:03\n[root@node1 ~]# docker ps -a | grep lic\n9c1b7d443f2a   fanruan_license_server_amd64:1.0.0   "/app/bin/server run"   6 weeks ago   Exited (255) 40 minutes ago             fr-lic\n',
        "server-stopped",
    ),
    fault("screenshot text with lost blanks", "错误代码30007许可注册数量超出限制确定", "30007"),
    fault("a German console", "Fehler: 30003 beim Registrieren, Server erreichbar\n", "30003"),
    fault(
        "journalctl of the engine",
        'Nov 24 07:59:58 lic dockerd[812]: time="2026-11-24T07:59:58Z" level=error msg="Handler for POST /v1.45/containers/lic/start returned error: driver failed programming external connectivity on endpoint lic: Bind for 0.0.0.0:49155 failed: port is already allocated"\n',
        "port-already-allocated",
    ),
    unread(
        "compose up with a runtime's refusal",
        ' ✔ Network bi_default  Created\nError response from daemon: failed to create task for container: OCI runtime create failed: runc create failed: unable to start container process: exec: "/app/bin/server": permission denied: unknown\n',
        2,
        asks="engine",
    ),
    fault(
        "nerdctl",
        'CONTAINER ID    IMAGE                                               COMMAND                   CREATED        STATUS                      PORTS    NAMES\n3f2a9c1b7d44    registry.corp.cn/library/fanruan_license_server_amd64:1.0.0    "/app/bin/server run"    3 weeks ago    Exited (137) 2 days ago              lic\n',
        "down-over-24-hours",
    ),
    fault(
        "inspect by a template",
        'exited 137 2026-11-22T05:11:00Z false\n$ docker inspect -f \'{{json .State}}\' lic\n{"Status":"exited","Running":false,"OOMKilled":true,"ExitCode":137,"Error":"","StartedAt":"2026-11-01T02:11:09Z","FinishedAt":"2026-11-24T07:30:00Z"}\n',
        "out-of-memory",
        top=2,
    ),
    fault(
        "docker port beside another address",
        "$ docker port lic\n8081/tcp -> 0.0.0.0:49170\n8081/tcp -> [::]:49170\nFineBI 保存的地址 https://10.9.8.7:49155\n",
        "port-moved",
    ),
    fault(
        "a compose file without a mapping",
        "services:\n  lic:\n    image: fanruan_license_server_amd64:1.0.0\n    ports: ['49155:8081']\n    restart: always\n",
        "config-not-mapped",
    ),
    fault(
        "a compose file with tmpfs",
        "services:\n  lic:\n    image: fanruan_license_server_amd64:1.0.0\n    ports: ['49155:8081']\n    volumes: ['/srv/log:/app/log']\n    tmpfs: [/app/config]\n",
        "config-not-kept",
        top=2,
    ),
    fault(
        "a StatefulSet with another image's pod in trouble",
        "NAME            READY   STATUS             RESTARTS        AGE\nfr-license-0    0/1     ImagePullBackOff   0               3m\nredis-0         0/1     CrashLoopBackOff   9 (1m ago)      3m\n",
        "image-not-found",
    ),
    fault(
        "an event of a probe by TCP",
        "  Warning  Unhealthy  10s (x7 over 70s)  kubelet  Liveness probe failed: dial tcp 10.244.2.9:8081: connect: connection refused\n",
        "unhealthy",
        top=2,
    ),
    fault(
        "HAProxy",
        "<html><body><h1>503 Service Unavailable</h1>\nNo server is available to handle this request.\n</body></html>\n",
        "proxy-error",
    ),
    fault(
        "Apache as a proxy",
        "[proxy:error] [pid 812] (111)Connection refused: AH00957: https: attempt to connect to 10.1.1.5:49155 (10.1.1.5:49155) failed\n",
        "proxy-error",
        top=2,
    ),
    fault("Cloud gateway in Chinese", "504 Gateway Time-out\n抱歉，后端服务响应超时，请稍后重试\n", "proxy-error"),
    fault(
        "OkHttp",
        "java.net.ConnectException: Failed to connect to /10.1.1.5:49155\n\tat okhttp3.internal.connection.RealConnection.connectSocket(RealConnection.kt:297)\nCaused by: java.net.ConnectException: Connection refused (Connection refused)\n",
        "not-reachable",
    ),
    fault(
        "Netty", "io.netty.channel.ConnectTimeoutException: connection timed out: /10.1.1.5:49155\n", "not-reachable"
    ),
    fault(
        "Netty and no TLS",
        "io.netty.handler.ssl.NotSslRecordException: not an SSL/TLS record: 485454502f312e31\n",
        "no-tls",
    ),
    fault(
        "Java and a proxy's sign-in",
        'java.io.IOException: Unable to tunnel through proxy. Proxy returns "HTTP/1.1 407 Proxy Authentication Required"\n',
        "proxy-in-between",
    ),
    fault(
        "Java without a cipher in common",
        "javax.net.ssl.SSLHandshakeException: Received fatal alert: handshake_failure\n",
        "ssl-handshake",
    ),
    fault(
        "Python requests",
        "requests.exceptions.SSLError: HTTPSConnectionPool(host='10.1.1.5', port=49155): Max retries exceeded with url: / (Caused by SSLError(SSLCertVerificationError(1, \"[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: IP address mismatch, certificate is not valid for '10.1.1.5'.\")))\n",
        "certificate-name",
    ),
    fault(
        "PowerShell",
        "Invoke-WebRequest : 基础连接已经关闭: 未能为 SSL/TLS 安全通道建立信任关系。\n",
        "certificate-untrusted",
    ),
    fault(
        "PowerShell cannot connect",
        "Invoke-WebRequest : 无法连接到远程服务器\n    + CategoryInfo          : InvalidOperation\n",
        "not-reachable",
    ),
    fault(
        "Edge and a name",
        "嗯… 无法访问此页面\n检查 lic.corp.cn 中是否有拼写错误。\nDNS_PROBE_FINISHED_NXDOMAIN\n",
        "unknown-host",
    ),
    fault("Safari", "Safari 浏览器无法打开页面，因为服务器意外断开了连接。\n", "connection-reset"),
    fault("Firefox and dates", "此网站的证书过期：SEC_ERROR_EXPIRED_CERTIFICATE\n", "certificate-expired"),
    fault(
        "ufw's log",
        "Nov 24 08:00:01 lic kernel: [91.1] [UFW BLOCK] IN=ens3 OUT= MAC=52:54 SRC=10.1.1.9 DST=10.1.1.5 LEN=60 TOS=0x00 PROTO=TCP SPT=51514 DPT=49155 SYN\n",
        "firewall-blocks",
    ),
    fault(
        "df of Windows, full",
        "docker: write /var/lib/docker/tmp/docker-export: no space left on device.\n",
        "disk-full",
    ),
    fault("inode and quota", "OSError: [Errno 122] Disk quota exceeded: '/app/log/server.log'\n", "disk-full"),
    health(
        "everything well, in one paste of three",
        UP + "$ docker port quirky_einstein\n8081/tcp -> 0.0.0.0:49155\n" + SAVED,
    ),
    health(
        "inspect, address, and a log full of polls",
        inspect() + SAVED + "".join(f"2026-11-24T0{at % 8}:11:10Z polled; node-{at % 3}\n" for at in range(60)),
    ),
    partial("a question about the price of nodes", "客户想把最大连接数从 2 加到 4，需要重新寄合同吗\n"),
    partial(
        "a monitoring mail",
        "Zabbix: RESOLVED: High CPU utilization on bi01 (over 90% for 5m), value 30.001 %\n",
        never=("30001",),
    ),
    partial(
        "iptables counters",
        "30002  1800K ACCEPT     all  --  docker0 *       0.0.0.0/0            0.0.0.0/0\n30005   2400K DOCKER     all  --  *      docker0  0.0.0.0/0            0.0.0.0/0\n",
        never=("30002", "30005"),
    ),
    partial(
        "a Java start line",
        "java -Xms30000m -Dserver.port=30003 -jar finebi.jar --spring.profiles.active=prod\n",
        never=("30000", "30003"),
    ),
    partial(
        "kubectl get events, all well",
        "LAST SEEN   TYPE     REASON    OBJECT                          MESSAGE\n2m          Normal   Pulled    pod/license-7c9d8b6f5-x2x9k    Container image already present on machine\n2m          Normal   Created   pod/license-7c9d8b6f5-x2x9k    Created container license\n",
    ),
    partial(
        "an openssl session with a trusted chain",
        "CONNECTED(00000005)\ndepth=2 C = CN, O = Corp, CN = Corp Root\nverify return:1\ndepth=0 CN = lic.corp.cn\nverify return:1\nVerification: OK\n",
    ),
    partial("an uptime graph pasted as text", "uptime 22 days, 3 h\nload 0.3 0.2 0.2\nfree 61%\n"),
    partial(
        "words of thanks with the old code quoted as a ticket", "Ticket 30005 closed, thank you.\n", never=("30005",)
    ),
    unread(
        "a new message of the server", UP + SAVED + "2026-11-24T08:00:00Z fatal: journal chain broken at entry 81\n", 4
    ),
    unread(
        "a message of a language we have no words for",
        "Erreur : le module de licence ne répond pas, échec error 0x5\n",
        1,
    ),
    unread("a TPM's refusal", "ERROR: machine fingerprint could not be computed (0x80290401)\n", 1),
)
