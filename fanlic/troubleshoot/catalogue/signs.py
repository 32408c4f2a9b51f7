"""For each code, how to tell its causes apart: what you see, what to do next, and how safe that step is.

A row belongs to the cause at the same place of the entry. `NONE_OF_THESE` is the last row of every table.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from fanlic.model.refusals import N_


class Safety(StrEnum):
    """What a step can harm."""

    LOOK = N_("safe: you only look")
    UNDO = N_("safe: you can set it back")
    SLOT = N_("agree on a time first: it interrupts work")
    FINAL = N_("cannot be undone: ask first")
    VENDOR = N_("safe: you only write a mail")


class Sign(NamedTuple):
    """What one sees if a cause holds, the next step, and how safe the step is."""

    see: str
    step: str
    safe: Safety


LOOK, UNDO, SLOT, FINAL, VENDOR = Safety
NONE_OF_THESE = Sign(
    N_("none of these"), N_("Paste everything you have into `fanlic triage`, and send its ticket on."), Safety.LOOK
)
_BUY = (
    Sign(
        N_("The function is neither on the Registration page nor in the contract."),
        N_("Ask the business staff for an offer."),
        VENDOR,
    ),
    Sign(
        N_("The Registration page shows the project as not registered."),
        N_("Register the project again: Register Now, Private Cloud, the present address."),
        UNDO,
    ),
)

SIGNS: dict[str, tuple[Sign, ...]] = {
    "10000": (
        Sign(
            N_("A browser on the FineBI host shows a login page, a portal or a proxy's error at that address."),
            N_("Exempt the server's address from the proxy, then press Submit again."),
            UNDO,
        ),
        Sign(
            N_("The address is right and no proxy stands between; a program of your own sends the requests."),
            N_("Send one JSON object with the content type application/json."),
            UNDO,
        ),
        Sign(
            N_("docker ps shows another host port than the address in FineBI."),
            N_("Enter the host port that docker ps shows, then press Submit."),
            UNDO,
        ),
    ),
    "10001": (
        Sign(
            N_("The address has the right form, and it came at registration."),
            N_("Save the log of that minute and send the mail below."),
            VENDOR,
        ),
        Sign(
            N_("It came after you entered something on the QR code page."),
            N_("Enter the six digits, and nothing but digits, while the QR code is valid."),
            UNDO,
        ),
        Sign(
            N_("The address in the dialog does not have the form https://HOST:PORT."),
            N_("Type it anew in this form, without a path and without spaces, and press Submit."),
            UNDO,
        ),
    ),
    "20000": (
        Sign(
            N_("The address in the mail or in the dialog is not the one that the projects use."),
            N_("Name the server by the address that the projects use."),
            UNDO,
        ),
        Sign(N_("A mail says that the authorization was unbound or destroyed."), N_("Do nothing: it is done."), LOOK),
        Sign(
            N_("Nobody ever scanned a QR code of this server."),
            N_("Do nothing to unbind it. To use it, scan and enter the six digits."),
            UNDO,
        ),
    ),
    "30000": (
        Sign(
            N_("Both clocks are right, and the last day of the license is over."),
            N_("Ask for a new license: send the mail below."),
            VENDOR,
        ),
        Sign(
            N_("date -u on the container host differs from the true time."),
            N_("Note the difference, tell the customer, then agree on a moment to set the clock."),
            FINAL,
        ),
        Sign(N_("date -u on the FineBI host differs from the true time."), N_("Set the FineBI host's clock."), SLOT),
        Sign(
            N_("It worked until the last day of the license and then stopped by itself."),
            N_("Ask for a new license: send the mail below."),
            VENDOR,
        ),
    ),
    "30001": (
        Sign(
            N_("FineBI was upgraded since the license came."),
            N_("Ask for a license that covers the new version: send the mail below."),
            VENDOR,
        ),
        Sign(
            N_("Product or version in the mail that asked for the license differs from the Registration page."),
            N_("Send the mail again with the right product and version."),
            VENDOR,
        ),
        Sign(
            N_("The project is FineReport and the license is for FineBI, or the other way round."),
            N_("Enter the address of the server that is licensed for this product."),
            UNDO,
        ),
    ),
    "30002": (
        Sign(
            N_("State in docker inspect shows 24 hours or more between FinishedAt and StartedAt."),
            N_("Open the QR code page, press Refresh, scan, enter the new code, then register the projects."),
            SLOT,
        ),
        Sign(
            N_("A mail says that the authorization was destroyed for a migration."),
            N_("Enter the new server's address in FineBI and leave the old server stopped."),
            UNDO,
        ),
        Sign(
            N_("FineOps manages the site, and the server was restarted."),
            N_("Open the QR code page, press Refresh, scan, enter the new code, then register the projects."),
            SLOT,
        ),
        Sign(
            N_("date -u on the container host is behind the true time, or was set back."),
            N_("Note the difference and ask the business staff before you set the clock."),
            VENDOR,
        ),
        Sign(
            N_("The server never stopped, and no mail speaks of the authorization."),
            N_("Do not scan. Send the mail below."),
            VENDOR,
        ),
    ),
    "30003": (
        Sign(
            N_("The FineBI host's address is not the one that was named when the license was asked for."),
            N_("Give the host its licensed address again, or have the license changed."),
            SLOT,
        ),
        Sign(
            N_("The address is right, and a gateway, a proxy or a container network stands on the way."),
            N_("Route the project to the server without address translation."),
            SLOT,
        ),
        Sign(
            N_("The address never changed, and nothing stands on the way."),
            N_("Ask which addresses the license has: send the mail below."),
            VENDOR,
        ),
    ),
    "30004": (
        Sign(
            N_("The address bar shows an IP address or another name than the licensed one."),
            N_("Open FineBI by its licensed domain name and register there."),
            UNDO,
        ),
        Sign(
            N_("The name in the address bar is new, or belongs to a reverse proxy."),
            N_("Register by the old name if it still works; to keep the new one, have the license changed."),
            UNDO,
        ),
        Sign(
            N_("The name in the address bar is the one that you asked for."),
            N_("Ask which domain the license has: send the mail below."),
            VENDOR,
        ),
    ),
    "30005": (
        Sign(
            N_("The first part of FineBI's address after host and port differs from the licensed name."),
            N_("Deploy the project under the licensed context path, then register."),
            SLOT,
        ),
        Sign(
            N_("Behind the proxy the first part of the path is another one than in front of it."),
            N_("Let the proxy keep the path, then register by the licensed name."),
            UNDO,
        ),
        Sign(
            N_("The path never changed since the license was asked for."),
            N_("Ask which app name the license has: send the mail below."),
            VENDOR,
        ),
    ),
    "30006": (
        Sign(
            N_("The number beside the text in Details is really 30006."),
            N_("Change nothing. Send the mail below."),
            VENDOR,
        ),
    ),
    "30007": (
        Sign(
            N_("The success page shows 1 as maximum number of connections, and the mail named no number."),
            N_("Ask for the contract's number: send the mail below."),
            VENDOR,
        ),
        Sign(
            N_("The cluster has more nodes than the success page allows connections."),
            N_("Have the number raised: send the mail below."),
            VENDOR,
        ),
        Sign(
            N_("A node was replaced or removed within the last day."),
            N_("Unbind the old node, or wait until a day has passed; then register."),
            UNDO,
        ),
        Sign(
            N_("Another project was pointed at this server, for a test or as a standby."),
            N_("Unbind that project in its FineBI, then register this one."),
            UNDO,
        ),
    ),
    "61100001": _BUY,
    "61100002": (
        Sign(
            N_("More engine nodes run than the Registration page allows."),
            N_("Stop the node that is too many."),
            SLOT,
        ),
        Sign(
            N_("The mail that asked for the license left the number of BI engines out."),
            N_("Ask for the contract's number: send the mail below."),
            VENDOR,
        ),
    ),
    "61100003": (
        Sign(
            N_("The version on the Registration page is an old one."),
            N_("Ask the vendor with text and version: send the mail below."),
            VENDOR,
        ),
    ),
    "61100004": _BUY,
    "61100005": _BUY,
    "61100006": _BUY,
}
