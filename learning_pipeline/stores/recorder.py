"""The append-only writer of events that a bot uses."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from learning_pipeline.stores.envelope import NATURAL_KEY, encode, enveloped
from learning_pipeline.stores.event_file import EventFiles

MAX_FILE_BYTES = 64 * 1024 * 1024


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
        return self._append(self._event(event_type, at or dt.datetime.now(dt.UTC), payload))

    def record(self, event: Mapping[str, Any]) -> str:
        """Append an event that has its envelope already, as it is; what it lacks of it is added. Returns its event_id.

        Its ``at`` may be a time or RFC 3339 text. Nothing is said here of the payload: what does not fit its type is
        refused by the ingestion, with its reason, and kept.

        Raises
        ------
        ValueError
            It has no type, a time without a time zone, or a value that JSON cannot hold; nothing is written.
        """
        given = {name: value for name, value in event.items() if value is not None}
        if not isinstance(given.get("type"), str):
            # as every other event that cannot be written: one kind of error for a bot to catch
            raise ValueError(f"type: expected the type of an event as text, was {given.get('type')!r}")  # noqa: TRY004
        at = given.get("at") or dt.datetime.now(dt.UTC)
        when = dt.datetime.fromisoformat(at) if isinstance(at, str) else at
        made = enveloped(given["type"], when, given, self.source, self.session_id)
        kept = {name: given[name] for name in ("event_id", "source", "session_id") if name in given}
        return self._append(made | kept)

    def _append(self, event: dict[str, Any]) -> str:
        line = encode(event) + b"\n"
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
        return enveloped(event_type, at, payload, self.source, self.session_id)


def _stem(source: str) -> str:
    """The source as the start of a file name; never hidden, never a path."""
    return source.replace("/", "_").replace("\0", "_").lstrip(".")[:100] or "_"
