# ruff: noqa: E501, RUF001 - pasted lines are as long as they are
"""Messy pastes, third part of the table: consoles, mail threads, chats, portals, clusters, proxies, kernels, browsers.

All of it was written before the rules were changed for it, and judged once: see `docs/adr/0016`. `says` as in `field_table`.
"""

from __future__ import annotations

import json

from tests.troubleshoot.field_table import FieldPaste, fault, health, partial, unread
from tests.troubleshoot.triage_table import SAVED, inspect, openssl, ps, wrapped

UP = ps("Up 3 weeks")

# -- chats, mails, screens read as text

CHAT = """[2026/11/24 15:02] 王工(客户): 早上好，机房昨晚断电了
[2026/11/24 15:03] 王工(客户): 现在 FineBI 打开提示 注册失败，详情里是 30002
[2026/11/24 15:03] 支持-小李: 授权服务器起来了吗？发一下 docker ps -a
[2026/11/24 15:09] 王工(客户): @小李
[2026/11/24 15:09] 王工(客户): """
THREAD = """From: Li Wei <li.wei@customer.example>
To: support@vendor.example
Subject: RE: RE: FW: 转发: license server unreachable

Hi team, see below from our ops.

-----Original Message-----
> From: ops@customer.example
> Sent: Monday, November 23, 2026 6:12 PM
>
> > we tried from the BI host:
> >
> > [ops@bi01 ~]$ curl -vk https://10.20.3.14:49155/
> > *   Trying 10.20.3.14:49155...
> > * connect to 10.20.3.14 port 49155 failed: No route to host
> > * Failed to connect to 10.20.3.14 port 49155: No route to host
> > curl: (7) Failed to connect to 10.20.3.14 port 49155: No route to host
"""
CHATS = (
    fault(
        "a chat with a code, then a list that is stopped for two days",
        CHAT + ps("Exited (255) 2 days ago", ""),
        "down-over-24-hours",
    ),
    fault("a chat with a code in it", CHAT + "稍等\n", "30002"),
    fault("a mail thread, quoted twice, with curl below", THREAD, "not-reachable"),
    fault(
        "a screenshot read as text: FineBI's dialog",
        "注册管理   ×\n认证方式   私有云认证\n服务器地址  https://10.1.1.5:49155\n ⓘ 注册失败    详情\n错误码: 30007  当前许可的注册数已达上限\n[确定]\n",
        "30007",
    ),
    fault(
        "a forwarded mail in Chinese with an exception below",
        "发件人: 张敏\n主题: 转发: BI 授权问题\n\n老师好，日志如下，麻烦看下：\n\n"
        "2026-11-24 09:12:44,331 http-nio-37799-exec-8 ERROR [standard] 私有云认证失败\n"
        "javax.net.ssl.SSLHandshakeException: java.security.cert.CertificateException: No subject alternative names matching IP address 10.1.1.5 found\n"
        "\tat sun.security.ssl.Alert.createSSLException(Alert.java:131)\n\t... 48 more\n",
        "certificate-name",
    ),
    fault(
        "a customer's sentence in a mix of languages",
        "FineBI server 重启以后 port 变了，原来是 49153 现在 docker ps 里看是 49158，FineBI 里还是 https://10.1.1.5:49153\n"
        + ps("Up 2 hours", "0.0.0.0:49158->8081/tcp"),
        "port-moved",
    ),
    fault(
        "markdown fences around two outputs",
        "Output:\n```\n"
        + ps("Exited (1) 5 minutes ago", "")
        + "```\nand\n```\nexec /app/bin/server: exec format error\n```\n",
        "wrong-architecture",
    ),
    fault(
        "a table of a ticket system with pipes",
        "| 字段 | 值 |\n|---|---|\n| 产品 | FineBI 6.0.5 |\n| 报错 | 注册失败，错误码：30003 |\n| 环境 | 3 节点，双网卡，出口做了 NAT |\n",
        "30003",
        asks="seen-address",
    ),
    fault(
        "an HTML mail pasted with tags",
        "<div>您好，</div><div><br></div><div>FineBI 提示：<b>30004</b>，域名换过</div><p>谢谢</p>\n",
        "30004",
    ),
    partial("a chat that closes the matter", "[15:40] 客户: 好了，可以了，谢谢\n[15:41] 支持: 好的\n"),
    partial(
        "a chat about an appointment",
        "[14:00] A: 明天 10 点升级 FineBI 6.1，30 分钟\n[14:01] B: 收到，群 30003 里通知一下\n",
        never=("30003",),
    ),
    partial(
        "a signature with telephone numbers",
        "Best regards\nLi Wei | Tel 010-30001-30002 | Room 30007\n",
        never=("30001", "30002", "30007"),
    ),
    partial(
        "a mail that only announces screenshots",
        "Hi, please see the attached screenshots.\n[cid:image001.png@01DA1]\nRegards\n",
    ),
    partial(
        "an invoice beside the topic",
        "PO 20000 / 61100002 pieces, FineBI 6.0.5, delivered. 总价 30000 元\n",
        never=("20000", "61100002", "30000"),
    ),
)

