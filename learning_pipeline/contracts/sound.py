"""Whether a frame keeps its contract, in one Polars query; what breaks it is then explained by pandera."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandera.polars as pa
import polars as pl

_HOLDS: dict[str | None, Callable[[pl.Expr, dict[str, Any]], pl.Expr]] = {
    "greater_than": lambda value, limits: value > limits["min_value"],
    "greater_than_or_equal_to": lambda value, limits: value >= limits["min_value"],
    "less_than_or_equal_to": lambda value, limits: value <= limits["max_value"],
    "isin": lambda value, limits: value.is_in(list(limits["allowed_values"])),
    "str_matches": lambda value, limits: value.str.contains(limits["pattern"]),
    "str_length": lambda value, limits: _has_length(value.str.len_chars(), **limits),
}
"""What pandera's checks of these names ask of a value; a null is asked nothing."""


def sound(schema: pa.DataFrameSchema, key: tuple[str, ...]) -> pl.Expr:
    """One value: whether no column has a null, a float or a value it must not have, and each key one row.

    For a frame of the schema's columns and types, sorted by key. False does not mean broken: of a check that is not
    known here only pandera can say.
    """
    asked = [~repeats(key).any(), pl.lit(not schema.checks)]
    for name, column in schema.columns.items():
        value = pl.col(name)
        asked += [] if column.nullable else [value.is_not_null().all()]
        asked += [value.is_finite().all()] if column.dtype.type.is_float() else []
        asked += [_holds(check, value) for check in column.checks]
    return pl.all_horizontal(asked)


def _holds(check: pa.Check, value: pl.Expr) -> pl.Expr:
    holds = _HOLDS.get(check.name)
    return holds(value, check.statistics or {}).all() if holds else pl.lit(value=False)


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
