"""A trained model as one file: canonical JSON, read strictly; no pickle, and nothing in it is run."""

from __future__ import annotations

import json
from functools import cached_property
from typing import Annotated, Any, Literal, Self

import numpy as np
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator

from learning_pipeline.errors import ArtifactDamaged
from learning_pipeline.models.reference import Reference
from learning_pipeline.models.trees import Trees

MOST_BYTES = 64 * 2**20
Share = Annotated[float, Field(ge=0, le=1)]


def expit(log_odds: np.ndarray) -> np.ndarray:
    """``1 / (1 + exp(-log_odds))``."""
    from scipy import special  # noqa: PLC0415  # slow to import; a run without a model needs none of it

    return special.expit(log_odds)


class Calibration(BaseModel):
    """From log odds to probability: ``1 / (1 + exp(-(slope * log_odds + intercept)))``."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    slope: float = Field(ge=0)
    intercept: float

    def probabilities(self, log_odds: np.ndarray) -> np.ndarray:
        """Calibrated probabilities, (n,)."""
        return expit(self.slope * log_odds + self.intercept)


class Bundle(BaseModel):
    """Everything that a model is; the same training gives the same bytes.

    Attributes
    ----------
    features : tuple of str
        Names of the columns that it takes, in their order.
    dropped : dict
        Features of the dataset that it leaves out, and why.
    booster : dict
        The trees, as XGBoost writes them in JSON.
    calibration : Calibration
        Fitted on predictions out of fold.
    threshold : float
        Probability of a success above which a trade pays: ``mean_loss / (mean_win + mean_loss)`` of the examples.
    mean_win, mean_loss : float
        Weighted mean net result of successes, and minus that of failures; fractions of notional.
    trained_until : datetime
        Last instant that a label of the training saw.
    n, n_effective, success_share
        Examples, sum of their weights, weighted share of successes.
    reference : dict
        Quantiles of each feature over the examples.

    Raises
    ------
    ValidationError
        A part contradicts another.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    format: Literal[1] = 1
    model_type: Literal["signal_model"] = "signal_model"
    dataset_id: str = Field(min_length=1)
    trained_until: AwareDatetime
    n: int = Field(ge=1)
    n_effective: float = Field(gt=0)
    success_share: Share
    features: tuple[str, ...] = Field(min_length=1)
    dropped: dict[str, str]
    params: dict[str, float | int | str]
    booster: dict[str, Any]
    calibration: Calibration
    threshold: Share
    mean_win: float
    mean_loss: float
    reference: dict[str, Reference]

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if len(set(self.features)) != len(self.features) or set(self.reference) != set(self.features):
            raise ValueError("features: expected each name once, and a reference of each")
        _ = self.trees
        return self

    @cached_property
    def trees(self) -> Trees:
        """The trees, checked."""
        return Trees.of(self.booster, len(self.features))

    @classmethod
    def read(cls, raw: bytes) -> Bundle:
        """Read a bundle; whoever reads a file has compared its SHA-256 with the ledger's before.

        Raises
        ------
        ArtifactDamaged
            The bytes are not those of a bundle, in one line.
        """
        if len(raw) > MOST_BYTES:
            raise ArtifactDamaged(f"model bundle: expected at most {MOST_BYTES} bytes, found {len(raw)}")
        try:
            bundle = cls.model_validate_json(raw, strict=True)
        except ValidationError as e:
            first = e.errors(include_input=False, include_url=False, include_context=False)[0]
            where = ".".join(map(str, first["loc"])) or "the file"
            raise ArtifactDamaged(f"model bundle: {where}: {first['msg'].splitlines()[0]}; train again") from e
        if bundle.raw() != raw:
            raise ArtifactDamaged("model bundle: it is not written as we write it: changed by hand; train again")
        return bundle

    def raw(self) -> bytes:
        """Canonical bytes: sorted keys, no spaces, UTF-8."""
        document = self.model_dump(mode="json")
        return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()

    def probabilities(self, x: np.ndarray) -> np.ndarray:
        """Calibrated probability of a success of each row, (n,); ``x`` is (n, features), NaN for unknown."""
        if x.ndim != 2 or x.shape[1] != len(self.features):
            raise ValueError(f"expected {len(self.features)} columns ({', '.join(self.features)}), was {x.shape}")
        return self.calibration.probabilities(self.trees.log_odds(x))

    def takes(self, probabilities: np.ndarray) -> np.ndarray:
        """Whether a trade of such a probability pays, (n,)."""
        return probabilities > self.threshold
