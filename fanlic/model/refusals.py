"""The code table, and one class per reason for a refusal.

A refusal is a value inside the rulebook and an exception outside it: rules return it beside the new state, the
service saves the state and then raises it. It carries its evidence, so that every face can say what happened, to
what, why, and what to do next.

A reason without a documented code carries none. 30006 is missing from the page's table and has no meaning here either
(A17).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import ClassVar, Self, dataclass_transform

from fanlic.model.clauses import SLUGS, Basis, Clause


def N_(message: str) -> str:  # noqa: N802 - gettext's own name for "translate this later"
    """Marks a text for the catalogue; the faces translate it."""
    return message


class Phrase(str):
    """A text with values in it: evidence that is translated when it is shown, and English text where it is kept."""

    __slots__ = ("message", "values")
    message: str
    values: dict[str, object]

    def __new__(cls, message: str, **values: object) -> Self:
        """The message, filled in."""
        made = super().__new__(cls, message.format(**values))
        made.message, made.values = message, values
        return made


class Who(StrEnum):
    """The party that acts next."""

    HOST = N_("the administrator of the container host")
    PROJECT = N_("the administrator of the project server")
    PHONE = N_("whoever holds the phone")
    CUSTOMER = N_("the customer's contact named in the contract")
    VENDOR = N_("FanRuan's business staff")
    NOBODY = N_("nobody: wait")


class Code(IntEnum):
    """The ten documented codes, in the order of the page's table."""

    JSON_PARSER_ERROR = 10000
    PARAM_INPUT_ERROR = 10001
    DO_NOT_NEED_DEACTIVATE = 20000
    LICENSE_EXPIRED = 30000
    REPORT_VERSION_ERROR = 30001
    ACCOUNT_STATUS_ERROR = 30002
    LICENSE_IP_ERROR = 30003
    LICENSE_DOMAIN_ERROR = 30004
    LICENSE_APPNAME_ERROR = 30005
    REGISTER_OUT_OF_LIMIT = 30007


REASONS: dict[str, type[Refusal]] = {}  # every reason of the rulebook by its name, in the order of this file


@dataclass_transform()
class Refusal(Exception):
    """Why something was refused: one subclass for each reason.

    A subclass is a dataclass. Its fields are the evidence: the values that the rule compared. They are the only
    arguments, and the placeholders of `message` and `next_step` have their names. A field has one of these types:

    - `str`: a name or value as it arrived, or a short English phrase (`problem`), which the faces translate;
    - `int`: a count;
    - `datetime`: an instant, aware, in UTC; the faces show it as text;
    - `tuple[str, ...]`: what the license allows; empty means anything.

    Why no dataclass of its own: the attributes below belong to the reason, not to the evidence, and attributes of a
    base class that is no dataclass are no fields. Why not frozen: an exception must take its traceback. Refusals with
    equal evidence are equal, so that a rule's result can be compared.
    """

    reason: str = "refused"  # the reason's own name, stable across releases: the class name, lower case, hyphens
    label: str = "refused"  # what people say: the documented code, or else the name
    code: Code | None = None
    clause: Clause | None = None
    readings: tuple[str, ...] = ()  # what stands behind the reason beside the clause: ids in docs/readings.md
    message: str = N_("Refused.")
    next_step: str = ""
    who: Who = Who.HOST
    checks: tuple[object, ...] = ()  # the checks made on the way, if the rule lists them
    __match_args__: ClassVar[tuple[str, ...]] = ()  # the names of the fields; a dataclass sets it

    def __init_subclass__(cls) -> None:
        dataclass(unsafe_hash=True)(cls)
        if "reason" not in vars(cls):
            cls.reason = re.sub("(?<!^)(?=[A-Z])", "-", cls.__name__).lower()
            cls.label = str(int(cls.code)) if cls.code else cls.reason
        if "readings" not in vars(cls) and cls.clause is not None:
            cls.readings = cls.clause.readings
        # A face's own reasons stay out: what the table holds must not depend on what was imported.
        if cls.__module__ == __name__ and cls.reason:
            REASONS[cls.reason] = cls

    @property
    def basis(self) -> Basis:
        """What the reason rests on: the page, only if no reading stands behind it. The next step is always ours."""
        if self.readings or self.clause is None:
            return Basis.READING
        return self.clause.source

    @property
    def evidence(self) -> dict[str, object]:
        """The values that the rule compared, by the names of the placeholders."""
        return {name: getattr(self, name) for name in self.__match_args__}

    def __str__(self) -> str:
        return self.message.format(**self.evidence)


