"""The assembled catalogue: every entry of every theme, by its key."""

from __future__ import annotations

from functools import cache

from fanlic.troubleshoot.catalogue import (
    codes,
    codes_product,
    reasons_desk,
    reasons_phone,
    reasons_project,
    reasons_server,
    symptoms,
    symptoms_docker,
    symptoms_field,
    symptoms_host,
    symptoms_java,
    symptoms_way,
)
from fanlic.troubleshoot.catalogue.entry import Entry

CODES = (codes, codes_product)
REASONS = (reasons_server, reasons_phone, reasons_project, reasons_desk)
SYMPTOMS = (symptoms, symptoms_docker, symptoms_java, symptoms_field, symptoms_host, symptoms_way)


@cache
def catalogue() -> dict[str, Entry]:
    """Every entry by its key: codes first, then reasons without a code, then symptoms."""
    return {entry.key: entry for theme in (*CODES, *REASONS, *SYMPTOMS) for entry in theme.ENTRIES}


def folder(key: str) -> str:
    """The folder of an entry's page on the site: codes, reasons or symptoms."""
    if key.isdigit():
        return "codes"
    shown = {entry.key for theme in SYMPTOMS for entry in theme.ENTRIES}
    return "symptoms" if key in shown else "reasons"
