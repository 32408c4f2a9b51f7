# ruff: noqa: E501, RUF001 - pasted lines are as long as they are
"""Messy pastes from the field, written before the rules that judge them; a good part of them is faultless.

`says` is what the first line of the answer must be: "fault" (a cause is named), "health" (nothing is wrong, and container,
port and address were seen), "partial" (no fault, but not enough was seen to call it healthy) or "unread" (lines that look
like errors were not understood; their numbers are in `lines`).
"""

from __future__ import annotations

from dataclasses import dataclass

from tests.troubleshoot.triage_table import HEAD, ROW, SAVED, inspect, openssl, ps


@dataclass(frozen=True)
class FieldPaste:
    """One input. `never`: causes and codes that must not be named; `asks`: the name of the next question."""

    name: str
    given: str
    says: str
    verdict: str = ""
    top: int = 1
    never: tuple[str, ...] = ()
    lines: tuple[int, ...] = ()
    asks: str = ""
    confidence: tuple[str, ...] = ()


def fault(name: str, given: str, verdict: str, **more: object) -> FieldPaste:
    return FieldPaste(name, given, "fault", verdict, **more)  # type: ignore[arg-type]


def partial(name: str, given: str, **more: object) -> FieldPaste:
    return FieldPaste(name, given, "partial", **more)  # type: ignore[arg-type]


def unread(name: str, given: str, *lines: int, **more: object) -> FieldPaste:
    return FieldPaste(name, given, "unread", lines=lines, **more)  # type: ignore[arg-type]


def health(name: str, given: str) -> FieldPaste:
    return FieldPaste(name, given, "health")


ACCESS = '10.8.3.21 - - [24/Nov/2026:15:58:01 +0800] "GET /license/qrcode HTTP/1.1" 200 5123\n'
NGINX = (
    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n"
    "<hr><center>nginx/1.24.0</center>\r\n</body>\r\n</html>\r\n"
)
SOCKET = (
    "permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock: "
    'Get "http://%2Fvar%2Frun%2Fdocker.sock/v1.45/containers/json?all=1": dial unix /var/run/docker.sock: '
    "connect: permission denied\n"
)
SERVICE = """apiVersion: v1
kind: Service
metadata:
  name: fanruan-license
spec:
  type: NodePort
  ports:
    - port: 8081
      targetPort: 8081
      nodePort: 30007
"""
CLUSTER = """NAME              TYPE       CLUSTER-IP    EXTERNAL-IP   PORT(S)          AGE
fanruan-license   NodePort   10.96.12.80   <none>        8081:30005/TCP   5d
"""
NOISE = "".join(
    f"10:15:{at % 60:02},117 http-nio-8 INFO [standard] query {at} finished in {at * 7 % 900} ms\n" for at in range(400)
)

SHORT = (
    partial("a healthy line of an access log", ACCESS, never=("qr-page-missing",)),
    partial(
        "a healthy line in another form",
        "2026-11-24 08:00:01 INFO GET /license/qrcode 200 12ms",
        never=("qr-page-missing",),
    ),
    partial("an archive that was loaded", "Loaded image: fanruan_license_server_amd64:1.0.0\n", asks="containers"),
    partial(
        "docker load with its output",
        "[root@lic ~]# docker load -i fanruan_license_server.tar\n"
        "5f70bf18a086: Loading layer  1.024kB/1.024kB\nLoaded image: fanruan_license_server_amd64:1.0.0\n",
        never=("invalid-tar-header",),
        asks="containers",
    ),
    partial("a success in Chinese", "注册成功\uff0c最大连接数 4", never=("registration-failed", "seats-too-few")),
    partial("the machine alone", "$ uname -m\naarch64\n", never=("exec-format-error", "wrong-architecture")),
    partial("a log line about the page", "INFO license.qrcode refreshed by admin", never=("qr-page-missing",)),
    fault("no right to the engine's socket", SOCKET, "docker-permission-denied", never=("private-config-missing",)),
    fault("the same, in a console with prompt", f"li@lic:~$ docker ps -a\n{SOCKET}", "docker-permission-denied"),
    fault("a person's words about the page", "二维码页面打不开", "qr-page-missing", confidence=("possible",)),
    fault("a person's words about a port", "the port changed after the reboot", "port-moved", confidence=("possible",)),
    fault("a person's words, a question", "is a restart policy needed?", "no-restart-policy", confidence=("possible",)),
    unread("a folder that cannot be made", "mkdir: cannot create directory '/data/lic': Permission denied\n", 1),
)

