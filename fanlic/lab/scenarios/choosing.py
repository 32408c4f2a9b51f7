"""Overview, Application Scenarios: choosing the method."""

from __future__ import annotations

from fanlic.lab.scenarios import PAGE, scenario
from fanlic.lab.stage import Stage
from fanlic.model.authfile import HOW, METHOD
from fanlic.model.clauses import Clause
from fanlic.model.overview import Method, Site, available, unavailable
from fanlic.model.refusals import N_
from fanlic.texts import _


@scenario(
    "C1",
    N_("Choosing the method"),
    N_("The project runs in Docker, cannot reach the internet, and one server has to serve several: what is left?"),
    N_("Container private cloud authentication; a mail that asks for another method is not handled by this procedure."),
    PAGE,
    Clause.SCENARIO_DOCKER,
    Clause.SCENARIO_NO_INTERNET,
    Clause.SCENARIO_MANY_SERVERS,
    Clause.METHOD,
    meets="method-other",
)
def choose(stage: Stage) -> None:
    site = Site(project_in_docker=True, project_reaches_internet=False, report_servers=2)
    for method, clause in unavailable(site).items():
        stage.note(_("out: {method}").format(method=_(method)), clause)
    left = available(site)
    stage.note(_("left: {methods}").format(methods=", ".join(_(method) for method in left)))
    stage.expect(left == (Method.CONTAINER_PRIVATE_CLOUD,), _("the choice of the method"))
    mail = stage.lab.customer.request(seats=1)
    mail.set_content(mail.get_content().replace(f"{HOW}: {METHOD}", f"{HOW}: Local container authentication"))
    stage.mail(mail, "method-other")
    stage.mail(stage.lab.customer.request(seats=1))