# -- reasons with a documented code, in the order of the page's table


class DataUnreadable(Refusal):
    """10000: what arrived is not JSON of one object."""

    problem: str
    code = Code.JSON_PARSER_ERROR
    clause = Clause.CODE_10000
    message = N_("The data that arrived cannot be read: {problem}.")
    next_step = N_("Check that the address leads to the authorization server and that no proxy answers in between.")
    who = Who.PROJECT


class ParameterWrong(Refusal):
    """10001: a field is missing, of the wrong kind, or not in range."""

    field: str
    problem: str
    code = Code.PARAM_INPUT_ERROR
    clause = Clause.CODE_10001
    message = N_("The parameter {field} is wrong: {problem}.")
    next_step = N_("Correct the parameter and submit again.")
    who = Who.PROJECT


class NothingToUnbind(Refusal):
    """20000: what should be unbound (or destroyed) holds no authorization."""

    subject: str
    code = Code.DO_NOT_NEED_DEACTIVATE
    clause = Clause.CODE_20000
    message = N_("{subject} is not authorized here, so there is nothing to unbind.")
    next_step = N_("Check that this is the right server; nothing else is to be done.")
    who = Who.PROJECT


class LicenseExpired(Refusal):
    """30000: the license's expiry is reached, judged by the latest instant ever seen."""

    expires: datetime
    code = Code.LICENSE_EXPIRED
    clause = Clause.CODE_30000
    message = N_("The license expired at {expires}.")
    next_step = N_("Check the clock of the container host; if it is right, ask the business staff for a new license.")
    who = Who.CUSTOMER


class VersionMismatch(Refusal):
    """30001: product or version is not what the license was issued for."""

    offered: str
    licensed: str
    code = Code.REPORT_VERSION_ERROR
    clause = Clause.CODE_30001
    message = N_("The project is {offered}; the license is for {licensed}.")
    next_step = N_(
        "Compare the project's version with the license; ask the business staff for a license that covers it."
    )
    who = Who.CUSTOMER


class AuthorizationLapsed(Refusal):
    """30002: an activation was in force and no longer is (reading A16)."""

    since: datetime
    cause: str
    code = Code.ACCOUNT_STATUS_ERROR
    clause = Clause.CODE_30002
    message = N_("The server's authorization was in force and lapsed at {since}: {cause}.")
    next_step = N_(
        "Open the QR code page of the authorization server, scan again and enter the new code; then register."
    )
    who = Who.HOST


class AddressOutside(Refusal):
    """30003: the caller's IP address is in none of the license's networks."""

    address: str
    allowed: tuple[str, ...]
    code = Code.LICENSE_IP_ERROR
    clause = Clause.CODE_30003
    message = N_("The IP address {address} is not within the allowed range ({allowed}).")
    next_step = N_(
        "Check from which address the project server comes (NAT changes it); have the license changed if it is right."
    )
    who = Who.PROJECT


class DomainOutside(Refusal):
    """30004: the project's domain is not among the license's domains."""

    domain: str
    allowed: tuple[str, ...]
    code = Code.LICENSE_DOMAIN_ERROR
    clause = Clause.CODE_30004
    message = N_("The domain {domain} is not within the allowed range ({allowed}).")
    next_step = N_("Open the project by a licensed domain name, or have the license changed.")
    who = Who.PROJECT


