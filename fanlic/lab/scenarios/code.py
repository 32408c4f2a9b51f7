"""Submitting and Authentication: the QR code page, the phone, the six digits."""

from __future__ import annotations

from functools import partial

from fanlic.lab.parties import ServerPage
from fanlic.lab.scenarios import PAGE, PROCESSES, READING, VENDOR, scenario
from fanlic.lab.stage import Stage
from fanlic.model.clauses import Clause
from fanlic.model.container import certificate_covers
from fanlic.model.refusals import N_, Refusal
from fanlic.texts import _


def slip(code: str, by: int = 1) -> str:
    """Six digits that are not these."""
    return f"{(int(code) + by) % 1_000_000:06d}"


def _wrong(stage: Stage, server: ServerPage, code: str, reason: str = "wrong-code") -> None:
    typed = slip(code)
    stage.refused(reason, lambda: server.submit(typed), _("enter {code} by mistake").format(code=typed))


def _locked(stage: Stage) -> tuple[ServerPage, str]:
    """A server whose code entry has just been locked, and the code that would have been right."""
    server = stage.started_server()
    code = stage.scan(server)
    for _try in range(5):
        _wrong(stage, server, code)
    _wrong(stage, server, code, "code-entry-locked")
    return server, code


@scenario(
    "Q1",
    N_("A wrong path, port or scheme"),
    N_("The browser does not show the QR code page: which address is right?"),
    N_("https, the host, the port from docker ps, and /license/qrcode. Any other address shows no page."),
    PAGE,
    Clause.QR_PAGE,
    Clause.LIST_PORT,
    engine=PROCESSES,
    meets="cannot-connect",
)
def wrong_address(stage: Stage) -> None:
    server = stage.started_server()
    browse = stage.lab.browser.request
    stage.expect(browse("GET", server.address + "/license/qrcod").status == 404, _("a wrong path"))
    stage.note(_("a wrong path answers 404"), Clause.QR_PAGE)
    wrong = "https://127.0.0.1:1/license/qrcode"  # a port at which nothing on this machine listens
    stage.refused("cannot-connect", lambda: browse("GET", wrong), _("a wrong port"))
    plain = browse("GET", server.address.replace("https", "http") + "/license/qrcode")
    stage.expect("https://" in plain.text, _("http instead of https"))
    stage.note(_("http instead of https answers {status} and says so").format(status=plain.status), Clause.QR_PAGE)
    stage.expect(bool(server.qr()), _("the right address"))


@scenario(
    "Q2",
    N_("The built-in certificate, opened by IP address"),
    N_("The browser warns of the certificate: is something broken?"),
    N_("No: the built-in certificate names localhost and 127.0.0.1 only. Continue; the page works."),
    PAGE,
    Clause.BUILT_IN_CERTIFICATE,
    engine=PROCESSES,
    meets="certificate-refused",
)
def certificate_warning(stage: Stage) -> None:
    server = stage.started_server()
    covered = certificate_covers("172.16.63.131")
    stage.note(
        _("the certificate covers 172.16.63.131: {covered}").format(covered=covered), Clause.BUILT_IN_CERTIFICATE
    )
    stage.expect(not covered, _("the names of the certificate"))
    strict = stage.lab.project("sales", strict=True)
    stage.refused(
        "certificate-refused", lambda: strict.register(server.address), _("a client that checks certificates")
    )
    stage.note(_("a person who continues past the warning gets the page"))
    stage.expect(bool(server.qr()), _("the QR code page"))


@scenario(
    "Q3",
    N_("Scanned within five minutes, the right code"),
    N_("How is the server activated, and what if the same is done twice?"),
    N_("The six digits activate it. A QR code is approved once, and an activated server has nothing to scan."),
    PAGE,
    Clause.QR_PAGE,
    Clause.SIX_DIGITS,
    meets="no-qr challenge-used already-activated",
)
def right_code(stage: Stage) -> None:
    server = stage.started_server()
    stage.refused("no-qr", lambda: server.submit("123456"), _("a code before the page was ever opened"))
    text = stage.lab.phone.read(server.qr())
    code = stage.lab.phone.approve(text)
    stage.refused("challenge-used", lambda: stage.lab.phone.approve(text), _("a second phone scans the same picture"))
    stage.enter(server, code)
    stage.refused("already-activated", server.refresh, _("Refresh is pressed on the activated server"))
    stage.expect(server.status()["activation"] == "activated", _("the activation"))


