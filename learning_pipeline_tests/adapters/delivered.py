"""What the project's own parser makes of an import."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl

from learning_pipeline.contracts.imported import Imported
from learning_pipeline.events.parse import Parsed, parse_lines
from learning_pipeline.stores.envelope import encode, enveloped


def lines_of(imported: Imported) -> bytes:
    """The events as they are delivered."""
    events = [enveloped(e.type, e.at, e.payload, imported.source, None) for e in imported.events]
    assert len({event["event_id"] for event in events}) == len(events), "two events have one id"
    return b"".join(encode(event) + b"\n" for event in events)


def parsed(imported: Imported) -> dict[str, pl.DataFrame]:
    """Rows of each event type; no line is refused."""
    found: Parsed = parse_lines(lines_of(imported))
    assert [(refused.reason_code, refused.detail) for refused in found.refusals] == []
    return found.frames


def write(imported: Imported, folder: Path) -> Path:
    """The delivered file."""
    path = folder / f"{imported.stem}.jsonl"
    path.write_bytes(lines_of(imported))
    return path


def payloads(imported: Imported, event_type: str) -> list[dict[str, object]]:
    """What events of a type say, times as text."""
    return [json.loads(encode(e.payload)) for e in imported.events if e.type == event_type]
