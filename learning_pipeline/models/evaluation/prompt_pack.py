"""A prompt pack against the answers of the version it is to replace."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from learning_pipeline.errors import EvaluationRefused
from learning_pipeline.models.evaluation.allowed import require_kind
from learning_pipeline.models.evaluation.evaluation import Evaluation, Gate, Number
from learning_pipeline.models.evaluation.gates import at_least
from learning_pipeline.models.packs.manifest import Thresholds
from learning_pipeline.models.packs.pack import Pack
from learning_pipeline.models.prompt_pack import PromptPack
from learning_pipeline.stats import difference_interval

Floats = NDArray[np.float64]


class Rate(NamedTuple):
    """A share over days: what happened of what could, each day; the days are the independent observations."""

    hits: Floats
    of: Floats

    @property
    def share(self) -> Number:
        """Share over all days; None where nothing could happen."""
        total = math.fsum(self.of)
        return math.fsum(self.hits) / total if total else None


def evaluate_prompt_pack(prompts: PromptPack, pack: Pack, answers: pl.DataFrame) -> Evaluation:
    """Measure a prompt pack by its own answers.

    Parameters
    ----------
    prompts : PromptPack
        Read of the artifact's own bytes.
    pack : Pack
        Of kind ``prompt_pack``: the baseline version's answers, frozen.
    answers : DataFrame
        `Answers` that were recorded; those of this name and version count.

    Raises
    ------
    EvaluationRefused
        The pack is about other prompts, or there are too few answers of either version.
    """
    require_kind(pack, "prompt_pack")
    asked, baseline = pack.manifest.thresholds, pack.manifest.baseline
    if (prompts.name, prompts.version) == (baseline.prompt_pack, baseline.version) or (
        prompts.name != baseline.prompt_pack
    ):
        known = f"{baseline.prompt_pack} {baseline.version}"
        raise EvaluationRefused(
            f"pack {pack.pack_id}: expected another version than {known}, found {prompts.name} {prompts.version}"
        )
    before = _of(pack.rows, baseline.prompt_pack or "", baseline.version or "", asked, pack.pack_id)
    now = _of(answers, prompts.name, prompts.version, asked, pack.pack_id)
    rates = {"schema_valid": (_valid(now), _valid(before)), "citation_coverage": (_cited(now), _cited(before))}
    own: dict[str, Number] = {"n_answers": float(now.height), "n_days": float(now["decided_at"].dt.date().n_unique())}
    other: dict[str, Number] = {"n_answers": float(before.height)}
    gates = []
    for name, (one, two) in rates.items():
        low = difference_bound(one, two, asked.bootstrap_level)
        own |= {name: one.share, f"{name}_gain_low": low}
        other |= {name: two.share}
        gates.append(_gate(name, low, asked))
    return Evaluation(own, other, tuple(gates))


def difference_bound(one: Rate, other: Rate, level: float) -> Number:
    """Lower bound of one share minus another, of separate days each.

    The lower of two: Student's t on ratio residuals by day, for answers of one day share their cause; and Newcombe's of
    independent answers, for days that are all alike (nothing but successes) show no spread. None where one of them has
    fewer than two days, or nothing that could happen.
    """
    from scipy import special  # noqa: PLC0415  # slow to import

    if one.share is None or other.share is None or min(len(one.of), len(other.of)) < 2:
        return None
    parts = [_variance(rate) for rate in (one, other)]
    variance = sum(parts)
    alone = difference_interval(_counts(one), _counts(other), 1 - 2 * level)
    if variance <= 0 or alone is None:
        return None if alone is None else alone[0]
    # Welch and Satterthwaite: as many degrees of freedom as the less certain of the two allows
    freedom = variance**2 / sum(v**2 / (len(r.of) - 1) for v, r in zip(parts, (one, other), strict=True))
    by_day = one.share - other.share - float(special.stdtrit(freedom, 1 - level)) * math.sqrt(variance)
    return min(by_day, alone[0])


def _counts(rate: Rate) -> tuple[int, int]:
    return round(math.fsum(rate.hits)), round(math.fsum(rate.of))


def _variance(rate: Rate) -> float:
    n, share = len(rate.of), rate.share or 0.0
    residuals = rate.hits - share * rate.of
    return n / (n - 1) * math.fsum(residuals**2) / math.fsum(rate.of) ** 2


def _of(rows: pl.DataFrame, name: str, version: str, asked: Thresholds, pack_id: str) -> pl.DataFrame:
    found = rows.filter(pl.col("prompt_pack") == name, pl.col("version") == version).sort("event_id")
    if found.height < asked.min_answers:
        raise EvaluationRefused(
            f"pack {pack_id}: expected at least {asked.min_answers} answers of {name} {version}, found {found.height}"
        )
    return found


def _valid(rows: pl.DataFrame) -> Rate:
    """Answers that fit the schema, of all; a refusal is none."""
    return _by_day(rows, (rows["schema_valid"] & ~rows["refused"]).cast(pl.Float64).to_numpy(), np.ones(rows.height))


def _cited(rows: pl.DataFrame) -> Rate:
    """Claims with a citation, of all claims; answers whose claims were not counted are left out."""
    counted = rows.filter(pl.col("n_claims").is_not_null() & pl.col("n_cited").is_not_null())
    cited, claims = (counted[name].cast(pl.Float64).to_numpy() for name in ("n_cited", "n_claims"))
    return _by_day(counted, cited, claims)


def _by_day(rows: pl.DataFrame, hits: Floats, of: Floats) -> Rate:
    _, day = np.unique(rows["decided_at"].dt.date().to_numpy(), return_inverse=True)
    return Rate(np.bincount(day, hits).astype(np.float64), np.bincount(day, of).astype(np.float64))


def _gate(name: str, low: Number, asked: Thresholds) -> Gate:
    words = f"lower bound ({asked.bootstrap_level:.0%}) of the gain in {name.replace('_', ' ')}"
    gate = at_least(name, low, asked.min_rate_gain, words)
    # "must beat": a bound of exactly 0 with no gain asked for is no gain
    return gate if low is None or low > 0 else gate._replace(passed=False)
