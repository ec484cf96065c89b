"""Worlds in which it is known what moved, and when: a model in shadow, and a language model."""

from __future__ import annotations

import datetime as dt
import json
from typing import NamedTuple

import numpy as np
import polars as pl

from learning_pipeline.contracts.days import ONE_DAY
from learning_pipeline.drift.served import Reference
from learning_pipeline.drift.settings import DriftSettings
from learning_pipeline.drift.tables import Scores
from learning_pipeline.drift.watch import watch
from learning_pipeline.events.tables import AiResponses
from learning_pipeline.shadow.tables import Outcomes

FIRST = dt.date(2024, 6, 1)
"""First day that the model serves; it was trained on the days before."""
N_FEATURES, TRAINED_DAYS = 20, 120
NAMES = tuple(f"f{k:02}" for k in range(N_FEATURES))


class World(NamedTuple):
    """A bot and what happens to it.

    ``share`` of a feature's variance that is its day's; ``mood`` correlation of one day's part with the next's;
    from ``since`` days after the first on: ``shift`` of feature f00 in sd, ``tilt`` of the model's scores in logits,
    ``luck``: the success rate no longer follows the scores, which stay as they were.
    """

    a_day: int = 20
    share: float = 0.1
    mood: float = 0.0
    since: int = 10**6
    shift: float = 0.0
    tilt: float = 0.0
    luck: bool = False


class Told(NamedTuple):
    """What the room is given."""

    served: pl.DataFrame
    outcomes: pl.DataFrame
    deployments: pl.DataFrame
    reference: Reference


def told(world: World, n_days: int, seed: int) -> Told:
    """A model's training and its first ``n_days`` of service."""
    rng = np.random.default_rng(seed)
    x, day = _features(rng, world, TRAINED_DAYS + n_days)
    is_live, live_day = day >= TRAINED_DAYS, day - TRAINED_DAYS
    moved = is_live & (live_day >= world.since)
    x[moved, 0] += world.shift
    logit = 0.4 * x[:, 1] - 0.3 * x[:, 2] + np.where(moved, world.tilt, 0.0)
    p = 1 / (1 + np.exp(-logit))
    won = rng.random(len(p)) < np.where(moved & world.luck, 0.5 - (p - 0.5), p)
    net_roi = np.where(won, 0.019, -0.011)
    train = ~is_live
    metrics = {
        "brier": float(((p - won)[train] ** 2).mean()),
        "log_loss": float(-np.where(won, np.log(p), np.log1p(-p))[train].mean()),
        "net_roi": float(net_roi[train & (p > 0.4)].mean()),
    }
    ordinal = day + (FIRST - dt.date(1970, 1, 1)).days - TRAINED_DAYS
    reference = Reference(NAMES, x[train], ordinal[train], p[train], ordinal[train], metrics)
    live = {
        "x": x[is_live],
        "p": p[is_live],
        "won": won[is_live],
        "net_roi": net_roi[is_live],
        "day": live_day[is_live],
    }
    return Told(*_frames(live, world.a_day), _deployed(), reference)


def alarms(world: World, n_days: int, seed: int, settings: DriftSettings | None = None) -> pl.DataFrame:
    """``drift.scores`` of the days that the model serves, as one run makes them."""
    given = told(world, n_days, seed)
    days = [FIRST + k * ONE_DAY for k in range(n_days)]
    return watch(
        given.served,
        given.outcomes,
        AiResponses.frame(),
        given.deployments,
        {"m": given.reference},
        days,
        Scores.frame(),
        settings or DriftSettings(),
    )


