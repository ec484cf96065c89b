"""Tables of overrides: what people approved and what the evidence chose, for analysts."""

import pandera.polars as pa
import polars as pl

from learning_pipeline.contracts import Instant, Table, Texts

ANSWERS = ["approved", "rejected"]
ROUTES = ["approved", "permutation", "forward", "unverified"]
STATES = ["shadow", "active", "retired"]


class Overrides(Table, key=("override_id", "category")):
    """One row per override and category: what it does to a gate, since when, by whom, on what evidence."""

    override_id: pl.String = pa.Field(description="equal for all categories of one policy")
    proposal_id: pl.String = pa.Field(nullable=True, description="the proposal that it was; null for other routes")
    selected_at: Instant = pa.Field(description="when it was chosen")
    active_at: Instant = pa.Field(nullable=True, description="in force from here on; null where it never was")
    expires_at: Instant = pa.Field(nullable=True, description="no longer in force at this instant; null likewise")
    pattern_key: pl.String = pa.Field(nullable=True, description="pattern it is for; null: every pattern")
    scope: pl.String = pa.Field(description="decisions it is for, as canonical JSON; {}: all")
    category: pl.String = pa.Field(description="category of tuning, one per gate")
    gate: pl.String = pa.Field(description="gate as the bot records it")
    action: pl.String = pa.Field(
        isin=["drop", "threshold", "scale", "delta"], description="what happens to the gate's limit"
    )
    operand: pl.Float64 = pa.Field(
        nullable=True, description="new limit (threshold), factor of the base (scale) or step from it (delta)"
    )
    delta: pl.Float64 = pa.Field(nullable=True, description="effective - base; null where either is unknown")
    base_threshold: pl.Float64 = pa.Field(
        nullable=True, description="the bot's own limit; null where it was not one value in the window of the evidence"
    )
    effective_threshold: pl.Float64 = pa.Field(nullable=True, description="limit under the override; null if dropped")
    multiplier: pl.Float64 = pa.Field(
        nullable=True, description="effective / base within [0.5, 2]; null where unknown or base is 0"
    )
    n: pl.Int64 = pa.Field(ge=0, description="decisions that the change rests on")
    benefit: pl.Int64 = pa.Field(nullable=True, description="misses caught; null for route approved")
    harm: pl.Int64 = pa.Field(nullable=True, description="failures added; null for route approved")
    ratio: pl.Float64 = pa.Field(nullable=True, description="benefit / harm; null for route approved and without harm")
    p_value: pl.Float64 = pa.Field(nullable=True, ge=0, le=1, description="of the evidence")
    q_value: pl.Float64 = pa.Field(nullable=True, ge=0, le=1, description="of the evidence, over n_trials")
    n_trials: pl.Int64 = pa.Field(nullable=True, ge=0, description="guards, scenarios or lessons looked at together")
    expected_delta_usd: pl.Float64 = pa.Field(nullable=True, description="net PnL gained in the evidence's window")
    ci_low_usd: pl.Float64 = pa.Field(nullable=True, description="95 % interval of it")
    ci_high_usd: pl.Float64 = pa.Field(nullable=True, description="95 % interval of it")
    forward_benefit: pl.Int64 = pa.Field(nullable=True, description="after it was chosen: successes newly admitted")
    forward_harm: pl.Int64 = pa.Field(nullable=True, description="failures newly admitted; null for route approved")
    forward_p_half: pl.Float64 = pa.Field(nullable=True, description="binomial p of these against one half")
    forward_p_others: pl.Float64 = pa.Field(nullable=True, description="hypergeometric p against the rest of the pool")
    no_change_scopes: Texts = pa.Field(description="narrower scopes in which it does not apply: it does harm there")
    route: pl.String = pa.Field(
        nullable=True,
        isin=ROUTES,
        description="by whom or by which evidence it came into force; null where it never did",
    )
    approved_by: pl.String = pa.Field(nullable=True, description="the person of route approved")
    state: pl.String = pa.Field(isin=STATES, description="as of the last run of the chain")
    state_at: Instant = pa.Field(description="since when")
    reason: pl.String = pa.Field(description="why it is in that state")
    until: pl.String = pa.Field(nullable=True, description="what would end that state; null where it is over")


class Selected(Overrides, key=("day", "override_id", "category")):
    """One row per category of an override that the evidence chose, and day on which anything about it changed."""


class Transitions(Table, key=("override_id", "moved_at", "to_state")):
    """One row per change of an override's state."""

    override_id: pl.String = pa.Field(description="the override")
    moved_at: Instant = pa.Field(description="when; UTC day of the partition")
    from_state: pl.String = pa.Field(nullable=True, isin=STATES, description="state before; null: it is new")
    to_state: pl.String = pa.Field(isin=STATES, description="state after")
    reason: pl.String = pa.Field(description="why")


class Approvals(Table, key=("proposal_id", "decided_at")):
    """One row per answer of a person to a proposal."""

    proposal_id: pl.String = pa.Field(description="the proposal")
    decided_at: Instant = pa.Field(description="when; UTC day of the partition")
    holds_until: Instant = pa.Field(description="90 days later: from then on the proposal may be answered anew")
    answer: pl.String = pa.Field(isin=ANSWERS, description="what was answered")
    actor: pl.String = pa.Field(description="who answered")
    reason: pl.String = pa.Field(nullable=True, description="in the actor's own words; null where none were given")
    evidence_sha256: pl.String = pa.Field(description="digest of the evidence that was shown to the actor")
    override_id: pl.String = pa.Field(nullable=True, description="the override that it became; null where rejected")
