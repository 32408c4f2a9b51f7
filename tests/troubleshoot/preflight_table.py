"""Real-looking inputs for preflight, many of them faultless, and what must be found in the others.

`planted` lists every error and warning: its severity's first letter, a colon, and a piece of its message. A faultless
input has none.
"""

import json
from typing import Any, NamedTuple


class Row(NamedTuple):
    """One input: its name, the sub-command, the text, what was planted, and the shell of a run line."""

    name: str
    what: str
    text: str
    planted: tuple[str, ...] = ()
    shell: str = "sh"


IMAGE = "fanruan_license_server_amd64:1.0.0"
TAIL = f"-p 49155:8081 --restart unless-stopped -d {IMAGE}"
MAPPED = "-v /opt/lic/config:/app/config"
REBOOT = "w:after a reboot of the host"
UNMAPPED = "e:/app/config is not mapped"


def run(name: str, text: str, *planted: str, shell: str = "sh") -> Row:
    return Row(name, "docker-run", text, planted, shell)


RUN_FAULTLESS = (
    run("page's command made fit", f"docker run {MAPPED} {TAIL}"),
    run("with logs", f"docker run {MAPPED} -v /opt/lic/log:/app/log {TAIL}"),
    run("windows path of the page", f"docker run -v /D/William/lic/config:/app/config {TAIL}"),
    run("powershell drive path", f"docker run -v D:\\William\\lic\\config:/app/config {TAIL}", shell="powershell"),
    run("cmd drive path", f"docker run -v D:\\William\\lic\\config:/app/config {TAIL}", shell="cmd"),
    run("cmd current folder", f"docker run -v %cd%\\config:/app/config {TAIL}", shell="cmd"),
    run("powershell current folder", f'docker run -v "${{PWD}}\\config:/app/config" {TAIL}', shell="powershell"),
    run("powershell profile", f"docker run -v $env:USERPROFILE\\lic:/app/config {TAIL}", shell="powershell"),
    run("sh current folder", f'docker run -v "$(pwd)/config:/app/config" {TAIL}'),
    run("home folder", f"docker run -v ~/lic/config:/app/config {TAIL}"),
    run("git bash protected", f"MSYS_NO_PATHCONV=1 docker run -v /d/lic/config:/app/config {TAIL}", shell="git-bash"),
    run("git bash doubled slash", f"docker run -v //d/lic/config://app/config {TAIL}", shell="git-bash"),
    run("sudo", f"sudo docker run --name lic {MAPPED} {TAIL}"),
    run("pasted prompt", f"root@host:~# docker run {MAPPED} {TAIL}"),
    run(
        "long options",
        f"docker container run --detach --volume=/opt/lic/config:/app/config --publish 49155:8081 "
        f"--restart=always {IMAGE}",
    ),
    run("mount option", f"docker run --mount type=bind,source=/opt/lic/config,target=/app/config {TAIL}"),
    run("named volume", f"docker run -v lic-config:/app/config {TAIL}"),
    run("own certificate", f"docker run {MAPPED} -v /opt/lic/tls:/app/tls:ro {TAIL}"),
    run("selinux label", f"docker run {MAPPED}:Z {TAIL}"),
    run("joined letters", f"docker run -itd {MAPPED} -p49155:8081 --restart always -e TZ=Asia/Shanghai {IMAGE}"),
    run("bound to one address", f"docker run {MAPPED} -p 10.1.2.3:49155:8081 --restart always -d {IMAGE}"),
    run("bound to loopback", f"docker run {MAPPED} -p 127.0.0.1:49155:8081 --restart always -d {IMAGE}"),
    run("own registry", f"docker run {MAPPED} -p 49155:8081 --restart always -d harbor.corp.example:5000/bi/{IMAGE}"),
    run("older image name", f"docker run {MAPPED} -p 49155:8081 --restart always -d fanruan_license_server:1.0.0"),
    run("arm image", f"docker run {MAPPED} -p 49155:8081 --restart always -d fanruan_license_server_arm64:1.0.0"),
    run("continued in sh", f"docker run {MAPPED} \\\n  {TAIL}"),
    run("continued in powershell", f"docker run {MAPPED} `\n  {TAIL}", shell="powershell"),
    run("continued in cmd", f"docker run {MAPPED} ^\n  {TAIL}", shell="cmd"),
    run("load by redirection", "docker load < fanruan_license_server.tar"),
    run("load by name in powershell", "docker load -i fanruan_license_server.tar", shell="powershell"),
    run("load quietly", "sudo docker image load -qi /tmp/fanruan_license_server.tar"),
    run(
        "same port on two addresses",
        f"docker run {MAPPED} -p 10.0.0.1:49155:8081 -p 10.0.0.2:49155:8081 --restart always -d {IMAGE}",
    ),
)

