"""What adapters found, in the inbox: by day where the source grows, and never twice."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import polars as pl
import pytest

from learning_pipeline.contracts.imported import Event, Imported
from learning_pipeline.stores.imports import deliver
from learning_pipeline.stores.inbox import Inbox
from learning_pipeline.stores.ledger import Ledger

NOON = dt.datetime(2024, 3, 4, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


@pytest.fixture
def inbox(tmp_path: Path) -> Inbox:
    return Inbox(tmp_path / "inbox", Ledger(tmp_path / "ledger.sqlite"))


def fill(at: dt.datetime, n: int) -> Event:
    return Event("fill", at, {"fill_id": f"f{n}", "qty": 1.0})


def found(*events: Event, grows: bool = True, **more: object) -> Imported:
    return Imported("bot", "a bot", "bot", tuple(events), grows=grows, **more)


def names(inbox: Inbox) -> list[str]:
    return sorted(arrival.file for arrival in inbox.arrivals(landed=False))


def test_of_a_source_that_grew_only_the_days_that_changed_are_new(inbox: Inbox) -> None:
    first = deliver(inbox, found(fill(NOON, 1), fill(NOON + DAY, 2)), NOON)
    again = deliver(inbox, found(fill(NOON, 1), fill(NOON + DAY, 2), fill(NOON + DAY, 3)), NOON + DAY)
    assert len(first) == len(again) == 2
    assert first[0] == again[0]
    assert first[1] != again[1]
    assert len(inbox.arrivals(landed=False)) == 3


def test_a_day_is_that_of_utc_and_its_events_keep_their_order(inbox: Inbox) -> None:
    berlin = dt.timezone(dt.timedelta(hours=1))
    late = dt.datetime(2024, 3, 5, 0, 30, tzinfo=berlin)  # still the 4th in UTC
    deliver(inbox, found(fill(NOON, 2), fill(late, 3), fill(NOON, 1)), NOON)
    assert names(inbox) == ["bot-2024-03-04.jsonl"]
    (arrival,) = inbox.arrivals(landed=False)
    assert [json.loads(line)["fill_id"] for line in arrival.path.read_text().splitlines()] == ["f2", "f1", "f3"]


def test_what_does_not_grow_is_one_file_with_its_bars_beside_it(inbox: Inbox) -> None:
    bars = pl.DataFrame({"symbol": ["A"], "close": [1.0]})
    deliver(inbox, found(fill(NOON, 1), fill(NOON + DAY, 2), grows=False, bars=bars), NOON)
    assert names(inbox) == ["bot.jsonl", "bot.parquet"]


def test_files_in_our_own_formats_are_delivered_as_they_stand(inbox: Inbox, tmp_path: Path) -> None:
    own = tmp_path / "events.jsonl"
    own.write_bytes(b'{"type":"fill"}\n')
    (digest,) = deliver(inbox, found(files=(own,)), NOON)
    (arrival,) = inbox.arrivals(landed=False)
    assert (arrival.sha256, arrival.path.read_bytes()) == (digest, own.read_bytes())


def test_nothing_found_is_nothing_delivered(inbox: Inbox) -> None:
    assert deliver(inbox, found(bars=pl.DataFrame({"symbol": []})), NOON) == []
