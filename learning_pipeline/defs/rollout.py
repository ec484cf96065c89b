"""The job that moves a model, and the sensor that asks for it once the ledger holds everything that it takes."""

import datetime as dt
import hashlib

import dagster as dg
from pydantic import Field

from learning_pipeline.defs.attempts import MAX_ATTEMPTS
from learning_pipeline.defs.automation import OPEN_STATUSES
from learning_pipeline.defs.resources import Chain
from learning_pipeline.defs.rollout_evidence import Evidence
from learning_pipeline.defs.rollout_gate import Gate, Waiting

SENSOR = "rollout_gate_sensor"
TAG = "learning_pipeline/rollout"


class MoveConfig(dg.Config):
    """Which request is tried, and by whom; whoever fills this in has approved nothing by it."""

    request_id: str = Field(description="id of the request, as `rollout status` names it")
    actor: str = Field(default="launchpad", description="who tries: a name for the audit")


@dg.op
def move_model(context: dg.OpExecutionContext, config: MoveConfig, chain: Chain) -> None:
    """Move a model as a request asks; fails with every reason why not, which the audit keeps."""
    gate = gate_of(chain)
    stands = gate.move(config.request_id, config.actor, dt.datetime.now(dt.UTC), once=config.actor == SENSOR)
    context.add_output_metadata({state: each.artifact_id for state, each in stands.items()})


@dg.job(name="rollout", tags={"dagster/max_retries": "0"})
def rollout_job() -> None:
    """Move one model, if its request, evaluations, time in shadow and approval allow it: asked for by command line."""
    move_model()


@dg.sensor(
    name=SENSOR,
    job_name="rollout",
    minimum_interval_seconds=30,
    description="Starts the rollout of a request that can be moved now, or whose denial the audit does not know yet.",
    default_status=dg.DefaultSensorStatus.RUNNING,
)
def rollout_gate_sensor(context: dg.SensorEvaluationContext, chain: Chain) -> dg.SensorResult | dg.SkipReason:
    """A run per request that is due; nothing is changed here."""
    if not chain.paths.ledger.exists():
        return dg.SkipReason("nobody asks for a move")
    asked = [_asked(context.instance, each) for each in gate_of(chain).due(dt.datetime.now(dt.UTC))]
    requests = [request for request in asked if request is not None]
    return dg.SensorResult(run_requests=requests) if requests else dg.SkipReason("no request can be moved now")


def gate_of(chain: Chain) -> Gate:
    """The gate of the run's data root."""
    return Gate(chain.paths, chain.effective_settings, Evidence(chain.paths, chain.lake))


def _asked(instance: dg.DagsterInstance, each: Waiting) -> dg.RunRequest | None:
    """A run on what the request is tried on, unless one is under way or as many have failed as may."""
    digest = hashlib.sha256(each.key.encode()).hexdigest()[:16]
    tried = instance.get_runs(dg.RunsFilter(tags={TAG: digest}), limit=MAX_ATTEMPTS)
    if len(tried) >= MAX_ATTEMPTS or any(run.status in OPEN_STATUSES for run in tried):
        return None
    config = dg.RunConfig(ops={"move_model": MoveConfig(request_id=each.request["request_id"], actor=SENSOR)})
    return dg.RunRequest(run_key=f"{digest}:{len(tried)}", tags={TAG: digest}, run_config=config)
