"""The job that trains a model, and when it runs by itself."""

from typing import Any

import dagster as dg
from pydantic import Field

from learning_pipeline.datasets.tables import Examples, Manifests
from learning_pipeline.defs.pictures import picture
from learning_pipeline.defs.resources import Chain
from learning_pipeline.defs.tables import OWNERS, asset_key
from learning_pipeline.defs.trained import Asked, Trained, trained
from learning_pipeline.errors import BadSettings, DataMissing, Refused
from learning_pipeline.models.reliability import reliability
from learning_pipeline.models.settings import ModelsSettings
from learning_pipeline.models.tables import Artifacts
from learning_pipeline.models.training import Recipe
from learning_pipeline.reports.models import importance_drawing, reliability_drawing
from learning_pipeline.stores.mlflow_mirror import reconcile

MANUAL = "manual"
TRAINED = dg.AssetKey(["models", "trained"])


class TrainConfig(dg.Config):
    """Which dataset is trained on (empty: the one that was built last), and who asked for it."""

    dataset_id: str = Field(default="", description="dataset to train on; empty: the one that was built last")
    is_scheduled: bool = Field(default=False, description="whether the schedule asks, not a person")
    asked_by: str = Field(default="", description="the person who asks; empty: nobody by name")


@dg.asset(key=TRAINED, group_name="models", owners=OWNERS, kinds={"xgboost", "mlflow"}, deps=[asset_key(Examples)])
def trained_model(context: dg.AssetExecutionContext, chain: Chain, config: TrainConfig) -> dg.MaterializeResult[Any]:
    """One model per run: a few settings tried out of fold, the best registered; a rollout alone puts it in force.

    Rows go to the ledger, the bytes to ``models/``, and MLflow is brought up to both.
    """
    require_enabled(chain.models)
    recipe = Recipe.of(chain.models, chain.datasets)
    asked = Asked(context.run.run_id, recipe, chain.models.train_retries, config.is_scheduled, config.asked_by or None)
    done = trained(chain.paths, asked, lambda: config.dataset_id or _built(context.instance))
    return dg.MaterializeResult(metadata=_said(done) | {"mirrored": _listed(reconcile(chain.paths))})


@dg.asset_check(asset=asset_key(Artifacts), blocking=False)
def mlflow_mirrors_the_ledger(chain: Chain) -> dg.AssetCheckResult:
    """MLflow, where anything was trained, shows what the ledger says; what differs is put right where it can be."""
    found = reconcile(chain.paths) if chain.paths.mlflow.exists() else []
    passed = all(finding.kind == "added" for finding in found)
    said = {"found": _listed(found)}
    return dg.AssetCheckResult(passed=passed, severity=dg.AssetCheckSeverity.WARN, metadata=said)


train_job = dg.define_asset_job(
    "train",
    dg.AssetSelection.assets(
        asset_key(Examples), TRAINED, asset_key(Manifests), dg.AssetKey("warehouse")
    ).required_multi_asset_neighbors(),
    description="A dataset of the days that are computed, and a model trained on it.",
)
train_on_job = dg.define_asset_job(
    "train_on", dg.AssetSelection.assets(TRAINED), description="A model trained on a dataset that is there."
)


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
        description="A dataset of the days that are computed and a model of it, when [models] train_schedule says so.",
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )
    def tick(chain: Chain) -> dg.RunRequest | dg.SkipReason:
        if not chain.models.enable:
            return dg.SkipReason("LEARN_ENABLE is false")
        return dg.RunRequest(run_config={"ops": {"models__trained": {"config": {"is_scheduled": True}}}})

    return tick


def _built(instance: dg.DagsterInstance) -> str:
    """The dataset that was built last."""
    event = instance.get_latest_materialization_event(asset_key(Examples))
    made = event.asset_materialization if event else None
    if made is None:
        raise DataMissing("no dataset was built yet: there is nothing to train on")
    return str(made.metadata["dataset_id"].value)


def _listed(lines: list[Any]) -> dg.MarkdownMetadataValue:
    return dg.MetadataValue.md("\n".join(f"- {line}" for line in lines))


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
