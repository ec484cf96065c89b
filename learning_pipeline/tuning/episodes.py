"""One row per day and episode: what was answered, where it lies on the grid, how it ended, as known then."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import numpy as np
import polars as pl

from learning_pipeline.analysis.cohort import in_force
from learning_pipeline.contracts import day_of
from learning_pipeline.policy import GateMatrix
from learning_pipeline.tuning.cells import NO_PART, cells
from learning_pipeline.tuning.grid import Grid
from learning_pipeline.tuning.settings import TuningSettings

DECIDED = ["signal_id", "day", "decided_at", "decision", "blocker_component", "blocked_by", "gates_complete"]
DECIDED += ["pattern_key", "scope", "episode_id", "book"]
EPISODE = ["as_of", "pattern_key", "episode"]


class Known(NamedTuple):
    """Everything that episodes as of any of some days are read off.

    Attributes
    ----------
    decided : DataFrame
        One row per version of a decision with a pattern: its columns, ``episode``, ``cell``, ``decided_on``; counts as
        of ``since <= day < until`` (days since 1970).
    simulated : DataFrame
        ``signal_id``, ``decided_at``, ``simulated`` (success; null: unlabelled), ``net_pnl_usd``, ``since``, ``until``.
    reported : DataFrame
        ``signal_id``, ``reported`` (success), ``since``; the newest last.
    """

    decided: pl.DataFrame
    simulated: pl.DataFrame
    reported: pl.DataFrame


def known_episodes(
    decisions: pl.DataFrame,
    gates: pl.DataFrame,
    outcomes: pl.DataFrame,
    episode_outcomes: pl.DataFrame,
    grid: Grid,
    books: Collection[str],
) -> Known:
    """Versions of decisions and of outcomes, each with the days on which it was what one knew.

    Parameters
    ----------
    decisions, gates, outcomes, episode_outcomes : DataFrame
        ``events.decisions``, ``events.gates``, ``shadow.outcomes``, ``events.episode_outcomes``.
    grid : Grid
        The levers.
    books : collection of str
        Books whose decisions count.
    """
    patterned = in_force(decisions.select(DECIDED), "signal_id", "day").filter(
        pl.col("book").is_in(list(books)), pl.col("pattern_key").is_not_null()
    )
    decided = patterned.with_columns(
        pl.Series("cell", _cells(patterned, gates, grid)),
        episode=pl.coalesce("episode_id", "signal_id"),
        decided_on=day_of(pl.col("decided_at")).to_physical(),
    )
    ended = outcomes.select("signal_id", "day", "known_at", "decided_at", "net_pnl_usd", simulated="success")
    told = episode_outcomes.sort("happened_at", "event_id")
    return Known(
        decided.drop("blocked_by", "blocker_component", "gates_complete", "episode_id", "book", "day"),
        in_force(ended, "signal_id", "known_at").drop("day", "known_at"),
        told.select("signal_id", reported=pl.col("outcome") == "success", since=pl.col("day").to_physical()),
    )


def episodes(known: Known, as_ofs: list[int], settings: TuningSettings) -> pl.DataFrame:
    """Episodes of the lookback windows of some days, each as known at its end.

    Parameters
    ----------
    known : Known
        What is known, and since when.
    as_ofs : list of int
        Days since 1970.

    Returns
    -------
    DataFrame
        One row per ``as_of``, pattern_key and ``episode``, in that order: ``scope``, ``decided_on`` (days since 1970),
        ``acted`` (else skipped), ``cell`` (`cells`), ``simulated`` and ``reported`` (success; null: not known),
        ``signal_id`` of the decision that counts, ``net_pnl_usd`` of its simulated outcome. Of the window's decisions
        of an episode the first approved one counts, else the last; cancelled ones do not. What the bot reports of any
        signal of the episode is the episode's; the newest report counts.
    """
    return as_known(known, on_days(known.decided, as_ofs, settings.lookback_days))


def as_known(known: Known, decided: pl.DataFrame) -> pl.DataFrame:
    """The episodes of `episodes`, of versions of decisions that each count on the day ``as_of`` of their row."""
    chosen = _one_each(decided.filter(pl.col("decision") != "cancelled"))
    ended = chosen.join(known.simulated, on=["signal_id", "decided_at"]).filter(
        pl.col("since") <= pl.col("as_of"), pl.col("until") > pl.col("as_of")
    )
    told = decided.join(known.reported, on="signal_id", maintain_order="right").filter(
        pl.col("since") <= pl.col("as_of")
    )
    newest = told.unique(EPISODE, keep="last", maintain_order=True)
    labels = [ended.select(*EPISODE, "simulated", "net_pnl_usd"), newest.select(*EPISODE, "reported")]
    for label in labels:
        chosen = chosen.join(label, on=EPISODE, how="left", maintain_order="left", validate="1:1")
    kept = [*EPISODE, "signal_id", "scope", "decided_on", "cell", "simulated", "net_pnl_usd", "reported"]
    return chosen.select(*kept, acted=pl.col("decision") == "approved")


def n_in_window(decided: pl.DataFrame, as_ofs: list[int], lookback_days: int) -> list[int]:
    """How many versions of decisions the lookback window of each day holds, at most."""
    decided_on = np.sort(decided["decided_on"].to_numpy())
    ends = np.array(as_ofs, dtype=np.int64)
    first, last = (np.searchsorted(decided_on, x, "right") for x in (ends - lookback_days, ends))
    return [int(n) for n in last - first]


def on_days(decided: pl.DataFrame, as_ofs: list[int], lookback_days: int) -> pl.DataFrame:
    """One row per version and day (``as_of``) on which it counts and lies in the window."""
    first = pl.max_horizontal("since", "decided_on", pl.lit(min(as_ofs)))
    after = pl.min_horizontal("until", pl.col("decided_on") + lookback_days, pl.lit(max(as_ofs) + 1))
    days = decided.with_columns(as_of=pl.int_ranges(first, after, dtype=pl.Int32))
    each = days.explode("as_of", keep_nulls=False, empty_as_null=False).drop("since", "until")
    return each.filter(pl.col("as_of").is_in(as_ofs))


def _one_each(decided: pl.DataFrame) -> pl.DataFrame:
    """The decision that counts of each episode, by day, pattern and episode."""
    approved = pl.col("decision") == "approved"
    clock = pl.col("decided_at").to_physical()
    ordered = decided.sort(*EPISODE, ~approved, pl.when(approved).then(clock).otherwise(-clock), "signal_id")
    return ordered.unique(EPISODE, keep="first", maintain_order=True)


def _cells(decided: pl.DataFrame, gates: pl.DataFrame, grid: Grid) -> np.ndarray:
    matrix = GateMatrix(decided, gates)
    cell = np.full(decided.height, grid.size + NO_PART)
    cell[decided["decision"].is_in(["approved", "blocked"]).to_numpy()] = cells(matrix, grid)
    return cell
