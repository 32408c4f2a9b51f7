"""One authorization server over its folder, and the process that serves it."""

from __future__ import annotations

from contextlib import ExitStack
from wsgiref.types import WSGIApplication

from fanlic.adapters import identity, start, tls
from fanlic.adapters.files import folder_reader
from fanlic.adapters.handshake import ServerHandshake
from fanlic.adapters.log import Log
from fanlic.adapters.logged import LoggedStore, logged
from fanlic.adapters.place import PINNED, LabSetting, Place, completed, host_names, launch_place
from fanlic.adapters.signing import SigningKey
from fanlic.adapters.store import FILE, ask_unlock, state_key
from fanlic.ports import Entropy, Launch
from fanlic.service import AuthorizationService

__all__ = ["PINNED", "AuthorizationServer", "Place", "ask_unlock", "completed", "open_launch", "serve"]


LARGEST_PAGE_FILE = 2**20  # bytes


class AuthorizationServer:
    """One authorization server over its folder: service, application, certificate. Raises StartRefused."""

    def __init__(self, place: Place, *, console: bool = True, host: str = "127.0.0.1") -> None:
        with ExitStack() as stack:
            self.customer = start.customer(place)
            if self.customer.lab:
                start.lab_address(host, place)
            self.clock, entropy = start.clock_and_entropy(place, lab=self.customer.lab)
            start.writable(place.config)
            start.writable(place.log)
            start.lost_folder(place, self.customer.policy)
            self.certificate, self.key = start.certificate_pair(place.tls)
            start.hold(place.config, stack)
            self.log = Log(place.log, self.clock, console=console)
            stack.callback(self.log.close)
            self.service = self._service(place, entropy, stack)
            self.application = self._application(place)
            start.warn_of_built_in(self.certificate, self.log.write)
            self._stack = stack.pop_all()

    def close(self) -> None:
        """Leave a last life mark and let go of the folder."""
        with self._stack:
            self.service.stop()

    def settle(self) -> object:
        """Apply what time alone has changed."""
        return self.service.settle()

    def _service(self, place: Place, entropy: Entropy, stack: ExitStack) -> AuthorizationService:
        terms = self.customer.terms
        with (
            start.state_refusals(place.config),
            identity.open_identity(place.config, terms.license, self.clock, entropy) as (key, first),
        ):
            store = LoggedStore(place.config / FILE, state_key(key, terms.license), self.log, first=first)
            stack.callback(store.close)
            service = self._wired(store, key, entropy)
            service.start()
        return service

    def _wired(self, store: LoggedStore, key: SigningKey, entropy: Entropy) -> AuthorizationService:
        customer = self.customer
        return AuthorizationService(
            store=store,
            clock=self.clock,
            entropy=entropy,
            signer=key,
            handshake=ServerHandshake(key, customer.terms, customer.secret, self._names),
            terms=customer.terms,
            license_document=customer.document,
            vendor=customer.vendor,
            policy=customer.policy,
        )

    def _names(self, host: str) -> bool:
        """Whether the certificate or the settings name this host."""
        from fanlic.web.headers import named

        return named(host, (*tls.names(self.certificate), *host_names()))

    def _application(self, place: Place) -> WSGIApplication:
        from fanlic.adapters.qr import svg
        from fanlic.web.authorization import create_app

        front_end = folder_reader(place.web, LARGEST_PAGE_FILE, self.log.write)
        app = create_app(
            self.service,
            front_end=front_end,
            draw=svg,
            lab_token=start.lab_token(place) if self.customer.lab else None,
            log=self.log.write,
            names=(*tls.names(self.certificate), *host_names()),
        )
        return logged(app.wsgi_app, self.log)


def open_launch(launch: Launch, setting: LabSetting) -> AuthorizationServer:
    """The authorization server of a container, in this process."""
    return AuthorizationServer(launch_place(launch, setting), console=False)


def serve(place: Place, host: str, port: int | None, *, confined: bool = False, leashed: bool = False) -> int:
    """Run one authorization server until it is asked to stop; its exit status. The policy names the usual port."""
    from fanlic.adapters import process_of_server

    return process_of_server.run(
        lambda: AuthorizationServer(place, host=host), place, host, port, confined=confined, leashed=leashed
    )
