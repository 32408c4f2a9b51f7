"""Reasons without a code, by mail: what the business staff refuse, before the first archive and in a migration."""

from __future__ import annotations

from fanlic.model.clauses import Basis, Clause
from fanlic.model.refusals import N_, Who
from fanlic.troubleshoot.catalogue import mails
from fanlic.troubleshoot.catalogue.entry import Cause, Entry

PAGE, VENDOR, READING = Basis.PAGE, Basis.VENDOR, Basis.READING
_CHECK = "$ fanlic preflight mail FILE"
_SEND_ANEW = N_("Correct it and send the mail again, in the form of the draft below.")

_REQUEST = (
    Entry(
        key="sender-without-contract",
        title=N_("The mail does not come from the address that the contract names"),
        meaning=N_("The vendor accepts registration mails from the contract's address only."),
        causes=(
            Cause(N_("it was sent from a personal or a support mailbox"), Who.CUSTOMER, Clause.SENDER, "R2"),
            Cause(
                N_("the contract is not signed yet, or names another address"),
                Who.CUSTOMER,
                (Clause.SENDER, Clause.CONTRACT_FIRST),
                "R2",
            ),
            Cause(N_("a partner sent it in the customer's place"), Who.CUSTOMER, READING, "R2"),
        ),
        look=(N_("The line From of the mail that was sent, against the contract."), _CHECK),
        remedy=(
            N_("Let the contact named in the contract send it."),
            N_("If that mailbox no longer exists, talk to the business staff first, as you would before a contract."),
        ),
        who=Who.CUSTOMER,
        stated=PAGE,
        clauses=(Clause.SENDER, Clause.CONTRACT_FIRST),
        scenarios=("R2",),
        phrases=(
            "sender",
            "wrong sender",
            "wrong mailbox",
            "contract address",
            "no contract names the sender",
            "发件人",
            "邮箱不对",
            "合同邮箱",
        ),
        mail=mails.REQUEST,
    ),
    Entry(
        key="recipient-wrong",
        title=N_("The mail did not go to business@fanruan.com"),
        meaning=N_("Registration mails go to this one address."),
        causes=(Cause(N_("it went to a sales or support address"), Who.CUSTOMER, "mail-compared"),),
        look=(N_("The line To of the mail that was sent, and any message that it could not be delivered."), _CHECK),
        remedy=(N_("Send it to business@fanruan.com, from the contract's address."),),
        who=Who.CUSTOMER,
        stated=PAGE,
        clauses=(Clause.RECIPIENT,),
        scenarios=("R8",),
        phrases=("recipient", "wrong recipient", "which address to mail", "business@fanruan.com", "收件人"),
        mail=mails.REQUEST,
    ),
    Entry(
        key="title-without-company",
        title=N_("The mail's title does not name the company"),
        meaning=N_("The vendor refuses a mail whose title does not name the company."),
        causes=(
            Cause(N_("the form's words Company Name were left in the title"), Who.CUSTOMER, "mail-compared", "R3"),
            Cause(N_("the name is written otherwise than in the contract"), Who.CUSTOMER, "mail-compared", "R3"),
        ),
        look=(N_("The title against the contract, letter by letter."), _CHECK),
        remedy=(_SEND_ANEW,),
        who=Who.CUSTOMER,
        stated=PAGE,
        clauses=(Clause.TITLE,),
        scenarios=("R3",),
        phrases=("title", "subject line", "company name", "mail title", "邮件标题", "主题", "公司名称"),
        mail=mails.REQUEST,
    ),
    Entry(
        key="body-line-missing",
        title=N_("A line of the mail's body is missing"),
        meaning=N_("The body gives company, project, signing date of the contract, and the registration method."),
        causes=(
            Cause(N_("the form was shortened or retold in prose"), Who.CUSTOMER, "mail-compared"),
            Cause(
                N_("the number of nodes was left out: then it is 1, and a cluster gets too few"),
                Who.CUSTOMER,
                Clause.SEATS,
                "R4",
            ),
        ),
        look=(_CHECK,),
        remedy=(_SEND_ANEW,),
        who=Who.CUSTOMER,
        stated=PAGE,
        clauses=(Clause.BODY, Clause.METHOD, Clause.SEATS),
        scenarios=("R4", "R9", "R1", "R6"),
        phrases=("body has no line", "line missing", "mail body", "mail form", "邮件正文", "邮件格式"),
        mail=mails.REQUEST,
    ),
    Entry(
        key="body-line-wrong",
        title=N_("A line of the mail's body does not fit the contract"),
        meaning=N_("A value cannot be read, or differs from what the contract says."),
        causes=(
            Cause(
                N_("the signing date is not written YYYY-MM-DD, or is that of another contract"),
                Who.CUSTOMER,
                "mail-compared",
            ),
            Cause(N_("company or project is named otherwise than in the contract"), Who.CUSTOMER, "mail-compared"),
            Cause(
                N_("more registrations than the contract has: then the contract's number holds"),
                Who.CUSTOMER,
                Clause.SEATS_CONTRACT,
                "R5",
            ),
        ),
        look=(N_("Each line against the contract."), _CHECK),
        remedy=(_SEND_ANEW,),
        who=Who.CUSTOMER,
        stated=PAGE,
        clauses=(Clause.BODY, Clause.SEATS_CONTRACT),
        scenarios=("R5", "R9", "R6"),
        phrases=("does not fit the contract", "signing date", "project name", "合同签订日期", "签订日期"),
        mail=mails.REQUEST,
    ),
    Entry(
        key="method-other",
        title=N_("The mail asks for another registration method"),
        meaning=N_("This procedure serves container private cloud authentication, and the mail has to say so."),
        causes=(
            Cause(N_("local container or (physical) private cloud was written"), Who.CUSTOMER, "mail-compared"),
            Cause(N_("the self-service page was used, which does not offer this method"), Who.CUSTOMER, VENDOR, "R7"),
        ),
        look=(N_("The line Registration method."), _CHECK),
        remedy=(_SEND_ANEW,),
        who=Who.CUSTOMER,
        stated=PAGE,
        clauses=(Clause.METHOD,),
        scenarios=("R7",),
        phrases=(
            "registration method",
            "self-service",
            "service.fanruan.com",
            "容器私有云认证",
            "容器私有云",
            "自助注册",
        ),
        mail=mails.REQUEST,
    ),
    Entry(
        key="mail-unreadable",
        title=N_("The message cannot be read as a mail"),
        meaning=N_("The rehearsal's desk reads plain mails with named lines."),
        causes=(
            Cause(N_("the text is a picture or an attached document"), Who.CUSTOMER, READING),
            Cause(N_("the file given is no mail (.eml), or is larger than a mail"), Who.CUSTOMER, READING),
        ),
        look=(_CHECK,),
        remedy=(N_("Send one plain text mail with the lines of the form."),),
        who=Who.CUSTOMER,
        stated=READING,
        clauses=(Clause.BODY,),
        phrases=("cannot be read as a mail", "mail unreadable"),
        mail=mails.REQUEST,
    ),
    Entry(
        key="archive-not-received",
        title=N_("No archive has come by mail"),
        meaning=N_(
            "A mail that passes the check is answered with fanruan_license_server.tar. How long that takes is not "
            "documented."
        ),
        causes=(
            Cause(
                N_("the mail was refused: sender, title or a line of its body"),
                Who.CUSTOMER,
                ("mail-compared", Clause.SENDER, Clause.TITLE),
                "R2",
            ),
            Cause(N_("the attachment was held back by a mail filter or a size limit"), Who.CUSTOMER, READING),
            Cause(N_("nobody spoke with the business staff beforehand"), Who.CUSTOMER, READING),
        ),
        look=(N_("Spam folder and mail gateway of the contract's address."), _CHECK),
        remedy=(N_("Check the mail that was sent, then ask the business contact by phone."), _SEND_ANEW),
        who=Who.CUSTOMER,
        stated=PAGE,
        clauses=(Clause.ARCHIVE, Clause.CONTRACT_FIRST),
        scenarios=("R2", "R1", "R3"),
        phrases=(
            "no archive",
            "no tar",
            "no answer from business",
            "archive not received",
            "没有收到镜像",
            "没收到tar",
            "没有回复",
        ),
        mail=mails.REQUEST,
    ),
)

