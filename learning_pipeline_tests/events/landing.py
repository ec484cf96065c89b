"""Landing without a store: the same steps as the ingestion asset, over dictionaries."""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from learning_pipeline.events.displaced import lost_lines
from learning_pipeline.events.merge import Merged, merge_events
from learning_pipeline.events.parse import Parsed, parse_lines
from learning_pipeline.events.refusals import refusal
from learning_pipeline.events.tables import EVENT_TABLES


class Landed(NamedTuple):
    """Tables by event type, quarantine as (reason_code, raw_sha256), and the files landed so far."""

    tables: dict[str, pl.DataFrame]
    quarantine: set[tuple[str, str]]
    files: list[bytes]


NOTHING = Landed({}, set(), [])


def land(before: Landed, delivery: list[bytes]) -> tuple[Landed, Merged]:
    """State after a delivery of files, and what became of its lines; a file known before is not read again."""
    new = [content for content in dict.fromkeys(delivery) if content not in before.files]
    parsed = [parse_lines(content) for content in new]
    merged = merge_events(before.tables, arrivals(parsed))
    refused = {(r.reason_code, r.raw_sha256) for file in parsed for r in file.refusals}
    refused |= _refused_by_merge(new, merged)
    lost = [r for content in before.files for r in lost_lines(content, merged.displaced, merged.tables)]
    refused |= {(r.reason_code, r.raw_sha256) for r in lost}
    return Landed({**before.tables, **merged.tables}, before.quarantine | refused, before.files + new), merged


def arrivals(parsed: list[Parsed]) -> dict[str, pl.DataFrame]:
    """Rows of several files by event type, with ``file_no``."""
    found: dict[str, list[pl.DataFrame]] = {}
    for n, file in enumerate(parsed):
        for event_type, rows in file.frames.items():
            found.setdefault(event_type, []).append(rows.with_columns(file_no=pl.lit(n, pl.Int64)))
    return {event_type: pl.concat(frames) for event_type, frames in found.items()}


def _refused_by_merge(files: list[bytes], merged: Merged) -> set[tuple[str, str]]:
    lost = merged.lines.filter(pl.col("status") == "quarantined")
    found = [
        refusal(k, code, detail, files[n].split(b"\n")[k - 1])
        for n, k, code, detail in lost.select("file_no", "line_no", "reason_code", "detail").iter_rows()
    ]
    return {(r.reason_code, r.raw_sha256) for r in found}


def as_sets(landed: Landed) -> tuple[dict[str, list[str]], set[tuple[str, str]]]:
    """Tables as sorted rows, each checked against its contract, and the quarantine: what no order may change."""
    rows = {t: EVENT_TABLES[t].checked(frame) for t, frame in landed.tables.items() if frame.height}
    return {t: sorted(map(str, frame.iter_rows())) for t, frame in rows.items()}, landed.quarantine
