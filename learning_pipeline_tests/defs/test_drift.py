"""Drift through the real job: a language model begins to refuse; tables, alerts, outbox, webhook, check, metrics."""

from __future__ import annotations

import datetime as dt
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from prometheus_client.parser import text_string_to_metric_families as parsed

from learning_pipeline.analysis import OpportunityCost
from learning_pipeline.cli.report import write_report
from learning_pipeline.contracts import Table
from learning_pipeline.defs.catalog import COUNTED
from learning_pipeline.drift import Alerts, Scores
from learning_pipeline.events.tables import EVENT_TABLES
from learning_pipeline.stores.metrics import exposition
from learning_pipeline.stores.outbox import Outbox
from learning_pipeline.stores.registry import Registry
from learning_pipeline_tests.defs.traded import event
from learning_pipeline_tests.parts import Part
from learning_pipeline_tests.worlds import MONDAY, Root, bot_events, hourly_bars

N_DAYS, SINCE, A_DAY = 18, 10, 8
DAY = dt.timedelta(days=1)
OURS: list[type[Table]] = [Scores, Alerts, OpportunityCost]
"""The last tells what a report is of."""
FEW: dict[str, Any] = {"n_min": 20, "n_recent": 30, "days_min": 3, "draws": 999, "webhook_timeout_seconds": 2.0}


class Hook:
    """A server that fails its first call and takes the others."""

    def __init__(self) -> None:
        self.taken: list[dict[str, Any]] = []
        self.n_calls = 0
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                hook.n_calls += 1
                status = 500 if hook.n_calls == 1 else 204
                if status == 204:
                    hook.taken += body["alerts"]
                self.send_response(status)
                self.end_headers()

            def log_message(self, *said: Any) -> None:
                """Nothing on the terminal."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def answer(day: int, k: int) -> dict[str, Any]:
    at = MONDAY + day * DAY + dt.timedelta(minutes=30 * k)
    said = {"prompt_pack": "judge", "version": "1", "model": "llm", "latency_ms": 100.0 + 7 * ((k * 37 + day) % 11)}
    refuses = (day * A_DAY + k) % 2 == 0 if day >= SINCE else (day * A_DAY + k) % 16 == 0
    return event("ai_response", f"a{day:02}-{k}", at, **said, schema_valid=True, refused=refuses)


def training(k: int) -> dict[str, Any]:
    ended = dt.datetime(2026, 1, 1 + k, tzinfo=dt.UTC)
    said = {"model_type": "signal_model", "status": "failed", "error_code": "E_LEARN_TRAIN_FAILED", "reason": "disk"}
    when = {"started_at": ended, "ended_at": ended, "is_scheduled": False, "config_hash": "c"}
    return {"train_id": f"t{k}", **said, **when, "dataset_id": None, "artifact_id": None}


@pytest.fixture(scope="module")
def hook() -> Iterator[Hook]:
    hook = Hook()
    yield hook
    hook.close()


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory, hook: Hook) -> Root:
    """Twelve days in one run, the rest in another; three trainings fail in between."""
    root, settings = Part(tmp_path_factory.mktemp("drift"), *OURS), {"drift": {**FEW, "webhook_url": hook.url}}
    bars = hourly_bars(1, 3, ("AAA",))
    root.deliver([*bot_events(1, bars, 6), *(answer(d, k) for d in range(12) for k in range(A_DAY))], bars)
    root.run(settings=settings)
    for k in range(3):
        Registry(root.home).add_training(training(k))
    root.deliver([answer(d, k) for d in range(12, N_DAYS) for k in range(A_DAY)])
    root.run(settings=settings)
    return root


def test_the_alarm_is_of_refusals_and_told_on_the_day_on_which_it_begins(root: Root) -> None:
    told = root.table(Alerts).filter(kind="drift")
    assert told.select("model", "metric", "feature", "target").rows() == [("judge@1", "refusal", "*", "*")]
    alarms = root.table(Scores).filter("is_alarm")
    assert told["as_of"].item() == alarms["as_of"].min() > (MONDAY + SINCE * DAY).date()
    assert alarms["as_of"].n_unique() > 1


def test_failed_trainings_are_an_alert_of_the_clock(root: Root) -> None:
    failed = root.table(Alerts).filter(kind="train_failures").row(0, named=True)
    assert (failed["as_of"], failed["model"]) == (dt.date(2026, 1, 3), "signal_model")
    assert "disk" in failed["detail"]


def test_one_run_over_all_days_says_the_same(root: Root, tmp_path: Path) -> None:
    once = Root(tmp_path / "once")
    once.deliver([answer(d, k) for d in range(N_DAYS) for k in range(A_DAY)])
    once.run(settings={"drift": FEW}, only=[Scores, Alerts])
    once.run("ingest")
    assert once.table(Scores).is_empty()  # nothing was in the lake when it was asked
    once.run(settings={"drift": FEW}, only=[Scores, Alerts], first=str(MONDAY.date()))
    assert once.table(Scores).equals(root.table(Scores))
    assert once.table(Alerts).equals(root.table(Alerts).filter(kind="drift"))


def test_every_alert_is_in_the_outbox_and_delivered_once_though_the_first_delivery_failed(
    root: Root, hook: Hook
) -> None:
    emitted = [e for e in Outbox(root.home).events() if e["type"] == "ordinis.learn.drift.alert"]
    assert sorted(e["kind"] for e in emitted) == ["drift", "train_failures"]
    root.run(settings={"drift": {**FEW, "webhook_url": hook.url}})
    root.run(settings={"drift": {**FEW, "webhook_url": hook.url}})
    assert sorted(each["kind"] for each in hook.taken) == ["drift", "train_failures"]
    said = root.home.learning_log.read_text()
    assert 'delivered=False | why="the server said 500"' in said
    assert hook.url not in said


def samples(text: str) -> dict[tuple[str, ...], float]:
    """By name and values of the labels, in the order of the labels' names."""
    return {(s.name, *s.labels.values()): s.value for family in parsed(text) for s in family.samples}