# -- containers: wrapped, cut off, other programs

PODMAN = """CONTAINER ID  IMAGE                                             COMMAND     CREATED      STATUS                    PORTS                    NAMES
c0ffee123456  localhost/fanruan_license_server_amd64:1.0.0      run         3 weeks ago  {status:<25} {ports:<24} licsrv
"""
COMPOSE_PS = """NAME             IMAGE                                  COMMAND             SERVICE   CREATED       STATUS                      PORTS
bi-license-1     fanruan_license_server_amd64:1.0.0     "/app/bin/server"   license   3 weeks ago   {status:<27} {ports}
bi-mysql-1       mysql:8.0                              "docker-entrypoint" mysql     3 weeks ago   Up 3 weeks                  3306/tcp, 33060/tcp
"""
COMPOSE_V1 = """       Name                     Command          State                  Ports
---------------------------------------------------------------------------------------------------
bi_license_1      /app/bin/server run       {state}   {ports}
bi_mysql_1        docker-entrypoint.sh mysqld   Up       3306/tcp, 33060/tcp
"""
TEMPLATE = "fanruan-lic\tfanruan_license_server_amd64:1.0.0\t{status}\t{ports}\n"
SYNOLOGY = {
    "cap_add": [],
    "enable_publish_all_ports": False,
    "enable_restart_policy": True,
    "image": "fanruan_license_server_amd64:1.0.0",
    "memory_limit": 0,
    "name": "fanruan-lic",
    "port_bindings": [{"container_port": 8081, "host_port": 49155, "type": "tcp"}],
    "volume_bindings": [{"host_volume_file": "/docker/lic/log", "mount_point": "/app/log", "type": "rw"}],
}
PORTAINER = """Container status
ID\t3f2a9c1b7d44a1
Name\tfanruan-lic
IP address\t172.17.0.3
Status\tStopped for 2 days with exit code 255
Created\t2026-10-30 10:11:12
Container details
Image\tfanruan_license_server_amd64:1.0.0@sha256:0a1b
Port configuration\t0.0.0.0:49155 → 8081/tcp
CMD\trun
Restart policies\tNone
Volumes
Host/volume\tPath in container
/data/lic/config\t/app/config
"""
CONTAINERS = (
    fault("podman's list, stopped", PODMAN.format(status="Exited (137) 3 days ago", ports=""), "down-over-24-hours"),
    fault(
        "podman's list, another port",
        PODMAN.format(status="Up 2 hours ago", ports="0.0.0.0:40211->8081/tcp") + SAVED,
        "port-moved",
    ),
    fault(
        "podman's short name",
        'Error: short-name "fanruan_license_server_amd64:1.0.0" did not resolve to an alias and no unqualified-search registries are defined in "/etc/containers/registries.conf"\n',
        "image-not-found",
    ),
    fault(
        "podman's rootless port",
        "Error: rootlessport cannot expose privileged port 443, you can add 'net.ipv4.ip_unprivileged_port_start=443' to /etc/sysctl.conf (currently 1024)\n",
        "privileged-port",
    ),
    fault(
        "podman and another processor",
        '{"msg":"exec container process `/app/bin/server`: Exec format error","level":"error","time":"2026-11-24T08:00:00Z"}\n',
        "wrong-architecture",
    ),
    fault("compose ps with -a", COMPOSE_PS.format(status="Exited (0) 30 hours ago", ports=""), "down-over-24-hours"),
    fault("compose ps of the first edition", COMPOSE_V1.format(state="Exit 137", ports=""), "server-stopped"),
    fault(
        "a list by a template, with tabs", TEMPLATE.format(status="Exited (0) 3 hours ago", ports=""), "server-stopped"
    ),
    fault(
        "a list by a template, another port",
        TEMPLATE.format(status="Up 3 hours", ports="0.0.0.0:49160->8081/tcp, :::49160->8081/tcp") + SAVED,
        "port-moved",
    ),
    fault("Portainer's page as text", PORTAINER, "down-over-24-hours", top=2),
    fault("Synology's exported settings", json.dumps(SYNOLOGY, indent=3), "config-not-mapped"),
    fault(
        "a list wrapped at 80 and cut at the end",
        wrapped(ps("Exited (137) 26 hours ago", ""))[:-20],
        "down-over-24-hours",
    ),
    fault(
        "inspect, the head of it lost",
        inspect(status="exited", finished="2026-11-22T08:00:00Z").split('"Path"', 1)[1],
        "down-over-24-hours",
    ),
    fault(
        "inspect, the tail of it lost",
        inspect(status="exited", exit=137, finished="2026-11-24T05:00:00Z")[:700],
        "server-stopped",
    ),
    fault(
        "inspect inside a chat's quotation",
        "客户发来的：\n> "
        + inspect(policy="no", status="exited", finished="2026-11-24T05:00:00Z").replace("\n", "\n> "),
        "server-stopped",
        top=2,
    ),
    fault(
        "inspect of two containers, ours exited",
        "["
        + inspect(status="exited", finished="2026-11-22T05:00:00Z").strip()[1:-1]
        + ',{"Id":"77","Name":"/web","State":{"Status":"running"},"Config":{"Image":"nginx"}}]',
        "down-over-24-hours",
    ),
    fault(
        "a removed container",
        "[root@lic ~]# docker start lic\nError response from daemon: No such container: lic\nError: failed to start containers: lic\n",
        "no-container",
    ),
    fault("docker is not there", "bash: docker: command not found\n", "docker-missing"),
    fault(
        "docker is not there, Windows in Chinese",
        "C:\\Users\\li>docker ps -a\n'docker' 不是内部或外部命令，也不是可运行的程序\n或批处理文件。\n",
        "docker-missing",
    ),
    fault(
        "the archive is not in this folder",
        "[root@lic ~]# docker load -i fanruan_license_server.tar\nopen fanruan_license_server.tar: no such file or directory\n",
        "archive-not-found",
    ),
    fault(
        "the archive is cut off",
        "$ docker load -i fanruan_license_server.tar\n5f70bf18a086: Loading layer [=====>      ]  12.3MB/98MB\nunexpected EOF\n",
        "invalid-tar-header",
    ),
    fault(
        "an engine that asks the internet for the image",
        "Unable to find image 'fanruan_license_server_amd64:1.0.0' locally\ndocker: Error response from daemon: Get \"https://registry.corp.cn/v2/\": net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers).\nSee 'docker run --help'.\n",
        "image-not-found",
        never=("not-reachable",),
    ),
    fault(
        "the firewall was restarted behind the engine",
        "Error response from daemon: driver failed programming external connectivity on endpoint lic (0f0): (iptables failed: iptables --wait -t nat -A DOCKER -p tcp -d 0/0 --dport 49155 -j DNAT --to-destination 172.17.0.2:8081 ! -i docker0: iptables: No chain/target/match by that name.\n (exit status 1))\n",
        "engine-firewall",
    ),
    fault(
        "a folder that Docker Desktop does not share",
        "docker: Error response from daemon: Mounts denied: \nThe path /data/lic/config is not shared from the host and is not known to Docker.\nYou can configure shared paths from Docker -> Preferences... -> Resources -> File Sharing.\n",
        "mount-refused",
    ),
    fault(
        "a folder that is not there",
        'docker: Error response from daemon: invalid mount config for type "bind": bind source path does not exist: /srv/lic/config.\n',
        "mount-refused",
    ),
    fault(
        "read-only",
        UP + SAVED + "2026-11-24T07:59:59Z OSError: [Errno 30] Read-only file system: '/app/config/server.db'\n",
        "config-not-writable",
    ),
    fault(
        "no right to write",
        "2026-11-24 08:00:00 PermissionError: [Errno 13] Permission denied: '/app/config/privateConfig'\n",
        "config-not-writable",
        never=("docker-permission-denied", "private-config-missing"),
    ),
    health(
        "podman's list and address", PODMAN.format(status="Up 3 weeks ago", ports="0.0.0.0:49155->8081/tcp") + SAVED
    ),
    health(
        "compose ps and address",
        COMPOSE_PS.format(status="Up 3 weeks (healthy)", ports="0.0.0.0:49155->8081/tcp, [::]:49155->8081/tcp") + SAVED,
    ),
    health(
        "a list by a template and address",
        TEMPLATE.format(status="Up 3 weeks", ports="0.0.0.0:49155->8081/tcp") + SAVED,
    ),
    partial(
        "the list of images",
        "REPOSITORY                           TAG       IMAGE ID       CREATED       SIZE\nfanruan_license_server_amd64         1.0.0     0a1b2c3d4e5f   5 weeks ago   98MB\nfanruan_license_server_arm64         1.0.0     1a1b2c3d4e5f   5 weeks ago   97MB\n",
    ),
    partial(
        "docker version",
        "Client: Docker Engine - Community\n Version:           26.1.3\n API version:       1.45\n OS/Arch:           linux/amd64\nServer: Docker Engine - Community\n Engine:\n  Version:          26.1.3\n",
    ),
    partial(
        "docker stats",
        "CONTAINER ID   NAME   CPU %   MEM USAGE / LIMIT   MEM %   NET I/O   BLOCK I/O   PIDS\n3f2a9c1b7d44   lic   0.07%   61.2MiB / 7.6GiB   0.79%   30.1MB / 30.0MB   0B / 0B   12\n",
    ),
    unread("a broken engine", "Error response from daemon: layer does not exist\n", 1, asks="engine"),
    unread(
        "a runtime that fails",
        "docker: Error response from daemon: OCI runtime create failed: unable to retrieve OCI runtime error (open /run/containerd/io.containerd/log.json: no such file or directory): runc did not terminate successfully: unknown.\n",
        1,
        asks="engine",
    ),
    unread(
        "a container's own fault",
        UP
        + SAVED
        + "$ docker logs lic\n2026-11-24T07:00:01.1Z Traceback (most recent call last):\n2026-11-24T07:00:01.1Z sqlite3.DatabaseError: database disk image is malformed\n",
        6,
    ),
)

