"""A changed policy: what is different about the gates."""

from __future__ import annotations

from typing import Any, Self

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
    weights: dict[str, dict[str, float]] = Field(
        default={}, description="by gate: its value is the sum of the signal's score components by these weights"
    )

    @property
    def changed(self) -> frozenset[str]:
        """Gates that the policy names."""
        return self.drop | self.threshold.keys() | self.scale.keys() | self.weights.keys()

    @model_validator(mode="after")
    def _one_change_per_gate(self) -> Self:
        named = [self.drop, self.threshold, self.scale, self.weights]
        if len(self.changed) < sum(map(len, named)):
            raise ValueError("expected at most one change per gate, found a gate named twice")
        return self

    @field_serializer("drop", "threshold", "scale", "weights")
    def _in_name_order(self, change: frozenset[str] | dict[str, Any]) -> Any:
        """Equal policies are written, and therefore hashed, alike."""
        return _sorted(change) if isinstance(change, dict) else sorted(change)


def _sorted(named: Any) -> Any:
    """Keys in order, at every depth."""
    return {name: _sorted(named[name]) for name in sorted(named)} if isinstance(named, dict) else named
