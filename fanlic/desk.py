"""The business desk: checks mails against contracts, issues licenses, approves scans, destroys and re-issues for a
migration.

It has the same shape as the authorization server's service: now, load, rule, save with the journal, then return or
raise. One authorization is in force for each contract. A second request before the first scan gets the same license
again; after the first scan a new license needs a migration.
"""

from __future__ import annotations

import threading
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

from fanlic.model import approval, authfile, migration
from fanlic.model.authfile import HOW, MIGRATE, Contract
from fanlic.model.policy import Policy
from fanlic.model.refusals import (
    AddressMissing,
    LicenseUnknown,
    MailUnreadable,
    NothingToUnbind,
    PrivateConfigWrong,
    Refusal,
)
from fanlic.model.registration import License
from fanlic.ports import (
    LICENSE,
    Archivist,
    Clock,
    DeskStore,
    Entropy,
    JournalLine,
    Letter,
    LicenseRecord,
    PhoneHandshake,
    Post,
    ScannedChallenge,
    Signer,
)
from fanlic.tally import Tally
from fanlic.texts import _, fill


@dataclass(frozen=True)
class Destruction:
    """What the desk asks the customer back about: which authorization a mail wants destroyed, of which server."""

    license: str
    company: str
    project: str
    address: str
    server: str


@dataclass(frozen=True)
class DeskReply:
    """The desk's answer to a mail: the answering mail, every reason against it, and the archive if one was issued.

    `asks`: what the desk asks back about; nothing is destroyed before `confirm`.
    """

    message: EmailMessage
    refusals: tuple[Refusal, ...] = ()
    archive: Path | None = None
    license: str = ""
    asks: Destruction | None = None

    @property
    def accepted(self) -> bool:
        """Whether nothing was refused."""
        return not self.refusals


@dataclass(frozen=True)
class Asking:
    """What the phone's page shows before anything is approved."""

    company: str
    project: str
    license: str
    server: str
    address: str
    now: datetime
    until: datetime
    named: bool  # the server's certificate or its settings name the address
    before: str  # where the desk knew this server until now, if that was elsewhere


