"""OCRA, the challenge-response algorithm of RFC 6287, and HOTP (RFC 4226); standard library only.

Whoever holds the key can compute every code: six digits are a handshake at human speed; the
trust is in the signed license.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass

_CRYPTO = r"HOTP-(SHA1|SHA256|SHA512)-(0|[4-9]|10)"
_DATA = {  # section 6.3: the parts of DataInput, in their order
    "counter": r"C",
    "question": r"Q([NHA])(0[4-9]|[1-5]\d|6[0-4])",
    "pin": r"P(SHA1|SHA256|SHA512)",
    "session": r"S(064|128|256|512)",
    "time": r"T(?:(?:[1-9]|[1-5]\d)[SM]|(?:[1-9]|[1-3]\d|4[0-8])H)",  # no 0H: erratum 3729
}
_QUESTIONS = {"N": "[0-9]+", "H": "[0-9A-Fa-f]+", "A": "[0-9A-Za-z]+"}
_HASH_SIZES = {"SHA1": 20, "SHA256": 32, "SHA512": 64}


@dataclass(frozen=True)
class Suite:
    """One OCRASuite (RFC 6287 section 6): which hash, how many digits, which inputs.

    `digits` 0 means the whole HMAC. Sizes are in bytes and 0 where the suite takes no such input.
    """

    text: str
    algorithm: str
    digits: int
    counter: bool
    question_format: str  # N numeric, H hexadecimal, A alphanumeric
    question_length: int  # characters, at most
    pin_size: int
    session_size: int
    timed: bool

    @classmethod
    def parse(cls, text: str) -> Suite:
        """Read a suite such as `OCRA-1:HOTP-SHA256-6:QH64-S064`; ValueError names the bad part.

        The RFC's defaults are not assumed: every part is written out (`QN08`, not `Q`).
        """
        version, *rest = text.split(":")
        if version != "OCRA-1" or len(rest) != 2:
            raise ValueError(f"OCRA suite {text!r}: write OCRA-1:<function>:<inputs>")
        function = re.fullmatch(_CRYPTO, rest[0])
        if function is None:
            raise ValueError(
                f"OCRA suite {text!r}: function {rest[0]!r} is not HOTP-SHA1-t, HOTP-SHA256-t "
                "or HOTP-SHA512-t with t = 0 or 4 to 10"
            )
        found = _inputs(text, rest[1].split("-"))
        return cls(
            text=text,
            algorithm=function[1].lower(),
            digits=int(function[2]),
            counter="counter" in found,
            question_format=found["question"][1],
            question_length=int(found["question"][2]),
            pin_size=_HASH_SIZES[found["pin"][1]] if "pin" in found else 0,
            session_size=int(found["session"][1]) if "session" in found else 0,
            timed="time" in found,
        )


def _inputs(text: str, words: list[str]) -> dict[str, re.Match[str]]:
    found: dict[str, re.Match[str]] = {}
    for name, pattern in _DATA.items():
        if words and (match := re.fullmatch(pattern, words[0], re.ASCII)):
            found[name] = match
            del words[0]
    if words:
        raise ValueError(f"OCRA suite {text!r}: input {words[0]!r} is unknown or out of place")
    if "question" not in found:
        raise ValueError(f"OCRA suite {text!r}: it has no question")
    return found


def compute(
    suite: Suite,
    key: bytes,
    *,
    question: str | tuple[str, str],
    counter: int | None = None,
    pin_hash: bytes | None = None,
    session: bytes | None = None,
    timestep: int | None = None,
) -> str:
    """The response (RFC 6287 section 5): decimal with leading zeros; hexadecimal for truncation 0.

    DataInput is the suite's text, a zero byte, then what the suite names, in this order:
    counter (8 bytes), question (128 bytes), hash of the PIN, session, time (8 bytes).

    `question` has 4 characters up to the suite's length; a pair is the mutual mode, the other
    party's question first. A numeric question becomes the hexadecimal digits of its value; digits
    fill the 128 bytes from the left, so an odd one gets its zero on the right, like all padding.

    `session` (section 5.1: UTF-8 text about the session, its length named by the suite) has exactly
    `Snnn` bytes: the RFC states no padding for a shorter one, only its sample code puts zeros in
    front, so we refuse it. For our S064 it is a SHA-256 in hexadecimal, as 64 ASCII bytes.

    `timestep` counts whole steps (`T1M`: minutes) since 1970 UTC. ValueError names the bad input.
    """
    message = b"".join(
        (
            suite.text.encode("ascii") + b"\0",
            _number("counter", counter, suite.counter),
            _question(suite, question),
            _block("pin_hash", pin_hash, suite.pin_size),
            _block("session", session, suite.session_size),
            _number("timestep", timestep, suite.timed),
        )
    )
    mac = hmac.digest(_checked(key), message, suite.algorithm)
    return _truncate(mac, suite.digits) if suite.digits else mac.hex()


def hotp(key: bytes, counter: int, digits: int = 6) -> str:
    """The one-time password of RFC 4226 for `counter`, with six to eight digits."""
    if digits not in (6, 7, 8):
        raise ValueError(f"digits is {digits}; RFC 4226 has 6, 7 or 8")
    return _truncate(hmac.digest(_checked(key), _number("counter", counter, True), "sha1"), digits)


def _truncate(mac: bytes, digits: int) -> str:
    """RFC 4226 section 5.3; it reads from the last byte, so longer hashes need nothing else."""
    offset = mac[-1] & 0x0F
    number = int.from_bytes(mac[offset : offset + 4], "big") & 0x7FFFFFFF
    return str(number % 10**digits).zfill(digits)


def _checked(key: bytes) -> bytes:
    if len(key) < 16:
        raise ValueError(f"key has {len(key)} bytes; RFC 4226 (R6) asks for 16 or more")
    return key


def _question(suite: Suite, question: str | tuple[str, str]) -> bytes:
    parts = (question,) if isinstance(question, str) else question
    form, most = suite.question_format, suite.question_length
    for part in parts:
        if not 4 <= len(part) <= most:
            raise ValueError(f"question has {len(part)} characters; Q{form}{most:02} takes 4 to {most}")
        if not re.fullmatch(_QUESTIONS[form], part):
            raise ValueError(f"question {part!r} is not of format Q{form}")
    text = "".join(parts)
    if form == "A":
        return text.encode("ascii").ljust(128, b"\0")
    nibbles = f"{int(text):x}" if form == "N" else text
    return bytes.fromhex(nibbles.ljust(256, "0"))


def _number(name: str, value: int | None, wanted: bool) -> bytes:
    if value is not None and not 0 <= value < 2**64:
        raise ValueError(f"{name} is {value}; it has to fit eight bytes")
    return _block(name, None if value is None else value.to_bytes(8, "big"), 8 if wanted else 0)


def _block(name: str, value: bytes | None, size: int) -> bytes:
    if value is None and size:
        raise ValueError(f"{name} is missing; the suite asks for it")
    if value is not None and not size:
        raise ValueError(f"{name} is not an input of this suite")
    if value is not None and len(value) != size:
        raise ValueError(f"{name} has {len(value)} bytes; the suite takes exactly {size}")
    return value or b""
