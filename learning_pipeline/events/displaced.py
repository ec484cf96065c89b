"""Lines that were accepted once and lose against a later delivery."""

from __future__ import annotations

import msgspec
import polars as pl

from learning_pipeline.events.merge import content_digest
from learning_pipeline.events.parse import parse_lines
from learning_pipeline.events.refusals import Refusal, refusal


class _Id(msgspec.Struct):
    event_id: str = ""


_id_of = msgspec.json.Decoder(_Id).decode


def lost_lines(content: bytes, displaced: pl.DataFrame, kept: dict[str, pl.DataFrame]) -> list[Refusal]:
    """Every line of a file whose event is displaced, but for those that say what is kept.

    Parameters
    ----------
    content : bytes
        A file that was landed before.
    displaced : DataFrame
        ``Merged.displaced``: event_id, reason_code, detail.
    kept : event type -> rows
        ``Merged.tables``: the rows that stay.
    """
    why = {event_id: (code, detail) for event_id, code, detail in displaced.iter_rows()}
    numbered = [(n, line) for n, line in enumerate(content.split(b"\n"), 1) if _event_id(line) in why]
    parsed = parse_lines(b"".join(line + b"\n" for _, line in numbered))
    staying = {
        digest for t, rows in kept.items() for digest in _digests(t, rows.filter(pl.col("event_id").is_in([*why])))
    }
    found = []
    for event_type, rows in parsed.frames.items():
        for row, digest in zip(rows.iter_rows(named=True), _digests(event_type, rows), strict=True):
            n, line = numbered[row["line_no"] - 1]
            if digest not in staying:
                found.append(refusal(n, *why[row["event_id"]], line))
    return sorted(found)


def _event_id(line: bytes) -> str:
    try:
        return _id_of(line).event_id
    except (msgspec.DecodeError, ValueError, RecursionError):
        return ""


def _digests(event_type: str, rows: pl.DataFrame) -> list[str]:
    return [content_digest(event_type, row) for row in rows.iter_rows(named=True)]
