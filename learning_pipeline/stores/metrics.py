"""Metrics for Prometheus, read off the stores: processes come and go, so none of them counts by itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

import polars as pl
import sqlalchemy as sa
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from learning_pipeline.stores.atomic import atomic_write
from learning_pipeline.stores.counted import CHAIN_MARK, Counted
from learning_pipeline.stores.database import Database
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.lake import Lake

TRAINED = "SELECT model_type, status, count(*) FROM trainings GROUP BY 1, 2 ORDER BY 1, 2"
EVALUATED = """
    SELECT pack_id, CASE WHEN status = 'failed' THEN 'failed' WHEN passed THEN 'passed' ELSE 'not_passed' END, count(*)
    FROM evaluations GROUP BY 1, 2 ORDER BY 1, 2
"""
MOVED = "SELECT outcome, count(*) FROM rollout_audit GROUP BY 1 ORDER BY 1"
SUCCEEDED = {
    "chain": ("marks", f"SELECT value FROM marks WHERE name = '{CHAIN_MARK}'"),  # noqa: S608  # our own constant
    "train": ("trainings", "SELECT max(ended_at) FROM trainings WHERE status = 'succeeded'"),
    "eval": ("evaluations", "SELECT max(evaluated_at) FROM evaluations WHERE status <> 'failed'"),
    "rollout": ("rollout_audit", "SELECT max(recorded_at) FROM rollout_audit WHERE outcome = 'done'"),
}
ASKED = [("trainings", TRAINED), ("evaluations", EVALUATED), ("rollout_audit", MOVED), *SUCCEEDED.values()]
"""Queries of the ledger, each with the table that it needs."""


class LearningMetrics(Collector):
    """What the learning engine did, as it stands in the stores at each scrape.

    Counts of events are those of the tables, where each counts once however often it was delivered; they are read off
    the files' statistics, so that history costs nothing. Nothing is written or made.

    Parameters
    ----------
    home : Home
        Data root.
    tables : Counted
        Where counts come from.
    lake : Lake, optional
        That of the data root: one that was read before has the newest files at hand.
    """

    def __init__(self, home: Home, tables: Counted, lake: Lake | None = None) -> None:
        self._home, self._tables, self._lake = home, tables, lake or Lake(home.lake)

    def collect(self) -> Iterator[Metric]:
        """Every family, each sample in the order of its labels."""
        yield _counter("learn_events", "Events in the lake, each once.", ["type"], self._events())
        ledger = _Ledger(self._home)
        said = "Trainings by what came of them."
        yield _counter("learn_train", said, ["model_type", "status"], ledger.rows(TRAINED))
        yield _counter("learn_eval", "Evaluations by pack.", ["pack", "status"], ledger.rows(EVALUATED))
        yield _counter("learn_rollout", "Attempts to move a model.", ["outcome"], ledger.rows(MOVED))
        yield _counter("learn_alerts", "Alerts that began.", ["kind"], self._alerts())
        score = "Newest distance from the training or the days before, the largest of its features."
        yield _gauge("learn_drift_score", score, ["model", "metric"], self._drift())
        when = "When it last succeeded, seconds since 1970."
        yield _gauge("learn_last_success_timestamp_seconds", when, ["what"], _succeeded(ledger))

    def _events(self) -> Iterator[tuple[Any, ...]]:
        for name, table in sorted(self._tables.events.items()):
            yield name, self._lake.n_rows(table)

    def _alerts(self) -> list[tuple[Any, ...]]:
        alerts = self._lake.read(self._tables.alerts)
        return list(alerts.group_by("kind").len().sort("kind").iter_rows())

    def _drift(self) -> list[tuple[Any, ...]]:
        """Of the newest day that has any: what is not known has no sample."""
        days = self._lake.files_by_day(self._tables.drift)
        if not days:
            return []
        known = self._lake.read(self._tables.drift, max(days), max(days)).drop_nulls("score")
        largest = known.group_by("model", "metric").agg(pl.col("score").max()).sort("model", "metric")
        return list(largest.iter_rows())


class _Ledger:
    """What the ledger counts, read over one connection; of tables that are not there yet there is nothing."""

    def __init__(self, home: Home) -> None:
        self._counted: dict[str, list[tuple[Any, ...]]] = {}
        if home.ledger.exists():
            with Database(home.ledger, sa.MetaData()).reading() as connection:
                there = set(sa.inspect(connection).get_table_names())
                for table, query in ASKED:
                    if table in there:
                        self._counted[query] = [tuple(row) for row in connection.execute(sa.text(query))]

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self._counted.get(query, [])


def exposition(home: Home, tables: Counted, lake: Lake | None = None) -> bytes:
    """Every metric in Prometheus' text format."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(LearningMetrics(home, tables, lake))
    return generate_latest(registry)


def write_textfile(home: Home, tables: Counted, lake: Lake) -> None:
    """The same as a file, for the node exporter's textfile collector; whole or absent."""
    atomic_write(home.metrics, exposition(home, tables, lake))


def _succeeded(ledger: _Ledger) -> Iterator[tuple[Any, ...]]:
    for what, (_, query) in sorted(SUCCEEDED.items()):
        for (at,) in ledger.rows(query):
            if at is not None:
                yield what, dt.datetime.fromisoformat(at).timestamp()


def _counter(name: str, says: str, labels: list[str], rows: Iterable[tuple[Any, ...]]) -> Metric:
    return _filled(CounterMetricFamily(name, says, labels=labels), rows)


def _gauge(name: str, says: str, labels: list[str], rows: Iterable[tuple[Any, ...]]) -> Metric:
    return _filled(GaugeMetricFamily(name, says, labels=labels), rows)


def _filled(family: Any, rows: Iterable[tuple[Any, ...]]) -> Metric:
    for *labels, value in rows:
        family.add_metric(labels, value)
    return family
