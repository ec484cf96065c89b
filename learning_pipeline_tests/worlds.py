"""Small worlds for whole-chain tests: bars with a weekend gap, a bot's events over them, a data root to run them in."""

from __future__ import annotations

import atexit
import datetime as dt
import json
import random
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import dagster as dg
import polars as pl
from dagster._core.storage.event_log import InMemoryEventLogStorage

from learning_pipeline.contracts import Table
from learning_pipeline.definitions import defs
from learning_pipeline.defs.automation import WAREHOUSE
from learning_pipeline.defs.catalog import TABLES, VIEWS
from learning_pipeline.defs.tables import asset_key
from learning_pipeline.defs.warehouse import connect
from learning_pipeline.events.tables import Deliveries, Quarantine
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.inbox import Inbox
from learning_pipeline.stores.lake import Lake
from learning_pipeline.stores.ledger import Ledger
from learning_pipeline.stores.warehouse import publish

MONDAY = dt.datetime(2024, 3, 4, tzinfo=dt.UTC)
GUARDS = ["volatility_guard", "spread_guard", "ts"]


def stamp(at: dt.datetime) -> str:
    """RFC 3339 in UTC."""
    return at.isoformat().replace("+00:00", "Z")


def hourly_bars(seed: int, n_days: int, symbols: tuple[str, ...] = ("AAA", "BBB")) -> pl.DataFrame:
    """A random walk per symbol from a Monday on; no bars on Saturdays."""
    rng, rows = random.Random(seed), []
    for symbol in symbols:
        price = 100.0
        for hour in range(24 * n_days):
            ts = MONDAY + dt.timedelta(hours=hour)
            start, end = price, price * (1 + rng.gauss(0, 0.01))
            price = end
            if ts.weekday() != 5:
                top, bottom = max(start, end) * (1 + rng.random() * 0.004), min(start, end) * (1 - rng.random() * 0.004)
                rows.append((symbol, "1h", ts, start, top, bottom, end, 1.0))
    columns = ["symbol", "timeframe", "ts", "open", "high", "low", "close", "volume"]
    return pl.DataFrame(rows, schema=columns, orient="row").with_columns(pl.col("ts").dt.cast_time_unit("us"))


def bot_events(seed: int, bars: pl.DataFrame, n_signals: int) -> list[dict[str, Any]]:
    """Signals at random instants, each decided on; some by several reports, some across midnight, some never."""
    rng = random.Random(seed + 1)
    closes = bars.select("symbol", "ts", "close").rows()
    events: list[dict[str, Any]] = []
    for k in range(n_signals):
        symbol, ts, close = rng.choice(closes)
        at = ts + dt.timedelta(hours=1, seconds=rng.randrange(0, 7200))
        events += _signal_and_reports(rng, f"s{k}", symbol, at, close)
    return sorted(events, key=lambda event: (event["at"], event["event_id"]))


def _signal_and_reports(
    rng: random.Random, name: str, symbol: str, at: dt.datetime, close: float
) -> list[dict[str, Any]]:
    side = rng.choice(["long", "short"])
    away = 1 if side == "long" else -1
    levels = {"entry_price": close, "stop_price": close * (1 - 0.01 * away), "target_price": close * (1 + 0.02 * away)}
    life = rng.choice([{"ttl_minutes": rng.choice([90, 600, 2880])}, {"ttl_bars": rng.randrange(1, 40)}, {}])
    common = {"source": "bot", "schema_version": 1, "signal_id": name}
    what = {"symbol": symbol, "timeframe": "1h", "strategy": rng.choice(["alpha", "beta"]), "side": side}
    signal = {"event_id": f"{name}-signal", "type": "signal", "at": stamp(at), **common, **what, **life}
    signal |= levels if rng.random() < 0.8 else {}
    reports = [_report(rng, f"{name}-{n}", at, close, common) for n in range(rng.choice([0, 1, 1, 1, 2]))]
    return [signal, *reports]


def _report(rng: random.Random, event_id: str, at: dt.datetime, close: float, common: dict[str, Any]) -> dict[str, Any]:
    later = at + dt.timedelta(seconds=rng.choice([0, 1, 5, 40_000]))
    gates = [{"name": guard, "passed": rng.random() < 0.6} for guard in GUARDS]
    failed = [gate["name"] for gate in gates if not gate["passed"]]
    answer = {"decision": "blocked", "blocker_component": failed[0]} if failed else {"decision": "approved"}
    market = {"market": {"price": close, "spread_bps": 2.0}} if rng.random() < 0.9 else {}
    listed = {"gates": gates} if rng.random() < 0.8 else {}
    return {"event_id": event_id, "type": "decision", "at": stamp(later), **common, **answer, **market, **listed}