# -- Kubernetes

DESCRIBE = """Name:             license-7c9d8b6f5-x2x9k
Namespace:        bi
Containers:
  license:
    Image:          registry.corp.cn/bi/fanruan_license_server_amd64:1.0.0
    Port:           8081/TCP
    State:          Waiting
      Reason:       CrashLoopBackOff
    Last State:     Terminated
      Reason:       {reason}
      Exit Code:    {code}
      Started:      Tue, 24 Nov 2026 07:50:01 +0000
      Finished:     Tue, 24 Nov 2026 07:50:09 +0000
    Ready:          False
    Restart Count:  14
    Mounts:
      /app/config from conf (rw)
Volumes:
  conf:
    Type:       {volume}
"""
EVENTS = """Events:
  Type     Reason            Age                  From               Message
  ----     ------            ----                 ----               -------
"""
NOT_BOUND = (
    EVENTS
    + "  Warning  FailedScheduling  3m (x4 over 9m)      default-scheduler  0/3 nodes are available: 3 pod has unbound immediate PersistentVolumeClaims. preemption: 0/3 nodes are available.\n"
)
CLUSTER = (
    fault(
        "describe: killed for memory",
        DESCRIBE.format(
            reason="OOMKilled",
            code=137,
            volume="PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)",
        ),
        "out-of-memory",
        top=2,
    ),
    fault(
        "describe: an emptyDir",
        DESCRIBE.format(reason="Error", code=1, volume="EmptyDir (a temporary directory that shares a pod's lifetime)"),
        "config-not-kept",
        top=2,
    ),
    fault("an event: the claim is not bound", NOT_BOUND, "pod-not-scheduled"),
    fault(
        "an event: no memory on the nodes",
        EVENTS
        + "  Warning  FailedScheduling  12s   default-scheduler  0/3 nodes are available: 3 Insufficient memory.\n",
        "pod-not-scheduled",
    ),
    fault(
        "an event: the image cannot be pulled",
        EVENTS
        + '  Warning  Failed     2s (x3 over 40s)  kubelet  Failed to pull image "fanruan_license_server_amd64:1.0.0": rpc error: code = NotFound desc = failed to pull and unpack image: not found\n  Warning  Failed  2s  kubelet  Error: ErrImagePull\n',
        "image-not-found",
    ),
    fault(
        "an event: the readiness probe",
        EVENTS
        + '  Warning  Unhealthy  5s (x12 over 2m)  kubelet  Readiness probe failed: Get "http://10.244.1.7:8081/healthz": net/http: HTTP/1.x transport connection broken: malformed HTTP response\n',
        "unhealthy",
    ),
    fault(
        "an event: the volume cannot be mounted",
        EVENTS
        + '  Warning  FailedMount  7s (x9 over 2m)  kubelet  MountVolume.SetUp failed for volume "conf" : mount failed: exit status 32\n',
        "mount-refused",
    ),
    fault(
        "get pods -A, the pod waits",
        "NAMESPACE   NAME                      READY   STATUS              RESTARTS   AGE\nbi          license-7c9d8b6f5-x2x9k   0/1     Pending             0          3d\nbi          mysql-0                   1/1     Running             0          3d\n",
        "never-started",
    ),
    fault(
        "get pods -o wide, evicted",
        "NAME                      READY   STATUS    RESTARTS   AGE   IP       NODE     NOMINATED NODE   READINESS GATES\nlicense-7c9d8b6f5-x2x9k   0/1     Evicted   0          3d    <none>   node-2   <none>           <none>\n",
        "pod-evicted",
    ),
    fault(
        "an ingress in front",
        "upstream connect error or disconnect/reset before headers. reset reason: connection failure\n",
        "proxy-error",
    ),
    fault("an ingress without a backend", "default backend - 404\n", "proxy-refuses"),
    partial(
        "get nodes",
        "NAME     STATUS   ROLES           AGE    VERSION\nnode-1   Ready    control-plane   300d   v1.29.4\nnode-2   Ready    <none>          300d   v1.29.4\n",
    ),
    partial(
        "get pvc, bound",
        "NAME         STATUS   VOLUME                                     CAPACITY   ACCESS MODES   STORAGECLASS   AGE\nlic-conf     Bound    pvc-0a1b2c3d                               1Gi        RWO            local-path     30d\n",
    ),
    partial(
        "events of other pods",
        EVENTS
        + "  Normal   Scheduled  9m    default-scheduler  Successfully assigned bi/license-7c9d8b6f5-x2x9k to node-2\n  Normal   Pulled     9m    kubelet            Container image already present on machine\n  Normal   Started    9m    kubelet            Started container license\n",
    ),
    unread("a cluster that does not answer", "error: You must be logged in to the server (Unauthorized)\n", 1),
)