RUN_PLANTED = (
    run(
        "the page's own command",
        f"docker run -v /D/William/lic/config:/app/config -P -d {IMAGE}",
        "w:-P lets Docker choose",
        REBOOT,
    ),
    run("config unmapped", f"docker run {TAIL}", UNMAPPED),
    run("only logs mapped", f"docker run -v /opt/lic/log:/app/log {TAIL}", UNMAPPED),
    run("config read-only", f"docker run {MAPPED}:ro {TAIL}", "e:mapped read-only"),
    run(
        "config read-only by mount",
        f"docker run --mount type=bind,src=/opt/c,dst=/app/config,readonly {TAIL}",
        "e:mapped read-only",
    ),
    run("config on tmpfs", f"docker run --tmpfs /app/config {TAIL}", "e:/app/config is on tmpfs"),
    run("config in an anonymous volume", f"docker run -v /app/config {TAIL}", "e:anonymous volume"),
    run("config below /tmp", f"docker run -v /tmp/lic:/app/config {TAIL}", "w:a place that systems clear"),
    run("capital letters", f"docker run -v /opt/lic/config:/app/Config {TAIL}", UNMAPPED),
    run("whole /app", f"docker run -v /opt/lic:/app {TAIL}", "e:/app is mapped as a whole"),
    run("web mapped", f"docker run {MAPPED} -v /opt/lic/web:/app/web {TAIL}", "e:/app/web: mapped"),
    run("tls on tmpfs", f"docker run {MAPPED} --tmpfs /app/tls {TAIL}", "e:/app/tls is on tmpfs"),
    run("space in the path", f'docker run -v "/opt/my lic/config:/app/config" {TAIL}', "e:a space or a special"),
    run("special character", f"docker run -v '/opt/lic(1)/config:/app/config' {TAIL}", "e:a space or a special"),
    run("chinese path", f"docker run -v /opt/\u6388\u6743/config:/app/config {TAIL}", "e:characters outside ASCII"),
    run("relative without dot", f"docker run -v lic/config:/app/config {TAIL}", "e:is relative"),
    run("relative with dot", f"docker run -v ./config:/app/config {TAIL}", "w:is relative"),
    run("mapped twice", f"docker run {MAPPED} -v /opt/other:/app/config/ {TAIL}", "e:mapped 2 times"),
    run("turned round", f"docker run -v /app/config:/opt/lic/config {TAIL}", UNMAPPED, "e:first the host's"),
    run("container port alone", f"docker run {MAPPED} -p 8081 --restart always -d {IMAGE}", "w:lets Docker choose"),
    run("no port", f"docker run {MAPPED} --restart always -d {IMAGE}", "e:No port is published"),
    run("the page's port", f"docker run {MAPPED} -p 49155:80811 --restart always -d {IMAGE}", "e:80811 is no port"),
    run("host port too high", f"docker run {MAPPED} -p 70000:8081 --restart always -d {IMAGE}", "e:70000"),
    run("ports turned round", f"docker run {MAPPED} -p 8081:49155 --restart always -d {IMAGE}", "w:looks turned round"),
    run("udp", f"docker run {MAPPED} -p 49155:8081/udp --restart always -d {IMAGE}", "e:HTTPS needs tcp"),
    run("no network", f"docker run {MAPPED} --network none {TAIL}", "e:publishes no port"),
    run("no restart policy", f"docker run {MAPPED} -p 49155:8081 -d {IMAGE}", REBOOT),
    run("on-failure", f"docker run {MAPPED} -p 49155:8081 --restart on-failure:3 -d {IMAGE}", REBOOT),
    run(
        "misspelt policy",
        f"docker run {MAPPED} -p 49155:8081 --restart unless-stoped -d {IMAGE}",
        "e:no restart policy of",
    ),
    run("removed at its end", f"docker run --rm {MAPPED} -p 49155:8081 -d {IMAGE}", "w:--rm removes"),
    run("removed and restarted", f"docker run --rm {MAPPED} {TAIL}", "e:exclude each other"),
    run("in the foreground", f"docker run -it {MAPPED} -p 49155:8081 --restart always {IMAGE}", "w:Without -d"),
    run(
        "archive for image",
        f"docker run {MAPPED} -p 49155:8081 --restart always -d fanruan_license_server.tar",
        "e:is the archive",
    ),
    run(
        "no version", f"docker run {MAPPED} -p 49155:8081 --restart always -d fanruan_license_server_amd64", "w::latest"
    ),
    run("other architecture", f"docker run --platform linux/arm64 {MAPPED} {TAIL}", "e:The image is for amd64"),
    run(
        "other image", f"docker run {MAPPED} -p 49155:8081 --restart always -d finebi:6.0", "w:is not the image's name"
    ),
    run(
        "options after the image",
        f"docker run -d {IMAGE} {MAPPED} -p 49155:8081 --restart always",
        "e:handed to the program",
    ),
    run("a command", f"docker run {MAPPED} {TAIL} /bin/bash", "w:replaces what the image starts"),
    run("one hyphen", f"docker run {MAPPED} -restart always -p 49155:8081 -d {IMAGE}", "e:needs two hyphens"),
    run("unknown option", f"docker run {MAPPED} --volumes /x:/y {TAIL}", "w:--volumes is not known"),
    run("dashes of a word processor", f"docker run \u2013v /opt/lic/config:/app/config {TAIL}", "e:typographic"),
    run(
        "load in powershell",
        "docker load < fanruan_license_server.tar",
        "e:PowerShell does not know <",
        shell="powershell",
    ),
    run("load without -i", "docker load fanruan_license_server.tar", "e:after -i only"),
    run("import for load", "docker import fanruan_license_server.tar", "e:docker load is meant"),
    run(
        "backslashes in sh",
        f"docker run -v D:\\William\\lic\\config:/app/config {TAIL}",
        "e:a backslash outside quotes",
    ),
    run(
        "git bash rewrites", f"docker run -v /d/lic/config:/app/config {TAIL}", "e:Git Bash rewrites", shell="git-bash"
    ),
    run("powershell eats the variable", f"docker run -v $PWD:/app/config {TAIL}", "e:with braces", shell="powershell"),
    run("sh variable in cmd", f"docker run -v $PWD/config:/app/config {TAIL}", "e:cmd does not fill in", shell="cmd"),
    run(
        "single quotes in cmd",
        f"docker run -v '/opt/c:/app/config' {TAIL}",
        "e:single quote is part",
        shell="cmd",
    ),
    run(
        "backslash continues in powershell",
        f"docker run {MAPPED} \\\n {TAIL}",
        "e:a line is continued with `",
        shell="powershell",
    ),
    run("not continued", f"docker run {MAPPED}\n{TAIL}", "e:is not continued"),
    run("space after the backslash", f"docker run {MAPPED} \\ \n{TAIL}", "e:ends in a space"),
)

