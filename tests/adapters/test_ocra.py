"""The six digits: the numbers of RFC 6287 and RFC 4226, and a second implementation."""

from __future__ import annotations

import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

import pytest

from fanlic.adapters.ocra import Suite, compute, hotp

VECTORS = json.loads(Path(__file__).with_name("ocra_vectors.json").read_text(encoding="utf-8"))
KEY20, KEY32, KEY64 = ((b"1234567890" * 7)[:length] for length in (20, 32, 64))
PIN_HASHES = {20: hashlib.sha1, 32: hashlib.sha256, 64: hashlib.sha512}

OURS = "OCRA-1:HOTP-SHA256-6:QH64-S064"
SESSION = hashlib.sha256(b"server, license, purpose").hexdigest().encode("ascii")


def arguments(row: dict[str, Any]) -> tuple[str, bytes, dict[str, Any], str]:
    """A row of the vectors as suite, key, inputs, response."""
    inputs: dict[str, Any] = {n: row[n] for n in ("counter", "pin", "timestep") if n in row}
    question = row["question"]
    inputs["question"] = question if isinstance(question, str) else tuple(question)
    return row["suite"], (b"1234567890" * 7)[: row["key_bytes"]], inputs, row["response"]


OCRA = [arguments(row) for row in VECTORS["ocra"]]
OCRA_NAMES = [f"{row['suite']} {row['question']} {row.get('counter', '')}" for row in VECTORS["ocra"]]


def code(suite: str, key: bytes = KEY32, **inputs: Any) -> str:
    """Ours; a `pin` is hashed as the suite says."""
    parsed = Suite.parse(suite)
    if "pin" in inputs:
        pin_hash = PIN_HASHES[parsed.pin_size](inputs.pop("pin").encode("ascii"))
        inputs["pin_hash"] = pin_hash.digest()
    return compute(parsed, key, **inputs)


def second_opinion(suite: str, key: bytes, **inputs: Any) -> str:
    """The pure function of PyPI's `oath`, never with truncation 0, which it gets wrong."""
    from oath._ocra import str2ocrasuite

    question = inputs["question"]
    theirs = {"Q": question} if isinstance(question, str) else {"Qsc": "".join(question)}
    names = {"counter": "C", "pin": "P", "session": "S", "timestep": "T_precomputed"}
    theirs |= {names[name]: value for name, value in inputs.items() if name != "question"}
    return str(str2ocrasuite(suite)(key, **theirs))


def test_there_are_seventy_vectors_of_rfc_6287_and_ten_of_rfc_4226() -> None:
    sections = [row["section"] for row in VECTORS["ocra"]]

    assert {name: sections.count(name) for name in sections} == {"C.1": 40, "C.2": 20, "C.3": 10}
    assert len(set(OCRA_NAMES)) == 70
    assert len(VECTORS["hotp"]) == 10


@pytest.mark.parametrize(("suite", "key", "inputs", "response"), OCRA, ids=OCRA_NAMES)
def test_each_vector_of_rfc_6287_comes_out(suite: str, key: bytes, inputs: dict[str, Any], response: str) -> None:
    assert code(suite, key, **inputs) == response


@pytest.mark.parametrize(("suite", "key", "inputs", "response"), OCRA, ids=OCRA_NAMES)
def test_a_second_implementation_agrees_with_each_vector(
    suite: str, key: bytes, inputs: dict[str, Any], response: str
) -> None:
    assert second_opinion(suite, key, **inputs) == response


def test_the_ten_passwords_of_rfc_4226_come_out() -> None:
    assert [hotp(KEY20, counter) for counter in range(10)] == VECTORS["hotp"]


@pytest.mark.parametrize(
    ("suite", "inputs"),
    [
        (OURS, {"session": SESSION}),
        ("OCRA-1:HOTP-SHA1-4:QN64", {}),
        (
            "OCRA-1:HOTP-SHA256-9:C-QN15-PSHA256-S064-T20S",
            {"session": SESSION, "counter": 7, "pin": "0042", "timestep": 3},
        ),
        (
            "OCRA-1:HOTP-SHA512-10:QA64-PSHA512-S128-T48H",
            {"pin": "long pin", "session": SESSION * 2, "timestep": 2**40},
        ),
        ("OCRA-1:HOTP-SHA1-7:C-QH10-S256", {"session": SESSION * 4, "counter": 2**64 - 1}),
        ("OCRA-1:HOTP-SHA512-6:QH33-S512", {"session": SESSION * 8}),
    ],
)
def test_a_second_implementation_agrees_beyond_the_vectors(suite: str, inputs: dict[str, Any]) -> None:
    for seed in range(20):
        every = {**inputs, "question": fixed_question(Suite.parse(suite), seed)}
        assert code(suite, KEY64, **every) == second_opinion(suite, KEY64, **every), every


