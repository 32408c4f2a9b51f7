"""Each of the ten documented codes, produced over HTTPS by a real cause on a real server process."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from fanlic import Lab
from fanlic.lab.parties import ServerPage
from fanlic.lab.world import CONTRACT
from fanlic.model.authfile import Contract
from fanlic.model.refusals import Code, Refusal


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab() as made:
        yield made


def activated(lab: Lab, name: str, **contract: object) -> ServerPage:
    """An activated server of its own, for a customer whose contract has these terms."""
    signed: Contract = replace(CONTRACT, email=f"{name}@acme.example", seats=1, **contract)  # type: ignore[arg-type]
    assert lab.desk.receive(lab.sign(signed).request()).accepted
    run = f"run -v /D/{name}:/app/config -P -d --name {name} fanruan_license_server_amd64:1.0.0"
    for line in ("load -i fanruan_license_server.tar", run):
        done = lab.host.docker(line)
        assert 0 == done.status, done.stderr
    server = lab.host.server(name)
    server.submit(lab.phone.scan(server.qr()))
    return server


@pytest.fixture(scope="module")
def server(lab: Lab) -> ServerPage:
    return activated(lab, "plain")


def code_of(act: Callable[[], object]) -> Code | None:
    with pytest.raises(Refusal) as caught:
        act()
    return caught.value.code


def sent(lab: Lab, server: ServerPage, body: bytes) -> object:
    """What the server answers to a body that no project sends."""
    headers = {"content-type": "application/json"}
    return server.send("PUT", "/license/v1/registrations/odd", content=body, headers=headers).data["code"]


@pytest.mark.clause("code-10000")
def test_10000_a_body_that_is_not_json(lab: Lab, server: ServerPage) -> None:
    assert 10000 == sent(lab, server, b"{not json")


@pytest.mark.clause("code-10001")
def test_10001_a_body_that_lacks_a_field(lab: Lab, server: ServerPage) -> None:
    assert 10001 == sent(lab, server, b"{}")


@pytest.mark.clause("code-20000")
def test_20000_a_node_that_holds_no_seat_is_unbound(lab: Lab, server: ServerPage) -> None:
    project = lab.project("never-registered")
    project.nodes[0].address = server.address
    assert Code.DO_NOT_NEED_DEACTIVATE is code_of(project.unbind)


@pytest.mark.clause("code-30001")
def test_30001_a_project_of_another_version(lab: Lab, server: ServerPage) -> None:
    project = lab.project("newer", version="6.1")
    assert Code.REPORT_VERSION_ERROR is code_of(lambda: project.register(server.address))


@pytest.mark.clause("code-30003")
def test_30003_a_project_from_an_address_outside_the_license(lab: Lab) -> None:
    elsewhere = activated(lab, "networks", networks=("10.0.0.0/8",))
    assert Code.LICENSE_IP_ERROR is code_of(lambda: lab.project("outside").register(elsewhere.address))


@pytest.mark.clause("code-30004", "code-30005")
def test_30004_and_30005_a_project_under_another_domain_or_app_name(lab: Lab) -> None:
    narrow = activated(lab, "names", domains=("bi.acme.example",), app_names=("webroot",))
    domain, app_name = lab.project("domain", domain="other.example"), lab.project("app", app_name="bi")
    assert Code.LICENSE_DOMAIN_ERROR is code_of(lambda: domain.register(narrow.address))
    assert Code.LICENSE_APPNAME_ERROR is code_of(lambda: app_name.register(narrow.address))


@pytest.mark.clause("code-30007")
def test_30007_more_nodes_than_seats(lab: Lab, server: ServerPage) -> None:
    lab.project("first").register(server.address)
    assert Code.REGISTER_OUT_OF_LIMIT is code_of(lambda: lab.project("second").register(server.address))


@pytest.mark.clause("code-30002", "down-time-24-hours")
def test_30002_a_server_that_was_down_for_a_day(lab: Lab) -> None:
    activated(lab, "sleeper")
    lab.host.docker("stop sleeper")
    lab.clock.advance(hours=24)
    lab.host.docker("start sleeper")
    address = lab.host.server("sleeper").address
    assert Code.ACCOUNT_STATUS_ERROR is code_of(lambda: lab.project("late").register(address))


@pytest.mark.clause("code-30000")
def test_30000_a_license_whose_last_day_is_over(lab: Lab) -> None:
    short = activated(lab, "short", days=1)
    lab.clock.advance(hours=24)
    assert Code.LICENSE_EXPIRED is code_of(lambda: lab.project("too-late").register(short.address))
