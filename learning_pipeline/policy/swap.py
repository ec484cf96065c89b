"""The swap-set: what a policy changes, and what that is worth."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from learning_pipeline.policy.matrix import WORDS

SWAPS = ["kept", "swapped_in", "swapped_out", "still_blocked", "unknown"]
"""Approved either way, newly approved, newly blocked, blocked either way, cannot be told."""


KEPT, SWAPPED_IN, SWAPPED_OUT, STILL_BLOCKED, CANNOT_TELL = range(5)
"""Numbers of `SWAPS`."""
_SWAP = np.array([[STILL_BLOCKED, SWAPPED_IN, CANNOT_TELL], [SWAPPED_OUT, KEPT, CANNOT_TELL]], dtype=np.int8)


def swap_codes(approved: NDArray[np.bool_], answers: NDArray[np.int8]) -> NDArray[np.int8]:
    """Number in `SWAPS` of each decision, from whether it was approved and what `GateMatrix.answers` says now.

    >>> swap_codes(np.array([False, True]), np.array([1, 2], dtype=np.int8)).tolist()
    [1, 4]
    """
    return _SWAP[approved.astype(np.int8), answers]


def with_swap(redecided: pl.DataFrame) -> pl.DataFrame:
    """The frame of `redecide` with one more column, ``swap``: one of `SWAPS`, never null.

    >>> both = pl.DataFrame({"base": ["blocked", "approved"], "counterfactual": ["approved", "unknown"]})
    >>> with_swap(both)["swap"].to_list()
    ['swapped_in', 'unknown']
    """
    approved = redecided["base"].to_numpy() == "approved"
    answers = redecided["counterfactual"].replace_strict(WORDS, range(len(WORDS)), return_dtype=pl.Int8).to_numpy()
    return redecided.with_columns(pl.Series("swap", SWAPS).gather(swap_codes(approved, answers)))


def swap_set(redecided: pl.DataFrame, outcomes: pl.DataFrame | None = None) -> pl.DataFrame:
    """Counts and money of each part of the swap-set.

    Parameters
    ----------
    redecided : DataFrame
        As `redecide` returns it.
    outcomes : DataFrame, optional
        ``signal_id`` and ``net_pnl_usd``, one row per signal: outcomes of the decisions in question as of one day. Null
        PnL is not settled.

    Returns
    -------
    DataFrame
        One row per word of `SWAPS`, in that order: ``swap``, ``n``, ``n_settled`` (of these, with a PnL) and
        ``net_pnl_usd`` (their sum, quote money, 0 where none is settled); the last two are null without outcomes.

    Examples
    --------
    >>> one = pl.DataFrame({"signal_id": ["s1"], "base": ["blocked"], "counterfactual": ["approved"]})
    >>> swap_set(one, pl.DataFrame({"signal_id": ["s1"], "net_pnl_usd": [-2.5]})).row(1)
    ('swapped_in', 1, 1, -2.5)
    """
    parts = with_swap(redecided).sort("signal_id")
    code = parts["swap"].replace_strict(SWAPS, range(len(SWAPS)), return_dtype=pl.Int64).to_numpy()
    n = np.bincount(code, minlength=len(SWAPS))
    counted = pl.DataFrame({"swap": SWAPS, "n": n}, schema={"swap": pl.String, "n": pl.Int64})
    if outcomes is None:
        return counted.with_columns(n_settled=pl.lit(None, pl.Int64), net_pnl_usd=pl.lit(None, pl.Float64))
    pnl = _aligned(parts, outcomes)
    settled = ~np.isnan(pnl)
    n_settled = np.bincount(code[settled], minlength=len(SWAPS))
    # bincount adds row after row: the order is that of signal_id.
    total = np.bincount(code[settled], pnl[settled], minlength=len(SWAPS))
    return counted.with_columns(pl.Series("n_settled", n_settled, pl.Int64), pl.Series("net_pnl_usd", total))


def _aligned(parts: pl.DataFrame, outcomes: pl.DataFrame) -> np.ndarray:
    money = outcomes.select("signal_id", "net_pnl_usd")
    joined = parts.join(money, on="signal_id", how="left", maintain_order="left", validate="1:1")
    return joined["net_pnl_usd"].fill_null(float("nan")).to_numpy()