# -- the way between: curl, openssl, proxies, browsers

FORBIDDEN = "<html>\n<head><title>403 Forbidden</title></head>\n<body>\n<center><h1>403 Forbidden</h1></center>\n<hr><center>nginx/1.24.0</center>\n</body>\n</html>\n"
CHROME_ZH = (
    "您的连接不是私密连接\n攻击者可能会试图从 10.1.1.5 窃取您的信息（例如：密码、消息或信用卡信息）。了解详情\n{code}\n"
)
WAY = (
    fault("a 403 page", "$ curl -k https://bi-lic.corp.cn/license/qrcode\n" + FORBIDDEN, "proxy-refuses"),
    fault(
        "a 403 in a header, behind a healthy list",
        UP + SAVED + "HTTP/1.1 403 Forbidden\r\nServer: squid/5.7\r\nX-Squid-Error: ERR_ACCESS_DENIED 0\r\n",
        "proxy-in-between",
        top=2,
    ),
    fault(
        "a 502 of Chinese make",
        "<h1>502 Bad Gateway</h1>\n<p>很抱歉，您要访问的页面暂时无法打开</p><hr/>Powered by Tengine\n",
        "proxy-error",
    ),
    fault("a service mesh", "no healthy upstream\n", "proxy-error"),
    fault(
        "nginx's error log",
        '2026/11/24 08:00:01 [error] 22#22: *91 connect() failed (111: Connection refused) while connecting to upstream, client: 10.8.3.21, server: lic.corp.cn, request: "GET /license/qrcode HTTP/1.1", upstream: "https://127.0.0.1:49155/license/qrcode", host: "lic.corp.cn"\n',
        "proxy-error",
        top=2,
    ),
    fault(
        "nginx speaks HTTP to HTTPS",
        "<title>400 The plain HTTP request was sent to HTTPS port</title>\n<center>nginx/1.24.0</center>\n",
        "no-tls",
    ),
    fault(
        "SELinux keeps nginx from the port",
        'type=AVC msg=audit(1732435200.1:90): avc:  denied  { name_connect } for  pid=812 comm="nginx" dest=49155 scontext=system_u:system_r:httpd_t:s0 tclass=tcp_socket permissive=0\n',
        "proxy-error",
        never=("config-not-writable",),
    ),
    fault(
        "curl: resolve",
        "* Could not resolve host: lic.corp.cn\ncurl: (6) Could not resolve host: lic.corp.cn\n",
        "unknown-host",
    ),
    fault(
        "curl: expired",
        "* SSL certificate problem: certificate has expired\n* closing connection 0\ncurl: (60) SSL certificate problem: certificate has expired\n",
        "certificate-expired",
    ),
    fault(
        "curl of Windows: revocation",
        "curl: (35) schannel: next InitializeSecurityContext failed: Unknown error (0x80092012) - 吊销功能无法检查证书是否吊销。\n",
        "ssl-handshake",
    ),
    fault(
        "curl of Windows: untrusted",
        "curl: (60) schannel: SEC_E_UNTRUSTED_ROOT (0x80090325) - 证书链是由不受信任的颁发机构颁发的。\n",
        "certificate-untrusted",
    ),
    fault(
        "curl: wrong version",
        "* TLSv1.3 (OUT), TLS handshake, Client hello (1):\n* error:0A00010B:SSL routines::wrong version number\ncurl: (35) error:0A00010B:SSL routines::wrong version number\n",
        "no-tls",
    ),
    fault("curl: reset", "curl: (56) Recv failure: Connection reset by peer\n", "connection-reset"),
    fault(
        "curl: empty",
        "* Empty reply from server\n* Connection #0 to host 10.1.1.5 left intact\ncurl: (52) Empty reply from server\n",
        "connection-reset",
    ),
    fault(
        "wget of a container", "wget: can't connect to remote host (10.1.1.5): Connection refused\n", "not-reachable"
    ),
    fault("telnet in Chinese", "正在连接10.1.1.5...无法打开到主机的连接。 在端口 49155: 连接失败\n", "not-reachable"),
    fault(
        "Test-NetConnection with its warning",
        "警告: TCP connect to (10.1.1.5 : 49155) failed\n\nComputerName     : 10.1.1.5\nRemotePort       : 49155\nPingSucceeded    : True\nTcpTestSucceeded : False\n",
        "not-reachable",
    ),
    fault("nc", "nc: connect to 10.1.1.5 port 49155 (tcp) timed out: Operation now in progress\n", "not-reachable"),
    fault(
        "openssl: no certificate",
        openssl().replace("subject", "sub-ject")[:0]
        + "CONNECTED(00000003)\n140:error:1408F10B:SSL routines:ssl3_get_record:wrong version number:ssl/record/ssl3_record.c:332:\n---\nno peer certificate available\n---\n",
        "no-tls",
    ),
    fault("a browser: date", CHROME_ZH.format(code="NET::ERR_CERT_DATE_INVALID"), "certificate-expired", top=2),
    fault(
        "a browser: name, English",
        "Your connection is not private\nAttackers might be trying to steal your information from 10.1.1.5\nNET::ERR_CERT_COMMON_NAME_INVALID\n",
        "certificate-warning",
    ),
    fault(
        "a browser: old TLS",
        "此网站无法提供安全连接\n10.1.1.5 使用了不受支持的协议。\nERR_SSL_VERSION_OR_CIPHER_MISMATCH\n",
        "tls-version",
    ),
    fault(
        "a browser: empty",
        "该网页无法正常运作\n10.1.1.5 目前无法处理此请求。\n10.1.1.5 未发送任何数据。\nERR_EMPTY_RESPONSE\n",
        "connection-reset",
    ),
    fault("a browser: a port it forbids", "无法访问此网站\nERR_UNSAFE_PORT\n", "unsafe-port"),
    fault("a browser: no way", "This site can't be reached\nERR_ADDRESS_UNREACHABLE\n", "not-reachable"),
    fault(
        "a browser: the network changed its mind",
        "无法访问此网站\n检查代理服务器和防火墙\nERR_PROXY_CONNECTION_FAILED\n",
        "proxy-in-between",
    ),
    fault(
        "Firefox: self-signed",
        "警告：面临潜在的安全风险\nFirefox 检测到潜在的安全威胁\n错误代码：MOZILLA_PKIX_ERROR_SELF_SIGNED_CERT\n",
        "certificate-warning",
    ),
    fault("Firefox: refused", "建立连接失败\nFirefox 无法建立到 10.1.1.5:49155 服务器的连接。\n", "not-reachable"),
    health(
        "curl that works",
        UP
        + SAVED
        + "* SSL connection using TLSv1.3 / TLS_AES_256_GCM_SHA384\n* Server certificate:\n*  subject: CN=localhost\n> GET / HTTP/1.1\n< HTTP/1.1 200 OK\n",
    ),
    partial(
        "openssl that works",
        "CONNECTED(00000003)\n---\nServer certificate\nsubject=CN = lic.corp.cn\nissuer=CN = Corp CA\n---\nVerify return code: 0 (ok)\n",
    ),
    partial(
        "a ping",
        "Pinging 10.1.1.5 with 32 bytes of data:\nReply from 10.1.1.5: bytes=32 time<1ms TTL=64\nPackets: Sent = 4, Received = 4, Lost = 0 (0% loss),\n",
    ),
    partial("telnet that works", "Trying 10.1.1.5...\nConnected to 10.1.1.5.\nEscape character is '^]'.\n"),
    partial(
        "an access log of nginx, all well",
        "".join(
            f'10.8.3.{at} - - [24/Nov/2026:15:58:{at:02} +0800] "POST /license/v1/registrations/node-1/poll HTTP/1.1" 200 {500 + at} "-" "FineBI"\n'
            for at in range(20)
        ),
    ),
    unread(
        "an access log of nginx with one 500",
        '10.8.3.2 - - [24/Nov/2026:15:58:01 +0800] "POST /license/v1/registrations/node-1/poll HTTP/1.1" 500 177 "-" "FineBI"\n',
        1,
    ),
    unread("curl's rarer exit", "curl: (92) HTTP/2 stream 1 was not closed cleanly: INTERNAL_ERROR (err 2)\n", 1),
    unread(
        "a firewall's page",
        "<title>网站访问被阻断</title><p>您的访问请求被安全策略拦截，事件编号 8871</p>\n访问失败\n",
        2,
    ),
)

