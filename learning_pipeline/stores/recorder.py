"""The append-only writer of events that a bot uses."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import threading
from pathlib import Path
from typing import Any, Self

from learning_pipeline.stores.event_file import EventFiles

MAX_FILE_BYTES = 64 * 1024 * 1024

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


class Recorder:
    """Writes events as JSON Lines into a folder, safe to kill at any instant.

    One method per event type takes the payload of that type as keywords, plus ``at`` (timezone-aware; now by default).
    ``track_block`` and ``track_approval`` take the decision tracker's arguments (seed learning-engine, "Decision
    Tracker"). Lines go to ``NAME.jsonl.open``; the file becomes ``NAME.jsonl`` each hour, at 64 MiB and on ``close``.
    What a killed recorder left open is closed by the next one on the same folder. Threads may share a recorder.

    Parameters
    ----------
    path : path
        Folder to write to; the inbox of a data root, or any folder that ``ingest`` is given later.
    source : str
        Name of the bot.
    session_id : str, optional
        The bot's session; the source by default.
    sync_every : int
        Events between two forced writes to disk; at most that many can be lost by a power cut, none by a kill.
    hours : float
        Hours after which a file is closed, looked at with each event.
    max_bytes : int
        Size at which a file is closed.

    Raises
    ------
    ValueError
        The source is empty.

    Examples
    --------
    >>> import datetime as dt, tempfile
    >>> folder = tempfile.mkdtemp()
    >>> with Recorder(folder, source="demo-bot") as recorder:
    ...     at = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
    ...     _ = recorder.track_block(signal_id="s1", blocker_component="SpreadGuard", blocker_reason="9 > 5", at=at)
    >>> next(Path(folder).glob("*.jsonl")).read_text().count("SpreadGuard")
    1
    """

    def __init__(
        self,
        path: str | Path,
        source: str,
        session_id: str | None = None,
        sync_every: int = 1000,
        hours: float = 1.0,
        max_bytes: int = MAX_FILE_BYTES,
    ) -> None:
        if not source:
            raise ValueError("source: expected the name of the bot, was empty")
        self.folder, self.source, self.session_id = Path(path), source, session_id
        self._files = EventFiles(self.folder, _stem(source), sync_every, dt.timedelta(hours=hours), max_bytes)
        self._lock = threading.Lock()

    def write(self, event_type: str, at: dt.datetime | None = None, **payload: Any) -> str:
        """Append one event; returns its event_id.

        Raises
        ------
        ValueError
            For a time without a time zone, an unknown event type, or a value that JSON cannot hold; nothing is written.
        """
        event = self._event(event_type, at or dt.datetime.now(dt.UTC), payload)
        line = _encode(event) + b"\n"
        with self._lock:
            self._files.append(line)
        return event["event_id"]

    def signal(self, **payload: Any) -> str:
        """What the bot wants to do."""
        return self.write("signal", **payload)

    def decision(self, **payload: Any) -> str:
        """The answer to a signal, with its market snapshot and gates."""
        return self.write("decision", **payload)

    def track_block(
        self,
        signal_id: str,
        blocker_component: str,
        blocker_reason: str | None = None,
        symbol: str | None = None,
        signal_metadata: dict[str, Any] | None = None,
        **payload: Any,
    ) -> str:
        """A guard blocked a signal (the decision tracker's call)."""
        why = {"blocker_component": blocker_component, "blocker_reason": blocker_reason}
        return self._track("blocked", signal_id, symbol, signal_metadata, {**why, **payload})

    def track_approval(
        self,
        signal_id: str,
        approved_by: str,
        symbol: str | None = None,
        signal_metadata: dict[str, Any] | None = None,
        **payload: Any,
    ) -> str:
        """A guard approved a signal (the decision tracker's call)."""
        return self._track("approved", signal_id, symbol, signal_metadata, {"approved_by": approved_by, **payload})

    def order_submitted(self, **payload: Any) -> str:
        """An order went out."""
        return self.write("order_submitted", **payload)

    def fill(self, **payload: Any) -> str:
        """An order was filled, wholly or in part."""
        return self.write("fill", **payload)

    def trade_blocked(self, **payload: Any) -> str:
        """A book refused an order."""
        return self.write("trade_blocked", **payload)

    def trade_closed(self, **payload: Any) -> str:
        """A trade ended."""
        return self.write("trade_closed", **payload)

    def position(self, **payload: Any) -> str:
        """A position's state."""
        return self.write("position", **payload)

    def portfolio_snapshot(self, **payload: Any) -> str:
        """Equity and cash."""
        return self.write("portfolio_snapshot", **payload)

    def episode_outcome(self, **payload: Any) -> str:
        """How an episode ended, by the bot's own account."""
        return self.write("episode_outcome", **payload)

    def setup(self, **payload: Any) -> str:
        """A setup's report."""
        return self.write("setup", **payload)

    def experiment(self, **payload: Any) -> str:
        """A request about an experiment."""
        return self.write("experiment", **payload)

    def judge_action(self, **payload: Any) -> str:
        """A judge's action."""
        return self.write("judge_action", **payload)

    def ai_response(self, **payload: Any) -> str:
        """An answer of a language model."""
        return self.write("ai_response", **payload)

    def analytics_report(self, **payload: Any) -> str:
        """A figure that the bot reports."""
        return self.write("analytics_report", **payload)

    def close(self) -> None:
        """Finish the current file: force it to disk and give it its final name."""
        with self._lock:
            self._files.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _track(
        self,
        decision: str,
        signal_id: str,
        symbol: str | None,
        metadata: dict[str, Any] | None,
        payload: dict[str, Any],
    ) -> str:
        kept = {**(metadata or {}), **({"symbol": symbol} if symbol else {})}
        return self.decision(signal_id=signal_id, decision=decision, metadata=kept or None, **payload)

    def _event(self, event_type: str, at: dt.datetime, payload: dict[str, Any]) -> dict[str, Any]:
        if event_type not in NATURAL_KEY:
            raise ValueError(f"event type: expected one of {', '.join(NATURAL_KEY)}, was {event_type!r}")
        sent = {name: value for name, value in payload.items() if value is not None}
        stamp = _stamp(at)
        natural = [event_type, *(sent.get(name) for name in NATURAL_KEY[event_type]), stamp, self.source]
        envelope = {"event_id": hashlib.sha256(_encode(natural)).hexdigest(), "type": event_type, "at": stamp}
        session = {"session_id": self.session_id} if self.session_id else {}
        return {**sent, **envelope, "source": self.source, **session, "schema_version": 1}


def _encode(value: Any) -> bytes:
    # allow_nan=False: a NaN must fail here, in the bot's own stack, not become a null or a refused line later.
    try:
        text = json.dumps(
            value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, default=_stamp
        )
    except TypeError as e:
        raise ValueError(f"expected text as keys of objects: {e}") from e
    return text.encode()


def _stamp(value: Any) -> str:
    if not isinstance(value, dt.datetime) or value.tzinfo is None:
        raise ValueError(f"expected JSON values or times with a time zone, was {value!r}")
    return value.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")


def _stem(source: str) -> str:
    """The source as the start of a file name; never hidden, never a path."""
    return source.replace("/", "_").replace("\0", "_").lstrip(".")[:100] or "_"