class AppNameOutside(Refusal):
    """30005: the project's app name (context path) is not among the license's app names."""

    app_name: str
    allowed: tuple[str, ...]
    code = Code.LICENSE_APPNAME_ERROR
    clause = Clause.CODE_30005
    message = N_("The app name {app_name} is not within the allowed range ({allowed}).")
    next_step = N_("Compare the context path of the project (often webroot) with the license.")
    who = Who.PROJECT


class SeatsTaken(Refusal):
    """30007: every seat of the license is taken."""

    seats: int
    code = Code.REGISTER_OUT_OF_LIMIT
    clause = Clause.CODE_30007
    message = N_("All {seats} authorizations of the license are taken.")
    next_step = N_(
        "Unbind a node that is no longer used, wait until a silent one's seat ends, or have the number raised."
    )
    who = Who.PROJECT


# -- reasons without a documented code: registration and polling


class NeverActivated(Refusal):
    """The authorization server has never been activated."""

    clause = Clause.QR_PAGE
    readings = ("lapsed-is-30002",)
    message = N_("The authorization server has not been activated yet.")
    next_step = N_("Open its QR code page, scan, enter the six digits and submit; then register.")


class NodeKeyWrong(Refusal):
    """Another node holds the seat under this node's name."""

    node: str
    clause = Clause.CONNECTIONS
    readings = ("node-key",)
    message = N_("The seat of {node} belongs to another machine: the node key differs.")
    next_step = N_("Give each node its own name; if the machine was replaced, wait until the old seat ends.")
    who = Who.PROJECT


class SeatEnded(Refusal):
    """The seat polled for has ended; a poll never revives it."""

    node: str
    clause = Clause.SILENCE
    readings = ("ends-at-once",)
    message = N_("The registration of {node} has ended on the authorization server.")
    next_step = N_("Register the project again.")
    who = Who.PROJECT


# -- reasons without a documented code: the six digits


class WrongCode(Refusal):
    """The six digits are not those of the present QR code."""

    tries_left: int
    clause = Clause.WRONG_CODES
    message = N_("The code is wrong. Tries left before the lock: {tries_left}.")
    next_step = N_("Compare with the phone; a code belongs to the QR code it was scanned from.")


class CodeSuperseded(Refusal):
    """The six digits are those of a QR code that Refresh has replaced (ours); no try is used up."""

    clause = Clause.REFRESH
    readings = ("what-counts-as-a-try",)
    message = N_("The code belongs to an earlier QR code: Refresh was pressed after it was scanned.")
    next_step = N_("Scan the QR code that is shown now and enter its code. No try was used up.")


class CodeEntryLocked(Refusal):
    """Too many wrong codes: code entry waits, for right codes too."""

    until: datetime
    clause = Clause.LOCK
    message = N_("Code entry is locked until {until} after too many wrong codes.")
    next_step = N_("Wait for the end of the lock, refresh the QR code, scan again. Polls of registered projects go on.")
    who = Who.NOBODY


class CodeEntrySealed(Refusal):
    """So many wrong codes since the last success that only the console opens code entry again (ours)."""

    wrong: int
    clause = Clause.WRONG_CODES
    readings = ("sealed",)
    message = N_("Code entry is sealed: {wrong} wrong codes since the last success.")
    next_step = N_("Find out who was guessing, then run `fanlic unlock` on the container's console.")


class QrExpired(Refusal):
    """The QR code is too old, or a start of the server voided it."""

    clause = Clause.QR_LIFE
    readings = ("a14",)
    message = N_("The QR code is no longer valid, and with it its code.")
    next_step = N_("Press Refresh, scan the new QR code and enter its code within five minutes.")


class RefreshLimited(Refusal):
    """Too many QR codes were replaced while they were still valid (ours)."""

    until: datetime
    clause = Clause.REFRESH
    readings = ("refreshes-limited",)
    message = N_("Too many new QR codes were made. The next one can be made at {until}.")
    next_step = N_("Scan the QR code that is shown. If it was not you who refreshed it, find out who opens the page.")


