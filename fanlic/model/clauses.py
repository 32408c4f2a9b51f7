"""The clauses: every rule-bearing sentence of FanRuan's page in our words, apart from what we read into it.

A clause's slug joins its paragraph in `docs/clauses.md`, the `# clause:` tag on the line that enforces it, and the
tests marked with it. If no line enforces a clause, `no_line` says why. If the page is silent and a sibling page of the
vendor speaks, `source` says so.

`text` says what the source says, and nothing else. What we read into it is kept apart, in the table `READ`, with the
ids of docs/readings.md:

- `readings` stand behind every use of the clause: without them the sentence cannot be applied at all;
- `edges` stand behind some uses only, for example at exactly 24 hours. A line that rests on an edge must name it.

From this the basis of each line is derived: it is FanRuan's page only if no reading stands behind the line.
"""

from __future__ import annotations

from enum import Enum, StrEnum
from typing import NamedTuple

SOURCE_VERSION = "FineBI 6.0.5, Container Private Cloud Authentication"


class Basis(StrEnum):
    """Where a statement comes from; shown wherever an outcome is shown."""

    PAGE = "FanRuan's page"
    VENDOR = "the vendor elsewhere"
    READING = "our reading"


class Read(NamedTuple):
    """What we read into a clause, in our words, and the ids in docs/readings.md: behind every use, behind some uses."""

    text: str
    readings: tuple[str, ...] = ()
    edges: tuple[str, ...] = ()


