"""The questions before the cells that matter: what will happen? Each with answers, the right one, and a clause."""

from __future__ import annotations

from dataclasses import dataclass

from fanlic.model.clauses import Clause
from fanlic.model.refusals import N_


@dataclass(frozen=True)
class Predicted:
    """A question, its answers, which one is right (counted from 0), why, and the clause that says so."""

    text: str
    answers: tuple[str, ...]
    right: int
    why: str
    clause: Clause


QUESTIONS = {
    "seats": Predicted(
        N_("The license has one seat, and sales has it. Now stock registers. What does FineBI show?"),
        (
            N_("Success: the seat goes over to stock"),
            N_("A failed registration with 30005"),
            N_("A failed registration with 30007"),
            N_("A failed registration without a code"),
        ),
        2,
        N_("30007 says that every seat is taken. No project loses its seat to another one."),
        Clause.CODE_30007,
    ),
    "port": Predicted(
        N_("The container was run with -P. It is down for 20 hours, then it starts. What does FineBI show 2 h later?"),
        (
            N_("Registered: it heals by itself"),
            N_("Shown as failed: FineBI asks at another port than the new one"),
            N_("Lapsed: 20 hours are too long"),
        ),
        1,
        N_("Under -P each start publishes another port, and FineBI has saved the old one."),
        Clause.RANDOM_PORT,
    ),
    "certificate": Predicted(
        N_("An empty directory is mapped to /app/tls. What happens at the start?"),
        (
            N_("The built-in certificate is used"),
            N_("The server starts without HTTPS"),
            N_("The server makes a certificate there"),
            N_("The server does not start"),
        ),
        3,
        N_("The empty directory hides the built-in certificate. The server finds none and does not start."),
        Clause.MAP_TLS,
    ),
    "refresh": Predicted(
        N_("The phone shows six digits. Before you enter them, somebody presses Refresh. What do they do now?"),
        (
            N_("They count: a code lives for five minutes"),
            N_("They are refused: a new QR code ends the old one and its code"),
            N_("They count once more, and then no more"),
        ),
        1,
        N_("A refresh makes a new QR code. The old one is void at once, and so is its code."),
        Clause.REFRESH,
    ),
    "23-hours": Predicted(
        N_("The project polls, and nearly two hours later the server stops. It is down for 23.5 hours. What is lost?"),
        (
            N_("Nothing: 23.5 hours are less than a day"),
            N_("The activation of the server"),
            N_("The registration of the project"),
            N_("Both of them"),
        ),
        2,
        N_(
            "The server's clock begins at the stop. The project's clock began at its last answered poll, so that it "
            "misses twelve polls."
        ),
        Clause.TWELVE_MISSES,
    ),
    "copy-early": Predicted(
        N_("The migration begins. Somebody copies privateConfig from the old server at once. What comes of it?"),
        (
            N_("It saves time: the file never changes"),
            N_("It is too early: first the mail, the reply and the shutdown"),
            N_("The desk accepts the copy if the old server is stopped later"),
        ),
        1,
        N_("The order is: mail, reply, shutdown, copy. Until the reply the old server stays as it is."),
        Clause.CLOSE_THEN_COPY,
    ),
}
