"""From delivered lines to a checked frame and a quarantine, against one model per row."""

from __future__ import annotations

from benchmarks.event_file import decision_lines
from benchmarks.line import Line, interleaved
from benchmarks.per_row import Read, by_msgspec, by_pydantic
from learning_pipeline.events.parse import parse_lines

N, N_BAD = 300_000, 512
PEERS = {"msgspec 0.22 per row": (by_msgspec, 1.5), "pydantic 2 per row": (by_pydantic, 4.0)}


def lines(rounds: int) -> list[Line]:
    """Both peers."""
    content = decision_lines(N, N_BAD)
    found = []
    for name, (peer, target) in PEERS.items():
        equal = _same(_ours(content), peer(content))
        pairs = interleaved(rounds, lambda: parse_lines(content), lambda peer=peer: peer(content))
        size = f"{N:,} lines, {N_BAD} bad"
        found.append(Line.of("ingestion with quarantine", size, name, pairs, target, equal=equal))
    return found


def _ours(content: bytes) -> Read:
    parsed = parse_lines(content)
    return parsed.frames["decision"], [refusal.line_no for refusal in parsed.refusals]


def _same(left: Read, right: Read) -> bool:
    return left[0].sort("line_no").equals(right[0].sort("line_no")) and left[1] == right[1]