# -- Java

CHAIN = """2026-11-24 09:12:44,331 http-nio-37799-exec-8 ERROR [standard] {top}
	at com.fr.license.cloud.PrivateCloud.verify(PrivateCloud.java:88)
	at java.lang.Thread.run(Thread.java:748)
Caused by: {middle}
	at org.apache.http.impl.conn.DefaultHttpClientConnectionOperator.connect(DefaultHttpClientConnectionOperator.java:156)
	... 31 common frames omitted
Caused by: {last}
	at java.net.PlainSocketImpl.socketConnect(Native Method)
	... 40 common frames omitted
"""


def chain(
    last: str,
    middle: str = "java.io.IOException: request failed",
    top: str = "com.fr.license.LicenseException: verify license failed",
) -> str:
    return CHAIN.format(top=top, middle=middle, last=last)


CONNECT = "org.apache.http.conn.HttpHostConnectException: Connect to {where} failed: {why}"
JAVA = (
    fault(
        "a chain: refused by localhost",
        chain(
            "java.net.ConnectException: Connection refused (Connection refused)",
            CONNECT.format(where="localhost:49155 [localhost/127.0.0.1]", why="Connection refused"),
        ),
        "localhost-from-container",
        top=2,
    ),
    fault(
        "a chain: refused, Windows", chain("java.net.ConnectException: Connection refused: connect"), "not-reachable"
    ),
    fault(
        "a chain: timed out, Windows",
        chain("java.net.ConnectException: Connection timed out: connect"),
        "not-reachable",
    ),
    fault("a chain: reset", chain("java.net.SocketException: Connection reset"), "connection-reset"),
    fault(
        "a chain: another port than the list",
        chain(
            "java.net.ConnectException: Connection refused",
            CONNECT.format(where="10.1.1.5:49153 [/10.1.1.5]", why="Connection refused"),
        )
        + ps("Up 2 hours", "0.0.0.0:49160->8081/tcp"),
        "port-moved",
    ),
    fault(
        "a chain: an old protocol",
        chain(
            "javax.net.ssl.SSLHandshakeException: No appropriate protocol (protocol is disabled or cipher suites are inappropriate)"
        ),
        "tls-version",
    ),
    fault(
        "a chain: protocol_version",
        chain("javax.net.ssl.SSLHandshakeException: Received fatal alert: protocol_version"),
        "tls-version",
    ),
    fault(
        "a chain: expired",
        chain(
            "java.security.cert.CertificateExpiredException: NotAfter: Sun Nov 22 08:00:00 CST 2026",
            "javax.net.ssl.SSLHandshakeException: PKIX path validation failed",
        ),
        "certificate-expired",
    ),
    fault(
        "a chain: not yet valid",
        chain("java.security.cert.CertificateNotYetValidException: NotBefore: Wed Nov 25 08:00:00 CST 2026"),
        "certificate-not-yet-valid",
    ),
    fault(
        "a chain: an empty trust store",
        chain("java.security.InvalidAlgorithmParameterException: the trustAnchors parameter must be non-empty"),
        "certificate-untrusted",
    ),
    fault(
        "a chain: a host's name that does not match",
        chain(
            "javax.net.ssl.SSLPeerUnverifiedException: Certificate for <10.1.1.5> doesn't match any of the subject alternative names: [localhost, 127.0.0.1]"
        ),
        "certificate-name",
    ),
    fault(
        "a chain: the network",
        chain("java.net.SocketException: Network is unreachable (connect failed)"),
        "not-reachable",
    ),
    fault(
        "a chain: JSON came as HTML",
        chain(
            "com.fasterxml.jackson.core.JsonParseException: Unexpected character ('<' (code 60)): expected a valid value"
        ),
        "answer-not-ours",
    ),
    fault("a chain cut off in the middle", chain("java.net.UnknownHostException: lic.corp.cn")[:-98], "unknown-host"),
    fault(
        "a chain wrapped at 80",
        wrapped(
            chain(
                "sun.security.provider.certpath.SunCertPathBuilderException: unable to find valid certification path to requested target",
                "javax.net.ssl.SSLHandshakeException: sun.security.validator.ValidatorException: PKIX path building failed",
            )
        ),
        "certificate-untrusted",
    ),
    fault(
        "a chain in Chinese",
        "注册失败，原因：java.net.ConnectException: 拒绝连接 (Connection refused)\n",
        "not-reachable",
    ),
    partial(
        "a chain of a database",
        chain(
            "com.mysql.cj.exceptions.CJCommunicationsException: Communications link failure",
            top="com.fr.data.DataException: connect to jdbc:mysql://db:3306/bi failed",
        ),
        never=("not-reachable",),
    ),
    partial(
        "FineBI's log, all well",
        "".join(
            f"2026-11-24 09:{at // 60:02}:{at % 60:02},331 schedule-{at % 7} INFO [standard] cube update task {30000 + at % 8} done, rows: {at * 977}\n"
            for at in range(300)
        ),
    ),
    unread("a chain of FineBI itself", chain("java.lang.NullPointerException"), 1, asks="finebi-log"),
    unread("a chain of a class that is missing", chain("java.lang.NoClassDefFoundError: com/fr/license/cloud/Node"), 1),
)

