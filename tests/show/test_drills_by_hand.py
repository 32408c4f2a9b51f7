"""Every drill is mended with the lab's page alone: first nothing helps, then the cause is named, then it is mended."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from fanlic.lab import Lab
from fanlic.lab.causes import CAUSES
from fanlic.lab.drill import Drill, numbered
from fanlic.show.show import Show

SCRIPTS = {
    "port-moved": "register sales",
    "web-mapped": "docker rm -f {latest}; run {config} -P; activate; register sales",
    "second-container": "docker rm -f {latest}; docker start {oldest}; wait 2 hours",
    "locked": "wait 5 minutes; wait 5 minutes; wait 5 minutes; activate; register sales",
    "weekend": "activate; register sales",
    "no-seat-left": "unbind test; register sales",
    "app-name": "configure sales app_name webroot; register sales",
    "architecture": "run {config} -P; activate; register sales",
    "stale-address": "register sales",
    "one-name": "configure stock node stock; register stock",
    "expired": "extend; migrate; docker stop {latest}; request; docker load -i fanruan_license_server.tar; "
    "docker rm {latest}; run -v /D/new/config:/app/config -p 50321:8081; activate; register sales",
    "tls-empty": "run {config} -P; activate; register sales",
    "rebooted": "docker start {latest}; wait 2 hours",
    "container-port": "docker rm -f {latest}; run {config} -p 50321:8081; activate; register sales",
    "network-cut": "mend sales; wait 2 hours",
    "other-version": "configure sales version 6.0.5; register sales",
    "other-domain": "configure sales domain bi.acme.example; register sales",
    "clock-back": "activate; register sales",
    "lapsed-and-moved": "activate; register sales",
    "name-and-seat": "unbind test; configure sales app_name webroot; register sales",
    "trial-container": "docker start {oldest}; wait 2 hours",
    "old-entry": "register sales",
    "heals-soon": "wait 2 hours",
    "no-picture": "wait 1 minute",
}
CONFIG = "-v /D/William/lic/config:/app/config"


class Learner:
    """Presses the buttons of one lab's page."""

    def __init__(self) -> None:
        self.show = Show(lambda: Lab(engine="inline"))

    def press(self, action: str, **given: str) -> str:
        """Press a button; good, bad or info."""
        self.show.do(action, given)
        assert self.show.said is not None
        return self.show.said.kind

    def play(self, script: str) -> None:
        """Press the buttons of a script, one after the other; each has to do something."""
        for line in script.split("; "):
            names = [row[0] for row in self.show.containers()[1:]]
            latest, oldest = (names[0], names[-1]) if names else ("", "")
            word, _, rest = line.format(latest=latest, oldest=oldest, config=CONFIG).partition(" ")
            self.buttons()[word](rest)
            assert self.show.said is not None
            assert "good" == self.show.said.kind, (line, self.show.said)

    def buttons(self) -> dict[str, Callable[[str], object]]:
        """What each word of a script presses."""
        image = "fanruan_license_server_amd64:1.0.0"
        return {
            "register": lambda name: self.press("register", project=name, user="admin", address=self.show.address()),
            "docker": lambda line: self.press("docker", line=f"docker {line}"),
            "run": lambda options: self.press("docker", line=f"docker run {options} -d {image}"),
            "activate": self.activate,
            "wait": lambda step: self.press("advance", step=step),
            "unbind": lambda name: self.press("project", project=name, verb="unbind"),
            "mend": lambda name: self.press("project", project=name, verb="mend"),
            "configure": lambda rest: self.configure(*rest.split()),
            "extend": lambda _rest: self.press("extend"),
            "migrate": lambda _rest: self.press("migrate", address=self.show.address()),
            "request": lambda _rest: self.press("request", seats="3", attach="1"),
        }

    def configure(self, project: str, name: str, value: str) -> None:
        self.press("configure", project=project, **{name: value})

    def activate(self, _rest: str) -> None:
        """Refresh, scan, approve, submit."""
        for action in ("refresh", "scan", "approve"):
            assert "bad" != self.press(action), self.show.said
        self.press("submit", code=self.show.code)


@pytest.fixture
def learner() -> Iterator[Learner]:
    made = Learner()
    yield made
    made.show.close()


def test_the_scripts_are_those_of_all_drills() -> None:
    assert sorted(task.name for task in numbered().values()) == sorted(SCRIPTS)


@pytest.mark.parametrize("name", sorted(SCRIPTS))
def test_a_drill_is_mended_with_the_page_alone(learner: Learner, name: str) -> None:
    number = next(number for number, task in numbered().items() if task.name == name)
    assert "info" == learner.press("drill", number=str(number))
    drill = learner.show.drill
    assert isinstance(drill, Drill)
    if name != "no-picture":  # there the users are content from the beginning
        assert "bad" == learner.press("check"), name
    causes, clauses = CAUSES[name]
    named = dict(zip(("cause", "second"), sorted(causes), strict=False))
    assert "info" == learner.press("diagnose", clause=clauses[0].slug, **named), learner.show.said
    learner.play(SCRIPTS[name])
    assert "good" == learner.press("check"), learner.show.said
    said = learner.show.said
    assert said is not None
    assert "Points are given" not in said.next_step, said.next_step
    assert drill.task.cause in said.output


def test_the_timeline_of_a_drill_begins_with_the_drill(learner: Learner) -> None:
    learner.press("drill", number=str(next(number for number, task in numbered().items() if task.name == "port-moved")))
    drill = learner.show.drill
    assert drill is not None
    assert [] == drill.done()
    assert "bad" == learner.press("docker", line="docker stop nobody")
    assert ["docker"] == [row.line.event for row in drill.done()]


def test_a_drill_that_was_mended_without_a_diagnosis_says_why_it_gives_no_points(learner: Learner) -> None:
    learner.press("drill", number=str(next(number for number, task in numbered().items() if task.name == "weekend")))
    learner.play(SCRIPTS["weekend"])
    assert "good" == learner.press("check")
    said = learner.show.said
    assert said is not None
    assert "score: 0" in said.next_step
    assert "Points are given if the cause was named before the mending." in said.next_step


@pytest.mark.parametrize(
    "given",
    [{}, {"version": ""}, {"node": "\n"}, {"domain": "x" * 254}, {"app_name": "a\u200bb"}, {"version": "v" * 33}],
)
def test_a_setting_that_is_none_changes_nothing(learner: Learner, given: dict[str, str]) -> None:
    learner.press("add", name="sales")
    before = learner.show.lab.projects[0].nodes[0].facts
    assert "bad" == learner.press("configure", project="sales", **given)
    assert before == learner.show.lab.projects[0].nodes[0].facts


def test_a_cluster_keeps_the_names_of_its_nodes(learner: Learner) -> None:
    learner.press("add", name="sales", nodes="3")
    assert "good" == learner.press("configure", project="sales", node="other", version="6.0.6")
    nodes = [node.facts for node in learner.show.lab.projects[0].nodes]
    assert [("sales-1", "6.0.6"), ("sales-2", "6.0.6"), ("sales-3", "6.0.6")] == [(n.node, n.version) for n in nodes]


def test_a_drill_is_no_help_to_a_diagnosis_without_a_cause(learner: Learner) -> None:
    learner.press("drill", number=str(min(numbered())))
    assert "bad" == learner.press("diagnose", cause="", second="", clause="")
    assert "bad" == learner.press("diagnose", cause="no such cause")
    assert "bad" == learner.press("diagnose", cause=min(CAUSES["weekend"][0]), clause="no-such-clause")
