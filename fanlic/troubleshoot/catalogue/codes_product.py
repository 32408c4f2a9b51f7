"""Product codes about licenses, eight digits: shown in FineBI, not at registration."""

from __future__ import annotations

from fanlic.model.clauses import Basis, Clause
from fanlic.model.refusals import N_, Who
from fanlic.troubleshoot.catalogue import mails
from fanlic.troubleshoot.catalogue.entry import EVIDENCE, Cause, Entry

PAGE, VENDOR, READING = Basis.PAGE, Basis.VENDOR, Basis.READING
_LIMITS = N_(
    "Manage > Registration in FineBI; as super admin also /webroot/decision/v10/register/info/license on the project."
)
_ASK_AND_BUY = (
    N_("Compare what the Registration page lists with the contract."),
    N_(
        "If the contract has it and the page does not, ask the business staff; if the contract has it not, it must "
        "be bought."
    ),
)

ENTRIES = (
    Entry(
        key="61100001",
        title=N_("61100001: the distributed engine is not part of the license"),
        meaning=N_("The function point for the distributed engine is missing: by the vendor's list it was not bought."),
        causes=(
            Cause(N_("the license lacks this function point"), Who.VENDOR, VENDOR),
            Cause(N_("the registration has been lost, so that no function point counts"), Who.PROJECT, READING),
        ),
        look=(_LIMITS,),
        remedy=_ASK_AND_BUY,
        who=Who.VENDOR,
        stated=VENDOR,
        asks=("beside-code",),
        phrases=("distributed engine", "分布式引擎"),
        mail=mails.FUNCTION,
        evidence=EVIDENCE,
    ),
    Entry(
        key="61100002",
        title=N_("61100002: more engine nodes than the license has"),
        meaning=N_(
            "The number of engine nodes is above the licensed one: a further node cannot be added and is not shown."
        ),
        causes=(
            Cause(N_("the license has fewer engine nodes than are running"), Who.CUSTOMER, VENDOR),
            Cause(
                N_("the mail left the number of BI engines out: then it is the contract's, or 1"),
                Who.CUSTOMER,
                Clause.ENGINES,
                "R6",
            ),
        ),
        look=(_LIMITS, N_("The number of engine nodes that are running.")),
        remedy=(N_("Stop the node that is too many, or have more engine nodes added to the license."), *_ASK_AND_BUY),
        who=Who.VENDOR,
        stated=VENDOR,
        clauses=(Clause.ENGINES,),
        scenarios=("R6",),
        asks=("beside-code",),
        phrases=("engine nodes", "number of engines", "bi engines", "引擎节点", "引擎数"),
        mail=mails.FUNCTION,
        evidence=EVIDENCE,
    ),
    Entry(
        key="61100003",
        title=N_("61100003: a retired code about the data mining license"),
        meaning=N_(
            "The vendor lists this code as no longer used. Our reading: whoever meets it runs an old one of FineBI."
        ),
        causes=(Cause(N_("an old version of FineBI"), Who.PROJECT, READING),),
        look=(N_("The exact version of FineBI, and the text beside the code."), _LIMITS),
        remedy=(N_("Write down text and version, and ask the vendor with the mail below."),),
        who=Who.VENDOR,
        stated=VENDOR,
        asks=("beside-code",),
        phrases=("data mining", "数据挖掘"),
        mail=mails.MEANING,
        evidence=EVIDENCE,
    ),
    *(
        Entry(
            key=key,
            title=title,
            meaning=N_("This function point is missing: by the vendor's list it was not bought."),
            causes=(
                Cause(N_("the license lacks this function point"), Who.VENDOR, VENDOR),
                Cause(N_("the registration has been lost, so that no function point counts"), Who.PROJECT, READING),
            ),
            look=(_LIMITS,),
            remedy=_ASK_AND_BUY,
            who=Who.VENDOR,
            stated=VENDOR,
            asks=("beside-code",),
            phrases=phrases,
            mail=mails.FUNCTION,
            evidence=EVIDENCE,
        )
        for key, title, phrases in (
            ("61100004", N_("61100004: BI charts are not part of the license"), ("bi chart", "bi charts", "BI图表")),
            ("61100005", N_("61100005: static charts are not part of the license"), ("static chart", "静态图表")),
            (
                "61100006",
                N_("61100006: display on mobiles is not part of the license"),
                ("mobile display", "移动端展示", "移动端"),
            ),
        )
    ),
)
