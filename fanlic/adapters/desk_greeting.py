"""What a business desk that stands on its own writes into its log when it starts."""

from __future__ import annotations

from collections.abc import Iterator

from fanlic.adapters.desk_place import DeskSetting
from fanlic.texts import _


def greeting(setting: DeskSetting, fingerprint: str, *, people: bool, base: bool) -> Iterator[str]:
    """Its lines. `people`: somebody can approve; `base`: archives can run on a Docker engine."""
    if not base:
        yield _(
            "warning: the base of the image was never made on this machine, so archives run in the sandbox only, "
            "not on a Docker engine. Make it once: python -m fanlic image build"
        )
    yield _("vendor's key: fingerprint {fingerprint}").format(fingerprint=fingerprint)
    if not people:
        text = _("warning: nobody can approve yet. Stop the desk and run: fanlic desk person NAME --folder {folder}")
        yield text.format(folder=setting.folder)
    text = _("mails are taken from {folder}; mails and replies are kept in {kept}")
    yield text.format(folder=setting.folder / "inbox", kept=setting.folder / "mails")
    yield _("phones reach the desk at {address}").format(address=setting.address)
