"""What an authorization server checks before it starts. Each function raises StartRefused with its exit status."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from fanlic.adapters import identity, tls
from fanlic.adapters.clocks import LabClock, SystemClock
from fanlic.adapters.customer import CustomerLayer, LicenseRefused, read_customer, read_vendor
from fanlic.adapters.entropy import SeededEntropy, SystemEntropy
from fanlic.adapters.files import refuse_links, write_private
from fanlic.adapters.place import ANYWHERE_VARIABLE, LAB_CLOCK, LAB_TOKEN, SEED_VARIABLE, Place
from fanlic.adapters.store import FolderInUse, OtherLayout, StateMissing, StoreDamaged, held
from fanlic.model.container import second_start_fails
from fanlic.model.policy import Policy
from fanlic.model.refusals import N_
from fanlic.ports import Clock, Entropy, StartRefused, StoreUnavailable
from fanlic.texts import _

LOOPBACK_HOSTS = ("127.0.0.1", "::1", "[::1]", "localhost")
# Exit statuses of a refused start, one for each kind of reason.
TLS_UNUSABLE, LICENSE_REFUSED, CONFIG_UNUSABLE, FOLDER_REFUSED, FOLDER_IN_USE, PORT_BUSY, STATE_DAMAGED = range(3, 10)


def customer(place: Place) -> CustomerLayer:
    """The customer layer of the image, verified under the pinned key of the vendor."""
    if not place.vendor.exists():
        text = _(
            "No vendor's key is pinned: {file} is missing. An image has it; elsewhere name the business desk's file "
            "vendor.pub with --vendor. Without it any self-made license would be good."
        )
        raise StartRefused(LICENSE_REFUSED, text.format(file=place.vendor))
    try:
        return read_customer(place.license, read_vendor(place.vendor))
    except LicenseRefused as problem:
        raise StartRefused(LICENSE_REFUSED, str(problem)) from problem


def clock_and_entropy(place: Place, *, lab: bool) -> tuple[Clock, Entropy]:
    """The system's clock and randomness; the lab's own only if the image's profile is `lab`."""
    file = place.lab_clock or (place.config / LAB_CLOCK if (place.config / LAB_CLOCK).exists() else None)
    if not lab and (file is not None or place.lab_seed):
        text = _("The image has the profile strict, which takes no lab clock and no lab seed. Remove {what}.")
        raise StartRefused(LICENSE_REFUSED, text.format(what=file or f"--lab-seed, {SEED_VARIABLE}"))
    clock = SystemClock() if file is None else LabClock(file)
    return clock, SeededEntropy(place.lab_seed) if place.lab_seed else SystemEntropy()


def lab_address(host: str, place: Place) -> None:
    """Whether a lab's server may listen here: for this machine only, unless it was told otherwise by name."""
    if host not in LOOPBACK_HOSTS and not place.lab_anywhere:  # threat: lab-controls
        text = _(
            "The image has the profile lab, and {host} can be reached from other machines, which could then move the "
            "lab's clock if they learned its token. Listen on 127.0.0.1, or allow it by name: --lab-anywhere, or "
            "{variable}=1 in the environment of a container."
        )
        raise StartRefused(PORT_BUSY, text.format(host=host, variable=ANYWHERE_VARIABLE))


def lab_token(place: Place) -> str:
    """The token of the lab's controls: the lab's own, or a new one in the file lab-token of /app/config."""
    if place.lab_token:
        return place.lab_token
    file, token = place.config / LAB_TOKEN, SystemEntropy().token(16).hex()
    file.unlink(missing_ok=True)
    write_private(file, token.encode("ascii"))
    return token


def writable(folder: Path) -> None:
    """Whether the server can write here: it writes a file of one byte and removes it."""
    probe = folder / ".fanlic-write-test"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        refuse_links(folder)
        try:
            probe.write_bytes(b"0")  # an empty file fits on a full disk
        finally:
            probe.unlink(missing_ok=True)
    except OSError as problem:
        raise StartRefused(CONFIG_UNUSABLE, _unwritable(folder, problem)) from problem


