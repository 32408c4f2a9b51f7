"""The sandbox engine: the page's commands, and the effects that the page warns of."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import textwrap
import time
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from fanlic.adapters.archive import Image, Layer, write
from fanlic.adapters.engines import output
from fanlic.adapters.engines.process import ProcessRunner
from fanlic.adapters.engines.sandbox import Sandbox
from fanlic.ports import Launch
from tests.adapters.sandbox_world import CountedEntropy, MovedClock, World
from tests.engine_lines import AMD64, ARCHIVE, ARM64, BASE, CREATED, LINES, PROGRAM, Line, write_archives

MAPPED = f"run -d -v /D/William/lic/config:/app/config -P --name box {AMD64}"


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A host on which the archive is loaded."""
    world = World(tmp_path)
    world.ok(f"load -i {ARCHIVE}")
    return world


@pytest.mark.parametrize("line", LINES, ids=[each.line.replace("{host}", "") for each in LINES])
def test_command_line_is_answered_as_docker_answers(world: World, line: Line) -> None:
    host = "/D/William"
    for before in line.before:
        world.docker(before.replace("{host}", host))
    done = world.docker(line.line.replace("{host}", host))
    said = done.stdout + done.stderr
    assert line.status == done.status, said
    assert [] == [words for words in line.says if words.replace("{host}", host) not in said], said
    assert said.isascii()


# Loading and listing


def test_refused_archive_loads_nothing_and_says_what_to_do(world: World, tmp_path: Path) -> None:
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    other = World(fresh)
    for name in ("truncated.tar", "text.tar"):
        said = other.refused(f"load -i {name}")
        assert name in said
        assert "Nothing was loaded." in said
    assert 1 == len(other.ok("images").splitlines())


def test_archive_is_found_by_an_absolute_path_too(world: World) -> None:
    assert "Loaded image" in world.ok(f"load -i '{world.work / ARCHIVE}'")


def test_loading_a_folder_or_nothing_is_explained(world: World) -> None:
    assert "stdin is empty" in world.refused("load")
    if sys.platform != "win32":  # Windows says that access is denied
        assert "is a directory" in world.refused("load -i .")


@pytest.mark.clause("load")
@pytest.mark.clause("list-images")
def test_new_archive_takes_the_name_and_old_containers_keep_their_image(world: World) -> None:
    world.ok(MAPPED)
    old = world.inspect(AMD64)["Id"]
    write_archives(world.work, base=Layer.of({"app/web/index.html": b"another page"}))
    said = world.ok(f"load -i {ARCHIVE}")
    assert f"The image {AMD64} already exists, renaming the old one with ID {old}" in said
    assert "<none>" in world.ok("images")
    assert old[7:19] in world.ok("ps")
    assert old == world.inspect("box")["Image"]
    assert old != world.inspect(AMD64)["Id"]


# Directory mapping


@pytest.mark.clause("map-config")
def test_mapped_config_outlives_the_container(world: World) -> None:
    world.ok(MAPPED)
    config = world.sandbox.host_directory("/D/William/lic/config")
    first = world.identity(config)
    world.ok("rm -f box")
    world.ok(MAPPED)
    assert first == world.identity(config) == world.identity(world.runner.launches[1].directories["config"])


def test_unmapped_config_survives_a_restart_and_is_lost_with_the_container(world: World) -> None:
    world.ok(f"run -d -P --name box {AMD64}")
    first = world.runner.launches[0].directories["config"]
    world.ok("restart box")
    assert first == world.runner.launches[1].directories["config"]
    assert "made by launch 1" == world.identity(first)
    world.ok("rm -f box")
    assert not first.exists()
    world.ok(f"run -d -P --name box {AMD64}")
    assert "made by launch 3" == world.identity(world.runner.launches[2].directories["config"])


@pytest.mark.clause("several-mappings", "map-web")
def test_mapping_hides_what_the_image_has_there(world: World) -> None:
    world.ok(f"run -d -v /D/tls:/app/tls {AMD64}")
    directories = world.runner.launches[0].directories
    assert [] == list(directories["tls"].iterdir())  # the built-in certificate is hidden
    assert ["index.html"] == [each.name for each in directories["web"].iterdir()]
    assert b"amd64" == (directories["license"] / "license.jws").read_bytes()


