"""Symptoms of the host and the cluster: what keeps an engine, a folder, a pod or a port from its work."""

from __future__ import annotations

from fanlic.model.clauses import Basis, Clause
from fanlic.model.refusals import N_, Who
from fanlic.troubleshoot.catalogue.entry import CaseStage, Cause, Entry

READING = Basis.READING
_PS_A = "$ docker ps -a"
_INSPECT = "$ docker inspect NAME"
_DESCRIBE = N_("What the cluster itself says, under Events: `kubectl describe pod NAME`.")

_ENGINE = (
    Entry(
        key="docker-missing",
        title=N_("The command docker is not on this machine"),
        meaning=N_("The shell does not find Docker. This says nothing about the authorization server."),
        shown=("bash: docker: command not found",),
        causes=(
            Cause(N_("this is not the container host"), Who.HOST, READING),
            Cause(N_("the host has podman, or a cluster, instead of Docker"), Who.HOST, READING),
            Cause(N_("Docker is not installed, or not in the search path"), Who.HOST, READING),
        ),
        look=(N_("On which machine the command was typed, and whether `podman ps -a` or `kubectl get pods` works."),),
        remedy=(N_("Type the command on the container host; with podman write podman instead of docker."),),
        who=Who.HOST,
        stated=READING,
        patterns=(
            r"docker: (?:command )?not found|command not found: docker|docker\W{1,3}is not recognized",
            r"docker\W{1,3}(?:不是内部或外部命令|项识别为)|未找到命令.{0,6}docker|docker.{0,6}未找到命令",
        ),
        stage=CaseStage.LOAD,
        asks=("engine",),
        phrases=("docker: command not found", "docker not found", "不是内部或外部命令", "没有安装docker"),
    ),
    Entry(
        key="archive-not-found",
        title=N_("Docker: the archive is not where the command looks for it"),
        meaning=N_("docker load was given a file that is not there. Nothing was loaded, and nothing is damaged."),
        shown=("open fanruan_license_server.tar: no such file or directory",),
        causes=(
            Cause(N_("the command was typed in another folder than the archive's"), Who.HOST, READING, "L1"),
            Cause(
                N_("the file has another name, or was unpacked by the browser or the mail program"), Who.HOST, READING
            ),
        ),
        look=(N_("The files of this folder: is one of them the archive from the business staff?"),),
        remedy=(N_("Type docker load -i with the archive's whole path; do not unpack the archive."),),
        who=Who.HOST,
        stated=READING,
        clauses=(Clause.LOAD,),
        scenarios=("L1",),
        patterns=(r"open \S{1,200}\.tar(?:\.\w{2,3})?: (?:no such file|the system cannot find)",),
        stage=CaseStage.LOAD,
        asks=("engine",),
        phrases=("no such file * tar", "archive not found", "找不到镜像文件", "找不到tar"),
    ),
    Entry(
        key="engine-firewall",
        title=N_("Docker: the host's firewall has lost Docker's rules"),
        meaning=N_(
            "The firewall was restarted or flushed after Docker had started, so that Docker cannot publish a port."
        ),
        shown=("iptables failed: iptables: No chain/target/match by that name.",),
        causes=(Cause(N_("firewalld or iptables was restarted, or its rules were flushed"), Who.HOST, READING),),
        look=(_PS_A, N_("Whether other containers of this host map /app/config: a restart of Docker stops them all.")),
        remedy=(
            N_("In an agreed window restart Docker itself, which writes its rules again; containers stop meanwhile."),
            N_("Start the authorization server again at once, and look at the port that docker ps shows."),
        ),
        who=Who.HOST,
        stated=READING,
        patterns=(r"no chain/target/match by that name|iptables failed: iptables|table .{1,10} is incompatible",),
        stage=CaseStage.RUN,
        asks=("containers",),
        phrases=("no chain/target/match", "iptables failed", "iptables规则丢失"),
    ),
    Entry(
        key="mount-refused",
        title=N_("The folder to map is not there, or may not be shared"),
        meaning=N_("The engine or the cluster cannot mount the folder or the volume. The container does not start."),
        shown=(
            "Mounts denied: The path /srv/lic is not shared from the host and is not known to Docker.",
            "invalid mount config for type bind: bind source path does not exist: /srv/lic",
        ),
        causes=(
            Cause(N_("the host folder does not exist, or its name is mistyped"), Who.HOST, READING),
            Cause(N_("Docker Desktop may not share this drive or folder"), Who.HOST, READING),
            Cause(N_("the storage behind the volume does not answer"), Who.HOST, READING),
        ),
        look=(N_("The folder on the host, letter by letter as in the run line or the compose file."), _DESCRIBE),
        remedy=(
            N_("If the old folder exists, map exactly this one: a new, empty folder means a new identity."),
            N_("Docker Desktop: allow the folder under Settings, Resources, File sharing."),
        ),
        who=Who.HOST,
        stated=READING,
        clauses=(Clause.MAP_CONFIG,),
        patterns=(
            r"mounts denied|bind source path does not exist|error while creating mount source path",
            r"mountvolume\.setup failed|\bfailedmount\b|is not shared from (?:the host|os x)|drive has not been shared",
        ),
        stage=CaseStage.RUN,
        asks=("inspect",),
        phrases=("mounts denied", "bind source path", "mount source path", "挂载失败", "目录未共享"),
    ),
)

