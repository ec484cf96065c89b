"""What a playbook claims: its front matter, read strictly."""

from __future__ import annotations

import hashlib
from collections.abc import Hashable
from typing import Any, Literal

import pydantic
import yaml
from pydantic import BaseModel, ConfigDict, Field

from learning_pipeline.errors import BadInput
from learning_pipeline.playbooks.document import Document

ID_PATTERN = r"^[a-z0-9][a-z0-9_-]{0,63}$"
MOST_BYTES = 8192
ANY_STRATEGY = "*"


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class Split(_Strict):
    """Two halves of the trades: those with a feature of the signal at or above a number, and those below it."""

    feature: str = Field(min_length=1, max_length=64, description="name of the feature, as the signal carries it")
    at: float = Field(description="in the feature's own unit")


class Claim(_Strict):
    """A playbook's hypothesis as numbers.

    Attributes
    ----------
    playbook_id : str
        Equal to the file's name without ``.md``.
    strategy : str
        Strategy whose trades it is about; ``*``: those of any, with one of its ``patterns``.
    metric : {'win_rate', 'avg_r'}
        What is measured: share of trades that reached +1 R before their stop, or mean R.
    threshold : float
        Validated above it, refuted below it; a fraction or multiples of R.
    min_sample_size : int
        Closed trades at the first look; the others come at 2, 4 and 8 times as many.
    split : Split, optional
        A feature that is claimed to matter.
    """

    playbook_id: str = Field(pattern=ID_PATTERN)
    strategy: str = Field(min_length=1, max_length=64)
    patterns: list[str] = Field(default=[], max_length=32)
    metric: Literal["win_rate", "avg_r"]
    threshold: float = Field(ge=-10, le=10)
    min_sample_size: int = Field(ge=2, le=100_000)
    hypothesis: str = Field(min_length=1, max_length=500)
    split: Split | None = None

    @pydantic.model_validator(mode="after")
    def _is_possible(self) -> Claim:
        if self.metric == "win_rate" and not 0 < self.threshold < 1:
            raise ValueError("the threshold of a win rate lies between 0 and 1")
        if self.strategy == ANY_STRATEGY and not self.patterns:
            raise ValueError("a playbook of any strategy names its patterns")
        return self

    @property
    def sha256(self) -> str:
        """Digest of what decides a verdict; another one means that counting begins anew."""
        told = f"{self.metric} {self.threshold!r} {self.min_sample_size}"
        return hashlib.sha256(told.encode()).hexdigest()


def read_claim(content: bytes, playbook_id: str) -> Claim:
    """The claim of a playbook.

    Parameters
    ----------
    content : bytes
        The whole file.
    playbook_id : str
        Name of the file without ``.md``.

    Raises
    ------
    BadInput
        The front matter is absent, no YAML, or not what is expected: names the key.
    """
    front = Document(content).front_matter
    if front is None:
        raise BadInput(f"{playbook_id}.md: expected front matter between two lines `---` at the top, found none")
    try:
        claim = Claim.model_validate(_yaml(front))
    except pydantic.ValidationError as e:
        first = e.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise BadInput(f"{playbook_id}.md: front matter {key}: {first['msg']}, found {first['input']!r:.80}") from e
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, RecursionError) as e:
        raise BadInput(f"{playbook_id}.md: expected YAML as front matter: {' '.join(str(e).split())}") from e
    if claim.playbook_id != playbook_id:
        raise BadInput(f"{playbook_id}.md: its front matter says playbook_id {claim.playbook_id}; name both alike")
    return claim


def _yaml(front: bytes) -> Any:
    if len(front) > MOST_BYTES:
        raise ValueError(f"more than {MOST_BYTES} bytes")
    return yaml.load(front.decode("utf-8"), Loader=_NoRepeats)  # noqa: S506  # a SafeLoader


class _NoRepeats(yaml.SafeLoader):
    """YAML without tags, aliases (they can make a small text large) and repeated keys (the last would win)."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("an alias (*name) is not allowed")
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        repeated = sorted({str(key) for key in keys if keys.count(key) > 1})
        if repeated:
            raise yaml.YAMLError(f"the key {repeated[0]} stands there twice")
        return super().construct_mapping(node, deep=deep)
