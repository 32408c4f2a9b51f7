"""Frozen dataclasses to plain JSON values and back, strictly: what is missing, unknown or of another kind is a
ValueError.
"""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from functools import cache
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

T = TypeVar("T")
_LAST: dict[type, tuple[Any, Any]] = {}  # of each class what was told last, and how; nobody changes it
_PLAIN = frozenset((str, int, bool, float, type(None)))


_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def canonical(value: object) -> bytes:
    """The one JSON form of a value: keys sorted, no spaces, UTF-8."""
    return _ENCODER.encode(value).encode()


def dump(value: Any) -> Any:
    """A plain JSON value; instants keep six decimals, so that their texts sort as they do; spans are seconds."""
    if type(value) in _PLAIN:
        return value
    if (names := _names(type(value))) is not None:  # type: ignore[arg-type]  # a class is hashable
        # A part of the state that a request leaves as it is is the same frozen object, request after request.
        last, told = _LAST.get(type(value), (None, None))
        if last is not value:
            told = {name: dump(getattr(value, name)) for name in names}
            _LAST[type(value)] = value, told
        return told
    if isinstance(value, datetime):
        return value.isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Enum):
        return value.value
    return [dump(item) for item in value] if isinstance(value, tuple) else value


def load(kind: type[T], data: object) -> T:
    """The dataclass that `dump` made `data` from."""
    if not isinstance(data, dict):
        raise ValueError(f"{kind.__name__} must be an object")  # noqa: TRY004 - wrong data, not a wrong call
    hints = _hints(kind)  # type: ignore[arg-type]  # a class is hashable
    if odd := sorted(set(hints) ^ set(data)):
        raise ValueError(f"{kind.__name__} lacks or does not know: {', '.join(odd)}")
    return kind(**{name: _load(hint, data[name], name) for name, hint in hints.items()})


def instant(text: str) -> datetime:
    """The instant a text names; without a time zone it names none, which is a ValueError."""
    read = datetime.fromisoformat(text)
    if read.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone")
    return read


@cache
def _names(kind: type) -> tuple[str, ...] | None:
    return tuple(field.name for field in fields(kind)) if is_dataclass(kind) else None


@cache
def _hints(kind: Any) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}


def _load(hint: Any, value: Any, name: str) -> Any:
    if isinstance(hint, UnionType):
        inner = next(option for option in get_args(hint) if option is not type(None))
        return None if value is None else _load(inner, value, name)
    if get_origin(hint) is tuple:
        if isinstance(value, list):
            return tuple(_load(get_args(hint)[0], item, name) for item in value)
    elif is_dataclass(hint) and isinstance(hint, type):
        return load(hint, value)
    elif isinstance(hint, type) and issubclass(hint, Enum):
        return hint(value)
    elif hint in (datetime, date):
        if isinstance(value, str):
            return instant(value) if hint is datetime else date.fromisoformat(value)
    elif hint is timedelta:
        if type(value) in (int, float):
            return timedelta(seconds=value)
    elif type(value) is hint:
        return value
    raise ValueError(f"{name} has a value of the wrong kind")
