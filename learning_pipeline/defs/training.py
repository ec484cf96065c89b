"""The job that trains a model, and when it runs by itself."""

from typing import Any

import dagster as dg

from learning_pipeline.defs.pictures import picture
from learning_pipeline.defs.resources import Chain
from learning_pipeline.defs.trained import Trained, Training, trained
from learning_pipeline.errors import BadSettings, Refused
from learning_pipeline.models.reliability import reliability
from learning_pipeline.models.settings import ModelsSettings
from learning_pipeline.models.training import Recipe
from learning_pipeline.reports.models import importance_drawing, reliability_drawing
from learning_pipeline.stores.mlflow_mirror import reconcile

MANUAL = "manual"


class TrainConfig(dg.Config):
    """What is trained on: a dataset that is there; empty: one is built of the days, by default of all of them."""

    dataset_id: str = ""
    first: str = ""
    last: str = ""
    is_scheduled: bool = False


@dg.op
def train_model(context: dg.OpExecutionContext, chain: Chain, config: TrainConfig) -> dg.Output[str]:
    """Build the dataset, try a few settings out of fold, register the best; it goes into force only by a rollout."""
    require_enabled(chain.models)
    recipe = Recipe.of(chain.models.seed, chain.datasets.embargo_days, chain.models.min_samples)
    retries = chain.models.train_retries
    asked = Training(chain.paths, context.run_id, recipe, retries, config.is_scheduled, lambda: _dataset(chain, config))
    done = trained(asked)
    return dg.Output(done.artifact["artifact_id"], metadata=_said(done))


@dg.op
def mirror(chain: Chain, artifact_id: str) -> dg.Output[str]:
    """Bring MLflow's registry up to the ledger."""
    said = reconcile(chain.paths)
    return dg.Output(artifact_id, metadata={"mirrored": dg.MetadataValue.md("\n".join(f"- {line}" for line in said))})


@dg.job(name="train", description="A dataset, a model trained on it, and MLflow brought up to the registry.")
def train_job() -> None:
    """Dataset, training, mirror."""
    mirror(train_model())


def train_schedules(settings: ModelsSettings) -> list[dg.ScheduleDefinition]:
    """The schedule of the setting; none where it says ``manual``.

    Raises
    ------
    BadSettings
        It is neither that nor a cron line.
    """
    if settings.train_schedule == MANUAL:
        return []
    try:
        return [_schedule(settings.train_schedule)]
    except dg.DagsterInvalidDefinitionError as e:
        found = settings.train_schedule
        raise BadSettings(
            f"[models] train_schedule (LEARN_TRAIN_SCHEDULE): expected `manual` or a cron line in UTC, found {found!r}"
        ) from e


def require_enabled(settings: ModelsSettings) -> None:
    """Refuse where learning is switched off.

    Raises
    ------
    Refused
        LEARN_ENABLE is false.
    """
    if not settings.enable:
        raise Refused("[models] enable (LEARN_ENABLE) is false: nothing is trained; events are captured all the same")


def _schedule(cron: str) -> dg.ScheduleDefinition:
    @dg.schedule(
        name="train_schedule",
        job=train_job,
        cron_schedule=cron,
        execution_timezone="UTC",
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )
    def tick(chain: Chain) -> dg.RunRequest | dg.SkipReason:
        if not chain.models.enable:
            return dg.SkipReason("LEARN_ENABLE is false")
        return dg.RunRequest(run_config={"ops": {"train_model": {"config": {"is_scheduled": True}}}})

    return tick


def _dataset(chain: Chain, config: TrainConfig) -> str:
    return config.dataset_id


def _said(done: Trained) -> dict[str, Any]:
    """Figures and pictures of a training for the UI."""
    chosen, bundle, sample = done.found.chosen, done.bundle, done.found.sample
    probability = bundle.calibration.probabilities(chosen.log_odds)
    bins = reliability(probability, sample.success[chosen.rows], sample.weight[chosen.rows])
    gains = dict(zip(bundle.features, bundle.trees.gains(len(bundle.features)).tolist(), strict=True))
    importance = picture(importance_drawing(gains))
    return {
        **{name: done.artifact[name] for name in ("artifact_id", "dataset_id", "sha256")},
        **done.found.metrics,
        **picture(reliability_drawing(bins, bundle.threshold)),
        **{f"{name}_of_features": value for name, value in importance.items()},
    }