SILENCE = (
    fault("an nginx error page", NGINX, "proxy-error"),
    fault("an nginx error page behind a healthy list", ps("Up 3 weeks") + SAVED + NGINX, "proxy-error"),
    fault(
        "a gateway's time-out in a header", SAVED + "HTTP/1.1 504 Gateway Time-out\nServer: openresty\n", "proxy-error"
    ),
    fault("a proxy wants a password", "curl: (56) CONNECT tunnel failed, response 407\n", "proxy-in-between"),
    fault(
        "Java through a proxy",
        '10:15:02,117 ERROR [standard] java.io.IOException: Unable to tunnel through proxy. Proxy returns "HTTP/1.1 403 '
        'Forbidden"\n',
        "proxy-in-between",
    ),
    fault(
        "a rootless engine",
        "docker: Error response from daemon: driver failed programming external connectivity on endpoint lic "
        "(5e1f): Error starting userland proxy: error while calling PortManager.AddPort(): cannot expose privileged port "
        "443, you can add 'net.ipv4.ip_unprivileged_port_start=443' to /etc/sysctl.conf\n",
        "privileged-port",
    ),
    fault("a container that fails its own check", ps("Up 3 hours (unhealthy)   "), "unhealthy"),
    fault(
        "a browser without TLS at the other end",
        "此网站无法提供安全连接\n172.16.63.131 发送了无效的响应\nERR_SSL_PROTOCOL_ERROR\n",
        "no-tls",
    ),
    fault("no route", "java.net.NoRouteToHostException: No route to host (Host unreachable)\n", "not-reachable"),
    fault(
        "no room", "Error processing tar file(exit status 1): write /layer.tar: no space left on device\n", "disk-full"
    ),
    fault(
        "a wrong volume",
        "docker: Error response from daemon: invalid volume specification: 'D:\\lic dir:/app/config'.\n",
        "path-not-plain",
    ),
    fault(
        "Windows keeps the port",
        "Error response from daemon: Ports are not available: exposing port TCP 0.0.0.0:49155 -> 0.0.0.0:0: listen tcp "
        "0.0.0.0:49155: bind: An attempt was made to access a socket in a way forbidden by its access permissions.\n",
        "port-reserved",
    ),
    fault(
        "killed by the kernel",
        "[81223.1] Out of memory: Killed process 30007 (python3) total-vm:812344kB\n",
        "out-of-memory",
        never=("30007",),
    ),
    fault(
        "SELinux",
        'type=AVC msg=audit(1.2:3): avc:  denied  { write } for  pid=2 comm="python3" name="config" tclass=dir\n',
        "config-not-writable",
    ),
    unread("a new error", f"{ps('Up 3 weeks')}{SAVED}2026-11-24 08:00:00 ERROR lease store is closed\n", 4),
    unread("a new error in Chinese", f"{ps('Up 3 weeks')}错误\uff1a许可模块初始化异常 (0x8004)\n", 3),
    unread("an unknown exception", "java.lang.IllegalStateException: seat table is read-only\n", 1),
    unread("a number of HTTP in a log", "2026-11-24 08:01:00 POST /license/v1/poll 500 3ms\n", 1),
    partial("only a list", ps("Up 3 weeks")),
    partial("only an address", SAVED),
    health("list and address", ps("Up 3 weeks") + SAVED),
    health(
        "inspect and address, with a log that counts no errors",
        inspect() + SAVED + "checked 12 files, 0 errors, none failed\n",
    ),
    health("a list, an address and 400 lines of a log", ps("Up 3 weeks") + SAVED + NOISE),
)