class Clause(Enum):
    """One rule-bearing sentence: slug, heading, our paraphrase, source, and, if no line enforces it, why."""

    def __init__(self, slug: str, heading: str, text: str, source: Basis = Basis.PAGE, no_line: str = "") -> None:
        self.slug = slug
        self.heading = heading
        self.text = text
        self.source = source
        self.no_line = no_line

    @property
    def read(self) -> Read:
        """What we read into the sentence; empty if it can be applied as it stands."""
        return READ.get(self, Read(""))

    @property
    def readings(self) -> tuple[str, ...]:
        """The readings behind every use of the clause."""
        return self.read.readings

    @property
    def basis(self) -> Basis:
        """What a line rests on that cites this clause and no reading of its own."""
        return Basis.READING if self.readings else self.source

    # -- Overview
    VERSION = (
        "version-6-0-5",
        "Overview: Version",
        "The procedure is documented for FineBI 6.0.5.",
    )
    SCENARIO_DOCKER = (
        "scenario-docker",
        "Overview: Application Scenarios",
        (
            "A project inside a Docker container shows no machine code or MAC address to bind to, so local machine "
            "and (physical) private cloud authentication are out."
        ),
    )
    SCENARIO_NO_INTERNET = (
        "scenario-no-internet",
        "Overview: Application Scenarios",
        "A project without a way to the internet cannot use public cloud authentication.",
    )
    SCENARIO_MANY_SERVERS = (
        "scenario-many-servers",
        "Overview: Application Scenarios",
        "Local container authentication is out if one authorization server has to serve several report servers.",
    )
    TWO_SERVERS = (
        "two-servers",
        "Overview: Functions",
        "Two servers are needed: an authorization server that runs the image in Docker, and the project server.",
        Basis.PAGE,
        "The lab has both servers, and nothing forbids that they share one machine.",
    )
    NETWORK = (
        "network-between",
        "Notes: 1",
        "The project server must be able to reach the authorization server over the network.",
    )
    DOWN_TIME = (
        "down-time-24-hours",
        "Notes: 2",
        "The authorization server must not be down for more than 24 hours.",
    )
    REAUTHENTICATE = (
        "re-authenticate",
        "Notes: 2",
        "After more than 24 hours: scan again and enter a new code. The image need not be loaded again.",
    )
    HEALS = (
        "heals-within-two-hours",
        "Notes: 2",
        (
            "After a down-time of less than 24 hours FineBI fails to register; the registration is valid if FineBI "
            "reconnects by itself within two hours."
        ),
    )
    TWELVE_MISSES = (
        "twelve-misses",
        "Notes: 2",
        "A project that got no answer to twelve polls in a row has lost its registration and must register again.",
        Basis.VENDOR,
    )
    SILENCE = (
        "silence-24-hours",
        "Notes: 2",
        "An authorization server that has heard nothing from a project for 24 hours ends that registration.",
        Basis.VENDOR,
    )
    RESTART_FINEOPS = (
        "restart-fineops",
        "Notes: 2",
        "FineOps, August 2025: any stop or restart of the authorization component needs a new scan and code.",
        Basis.VENDOR,
    )
    RESTART_FINEREPORT = (
        "restart-finereport",
        "Notes: 2",
        "FineReport 11.5.11: a restarted authorization server needs no new scan while version and license allow.",
        Basis.VENDOR,
    )
    # -- Obtaining the Authorization File
    CONTRACT_FIRST = (
        "contract-first",
        "Obtaining the Authorization File",
        "Talk to the business staff and sign the contract before any mail is sent.",
    )
    SENDER = (
        "sender",
        "Obtaining the Authorization File",
        "The mail comes from the address that the contract names; any other sender is refused.",
    )
    RECIPIENT = (
        "recipient",
        "Obtaining the Authorization File",
        "The mail goes to business@fanruan.com.",
    )
    TITLE = (
        "title",
        "Obtaining the Authorization File",
        "The title names the company; a mail whose title does not is refused.",
    )
    BODY = (
        "body",
        "Obtaining the Authorization File",
        "The body gives company name, project name and the contract's signing date as YYYY-MM-DD.",
    )
    METHOD = (
        "method",
        "Obtaining the Authorization File",
        "The body asks for container private cloud authentication.",
    )
    SEATS = (
        "seats",
        "Obtaining the Authorization File",
        (
            "The maximum number of registration is the number of nodes in the cluster; left out, it is 1. A standalone "
            "project does not need it."
        ),
    )
    SEATS_CONTRACT = (
        "seats-contract",
        "Obtaining the Authorization File",
        "If the mail asks for more than the contract has, the contract's number holds.",
        Basis.VENDOR,
    )
    ENGINES = (
        "engines",
        "Obtaining the Authorization File",
        "FineOps sites also name the number of BI engines; left out, it is the contract's number, or 1.",
        Basis.VENDOR,
    )
    ARCHIVE = (
        "archive-by-mail",
        "Obtaining the Authorization File",
        "A mail that passes the check is answered with fanruan_license_server.tar.",
    )
    # -- Starting the Authorization Server
    LOAD = (
        "load",
        "Starting the Authorization Server: Loading",
        "docker load reads the image archive.",
    )
    ARCHITECTURES = (
        "architectures",
        "Starting the Authorization Server: Viewing",
        "The archive holds an amd64 and an arm64 image; one of them is chosen.",
    )
    LIST_IMAGES = (
        "list-images",
        "Starting the Authorization Server: Viewing",
        "docker images shows the imported image.",
    )
    SEVERAL_MAPPINGS = (
        "several-mappings",
        "Starting the Authorization Server: Generating",
        "Several directories are mapped by repeating -v.",
    )
    PLAIN_PATH = (
        "plain-path",
        "Starting the Authorization Server: Note 1",
        "The name of a mapped host directory has no spaces and no special characters, or errors may follow.",
    )
    BUILT_IN_CERTIFICATE = (
        "built-in-certificate",
        "Starting the Authorization Server: Note 2",
        "The built-in HTTPS certificate is valid for localhost and 127.0.0.1 only.",
    )
    OWN_CERTIFICATE = (
        "own-certificate",
        "Starting the Authorization Server: Note 2",
        "For other addresses or names the certificate directory is mapped and holds one's own certificate.",
    )
    RANDOM_PORT = (
        "random-port",
        "Starting the Authorization Server: Note 3",
        "-P publishes the container port on a free host port between 49153 and 65535.",
    )
    FIXED_PORT = (
        "fixed-port",
        "Starting the Authorization Server: Note 3",
        "-p host:container publishes on the host port one chose.",
    )
    MAP_CONFIG = (
        "map-config",
        "Starting the Authorization Server: Note 4",
        "/app/config, where privateConfig is made, must be mapped, or errors follow when the container starts again.",
    )
    MAP_LOG = (
        "map-log",
        "Starting the Authorization Server: Note 4",
        "/app/log may be mapped, which makes the logs easy to reach.",
        Basis.PAGE,
        "Nothing depends on it: mapped or not, the server writes to /app/log and to its standard output.",
    )
    MAP_TLS = (
        "map-tls",
        "Starting the Authorization Server: Note 4",
        "/app/tls may be mapped, and then must hold a certificate put there by hand, or the server does not start.",
    )
    MAP_WEB = (
        "map-web",
        "Starting the Authorization Server: Note 4",
        "/app/web must not be mapped: the QR code page is unreachable afterwards.",
    )
    LIST_PORT = (
        "list-port",
        "Starting the Authorization Server: Listing",
        "docker ps shows which host port the container port was published on.",
    )
    # -- Submitting and Authentication
    QR_PAGE = (
        "qr-page",
        "Submitting and Authentication",
        "The QR code is at https://address:port/license/qrcode.",
    )
    SIX_DIGITS = (
        "six-digits",
        "Submitting and Authentication",
        "A phone's browser that scans the QR code shows six digits; they are entered in the system and submitted.",
    )
    QR_LIFE = (
        "qr-five-minutes",
        "Submitting and Authentication: Note 1",
        "A QR code is valid for five minutes.",
    )
    WITHIN_TIME = (
        "within-the-time",
        "Submitting and Authentication: Note 1",
        "The registration is completed within the specified time.",
    )
    REFRESH = (
        "refresh-by-hand",
        "Submitting and Authentication: Note 1",
        "After five minutes the QR code is refreshed by hand.",
    )
    REGISTER_AT_ONCE = (
        "register-at-once",
        "Submitting and Authentication: Note 2",
        "With the code in hand, register at once, and do not restart the project before the registration succeeded.",
    )
    WRONG_CODES = (
        "wrong-codes",
        "Submitting and Authentication: Note 3",
        "If more than five wrong codes are entered, the system is locked.",
    )
    LOCK = (
        "lock-fifteen-minutes",
        "Submitting and Authentication: Note 3",
        "The lock lasts 15 minutes. It is there against guessing and against hammering the interface.",
    )
    # -- FineBI Server Verification Authorization
    REGISTER_AS_ADMIN = (
        "register-as-admin",
        "FineBI Server Verification Authorization",
        "Registering is done by the administrator, under Manage > Registration > Register Now.",
    )
    PRIVATE_CLOUD = (
        "private-cloud",
        "FineBI Server Verification Authorization",
        "AUTH Method is Private Cloud; the address is https, host and listening port of the authorization server.",
    )
    CONNECTIONS = (
        "maximum-connections",
        "FineBI Server Verification Authorization: Note 1",
        "The maximum number of connections is how many projects can be registered with the server at the same time.",
    )
    FIREWALL = (
        "firewall",
        "FineBI Server Verification Authorization: Note 2",
        "If authentication fails, check the firewall: open the port, or switch the firewall off.",
    )
    # -- Failed Registration
    DETAILS = (
        "details",
        "Failed Registration",
        "A failed registration shows a pop-up; its Details tell the cause.",
    )
    CODE_10000 = ("code-10000", "Failed Registration", "JSON_PARSER_ERROR: the data cannot be read.")
    CODE_10001 = ("code-10001", "Failed Registration", "PARAM_INPUT_ERROR: a parameter is wrong.")
    CODE_20000 = (
        "code-20000",
        "Failed Registration",
        "DO_NOT_NEED_DEACTIVATE: the machine is not authorized, so there is nothing to unbind.",
    )
    CODE_30000 = ("code-30000", "Failed Registration", "LICENSE_EXPIRED: the certificate has expired.")
    CODE_30001 = ("code-30001", "Failed Registration", "REPORT_VERSION_ERROR: the version does not match.")
    CODE_30002 = (
        "code-30002",
        "Failed Registration",
        (
            "ACCOUNT_STATUS_ERROR: the state of the account is abnormal. In brackets: it appears if an unauthorized "
            "machine need not be unbound."
        ),
    )
    CODE_30003 = ("code-30003", "Failed Registration", "LICENSE_IP_ERROR: the IP address is out of range.")
    CODE_30004 = ("code-30004", "Failed Registration", "LICENSE_DOMAIN_ERROR: the domain is out of range.")
    CODE_30005 = ("code-30005", "Failed Registration", "LICENSE_APPNAME_ERROR: the app name is out of range.")
    CODE_30007 = ("code-30007", "Failed Registration", "REGISTER_OUT_OF_LIMIT: every authorization is taken.")
    # -- Authentication Migration
    MIGRATE_ADDRESS = (
        "migrate-address",
        "Authentication Migration: Destroying",
        (
            "The mail that asks to destroy the old authorization comes from the contract's address, has the "
            "registration information, and names in its body the address of the server to be migrated."
        ),
    )
    DESTROY = (
        "destroy",
        "Authentication Migration: Destroying",
        "The business staff check the mail, destroy the authorization and say so by mail.",
    )
    NO_RESTART = (
        "no-restart-before-reply",
        "Authentication Migration: Destroying",
        "The old server is not restarted before the reply has come.",
    )
    CLOSE_THEN_COPY = (
        "close-then-copy",
        "Authentication Migration: Copying",
        "First the old server is shut down, then privateConfig is taken from /app/config.",
    )
    ATTACH = (
        "attach-private-config",
        "Authentication Migration: Obtaining",
        "The second mail has the format of the first and privateConfig attached.",
    )
    NEW_ARCHIVE = (
        "new-archive",
        "Authentication Migration: Obtaining",
        "A new archive comes by mail, and the procedure is followed again on the new server.",
    )


