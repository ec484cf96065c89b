"""Worlds in which it is known what each guard is worth: one saves, one costs, one does nothing, two block as one.

Decisions of a day share its market: a common shock moves all of their results. PnL is that of a trade with a stop at -1
and a target at +2, in units of 10 USD.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from learning_pipeline.analysis import AnalysisSettings, guard_effectiveness
from learning_pipeline.analysis.guards.guard_rows import guard_rows
from learning_pipeline.analysis.rows import Rows
from learning_pipeline.analysis.windows import EPOCH
from learning_pipeline.events.tables import Decisions, Gates
from learning_pipeline.shadow.tables import Outcomes
from learning_pipeline_tests.analysis.guards.worlds import blocked, failed
from learning_pipeline_tests.analysis.rows import day, outcome

GUARDS = ["costs", "neutral", "saves", "twin_1", "twin_2"]
BLOCKERS = [["costs"], ["neutral"], ["saves"], ["twin_1", "twin_2"]]
"""Who blocks together; each of these blocks decisions of its own."""
WIN_RATE = np.array([0.45, 1 / 3, 0.22, 0.28])
"""Of what they block; a third would break even."""
A_DAY = 3.0
UNIT_USD = 10.0
Floats = NDArray[np.float64]
Holds = Callable[[dict[str, Any]], bool]


class World(NamedTuple):
    """Arrays of shape (n,): who blocked it (number in `BLOCKERS`), on which day, and what it would have earned."""

    by: NDArray[np.int64]
    on: NDArray[np.int64]
    pnl_usd: Floats
    n_days: int


def planted(rng: np.random.Generator, n_days: int, *, rising: bool) -> World:
    """One world; ``rising``: on days whose shock is good for the trades more of them are blocked."""
    shock = rng.normal(size=n_days)
    n = rng.poisson(_a_day(shock, rising=rising), (len(BLOCKERS), n_days))
    by, on = (np.repeat(index, n.ravel()) for index in (x.ravel() for x in np.indices(n.shape)))
    won = rng.random(len(by)) < WIN_RATE[by] + _shift(shock)[on]
    return World(by, on, UNIT_USD * np.where(won, 2.0, -1.0), n_days)


def _a_day(shock: Floats, *, rising: bool) -> Floats:
    """How many decisions each set of blockers is expected to block on such a day; `A_DAY` over all days."""
    return A_DAY * (np.exp(shock - 0.5) if rising else np.ones_like(shock))


def _shift(shock: Floats) -> Floats:
    """What the day adds to every win rate."""
    return 0.15 * np.tanh(shock)


def expected_saving(n_days: int, *, rising: bool) -> dict[str, float]:
    """What the window's decisions of each guard alone are expected to save."""
    shock, weight = np.polynomial.hermite_e.hermegauss(80)
    shift = float(weight @ (_a_day(shock, rising=rising) * _shift(shock)) / weight.sum())
    saved = -UNIT_USD * n_days * (3.0 * (A_DAY * WIN_RATE + shift) - A_DAY)
    return {guards[0]: saved[k] for k, guards in enumerate(BLOCKERS) if len(guards) == 1}


def judged(world: World) -> dict[str, dict[str, Any]]:
    """Rows of the window by guard, from day sums straight to the room's own statistics."""
    by_day = {name: x[None] for name, x in _day_sums(world).items()}
    rows = guard_rows(by_day, np.array([(day(world.n_days - 1) - EPOCH).days]), world.n_days)
    return by_name(rows)


def by_name(rows: Rows) -> dict[str, dict[str, Any]]:
    return {GUARDS[g]: {name: x[k] for name, x in rows.items()} for k, g in enumerate(rows["group"])}


def _day_sums(world: World) -> dict[str, Floats]:
    shape = (len(BLOCKERS), world.n_days)
    cell = world.by * world.n_days + world.on

    def by_day(x: Floats) -> Floats:
        """By guard: the twins both have what they blocked."""
        sums = np.bincount(cell, weights=x, minlength=shape[0] * shape[1]).reshape(shape)
        return np.vstack([sums, sums[-1:]])

    pnl, n = by_day(world.pnl_usd), by_day(np.ones(len(cell)))
    alone, first = (np.array(flags)[:, None] for flags in ([1.0, 1, 1, 0, 0], [1.0, 1, 1, 1, 0]))
    none = np.zeros_like(pnl)
    return {
        "n_blocked": n,
        "n_settled": n,
        "missed": by_day(np.maximum(world.pnl_usd, 0.0)),
        "avoided": by_day(np.maximum(-world.pnl_usd, 0.0)),
        "roi": -pnl / 1000.0,
        "shapley": -pnl / (2.0 - alone),
        "alone": -pnl * alone,
        "n_alone": n * alone,
        "first": -pnl * first,
        "n_first": n * first,
        **dict.fromkeys(["n_unlabelled", "n_unknown", "n_first_unknown", "missed_unknown", "avoided_unknown"], none),
    }


def asked_of_the_room(world: World) -> pl.DataFrame:
    """The same world as rows of the tables, through the room's function."""
    decisions, gates, outcomes = [], [], []
    for n, (by, on, pnl) in enumerate(zip(world.by, world.on.tolist(), world.pnl_usd.tolist(), strict=True)):
        name, guards = f"s{n:05}", BLOCKERS[by]
        decisions.append(blocked(name, on, *guards))
        gates += [failed(name, on, guard) for guard in guards]
        outcomes.append(outcome(name, on, on, pnl))
    tables = Decisions.frame(decisions), Gates.frame(gates), Outcomes.frame(outcomes)
    return guard_effectiveness(*tables, [day(world.n_days - 1)], AnalysisSettings(windows=(world.n_days,)))


def measure(n_worlds: int, n_days: int, *, rising: bool, seed: int = 0) -> dict[str, float]:
    """Over many worlds: coverage of each guard's interval, and shares of verdicts.

    Where counts rise with the shock more is blocked on good days: there `neutral` costs, and `saves` saves less.
    """
    rng, true = np.random.default_rng([seed, n_days, rising]), expected_saving(n_days, rising=rising)
    worlds = [judged(planted(rng, n_days, rising=rising)) for _ in range(n_worlds)]
    found = {f"covered {guard}": _share(worlds, guard, _holding(value)) for guard, value in true.items()}
    for guard in ("saves", "costs"):
        right = true[guard] > 0
        found[f"sign {guard}"] = _share(worlds, guard, lambda r, s=right: (r["basis_net_saved_usd"] > 0) == s)
        found[f"verdict {guard}"] = _share(worlds, guard, lambda r, word=guard: r["verdict"] == word)
    wrong = {"saves": "costs", "costs": "saves"}
    found["wrong verdict"] = max(_share(worlds, g, lambda r, word=w: r["verdict"] == word) for g, w in wrong.items())
    found["verdict on neutral"] = _share(worlds, "neutral", lambda r: r["verdict"] != "inconclusive")
    found["verdict on a twin"] = _share(worlds, "twin_1", lambda r: r["verdict"] != "inconclusive")
    return found


def _holding(value: float) -> Holds:
    return lambda row: row["ci_low_usd"] <= value <= row["ci_high_usd"]


def _share(worlds: list[dict[str, dict[str, Any]]], guard: str, holds: Holds) -> float:
    return float(np.mean([holds(world[guard]) for world in worlds]))
