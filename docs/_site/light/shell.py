"""As much of IPython as fanlic's notebooks ask for: `%docker`, and what a cell shows besides its last line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

KEPT: list[dict[str, Any]] = []


class Shell:
    """Keeps the magic functions."""

    def __init__(self) -> None:
        self.magics: dict[str, Callable[..., object]] = {}

    def register_magic_function(self, act: Callable[..., object], _kind: str, name: str) -> None:
        """Keep one."""
        self.magics[name] = act


SHELL = Shell()


def get_ipython() -> Shell:
    """The one shell."""
    return SHELL


def no_var_expand(act: Callable[..., object]) -> Callable[..., object]:
    """The function as it is: nothing expands variables here."""
    return act


def display(*shown: Any, raw: bool = False) -> None:
    """Show each of these below the cell."""
    KEPT.extend(each if raw else bundle(each) for each in shown)


def bundle(value: Any) -> dict[str, Any]:
    """The forms in which a value shows itself."""
    if hasattr(value, "_repr_mimebundle_"):
        return dict(value._repr_mimebundle_())
    for name, kind in (("_repr_html_", "text/html"), ("_repr_svg_", "image/svg+xml")):
        if made := getattr(value, name, lambda: None)():
            return {kind: made}
    return {"text/plain": repr(value)}
