"""Lessons in which outcomes have nothing to do with gates, and how often their p is small.

``python -m learning_pipeline_tests.tuning.nulls [LESSONS]``: per cell, 2,000 by default; some minutes. Exit code 1
where a share lies outside its range.
"""

from __future__ import annotations

import sys

import numpy as np

from learning_pipeline.tuning.cells import OUT_OF_REACH
from learning_pipeline.tuning.grid import Grid
from learning_pipeline.tuning.permutation import Days, MaxT
from learning_pipeline.tuning.scores import Pool, pool_of
from learning_pipeline.tuning.settings import LEVERS

GRID = Grid.of(LEVERS)
BASE_LIMITS = {"ts_min": 0.55, "halo": 1.0, "slope_min": 0.0}
N_DAYS = 90
CELLS = [(n, base, shock) for shock in (0.0, 1.0) for n in (97, 200, 600) for base in (0.08, 0.2, 0.4)]


def null_pool(rng: np.random.Generator, n: int, base: float, day_shock: float) -> Pool:
    """About n labelled decisions in 90 days; with a shock, the day moves both the outcomes and the gates' readings."""
    n = rng.poisson(n)
    day, shock = rng.integers(0, N_DAYS, n), rng.normal(0, day_shock, N_DAYS)
    z = rng.normal(size=(3, n)) + shock[day]
    ts, halo, slope = 0.5 + 0.1 * z[0], np.abs(1 - 0.25 * z[1]), 0.0015 * z[2]
    passes = [
        np.stack([ts >= BASE_LIMITS["ts_min"] + step for step in LEVERS[0].loosening]),
        np.stack([halo <= BASE_LIMITS["halo"] + step for step in LEVERS[1].loosening]),
        np.stack([slope >= BASE_LIMITS["slope_min"] + step for step in LEVERS[2].loosening]),
    ]
    positions = np.stack([(~lever).sum(axis=0) for lever in passes])
    cell = np.ravel_multi_index(tuple(np.minimum(positions, 4)), GRID.shape)
    cell = np.where((positions == 5).any(axis=0), GRID.size + OUT_OF_REACH, cell)
    chance = 1 / (1 + np.exp(-(np.log(base / (1 - base)) + shock[day])))
    return pool_of(cell, (rng.random(n) < chance).astype(np.int64), np.zeros(n, dtype=np.int64), day, GRID)


def null_p(seed: int, n: int, base: float, day_shock: float) -> float:
    """p of the largest T of one null lesson."""
    pool = null_pool(np.random.default_rng(seed), n, base, day_shock)
    found = MaxT(Days.of(pool, GRID), GRID)
    return found.p(found.largest, seed, 1999)


def share_below(p: list[float], level: float = 0.05) -> float:
    return float(np.mean(np.array(p) <= level))


def main() -> int:
    n_lessons, outside = int(sys.argv[1]) if len(sys.argv) > 1 else 2000, 0
    for n, base, shock in CELLS:
        share = share_below([null_p(1_000_003 * k + n, n, base, shock) for k in range(n_lessons)])
        lowest = 0.035 if n >= 200 and base >= 0.2 and not shock else 0.0
        good = lowest <= share <= 0.065
        outside += not good
        words = f"n {n} base {base:.2f} day shock {shock:.0f}: share p <= .05 is {share:.4f}"
        sys.stdout.write(f"{words} (se {(share * (1 - share) / n_lessons) ** 0.5:.4f}) {'ok' if good else 'OUTSIDE'}\n")
        sys.stdout.flush()
    return int(outside > 0)


if __name__ == "__main__":
    sys.exit(main())
