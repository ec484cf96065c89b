"""Delivers what an adapter found: into the inbox, as any bot's own files."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from itertools import groupby

from learning_pipeline.contracts.imported import Event, Imported
from learning_pipeline.stores.envelope import encode, enveloped
from learning_pipeline.stores.inbox import Inbox


def deliver(inbox: Inbox, found: Imported, now: dt.datetime) -> list[str]:
    """Put what was found into the inbox; digests of the files that hold it, new or not.

    Same content, same digest: a finished day of a source that grows is a file that was landed before, and costs
    nothing.

    Raises
    ------
    BadInput
        One of ``found.files`` cannot be read or is of an unknown kind.
    """
    contents = [*_event_files(found), *_bar_file(found)]
    return [inbox.put(name, content, now) for name, content in contents] + inbox.deliver(list(found.files), now)


def _event_files(found: Imported) -> Iterator[tuple[str, bytes]]:
    if found.grows:
        by_day = groupby(sorted(found.events, key=lambda event: event.at), key=_day)  # stable: their order in a day
        for day, events in by_day:
            yield f"{found.stem}-{day}.jsonl", _lines(events, found.source)
    elif found.events:
        yield f"{found.stem}.jsonl", _lines(found.events, found.source)


def _day(event: Event) -> dt.date:
    return event.at.astimezone(dt.UTC).date()


def _lines(events: Iterator[Event] | tuple[Event, ...], source: str) -> bytes:
    return b"".join(encode(enveloped(kind, at, payload, source, None)) + b"\n" for kind, at, payload in events)


def _bar_file(found: Imported) -> Iterator[tuple[str, bytes]]:
    if found.bars is not None and not found.bars.is_empty():
        file = io.BytesIO()
        found.bars.write_parquet(file)
        yield f"{found.stem}.parquet", file.getvalue()
