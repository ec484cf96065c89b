"""One evaluation from the artifact's bytes to the ledger, with everything that is noted of it."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, NamedTuple

from learning_pipeline.contracts import content_sha256
from learning_pipeline.defs.resources import Chain
from learning_pipeline.errors import ArtifactDamaged, BadInput, EvaluationFailed, EvaluationRefused
from learning_pipeline.events.tables import AiResponses
from learning_pipeline.models.bundle import Bundle
from learning_pipeline.models.evaluation.answers import answers_of
from learning_pipeline.models.evaluation.evaluation import Evaluation, eval_id, policy_sha256, trials_sha256
from learning_pipeline.models.evaluation.prompt_pack import evaluate_prompt_pack
from learning_pipeline.models.evaluation.signal_model import evaluate_signal_model
from learning_pipeline.models.evaluation.wording import evaluation_entry
from learning_pipeline.models.packs.pack import Pack
from learning_pipeline.models.prompt_pack import PromptPack
from learning_pipeline.reports import Subject, render_evaluation
from learning_pipeline.stores.atomic import atomic_write
from learning_pipeline.stores.dataset_files import DatasetFiles
from learning_pipeline.stores.evaluations import Evaluations
from learning_pipeline.stores.learning_log import write_entries
from learning_pipeline.stores.outbox import Outbox
from learning_pipeline.stores.packs import PackFiles, Packs
from learning_pipeline.stores.registry import Registry

Row = dict[str, Any]
TOLD = ("eval_id", "artifact_id", "pack_id", "status", "passed", "reason", "metrics", "report_ref")


class Evaluated(NamedTuple):
    """What became of an evaluation: its row in the ledger, and what was measured; nothing where it failed."""

    row: Row
    found: Evaluation | None


class Measured(NamedTuple):
    """What was measured of which pack, and the digest of what else it rests on."""

    found: Evaluation
    pack: Pack
    evidence: str


def evaluated(chain: Chain, artifact_id: str, pack_id: str) -> Evaluated:
    """Measure an artifact by a pack, and keep that, also where it could not be measured; the same is kept once.

    Raises
    ------
    BadInput
        There is no such artifact, or no such pack: nothing is kept.
    """
    home = chain.paths
    artifact, files = Registry(home).artifact(artifact_id), Packs(home).files(pack_id)
    try:
        measured = measure(chain, artifact, files)
    except (EvaluationFailed, ArtifactDamaged) as e:
        return _kept(chain, artifact, pack_id, files, " ".join(str(e).split()))
    return _kept(chain, artifact, pack_id, files, measured)


def measure(chain: Chain, artifact: Row, files: PackFiles) -> Measured:
    """Measure an artifact's own bytes by a pack's own bytes; nothing is kept.

    Raises
    ------
    EvaluationFailed
        It cannot be measured.
    ArtifactDamaged
        The bytes are not those that were registered.
    """
    pack = Pack.read(*files)
    raw = Registry(chain.paths).raw(artifact["artifact_id"])
    if artifact["model_type"] == "prompt_pack":
        return _measured_prompts(chain, PromptPack.read(raw), pack)
    trials = Registry(chain.paths).trials(artifact["model_type"])
    dataset = _dataset(chain, artifact["dataset_id"])
    found = evaluate_signal_model(Bundle.read(raw), pack, dataset, trials, artifact["train_id"])
    return Measured(found, pack, trials_sha256(trials))


def _measured_prompts(chain: Chain, prompts: PromptPack, pack: Pack) -> Measured:
    answers = answers_of(chain.lake.read(AiResponses), prompts.name, prompts.version)
    return Measured(evaluate_prompt_pack(prompts, pack, answers), pack, content_sha256(answers))


def _dataset(chain: Chain, dataset_id: str) -> Row:
    try:
        return DatasetFiles(chain.paths.datasets).manifest(dataset_id)
    except BadInput as e:
        raise EvaluationRefused(f"dataset of the training: {e}; without it nobody knows what the training saw") from e


def _kept(chain: Chain, artifact: Row, pack_id: str, files: PackFiles, told: Measured | str) -> Evaluated:
    """The row in the ledger: the one that is there, or a new one with its report, told to the log and the outbox."""
    evaluations = Evaluations(chain.paths)
    row = _row(artifact, pack_id, files, told)
    while (there := evaluations.find(row["eval_id"])) and _is_too_old(chain, there):
        row["eval_id"] = _named(row, told, after=there["eval_id"])
    if there is None:
        row["report_ref"] = _reported(chain, row, told)
        there = evaluations.add(row | {"evaluated_at": dt.datetime.now(dt.UTC)})
        write_entries(chain.paths.learning_log, [evaluation_entry(there)])
    at = dt.datetime.fromisoformat(there["evaluated_at"])
    # each time: whoever died between the ledger and the outbox tells it now, and it is told once
    Outbox(chain.paths).emit("ordinis.learn.eval.completed", there["eval_id"], {k: there[k] for k in TOLD}, at)
    return Evaluated(there, None if isinstance(told, str) else told.found)


def _row(artifact: Row, pack_id: str, files: PackFiles, told: Measured | str) -> Row:
    row: Row = {
        "artifact_id": artifact["artifact_id"],
        "artifact_sha256": artifact["sha256"],
        "dataset_id": artifact["dataset_id"],
        "pack_id": pack_id,
        "policy_sha256": policy_sha256(files.manifest),
        "status": "failed",
        "passed": False,
        "metrics": {},
        "baseline": {},
        "gates": [],
        "reason": told if isinstance(told, str) else told.found.reason,
    }
    if not isinstance(told, str):
        found = told.found
        row |= {"status": "measured", "passed": found.passed, "metrics": dict(found.metrics)}
        row |= {"baseline": dict(found.baseline), "gates": [gate._asdict() for gate in found.gates]}
    return row | {"eval_id": _named(row, told)}


def _named(row: Mapping[str, Any], told: Measured | str, after: str | None = None) -> str:
    failure, evidence = (told, "") if isinstance(told, str) else (None, told.evidence)
    return eval_id(row["artifact_sha256"], row["policy_sha256"], evidence, failure, after)


def _is_too_old(chain: Chain, row: Row) -> bool:
    """Nobody may rely on it any more, so the same measurement may be made anew."""
    age = dt.datetime.now(dt.UTC) - dt.datetime.fromisoformat(row["evaluated_at"])
    return age > dt.timedelta(days=chain.rollout.max_eval_age_days)


def _reported(chain: Chain, row: Row, told: Measured | str) -> str | None:
    if isinstance(told, str):
        return None
    path = chain.paths.evaluations / f"{row['eval_id']}.html"
    subject = Subject(*(row[name] for name in Subject._fields))
    atomic_write(path, render_evaluation(subject, told.pack.manifest, told.found).encode())
    return str(path.relative_to(chain.paths.root))
