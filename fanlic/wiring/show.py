"""How the lab's page is served: plain HTTP on loopback."""

from fanlic.adapters.entropy import SystemEntropy
from fanlic.adapters.https import PortBusy
from fanlic.adapters.plain_http import LoopbackServer, in_thread, serve

__all__ = ["LoopbackServer", "PortBusy", "in_thread", "new_token", "serve"]


def new_token() -> str:
    """A token that nobody guesses."""
    return SystemEntropy().token(16).hex()
