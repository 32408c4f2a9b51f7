"""Overview: which methods of authentication are out on which site."""

import pytest

from fanlic.model.clauses import Clause
from fanlic.model.overview import Method, Site, available, unavailable

DOCKER = {Method.LOCAL_MACHINE: Clause.SCENARIO_DOCKER, Method.PRIVATE_CLOUD: Clause.SCENARIO_DOCKER}
CLOSED = {Method.PUBLIC_CLOUD: Clause.SCENARIO_NO_INTERNET}
MANY = {Method.LOCAL_CONTAINER: Clause.SCENARIO_MANY_SERVERS}

SITES = [
    (Site(False, True, 1), {}),
    (Site(False, True, 2), MANY),
    (Site(False, False, 1), CLOSED),
    (Site(False, False, 2), CLOSED | MANY),
    (Site(True, True, 1), DOCKER),
    (Site(True, True, 2), DOCKER | MANY),
    (Site(True, False, 1), DOCKER | CLOSED),
    (Site(True, False, 2), DOCKER | CLOSED | MANY),
]


@pytest.mark.clause("scenario-docker")
@pytest.mark.clause("scenario-no-internet")
@pytest.mark.clause("scenario-many-servers")
@pytest.mark.parametrize(("site", "expected"), SITES)
def test_each_circumstance_rules_out_its_methods_with_its_clause(site: Site, expected: dict[Method, Clause]) -> None:
    assert expected == unavailable(site)


@pytest.mark.parametrize(("site", "out"), SITES)
def test_what_is_not_ruled_out_is_available_in_the_order_of_the_page(site: Site, out: dict[Method, Clause]) -> None:
    assert tuple(method for method in Method if method not in out) == available(site)


def test_on_the_site_of_the_page_container_private_cloud_is_the_only_way() -> None:
    site = Site(project_in_docker=True, project_reaches_internet=False, report_servers=2)
    assert (Method.CONTAINER_PRIVATE_CLOUD,) == available(site)


def test_on_the_simplest_site_all_five_methods_are_open() -> None:
    assert 5 == len(available(Site(project_in_docker=False, project_reaches_internet=True, report_servers=1)))