def test_mapping_above_the_four_directories_hides_them_all(world: World) -> None:
    world.ok(f"run -d -v /D/page:/app/web -v /D/app:/app -v /D/data:/data {AMD64}")
    root = world.sandbox.host_directory("/D/app")
    directories = world.runner.launches[0].directories
    expected = {name: root / name for name in ("config", "log", "tls", "license")}
    expected["web"] = world.sandbox.host_directory("/D/page")
    assert expected == directories


def test_mapping_inside_one_of_the_directories_is_refused(world: World) -> None:
    assert "whole directory" in world.refused(f"run -d -v /D/a:/app/config/b {AMD64}")


def test_missing_host_directory_is_made_by_v_at_every_start(world: World) -> None:
    world.ok(MAPPED.replace("/app/config", "/app/log"))
    logs = world.sandbox.host_directory("/D/William/lic/config")
    assert logs.is_dir()
    world.ok("stop box")
    logs.rmdir()
    world.ok("start box")
    assert logs.is_dir()


def test_mount_takes_an_existing_directory_only(world: World) -> None:
    line = f"run -d --name box --mount type=bind,src=/D/lic,dst=/app/config {AMD64}"
    assert "bind source path does not exist: /D/lic" in world.refused(line)
    assert "box" not in world.ok("ps -a")
    world.sandbox.host_directory("/D/lic").mkdir(parents=True)
    world.ok(line)
    assert world.sandbox.host_directory("/D/lic") == world.runner.launches[0].directories["config"]


def test_host_file_cannot_be_mapped(world: World) -> None:
    path = world.sandbox.host_directory("/D/lic")
    path.parent.mkdir(parents=True)
    path.write_text("a file")
    assert "not a directory" in world.refused(f"run -d -v /D/lic:/app/config {AMD64}")


@pytest.mark.parametrize("typed", ["/D/lic", "D:/lic", "D:\\lic", "d:\\lic\\", "/d//./lic", "/../D/lic"])
def test_spellings_of_one_host_path_lead_to_one_directory(world: World, typed: str) -> None:
    world.ok(f"run -d --name box -v {typed}:/app/config {AMD64}")
    assert world.sandbox.host_directory("/D/lic") == world.runner.launches[0].directories["config"]
    assert typed == world.inspect("box")["Mounts"][0]["Source"]


@pytest.mark.parametrize("typed", ["/../../../etc", "D:\\..\\..\\..\\etc", "/D/../../../../etc"])
def test_host_path_never_leaves_the_labs_folder(world: World, typed: str) -> None:
    world.ok(f"run -d -v {typed}:/app/config {AMD64}")
    inside = world.folder / "lab" / "host"
    assert world.runner.launches[0].directories["config"].resolve().is_relative_to(inside.resolve())


@pytest.mark.skipif(sys.platform == "win32", reason="not on Windows: a link needs a right there")
def test_link_out_of_the_labs_folder_is_refused(world: World) -> None:
    outside = world.folder / "outside"
    outside.mkdir()
    link = world.sandbox.host_directory("/D/lic")
    link.parent.mkdir(parents=True)
    link.symlink_to(outside)
    assert "/D/lic leads through a link" in world.refused(f"run -d -v /D/lic:/app/config {AMD64}")
    assert [] == list(outside.iterdir())


@pytest.mark.parametrize("typed", ["/D/my lic", "/D/lic!", "/D/\u6388\u6743", "/D/a$b", "/a:b"])
@pytest.mark.clause("plain-path")
def test_host_path_with_odd_characters_is_refused_by_name(world: World, typed: str) -> None:
    said = world.refused(f'run -d --mount "type=bind,source={typed},target=/app/config" {AMD64}')
    assert ascii(typed)[1:-1] in said
    assert "note 1" in said
    assert 1 == len(world.ok("ps -a").splitlines())
    assert not (world.folder / "lab" / "host" / "D").exists()


def test_labs_own_folder_may_have_spaces_and_chinese_characters(tmp_path: Path) -> None:
    folder = tmp_path / "my lab \u6388\u6743"
    folder.mkdir()
    world = World(folder)
    world.ok(f"load < {ARCHIVE}")
    world.ok(MAPPED)
    assert "made by launch 1" == world.identity(world.sandbox.host_directory("D:\\William\\lic\\config"))


# Ports


