"""What fanlic is not, in the same words wherever people look first."""

from __future__ import annotations

from fanlic.model.refusals import N_

NOT_FANRUAN = N_(
    "fanlic is training and documentation software. It is not made, endorsed or supported by FanRuan. It cannot "
    "issue, extend or bypass a FanRuan license, contains no FanRuan code, keys or images, and does not speak its "
    "protocol. FanRuan and FineBI are trademarks of their owner, named only to describe."
)
