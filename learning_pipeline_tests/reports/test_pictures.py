"""Pictures for the metadata of assets: small, the same bytes each time, none where there is nothing to see."""

from __future__ import annotations

import datetime as dt
import random

import polars as pl
import pytest

from learning_pipeline.allocation import TimeframeAllocation
from learning_pipeline.analysis.guards.tables import GuardEffectiveness, OpportunityCost
from learning_pipeline.analysis.missed.tables import EdgeDecay
from learning_pipeline.analysis.what_if.tables import SwapSets, WhatIf
from learning_pipeline.events.tables import Decisions
from learning_pipeline.market.tables import Bars
from learning_pipeline.reports import (
    Drawing,
    allocation_drawing,
    closes_drawing,
    cost_drawing,
    decisions_drawing,
    edge_drawing,
    equity_drawing,
    guards_drawing,
    outcomes_drawing,
    pairs_drawing,
    scenarios_drawing,
    swaps_drawing,
    to_png,
    to_svg,
)
from learning_pipeline.reports.canvas import MAX_POINTS, thinned
from learning_pipeline.reports.waterfall import waterfall_drawing
from learning_pipeline.shadow.tables import Outcomes
from learning_pipeline_tests.reports.world import NOTHING, cost, guard

RNG = random.Random(1)
START = dt.date(2020, 1, 1)
DAYS = [START + dt.timedelta(days=k) for k in range(1000)]
INSTANTS = [dt.datetime(2020, 1, 1, tzinfo=dt.UTC) + dt.timedelta(hours=k) for k in range(5000)]
WORDS = [RNG.choice(["approved", "blocked", "expired"]) for _ in range(2000)]
CLOSES = {"symbol": ["$A$"] * 5000, "timeframe": ["1h"] * 5000, "close": [100.0 + k for k in range(5000)]}
SCENARIOS = [
    {"scenario": f"scenario {k} " * 5, "mode": mode, "status": "ok", "delta_usd": RNG.gauss(0, 9), "n_swapped_in": 1}
    for k in range(100)
    for mode in ("unconstrained", "capital_aware")
]
SWAPS = [
    {"scenario": f"scenario {k}", "swap": swap, "n": 9, "net_pnl_usd": RNG.gauss(0, 9), "ci_low_usd": -30.0}
    | {"ci_high_usd": 30.0}
    for k in range(100)
    for swap in ("kept", "swapped_in", "swapped_out")
]
BOTH = ("shadow_net_pnl_usd", "real_net_pnl_usd")
PAIRS = pl.DataFrame({name: [RNG.gauss(0, 9) for _ in range(5000)] for name in BOTH})
EDGE = [
    {"strategy": "*", "delay_bars": d, "n": 7, "total_pnl_usd": -float(d), "ci_low_usd": -99.0, "ci_high_usd": 99.0}
    for d in range(60)
]
SHARES = [
    {"day": at.date(), "trade_id": f"{at}", "closed_at": at, "timeframe": name, "allocation": share, "change": 0.001}
    | {"traded_timeframe": RNG.choice(["15m", "1h"]), "trade_roi": RNG.gauss(0, 1), "reason": "capped"}
    for at in INSTANTS[:2000]
    for name, share in (("15m", 0.2), ("1h", 0.8))
]
MANY = {
    "allocation": allocation_drawing(TimeframeAllocation.frame(SHARES)),
    "scenarios": scenarios_drawing(WhatIf.frame(SCENARIOS)),
    "swaps": swaps_drawing(SwapSets.frame(SWAPS)),
    "pairs": pairs_drawing(PAIRS),
    "edge": edge_drawing(EdgeDecay.frame(EDGE)),
    "waterfall": waterfall_drawing(
        GuardEffectiveness.frame([guard(f"guard {k} " * 9, shapley_usd=RNG.gauss(0, 9)) for k in range(200)]), 5.0
    ),
    "guards": guards_drawing(
        GuardEffectiveness.frame([guard(f"guard {k} " * 9, saved=RNG.gauss(0, 9), n_marginal=3) for k in range(200)])
    ),
    "costs": cost_drawing(OpportunityCost.frame([cost(day, RNG.gauss(0, 9), -20.0, 20.0) for day in DAYS])),
    "equity": equity_drawing(
        pl.DataFrame({"book": "profit", "closed_at": INSTANTS, "pnl_usd": [RNG.gauss(0, 1) for _ in INSTANTS]})
    ),
    "outcomes": outcomes_drawing(Outcomes.frame({"net_r": [RNG.gauss(0, 3) for _ in range(5000)]})),
    "decisions": decisions_drawing(Decisions.frame({"day": DAYS * 2, "decision": WORDS})),
    "closes": closes_drawing(Bars.frame({"ts": INSTANTS, **CLOSES})),
}


@pytest.mark.parametrize("name", MANY)
def test_a_picture_of_much_is_small_and_the_same_twice(name: str) -> None:
    drawing = MANY[name]
    assert drawing
    png = to_png(drawing)
    assert png.startswith(b"\x89PNG")
    assert len(png) < 50_000 * 3 / 4, "in base64 below 50 KB"
    assert png == to_png(drawing)
    svg = to_svg(drawing, name, "says <this>")
    assert svg == to_svg(drawing, name, "says <this>")
    assert len(svg) < 120_000
    assert 'aria-label="says &lt;this&gt;"' in svg


@pytest.mark.parametrize(
    "drawing",
    [
        allocation_drawing(TimeframeAllocation.frame()),
        guards_drawing(GuardEffectiveness.frame()),
        cost_drawing(OpportunityCost.frame()),
        equity_drawing(NOTHING["trades"]),
        outcomes_drawing(Outcomes.frame()),
        decisions_drawing(Decisions.frame()),
        closes_drawing(Bars.frame()),
        scenarios_drawing(WhatIf.frame()),
        swaps_drawing(SwapSets.frame()),
        pairs_drawing(PAIRS.clear()),
        edge_drawing(EdgeDecay.frame()),
        waterfall_drawing(GuardEffectiveness.frame(), 0.0),
    ],
)
def test_nothing_is_no_picture(drawing: Drawing | None) -> None:
    assert drawing is None


def test_letters_that_the_font_lacks_are_no_warning() -> None:
    drawing = guards_drawing(GuardEffectiveness.frame([guard("\u5b88\u885b \U0001f6e1", saved=1.0, n_marginal=1)]))
    assert drawing
    assert "\u5b88\u885b" in to_svg(drawing, "g", "")
    assert to_png(drawing)


@pytest.mark.parametrize("n", [0, 1, 2, 399, 400, 401, 5000])
def test_thinning_keeps_both_ends_and_repeats_nothing(n: int) -> None:
    kept = thinned(n)
    assert len(kept) == min(n, MAX_POINTS)
    assert kept == sorted(set(kept))
    if n:
        assert (kept[0], kept[-1]) == (0, n - 1)
