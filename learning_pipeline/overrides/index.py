"""Overrides by pattern and scope, so that a decision looks up the few that may match instead of trying all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import NamedTuple

from learning_pipeline.overrides.override import Override

Words = tuple[str, ...]
Ranked = tuple[int, Override]
"""An override after its place among all: the smaller, the better."""


class _Group(NamedTuple):
    """Overrides of one pattern (or of every one) whose scopes have the same dimensions, by the words of these."""

    pattern_key: str | None
    names: Words
    by_words: dict[Words, list[Ranked]]

    @property
    def specificity(self) -> int:
        """How narrow they are: scope dimensions, and one for a named pattern."""
        return len(self.names) + (self.pattern_key is not None)

    def of(self, scope: Mapping[str, str]) -> list[Ranked]:
        """Those whose scope is a subset of the one given."""
        try:
            return self.by_words.get(tuple([scope[name] for name in self.names]), [])
        except KeyError:
            return []


class Index:
    """Overrides, found by pattern, scope and time.

    Parameters
    ----------
    overrides : iterable of Override
        In any order; what is found does not depend on it.
    """

    def __init__(self, overrides: Iterable[Override]) -> None:
        self._groups: dict[tuple[str | None, Words], _Group] = {}
        for place, one in enumerate(sorted(overrides, key=_rank)):
            names = tuple(sorted(one.scope))
            group = self._groups.setdefault((one.pattern_key, names), _Group(one.pattern_key, names, {}))
            group.by_words.setdefault(tuple(one.scope[name] for name in names), []).append((place, one))
        patterns = {None, *(key for key, _ in self._groups)}
        self._levels = {pattern: self._leveled(pattern) for pattern in patterns}

    def matching(self, pattern_key: str | None, scope: Mapping[str, str], at: dt.datetime) -> Iterator[Override]:
        """Overrides in force for one decision, the best first, found one level of narrowness after the other.

        Parameters
        ----------
        pattern_key, scope
            Of the decision.
        at : datetime
            Its instant, with a time zone.
        """
        for level in self._level(pattern_key):
            found = [ranked for group in level for ranked in group.of(scope)]
            for _, one in sorted(found, key=_place) if len(found) > 1 else found:
                if one.is_in_force(scope, at):
                    yield one

    def _level(self, pattern_key: str | None) -> list[list[_Group]]:
        """Groups that a pattern may match, the narrowest first."""
        return self._levels.get(pattern_key, self._levels[None])

    def _leveled(self, pattern_key: str | None) -> list[list[_Group]]:
        mine = [group for (key, _), group in self._groups.items() if key in {None, pattern_key}]
        ordered = sorted(mine, key=lambda group: -group.specificity)
        return [list(level) for _, level in groupby(ordered, key=lambda group: group.specificity)]


def _place(ranked: Ranked) -> int:
    return ranked[0]


def _rank(override: Override) -> tuple[int, int, float, str, str]:
    """Best first: narrowest, most decisions, newest, smallest id."""
    specificity = len(override.scope) + (override.pattern_key is not None)
    return -specificity, -override.n, -override.selected_at.timestamp(), override.override_id, override.category
