"""A business desk that stands on its own: in a folder, with real time, real randomness and a page on the network."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from email.message import EmailMessage
from pathlib import Path
from wsgiref.types import WSGIApplication

from fanlic.adapters import handshake, image_base, mail, tls
from fanlic.adapters.clocks import SystemClock
from fanlic.adapters.customer import LicenseRefused, vendor_key
from fanlic.adapters.desk_place import LOOPBACK, DeskSetting, certificate, held_folder
from fanlic.adapters.desk_store import FILE, SqliteDeskStore
from fanlic.adapters.door_store import FILE as DOOR_FILE
from fanlic.adapters.door_store import SqliteDoorStore
from fanlic.adapters.entropy import SystemEntropy
from fanlic.adapters.identity import PRIVATE_CONFIG_FILE
from fanlic.adapters.image import ImageWriter
from fanlic.adapters.image_base import Base, BaseUnavailable
from fanlic.adapters.log import Log
from fanlic.adapters.logged import logged
from fanlic.adapters.mailbox import FolderMailbox
from fanlic.adapters.signing import SigningKey
from fanlic.desk import Desk
from fanlic.door import Door
from fanlic.mailroom import Mailroom
from fanlic.model.approval import fingerprint
from fanlic.model.authfile import Contract
from fanlic.model.policy import FINEBI_6_0_5
from fanlic.ports import StartRefused
from fanlic.texts import _

__all__ = ["DeskSetting", "LicenseRefused", "StartRefused", "dismiss", "held_folder", "invite", "serve", "sign"]

VENDOR_KEY, VENDOR_PUBLIC, OUTBOX = "vendor.key", "vendor.pub", "outbox-strict"
LOOK_EACH = 1.0  # seconds between two looks into the inbox


def invite(folder: Path, name: str) -> str:
    """A new PIN for a person; raises NameUnfit, StartRefused."""
    with held_folder(folder), _people(folder) as door:
        return door.invite(name)


def dismiss(folder: Path, name: str) -> bool:
    """Take a person's PIN away; whether there was one. Raises StartRefused."""
    with held_folder(folder), _people(folder) as door:
        return door.dismiss(name)


def sign(folder: Path, contract: Contract) -> None:
    """Keep a signed contract in the folder of a desk; raises StartRefused."""
    with held_folder(folder), ExitStack() as stack:
        desk = _desk(folder, "", vendor_key(folder / VENDOR_KEY, make=True), None, stack)
        desk.sign(contract)


@contextmanager
def _people(folder: Path) -> Iterator[Door]:
    store = SqliteDoorStore(folder / DOOR_FILE)
    try:
        yield Door(store, SystemClock(), SystemEntropy())
    finally:
        store.close()


def _desk(folder: Path, address: str, vendor: SigningKey, base: Base | None, stack: ExitStack) -> Desk:
    clock, store = SystemClock(), SqliteDeskStore(folder / FILE)
    stack.callback(store.close)
    return Desk(
        store=store,
        clock=clock,
        entropy=SystemEntropy(),
        vendor=vendor,
        post=mail.RehearsalPost(clock),
        handshake=handshake.DeskHandshake(),
        archivist=ImageWriter(folder / OUTBOX, vendor, "strict", FINEBI_6_0_5, clock, base),
        policy=FINEBI_6_0_5,
        address=address,
    )


class StandingDesk:
    """The desk of one folder: service, application, certificate. Raises StartRefused."""

    def __init__(self, setting: DeskSetting, stack: ExitStack) -> None:
        self.setting = setting
        stack.enter_context(held_folder(setting.folder))
        self.log = Log(setting.folder, SystemClock(), console=True)
        stack.callback(self.log.close)
        self.certificate, self.key = certificate(setting, SystemClock().now())
        vendor = vendor_key(setting.folder / VENDOR_KEY, make=True)
        (setting.folder / VENDOR_PUBLIC).write_text(vendor.identity, "ascii")
        self.desk = _desk(setting.folder, setting.address, vendor, self._base(), stack)
        self.door = stack.enter_context(_people(setting.folder))
        self.mailroom = Mailroom(self.desk, FolderMailbox(setting.folder), self.log.write)
        self.application = self._application()
        self._tell(vendor)

    def _base(self) -> Base | None:
        try:
            base = image_base.cached(self.setting.cache or image_base.default_cache())
        except BaseUnavailable:
            base = None
        if base is None:
            text = _(
                "warning: the base of the image was never made on this machine, so archives run in the sandbox only, "
                "not on a Docker engine. Make it once: python -m fanlic image build"
            )
            self.log.write(text)
        return base

    def _application(self) -> WSGIApplication:
        from fanlic.web.activation import create_app
        from fanlic.web.counter import blueprint

        self.app = app = create_app(self.desk, self.door, (*tls.names(self.certificate), *LOOPBACK))
        app.register_blueprint(blueprint(self.door, self.mailroom, mail.parse, compose, SystemEntropy()))
        return logged(app.wsgi_app, self.log)

    def _tell(self, vendor: SigningKey) -> None:
        self.log.write(_("vendor's key: fingerprint {fingerprint}").format(fingerprint=fingerprint(vendor.identity)))
        if not self.door.names():
            text = _(
                "warning: nobody can approve yet. Stop the desk and run: fanlic desk person NAME --folder {folder}"
            )
            self.log.write(text.format(folder=self.setting.folder))
        text = _("mails are taken from {folder}; mails and replies are kept in {kept}")
        self.log.write(text.format(folder=self.setting.folder / "inbox", kept=self.setting.folder / "mails"))


def serve(setting: DeskSetting) -> None:
    """Run a business desk until it is asked to stop. Raises StartRefused, LicenseRefused, OSError."""
    from fanlic.adapters import serving

    stopping = serving.stop_event()
    with ExitStack() as stack:
        standing = StandingDesk(setting, stack)
        say: Callable[[str], object] = standing.log.write
        pair = standing.certificate, standing.key
        https = serving.listen(standing.application, setting.host, setting.port, *pair, say)
        say(_("serving on https://{host}:{port}").format(host=setting.host, port=https.port))
        say(_("phones reach the desk at {address}").format(address=setting.address))
        serving.serve_until(stopping, https, standing.mailroom.empty, LOOK_EACH)


def compose(sender: str, title: str, lines: dict[str, str], private_config: bytes | None) -> EmailMessage:
    """A mail as the counter's form says it."""
    message = mail.compose(sender, title, lines, SystemClock())
    if private_config is not None:
        message.add_attachment(
            private_config, maintype="application", subtype="octet-stream", filename=PRIVATE_CONFIG_FILE
        )
    return message