def test_metrics_are_what_sql_counts_on_the_lake(root: Root) -> None:
    found = samples(root.home.metrics.read_text())
    with duckdb.connect() as connection:
        for name, table in EVENT_TABLES.items():
            files = root.home.lake / table.room() / table.table()
            rows = 0
            if files.exists():
                query = "SELECT count(*) FROM read_parquet(?)"
                paths = [str(files / path) for path in _live(files)]
                rows = connection.execute(query, [paths]).fetchall()[0][0] if paths else 0
            assert found["learn_events_total", name] == rows
    assert found["learn_events_total", "ai_response"] == N_DAYS * A_DAY
    assert found["learn_train_total", "signal_model", "failed"] == 3
    assert found["learn_alerts_total", "drift"] == found["learn_alerts_total", "train_failures"] == 1
    newest = root.table(Scores).filter(pl.col("as_of") == pl.col("as_of").max())
    refusal = newest.filter(metric="refusal")["score"].item()
    assert found["learn_drift_score", "refusal", "judge@1"] == refusal
    assert found["learn_last_success_timestamp_seconds", "chain"] > dt.datetime(2026, 1, 1, tzinfo=dt.UTC).timestamp()


def _live(folder: Path) -> list[str]:
    from deltalake import DeltaTable

    return pl.DataFrame(DeltaTable(str(folder)).get_add_actions(flatten=True))["path"].to_list()


def test_a_new_root_has_metrics_and_asking_makes_nothing(tmp_path: Path) -> None:
    root = Root(tmp_path / "new")
    before = sorted(root.home.root.rglob("*"))
    text = exposition(root.home, COUNTED).decode()
    assert sorted(root.home.root.rglob("*")) == before
    assert samples(text)["learn_events_total", "signal"] == 0
    for name in ("learn_train", "learn_eval", "learn_drift_score", "learn_rollout", "learn_alerts"):
        assert f"# TYPE {name}" in text


def test_the_report_has_a_section_of_models(root: Root) -> None:
    page = write_report(root.home).read_text()
    assert 'id="models"' in page
    assert "1 alarm of drift stands" in page
    assert "judge@1" in page
