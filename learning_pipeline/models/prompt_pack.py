"""A prompt pack as an artifact: what a language model is told, and the form its answer must have."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from learning_pipeline.errors import ArtifactDamaged, BadInput
from learning_pipeline.models.packs.manifest import NAME

MOST_BYTES = 2**20
Prompt = Annotated[str, Field(min_length=1, max_length=200_000)]


class PromptPack(BaseModel):
    """A named version of prompts; the same content gives the same bytes.

    Attributes
    ----------
    name, version : str
        As `ai_response` events name them.
    prompts : dict
        Role (``system``, ...) -> text.
    response_schema : dict or None
        JSON Schema of an answer.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    format: Literal[1] = 1
    model_type: Literal["prompt_pack"] = "prompt_pack"
    name: str = Field(pattern=NAME)
    version: str = Field(min_length=1, max_length=64)
    prompts: dict[str, Prompt] = Field(min_length=1, max_length=50)
    response_schema: dict[str, Any] | None = None

    @classmethod
    def of(cls, told: dict[str, Any], where: str) -> PromptPack:
        """Of a file's content: ``name, version, system`` or ``prompts``, ``response_schema``.

        Raises
        ------
        BadInput
            It is no prompt pack, in one line.
        """
        try:
            given = dict(told)
            if "system" in given and "prompts" not in given:
                given["prompts"] = {"system": str(given.pop("system")).strip()}
            return cls.model_validate_json(json.dumps(given), strict=True)
        except (ValidationError, TypeError) as e:
            raise BadInput(f"{where}: expected a prompt pack: {_first(e)}") from e

    @classmethod
    def read(cls, raw: bytes) -> PromptPack:
        """Read a registered pack.

        Raises
        ------
        ArtifactDamaged
            The bytes are not those of a prompt pack as we write it.
        """
        if len(raw) > MOST_BYTES:
            raise ArtifactDamaged(f"prompt pack: expected at most {MOST_BYTES} bytes, found {len(raw)}")
        try:
            pack = cls.model_validate_json(raw, strict=True)
        except ValidationError as e:
            raise ArtifactDamaged(f"prompt pack: {_first(e)}; register it again") from e
        if pack.raw() != raw:
            raise ArtifactDamaged("prompt pack: it is not written as we write it: changed by hand; register it again")
        return pack

    def raw(self) -> bytes:
        """Canonical bytes: sorted keys, no spaces, UTF-8."""
        document = self.model_dump(mode="json")
        return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def _first(e: ValidationError | TypeError) -> str:
    if isinstance(e, TypeError):
        return " ".join(str(e).split())
    first = e.errors(include_url=False, include_context=False)[0]
    return f"{'.'.join(map(str, first['loc'])) or 'the file'}: {' '.join(first['msg'].split())}"
