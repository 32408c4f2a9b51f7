"""Whether an engine plays the rules that a lab was given."""

from __future__ import annotations

from fanlic.adapters import handshake
from fanlic.model.container import random_ports
from fanlic.model.policy import EDITIONS, FINEBI_6_0_5, Policy
from fanlic.texts import _

_USUAL_PORTS = random_ports(FINEBI_6_0_5)


class PolicyIgnored(ValueError):
    """Rules that nothing here would follow; the text names them. A lab never plays other rules than it was given."""


def check_policy(policy: Policy, engine: str) -> None:
    """Raise PolicyIgnored for a rule that this engine would not follow."""
    ignored = {
        "edition": policy.edition not in EDITIONS,
        "code_digits": policy.code_digits != handshake.SUITE.digits,
        "check_certificate (engine inline)": engine == "inline" and policy.check_certificate,
        "lost_folder (engine docker)": engine == "docker" and policy.lost_folder != FINEBI_6_0_5.lost_folder,
        "first_port, last_port (engine docker)": engine == "docker" and random_ports(policy) != _USUAL_PORTS,
    }
    if names := ", ".join(name for name, refused in ignored.items() if refused):
        text = _("These rules would not be followed: {names}. Leave them as they are.")
        raise PolicyIgnored(text.format(names=names))