# -- hosts: memory, disks, firewalls, ports

DF = "Filesystem               Size  Used Avail Use% Mounted on\n"
RANGES = """Protocol tcp Port Exclusion Ranges

Start Port    End Port
----------    --------
     49101       49200
     50000       50059     *

* - Administered port exclusions.
"""
FIREWALLD = """public (active)
  target: default
  interfaces: eth0
  services: dhcpv6-client ssh
  ports: {ports}
  masquerade: no
"""
SS = """State    Recv-Q   Send-Q     Local Address:Port      Peer Address:Port  Process
LISTEN   0        4096             0.0.0.0:{port}          0.0.0.0:*      users:(("docker-proxy",pid=30001,fd=4))
LISTEN   0        128              0.0.0.0:22             0.0.0.0:*      users:(("sshd",pid=812,fd=3))
"""
HOSTS = (
    fault(
        "the kernel's whole story",
        "[81222.9] python3 invoked oom-killer: gfp_mask=0xcc0, order=0, oom_score_adj=0\n[81223.0] CPU: 1 PID: 4411 Comm: python3\n[81223.1] Memory cgroup out of memory: Killed process 4411 (python3) total-vm:812344kB, anon-rss:510000kB\n"
        + ps("Exited (137) 20 minutes ago", ""),
        "out-of-memory",
        top=2,
    ),
    fault(
        "df of Docker's own disk",
        DF
        + "/dev/mapper/vg-root        50G   20G   30G  40% /\n/dev/mapper/vg-docker      80G   80G     0 100% /var/lib/docker\n",
        "disk-full",
    ),
    fault(
        "df -i",
        "Filesystem      Inodes   IUsed IFree IUse% Mounted on\n/dev/sda2      3276800 3276800     0  100% /\n",
        "disk-full",
    ),
    fault(
        "SELinux and the folder",
        'time->Tue Nov 24 08:00:01 2026\ntype=AVC msg=audit(1732435201.4:233): avc:  denied  { create } for  pid=4411 comm="python3" name="privateConfig" scontext=system_u:system_r:container_t:s0:c1,c2 tcontext=unconfined_u:object_r:default_t:s0 tclass=file permissive=0\n',
        "config-not-writable",
    ),
    fault(
        "Windows keeps a range, and the port lies in it",
        "docker run -v D:\\lic\\config:/app/config -p 49155:8081 -d fanruan_license_server_amd64:1.0.0\n" + RANGES,
        "port-reserved",
    ),
    fault(
        "firewalld without the port",
        UP + SAVED + FIREWALLD.format(ports="22/tcp 8080/tcp") + "java.net.SocketTimeoutException: connect timed out\n",
        "firewall-blocks",
        top=2,
    ),
    fault(
        "the kernel logs what it rejects",
        UP
        + "[91223.1] filter_IN_public_REJECT: IN=eth0 OUT= MAC=00:50 SRC=10.1.1.9 DST=10.1.1.5 LEN=60 PROTO=TCP SPT=51000 DPT=49155 WINDOW=64240 SYN\n",
        "firewall-blocks",
    ),
    fault("ss: another port", SS.format(port=49160) + SAVED, "port-moved", never=("30001",)),
    fault(
        "the clock of one host",
        "li@lic:~$ date -u\nTue Nov 24 08:31:02 UTC 2026\nfinebi host:\nli@bi:~$ date -u\nTue Nov 24 08:00:01 UTC 2026\nerror code 30000\n",
        "clock-differs",
        top=2,
    ),
    fault(
        "systemd: the engine",
        "● docker.service - Docker Application Container Engine\n     Loaded: loaded (/usr/lib/systemd/system/docker.service; disabled)\n     Active: inactive (dead)\n",
        "docker-daemon-not-running",
    ),
    fault(
        "systemd: the engine failed",
        "● docker.service - Docker Application Container Engine\n     Active: failed (Result: exit-code) since Tue 2026-11-24 07:00:01 UTC; 1h ago\n",
        "docker-daemon-not-running",
    ),
    partial(
        "df with room, beside full loops and media",
        DF
        + "/dev/loop3 64M 64M 0 100% /snap/core22\n/dev/sr0 4.4G 4.4G 0 100% /media/cdrom\n/dev/sda1 50G 20G 30G 40% /\n",
    ),
    partial(
        "the kernel killed another program",
        "[81223.1] Out of memory: Killed process 2231 (mysqld) total-vm:8123440kB\n",
        never=("out-of-memory",),
    ),
    partial(
        "SELinux and another program",
        'type=AVC msg=audit(1.2:3): avc:  denied  { read } for  pid=2 comm="sshd" name="authorized_keys" tclass=file permissive=1\n',
        never=("config-not-writable",),
    ),
    partial(
        "Windows keeps a range, the port lies outside",
        "docker run -v D:\\lic\\config:/app/config -p 49255:8081 --restart always -d fanruan_license_server_amd64:1.0.0\n"
        + RANGES,
        never=("port-reserved",),
    ),
    partial("firewalld with the port", FIREWALLD.format(ports="22/tcp 49155/tcp") + SAVED, never=("firewall-blocks",)),
    health(
        "list, address, firewall and socket agree",
        UP + SAVED + FIREWALLD.format(ports="49155/tcp") + SS.format(port=49155),
    ),
    partial(
        "uptime and free",
        " 08:00:01 up 3 min,  1 user,  load average: 0.10, 0.05, 0.01\n              total        used        free\nMem:        7964012     1022044     5213340\n",
    ),
    partial(
        "systemd: the engine runs",
        "● docker.service - Docker Application Container Engine\n     Active: active (running) since Mon 2026-11-02 07:00:01 UTC; 3 weeks ago\n",
    ),
    partial(
        "netstat of Windows",
        "  TCP    0.0.0.0:30003          0.0.0.0:0              LISTENING       30005\n  TCP    10.1.1.9:30007         10.1.1.5:49155         ESTABLISHED     10001\n",
        never=("30003", "30005", "30007", "10001"),
    ),
    unread(
        "a failing disk",
        "[9123.1] blk_update_request: I/O error, dev sda, sector 30000\n[9123.2] EXT4-fs error (device sda1): ext4_find_entry:1455: inode #2: comm python3: reading directory lblock 0\n",
        1,
        2,
    ),
)

PASTES: tuple[FieldPaste, ...] = (*CHATS, *CONTAINERS, *CLUSTER, *WAY, *JAVA, *HOSTS)
