"""Overrides by pattern and scope, so that a decision looks up the few that may match instead of trying all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from learning_pipeline.overrides.override import Override

Words = tuple[str, ...]


class Index:
    """Overrides by pattern, then by the names of their scope dimensions, then by their words.

    Parameters
    ----------
    overrides : iterable of Override
        In any order; what is found does not depend on it.
    """

    def __init__(self, overrides: Iterable[Override]) -> None:
        self._by_pattern: dict[str | None, dict[Words, dict[Words, list[Override]]]] = {}
        for one in sorted(overrides, key=_rank):
            names = tuple(sorted(one.scope))
            words = tuple(one.scope[name] for name in names)
            of_pattern = self._by_pattern.setdefault(one.pattern_key, {})
            of_pattern.setdefault(names, {}).setdefault(words, []).append(one)

    def matching(self, pattern_key: str | None, scope: Mapping[str, str], at: dt.datetime) -> list[Override]:
        """Overrides in force for one decision, the best first.

        Parameters
        ----------
        pattern_key, scope
            Of the decision.
        at : datetime
            Its instant, with a time zone.
        """
        found = [one for key in {None, pattern_key} for one in self._of(key, scope) if one.is_in_force(scope, at)]
        return sorted(found, key=_rank) if len(found) > 1 else found

    def _of(self, pattern_key: str | None, scope: Mapping[str, str]) -> list[Override]:
        """Overrides of a pattern whose scope is a subset of the one given."""
        carried = scope.keys()
        return [
            one
            for names, by_words in self._by_pattern.get(pattern_key, {}).items()
            if carried >= set(names)
            for one in by_words.get(tuple([scope[name] for name in names]), ())
        ]


def specificity(override: Override) -> int:
    """How narrow it is: scope dimensions, and one for a named pattern."""
    return len(override.scope) + (override.pattern_key is not None)


def _rank(override: Override) -> tuple[int, int, float, str]:
    """Best first: narrowest, most decisions, newest, smallest id."""
    return -specificity(override), -override.n, -override.selected_at.timestamp(), override.override_id
