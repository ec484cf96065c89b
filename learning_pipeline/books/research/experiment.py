"""An experiment: what it claims and may trade, the states it goes through, and who may move it."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace
from typing import Any

STATES = ["draft", "running", "paused", "completed", "cancelled"]
PERSON, BOT, JUDGE, LIMIT = "person", "bot", "judge", "limit"
ACTORS = [PERSON, BOT, JUDGE, LIMIT]
"""Who moves an experiment: a named person, a bot's `experiment` event, a judge's suggestion, a loss limit."""

MOVES: dict[tuple[str | None, str], frozenset[str]] = {
    (None, "draft"): frozenset({PERSON, BOT, JUDGE}),
    (None, "running"): frozenset({PERSON, BOT, JUDGE}),
    ("draft", "running"): frozenset({PERSON, BOT}),
    ("draft", "cancelled"): frozenset({PERSON, BOT}),
    ("running", "paused"): frozenset({PERSON, BOT, LIMIT}),
    ("running", "completed"): frozenset({PERSON, BOT}),
    ("running", "cancelled"): frozenset({PERSON, BOT}),
    ("paused", "running"): frozenset({PERSON}),
    ("paused", "completed"): frozenset({PERSON, BOT}),
    ("paused", "cancelled"): frozenset({PERSON, BOT}),
}
"""Every legal move (None: it is new) and who may make it; a pause is lifted by a person alone."""

PLAYBOOK_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
MAX_ID, MAX_TEXT, MAX_WORDS, MAX_WORD = 128, 2000, 64, 64
EMERGENCY = re.compile(r"emergency", re.IGNORECASE)


@dataclass(frozen=True)
class Spec:
    """What an experiment claims and may trade; it never changes.

    Attributes
    ----------
    target_symbols, trigger_categories : tuple of str
        What it covers; empty: all.
    min_sample_size : int
        Closed trades before a verdict.
    max_loss_usd : float
        Loss that pauses it, realised and open, quote money.
    """

    experiment_id: str
    hypothesis: str
    playbook_id: str | None
    target_symbols: tuple[str, ...]
    trigger_categories: tuple[str, ...]
    min_sample_size: int
    max_loss_usd: float

    def covers(self, symbol: str, category: str | None) -> bool:
        """True where a trigger of this market and category is the experiment's to trade."""
        of_symbol = not self.target_symbols or symbol in self.target_symbols
        return of_symbol and (not self.trigger_categories or category in self.trigger_categories)

    def fault(self) -> str | None:
        """Why nobody may ask for this; None where nothing is wrong."""
        words = (*self.target_symbols, *self.trigger_categories)
        texts = (self.experiment_id, self.hypothesis, *words)
        if self.playbook_id is not None and not PLAYBOOK_ID.fullmatch(self.playbook_id):
            return f"playbook_id: expected {PLAYBOOK_ID.pattern}, found {self.playbook_id[:MAX_WORD]!r}"
        if not 0 < len(self.experiment_id) <= MAX_ID or not all(map(str.isprintable, texts)):
            return f"expected printable text and an experiment_id of at most {MAX_ID} characters"
        if len(self.hypothesis) > MAX_TEXT or len(words) > MAX_WORDS or max(map(len, words), default=0) > MAX_WORD:
            return f"expected at most {MAX_TEXT} characters of hypothesis and {MAX_WORDS} short symbols and categories"
        if any(map(EMERGENCY.search, self.trigger_categories)):
            return "emergency exits are never an experiment: they must work, not be tested"
        return None


@dataclass(frozen=True)
class Experiment:
    """An experiment as it stands.

    Attributes
    ----------
    origin : str
        Who asked for it: a bot, a judge, a person.
    session : (source, session_id), optional
        Session that asked for it.
    state_at, moved_by, reason
        Since when it is in its state, who moved it and why.
    realised_usd : float
        Net profit of its trades, the fees of open ones included.
    loss_from_usd : float
        Profit, realised and open, from which on its loss counts: that when a person last started it again.
    """

    spec: Spec
    origin: str
    session: tuple[str, str] | None
    created_at: dt.datetime
    state: str
    state_at: dt.datetime
    moved_by: str
    reason: str
    realised_usd: float = 0.0
    loss_from_usd: float = 0.0

    def moved(self, state: str, at: dt.datetime, actor: str, reason: str) -> Experiment:
        """The experiment in another state; whether that is legal is `refused_move`'s business."""
        return replace(self, state=state, state_at=at, moved_by=actor, reason=reason)

    def told(self) -> dict[str, Any]:
        """What a bot needs of it, in values that JSON holds."""
        spec = self.spec
        return {
            "experiment_id": spec.experiment_id,
            "playbook_id": spec.playbook_id,
            "state": self.state,
            "hypothesis": spec.hypothesis,
            "target_symbols": list(spec.target_symbols),
            "trigger_categories": list(spec.trigger_categories),
            "min_sample_size": spec.min_sample_size,
            "max_loss_usd": spec.max_loss_usd,
        }


def refused_move(before: str | None, after: str, actor: str) -> str | None:
    """Why an actor may not make a move; None where it may.

    >>> refused_move("paused", "running", BOT)
    'paused -> running: only a person may do that, not a bot'
    >>> refused_move("completed", "running", PERSON)
    'completed -> running: no such move'
    """
    allowed = MOVES.get((before, after))
    move = f"{before or 'new'} -> {after}"
    if allowed is None:
        return f"{move}: no such move"
    if actor not in allowed:
        return f"{move}: only a {' or a '.join(sorted(allowed))} may do that, not a {actor}"
    return None
