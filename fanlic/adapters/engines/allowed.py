"""What a lab hands to a real engine: a command built anew from the typed one, of options that stay within the lab.

Docker has well over a hundred options, and a new one comes with each release. Some of them give a container the host's
files, devices or processes. So nothing is searched for what is harmful: what is not listed here is not handed on.
"""

from __future__ import annotations

from collections.abc import Iterator

from fanlic.adapters.engines.command import misuse, refusal
from fanlic.docker.command import VERBS, Command
from fanlic.docker.problem import ProblemKind, first_refusal
from fanlic.texts import _

_OPTIONS = {
    "load": "quiet",  # the file is opened by the lab
    "images": "all digests no-trunc quiet",
    "run": "cap-drop cpus detach env init memory name pids-limit platform publish publish-all quiet read-only restart "
    "rm security-opt stop-timeout",
    "ps": "all last latest no-trunc quiet size",
    "port": "",
    "logs": "details since tail timestamps until",
    "inspect": "format size type",
    "stop": "time timeout",
    "start": "",
    "restart": "time timeout",
    "rm": "force volumes",
}
_ALLOWED = {verb: frozenset(names.split()) for verb, names in _OPTIONS.items()}
_REBUILT = {"load": {"input"}, "run": {"volume", "mount"}}  # allowed, and put together by the caller
_SECURITY = {"no-new-privileges", "no-new-privileges:true", "no-new-privileges=true"}  # every other one loosens


def check(command: Command) -> None:
    """Refused where Docker would refuse the options, and where one of them is not handed on in a lab."""
    asked = [problem for problem in command.problems if problem.kind is not ProblemKind.ARGUMENTS]
    if problem := first_refusal(tuple(asked)):
        raise refusal(problem, command.verb)
    allowed = _ALLOWED[command.verb] | _REBUILT.get(command.verb, set())
    for name, values in command.options.items():
        if name not in allowed or (
            name == "security-opt" and not _SECURITY.issuperset(values)
        ):  # threat: engine-options
            text = _(
                "fanlic: --{name} is not handed to the engine by a lab, where it could reach what is not the lab's. "
                "Type the command in a terminal of your own."
            )
            raise misuse(command.verb, text.format(name=name))


def options(command: Command) -> Iterator[str]:
    """The options of a checked command, each in one word, long and unmistakable; without those the caller builds."""
    verb = VERBS[command.verb]
    for name in command.options.keys() & _ALLOWED[command.verb]:
        for value in command.all(name):
            if name == "env" and "=" not in value:
                continue  # Docker would take the value from this machine's environment
            yield f"--{name}={value}" if name in verb.values or value != "true" else f"--{name}"
