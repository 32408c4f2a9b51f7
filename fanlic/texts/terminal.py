"""What the commands print: lines of plain text, whatever a paste, an archive or a journal has put into them."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import Any, TextIO, cast

# What `printable` escapes, but for the tab and the end of a line.
_ACTS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


class _Plain:
    """A stream on which nothing moves the cursor, changes a color or turns the direction of text."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        self._stream.write(_ACTS.sub(lambda found: ascii(found[0])[1:-1], text))  # threat: text-forged
        return len(text)

    def writelines(self, lines: list[str]) -> None:
        for line in lines:
            self.write(line)


@contextmanager
def plain_terminal() -> Iterator[None]:
    """Standard output and standard error as plain text; what the console cannot show is spelled out, never a crash."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    out, err = (cast(TextIO, _Plain(stream)) for stream in (sys.stdout, sys.stderr))
    with redirect_stdout(out), redirect_stderr(err):
        yield
