"""The grammar of a request's head, narrower than that of cheroot, which parses it afterwards.

What two servers could read in two ways is refused: a second Host or Content-Length, a folded line, a lone line feed,
an underscore in a name (a WSGI application could not tell it from a hyphen). A body needs a Content-Length; one in
chunks is refused with 411, as RFC 9112 allows.
"""

from __future__ import annotations

import re
from collections import Counter

# All of them are ours.
HEAD_LIMIT = 16 * 1024  # bytes
FIELDS_LIMIT = 100
BODY_LIMIT = 64 * 1024  # bytes; an application's own limit is lower and has better words
TOO_LARGE = "431 Request Header Fields Too Large"

_REQUEST = re.compile(rb"[A-Z]{1,16} /(?:[!-.0-~][!-~]*)? HTTP/1\.[01]")  # no path begins with two slashes
_FIELD = re.compile(rb"([!#$%&'*+.^`|~0-9A-Za-z-]{1,64}):[ \t]*([^\x00-\x08\x0a-\x1f\x7f]*)")
_ONCE = (b"host", b"content-length", b"content-type", b"transfer-encoding", b"origin", b"sec-fetch-site", b"expect")


class RequestRefused(Exception):
    """The bytes are no request that this server takes; the text says why."""

    def __init__(self, status: str, words: str) -> None:
        super().__init__(words)
        self.status = status


def body_length(head: bytes) -> int:
    """How many bytes of body follow this head; raises RequestRefused for what is not strictly HTTP, or too large."""
    request, *lines = head.split(b"\r\n")
    if not _REQUEST.fullmatch(request):  # threat: http-malformed
        raise _bad("The request line is not a method, a path and HTTP/1.1, with single spaces.")
    if len(lines) > FIELDS_LIMIT:
        raise RequestRefused(TOO_LARGE, f"There are more than {FIELDS_LIMIT} header lines.")
    fields = [match for match in map(_FIELD.fullmatch, lines) if match is not None]
    if len(fields) < len(lines):
        raise _bad("A header line is not a name, a colon and a printable value on one line.")
    names = Counter(field[1].lower() for field in fields)
    if twice := [name.decode() for name in _ONCE if names[name] > 1]:
        raise _bad(f"The header {twice[0]} stands there more than once.")
    if not names[b"host"] and request.endswith(b"1.1"):
        raise _bad("The header host is missing.")
    return _length({field[1].lower(): field[2].strip() for field in fields})


def _length(values: dict[bytes, bytes]) -> int:
    length = values.get(b"content-length", b"0")
    if b"transfer-encoding" in values:
        if b"content-length" in values:
            raise _bad("Content-Length and Transfer-Encoding exclude each other.")
        raise RequestRefused("411 Length Required", "Send the body with a Content-Length, not in chunks.")
    if not re.fullmatch(rb"[0-9]{1,18}", length):
        raise _bad("The header content-length is not a whole number.")
    if int(length) > BODY_LIMIT:  # threat: http-body-memory
        raise RequestRefused("413 Content Too Large", f"The body is longer than {BODY_LIMIT} bytes.")
    return int(length)


def _bad(words: str) -> RequestRefused:
    return RequestRefused("400 Bad Request", words)