SERVICE = """services:
  license:
    image: fanruan_license_server_amd64:1.0.0
    volumes:
      - /opt/lic/config:/app/config
    ports:
      - "49155:8081"
    restart: unless-stopped
"""


def compose(name: str, text: str, *planted: str) -> Row:
    return Row(name, "compose", text, planted)


COMPOSE_FAULTLESS = (
    compose("short form", SERVICE),
    compose("folder beside the file", SERVICE.replace("/opt/lic/config", "./config")),
    compose(
        "with others", "version: '3.8'\n" + SERVICE + '  bi:\n    image: finebi:6.0\n    command: ["run", "--all"]\n'
    ),
    compose("default values", SERVICE.replace("49155", "${LIC_PORT:-49155}")),
    compose("declared volume", SERVICE.replace("/opt/lic/config", "lic") + "volumes:\n  lic:\n"),
    compose("comments and quotes", SERVICE.replace("restart: unless-stopped", "restart: 'always'  # comes back")),
    compose("list at its key's depth", SERVICE.replace("      - ", "    - ")),
    compose(
        "deploy policy",
        SERVICE.replace("restart: unless-stopped", "deploy:\n      restart_policy:\n        condition: any"),
    ),
    compose("windows path", SERVICE.replace("- /opt/lic/config:/app/config", "- 'D:\\lic\\config:/app/config'")),
    compose(
        "long form",
        """---
services:
  license:
    container_name: lic
    image: "fanruan_license_server_amd64:1.0.0"
    volumes:
      - type: bind
        source: /opt/lic/config
        target: /app/config
      - {type: bind, source: /opt/lic/log, target: /app/log}
    ports:
      - target: 8081
        published: "49155"
        protocol: tcp
    environment:
      NOTE: |
        restart: no
        ports: []
    restart: always
""",
    ),
)

