"""What Dagster loads: every asset, check, job, schedule and sensor of ``defs``, with the data root of this process."""

import dagster as dg

from learning_pipeline.defs import (
    allocation,
    analysis,
    books,
    datasets,
    drift,
    events,
    exploration,
    governance,
    missed,
    overrides,
    playbooks,
    proposals,
    research,
    scores,
    shadow,
    strength,
    training,
    tuning,
    warehouse,
    what_if,
)
from learning_pipeline.defs.automation import chain_job, dataset_job, hourly, inbox_sensor, ingest_job
from learning_pipeline.defs.bot_folders import bot_folder_sensor, import_job
from learning_pipeline.defs.evaluation import evaluate_job
from learning_pipeline.defs.lake_io import LakeIO
from learning_pipeline.defs.resources import Chain
from learning_pipeline.defs.rollout import rollout_gate_sensor, rollout_job
from learning_pipeline.defs.training import train_job, train_on_job, train_schedules
from learning_pipeline.stores.home import Home

chain = Chain.configure_at_launch(home=str(Home.at().root))
MODULES = [events, shadow, analysis, what_if, missed, exploration, proposals, overrides, tuning, strength]
MODULES += [allocation, books, research, playbooks, datasets, scores, training, drift, governance, warehouse]

defs = dg.Definitions(
    assets=dg.load_assets_from_modules(MODULES),
    asset_checks=dg.load_asset_checks_from_modules(MODULES),
    jobs=[chain_job, ingest_job, import_job, evaluate_job, dataset_job, train_job, train_on_job, rollout_job],
    schedules=[hourly, *train_schedules(Chain(home=str(Home.at().root)).models)],
    sensors=[inbox_sensor, bot_folder_sensor, rollout_gate_sensor],
    resources={"chain": chain, "io_manager": LakeIO(chain=chain)},
    executor=dg.in_process_executor,
)