class NoQr(Refusal):
    """A code arrived before any QR code was shown."""

    clause = Clause.QR_PAGE
    readings = ("qr-page-cases",)
    message = N_("No QR code has been shown yet.")
    next_step = N_("Open the QR code page and scan first.")


class AlreadyActivated(Refusal):
    """The activation is in force; there is nothing to scan."""

    since: datetime
    clause = Clause.SIX_DIGITS
    readings = ("qr-page-cases",)
    message = N_("The server has been activated since {since}; there is nothing to scan.")
    next_step = N_("Register the project with the address of this server.")
    who = Who.PROJECT


# -- the phone's page at the business desk


class ChallengeUnreadable(Refusal):
    """The text that was scanned is not a challenge of a fanlic server."""

    problem: str
    clause = Clause.SIX_DIGITS
    readings = ("phone-page",)
    message = N_("This is not a QR code of a fanlic authorization server: {problem}.")
    next_step = N_("Scan the picture on the QR code page of the authorization server.")
    who = Who.PHONE


class ChallengeForged(Refusal):
    """The challenge's proofs do not fit: not made by a server that holds this license."""

    problem: str
    clause = Clause.SIX_DIGITS
    readings = ("phone-page",)
    message = N_("The QR code was not made by the server it names: {problem}.")
    next_step = N_("Do not approve it. Open the QR code page of your own server and scan there.")
    who = Who.PHONE


class LicenseUnknown(Refusal):
    """The desk has issued no such license."""

    license: str
    clause = Clause.ARCHIVE
    readings = ("phone-page",)
    message = N_("No license {license} was issued here.")
    next_step = N_("Check that the container was started from the archive this business desk sent.")
    who = Who.CUSTOMER


class LicenseDestroyed(Refusal):
    """The license's authorization was destroyed for a migration."""

    license: str
    at: datetime
    clause = Clause.DESTROY
    readings = ("phone-page",)
    message = N_("The authorization {license} was destroyed at {at}.")
    next_step = N_("Use the new server that was started from the newer archive.")
    who = Who.CUSTOMER


class LicenseBoundElsewhere(Refusal):
    """The license was approved for another server identity; a container made anew without its /app/config has one."""

    license: str
    bound_to: str
    asked_by: str
    clause = Clause.MAP_CONFIG
    readings = ("a8", "a29")
    message = N_("The license {license} belongs to server {bound_to}; this is server {asked_by}.")
    next_step = N_(
        "Start the container with the /app/config of the first start, or have the old authorization destroyed."
    )
    who = Who.HOST


class ChallengeUsed(Refusal):
    """This QR code was approved before."""

    clause = Clause.SIX_DIGITS
    readings = ("qr-page-cases",)
    message = N_("This QR code was approved before; each one works once.")
    next_step = N_("Press Refresh on the QR code page and scan the new one.")
    who = Who.PHONE


# -- the mail check at the business desk


class SenderWithoutContract(Refusal):
    """The mail does not come from an address that a contract names."""

    sender: str
    clause = Clause.SENDER
    message = N_("No contract names the sender {sender}.")
    next_step = N_(
        "Send from the address that the contract names; without a contract, talk to the business staff first."
    )
    who = Who.CUSTOMER


class RecipientWrong(Refusal):
    """The mail does not go to the business desk."""

    recipient: str
    clause = Clause.RECIPIENT
    readings = ("mail-compared",)
    message = N_("The mail is addressed to {recipient}.")
    next_step = N_("Address it to business@fanruan.com.")
    who = Who.CUSTOMER


class TitleWithoutCompany(Refusal):
    """The title does not name the company of the contract."""

    title: str
    company: str
    clause = Clause.TITLE
    message = N_('The title "{title}" does not name the company {company}.')
    next_step = N_("Write the company's name into the title, as in the contract.")
    who = Who.CUSTOMER


class BodyLineMissing(Refusal):
    """A line of the body is missing."""

    line: str
    clause = Clause.BODY
    readings = ("mail-compared",)
    message = N_('The body has no line "{line}".')
    next_step = N_("Add the line, with its value after a colon.")
    who = Who.CUSTOMER


