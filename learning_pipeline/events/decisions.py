"""One final answer per signal, from the reports of its guards (SEMANTICS 1)."""

from __future__ import annotations

import datetime as dt

import polars as pl

from learning_pipeline.contracts import day_of, timeframe_us
from learning_pipeline.events.tables import Decisions, Gates
from learning_pipeline.events.verdicts import finite, gate_verdicts

REACH_DAYS = 90
"""Reports and signals more than this many days apart are not joined."""

NEVER_DECIDED = "never_decided"
_RANK = {"blocked": 0, "cancelled": 1, "expired": 2, "approved": 3}
_SNAPSHOT = ["price", "spread", "spread_bps"]


def decide(
    signals: pl.DataFrame,
    reports: pl.DataFrame,
    default_ttl_minutes: float,
    first: dt.date,
    last: dt.date,
    now: dt.datetime,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Answers that changed on the days first to last, each as of the end of its day.

    Parameters
    ----------
    signals, reports : DataFrame
        ``events.signals`` and ``events.decision_reports`` from ``REACH_DAYS`` before ``first`` to ``last``.
    default_ttl_minutes : float
        Life of a signal that names none.
    now : datetime
        Newest instant that is known; a signal counts as never decided only once its ttl has passed by then.

    Returns
    -------
    decisions, gates : DataFrame
        ``events.decisions`` and ``events.gates`` of those days.
    """
    joined = joined_reports(signals, reports, now)
    silent = _silent(signals, joined, default_ttl_minutes, now)
    versions = pl.concat([joined.select("signal_id", "day"), silent.select("signal_id", "day")]).unique()
    due = versions.filter(pl.col("day").is_between(first, last))
    seen = due.join(joined, on="signal_id", suffix="_report").filter(pl.col("day_report") <= pl.col("day"))
    answers = pl.concat([_final(seen), silent.join(due, on=["signal_id", "day"], how="semi")], how="diagonal")
    gates = gate_verdicts(seen)
    decisions = _described(answers, signals).join(_blockers(gates), on=["signal_id", "day"], how="left")
    return Decisions.checked(_as_contract(decisions)), Gates.checked(gates.select(*Gates.dtypes()))


def joined_reports(signals: pl.DataFrame, reports: pl.DataFrame, now: dt.datetime) -> pl.DataFrame:
    """Reports whose signal is there; ``known_at`` and ``day`` say since when both were."""
    born = signals.select("signal_id", signal_at="happened_at")
    apart = (day_of(pl.col("happened_at")) - day_of(pl.col("signal_at"))).dt.total_days().abs()
    matched = reports.drop("day").join(born, on="signal_id").filter(apart <= REACH_DAYS)
    dated = matched.with_columns(known_at=pl.max_horizontal("happened_at", "signal_at"))
    return dated.filter(pl.col("known_at") <= now).with_columns(day=day_of(pl.col("known_at")))


def _silent(signals: pl.DataFrame, joined: pl.DataFrame, default_ttl_minutes: float, now: dt.datetime) -> pl.DataFrame:
    """Signals without a report by the end of the day on which their ttl passed: expired, never decided.

    A ttl longer than ``REACH_DAYS`` ends there: no later report would be joined.
    """
    by_bars = pl.col("ttl_bars").cast(pl.Float64) * timeframe_us(pl.col("timeframe"))
    by_minutes = pl.col("ttl_minutes").fill_null(default_ttl_minutes) * 60e6
    life = pl.min_horizontal(pl.coalesce(by_bars, by_minutes), REACH_DAYS * 86_400e6).cast(pl.Int64)
    end = pl.col("happened_at") + pl.duration(microseconds=life)
    ended = signals.select("signal_id", decided_at=end, known_at=end, day=day_of(end)).filter(pl.col("known_at") <= now)
    answered = joined.group_by("signal_id").agg(answered=pl.col("day").min())
    silent = ended.join(answered, on="signal_id", how="left")
    silent = silent.filter(pl.col("answered").is_null() | (pl.col("answered") > pl.col("day"))).drop("answered")
    return silent.with_columns(decision=pl.lit("expired"), reason=pl.lit(NEVER_DECIDED))


def _final(seen: pl.DataFrame) -> pl.DataFrame:
    """One answer per signal and day: blocked > cancelled > expired > approved.

    The deciding report is the first that blocks, else the newest of the final answer; what it leaves out comes from the
    next in that order.
    """
    rank = pl.col("decision").replace_strict(_RANK, return_dtype=pl.Int64)
    blocked = pl.col("decision") == "blocked"
    clock = pl.col("happened_at").cast(pl.Int64)
    by_weight = pl.when(blocked).then(clock).otherwise(-clock)
    ordered = seen.sort("signal_id", "day", rank, by_weight, "event_id")
    return ordered.group_by("signal_id", "day", maintain_order=True).agg(
        pl.col("decision").first(),
        pl.col("known_at").max(),
        pl.col("blocker_component").filter(blocked).drop_nulls().first(),
        *(pl.col(name).drop_nulls().first() for name in _SNAPSHOT),
        # The probability of an approval says nothing of a block that followed, but stays with one that expired later.
        pl.col("propensity").filter(blocked == blocked.any()).drop_nulls().first(),
        decided_at=pl.coalesce(pl.col("happened_at").filter(blocked).first(), pl.col("happened_at").max()),
        reason=pl.col("blocker_reason").drop_nulls().first(),
    )


def _blockers(gates: pl.DataFrame) -> pl.DataFrame:
    """Gates that failed, and whether all are known, per answer."""
    failed = pl.col("gate").filter(~pl.col("passed")).sort()
    return gates.group_by("signal_id", "day").agg(failed=failed, gates_complete=pl.col("complete").all())


def _described(answers: pl.DataFrame, signals: pl.DataFrame) -> pl.DataFrame:
    """Answers with what their signal said."""
    return answers.join(signals.drop("day", "event_id", "source", "session_id"), on="signal_id")


def _as_contract(decisions: pl.DataFrame) -> pl.DataFrame:
    entry = pl.coalesce("price", "entry_price")
    is_blocked = pl.col("decision") == "blocked"
    none = pl.lit([], pl.List(pl.String))
    filled = decisions.with_columns(
        entry_price=entry,
        notional_usd=pl.coalesce("notional_usd", finite(pl.col("qty") * entry)),
        spread=pl.coalesce("spread", finite(pl.col("spread_bps") * 1e-4 * entry)),
        blocked_by=pl.when(is_blocked).then(pl.col("failed").fill_null(none)).otherwise(none),
        gates_complete=pl.col("gates_complete").fill_null(value=False),
    )
    return filled.select(*Decisions.dtypes())
