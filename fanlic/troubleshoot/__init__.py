"""Troubleshooting, on rehearsals and on real deployments: standard library and the model only, because it ships as
one `.pyz`.

Each command is a module with `options(parser)` and `run(chosen) -> int`; `COMMANDS` names them for both command lines.
"""

from __future__ import annotations

from fanlic.model.refusals import N_

COMMANDS = {
    "explain": N_("what a code, a pop-up or an error text means, and what to do"),
    "triage": N_("one verdict from whatever is at hand: outputs, logs, files, pasted or piped"),
    "collect": N_("one read-only script for the customer, which writes one file for triage"),
    "ask": N_("the read-only commands for the customer to run, whose output triage reads"),
    "preflight": N_("check a mail, a docker run line, a compose file or a certificate before it is used"),
    "doctor": N_("look at a running server from here, touching as little as possible"),
}
