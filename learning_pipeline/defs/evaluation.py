"""The job that measures an artifact by frozen packs."""

from typing import Any

import dagster as dg
from pydantic import Field

from learning_pipeline.defs.evaluated import Evaluated, evaluated
from learning_pipeline.defs.pictures import picture
from learning_pipeline.defs.required_packs import packs_of_kind
from learning_pipeline.defs.resources import Chain
from learning_pipeline.defs.tables import asset_key
from learning_pipeline.errors import BadInput, EvaluationRefused, Refused
from learning_pipeline.models.evaluation.signal_model import Shown
from learning_pipeline.models.tables import Evaluations
from learning_pipeline.reports import curves_drawing
from learning_pipeline.stores.registry import Registry


class EvaluateConfig(dg.Config):
    """What is measured, and by which packs; none named: those that the settings require."""

    artifact_id: str = Field(description="id of the artifact, as models.artifacts names it")
    packs: list[str] = Field(default_factory=list, description="names of packs; none: those that the settings require")


@dg.op
def evaluate_artifact(context: dg.OpExecutionContext, chain: Chain, config: EvaluateConfig) -> None:
    """Measure an artifact by each pack; what cannot be measured is kept too, and fails the run once all were tried."""
    if not chain.models.enable:
        raise Refused("[models] enable (LEARN_ENABLE) is false: nothing is evaluated")
    packs = config.packs or _required(chain, config.artifact_id)
    done = [evaluated(chain, config.artifact_id, pack_id) for pack_id in packs]
    context.log_event(dg.AssetMaterialization(asset_key(Evaluations), metadata=_said(done)))
    failed = [each.row for each in done if each.row["status"] == "failed"]
    if failed:
        raise EvaluationRefused("; ".join(row["reason"] for row in failed))


@dg.job(name="evaluate", description="An artifact measured by frozen packs: gates, figures, a report.")
def evaluate_job() -> None:
    """Measure."""
    evaluate_artifact()


def _required(chain: Chain, artifact_id: str) -> list[str]:
    """Packs that the settings require of artifacts of its kind."""
    kind = Registry(chain.paths).artifact(artifact_id)["model_type"]
    packs = packs_of_kind(chain.paths, chain.models.eval_packs, kind)
    if not packs:
        known = ", ".join(chain.models.eval_packs)
        raise BadInput(f"no pack that the settings require measures a {kind} ([models] eval_packs: {known}); name one")
    return packs


def _said(done: list[Evaluated]) -> dict[str, Any]:
    """Gates and curves for the UI."""
    said: dict[str, Any] = {"eval_ids": [each.row["eval_id"] for each in done]}
    for row, found in done:
        said[f"gates of {row['pack_id']}"] = dg.MetadataValue.md(_gates(row))
        if found and isinstance(found.shown, Shown):
            shown = picture(curves_drawing(found.shown))
            said |= {f"curves by {row['pack_id']}": each for each in shown.values()}
    return said


def _gates(row: dict[str, Any]) -> str:
    head = "| gate | value | bound | passed |\n|---|---|---|---|\n"
    lines = [f"| {g['gate']} | {g['value']} | {g['bound']} | {g['passed']} |" for g in row["gates"]]
    return f"{'passed' if row['passed'] else 'not passed'}\n\n{head}" + "\n".join(lines) if lines else row["reason"]