class BodyLineWrong(Refusal):
    """A line of the body has a value that does not fit the contract or cannot be read."""

    line: str
    value: str
    problem: str
    clause = Clause.BODY
    readings = ("mail-compared",)
    message = N_('"{line}: {value}" does not fit: {problem}.')
    next_step = N_("Correct the value and send the mail again.")
    who = Who.CUSTOMER


class MethodOther(Refusal):
    """The body asks for another method of authentication."""

    method: str
    clause = Clause.METHOD
    readings = ("mail-compared",)
    message = N_('The registration method "{method}" is not handled by this procedure.')
    next_step = N_("Write: Container private cloud authentication.")
    who = Who.CUSTOMER


class MailUnreadable(Refusal):
    """The message is no mail that can be read."""

    problem: str
    clause = Clause.BODY
    readings = ("mail-compared",)
    message = N_("The message cannot be read as a mail: {problem}.")
    next_step = N_("Send one plain text mail with the lines of the form.")
    who = Who.CUSTOMER


# -- migration


class AddressMissing(Refusal):
    """The mail does not name the address of the server to be migrated, or one that is unknown."""

    address: str
    clause = Clause.MIGRATE_ADDRESS
    readings = ("a27",)
    message = N_("The mail names no address of a server that this contract authorized (read: {address}).")
    next_step = N_("Name the old server as https://address:port, as it was when it was activated.")
    who = Who.CUSTOMER


class DestructionDenied(Refusal):
    """The customer was asked back, and did not ask for the destruction."""

    license: str
    clause = Clause.DESTROY
    readings = ("asks-back",)
    message = N_("The customer was asked back and does not want {license} destroyed, so it stays in force.")
    next_step = N_("If it is to be migrated after all, send the mail again, and confirm it when the desk asks back.")
    who = Who.CUSTOMER


class PrivateConfigMissing(Refusal):
    """The second mail of a migration has no privateConfig attached."""

    clause = Clause.ATTACH
    message = N_("A migration is under way, and no file privateConfig is attached.")
    next_step = N_("Take privateConfig from /app/config of the old server, attach it and send the mail again.")
    who = Who.CUSTOMER


class PrivateConfigWrong(Refusal):
    """The attached privateConfig is damaged, or of another server."""

    problem: str
    clause = Clause.ATTACH
    readings = ("whose-private-config",)
    message = N_("The attached privateConfig cannot be accepted: {problem}.")
    next_step = N_("Attach the file privateConfig from /app/config of the server that was migrated, unchanged.")
    who = Who.CUSTOMER


class NotDestroyedYet(Refusal):
    """A new archive was asked for before the old authorization was destroyed."""

    license: str
    clause = Clause.DESTROY
    readings = ("whose-private-config",)
    message = N_("The authorization {license} is still in force.")
    next_step = N_("First send the mail that names the old server's address, and wait for the reply.")
    who = Who.CUSTOMER


class RestartBeforeReply(Refusal):
    """The old server must not be restarted between the mail and its reply."""

    clause = Clause.NO_RESTART
    message = N_("The old server must not be restarted before the reply has come.")
    next_step = N_("Leave it as it is and wait for the reply.")


class StepOutOfOrder(Refusal):
    """A migration step was taken before the one it builds on."""

    action: str
    expected: str
    clause = Clause.CLOSE_THEN_COPY
    readings = ("a18",)
    message = N_("Not now: {action}.")
    next_step = N_("What FanRuan's page asks for now: {expected}.")
    who = Who.CUSTOMER


# -- what the project meets on the way to the server


class CannotConnect(Refusal):
    """No answer from the address."""

    address: str
    problem: str
    clause = Clause.FIREWALL
    readings = ("client-checks",)
    message = N_("Cannot connect to {address}: {problem}.")
    next_step = N_("Check that the server runs, that docker ps shows this port, and that the firewall lets it through.")
    who = Who.PROJECT


