"""Whose a statement is, derived from what it rests on: clauses, readings, or a page of the vendor elsewhere."""

from __future__ import annotations

from fanlic.model.clauses import Basis, Clause, together

Grounds = Basis | Clause | str | tuple[Clause | str, ...]
"""A clause, the id of a reading, or several of both. Without either: `Basis.VENDOR` or `Basis.READING`."""


class Grounded:
    """A statement that names its grounds in `on`. Whose it is follows from them and is never set by hand.

    It is FanRuan's page only if it names a clause and no reading stands behind it. So `Basis.PAGE` is no ground.
    """

    on: Grounds

    def __post_init__(self) -> None:
        if self.on is Basis.PAGE:
            raise ValueError("FanRuan's page speaks by its clauses: name one")

    @property
    def clauses(self) -> tuple[Clause, ...]:
        """The clauses it names."""
        return tuple(each for each in parts(self.on) if isinstance(each, Clause))

    @property
    def readings(self) -> tuple[str, ...]:
        """Every reading behind it: those it names, and those behind its clauses."""
        named = tuple(each for each in parts(self.on) if not isinstance(each, Clause))
        return together(named, *(clause.readings for clause in self.clauses))

    @property
    def basis(self) -> Basis:
        """The least firm of its grounds."""
        if isinstance(self.on, Basis):
            return self.on
        if self.readings or not self.clauses:
            return Basis.READING
        vendor = any(clause.source is Basis.VENDOR for clause in self.clauses)
        return Basis.VENDOR if vendor else Basis.PAGE


def parts(on: Grounds) -> tuple[Clause | str, ...]:
    """The clauses and the ids of readings, one by one."""
    if isinstance(on, Basis):
        return ()
    return on if isinstance(on, tuple) else (on,)
