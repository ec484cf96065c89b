"""What the bot and its models say of themselves: outcomes, setups, experiments, requests, figures."""

from typing import Annotated

import pandera.polars as pa
import polars as pl

from learning_pipeline.contracts import Texts
from learning_pipeline.events.tables.event import SOME, Event, json_object, optional

Embedding = Annotated[pl.List, pl.Float64]


class EpisodeOutcomes(Event, key=("event_id",)):
    """One row per outcome that the bot reports itself."""

    signal_id: pl.String = pa.Field(description="signal of the episode", str_length=SOME)
    outcome: pl.String = pa.Field(isin=["success", "failure"], description="the bot's verdict")


class Setups(Event, key=("event_id",)):
    """One row per setup report."""

    setup_id: pl.String = pa.Field(description="the bot's id of the setup", str_length=SOME)
    signal_id: pl.String = optional("signal it came from")
    strategy_template_version: pl.String = optional("version of the strategy template")
    playbook_id: pl.String = optional("playbook that was followed")
    outcome: pl.String = optional("how it ended, the bot's word")
    r_achieved: pl.Float64 = optional("result, multiples of R")
    bars_to_outcome: pl.Int64 = optional("bars until it ended", ge=0)


class Experiments(Event, key=("experiment_id", "happened_at"), newest=("experiment_id", "happened_at")):
    """One row per experiment request and revision; the ledger, not this table, says what was granted."""

    experiment_id: pl.String = pa.Field(description="id of the experiment", str_length=SOME)
    hypothesis: pl.String = pa.Field(description="what is claimed")
    status: pl.String = pa.Field(isin=["draft", "running", "paused", "completed", "cancelled"], description="asked for")
    playbook_id: pl.String = optional("playbook under test")
    target_symbols: Texts = pa.Field(description="markets it may trade", metadata={"inside": "exposure"})
    trigger_categories: Texts = pa.Field(description="triggers it may take", metadata={"inside": "exposure"})
    min_sample_size: pl.Int64 = pa.Field(ge=1, description="trades before a verdict", metadata={"inside": "metrics"})
    max_loss_usd: pl.Float64 = pa.Field(ge=0, description="loss that pauses it", metadata={"inside": "metrics"})


class JudgeActions(Event, key=("event_id",)):
    """One row per action of a judge; a request, applied or refused elsewhere."""

    action: pl.String = pa.Field(
        isin=["hold", "replan", "policy_adjust", "stand_down", "suggest_experiment", "update_playbook"],
        description="what the judge asks for",
    )
    payload: pl.String = json_object("all other fields of the event; untrusted", object)


class AiResponses(Event, key=("event_id",)):
    """One row per answer of a language model."""

    prompt_pack: pl.String = pa.Field(description="prompt pack")
    version: pl.String = pa.Field(description="version of the pack")
    model: pl.String = pa.Field(description="model that answered")
    latency_ms: pl.Float64 = pa.Field(ge=0, description="time to the answer, milliseconds")
    schema_valid: pl.Boolean = pa.Field(description="the answer fits its schema")
    refused: pl.Boolean = pa.Field(description="the model refused")
    n_claims: pl.Int64 = optional("claims made", ge=0)
    n_cited: pl.Int64 = optional("claims with a citation", ge=0)
    embedding: Embedding = optional("embedding of the answer")


class AnalyticsReports(Event, key=("event_id",)):
    """One row per figure that the bot reports."""

    name: pl.String = pa.Field(description="name of the figure")
    value: pl.Float64 = pa.Field(description="the figure, in the bot's unit")
    labels: pl.String = json_object("labels of the figure", str)
