"""The project's side over the real wire: what it believes, what it lists, when it lapses."""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Response

from fanlic import Lab
from fanlic.lab.parties import ServerPage
from fanlic.lab.project import Project, check_address
from fanlic.model.project import Registration
from fanlic.model.refusals import (
    AddressUnfit,
    AnswerUnknown,
    CannotConnect,
    IdentityChanged,
    NotAdministrator,
    NotRegistered,
    OtherMethodChosen,
    Refusal,
)

IMAGE = "fanruan_license_server_amd64:1.0.0"
RUN = f"run -v /D/lic/config:/app/config -p 49155:8081 -d {IMAGE}"


@pytest.fixture
def lab() -> Iterator[Lab]:
    with Lab(engine="inline") as made:
        yield made


@pytest.fixture
def server(lab: Lab) -> ServerPage:
    """An activated server with three seats, on the fixed port 49155."""
    lab.desk.receive(lab.customer.request(seats=3))
    for line in ("load -i fanruan_license_server.tar", RUN):
        assert 0 == lab.host.docker(line).status
    page = lab.host.server()
    page.submit(lab.phone.scan(page.qr()))
    return page


def refused(act: Callable[[], object], kind: type[Refusal] = Refusal) -> Refusal:
    with pytest.raises(kind) as caught:
        act()
    return caught.value


def tamper(lab: Lab, port: int, change: Callable[[dict[str, Any]], object], status: int | None = None) -> None:
    """Put somebody between the project and the server who changes its answers; with `status` grants into refusals."""
    network = lab._parts.network
    assert network is not None
    honest = network.applications[port]

    def dishonest(environ: Any, start_response: Any) -> Any:
        answer = Response.from_app(honest, environ)
        data = json.loads(answer.get_data())
        if data.get("lease") or not status:
            change(data)
            answer = Response(json.dumps(data), status or answer.status_code, mimetype="application/json")
        return answer(environ, start_response)

    network.applications[port] = dishonest


@pytest.mark.clause("maximum-connections")
def test_success_shows_the_maximum_number_of_connections(lab: Lab, server: ServerPage) -> None:
    assert 3 == lab.project("sales").register(server.address).maximum_connections


@pytest.mark.clause("register-as-admin")
def test_only_the_administrator_registers(lab: Lab, server: ServerPage) -> None:
    project = lab.project("sales")
    refused(lambda: project.register(server.address, user="guest"), NotAdministrator)
    assert Registration.NONE is project.registration


@pytest.mark.clause("private-cloud")
def test_another_method_leads_nowhere(lab: Lab, server: ServerPage) -> None:
    refused(lambda: lab.project("sales").register(server.address, method="Public Cloud"), OtherMethodChosen)


@pytest.mark.clause("private-cloud")
@pytest.mark.parametrize(
    "typed",
    [
        "http://h:1", "h:1", "https://h", "https://:1", "https://h:99999", "https://h:1/license/qrcode", "https://u@h:1",
        "https://h:1?x", "", "https://[", "https://h:port",
    ],
)  # fmt: skip
def test_an_address_that_is_not_https_host_port_is_refused_before_anything_is_sent(typed: str) -> None:
    refused(lambda: check_address(typed), AddressUnfit)


def test_an_address_may_end_with_a_slash() -> None:
    assert "https://172.16.63.131:49155" == check_address(" https://172.16.63.131:49155/ ")


@pytest.mark.clause("firewall", "network-between")
def test_an_address_that_nobody_listens_on_is_told_as_such_and_listed(lab: Lab) -> None:
    project = lab.project("sales")
    refused(lambda: project.register("https://127.0.0.1:49999"), CannotConnect)
    assert [("cannot-connect", None)] == [(check.reason, check.code) for check in project.failed_checks]


@pytest.mark.clause("details")
def test_each_node_lists_its_own_failed_checks_with_time_code_and_text(lab: Lab, server: ServerPage) -> None:
    project = lab.project("cluster", nodes=4)
    assert 30007 == refused(lambda: project.register(server.address)).code
    checks = project.failed_checks
    assert [("cluster-4", 30007, lab.clock.now())] == [(check.node, check.code, check.at) for check in checks]
    assert "All 3 authorizations" in checks[0].text
    assert ["registered"] * 3 + ["unregistered"] == [node.registration for node in project.nodes]


