"""Front matter: what a playbook claims, or one line that says what is wrong with it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from learning_pipeline.errors import BadInput
from learning_pipeline.playbooks.claim import read_claim

FRONT = {
    "playbook_id": "x",
    "strategy": "x",
    "metric": "win_rate",
    "threshold": "0.45",
    "min_sample_size": "60",
    "hypothesis": "It pays.",
}


def playbook(**changes: str | None) -> bytes:
    told = {name: value for name, value in {**FRONT, **changes}.items() if value is not None}
    return ("---\n" + "".join(f"{name}: {value}\n" for name, value in told.items()) + "---\n\n# X\n").encode()


@pytest.mark.parametrize("path", sorted((Path(__file__).resolve().parents[2] / "playbooks").glob("*.md")))
def test_those_that_ship_can_be_read(path: Path) -> None:
    assert read_claim(path.read_bytes(), path.stem).playbook_id == path.stem


def test_line_endings_and_byte_order_marks_do_not_matter() -> None:
    crlf = b"\xef\xbb\xbf" + playbook().replace(b"\n", b"\r\n")
    assert read_claim(crlf, "x") == read_claim(playbook(), "x")


def test_a_split_is_read() -> None:
    claim = read_claim(playbook(split="{feature: relative_volume, at: 1.5}"), "x")
    assert claim.split is not None
    assert (claim.split.feature, claim.split.at) == ("relative_volume", 1.5)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"# X\n", "expected front matter"),
        (b"---\nplaybook_id: x\n", "expected front matter"),
        (playbook(playbook_id="y"), "says playbook_id y"),
        (playbook(metric="sharpe"), "metric: Input should be 'win_rate' or 'avg_r', found 'sharpe'"),
        (playbook(metric=None), "metric: Field required"),
        (playbook(threshold="1.5"), "lies between 0 and 1"),
        (playbook(threshold="yes"), "threshold: Input should be a valid number, found True"),
        (playbook(threshold=".nan", metric="avg_r"), "threshold: Input should be a finite number"),
        (playbook(min_sample_size="'60'"), "min_sample_size: Input should be a valid integer, found '60'"),
        (playbook(strategy="'*'"), "names its patterns"),
        (playbook(extra="1"), "extra: Extra inputs are not permitted"),
        (playbook(hypothesis="one\nhypothesis: two"), "hypothesis stands there twice"),
        (playbook(hypothesis="&a [x]\nstrategy2: *a"), "an alias"),
        (playbook(hypothesis="!!python/object/apply:os.system [ls]"), "could not determine a constructor"),
        (playbook(hypothesis="x" * 9000), "more than 8192 bytes"),
        (playbook(hypothesis="[" * 3000), "expected YAML"),
        (b"---\n- a\n---\n", "valid dictionary"),
        (b"---\nhypothesis: caf\xe9\n---\n", "expected YAML"),
    ],
)
def test_what_is_wrong_is_one_line(content: bytes, why: str) -> None:
    with pytest.raises(BadInput, match=re.escape(why)) as refusal:
        read_claim(content, "x")
    assert "\n" not in str(refusal.value)