@pytest.mark.clause("list-port")
def test_the_list_of_containers_shows_the_host_port_and_where_it_leads(world: World) -> None:
    world.ok(MAPPED)
    [row] = world.ok("ps").splitlines()[1:]
    assert f"0.0.0.0:{world.host_port('box')}->8081/tcp" in row


@pytest.mark.clause("random-port", "list-port")
def test_random_port_moves_at_every_start(world: World) -> None:
    world.ok(MAPPED)
    ports = [world.host_port("box")]
    for line in ("restart box", "restart box"):
        world.ok(line)
        ports.append(world.host_port("box"))
    world.ok("stop box")
    assert "" == world.ok("port box")
    world.ok("start box")
    ports.append(world.host_port("box"))
    assert [49153, 49154, 49155, 49156] == ports == [each.port for each in world.runner.launches]


@pytest.mark.clause("fixed-port")
def test_fixed_port_stays(world: World) -> None:
    world.ok(f"run -d -p 49155:8081 --name box {AMD64}")
    world.ok("restart box")
    assert [49155, 49155] == [each.port for each in world.runner.launches]
    assert "0.0.0.0:49155->8081/tcp" in world.ok("ps")


def test_random_ports_pass_over_taken_ones_and_wrap_around(tmp_path: Path) -> None:
    world = World(tmp_path, ports=range(50000, 50003))
    world.ok(f"load -i {ARCHIVE}")
    world.runner.foreign_ports = {50001}
    for name in ("one", "two"):
        world.ok(f"run -d -P --name {name} {AMD64}")
    assert [50000, 50002] == [each.port for each in world.runner.launches]
    assert "all ports are allocated" in world.refused(f"run -d -P {AMD64}")
    world.ok("rm -f one")
    world.ok(f"run -d -P --name three {AMD64}")
    assert 50000 == world.host_port("three")


def test_taken_port_leaves_a_created_container_that_starts_later(world: World) -> None:
    world.ok(f"run -d -p 49155:8081 --name one {AMD64}")
    done = world.docker(f"run -d -p 49155:8081 --name two {AMD64}")
    assert re.fullmatch(r"[0-9a-f]{64}\n", done.stdout)
    assert ("created", 128) == _state(world, "two", "Status", "ExitCode")
    assert "port is already allocated" in world.refused("start two")
    world.ok("stop one")
    world.ok("start two")
    assert ("running", 0) == _state(world, "two", "Status", "ExitCode")
    assert "Cannot restart" not in world.ok("restart two")


@pytest.mark.clause("random-port", "fixed-port")
def test_a_port_that_another_lab_has_given_out_is_had_only_by_its_number(tmp_path: Path) -> None:
    world = World(tmp_path, ports=range(50000, 50003))
    world.ok(f"load -i {ARCHIVE}")
    world.runner.claimed_ports = {50000}
    world.ok(f"run -d -P {AMD64}")
    world.ok(f"run -d -p 50000:8081 {AMD64}")
    assert [50001, 50000] == [each.port for each in world.runner.launches]


def _state(world: World, name: str, *fields: str) -> tuple[Any, ...]:
    return tuple(world.inspect(name)["State"][field] for field in fields)


def test_port_of_another_program_is_named(world: World) -> None:
    world.runner.foreign_ports = {49155}
    said = world.refused(f"run -d -p 49155:8081 {AMD64}")
    assert "listen tcp4 0.0.0.0:49155: bind: address already in use" in said


def test_one_container_cannot_take_a_port_twice(world: World) -> None:
    assert "already allocated" in world.refused(f"run -d -p 49155:8081 -p 49155:9 {AMD64}")
    assert "once only" in world.refused(f"run -d -p 49155:8081 -p 49156:8081 {AMD64}")


def test_wrong_container_port_is_published_and_nothing_listens_there(world: World) -> None:
    world.ok(f"run -d -p 49155:9999 --name box {AMD64}")
    assert "8081/tcp, 0.0.0.0:49155->9999/tcp" in world.ok("ps")
    assert ("127.0.0.1", 65535) == (world.runner.launches[0].host, world.runner.launches[0].port)
    assert world.inspect("box")["NetworkSettings"]["Ports"]["8081/tcp"] is None


