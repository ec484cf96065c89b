"""Closed research trades against what playbooks claim, day by day; a day goes on from the one before."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import polars as pl

from learning_pipeline.playbooks.claim import Claim
from learning_pipeline.playbooks.figures import figures
from learning_pipeline.playbooks.looks import Counted, looks_due, size_of_look
from learning_pipeline.playbooks.tables import Evidence, Validation

OPEN = "open"
_COUNTED = {"exit_us": pl.col("exit_ts").to_physical(), "entry_us": pl.col("entry_ts").to_physical()}
_LOOK = ("n_looks", "status", "look_n", "look_level", "look_value", "look_low", "look_high", "looked_on")
_NO_LOOK: dict[str, Any] = {**dict.fromkeys(_LOOK), "n_looks": 0, "status": "insufficient_data"}

Row = dict[str, Any]


class Validated(NamedTuple):
    """Rows of ``playbooks.evidence`` and of ``playbooks.validation`` for the days asked about."""

    evidence: pl.DataFrame
    validation: pl.DataFrame


def validate(
    trades: pl.DataFrame,
    evidence_before: pl.DataFrame,
    validation_before: pl.DataFrame,
    claims: Mapping[str, Claim],
    as_ofs: Sequence[dt.date],
) -> Validated:
    """Evidence of every playbook as of each day.

    Parameters
    ----------
    trades : DataFrame
        ``books.research_trades`` of the days; a row says what a trade has become by the end of its day.
    evidence_before, validation_before : DataFrame
        Both tables' rows of the day before the first.
    claims : mapping of str to Claim
        By playbook_id; trades of other playbooks are kept as evidence, for a file that may come.
    as_ofs : sequence of date
        The days, one after the other.

    Returns
    -------
    Validated
        A row of validation per day and claim, in whatever pieces the days are asked about.
    """
    books = _Books(evidence_before)
    newest = {row["playbook_id"]: row for row in validation_before.iter_rows(named=True)}
    by_day = {day[0]: rows for day, rows in trades.partition_by("day", as_dict=True).items()}
    kept, said = [Evidence.frame()], []
    for day in as_ofs:
        changed = books.learn(by_day[day], claims) if day in by_day else set()
        for playbook_id, claim in sorted(claims.items()):
            before = newest.get(playbook_id)
            if before is None or playbook_id in changed or not _is_of(before, claim):
                before = _told(_row(claim, books.of(playbook_id), before, day), before, day)
            newest[playbook_id] = {**before, "day": day, "as_of": day}
            said.append(newest[playbook_id])
        kept.append(books.frame(day))
    return Validated(pl.concat(kept), Validation.frame(said))


def _row(claim: Claim, trades: list[Counted], before: Row | None, day: dt.date) -> Row:
    """Figures of all trades; the newest look's, where none is due those of the looks before."""
    taken = {name: before[name] for name in _LOOK} if before and _is_same(before, claim) else _NO_LOOK
    due = looks_due(claim, trades, taken["n_looks"])
    if due:
        said = due[-1]._asdict()
        told = {"status": said.pop("status"), **{f"look_{name}": value for name, value in said.items()}}
        taken = {"n_looks": taken["n_looks"] + len(due), "looked_on": day, **told}
    return {
        **dict.fromkeys(Validation.dtypes()),
        "playbook_id": claim.playbook_id,
        **claim.model_dump(include={"metric", "threshold", "min_sample_size"}),
        **figures(claim, trades),
        **taken,
        "next_look_n": size_of_look(claim, taken["n_looks"]),
        "claim_sha256": claim.sha256,
    }


def _told(row: Row, before: Row | None, day: dt.date) -> Row:
    """A new row, with the day since which it says the same: figures may come out as they were."""
    dated = ("day", "as_of", "unchanged_since")
    is_new = before is None or any(row[name] != before[name] for name in row if name not in dated)
    return {**row, "unchanged_since": day if is_new or before is None else before["unchanged_since"]}


def _is_same(row: Row, claim: Claim) -> bool:
    return row["claim_sha256"] == claim.sha256


def _is_of(row: Row, claim: Claim) -> bool:
    """Whether a row says all that the claim asks now."""
    split = (claim.split.feature, claim.split.at) if claim.split else (None, None)
    return _is_same(row, claim) and (row["split_feature"], row["split_at"]) == split


class _Books:
    """Closed trades by playbook, each at most once."""

    def __init__(self, evidence: pl.DataFrame) -> None:
        columns = evidence.with_columns(**_COUNTED).select("playbook_id", *Counted._fields)
        self._trades: dict[str, dict[str, Counted]] = {}
        self._playbook_of: dict[str, str] = {}
        for playbook_id, *values in columns.iter_rows():
            self._put(playbook_id, Counted(*values))
        self._frame = evidence.drop("day")

    def learn(self, rows: pl.DataFrame, claims: Mapping[str, Claim]) -> set[str]:
        """Take in what trades became on a day; playbooks whose trades are others now."""
        changed = set()
        for row in rows.with_columns(**_COUNTED).sort("trade_id").iter_rows(named=True):
            changed.add(self._removed(row["trade_id"]))
            if row["outcome"] != OPEN and row["playbook_id"]:
                self._put(row["playbook_id"], _counted(row, claims.get(row["playbook_id"])))
                changed.add(row["playbook_id"])
        self._frame = self._as_frame()
        return changed

    def of(self, playbook_id: str) -> list[Counted]:
        """Trades of a playbook, by close."""
        return sorted(self._trades.get(playbook_id, {}).values())

    def frame(self, day: dt.date) -> pl.DataFrame:
        """All of them as rows of a day."""
        return self._frame.with_columns(day=pl.lit(day)).select(*Evidence.dtypes())

    def _put(self, playbook_id: str, trade: Counted) -> None:
        self._trades.setdefault(playbook_id, {})[trade.trade_id] = trade
        self._playbook_of[trade.trade_id] = playbook_id

    def _removed(self, trade_id: str) -> str:
        """The playbook it counted for until now; empty where it was none's."""
        playbook_id = self._playbook_of.pop(trade_id, "")
        self._trades.get(playbook_id, {}).pop(trade_id, None)
        return playbook_id

    def _as_frame(self) -> pl.DataFrame:
        rows = [
            {"playbook_id": playbook_id, **trade._asdict(), "entry_ts": trade.entry_us, "exit_ts": trade.exit_us}
            for playbook_id in sorted(self._trades)
            for trade in self.of(playbook_id)
        ]
        wanted = [name for name in Evidence.dtypes() if name != "day"]
        return Evidence.frame([{name: row[name] for name in wanted} for row in rows]).drop("day")


def _counted(row: Row, claim: Claim | None) -> Counted:
    value = None
    if claim and claim.split:
        value = json.loads(row["entry_indicators"]).get(claim.split.feature)
    return Counted(
        row["exit_us"],
        row["trade_id"],
        row["entry_us"],
        row["outcome"] == "hit_1r",
        row["r_achieved"],
        row["bars_to_outcome"],
        float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None,
    )
