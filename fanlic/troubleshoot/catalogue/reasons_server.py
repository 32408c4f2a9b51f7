"""Reasons without a code: what the authorization server refuses, and what an outage leaves behind."""

from __future__ import annotations

from fanlic.model.clauses import Basis, Clause
from fanlic.model.refusals import N_, Who
from fanlic.troubleshoot.catalogue.entry import CaseStage, Cause, Entry

PAGE, VENDOR, READING = Basis.PAGE, Basis.VENDOR, Basis.READING
_DOCTOR = "$ fanlic doctor https://HOST:PORT"
_MOUNTS = "$ docker inspect NAME"
_SCAN_ANEW = N_("Press Refresh on the QR code page by hand, scan the new picture, enter its code within five minutes.")

ENTRIES = (
    Entry(
        key="never-activated",
        title=N_("The authorization server has not been activated yet"),
        meaning=N_(
            "The container runs, but nobody has scanned its QR code and submitted the six digits. "
            "FanRuan's page sets this step before FineBI's; what FineBI shows without it is not "
            "documented."
        ),
        causes=(
            Cause(
                N_("the QR code step was left out, or its code was never submitted"), Who.HOST, "lapsed-is-30002", "F5"
            ),
            Cause(
                N_("the code was typed into FineBI; it belongs on the authorization server's own page"), Who.HOST, "a2"
            ),
            Cause(N_("the container was made anew without its /app/config"), Who.HOST, ("a8", "a29"), "L5"),
        ),
        look=(
            N_("Who scanned and when; whether the page said afterwards that it succeeded."),
            N_("Whether /app/config is mapped: Mounts in the output of docker inspect."),
            _MOUNTS,
        ),
        remedy=(
            N_("First rule out a container made anew: if there was another before it, see license-bound-elsewhere."),
            N_(
                "Open https://HOST:PORT/license/qrcode, scan, enter the six digits there, submit; then register FineBI."
            ),
        ),
        who=Who.HOST,
        stated=PAGE,
        clauses=(Clause.QR_PAGE, Clause.SIX_DIGITS),
        scenarios=("F5", "L5"),
        phrases=(
            "not activated",
            "never activated",
            "not been activated",
            "not authorized yet",
            "server not authorized",
            "未激活",
            "尚未激活",
            "没有激活",
            "未认证",
            "未授权",
        ),
    ),
    Entry(
        key="wrong-code",
        title=N_("The verification code is wrong"),
        meaning=N_(
            "The six digits are not those of the QR code that is shown now. Five wrong codes may be entered; the "
            "sixth locks code entry (read to the letter: more than five)."
        ),
        causes=(
            Cause(N_("a typing mistake"), Who.HOST, READING, "Q6"),
            Cause(
                N_("the code is from an older QR code: the page was refreshed after the scan"),
                Who.HOST,
                ("a14", "what-counts-as-a-try"),
                "Q12",
            ),
            Cause(N_("server or container was restarted between scan and submit"), Who.HOST, ("a3", "a14"), "Q11"),
            Cause(N_("two people work on it, each with a QR code of their own"), Who.HOST, READING),
        ),
        look=(
            N_("The code on the phone against what was typed; whether the page was reloaded since the scan."),
            N_("How many wrong codes there were so far: stop before the sixth."),
        ),
        remedy=(
            N_("Do not guess. One person, one page."),
            _SCAN_ANEW,
        ),
        who=Who.HOST,
        stated=PAGE,
        clauses=(Clause.SIX_DIGITS, Clause.WRONG_CODES),
        scenarios=("Q6", "Q12", "Q11"),
        stage=CaseStage.QR,
        asks=("qr-moment",),
        phrases=(
            "wrong code",
            "code is wrong",
            "code wrong",
            "incorrect code",
            "incorrect verification code",
            "wrong verification code",
            "invalid verification code",
            "verification code",
            "验证码错误",
            "验证码不正确",
            "验证码有误",
            "验证码不对",
            "验证码",
        ),
    ),
    Entry(
        key="code-superseded",
        title=N_("The code belongs to a QR code that Refresh has replaced"),
        meaning=N_(
            "Refresh was pressed after the scan. The code was right for the QR code before. fanlic tells it from a "
            "wrong code and uses up no try; what the real server does is not documented, so expect it to count there."
        ),
        causes=(
            Cause(N_("Refresh was pressed between scan and entry"), Who.HOST, "what-counts-as-a-try", "Q12"),
            Cause(N_("somebody else opens the page and refreshes it"), Who.HOST, "refreshes-limited", "Q13"),
        ),
        look=(N_("Who has the page open, and who can reach it at all."),),
        remedy=(N_("One person, one page: close every other one."), _SCAN_ANEW),
        who=Who.HOST,
        stated=READING,
        clauses=(Clause.REFRESH,),
        scenarios=("Q12", "Q13"),
        stage=CaseStage.QR,
        asks=("qr-moment",),
        phrases=("earlier qr code", "refresh was pressed after", "no try was used up", "先前的二维码"),
    ),
    Entry(
        key="refresh-limited",
        title=N_("Too many new QR codes were made"),
        meaning=N_(
            "Within the five minutes of a QR code at most five are replaced (a number of fanlic's own). The QR code "
            "that is shown stays, so that a stranger who refreshes cannot keep the right person out."
        ),
        causes=(
            Cause(N_("somebody else opens the page and refreshes it"), Who.HOST, "refreshes-limited", "Q13"),
            Cause(
                N_("a script or an impatient hand pressed Refresh again and again"),
                Who.HOST,
                "refreshes-limited",
                "Q13",
            ),
        ),
        look=(N_("Who has the page open, and who can reach it at all."),),
        remedy=(N_("Scan the QR code that is shown and enter its code; do not refresh."),),
        who=Who.HOST,
        stated=READING,
        clauses=(Clause.REFRESH,),
        scenarios=("Q13",),
        phrases=("too many new qr codes", "next one can be made at"),
    ),
    Entry(
        key="code-entry-locked",
        title=N_("Code entry is locked for 15 minutes"),
        meaning=N_(
            "More than five wrong codes lock the system for 15 minutes. We read: only the entry of codes; registered "
            "projects go on polling. A right code is refused too during the lock."
        ),
        causes=(
            Cause(N_("more than five wrong codes were entered"), Who.HOST, Clause.WRONG_CODES, "Q7"),
            Cause(N_("a right code was entered during the lock"), Who.HOST, "a12", "Q8"),
            Cause(N_("somebody else tries codes on this page"), Who.HOST, READING, "Q7"),
        ),
        look=(N_("When the lock began; who can reach the page at all."),),
        remedy=(
            N_(
                "Wait for 15 minutes and enter nothing meanwhile. No restart: what it does to the lock is not "
                "documented."
            ),
            _SCAN_ANEW,
        ),
        who=Who.NOBODY,
        stated=PAGE,
        clauses=(Clause.WRONG_CODES, Clause.LOCK),
        scenarios=("Q7", "Q8", "Q9"),
        patterns=(
            r"(?:locked|锁定).{0,60}\b15\s*(?:min|分)",
            r"\b15\s*(?:min|分).{0,30}(?:locked|锁定)",
        ),
        stage=CaseStage.QR,
        asks=("qr-moment",),
        phrases=(
            "locked",
            "lock",
            "15 minutes",
            "fifteen minutes",
            "too many wrong codes",
            "too many attempts",
            "locked for 15 minutes",
            "system will be locked",
            "锁定",
            "已锁定",
            "锁定15分钟",
            "15分钟",
            "错误次数",
        ),
    ),
    Entry(
        key="code-entry-sealed",
        title=N_("Code entry is sealed after very many wrong codes"),
        meaning=N_(
            "The rehearsal server seals code entry after 100 wrong codes since the last success. This is our own "
            "hardening; no page speaks of such a rule in FanRuan's server."
        ),
        causes=(Cause(N_("somebody or something has been guessing codes for hours"), Who.HOST, "sealed"),),
        look=(N_("The server's log: from which address the codes came."),),
        remedy=(
            N_("Find out who was guessing and close the way."),
            N_("Stop the rehearsal server, run `fanlic unlock` at its console, start it, refresh, scan."),
        ),
        who=Who.HOST,
        stated=READING,
        clauses=(Clause.WRONG_CODES,),
        phrases=("sealed", "fanlic unlock", "封锁", "封存"),
    ),
    Entry(
        key="qr-expired",
        title=N_("The QR code has expired"),
        meaning=N_(
            "A QR code lives for five minutes and is renewed by hand. We read: its code goes with it, and a "
            "refresh or a start of the server ends it too."
        ),
        causes=(
            Cause(
                N_("more than five minutes passed between opening the page and scanning"),
                Who.HOST,
                Clause.QR_LIFE,
                "Q4",
            ),
            Cause(N_("the scan was in time, the code was submitted late"), Who.HOST, "a14", "Q5"),
            Cause(
                N_("the page was refreshed, and the picture scanned was an older one, as from a chat"),
                Who.HOST,
                "a14",
                "Q12",
            ),
            Cause(N_("the server was restarted in between"), Who.HOST, "a3", "Q11"),
            Cause(N_("the clocks of server and phone's page differ by minutes"), Who.HOST, READING),
        ),
        look=(N_("How long the page had been open; the clock of the container host."), "$ date -u"),
        remedy=(
            N_("Have phone and administrator ready at the same time; a picture sent by chat is usually too old."),
            _SCAN_ANEW,
        ),
        who=Who.HOST,
        stated=PAGE,
        clauses=(Clause.QR_LIFE, Clause.REFRESH),
        scenarios=("Q4", "Q5", "Q12", "Q11"),
        patterns=(
            r"qr code (?:has |is )?(?:expired|no longer valid)",
            r"二维码.{0,6}(?:过期|失效)",
        ),
        stage=CaseStage.QR,
        asks=("qr-moment",),
        phrases=(
            "qr expired",
            "qr code expired",
            "qr code has expired",
            "qr code is no longer valid",
            "expired qr",
            "five minutes",
            "code expired",
            "二维码过期",
            "二维码已过期",
            "二维码失效",
            "二维码已失效",
            "验证码过期",
            "验证码已过期",
            "验证码失效",
            "刷新二维码",
        ),
    ),
    Entry(
        key="no-qr",
        title=N_("A code was entered before any QR code was shown"),
        meaning=N_("A code belongs to a QR code. On this server none has been made yet."),
        causes=(
            Cause(N_("the code was scanned from another server's page"), Who.HOST, READING),
            Cause(N_("a program sent the code without opening the page"), Who.HOST, READING),
        ),
        look=(N_("The address of the page that was scanned against the address the code was sent to."),),
        remedy=(N_("Open https://HOST:PORT/license/qrcode of this server, scan there, enter that code."),),
        who=Who.HOST,
        stated=READING,
        clauses=(Clause.QR_PAGE,),
        phrases=("no qr code has been shown", "no qr code"),
    ),
    Entry(
        key="already-activated",
        title=N_("The server is activated already: there is nothing to scan"),
        meaning=N_("The activation is in force. What is missing is at most FineBI's own registration."),
        causes=(
            Cause(N_("somebody else has done it already"), Who.PROJECT, "qr-page-cases"),
            Cause(
                N_("FineBI showed a failed registration, and scanning was taken for the remedy"),
                Who.PROJECT,
                "a4",
                "U3",
            ),
        ),
        look=(N_("What FineBI shows under Manage > Registration, and since when."), _DOCTOR),
        remedy=(N_("Register FineBI with the address of this server; see also shown-as-failed."),),
        who=Who.PROJECT,
        stated=READING,
        clauses=(Clause.SIX_DIGITS,),
        scenarios=("U3",),
        phrases=("already activated", "nothing to scan", "已激活", "已经激活"),
    ),
    Entry(
        key="node-key-wrong",
        title=N_("Another machine holds the seat under this node's name"),
        meaning=N_(
            "The rehearsal server tells nodes apart by a key each node keeps. Nothing is documented of how FanRuan's "
            "server does it."
        ),
        causes=(
            Cause(N_("two nodes have the same name"), Who.PROJECT, "node-key"),
            Cause(N_("the machine was replaced or cloned, and its old seat has not ended"), Who.PROJECT, "node-key"),
        ),
        look=(N_("The names of all nodes; which of them was replaced within the last day."),),
        remedy=(
            N_("Give each node a name of its own."),
            N_("For a replaced machine: unbind the old node, or wait a day after it fell silent."),
        ),
        who=Who.PROJECT,
        stated=READING,
        clauses=(Clause.CONNECTIONS,),
        scenarios=("F6",),
        phrases=("node key", "belongs to another machine", "same node name", "节点名"),
    ),
    Entry(
        key="seat-ended",
        title=N_("The project's registration has ended on the authorization server"),
        meaning=N_(
            "The server heard nothing from the project for 24 hours and gave its seat up. A poll does not bring it "
            "back; the project has to register again."
        ),
        causes=(
            Cause(
                N_("the project was switched off or cut off for 24 hours, the server was not"),
                Who.PROJECT,
                Clause.SILENCE,
                "U7",
            ),
            Cause(N_("the node was unbound"), Who.PROJECT, READING, "F12"),
            Cause(
                N_("the server's own activation lapsed in the meantime, which ended all seats"), Who.HOST, "a5", "U5"
            ),
        ),
        look=(N_("From when to when FineBI was off or cut off; the reasons its Registration page may list."),),
        remedy=(
            N_(
                "Press Register Now in FineBI and submit the same address. No scan is needed while the server is "
                "activated."
            ),
            N_("Before a longer shutdown of FineBI, plan to register again afterwards."),
        ),
        who=Who.PROJECT,
        stated=VENDOR,
        clauses=(Clause.SILENCE,),
        scenarios=("U7", "F12", "U5"),
        stage=CaseStage.OUTAGE,
        asks=("inspect",),
        phrases=(
            "registration has ended",
            "seat ended",
            "register again",
            "no request for 24 hours",
            "重新注册",
            "注册失效",
        ),
    ),
    Entry(
        key="lapsed",
        title=N_("The authorization has lapsed: too long an outage"),
        meaning=N_(
            "The server was down for more than 24 hours: it needs a new scan and code; the image is not loaded again. "
            "A project loses its registration with the twelfth missed poll, and that can come from 22 hours on."
        ),
        causes=(
            Cause(
                N_("the container or its host was down for more than 24 hours"),
                Who.HOST,
                (Clause.DOWN_TIME, Clause.REAUTHENTICATE),
                "U5",
            ),
            Cause(
                N_("the port moved at a restart, and all polls since went to the old one"),
                Who.HOST,
                "docker-itself",
                "L13",
            ),
            Cause(
                N_("the host was rebooted, and nothing started the container again"), Who.HOST, "docker-itself", "L14"
            ),
            Cause(
                N_("the network between them was cut, or a firewall rule was changed"),
                Who.PROJECT,
                Clause.TWELVE_MISSES,
                "U8",
            ),
            Cause(
                N_("FineOps, August 2025: any stop or restart of the component is enough"),
                Who.HOST,
                Clause.RESTART_FINEOPS,
                "U10",
            ),
        ),
        look=(
            N_("State in the output of docker inspect: FinishedAt and StartedAt give the outage."),
            _MOUNTS,
            N_("Is the address saved in FineBI still the published one?"),
            "$ docker ps",
        ),
        remedy=(
            N_("See to it that the server runs and keeps its port first (-p, a restart policy)."),
            N_("Server down for more than 24 hours: open the QR code page, scan, enter the new code, submit."),
            N_("Then register each project again (Register Now, same method, present address)."),
            N_("If the server never stopped, try registering first: it may need no scan."),
        ),
        who=Who.HOST,
        stated=PAGE,
        clauses=(Clause.DOWN_TIME, Clause.REAUTHENTICATE, Clause.TWELVE_MISSES),
        scenarios=("U5", "L13", "L14", "U8", "U10", "U4", "U6", "U11", "M6"),
        stage=CaseStage.OUTAGE,
        asks=("inspect", "containers"),
        phrases=(
            "lapsed",
            "24 hours",
            "more than 24 hours",
            "down for 24 hours",
            "re-authenticate",
            "re-authentication",
            "rescan",
            "twelve polls",
            "shut down too long",
            "24小时",
            "超过24小时",
            "重新认证",
            "重新扫码",
        ),
        own_readings=("twelve-misses-span",),
    ),
    Entry(
        key="shown-as-failed",
        title=N_("FineBI shows a failed registration after a short outage; it heals by itself"),
        meaning=N_(
            "The server was away for less than 24 hours and is back. FineBI shows failed until its next poll, at most "
            "two hours after the server's return; then the registration is valid again without any action."
        ),
        causes=(
            Cause(
                N_("the server was stopped, restarted or unreachable for less than 22 hours"),
                Who.NOBODY,
                ("a4", "twelve-misses-span"),
                "U3",
            ),
            Cause(
                N_("the server is back under another port, and polls go to the old one"),
                Who.HOST,
                "docker-itself",
                "L13",
            ),
            Cause(
                N_("between 22 and 24 hours: the next poll may be the twelfth missed"),
                Who.HOST,
                "twelve-misses-span",
                "U6",
            ),
        ),
        look=(
            N_("Since when the server is back, and whether FineBI's host reaches it at the saved address."),
            "$ docker ps",
            _DOCTOR,
        ),
        remedy=(
            N_(
                "Make sure the saved address is reachable from the FineBI host; then wait two hours, no scan, no "
                "restart."
            ),
            N_("If it stays failed after that, press Details and look the code up."),
            N_("FineOps, August 2025: there any restart needs a new scan and code; see lapsed."),
        ),
        who=Who.NOBODY,
        stated=PAGE,
        clauses=(Clause.HEALS, Clause.TWELVE_MISSES, Clause.RESTART_FINEOPS, Clause.RESTART_FINEREPORT),
        scenarios=("U3", "L13", "U6", "U1", "U2", "U8", "U9", "U11"),
        phrases=(
            "shown as failed",
            "shows failed",
            "failed after restart",
            "after a restart",
            "two hours",
            "2 hours",
            "within two hours",
            "heals",
            "reconnect",
            "两小时",
            "2小时",
            "自动重连",
            "重启后",
        ),
    ),
    Entry(
        key="foreign-origin",
        title=N_("The request was sent by a page of another site"),
        meaning=N_("The rehearsal server takes changes only from its own page and changes nothing otherwise."),
        causes=(
            Cause(
                N_("the page was opened under another name or port than the one the form goes to"), Who.HOST, READING
            ),
            Cause(N_("a reverse proxy rewrites the address"), Who.HOST, READING),
        ),
        look=(N_("The address bar, against the port that docker ps shows."),),
        remedy=(N_("Open the server's own page directly and submit there."),),
        who=Who.HOST,
        stated=READING,
        phrases=("page of another site", "foreign origin", "cross-origin"),
    ),
)
