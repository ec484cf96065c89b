"""Delivered events against those already known: new, delivered again, or in conflict.

What stays depends on the lines ever delivered, not on their order: of two contents under one ``event_id`` the one with
the smaller digest; of two signals under one ``signal_id`` the earlier; of two revisions of one instant the one with the
smaller ``event_id``. What loses goes to quarantine, whichever came first.

What lost once is not judged again. So where an ``event_id`` with several contents also shares its signal_id (or a
revision's id and instant) with another ``event_id``, an event that lost to a content which is displaced later stays in
quarantine, though it would have been kept had that content come last.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any, NamedTuple

import polars as pl

from learning_pipeline.contracts import day_span
from learning_pipeline.events.tables import EVENT_TABLES
from learning_pipeline.events.wire import encode_sorted

_KNOWN = -1
_IDENTITY = {
    "signal": ("signal_id", "second_signal"),
    "order_submitted": ("order_id", "ambiguous_revision"),
    "trade_closed": ("trade_id", "ambiguous_revision"),
    "position": ("position_id", "ambiguous_revision"),
    "experiment": ("experiment_id", "ambiguous_revision"),
}
_WORDS = {
    "id_conflict": "this event_id was also delivered with another content, which is kept (smaller digest)",
    "second_signal": "this signal_id was also delivered with an earlier signal, which is kept",
    "ambiguous_revision": "another revision of this id has the same `at`; the one with the smaller event_id is kept",
}


class Merged(NamedTuple):
    """What becomes of a delivery.

    tables : event type -> every row that stays, known or new, in the table's columns.
    lines : one row per delivered event: file_no, line_no, status (accepted, duplicate, quarantined), reason_code and
        detail.
    displaced : event_id, reason_code, detail of the rows known before that lose against a new one.
    first_change : first day whose rows are no longer what they were; None where all are.
    """

    tables: dict[str, pl.DataFrame]
    lines: pl.DataFrame
    displaced: pl.DataFrame
    first_change: dt.date | None


def merge_events(known: dict[str, pl.DataFrame], arrived: dict[str, pl.DataFrame]) -> Merged:
    """Merge delivered events into those known.

    Parameters
    ----------
    known : event type -> rows of its table; every row that shares an event_id, or the identity of its table, with an
        arrived one must be there.
    arrived : event type -> rows of its table with ``file_no`` (from 0) and ``line_no``: the order of arrival.
    """
    tagged = {t: _tagged(known.get(t), arrived.get(t), t) for t in EVENT_TABLES if t in known or t in arrived}
    claims = _judged(pl.concat([_NO_CLAIM, *_claims(tagged)]).sort("file_no", "line_no", maintain_order=True))
    accepted = claims.filter(pl.col("status") == "accepted").select("type", "event_id", "file_no", "line_no")
    tables = {t: _staying(rows, accepted.filter(pl.col("type") == t), t) for t, rows in tagged.items()}
    was_known = pl.col("file_no") == _KNOWN
    lost = claims.filter(was_known & (pl.col("status") == "quarantined"))
    lines = claims.filter(~was_known).select("file_no", "line_no", "status", "reason_code", "detail")
    new = claims.filter(~was_known & (pl.col("status") == "accepted"))
    changed = day_span(pl.concat([new, lost])["happened_at"].dt.date())
    first_change = changed[0] if changed else None
    return Merged(tables, lines, lost.select("event_id", "reason_code", "detail"), first_change)


def content_digest(event_type: str, row: dict[str, Any]) -> str:
    """SHA-256 of an event's canonical content: sorted keys, UTC times, nulls absent."""
    bookkeeping = {"day", "file_no", "line_no"}
    content = {name: value for name, value in row.items() if value is not None and name not in bookkeeping}
    return hashlib.sha256(encode_sorted({**content, "type": event_type})).hexdigest()


_NO_CLAIM = pl.DataFrame(
    schema={
        "type": pl.String,
        "event_id": pl.String,
        "digest": pl.String,
        "identity": pl.String,
        "happened_at": pl.Datetime("us", "UTC"),
        "file_no": pl.Int64,
        "line_no": pl.Int64,
    }
)