def answers(n_days: int, a_day: int, seed: int, since: int = 10**6, refusing: float = 0.02) -> pl.DataFrame:
    """Answers of a language model that refuses 2 % and, from a day on, another share."""
    rng = np.random.default_rng(seed)
    n = n_days * a_day
    day = np.repeat(np.arange(n_days), a_day)
    at = [dt.datetime.combine(FIRST + int(d) * ONE_DAY, dt.time(12), dt.UTC) for d in day]
    mood = rng.normal(0, 0.3, n_days)[day]
    shape = np.array([1.0, 0.3, 0.0, 0.0])
    return AiResponses.frame(
        {
            "day": [one.date() for one in at],
            "event_id": [f"a{k:06}" for k in range(n)],
            "happened_at": at,
            "source": ["bot"] * n,
            "session_id": ["bot"] * n,
            "prompt_pack": ["judge"] * n,
            "version": ["1"] * n,
            "model": ["llm"] * n,
            "latency_ms": np.exp(rng.normal(6, 0.5, n) + mood),
            "schema_valid": rng.random(n) > 0.03,
            "refused": rng.random(n) < np.where(day >= since, refusing, 0.02),
            "embedding": (shape + rng.normal(0, 0.2, (n, 4))).tolist(),
        }
    )


def answer_alarms(given: pl.DataFrame, n_days: int, settings: DriftSettings | None = None) -> pl.DataFrame:
    """``drift.scores`` of the days of these answers."""
    days = [FIRST + k * ONE_DAY for k in range(n_days)]
    return watch(
        _frames(None, 0)[0],
        Outcomes.frame(),
        given,
        _deployed(),
        {},
        days,
        Scores.frame(),
        settings or DriftSettings(),
    )


def _features(rng: np.random.Generator, world: World, n_days: int) -> tuple[np.ndarray, np.ndarray]:
    """Standard normal features, part of each its day's; and the day of each decision."""
    of_day = rng.normal(size=(n_days, N_FEATURES))
    for k in range(1, n_days):
        of_day[k] = world.mood * of_day[k - 1] + np.sqrt(1 - world.mood**2) * of_day[k]
    day = np.repeat(np.arange(n_days), world.a_day)
    own = rng.normal(size=(len(day), N_FEATURES))
    return np.sqrt(world.share) * of_day[day] + np.sqrt(1 - world.share) * own, day


def _frames(live: dict[str, np.ndarray] | None, a_day: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    if live is None:
        instant = pl.Datetime("us", "UTC")
        columns = {"signal_id": pl.String, "artifact_id": pl.String, "target": pl.String, "role": pl.String}
        columns |= {"score": pl.Float64, "takes": pl.Boolean, "known_at": instant, "features": pl.String}
        return pl.DataFrame(schema=columns), Outcomes.frame()
    n = len(live["day"])
    noon = [dt.datetime.combine(FIRST + int(d) * ONE_DAY, dt.time(12), dt.UTC) for d in live["day"]]
    ids = [f"s{k:06}" for k in range(n)]
    served = pl.DataFrame(
        {
            "signal_id": ids,
            "artifact_id": ["m"] * n,
            "target": ["main"] * n,
            "role": ["shadow"] * n,
            "score": live["p"],
            "takes": live["p"] > 0.4,
            "known_at": pl.Series(noon, dtype=pl.Datetime("us", "UTC")),
            "features": [json.dumps(dict(zip(NAMES, row, strict=True))) for row in live["x"].tolist()],
        }
    )
    settled = [at + ONE_DAY for at in noon]
    outcomes = Outcomes.frame(
        {
            "day": [at.date() for at in settled],
            "signal_id": ids,
            "decided_at": noon,
            "known_at": settled,
            "outcome": ["hit_target" if won else "hit_stop" for won in live["won"]],
            "success": live["won"],
            "net_roi": live["net_roi"],
            "policy_hash": ["h"] * n,
        }
    )
    return served, outcomes


def _deployed() -> pl.DataFrame:
    since = dt.datetime.combine(FIRST, dt.time(), dt.UTC)
    instant = pl.Datetime("us", "UTC")
    rows = {"target": ["main"], "artifact_id": ["m"], "state": ["shadow"], "since": [since], "until": [None]}
    return pl.DataFrame(rows, schema_overrides={"since": instant, "until": instant})
