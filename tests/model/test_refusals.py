"""The code table, and what every reason for a refusal carries."""

from datetime import UTC, datetime

import pytest

from fanlic.model import refusals
from fanlic.model.clauses import Clause
from fanlic.model.refusals import REASONS, Code, Refusal, Who

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
OWN = list(REASONS.values())

TABLE = [
    ("JSON_PARSER_ERROR", 10000, refusals.DataUnreadable),
    ("PARAM_INPUT_ERROR", 10001, refusals.ParameterWrong),
    ("DO_NOT_NEED_DEACTIVATE", 20000, refusals.NothingToUnbind),
    ("LICENSE_EXPIRED", 30000, refusals.LicenseExpired),
    ("REPORT_VERSION_ERROR", 30001, refusals.VersionMismatch),
    ("ACCOUNT_STATUS_ERROR", 30002, refusals.AuthorizationLapsed),
    ("LICENSE_IP_ERROR", 30003, refusals.AddressOutside),
    ("LICENSE_DOMAIN_ERROR", 30004, refusals.DomainOutside),
    ("LICENSE_APPNAME_ERROR", 30005, refusals.AppNameOutside),
    ("REGISTER_OUT_OF_LIMIT", 30007, refusals.SeatsTaken),
]


def made(reason: type[Refusal]) -> Refusal:
    """One refusal with an evidence of the right kinds."""
    kinds = {"datetime": NOW, "int": 3, "str": "this", "tuple[str, ...]": ("10.0.0.0/8",)}
    return reason(*(kinds[reason.__annotations__[name]] for name in reason.__match_args__))


def test_the_table_has_the_ten_codes_of_the_page_in_its_order() -> None:
    assert [(name, number) for name, number, _ in TABLE] == [(code.name, int(code)) for code in Code]


@pytest.mark.parametrize(("name", "number", "reason"), TABLE)
def test_each_code_has_one_reason_that_names_its_clause(name: str, number: int, reason: type[Refusal]) -> None:
    assert [reason] == [one for one in OWN if one.code == number]
    assert Clause[f"CODE_{number}"] is reason.clause
    assert reason.clause is not None
    assert reason.clause.text.startswith(f"{name}: ")


def test_30006_has_no_meaning() -> None:
    with pytest.raises(ValueError, match="30006"):
        Code(30006)


def test_every_reason_says_what_happened_what_to_do_and_who_acts(subtests: pytest.Subtests) -> None:
    for reason in OWN:
        with subtests.test(reason.__name__):
            refusal = made(reason)
            told = [str(refusal), refusal.next_step.format(**refusal.evidence)]
            assert all(text.isascii() and "{" not in text and text.endswith(".") for text in told), told
            assert isinstance(reason.clause, Clause)
            assert isinstance(reason.who, Who)
            assert reason.__doc__


def test_the_evidence_is_part_of_the_message_or_of_the_next_step(subtests: pytest.Subtests) -> None:
    for reason in OWN:
        with subtests.test(reason.__name__):
            told = reason.message + reason.next_step
            assert [] == [name for name in reason.__match_args__ if "{" + name + "}" not in told]


def test_every_reason_is_listed_and_has_a_name_of_its_own() -> None:
    def below(base: type[Refusal]) -> set[type[Refusal]]:
        return {base}.union(*map(below, base.__subclasses__()))

    ours = {kind for kind in below(Refusal) - {Refusal} if kind.__module__ == Refusal.__module__}
    assert ours == {*OWN, refusals.Reported}
    assert len(OWN) == len({made(reason).reason for reason in OWN})


@pytest.mark.parametrize(
    ("refusal", "name"),
    [
        (refusals.NoQr(), "no-qr"),
        (refusals.SeatsTaken(2), "seats-taken"),
        (refusals.LicenseBoundElsewhere("L", "a", "b"), "license-bound-elsewhere"),
    ],
)
def test_reasons_have_stable_names(refusal: Refusal, name: str) -> None:
    assert name == refusal.reason


@pytest.mark.clause("details")
@pytest.mark.parametrize(("number", "code"), [(30007, Code.REGISTER_OUT_OF_LIMIT), (30006, None), (None, None)])
def test_a_reported_refusal_speaks_in_the_server_s_words(number: int | None, code: Code | None) -> None:
    reported = refusals.Reported("seats-taken", "All 2 are taken.", "Wait.", number)
    assert ("seats-taken", "All 2 are taken.", code) == (reported.reason, str(reported), reported.code)
    assert "Wait." == reported.next_step.format(**reported.evidence)


@pytest.mark.parametrize(
    ("refusal", "label"),
    [
        (refusals.SeatsTaken(2), "30007"),
        (refusals.WrongCode(2), "wrong-code"),
        (refusals.Reported("seats-taken", "", "", 30007), "30007"),
        (refusals.Reported("disk-full", "", "", 30006), "disk-full"),
    ],
)
def test_a_refusal_is_called_by_its_code_or_else_by_its_reason(refusal: Refusal, label: str) -> None:
    assert label == refusal.label


def test_a_refusal_is_a_value_and_an_exception() -> None:
    refusal = refusals.WrongCode(4)
    assert refusals.WrongCode(4) == refusal
    assert refusals.WrongCode(3) != refusal
    assert 1 == len({refusal, refusals.WrongCode(4)})
    with pytest.raises(refusals.WrongCode, match="Tries left before the lock: 4") as caught:
        raise refusal
    assert refusal is caught.value
    assert {"tries_left": 4} == refusal.evidence
