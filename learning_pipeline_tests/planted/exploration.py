"""Worlds in which a guard's worth is known, the simulator promises too much, and chance admits a few blocked trades.

A trade wins 2 R or loses 1 R; decisions of a day share its shock. The simulator sees another win in one of five, and
adds a quarter of an R to everything. R is 10 USD.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from learning_pipeline.analysis.exploration.tables import ESTIMATORS
from learning_pipeline.analysis.exploration.value_rows import Limits, value_rows
from learning_pipeline.stats import aipw_scores, draw_measures, ipw_scores, weights
from learning_pipeline_tests.analysis.exploration.journal import close, decide, empty, settle, value

R_USD = 10.0
WIN_RATE = 0.4
SAVED_PER_DECISION = -R_USD * (3 * WIN_RATE - 1)
"""What blocking one decision is expected to save: it costs."""
NO_LIMITS = Limits(min_admissions=1, min_days=1, min_p=0.0, max_open_share=1.0)
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Bot:
    """A bot that explores: its rate, what it blocks a day, how much of that the guard in question blocks alone, its
    limit a day, and whether that is in the propensity it writes down."""

    rate: float = 0.1
    a_day: int = 20
    share: float = 1.0
    limit: int = 10**6
    honest: bool = True
    tells_losers: bool = True
    n_days: int = 60


class World(NamedTuple):
    """Arrays of shape (n_days, a_day): whether the guard alone blocked it, real and simulated result, who was admitted,
    the chance written down, and whether the trade of an admission was told of."""

    guards: NDArray[np.bool_]

    real: Floats
    model: Floats
    admitted: NDArray[np.bool_]
    chance: Floats
    told: NDArray[np.bool_]


def planted(rng: np.random.Generator, bot: Bot) -> World:
    """One world."""
    shape = bot.n_days, bot.a_day
    rate = WIN_RATE + rng.uniform(-0.15, 0.15, (bot.n_days, 1))
    won, other, sees_other = rng.random(shape) < rate, rng.random(shape) < rate, rng.random(shape) < 0.2
    real, seen = (R_USD * np.where(x, 2.0, -1.0) for x in (won, np.where(sees_other, other, won)))
    wanted = rng.random(shape) < bot.rate
    before = np.cumsum(wanted, axis=1) - wanted
    admitted = wanted & (before < bot.limit)
    chance = np.where((before < bot.limit) | (not bot.honest), bot.rate, 0.0)
    guards = rng.random(shape) < bot.share
    return World(guards, real, seen + R_USD / 4, admitted, chance, (real > 0) | bot.tells_losers)


def estimated(world: World, limits: Limits = Limits()) -> dict[str, dict[str, object]]:  # noqa: B008  # frozen
    """The guard's rows by estimator, from day sums straight to the room's own statistics."""
    some = world.chance > 0
    weight = weights(world.admitted & some, np.where(some, world.chance, 1.0))
    real, open_still = np.where(world.told, world.real, world.model), world.admitted & ~world.told
    units = {
        "n_eligible": some,
        "n_settled": some,
        "n_no_chance": ~some,
        "n_without_propensity": np.zeros_like(some),
        "n_unlabelled": np.zeros_like(some),
        "n_admitted": world.admitted,
        "n_admitted_open": open_still,
        "shadow": np.where(some & ~world.admitted, world.model, 0.0),
        "dm": np.where(some, world.model, 0.0),
        "ipw": ipw_scores(weight, real),
        "aipw": aipw_scores(np.where(some, world.model, 0.0), weight, real),
        "weight": weight,
        "squared_weight": weight**2,
        **draw_measures(world.admitted, world.chance, np.broadcast_to(_hours(world) / 24.0, some.shape))._asdict(),
    }
    by_day = {name: np.array([x.sum(axis=1), (x * world.guards).sum(axis=1)], float) for name, x in units.items()}
    rows = value_rows(by_day, limits)
    return {name: {column: x[k, 1] for column, x in rows.items()} for k, name in enumerate(ESTIMATORS)}


def _hours(world: World) -> Floats:
    return 24.0 * np.arange(world.real.shape[1]) / world.real.shape[1]


def asked_of_the_room(world: World, limits: Limits) -> pl.DataFrame:
    """The same world as rows of the tables, through the room's function."""
    journal, hours = empty(), _hours(world)
    for (k, n), admitted in np.ndenumerate(world.admitted):
        name, chance, hour = f"s{k:03}-{n:03}", float(world.chance[k, n]), float(hours[n])
        word, propensity = ("approved", chance) if admitted else ("blocked", 1.0 - chance)
        by = ["g1"] if world.guards[k, n] else ["g1", "g2"]
        decide(journal, name, k, *by, word=word, propensity=propensity, hour=hour)
        settle(journal, name, k, float(world.model[k, n]), hour=hour)
        if admitted and world.told[k, n]:
            close(journal, name, k, float(world.real[k, n]) / 1000.0)
    n_days = len(world.real)
    found = value(journal, [n_days - 1], n_days, limits=limits)
    return found.filter(pl.col("guard") == "g1")


def measure(n_worlds: int, bot: Bot, seed: int = 0) -> dict[str, float]:
    """Over many worlds: coverage of each estimator's interval, its mean width, and how often nothing is said."""
    rng = np.random.default_rng([seed, bot.a_day, round(1000 * bot.rate), bot.limit % 1009])
    worlds = [planted(rng, bot) for _ in range(n_worlds)]
    free, limited = [estimated(w, NO_LIMITS) for w in worlds], [estimated(w)["aipw"] for w in worlds]
    true = [SAVED_PER_DECISION * row["aipw"]["n_settled"] for row in free]
    found = {}
    for name in ("shadow", "dm", "ipw", "snipw", "aipw"):
        rows = [row[name] for row in free]
        covered = [r["ci_low_usd"] <= t <= r["ci_high_usd"] for r, t in zip(rows, true, strict=True)]
        found[f"covered {name}"] = float(np.mean(covered))
    widths = [(r["aipw"]["ci_high_usd"] - r["aipw"]["ci_low_usd"]) / r["aipw"]["n_settled"] for r in free]
    found["width aipw, R"] = float(np.mean(widths)) / R_USD
    found["admissions"] = float(np.mean([row["n_admitted"] for row in limited]))
    found["refused"] = float(np.mean([row["status"] == "refused" for row in limited]))
    for reason in ("propensity_not_as_logged", "admissions_open"):
        found[reason] = float(np.mean([row["reason"] == reason for row in limited]))
    return found