def test_unpublished_server_runs_without_an_address(world: World) -> None:
    world.ok(f"run -d --name box {AMD64}")
    assert "8081/tcp " in world.ok("ps")
    assert "" == world.ok("port box")
    world.ok(f"run -d {AMD64}")
    world.ok(f"run -d -P {AMD64}")
    assert [65535, 65534, 49153] == [each.port for each in world.runner.launches]


def test_server_listens_on_the_published_address(world: World) -> None:
    world.ok(f"run -d -p 127.0.0.1:49155:8081 {AMD64}")
    world.ok(f"run -d -p 49156:8081 {AMD64}")
    assert ["127.0.0.1", "0.0.0.0"] == [each.host for each in world.runner.launches]


# Life of a container


def test_wrong_architecture_exits_at_once_with_its_reason_in_the_log(world: World) -> None:
    done = world.docker(f"run -d -P --name box {ARM64}")
    assert 0 == done.status
    assert "WARNING: The requested image's platform (linux/arm64/v8)" in done.stderr
    assert "exec /bin/server: exec format error\n" == world.ok("logs box")
    assert ("exited", 1) == _state(world, "box", "Status", "ExitCode")
    assert "Exited (1) Less than a second ago" in world.ok("ps -a")
    assert [] == world.runner.launches


@pytest.mark.clause("architectures")
def test_arm64_host_runs_the_other_image(tmp_path: Path) -> None:
    world = World(tmp_path, architecture="arm64")
    world.ok(f"load -i {ARCHIVE}")
    world.ok(f"run -d -P {ARM64}")
    assert "platform (linux/amd64)" in world.docker(f"run -d -P {AMD64}").stderr


def test_server_that_gives_up_is_shown_with_its_status_and_log(world: World) -> None:
    world.runner.exits_with = 3
    world.ok(f"run -d -P --name box -v /D/tls:/app/tls {AMD64}")
    world.clock.advance(minutes=5)
    assert "Exited (3) 5 minutes ago" in world.ok("ps -a")
    assert 1 == len(world.ok("ps").splitlines())
    assert "start 1 of the container\n" == world.ok("logs box")


def test_server_that_dies_later_is_noticed_at_the_next_command(world: World) -> None:
    world.ok(MAPPED)
    world.runner.processes[0].status = 137
    assert ("exited", 137) == _state(world, "box", "Status", "ExitCode")
    world.ok("start box")
    assert ("running", 0) == _state(world, "box", "Status", "ExitCode")


def test_server_that_cannot_be_started_leaves_a_container_with_its_reason(world: World) -> None:
    world.runner.error = TimeoutError("the server did not answer; its output is in /x/container.log")
    assert "/x/container.log" in world.refused(MAPPED)
    assert ("created", 128) == _state(world, "box", "Status", "ExitCode")
    world.runner.error = None
    world.ok("start box")


def test_stop_and_start_keep_the_container_and_append_to_its_log(world: World) -> None:
    world.ok(MAPPED)
    world.clock.advance(hours=2)
    assert "Up 2 hours" in world.ok("ps")
    world.ok("stop box")
    world.ok("stop box")
    assert [10.0] == world.runner.processes[0].timeouts
    assert ("exited", "2026-03-02T11:00:00Z") == _state(world, "box", "Status", "FinishedAt")
    world.ok("start box")
    world.ok("start box")
    expected = "start 1 of the container\nstart 2 of the container\n"
    assert expected == world.ok("logs box")


def test_forced_removal_kills_and_plain_removal_asks_to_stop_first(world: World) -> None:
    world.ok(MAPPED)
    assert 'cannot remove container "/box"' in world.refused("rm box")
    assert "box\n" == world.ok("rm -f box")
    assert [0] == world.runner.processes[0].timeouts
    assert 1 == len(world.ok("ps -a").splitlines())


def test_rm_option_removes_the_container_when_it_stops(world: World) -> None:
    world.ok(f"run -d --rm --name one {AMD64}")
    layer = world.runner.launches[0].directories["config"]
    world.ok("stop one")
    world.ok(f"run -d --rm --name two {AMD64}")
    world.runner.processes[1].status = 1
    world.runner.foreign_ports = {49155}
    assert "in use" in world.refused(f"run -d --rm -p 49155:8081 {AMD64}")
    assert 1 == len(world.ok("ps -a").splitlines())
    assert not layer.exists()


