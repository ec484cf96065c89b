"""Every line delivered is told of: accepted, duplicate, quarantined or incomplete; the exit code says the same."""

from __future__ import annotations

import gzip
import itertools
import json
from pathlib import Path

import polars as pl
import pytest

from learning_pipeline.events.tables import Deliveries, Quarantine
from learning_pipeline.market.tables import Bars
from learning_pipeline.stores.lake import Lake
from learning_pipeline_tests.cli.conftest import CommandLine
from learning_pipeline_tests.worlds import hourly_bars

numbers = itertools.count()


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    """A data root that several tests bring their own files to."""
    return CommandLine(tmp_path_factory.mktemp("shop") / "home")


def good(n: int) -> bytes:
    """Events that nobody else delivers."""
    event = {"type": "portfolio_snapshot", "at": "2024-03-04T12:00:00Z", "source": "bot", "cash_usd": 1.0}
    events = [{**event, "event_id": f"e{next(numbers)}", "equity_usd": 1.0} for _ in range(n)]
    return b"".join(json.dumps(e).encode() + b"\n" for e in events)


def bad(n: int) -> bytes:
    return b"".join(b'{"type":"nonsense","n":%d}\n' % next(numbers) for _ in range(n))


def put(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def counts(text: str) -> dict[str, tuple[int, ...]]:
    """File -> lines, accepted, duplicate, quarantined, incomplete."""
    names = ("n_lines", "n_accepted", "n_duplicate", "n_quarantined", "n_incomplete")
    return {row["file"]: tuple(row[name] for name in names) for row in json.loads(text)}


def test_files_of_every_kind_are_counted_line_by_line(shop: CommandLine, tmp_path: Path) -> None:
    twice = good(2)
    bars = hourly_bars(5, 2, ("OUT", "OF", "ORDER")).sample(fraction=1.0, shuffle=True, seed=1)
    put(tmp_path / "a_good.jsonl", twice)
    put(tmp_path / "b_mixed.jsonl.gz", gzip.compress(good(2) + bad(1) + b"\n" + good(1)))
    put(tmp_path / "c_again.jsonl", twice + good(1))
    put(tmp_path / "d_half.jsonl", good(1) + b'{"type":"port')
    put(tmp_path / "e_empty.jsonl", b"")
    bars.head(60).write_parquet(tmp_path / "f_bars.parquet")
    bars.tail(bars.height - 40).write_csv(tmp_path / "g_overlap.csv", datetime_format="%+")
    put(tmp_path / "h_broken.parquet", b"PAR1" + bytes(range(256)) + b"PAR1")
    said = shop("ingest", tmp_path, "--json")
    assert said.exit_code == 0
    rest = bars.height - 40
    assert counts(said.out) == {
        "a_good.jsonl": (2, 2, 0, 0, 0),
        "b_mixed.jsonl.gz": (4, 3, 0, 1, 0),
        "c_again.jsonl": (3, 1, 2, 0, 0),
        "d_half.jsonl": (2, 1, 0, 0, 1),
        "e_empty.jsonl": (0, 0, 0, 0, 0),
        "f_bars.parquet": (60, 60, 0, 0, 0),
        "g_overlap.csv": (rest, rest - 20, 20, 0, 0),
        "h_broken.parquet": (1, 0, 0, 1, 0),
    }
    lake = Lake(shop.home / "lake")
    refused = lake.read(Quarantine).filter(pl.col("file") == "h_broken.parquet")
    assert refused["reason_code"].to_list() == ["unreadable_file"]
    assert lake.read(Bars).filter(pl.col("symbol").is_in(["OUT", "OF", "ORDER"])).height == bars.height
    assert set(counts(said.out)) <= set(lake.read(Deliveries)["file"])


def test_a_person_sees_counts_and_reasons_at_80_columns(shop: CommandLine, tmp_path: Path) -> None:
    half = put(tmp_path / "bot.jsonl", good(1) + bad(12) + b'{"half')
    said = shop("ingest", half)
    assert said.exit_code == 0
    assert "bot.jsonl" in said.out
    assert "unknown_type" in said.out
    assert max(map(len, said.out.splitlines())) <= 80
    assert said.err.splitlines() == [
        "... and 2 more in events.quarantine",
        "incomplete: a last line has no newline yet; it is taken when the file is delivered with one",
    ]


def test_the_same_file_again_is_all_duplicates_and_no_failure(shop: CommandLine, tmp_path: Path) -> None:
    mixed = put(tmp_path / "mixed.jsonl", good(2) + bad(1))
    first = shop("ingest", mixed, "--json")
    versions = {path: path.stat().st_mtime_ns for path in (shop.home / "lake").rglob("*.json")}
    again = shop("ingest", mixed, put(tmp_path / "copy.jsonl", mixed.read_bytes()), "--json")
    assert (first.exit_code, again.exit_code) == (0, 0)
    assert counts(first.out) == {"mixed.jsonl": (3, 2, 0, 1, 0)}
    assert counts(again.out) == {"mixed.jsonl": (3, 0, 2, 1, 0)}
    assert {path: path.stat().st_mtime_ns for path in (shop.home / "lake").rglob("*.json")} == versions


def test_a_half_line_is_taken_when_the_file_comes_with_its_end(shop: CommandLine, tmp_path: Path) -> None:
    whole, last = good(1), good(1)
    assert shop("ingest", put(tmp_path / "bot.jsonl", last[:20])).exit_code == 1
    said = shop("ingest", put(tmp_path / "bot.jsonl", whole + last), "--json")
    assert counts(said.out) == {"bot.jsonl": (2, 2, 0, 0, 0)}


@pytest.mark.parametrize("name", ["bad.jsonl", "broken.parquet"])
def test_where_nothing_is_accepted_the_exit_code_is_one_also_the_second_time(
    shop: CommandLine, tmp_path: Path, name: str
) -> None:
    content = put(tmp_path / name, (b"PAR1" if name.endswith("parquet") else b"") + bad(2))
    said = [shop("ingest", content), shop("ingest", content)]
    assert [one.exit_code for one in said] == [1, 1]
    assert "unreadable_file" in said[0].out or "unknown_type" in said[0].out


def test_strict_makes_any_refusal_a_failure_but_keeps_what_is_good(shop: CommandLine, tmp_path: Path) -> None:
    said = shop("ingest", "--strict", "--json", put(tmp_path / "mixed.jsonl", good(1) + bad(1)))
    assert said.exit_code == 1
    assert counts(said.out) == {"mixed.jsonl": (2, 1, 0, 1, 0)}
    assert shop("ingest", "--strict", put(tmp_path / "good.jsonl", good(1))).exit_code == 0


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("missing.jsonl", "no such file or folder; check the path"),
        ("folder", "found none in this folder"),
        ("notes.txt", "expected a file that ends in .jsonl"),
        ("text.parquet", "its first bytes are not those of .parquet; rename it to what it holds"),
        ("parquet.csv", "its first bytes are those of .parquet; rename it to what it holds"),
    ],
)
def test_a_path_that_cannot_be_taken_is_one_line_and_leaves_the_others(
    empty: CommandLine, tmp_path: Path, name: str, words: str
) -> None:
    (tmp_path / "folder").mkdir()
    put(tmp_path / "notes.txt", b""), put(tmp_path / "text.parquet", bad(1)), put(tmp_path / "parquet.csv", b"PAR1 ...")
    said = empty("ingest", put(tmp_path / "good.jsonl", good(1)), tmp_path / name)
    assert (said.exit_code, said.out) == (1, "")
    assert said.err.startswith(f"E_LEARN_BAD_INPUT: {tmp_path / name}: ")
    assert words in said.err
    assert said.err.count("\n") == 1
    assert not empty.home.joinpath("inbox").exists()


def test_an_unknown_setting_is_one_line_and_the_file_is_landed_once_it_is_mended(
    empty: CommandLine, tmp_path: Path
) -> None:
    settings = put(empty.home / "learning_pipeline.toml", b"[shadow]\nstop_artr = 2.0\n")
    delivered = put(tmp_path / "good.jsonl", good(3))
    said = empty("ingest", delivered)
    assert (said.exit_code, said.out, said.err.count("\n")) == (1, "", 1)
    assert said.err.startswith(f"E_LEARN_BAD_SETTINGS: {settings}: unknown setting stop_artr in [shadow]; known are ")
    settings.unlink()
    said = empty("ingest", delivered, "--json")
    assert (said.exit_code, counts(said.out)) == (0, {"good.jsonl": (3, 3, 0, 0, 0)})
