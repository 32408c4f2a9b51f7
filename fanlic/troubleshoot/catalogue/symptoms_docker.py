"""Symptoms in Docker: what it says when the archive, the image or the container will not do."""

from __future__ import annotations

from fanlic.model.clauses import Basis, Clause
from fanlic.model.refusals import N_, Who
from fanlic.troubleshoot.catalogue import mails
from fanlic.troubleshoot.catalogue.entry import CaseStage, Cause, Entry

PAGE, VENDOR, READING = Basis.PAGE, Basis.VENDOR, Basis.READING
_PS = "$ docker ps"
_PS_A = "$ docker ps -a"
_INSPECT = "$ docker inspect NAME"
_LOGS = "$ docker logs --tail 200 NAME"
_SAVE_FIRST = N_("Before a container is made anew: if /app/config is not mapped, copy it out and map the copy.")

ENTRIES = (
    Entry(
        key="exec-format-error",
        title=N_("Docker: exec format error"),
        meaning=N_("The image is for another processor than the host's. The archive holds both, amd64 and arm64."),
        shown=("exec format error", "no matching manifest"),
        causes=(
            Cause(
                N_("the arm64 image was started on an amd64 host, or the other way round"),
                Who.HOST,
                "host-architecture",
                "L2",
            ),
        ),
        look=("$ uname -m", N_("x86_64 means amd64, aarch64 means arm64."), "$ docker images"),
        remedy=(
            N_("Run the other image of the archive, with the same options."),
            N_("The container that failed never served; once its output is saved it may be removed."),
        ),
        who=Who.HOST,
        stated=READING,
        clauses=(Clause.ARCHITECTURES,),
        scenarios=("L2", "L1"),
        patterns=(
            r"exec format error",
            r"no matching manifest",
        ),
        sort="processor",
        stage=CaseStage.RUN,
        asks=("machine", "log", "inspect"),
        phrases=(
            "exec format error",
            "exec user process caused",
            "does not match the detected host platform",
            "wrong architecture",
            "arm64",
            "aarch64",
            "no matching manifest",
            "架构",
            "架构不匹配",
        ),
    ),
    Entry(
        key="port-already-allocated",
        title=N_("Docker: port is already allocated"),
        meaning=N_("The host port asked for with -p is in use, so the container was made and not started."),
        shown=("Bind for 0.0.0.0:PORT failed: port is already allocated", "address already in use"),
        causes=(
            Cause(N_("an older container of the same server holds it"), Who.HOST, "docker-itself", "L12"),
            Cause(
                N_("another program of the host holds it; FineOps' own application uses 8081 by default"),
                Who.HOST,
                VENDOR,
                "L12",
            ),
        ),
        look=(_PS, "$ ss -ltnp", N_("On Windows: netstat -ano")),
        remedy=(
            N_("If the older container is the valid server, let it run: it is not to be replaced."),
            N_("Otherwise choose another free host port, and enter that one in FineBI."),
        ),
        who=Who.HOST,
        stated=READING,
        clauses=(Clause.FIXED_PORT,),
        scenarios=("L12",),
        patterns=(
            r"port is already allocated",
            r"address already in use",
            r"only one usage of each socket address",
        ),
        stage=CaseStage.RUN,
        asks=("containers",),
        phrases=(
            "port is already allocated",
            "port already allocated",
            "bind for * failed",
            "address already in use",
            "ports are not available",
            "port in use",
            "端口被占用",
            "端口已被占用",
            "端口占用",
            "端口冲突",
        ),
    ),
    Entry(
        key="invalid-tar-header",
        title=N_("Docker: the archive cannot be loaded (invalid tar header, unexpected EOF)"),
        meaning=N_("What docker load read is no whole archive."),
        shown=("invalid tar header", "unexpected EOF", "open .../json: no such file or directory"),
        causes=(
            Cause(N_("the file was cut or changed on its way: mail, chat, download, transfer in text mode"), Who.HOST),
            Cause(N_("the file was packed once more (zip, gz), or unpacked"), Who.HOST, READING),
            Cause(
                N_("it went through a pipe in PowerShell, which changes binary data; its < does not read files at all"),
                Who.HOST,
                READING,
            ),
        ),
        look=(
            N_("Size and checksum on the host against those on the machine where the mail arrived."),
            "$ sha256sum fanruan_license_server.tar",
        ),
        remedy=(
            N_("Copy the file again in binary mode, then load it by name:"),
            "$ docker load -i fanruan_license_server.tar",
            N_("If the attachment itself is damaged, ask for it again: mail below."),
        ),
        who=Who.HOST,
        stated=READING,
        clauses=(Clause.LOAD,),
        scenarios=("L1",),
        patterns=(
            r"invalid tar header",
            r"archive/tar: ",
            r"(?<!ssl routines::)unexpected eof(?! while)",
            r"/(?:manifest\.|repositories\.)?json: no such file",
        ),
        stage=CaseStage.LOAD,
        asks=("engine",),
        phrases=(
            "invalid tar header",
            "unexpected eof",
            "archive/tar",
            "operator is reserved for future use",
            "json: no such file or directory",
            "docker load",
            "not a valid tar",
            "cannot load image",
            "加载镜像失败",
            "镜像加载失败",
            "镜像损坏",
            "tar文件损坏",
        ),
        mail=mails.ARCHIVE,
        evidence=(N_("the whole output of docker load"), N_("size and SHA-256 checksum of the file as it arrived")),
    ),
    Entry(
        key="image-not-found",
        title=N_("Docker: the image is not found"),
        meaning=N_(
            "The name in docker run is not one that docker images lists, so Docker tried to fetch it from outside."
        ),
        shown=("Unable to find image ... locally", "pull access denied", "No such image"),
        causes=(
            Cause(N_("the name is from another revision: with or without _amd64, _arm64"), Who.HOST, "a20", "L15"),
            Cause(N_("the archive was not loaded, or on another host"), Who.HOST, READING, "L1"),
            Cause(N_("the name of the tar file was typed instead of the image's"), Who.HOST, READING),
        ),
        look=("$ docker images",),
        remedy=(
            N_("Use name and tag exactly as docker images prints them."),
            N_("Load the archive first if it is absent."),
        ),
        who=Who.HOST,
        stated=READING,
        clauses=(Clause.LOAD, Clause.ARCHITECTURES),
        scenarios=("L15", "L1"),
        patterns=(
            r"unable to find image",
            r"no such image",
            r"pull access denied",
            r"repository does not exist",
            r"manifest unknown",
            r"errimagepull|imagepullbackoff|failed to pull (?:and unpack )?image",
            r"short-name .{1,200} did not resolve",
        ),
        stage=CaseStage.LOAD,
        asks=("engine",),
        phrases=(
            "unable to find image",
            "no such image",
            "pull access denied",
            "image not found",
            "manifest unknown",
            "repository does not exist",
            "找不到镜像",
            "镜像不存在",
        ),
    ),
    Entry(
        key="container-name-in-use",
        title=N_("Docker: the container name is already in use"),
        meaning=N_("A container of this name exists, running or stopped. It may hold the only copy of /app/config."),
        shown=("Conflict. The container name ... is already in use by container ...",),
        causes=(
            Cause(N_("the server's earlier container is still there, stopped"), Who.HOST, READING),
            Cause(N_("docker run was typed instead of docker start"), Who.HOST, "docker-itself", "L5"),
        ),
        look=(_PS_A, N_("Mounts of the existing container."), _INSPECT),
        remedy=(
            N_("Do not follow Docker's hint to remove it. First save /app/config:"),
            "$ docker cp NAME:/app/config ./config-copy",
            N_("Then, to go on with the same server: docker start NAME. It keeps identity and files."),
        ),
        who=Who.HOST,
        stated=READING,
        clauses=(Clause.MAP_CONFIG,),
        scenarios=("L5",),
        patterns=(
            r"container name [^ ]{1,200} is already in use",
            r"is already in use by container",
        ),
        stage=CaseStage.RUN,
        asks=("containers",),
        phrases=(
            "container name * is already in use",
            "name is already in use",
            "already in use by container",
            "you have to remove",
            "容器名",
            "容器名称已被使用",
            "容器名冲突",
        ),
    ),
    Entry(
        key="docker-daemon-not-running",
        title=N_("Docker: cannot connect to the Docker daemon"),
        meaning=N_("Docker itself does not run, or this user may not speak with it. The server is down for as long."),
        shown=("Cannot connect to the Docker daemon at unix:///var/run/docker.sock", "error during connect"),
        causes=(
            Cause(N_("the service was not started after a reboot"), Who.HOST, READING, "L14"),
            Cause(N_("the user is not in the group docker"), Who.HOST, READING),
            Cause(N_("Docker Desktop is closed or suspended (Windows, macOS)"), Who.HOST, READING),
        ),
        look=("$ systemctl status docker", N_("On Windows: is Docker Desktop running?")),
        remedy=(
            N_(
                "Note how long it has been down; start Docker, then the same container (docker start NAME), within 22 "
                "hours."
            ),
            N_("Let Docker start with the host, and give the container a restart policy."),
        ),
        who=Who.HOST,
        stated=READING,
        clauses=(Clause.DOWN_TIME,),
        scenarios=("L14",),
        patterns=(
            r"cannot connect to the docker daemon",
            r"docker daemon is not running",
            r"error during connect",
        ),
        stage=CaseStage.RUN,
        asks=("engine",),
        phrases=(
            "cannot connect to the docker daemon",
            "docker daemon",
            "error during connect",
            "is the docker daemon running",
            "docker desktop",
            "docker没有启动",
            "docker未启动",
            "docker 未启动",
            "docker服务未启动",
        ),
    ),
    Entry(
        key="server-does-not-start-tls",
        title=N_("The container exits at once after /app/tls was mapped"),
        meaning=N_(
            "A mapped /app/tls hides the built-in certificate. Without files put there by hand the server does not "
            "start."
        ),
        causes=(
            Cause(
                N_("the mapped folder is empty, or the path is mistyped and Docker made a new one"),
                Who.HOST,
                ("docker-itself", Clause.MAP_TLS),
                "L7",
            ),
            Cause(N_("the files have other names or another format than expected"), Who.HOST, "a23", "L7"),
            Cause(N_("the key has a password, or cannot be read in the container"), Who.HOST, READING),
        ),
        look=(_PS_A, _LOGS, N_("Mounts: the host folder behind /app/tls, and what is in it."), _INSPECT),
        remedy=(
            _SAVE_FIRST,
            N_("Leave the mapping of /app/tls out to use the built-in certificate, keeping that of /app/config."),
            N_("For your own: the names are not documented. Look at /app/tls of a container without the mapping:"),
            "$ docker cp NAME:/app/tls ./tls-of-the-image",
        ),
        who=Who.HOST,
        stated=PAGE,
        clauses=(Clause.MAP_TLS, Clause.OWN_CERTIFICATE),
        scenarios=("L7", "L8"),
        phrases=(
            "app/tls",
            "server does not start",
            "container exits",
            "container exited",
            "exited (1)",
            "no certificate",
            "does not start",
            "won't start",
            "容器启动失败",
            "启动失败",
            "容器退出",
            "启动不了",
        ),
    ),
    Entry(
        key="path-not-plain",
        title=N_("Docker: a mapped path is refused (invalid reference, invalid volume)"),
        meaning=N_(
            "FanRuan's page wants host folders without spaces and special characters; the vendor "
            "elsewhere adds: none in Chinese."
        ),
        shown=("invalid volume specification", "invalid mode", "includes invalid characters for a local volume name"),
        causes=(
            Cause(N_("a space or a special character in the host path"), Who.HOST, Clause.PLAIN_PATH, "L6"),
            Cause(N_("a relative path, which Docker takes for the name of a volume"), Who.HOST, READING),
            Cause(N_("a shell rewrote the path, as Git Bash does with /app/config"), Who.HOST, READING),
        ),
        look=(N_("The docker run line as it was typed, and in which shell."), "$ fanlic preflight docker-run 'LINE'"),
        remedy=(N_("Use an absolute path of plain letters, digits and signs; rename the folder if need be."),),
        who=Who.HOST,
        stated=VENDOR,
        clauses=(Clause.PLAIN_PATH,),
        scenarios=("L6", "L3", "L10"),
        patterns=(
            r"invalid volume specification",
            r"invalid reference format",
            r"invalid mode",
            r"includes invalid characters for a local volume name",
            r"mount path must be absolute",
        ),
        stage=CaseStage.RUN,
        asks=("engine",),
        phrases=(
            "invalid volume specification",
            "invalid reference format",
            "invalid mode",
            "local volume name",
            "mount path must be absolute",
            "spaces in path",
            "special characters",
            "目录名",
            "路径含空格",
            "中文路径",
            "特殊字符",
        ),
    ),
)
