"""However lines are delivered, the tables are the same, and no line is lost (real lake, ledger and inbox)."""

from __future__ import annotations

import hashlib
import json
import random
import tempfile
from pathlib import Path
from typing import Any

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from learning_pipeline.contracts import content_sha256
from learning_pipeline.events.tables import EVENT_TABLES, Deliveries, Quarantine
from learning_pipeline_tests.worlds import Root, as_lines, bot_events, hourly_bars

FEW = settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
BEING_WRITTEN = b'{"event_id":"no newline yet'
REFUSED = [b'{"event_id":"x","type":"nonsense"}\n', b"not json\n", b'{"event_id":"y","event_id":"y"}\n']


def a_root() -> Root:
    return Root(Path(tempfile.mkdtemp()))


def same_tables(one: Root, other: Root) -> None:
    theirs = other.tables()
    for address, frame in one.tables().items():
        assert_frame_equal(frame, theirs[address], check_exact=True)
        assert content_sha256(frame) == content_sha256(theirs[address]), address
    assert one.quarantined() == other.quarantined()


def every_line_is_counted(root: Root, n_files: int) -> None:
    """Accepted, a duplicate, quarantined, or not yet whole."""
    told = root.table(Deliveries)
    parts = pl.sum_horizontal("n_accepted", "n_duplicate", "n_quarantined", "n_incomplete")
    assert told.filter(parts != pl.col("n_lines")).is_empty()
    assert told["n_incomplete"].sum() == n_files


def every_line_is_kept_or_refused(root: Root, lines: list[bytes]) -> None:
    kept = {event_id for table in EVENT_TABLES.values() for event_id in root.table(table)["event_id"]}
    refused = set(root.table(Quarantine)["raw_sha256"])
    for line in lines:
        raw = line.removesuffix(b"\n")
        assert hashlib.sha256(raw).hexdigest() in refused or json.loads(raw)["event_id"] in kept, raw


def conflicting(events: list[dict[str, Any]], rng: random.Random) -> list[dict[str, Any]]:
    """Events that contradict others: another content under an id, a second signal under a signal_id."""
    signals = [event for event in events if event["type"] == "signal"]
    changed = [{**event, "strategy": "gamma"} for event in rng.sample(signals, 3)]
    return changed + [{**event, "event_id": event["event_id"] + "-again"} for event in rng.sample(signals, 2)]


@FEW
@given(seed=st.integers(0, 10_000), n_files=st.integers(1, 4))
def test_order_repetition_and_splitting_of_deliveries_do_not_matter_and_lose_no_line(seed: int, n_files: int) -> None:
    rng = random.Random(seed)
    bars = hourly_bars(seed, 8)
    events = bot_events(seed, bars, 25)
    lines = [as_lines([event]) for event in events + conflicting(events, rng)] + REFUSED
    clean, messy = a_root(), a_root()
    clean.deliver(b"".join(lines), bars)
    clean.run()
    delivered = lines + rng.sample(lines, 10)
    rng.shuffle(delivered)
    parts = [delivered[k::n_files] for k in range(n_files)]
    cut = rng.randrange(bars.height)
    for k, part in enumerate(parts):
        messy.deliver(b"".join(part) + BEING_WRITTEN, bars.head(cut) if k == 0 else None)
        if rng.random() < 0.5:
            messy.run(warehouse=False)
    messy.deliver(b"", bars.tail(bars.height - cut // 2).sample(fraction=1.0, shuffle=True, seed=seed))
    messy.run()
    same_tables(clean, messy)
    every_line_is_counted(messy, n_files)
    every_line_is_kept_or_refused(messy, lines)
