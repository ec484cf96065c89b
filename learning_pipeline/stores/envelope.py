"""The envelope of an event as bots write it (CONTRACTS 1): its id is made of what it is about."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from typing import Any

NATURAL_KEY = {
    "signal": ("signal_id",),
    "decision": ("signal_id", "decision", "blocker_component", "approved_by"),
    "order_submitted": ("order_id",),
    "fill": ("fill_id",),
    "trade_blocked": ("signal_id", "order_id", "reason"),
    "trade_closed": ("trade_id",),
    "position": ("position_id",),
    "portfolio_snapshot": (),
    "episode_outcome": ("signal_id",),
    "setup": ("setup_id",),
    "experiment": ("experiment_id",),
    "judge_action": ("action", "experiment_id", "playbook_id"),
    "ai_response": ("prompt_pack", "version", "model"),
    "analytics_report": ("name", "labels"),
}


def enveloped(
    event_type: str, at: dt.datetime, payload: Mapping[str, Any], source: str, session_id: str | None
) -> dict[str, Any]:
    """An event: what is known of its payload, with ``event_id``, ``type``, ``at``, ``source``, ``schema_version``.

    Raises
    ------
    ValueError
        A time without a time zone, or a value of the natural key that JSON cannot hold.
    """
    sent = {name: value for name, value in payload.items() if value is not None}
    about = NATURAL_KEY.get(event_type, sorted(sent))
    natural = [event_type, *(sent.get(name) for name in about), stamp(at), source]
    envelope = {"event_id": hashlib.sha256(encode(natural)).hexdigest(), "type": event_type, "at": stamp(at)}
    session = {"session_id": session_id} if session_id else {}
    return {**sent, **envelope, "source": source, **session, "schema_version": 1}


def encode(value: Any) -> bytes:
    """Canonical JSON; ValueError for what JSON cannot hold."""
    try:
        return _as_text(value).encode()
    except TypeError as e:
        raise ValueError(f"expected text as keys of objects: {e}") from e


def stamp(value: Any) -> str:
    """A time with a zone as RFC 3339 in UTC; ValueError for anything else."""
    if not isinstance(value, dt.datetime) or value.tzinfo is None:
        raise ValueError(f"expected JSON values or times with a time zone, was {value!r}")
    return value.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")


# allow_nan=False: a NaN must fail here, in the bot's own stack, not become a null or a refused line later.
_as_text = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, default=stamp
).encode
