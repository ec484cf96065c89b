"""When the chain runs: on demand, hourly where something is due, and when a file arrives."""

import dagster as dg

from learning_pipeline.datasets.tables import Examples, Manifests
from learning_pipeline.defs.attempts import MAX_ATTEMPTS, WAITING_TAG, digest_of
from learning_pipeline.defs.catalog import LANDED
from learning_pipeline.defs.governance import copies_lag
from learning_pipeline.defs.resources import UNFINISHED, Chain
from learning_pipeline.defs.tables import asset_key
from learning_pipeline.defs.training import TRAINED

OPEN_STATUSES = [*UNFINISHED, dg.DagsterRunStatus.QUEUED, dg.DagsterRunStatus.NOT_STARTED]

WAREHOUSE = dg.AssetKey("warehouse")

chain_job = dg.define_asset_job(
    "chain",
    dg.AssetSelection.all() - dg.AssetSelection.assets(asset_key(Examples), TRAINED),
    description="Everything that is due: files in the inbox to verdicts in the warehouse.",
)
ingest_job = dg.define_asset_job(
    "ingest",
    dg.AssetSelection.assets(*(asset_key(table) for table in LANDED)),
    description="Files in the inbox to the lake; verdicts are left for the next run of the chain.",
)
dataset_job = dg.define_asset_job(
    "dataset",
    dg.AssetSelection.assets(asset_key(Examples), asset_key(Manifests), WAREHOUSE).required_multi_asset_neighbors(),
    description="One dataset of the days that are computed: examples with labels, splits and a manifest.",
)


@dg.schedule(
    job=chain_job,
    cron_schedule="8 * * * *",
    description="Runs the chain each hour at :08, if a file waits, a day is due, or anything was decided about models.",
    default_status=dg.DefaultScheduleStatus.RUNNING,
)
def hourly(context: dg.ScheduleEvaluationContext, chain: Chain) -> dg.RunRequest | dg.SkipReason:
    """The chain, where anything is due; else the reason why not."""
    if not chain.inbox.waiting() and chain.due.dirty_from is None and not copies_lag(chain):
        return dg.SkipReason("nothing is due")
    if _is_busy(context.instance):
        return dg.SkipReason("a run of the chain is queued or under way")
    return dg.RunRequest()


@dg.sensor(
    job=chain_job,
    minimum_interval_seconds=15,
    description=f"Runs the chain when files wait in the inbox: one at a time, {MAX_ATTEMPTS} tries on the same files.",
    default_status=dg.DefaultSensorStatus.RUNNING,
)
def inbox_sensor(context: dg.SensorEvaluationContext, chain: Chain) -> dg.RunRequest | dg.SkipReason:
    """One run of the chain when finished files wait in the inbox and no run is queued or under way."""
    waiting = chain.inbox.waiting()
    if not waiting:
        return dg.SkipReason("every file of the inbox is in the lake")
    if _is_busy(context.instance):
        return dg.SkipReason("a run of the chain is queued or under way")
    digest = digest_of(waiting)
    attempt = len(context.instance.get_runs(dg.RunsFilter(tags={WAITING_TAG: digest}), limit=MAX_ATTEMPTS))
    if attempt >= MAX_ATTEMPTS:
        return dg.SkipReason(f"{attempt} runs on these files failed; see the last one, then start the chain by hand")
    return dg.RunRequest(run_key=f"{digest}:{attempt}", tags={WAITING_TAG: digest})


def _is_busy(instance: dg.DagsterInstance) -> bool:
    return bool(instance.get_runs(dg.RunsFilter(job_name="chain", statuses=OPEN_STATUSES), limit=1))