def test_several_containers_are_handled_one_by_one(world: World) -> None:
    world.ok(f"run -d --name one {AMD64}")
    done = world.docker("stop nobody one")
    assert ("one\n", 1) == (done.stdout, done.status)
    done = world.docker("start one nobody")
    assert "failed to start containers: nobody\n" in done.stderr


def test_container_is_found_by_name_id_and_unique_prefix(world: World) -> None:
    first = world.ok(f"run -d --name one {AMD64}").strip()
    world.ok(f"run -d --name two {AMD64}")
    for reference in ("one", "/one", first, first[:12], first[:5]):
        assert first == world.inspect(reference)["Id"]
    assert "No such container" in world.refused("stop ''")


def test_invented_names_differ_and_repeat_from_run_to_run(tmp_path: Path) -> None:
    seen = []
    for folder in (tmp_path / "a", tmp_path / "b"):
        folder.mkdir()
        world = World(folder)
        world.ok(f"load -i {ARCHIVE}")
        for _each in range(20):
            world.ok(f"run -d {AMD64}")
        seen.append([line.split()[-1] for line in world.ok("ps").splitlines()[1:]])
    assert 20 == len(set(seen[0]))
    assert seen[0] == seen[1]


def test_environment_of_the_image_is_extended_by_e(world: World) -> None:
    world.ok(f"run -d --name box -e A=1=2 -e PATH=/x -e UNSET {AMD64}")
    assert {"PATH": "/x", "A": "1=2"} == dict(world.runner.launches[0].environment)
    assert ["PATH=/x", "A=1=2"] == world.inspect("box")["Config"]["Env"]


def test_inspect_has_the_fields_the_page_needs(world: World) -> None:
    world.ok(MAPPED.replace("-P", "-P -p 49155:9 --restart on-failure:3"))
    box = world.inspect("box")
    assert ["/D/William/lic/config:/app/config"] == box["HostConfig"]["Binds"]
    assert {"9/tcp": [{"HostIp": "", "HostPort": "49155"}]} == box["HostConfig"]["PortBindings"]
    assert {"Name": "on-failure", "MaximumRetryCount": 3} == box["HostConfig"]["RestartPolicy"]
    assert box["HostConfig"]["PublishAllPorts"]
    assert "/app/config" == box["Mounts"][0]["Destination"]
    published = [{"HostIp": "0.0.0.0", "HostPort": "49153"}]
    assert published == box["NetworkSettings"]["Ports"]["8081/tcp"]
    assert (AMD64, {"8081/tcp": {}}) == (box["Config"]["Image"], box["Config"]["ExposedPorts"])
    assert ("2026-03-02T09:00:00Z", "0001-01-01T00:00:00Z", False) == _state(
        world, "box", "StartedAt", "FinishedAt", "OOMKilled"
    )
    image = world.inspect(ARM64)
    assert ("arm64", "v8", [ARM64]) == (image["Architecture"], image["Variant"], image["RepoTags"])


def test_help_names_what_the_sandbox_knows(world: World) -> None:
    for line in ("", "docker", "help", "--help"):
        assert "load, images, run" in world.ok(line)
    assert "-P, --publish-all" in world.ok("run --help")


# The host


def test_reboot_brings_back_what_the_policy_says(world: World) -> None:
    for name in ("no", "always", "unless-stopped", "on-failure"):
        world.ok(f"run -d -P --name {name} --restart {name} {AMD64}")
    world.ok(f"run -d --rm --name gone {AMD64}")
    world.ok(f"run -d -p 49200:8081 --restart always --name fixed {AMD64}")
    before = world.host_port("always")
    world.sandbox.reboot()
    running = {line.split()[-1] for line in world.ok("ps").splitlines()[1:]}
    assert {"always", "unless-stopped", "fixed"} == running
    assert before != world.host_port("always")
    assert 49200 == world.host_port("fixed")
    assert "gone" not in world.ok("ps -a")


def test_reboot_respects_a_stop_by_hand_unless_the_policy_is_always(world: World) -> None:
    for name in ("always", "unless-stopped"):
        world.ok(f"run -d --name {name} --restart {name} {AMD64}")
    world.ok("stop always unless-stopped")
    world.sandbox.reboot()
    assert ("running",) == _state(world, "always", "Status")
    assert ("exited",) == _state(world, "unless-stopped", "Status")


