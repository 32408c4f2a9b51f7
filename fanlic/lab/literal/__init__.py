"""FanRuan's page, word for word: a reader does what each statement says, in its order, and notes what is seen.

Each step names the places of the ledger (`docs/_ledger/statements.toml`) that it follows. A step that does not come out
as the page says raises PageNotFollowed. The mails are written by hand, in the form of the English or of the Chinese
page: a form made by this package would prove nothing about the page's.
"""

from __future__ import annotations

from collections.abc import Iterator

from fanlic.lab.literal import activation, authfile, container, migration, overview, registration
from fanlic.lab.literal.reading import LiteralStep as LiteralStep
from fanlic.lab.literal.reading import PageNotFollowed as PageNotFollowed
from fanlic.lab.literal.reading import Reading
from fanlic.lab.world import Lab


def follow(lab: Lab, form: str = "en") -> Iterator[LiteralStep]:
    """Every step, in the order in which a site goes through the page: an outage comes after the registration.

    `lab`: a fresh one, with servers as processes, for certificates are looked at. `form`: whose mail form is filled in,
    "en" or "zh". Raises PageNotFollowed.
    """
    reading = Reading(lab, form)
    for part in (overview, authfile, container, activation, registration, migration):
        yield from part.steps(reading)
