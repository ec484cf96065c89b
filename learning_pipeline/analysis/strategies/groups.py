"""Strategies as numbered groups: 0 is all of them together, `*`."""

from __future__ import annotations

import polars as pl

ALL = "*"


def strategy_names(*frames: pl.DataFrame) -> list[str]:
    """`*`, then every strategy of the frames' ``strategy`` in order; one that bears the name `*` is not told apart.

    >>> strategy_names(pl.DataFrame({"strategy": ["b", None, "a"]}), pl.DataFrame({"strategy": ["*", "b"]}))
    ['*', 'a', 'b']
    """
    named = pl.concat([frame.select(pl.col("strategy").cast(pl.String)) for frame in frames])["strategy"]
    return [ALL, *sorted(set(named.drop_nulls()) - {ALL})]


def by_strategy(frame: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    """Each row once for all strategies and once for its own: ``group`` in names; by ``decided_on``, else as given.

    >>> frame = pl.DataFrame({"decided_on": [3, 3], "strategy": ["a", None]})
    >>> by_strategy(frame, ["*", "a"])["group"].to_list()
    [0, 0, 1]
    """
    own = frame.filter(pl.col("strategy").is_in(names[1:]))
    number = pl.col("strategy").replace_strict(names, range(len(names)), return_dtype=pl.Int64)
    both = [frame.with_columns(group=pl.lit(0, pl.Int64)), own.with_columns(group=number)]
    return pl.concat(both).sort("decided_on", maintain_order=True)
