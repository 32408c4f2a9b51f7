"""Kubernetes: `kubectl get pods` and `get services`, and the manifests of the authorization server."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from fanlic.docker import yaml
from fanlic.docker.yaml import Value
from fanlic.troubleshoot.judge.facts import Fact
from fanlic.troubleshoot.judge.paste import Paste, PastedLine
from fanlic.troubleshoot.judge.read_docker import ours

PODS, SERVICES, MANIFEST = "kubectl get pods", "kubectl get services", "Kubernetes manifest"
DESCRIBED = "kubectl describe"
_POD = re.compile(r"\s{0,8}(?:[\w-]+\s+)?([\w.-]{3,120})\s+(\d+)/(\d+)\s+([A-Z][\w:]+)\s+(\d+)\b")
_SERVICE = re.compile(
    r"\s{0,8}(?:[\w-]+\s+)?([\w.-]{3,120})\s+(NodePort|LoadBalancer|ClusterIP)\s+\S+\s+\S+\s+([\d:/,A-Z]+)\s"
)
_STATES = {
    "Running": "running",
    "CrashLoopBackOff": "restarting",
    "Error": "restarting",
    "OOMKilled": "restarting",
    "Completed": "exited",
    "Pending": "created",
    "ContainerCreating": "created",
}
_WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet", "Pod")


def read(paste: Paste) -> Iterator[Fact]:
    """Facts about the pods, services and manifests of the authorization server; other workloads are left out."""
    for line in paste.lines:
        if (pod := _POD.match(line.text)) and ours(pod[1]):
            yield from _pod(line, pod)
        elif (service := _SERVICE.match(line.text)) and ours(service[1]):
            yield from _service(line, service)
    yield from _described(paste)
    for line, document in _documents(paste):
        yield from _manifest(line, document)


def _described(paste: Paste) -> Iterator[Fact]:
    """`kubectl describe pod`: what stands under a container of ours, and the pod's volumes; events of probes."""
    container = name = ""
    for line in paste.lines:
        text = line.text
        if found := re.match(r"Name:\s+(\S+)", text):
            name, container = found[1], ""
        elif found := re.match(r"\s{4}Image:\s+(\S+)", text):
            container = found[1] if ours(found[1]) else ""
        elif "robe failed:" in text and "Unhealthy" in text:
            yield Fact("health", "unhealthy", DESCRIBED, text, line.number)
        elif container and name:
            yield from _detail(line, text.strip())
        if not text.strip():
            container = ""


def _detail(line: PastedLine, text: str) -> Iterator[Fact]:
    if (reason := re.match(r"Reason:\s+(\w+)", text)) and (state := _STATES.get(reason[1])):
        yield Fact("status", state, DESCRIBED, line.text, line.number)
        if reason[1] == "OOMKilled":
            yield Fact("oom", True, DESCRIBED, line.text, line.number)
    elif code := re.match(r"Exit Code:\s+(\d+)", text):
        yield Fact("exit-code", int(code[1]), DESCRIBED, line.text, line.number)
    elif restarts := re.match(r"Restart Count:\s+([1-9]\d*)", text):
        yield Fact("restarts", int(restarts[1]), DESCRIBED, line.text, line.number)
    elif mount := re.match(r"(/app/\w+) from [\w-]+", text):
        yield Fact("mount", mount[1], DESCRIBED, line.text, line.number)
    elif text.startswith("Type:") and "EmptyDir" in text:
        yield Fact("ephemeral", "/app/config", DESCRIBED, line.text, line.number)


def _pod(line: PastedLine, pod: re.Match[str]) -> Iterator[Fact]:
    name, ready, wanted, status, restarts = pod.groups()
    if state := _STATES.get(status):
        yield Fact("status", state, PODS, line.text, line.number, name)
    if status == "Running" and int(ready) < int(wanted):
        yield Fact("health", "unhealthy", PODS, line.text, line.number, name)
    if int(restarts):
        yield Fact("restarts", int(restarts), PODS, line.text, line.number, name)


def _service(line: PastedLine, service: re.Match[str]) -> Iterator[Fact]:
    for port in re.findall(r"\d+:(\d{1,5})/TCP", service[3]):
        yield Fact("port", int(port), SERVICES, line.text, line.number, "", "0.0.0.0")  # noqa: S104 - read, not bound


def _documents(paste: Paste) -> Iterator[tuple[PastedLine, dict[str, Value]]]:
    """Each manifest with its first line: from `apiVersion:` to the next `---`."""
    block: list[PastedLine] = []
    for line in (*paste.lines, PastedLine(0, "---")):
        if line.text.startswith(("---", "apiVersion:")):
            if block:
                document, _problems = yaml.read("\n".join(part.text for part in block))
                if isinstance(document, dict):
                    yield block[0], document
            block = [line] if line.text.startswith("apiVersion:") else []
        elif block:
            block.append(line)


def _manifest(line: PastedLine, document: Mapping[str, Value]) -> Iterator[Fact]:
    kind = str(document.get("kind"))
    if kind == "Service":
        yield from _service_manifest(line, document)
    elif kind in _WORKLOADS:
        pod = document if kind == "Pod" else _table(_table(document.get("spec")).get("template"))
        spec = _table(pod.get("spec"))
        for container in _tables(spec.get("containers")):
            if ours(str(container.get("image", ""))):
                yield from _container(line, container, spec)


def _service_manifest(line: PastedLine, document: Mapping[str, Value]) -> Iterator[Fact]:
    spec = _table(document.get("spec"))
    for port in _tables(spec.get("ports")):
        number = str(port.get("nodePort") or "")
        if number.isascii() and number.isdigit() and ours(str(_table(document.get("metadata")).get("name", ""))):
            text = f"nodePort: {number}"
            yield Fact("fixed-port", int(number), MANIFEST, text, line.number, "", "0.0.0.0")  # noqa: S104 - read


def _container(line: PastedLine, container: Mapping[str, Value], spec: Mapping[str, Value]) -> Iterator[Fact]:
    lost = {str(volume.get("name")) for volume in _tables(spec.get("volumes")) if "emptyDir" in volume}
    for mount in _tables(container.get("volumeMounts")):
        path, text = str(mount.get("mountPath", "")).rstrip("/"), f"mountPath: {mount.get('mountPath')}"
        yield Fact("mount", path, MANIFEST, text, line.number)
        if str(mount.get("name")) in lost:
            yield Fact("ephemeral", path, MANIFEST, f"{text}, emptyDir", line.number)
        if str(mount.get("readOnly")).lower() == "true":
            yield Fact("read-only", path, MANIFEST, text, line.number)
    yield Fact("mounts-listed", True, MANIFEST, f"image: {container.get('image')}", line.number)


def _table(value: Value) -> dict[str, Value]:
    return value if isinstance(value, dict) else {}


def _tables(value: Value) -> list[dict[str, Value]]:
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []
