"""Tables of the datasets room: what was known at a decision, labelled examples, what a dataset is made of."""

import pandera.polars as pa
import polars as pl

from learning_pipeline.contracts import Instant, Table

KINDS = ["signal", "rag_eval", "prompt_eval"]


class Features(Table, key=("signal_id", "day"), newest=("signal_id", "day")):
    """One row per decided signal and day on which its answer changed: what was known at the instant of the decision."""

    signal_id: pl.String = pa.Field(description="signal")
    decided_at: Instant = pa.Field(description="instant of the decision; nothing later is in the features")
    symbol: pl.String = pa.Field(description="market")
    timeframe: pl.String = pa.Field(description="bar length of the signal")
    strategy: pl.String = pa.Field(description="strategy that made it")
    side: pl.String = pa.Field(isin=["long", "short"], description="direction of the trade")
    book: pl.String = pa.Field(description="whose money")
    decision: pl.String = pa.Field(description="the bot's answer: no feature, it is kept beside them")
    features: pl.String = pa.Field(description="name -> number, null where it is not known; canonical JSON text")


class Examples(Table, key=("dataset_id", "signal_id")):
    """One row per dataset and signal: features known at the decision, and what came of it."""

    dataset_id: pl.String = pa.Field(description="dataset")
    signal_id: pl.String = pa.Field(description="signal")
    decided_at: Instant = pa.Field(description="instant of the decision")
    label_end: Instant = pa.Field(description="instant up to which the barrier label saw prices")
    known_at: Instant = pa.Field(description="instant at which the barrier label was known")
    symbol: pl.String = pa.Field(description="market")
    timeframe: pl.String = pa.Field(description="bar length of the signal")
    strategy: pl.String = pa.Field(description="strategy that made it")
    side: pl.String = pa.Field(isin=["long", "short"], description="direction of the trade")
    book: pl.String = pa.Field(description="whose money")
    decision: pl.String = pa.Field(description="the bot's answer")
    features: pl.String = pa.Field(description="name -> number, null where it is not known; canonical JSON text")
    success: pl.Boolean = pa.Field(description="barrier label: net result above 0")
    net_roi: pl.Float64 = pa.Field(description="barrier label: result after costs, a fraction of notional")
    net_r: pl.Float64 = pa.Field(nullable=True, description="barrier label: result after costs, multiples of R")
    horizons: pl.String = pa.Field(
        description="days -> {end_at, roi, r}: gross result held that long, in the signal's direction; null where the "
        "bars do not reach so far; canonical JSON text"
    )
    weight: pl.Float64 = pa.Field(gt=0, le=1, description="average uniqueness of the barrier label")


class PromptAnswers(Table, key=("dataset_id", "event_id")):
    """One row per dataset and answer of a language model: whether it could be used, and how long it took."""

    dataset_id: pl.String = pa.Field(description="dataset")
    event_id: pl.String = pa.Field(description="the answer's event")
    happened_at: Instant = pa.Field(description="instant of the answer")
    prompt_pack: pl.String = pa.Field(description="prompt pack")
    version: pl.String = pa.Field(description="version of the pack")
    model: pl.String = pa.Field(description="model that answered")
    schema_valid: pl.Boolean = pa.Field(description="the answer fits its schema")
    refused: pl.Boolean = pa.Field(description="the model refused")
    latency_ms: pl.Float64 = pa.Field(ge=0, description="time to the answer, milliseconds")


class RagAnswers(Table, key=("dataset_id", "event_id")):
    """One row per dataset and answer whose claims were counted: how many of them bear a citation."""

    dataset_id: pl.String = pa.Field(description="dataset")
    event_id: pl.String = pa.Field(description="the answer's event")
    happened_at: Instant = pa.Field(description="instant of the answer")
    prompt_pack: pl.String = pa.Field(description="prompt pack")
    version: pl.String = pa.Field(description="version of the pack")
    model: pl.String = pa.Field(description="model that answered")
    n_claims: pl.Int64 = pa.Field(ge=0, description="claims made")
    n_cited: pl.Int64 = pa.Field(ge=0, description="claims with a citation")


class Manifests(Table, key=("dataset_id",)):
    """One row per dataset that is kept: what it is made of."""

    dataset_id: pl.String = pa.Field(description="SHA-256 over content and configuration")
    kind: pl.String = pa.Field(isin=KINDS, description="what its examples are")
    built_at: Instant = pa.Field(description="when it was first built")
    as_of: pl.Date = pa.Field(description="day at whose end everything in it was known")
    first_day: pl.Date = pa.Field(description="first day of decisions")
    last_day: pl.Date = pa.Field(description="last day of decisions")
    n: pl.Int64 = pa.Field(ge=0, description="examples")
    n_effective: pl.Float64 = pa.Field(ge=0, description="sum of uniqueness weights")
    success_share: pl.Float64 = pa.Field(
        nullable=True,
        ge=0,
        le=1,
        description="share of successes (of prompts: of valid answers); null without such a label",
    )
    columns: pl.String = pa.Field(description="names of the features; canonical JSON text, a list")
    config_hash: pl.String = pa.Field(description="SHA-256 of the settings it was built with")
    code_commit: pl.String = pa.Field(description="version of the code that built it")
    snapshot_refs: pl.String = pa.Field(description="lake table -> version read; canonical JSON text")
    content_sha256: pl.String = pa.Field(description="of the rows of its file")
    file_sha256: pl.String = pa.Field(description="of the bytes of its file")
    pinned_by: pl.String = pa.Field(nullable=True, description="artifacts that refer to it; null: it may expire")
