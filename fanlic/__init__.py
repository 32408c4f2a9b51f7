"""fanlic: a runnable edition of the help page "Container Private Cloud Authentication" (FineBI 6.0.5).

Training and documentation software. Not made, endorsed or supported by FanRuan; it cannot issue, extend or bypass a
FanRuan license. `import fanlic.model` works with the standard library alone, so the lab is imported only when it is
asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fanlic.version import __version__

if TYPE_CHECKING:
    from fanlic.lab import Lab

__all__ = ["Lab", "__version__"]


def __getattr__(name: str) -> Any:
    if name == "Lab":
        from fanlic.lab import Lab

        return Lab
    raise AttributeError(name)
