"""The rooms and what they rest on, as the asset graph has them."""

import re
from collections.abc import Mapping
from pathlib import Path

ON_FILE = Path(__file__).parents[2] / "learning_pipeline_tests" / "graph.txt"
"""The graph as a test keeps it equal to the definitions: reading it takes no import of Dagster."""

Edges = frozenset[tuple[str, str]]


def tables_of_rooms() -> dict[str, int]:
    """How many assets each room has."""
    rooms = [asset.split("/")[0] for asset, _ in _assets()]
    return {room: rooms.count(room) for room in dict.fromkeys(rooms)}


def edges() -> Edges:
    """Which room rests on which; where two rest on each other, the way that more assets go."""
    found = [(parent.split("/")[0], asset.split("/")[0]) for asset, parents in _assets() for parent in parents]
    return frozenset((a, b) for a, b in found if a != b and found.count((a, b)) >= found.count((b, a)))


def reduced(every: Edges) -> Edges:
    """Without the edges that a longer way implies."""
    return frozenset(
        (a, b) for a, b in every if not any((a, c) in every and _leads(every, c, b) for c in _rooms(every))
    )


def depth(every: Edges) -> Mapping[str, int]:
    """Length of the longest way to each room."""
    found: dict[str, int] = {}

    def of(room: str) -> int:
        if room not in found:
            found[room] = max((of(a) + 1 for a, b in every if b == room), default=0)
        return found[room]

    return {room: of(room) for room in _rooms(every)}


def _assets() -> list[tuple[str, list[str]]]:
    lines = re.findall(r"^(\S+) <- (.+)$", ON_FILE.read_text(), flags=re.MULTILINE)
    return [(asset, parents.split(", ")) for asset, parents in lines]


def _rooms(every: Edges) -> list[str]:
    return sorted({room for edge in every for room in edge})


def _leads(every: Edges, start: str, end: str) -> bool:
    after = {b for a, b in every if a == start}
    return end in after or any(_leads(every, one, end) for one in after)
