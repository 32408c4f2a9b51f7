"""No secret stands in the `repr` of a dataclass, where a log, a traceback or a notebook would show it."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from importlib import import_module
from typing import Any

import pytest

import fanlic

SECRET = {"environment", "lab_seed", "node_key", "private_key", "secret", "seed", "tar"}
HARMLESS = {("Fault", "seed")}  # the dice of a lab's fault, chosen by the learner


def dataclasses_of_the_package() -> Iterator[type[Any]]:
    for module in pkgutil.walk_packages(fanlic.__path__, "fanlic."):
        if not module.name.endswith("__main__"):
            for each in vars(import_module(module.name)).values():
                if isinstance(each, type) and is_dataclass(each) and each.__module__ == module.name:
                    yield each


@pytest.mark.threat("secret-shown")
def test_no_dataclass_shows_a_secret() -> None:
    """Each is filled with canaries, without a call of its own code, and shown."""
    shown = []
    for kind in dataclasses_of_the_package():
        canaries = {field.name: f"canary-{field.name}" for field in fields(kind)}
        make: Any = kind.__new__  # of the class itself: exceptions have their own
        filled = make(kind)
        for name, canary in canaries.items():
            object.__setattr__(filled, name, canary)
        text = repr(filled)
        shown += [(kind.__name__, name) for name in SECRET & canaries.keys() if canaries[name] in text]
    assert set(shown) <= HARMLESS, shown


def test_the_canary_is_seen_where_nothing_hides_it() -> None:
    names = {name for kind in dataclasses_of_the_package() for name in (field.name for field in fields(kind))}
    assert {"secret", "seed", "lab_seed", "environment"} <= names
