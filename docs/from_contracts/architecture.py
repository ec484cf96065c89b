"""The picture of the rooms: drawn from the asset graph, so that a new room or edge appears in it by itself."""

from itertools import permutations, product

from from_contracts import graph
from from_contracts.svg import figure, tag, text

WIDTH, BOX, HIGH, STEP, TOP = 800.0, 178.0, 66.0, 116.0, 12.0
SAYS = {
    "inbox": ("your bot", "events and bars, as files"),
    "events": ("events", "what bots told"),
    "market": ("market", "what prices did"),
    "shadow": ("shadow", "what each signal would earn"),
    "books": ("books", "learning and research money"),
    "allocation": ("allocation", "capital by timeframe"),
    "analysis": ("analysis", "guards, what-if, verdicts"),
    "tuning": ("tuning", "lessons about limits"),
    "playbooks": ("playbooks", "does a claim hold?"),
    "datasets": ("datasets", "labelled examples"),
    "models": ("models", "trained and measured"),
    "overrides": ("overrides", "limits in force"),
    "drift": ("drift", "does it still hold?"),
    "rollout": ("rollout", "who allowed which model"),
}
"""What each box says; a room without words stops the build."""
READ_BY_BOTS = {"overrides", "allocation", "tuning", "books", "rollout"}
ENDS = {
    "people": ("warehouse, report, notebooks", "every table of every room, for people"),
    "bot": ("small checked files", "what your bot reads back, from the rooms marked ●"),
}


def picture(to_reference: str) -> str:
    """Rooms from the bot's files to what people and bots read; ``to_reference`` leads from the page to the tables."""
    shown = graph.reduced(frozenset((a, b) for a, b in graph.edges() if b != "warehouse"))
    rows = _rows(shown)
    places = _places(rows)
    lines = "".join(_line(places, a, b) for a, b in sorted(shown))
    boxes = "".join(_box(room, places[room], to_reference) for row in rows for room in row)
    last = TOP + STEP * len(rows) - 12
    ends = "".join(_end(name, words, k, last) for k, (name, words) in enumerate(ENDS.items()))
    label = "From a bot's files through the rooms to the warehouse and to what the bot reads back"
    return _hovering(places) + figure(WIDTH, last + HIGH + TOP, lines + boxes + ends, label, "architecture")


def _rows(shown: graph.Edges) -> list[tuple[str, ...]]:
    """Rooms by how far they are from the inbox, in the order in which the fewest lines cross, and the shortest lie."""
    depth = graph.depth(shown)
    levels = [sorted(room for room in depth if depth[room] == level) for level in range(max(depth.values()) + 1)]
    return min((list(rows) for rows in product(*map(permutations, levels))), key=lambda rows: _tangle(rows, shown))


def _tangle(rows: list[tuple[str, ...]], shown: graph.Edges) -> tuple[int, float]:
    places = _places(rows)
    ends = [(places[a], places[b]) for a, b in sorted(shown)]
    crossed = sum(_cross(one, other) for k, one in enumerate(ends) for other in ends[:k])
    return crossed, sum(abs(start[0] - end[0]) for start, end in ends)


def _cross(one: tuple[tuple[float, float], ...], other: tuple[tuple[float, float], ...]) -> bool:
    (start, end), (its_start, its_end) = one, other
    return start[1] == its_start[1] and (start[0] - its_start[0]) * (end[0] - its_end[0]) < 0


def _places(rows: list[tuple[str, ...]]) -> dict[str, tuple[float, float]]:
    """Middle of each box's upper edge."""
    return {
        room: (WIDTH * (2 * k + 1) / (2 * len(row)), TOP + STEP * level)
        for level, row in enumerate(rows)
        for k, room in enumerate(row)
    }


def _line(places: dict[str, tuple[float, float]], a: str, b: str) -> str:
    (x0, above), (x1, y1) = places[a], places[b]
    y0 = above + HIGH
    half = (y0 + y1) / 2
    path = f"M{x0:g},{y0:g} C{x0:g},{half:g} {x1:g},{half:g} {x1:g},{y1:g}"
    return tag("path", d=path, class_=f"edge from-{a} to-{b}")


def _box(room: str, place: tuple[float, float], to_reference: str) -> str:
    (x, y), (name, says) = place, SAYS[room]
    inside = _drawn(x, y, BOX, name, says)
    if room == "inbox":
        return tag("g", inside, class_="end", id=f"box-{room}")
    n = graph.tables_of_rooms()[room]
    inside += text(x + BOX / 2 - 9, y + 15, f"{n} table{'s' * (n > 1)}", class_="n")
    if room in READ_BY_BOTS:
        inside += text(x - BOX / 2 + 9, y + 17, "●", class_="mark")
    return tag("a", tag("g", inside, class_="room", id=f"box-{room}"), href=f"{to_reference}{room}.html")


def _end(name: str, words: tuple[str, str], k: int, y: float) -> str:
    width = WIDTH / 2 - 22
    return tag("g", _drawn(WIDTH * (2 * k + 1) / 4, y, width, *words), class_="end", id=f"box-{name}")


def _drawn(x: float, y: float, width: float, name: str, says: str) -> str:
    rect = tag("rect", x=f"{x - width / 2:g}", y=f"{y:g}", width=f"{width:g}", height=f"{HIGH:g}", rx=9)
    return rect + text(x, y + 32, name, class_="name") + text(x, y + 52, says, class_="says")


def _hovering(places: dict[str, tuple[float, float]]) -> str:
    """A box under the pointer dims the lines that are not its own."""
    alone = ".architecture:has(#box-{0}:hover) .edge:not(.from-{0}):not(.to-{0}){{opacity:.12}}"
    return f"<style>{''.join(alone.format(room) for room in places)}</style>"
