"""One posture in force, and the rules that go with it, as a bot reads them."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

import msgspec

from learning_pipeline.errors import BadInput

Word = Annotated[str, msgspec.Meta(min_length=1)]
Instant = Annotated[dt.datetime, msgspec.Meta(tz=True)]
Direction = Annotated[float, msgspec.Meta(ge=-1, le=1)]
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]


class Posture(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which way the trades of a pattern and scope say to lean, and how sure that is.

    Attributes
    ----------
    override_id : str
        Of the selection that is in force.
    pattern_key : str
        Pattern it is for.
    scope : dict
        Signals it is for: those that carry these words; empty: all of the pattern.
    dir_a, dir_e : float
        In [-1, 1]: towards more or less aggression; towards earlier or later exits.
    confidence : float
        In [0, 1].
    edge_raw_roi : float
        Mean ROI, a fraction.
    n : int
        Trades that it rests on.
    active_from, expires_at : datetime
        In force from the first on, no longer at the second.
    """

    override_id: Word
    pattern_key: Word
    scope: dict[str, str]
    dir_a: Direction
    dir_e: Direction
    confidence: Share
    edge_raw_roi: float
    n: int
    active_from: Instant
    expires_at: Instant


class Delta(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a flag of a signal adds to A and to E."""

    a: float = 0.0
    e: float = 0.0


class Rules(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Settings that steering needs; as `PostureSettings`.

    Attributes
    ----------
    ae_v2_enabled : bool
        A and E of a signal are 0.5 and the sum of its flags' deltas; else the bot's own.
    flags : dict of Delta
        By flag.
    base_bias : float
        Added to A per unit of ROI; 0 is off.
    """

    ae_v2_enabled: bool = True
    flags: dict[str, Delta] = {}
    base_bias: float = 0.0


class Document(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All that a bot needs: the rules of the last run, and the postures in force after it."""

    rules: Rules = Rules()
    postures: list[Posture] = []


def read_document(values: Any) -> Document:
    """A document from plain values, checked.

    Raises
    ------
    BadInput
        A field is missing, unknown or of another type; names it.
    """
    try:
        return msgspec.convert(values, Document)
    except msgspec.ValidationError as e:
        raise BadInput(f"postures: {e}") from e
