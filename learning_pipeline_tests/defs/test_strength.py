"""Strength through the real chain: what it does with a growing history is what the room does with the whole."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import learning_pipeline as lp
from learning_pipeline.contracts import Table
from learning_pipeline.defs.strength import directions_never_sum_above_zero
from learning_pipeline.events.tables import Trades
from learning_pipeline.tuning import TuningSettings
from learning_pipeline.tuning.strength import Strength, StrengthSelections, strength, strength_selections
from learning_pipeline_tests.parts import Part
from learning_pipeline_tests.worlds import MONDAY, Root, stamp

OURS: list[type[Table]] = [Strength, StrengthSelections]
N_DAYS = 50
ASKED = {"tuning": {"n_min": 10, "lookback_days": 20}}
"""A small n_min, so that seven weeks are enough."""


def closed(rng: random.Random, k: int, at: dt.datetime, pattern: str, bad: float) -> dict[str, Any]:
    """A trade of 100 USD that loses, and was trimmed, with probability ``bad``; else it wins and reaches S3."""
    lost = rng.random() < bad
    roi = (-1 if lost else 1) * rng.choice([0.02, 0.05, 0.1])
    scope = {"timeframe": rng.choice(["15m", "1h"])}
    what = {"symbol": "AAA", "timeframe": scope["timeframe"], "strategy": "alpha", "side": "long", "qty": 1.0}
    money = {"entry_price": 100.0, "exit_price": 100.0 * (1 + roi), "fees_usd": 0.0, "pnl_usd": 100.0 * roi, "roi": roi}
    when = {"opened_at": stamp(at - dt.timedelta(hours=1)), "closed_at": stamp(at)}
    shape = {"did_trim": lost, "reached_s3": not lost, "pattern_key": pattern, "scope": scope}
    head = {"event_id": f"e{k}", "type": "trade_closed", "at": stamp(at), "source": "bot", "schema_version": 1}
    return {**head, "trade_id": f"t{k}", **what, **money, **when, **shape}


def journal() -> list[dict[str, Any]]:
    """Pattern `back` mostly loses, `even` does not; some trades are corrected two days later."""
    rng, events = random.Random(5), []
    for k in range(6 * N_DAYS):
        at = MONDAY + dt.timedelta(days=k // 6, hours=rng.randrange(2, 22), seconds=k)
        event = closed(rng, k, at, "back" if k % 3 == 0 else "even", 0.85 if k % 3 == 0 else 0.5)
        events.append(event)
        if k % 25 == 0:
            later = stamp(at + dt.timedelta(days=2))
            events.append(event | {"event_id": f"c{k}", "at": later, "did_trim": False, "reached_s3": False})
    return sorted(events, key=lambda event: event["at"])


def test_planted_trades_end_with_a_posture_and_a_growing_history_is_the_whole(tmp_path: Path) -> None:
    events, growing, whole = journal(), *(Part(tmp_path / name, *OURS) for name in ("growing", "whole"))
    cut = MONDAY + dt.timedelta(days=33, hours=11)
    growing.deliver([event for event in events if event["at"] <= stamp(cut)])
    growing.run(settings=ASKED)
    for root in (growing, whole):
        root.deliver(events)
        root.run(settings=ASKED)
    for table in OURS:
        assert_frame_equal(growing.table(table), whole.table(table), check_exact=True)
    assert is_what_the_room_makes_of_the_trades(whole)
    assert growing.home.postures.read_bytes() == whole.home.postures.read_bytes()

    found = whole.table(StrengthSelections)
    assert found.filter(pl.col("day") == found["day"].max(), state="active", pattern_key="back").height > 0
    assert (found.filter(pattern_key="back", scope="{}")["toward_a"] == -1).all()
    posture, soon = lp.load_posture(whole.home.root), MONDAY + dt.timedelta(days=N_DAYS + 1)
    told = posture.steer(0.6, 0.4, "back", {"timeframe": "1h"}, at=soon, explain=True)
    assert told.a < 0.6
    assert told.e > 0.4
    assert posture.steer(0.6, 0.4, "elsewhere", {}, at=soon)[:2] == (0.6, 0.4)
    assert posture.steer(0.6, 0.4, "back", {"timeframe": "1h"}, at=soon + dt.timedelta(days=91))[:2] == (0.6, 0.4)

    log = whole.home.learning_log.read_text()
    assert "STRENGTH OVERRIDE | pattern=back | scope={} | " in log
    assert " | state=active | reason=" in log
    assert "STRENGTH SKIP | pattern=even | " in log


def is_what_the_room_makes_of_the_trades(root: Root) -> bool:
    as_ofs = pl.date_range(MONDAY.date(), root.table(StrengthSelections)["day"].max(), eager=True).to_list()
    asked, trades = TuningSettings(**ASKED["tuning"]), root.table(Trades)
    lessons = strength(trades, as_ofs, asked)
    selected = strength_selections(trades, lessons, StrengthSelections.frame(), as_ofs, asked)
    return root.table(Strength).equals(lessons) and root.table(StrengthSelections).equals(selected)


@pytest.mark.parametrize(("dir_e", "passed"), [(-0.5, True), (-0.4, False)])
def test_the_check_refuses_a_sum_above_zero(dir_e: float, passed: bool) -> None:
    row = {
        "day": MONDAY.date(),
        "as_of": MONDAY.date(),
        "pattern_key": "p",
        "scope": "{}",
        "dir_a": 0.5,
        "dir_e": dir_e,
    }
    assert directions_never_sum_above_zero(Strength.frame([row])).passed is passed
