"""The clauses: every rule-bearing sentence of the source page, in our words, with the place where it stands.

A clause's slug joins its paragraph in `docs/clauses.md`, the `# clause:` tag on the line that enforces it, and the
tests marked with it. A clause that no line enforces says why in `no_line`. Where the page is silent and a sibling
page of the vendor speaks, the basis says so.
"""

from __future__ import annotations

from enum import Enum, StrEnum

SOURCE_VERSION = "FineBI 6.0.5, Container Private Cloud Authentication"


class Basis(StrEnum):
    """Where a statement comes from; shown wherever an outcome is shown."""

    PAGE = "the page"
    VENDOR = "the vendor elsewhere"
    READING = "our reading"


class Clause(Enum):
    """One rule-bearing sentence: slug, heading, our paraphrase, basis, and, where no line enforces it, why."""

    def __init__(self, slug: str, heading: str, text: str, basis: Basis = Basis.PAGE, no_line: str = "") -> None:
        self.slug = slug
        self.heading = heading
        self.text = text
        self.basis = basis
        self.no_line = no_line

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
        "Local container authentication is out where one authorization server has to serve several report servers.",
    )
    TWO_SERVERS = (
        "two-servers",
        "Overview: Functions",
        "Two roles are needed: an authorization server that runs the image in Docker, and the project server.",
        Basis.PAGE,
        "Two roles, not two machines (reading A19): the lab has both, and nothing forbids one address.",
    )
    NETWORK = (
        "network-between",
        "Notes: 1",
        "The project server must be able to reach the authorization server over the network.",
    )
    DOWN_TIME = (
        "down-time-24-hours",
        "Notes: 2",
        "The authorization server must not be down for 24 hours or longer; an activation does not survive it.",
    )
    REAUTHENTICATE = (
        "re-authenticate",
        "Notes: 2",
        "After too long a down-time: scan again and enter a new code. The image need not be loaded again.",
    )
    HEALS = (
        "heals-within-two-hours",
        "Notes: 2",
        (
            "After a shorter down-time the project may show a failed registration; it is valid again once the project "
            "has reconnected by itself, at the latest one two-hour poll after the server's return."
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
        "The maximum number of registration is the number of nodes in the cluster; left out, it is 1.",
    )
    SEATS_CONTRACT = (
        "seats-contract",
        "Obtaining the Authorization File",
        "Where the mail asks for more than the contract has, the contract's number holds.",
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
        "The archive holds an amd64 and an arm64 image; the host's architecture decides which one to run.",
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
        "/app/config, where privateConfig is made, must be mapped, or a container made anew fails to carry on.",
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
        "A phone's browser that opens the QR code shows six digits; they are entered on the page and submitted.",
    )
    QR_LIFE = (
        "qr-five-minutes",
        "Submitting and Authentication: Note 1",
        "A QR code is good for five minutes, its code included.",
    )
    REFRESH = (
        "refresh-by-hand",
        "Submitting and Authentication: Note 1",
        "An expired QR code is renewed by hand, never by itself.",
    )
    REGISTER_AT_ONCE = (
        "register-at-once",
        "Submitting and Authentication: Note 2",
        "With the code in hand go on at once; a restart in between makes the scan worthless.",
    )
    WRONG_CODES = (
        "wrong-codes",
        "Submitting and Authentication: Note 3",
        "More than five wrong codes lock code entry.",
    )
    LOCK = (
        "lock-fifteen-minutes",
        "Submitting and Authentication: Note 3",
        "The lock lasts 15 minutes, for right codes too.",
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
        "The maximum number of connections is how many can be registered with the server at the same time.",
    )
    FIREWALL = (
        "firewall",
        "FineBI Server Verification Authorization: Note 2",
        "Where registering fails, look at the firewall: the mapped port must be open.",
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
    CODE_30000 = ("code-30000", "Failed Registration", "LICENSE_EXPIRED: the license has expired.")
    CODE_30001 = ("code-30001", "Failed Registration", "REPORT_VERSION_ERROR: the version does not match.")
    CODE_30002 = (
        "code-30002",
        "Failed Registration",
        "ACCOUNT_STATUS_ERROR: the state of the account is abnormal.",
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
            "The mail that asks to destroy the old authorization comes from the contract's address and names the "
            "address of the server to be migrated."
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
        "A new archive comes by mail, and the procedure is followed anew on the new server.",
    )


SLUGS = {clause.slug: clause for clause in Clause}
