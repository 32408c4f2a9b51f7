"""Starting the Authorization Server: the mapping table as a form, and the exact `docker run` line for three shells."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from fanlic.docker.container import Container, Mapping, Port
from fanlic.docker.run import write
from fanlic.lab import Lab
from fanlic.lab.stage import CONFIG, LOG
from fanlic.model.clauses import Clause
from fanlic.model.container import (
    ARCHITECTURES,
    DIRECTORIES,
    Directory,
    Map,
    harmful_mapping,
    image_name,
    missing_mapping,
    plain_path,
)
from fanlic.notebook import style
from fanlic.notebook.form import LabForm, button, choice, field, pane, row, shows, tick
from fanlic.ports import Completed
from fanlic.texts import _

RANDOM, FIXED = "-P", "-p"
RESTARTS = ("", "no", "on-failure", "always", "unless-stopped")
PATHS = {"/app/config": CONFIG, "/app/log": LOG, "/app/tls": "/D/William/lic/tls", "/app/web": "/D/William/lic/web"}
WRITTEN = ("/app/config", "/app/log")  # where the server itself writes
SHELLS = {"sh": "sh", "powershell": "PowerShell", "cmd": "cmd"}


class RunBuilder(LabForm):
    """The mapping table, port, restart policy, architecture and name; nothing runs before Run is pressed."""

    def __init__(self, lab: Lab) -> None:
        super().__init__(_("Starting the Authorization Server: docker run"), lab)
        self.mapped = {d.path: tick(d.path, on=d.verdict is Map.MUST) for d in DIRECTORIES}
        for box in self.mapped.values():
            box.layout.width = "8rem"
        hosts = _("Host directory for {path}")
        self.paths = {d.path: field(hosts.format(path=d.path), PATHS[d.path]) for d in DIRECTORIES}
        for path in self.paths.values():
            path.layout.flex, path.layout.width = "1 1 24rem", "auto"
        self.port = choice(_("Port"), [(_("-P: a random port"), RANDOM), (_("-p: a port of your choice"), FIXED)])
        self.number = field(_("Host port for -p"), str(lab.policy.first_port), wide=False)
        nothing = _("none given")
        self.restart = choice("--restart", [(policy or nothing, policy) for policy in RESTARTS])
        self.architecture = choice(_("Architecture"), list(ARCHITECTURES))
        self.name = field("--name", hint=_("may be left out"), wide=False)
        self._verdicts = pane(_("Verdicts, and what is lost"))
        buttons = row(
            button(_("Build the line"), self.build, _("Show the line and the verdicts; nothing runs")),
            button(_("Run"), self.run, _("Run the line on the lab's container host"), main=True),
        )
        self._ran, self._started = "", "-"
        table = [row(self.mapped[d.path], self.paths[d.path]) for d in DIRECTORIES]
        choices = (self.port, self.number, self.restart, self.architecture, self.name)
        self.arrange(*table, *choices, buttons, self._verdicts)

    def line(self, shell: str = "sh") -> str:
        """The exact line as this shell wants it: sh, powershell or cmd."""
        return write(self._container(), shell)

    @shows
    def build(self) -> str:
        """Show the line and the verdicts."""
        self.say(style.note(_("The line and its verdicts stand above. Nothing has run.")))
        return self.line()

    @shows
    def run(self) -> Completed | None:
        """Run it on the lab's container host, and show what the terminal shows."""
        line = self.line()
        if line == self._ran and self._started in self.lab.host.look("ps"):  # pressed twice
            self.say(style.note(_("The container of this line runs already: {name}.").format(name=self._started)))
            return None
        done = self.lab.host.docker(line.removeprefix("docker "))
        self._ran, self._started = line, done.stdout.strip()[:12] if done.status == 0 else "-"
        status = _("exit status {status}").format(status=done.status)
        self.say(style.command(f"$ {line}\n{done.stdout}{done.stderr}".rstrip()) + f"<p>{escape(status)}</p>")
        return done

    def draw(self) -> None:
        """The line for each shell, a verdict on each directory, and what a container made anew would lose."""
        lines: dict[str, list[str]] = {}
        for shell, title in SHELLS.items():
            lines.setdefault(self.line(shell), []).append(title)
        shown = "".join(f"<h4>{escape(', '.join(titles))}</h4>{style.command(line)}" for line, titles in lines.items())
        heads = (_("Directory"), _("FanRuan's page says"), _("Verdict on this line"))
        verdicts = style.table(heads, self._judged(), _("Mapping"))
        self._verdicts.value = style.block(shown + verdicts + self._others() + self._lost(), role="status")

    def _targets(self) -> tuple[str, ...]:
        return tuple(path for path, box in self.mapped.items() if box.value)

    def _container(self) -> Container:
        mappings = (Mapping(target, self.paths[target].value.strip()) for target in self._targets())
        fixed = self.port.value == FIXED
        return Container(
            name=self.name.value.strip(),
            image=image_name(self.architecture.value),
            mappings=tuple(mappings),
            ports=(Port(str(self.lab.policy.container_port), self.number.value.strip()),) if fixed else (),
            publish_all=not fixed,
            restart=self.restart.value,
        )

    def _judged(self) -> Iterator[tuple[str, ...]]:
        targets = self._targets()
        wrong = {*missing_mapping(targets), *harmful_mapping(targets)}
        for directory in DIRECTORIES:
            label = style.clause_label(directory.clause)
            yield escape(directory.path), f"{escape(_(directory.verdict))} {label}", self._verdict(directory, wrong)

    def _verdict(self, directory: Directory, wrong: set[Directory]) -> str:
        mapped = self.mapped[directory.path].value
        said = _("mapped") if mapped else _("not mapped")
        if directory in wrong:
            said = _("{state}, which is wrong: {consequence}").format(state=said, consequence=_(directory.consequence))
        elif directory.verdict is Map.MAY:
            said = _("{state}; note: {consequence}").format(state=said, consequence=_(directory.consequence))
        else:
            said = _("{state}: right").format(state=said)
        shown = escape(said)
        if mapped and not plain_path(self.paths[directory.path].value.strip()):
            odd = _("The host path is empty, or has spaces or special characters.")
            shown += f"<br>{escape(odd)} {style.clause_label(Clause.PLAIN_PATH)}"
        return f"<strong>{shown}</strong>" if directory in wrong else shown

    def _others(self) -> str:
        port = Clause.FIXED_PORT if self.port.value == FIXED else Clause.RANDOM_PORT
        return style.note(_(port.text), port)

    def _lost(self) -> str:
        targets = self._targets()
        head = f"<h4>{escape(_('What is lost when the container is made anew'))}</h4>"
        lost = [d for d in DIRECTORIES if d.path in WRITTEN and d.path not in targets]
        if not lost:
            return head + style.note(_("Nothing: what the server writes lies on the host."), Clause.MAP_CONFIG, "good")
        told = [f"{escape(d.path)}: {escape(_(d.consequence))} {style.clause_label(d.clause)}" for d in lost]
        return head + style.items(told)
