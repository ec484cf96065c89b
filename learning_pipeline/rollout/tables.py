"""Tables of the rollout room: copies of the ledger for analysts."""

import pandera.polars as pa
import polars as pl

from learning_pipeline.contracts import Instant, Table

STATES = ["candidate", "shadow", "active", "retired"]


class Deployments(Table, key=("target", "generation", "artifact_id")):
    """One row per target, move and artifact that it put in another state: the history, and how it stands now."""

    target: pl.String = pa.Field(description="what models are deployed for")
    artifact_id: pl.String = pa.Field(description="artifact")
    artifact_sha256: pl.String = pa.Field(description="of its bytes when it was moved")
    state: pl.String = pa.Field(isin=STATES, description="state from `since` to `until`")
    since: Instant = pa.Field(description="newest instant of the data when it was moved: later decisions are its own")
    until: Instant = pa.Field(nullable=True, description="newest instant of the data when it was moved on; null: now")
    moved_at: Instant = pa.Field(description="when it was moved, by the clock: the partition")
    generation: pl.Int64 = pa.Field(ge=1, description="counts the moves of a target")


class Approvals(Table, key=("approval_id",)):
    """One row per approval: what it is bound to, and what became of it."""

    approval_id: pl.String = pa.Field(description="approval")
    request_id: pl.String = pa.Field(description="request that it answers")
    target: pl.String = pa.Field(description="what the artifact is to be deployed for")
    artifact_id: pl.String = pa.Field(description="artifact")
    artifact_sha256: pl.String = pa.Field(description="of its bytes")
    evaluations_sha256: pl.String = pa.Field(description="of the evaluations it rests on")
    dataset_id: pl.String = pa.Field(description="dataset that it was trained on")
    policy_sha256: pl.String = pa.Field(description="of the packs and the rollout settings")
    replaces_sha256: pl.String = pa.Field(nullable=True, description="of the active artifact; null: there is none")
    requested_by: pl.String = pa.Field(description="person who asked")
    approved_by: pl.String = pa.Field(description="person who answered: another")
    answer: pl.String = pa.Field(isin=["approved", "denied"], description="the answer")
    answered_at: Instant = pa.Field(description="when: the partition")
    expires_at: Instant = pa.Field(nullable=True, description="void from then on; null for a denial")
    used_at: Instant = pa.Field(nullable=True, description="when it moved the artifact; null: not yet")
    reason: pl.String = pa.Field(nullable=True, description="the person's words")


class Audit(Table, key=("seq",)):
    """One row per attempt to move a model: a chain, each record with the hash of the one before."""

    seq: pl.Int64 = pa.Field(ge=1, description="place in the chain")
    recorded_at: Instant = pa.Field(description="when: the partition")
    actor: pl.String = pa.Field(description="person or sensor that tried")
    action: pl.String = pa.Field(description="what was tried")
    target: pl.String = pa.Field(description="what for")
    artifact_id: pl.String = pa.Field(nullable=True, description="artifact")
    outcome: pl.String = pa.Field(isin=["done", "denied"], description="what came of it")
    detail: pl.String = pa.Field(description="reasons, metrics of the evaluations, the approval; canonical JSON text")
    prev_hash: pl.String = pa.Field(description="hash of the record before; zeros for the first")
    hash: pl.String = pa.Field(description="SHA-256 of the record with `prev_hash`")
