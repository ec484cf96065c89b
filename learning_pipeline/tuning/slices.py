"""Pattern and scope slices with enough rows that count, found from the broadest to the narrowest."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, Protocol

import msgspec
import numpy as np
import polars as pl

from learning_pipeline.events.wire import encode_sorted
from learning_pipeline.tuning.grid import Bools, Ints

_decode = msgspec.json.Decoder(dict[str, str]).decode
_SPARSE = 4
"""Codes are packed where there could be this many times more of them than rows."""


class Population(Protocol):
    """What slices are cut from: the attributes of `Episodes` that say where a row belongs, and which rows count."""

    @property
    def as_ofs(self) -> list[int]:
        """Days since 1970."""
        ...

    @property
    def patterns(self) -> list[str]:
        """Names."""
        ...

    @property
    def values(self) -> dict[str, list[str]]:
        """By scope dimension: its values, in order."""
        ...

    @property
    def pattern(self) -> Ints:
        """Pattern of a day, of each row."""
        ...

    @property
    def dims(self) -> dict[str, Ints]:
        """By scope dimension: number of the value, -1 where a row does not carry it."""
        ...

    @property
    def counted(self) -> Bools:
        """Rows that make a slice large enough."""
        ...


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
        patterns, pattern = numbered(frame["pattern_key"])
        values, dims = dimensions(frame["scope"])
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

    @property
    def counted(self) -> Bools:
        """Labelled, however."""
        return (self.simulated >= 0) | (self.reported >= 0)


class Slices(NamedTuple):
    """All slices of one set of scope dimensions that have enough rows that count.

    Attributes
    ----------
    dims : tuple of str
        The dimensions, in order; () for whole patterns.
    rows, code : ndarray of shape (n_members,)
        Rows that belong to a slice, ascending, and the number of that slice.
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


def slices(found: Population, n_min: int) -> Iterator[Slices]:
    """Slices of every set of scope dimensions with at least ``n_min`` rows that count.

    A slice lies within those of fewer dimensions, so it is looked for only among the members of those that are kept.
    """
    counted = None if found.counted.all() else found.counted
    rows, n = np.arange(len(found.pattern)), len(found.as_ofs) * len(found.patterns)
    number, rows, code = _kept(rows, found.pattern, n, counted, n_min)
    yield from _within(Slices((), rows, code, number, ()), list(found.dims), found, counted, n_min)


def whose(part: Slices, found: Population) -> tuple[pl.Series, pl.Series]:
    """Pattern and day of each slice."""
    as_of, pattern = np.divmod(part.pattern, len(found.patterns))
    days = pl.Series("as_of", np.array(found.as_ofs)[as_of]).cast(pl.Int32).cast(pl.Date)
    return pl.Series("pattern_key", found.patterns).gather(pattern), days


def scopes(part: Slices, found: Population) -> pl.Series:
    """Canonical JSON text of each slice's scope."""
    inside = [
        pl.Series([encode_sorted({name: value}).decode()[1:-1] for value in found.values[name]]).gather(number)
        for name, number in zip(part.dims, part.value, strict=True)
    ]
    within = pl.concat_str(inside, separator=",") if inside else pl.repeat("", part.n)
    return pl.select(pl.concat_str(pl.lit("{"), within, pl.lit("}")).alias("scope")).to_series()


def _within(part: Slices, more: list[str], found: Population, counted: Bools | None, n_min: int) -> Iterator[Slices]:
    """The slices themselves, then those with further dimensions."""
    if part.n:
        yield part
        for k, name in enumerate(more):
            narrower = _split(part, name, found, counted, n_min)
            yield from _within(narrower, more[k + 1 :], found, counted, n_min)


def _split(part: Slices, name: str, found: Population, counted: Bools | None, n_min: int) -> Slices:
    """Slices by one more dimension; members that do not carry it belong to none."""
    value, n_values = found.dims[name][part.rows], len(found.values[name])
    carried = value >= 0
    rows, code = part.rows, part.code
    if not carried.all():
        rows, code, value = rows[carried], code[carried], value[carried]
    number, rows, code = _kept(rows, code * n_values + value, part.n * n_values, counted, n_min)
    before, last = np.divmod(number, n_values)
    values = (*(each[before] for each in part.value), last)
    return Slices((*part.dims, name), rows, code, part.pattern[before], values)


def _kept(rows: Ints, code: Ints, n: int, counted: Bools | None, n_min: int) -> tuple[Ints, Ints, Ints]:
    """Codes with enough rows that count (None: all do); their rows, and the place among these codes of each."""
    used = np.arange(n) if n <= _SPARSE * len(code) else np.unique(code)
    place = code if len(used) == n else np.searchsorted(used, code)
    counting = place if counted is None else place[counted[rows]]
    enough = np.bincount(counting, minlength=len(used)) >= n_min
    if enough.all():
        return used, rows, place
    inside = enough[place]
    rows, place = rows[inside], place[inside]
    return used[enough], rows, (np.cumsum(enough) - 1)[place]


def numbered(texts: pl.Series) -> tuple[list[str], Ints]:
    """Names in order, and the number of each row's."""
    names = texts.unique().sort()
    return names.to_list(), texts.cast(pl.Enum(names)).to_physical().to_numpy().astype(np.int64)


def dimensions(texts: pl.Series) -> tuple[dict[str, list[str]], dict[str, Ints]]:
    """Of canonical scopes: values of each dimension, and their number in each row, -1 where it does not carry it."""
    names, scope = numbered(texts)
    decoded = [_decode(text) for text in names]
    values = {name: sorted({d[name] for d in decoded if name in d}) for name in sorted({k for d in decoded for k in d})}
    number = {name: {value: k for k, value in enumerate(found)} for name, found in values.items()}
    by_scope = {
        name: np.array([at.get(d.get(name, ""), -1) if name in d else -1 for d in decoded])
        for name, at in number.items()
    }
    return values, {name: found[scope] for name, found in by_scope.items()}