def _tagged(known: pl.DataFrame | None, arrived: pl.DataFrame | None, event_type: str) -> pl.DataFrame:
    empty = (
        EVENT_TABLES[event_type].frame().with_columns(file_no=pl.lit(None, pl.Int64), line_no=pl.lit(None, pl.Int64))
    )
    before = (
        [] if known is None else [known.with_columns(file_no=pl.lit(_KNOWN, pl.Int64), line_no=pl.lit(0, pl.Int64))]
    )
    new = [] if arrived is None else [arrived.select(empty.columns)]
    return pl.concat([empty, *(rows.select(empty.columns) for rows in before), *new])


def _claims(tagged: dict[str, pl.DataFrame]) -> list[pl.DataFrame]:
    """One row per known or delivered event; ``digest`` is filled only where an event_id has several contents."""
    contents = [rows.unique(subset=_content(rows)).select("event_id") for rows in tagged.values()]
    contested = pl.concat([_NO_CLAIM.select("event_id"), *contents]).filter(pl.col("event_id").is_duplicated()).unique()
    return [_claim(t, rows, contested["event_id"]) for t, rows in tagged.items()]


def _content(rows: pl.DataFrame) -> list[str]:
    return [name for name in rows.columns if name not in {"day", "file_no", "line_no"}]


def _claim(event_type: str, rows: pl.DataFrame, contested: pl.Series) -> pl.DataFrame:
    in_contest = rows["event_id"].is_in(contested.implode())
    digests = pl.Series("digest", [""] * rows.height, dtype=pl.String)
    if in_contest.any():
        computed = [content_digest(event_type, row) for row in rows.filter(in_contest).iter_rows(named=True)]
        digests = digests.scatter(in_contest.arg_true(), computed)
    return rows.with_columns(digests, type=pl.lit(event_type), identity=_identity(event_type)).select(_NO_CLAIM.columns)


def _identity(event_type: str) -> pl.Expr:
    if event_type not in _IDENTITY:
        return pl.lit(None, pl.String)
    column, code = _IDENTITY[event_type]
    instant = pl.col("happened_at").cast(pl.Int64).cast(pl.String) if code == "ambiguous_revision" else pl.lit("")
    return pl.concat_str(pl.lit(event_type), instant, pl.col(column), separator="\x1f")


def _judged(claims: pl.DataFrame) -> pl.DataFrame:
    """Status of each claim, in order of arrival."""
    beaten = pl.col("digest") != pl.col("digest").min().over("event_id")
    claims = claims.with_columns(reason_code=pl.when(beaten).then(pl.lit("id_conflict")))
    second = claims.join(_second_to_another(claims), on="event_id", how="left")
    reason = pl.coalesce("reason_code", "second_code")
    first = pl.int_range(pl.len()).over("event_id", reason.is_null()) == 0
    status = pl.when(reason.is_not_null()).then(pl.lit("quarantined")).when(first).then(pl.lit("accepted"))
    judged = second.with_columns(reason_code=reason, status=status.otherwise(pl.lit("duplicate")))
    return judged.with_columns(
        detail=pl.col("reason_code").replace_strict(_WORDS, default=None, return_dtype=pl.String)
    )


def _second_to_another(claims: pl.DataFrame) -> pl.DataFrame:
    """event_id and code of events that come second under the identity of their table."""
    named = claims.filter(pl.col("reason_code").is_null() & pl.col("identity").is_not_null())
    ranked = named.unique("event_id").sort("happened_at", "event_id")
    later = ranked.filter(pl.int_range(pl.len()).over("identity") > 0)
    codes = {t: code for t, (_, code) in _IDENTITY.items()}
    return later.select("event_id", second_code=pl.col("type").replace_strict(codes, return_dtype=pl.String))


def _staying(rows: pl.DataFrame, accepted: pl.DataFrame, event_type: str) -> pl.DataFrame:
    kept = rows.join(accepted, on=["event_id", "file_no", "line_no"], how="semi")
    return kept.select(*EVENT_TABLES[event_type].dtypes())
