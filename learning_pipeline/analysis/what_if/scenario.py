"""Scenarios: changed policies as data, by name."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from learning_pipeline.contracts import Settings
from learning_pipeline.policy import Policy

FIT: Literal["fit"] = "fit"
Weights = Annotated[dict[str, float], Field(min_length=1)]
Factor = Annotated[float, Field(gt=0)]


def snake_case(name: str) -> str:
    """A gate's name in snake case.

    >>> [snake_case(name) for name in ("VolatilityGuard", "ROIThreshold", "skip:already_open", "ts")]
    ['volatility_guard', 'roi_threshold', 'skip_already_open', 'ts']
    """
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name)
    return re.sub(r"\W+", "_", words).strip("_").lower()


class Scenario(Settings):
    """A question "what if": gates by name, in snake case or as the bot writes them."""

    drop: tuple[str, ...] = Field(default=(), description="gates that no longer exist")
    threshold: dict[str, float] = Field(default={}, description="new limit by gate, in the unit of the gate's value")
    scale: dict[str, Factor] = Field(default={}, description="multiplier of base_threshold by gate")
    weights: dict[str, Weights | Literal["fit"]] = Field(
        default={}, description="by gate: weights of the signal's score components, or `fit`: chosen on earlier days"
    )

    @model_validator(mode="after")
    def _each_gate_changed_once(self) -> Self:
        named = [*self.drop, *self.threshold, *self.scale, *self.weights]
        if len({snake_case(gate) for gate in named}) < len(named):
            raise ValueError("expected at most one change per gate, found a gate named twice")
        if not named:
            raise ValueError("expected a change of at least one gate, found none")
        if len(self.fitted) > 1:
            raise ValueError("expected at most one gate with weights to fit, found several")
        return self

    @property
    def fitted(self) -> list[str]:
        """The gate whose weights are to be fitted, in snake case; empty where there is none."""
        return [snake_case(gate) for gate, weights in self.weights.items() if weights == FIT]

    @property
    def changed(self) -> frozenset[str]:
        """Gates that it names, in snake case."""
        return self.policy.changed.union(self.fitted)

    @property
    def policy(self) -> Policy:
        """The change that needs no fit, by gate in snake case.

        >>> sorted(Scenario(drop=("VolatilityGuard",), scale={"roi": 0.5}).policy.changed)
        ['roi', 'volatility_guard']
        """
        return Policy(
            drop=frozenset(snake_case(gate) for gate in self.drop),
            threshold={snake_case(gate): limit for gate, limit in self.threshold.items()},
            scale={snake_case(gate): factor for gate, factor in self.scale.items()},
            weights={snake_case(gate): weights for gate, weights in self.weights.items() if isinstance(weights, dict)},
        )


DEFAULTS = {
    # The seed asks for 0.5 % instead of 1 %: half of the bot's own limit, whatever that is.
    "half_roi_threshold": Scenario(scale={"roi_threshold": 0.5}),
    "no_volatility_guard": Scenario(drop=("volatility_guard",)),
    "optimized_weights": Scenario(weights={"ts": FIT}),
}
"""Seed learning-engine, "What-If Scenarios"."""