def _unwritable(folder: Path, problem: OSError) -> str:
    if problem.errno == errno.ELOOP:
        text = _("{folder} cannot be used: {file} {problem}.")
        return text.format(folder=folder, file=problem.filename, problem=problem.strerror)
    text = _("{folder} cannot be written ({problem}). Map a directory that the container may write to.")
    return text.format(folder=folder, problem=problem.strerror)


def lost_folder(place: Place, policy: Policy) -> None:
    """Whether the folder of an earlier container is missed here, if the rules have the start fail then (A29)."""
    empty = not (place.config / identity.KEY).exists()
    if second_start_fails(place.earlier, empty, policy):
        text = _(
            "{folder} is empty, and another container of this image has started on this host before. Map the folder of "
            "the first one to /app/config. If it is lost, the business desk has to destroy the authorization first."
        )
        raise StartRefused(FOLDER_REFUSED, text.format(folder=place.config))


def certificate_pair(folder: Path) -> tuple[Path, Path]:
    """The certificate and its key."""
    try:
        return tls.check_pair(folder)
    except tls.PairUnusable as problem:
        raise StartRefused(TLS_UNUSABLE, str(problem)) from problem


def warn_of_built_in(certificate: Path, say: Callable[[str], object]) -> None:
    """Say so if the certificate is the one of the image."""
    if tls.is_built_in(certificate):
        say(_("warning: the built-in certificate is in use; it is valid for localhost and 127.0.0.1 only"))


def hold(folder: Path, stack: ExitStack) -> None:
    """Hold the folder until `stack` is closed, so that no second server uses it."""
    try:
        stack.enter_context(held(folder))
    except FolderInUse as problem:
        text = _("{folder} is in use by another authorization server. Stop that one, or map a folder of its own.")
        raise StartRefused(FOLDER_IN_USE, text.format(folder=folder)) from problem


@contextmanager
def state_refusals(config: Path) -> Iterator[None]:
    """Turns what is wrong with the identity and the state in this folder into StartRefused."""
    try:
        yield
    except identity.FolderRefused as problem:
        raise StartRefused(FOLDER_REFUSED, str(problem)) from problem
    except StoreDamaged as problem:
        raise StartRefused(STATE_DAMAGED, state_remedy(config, problem)) from problem
    except StoreUnavailable as problem:
        text = _(
            "{folder} cannot be used ({problem}). Make room on its disk and make it writable; nothing was changed."
        )
        raise StartRefused(CONFIG_UNUSABLE, text.format(folder=config, problem=problem)) from problem
    except OSError as problem:
        raise StartRefused(CONFIG_UNUSABLE, _unwritable(config, problem)) from problem


_REMEDIES = {
    StateMissing: N_(
        "{folder} holds an identity without the state that belongs to it ({problem}). Put back server.db from a copy "
        "of the folder. Without a copy, start on an empty folder; if the phone then refuses, the business desk has to "
        "destroy the authorization of the old server first."
    ),
    OtherLayout: N_(
        "The state in {folder} was made by another version of fanlic ({problem}). Run the version that made it, or "
        "start on an empty folder, scan and enter a new code."
    ),
    StoreDamaged: N_(
        "The state in {folder} is damaged or was changed by hand ({problem}). Put back a copy of the folder. Without "
        "a copy, start on an empty folder; if the phone then refuses, the business desk has to destroy the "
        "authorization of the old server first. Nothing was changed."
    ),
}


def state_remedy(config: Path, problem: StoreDamaged) -> str:
    """What is wrong with the state in this folder, and what to do."""
    text = next(text for kind, text in _REMEDIES.items() if isinstance(problem, kind))
    return _(text).format(folder=config, problem=problem)
