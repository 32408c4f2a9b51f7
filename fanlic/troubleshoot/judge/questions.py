"""Every question: what is missing without its answer, its words, and where the answer stands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fanlic.model.refusals import N_
from fanlic.troubleshoot.judge.facts import Evidence


@dataclass(frozen=True)
class Question:
    """One thing to ask for: the name of what is missing, the question, the command, and whether it is known already."""

    name: str
    missing: str
    text: str
    command: str
    known: Callable[[Evidence], bool]


def _never(_e: Evidence) -> bool:
    """Nothing pasted answers this question: a person has to."""
    return False


def _has(*kinds: str) -> Callable[[Evidence], bool]:
    return lambda e: any(e.of(kind) for kind in kinds)


DETAILS = "Manage > Registration > Register Now > Details"
QUESTIONS = (
    Question(
        "details",
        N_("the five digits behind Details in FineBI's pop-up"),
        N_("Press Details in FineBI's pop-up: which five digits, which words stand there?"),
        f"FineBI: {DETAILS}",
        _has("code"),
    ),
    Question(
        "containers",
        N_("the list of containers, stopped ones too"),
        N_("Is the container running, since when, and on which port?"),
        "docker ps -a",
        _has("status"),
    ),
    Question(
        "inspect",
        N_("docker inspect: mappings, restart policy, when it was last stopped and started"),
        N_("When was the container stopped and started last, and what is mapped?"),
        "docker inspect NAME",
        lambda e: any(fact.source == "docker inspect" for fact in e.of("status")),
    ),
    Question(
        "address",
        N_("the address saved in FineBI"),
        N_("Which address exactly is saved in FineBI?"),
        "FineBI: Manage > Registration",
        _has("saved-port"),
    ),
    Question(
        "finebi-log",
        N_("the exceptions in FineBI's log"),
        N_("Which exception does FineBI's log show at the time of the failure?"),
        'grep -aE "Exception|PKIX|refused|timed out" fanruan.log | tail -n 50',
        lambda e: any(fact.value != "registration-failed" for fact in e.of("symptom")) or bool(e.of("code")),
    ),
    Question(
        "edition",
        N_("product, version, and whether FineOps manages the site"),
        N_("Which product and version is it, and does FineOps manage it? The rules on restarts differ."),
        DETAILS.split(" > Register Now", maxsplit=1)[0] + " (FineBI)",
        _has("product", "fineops"),
    ),
    Question(
        "clocks",
        N_("the clocks of both hosts, read at the same moment"),
        N_("What do both hosts' clocks say, read at the same moment?"),
        "date -u",
        lambda e: len(e.of("clock")) > 1,
    ),
)
EXTRA = {
    "log": Question(
        "log",
        N_("the container's log"),
        N_("What are the last lines of the container's log?"),
        "docker logs --tail 200 --timestamps NAME",
        lambda e: any(fact.source == "docker logs" for fact in e.facts),
    ),
    "machine": Question(
        "machine",
        N_("the container host's processor"),
        N_("Which processor does the container host have?"),
        "uname -m",
        _has("host-architecture"),
    ),
    "ports": Question(
        "ports",
        N_("the published port"),
        N_("On which port is the server published now?"),
        "docker port NAME",
        _has("port", "fixed-port"),
    ),
    "reach": Question(
        "reach",
        N_("whether FineBI's host reaches the port"),
        N_("What does this command print on FineBI's host?"),
        "curl -vk --max-time 10 https://HOST:PORT/",
        _has("http-status", "connection"),
    ),
    "certificate": Question(
        "certificate",
        N_("the certificate that the server shows"),
        N_("Which names does the server's certificate carry, and who issued it?"),
        "openssl s_client -connect HOST:PORT </dev/null",
        _has("certificate-name", "certificate-subject"),
    ),
    "seats": Question(
        "seats",
        N_("nodes and seats"),
        N_("How many nodes does the cluster have, and which maximum number of connections does FineBI show?"),
        "FineBI: Manage > Registration",
        lambda e: bool(e.of("seats") and e.of("nodes")),
    ),
}
EXTRA |= {
    "app-name": Question(
        "app-name",
        N_("what stands behind host and port in FineBI's address"),
        N_("What stands behind host and port in FineBI's address in the browser, and was it the same before?"),
        "http://FINEBI:PORT/?/decision",
        _never,
    ),
    "seen-address": Question(
        "seen-address",
        N_("the address under which the authorization server sees FineBI"),
        N_("Which IP address of FineBI reaches the authorization server? Is there NAT or a proxy on the way?"),
        "docker logs --tail 50 --timestamps NAME",
        _never,
    ),
    "domain-name": Question(
        "domain-name",
        N_("the name under which FineBI is opened"),
        N_("Under which domain name do people open FineBI, and which one did the contract name?"),
        "http://DOMAIN:PORT/webroot/decision",
        _never,
    ),
    "version-both": Question(
        "version-both",
        N_("FineBI's version and the licensed version"),
        N_("Which version shows FineBI now, and was it upgraded since the license was issued?"),
        "Manage > Registration (FineBI)",
        _has("product"),
    ),
    "qr-moment": Question(
        "qr-moment",
        N_("when the QR code page was opened, scanned and the code entered"),
        N_("When was the QR code page opened, when was it scanned, when was the code entered? Did anyone reload it?"),
        "https://HOST:PORT/license/qrcode",
        _never,
    ),
    "engine": Question(
        "engine",
        N_("whether the engine itself runs"),
        N_("Does the engine run, and may this user speak with it?"),
        "docker version",
        _never,
    ),
}

EXTRA |= {
    one.name: one
    for one in (
        # -- choosing, mail, load
        Question(
            "internet",
            N_("whether FineBI runs in a container and reaches the internet, and how many servers share the license"),
            N_(
                "Does FineBI run in a container, does its host reach the internet, and how many servers need a license?"
            ),
            "docker ps; curl -sI --max-time 10 https://www.fanruan.com",
            _never,
        ),
        Question(
            "method-now",
            N_("the method that FineBI's Registration page is set to"),
            N_("Which method of authentication is chosen in FineBI now, and which one does the contract name?"),
            "FineBI: Manage > Registration",
            _never,
        ),
        Question(
            "mail-text",
            N_("the mail as it was sent: From, To, title and body"),
            N_("What does the mail say: From, To, title, and each line of the body?"),
            "fanlic preflight mail MAIL.eml",
            _never,
        ),
        Question(
            "mail-sent",
            N_("when the mail was sent, and what came back: a reply, a bounce, nothing"),
            N_(
                "When was the mail sent, and what came back: a reply, a bounce, nothing? Was the spam folder looked at?"
            ),
            "(mail program: the folder of sent mail)",
            _never,
        ),
        Question(
            "load-output",
            N_("what docker load prints"),
            N_("What exactly does docker load print, first and last line?"),
            "docker load -i ARCHIVE.tar",
            _has("loaded"),
        ),
        Question(
            "archive",
            N_("whether the archive came whole: size and checksum at both ends"),
            N_("Which size and which checksum has the archive here, and where it was downloaded?"),
            "ls -l ARCHIVE.tar; sha256sum ARCHIVE.tar",
            _never,
        ),
        Question(
            "run-line",
            N_("the docker run line as it was typed"),
            N_("Which docker run line was typed, whole, and what did it print?"),
            "history | grep 'docker run'",
            lambda e: any(fact.source in ("docker run", "compose file") for fact in e.facts),
        ),
        # -- QR code, phone, outage, migration
        Question(
            "qr-page",
            N_("what the QR code page shows: a code, a countdown, a message"),
            N_("What does the QR code page show now, word by word: a code, a countdown, a message?"),
            "https://HOST:PORT/license/qrcode",
            _never,
        ),
        Question(
            "phone-shows",
            N_("what the phone shows after the scan"),
            N_(
                "What does the phone show after the scan, word by word? Does it have internet by itself, without Wi-Fi?"
            ),
            "(a screenshot of the phone)",
            _never,
        ),
        Question(
            "outage-since",
            N_("since when the server is down, or how long it was"),
            N_("Since when is the server down, or from when to when was it, and who started it again?"),
            "docker inspect -f '{{.State.FinishedAt}} {{.State.StartedAt}}' NAME",
            _has("finished", "stopped-for"),
        ),
        Question(
            "why-down",
            N_("what stopped the server"),
            N_("What stopped it: a reboot, an update, a person, too little memory?"),
            "docker inspect -f '{{.State.ExitCode}} {{.State.OOMKilled}} {{.State.Error}}' NAME; last -x | head",
            _has("exit-code", "oom"),
        ),
        Question(
            "migration-step",
            N_("which steps of the migration are done, with their times"),
            N_("Which steps are done, and when: mail with privateConfig, reply, old server stopped, new one started?"),
            "(the mails, with their dates)",
            _never,
        ),
        Question(
            "both-hosts",
            N_("the containers of both hosts, the old one and the new one"),
            N_("What runs on the old host and on the new host, and with which folder as /app/config?"),
            "docker ps -a; docker inspect NAME (on both hosts)",
            _never,
        ),
        Question(
            "private-config",
            N_("which privateConfig was attached, and from which server it is"),
            N_("Which file was attached as privateConfig, and from which host and folder was it copied?"),
            "ls -l --time-style=full-iso /PATH/config/privateConfig (on both hosts)",
            _never,
        ),
        # -- one code each
        Question(
            "between",
            N_("what stands between FineBI and the authorization server"),
            N_("What stands between FineBI and the server: a proxy, a gateway, a load balancer? What answers there?"),
            "curl -vk --max-time 10 https://HOST:PORT/ (on FineBI's host)",
            _has("http-status"),
        ),
        Question(
            "address-typed",
            N_("the address in FineBI's dialog, character by character"),
            N_("What stands in the dialog, character by character: blanks, full-width signs, anything after the port?"),
            "FineBI: Manage > Registration",
            _has("saved-port"),
        ),
        Question(
            "which-server",
            N_("which server was asked to unbind, and which one the projects use"),
            N_("At which address was it unbound or destroyed, and which address do the projects use?"),
            "FineBI: Manage > Registration",
            _never,
        ),
        Question(
            "license-end",
            N_("the license's last day"),
            N_("Which last day has the license, in the contract and on FineBI's Registration page?"),
            "FineBI: Manage > Registration",
            _never,
        ),
        Question(
            "destroyed",
            N_("whether the authorization was destroyed or migrated, and when"),
            N_("Was this server's authorization destroyed for a migration, or was it down for a day? When?"),
            "(the mails, with their dates)",
            _never,
        ),
        Question(
            "beside-code",
            N_("the words beside the code, and the moment"),
            N_("Which words stand beside the code, and when was it shown first?"),
            f"FineBI: {DETAILS} (a screenshot)",
            _never,
        ),
        Question(
            "new",
            N_("something new"),
            N_("All questions are asked. Paste what is new, or send the ticket: what is known stands in it."),
            "fanlic triage --ticket",
            _never,
        ),
    )
}
_BY_NAME = {question.name: question for question in QUESTIONS} | EXTRA
ORDER = tuple(_BY_NAME)


def question(name: str) -> Question:
    """The question of this name."""
    return _BY_NAME[name]


def only_a_person_knows(name: str) -> bool:
    """Whether this is a question that no program's output answers."""
    return name in _BY_NAME and _BY_NAME[name].known is _never


def answered(one: Question, e: Evidence) -> bool:
    """Whether the paste or a person has answered the question."""
    return one.name in e.answered or one.known(e)
