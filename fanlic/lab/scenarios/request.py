"""Obtaining the Authorization File: the request mail and the check at the business desk."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode

from fanlic.lab.parties import ServerPage
from fanlic.lab.scenarios import PAGE, READING, VENDOR, not_modelled, scenario
from fanlic.lab.stage import Stage
from fanlic.model.authfile import PROJECT
from fanlic.model.clauses import Clause
from fanlic.model.policy import FINEOPS_2025_08
from fanlic.model.refusals import N_
from fanlic.texts import _


@scenario(
    "R1",
    N_("The request is right in every field"),
    N_("What does the desk answer to a mail without mistakes?"),
    N_("The archive comes by mail and can be loaded."),
    PAGE,
    Clause.CONTRACT_FIRST,
    Clause.BODY,
    Clause.ARCHIVE,
    Clause.LOAD,
)
def all_right(stage: Stage) -> None:
    reply = stage.mail(stage.lab.customer.request(seats=2))
    stage.expect(reply.archive is not None and reply.archive.stat().st_size > 0, _("the archive"))
    stage.docker("load -i fanruan_license_server.tar", Clause.LOAD)


@scenario(
    "R2",
    N_("The sender is not the contract's address"),
    N_("A colleague sends the mail from another address: what happens?"),
    N_("Refused; the same mail from the contract's address is accepted."),
    PAGE,
    Clause.SENDER,
    meets="sender-without-contract",
)
def wrong_sender(stage: Stage) -> None:
    mail = stage.lab.customer.request(seats=1)
    mail.replace_header("From", "somebody@elsewhere.example")
    reply = stage.mail(mail, "sender-without-contract")
    stage.expect(reply.archive is None, _("no archive"))
    stage.mail(stage.lab.customer.request(seats=1))


@scenario(
    "R3",
    N_("The title does not name the company"),
    N_("Does the title matter?"),
    N_("Refused, until the title names the company."),
    PAGE,
    Clause.TITLE,
    meets="title-without-company",
)
def title(stage: Stage) -> None:
    mail = stage.lab.customer.request(seats=1)
    mail.replace_header("Subject", "Please register us")
    stage.mail(mail, "title-without-company")
    stage.mail(stage.lab.customer.request(seats=1))


@scenario(
    "R4",
    N_("A cluster's mail leaves out the number"),
    N_("The mail of a two-node cluster does not give the maximum number of registration: what follows?"),
    N_("The license has one seat; the second node is refused with 30007."),
    PAGE,
    Clause.SEATS,
    Clause.CODE_30007,
    meets="30007",
)
def number_left_out(stage: Stage) -> None:
    stage.loaded(seats=None)
    server = stage.activated()
    cluster = stage.lab.project("sales", nodes=2)
    stage.refused("30007", lambda: stage.register(cluster, server.address), _("both nodes of the cluster register"))
    stage.expect(server.status()["seats"] == 1, _("the number of seats"))


@scenario(
    "R5",
    N_("The mail asks for more than the contract allows"),
    N_("The mail asks for ten, the contract has three: how many are granted?"),
    N_("Three: the contract's number holds."),
    VENDOR,
    Clause.SEATS_CONTRACT,
)
def above_contract(stage: Stage) -> None:
    stage.loaded(seats=10)
    server = stage.activated()
    seats = server.status()["seats"]
    stage.note(_("seats of the license: {seats}").format(seats=seats), Clause.SEATS_CONTRACT)
    stage.expect(seats == stage.lab.customer.contract.seats, _("the number of seats"))


@scenario(
    "R6",
    N_("The number of BI engines is left out"),
    N_("A FineOps site does not name the number of BI engines: how many are granted?"),
    N_("The contract's number, which is one where it names none."),
    VENDOR,
    Clause.ENGINES,
    editions=(FINEOPS_2025_08.edition,),
)
def engines(stage: Stage) -> None:
    stage.licensed(engines=2)
    server = stage.activated()
    granted = license_of(server)["engines"]
    stage.note(_("BI engines of the license: {number}").format(number=granted), Clause.ENGINES)
    stage.expect(granted == 2, _("the number of BI engines"))


def license_of(server: ServerPage) -> dict[str, object]:
    """The license that a registration is answered with, read without checking its signature."""
    said: dict[str, object] = {
        "product": "FineBI",
        "version": "6.0.5",
        "domain": "",
        "app_name": "",
        "node_key": "0" * 32,
        "nonce": "0" * 32,
    }
    answer = server.call("PUT", "/license/v1/registrations/sales", said)
    claims = str(answer["license"]).split(".")[1]
    terms: dict[str, object] = json.loads(urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
    return terms


not_modelled(
    "R7",
    N_("The self-service page"),
    N_("Can the license be had from the vendor's self-service page?"),
    N_("Not for this method: the page does not offer it."),
    VENDOR,
    Clause.METHOD,
    why_not=N_("The vendor's self-service page is a web site outside this procedure; there is nothing to play."),
)


@scenario(
    "R8",
    N_("The wrong recipient"),
    N_("The mail goes to another address of the vendor: does it count?"),
    N_("Refused; it goes to business@fanruan.com."),
    READING,
    Clause.RECIPIENT,
    meets="recipient-wrong",
    readings="mail-compared",
)
def recipient(stage: Stage) -> None:
    mail = stage.lab.customer.request(seats=1)
    mail.replace_header("To", "support@elsewhere.example")
    stage.mail(mail, "recipient-wrong")
    stage.mail(stage.lab.customer.request(seats=1))


@scenario(
    "R9",
    N_("A line of the body is missing or wrong"),
    N_(
        "The project's name is missing, the date has another format, or the form is a PDF file: what "
        "does the desk answer?"
    ),
    N_("Refused, with every mistake named at once."),
    READING,
    Clause.BODY,
    meets="body-line-missing body-line-wrong mail-unreadable",
)
def body(stage: Stage) -> None:
    contract = stage.lab.customer.contract
    mail = stage.lab.customer.request(seats=1)
    text = mail.get_content().replace(f"{PROJECT}: {contract.project}\n", "")
    mail.set_content(text.replace(contract.signed.isoformat(), f"{contract.signed:%d.%m.%Y}"))
    stage.mail(mail, "body-line-missing", "body-line-wrong")
    mail.set_content(b"%PDF-1.7", maintype="application", subtype="pdf")  # a form that was printed and scanned
    stage.mail(mail, "mail-unreadable")
