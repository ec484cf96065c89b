"""One line of the report: two ways to the same result, timed in turn."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple


class Pair(NamedTuple):
    """CPU seconds of one round: ours, then the peer's."""

    ours: float
    peer: float


@dataclass(frozen=True)
class Line:
    """What was measured, and whether the outputs were the same (None: there is nothing to compare).

    ``ratio`` is the median over rounds of peer / ours, or, where ``at_most``, of ours / peer.
    """

    what: str
    size: str
    peer: str
    ours_s: float
    peer_s: float
    ratio: float
    target: float
    at_most: bool
    equal: bool | None

    @classmethod
    def of(
        cls,
        what: str,
        size: str,
        peer: str,
        pairs: list[Pair],
        target: float,
        *,
        equal: bool | None,
        at_most: bool = False,
    ) -> Line:
        """Medians over rounds."""
        ratio = statistics.median(p.ours / p.peer if at_most else p.peer / p.ours for p in pairs)
        ours, theirs = (statistics.median(column) for column in zip(*pairs, strict=True))
        return cls(what, size, peer, ours, theirs, ratio, target, at_most, equal)

    @property
    def passed(self) -> bool:
        """Whether the ratio meets its target, on equal outputs."""
        met = self.ratio <= self.target if self.at_most else self.ratio >= self.target
        return met and self.equal is not False

    def record(self) -> dict[str, Any]:
        """All of it, for JSON."""
        return {**asdict(self), "passed": self.passed}


def interleaved(rounds: int, ours: Callable[[], Any], peer: Callable[[], Any]) -> list[Pair]:
    """Rounds in turn, after one that is not counted; CPU time of all threads, so that neighbours weigh little."""
    return [Pair(cpu_of(ours), cpu_of(peer)) for _ in range(rounds + 1)][1:]


def cpu_of(work: Callable[[], Any]) -> float:
    """CPU seconds of one call, garbage collected before."""
    gc.collect()
    begin = time.process_time()
    work()
    return time.process_time() - begin