COMPOSE_PLANTED = (
    compose("config unmapped", SERVICE.replace("config:/app/config", "log:/app/log"), UNMAPPED),
    compose("read-only", SERVICE.replace("/app/config", "/app/config:ro"), "e:mapped read-only"),
    compose(
        "read-only in the long form",
        SERVICE.replace(
            "- /opt/lic/config:/app/config",
            "- type: bind\n        source: /opt/lic\n        target: /app/config\n        read_only: true",
        ),
        "e:mapped read-only",
    ),
    compose(
        "on tmpfs",
        SERVICE.replace("volumes:\n      - /opt/lic/config:/app/config", "tmpfs: /app/config"),
        "e:/app/config is on tmpfs",
    ),
    compose("web mapped", SERVICE.replace("    ports", "      - ./web:/app/web\n    ports"), "e:/app/web: mapped"),
    compose(
        "no ports, exposed only",
        SERVICE.replace('ports:\n      - "49155:8081"', "expose:\n      - 8081"),
        "e:No port is published",
    ),
    compose("random port", SERVICE.replace("49155:8081", "8081"), "w:lets Docker choose"),
    compose("the page's port", SERVICE.replace("8081", "80811"), "e:80811 is no port"),
    compose("no restart", SERVICE.replace("    restart: unless-stopped\n", ""), REBOOT),
    compose("restart no", SERVICE.replace("unless-stopped", "no"), REBOOT),
    compose("undeclared volume", SERVICE.replace("/opt/lic/config", "config"), "e:no such volume is declared"),
    compose("key twice", SERVICE + "    restart: always\n", "e:a second time"),
    compose(
        "archive for image",
        SERVICE.replace("fanruan_license_server_amd64:1.0.0", "fanruan_license_server.tar"),
        "e:is the archive",
    ),
    compose(
        "backslash between double quotes",
        SERVICE.replace("- /opt/lic/config:/app/config", '- "D:\\lic:/app/config"'),
        "e:means nothing between double quotes",
    ),
    compose(
        "merged from elsewhere",
        SERVICE.replace("volumes:\n      - /opt/lic/config:/app/config", "<<: *common"),
        "w:was not understood",
        "w:was not followed",
    ),
    compose(
        "mapped twice", SERVICE.replace("    ports", "      - ./config:/app/config\n    ports"), "e:mapped 2 times"
    ),
)

