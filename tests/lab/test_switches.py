"""Each ambiguity that has a switch, played both ways: the server behind the lab follows the rules that it was given."""

from __future__ import annotations

import html
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from fanlic.lab import Lab
from fanlic.lab.parties import ServerPage
from fanlic.lab.scenario import CannotPlay, run
from fanlic.lab.scenarios import request
from fanlic.model.activation import CodeEntryState
from fanlic.model.policy import FINEBI_6_0_5, SWITCHES, Policy, as_words, switched
from fanlic.model.refusals import Refusal, Reported
from fanlic.wiring.lab import PolicyIgnored

RUN = "run --name one -v /D/lic:/app/config -p 50123:8081 -d fanruan_license_server_amd64:1.0.0"


@contextmanager
def opened(name: str = "", position: str = "", engine: str = "inline") -> Iterator[tuple[Lab, ServerPage]]:
    """A lab with one switch turned, and a server that waits for its code."""
    policy = switched(FINEBI_6_0_5, name, position) if name else FINEBI_6_0_5
    with Lab(engine=engine, policy=policy) as lab:
        assert lab.desk.receive(lab.customer.request(seats=2)).accepted
        assert 0 == lab.host.docker("load -i fanruan_license_server.tar").status
        run_line = RUN if engine == "inline" else RUN.replace("-p 50123:8081", "-P")  # a real port may be taken
        assert 0 == lab.host.docker(run_line).status
        yield lab, lab.host.server()


def refused(server: ServerPage, code: str) -> str:
    with pytest.raises(Reported) as caught:
        server.submit(code)
    return caught.value.named


def wrong(right: str, offset: int) -> str:
    return f"{(int(right) + 1 + offset) % 1_000_000:06d}"


@pytest.mark.parametrize(("position", "locks_at"), [("exceeding", 6), ("reaching", 5)])
def test_lock_on_decides_which_wrong_code_locks(position: str, locks_at: int) -> None:
    with opened("lock_on", position) as (lab, server):
        right = lab.phone.scan(server.qr())
        reasons = [refused(server, wrong(right, each)) for each in range(locks_at)]
        assert ["wrong-code"] * (locks_at - 1) == reasons[:-1]
        assert CodeEntryState.LOCKED == server.status()["code_entry"]
        assert "code-entry-locked" == refused(server, right)


@pytest.mark.parametrize(("position", "left"), [("no", 2), ("yes", 5)])
def test_refresh_clears_count_decides_whether_wrong_codes_stay_counted(position: str, left: int) -> None:
    with opened("refresh_clears_count", position) as (lab, server):
        right = lab.phone.scan(server.qr())
        for each in range(3):
            refused(server, wrong(right, each))
        server.refresh()
        assert left == server.status()["tries_left"]


@pytest.mark.parametrize(("position", "taken"), [("yes", 0), ("no", 1)])
def test_lapse_ends_seats_decides_what_becomes_of_seats(position: str, taken: int) -> None:
    with opened("lapse_ends_seats", position) as (lab, server):
        server.submit(lab.phone.scan(server.qr()))
        lab.project("sales").register(server.address)
        lab.host.docker("stop one")
        lab.clock.advance(hours=24)
        lab.host.docker("start one")
        started = lab.host.server().status()
        assert ("lapsed", taken) == (started["activation"], started["seats_taken"])


@pytest.mark.parametrize(
    ("position", "after_an_hour", "after_two_days"),
    [
        ("ride_out", "activated", "lapsed"),
        ("rescan", "lapsed", "lapsed"),
        ("while_licensed", "activated", "activated"),
    ],
)
def test_restart_decides_what_a_stop_does(position: str, after_an_hour: str, after_two_days: str) -> None:
    with opened("restart", position) as (lab, first):
        server = first
        for hours, expected in ((1, after_an_hour), (48, after_two_days)):
            if server.status()["activation"] != "activated":
                server.submit(lab.phone.scan(server.refresh()))
            lab.host.docker("stop one")
            lab.clock.advance(hours=hours)
            lab.host.docker("start one")
            server = lab.host.server()
            assert expected == server.status()["activation"], hours


@pytest.mark.parametrize(("position", "granted"), [("no", 0), ("yes", 1)])
def test_asks_for_engines_decides_whether_a_license_counts_them(position: str, granted: int) -> None:
    with opened("asks_for_engines", position) as (lab, server):
        server.submit(lab.phone.scan(server.qr()))
        assert granted == request.license_of(server)["engines"]


