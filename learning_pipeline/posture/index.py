"""Which postures are for a signal, found by looking up its scope's subsets instead of walking through all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from operator import itemgetter

from learning_pipeline.errors import BadInput
from learning_pipeline.posture.posture import Posture

Values = str | tuple[str, ...]
Tables = list[tuple[Callable[[Mapping[str, str]], Values], dict[Values, Posture]]]
"""How to read the values of some scope dimensions off a signal's scope, and the posture by these values."""


class Index:
    """Postures by pattern, by scope dimensions, by values.

    Parameters
    ----------
    postures : iterable of Posture
        In any order; one per pattern and scope.

    Raises
    ------
    BadInput
        Two are for one pattern and scope.
    """

    def __init__(self, postures: Iterable[Posture]) -> None:
        self._tables: dict[str, dict[tuple[str, ...], dict[Values, Posture]]] = {}
        self._for_names: dict[tuple[str | None, ...], Tables] = {}
        for each in sorted(postures, key=lambda one: one.override_id):
            names = tuple(sorted(each.scope))
            table = self._tables.setdefault(each.pattern_key, {}).setdefault(names, {})
            values = _values_of(names)(each.scope)
            if values in table:
                ids = f"{table[values].override_id}, {each.override_id}"
                raise BadInput(f"postures: two for {each.pattern_key} {each.scope}: {ids}")
            table[values] = each

    def matches(self, pattern_key: str | None, scope: Mapping[str, str]) -> list[Posture]:
        """Postures of the pattern whose scope is a subset of the signal's, from broad to narrow, then by name."""
        found = []
        for values_of, table in self._tables_for(pattern_key, tuple(scope)):
            one = table.get(values_of(scope))
            if one is not None:
                found.append(one)
        return found

    def _tables_for(self, pattern_key: str | None, names: tuple[str, ...]) -> Tables:
        """Those that a signal with these dimensions may stand in; kept, for a bot's signals have few sets of names."""
        key = (pattern_key, *names)
        if key not in self._for_names:
            there = self._tables.get(pattern_key or "", {})
            inside = sorted((some for some in there if set(some) <= set(names)), key=lambda some: (len(some), some))
            self._for_names[key] = [(_values_of(some), there[some]) for some in inside]
        return self._for_names[key]


def _values_of(names: tuple[str, ...]) -> Callable[[Mapping[str, str]], Values]:
    return itemgetter(*names) if names else lambda _: ()