MAIL = """From: Li Ming <it@example.com>
To: business@fanruan.com
Subject: Document of Example Ltd.'s Registration for FineBI Official Authorization

Company name: Example Ltd.
Project name: Sales
Contract signing date: 2026-01-15
Registration method: Container private cloud authentication
The maximum number of registration: 3
"""
HTML = """From: it@example.com
To: business@fanruan.com
Subject: Document of Example Ltd.'s Registration for FineBI Official Authorization
Content-Type: text/html; charset=utf-8

<table><tr><td>Company name</td><td>Example Ltd.</td></tr><tr><td>Project name</td><td>Sales</td></tr>
<tr><td>Contract signing date</td><td>2026-01-15</td></tr>
<tr><td>Registration method</td><td>Container private cloud authentication</td></tr></table>
"""
ATTACHED = (
    MAIL.replace(
        "\n\nCompany",
        """
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="b"

--b
Content-Type: text/plain

Company""",
    )
    + """
--b
Content-Type: application/octet-stream
Content-Disposition: attachment; filename="privateConfig"
Content-Transfer-Encoding: base64

e30K
--b--
"""
)
FIRST = """From: it@example.com
To: business@fanruan.com
Subject: Migration of our authorization server, Example Ltd.

Please destroy the authorization of https://172.16.63.131:49155 for we migrate it.
"""


def mail(name: str, text: str, *planted: str) -> Row:
    return Row(name, "mail", text, planted)


MAIL_FAULTLESS = (
    mail("the page's form", MAIL),
    mail("one node", MAIL.replace("The maximum number of registration: 3\n", "")),
    mail("pasted body", MAIL.partition("\n\n")[2]),
    mail(
        "pasted with title",
        "Recipient: business@fanruan.com\nTitle: Registration of Example Ltd.\n" + MAIL.partition("\n\n")[2],
    ),
    mail("full-width colons", MAIL.partition("\n\n")[0] + "\n\n" + MAIL.partition("\n\n")[2].replace(": ", "\uff1a")),
    mail(
        "small letters", MAIL.replace("Company name", "company name").replace("Container private", "container private")
    ),
    mail("several recipients", MAIL.replace("To: ", "To: boss@example.com, ")),
    mail("a table in HTML", HTML),
    mail("first of a migration", FIRST),
    mail("first of a migration, without a scheme", FIRST.replace("https://", "")),
    mail("first of a migration, the form and the address", MAIL + "\nTo be migrated: https://172.16.63.131:49155\n"),
    mail(
        "first of a migration, the form and two addresses",
        MAIL + "\nFrom 172.16.63.131:49155 we move to https://172.16.63.140:49155.\n",
    ),
    mail("the form and a web site", MAIL + "--\nExample Ltd., https://www.example.com\n"),
    mail("second of a migration", ATTACHED),
)

MAIL_PLANTED = (
    mail("other recipient", MAIL.replace("business@fanruan.com", "support@fanruan.com"), "e:addressed to support@"),
    mail("title without company", MAIL.replace("Example Ltd.'s Reg", "our Reg"), "e:does not name the company Example"),
    mail("no project", MAIL.replace("Project name: Sales\n", ""), 'e:no line "Project name"'),
    mail(
        "no method",
        MAIL.replace("Registration method: Container private cloud authentication\n", ""),
        'e:no line "Registration method"',
    ),
    mail("other method", MAIL.replace("Container private cloud", "Public cloud"), "e:is not handled by this procedure"),
    mail("number in words", MAIL.replace(": 3", ": three"), "e:a whole number from 1"),
    mail("number zero", MAIL.replace(": 3", ": 0"), "e:a whole number from 1"),
    mail("date with slashes", MAIL.replace("2026-01-15", "2026/1/15"), "e:no date of the form"),
    mail("no such date", MAIL.replace("2026-01-15", "2026-02-30"), "e:no date of the form"),
    mail(
        "placeholder left", MAIL.replace("Project name: Sales", "Project name: Project Name"), "e:still the placeholder"
    ),
    mail("privateConfig forgotten", MAIL + "\nThis is a migration; privateConfig is attached.\n", "e:is not attached"),
    mail("privateConfig renamed", ATTACHED.replace('"privateConfig"', '"privateConfig.txt"'), "w:asks for the file"),
    mail("migration over http", FIRST.replace("https:", "http:"), "e:address is https"),
    mail("migration without port", FIRST.replace(":49155", ""), "e:has no port"),
    mail("destruction without an address", MAIL + "Please destroy our authorization.\n", "e:does not name the address"),
)


