"""Overview: which method is left on the page's own site, and the two servers."""

from __future__ import annotations

from collections.abc import Iterator

from fanlic.lab.literal.reading import LiteralStep, Reading
from fanlic.model.overview import Method, Site, available, unavailable
from fanlic.texts import _

_OUT = (
    ("scenarios.1", (Method.LOCAL_MACHINE, Method.PRIVATE_CLOUD)),
    ("scenarios.2", (Method.PUBLIC_CLOUD,)),
    ("scenarios.3", (Method.LOCAL_CONTAINER,)),
)


def steps(reading: Reading) -> Iterator[LiteralStep]:
    """Application Scenarios, Functions."""
    site = Site(project_in_docker=True, project_reaches_internet=False, report_servers=2)
    out = unavailable(site)
    for place, methods in _OUT:
        yield reading.step(
            f"overview/{place}",
            _("Look at the site: the project in Docker, no internet, two report servers."),
            all(method in out for method in methods),
            _("Not available: {methods}.").format(methods=", ".join(_(method) for method in methods)),
        )
    yield reading.step(
        "overview/functions.2 functions.3 functions.4",
        _("Prepare two servers: one with Docker, one with the project."),
        available(site) == (Method.CONTAINER_PRIVATE_CLOUD,),
        _("Container private cloud authentication is the method that is left."),
    )
