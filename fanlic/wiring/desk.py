"""A business desk that stands on its own: in a folder, with real time, real randomness and a page on the network."""

from __future__ import annotations

from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path

from fanlic.adapters import handshake, image_base, mail, standing
from fanlic.adapters.clocks import SystemClock
from fanlic.adapters.customer import VENDOR_FILE, VENDOR_KEY, LicenseRefused, vendor_key
from fanlic.adapters.desk_greeting import greeting
from fanlic.adapters.desk_place import DeskSetting, held_folder
from fanlic.adapters.desk_store import FILE, SqliteDeskStore
from fanlic.adapters.door_store import FILE as DOOR_FILE
from fanlic.adapters.door_store import SqliteDoorStore
from fanlic.adapters.entropy import SystemEntropy
from fanlic.adapters.image import ImageWriter
from fanlic.adapters.mailbox import FolderMailbox
from fanlic.adapters.standing import show_pin
from fanlic.desk import Desk
from fanlic.door import Door
from fanlic.mailroom import Mailroom
from fanlic.model.approval import fingerprint
from fanlic.model.authfile import Contract
from fanlic.model.policy import FINEBI_6_0_5, Policy
from fanlic.ports import Clock, DoorStore, Entropy

__all__ = ["DeskSetting", "LicenseRefused", "StandingDesk", "dismiss", "invite", "serve", "show_pin", "sign"]


def business_desk(
    store: SqliteDeskStore, writer: ImageWriter, address: str, clock: Clock, entropy: Entropy, policy: Policy
) -> Desk:
    """The desk over its store; `writer` has the vendor's key."""
    return Desk(
        store=store,
        clock=clock,
        entropy=entropy,
        vendor=writer.vendor,
        post=mail.RehearsalPost(clock),
        handshake=handshake.DeskHandshake(),
        archivist=writer,
        policy=policy,
        address=address,
    )


def door_over(people: DoorStore) -> Door:
    """The door over its people."""
    return Door(people, SystemClock(), SystemEntropy())


def invite(folder: Path, name: str) -> str:
    """A new PIN for a person of a desk or a project; raises NameUnfit, StartRefused."""
    with held_folder(folder), closing(SqliteDoorStore(folder / DOOR_FILE)) as people:
        return door_over(people).invite(name)


def dismiss(folder: Path, name: str) -> bool:
    """Take a person's PIN away; whether there was one. Raises StartRefused."""
    with held_folder(folder), closing(SqliteDoorStore(folder / DOOR_FILE)) as people:
        return door_over(people).dismiss(name)


def sign(folder: Path, contract: Contract) -> None:
    """Keep a signed contract in the folder of a desk; raises StartRefused."""
    with held_folder(folder), ExitStack() as stack:
        _desk(folder, "", None, stack).sign(contract)


def _desk(folder: Path, address: str, base: image_base.Base | None, stack: ExitStack) -> Desk:
    store = stack.enter_context(closing(SqliteDeskStore(folder / FILE)))
    vendor, clock = vendor_key(folder / VENDOR_KEY, make=True), SystemClock()
    (folder / VENDOR_FILE).write_text(vendor.identity, "ascii")
    writer = ImageWriter(folder / "outbox-strict", vendor, "strict", FINEBI_6_0_5, clock, base)
    return business_desk(store, writer, address, clock, SystemEntropy(), FINEBI_6_0_5)


class StandingDesk(standing.StandAlone):
    """The desk of one folder: service, application, certificate. Raises StartRefused, LicenseRefused, OSError."""

    def __init__(self, setting: DeskSetting, stack: ExitStack) -> None:
        super().__init__(setting, stack)
        from fanlic.web.activation import create_app
        from fanlic.web.counter import blueprint

        base = image_base.known(setting.cache)
        self.desk = _desk(self.folder, setting.address, base, stack)
        self.door = door_over(self.people)
        self.mailroom = Mailroom(self.desk, FolderMailbox(self.folder), self.log.write)
        compose = partial(mail.compose, clock=SystemClock())
        self.app = create_app(self.desk, self.door, self.names)
        self.app.register_blueprint(blueprint(self.door, self.mailroom, mail.parse, compose, SystemEntropy()))
        self.show(self.app.wsgi_app)
        vendor = fingerprint((self.folder / VENDOR_FILE).read_text("ascii"))
        for line in greeting(setting, vendor, people=bool(self.door.names()), base=base is not None):
            self.log.write(line)

    def work(self) -> None:
        """Take the mails that came."""
        self.mailroom.empty()


def serve(setting: DeskSetting) -> None:
    """Run a business desk until it is asked to stop. Raises StartRefused, LicenseRefused, OSError."""
    standing.serve(setting, lambda stack: StandingDesk(setting, stack))
