"""Law 6: each number of the source matters. Moved by one step, it makes a test of the rules fail.

The literals of `test_policy.py` would notice each nudge by themselves, so that file is left out for all numbers that
rules work with.
"""

from collections.abc import Callable
from dataclasses import fields
from datetime import timedelta
from pathlib import Path

import pytest

from fanlic.model.policy import FINEBI_6_0_5

# The rules pass these on; the literal alone holds them.
PASSED_ON = {"version", "container_port", "life_mark"}


def numbers() -> list[str]:
    """The fields that hold a number, a span or a version; names and switches are no numbers."""
    kinds = {field.name: getattr(FINEBI_6_0_5, field.name) for field in fields(FINEBI_6_0_5)}
    return [name for name, value in kinds.items() if name == "version" or type(value) in (int, timedelta)]


def test_there_are_numbers_to_nudge() -> None:
    assert 18 <= len(numbers())
    assert PASSED_ON <= set(numbers())


@pytest.mark.slow
def test_each_number_moved_by_one_step_makes_a_test_fail(
    mutate: Callable[..., list[tuple[int, str]]], model_tests: list[Path]
) -> None:
    rules = [str(path) for path in model_tests if path.name != "test_policy.py"]
    runs = [
        ["--nudge", name, "--", *([str(path) for path in model_tests] if name in PASSED_ON else rules)]
        for name in numbers()
    ]
    outcomes = zip(numbers(), mutate(runs), strict=True)
    unnoticed = [f"{name}: {output.splitlines()[-1]}" for name, (status, output) in outcomes if status != 0]
    assert not unnoticed, "no test of tests/model fails with these moved by one step:\n" + "\n".join(unnoticed)