@scenario(
    "Q4",
    N_("The QR code is older than five minutes"),
    N_("The page was left open over lunch: what now?"),
    N_("The picture is gone; Refresh makes a new one, to be scanned within five minutes."),
    PAGE,
    Clause.QR_LIFE,
    Clause.REFRESH,
)
def old_picture(stage: Stage) -> None:
    server = stage.started_server()
    stage.expect(bool(server.qr()), _("the picture"))
    stage.later(minutes=5)
    stage.expect(not server.qr(), _("no picture after five minutes"))
    stage.note(_("the page shows no picture any more, and makes none by itself"), Clause.REFRESH)
    stage.activate(server)


@scenario(
    "Q5",
    N_("The code is entered late"),
    N_("The code was read out over the phone and took six minutes: does it still count?"),
    N_("No: it ended with its QR code. Refresh, scan again."),
    READING,
    Clause.QR_LIFE,
    meets="qr-expired",
)
def late_code(stage: Stage) -> None:
    server = stage.started_server()
    code = stage.scan(server)
    stage.later(minutes=6)
    stage.refused("qr-expired", lambda: server.submit(code), _("enter the code that was right six minutes ago"))
    stage.activate(server)


@scenario(
    "Q6",
    N_("One to five wrong codes"),
    N_("A digit was mistyped: is anything lost?"),
    N_("No: after up to five wrong codes the right one still counts."),
    PAGE,
    Clause.WRONG_CODES,
    meets="wrong-code",
)
def wrong_codes(stage: Stage) -> None:
    server = stage.started_server()
    code = stage.scan(server)
    for left in range(4, -1, -1):
        _wrong(stage, server, code)
        stage.expect(server.status()["tries_left"] == left, _("the tries left"))
    stage.enter(server, code)


@scenario(
    "Q7",
    N_("More than five wrong codes"),
    N_("The page says that code entry is locked: for how long?"),
    N_("Fifteen minutes, from the sixth wrong code on."),
    PAGE,
    Clause.WRONG_CODES,
    Clause.LOCK,
    meets="code-entry-locked",
)
def too_many(stage: Stage) -> None:
    server, _code = _locked(stage)
    stage.expect(server.status()["code_entry"] == "locked", _("the lock"))


@scenario(
    "Q8",
    N_("The right code during the lock"),
    N_("Now the code is right: does it open the lock?"),
    N_("No: right and wrong are refused alike until the lock ends."),
    READING,
    Clause.LOCK,
    meets="code-entry-locked",
)
def right_while_locked(stage: Stage) -> None:
    server, code = _locked(stage)
    stage.later(minutes=2)
    stage.refused("code-entry-locked", lambda: server.submit(code), _("enter the right code"))
    stage.refused("code-entry-locked", server.refresh, _("press Refresh"))


@scenario(
    "Q9",
    N_("After the fifteen minutes"),
    N_("The lock has ended: what next?"),
    N_(
        "Refresh, scan and enter the new code: it works. A person who keeps guessing is stopped for "
        "good after a hundred wrong codes: the code entry is sealed (our rule)."
    ),
    PAGE,
    Clause.LOCK,
    Clause.REFRESH,
    meets="code-entry-sealed",
)
def after_the_lock(stage: Stage) -> None:
    server, _code = _locked(stage)
    stage.later(minutes=15)
    stage.activate(server)
    other = stage.started_server(config="/D/William/other")
    stage.note(_("at another server somebody keeps guessing and waits for the end of each lock"))
    for _lock in range(17):  # six wrong codes each, and the hundredth is among them
        reasons = _guesses(other)
        stage.lab.clock.advance(minutes=15)
    stage.expect("code-entry-sealed" in reasons, _("the hundredth wrong code"))
    stage.refused("code-entry-sealed", other.refresh, _("press Refresh, hours later"))


