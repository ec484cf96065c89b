"""The strength lifecycle on planted worlds: how often does a lesson of noise ever steer, and how often one with a lean?

``python -m learning_pipeline_tests.tuning.strength.planted [WORLDS]``: 90 days, then 365 of one hundred independent
patterns per world, ten of which lose and were trimmed more often than they win and reach S3. Prints one line per number
of trades and kind of day; some minutes. Exit code 1 where more than 5 % of the noise ever steers.
"""

from __future__ import annotations

import datetime as dt
import sys
from typing import NamedTuple

import numpy as np
import polars as pl

from learning_pipeline.events.tables import Trades
from learning_pipeline.tuning import TuningSettings
from learning_pipeline.tuning.strength.lessons import strength
from learning_pipeline.tuning.strength.selections import strength_selections

FIRST = dt.date(2024, 1, 1)
N_PATTERNS, N_PLANTED, WARM_UP, N_DAYS = 100, 10, 90, 455
LEAN = 0.3
"""Of a planted pattern: P(loss, trimmed) - P(win, S3); 0 of the others."""
CELLS = [(n, shock) for n in (60, 120, 300) for shock in (0.0, 1.0)]


class Outcome(NamedTuple):
    """Shares of patterns that ever steered."""

    null: float
    power: float
    wrong_way: int


def world(rng: np.random.Generator, per_90_days: int, shock: float, n_patterns: int = N_PATTERNS) -> pl.DataFrame:
    """Closed trades; the first patterns have a lean, the others win as often as they lose, but for luck and mood."""
    n = int(per_90_days * N_DAYS / 90) * n_patterns
    pattern, day = rng.integers(0, n_patterns, n), rng.integers(0, N_DAYS, n)
    lean = np.where(pattern < N_PLANTED, LEAN, 0.0)
    mood = rng.normal(0, shock, N_DAYS)[day]
    bad = 0.35 + lean / 2
    good = 0.35 - lean / 2
    tilt = np.exp(mood / 2)
    u = rng.random(n) * (bad / tilt + good * tilt + 0.3)
    lost, reached = u < bad / tilt, u > bad / tilt + 0.3
    size = 0.05 * np.exp(rng.normal(0, 0.7, n))
    closed = dt.datetime.combine(FIRST, dt.time(12), dt.UTC)
    at = [closed + dt.timedelta(days=int(k)) for k in day]
    return Trades.frame(
        {
            "trade_id": [f"t{k:06}" for k in range(n)],
            "day": [each.date() for each in at],
            "happened_at": at,
            "closed_at": at,
            "book": ["profit"] * n,
            "pattern_key": [f"p{k:03}" for k in pattern],
            "scope": ["{}"] * n,
            "roi": np.where(lost, -size, size),
            "did_trim": lost,
            "reached_s3": reached,
        }
    )


def ever_active(trades: pl.DataFrame) -> pl.DataFrame:
    """Selections that came into force, on the day they did."""
    days = [FIRST + dt.timedelta(days=k) for k in range(WARM_UP, N_DAYS)]
    said = strength(trades, days, TuningSettings())
    found = strength_selections(trades, said, said.clear(), days, TuningSettings())
    return found.filter(pl.col("state") == "active", pl.col("state_since") == pl.col("day"))


def outcome(trades: pl.DataFrame, n_patterns: int = N_PATTERNS) -> Outcome:
    active = ever_active(trades)
    number = active["pattern_key"].str.slice(1).cast(pl.Int64)
    planted = number < N_PLANTED
    null = number.filter(~planted).n_unique() / (n_patterns - N_PLANTED)
    wrong = active.filter(planted, pl.col("toward_a") > 0).height
    return Outcome(null, number.filter(planted).n_unique() / N_PLANTED, wrong)


def main() -> int:
    n_worlds, missed = int(sys.argv[1]) if len(sys.argv) > 1 else 4, 0
    for n, shock in CELLS:
        found = [outcome(world(np.random.default_rng([k, n, int(shock)]), n, shock)) for k in range(n_worlds)]
        null, power = (float(np.mean([getattr(one, name) for one in found])) for name in ("null", "power"))
        missed += null > 0.05
        wrong = sum(one.wrong_way for one in found)
        words = f"{n} trades per 90 days, day shock {shock:.0f}: noise ever steers {null:.4f}, power {power:.2f}"
        sys.stdout.write(f"{words}, the wrong way {wrong} {'MISSED' if null > 0.05 else 'ok'}\n")
        sys.stdout.flush()
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
