"""Evidence of playbooks, and the edits of them that wait for a person (research-budget, Step 6)."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, cast

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from learning_pipeline.api.naming import Person
from learning_pipeline.api.problem import NotFound
from learning_pipeline.api.status import AtHome
from learning_pipeline.defs.catalog import SETTINGS
from learning_pipeline.playbooks.claim import ID_PATTERN
from learning_pipeline.playbooks.settings import PlaybooksSettings
from learning_pipeline.sdk.playbooks import current_validation, suggestions_of
from learning_pipeline.stores.settings_file import load_settings
from learning_pipeline.stores.suggestions import Suggestions

router = APIRouter(tags=["playbooks"])
PlaybookId = Annotated[str, Path(pattern=ID_PATTERN)]
SuggestionId = Annotated[str, Query(min_length=1, max_length=200)]


class Seen(BaseModel):
    """What the person who applies an edit has seen of it."""

    model_config = ConfigDict(extra="forbid")

    diff_sha256: str = Field(pattern="^[0-9a-f]{64}$", description="`diff_sha256` of the suggestion as it was shown")


class Why(BaseModel):
    """Why an edit is put aside."""

    model_config = ConfigDict(extra="forbid")

    reason: str | None = Field(default=None, max_length=500, description="in your words")


def kept_suggestions(home: AtHome) -> Suggestions | None:
    """The ledger's suggestions; None where there is no ledger or no folder of playbooks yet: asking makes neither."""
    folder = cast("PlaybooksSettings", load_settings(home.settings, SETTINGS)["playbooks"]).playbook_folder
    there = home.ledger.exists() and (folder or home.playbooks.is_dir())
    return suggestions_of(home, folder) if there else None


Kept = Annotated[Suggestions | None, Depends(kept_suggestions)]


@router.get("/playbooks/edit-suggestions", summary="Edits that judges suggest and that wait for a person")
def edit_suggestions(kept: Kept) -> list[dict[str, Any]]:
    """Pending edits, each with the `diff` it would make and that diff's digest, which applying it asks for."""
    return kept.pending() if kept else []


@router.get("/playbooks/{playbook_id}/validation", summary="What the evidence says of a playbook's claim")
def validation(home: AtHome, playbook_id: PlaybookId) -> dict[str, Any]:
    """The newest evidence: status, closed research trades, win rate, average R, intervals, looks taken."""
    found = current_validation(home).get(playbook_id)
    if found is None:
        raise NotFound(f"{playbook_id}: no run has told of such a playbook")
    return found


@router.post("/playbooks/{playbook_id}/apply-suggestion", summary="Write an edit into its playbook, once")
def apply_suggestion(
    kept: Kept, playbook_id: PlaybookId, suggestion_id: SuggestionId, seen: Seen, by: Person
) -> dict[str, Any]:
    """Apply an edit in the name of the caller; refused where file or difference are not what was shown."""
    suggestions = _holding(kept, playbook_id, suggestion_id)
    return suggestions.apply(suggestion_id, by, dt.datetime.now(dt.UTC), seen.diff_sha256)


@router.post("/playbooks/{playbook_id}/reject-suggestion", summary="Put an edit aside for good")
def reject_suggestion(
    kept: Kept, playbook_id: PlaybookId, suggestion_id: SuggestionId, why: Why, by: Person
) -> dict[str, Any]:
    """Reject an edit in the name of the caller; the file stays as it is."""
    return _holding(kept, playbook_id, suggestion_id).reject(suggestion_id, by, dt.datetime.now(dt.UTC), why.reason)


def _holding(kept: Suggestions | None, playbook_id: str, suggestion_id: str) -> Suggestions:
    """The suggestions, where one of that id is about that playbook."""
    found = [row for row in (kept.every() if kept else []) if row["suggestion_id"] == suggestion_id]
    if kept is None or not found or found[0]["playbook_id"] != playbook_id:
        raise NotFound(f"suggestion_id: no suggestion {suggestion_id[:64]} about {playbook_id}")
    return kept