_CLUSTER = (
    Entry(
        key="pod-not-scheduled",
        title=N_("Kubernetes: no node takes the pod"),
        meaning=N_("The cluster finds no node on which the pod can run, so that no server was started."),
        shown=("0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims.",),
        causes=(
            Cause(N_("the volume claim is not bound: no storage class, or no volume of this size"), Who.HOST, READING),
            Cause(N_("the nodes lack memory or processors, or do not fit the pod's selector"), Who.HOST, READING),
        ),
        look=(_DESCRIBE, N_("Whether the claim is bound: `kubectl get pvc`.")),
        remedy=(
            N_("Bind the claim, or make room on a node; the pod then starts by itself."),
            N_("Do not replace the claim by an emptyDir: /app/config would be lost with the pod."),
        ),
        who=Who.HOST,
        stated=READING,
        clauses=(Clause.MAP_CONFIG,),
        patterns=(r"\bfailedscheduling\b|unbound immediate persistentvolumeclaims|\d+/\d+ nodes are available: ",),
        stage=CaseStage.RUN,
        asks=("inspect",),
        phrases=("failedscheduling", "unbound persistentvolumeclaim", "pod pending", "pvc没有绑定", "pod一直pending"),
    ),
    Entry(
        key="pod-evicted",
        title=N_("Kubernetes: the node threw the pod out"),
        meaning=N_("The node ran short of memory or disk and ended the pod. What was in an emptyDir is gone."),
        shown=("The node was low on resource: ephemeral-storage.",),
        causes=(Cause(N_("the node's disk or memory ran full"), Who.HOST, READING),),
        look=(_DESCRIBE, N_("Where /app/config lies: in a claim, or in an emptyDir.")),
        remedy=(
            N_("Make room on the node; the Deployment starts a new pod by itself."),
            N_("If /app/config was in an emptyDir, the identity is lost: ask the business staff before any scan."),
        ),
        who=Who.HOST,
        stated=READING,
        clauses=(Clause.MAP_CONFIG, Clause.DOWN_TIME),
        patterns=(r"\b\d+/\d+\s+evicted\b|the node was low on resource|evicting pod",),
        stage=CaseStage.OUTAGE,
        asks=("inspect",),
        phrases=("evicted", "low on resource", "pod被驱逐", "驱逐"),
    ),
)

ENTRIES = (*_ENGINE, *_CLUSTER)
