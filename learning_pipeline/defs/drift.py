"""Assets of the drift room: how far what is served lies from what was trained on, and what is wrong."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from learning_pipeline.datasets.tables import Features
from learning_pipeline.defs.resources import NO_DAYS, Chain
from learning_pipeline.defs.tables import asset_key, materialised, out
from learning_pipeline.defs.telling import tell
from learning_pipeline.defs.watching import watched
from learning_pipeline.drift import Alerts, Scores, open_alarms
from learning_pipeline.events.tables import AiResponses
from learning_pipeline.models.tables import Scores as ModelScores
from learning_pipeline.reports import drift_drawing
from learning_pipeline.shadow.tables import Outcomes


@dg.multi_asset(
    name="drift",
    outs={table.table(): out(table) for table in (Scores, Alerts)},
    deps=[asset_key(table) for table in (ModelScores, Features, Outcomes, AiResponses)],
)
def drift(chain: Chain) -> Iterator[Any]:
    """Features, predictions and performance of deployed models, answers of language models; alerts, told once."""
    found = watched(chain)
    newest = found.scores.filter(as_of=(chain.days or NO_DAYS)[1])
    tell(chain, found.new)
    yield materialised(Scores, found.scores, shown=newest.head(20), drawing=drift_drawing(newest))
    yield materialised(Alerts, found.alerts)


@dg.asset_check(asset=asset_key(Scores))
def no_model_has_drifted(chain: Chain) -> dg.AssetCheckResult:
    """No alarm stands at the end of the run's days; names those that do."""
    if chain.days is None:
        return dg.AssetCheckResult(passed=True)
    last = chain.days[1]
    standing = open_alarms(chain.lake.read(Scores, last, last), last)
    names = [f"{row['model']}: {row['metric']} of {row['feature']}" for row in standing.head(5).iter_rows(named=True)]
    said: dict[str, Any] = {"n_alarms": standing.height, "first": ", ".join(names)}
    return dg.AssetCheckResult(passed=standing.is_empty(), severity=dg.AssetCheckSeverity.WARN, metadata=said)