NUMBERS = (
    partial("a Service's nodePort", SERVICE, never=("30007",)),
    partial("a list of Services", CLUSTER, never=("30005",)),
    partial("a chat group", "微信群 30001 里的客户说今天一切正常", never=("30001",)),
    partial("rows", "导出 30000 rows 成功", never=("30000",)),
    partial("a ticket's number", "工单号 30007\uff0c客户没有回复", never=("30007",)),
    partial("an account's number", "uid=10001(fine) gid=10001(fine)", never=("10001",)),
    partial("a port in a firewall", "防火墙已放行 30001 30002", never=("30001", "30002")),
    partial("telnet", "telnet 172.16.63.131 30003\nConnected to 172.16.63.131.\n", never=("30003",)),
    partial("a port named behind", "30004 is the published port", never=("30004",)),
    partial("a price", "合同金额 30000 元", never=("30000",)),
    fault("a port that does not answer", "30005 端口不通", "cannot-connect", never=("30005",)),
    fault("a code and a port", "错误代码 30003\uff0c端口 30005 已放行", "30003", never=("30005",)),
    fault("a code of a node", "节点2报30007", "30007"),
    fault("a code in a window's words", "弹窗显示\uff1a30004", "30004"),
    fault("a code in a sentence", "yesterday it worked, today two nodes show 30001 and nothing was changed", "30001"),
)

VOCABULARY = (
    fault("a code's name in small letters", NOISE + "license_ip_error on node 2\n" + NOISE, "30003"),
    fault(
        "an unknown name, deep in a log",
        NOISE + "Caused by: java.net.UnknownHostException: lic01: Name or service not known\n" + NOISE,
        "unknown-host",
    ),
    fault(
        "no route, deep in a log",
        NOISE + "java.net.NoRouteToHostException: No route to host\n" + NOISE,
        "not-reachable",
    ),
    fault(
        "localhost inside FineBI's container",
        "Caused by: java.net.ConnectException: Connect to localhost:49155 [localhost/127.0.0.1] failed: Connection refused\n",
        "localhost-from-container",
        top=2,
    ),
    fault(
        "curl in words",
        "curl: (60) SSL certificate problem: unable to get local issuer certificate\n",
        "certificate-untrusted",
    ),
)

QUESTIONS = (
    fault("30005 asks what stands behind host and port", "error code 30005", "30005", asks="app-name"),
    fault("30003 asks which address is seen", "pop-up: 30003", "30003", asks="seen-address"),
    fault("the QR code expired", "二维码已过期", "qr-expired", asks="qr-moment"),
    fault("six wrong codes", "The page says: locked, try again in 15 minutes", "code-entry-locked", asks="qr-moment"),
    partial(
        "a run line",
        "docker run -v /srv/lic/config:/app/config -p 49155:8081 --restart always -d fanruan_license_server_amd64:1.0.0",
        asks="containers",
    ),
    fault(
        "the daemon is off",
        "Cannot connect to the Docker daemon at unix:///var/run/docker.sock.",
        "docker-daemon-not-running",
        asks="engine",
    ),
)

TWO = HEAD + "".join(
    f"{ROW.replace('3f2a9c1b7d44', number)}{'Up 2 days':<22}{f'0.0.0.0:{port}->8081/tcp':<46}{name}\n"
    for number, port, name in (("3f2a9c1b7d44", 49155, "lic_new"), ("77aa9c1b7d44", 49153, "lic_old"))
)
OTHERS = (
    fault("two servers run at once", TWO, "two-servers"),
    fault(
        "the name does not match, by openssl",
        SAVED + openssl() + "verify error:num=62:hostname mismatch\n",
        "certificate-name",
    ),
    fault(
        "self-signed, by curl",
        "curl: (60) SSL certificate problem: self-signed certificate\nMore details here: https://curl.se/docs/sslcerts.html\n",
        "certificate-untrusted",
        never=("certificate-name",),
    ),
)