def test_reboot_starts_no_container_that_never_ran(world: World) -> None:
    world.ok(f"run -d -p 49200:8081 --name one {AMD64}")
    assert "allocated" in world.refused(f"run -d -p 49200:8081 --restart always --name two {AMD64}")
    world.ok("rm -f one")
    world.sandbox.reboot()
    assert ("created",) == _state(world, "two", "Status")


def test_start_makes_up_for_a_stop_by_hand(world: World) -> None:
    world.ok(f"run -d --name box --restart unless-stopped {AMD64}")
    world.ok("stop box")
    world.ok("start box")
    world.runner.processes[-1].status = 1
    world.sandbox.reboot()
    assert ("running",) == _state(world, "box", "Status")


def test_reboot_goes_on_when_one_container_cannot_start(world: World) -> None:
    world.ok(f"run -d -p 49200:8081 --restart always --name one {AMD64}")
    world.ok(f"run -d --restart always --name two {AMD64}")
    world.runner.foreign_ports = {49200}
    world.sandbox.reboot()
    assert ("exited", "running") == (
        *_state(world, "one", "Status"),
        *_state(world, "two", "Status"),
    )
    assert "address already in use" in _state(world, "one", "Error")[0]


def test_second_sandbox_on_the_folder_goes_on_after_the_first(world: World) -> None:
    world.ok(MAPPED)
    box = world.inspect("box")["Id"]
    world.sandbox.shutdown()
    world.sandbox = world.new_sandbox()
    assert box == world.inspect("box")["Id"]
    world.ok("start box")
    assert 49154 == world.host_port("box")
    assert "made by launch 1" == world.identity(world.runner.launches[1].directories["config"])


def test_server_that_went_down_with_its_host_is_shown_as_exited(world: World) -> None:
    world.ok(MAPPED)
    world.sandbox = world.new_sandbox()  # nobody stopped the first one's servers
    assert ("exited", 255) == _state(world, "box", "Status", "ExitCode")


def test_damaged_state_is_named_and_left_alone(world: World) -> None:
    state = world.folder / "lab" / "state.json"
    for damaged in ("{", "[]", "{}", '{"images": 1, "containers": [], "last_port": 0}'):
        state.write_text(damaged)
        assert str(state) in world.refused("ps")
        assert damaged == state.read_text()


def test_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    world = World(tmp_path)
    (tmp_path / "lab").write_text("a file where the folder should be")
    assert "lab" in world.refused(f"load -i {ARCHIVE}")


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (timedelta(seconds=-5), "Less than a second"),
        (timedelta(seconds=1), "1 second"),
        (timedelta(seconds=59), "59 seconds"),
        (timedelta(seconds=60), "About a minute"),
        (timedelta(minutes=59), "59 minutes"),
        (timedelta(minutes=60), "About an hour"),
        (timedelta(hours=25), "25 hours"),
        (timedelta(hours=48), "2 days"),
        (timedelta(days=14), "2 weeks"),
        (timedelta(days=60), "2 months"),
        (timedelta(days=730), "2 years"),
    ],
)
def test_durations_are_said_as_docker_says_them(span: timedelta, said: str) -> None:
    assert said == output.span(span)


def test_sizes_are_said_as_docker_says_them() -> None:
    expected = ["812B", "4.03kB", "1.98MB", "2.5GB"]
    assert expected == [output.size(each) for each in (812, 4031, 1982258, 2_500_000_000)]


# Real processes

SERVER = """
    import http.server, os, sys, threading, time
    if os.environ.get("GIVE_UP"):
        print("no certificate in /app/tls", flush=True)
        sys.exit(3)
    if os.environ.get("DEAF"):
        time.sleep(60)
    stubborn = os.environ.get("STUBBORN")
    def leash():
        while os.read(0, 1):
            pass
        os._exit(0)
    if not stubborn:
        threading.Thread(target=leash, daemon=True).start()
    config, host, port = sys.argv[1:]
    open(os.path.join(config, "identity"), "a").write("x")
    print("listening", flush=True)
    http.server.HTTPServer((host, int(port)), http.server.SimpleHTTPRequestHandler).serve_forever()
"""


