"""One change of one gate, as it is kept and as a bot reads it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec

from learning_pipeline.errors import BadInput

Word = Annotated[str, msgspec.Meta(min_length=1)]
Instant = Annotated[dt.datetime, msgspec.Meta(tz=True)]


class Override(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What one override does to one gate, and the evidence that it rests on.

    Attributes
    ----------
    override_id : str
        Equal for all gates of one policy.
    gate, category : str
        Gate as the bot records it; its name as a category of tuning (``tuning_halo``).
    action : str
        ``drop``, ``threshold`` (the limit becomes ``operand``), ``scale`` (``operand`` times the base limit) or
        ``delta`` (base limit plus ``operand``).
    operand : float or None
        New limit, factor or step; None where the gate is dropped.
    pattern_key : str or None
        Pattern it is for; None: all.
    scope : dict
        Decisions it is for: those that carry these words; empty: all.
    no_change_scopes : list of dict
        Narrower scopes in which it does not apply: there its own evidence was bad.
    selected_at : datetime
        When it was chosen.
    active_at, expires_at : datetime
        In force from the first on, no longer at the second.
    route : str
        ``approved`` by a named person; by ``permutation`` or ``forward`` evidence; ``unverified``: at once, by the
        seed's literal rule.
    delta, base_threshold, effective_threshold, multiplier : float or None
        The change in numbers; None where the base limit was not one known value (multiplier also where it is 0).
    n, benefit, harm, ratio
        Decisions that the change rests on; misses caught, failures added and their ratio: None for route ``approved``
        (ratio also without any harm).
    p_value, q_value, n_trials
        Of the evidence; n_trials: how many were looked at together.
    expected_delta_usd, ci_low_usd, ci_high_usd : float or None
        Net PnL gained over the window of the evidence, with its 95 % interval.
    """

    override_id: Word
    proposal_id: str | None
    gate: Word
    category: Word
    action: Literal["drop", "threshold", "scale", "delta"]
    operand: float | None
    pattern_key: str | None
    scope: dict[str, str]
    no_change_scopes: list[dict[str, str]]
    selected_at: Instant
    active_at: Instant
    expires_at: Instant
    route: Literal["approved", "permutation", "forward", "unverified"]
    approved_by: str | None
    delta: float | None
    base_threshold: float | None
    effective_threshold: float | None
    multiplier: float | None
    n: int
    benefit: int | None
    harm: int | None
    ratio: float | None
    p_value: float | None
    q_value: float | None
    n_trials: int | None
    expected_delta_usd: float | None
    ci_low_usd: float | None
    ci_high_usd: float | None

    def __post_init__(self) -> None:
        if (self.operand is None) != (self.action == "drop"):
            raise ValueError(f"expected an operand unless the gate is dropped, was {self.action} {self.operand}")

    def limit(self, base: float) -> float | None:
        """The limit instead of a base limit; None where the gate is dropped."""
        if self.operand is None:
            return None
        if self.action == "delta":
            return self.operand + base
        return self.operand * base if self.action == "scale" else self.operand

    def is_in_force(self, scope: Mapping[str, str], at: dt.datetime) -> bool:
        """Whether it applies at an instant to a decision of its pattern whose scope holds its own."""
        if not self.active_at <= at < self.expires_at:
            return False
        return not any(narrow.items() <= scope.items() for narrow in self.no_change_scopes)


def read_overrides(rows: Any) -> list[Override]:
    """Overrides from plain values, checked.

    Raises
    ------
    BadInput
        A field is missing, unknown or of another type; names it.
    """
    try:
        return msgspec.convert(rows, list[Override])
    except msgspec.ValidationError as e:
        raise BadInput(f"overrides: {e}") from e


def plain_overrides(overrides: list[Override]) -> list[dict[str, Any]]:
    """Overrides as values that JSON holds; times in ISO 8601."""
    return msgspec.to_builtins(overrides)
