"""The columns of the gate matrix: for each gate, the decisions that it was part of."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]

SIGN = {">=": 1.0, ">": 1.0, "<=": -1.0, "<": -1.0}


class GateColumn(NamedTuple):
    """One gate over the decisions that carry it: arrays of shape (n,), in the order of ``rows``.

    Attributes
    ----------
    rows : int
        Rows of the matrix, ascending, each at most once.
    value, base : float
        What was measured and the limit without overrides, in the gate's unit; NaN where not recorded.
    sign : float
        1 for ``>=`` and ``>``, -1 for ``<=`` and ``<``, NaN where the comparator was not recorded.
    strict : bool
        The comparator is ``>`` or ``<``.
    fails, unknown : bool
        As recorded, and binding: the gate stands against the decision, or cannot be told.
    overruled : bool
        An approved decision on which the gate failed: it binds under no policy.
    """

    rows: NDArray[np.intp]
    value: Floats
    base: Floats
    sign: Floats
    strict: Bools
    fails: Bools
    unknown: Bools
    overruled: Bools

    def against(self, limit: float | Floats) -> tuple[Bools, Bools]:
        """Where the gate fails under another limit, and where that cannot be told; shapes (n,)."""
        known = ~(np.isnan(self.sign) | np.isnan(self.value) | np.isnan(limit))
        # Multiplying by the sign is exact, a difference of value and limit need not be.
        value, bound = self.sign * self.value, self.sign * limit
        holds = np.where(self.strict, value > bound, value >= bound)
        return known & ~holds & ~self.overruled, ~known & ~self.overruled


def gate_columns(decided: pl.DataFrame, gates: pl.DataFrame) -> dict[str, GateColumn]:
    """One column per gate that was recorded or named as a blocker, by name."""
    joined = _recorded(decided, gates).join(_named(decided), on=["gate", "row"], how="full", coalesce=True)
    cells = joined.sort("gate", "row")
    every = _all_gates(cells, decided["decision"].to_numpy() == "approved")
    names, counts = cells["gate"].rle().struct.unnest().select("value", "len")
    ends = np.cumsum(counts.to_numpy())
    return {
        gate: GateColumn._make(array[end - n : end] for array in every)
        for gate, n, end in zip(names, counts, ends, strict=True)
    }


def _recorded(decided: pl.DataFrame, gates: pl.DataFrame) -> pl.DataFrame:
    rows = decided.select("signal_id", "day").with_row_index("row")
    measured = gates.select("signal_id", "day", "gate", "value", "base_threshold", "op", "passed")
    return measured.join(rows, on=["signal_id", "day"]).drop("signal_id", "day")


def _named(decided: pl.DataFrame) -> pl.DataFrame:
    """Gates that a blocked decision names as failing, by row; the one acted on always fails."""
    names = pl.concat_list("blocked_by", pl.concat_list("blocker_component")).list.unique()
    blocked = decided.with_row_index("row").filter(pl.col("decision") == "blocked")
    named = blocked.select("row", gate=names).explode("gate", keep_nulls=False, empty_as_null=False)
    return named.with_columns(named=pl.lit(value=True)).drop_nulls("gate")


def _all_gates(cells: pl.DataFrame, approved: Bools) -> GateColumn:
    """The columns of all gates, one below the other."""
    op, passed, nan = pl.col("op"), pl.col("passed"), float("nan")
    told = cells.select(
        "row",
        pl.col("value", "base_threshold").fill_null(nan),
        sign=op.replace_strict(SIGN, return_dtype=pl.Float64).fill_null(nan),
        strict=op.is_in([">", "<"]).fill_null(value=False),
        failed=pl.col("named").fill_null(value=False) | passed.eq_missing(other=False),
        never=passed.is_null(),
    )
    row, value, base, sign, strict, failed, never = (column.to_numpy() for column in told)
    rows = row.astype(np.intp)
    admitted = approved[rows]
    return GateColumn(
        rows=rows,
        value=value,
        base=base,
        sign=sign,
        strict=strict,
        fails=failed & ~admitted,
        unknown=never & ~failed & ~admitted,
        overruled=failed & admitted,
    )
