"""What the lab's page has beyond the procedure, as drills need it: settings, the contract, a reboot, a diagnosis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from fanlic.lab import Lab
from fanlic.lab.causes import DrillCause
from fanlic.lab.drill import Drill
from fanlic.lab.project import Project
from fanlic.show.said import CannotDo, Said
from fanlic.texts import _

YEAR = 365
SETTINGS = {"node": 64, "version": 32, "domain": 253, "app_name": 64}  # each with its longest text; ours


def configure(project: Project, given: Mapping[str, str]) -> Said:
    """Change what the project says of itself; a field that the form lacks stays."""
    facts = {name: given[name].strip() for name in SETTINGS if name in given}
    if len(project.nodes) > 1:
        facts.pop("node", None)
    if not facts:
        raise CannotDo(_("The form says nothing of the project."))
    for name, value in facts.items():
        if len(value) > SETTINGS[name] or not value.isprintable() or (name in ("node", "version") and not value):
            raise CannotDo(_("This is no setting of a project: {value}").format(value=value[:80] or _("none")))
    project.configure(**facts)
    return Said("good", _("Applied. The server hears of it at the next registration or poll."))


def extend(lab: Lab) -> Said:
    """Sign the contract for a year from now; pressed again it stays."""
    contract = replace(lab.customer.contract, days=YEAR)
    if contract != lab.customer.contract:
        lab.sign(contract)
    text = _("The contract runs for a year. A server has the license that it was issued with, until a new one comes.")
    return Said("good", text)


def reboot(lab: Lab) -> Said:
    """Restart the container host."""
    lab.host.reboot()
    return Said("good", _("The host was rebooted. Containers came back as their restart policy says."))


def diagnose(drill: Drill, given: Mapping[str, str]) -> Said:
    """Name the cause, or two; whether it is right is told when the drill is over."""
    causes = [cause for name in ("cause", "second") if (cause := given.get(name, ""))]
    if not causes:
        raise CannotDo(_("Choose a cause first."))
    named = drill.diagnose(*causes, clause=given.get("clause", ""))
    text = _("Your diagnosis: {causes}. Clause: {clause}.")
    shown = "; ".join(_(cause) for cause in DrillCause if cause in named.causes)
    said = text.format(causes=shown, clause=named.clause or _("none"))
    return Said("info", said, _("Now mend it, and press Check."))
