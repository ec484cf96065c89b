"""What a page shows is typed by a test, or says why it is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from learning_pipeline_tests.docs.blocks import DOCS, NOT_RUN, RUN, blocks, commands, pages, same
from learning_pipeline_tests.docs.linked import linked_copy

OTHER = {
    "text",
    "toml",
    "python",
    "{toctree}",
    "{eval-rst}",
    "{include}",
    "{from-contracts}",
    "{architecture}",
    "{verdicts}",
}
MOST_NOT_RUN = 12


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.relative_to(DOCS).as_posix())
def test_every_block_is_of_a_known_kind_and_output_follows_what_prints_it(page: Path) -> None:
    before = ""
    for block in blocks(page.read_text(encoding="utf-8")):
        assert block.language in RUN | NOT_RUN | OTHER, block
        if block.is_output:
            assert before in RUN, block
            assert block.text.strip().strip("."), f"it says nothing: {block}"
        before = block.language


def test_what_is_not_run_says_why_and_is_seldom() -> None:
    found = [block for page in pages() for block in blocks(page.read_text()) if block.language in NOT_RUN]
    assert all(block.remark.startswith("% not run: ") for block in found)
    assert len(found) <= MOST_NOT_RUN


def test_no_fence_is_missed() -> None:
    for page in pages():
        text = page.read_text(encoding="utf-8")
        lines = [line for line in text.splitlines() if line.startswith("```")]
        assert len(lines) == 2 * len(list(blocks(text))), page


def test_commands_are_told_apart() -> None:
    text = 'program sql "\n  SELECT 1"  # a remark\nprogram run \\\n  --from x\n\nprogram doctor\n'
    assert list(commands(text)) == [
        ["program", "sql", "\n  SELECT 1"],
        ["program", "run", "--from", "x"],
        ["program", "doctor"],
    ]
    with pytest.raises(ValueError, match="no end"):
        list(commands('program sql "SELECT'))


@pytest.mark.parametrize(
    ("printed", "shown", "is_same"),
    [
        ("a\nb\n", "a\nb", True),
        ("a  \nb\n", "a\nb\n", True),
        ("a\nb\nc\n", "a\n...\nc", True),
        ("a\nc\n", "a\n...\nc", True),
        ("a 1 b\n", "a ... b", True),
        ("a\nb\n", "a", False),
        ("a\nb\nd\n", "a\n...\nc", False),
        ("ab\n", "a.", False),
    ],
)
def test_output_is_the_same_but_for_three_dots(printed: str, shown: str, is_same: bool) -> None:
    assert same(printed, shown) is is_same


def test_a_linked_copy_shares_only_what_is_written_once(tmp_path: Path) -> None:
    for name in ("lake/t/one.parquet", "dagster/runs.db", "ledger.sqlite"):
        path = tmp_path / "root" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("as it was")
    copied = linked_copy(tmp_path / "root", tmp_path / "copy")
    (copied / "dagster" / "runs.db").write_text("changed")
    (copied / "ledger.sqlite").write_text("changed")
    assert (tmp_path / "root" / "dagster" / "runs.db").read_text() == "as it was"
    assert (tmp_path / "root" / "ledger.sqlite").read_text() == "as it was"
    assert (copied / "lake" / "t" / "one.parquet").samefile(tmp_path / "root" / "lake" / "t" / "one.parquet")
