"""What a FineBI project says of itself: node name, version, domain, app name; and what its administrator can do."""

from __future__ import annotations

from fanlic.lab import Lab
from fanlic.lab.project import Project
from fanlic.notebook import style
from fanlic.notebook.form import LabForm, button, choice, field, row, shows
from fanlic.texts import _


class ProjectSettings(LabForm):
    """Settings of one of the lab's projects; nothing changes before Apply is pressed."""

    def __init__(self, lab: Lab) -> None:
        super().__init__(_("FineBI: settings of a project"), lab)
        if not lab.projects:
            lab.project("sales")
        self.which = choice(_("Project"), self._names())
        self.node = field(_("Node name"), hint=_("one node only"), wide=False)
        self.version = field(_("Version of FineBI"), wide=False)
        self.domain = field(_("Domain"), wide=False)
        self.app_name = field(_("App name"), wide=False)
        self.which.observe(lambda _change: self._fill(), "value")
        buttons = row(
            button(_("Apply"), self.apply, _("Change the project's settings"), main=True),
            button(_("Unbind"), self.unbind, _("Give the project's seats back to the authorization server")),
            button(_("Mend the network"), self.mend_network, _("Connect the project with the authorization server")),
        )
        self._fill()
        self.arrange(self.which, self.node, self.version, self.domain, self.app_name, buttons)

    @property
    def project(self) -> Project:
        """The chosen project."""
        return self.lab.projects[int(self.which.value)]

    @shows
    def apply(self) -> None:
        """Change what the project says of itself."""
        settings = {"version": self.version.value, "domain": self.domain.value, "app_name": self.app_name.value}
        if len(self.project.nodes) == 1:
            settings["node"] = self.node.value
        self.project.configure(**{name: value.strip() for name, value in settings.items()})
        self.say(style.note(_("Applied. The server hears of it at the next registration or poll."), kind="good"))

    @shows
    def unbind(self) -> None:
        """Give the seats back."""
        self.project.unbind()
        self.say(style.note(_("The seats of {project} are free.").format(project=self.project.name), kind="good"))

    @shows
    def mend_network(self) -> None:
        """Connect the project with the server again."""
        self.project.mend_network()
        self.say(style.note(_("The network is connected. FineBI asks within two hours."), kind="good"))

    def draw(self) -> None:
        """List the projects there are now."""
        if list(self.which.options) != self._names():
            self.which.options = self._names()

    def _names(self) -> list[tuple[str, int]]:
        return [(f"{number + 1}. {project.name}", number) for number, project in enumerate(self.lab.projects)]

    def _fill(self) -> None:
        facts = self.project.nodes[0].facts
        self.node.value, self.version.value = facts.node, facts.version
        self.domain.value, self.app_name.value = facts.domain, facts.app_name
        self.node.disabled = len(self.project.nodes) > 1
