"""Which days are due: one mark in the ledger, lowered by ingestion and cleared by the last step of a run."""

import datetime as dt
import hashlib
from collections.abc import Mapping
from typing import NamedTuple

from learning_pipeline.contracts import Settings

DIRTY, NEWEST, FIRST, SETTINGS = "dirty_from", "newest_known_at", "first_day", "settings_sha256"


class Due(NamedTuple):
    """What the ledger's marks say.

    dirty_from : first day whose tables are stale, None where none is; newest_known_at : newest instant in the data;
    first_day : first day of the data.
    """

    dirty_from: dt.date | None
    newest_known_at: dt.datetime | None
    first_day: dt.date | None

    @classmethod
    def of(cls, marks: Mapping[str, str], settings_sha256: str) -> "Due":
        """Read the marks; changed settings make every day stale."""
        first = _date(marks.get(FIRST))
        newest = dt.datetime.fromisoformat(marks[NEWEST]) if NEWEST in marks else None
        dirty = _date(marks.get(DIRTY)) if marks.get(SETTINGS) == settings_sha256 else first
        return cls(dirty, newest, first)

    def days(self, first: dt.date | None, last: dt.date | None) -> tuple[dt.date, dt.date] | None:
        """The days of a run: those asked for, widened so that no stale day is left out; by default all that is stale.

        Where nothing is stale it is the last day alone, which then commits nothing.
        """
        if self.newest_known_at is None:
            return None
        end = min(last or dt.date.max, self.newest_known_at.date())
        begin = min(first or end, self.dirty_from or end, end)
        return begin, end

    def lowered(
        self, touched: dt.date | None, oldest: dt.date | None, newest: dt.datetime | None
    ) -> dict[str, str | None]:
        """Marks after new data: ``touched`` is the first day whose rows change.

        Where time moves on, the day that it had come to is stale too: it was settled as of an instant within it.
        """
        moves_on = self.newest_known_at and newest and newest > self.newest_known_at
        unfinished = self.newest_known_at.date() if self.newest_known_at and moves_on else None
        dirty = min((day for day in (self.dirty_from, touched, unfinished) if day), default=None)
        first = min((day for day in (self.first_day, oldest) if day), default=None)
        latest = max((at for at in (self.newest_known_at, newest) if at), default=None)
        return {
            DIRTY: dirty.isoformat() if dirty else None,
            FIRST: first.isoformat() if first else None,
            NEWEST: latest.isoformat() if latest else None,
        }

    def settled(self, last: dt.date, settings_sha256: str) -> dict[str, str | None]:
        """Marks after a run up to ``last``: days after it stay stale."""
        rest = self.newest_known_at is not None and last < self.newest_known_at.date()
        return {DIRTY: (last + dt.timedelta(days=1)).isoformat() if rest else None, SETTINGS: settings_sha256}


def fingerprint(settings: Mapping[str, Settings]) -> str:
    """Digest of every room's settings, but for fields on which no table rests."""
    digests = {room: settings[room].sha256(settings[room].in_no_table) for room in sorted(settings)}
    return hashlib.sha256("".join(f"{room}={digest};" for room, digest in digests.items()).encode()).hexdigest()


def _date(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None
