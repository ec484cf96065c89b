"""What drift is told from: deployments, trainings and labels, read only where something is deployed or answers."""

import datetime as dt
import itertools
import math
from typing import Any, NamedTuple

import dagster as dg
import polars as pl

from learning_pipeline.contracts import Entry, day_span
from learning_pipeline.contracts.days import ONE_DAY
from learning_pipeline.datasets.tables import Features
from learning_pipeline.defs.resources import NO_DAYS, Chain
from learning_pipeline.defs.tables import Replacement
from learning_pipeline.defs.windows import as_ofs
from learning_pipeline.drift import Alerts, Reference, Scores, begun, watch
from learning_pipeline.drift.alerts import label_alerts, training_alerts
from learning_pipeline.drift.training import reference_of
from learning_pipeline.drift.wording import drift_entries
from learning_pipeline.errors import LearningPipelineError
from learning_pipeline.events.tables import AiResponses
from learning_pipeline.models.bundle import Bundle
from learning_pipeline.models.tables import Scores as ModelScores
from learning_pipeline.shadow.tables import Outcomes
from learning_pipeline.stores.dataset_files import DatasetFiles
from learning_pipeline.stores.registry import Registry
from learning_pipeline.stores.rollouts import Rollouts

TICK = "%Y-%m-%d %H:%M"
INSTANT = pl.Datetime("us", "UTC")
DEPLOYED: dict[str, Any] = {
    "target": pl.String,
    "artifact_id": pl.String,
    "state": pl.String,
    "since": INSTANT,
    "until": INSTANT,
}


class Watched(NamedTuple):
    """Scores of the run's days; alerts of them and of trainings, with the days that they replace; the new ones."""

    scores: pl.DataFrame
    alerts: Replacement
    new: pl.DataFrame


def watched(chain: Chain) -> Watched:
    """Compare what is served on the run's days with what it was trained on; say what is wrong."""
    if chain.days is None:
        return Watched(Scores.frame(), Replacement(Alerts.frame()), Alerts.frame())
    first, last = chain.days
    before = chain.lake.read(Scores, first - chain.drift.alarm_m * ONE_DAY, first - ONE_DAY)
    scores = _scores(chain, first, last, before)
    trainings = training_alerts(Registry(chain.paths).trainings(), chain.drift.failures)
    of_the_days = pl.concat([begun(scores, before), _label_alerts(chain, first, last)])
    alerts, known = _replaced(chain, trainings, of_the_days, first, last)
    new = alerts.frame.join(known, on=Alerts.key(), how="anti")
    chain.log(drift_entries(scores, new))
    return Watched(scores, alerts, new)


def _scores(chain: Chain, first: dt.date, last: dt.date, before: pl.DataFrame) -> pl.DataFrame:
    settings, since = chain.drift, first - (chain.drift.window_days - 1) * ONE_DAY
    deployments = pl.DataFrame(
        [{name: getattr(one, name) for name in DEPLOYED} for one in Rollouts(chain.paths).history()], schema=DEPLOYED
    )
    served, outcomes = _served(chain, deployments, since, last)
    answers = chain.lake.read(AiResponses, since - settings.reference_days * ONE_DAY, last)
    known = _references(chain, served["artifact_id"].unique().sort())
    return watch(served, outcomes, answers, deployments, known, as_ofs(chain), before, settings)


def _served(
    chain: Chain, deployments: pl.DataFrame, since: dt.date, last: dt.date
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Scores with what the model saw, and outcomes; empty, unread, where nothing was ever deployed."""
    if deployments.is_empty():
        return _with_features(ModelScores.frame(), Features.frame()), Outcomes.frame()
    scored, features, outcomes = (chain.lake.read(table, since, last) for table in (ModelScores, Features, Outcomes))
    return _with_features(scored, features), outcomes


def _with_features(scored: pl.DataFrame, features: pl.DataFrame) -> pl.DataFrame:
    return scored.join(features.select("signal_id", "features").unique("signal_id", keep="last"), on="signal_id")


def _references(chain: Chain, artifact_ids: pl.Series) -> dict[str, Reference]:
    """Training of each artifact; one that cannot be read is told in the log, and not compared."""
    registry, datasets, found = Registry(chain.paths), DatasetFiles(chain.paths.datasets), {}
    for artifact_id in artifact_ids:
        try:
            bundle = Bundle.read(registry.raw(artifact_id))
            metrics = registry.artifact(artifact_id)["metrics"]
            found[artifact_id] = reference_of(bundle, datasets.examples(bundle.dataset_id), metrics)
        except LearningPipelineError as e:
            chain.log([Entry("DRIFT", {"model": artifact_id, "not_compared": str(e)}, "WARNING")])
    return found


def _label_alerts(chain: Chain, first: dt.date, last: dt.date) -> pl.DataFrame:
    """Nothing is expected where training is started by hand."""
    if chain.models.train_schedule == "manual":
        return Alerts.frame()
    period = days_between_trainings(chain.models.train_schedule)
    outcomes = chain.lake.read(Outcomes, first - period * ONE_DAY, last)
    labels = outcomes.filter(pl.col("success").is_not_null())["day"].unique()
    return label_alerts(labels, as_ofs(chain), chain.due.first_day, period)


def _replaced(
    chain: Chain, trainings: pl.DataFrame, of_the_days: pl.DataFrame, first: dt.date, last: dt.date
) -> tuple[Replacement, pl.DataFrame]:
    """Alerts of the run's days anew, those of trainings all, between them those that stood; and what stood."""
    span = day_span(pl.concat([trainings["day"], pl.Series([first, last], dtype=pl.Date)])) or NO_DAYS
    anew = pl.col("day").is_between(first, last) | _of_trainings(pl.col("kind"), pl.col("model"))
    known = chain.lake.read(Alerts, *span)
    return Replacement(pl.concat([known.filter(~anew), trainings, of_the_days]), *span), known


def _of_trainings(kind: pl.Expr, model: pl.Expr) -> pl.Expr:
    """Alerts of the clock's days: made of the ledger, whichever days are run."""
    return (kind == "train_failures") | ((kind == "data_missing") & (model != "*"))


def days_between_trainings(cron: str) -> int:
    """Longest time between two ticks of a schedule, whole days; a year where they are further apart.

    >>> days_between_trainings("0 6 * * *"), days_between_trainings("0 6 * * 1"), days_between_trainings("0 6 1 * *")
    (1, 7, 31)
    """
    year = dg.TimeWindowPartitionsDefinition(start=dt.datetime(2024, 1, 1), fmt=TICK, cron_schedule=cron)  # noqa: DTZ001  # naive by Dagster's contract
    ticks = [dt.datetime.strptime(key, TICK) for key in year.get_partition_keys(dt.datetime(2025, 1, 1, tzinfo=dt.UTC))]  # noqa: DTZ007
    gaps = [after - tick for tick, after in itertools.pairwise(ticks)]
    return math.ceil(max(gaps) / ONE_DAY) if gaps else 365
