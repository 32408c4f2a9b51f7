"""The readers of `fanlic.docker`: any text gives a value, none raises, none takes more than one pass over the text."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanlic.docker import compose, inspect, ps, run, shell, yaml
from fanlic.docker.container import Container, Kind, Mapping, Port
from fanlic.docker.problem import ProblemKind
from tests.docker.agreement import ROWS

# -- whatever comes in


def read_line(text: str) -> None:
    for name in (*shell.SHELLS, shell.CONSOLE, shell.guess(text)):
        typed = shell.read(text, name)
        words = run.find(typed)
        run.read(words[2] if words else typed.words)
        run.read(typed.words, literal=True)


def read_lists(text: str) -> None:
    lines = text.splitlines()
    for row in ps.read(lines):
        assert lines[row.at] is not None
    for line in lines:
        ps.port(line, asked=True)
        inspect.cut_off(line)


READERS: dict[str, Callable[[str], object]] = {
    "line": read_line,
    "yaml": yaml.read,
    "compose": compose.read,
    "blocks": lambda text: [compose.read(block) for _at, block in compose.blocks(text.splitlines())],
    "inspect": inspect.read,
    "lists": read_lists,
}
SEEDS = [row.text for row in ROWS]
SIGNS = st.text(alphabet="abz/:-,.0189 \t\n\"'\\$%`^{}[]&*<>|#!@~=_\u2013\u6388", max_size=60)


@st.composite
def cut_up(draw: st.DrawFn) -> str:
    """Pieces of real inputs, put together with signs between them."""
    pieces = []
    for seed in draw(st.lists(st.sampled_from(SEEDS), min_size=1, max_size=3)):
        start = draw(st.integers(0, len(seed)))
        pieces += [seed[start : draw(st.integers(start, len(seed)))], draw(SIGNS)]
    return "".join(pieces)


@pytest.mark.parametrize("name", READERS)
@given(text=SIGNS | st.text(max_size=200) | cut_up())
def test_any_text_is_read(name: str, text: str) -> None:
    READERS[name](text)


NAMES = ["State", "Status", "Config", "Image", "HostConfig", "Mounts", "Ports", "NetworkSettings", "FinishedAt"]
NAMES += ["8081/tcp", "Binds", "Destination", "RepoTags", "Architecture", "Names", "Name", "ExitCode", "HostPort"]
NAMES += ["StartedAt", "RestartPolicy", "Publishers", "Tmpfs", "Id", "Health"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(NAMES),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@given(JSON)
def test_json_of_any_shape_is_read(document: object) -> None:
    for one in inspect.objects(document):
        inspect.of(one)
        ps.of(one)


HOSTILE = {
    "double quotes": '"',
    "single quotes": "'",
    "backslashes": "\\",
    "calls": "$(",
    "variables": "${",
    "brackets": "[",
    "braces and lists": "a: {b: [c, ",
    "keys": "a:\n",
    "dashes": "- ",
    "anchors": "a: &a\n",
    "open texts": "x: '\n",
    "comments": " #",
    "services": "services:\n",
    "blanks": "a" + " " * 50,
    "colons": "-v a:a:",
    "options": "--volum ",
    "rows": "3f2a9c1b7d44   fanruan_license\n",
    "headings": "NAMES  STATUS  \n",
    "states": "Up 3 weeks 0.0.0.0:1->8081/tcp ",
    "json": '{"a":',
    "lists of json": "[\n",
    "word": "x",
    "lines": "\n",
}


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("piece", HOSTILE.values(), ids=HOSTILE)
def test_ten_times_the_text_takes_ten_times_the_time_and_not_a_hundred(name: str, piece: str) -> None:
    def spent(size: int) -> float:
        text = piece * (size // len(piece))
        began = time.process_time()
        READERS[name](text)
        return time.process_time() - began

    spans = []
    for _try in range(3):  # the machine may be busy with something else
        spans.append((spent(4_000), spent(40_000)))
        if spans[-1][1] < max(0.2, 40 * spans[-1][0]):
            return
    raise AssertionError(spans)


def test_five_megabytes_are_read_in_seconds() -> None:
    text = "services:\n  license:\n    image: fanruan_license_server_amd64:1.0.0\n" + "    x: [1, {a: b}]\n" * 250_000
    began = time.process_time()
    compose.read(text)
    inspect.read(text)
    assert time.process_time() - began < 15


# -- a line


@given(st.text(alphabet="abZ09/:.\\-_ '()$&;|<>#*?!@=,", min_size=1, max_size=20), st.sampled_from(shell.SHELLS))
def test_a_quoted_word_is_read_back(word: str, name: str) -> None:
    if name == "cmd" and ("'" in word or "$" in word):
        return  # cmd cannot hide them from itself, and the reader takes them for another shell's
    typed = shell.read(f"x {shell.quote(word, name)}", name)
    assert ("x", word) == typed.words


PATHS = st.from_regex(r"/[a-z]{1,8}(/[a-zA-Z0-9._-]{1,8}){0,2}", fullmatch=True)


@given(
    st.lists(
        st.builds(Mapping, st.sampled_from(["/app/config", "/app/log", "/app/tls"]), PATHS),
        max_size=3,
        unique_by=lambda m: m.target,
    ),
    st.lists(st.integers(1, 65535), max_size=2, unique=True),
    st.sampled_from(["no", "always", "unless-stopped", "on-failure:3"]),
    st.sampled_from(shell.SHELLS),
)
def test_a_container_written_as_a_line_is_read_back(
    mappings: list[Mapping], ports: list[int], restart: str, name: str
) -> None:
    made = Container(
        name="lic",
        image="fanruan_license_server_amd64:1.0.0",
        mappings=tuple(mappings),
        ports=tuple(Port("8081", str(port)) for port in ports),
        publish_all=not ports,
        restart=restart,
    )
    words = run.find(shell.read(run.write(made, name), name))
    assert words is not None
    line = run.read(words[2])
    assert (made, ()) == (line.container, line.problems)
    service = compose.read(compose.write("license", made)).services[0].container
    assert [m.target for m in service.mappings] == [m.target for m in made.mappings]
    assert restart == service.restart


@pytest.mark.parametrize(
    ("line", "verb"),
    [
        ("sudo -E docker --context far run -d x", "run"),
        ("docker -H tcp://h:1 container create x", "create"),
        ("podman.exe run x", "run"),
        (r"'C:\Program Files\Docker\docker.exe' run x", "run"),
        ("env A=1 docker image load -i x", "load"),
        ("FOO=1 winpty docker run x", "run"),
    ],
)
def test_what_stands_before_the_verb_is_passed_over(line: str, verb: str) -> None:
    found = run.find(shell.read(line, "sh"))
    assert found is not None
    assert verb == found[1]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("PS C:\\> docker run x", "powershell"),
        ("docker run `\n x", "powershell"),
        ("C:\\Users\\li>docker run x", "cmd"),
        ("docker run -v %cd%:/a x", "cmd"),
        ("MSYS_NO_PATHCONV=1 docker run x", "git-bash"),
        ("docker run -v D:\\lic:/a x", shell.CONSOLE),
        ("$ docker run \\\n x", "sh"),
    ],
)
def test_the_shell_of_a_pasted_line_is_guessed(text: str, name: str) -> None:
    assert name == shell.guess(text)


# -- YAML and compose


def test_anchors_aliases_merge_keys_and_flows_are_read() -> None:
    value, problems = yaml.read(
        "x: &x {a: 1, b: [2, 'three, four',\n  \"five\"]}\n"
        "y:\n  <<: *x\n  b: own # not the other\nz: *x\n'k': >-\n  t\n"
    )
    common = {"a": "1", "b": ["2", "three, four", "five"]}
    assert ({"x": common, "y": {"a": "1", "b": "own"}, "z": common, "k": "t"}, ()) == (value, problems)


def test_a_line_that_is_not_understood_hides_no_other() -> None:
    value, problems = yaml.read("a: 1\nwhat is this\nb:\n  c: 2\n d: 3\ne: *nowhere\nf: 4\n")
    assert {"a": "1", "b": {"c": "2"}, "e": None, "f": "4"} == value
    assert [(ProblemKind.NOT_UNDERSTOOD, line) for line in (2, 5, 6)] == [(each.kind, each.line) for each in problems]


def test_a_service_knows_the_lines_of_what_it_says() -> None:
    text = "services:\n  lic:\n    image: x\n    volumes:\n      - /a:/app/config\n"
    text += "    profiles: [lic]\n    ports: ['1:2']\n"
    [service] = compose.read(text).services
    assert (5, 7, 3) == (service.container.mappings[0].line, service.container.ports[0].line, service.line)
    assert ("lic",) == service.profiles


def test_two_files_in_one_paste_are_two() -> None:
    lines = [
        "$ cat a.yml",
        "  services:",
        "    a:",
        "      image: x",
        "",
        "$ cat b.yml",
        "x-a: &a",
        "  image: y",
        "services:",
    ]
    found = list(compose.blocks([*lines, "  b: *a"]))
    assert [1, 6] == [at for at, _text in found]
    assert ["x", "y"] == [compose.read(text).services[0].container.image for _at, text in found]


# -- docker inspect


def test_a_part_that_a_template_printed_is_read() -> None:
    state, mounts, policy, ports = (
        inspect.read(text)[0][0]
        for text in (
            '{"Status":"exited","ExitCode":137,"OOMKilled":true,"StartedAt":"2026-11-24T07:00:00Z"}',
            '[{"Type":"bind","Source":"/a","Destination":"/app/config","RW":false}]',
            '{"Name":"on-failure","MaximumRetryCount":3}',
            '{"8081/tcp":[{"HostIp":"0.0.0.0","HostPort":"49155"},{"HostIp":"::","HostPort":"49155"}]}',
        )
    )
    assert isinstance(state, Container)
    assert ("exited", 137, True) == (state.state.status, state.state.exit_code, state.state.out_of_memory)
    assert isinstance(mounts, Container)
    assert (Mapping("/app/config", "/a", Kind.BIND, read_only=True),) == mounts.mappings
    assert isinstance(policy, Container)
    assert "on-failure" == policy.restart
    assert isinstance(ports, Container)
    assert (Port("8081", "49155"),) == ports.published
    assert not any(map(inspect.is_whole, (state, policy, ports)))


# -- lists

UP = ("running", 49155, "")
GONE = ("exited", 0, "")
LISTS = {
    "compose ps": (
        "NAME    IMAGE    COMMAND     SERVICE   CREATED       STATUS                  PORTS\n"
        'lic     x:1      "/server"   license   3 weeks ago   Up 3 weeks (healthy)    0.0.0.0:49155->8081/tcp\n'
    ),
    "docker-compose ps": (
        "  Name        Command       State           Ports\n-----------------------------------\n"
        "lic   /app/bin/server   Up      0.0.0.0:49155->8081/tcp\n"
    ),
    "a table of one's own": (
        "NAMES     STATUS       PORTS\nlic       Up 2 hours   0.0.0.0:49155->8081/tcp, [::]:49155->8081/tcp\n"
    ),
    "tabs": "NAMES\tSTATUS\tPORTS\nlic\tUp 2 hours\t0.0.0.0:49155->8081/tcp\n",
    "a template": "lic: Up About an hour, 0.0.0.0:49155->8081/tcp\n",
    "podman": (
        "CONTAINER ID  IMAGE              COMMAND     CREATED      STATUS          PORTS                    NAMES\n"
        "3f2a9c1b7d44  localhost/x:1      run         3 weeks ago  Up 3 weeks ago  0.0.0.0:49155->8081/tcp  lic\n"
    ),
}


@pytest.mark.parametrize("text", LISTS.values(), ids=LISTS)
def test_a_list_of_any_form_names_container_state_and_port(text: str) -> None:
    [row] = ps.read(text.splitlines())
    found = row.container
    assert ("lic", "running") == (found.name, found.state.status)
    assert found.published is not None
    assert [49155] == [port.number for port in found.published]


@pytest.mark.parametrize(
    "document",
    [
        {
            "ID": "3f2a", "Image": "x", "Names": "lic", "State": "running", "Status": "Up 3 weeks",
            "Ports": "0.0.0.0:49155->8081/tcp",
        },
        {
            "ID": "3f2a", "Image": "x", "Name": "lic", "State": "running", "Status": "Up 3 weeks",
            "Publishers": [{"URL": "0.0.0.0", "TargetPort": 8081, "PublishedPort": 49155, "Protocol": "tcp"}],
        },
        {
            "Id": "3f2a", "Image": "x", "Names": ["lic"], "State": "running", "Status": "",
            "Ports": [{"host_ip": "", "container_port": 8081, "host_port": 49155, "range": 1, "protocol": "tcp"}],
        },
    ],
    ids=["docker", "compose", "podman"],
)  # fmt: skip
def test_json_of_a_list_names_container_state_and_port(document: dict[str, object]) -> None:
    found = ps.of(json.loads(json.dumps(document)))
    assert found is not None
    assert ("lic", "running", (Port("8081", "49155"),)) == (found.name, found.state.status, found.published)


def test_an_exit_in_json_keeps_its_code_and_instant() -> None:
    found = ps.of(
        {"Id": "3f", "Image": "x", "Names": ["lic"], "State": "exited", "ExitCode": 137, "ExitedAt": 1795507200}
    )
    assert found is not None
    assert (137, datetime(2026, 11, 24, 8, tzinfo=UTC)) == (found.state.exit_code, found.state.finished)
    [row] = ps.read(["lic   Exited (137) 26 hours ago"])
    assert (137, timedelta(hours=26)) == (row.container.state.exit_code, row.container.state.stopped_for)


@pytest.mark.parametrize(
    ("line", "asked", "expected"),
    [
        ("8081/tcp -> 0.0.0.0:49155", False, Port("8081", "49155")),
        ("3f2a9c1b7d44\t8081/tcp -> 127.0.0.1:49155", False, Port("8081", "49155", "127.0.0.1")),
        ("0.0.0.0:49155", False, Port("", "49155")),
        ("127.0.0.1:49155", True, Port("", "49155", "127.0.0.1")),
        ("127.0.0.1:5432", False, None),
        ("80/tcp is open", True, None),
    ],
)
def test_docker_port_is_read_in_both_forms(line: str, asked: bool, expected: Port | None) -> None:
    assert expected == ps.port(line, asked=asked)


def test_prose_is_no_list() -> None:
    lines = ["It was Up 3 weeks and then somebody Exited (1) the hall 2 days ago", "The state is Created by us"]
    assert [] == ps.read(lines)