_MIGRATION = (
    Entry(
        key="address-missing",
        title=N_("The mail does not name the server to be migrated"),
        meaning=N_("The mail that asks for the destruction names the old server's address."),
        causes=(
            Cause(N_("the address was left out, or is the new server's"), Who.CUSTOMER, "a27", "M5"),
            Cause(N_("the port has moved since, and the mail names the new one"), Who.CUSTOMER, "a27", "M5"),
        ),
        look=(N_("The address under which the projects were registered with the old server."),),
        remedy=(N_("Name it as https://HOST:PORT, as it was when the server was activated."),),
        who=Who.CUSTOMER,
        stated=PAGE,
        clauses=(Clause.MIGRATE_ADDRESS,),
        scenarios=("M5", "M1"),
        phrases=(
            "names no address",
            "address of the server to be migrated",
            "migration mail",
            "migrate",
            "migration",
            "迁移",
            "授权迁移",
            "迁移授权",
        ),
        mail=mails.MIGRATE,
    ),
    Entry(
        key="private-config-missing",
        title=N_("No privateConfig is attached"),
        meaning=N_(
            "The second mail of a migration has the form of the first and the old server's privateConfig attached."
        ),
        causes=(
            Cause(
                N_("the attachment was forgotten, or a mail filter removed it"),
                Who.CUSTOMER,
                "whose-private-config",
                "M3",
            ),
            Cause(N_("the file was not found, because /app/config was never mapped"), Who.HOST, "a8", "M4"),
        ),
        look=(
            N_("The host folder mapped to /app/config; both spellings, privateConfig and privataConfig."),
            "$ docker inspect OLD_NAME",
        ),
        remedy=(
            N_("If the folder was not mapped, copy the file out of the stopped container before it is removed."),
            "$ docker cp OLD_NAME:/app/config ./config-of-the-old-container",
            N_("Attach the file unchanged and send the mail again."),
            N_("If the file is gone, see private-config-lost."),
        ),
        who=Who.CUSTOMER,
        stated=PAGE,
        clauses=(Clause.ATTACH, Clause.CLOSE_THEN_COPY),
        scenarios=("M3", "M4"),
        phrases=(
            "privateconfig",
            "privataconfig",
            "no file privateconfig",
            "privateconfig not attached",
            "privateconfig attached",
            "privateconfig附件",
        ),
        mail=mails.REISSUE,
        evidence=(N_("privateConfig from /app/config of the old server, unchanged"),),
    ),
    Entry(
        key="private-config-wrong",
        title=N_("The attached privateConfig cannot be accepted"),
        meaning=N_("The file is damaged, or belongs to another server than the one that was destroyed."),
        causes=(
            Cause(
                N_("it is the new server's file, or that of a container made anew"),
                Who.CUSTOMER,
                "whose-private-config",
            ),
            Cause(N_("an editor, a chat or a mail gateway changed it"), Who.CUSTOMER, "whose-private-config"),
        ),
        look=(N_("The file's date and size against the one in the old server's folder."),),
        remedy=(N_("Take it anew from the old server's /app/config and attach it without opening it in an editor."),),
        who=Who.CUSTOMER,
        stated=READING,
        clauses=(Clause.ATTACH,),
        phrases=("privateconfig cannot be accepted", "wrong privateconfig", "privateconfig damaged"),
        mail=mails.REISSUE,
        evidence=(N_("privateConfig from /app/config of the old server, unchanged"),),
    ),
    Entry(
        key="not-destroyed-yet",
        title=N_("A new archive was asked for before the old authorization was destroyed"),
        meaning=N_(
            "A migration takes two mails: first the destruction and its confirmation, then the request for a new "
            "archive."
        ),
        causes=(Cause(N_("the first mail was left out, or its reply was not waited for"), Who.CUSTOMER, "a27"),),
        look=(N_("Whether a reply confirms the destruction, and for which address."),),
        remedy=(N_("Send the first mail (draft below), and leave the old server untouched until the reply."),),
        who=Who.CUSTOMER,
        stated=PAGE,
        clauses=(Clause.MIGRATE_ADDRESS, Clause.DESTROY),
        scenarios=("M1",),
        phrases=("still in force", "not destroyed yet", "before destroying", "尚未销毁"),
        mail=mails.MIGRATE,
    ),
    Entry(
        key="destruction-denied",
        title=N_("The customer was asked back and denied the mail that asks for the destruction"),
        meaning=N_(
            "Anybody can write a mail under the customer's address, and a destruction ends the registrations of every "
            "project. So the desk asks the customer back first. The customer said no, and nothing is destroyed."
        ),
        causes=(
            Cause(N_("somebody else wrote the mail under the customer's address"), Who.CUSTOMER, READING, "M10"),
            Cause(N_("the person who was asked did not know of the migration"), Who.CUSTOMER, READING, "M10"),
        ),
        look=(N_("Who wrote the mail, and whether a migration is planned at all."),),
        remedy=(
            N_("If nobody wanted it: nothing is to be done; tell the business staff that the mail was forged."),
            N_("If it was wanted: send the first mail again, and confirm it when the business desk asks back."),
        ),
        who=Who.CUSTOMER,
        stated=READING,
        clauses=(Clause.DESTROY, Clause.MIGRATE_ADDRESS),
        scenarios=("M10",),
        phrases=("destruction denied", "asked back", "does not want it destroyed", "销毁被否认"),
        mail=mails.MIGRATE,
    ),
    Entry(
        key="restart-before-reply",
        title=N_("The old server must not be restarted before the vendor's reply"),
        meaning=N_(
            "FanRuan's page forbids it and does not say what follows. Keep the old server running and "
            "untouched until the clear reply."
        ),
        causes=(
            Cause(N_("somebody restarted it, or the host was rebooted"), Who.HOST, "a18", "M2"),
            Cause(N_("a restart policy brought it up again by itself"), Who.HOST, "a18", "M2"),
        ),
        look=(
            N_("State in docker inspect: StartedAt against the time of the first mail."),
            "$ docker inspect OLD_NAME",
        ),
        remedy=(
            N_("Leave it as it is now. No further restart, no scan."),
            N_("If it did happen, tell the business staff at once, with the time: mail below."),
        ),
        who=Who.HOST,
        stated=PAGE,
        clauses=(Clause.NO_RESTART,),
        scenarios=("M2", "M6"),
        phrases=(
            "restart before reply",
            "restarted before the reply",
            "restarted during migration",
            "restarted the old server",
            "迁移时重启",
            "迁移期间重启",
        ),
        mail=mails.STATE,
        evidence=(
            N_("the output of `docker inspect OLD_NAME`, secrets blanked out"),
            N_("the first mail of the migration, with its date"),
        ),
    ),
    Entry(
        key="step-out-of-order",
        title=N_("A step of the migration was taken too early"),
        meaning=N_(
            "The order: first mail, reply, shut the old server down, copy privateConfig, second mail, new archive, "
            "new server, then register every project with it."
        ),
        causes=(Cause(N_("a step was left out or taken before its turn"), Who.CUSTOMER, "a18", "M1"),),
        look=(
            N_("The mails of the migration, and which step comes next."),
            N_("How long the old server has been off: projects lose their registration from 22 hours on."),
        ),
        remedy=(
            N_("Go back to the first step that is not done."),
            N_("Last of all, point every project at the new address and submit; polls do not find it by themselves."),
        ),
        who=Who.CUSTOMER,
        stated=PAGE,
        clauses=(Clause.CLOSE_THEN_COPY, Clause.ATTACH, Clause.NEW_ARCHIVE),
        scenarios=("M1", "M6", "M7"),
        phrases=(
            "too early to",
            "order of the migration",
            "migration order",
            "migration steps",
            "迁移步骤",
            "迁移顺序",
        ),
        mail=mails.MIGRATE,
    ),
)

ENTRIES = (*_REQUEST, *_MIGRATION)
