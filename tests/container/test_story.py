"""The lab on a real engine: the whole story, and what an unmapped container loses."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from fanlic.adapters.image_base import Base
from fanlic.lab import Lab
from fanlic.lab.rehearse import rehearse
from fanlic.model.refusals import Refusal
from tests.container.private_engine import PrivateEngine

RUN = "run -P -d fanruan_license_server_amd64:1.0.0"


@pytest.fixture
def lab(engine: PrivateEngine, base: Base, tmp_path: Path) -> Iterator[Lab]:
    """A lab with an archive in the inbox."""
    with Lab(engine="docker", folder=tmp_path / "lab") as made:
        assert made.desk.receive(made.customer.request(seats=1)).accepted
        made.host.docker("load < fanruan_license_server.tar")
        yield made


def test_rehearsal_ends_with_the_project_registered_on_the_migrated_server(
    engine: PrivateEngine, base: Base, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "kept"
    assert 0 == rehearse(1, kept, as_json=True, engine="docker")
    assert json.loads(capsys.readouterr().out)["ended_well"]
    rows = list(csv.DictReader((kept / "timeline.csv").read_text("utf-8").splitlines()))
    registered = [row for row in rows if row["party"] == "server 2" and row["event"] == "registered"]
    assert ["sales"] == [row["subject"] for row in registered]
    assert ("poll answered", "sales") == (rows[-1]["event"], rows[-1]["party"])
    assert (kept / "server-host.log").stat().st_size > 0
    assert ("", "") == (engine.docker("ps", "-aq").stdout, engine.docker("images", "-aq").stdout)


@pytest.mark.clause("map-config")
def test_phone_refuses_the_new_identity_of_an_unmapped_container(lab: Lab) -> None:
    lab.host.docker(RUN)
    server = lab.host.server()
    server.submit(lab.phone.scan(server.qr()))
    lab.clock.advance(hours=1)
    lab.host.docker(f"rm -f {lab.host.container()}")
    lab.host.docker(RUN)
    with pytest.raises(Refusal) as refused:
        lab.phone.scan(lab.host.server().qr())
    assert "license-bound-elsewhere" == refused.value.reason
    parties = {row.party for row in lab.rows if row.line.event == "first start"}
    assert {"server", "server 2"} == parties


def test_restarted_container_shows_another_picture_and_stays_in_lab_time(lab: Lab) -> None:
    lab.host.docker(RUN)
    first = lab.host.server().qr()
    lab.clock.advance(minutes=1)
    lab.host.docker(f"restart {lab.host.container()}")
    server = lab.host.server()
    assert first != server.refresh()
    log = lab.host.look(f"logs {lab.host.container()}")
    assert f"{lab.clock.now():%Y-%m-%d %H:%M}" in log
    server.submit(lab.phone.scan(server.qr()))