@pytest.fixture
def runner(tmp_path: Path) -> Iterator[ProcessRunner]:
    """Runs a small HTTP server in place of the authorization server."""
    script = tmp_path / "server.py"
    script.write_text(textwrap.dedent(SERVER))

    def command(launch: Launch) -> list[str]:
        config = str(launch.directories["config"])
        return [sys.executable, "-I", str(script), config, launch.host, str(launch.port)]

    keep = {name: os.environ[name] for name in ("SYSTEMROOT", "PATH") if name in os.environ}
    runner = ProcessRunner(command, keep, passed_on=("STUBBORN", "DEAF", "GIVE_UP"), patience=5)
    yield runner
    runner.close()


@pytest.fixture
def host(tmp_path: Path, runner: ProcessRunner) -> Sandbox:
    """A sandbox with real processes, on the loopback address."""
    write_archives(tmp_path)
    sandbox = Sandbox(
        tmp_path / "lab",
        runner,
        MovedClock(),
        CountedEntropy(),
        host_address="127.0.0.1",
        workdir=tmp_path,
        entrypoint=PROGRAM,
    )
    assert 0 == sandbox.docker(f"load -i {ARCHIVE}").status
    return sandbox


def _answers(port: int) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"http://127.0.0.1:{port}/", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _port(host: Sandbox, name: str) -> int:
    return int(host.docker(f"port {name} 8081").stdout.strip().rpartition(":")[2])


def test_server_answers_once_run_returns_and_is_silent_once_stop_returns(host: Sandbox) -> None:
    assert 0 == host.docker(f"run -d -P --name box {AMD64}").status
    port = _port(host, "box")
    assert _answers(port)
    assert "box\n" == host.docker("stop box").stdout
    assert not _answers(port)
    assert "listening\n" in host.docker("logs box").stdout
    status = json.loads(host.docker("inspect box").stdout)[0]["State"]["ExitCode"]
    assert 0 == status
    assert 0 == host.docker("start box").status
    assert _answers(_port(host, "box"))
    assert 0 == host.docker("rm -f box").status


def test_exit_status_and_output_of_a_server_that_gives_up_are_kept(host: Sandbox) -> None:
    assert 0 == host.docker(f"run -d -P -e GIVE_UP=1 --name box {AMD64}").status
    assert "Exited (3)" in host.docker("ps -a").stdout
    assert "no certificate in /app/tls\n" == host.docker("logs box").stdout


@pytest.mark.threat("archive-entry-point")
@pytest.mark.parametrize("entrypoint", [["/bin/sh", "-c", "id"], ["/bin/server", "--more"], ["/bin/Server"]])
def test_image_with_another_entry_point_is_not_run(world: World, entrypoint: list[str]) -> None:
    image = Image(name="other:1", architecture="amd64", layers=[BASE], entrypoint=entrypoint, port=8081)
    write(world.work / "other.tar", [image], created=CREATED)
    world.ok("load -i other.tar")
    assert "runs another program than the authorization server" in world.refused("run -d other:1")
    assert [] == world.runner.launches


@pytest.mark.threat("archive-env")
@pytest.mark.parametrize("name", ["PYTHONWARNINGS", "PYTHONPATH", "BROWSER", "LD_PRELOAD", "PATH", "SSLKEYLOGFILE"])
def test_environment_of_an_archive_or_of_a_typed_line_never_reaches_the_server(tmp_path: Path, name: str) -> None:
    kept = {each: os.environ[each] for each in ("SYSTEMROOT", "PATH") if each in os.environ}
    script = "import json, os, sys; print(json.dumps(dict(os.environ)))"
    runner = ProcessRunner(lambda _launch: [sys.executable, "-I", "-c", script], kept)
    runner.start(_launch(tmp_path, **{name: "/trap", "FANLIC_LANG": "zh_CN", "Fanlic_Lang": "x"}))
    seen = json.loads((tmp_path / "container.log").read_text())
    assert ("zh_CN", kept.get(name), None) == (seen["FANLIC_LANG"], seen.get(name), seen.get("Fanlic_Lang"))


@pytest.mark.threat("archive-env")
def test_value_that_no_environment_can_hold_is_left_out(runner: ProcessRunner, tmp_path: Path) -> None:
    assert runner.start(_launch(tmp_path, STUBBORN="\0")).exit_status() is None


