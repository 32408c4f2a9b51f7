"""The contract, as the business desk has it, and its extension: the remedy for a license that has expired."""

from __future__ import annotations

from dataclasses import asdict, replace

from fanlic.lab import Lab
from fanlic.notebook import style
from fanlic.notebook.form import LabForm, button, pane, row, shows
from fanlic.texts import _

YEAR = 365


class ContractDesk(LabForm):
    """What was signed. A longer contract makes the next license longer, and no license that was issued before."""

    def __init__(self, lab: Lab) -> None:
        super().__init__(_("The contract"), lab)
        self._shown = pane(_("The contract"))
        extend = button(_("Extend by a year"), self.extend, _("Sign the contract for a year from now"))
        self.arrange(self._shown, row(extend))

    @shows
    def extend(self) -> None:
        """Sign the contract for a year more; pressed again it stays."""
        contract = replace(self.lab.customer.contract, days=YEAR)
        if contract != self.lab.customer.contract:
            self.lab.sign(contract)
        said = _(
            "The contract runs for a year. A server has the license that it was issued with, until a new one comes."
        )
        self.say(style.note(said, kind="good"))

    def draw(self) -> None:
        """What the contract says."""
        facts = asdict(self.lab.customer.contract).items()
        pairs = [
            (name, ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)) for name, value in facts
        ]
        self._shown.value = style.block(style.facts([(name, value or _("any")) for name, value in pairs]))
