"""Labs made ready for a notebook: the earlier steps are done, and the notebook does not show them.

server = ready.activated(lab)
server, sales = ready.registered(lab, "sales")
"""

from __future__ import annotations

from fanlic.lab.parties import ServerPage
from fanlic.lab.project import Project
from fanlic.lab.stage import FIXED, Stage
from fanlic.lab.world import Lab


def loaded(lab: Lab, seats: int | None = 3) -> None:
    """The archive was asked for and came, and its images are loaded."""
    Stage(lab).loaded(seats)


def activated(lab: Lab, *, port: str = FIXED) -> ServerPage:
    """An activated server on a fixed port, with /app/config and /app/log mapped; the license has three seats."""
    return Stage(lab).activated(port=port)


def registered(lab: Lab, name: str, nodes: int = 1, *, port: str = FIXED) -> tuple[ServerPage, Project]:
    """The same, and a project registered with it."""
    return Stage(lab).registered(name, nodes, port=port)