@pytest.mark.parametrize(("position", "registers"), [("no", True), ("yes", False)])
def test_check_certificate_decides_whether_a_project_trusts_the_built_in_certificate(
    position: str, registers: bool
) -> None:
    with opened("check_certificate", position, engine="sandbox") as (lab, server):
        server.submit(lab.phone.scan(server.qr()))
        project = lab.project("sales")
        if registers:
            project.register(server.address)
            return
        with pytest.raises(Refusal):
            project.register(server.address)


@pytest.mark.clause("map-config")
@pytest.mark.parametrize("engine", ["inline", "sandbox"])
@pytest.mark.parametrize("position", ["phone_refuses", "start_fails"])
def test_lost_folder_decides_what_fails_at_the_second_start(position: str, engine: str) -> None:
    """The first container had no mapping, or another folder; its plain docker start never fails."""
    with opened("lost_folder", position, engine) as (lab, server):
        server.submit(lab.phone.scan(server.qr()))
        lab.host.docker("stop one")
        lab.host.docker("start one")
        assert "activated" == lab.host.server().status()["activation"]
        lab.host.docker("rm -f one")
        lab.host.docker("run --name two -v /D/other:/app/config -P -d fanruan_license_server_amd64:1.0.0")
        listed = lab.host.docker("ps -a").stdout
        if position == "phone_refuses":
            assert "Up " in listed
            with pytest.raises(Refusal) as caught:
                lab.phone.scan(lab.host.server("two").qr())
            assert "license-bound-elsewhere" == caught.value.label
            return
        assert "Exited (6)" in listed
        said = lab.host.docker("logs two")
        assert "another container of this image has started" in said.stdout + said.stderr
        lab.host.docker("rm two")
        lab.host.docker("run --name again -v /D/lic:/app/config -P -d fanruan_license_server_amd64:1.0.0")
        assert "activated" == lab.host.server().status()["activation"]


def test_every_switch_is_played_both_ways_here() -> None:
    here = {"lock_on", "refresh_clears_count", "lapse_ends_seats", "restart", "asks_for_engines", "check_certificate"}
    assert here | {"lost_folder"} == set(SWITCHES)


def test_status_and_page_show_every_rule_and_what_was_changed() -> None:
    with opened("lock_on", "reaching") as (lab, server):
        status = server.status()
        assert as_words(lab.policy) == status["policy"]
        assert ["lock_on"] == status["policy_changed"]
        page = server.open().text
        assert "FineBI 6.0.5 (FanRuan's page); changed: lock_on" in html.unescape(page)
        assert all(f"<code>{name}</code>" in page for name in as_words(lab.policy))


def test_number_that_was_changed_lives_too() -> None:
    """Not only switches: the whole policy is in the image."""
    policy = replace(FINEBI_6_0_5, qr_life=timedelta(seconds=90), first_port=50400, last_port=50401)
    with Lab(engine="inline", policy=policy) as lab:
        lab.desk.receive(lab.customer.request(seats=2))
        lab.host.docker("load -i fanruan_license_server.tar")
        lab.host.docker("run -P -d fanruan_license_server_amd64:1.0.0")
        server = lab.host.server()
        code = lab.phone.scan(server.qr())
        lab.clock.advance(seconds=90)
        assert "qr-expired" == refused(server, code)
        assert server.address.endswith(":50400")


@pytest.mark.parametrize(
    ("policy", "named"),
    [
        (replace(FINEBI_6_0_5, code_digits=8), "code_digits"),
        (replace(FINEBI_6_0_5, edition="mine"), "edition"),
        (replace(FINEBI_6_0_5, check_certificate=True), "check_certificate"),
    ],
)
def test_rule_that_would_be_ignored_is_refused_by_name(policy: Policy, named: str) -> None:
    with pytest.raises(PolicyIgnored, match=named):
        Lab(engine="inline", policy=policy)


def test_scenario_is_played_with_a_switch_turned_and_tells_so() -> None:
    transcript = run("Q5", switches=[("lock_on", "reaching")])
    assert "reaching" == as_words(transcript.policy)["lock_on"]
    with pytest.raises(CannotPlay, match="check_certificate"):
        run("Q5", switches=[("check_certificate", "yes")])


@pytest.mark.threat("license-forged")
def test_the_vendors_fingerprint_is_the_same_in_the_reply_mail_on_the_page_and_in_the_status() -> None:
    with Lab(engine="inline") as lab:
        reply = lab.desk.receive(lab.customer.request(seats=2))
        lab.host.docker("load -i fanruan_license_server.tar")
        lab.host.docker(RUN)
        server = lab.host.server()
        told = str(server.status()["vendor_fingerprint"])
        assert 19 == len(told)
        assert f"<code>{told}</code>" in server.open().text
        body = reply.message.get_body(("plain",))
        assert body is not None
        assert f"Fingerprint of the vendor's key: {told}" in body.get_content()
