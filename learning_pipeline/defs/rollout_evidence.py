"""What the gate asks of others: packs as they are, decisions scored in shadow, drift alarms."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from learning_pipeline.defs.required_packs import packs_of_kind
from learning_pipeline.drift.tables import Alerts
from learning_pipeline.errors import ArtifactDamaged, BadInput, EvaluationFailed
from learning_pipeline.events.tables import AiResponses
from learning_pipeline.models.evaluation.evaluation import policy_sha256
from learning_pipeline.models.packs.pack import Pack
from learning_pipeline.models.prompt_pack import PromptPack
from learning_pipeline.models.tables import Scores
from learning_pipeline.rollout.facts import Alarm
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.lake import Lake
from learning_pipeline.stores.packs import Packs
from learning_pipeline.stores.registry import Registry
from learning_pipeline.stores.rollout_held import Held
from learning_pipeline.stores.rollouts import Row


class Evidence:
    """Read where it lies; nothing is written."""

    def __init__(self, home: Home, lake: Lake) -> None:
        self._home, self._registry, self._lake = home, Registry(home), lake

    def policies(self, pack_ids: Sequence[str], artifact: Row | None) -> dict[str, str | None]:
        """Digest of each required pack of the artifact's kind as it is now; None where it cannot be read."""
        kind: str = (artifact or {}).get("model_type", "")
        found: dict[str, str | None] = {}
        for pack_id in pack_ids:
            found |= self._policy(pack_id, kind)
        return found

    def in_shadow(self, held: Held, data_now: dt.datetime) -> tuple[list[dt.datetime], list[Alarm]]:
        """Instants that the artifact scored in shadow, and its drift alarms, since it stands there."""
        shadow = held.standing.get("shadow")
        if shadow is None or shadow.artifact_id != held.request["artifact_id"]:
            return [], []
        days = shadow.since.date(), data_now.date()
        named = {"model": shadow.artifact_id, "target": shadow.target, "kind": "drift"}
        alarms = self._lake.read(Alerts, *days).filter(**named).sort("raised_at")
        return self._scored_at(held, days), [Alarm(*row) for row in alarms.select("raised_at", "detail").iter_rows()]

    def _scored_at(self, held: Held, days: tuple[dt.date, dt.date]) -> list[dt.datetime]:
        """Of a signal model the decisions that it scored, of a prompt pack the answers that its version gave."""
        artifact_id, target = held.request["artifact_id"], held.request["target"]
        if (held.artifact or {}).get("model_type") != "prompt_pack":
            scores = self._lake.read(Scores, *days).filter(artifact_id=artifact_id, target=target, role="shadow")
            return scores["known_at"].sort().to_list()
        try:
            pack = PromptPack.read(self._registry.raw(artifact_id))
        except ArtifactDamaged:
            return []  # a reason why not of its own
        answers = self._lake.read(AiResponses, *days).filter(prompt_pack=pack.name, version=pack.version)
        return answers["happened_at"].sort().to_list()

    def _policy(self, pack_id: str, kind: str) -> dict[str, str | None]:
        try:
            of_kind = packs_of_kind(self._home, [pack_id], kind)
            return {each: policy_sha256(Pack.read(*Packs(self._home).files(each)).raw) for each in of_kind}
        except (BadInput, EvaluationFailed):
            return {pack_id: None}  # a reason why not of its own: pack_unknown