def fixed_question(suite: Suite, seed: int) -> str:
    """Looks random and never changes; of even length, as `oath` refuses odd hexadecimal."""
    digest = hashlib.sha256(str(seed).encode("ascii")).hexdigest()
    if suite.question_format == "N":
        digest = str(int(digest, 16))
    return digest[: suite.question_length // 2 * 2]


@pytest.mark.parametrize(
    ("question", "nibbles"),
    [
        ("00000000", "0"),  # the value is 0: all padding
        ("00000256", "100"),  # three digits: the zero goes to the right
        ("11111111", "a98ac7"),
        ("0256", "100"),  # leading zeros do not count
    ],
)
def test_a_numeric_question_is_its_value_in_hexadecimal_padded_on_the_right(question: str, nibbles: str) -> None:
    suite = "OCRA-1:HOTP-SHA256-0:QN08"
    message = suite.encode() + b"\0" + bytes.fromhex(nibbles + "0" * (256 - len(nibbles)))

    assert code(suite, question=question) == hmac.digest(KEY32, message, "sha256").hex()


def test_an_odd_hexadecimal_question_is_padded_on_the_right() -> None:
    assert code("OCRA-1:HOTP-SHA256-6:QH08", question="abcde") == code("OCRA-1:HOTP-SHA256-6:QH08", question="ABCDE0")


def test_counter_zero_is_a_counter() -> None:
    suite = "OCRA-1:HOTP-SHA1-0:C-QA08"
    message = suite.encode() + b"\0" + bytes(8) + b"SIG1".ljust(128, b"\0")

    assert code(suite, KEY20, question="SIG1", counter=0) == hmac.digest(KEY20, message, "sha1").hex()


@pytest.mark.parametrize(("function", "length"), [("SHA1", 40), ("SHA256", 64), ("SHA512", 128)])
def test_truncation_zero_gives_the_whole_hmac(function: str, length: int) -> None:
    assert len(code(f"OCRA-1:HOTP-{function}-0:QN08", question="12345678")) == length


@pytest.mark.parametrize("form", ["N", "H", "A"])
def test_the_longest_question_is_accepted_and_one_more_is_refused(form: str) -> None:
    suite = f"OCRA-1:HOTP-SHA256-6:Q{form}64"

    assert len(code(suite, question="9" * 64)) == 6
    assert len(code(suite, question=("9" * 64, "8" * 64))) == 6
    with pytest.raises(ValueError, match=f"question has 65 characters; Q{form}64 takes 4 to 64"):
        code(suite, question="9" * 65)


def test_both_questions_of_the_longest_pair_count() -> None:
    suite = "OCRA-1:HOTP-SHA256-0:QA64"
    message = suite.encode() + b"\0" + b"a" * 64 + b"b" * 64

    assert code(suite, question=("a" * 64, "b" * 64)) == hmac.digest(KEY32, message, "sha256").hex()


def test_leading_zeros_are_kept() -> None:
    codes = {code(OURS, question=f"{i:064x}", session=SESSION) for i in range(200)}

    assert {len(digits) for digits in codes} == {6}
    assert any(digits.startswith("0") for digits in codes)


@pytest.mark.parametrize(
    ("suite", "message"),
    [
        ("OCRA-2:HOTP-SHA1-6:QN08", "write OCRA-1:"),
        ("OCRA-1:HOTP-SHA1-6", "write OCRA-1:"),
        ("OCRA-1:HOTP-SHA1-6:QN08:T1M", "write OCRA-1:"),
        ("OCRA-1:TOTP-SHA1-6:QN08", "function 'TOTP-SHA1-6'"),
        ("OCRA-1:HOTP-MD5-6:QN08", "function 'HOTP-MD5-6'"),
        ("OCRA-1:HOTP-SHA1-3:QN08", "function 'HOTP-SHA1-3'"),
        ("OCRA-1:HOTP-SHA1-11:QN08", "function 'HOTP-SHA1-11'"),
        ("OCRA-1:HOTP-SHA1-6:QX08", "input 'QX08'"),
        ("OCRA-1:HOTP-SHA1-6:QN03", "input 'QN03'"),
        ("OCRA-1:HOTP-SHA1-6:QN65", "input 'QN65'"),
        ("OCRA-1:HOTP-SHA1-6:QN1\N{ARABIC-INDIC DIGIT ONE}", "input 'QN1"),
        ("OCRA-1:HOTP-SHA1-6:QN08-C", "input 'C'"),
        ("OCRA-1:HOTP-SHA1-6:QN08-QN08", "input 'QN08'"),
        ("OCRA-1:HOTP-SHA1-6:QN08-PMD5", "input 'PMD5'"),
        ("OCRA-1:HOTP-SHA1-6:QN08-S100", "input 'S100'"),
        ("OCRA-1:HOTP-SHA1-6:QN08-T0H", "input 'T0H'"),
        ("OCRA-1:HOTP-SHA1-6:QN08-T60M", "input 'T60M'"),
        ("OCRA-1:HOTP-SHA1-6:QN08-T49H", "input 'T49H'"),
        ("OCRA-1:HOTP-SHA1-6:QN08-", "input ''"),
        ("OCRA-1:HOTP-SHA1-6:C", "no question"),
    ],
)
def test_a_bad_suite_is_refused_and_the_bad_part_named(suite: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Suite.parse(suite)


EVERYTHING = "OCRA-1:HOTP-SHA1-6:C-QN08-PSHA1-S064-T1M"
GOOD: dict[str, Any] = {
    "question": "12345678",
    "counter": 0,
    "pin_hash": hashlib.sha1(b"1234").digest(),
    "session": SESSION,
    "timestep": 0,
}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"question": "123"}, "question has 3 characters"),
        ({"question": "123456789"}, "question has 9 characters"),
        ({"question": "1234567a"}, "format QN"),
        ({"question": "1234 678"}, "format QN"),
        ({"question": "1234567\n"}, "format QN"),
        ({"question": "1234567\N{ARABIC-INDIC DIGIT ONE}"}, "format QN"),
        ({"question": ("12345678", "12a")}, "question has 3 characters"),
        ({"counter": None}, "counter is missing"),
        ({"counter": -1}, "counter is -1"),
        ({"counter": 2**64}, "counter is 1844"),
        ({"pin_hash": None}, "pin_hash is missing"),
        ({"pin_hash": b"1234"}, "pin_hash has 4 bytes; the suite takes exactly 20"),
        ({"session": None}, "session is missing"),
        ({"session": SESSION[:-1]}, "session has 63 bytes; the suite takes exactly 64"),
        ({"timestep": None}, "timestep is missing"),
        ({"timestep": -1}, "timestep is -1"),
    ],
)
def test_a_bad_input_is_refused_by_its_name(change: dict[str, Any], message: str) -> None:
    assert len(code(EVERYTHING, **GOOD)) == 6

    with pytest.raises(ValueError, match=message):
        code(EVERYTHING, **{**GOOD, **change})


@pytest.mark.parametrize("name", ["counter", "pin_hash", "session", "timestep"])
def test_an_input_the_suite_does_not_take_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=f"{name} is not an input of this suite"):
        code("OCRA-1:HOTP-SHA1-6:QN08", question="12345678", **{name: GOOD[name]})


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="key has 15 bytes"):
        code("OCRA-1:HOTP-SHA1-6:QN08", b"k" * 15, question="12345678")
    with pytest.raises(ValueError, match="key has 0 bytes"):
        hotp(b"", 0)


@pytest.mark.parametrize("digits", [0, 5, 9])
def test_hotp_refuses_a_number_of_digits_that_rfc_4226_does_not_have(digits: int) -> None:
    with pytest.raises(ValueError, match=f"digits is {digits}"):
        hotp(KEY20, 0, digits)


def test_our_suite_binds_the_code_to_the_challenge_and_to_the_session() -> None:
    other = hashlib.sha256(b"another server").hexdigest().encode("ascii")
    here = code(OURS, question="ab" * 32, session=SESSION)

    assert here == code(OURS, question="ab" * 32, session=SESSION)
    assert here != code(OURS, question="ab" * 31 + "ac", session=SESSION)
    assert here != code(OURS, question="ab" * 32, session=other)
