"""Writing evidence into a playbook: its section and not a byte else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from learning_pipeline.errors import BadInput
from learning_pipeline.playbooks.document import Document
from learning_pipeline.playbooks.section import EVIDENCE, with_paragraphs, with_section
from learning_pipeline_tests.playbooks.edits import n_faulty

SHIPPED = sorted((Path(__file__).resolve().parents[2] / "playbooks").glob("*.md"))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_write_evidence_without_corrupting_the_rest(path: Path) -> None:
    content = path.read_bytes()
    head = content[: content.index(b"## Validation Evidence\n") + len(b"## Validation Evidence\n")]

    edited = with_section(content, EVIDENCE, "Card.")

    assert edited == head + b"\nCard.\n"
    assert with_section(edited, EVIDENCE, "Card.") == edited


def test_made_up_playbooks_keep_every_byte_outside_the_section() -> None:
    assert n_faulty(int(os.environ.get("LEARNING_PIPELINE_PLAYBOOK_EDITS", "2000"))) == {}


def test_line_endings_byte_order_mark_and_a_missing_last_newline_stay() -> None:
    content = b"\xef\xbb\xbf# T\r\n\r\n## Validation Evidence\r\nold\r\n## Notes\r\nlast"
    assert (
        with_section(content, EVIDENCE, "a\n\nb")
        == b"\xef\xbb\xbf# T\r\n\r\n## Validation Evidence\r\n\r\na\r\n\r\nb\r\n\r\n## Notes\r\nlast"
    )


def test_a_heading_in_a_code_fence_is_none() -> None:
    content = b"```\n## Validation Evidence\n```\n"
    assert with_section(content, EVIDENCE, "a") == content + b"\n## Validation Evidence\n\na\n"


def test_a_file_without_the_section_gets_it_at_its_end() -> None:
    assert with_section(b"text", EVIDENCE, "a") == b"text\n\n## Validation Evidence\n\na\n"
    assert with_section(b"", EVIDENCE, "a") == b"## Validation Evidence\n\na\n"


def test_smaller_headings_are_part_of_the_section_and_larger_ones_end_it() -> None:
    content = b"## Validation Evidence\n### Sub\n# Top\n"
    assert with_section(content, EVIDENCE, "a") == b"## Validation Evidence\n\na\n\n# Top\n"


def test_a_file_of_another_encoding_keeps_its_bytes_and_gets_ascii() -> None:
    edited = with_section(b"caf\xe9\n\n## Validation Evidence\n", EVIDENCE, "naïve")
    assert edited == b"caf\xe9\n\n## Validation Evidence\n\nna?ve\n"


def test_backslashes_are_no_template() -> None:
    assert with_section(b"## Validation Evidence\n", EVIDENCE, r"\1 \g<0> \d").endswith(b"\n\\1 \\g<0> \\d\n")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"## Validation Evidence\n\n## Validation Evidence\n", r"found 2 \(lines 1 and 3\)"),
        (b"text\n\n```\nnever closed\n", "ends inside a code fence"),
        (b"text\n\n<!-- never closed\n", "ends inside a code fence or HTML"),
        (b"\xff\xfe#\0 \0", "UTF-16"),
    ],
    ids=["two sections", "open fence", "open comment", "UTF-16"],
)
def test_what_cannot_be_edited_is_refused(content: bytes, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        with_section(content, EVIDENCE, "a")


def test_a_suggestion_comes_after_what_the_section_holds() -> None:
    content = b"## Notes\r\n\r\n- one\r\n\r\n\r\n## Validation Evidence\r\n"
    expected = b"## Notes\r\n\r\n- one\r\n\r\n> two\r\n\r\n## Validation Evidence\r\n"
    assert with_paragraphs(content, "Notes", "> two") == expected
    assert with_paragraphs(b"## Notes", "Notes", "> two") == b"## Notes\n\n> two\n"


def test_a_suggestion_for_a_section_that_is_not_there_is_refused() -> None:
    with pytest.raises(BadInput, match="expected a section `## Patterns`, found none"):
        with_paragraphs(b"## Notes\n", "Patterns", "> two")


def test_a_suggestion_does_not_land_in_an_open_fence_that_swallows_the_rest() -> None:
    content = b"## Notes\n\n```\n## Validation Evidence\n"
    assert [heading.text for heading in Document(content).headings] == ["Notes"]
    assert with_paragraphs(content, "Notes", "> two").startswith(content.rstrip())


def test_front_matter_is_no_heading() -> None:
    document = Document(b"---\nplaybook_id: x\n---\n\n## Notes\n")
    assert document.outline() == [(2, "Notes")]
    assert document.front_matter == b"playbook_id: x\n"
    assert Document(b"---\nno end\n").front_matter is None
