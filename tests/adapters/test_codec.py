"""Values to JSON and back, strictly."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanlic.adapters.codec import canonical, dump, load
from fanlic.model.activation import Challenge, CodeEntry, CodeEntryState
from fanlic.model.authfile import Contract
from fanlic.model.outage import Authorization, LapseCause, Standing
from fanlic.model.registration import License, Seat
from fanlic.model.server import Server

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SERVER = Server(
    NINE,
    NINE,
    NINE,
    Authorization(Standing.LAPSED, NINE, LapseCause.CLOCK_BACK),
    CodeEntry(CodeEntryState.LOCKED, Challenge("ab" * 32, NINE), 6, 17, NINE),
    epoch=3,
    license_over=True,
    clock_alarm_at=NINE,
)
LICENSE = License(
    "lic-1",
    "ACME Ltd.",
    "Sales",
    "FineBI",
    "6.0.5",
    "6.0.99",
    NINE,
    2,
    ("10.0.0.0/8",),
    ("bi.acme.example",),
    ("webroot",),
)
SEAT = Seat("n1", "00ff", "ab" * 32, 3, NINE, NINE, NINE)
CONTRACT = Contract("it@acme.example", "ACME Ltd.", "Sales", date(2026, 2, 28), 5)
SAMPLES = [SERVER, LICENSE, SEAT, CONTRACT]
FIELDS = [
    pytest.param(sample, name, id=f"{type(sample).__name__}.{name}") for sample in SAMPLES for name in dump(sample)
]

instants = st.datetimes(timezones=st.just(UTC))
perhaps = st.none() | instants
texts = st.lists(st.text(), max_size=3).map(tuple)
servers = st.builds(
    Server,
    instants,
    instants,
    instants,
    st.builds(Authorization, st.sampled_from(Standing), perhaps, st.none() | st.sampled_from(LapseCause)),
    st.builds(
        CodeEntry,
        st.sampled_from(CodeEntryState),
        st.none() | st.builds(Challenge, st.text(), instants),
        st.integers(),
        st.integers(),
        perhaps,
    ),
    st.integers(),
    st.booleans(),
    perhaps,
)
licenses = st.builds(
    License, *[st.text()] * 6, instants, st.integers(), texts, texts, texts, st.text(), st.text(), st.integers()
)
seats = st.builds(Seat, st.text(), st.text(), st.text(), st.integers(), instants, instants, instants)


def through_json(value: Any) -> Any:
    return json.loads(canonical(dump(value)))


@given(st.one_of(servers, licenses, seats))
def test_what_was_written_is_read_back(value: Any) -> None:
    assert value == load(type(value), through_json(value))


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: type(sample).__name__)
def test_samples_come_back_with_the_kinds_they_had(sample: Any) -> None:
    assert repr(sample) == repr(load(type(sample), through_json(sample)))


@pytest.mark.parametrize(("sample", "name"), FIELDS)
def test_a_missing_field_is_an_error_that_names_it(sample: Any, name: str) -> None:
    data = through_json(sample)
    del data[name]
    with pytest.raises(ValueError, match=rf"{type(sample).__name__} lacks or does not know: {name}"):
        load(type(sample), data)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: type(sample).__name__)
def test_an_unknown_field_is_an_error_that_names_it(sample: Any) -> None:
    with pytest.raises(ValueError, match="lacks or does not know: zeal"):
        load(type(sample), through_json(sample) | {"zeal": 1})


@pytest.mark.parametrize(("sample", "name"), FIELDS)
@pytest.mark.parametrize("wrong", [1.5, {"a": 1}, [1], b"x"])
def test_a_value_of_another_kind_is_an_error(sample: Any, name: str, wrong: Any) -> None:
    with pytest.raises(ValueError, match=r"kind|lacks or does not know|must be an object|not a valid"):
        load(type(sample), through_json(sample) | {name: wrong})


@pytest.mark.parametrize(("sample", "name"), FIELDS)
def test_nothing_is_accepted_only_where_nothing_may_stand(sample: Any, name: str) -> None:
    data = through_json(sample) | {name: None}
    if type(None) in get_args(get_type_hints(type(sample))[name]):
        assert replace(sample, **{name: None}) == load(type(sample), data)
    else:
        with pytest.raises(ValueError, match=r"kind|not a valid|must be an object"):
            load(type(sample), data)


@pytest.mark.parametrize(
    ("sample", "name", "wrong"),
    [
        (SERVER, "epoch", True),  # True is no number
        (SERVER, "epoch", "1"),
        (SERVER, "license_over", 0),
        (SERVER, "alive_at", 1772442000),
        (SERVER, "alive_at", "yesterday"),
        (SERVER, "alive_at", "2026-03-02T09:00:00"),  # whose nine o'clock?
        (SERVER, "alive_at", "2026-03-02"),
        (SERVER, "authorization", {"standing": "revoked", "since": None, "cause": None}),
        (SERVER, "code_entry", []),
        (LICENSE, "networks", "10.0.0.0/8"),  # a text is no list of texts
        (LICENSE, "networks", [["10.0.0.0/8"]]),
        (LICENSE, "company", None),
        (CONTRACT, "signed", "2026-02-30"),
        (CONTRACT, "signed", "2026-02-28T00:00:00+00:00"),
    ],
)
def test_a_value_that_only_looks_right_is_an_error(sample: Any, name: str, wrong: Any) -> None:
    with pytest.raises(ValueError, match=r"kind|not a valid|isoformat|time zone|out of range|must be an object"):
        load(type(sample), through_json(sample) | {name: wrong})


@pytest.mark.parametrize("data", [None, [], "x", 1, True])
def test_what_is_no_object_is_an_error(data: object) -> None:
    with pytest.raises(ValueError, match="Seat must be an object"):
        load(Seat, data)


@given(instants, instants)
def test_texts_of_instants_sort_as_the_instants_do(one: datetime, other: datetime) -> None:
    assert (one < other) == (dump(one) < dump(other))


def test_an_instant_is_written_with_six_decimals_always() -> None:
    assert "2026-03-02T09:00:00.000000+00:00" == dump(NINE)
    assert "2026-03-02T09:00:00.000001+00:00" == dump(NINE + timedelta(microseconds=1))
    assert "2026-02-28" == dump(CONTRACT)["signed"]


def test_there_is_one_json_form_of_a_value() -> None:
    assert b'{"a":["\xc3\xa9",1,null,true],"b":{"x":1,"y":2}}' == canonical(
        {"b": {"y": 2, "x": 1}, "a": ["é", 1, None, True]}
    )


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "\ud800"])
def test_what_json_cannot_say_is_an_error(value: object) -> None:
    with pytest.raises(ValueError, match=r"not JSON compliant|surrogates not allowed"):
        canonical(value)