PODS = "NAME                               READY   STATUS    RESTARTS   AGE\n"
DEPLOYMENT = """apiVersion: apps/v1
kind: Deployment
metadata: {name: license}
spec:
  template:
    spec:
      containers:
        - name: license
          image: registry.corp.cn/bi/fanruan_license_server_amd64:1.0.0
          ports: [{containerPort: 8081}]
          volumeMounts:
            - {name: conf, mountPath: /app/config}
      volumes:
        - name: conf
          emptyDir: {}
---
apiVersion: v1
kind: Service
metadata: {name: license}
spec:
  type: NodePort
  ports: [{port: 8081, nodePort: 30006}]
"""
CLAIM = DEPLOYMENT.replace("emptyDir: {}", "persistentVolumeClaim: {claimName: license-conf}")
KUBERNETES = (
    fault(
        "a pod that fails over and over",
        PODS + "license-7c9d8b6f5-x2x9k   0/1     CrashLoopBackOff   14 (2m9s ago)   52m\n",
        "restart-loop",
    ),
    fault("a pod that is never ready", PODS + "license-7c9d8b6f5-x2x9k   0/1     Running   0   52m\n", "unhealthy"),
    fault(
        "a pod whose image is not there",
        PODS + "license-7c9d8b6f5-x2x9k   0/1     ErrImagePull   0   52m\n",
        "image-not-found",
    ),
    fault("configuration in an emptyDir", DEPLOYMENT, "config-not-kept", never=("30006",)),
    fault("no mapping in a Deployment", CLAIM.replace("/app/config", "/app/log"), "config-not-mapped"),
    fault("a node's port that moved", CLAIM + SAVED, "port-moved"),
    partial("configuration in a claim", CLAIM, never=("30006", "config-not-mapped")),
    partial(
        "another program's Deployment",
        DEPLOYMENT.replace("fanruan_license_server_amd64", "nginx").replace("name: license", "name: web"),
    ),
    health(
        "pod, Service and address",
        PODS + "license-7c9d8b6f5-x2x9k   1/1     Running   0   52m\n" + CLUSTER + SAVED.replace("49155", "30005"),
    ),
    fault(
        "a claim that is not bound",
        "  Warning  FailedScheduling  3m  0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims.\n",
        "pod-not-scheduled",
    ),
)
LATER = (
    fault(
        "a run line with a blank in the path, and what Docker says",
        "docker run -v /data/my lic:/app/config -p 49155:8081 -d fanruan_license_server_amd64:1.0.0\n"
        "docker: invalid reference format.\nSee 'docker run --help'.\n",
        "refused-by-docker",
        never=("no-published-port", "config-not-mapped", "image-not-found"),
    ),
    fault("a phone that names another server", "手机提示\uff1a该授权已绑定其他服务器", "license-bound-elsewhere"),
    fault(
        "a line of the log with its exception below it",
        "10:00:00 ERROR [x] verify failed\njavax.net.ssl.SSLPeerUnverifiedException: Certificate for <10.1.1.5> doesn't match any of "
        "the subject alternative names: [lic]\n\tat a.B.c(B.java:1)\n",
        "certificate-name",
        asks="certificate",
    ),
    fault(
        "a full disk in a list",
        "Filesystem      Size  Used Avail Use% Mounted on\n/dev/sda1        50G   50G   64K 100% /\n",
        "disk-full",
    ),
    partial(
        "a disk with room",
        "Filesystem      Size  Used Avail Use% Mounted on\n/dev/sda1        50G   20G   30G  40% /\n/dev/loop1 63M 63M 0 100% /snap/core20\n",
    ),
    fault(
        "a reset connection",
        "curl: (35) OpenSSL SSL_connect: SSL_ERROR_SYSCALL in connection to 172.16.63.131:49155\n",
        "connection-reset",
    ),
    fault("an empty answer", "curl: (52) Empty reply from server\n", "connection-reset"),
    partial("a remark about a port", "30005 是端口\n不是错误码", never=("30005", "cannot-connect")),
    fault(
        "a chain explained by its last cause",
        "10:00:00 ERROR [x] com.fr.LicenseException: verify failed\n\tat com.fr.A.b(A.java:10)\nCaused by: java.net.UnknownHostException: lic\n\t... 12 more\n",
        "unknown-host",
    ),
)

