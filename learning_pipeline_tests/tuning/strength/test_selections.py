"""The fold over days: what it counts, that it can be resumed, that noise seldom steers."""

from __future__ import annotations

import json
import random

import numpy as np
import polars as pl
import pytest

from learning_pipeline.events.tables import Trades
from learning_pipeline.tuning import TuningSettings
from learning_pipeline.tuning.strength import strength, strength_selections
from learning_pipeline_tests.tuning.strength import planted
from learning_pipeline_tests.tuning.strength.plain import newest, way
from learning_pipeline_tests.tuning.strength.worlds import Row, some_trades, traded
from learning_pipeline_tests.tuning.worlds import day

ASKED = TuningSettings(n_min=4, lookback_days=60)
N_DAYS = 70


def folded(trades: pl.DataFrame, first: int, last: int, before: pl.DataFrame | None = None) -> pl.DataFrame:
    """Selections of the days first to last, from what an asset would read."""
    as_ofs = [day(k) for k in range(first, last)]
    reach = pl.col("day").is_between(day(first - ASKED.lookback_days), day(last - 1))
    there = trades.filter(reach)
    said = strength(there, as_ofs, ASKED)
    return strength_selections(there, said, said.clear() if before is None else before, as_ofs, ASKED)


def leaning_trades(seed: int, n: int = 300) -> list[Row]:
    """Those of q lose and were trimmed, by and large."""
    rng = random.Random(seed)
    rows = some_trades(rng, n, N_DAYS - 15)
    return [
        r | ({"roi": -0.1, "did_trim": True} if r["pattern_key"] == "q" and rng.random() < 0.8 else {}) for r in rows
    ]


@pytest.mark.parametrize("seed", range(2))
def test_resumed_equals_rebuilt(seed: int) -> None:
    trades = Trades.frame(leaning_trades(seed))
    whole = folded(trades, 0, N_DAYS)
    assert set(whole["state"]) == {"shadow", "active"}
    assert whole["n_tests"].max() > 2
    for cuts in ([30], [29, 30, 31], list(range(1, N_DAYS))):
        parts, before = [], None
        for first, last in zip([0, *cuts], [*cuts, N_DAYS], strict=True):
            parts.append(folded(trades, first, last, before))
            before = parts[-1].filter(pl.col("day") == day(last - 1))
        assert pl.concat(parts).sort("day", "override_id").equals(whole)


def test_neither_order_nor_future_matter() -> None:
    rows = leaning_trades(5)
    whole = folded(Trades.frame(rows), 0, N_DAYS)
    assert folded(Trades.frame(random.Random(0).sample(rows, len(rows))), 0, N_DAYS).equals(whole)
    past = Trades.frame([row for row in rows if row["day"] <= day(40)])
    assert folded(past, 0, 41).equals(whole.filter(pl.col("day") <= day(40)))


def test_forward_counts_are_those_of_the_trades_as_known_now() -> None:
    """Corrections are taken back: recounted slowly from the newest version of every trade."""
    rows = leaning_trades(7)
    found = folded(Trades.frame(rows), 0, N_DAYS)
    for last in (25, 45):
        known = [row for row in newest(rows, day(last)) if row["book"] == "profit" and way(row)]
        for one in found.filter(pl.col("day") == day(last)).to_dicts():
            inside = [row for row in known if is_inside(row, one) and row["closed_at"].date() > one["selected_on"]]
            total = sum(one["toward_a"] * way(r)[0] + one["toward_e"] * way(r)[1] for r in inside)
            assert (one["forward_n"], one["forward_agreement"]) == (len(inside), total)
    assert found["forward_n"].max() > 20


def is_inside(row: Row, one: Row) -> bool:
    wide, narrow = json.loads(one["scope"]), json.loads(row["scope"])
    return row["pattern_key"] == one["pattern_key"] and wide.items() <= narrow.items()


def test_a_selection_keeps_what_its_lesson_said() -> None:
    back = [traded(f"a{k}", -0.1, True, None, 0) for k in range(4)]
    forth = [traded(f"b{k}", 0.2, None, True, 2 + k) for k in range(8)]
    found = folded(Trades.frame([*back, *forth]), 0, 12)
    frozen = found.select("selected_on", "toward_a", "toward_e", "n", "dir_a", "dir_e").unique().rows()
    assert frozen == [(day(0), -1, 1, 4, -1.0, 1.0)]
    assert found["forward_n"].to_list() == [0, 0, *range(1, 9), 8, 8]
    assert found["forward_agreement"].to_list()[-1] == -16
    assert found["forward_mean"].to_list()[:3] == [None, None, -2.0]


def test_noise_seldom_steers_and_a_lean_does() -> None:
    """A year of thirty patterns without a lean and ten with one."""
    world = planted.world(np.random.default_rng(11), 60, 0.5, n_patterns=40)
    found = planted.outcome(world, n_patterns=40)
    assert found.null <= 0.05
    assert found.power >= 0.5
    assert found.wrong_way == 0