def test_registering_again_is_a_retry_and_takes_no_second_seat(lab: Lab, server: ServerPage) -> None:
    project = lab.project("sales")
    project.register(server.address)
    project.register(server.address)
    assert 1 == server.status()["seats_taken"]


def test_unbinding_gives_the_seat_back_and_a_second_time_there_is_nothing_to_unbind(
    lab: Lab, server: ServerPage
) -> None:
    project = lab.project("sales")
    project.register(server.address)
    project.unbind()
    assert 0 == server.status()["seats_taken"]
    assert 20000 == refused(project.unbind).code


def test_a_project_that_is_not_registered_has_nothing_to_poll_for(lab: Lab) -> None:
    refused(lab.project("sales").nodes[0].poll, NotRegistered)


@pytest.mark.clause("heals-within-two-hours")
def test_an_outage_of_one_poll_is_shown_and_heals_at_the_next(lab: Lab, server: ServerPage) -> None:
    project = registered(lab, server)
    lab.host.docker(f"stop {lab.host.container()}")
    lab.clock.advance(hours=2)
    assert Registration.FAILING is project.registration
    lab.host.docker("start " + lab.host.docker("ps -a").stdout.splitlines()[1].split()[0])
    lab.clock.advance(hours=2)
    assert (Registration.REGISTERED, 0) == (project.registration, project.nodes[0].state.misses)


@pytest.mark.clause("twelve-misses")
def test_the_twelfth_missed_poll_ends_the_registration_and_polling(lab: Lab, server: ServerPage) -> None:
    project = registered(lab, server)
    lab.host.docker(f"stop {lab.host.container()}")
    lab.clock.advance(hours=23, minutes=59)
    assert Registration.FAILING is project.registration
    lab.clock.advance(minutes=1)
    assert Registration.LAPSED is project.registration
    lab.clock.advance(hours=10)
    assert 12 == len(project.failed_checks)


@pytest.mark.clause("silence-24-hours")
def test_a_project_that_was_off_for_a_weekend_has_to_register_again(lab: Lab, server: ServerPage) -> None:
    project = registered(lab, server)
    project.switch_off()
    lab.clock.advance(hours=48)
    assert 0 == server.status()["seats_taken"]
    project.switch_on()
    assert (Registration.LAPSED, "seat-ended") == (project.registration, project.failed_checks[-1].reason)


@pytest.mark.threat("other-server")
def test_another_server_at_the_address_is_not_believed(lab: Lab, server: ServerPage) -> None:
    project = registered(lab, server)
    pinned = project.nodes[0].state.server
    tamper(lab, 49155, lambda data: data.update(server=pinned[::-1]))
    lab.clock.advance(hours=2)
    assert "identity-changed" == project.failed_checks[-1].reason
    assert str(IdentityChanged(server.address, pinned[:16], pinned[:-17:-1])) == project.failed_checks[-1].text


@pytest.mark.threat("other-server")
def test_another_server_s_refusal_does_not_end_the_registration(lab: Lab, server: ServerPage) -> None:
    """The stranger knows nothing of the seat; told by the right server, it would end the registration at once."""
    project = registered(lab, server)
    tamper(lab, 49155, lambda data: data.update(server="a stranger", reason="seat-ended", detail=""), status=410)
    lab.clock.advance(hours=2)
    assert (Registration.FAILING, "identity-changed") == (project.registration, project.failed_checks[-1].reason)


@pytest.mark.threat("pin-dropped")
def test_a_registration_with_another_server_counts_and_is_shown(lab: Lab, server: ServerPage) -> None:
    project = registered(lab, server)
    node = project.nodes[0]
    node.state = replace(node.state, server="the old server's identity")
    project.register(server.address)
    assert (Registration.REGISTERED, "server-changed") == (project.registration, project.failed_checks[-1].reason)
    changes = [row.line for row in lab.rows if row.line.event == "server changed"]
    assert [("sales", "the old server's", node.state.server[:16])] == [(c.subject, c.before, c.after) for c in changes]
    project.register(server.address)
    assert 1 == len(project.failed_checks)


# -- a state that went back


def copy(lab: Lab, source: str, target: str) -> None:
    """Copy a folder of the container host in place of another."""
    shutil.rmtree(lab.host.path(target), ignore_errors=True)
    shutil.copytree(lab.host.path(source), lab.host.path(target))


