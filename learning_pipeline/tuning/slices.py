"""Pattern and scope slices with enough labelled episodes, found from the broadest to the narrowest."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import msgspec
import numpy as np
import polars as pl

from learning_pipeline.tuning.grid import Bools, Ints

_decode = msgspec.json.Decoder(dict[str, str]).decode
_SPARSE = 4
"""Codes are packed where there could be this many times more of them than rows."""


class Episodes(NamedTuple):
    """Columns of `episodes` as arrays of shape (n,).

    Attributes
    ----------
    as_ofs, patterns : list
        Days since 1970, and names: pattern ``k`` of day ``j`` is number ``j * len(patterns) + k``.
    values : dict of list of str
        By scope dimension, in order: names that ``dims`` numbers.
    n_days : int
        Days of a window.
    pattern, day, cell : int
        Pattern of a day; day of the window; cell.
    dims : dict of int
        By scope dimension: value, -1 where the episode does not carry it.
    acted : bool
        Approved; else skipped.
    simulated, reported : int
        1 success, 0 failure, -1 not known.
    """

    as_ofs: list[int]
    patterns: list[str]
    values: dict[str, list[str]]
    n_days: int
    pattern: Ints
    day: Ints
    cell: Ints
    dims: dict[str, Ints]
    acted: Bools
    simulated: Ints
    reported: Ints

    @classmethod
    def of(cls, frame: pl.DataFrame, n_days: int) -> Episodes:
        """Arrays of the frame of `episodes`, windows of ``n_days`` days."""
        # Counting by cell is faster where neighbours lie in one cell.
        frame = frame.sort("cell", "simulated", maintain_order=True)
        patterns, pattern = _numbered(frame["pattern_key"])
        values, dims = _dimensions(frame["scope"])
        days, decided_on = (frame[name].to_numpy().astype(np.int64) for name in ("as_of", "decided_on"))
        as_ofs, as_of = np.unique(days, return_inverse=True)
        return cls(
            as_ofs.tolist(),
            patterns,
            values,
            n_days,
            as_of * len(patterns) + pattern,
            decided_on - (days - n_days + 1),
            frame["cell"].to_numpy().astype(np.int64),
            dims,
            frame["acted"].to_numpy(),
            *(frame[name].cast(pl.Int64).fill_null(-1).to_numpy() for name in ("simulated", "reported")),
        )


class Slices(NamedTuple):
    """All slices of one set of scope dimensions that have enough labelled episodes.

    Attributes
    ----------
    dims : tuple of str
        The dimensions, in order; () for whole patterns.
    rows, code : ndarray of shape (n_members,)
        Episodes that belong to a slice, ascending, and the number of that slice.
    pattern : ndarray of shape (n,)
        Pattern of a day, of each slice.
    value : tuple of ndarray of shape (n,)
        Its value of each dimension.
    """

    dims: tuple[str, ...]
    rows: Ints
    code: Ints
    pattern: Ints
    value: tuple[Ints, ...]

    @property
    def n(self) -> int:
        """Number of slices."""
        return len(self.pattern)


def slices(episodes: Episodes, n_min: int) -> Iterator[Slices]:
    """Slices of every set of scope dimensions with at least ``n_min`` labelled episodes, however labelled.

    A slice lies within those of fewer dimensions, so it is looked for only among the members of those that are kept.
    """
    is_labelled = (episodes.simulated >= 0) | (episodes.reported >= 0)
    labelled = None if is_labelled.all() else is_labelled
    rows, n = np.arange(len(episodes.pattern)), len(episodes.as_ofs) * len(episodes.patterns)
    number, rows, code = _kept(rows, episodes.pattern, n, labelled, n_min)
    yield from _within(Slices((), rows, code, number, ()), list(episodes.dims), episodes, labelled, n_min)


def _within(found: Slices, more: list[str], episodes: Episodes, labelled: Bools | None, n_min: int) -> Iterator[Slices]:
    """The slices themselves, then those with further dimensions."""
    if found.n:
        yield found
        for k, name in enumerate(more):
            narrower = _split(found, name, episodes, labelled, n_min)
            yield from _within(narrower, more[k + 1 :], episodes, labelled, n_min)


def _split(found: Slices, name: str, episodes: Episodes, labelled: Bools | None, n_min: int) -> Slices:
    """Slices by one more dimension; members that do not carry it belong to none."""
    value, n_values = episodes.dims[name][found.rows], len(episodes.values[name])
    carried = value >= 0
    rows, code = found.rows, found.code
    if not carried.all():
        rows, code, value = rows[carried], code[carried], value[carried]
    number, rows, code = _kept(rows, code * n_values + value, found.n * n_values, labelled, n_min)
    before, last = np.divmod(number, n_values)
    values = (*(each[before] for each in found.value), last)
    return Slices((*found.dims, name), rows, code, found.pattern[before], values)


def _kept(rows: Ints, code: Ints, n: int, labelled: Bools | None, n_min: int) -> tuple[Ints, Ints, Ints]:
    """Codes with enough labelled rows (None: all are); their rows, and the place among these codes of each."""
    used = np.arange(n) if n <= _SPARSE * len(code) else np.unique(code)
    place = code if len(used) == n else np.searchsorted(used, code)
    counted = place if labelled is None else place[labelled[rows]]
    enough = np.bincount(counted, minlength=len(used)) >= n_min
    if enough.all():
        return used, rows, place
    inside = enough[place]
    rows, place = rows[inside], place[inside]
    return used[enough], rows, (np.cumsum(enough) - 1)[place]


def _numbered(texts: pl.Series) -> tuple[list[str], Ints]:
    names = texts.unique().sort()
    return names.to_list(), texts.cast(pl.Enum(names)).to_physical().to_numpy().astype(np.int64)


def _dimensions(scopes: pl.Series) -> tuple[dict[str, list[str]], dict[str, Ints]]:
    """Values of each dimension, and their number in each episode."""
    texts, scope = _numbered(scopes)
    decoded = [_decode(text) for text in texts]
    values = {name: sorted({d[name] for d in decoded if name in d}) for name in sorted({k for d in decoded for k in d})}
    number = {name: {value: k for k, value in enumerate(found)} for name, found in values.items()}
    by_scope = {
        name: np.array([at.get(d.get(name, ""), -1) if name in d else -1 for d in decoded])
        for name, at in number.items()
    }
    return values, {name: found[scope] for name, found in by_scope.items()}
