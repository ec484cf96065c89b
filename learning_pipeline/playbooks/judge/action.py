"""What a judge may say: six words, two of which ask for something; strict, for it may come from anybody."""

from __future__ import annotations

import json
from typing import Annotated, Any, Final, Literal

import pydantic
from pydantic import BaseModel, ConfigDict, Field

from learning_pipeline.books.research.suggestion import ExperimentSuggestion
from learning_pipeline.playbooks.claim import ID_PATTERN
from learning_pipeline.playbooks.quoting import MOST_CHARACTERS

ActionType = Literal["hold", "replan", "policy_adjust", "stand_down", "suggest_experiment", "update_playbook"]
SUGGEST: Final = "suggest_experiment"
UPDATE: Final = "update_playbook"
MOST_SHOWN = 80


class PlaybookEditSuggestion(BaseModel):
    """Words that a judge would add to a playbook (research-budget, step 4); a person decides."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    playbook_id: str = Field(pattern=ID_PATTERN, description="the playbook")
    section: Literal["Notes", "Patterns"] = Field(description="evidence is written by nobody but the pipeline")
    suggested_text: Annotated[str, Field(min_length=1, max_length=MOST_CHARACTERS, description="what is to be added")]
    evidence_summary: Annotated[str, Field(min_length=1, max_length=1000, description="what supports it")]
    requires_human_review: Literal[True] = Field(default=True, description="always; nothing else can be sent")


class JudgeAction(BaseModel):
    """One thing that a judge says; hold, replan, policy_adjust and stand_down are shown and move nothing here."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    action: ActionType = Field(description="what is asked for")
    rationale: str | None = Field(default=None, max_length=MOST_CHARACTERS, description="why, in the judge's words")
    experiment_suggestion: ExperimentSuggestion | None = Field(default=None, description="of suggest_experiment")
    playbook_edit_suggestion: PlaybookEditSuggestion | None = Field(default=None, description="of update_playbook")

    @pydantic.model_validator(mode="after")
    def _has_its_payload(self) -> JudgeAction:
        asked = {SUGGEST: self.experiment_suggestion, UPDATE: self.playbook_edit_suggestion}
        if any((payload is None) == (self.action == action) for action, payload in asked.items()):
            raise ValueError("suggest_experiment and update_playbook carry their own payload, other actions none")
        return self

    def canonical(self) -> str:
        """Its content as one line of JSON: the same action is the same request."""
        return json.dumps(self.model_dump(exclude_none=True), sort_keys=True, separators=(",", ":"))


def read_edit(payload: str | None) -> PlaybookEditSuggestion | str:
    """The edit that a ``judge_action`` event asks for, or why it is none.

    Parameters
    ----------
    payload : str, optional
        The event's other fields as JSON text: those of the edit, or ``playbook_edit_suggestion`` with them inside.
    """
    content: Any = json.loads(payload or "{}")
    inner = content.get("playbook_edit_suggestion", content)
    try:
        return PlaybookEditSuggestion.model_validate(inner)
    except pydantic.ValidationError as e:
        return fault(e)


def fault(e: pydantic.ValidationError) -> str:
    """What is wrong with what a judge sent, in one line."""
    first = e.errors(include_url=False, include_context=False)[0]
    where = ".".join(map(str, first["loc"])) or "the whole"
    return f"{where}: {first['msg']}, found {repr(first['input'])[:MOST_SHOWN]}"
