"""From an evaluation to its page."""

from __future__ import annotations

from typing import NamedTuple

from learning_pipeline.models.evaluation.evaluation import Evaluation, Number
from learning_pipeline.models.evaluation.signal_model import Shown
from learning_pipeline.models.packs.manifest import Manifest
from learning_pipeline.reports.evaluation.model import model_sections
from learning_pipeline.reports.page import environment
from learning_pipeline.reports.section import Grid, Section
from learning_pipeline.reports.words import MINUS, count

MARKS = {"\u25b2": "saves", "\u25bc": "costs"}
GATES = ("gate", "measured", "bound", "verdict", "in words")


class Subject(NamedTuple):
    """What was evaluated: names and digests as the ledger has them."""

    eval_id: str
    artifact_id: str
    artifact_sha256: str
    policy_sha256: str


def render_evaluation(subject: Subject, pack: Manifest, found: Evaluation) -> str:
    """The page as one HTML text that needs nothing else; the same evaluation gives the same text."""
    of_model = model_sections(found, found.shown, pack) if isinstance(found.shown, Shown) else _rates(found)
    sections = [_gates(found), *of_model, _measured_how(subject, pack)]
    page = environment().get_template("evaluation.html")
    verdict = "passed" if found.passed else "not passed"
    return page.render(
        title=f"{subject.artifact_id} by {pack.pack_id}: {verdict}",
        eval_id=subject.eval_id,
        headline=headline(subject, pack, found),
        lead=_lead(pack),
        sections=sections,
        marks=MARKS,
    )


def headline(subject: Subject, pack: Manifest, found: Evaluation) -> str:
    """The answer in one sentence."""
    n = len(found.gates)
    if found.passed:
        return f"{subject.artifact_id} passed {pack.pack_id}: all {count(n, 'gate')} hold."
    failed = [gate.gate.replace("_", " ") for gate in found.gates if not gate.passed]
    return f"{subject.artifact_id} did not pass {pack.pack_id}: {len(failed)} of {n} gates fail ({', '.join(failed)})."


def _lead(pack: Manifest) -> str:
    windows = ", ".join(f"{window.first_day} to {window.last_day}" for window in pack.windows)
    costs = f" Costs: {pack.cost_model.words}" if pack.cost_model else ""
    return f"Measured on frozen data: decisions from {windows}, {count(pack.examples.n, 'row')}.{costs}"


def _gates(found: Evaluation) -> Section:
    rows = [
        (
            gate.gate.replace("_", " "),
            number(gate.value) or "not computable",
            number(gate.bound),
            "\u25b2 passed" if gate.passed else "\u25bc not passed",
            gate.words,
        )
        for gate in found.gates
    ]
    grid = Grid("Every gate must be passed", GATES, rows, frozenset(GATES[1:3]))
    failed = [gate.words for gate in found.gates if not gate.passed]
    said = "Why it was not passed:" if failed else "Every condition holds."
    return Section("gates", "Gates", (said, *failed), None, (grid,))


def _rates(found: Evaluation) -> list[Section]:
    names = [name for name in found.metrics if name in found.baseline]
    rows = [(name.replace("_", " "), number(found.metrics[name]), number(found.baseline[name])) for name in names]
    grid = Grid("Answers, and the shares among them", ("figure", "this pack", "baseline"), rows)
    return [Section("rates", "Beside the baseline", (), None, (grid,))]


def _measured_how(subject: Subject, pack: Manifest) -> Section:
    rows = [
        ("artifact", subject.artifact_id),
        ("its SHA-256", subject.artifact_sha256),
        ("pack and version", f"{pack.pack_id} {pack.version}"),
        ("policy (pack, data, gates)", subject.policy_sha256),
        ("bars of the pack", pack.provenance.bars_sha256),
        ("made by code", pack.provenance.code_version),
    ]
    note = "The figures were computed from these bytes, none was handed in; the same bytes give this page again."
    return Section("how", "What was measured", (), None, (Grid("", ("what", "which"), rows),), (note,))


def number(value: Number) -> str:
    """A figure as people read it; nothing for null."""
    if value is None:
        return ""
    text = f"{value:,.0f}" if float(value).is_integer() and abs(value) >= 10 else f"{value:.4g}"
    return text.replace("-", MINUS)
