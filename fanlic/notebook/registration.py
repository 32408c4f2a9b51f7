"""FineBI Server Verification Authorization: the Registration dialog, in FineBI's words."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from fanlic.lab import Lab
from fanlic.lab.project import PRIVATE_CLOUD, Project, Success
from fanlic.model.clauses import Clause
from fanlic.model.project import FailedCheck, Registration
from fanlic.model.refusals import N_, CannotConnect, Refusal
from fanlic.notebook import style
from fanlic.notebook.form import LabForm, button, choice, field, pane, row, shows
from fanlic.texts import _, instant

ADMIN = "admin"
OTHERS = (
    N_("Public Cloud"),
    N_("Local Machine Information"),
    N_("Local Container"),
)  # the page names Private Cloud only


class RegistrationDialog(LabForm):
    """Manage > Registration > Register Now of one project; without one it is the lab's first, made where needed."""

    def __init__(self, lab: Lab, project: Project | None = None) -> None:
        super().__init__(_("FineBI: Manage > Registration > Register Now"), lab)
        self.project = project or (lab.projects[0] if lab.projects else lab.project("sales"))
        self.user = field(_("Logged in as"), ADMIN, wide=False)
        self.method = choice(_("AUTH Method"), [(_(name), name) for name in (PRIVATE_CLOUD, *OTHERS)])
        self.address = field(_("IP and port"), _address(lab), hint="https://IP:PORT")
        self._page = pane(_("Registration page"))
        submit = button(_("Submit"), self.submit, _("Submit the registration"), main=True)
        look = button(_("Present address"), self.look_up, _("Take host and port as docker ps shows them now"))
        self.arrange(self.user, self.method, self.address, row(submit, look), self._page)

    @shows
    def submit(self) -> Success:
        """Submit; the page of success, or the pop-up with Details."""
        success = self.project.register(self.address.value, user=self.user.value.strip(), method=self.method.value)
        said = _("Registration succeeded. Maximum number of connections: {number}")
        self.say(style.note(said.format(number=success.maximum_connections), Clause.CONNECTIONS, "good"))
        return success

    @shows
    def look_up(self) -> str:
        """Put the address at which a server answers now into the form."""
        self.address.value = self.lab.host.server().address
        self.say(style.note(_("A server answers at {address}.").format(address=self.address.value)))
        return str(self.address.value)

    def refuse(self, refusal: Refusal) -> None:
        """The pop-up of a failed registration, with Details: the failed checks of every node."""
        self.refused = refusal
        self.say(style.refusal_box(refusal, self._details()))

    def draw(self) -> None:
        """The Registration page: each node's state, saved address and failed checks."""
        heads = (_("Node"), _("Registration page says"), _("Saved address"), _("Polls missed in a row"), _("Basis"))
        self._page.value = style.block(style.table(heads, self._nodes(), self.project.name), role="status")

    def _nodes(self) -> Iterator[tuple[str, ...]]:
        for node in self.project.nodes:
            failing = node.registration in (Registration.FAILING, Registration.LAPSED)
            label = style.clause_label(Clause.HEALS if failing else Clause.CONNECTIONS)
            address = node.address or _("none")
            shown = (node.facts.node, _(node.registration), address, str(node.state.misses))
            yield (*map(escape, shown), label)

    def _details(self) -> str:
        checks = self.project.failed_checks
        if not checks:
            return ""
        heads = (_("Time"), _("Node"), _("Code or reason"), _("What failed"))
        listed = style.table(heads, map(_failed, checks), _("Failed checks"))
        label = style.clause_label(Clause.DETAILS)
        return f"<details open><summary>{_('Details')}</summary>{listed}{label}</details>"


def _failed(check: FailedCheck) -> tuple[str, ...]:
    return tuple(map(escape, (instant(check.at), check.node, check.label, check.text)))


def _address(lab: Lab) -> str:
    try:
        return lab.host.server().address
    except CannotConnect:
        return ""