@pytest.fixture
def mapped() -> Iterator[Lab]:
    """A lab with an activated server on a mapped folder, and a copy of the folder from before any project."""
    with Lab(engine="inline") as lab:
        lab.desk.receive(lab.customer.request(seats=2))
        lab.host.docker("load -i fanruan_license_server.tar")
        lab.host.docker(f"run --name one -v /srv/a:/app/config -p 50123:8081 -d {IMAGE}")
        server = lab.host.server()
        server.submit(lab.phone.scan(server.qr()))
        yield lab


def listed(project: Project) -> list[str]:
    return [check.reason for check in project.failed_checks]


@pytest.mark.threat("state-restored")
@pytest.mark.parametrize("polls", [0, 1, 3])
def test_a_state_that_was_put_back_is_listed_by_who_was_answered_since(mapped: Lab, polls: int) -> None:
    project = registered(mapped, mapped.host.server())
    mapped.host.docker("stop one")
    copy(mapped, "/srv/a", "/srv/copy")
    mapped.host.docker("start one")
    mapped.clock.advance(hours=2 * polls)
    mapped.host.docker("stop one")
    copy(mapped, "/srv/copy", "/srv/a")
    mapped.host.docker("start one")
    mapped.clock.advance(hours=2)
    assert ["state-went-back"] * bool(polls) == listed(project)
    assert Registration.REGISTERED is project.registration
    mapped.clock.advance(hours=6)
    assert ["state-went-back"] * bool(polls) == listed(project)  # once


@pytest.mark.threat("state-restored")
def test_fewer_starts_are_listed_when_a_lost_seat_is_taken_anew(mapped: Lab) -> None:
    copy(mapped, "/srv/a", "/srv/copy")
    for command in ("restart one", "restart one", "restart one"):
        mapped.host.docker(command)
    project = registered(mapped, mapped.host.server())
    mapped.host.docker("stop one")
    copy(mapped, "/srv/copy", "/srv/a")
    mapped.host.docker("start one")
    mapped.clock.advance(hours=2)
    assert Registration.LAPSED is project.registration
    project.register(mapped.host.server().address)
    assert ["seat-ended", "state-went-back"] == listed(project)


@pytest.mark.threat("state-cloned")
def test_a_second_machine_on_a_copy_is_listed_by_who_asks_both_and_by_nobody_else(mapped: Lab) -> None:
    first = mapped.host.server()
    both, one = registered(mapped, first), mapped.project("one")
    one.register(first.address)
    mapped.host.docker("stop one")
    copy(mapped, "/srv/a", "/srv/copy")
    mapped.host.docker("start one")
    mapped.host.docker(f"run -v /srv/copy:/app/config -p 50124:8081 -d {IMAGE}")
    clone = mapped.host.server()
    mapped.clock.advance(hours=2)
    both.register(clone.address)
    assert ["state-went-back"] == listed(both)
    mapped.clock.advance(hours=2)
    both.register(first.address)
    assert 2 == len(listed(both))
    mapped.clock.advance(hours=4)
    assert [] == listed(one)


@pytest.mark.parametrize("field", ["lease", "license"])
def test_a_changed_document_is_not_believed(lab: Lab, server: ServerPage, field: str) -> None:
    tamper(lab, 49155, lambda data: data.update({field: data[field][:-8] + "AAAAAAAA"}))
    refused(lambda: lab.project("sales").register(server.address), AnswerUnknown)


def test_an_answer_to_an_earlier_request_is_not_believed(lab: Lab, server: ServerPage) -> None:
    kept: list[dict[str, Any]] = []

    def replay(data: dict[str, Any]) -> None:
        if "lease" in data:
            kept.append(dict(data))
            data.update(kept[0])

    project = registered(lab, server)
    tamper(lab, 49155, replay)
    lab.clock.advance(hours=2)
    assert [] == project.failed_checks
    lab.clock.advance(hours=2)
    assert ["answer-unknown"] == [check.reason for check in project.failed_checks]


def test_the_answer_to_another_node_is_not_believed(lab: Lab, server: ServerPage) -> None:
    kept: list[dict[str, Any]] = []

    def mix_up(data: dict[str, Any]) -> None:
        kept.append(dict(data))
        data.update(kept[0])

    tamper(lab, 49155, mix_up)
    lab.project("sales").register(server.address)
    refused(lambda: lab.project("stock").register(server.address), AnswerUnknown)


def registered(lab: Lab, server: ServerPage) -> Project:
    project = lab.project("sales")
    project.register(server.address)
    return project
