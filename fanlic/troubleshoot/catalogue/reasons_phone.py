"""Reasons without a code: what the phone's page refuses, and what became of the server's identity."""

from __future__ import annotations

from fanlic.model.clauses import Basis, Clause
from fanlic.model.refusals import N_, Who
from fanlic.troubleshoot.catalogue import mails
from fanlic.troubleshoot.catalogue.entry import EVIDENCE, LOGS, CaseStage, Cause, Entry

PAGE, VENDOR, READING = Basis.PAGE, Basis.VENDOR, Basis.READING
_MOUNTS = "$ docker inspect NAME"

ENTRIES = (
    Entry(
        key="license-bound-elsewhere",
        title=N_("The license belongs to another server identity"),
        meaning=N_(
            "A server's identity (privateConfig) is made at its first start and kept in /app/config. A "
            "container made anew without that folder has a new identity. FanRuan's page says it fails "
            "then; we read: the phone refuses to approve it."
        ),
        causes=(
            Cause(
                N_("the container was removed and run again, and /app/config was not mapped"),
                Who.HOST,
                ("a8", "a29"),
                "L5",
            ),
            Cause(
                N_("it was run again with another host folder, or a typing mistake in its path"),
                Who.HOST,
                ("a8", "a29"),
                "L5",
            ),
            Cause(N_("the archive was started on a second host"), Who.HOST, "phone-page", "U13"),
            Cause(N_("the old server was started again after a migration"), Who.HOST, "phone-page", "M8"),
        ),
        look=(
            N_("Every container, stopped ones too: the old one may still be there with its files."),
            "$ docker ps -a",
            N_("Mounts: which host folder, if any, is mapped to /app/config."),
            _MOUNTS,
            N_("privateConfig, also spelled privataConfig, in old host folders and backups."),
        ),
        remedy=(
            N_(
                "No docker rm, no prune: a stopped container still holds its files. Copy them out before anything else."
            ),
            "$ docker cp OLD_NAME:/app/config ./config-of-the-old-container",
            N_(
                "Run the container with the folder of the first start mapped to /app/config; then scan if it asks for "
                "it."
            ),
            N_("If the files are gone for good, only the vendor can help: send the mail below."),
        ),
        who=Who.HOST,
        stated=PAGE,
        clauses=(Clause.MAP_CONFIG,),
        scenarios=("L5", "U13", "M8", "L3", "L4"),
        patterns=(r"已绑定(?:了)?(?:其他|别的|另一)|bound to another (?:server|identity)",),
        stage=CaseStage.PHONE,
        asks=("inspect",),
        phrases=(
            "license belongs to",
            "bound elsewhere",
            "bound to another server",
            "license is bound",
            "second start",
            "container made anew",
            "recreated container",
            "re-created",
            "recreated",
            "app/config not mapped",
            "已绑定",
            "绑定其他",
            "绑定到其他",
            "重建容器",
            "未挂载",
        ),
        mail=mails.LOST,
        evidence=(*EVIDENCE, LOGS, N_("what was found of /app/config: names, sizes and dates of the files")),
    ),
    Entry(
        key="private-config-lost",
        title=N_("privateConfig is lost"),
        meaning=N_("The server's proof of identity is gone. No page tells how to recover: only the vendor can decide."),
        causes=(
            Cause(N_("the container was removed, and /app/config was not mapped"), Who.HOST, "a8", "L5"),
            Cause(N_("the host folder was deleted or the disk lost"), Who.HOST, READING, "M4"),
        ),
        look=(
            N_(
                "Stopped containers, backups and snapshots of the host; both spellings, privateConfig and "
                "privataConfig."
            ),
            "$ docker ps -a",
            "$ docker volume ls",
        ),
        remedy=(
            N_("As long as the old container exists, running or stopped, the file can be copied out of it."),
            "$ docker cp OLD_NAME:/app/config ./config-of-the-old-container",
            N_("Otherwise send the mail below and start nothing until the answer."),
        ),
        who=Who.VENDOR,
        stated=READING,
        clauses=(Clause.MAP_CONFIG, Clause.ATTACH),
        scenarios=("L5", "M4"),
        phrases=(
            "lost privateconfig",
            "privateconfig lost",
            "privateconfig is missing",
            "privateconfig deleted",
            "no privateconfig",
            "privateconfig丢失",
            "privateconfig 丢失",
            "丢失privateconfig",
            "找不到privateconfig",
        ),
        mail=mails.LOST,
        evidence=(*EVIDENCE, N_("the mail with which the archive came, and its date")),
    ),
    Entry(
        key="license-destroyed",
        title=N_("The authorization was destroyed"),
        meaning=N_(
            "The vendor destroyed this authorization, which is the first step of a migration. The old server is to "
            "stay off; the new one takes its place."
        ),
        causes=(
            Cause(N_("the old server was started again after a migration"), Who.HOST, "phone-page", "M8"),
            Cause(N_("the new server was started from the old archive"), Who.HOST, "phone-page", "M1"),
            Cause(
                N_("the mail named the wrong address, and the wrong authorization was destroyed"),
                Who.VENDOR,
                READING,
                "M5",
            ),
        ),
        look=(
            N_("The vendor's reply: which address it names, and of what date the newest archive is."),
            "$ docker ps -a",
        ),
        remedy=(
            N_(
                "Stop the old server, start the new one from the newest archive, scan, and register the projects with "
                "it."
            ),
            N_("If nobody asked for a migration, or the address is wrong, send the mail below."),
        ),
        who=Who.CUSTOMER,
        stated=READING,
        clauses=(Clause.DESTROY, Clause.NEW_ARCHIVE),
        scenarios=("M8", "M1", "M5", "M7"),
        phrases=(
            "authorization was destroyed",
            "destroyed",
            "after migration",
            "已销毁",
            "授权已销毁",
            "销毁",
            "迁移后",
        ),
        mail=mails.STATE,
        evidence=(*EVIDENCE, N_("the mails of the migration, with their dates")),
    ),
    Entry(
        key="license-unknown",
        title=N_("The business desk does not know this license"),
        meaning=N_("In a rehearsal: the server was started from an archive of another rehearsal's desk."),
        causes=(
            Cause(N_("an archive of another rehearsal or another folder was started"), Who.CUSTOMER, READING),
            Cause(N_("the desk's folder was deleted in between"), Who.CUSTOMER, READING),
        ),
        look=(N_("Which archive was loaded last, and from which desk's mail it came."), "$ docker images"),
        remedy=(N_("Load the archive that this desk sent, and run the container from it."),),
        who=Who.CUSTOMER,
        stated=READING,
        clauses=(Clause.ARCHIVE,),
        phrases=("no license was issued here", "unknown license", "license unknown"),
    ),
    Entry(
        key="challenge-unreadable",
        title=N_("What was scanned is no QR code of an authorization server"),
        meaning=N_("The phone's page cannot read the text behind the picture."),
        causes=(
            Cause(
                N_("another QR code was scanned: a poster, a login page, FanRuan's real server in a rehearsal"),
                Who.PHONE,
            ),
            Cause(N_("the address was cut when it was copied or sent by chat"), Who.PHONE, READING),
        ),
        look=(N_("The page whose picture was scanned: its address must end in /license/qrcode."),),
        remedy=(N_("Scan the picture on the server's own page with the phone's camera or browser."),),
        who=Who.PHONE,
        stated=READING,
        clauses=(Clause.SIX_DIGITS,),
        phrases=("not a qr code of", "cannot read qr", "qr unreadable", "二维码无法识别", "扫码无效", "无法识别"),
    ),
    Entry(
        key="challenge-forged",
        title=N_("The QR code was not made by the server it names"),
        meaning=N_("The proofs in the QR code do not fit. Do not approve it."),
        causes=(
            Cause(N_("somebody shows a picture of their own in place of the server's"), Who.PHONE, READING),
            Cause(N_("the text was changed on its way"), Who.PHONE, READING),
            Cause(N_("files of two rehearsals were mixed"), Who.HOST, READING),
        ),
        look=(N_("Where the picture came from: the server's own page, or a mail, a chat, a copy."),),
        remedy=(N_("Approve nothing. Open the QR code page of your own server yourself and scan there."),),
        who=Who.PHONE,
        stated=READING,
        clauses=(Clause.SIX_DIGITS,),
        phrases=("not made by the server", "forged"),
    ),
    Entry(
        key="challenge-used",
        title=N_("This QR code was approved before"),
        meaning=N_("Each QR code works once; its code is already on somebody's phone."),
        causes=(
            Cause(N_("the same picture was scanned a second time"), Who.PHONE, READING),
            Cause(N_("a colleague scanned it first"), Who.PHONE, READING),
        ),
        look=(N_("Who has scanned; whether that code still is within its five minutes."),),
        remedy=(N_("Enter the first code while it is valid; otherwise refresh and scan the new picture."),),
        who=Who.PHONE,
        stated=READING,
        clauses=(Clause.SIX_DIGITS,),
        stage=CaseStage.PHONE,
        asks=("qr-moment",),
        phrases=("approved before", "already used", "code used", "已使用", "二维码已使用"),
    ),
    Entry(
        key="phone-offline",
        title=N_("The phone shows no code"),
        meaning=N_(
            "Only the phone needs the internet: it opens the vendor's page and gets the six digits there. Stated for "
            "the sibling method; for this one it is our reading. What the page shows is not documented."
        ),
        causes=(
            Cause(N_("the phone has no internet, or is in the closed network's Wi-Fi"), Who.PHONE, "phone-page", "Q10"),
            Cause(
                N_("the scan was made in an app that does not open web pages; a mobile browser is asked for"),
                Who.PHONE,
                "phone-page",
            ),
            Cause(N_("a captive portal or a filter stands before the vendor's site"), Who.PHONE, READING),
        ),
        look=(N_("Whether the phone opens any other web page, with mobile data and without Wi-Fi."),),
        remedy=(N_("Switch to mobile data, scan with the phone's browser or camera, within five minutes."),),
        who=Who.PHONE,
        stated=VENDOR,
        clauses=(Clause.SIX_DIGITS,),
        scenarios=("Q10",),
        phrases=(
            "no code",
            "phone shows no code",
            "phone offline",
            "phone without internet",
            "no internet on the phone",
            "手机没有网",
            "收不到验证码",
            "没有验证码",
            "扫码没反应",
            "手机无法上网",
        ),
    ),
)
