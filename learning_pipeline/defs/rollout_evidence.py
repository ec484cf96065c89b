"""What the gate asks of others: packs as they are, decisions scored in shadow, drift alarms."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from learning_pipeline.drift.tables import Alerts
from learning_pipeline.models.tables import Scores
from learning_pipeline.rollout.facts import Alarm
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.lake import Lake
from learning_pipeline.stores.rollout_held import Held
from learning_pipeline.stores.rollouts import Row


class Evidence:
    """Read where it lies; nothing is written."""

    def __init__(self, home: Home, lake: Lake) -> None:
        self._home, self._lake = home, lake

    def policies(self, pack_ids: Sequence[str], artifact: Row | None) -> dict[str, str | None]:
        """Digest of each required pack of the artifact's kind as it is now; None where it cannot be read."""
        return {} if artifact is None else dict.fromkeys(pack_ids)

    def in_shadow(self, held: Held, data_now: dt.datetime) -> tuple[list[dt.datetime], list[Alarm]]:
        """Instants that the artifact scored in shadow, and its drift alarms, since it stands there."""
        shadow = held.standing.get("shadow")
        if shadow is None or shadow.artifact_id != held.request["artifact_id"]:
            return [], []
        days = shadow.since.date(), data_now.date()
        scores = self._lake.read(Scores, *days).filter(artifact_id=shadow.artifact_id, role="shadow")
        scored_at = scores.filter(target=shadow.target)["known_at"].sort().to_list()
        alarms = self._lake.read(Alerts, *days).filter(model=shadow.artifact_id, kind="drift").sort("raised_at")
        return scored_at, [Alarm(*row) for row in alarms.select("raised_at", "detail").iter_rows()]
