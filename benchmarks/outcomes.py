"""Where each decision ends, and how: our kernel as the shadow room calls it, against every peer on the same paths."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from benchmarks.line import Line, Pair, cpu_of, interleaved
from benchmarks.mlfinpy_peer import Mlfinpy
from benchmarks.paths import Paths, paths
from benchmarks.sql_peers import DuckDB, Polars
from benchmarks.vectorbt_peer import by_class, by_engine
from learning_pipeline.shadow.lifting import first_touch

SIZES = {60: 100_000, 1440: 10_000, 14400: 1_000}
ENGINE_NUMPY = {60: 2.5, 1440: 8.0, 14400: 5.0}
ENGINE_FASTEST, CLASS_API, MLFINPY, FLAT = 10.0, 20.0, 200.0, 2.5
DUCKDB = {60: 4.0, 1440: 8.0, 14400: 20.0}
POLARS = {60: 2.5, 1440: 4.0, 14400: 5.0}
WHAT = "shadow outcomes, tables included"

Exits = tuple[np.ndarray, np.ndarray]
"""Number of the exit bar, and +1 at the target, -1 at the stop, 0 at the ttl's end."""


def ours(world: list[Paths]) -> list[Exits]:
    """Exits by binary lifting, symbol by symbol."""
    return [_exits(p) for p in world]


def lines(rounds: int) -> list[Line]:
    """Every peer at every size, mlfinpy, and how flat the time is in the ttl."""
    found = [line for ttl, n in SIZES.items() for line in _beside_peers(n, ttl, rounds)]
    return [*found, _beside_mlfinpy(rounds), _flatness(rounds)]


def _exits(p: Paths) -> Exits:
    end, (floor, ceiling) = p.first + p.ttl, p.channel()
    touched = first_touch(p.high, p.low, p.first, end, floor, ceiling).bar
    bar = np.minimum(touched, end - 1)
    stopped = np.where(p.long, p.low[bar] <= floor, p.high[bar] >= ceiling)
    return bar, np.where(stopped, -1, touched < end)


def _beside_peers(n: int, ttl: int, rounds: int) -> list[Line]:
    world = paths(n, ttl)
    duck, frames = DuckDB(world), Polars(world)
    size = f"N={n:,} ttl={ttl:,}"
    peers: list[tuple[str, Callable[[], list[Exits]], list[tuple[str, float]]]] = [
        (
            "vectorbt 1.2.0 compiled engine",
            lambda: by_engine(world),
            [(WHAT, ENGINE_NUMPY[ttl]), (f"{WHAT}; goal of the fastest kernel (NumPy)", ENGINE_FASTEST)],
        ),
        ("vectorbt 1.2.0 OHLCSTX class", lambda: by_class(world), [(WHAT, CLASS_API)]),
        ("DuckDB range join", duck.exits, [(WHAT, DUCKDB[ttl])]),
        ("Polars join_where", frames.exits, [(WHAT, POLARS[ttl])]),
    ]
    return [line for name, peer, asked in peers for line in _lines(world, size, name, peer, asked, rounds)]


def _lines(
    world: list[Paths],
    size: str,
    name: str,
    peer: Callable[[], list[Exits]],
    asked: list[tuple[str, float]],
    rounds: int,
) -> list[Line]:
    equal = same(ours(world), peer())
    pairs = interleaved(rounds, lambda: ours(world), peer)
    return [Line.of(what, size, name, pairs, target, equal=equal) for what, target in asked]


def same(left: list[Exits], right: list[Exits]) -> bool:
    """Whether bars and labels are the same everywhere."""
    both = zip(left, right, strict=True)
    return all(np.array_equal(a, b) for one, other in both for a, b in zip(one, other, strict=True))


def _beside_mlfinpy(rounds: int) -> Line:
    """On closes alone, which is all that it looks at."""
    (p,) = paths(1_000, 60, 100_000, 1)
    first = np.unique(p.first)  # its events are named by their time
    closes = Paths(p.close, p.close, p.close, p.close, first, p.ttl, np.ones(first.size, bool), p.width)
    with Mlfinpy(closes) as peer:
        equal = same(ours([closes]), [peer.exits])
        peer.cpu()
        pairs = [Pair(cpu_of(lambda: ours([closes])), peer.cpu()) for _ in range(rounds + 1)][1:]
    return Line.of(f"{WHAT}, closes alone", "N=1,000 ttl=60", "mlfinpy 0.1.2 get_events", pairs, MLFINPY, equal=equal)


def _flatness(rounds: int) -> Line:
    short, long = paths(1_000_000, 60), paths(1_000_000, 14400)
    pairs = interleaved(rounds, lambda: ours(long), lambda: ours(short))
    what = "shadow outcomes: ttl 14,400 over ttl 60"
    return Line.of(what, "N=1,000,000", "ours at ttl 60", pairs, FLAT, equal=None, at_most=True)
