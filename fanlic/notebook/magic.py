"""`%docker` and `%%docker`: the page's commands as they stand, on the lab that `use` names."""

from __future__ import annotations

import sys
from typing import Any

from fanlic.lab import Lab
from fanlic.lab.timeline import LabClosed
from fanlic.notebook import style
from fanlic.texts import _

_USED: list[Lab] = []


def use(lab: Lab) -> None:
    """From now on the magic runs its commands on this lab's container host. In a notebook it is loaded if need be."""
    from IPython.core.getipython import get_ipython

    _USED[:] = [lab]
    shell = get_ipython()
    if shell is not None:
        load_ipython_extension(shell)


def runs_on(lab: Lab) -> bool:
    """Whether the magic runs on this lab."""
    return lab in _USED


def follow(old: Lab, new: Lab) -> None:
    """If the magic runs on the old lab, let it run on the new one."""
    if runs_on(old):
        use(new)


def docker(line: str, cell: str | None = None) -> None:
    """Run one command, or each line of a cell, and print what a terminal shows.

    A line that ends in a backslash goes on in the next one; empty lines and comments are passed over.
    """
    if not _USED:
        print_(_("No lab is in use: call use(lab) first."))
        return
    if _USED[0].closed:
        print_(str(LabClosed()))
        return
    if cell is None:
        show(run(line))
        return
    for command in commands(cell):
        print_(f"$ docker {command}")
        show(run(command))


def run(command: str) -> str:
    """What a terminal shows of one command."""
    done = _USED[0].host.docker(command)
    return done.stdout + done.stderr


def commands(cell: str) -> list[str]:
    """The commands of a cell, with the word `docker` or without."""
    lines = (line.strip() for line in cell.replace("\\\n", " ").splitlines())
    return [line.removeprefix("docker ").strip() for line in lines if line and not line.startswith("#")]


def show(text: str) -> None:
    """Show what a command printed. In a notebook a list of containers is a table, so that no line wraps."""
    from IPython.core.getipython import get_ipython
    from IPython.display import display

    if not text.startswith(("CONTAINER ID", "REPOSITORY")) or get_ipython() is None:
        print_(text)
        return
    html = f"<style>{style.CSS}</style>{style.block(style.terminal(text))}"
    bundle = {"text/plain": text.rstrip("\n"), "text/html": html}
    display(bundle, raw=True)  # type: ignore[no-untyped-call]


def print_(text: str) -> None:
    """Write to the cell's output, ended by one line break."""
    if text.strip():
        sys.stdout.write(text.rstrip("\n") + "\n")


def load_ipython_extension(shell: Any) -> None:
    """`%load_ext fanlic.notebook`."""
    from IPython.core.magic import no_var_expand

    # Paths with braces and dollar signs reach docker as they are typed.
    shell.register_magic_function(no_var_expand(docker), "line_cell", "docker")