class CertificateRefused(Refusal):
    """The server's certificate is not valid for the address or not trusted."""

    address: str
    problem: str
    clause = Clause.BUILT_IN_CERTIFICATE
    readings = ("a10",)
    message = N_("The certificate of {address} was refused: {problem}.")
    next_step = N_("Map /app/tls with a certificate for this address, and trust its issuer.")


class AnswerUnknown(Refusal):
    """Something answered, but not as an authorization server does."""

    address: str
    problem: str
    clause = Clause.PRIVATE_CLOUD
    readings = ("client-checks",)
    message = N_("{address} did not answer as an authorization server: {problem}.")
    next_step = N_("Check the address: https, host and the port from docker ps, nothing after it.")
    who = Who.PROJECT


class IdentityChanged(Refusal):
    """Another server answers at the address than the one the project registered with."""

    address: str
    pinned: str
    met: str
    clause = Clause.MAP_CONFIG
    readings = ("client-checks",)
    message = N_("{address} is now server {met}; the project registered with server {pinned}.")
    next_step = N_("Find out which server this is. If it replaces the old one, register again.")
    who = Who.PROJECT


class ServerChanged(Refusal):
    """A registration went to another server than the last one did. It counts; the list of failed checks shows it."""

    address: str
    pinned: str
    met: str
    clause = Clause.MAP_CONFIG
    readings = ("state-cannot-lie",)
    message = N_("{address} is server {met}; the last registration was with server {pinned}. The new one counts.")
    next_step = N_("After a migration this is right. Otherwise find out which server this is, and unbind.")
    who = Who.PROJECT


class StateWentBack(Refusal):
    """The server has forgotten what it told this node. Its answer counts; the list of failed checks shows it."""

    address: str
    known: str
    met: str
    clause = Clause.MAP_CONFIG
    readings = ("state-cannot-lie",)
    message = N_("{address} answers from an older state: it had told this node of {known}, and now knows of {met}.")
    next_step = N_("Ask whether a copy of /app/config was put back, or whether a second server runs from a copy.")
    who = Who.HOST


class AddressUnfit(Refusal):
    """The address typed in the dialog is not https://host:port."""

    address: str
    problem: str
    clause = Clause.PRIVATE_CLOUD
    readings = ("the-dialog",)
    message = N_("The address {address} cannot be used: {problem}.")
    next_step = N_("Enter https://, the IP address or name, a colon and the port.")
    who = Who.PROJECT


class NotAdministrator(Refusal):
    """Only the administrator reaches the Registration page."""

    user: str
    clause = Clause.REGISTER_AS_ADMIN
    readings = ("the-dialog",)
    message = N_("The user {user} cannot open Manage > Registration.")
    next_step = N_("Log in as the administrator.")
    who = Who.PROJECT


class OtherMethodChosen(Refusal):
    """The dialog's AUTH Method is not Private Cloud."""

    method: str
    clause = Clause.PRIVATE_CLOUD
    readings = ("the-dialog",)
    message = N_("AUTH Method is {method}; its fields lead nowhere here.")
    next_step = N_("Choose Private Cloud.")
    who = Who.PROJECT


class NotRegistered(Refusal):
    """The project holds no registration."""

    node: str
    clause = Clause.DETAILS
    readings = ("client-checks",)
    message = N_("{node} is not registered.")
    next_step = N_("Register it first.")
    who = Who.PROJECT


class Reported(Refusal):
    """A reason as the server reported it over the wire, with the server's own words."""

    named: str
    message_there: str
    next_there: str
    number: int | None = None
    slug: str = ""
    reason = ""  # the server gives the name, so this class stands in no table
    message = N_("{message_there}")
    next_step = N_("{next_there}")
    who = Who.PROJECT

    def __post_init__(self) -> None:
        self.code = Code(self.number) if self.number in set(Code) else None
        self.clause = SLUGS.get(self.slug, Clause.DETAILS)
        self.reason = self.named
        self.readings = REASONS[self.named].readings if self.named in REASONS else ("client-checks",)
        self.label = str(int(self.code)) if self.code else self.named
