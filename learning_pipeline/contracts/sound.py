"""Whether a frame keeps its contract, in a few short looks at it; what breaks it is then explained by pandera."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any, NamedTuple

import pandera.polars as pa
import polars as pl

_BOUNDS: dict[str | None, tuple[Callable[[pl.Series], Any], Callable[[Any, Any], bool], str]] = {
    "greater_than": (pl.Series.min, operator.gt, "min_value"),
    "greater_than_or_equal_to": (pl.Series.min, operator.ge, "min_value"),
    "less_than_or_equal_to": (pl.Series.max, operator.le, "max_value"),
}
"""What pandera's checks of these names ask of the least or the greatest value."""

_HOLDS: dict[str | None, Callable[[pl.Expr, dict[str, Any]], pl.Expr]] = {
    "isin": lambda value, limits: value.is_in(list(limits["allowed_values"])),
    "str_matches": lambda value, limits: value.str.contains(limits["pattern"]),
    "str_length": lambda value, limits: _has_length(value.str.len_chars(), **limits),
}
"""What pandera's checks of these names ask of each value; a null is asked nothing."""


class Sound(NamedTuple):
    """What is asked of a frame of a schema's columns and types, sorted by key.

    Attributes
    ----------
    known : bool
        Whether that is all that the schema asks; of a check that is not known here only pandera can say.
    filled, finite : list of str
        Columns without a null; columns of floats.
    bounds : list of (str, pandera.Check)
        Columns with a least or greatest value.
    query : Expr
        One value: whether each key has one row, and no column a value that it must not have.
    """

    known: bool
    filled: list[str]
    finite: list[str]
    bounds: list[tuple[str, pa.Check]]
    query: pl.Expr

    @classmethod
    def of(cls, schema: pa.DataFrameSchema, key: tuple[str, ...]) -> Sound:
        """What the schema asks, looked up once."""
        columns = schema.columns
        checks = [(name, check) for name, column in columns.items() for check in column.checks]
        return cls(
            known=not schema.checks and all(check.name in {*_BOUNDS, *_HOLDS} for _, check in checks),
            filled=[name for name, column in columns.items() if not column.nullable],
            finite=[name for name, column in columns.items() if column.dtype.type.is_float()],
            bounds=[(name, check) for name, check in checks if check.name in _BOUNDS],
            query=pl.all_horizontal(
                ~repeats(key).any(), *[_holds(*asked) for asked in checks if asked[1].name in _HOLDS]
            ),
        )

    def holds_for(self, frame: pl.DataFrame) -> bool:
        """Whether no column has a null, a float or a value it must not have, and each key one row."""
        return (
            self.known
            and not any(frame[name].null_count() for name in self.filled)
            and all(_is_finite(frame[name]) for name in self.finite)
            and all(_is_within(frame[name], check) for name, check in self.bounds)
            and (frame.is_empty() or frame.select(self.query).item())
        )


def _is_finite(values: pl.Series) -> bool:
    """A sum is finite only where all that it adds is; that of very large numbers may not be."""
    return math.isfinite(values.sum()) or values.is_finite().all()


def _is_within(values: pl.Series, check: pa.Check) -> bool:
    extreme, compare, limit = _BOUNDS[check.name]
    found = extreme(values)
    return found is None or compare(found, (check.statistics or {})[limit])


def _holds(name: str, check: pa.Check) -> pl.Expr:
    return _HOLDS[check.name](pl.col(name), check.statistics or {}).all()


def _has_length(
    length: pl.Expr, min_value: int | None = None, max_value: int | None = None, exact_value: int | None = None
) -> pl.Expr:
    exact = length == exact_value if exact_value is not None else pl.lit(value=True)
    least = length >= min_value if min_value is not None else pl.lit(value=True)
    return exact & least & (length <= max_value if max_value is not None else pl.lit(value=True))


def repeats(key: tuple[str, ...]) -> pl.Expr:
    """Whether a row has the key of the row before it."""
    same = pl.all_horizontal(pl.col(c).eq_missing(pl.col(c).shift(1)) for c in key)
    return same & (pl.int_range(pl.len()) > 0)
