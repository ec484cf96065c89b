"""What a pack says of itself: `pack.json`, read strictly."""

from __future__ import annotations

import datetime as dt
import json
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from learning_pipeline.errors import EvaluationRefused

NAME = r"^[a-z0-9][a-z0-9_-]{0,63}$"
SHA256 = r"^[0-9a-f]{64}$"
MOST_BYTES = 2**20
Level = Annotated[float, Field(gt=0, lt=1)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Window(_Part):
    """Days of decisions that are looked at, both included."""

    first_day: dt.date
    last_day: dt.date

    @model_validator(mode="after")
    def _is_in_order(self) -> Self:
        if self.last_day < self.first_day:
            raise ValueError(f"last_day {self.last_day} is before first_day {self.first_day}")
        return self


class CostModel(_Part):
    """What the results of the examples contain already."""

    fee_bps: float = Field(ge=0, description="fee of each side, basis points")
    slippage_bps: float = Field(ge=0, description="slippage of each side, basis points")
    words: str = Field(min_length=1, max_length=500, description="what is in the results and what is not")


class Thresholds(_Part):
    """What it takes to pass."""

    min_sharpe_gain: float = Field(default=0.1, description="annual Sharpe ratio above the baseline's, at least")
    max_drawdown_tolerance: float = Field(default=0.1, ge=0, description="share by which the drawdown may be deeper")
    dsr_level: Level = Field(default=0.99, description="deflated Sharpe ratio, at least")
    pbo_max: float = Field(default=0.5, ge=0, le=1, description="probability of backtest overfitting, at most")
    pbo_loss_max: float = Field(default=0.05, ge=0, le=1, description="share of choices that lost outside: or this")
    bootstrap_level: Level = Field(default=0.01, description="chance that a bound of the gain is on the wrong side")
    min_trades: int = Field(default=50, ge=1, description="examples that the model takes, at least")
    min_days: int = Field(default=90, ge=30, description="days in the windows, at least")
    embargo_days: float = Field(default=1.0, ge=0, description="days between the training's last label and a window")
    min_rate_gain: float = Field(default=0.0, ge=0, lt=1, description="prompt packs: share above the baseline's")
    min_answers: int = Field(default=100, ge=1, description="prompt packs: answers of each version, at least")


class Measure(_Part):
    """How things are measured."""

    days_per_year: int = Field(default=365, ge=1, description="a daily Sharpe ratio times its root is the annual one")
    bootstrap_draws: int = Field(default=4999, ge=199, le=100_000)
    block_days: int | None = Field(default=None, ge=1, description="null: the cube root of the days")
    seed: int = Field(default=0, ge=0)
    pbo_blocks: int = Field(default=10, ge=2, le=16, multiple_of=2)


class Baseline(_Part):
    """What a model is measured against.

    ``approved``: the signals that the bot itself took; ``all``: every signal; ``version``: a version of a prompt pack.
    """

    rule: Literal["approved", "all", "version"]
    prompt_pack: str | None = None
    version: str | None = None


class Provenance(_Part):
    """Where the data come from."""

    bars_sha256: str = Field(pattern=SHA256, description="of the bars that the labels rest on")
    settings: dict[str, Any] = Field(description="room -> settings that the examples were made with")
    code_version: str = Field(min_length=1, description="version of the code that made them")


class Data(_Part):
    """The file beside it."""

    sha256: str = Field(pattern=SHA256)
    n: int = Field(ge=1, description="rows")


class Manifest(_Part):
    """``pack.json``: canonical JSON; the same content gives the same bytes."""

    format: Literal[1] = 1
    pack_id: str = Field(pattern=NAME)
    version: int = Field(default=1, ge=1)
    kind: Literal["signal_model", "prompt_pack"]
    windows: tuple[Window, ...] = Field(min_length=1, max_length=20)
    baseline: Baseline
    cost_model: CostModel | None
    thresholds: Thresholds
    measure: Measure
    provenance: Provenance
    examples: Data

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        ordered = all(a.last_day < b.first_day for a, b in zip(self.windows, self.windows[1:], strict=False))
        if not ordered:
            raise ValueError("windows: expected one after the other")
        of_prompts = self.kind == "prompt_pack"
        if of_prompts != (self.baseline.rule == "version") or of_prompts != (self.cost_model is None):
            raise ValueError(f"baseline.rule {self.baseline.rule} or its cost_model is none of kind {self.kind}")
        if of_prompts and not (self.baseline.prompt_pack and self.baseline.version):
            raise ValueError("baseline: expected prompt_pack and version")
        return self

    @classmethod
    def read(cls, raw: bytes) -> Manifest:
        """Read ``pack.json``.

        Raises
        ------
        EvaluationRefused
            It is not one: what was expected, what was found and where, in one line.
        """
        if len(raw) > MOST_BYTES:
            raise EvaluationRefused(f"pack.json: expected at most {MOST_BYTES} bytes, found {len(raw)}")
        try:
            return cls.model_validate_json(raw, strict=True)
        except ValidationError as e:
            first = e.errors(include_url=False, include_context=False)[0]
            where = ".".join(map(str, first["loc"])) or "the file"
            found = repr(first["input"]) if first["loc"] and first["type"] != "missing" else "other content"
            words = " ".join(first["msg"].split())
            raise EvaluationRefused(f"pack.json: {where}: {words}; found {found[:80]}") from e

    def raw(self) -> bytes:
        """Canonical bytes: sorted keys, UTF-8, one value a line."""
        document = self.model_dump(mode="json")
        return json.dumps(document, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False).encode() + b"\n"