SLUGS = {clause.slug: clause for clause in Clause}

READ: dict[Clause, Read] = {
    Clause.TWO_SERVERS: Read("Two roles: one machine may have both.", ("a19",)),
    Clause.DOWN_TIME: Read(
        "At exactly 24 hours the activation has lapsed. Down-time is the gap between two life marks of the server.",
        edges=("a6", "down-time-is-a-gap"),
    ),
    Clause.REAUTHENTICATE: Read("The projects must be registered again too: the lapse ends all seats.", edges=("a5",)),
    Clause.HEALS: Read(
        "FineBI only shows a failed registration. It polls every two hours, and is valid again at its next poll.",
        ("a4",),
    ),
    Clause.TWELVE_MISSES: Read(
        "Twelve polls are counted, not 24 hours: they take 22 to 24.", edges=("twelve-misses-span",)
    ),
    Clause.SILENCE: Read(
        "A minute is added, so that the twelfth poll can arrive; no seat ends within two hours of a start.",
        edges=("silence-from-a-start",),
    ),
    Clause.RESTART_FINEOPS: Read("The restart is judged when the server starts.", edges=("fineops-restart",)),
    Clause.RESTART_FINEREPORT: Read("There is no limit of 24 hours.", edges=("finereport-no-24-hours",)),
    Clause.TITLE: Read("The name may stand anywhere in the title, in capitals or not.", edges=("mail-compared",)),
    Clause.BODY: Read("The values must be those of the contract to the letter.", edges=("mail-compared",)),
    Clause.ARCHITECTURES: Read("The architecture of the container host decides.", ("host-architecture",)),
    Clause.PLAIN_PATH: Read(
        "Plain are ASCII letters, digits, dot, underscore, hyphen, slash, backslash, colon.",
        edges=("special-characters",),
    ),
    Clause.BUILT_IN_CERTIFICATE: Read("FineBI does not check the name.", edges=("a10",)),
    Clause.OWN_CERTIFICATE: Read("The names of the files are fanlic's own.", edges=("a23",)),
    Clause.RANDOM_PORT: Read("Each start takes another port; which range depends on Docker's version.", edges=("a21",)),
    Clause.FIXED_PORT: Read("The container port is 8081.", edges=("a1",)),
    Clause.MAP_CONFIG: Read(
        "The second start is that of a new container. It starts with a new identity, and the phone refuses it.",
        edges=("a8", "a29"),
    ),
    Clause.MAP_TLS: Read("The names of the files are fanlic's own.", edges=("a23",)),
    Clause.SIX_DIGITS: Read("The system is the QR code page of the authorization server.", ("a2",)),
    Clause.QR_LIFE: Read(
        "The code lives no longer than its QR code; a new QR code ends the one before.", edges=("a14",)
    ),
    Clause.WITHIN_TIME: Read(
        "The specified time is the QR code's five minutes; the code must be submitted in it.", ("a28",)
    ),
    Clause.REGISTER_AT_ONCE: Read(
        "A restart of the authorization server, not of the project, voids the QR code.", ("a3",)
    ),
    Clause.WRONG_CODES: Read(
        "The sixth wrong code locks. A success and the end of a lock clear the count; a refresh and a restart do not.",
        ("a11",),
        ("a13", "what-counts-as-a-try", "sealed"),
    ),
    Clause.LOCK: Read("Code entry is locked, for right codes too; polls go on.", ("a12",)),
    Clause.CONNECTIONS: Read("A seat is one node that polls.", ("a15",), ("node-key",)),
    Clause.FIREWALL: Read("Open the one port that is mapped; do not switch the firewall off.", edges=("a25",)),
    Clause.CODE_20000: Read(
        "Destroying what was never activated gets it too.", edges=("destroy-what-was-never-activated",)
    ),
    Clause.CODE_30000: Read("The license has expired, not the HTTPS certificate.", ("expired-certificate",)),
    Clause.CODE_30001: Read("Product and range of versions are compared.", ("version-range",)),
    Clause.CODE_30002: Read(
        "An activation was in force and is no longer. The remark in brackets belongs to 20000.",
        ("lapsed-is-30002", "a16"),
    ),
    Clause.CODE_30005: Read("The app name is the context path of the project.", ("app-name",)),
    Clause.MIGRATE_ADDRESS: Read("The form and the address in any sensible words are enough.", edges=("a27",)),
    Clause.NO_RESTART: Read("Such a restart is refused and named; no consequence is invented.", edges=("a18",)),
    Clause.CLOSE_THEN_COPY: Read("The server is closed after the reply.", ("a18",)),
    Clause.ATTACH: Read(
        "Only the file of the server whose authorization was destroyed is accepted.", edges=("whose-private-config",)
    ),
}


def together(*readings: tuple[str, ...]) -> tuple[str, ...]:
    """The readings behind several things, each once."""
    return tuple(dict.fromkeys(reading for each in readings for reading in each))
