"""A judge's suggestion of an experiment: typed, strict and bounded, for it is untrusted."""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Any

import pydantic
from pydantic import BaseModel, ConfigDict, Field

from learning_pipeline.books.research.experiment import MAX_TEXT, MAX_WORD, MAX_WORDS, PLAYBOOK_ID, Spec

Word = Annotated[str, Field(min_length=1, max_length=MAX_WORD)]
Text = Annotated[str, Field(min_length=1, max_length=MAX_TEXT)]


class ExperimentSuggestion(BaseModel):
    """What a judge asks to be tried (research-budget, step 4); money in quote money."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    playbook_id: str = Field(pattern=f"^{PLAYBOOK_ID.pattern}$", description="playbook under test")
    hypothesis: Text = Field(description="what is claimed")
    target_symbols: list[Word] = Field(max_length=MAX_WORDS, description="markets it may trade; empty: all")
    trigger_categories: list[Word] = Field(max_length=MAX_WORDS, description="triggers it may take; empty: all")
    min_sample_size: int = Field(default=20, ge=1, le=100_000, description="closed trades before a verdict")
    max_loss_usd: float = Field(default=50.0, ge=0, description="loss that pauses it, quote money")
    rationale: Text = Field(description="why the judge suggests it")

    def spec(self, request_id: str) -> Spec:
        """The experiment asked for; its id follows from the playbook and the request."""
        digest = hashlib.sha256(request_id.encode()).hexdigest()[:12]
        return Spec(
            experiment_id=f"{self.playbook_id}-{digest}",
            hypothesis=self.hypothesis,
            playbook_id=self.playbook_id,
            target_symbols=tuple(self.target_symbols),
            trigger_categories=tuple(self.trigger_categories),
            min_sample_size=self.min_sample_size,
            max_loss_usd=self.max_loss_usd,
        )


def read_suggestion(payload: str | None) -> ExperimentSuggestion | str:
    """The suggestion of a `judge_action` event, or why it is none.

    Parameters
    ----------
    payload : str, optional
        The event's other fields as JSON text: those of the suggestion, or ``experiment_suggestion`` with them inside.
    """
    content: Any = json.loads(payload or "{}")
    try:
        return ExperimentSuggestion.model_validate(content.get("experiment_suggestion", content))
    except pydantic.ValidationError as e:
        first = e.errors(include_url=False, include_context=False)[0]
        where = ".".join(map(str, first["loc"])) or "experiment_suggestion"
        return f"{where}: {first['msg']}, found {repr(first['input'])[:MAX_WORD]}"
