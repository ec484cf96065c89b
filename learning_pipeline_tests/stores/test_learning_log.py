"""The learning system's log."""

import re
from pathlib import Path

import pytest

from learning_pipeline.contracts import Entry
from learning_pipeline.stores import learning_log
from learning_pipeline.stores.learning_log import MOST_ENTRIES, write_entries


def test_lines_look_as_in_the_seed(tmp_path: Path) -> None:
    path = tmp_path / "learning_system.log"
    write_entries(
        path, [Entry("TuningMiner starting", {"events": 104, "lookback_days": 90}), Entry("x", {}, "WARNING")]
    )
    first, second = path.read_text().splitlines()
    stamp = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}"
    assert re.fullmatch(
        stamp + r" - learning_system - INFO - TuningMiner starting \| events=104 \| lookback_days=90", first
    )
    assert re.fullmatch(stamp + " - learning_system - WARNING - x", second)


def test_later_entries_are_appended_and_none_makes_no_file(tmp_path: Path) -> None:
    path = tmp_path / "learning_system.log"
    write_entries(path, [])
    assert not path.exists()
    for n in range(2):
        write_entries(path, [Entry(f"entry {n}")])
    assert [line.split(" - ")[-1] for line in path.read_text().splitlines()] == ["entry 0", "entry 1"]


def test_the_newest_of_a_long_run_are_kept_and_the_rest_is_counted(tmp_path: Path) -> None:
    path = tmp_path / "learning_system.log"
    write_entries(path, (Entry(str(n)) for n in range(MOST_ENTRIES + 7)))
    lines = path.read_text().splitlines()
    assert len(lines) == MOST_ENTRIES + 1
    assert "LEFT OUT | entries=7" in lines[0]
    assert lines[-1].endswith(f"- {MOST_ENTRIES + 6}")


def test_an_old_file_is_put_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learning_log, "MOST_BYTES", 100)
    path = tmp_path / "learning_system.log"
    write_entries(path, [Entry("a" * 60), Entry("b" * 60)])
    assert "b" in path.read_text()
    assert "a" * 60 in (tmp_path / "learning_system.log.1").read_text()


@pytest.mark.parametrize("word", ["two words\nEVIL | x=1", 'a"b', "a=b", "", "\x1b[31m", "{x | y=1"])
def test_a_bots_words_cannot_make_up_lines_or_fields(word: str) -> None:
    text = str(Entry("SKIP", {"reason": word, "n": 1}))
    assert "\n" not in text
    assert "\x1b" not in text
    assert text.endswith(" | n=1")
    assert re.match(r'SKIP \| reason=("(\\"|[^"])*"|[^ |="]+) \| n=1$', text)


def test_a_folder_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"):
        write_entries(tmp_path / "file" / "x.log", [Entry("a")])
