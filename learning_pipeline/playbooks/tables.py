"""Tables of playbooks: which trades count, what they say of each claim, which edits are asked for."""

import pandera.polars as pa
import polars as pl

from learning_pipeline.contracts import Instant, Table
from learning_pipeline.playbooks.claim import ID_PATTERN

STATUSES = ["insufficient_data", "validated", "refuted", "inconclusive"]
METRICS = ["win_rate", "avg_r"]
SUGGESTION_STATES = ["pending", "applied", "rejected", "stale", "refused"]


class Evidence(Table, key=("day", "playbook_id", "trade_id")):
    """One row per day and closed research trade that counts for a playbook by its end.

    What the evidence of the next day goes on from; the newest day holds all of it.
    """

    playbook_id: pl.String = pa.Field(description="playbook under test")
    trade_id: pl.String = pa.Field(description="the bot's id of the trade")
    entry_ts: Instant = pa.Field(description="first fill")
    exit_ts: Instant = pa.Field(description="last fill")
    is_win: pl.Boolean = pa.Field(description="it reached +1 R before its stop (outcome hit_1r)")
    r_achieved: pl.Float64 = pa.Field(nullable=True, description="multiples of R, net; null without a stop")
    bars_to_outcome: pl.Int64 = pa.Field(nullable=True, ge=0, description="bars from entry to exit; null: unknown")
    split_value: pl.Float64 = pa.Field(
        nullable=True, description="the feature by which the claim is split; null without a split, or not recorded"
    )


class Validation(Table, key=("playbook_id", "as_of"), newest=("playbook_id", "as_of")):
    """One row per playbook and day: what the closed research trades known by its end say of its claim.

    The warehouse shows one row per playbook, the newest.
    """

    as_of: pl.Date = pa.Field(description="the day, as of its end")
    playbook_id: pl.String = pa.Field(str_matches=ID_PATTERN, description="the playbook")
    status: pl.String = pa.Field(isin=STATUSES, description="verdict of the newest look; it stands until the next one")
    n_trades: pl.Int64 = pa.Field(ge=0, description="closed research trades, of all sessions")
    n_effective: pl.Float64 = pa.Field(
        ge=0, description="independent trades that they are worth: those held on one UTC day share it"
    )
    win_rate: pl.Float64 = pa.Field(nullable=True, ge=0, le=1, description="reached +1 R / closed; null: none closed")
    avg_r: pl.Float64 = pa.Field(nullable=True, description="mean R of those that had a stop; null: none had")
    median_bars_to_outcome: pl.Float64 = pa.Field(nullable=True, description="bars held; null: none is known")
    metric: pl.String = pa.Field(isin=METRICS, description="what the claim is about")
    threshold: pl.Float64 = pa.Field(description="claim: the metric lies above this")
    min_sample_size: pl.Int64 = pa.Field(ge=2, description="closed trades at the first look")
    ci_low: pl.Float64 = pa.Field(nullable=True, description="95 % interval of the metric over n_effective trades")
    ci_high: pl.Float64 = pa.Field(nullable=True, description="its upper end; both null where there is none")
    n_looks: pl.Int64 = pa.Field(ge=0, le=4, description="looks taken, of four")
    look_n: pl.Int64 = pa.Field(nullable=True, description="trades of the newest look, the first by close; null: none")
    look_level: pl.Float64 = pa.Field(nullable=True, description="its chance to validate what is not so, one-sided")
    look_value: pl.Float64 = pa.Field(nullable=True, description="the metric then")
    look_low: pl.Float64 = pa.Field(nullable=True, description="one-sided lower bound then")
    look_high: pl.Float64 = pa.Field(nullable=True, description="one-sided upper bound then")
    looked_on: pl.Date = pa.Field(nullable=True, description="day of that look")
    next_look_n: pl.Int64 = pa.Field(nullable=True, description="closed trades at the next look; null after the last")
    unchanged_since: pl.Date = pa.Field(description="first day as of which all of this was the same")
    split_feature: pl.String = pa.Field(nullable=True, description="feature of the split; null without one")
    split_at: pl.Float64 = pa.Field(nullable=True, description="high: the feature is at or above this")
    n_high: pl.Int64 = pa.Field(nullable=True, ge=0, description="trades of the high half")
    win_rate_high: pl.Float64 = pa.Field(nullable=True, ge=0, le=1, description="their win rate")
    win_rate_high_low: pl.Float64 = pa.Field(nullable=True, description="95 % interval of it")
    win_rate_high_high: pl.Float64 = pa.Field(nullable=True, description="its upper end")
    n_low: pl.Int64 = pa.Field(nullable=True, ge=0, description="trades of the low half")
    win_rate_low: pl.Float64 = pa.Field(nullable=True, ge=0, le=1, description="their win rate")
    win_rate_low_low: pl.Float64 = pa.Field(nullable=True, description="95 % interval of it")
    win_rate_low_high: pl.Float64 = pa.Field(nullable=True, description="its upper end")
    split_difference: pl.Float64 = pa.Field(nullable=True, description="win rate, high minus low half")
    split_difference_low: pl.Float64 = pa.Field(nullable=True, description="95 % interval of it (Newcombe)")
    split_difference_high: pl.Float64 = pa.Field(nullable=True, description="its upper end")
    claim_sha256: pl.String = pa.Field(
        description="digest of metric, threshold and sample size; another one: looks anew"
    )


class Suggestions(Table, key=("suggestion_id",)):
    """One row per edit of a playbook that a judge asked for, as the ledger has it after the run."""

    suggestion_id: pl.String = pa.Field(description="of the request: the same request is the same suggestion")
    state: pl.String = pa.Field(isin=SUGGESTION_STATES, description="refused: never shown for approval; see reason")
    playbook_id: pl.String = pa.Field(description="the playbook, as asked for")
    section: pl.String = pa.Field(nullable=True, description="Notes or Patterns; null where refused")
    judge: pl.String = pa.Field(description="who asks")
    requested_at: Instant = pa.Field(description="when; UTC day of the partition")
    suggested_text: pl.String = pa.Field(nullable=True, description="as it would be written; null where refused")
    evidence_summary: pl.String = pa.Field(nullable=True, description="the judge's words, made plain; null likewise")
    file_sha256: pl.String = pa.Field(nullable=True, description="of the file that it was made for")
    diff_sha256: pl.String = pa.Field(nullable=True, description="of the rendered difference; null where refused")
    decided_at: Instant = pa.Field(nullable=True, description="when it was applied, rejected or found stale")
    actor: pl.String = pa.Field(nullable=True, description="the person; null where none decided")
    reason: pl.String = pa.Field(nullable=True, description="why it was rejected, refused or is stale")
    after_sha256: pl.String = pa.Field(nullable=True, description="of the file as applied; null where it is not")
