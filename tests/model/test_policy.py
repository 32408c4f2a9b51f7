"""The numbers of the source, each as a literal, and what sets the three editions apart."""

from dataclasses import FrozenInstanceError, fields
from datetime import timedelta

import pytest

from fanlic.model.policy import (
    EDITIONS,
    FINEBI_6_0_5,
    FINEOPS_2025_08,
    FINEREPORT_11_5_11,
    LockOn,
    LostFolder,
    Policy,
    Restart,
)

clause = pytest.mark.clause
NUMBERS = [
    pytest.param("version", "6.0.5", marks=clause("version-6-0-5")),
    pytest.param("qr_life", timedelta(minutes=5), marks=clause("qr-five-minutes")),
    pytest.param("code_digits", 6, marks=clause("six-digits")),
    pytest.param("wrong_codes_allowed", 5, marks=clause("wrong-codes")),
    pytest.param("lock", timedelta(minutes=15), marks=clause("lock-fifteen-minutes")),
    pytest.param("down_time_limit", timedelta(hours=24), marks=clause("down-time-24-hours")),
    pytest.param("poll_period", timedelta(hours=2), marks=clause("heals-within-two-hours")),
    pytest.param("misses_allowed", 12, marks=clause("twelve-misses")),
    pytest.param("silence_limit", timedelta(hours=24), marks=clause("silence-24-hours")),
    pytest.param("default_seats", 1, marks=clause("seats")),
    pytest.param("first_port", 49153, marks=clause("random-port")),
    pytest.param("last_port", 65535, marks=clause("random-port")),
    pytest.param("asks_for_engines", False, marks=clause("engines")),
    pytest.param("container_port", 8081),
    pytest.param("seal_after", 100),
    pytest.param("refreshes_allowed", 5),
    pytest.param("silence_grace", timedelta(minutes=1)),
    pytest.param("clock_tolerance", timedelta(seconds=60)),
    pytest.param("life_mark", timedelta(minutes=1)),
    pytest.param("look_again", timedelta(hours=12)),
    pytest.param("lock_on", LockOn.EXCEEDING),
    pytest.param("refresh_clears_count", False),
    pytest.param("lapse_ends_seats", True),
    pytest.param("check_certificate", False),
    pytest.param("lost_folder", LostFolder.PHONE_REFUSES),
    pytest.param("restart", Restart.RIDE_OUT),
    pytest.param("edition", "finebi-6.0.5"),
    pytest.param("title", "FineBI 6.0.5 (FanRuan's page)"),
]


@pytest.mark.parametrize(("field", "expected"), NUMBERS)
def test_the_default_edition_has_the_numbers_of_the_source_page(field: str, expected: object) -> None:
    assert expected == getattr(FINEBI_6_0_5, field)


def test_no_field_of_the_policy_is_left_out_above() -> None:
    assert {field.name for field in fields(Policy)} == {number.values[0] for number in NUMBERS}


def differences(edition: Policy) -> dict[str, object]:
    ours, page = vars(edition), vars(FINEBI_6_0_5)
    return {name: ours[name] for name in ours if ours[name] != page[name]}


@clause("restart-fineops")
@clause("engines")
def test_fineops_differs_in_restarts_and_engines_only() -> None:
    expected = {
        "edition": "fineops-2025-08",
        "title": "FineOps, August 2025",
        "restart": Restart.RESCAN,
        "asks_for_engines": True,
    }
    assert expected == differences(FINEOPS_2025_08)


@clause("restart-finereport")
def test_finereport_differs_in_version_and_restarts_only() -> None:
    expected = {
        "edition": "finereport-11.5.11",
        "title": "FineReport 11.5.11",
        "version": "11.5.11",
        "restart": Restart.WHILE_LICENSED,
    }
    assert expected == differences(FINEREPORT_11_5_11)


def test_editions_are_found_by_their_names() -> None:
    assert ["finebi-6.0.5", "fineops-2025-08", "finereport-11.5.11"] == list(EDITIONS)
    assert all(name == policy.edition for name, policy in EDITIONS.items())


def test_a_policy_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        FINEBI_6_0_5.code_digits = 4  # type: ignore[misc]