def _guesses(server: ServerPage) -> list[str]:
    """Six wrong codes for a fresh QR code that nobody looks at, and why each was refused."""
    server.send("POST", "/license/v1/challenge", json={})
    reasons = []
    for guess in range(6):
        try:
            server.submit(f"{guess:06d}")
        except Refusal as refusal:
            reasons.append(refusal.reason)
    return reasons


@scenario(
    "Q10",
    N_("The phone gets no code"),
    N_("The phone shows no six digits: why?"),
    N_("The phone has no internet, or the picture is not this server's QR code, or somebody changed the picture."),
    VENDOR,
    Clause.SIX_DIGITS,
    meets="cannot-connect challenge-unreadable challenge-forged license-unknown",
)
def no_code(stage: Stage) -> None:
    server = stage.started_server()
    phone = stage.lab.phone
    picture = server.qr()
    text = phone.read(picture)
    phone.online = False
    stage.refused("cannot-connect", lambda: phone.scan(picture), _("the phone has no internet"))
    phone.online = True
    page = text.partition("?c=")[0]
    stage.refused(
        "challenge-unreadable", lambda: phone.approve(f"{page}?c=menu"), _("a picture without this server's QR code")
    )
    changed = f"{text[:-20]}{'B' if text[-20] == 'A' else 'A'}{text[-19:]}"
    stage.refused("challenge-forged", lambda: phone.approve(changed), _("a picture that was changed"))
    at = len(page) + 3 + 23  # inside the license's name, in the five lowest bits of a character: another one
    other = f"{text[:at]}{'S' if text[at] == 'R' else 'R'}{text[at + 1 :]}"
    stage.refused("license-unknown", lambda: phone.approve(other), _("a picture of a license that nobody issued"))
    stage.enter(server, phone.scan(picture))


@scenario(
    "Q11",
    N_("The server or the project is restarted between scan and submit"),
    N_("Somebody restarts a server after the phone showed the code: does the code still count?"),
    N_(
        "FanRuan's page advises against a restart of the project and says no more. Here the project has no part in the "
        "code, so its restart changes nothing; a restart of the authorization server voids the QR code. Scan again."
    ),
    READING,
    Clause.REGISTER_AT_ONCE,
    meets="qr-expired",
)
def restart_between(stage: Stage) -> None:
    server, project = stage.started_server(), stage.lab.project("sales")
    code = stage.scan(server)
    stage.docker(f"restart {stage.lab.host.container()}")
    server = stage.lab.host.server()
    stage.refused("qr-expired", lambda: server.submit(code), _("enter the code that was scanned before the restart"))
    code = stage.scan(server)
    stage.note(_("the project is restarted"), Clause.REGISTER_AT_ONCE)
    project.switch_off()
    project.switch_on()
    stage.enter(server, code)
    stage.register(project, server.address)


@scenario(
    "Q12",
    N_("An old code after Refresh"),
    N_("Refresh was pressed after the scan: does the code still count?"),
    N_("No: it belongs to the QR code that Refresh replaced. The server says so, and the code uses up no try."),
    READING,
    Clause.REFRESH,
    meets="code-superseded",
)
def refreshed(stage: Stage) -> None:
    server = stage.started_server()
    code = stage.scan(server)
    server.refresh()
    stage.refused("code-superseded", lambda: server.submit(code), _("enter the code of the picture before"))
    stage.expect(server.status()["tries_left"] == 5, _("the tries that are left"))
    stage.activate(server)


@scenario(
    "Q13",
    N_("A stranger presses Refresh"),
    N_("Every code from the phone is refused, because somebody else refreshes the page in between. Who wins?"),
    N_(
        "The administrator: a code of a replaced QR code uses up no try, and the server refuses the "
        "sixth new QR code within five minutes."
    ),
    READING,
    Clause.REFRESH,
    meets="code-superseded refresh-limited",
)
def stranger_refreshes(stage: Stage) -> None:
    server = stage.started_server()
    for _press in range(5):
        code = stage.scan(server)
        server.refresh()
        stage.note(_("a stranger has pressed Refresh in between"))
        stage.refused("code-superseded", partial(server.submit, code), _("enter the code from the phone"))
    code = stage.scan(server)
    stage.refused("refresh-limited", server.refresh, _("the stranger presses Refresh once more"))
    server.submit(code)
    stage.expect(server.status()["activation"] == "activated", _("the activation"))
