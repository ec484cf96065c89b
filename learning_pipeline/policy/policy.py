"""A changed policy: what is different about the gates."""

from __future__ import annotations

from typing import Self

from pydantic import Field, field_serializer, model_validator

from learning_pipeline.contracts import Settings


class Policy(Settings):
    """A change of gates by name; a gate not named stays as it was. The empty policy changes nothing.

    Examples
    --------
    >>> sorted(Policy(drop={"spread"}, scale={"halo": 1.2}).changed)
    ['halo', 'spread']
    """

    drop: frozenset[str] = Field(default=frozenset(), description="gates that no longer exist")
    threshold: dict[str, float] = Field(default={}, description="new limit by gate, in the unit of the gate's value")
    scale: dict[str, float] = Field(default={}, description="multiplier of base_threshold by gate")

    @property
    def changed(self) -> frozenset[str]:
        """Gates that the policy names."""
        return self.drop | self.threshold.keys() | self.scale.keys()

    @model_validator(mode="after")
    def _one_change_per_gate(self) -> Self:
        if len(self.changed) < len(self.drop) + len(self.threshold) + len(self.scale):
            raise ValueError("expected at most one change per gate, found a gate named twice")
        return self

    @field_serializer("drop", "threshold", "scale")
    def _in_name_order(self, change: frozenset[str] | dict[str, float]) -> list[str] | dict[str, float]:
        """Equal policies are written, and therefore hashed, alike."""
        return {gate: change[gate] for gate in sorted(change)} if isinstance(change, dict) else sorted(change)
