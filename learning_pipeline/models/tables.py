"""Tables of the models room: artifacts, what evaluations measured, scores of live decisions."""

import pandera.polars as pa
import polars as pl

from learning_pipeline.contracts import Instant, Table

MODEL_TYPES = ["signal_model", "prompt_pack"]
ROLES = ["active", "shadow"]


class Artifacts(Table, key=("artifact_id",)):
    """One row per artifact: its bytes never change."""

    artifact_id: pl.String = pa.Field(description="model type and the first digits of its SHA-256")
    model_type: pl.String = pa.Field(isin=MODEL_TYPES, description="what it is")
    version: pl.Int64 = pa.Field(ge=1, description="counts the artifacts of a type")
    path_ref: pl.String = pa.Field(description="its file, from the data root")
    metrics: pl.String = pa.Field(description="name -> number, measured in training; canonical JSON text")
    created_at: Instant = pa.Field(description="when it was trained: the partition")
    data_snapshot_ref: pl.String = pa.Field(description="what its data were: the dataset and the lake versions read")
    sha256: pl.String = pa.Field(description="of its bytes; checked at every load")
    dataset_id: pl.String = pa.Field(description="dataset it was trained on")
    config_hash: pl.String = pa.Field(description="SHA-256 of the configuration of the training")
    code_commit: pl.String = pa.Field(description="version of the code that trained it")


class Evaluations(Table, key=("eval_id",)):
    """One row per evaluation of an artifact by a pack."""

    eval_id: pl.String = pa.Field(description="evaluation")
    artifact_id: pl.String = pa.Field(description="what was evaluated")
    artifact_sha256: pl.String = pa.Field(description="of the bytes that were evaluated")
    pack_id: pl.String = pa.Field(description="evaluation pack")
    policy_sha256: pl.String = pa.Field(description="of the pack, its data and the thresholds")
    evaluated_at: Instant = pa.Field(description="when: the partition")
    passed: pl.Boolean = pa.Field(description="every gate was passed; false too where it could not be evaluated")
    metrics: pl.String = pa.Field(description="name -> number, of the artifact; canonical JSON text")
    baseline: pl.String = pa.Field(description="name -> number, of the pack's baseline; canonical JSON text")
    gates: pl.String = pa.Field(description="gates with value, bound and whether passed; canonical JSON text, a list")
    reason: pl.String = pa.Field(nullable=True, description="why it failed or could not be evaluated")


class Scores(Table, key=("signal_id", "target", "role", "artifact_id")):
    """One row per decided signal and model that stood for a target, active or shadow, at the decision."""

    signal_id: pl.String = pa.Field(description="signal")
    artifact_id: pl.String = pa.Field(description="artifact that scored it")
    target: pl.String = pa.Field(description="what the artifact is deployed for")
    role: pl.String = pa.Field(isin=ROLES, description="active: the bot was to use it; shadow: nobody acted on it")
    score: pl.Float64 = pa.Field(ge=0, le=1, description="calibrated probability of a success")
    takes: pl.Boolean = pa.Field(description="score above the break-even probability fixed in training")
    known_at: Instant = pa.Field(description="instant of the decision")


class Answers(Table, key=("event_id",)):
    """One row per answer of a language model that a prompt pack is measured by."""

    event_id: pl.String = pa.Field(description="event that reported it")
    prompt_pack: pl.String = pa.Field(description="prompt pack that was asked with")
    version: pl.String = pa.Field(description="version of the pack")
    decided_at: Instant = pa.Field(description="instant of the answer")
    schema_valid: pl.Boolean = pa.Field(description="the answer fits its schema")
    refused: pl.Boolean = pa.Field(description="the model refused")
    n_claims: pl.Int64 = pa.Field(nullable=True, ge=0, description="claims made; null: not counted")
    n_cited: pl.Int64 = pa.Field(nullable=True, ge=0, description="claims with a citation; null: not counted")
