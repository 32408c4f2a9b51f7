"""The lab as a whole: a notebook's words, time that visits what is due, a timeline that repeats, an end of it all."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import flask
import httpx
import pytest

from fanlic import Lab
from fanlic.lab.clock import LabTime, Movable, Party
from fanlic.lab.stage import Stage
from fanlic.lab.story import story
from fanlic.lab.timeline import COLUMNS
from fanlic.model.project import Registration
from fanlic.model.refusals import CannotConnect

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
RUN = "run -v /D/William/lic/config:/app/config -P -d fanruan_license_server_amd64:1.0.0"


def notebook(lab: Lab) -> None:
    """The words of the design, one after the other."""
    mail = lab.customer.request(seats=2)
    reply = lab.desk.receive(mail)
    assert reply.accepted
    lab.host.docker("load -i fanruan_license_server.tar")
    lab.host.docker(RUN)
    server = lab.host.server()
    server.submit(lab.phone.scan(server.qr()))
    project = lab.project("sales")
    project.register(server.address)
    lab.clock.advance(hours=25)
    assert Registration.REGISTERED is project.registration


@pytest.mark.parametrize("engine", ["inline", "sandbox"])
def test_the_words_of_a_notebook_lead_from_the_mail_to_the_timeline(engine: str) -> None:
    with Lab(engine=engine) as lab:
        notebook(lab)
        frame = lab.timeline()
    assert list(COLUMNS) == list(frame.columns)
    assert ["at", "party", "event", "subject", "reason", "before", "after"] == list(frame.columns)
    assert 12 == int((frame["event"] == "poll answered").sum())
    assert frame["at"].is_monotonic_increasing
    assert {"customer", "desk", "host", "server", "sales"} == set(frame["party"])


def test_ports_appear_in_the_order_of_their_appearance() -> None:
    with Lab(engine="inline") as lab:
        lab.desk.receive(lab.customer.request())
        lab.host.docker("load -i fanruan_license_server.tar")
        lab.host.docker(RUN)
        name = lab.host.container()
        lab.host.docker(f"restart {name}")
        lab.host.docker(f"stop {name}")
        shown = [row.line.after for row in lab.rows if row.line.event == "docker"]
    assert ["", "P1", "P2", ""] == shown


@pytest.mark.parametrize("engine", ["inline", "sandbox"])
def test_one_seed_gives_one_timeline_byte_for_byte(engine: str) -> None:
    timelines = []
    for seed in (7, 7, 8):
        with Lab(engine=engine, seed=seed) as lab:
            notebook(lab)
            timelines.append(lab.timeline_csv())
    assert timelines[0] == timelines[1] != timelines[2]
    assert ",".join(COLUMNS) == timelines[0].splitlines()[0]


def test_the_story_repeats_inline() -> None:
    def told() -> str:
        with Lab(engine="inline") as lab:
            story(Stage(lab))
            return lab.timeline_csv()

    assert told() == told()


# -- time


class Hands:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.at = NINE

    def now(self) -> datetime:
        return self.at

    def set(self, instant: datetime) -> None:
        self.at = instant


class Bell:
    """A party that is due at certain hours, and notes when it was asked."""

    def __init__(self, name: str, hands: Hands, heard: list[tuple[str, int]], *hours: int) -> None:
        self.name, self.hands, self.heard = name, hands, heard
        self.due = [NINE + timedelta(hours=hour) for hour in hours]

    def settle(self, *, ran: bool = False) -> datetime | None:
        while self.due and self.due[0] <= self.hands.at:
            self.heard.append((self.name, int((self.due.pop(0) - NINE) / timedelta(hours=1))))
        return self.due[0] if self.due else None


def bells(**hours: tuple[int, ...]) -> tuple[LabTime, list[tuple[str, int]]]:
    hands, heard = Hands(), list[tuple[str, int]]()
    parties: list[Party] = [Bell(name, hands, heard, *each) for name, each in hours.items()]
    return LabTime(hands, lambda: parties, lambda: None, lambda: None), heard


def test_advance_visits_deadlines_in_order_and_ties_in_the_order_of_the_parties() -> None:
    clock, heard = bells(server=(2, 5), a=(1, 2, 4), b=(2, 3, 9))
    assert NINE + timedelta(hours=6) == clock.advance(hours=6)
    assert [("a", 1), ("server", 2), ("a", 2), ("b", 2), ("b", 3), ("a", 4), ("server", 5)] == heard


def test_a_deadline_at_the_very_end_is_visited() -> None:
    clock, heard = bells(a=(6,))
    clock.advance(hours=6)
    assert [("a", 6)] == heard


class Counted:
    """A clock that notes where it was set to."""

    def __init__(self, clock: Movable, moves: list[datetime]) -> None:
        self.clock, self.moves = clock, moves

    def now(self) -> datetime:
        return self.clock.now()

    def set(self, instant: datetime) -> None:
        self.moves.append(instant)
        self.clock.set(instant)


class Stuck:
    """A party whose deadline is never past."""

    def __init__(self, hands: Hands) -> None:
        self.hands = hands

    def settle(self, *, ran: bool = False) -> datetime:
        return self.hands.at


def test_a_deadline_that_stays_where_it_is_holds_nobody_up() -> None:
    hands = Hands()
    clock = LabTime(hands, lambda: [Stuck(hands)], lambda: None, lambda: None)
    assert NINE + timedelta(hours=1) == clock.advance(hours=1)
    assert NINE + timedelta(hours=1) == clock.to_next_deadline()


def test_the_next_deadline_is_gone_to_and_without_one_time_stands_still() -> None:
    clock, heard = bells(a=(3,))
    assert NINE + timedelta(hours=3) == clock.to_next_deadline()
    assert [("a", 3)] == heard
    assert NINE + timedelta(hours=3) == clock.to_next_deadline()


def test_time_is_advanced_forward_only() -> None:
    clock, _heard = bells()
    with pytest.raises(ValueError, match="use set"):
        clock.advance(hours=-1)
    assert NINE == clock.now()


def test_projects_are_asked_by_name_after_the_servers() -> None:
    with Lab(engine="inline") as lab:
        notebook(lab)
        server = lab.host.server()
        lab.project("about").register(server.address)
        lab.project("zoo")
        asked = lab._parties()
    names = [getattr(party, "facts", None) and party.facts.node for party in asked]  # type: ignore[attr-defined]
    assert [None, "about", "sales", "zoo"] == names


def test_a_clock_set_back_ends_the_activation_and_says_so() -> None:
    with Lab(engine="inline") as lab:
        notebook(lab)
        lab.clock.set(lab.clock.now() - timedelta(minutes=2))
        told = lab.host.server().status()
        events = [(row.line.event, row.line.after) for row in lab.rows if row.party == "server"]
    assert "lapsed" == told["activation"]
    assert "activation" in dict(events)
    assert "clock set back" in dict(events)


def test_years_without_a_poll_are_one_step_and_the_activation_stays_in_force() -> None:
    with Lab(engine="inline") as lab:
        notebook(lab)
        lab.projects[0].switch_off()
        moves: list[datetime] = []
        lab.clock._clock = Counted(lab.clock._clock, moves)
        lab.clock.advance(days=360)
        assert "activated" == lab.host.server().status()["activation"]
    assert len(moves) <= 3  # the seat ends by silence, then nothing is ahead


def test_a_clock_set_forward_is_a_gap_as_a_suspended_machine_has_it() -> None:
    with Lab(engine="inline") as lab:
        notebook(lab)
        lab.clock.set(lab.clock.now() + timedelta(hours=24))
        assert "lapsed" == lab.host.server().status()["activation"]


def test_a_server_that_is_down_is_not_asked_and_stops_nobody() -> None:
    with Lab(engine="inline") as lab:
        notebook(lab)
        lab.host.docker(f"stop {lab.host.container()}")
        lab.clock.advance(hours=3)
        assert Registration.FAILING is lab.projects[0].registration


# -- verbs that scenarios need


def test_a_cut_network_is_a_miss_on_both_sides_and_heals_when_mended() -> None:
    with Lab(engine="inline") as lab:
        notebook(lab)
        project = lab.projects[0]
        project.cut_network()
        lab.clock.advance(hours=3)
        assert Registration.FAILING is project.registration
        project.mend_network()
        lab.clock.advance(hours=2)
        assert Registration.REGISTERED is project.registration


def test_looking_on_leaves_no_line() -> None:
    with Lab(engine="inline") as lab:
        notebook(lab)
        before = lab.timeline_csv()
        assert "fanruan_license_server_amd64" in lab.host.look("ps")
        assert before == lab.timeline_csv()


def test_a_page_is_known_until_docker_changes_something() -> None:
    with Lab(engine="inline") as lab:
        notebook(lab)
        first = [page.address for page in lab.host.servers()]
        lab.host.docker(f"restart {lab.host.container()}")
        second = [page.address for page in lab.host.servers()]
        lab.host.shut_down()
        assert (1, 1, 0) == (len(first), len(second), len(lab.host.servers()))
        assert first != second


# -- the end


@pytest.mark.parametrize("engine", ["inline", "sandbox"])
def test_closing_stops_every_server_and_removes_the_folder(engine: str) -> None:
    with Lab(engine=engine) as lab:
        notebook(lab)
        ports = [int(address.rpartition(":")[2]) for address in (lab.host.server().address, lab.desk.address)]
        runner = lab._parts.runner
        assert [False, False] == [runner.port_is_free(port) for port in ports]
    assert not lab.folder.exists()
    # Inline, the desk is no more than an entry in the network of a lab that is gone.
    assert [True, engine == "sandbox"] == [runner.port_is_free(port) for port in ports]


def test_a_folder_of_ones_own_is_kept(tmp_path: Path) -> None:
    with Lab(engine="inline", folder=tmp_path / "kept") as lab:
        notebook(lab)
    assert (tmp_path / "kept" / "inbox" / "fanruan_license_server.tar").is_file()
    assert 2 == len(list((tmp_path / "kept" / "mails").iterdir()))


def test_after_the_end_nobody_answers() -> None:
    lab = Lab(engine="inline")
    notebook(lab)
    page, project = lab.host.server(), lab.projects[0]
    lab.host.shut_down()
    with pytest.raises(CannotConnect):
        page.status()
    with pytest.raises(CannotConnect):
        project.register(page.address)
    lab.close()


def test_an_engine_that_does_not_exist_is_named() -> None:
    with pytest.raises(ValueError, match=r"engine is one of sandbox, inline.*, not podman"):
        Lab(engine="podman")


# -- scale


def test_a_poll_costs_less_than_eight_bare_requests_so_that_a_month_of_fifty_projects_takes_half_a_minute() -> None:
    """In units of this machine at this hour: the best of twelve windows, each beside as many bare requests.

    The processor time of one and the same code was seen to differ by half from hour to hour.
    """
    polls, requests = [], []
    with Lab(engine="inline") as lab, httpx.Client(transport=httpx.WSGITransport(app=plain_flask())) as client:
        lab.desk.sign(replace(lab.customer.contract, seats=50))
        lab.desk.receive(lab.customer.request(seats=50))
        lab.host.docker("load -i fanruan_license_server.tar")
        lab.host.docker(RUN)
        server = lab.host.server()
        server.submit(lab.phone.scan(server.qr()))
        for number in range(50):
            lab.project(f"project-{number}").register(server.address)
        for _four_hours in range(12):
            begun = time.process_time()
            lab.clock.advance(hours=4)  # two polls of each of the fifty
            polls.append(time.process_time() - begun)
            begun = time.process_time()
            for _request in range(100):
                client.post("http://plain/", json={"node_key": "0" * 32, "version": "6.0.5", "nonce": "m" * 32})
            requests.append(time.process_time() - begun)
        assert 50 * 24 == sum(row.line.event == "poll answered" for row in lab.rows)
    assert min(poll / request for poll, request in zip(polls, requests, strict=True)) < 8


def plain_flask() -> flask.Flask:
    """The least that a server of JSON does."""
    app = flask.Flask("plain")
    app.post("/")(lambda: flask.jsonify(flask.request.get_json()))
    return app


def test_a_lab_reads_no_journal_for_an_answered_poll(monkeypatch: pytest.MonkeyPatch) -> None:
    with Lab(engine="inline") as lab:
        notebook(lab)
        read: list[None] = []
        monkeypatch.setattr(lab, "collect", lambda: read.append(None))
        lab.projects[0].nodes[0].poll()
        assert not read


def test_labs_that_start_servers_at_the_same_time_share_no_port() -> None:
    with Lab() as one, Lab() as other:
        for lab in (one, other):
            lab.desk.receive(lab.customer.request())
            lab.host.docker("load -i fanruan_license_server.tar")
        with ThreadPoolExecutor() as pool:
            assert [0, 0] == [done.status for done in pool.map(lambda lab: lab.host.docker(RUN), (one, other))]
        assert one.host.server().address != other.host.server().address
        for lab in (one, other):
            server = lab.host.server()
            server.submit(lab.phone.scan(server.qr()))
            assert "activated" == server.status()["activation"]
