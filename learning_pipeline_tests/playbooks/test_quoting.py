"""A judge's words: whatever they hold, they show as text in a quote."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from learning_pipeline.playbooks.quoting import MOST_CHARACTERS, plain, quoted

HOSTILE = {
    "heading": "## Notes",
    "setext": "Notes\n---",
    "html": "<script>alert(1)</script><img src=x onerror=y>",
    "comment": "<!-- hidden",
    "fence": "```\n## Patterns\n```",
    "tildes": "~~~\ntext",
    "front matter": "---\nplaybook_id: y\n---",
    "link": "[here](https://evil.example) ![i](x) https://evil.example www.evil.example me@evil.example",
    "autolink": "<https://evil.example>",
    "reference": "[a]: https://evil.example",
    "list": "- a\n1. b\n+ c",
    "table": "a | b\n---|---",
    "entity": "&lt;b&gt; &#35; Notes",
    "template": r"\1 \g<0> \d C:\new",
    "emphasis": "**bold** _it_ __init__ rsi_extremes",
    "break": "one  \ntwo\\\nthree",
    "indented": "    code",
}
TEXT = {"paragraph_open", "paragraph_close", "inline"}
PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def only_text(markdown: str) -> str:
    """What a reader sees of a quote that holds nothing but paragraphs of text; fails where it holds anything else."""
    tokens = PARSER.parse(markdown)
    assert [tokens[0].type, tokens[-1].type] == ["blockquote_open", "blockquote_close"]
    assert {token.type for token in tokens[1:-1]} <= TEXT
    inner = [child for token in tokens if token.children for child in token.children]
    assert {child.type for child in inner} <= {"text", "softbreak", "text_special"}
    return "".join(child.content or "\n" for child in inner)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_words_are_words(text: str) -> None:
    seen = only_text(quoted(plain(text)))
    assert "evil.example" not in seen
    assert seen.strip()


@given(st.text(st.characters(codec="utf-8"), max_size=80) | st.text("#-=+>*_`~[]()<>!&\\|1. \n\tab:/@", max_size=40))
def test_any_text_shows_as_text(text: str) -> None:
    found = plain(text)
    if found:
        only_text(quoted(found))
    invisible = {unicodedata.category(c) for c in found if c != "\n"} & {"Cc", "Cf", "Cs", "Co"}
    assert not invisible


def test_backslashes_and_underscores_read_as_they_were_written() -> None:
    assert only_text(quoted(plain(HOSTILE["template"]))) == HOSTILE["template"]
    assert plain("rsi_extremes at 5 % in 3 of 4") == "rsi_extremes at 5 % in 3 of 4"


def test_characters_that_turn_or_hide_text_are_gone() -> None:
    assert plain("a\u202eb\u200bc\x1b[2J\u2066d\ufeff") == r"abc\[2Jd"


def test_a_megabyte_is_cut_and_said_to_be() -> None:
    found = plain("x" * 1_000_000)
    assert found == "x" * MOST_CHARACTERS + " (cut)"