def test_server_that_ignores_the_request_to_stop_is_killed(host: Sandbox) -> None:
    assert 0 == host.docker(f"run -d -P -e STUBBORN=1 --name box {AMD64}").status
    port = _port(host, "box")
    assert 0 == host.docker("rm -f box").status
    assert not _answers(port)


@pytest.mark.skipif(sys.platform == "win32", reason="not on Windows: it has no signals")
def test_stop_kills_after_its_timeout_and_reports_137(runner: ProcessRunner, tmp_path: Path) -> None:
    process = runner.start(_launch(tmp_path, STUBBORN="1"))
    assert process.exit_status() is None
    assert 137 == process.stop(0.2) == process.exit_status() == process.stop(0.2)


def _launch(folder: Path, **environment: str) -> Launch:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return Launch(
        container="c",
        start=1,
        directories={"config": folder},
        host="127.0.0.1",
        port=port,
        environment=environment,
        log=folder / "container.log",
    )


def test_server_that_never_answers_is_killed_and_its_log_named(runner: ProcessRunner, tmp_path: Path) -> None:
    runner._patience = 0.3
    with pytest.raises(TimeoutError, match=re.escape(str(tmp_path / "container.log"))):
        runner.start(_launch(tmp_path, DEAF="1"))
    assert [0] != [each.exit_status() for each in runner._processes]
    assert None not in [each.exit_status() for each in runner._processes]


def test_no_server_outlives_its_runner(tmp_path: Path) -> None:
    script = tmp_path / "server.py"
    script.write_text(textwrap.dedent(SERVER))
    launch = _launch(tmp_path)
    runner = ProcessRunner(
        lambda each: [sys.executable, str(script), str(tmp_path), each.host, str(each.port)],
        dict(os.environ),
    )
    process = runner.start(launch)
    del runner
    assert process.exit_status() is not None
    assert not _answers(launch.port)


LAB = """
    import os, sys
    from pathlib import Path
    from fanlic.adapters.engines.process import ProcessRunner
    from fanlic.ports import Launch
    folder, port, script = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    runner = ProcessRunner(
        lambda each: [sys.executable, script, str(folder), each.host, str(each.port)], dict(os.environ)
    )
    launch = Launch("c", 1, {"config": folder}, "127.0.0.1", port, {}, folder / "container.log")
    runner.start(launch)
    print("started", flush=True)
    sys.stdin.read()
"""


def test_a_server_ends_when_its_lab_is_killed(tmp_path: Path) -> None:
    for name, text in (("server.py", SERVER), ("lab.py", LAB)):
        (tmp_path / name).write_text(textwrap.dedent(text))
    port = _launch(tmp_path).port
    command = [sys.executable, str(tmp_path / "lab.py"), str(tmp_path), str(port), str(tmp_path / "server.py")]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment) as lab:
        assert lab.stdout is not None
        assert lab.stdout.readline().strip() == b"started"
        assert _answers(port)
        lab.kill()
        lab.wait(10)
    deadline = time.monotonic() + 10
    while _answers(port) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _answers(port)


def test_port_in_use_is_not_free(runner: ProcessRunner) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        port = held.getsockname()[1]
        assert not runner.port_is_free(port)
    assert runner.port_is_free(port)


def test_a_port_stays_claimed_after_its_server_has_stopped_and_until_the_lab_ends(
    runner: ProcessRunner, tmp_path: Path
) -> None:
    other = ProcessRunner(lambda _launch: [], {})
    process = runner.start(launch := _launch(tmp_path))
    process.stop(5)
    assert runner.port_is_free(launch.port)
    assert [True, False] == [each.port_is_unclaimed(launch.port) for each in (runner, other)]
    runner.close()
    assert other.port_is_unclaimed(launch.port)


def test_command_that_does_not_exist_is_an_engine_error(tmp_path: Path) -> None:
    write_archives(tmp_path)
    runner = ProcessRunner(lambda _launch: [str(tmp_path / "no-such-program")], {})
    sandbox = Sandbox(tmp_path / "lab", runner, MovedClock(), CountedEntropy(), workdir=tmp_path, entrypoint=PROGRAM)
    sandbox.docker(f"load -i {ARCHIVE}")
    done = sandbox.docker(f"run -d {AMD64}")
    assert 125 == done.status
    assert "no-such-program" in done.stderr or sys.platform == "win32"
