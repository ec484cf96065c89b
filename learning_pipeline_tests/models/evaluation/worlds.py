"""Made-up markets with a bot, cut into days to train on and a pack after them; the truth is known."""

from __future__ import annotations

import datetime as dt
import json
from typing import NamedTuple

import numpy as np
import polars as pl

from learning_pipeline.datasets.tables import Examples
from learning_pipeline.models.packs.manifest import (
    Baseline,
    CostModel,
    Data,
    Manifest,
    Measure,
    Provenance,
    Thresholds,
    Window,
)
from learning_pipeline.models.packs.pack import Pack, frozen

DATASET = "d" * 64
OPENS = dt.date(2023, 1, 1)
"""First day of the pack; training lies before it."""

WIN, LOSS = 0.02, 0.01
MARKETS = {"losing": 0.28, "zero": 1 / 3, "winning": 0.40}
"""Share of signals that succeed: a success earns 2 %, a failure loses 1 %."""


class World(NamedTuple):
    """Examples to train on, and the pack."""

    training: pl.DataFrame
    pack: Pack


def world(
    seed: int,
    market: str = "zero",
    edge: float = 0.0,
    n_training: int = 2000,
    n_pack: int = 1500,
    shuffled: bool = False,
    rule: str = "approved",
) -> World:
    """A world in which the odds of a success grow with feature ``halo`` times ``edge``; the bot approves 40 % blindly.

    ``shuffled``: results of the training are dealt out anew among its rows; those of the pack stay true.
    """
    rng = np.random.default_rng(seed)
    before = _examples(rng, OPENS - dt.timedelta(days=n_training // 4 + 10), n_training, MARKETS[market], edge, "t")
    after = _examples(rng, OPENS, n_pack, MARKETS[market], edge, "p")
    if shuffled:
        dealt = rng.permutation(n_training)
        before = before.with_columns(before[name].gather(dealt) for name in ("success", "net_roi", "net_r"))
    return World(Examples.checked(before), pack_of(after, rule=rule))


def pack_of(rows: pl.DataFrame, rule: str = "approved", **thresholds: object) -> Pack:
    """A pack over the days of some rows, read from its own bytes."""
    return Pack.read(*frozen(manifest_of(rows, rule, **thresholds), rows))


def manifest_of(rows: pl.DataFrame, rule: str = "approved", **thresholds: object) -> Manifest:
    """Manifest of a pack over the days of some rows; ``frozen`` puts their digest in."""
    days = rows["decided_at"].dt.date()
    return Manifest(
        pack_id="made_up",
        kind="signal_model",
        windows=(Window(first_day=days.min(), last_day=days.max()),),
        baseline=Baseline(rule=rule),
        cost_model=CostModel(fee_bps=10, slippage_bps=2, words="made up"),
        thresholds=Thresholds(**thresholds),
        measure=Measure(bootstrap_draws=999),
        provenance=Provenance(bars_sha256="b" * 64, settings={}, code_version="test"),
        examples=Data(sha256="0" * 64, n=1),
    )


def _examples(rng: np.random.Generator, first: dt.date, n: int, base: float, edge: float, prefix: str) -> pl.DataFrame:
    halo, *noise = rng.normal(size=(6, n))
    # A day has weather of its own, so that trades of one day are not independent.
    decided = [dt.datetime.combine(first, dt.time(), dt.UTC) + dt.timedelta(hours=6 * k) for k in range(n)]
    weather = np.repeat(rng.normal(size=n // 4 + 1), 4)[:n]
    odds = np.log(base / (1 - base)) + edge * halo + 0.3 * weather
    success = rng.random(n) < 1 / (1 + np.exp(-odds))
    net = np.where(success, WIN, -LOSS)
    ends = [at + dt.timedelta(hours=8) for at in decided]
    columns = {"halo": halo} | {f"noise_{k}": each for k, each in enumerate(noise)}
    features = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    given = {
        "day": [at.date() for at in decided],
        "dataset_id": DATASET,
        "signal_id": [f"{prefix}{k:05}" for k in range(n)],
        "decided_at": decided,
        "label_end": ends,
        "known_at": ends,
        "symbol": "AAA",
        "timeframe": "1h",
        "strategy": "alpha",
        "side": "long",
        "book": "profit",
        "decision": np.where(rng.random(n) < 0.4, "approved", "blocked"),
        "features": [json.dumps(row, sort_keys=True, separators=(",", ":")) for row in features],
        "success": success,
        "net_roi": net,
        "net_r": net / LOSS,
        "horizons": "{}",
        "weight": 1.0,
    }
    return Examples.checked(pl.DataFrame(given, schema_overrides=dict(Examples.dtypes())))