def container(**changes: Any) -> str:
    """What `docker inspect` prints of a container, shortened; `changes` to HostConfig, Mounts or Config."""
    host = {
        "Binds": ["/opt/lic/config:/app/config"],
        "NetworkMode": "bridge",
        "PortBindings": {"8081/tcp": [{"HostIp": "", "HostPort": "49155"}]},
        "RestartPolicy": {"Name": "unless-stopped", "MaximumRetryCount": 0},
        "AutoRemove": False,
        "PublishAllPorts": False,
        "ReadonlyRootfs": False,
    } | changes.pop("host", {})
    mounts = [{"Type": "bind", "Source": "/opt/lic/config", "Destination": "/app/config", "Mode": "", "RW": True}]
    whole = {
        "Id": "9f2c",
        "Name": "/license",
        "State": {"Status": "running"},
        "HostConfig": host,
        "Mounts": changes.pop("mounts", mounts),
        "Config": {"Image": IMAGE, "Cmd": None},
    }
    return json.dumps([whole | changes], indent=4)


def image(**changes: Any) -> str:
    whole = {
        "Id": "sha256:1a2b",
        "RepoTags": [IMAGE],
        "Architecture": "amd64",
        "Os": "linux",
        "Config": {"ExposedPorts": {"8081/tcp": {}}},
    }
    return json.dumps([whole | changes])


def mount(**changes: Any) -> dict[str, Any]:
    return {"Type": "bind", "Source": "/opt/lic/config", "Destination": "/app/config", "RW": True} | changes


def inspect(name: str, text: str, *planted: str) -> Row:
    return Row(name, "inspect", text, planted)


INSPECT_FAULTLESS = (
    inspect("container", container()),
    inspect(
        "both kinds of address",
        container(
            host={
                "PortBindings": {
                    "8081/tcp": [{"HostIp": "0.0.0.0", "HostPort": "49155"}, {"HostIp": "::", "HostPort": "49155"}]
                }
            }
        ),
    ),
    inspect("docker desktop", container(mounts=[mount(Source="/run/desktop/mnt/host/d/lic/config")])),
    inspect(
        "named volume", container(mounts=[mount(Type="volume", Name="lic", Source="/var/lib/docker/volumes/lic/_data")])
    ),
    inspect("image", image()),
)

INSPECT_PLANTED = (
    inspect(
        "started as on the page",
        container(host={"PublishAllPorts": True, "PortBindings": {}, "RestartPolicy": {"Name": "no"}}),
        "w:-P lets Docker choose",
        REBOOT,
    ),
    inspect("config unmapped", container(mounts=[], host={"Binds": None}), UNMAPPED),
    inspect("config read-only", container(mounts=[mount(RW=False)]), "e:mapped read-only"),
    inspect("anonymous volume", container(mounts=[mount(Type="volume", Name="0f" * 32)]), "e:anonymous volume"),
    inspect(
        "config on tmpfs",
        container(mounts=[], host={"Binds": None, "Tmpfs": {"/app/config": ""}}),
        "e:/app/config is on tmpfs",
    ),
    inspect("web mapped", container(mounts=[mount(), mount(Destination="/app/web")]), "e:/app/web: mapped"),
    inspect("architecture and name differ", image(Architecture="arm64"), "e:says one architecture"),
    inspect("unnamed image", image(RepoTags=[]), "w:has no name"),
    inspect("the page's port", image(Config={"ExposedPorts": {"80811/tcp": {}}}), "e:which is no port"),
)

ROWS = (
    *RUN_FAULTLESS, *RUN_PLANTED, *COMPOSE_FAULTLESS, *COMPOSE_PLANTED, *MAIL_FAULTLESS, *MAIL_PLANTED,
    *INSPECT_FAULTLESS, *INSPECT_PLANTED,
)  # fmt: skip