def as_lines(events: list[dict[str, Any]]) -> bytes:
    """JSON Lines."""
    return b"".join(json.dumps(event).encode() + b"\n" for event in events)


class NoEvents(InMemoryEventLogStorage):
    """Keeps no event: all that a run said is in its result, and nobody asks an instance that ends with the run."""

    asset_records_have_last_observation = True  # else every input without a record is looked for once more

    def store_event(self, event: dg.EventLogEntry) -> None:
        """Forget it."""

    def get_asset_records(self, asset_keys: Sequence[dg.AssetKey] | None = None) -> Sequence[dg.AssetRecord]:
        """No asset was ever made."""
        return []


@cache
def _instance() -> dg.DagsterInstance:
    """One for all tests of a process: to make its tables, Dagster imports the whole history of their migrations."""
    instance = dg.DagsterInstance.ephemeral()
    atexit.register(instance.dispose)
    instance._event_storage.dispose()
    instance._event_storage = NoEvents()
    instance._event_storage.register_instance(instance)
    return instance


@contextmanager
def instance_in_memory() -> Iterator[dg.DagsterInstance]:
    """An instance of Dagster's that knows of no run, and of which none is left at the end."""
    instance = _instance()
    try:
        yield instance
    finally:
        for run in instance.get_runs():  # not wiped: what it knows of a job's shape is the same next time
            instance.delete_run(run.run_id)


@cache
def empty_warehouse() -> bytes:
    """What a run over an empty lake publishes: every table and view, which take longer to make than to fill."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "warehouse.duckdb"
        publish(file, Lake(folder), TABLES, VIEWS, connect)
        return file.read_bytes()


@cache
def _part(job: str, only: frozenset[dg.AssetKey], warehouse: bool) -> dg.JobDefinition:
    """A job, or the part of it that writes some assets; a part takes half a second to make."""
    whole = defs.resolve_job_def(job)
    if warehouse and not only:
        return whole
    return whole.get_subset(asset_selection=only or whole.asset_layer.selected_asset_keys - {WAREHOUSE})


class Root:
    """A data root in a folder, run through the real job on an instance in memory."""

    def __init__(self, folder: Path) -> None:
        self.home, self._outbox = Home.at(folder), folder / "outbox"
        self._outbox.mkdir(parents=True)
        self._n = 0

    def deliver(self, events: list[dict[str, Any]] | bytes, bars: pl.DataFrame | None = None) -> None:
        """Deliver events, and bars if given, each as one file."""
        self._n += 1
        lines = events if isinstance(events, bytes) else as_lines(events)
        files = [self._outbox / f"{self._n}.jsonl"] if lines else []
        for file in files:
            file.write_bytes(lines)
        if bars is not None and bars.height:
            files.append(self._outbox / f"{self._n}.parquet")
            bars.write_parquet(files[-1])
        Inbox(self.home.inbox, Ledger(self.home.ledger)).deliver(files, dt.datetime.now(dt.UTC))

    def run(
        self, job: str = "chain", only: list[type[Table]] | None = None, warehouse: bool = True, **chain: Any
    ) -> dg.ExecuteInProcessResult:
        """Run a job, or what writes some tables of it; fails the test where the run fails.

        Without ``warehouse`` that stays as it is, for a test that reads the lake.
        """
        return self._run(_part(job, frozenset(map(asset_key, only or [])), warehouse), **chain)

    def _run(self, job: dg.JobDefinition, **chain: Any) -> dg.ExecuteInProcessResult:
        config = {"resources": {"chain": {"config": {"home": str(self.home.root), **chain}}}}
        quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
        if not self.home.warehouse.exists():
            self.home.warehouse.write_bytes(empty_warehouse())
        with instance_in_memory() as instance:
            return job.execute_in_process(instance=instance, run_config={**config, **quiet})

    def table(self, table: type[Table]) -> pl.DataFrame:
        """All rows of a table of the lake."""
        return Lake(self.home.lake).read(table)

    def tables(self) -> dict[str, pl.DataFrame]:
        """All tables but those that tell of deliveries, which depend on how the rows came."""
        told = [table for table in TABLES if table not in (Deliveries, Quarantine)]
        return {table.address(): self.table(table) for table in told}

    def quarantined(self) -> set[tuple[str, str]]:
        """Reason and digest of each refused line."""
        return set(self.table(Quarantine).select("reason_code", "raw_sha256").iter_rows())

    def versions(self) -> dict[str, int | None]:
        """Version of each Delta table."""
        return {table.address(): Lake(self.home.lake).version(table) for table in TABLES}
