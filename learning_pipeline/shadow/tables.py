"""Tables of simulated outcomes."""

from typing import Annotated, Any

import pandera.polars as pa
import polars as pl

from learning_pipeline.contracts import Instant, Table
from learning_pipeline.events.tables import Decisions

Counts = Annotated[pl.List, pl.Int64]
Results = Annotated[pl.List, pl.Float64]

OUTCOME_WORDS = ["hit_target", "hit_stop", "ttl_expired", "hit_1r", "unlabelled"]
REASONS = ["no_price", "no_bars", "no_bars_in_ttl", "atr_warmup", "bad_levels", "unknown_timeframe"]


def known(description: str, **checks: Any) -> Any:
    """A column that is null where the decision could not be simulated."""
    return pa.Field(nullable=True, description=description, **checks)


class Outcomes(Table, key=("signal_id", "known_at"), newest=("signal_id", "known_at")):
    """One row per signal, on the day its outcome became known (again, where its decision was revised later)."""

    signal_id: pl.String = pa.Field(description="signal")
    decided_at: Instant = pa.Field(description="instant of the decision")
    known_at: Instant = pa.Field(description="close of the exit bar, or when the reason was known: the partition")
    outcome: pl.String = pa.Field(
        isin=OUTCOME_WORDS, description="how it ended; hit_1r: the target of a research trade"
    )
    success: pl.Boolean = known("net result above 0")
    exit_at: Instant = known("open time of the exit bar")
    exit_price: pl.Float64 = known("simulated exit, quote money", gt=0)
    gross_roi: pl.Float64 = known("result before costs, a fraction of notional")
    net_roi: pl.Float64 = known("result after costs, a fraction of notional")
    net_pnl_usd: pl.Float64 = known("result after costs, quote money")
    net_r: pl.Float64 = known("result after costs, multiples of R")
    mfe_r: pl.Float64 = known("best excursion, multiples of R, whole exit bar included", ge=0)
    mae_r: pl.Float64 = known("worst excursion, multiples of R, whole exit bar included", ge=0)
    bars_to_outcome: pl.Int64 = known("bars used, the exit bar included", ge=1)
    hit_1r: pl.Boolean = known("+1R was reached before or at the exit, with no stop first")
    ambiguous: pl.Boolean = known("the exit bar touched stop and target; the stop was taken")
    resolution: pl.String = known("timeframe of the bars used")
    spread_known: pl.Boolean = known("false where the spread is unknown and was taken as 0")
    notional_usd: pl.Float64 = known("size simulated, quote money", gt=0)
    policy_hash: pl.String = pa.Field(description="fingerprint of the execution policy")
    reason: pl.String = pa.Field(nullable=True, isin=REASONS, description="why unlabelled")


class DelayedOutcomes(Table, key=("signal_id", "known_at"), newest=("signal_id", "known_at")):
    """One row per outcome that is a trade: what it would have earned, entered some bars of its timeframe later.

    Lists, one element per delay; in the warehouse one row per signal and delay. Stop, target, the end of the ttl, the
    notional and R are those of the outcome. A trade that cannot be entered any more (its stop or target was passed, at
    the latest by the open of the entry's bar, or its last bar opened earlier) has null prices and results.
    """

    signal_id: pl.String = pa.Field(description="signal")
    decided_at: Instant = pa.Field(description="instant of the decision")
    known_at: Instant = pa.Field(description="when the outcome was known: the partition")
    delay_bars: Counts = pa.Field(description="bars of the signal's timeframe after the decision, by the clock")
    entry_price: Results = pa.Field(
        description="open of the first bar at or after that, quote money; null where it cannot be entered any more"
    )
    net_pnl_usd: Results = pa.Field(description="result after costs, quote money")
    net_r: Results = pa.Field(description="result after costs, multiples of the outcome's R")


class Pending(Decisions, key=("day", "signal_id")):
    """One row per day (as of its end) and signal whose outcome is still open, with the decision that is followed."""

    as_of: pl.Date = pa.Field(description="the day, as of its end")


class MissedOutcomes(Outcomes, key=("signal_id", "known_at"), newest=("signal_id", "known_at")):
    """One row per signal that was expired or cancelled: what it would have earned, taken when it was made.

    Where a later report turned the decision into another, the row stays: `analysis` asks the decision in force.
    """

    decided_at: Instant = pa.Field(description="instant of the signal, where it is entered at its own price")
    known_at: Instant = pa.Field(
        description="close of the exit bar, or when the reason was known, never before the decision: the partition"
    )


class MissedPending(Pending, key=("day", "signal_id")):
    """One row per day (as of its end) and expired or cancelled signal whose outcome as made is still open."""
