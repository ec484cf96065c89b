"""A bot whose VolatilityGuard costs money and whose SpreadGuard saves some, over two weeks up to yesterday."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import learning_pipeline as lp
from learning_pipeline_tests.cli.conftest import CommandLine
from learning_pipeline_tests.worlds import Root

N_DAYS = 14
HOUR = dt.timedelta(hours=1)
TODAY = dt.datetime.now(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0)
START = TODAY - dt.timedelta(days=N_DAYS)
"""Two weeks up to yesterday: an approval counts from now on, so the bot's next decision is today's."""
SEEDS_GATES = [
    {"name": "VolatilityGuard", "op": "<=", "threshold": 0.04, "base_threshold": 0.04},
    {"name": "SpreadGuard", "op": "<=", "threshold": 5.0, "base_threshold": 5.0},
]
CALM = {"VolatilityGuard": 0.03, "SpreadGuard": 2.5}


def price(hour: int) -> float:
    """Half a per cent up each hour: longs reach their target, shorts their stop."""
    return 100 * 1.005**hour


def rising_bars() -> pl.DataFrame:
    rows = [
        ("BTCUSDT", "1h", START + h * HOUR, price(h), price(h + 1) * 1.0001, price(h) * 0.9999, price(h + 1), 1.0)
        for h in range(24 * N_DAYS)
    ]
    columns = ["symbol", "timeframe", "ts", "open", "high", "low", "close", "volume"]
    return pl.DataFrame(rows, schema=columns, orient="row").with_columns(pl.col("ts").dt.cast_time_unit("us"))


def signal(recorder: lp.Recorder, name: str, hour: int, strategy: str, side: str) -> dt.datetime:
    """A signal at the end of a bar; its instant."""
    at, entry, away = START + hour * HOUR, price(hour), 1 if side == "long" else -1
    levels = {"stop_price": entry * (1 - 0.01 * away), "target_price": entry * (1 + 0.02 * away), "ttl_minutes": 720}
    what = {"symbol": "BTCUSDT", "timeframe": "1h", "strategy": strategy, "side": side, "entry_price": entry}
    recorder.signal(at=at, signal_id=name, **what, **levels)
    return at


def gates(**values: float) -> list[dict[str, Any]]:
    """Both gates with their values, calm ones by default."""
    measured = CALM | values
    return [g | {"value": measured[g["name"]], "passed": measured[g["name"]] <= g["threshold"]} for g in SEEDS_GATES]


def blocked(recorder: lp.Recorder, name: str, hour: int, guard: str, side: str) -> None:
    """Blocked by one guard alone, through the tracker's own call."""
    at = signal(recorder, name, hour, "RSI_Divergence", side)
    recorder.track_block(
        signal_id=name,
        blocker_component=guard,
        blocker_reason="too much",
        symbol="BTCUSDT",
        signal_metadata={"rsi": 24.5},
        at=at,
        market={"price": price(hour), "spread_bps": 1.0},
        gates=gates(**{guard: 9.0}),
    )


def traded(recorder: lp.Recorder, name: str, hour: int, strategy: str, seconds: float) -> None:
    """Approved, filled after some seconds, closed two hours later."""
    at = signal(recorder, name, hour, strategy, "long")
    market = {"price": price(hour), "spread_bps": 1.0}
    recorder.track_approval(
        signal_id=name, approved_by="AllGates", symbol="BTCUSDT", at=at, market=market, gates=gates()
    )
    ids = {"order_id": f"o-{name}", "trade_id": f"t-{name}"}
    size = {"symbol": "BTCUSDT", "qty": 1.0}
    recorder.order_submitted(at=at, signal_id=name, side="buy", **ids, **size)
    filled = at + dt.timedelta(seconds=seconds)
    recorder.fill(at=filled, fill_id=f"f-{name}", side="buy", price=price(hour), fee_usd=0.1, **ids, **size)
    entry, leaving, out = price(hour), at + 2 * HOUR, price(hour + (2 if strategy == "MACD" else -1))
    pnl = out - entry - 0.2
    recorder.trade_closed(
        at=leaving,
        trade_id=ids["trade_id"],
        signal_id=name,
        timeframe="1h",
        strategy=strategy,
        side="long",
        entry_price=entry,
        exit_price=out,
        opened_at=filled,
        closed_at=leaving,
        fees_usd=0.2,
        pnl_usd=pnl,
        roi=pnl / entry,
        **size,
    )


def record_two_weeks(folder: Path) -> None:
    with lp.Recorder(folder, source="seed-bot") as recorder:
        for day in range(N_DAYS - 1):
            for k in range(1 + day % 3):  # days differ, or there would be no spread to judge by
                blocked(recorder, f"v{day}-{k}", 24 * day + 2 + k, "VolatilityGuard", "long")
                blocked(recorder, f"s{day}-{k}", 24 * day + 9 + k, "SpreadGuard", "short")
            traded(recorder, f"m{day}", 24 * day + 14, "MACD", seconds=60)
            traded(recorder, f"r{day}", 24 * day + 16, "RSI_Divergence", seconds=180 + day)


@pytest.fixture(scope="session")
def two_weeks(tmp_path_factory: pytest.TempPathFactory) -> Root:
    """That bot's data root after one run of the chain."""
    place = tmp_path_factory.mktemp("two_weeks")
    record_two_weeks(place / "events")
    root = Root(place / "home")
    (events,) = (place / "events").glob("*.jsonl")
    root.deliver(events.read_bytes(), rising_bars())
    root.run()
    return root


@pytest.fixture
def root(two_weeks: Root, tmp_path: Path) -> Root:
    """A copy of it to answer proposals in."""
    shutil.copytree(two_weeks.home.root, tmp_path / "home", ignore=shutil.ignore_patterns("outbox", "dagster"))
    return Root(tmp_path / "home")


@pytest.fixture
def command(root: Root) -> CommandLine:
    return CommandLine(root.home.root)
