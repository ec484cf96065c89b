"""Files of a recorder: rotation, kills, abandoned files, full disks."""

from __future__ import annotations

import json
from pathlib import Path

from learning_pipeline.events.parse import parse_lines
from learning_pipeline.stores.recorder import Recorder
from learning_pipeline_tests.stores.rows import python, said

BOT = """
import itertools, sys
from learning_pipeline.stores.recorder import Recorder
recorder = Recorder(sys.argv[1], source="bot", max_bytes=50_000)
for n in itertools.count():
    recorder.portfolio_snapshot(equity_usd=float(n), cash_usd=0.0)
    print(n, flush=True)
"""
FULL_DISK = """
import resource, sys
from learning_pipeline.stores.recorder import Recorder
recorder = Recorder(sys.argv[1], source="bot")
recorder.trade_blocked(reason="before")
resource.setrlimit(resource.RLIMIT_FSIZE, (400, resource.RLIM_INFINITY))
try:
    recorder.trade_blocked(reason="x" * 500)
except OSError as e:
    print("refused", flush=True)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
recorder.trade_blocked(reason="after")
recorder.close()
"""


def reasons(folder: Path) -> list[str]:
    return [json.loads(line)["reason"] for path in folder.glob("*.jsonl") for line in path.read_bytes().splitlines()]


def names(folder: Path) -> list[str]:
    return sorted(path.name.partition(".")[2] for path in folder.iterdir())


def test_a_file_is_open_until_it_is_closed(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path, source="bot")
    assert names(tmp_path) == []
    recorder.trade_blocked(reason="a")
    assert names(tmp_path) == ["jsonl.open"]
    assert b'"reason":"a"' in next(tmp_path.iterdir()).read_bytes(), "what was recorded is out of the bot's hands"
    recorder.close()
    assert names(tmp_path) == ["jsonl"]
    recorder.close()
    recorder.trade_blocked(reason="b")
    recorder.close()
    assert sorted(reasons(tmp_path)) == ["a", "b"]


def test_files_are_closed_at_their_size_and_at_their_age(tmp_path: Path) -> None:
    with Recorder(tmp_path / "size", source="bot", max_bytes=1000) as recorder:
        for n in range(20):
            recorder.trade_blocked(reason=f"{n}")
        assert all(path.stat().st_size < 1400 for path in (tmp_path / "size").iterdir())
        n_closed = len(list((tmp_path / "size").glob("*.jsonl")))
    with Recorder(tmp_path / "age", source="bot", hours=0.0) as recorder:
        for n in range(3):
            recorder.trade_blocked(reason=f"{n}")
        assert names(tmp_path / "age") == ["jsonl"] * 3
    assert n_closed >= 3
    assert sorted(reasons(tmp_path / "size"), key=int) == [str(n) for n in range(20)]


def test_the_next_recorder_closes_what_nobody_holds_and_leaves_what_a_living_one_holds(tmp_path: Path) -> None:
    (tmp_path / "gone.jsonl.open").write_text('{"a":1}\n{"half')
    living = Recorder(tmp_path, source="living")
    living.trade_blocked(reason="a")
    assert (tmp_path / "gone.jsonl").read_text() == '{"a":1}\n{"half', "not a byte of it is touched"
    Recorder(tmp_path, source="third")
    assert names(tmp_path) == ["jsonl", "jsonl.open"]
    living.trade_blocked(reason="b")
    living.close()
    (tmp_path / "gone.jsonl").unlink()
    assert reasons(tmp_path) == ["a", "b"]


def test_a_killed_bot_loses_no_line_that_was_recorded(tmp_path: Path) -> None:
    with python(BOT, tmp_path) as bot:
        assert bot.stdout
        recorded = [int(bot.stdout.readline()) for _ in range(700)]
        bot.kill()
        recorded += [int(line) for line in bot.stdout.read().split("\n")[:-1]]
    Recorder(tmp_path, source="next")
    assert not list(tmp_path.glob("*.open"))
    parsed = [parse_lines(path.read_bytes()) for path in sorted(tmp_path.glob("*.jsonl"))]
    assert len(parsed) > 2
    assert [p for p in parsed if p.refusals] == []
    assert sum(p.n_incomplete for p in parsed) <= 1
    kept = sorted(n for p in parsed if p.frames for n in p.frames["portfolio_snapshot"]["equity_usd"])
    assert kept[: len(recorded)] == recorded
    assert len(kept) <= len(recorded) + 1, "one may have been written and not been acknowledged"


def test_many_recorders_may_start_on_one_folder_at_once(tmp_path: Path) -> None:
    for n in range(30):
        (tmp_path / f"gone{n}.jsonl.open").write_text("{}\n")
    start = "import sys\nfrom learning_pipeline.stores.recorder import Recorder\nRecorder(sys.argv[1], source='x')"
    with python(start, tmp_path) as a, python(start, tmp_path) as b, python(start, tmp_path) as c:
        assert [said(process) for process in (a, b, c)] == ["", "", ""]
    assert names(tmp_path) == ["jsonl"] * 30


def test_a_line_that_the_disk_takes_in_part_is_taken_back(tmp_path: Path) -> None:
    with python(FULL_DISK, tmp_path) as bot:
        assert said(bot) == "refused"
    assert reasons(tmp_path) == ["before", "after"]