class Desk:
    """The business desk over its ports. `address`: the address at which the phone opens its page."""

    def __init__(
        self,
        *,
        store: DeskStore,
        clock: Clock,
        entropy: Entropy,
        vendor: Signer,
        post: Post,
        handshake: PhoneHandshake,
        archivist: Archivist,
        policy: Policy,
        address: str,
    ) -> None:
        self.policy = policy
        self.address = address
        self._store = store
        self._clock = clock
        self._entropy = entropy
        self._vendor = vendor
        self._post = post
        self._handshake = handshake
        self._archivist = archivist
        self._lock = threading.RLock()
        self._refused = Tally()

    @property
    def now(self) -> datetime:
        """The desk's present instant, in UTC."""
        return self._clock.now()

    def sign(self, contract: Contract) -> None:
        """Keep a signed contract; mails are checked against it."""
        with self._lock:
            line = JournalLine(self._clock.now(), "contract signed", contract.company)
            self._store.commit(contract=contract, lines=(line,))

    def note(self, event: str, subject: str) -> None:
        """Write down what a person did at the desk."""
        with self._lock:
            self._store.commit(lines=(JournalLine(self._clock.now(), event, subject),))

    def note_refused(self, event: str, subject: str, reason: str) -> None:
        """Write down a refusal at the desk; what repeats is counted."""
        with self._lock:
            self._count(JournalLine(self._clock.now(), event, subject, reason))

    # -- Obtaining the Authorization File, Authentication Migration

    def receive(self, message: EmailMessage) -> DeskReply:
        """Check a mail and answer it: with the archive, with the notice of destruction, or with every mistake."""
        try:
            letter = self._post.read(message)  # before the lock: a mail that takes long to read keeps nobody waiting
        except MailUnreadable as refusal:
            with self._lock:
                return self._refuse(message, (refusal,), "")
        with self._lock:
            contract = self._store.contract(letter.mail.sender)
            if letter.migrate is not None and not self._asks_again(letter, contract):
                return self._ask_back(message, letter, contract)
            mistakes = authfile.check(letter.mail, contract, self.policy)
            if mistakes or contract is None:
                return self._refuse(message, mistakes, letter.mail.sender)
            return self._issue(message, letter, contract)

    def _asks_again(self, letter: Letter, contract: Contract | None) -> bool:
        """Whether a mail with the request form asks for an archive although it names an address (reading A27).

        Nothing can be migrated before a first activation, and nothing twice.
        """
        if contract is None or HOW not in letter.mail.lines or MIGRATE in letter.mail.lines:
            return False
        records = self._store.records(contract.email)
        return not records or records[-1].issued.bound_to is None or records[-1].issued.destroyed_at is not None

    def _issue(self, message: EmailMessage, letter: Letter, contract: Contract) -> DeskReply:
        records = self._store.records(contract.email)
        before = records[-1] if records else None
        if before is not None and before.issued.bound_to is None:
            self._store.commit(lines=(JournalLine(self._clock.now(), "license sent again", before.terms.license),))
            return self._send(message, before)
        if before is not None and (refusal := self._reissue_refusal(before, letter)) is not None:
            return self._refuse(message, (refusal,), contract.email)
        record = self._record(letter, contract)
        changed: tuple[LicenseRecord, ...] = (record,)
        if before is not None:
            changed = (replace(before, issued=replace(before.issued, replaced_by=record.terms.license)), record)
        line = JournalLine(
            self._clock.now(), "license issued", record.terms.license, after=f"seats: {record.terms.seats}"
        )
        self._store.commit(records=changed, lines=(line,))
        return self._send(message, record)

    def _reissue_refusal(self, before: LicenseRecord, letter: Letter) -> Refusal | None:
        identity = None
        if letter.private_config is not None:
            try:
                identity, _license = self._archivist.private_config(letter.private_config)
            except PrivateConfigWrong as refusal:
                return refusal
        return migration.may_reissue(before.issued, identity)

    def _record(self, letter: Letter, contract: Contract) -> LicenseRecord:
        now = self._clock.now()
        granted = authfile.grant(letter.mail, contract, self.policy)
        terms = License(
            license=f"lic-{self._entropy.token(8).hex()}",
            company=contract.company,
            project=contract.project,
            product=contract.product,
            first_version=contract.first_version,
            last_version=contract.last_version,
            expires=now + timedelta(days=contract.days),
            seats=granted.seats,
            networks=contract.networks,
            domains=contract.domains,
            app_names=contract.app_names,
            desk=self.address,
            engines=granted.engines,
        )
        document = self._vendor.document(LICENSE, claims(terms))
        secret = self._entropy.token(32).hex()
        return LicenseRecord(approval.Issued(terms.license, terms.expires), terms, contract.email, document, secret)

    def _send(self, message: EmailMessage, record: LicenseRecord) -> DeskReply:
        archive, digest = self._archivist.write(record, self._clock.now())  # clause: archive-by-mail, new-archive
        text = _(
            "Your mail was checked and accepted.\n\n"
            "License: {license}\nSeats: {seats}\nValid until: {expires}\n\n"
            "Attached: {archive}\nSHA-256: {digest}\nFingerprint of the vendor's key: {fingerprint}\n"
            "The phone approves at: {desk}\n\n"
            "Next: copy the archive to the container host and run docker load."
        ).format(
            license=record.terms.license,
            seats=record.terms.seats,
            expires=f"{record.terms.expires:%Y-%m-%d}",
            archive=archive.name,
            digest=digest,
            fingerprint=approval.fingerprint(self._vendor.identity),
            desk=record.terms.desk,
        )
        return DeskReply(self._post.answer(message, text, archive), archive=archive, license=record.terms.license)

    def _ask_back(self, message: EmailMessage, letter: Letter, contract: Contract | None) -> DeskReply:
        mistakes = tuple(authfile.sender_mistakes(letter.mail, contract))
        if mistakes or contract is None:
            return self._refuse(message, mistakes, letter.mail.sender)
        named = letter.migrate or ()
        records = self._store.records(contract.email)
        # The newest first: after a migration the new server may answer at the old one's address.
        at_address = (r for r in reversed(records) if r.issued.address in named)
        record = next(at_address, None)  # clause: migrate-address
        if record is None:
            address = ", ".join(named)
            never = address and records and all(r.issued.bound_to is None for r in records)
            refusal = NothingToUnbind(address) if never else AddressMissing(address or "none")
            return self._refuse(message, (refusal,), contract.email)
        now = self._clock.now()
        asked, refused = approval.ask_destruction(record.issued, now)
        if refused is not None:
            return self._refuse(message, (refused,), contract.email)
        if record.issued.asked_at is None:
            line = JournalLine(now, "destruction asked for", record.terms.license)
            self._store.commit(records=(replace(record, issued=asked),), lines=(line,))
        asks = _destruction(record)
        text = _(
            "Your mail asks for the authorization {license} of the server at {address} to be destroyed.\n\n"
            "Anybody can write a mail under your address. So the business desk asks you back first, by telephone. "
            "Nothing is destroyed yet. Fingerprint of the server: {server}\n\n"
            "Next: leave that server running, and do not restart it before the reply that it is destroyed."
        ).format(license=asks.license, address=asks.address, server=asks.server)
        return DeskReply(self._post.answer(message, text, None), license=asks.license, asks=asks)

    def asked(self) -> tuple[Destruction, ...]:
        """The destructions that mails have asked for and that nobody has confirmed or denied yet."""
        with self._lock:
            return tuple(_destruction(record) for record in self._store.all_records() if _open(record.issued))

    def confirm(self, license_id: str, message: EmailMessage | None = None) -> DeskReply:
        """The customer was asked back and confirms: destroy this authorization; the notice. `message`: what it answers.

        Raises LicenseUnknown, and NothingToUnbind if no mail asked for it.
        """
        with self._lock:
            record, now = self._known(license_id), self._clock.now()
            destroyed, refused = approval.destroy(record.issued, now)
            if refused is not None:
                raise refused
            line = JournalLine(now, "authorization destroyed", license_id, before="in force", after="destroyed")
            self._store.commit(records=(replace(record, issued=destroyed),), lines=(line,))
            text = _(
                "The authorization {license} of the server at {address} is destroyed.\n\n"
                "Next: shut that server down, take privateConfig from its /app/config, and send the request form again "
                "with the file attached."
            ).format(license=license_id, address=record.issued.address)
            answered = message or self._post.blank(record.email)
            return DeskReply(self._post.answer(answered, text, None), license=license_id)

    def deny(self, license_id: str, message: EmailMessage | None = None) -> DeskReply:
        """The customer was asked back and denies the mail: nothing is destroyed. Raises as `confirm` does."""
        with self._lock:
            record = self._known(license_id)
            if not _open(record.issued):
                raise NothingToUnbind(license_id)
            kept, refused = approval.keep(record.issued)
            line = JournalLine(self._clock.now(), "destruction denied", license_id)
            self._store.commit(records=(replace(record, issued=kept),), lines=(line,))
            return self._refuse(message or self._post.blank(record.email), (refused,), record.email)

    def _known(self, license_id: str) -> LicenseRecord:
        record = self._store.record(license_id)
        if record is None:
            raise LicenseUnknown(license_id)
        return record

    def _refuse(self, message: EmailMessage, refusals: tuple[Refusal, ...], subject: str) -> DeskReply:
        reasons = ", ".join(refusal.reason for refusal in refusals)
        self._count(JournalLine(self._clock.now(), "mail refused", subject, reasons))
        items = [
            f"{number}. {fill(refusal.message, refusal.evidence)}{_slug(refusal)}\n"
            f"   {fill(refusal.next_step, refusal.evidence)}"
            for number, refusal in enumerate(refusals, 1)
        ]
        text = _("Your mail was checked and cannot be accepted. What to correct:") + "\n\n" + "\n".join(items)
        return DeskReply(self._post.answer(message, text, None), refusals)

    # -- Submitting and Authentication: the phone's page

    def look(self, text: str, *, pressed: bool = False) -> Asking:
        """What a scanned text asks for. Looking approves nothing. Raises the reason why it cannot be approved.

        `pressed`: the button was pressed, so a refusal is written down. Whoever only opens the page writes nothing.
        """
        with self._lock:
            scanned, record = self._proven(text, noted=pressed)
            scan = scanned.scan
            return Asking(
                company=record.terms.company,
                project=record.terms.project,
                license=scan.license,
                server=approval.fingerprint(scan.identity),
                address=scan.address,
                now=self._clock.now(),
                until=scan.made_at + self.policy.qr_life,
                named=scan.named,
                before=before if (before := record.issued.address or "") != scan.address else "",
            )

    def approve(self, text: str, *, by: str = "") -> str:
        """Approve a scanned challenge: bind the license to its server and return the six digits.

        `by`: the person who approves, if the desk knows one.
        """
        with self._lock:
            scanned, record = self._proven(text, noted=True)
            scan = scanned.scan
            bound = replace(record, issued=approval.approve(record.issued, scan))
            line = JournalLine(
                self._clock.now(),
                "scan approved",
                scan.license,
                before=approval.fingerprint(record.issued.bound_to or "") or "unbound",
                after=approval.fingerprint(scan.identity),
            )
            lines = (line, JournalLine(line.at, "approved by", by)) if by else (line,)
            self._store.commit(records=(bound,), nonce=scanned.nonce, lines=lines)
            return self._handshake.code(bytes.fromhex(record.secret), scanned.nonce, scan.identity, scan.license)

    def _proven(self, text: str, *, noted: bool) -> tuple[ScannedChallenge, LicenseRecord]:
        # What does not come from a holder of the license's secret leaves no trace at all.
        scanned = self._handshake.read(text)
        record = self._store.record(scanned.scan.license)
        if record is None:
            raise LicenseUnknown(scanned.scan.license)
        if (forged := scanned.proven(bytes.fromhex(record.secret))) is not None:  # threat: journal-filled
            raise forged
        now, used = self._clock.now(), self._store.used(scanned.nonce)
        refusal = approval.may_approve(record.issued, scanned.scan, used, now, self.policy)
        if refusal is not None:
            if noted:
                self._count(JournalLine(now, "scan refused", scanned.scan.license, refusal.reason))
            raise refusal
        return scanned, record

    def _count(self, refused: JournalLine) -> None:
        if lines := self._refused.take(refused):
            self._store.commit(lines=lines)


def _open(issued: approval.Issued) -> bool:
    """Whether somebody has to confirm or deny a destruction."""
    return issued.asked_at is not None and issued.destroyed_at is None


def _destruction(record: LicenseRecord) -> Destruction:
    server = approval.fingerprint(record.issued.bound_to or "")
    terms = record.terms
    return Destruction(terms.license, terms.company, terms.project, record.issued.address or "", server)


def _slug(refusal: Refusal) -> str:
    return f" [{refusal.clause.slug}]" if refusal.clause else ""


def claims(terms: License) -> dict[str, object]:
    """The license's claims in its signed document."""
    return asdict(terms) | {"expires": terms.expires.isoformat(timespec="microseconds")}