# Written last, and judged once before anything was changed for them: 33 of 42 were right, then 9 of 10.
LAST = (
    fault(
        "a code behind an equals sign, beside a port like a code",
        "2026-11-24 10:00 [ERROR] register to https://172.16.63.131:30001 failed, code=30004\n",
        "30004",
        never=("30001",),
    ),
    fault(
        "a page of Edge in Chinese",
        "嗯… 无法访问此页面\n172.16.63.131 花了太长时间进行响应\nERR_CONNECTION_TIMED_OUT",
        "not-reachable",
    ),
    fault(
        "a page of Chrome in Chinese",
        "无法访问此网站\n172.16.63.131 拒绝了我们的连接请求。\n请试试以下办法：\n检查网络连接\nERR_CONNECTION_REFUSED\n",
        "not-reachable",
    ),
    fault(
        "a ticket in two languages with a list",
        "FineBI 6.0.5 集群 3 节点，前面有 nginx。\n上午断电，重启后提示注册失败\n[root@lic ~]# docker ps -a\n"
        + ps("Exited (255) 3 hours ago", ""),
        "server-stopped",
    ),
    fault(
        "localhost, and the server runs",
        "Caused by: org.apache.http.conn.HttpHostConnectException: Connect to 127.0.0.1:49155 [/127.0.0.1] failed: Connection refused\n"
        + ps("Up 3 weeks"),
        "localhost-from-container",
        top=2,
    ),
    fault(
        "another port saved, in Chinese",
        inspect(port=49160) + "FineBI 里填的是 https://172.16.63.131:49155\n",
        "port-moved",
    ),
    fault(
        "a list as JSON",
        '{"ID":"3f2a9c1b7d44","Image":"fanruan_license_server_amd64:1.0.0","Names":"lic","Ports":"","State":"exited","Status":"Exited (137) 26 hours ago"}\n',
        "down-over-24-hours",
    ),
    fault(
        "what is mapped, by a template",
        '[{"Type":"bind","Source":"/srv/lic/log","Destination":"/app/log","Mode":"","RW":true}]\n',
        "config-not-mapped",
    ),
    fault(
        "Windows cannot find the engine",
        "error during connect: Get http://%2F%2F.%2Fpipe%2Fdocker_engine/v1.24/containers/json: open //./pipe/docker_engine: The system cannot find the file specified.\n",
        "docker-daemon-not-running",
    ),
    fault("nodes and seats in Chinese", "集群3个节点，只有1个注册成功，其余报30007，最大连接数1", "seats-too-few"),
    fault(
        "a version's code in a ticket", "Customer: FineBI 6.0.5, code 30001 after upgrade to 6.1. Server up.", "30001"
    ),
    fault(
        "a read-only disk",
        ps("Up 3 weeks")
        + SAVED
        + "2026-11-24 08:00:00 UTC  cannot write /app/config/server.db: Read-only file system\n",
        "config-not-writable",
    ),
    fault(
        "a mount that cannot be made",
        "docker: Error response from daemon: error while creating mount source path '/host_mnt/d/lic': mkdir /host_mnt/d: file exists.\n",
        "mount-refused",
    ),
    partial("only good news", "docker start lic\nlic\n扫码成功，已激活\n"),
    partial("a row of ps", "root 30005 1 0 09:00 ? 00:00:01 java -jar finebi.jar", never=("30005",)),
    partial("a row of netstat", "tcp6 0 0 :::30003 :::* LISTEN 30001/docker-proxy", never=("30003", "30001")),
    health(
        "words that only sound like errors",
        "[INFO] failover disabled, retry policy: fail-fast\n" + ps("Up 3 weeks") + SAVED,
    ),
)

PASTES = (*LAST, *KUBERNETES, *LATER, *SHORT, *SILENCE, *NUMBERS, *VOCABULARY, *QUESTIONS, *OTHERS)
