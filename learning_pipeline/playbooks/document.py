r"""A Markdown file as bytes, and where its sections begin and end (SEMANTICS 8).

Headings are those that CommonMark sees: in a code fence, an HTML block, a quote or a list there is none. Lines end as
CommonMark says, at ``\n``, ``\r\n`` or ``\r``, whatever the encoding; bytes that are no UTF-8 are carried along.
"""

from __future__ import annotations

import itertools
import re
from functools import cache, cached_property
from typing import NamedTuple

from markdown_it import MarkdownIt

from learning_pipeline.errors import BadInput

BOM = b"\xef\xbb\xbf"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_FENCE_OF_FRONT_MATTER = re.compile(rb"---[ \t]*[\r\n]*")


class Heading(NamedTuple):
    """A top-level heading: level 1 to 6, its text as written, the lines it takes (first, and one after its last)."""

    level: int
    text: str
    first: int
    after: int


class Section(NamedTuple):
    """Bytes of one level-2 section: the heading starts at ``start``, its body at ``body``, and ends before ``end``."""

    start: int
    body: int
    end: int


class Document:
    """A Markdown file.

    Parameters
    ----------
    content : bytes
        The whole file, in an encoding whose first 128 characters are ASCII.

    Raises
    ------
    BadInput
        It is UTF-16, or holds NUL bytes: no text of that kind.
    """

    def __init__(self, content: bytes) -> None:
        if content.startswith(_UTF_16) or b"\0" in content:
            raise BadInput("expected Markdown in UTF-8, found UTF-16 or NUL bytes; save the file as UTF-8")
        self.content = content
        self._start = len(BOM) if content.startswith(BOM) else 0
        self.lines = _LINE.findall(content[self._start :])
        self._offsets = [self._start]
        for line in self.lines:
            self._offsets.append(self._offsets[-1] + len(line))
        self._n_front = _front_matter_lines(self.lines)

    @property
    def front_matter(self) -> bytes | None:
        """What stands between the two lines ``---`` at the very top; None where nothing does."""
        return b"".join(self.lines[1 : self._n_front - 1]) if self._n_front else None

    @cached_property
    def headings(self) -> list[Heading]:
        """Top-level headings, in order."""
        text = b"".join(self.lines[self._n_front :]).decode("utf-8", "surrogateescape")
        tokens = _parser().parse(text)
        found = []
        for opening, inline in itertools.pairwise(tokens):
            if opening.type == "heading_open" and opening.level == 0 and opening.map:
                first, after = (line + self._n_front for line in opening.map)
                found.append(Heading(int(opening.tag[1]), inline.content.strip(), first, after))
        return found

    @property
    def eol(self) -> bytes:
        """How lines end, by the first that does."""
        found = re.search(rb"\r\n|\r|\n", self.content)
        return found[0] if found else b"\n"

    @property
    def encoding(self) -> str:
        """``utf-8``, or ``ascii`` where the file is of another encoding: what may be written into it."""
        try:
            self.content.decode("utf-8")
        except UnicodeDecodeError:
            return "ascii"
        return "utf-8"

    def section(self, title: str) -> Section | None:
        """The one level-2 section of a title: up to the next heading of level 1 or 2; None where there is none.

        Raises
        ------
        BadInput
            There are two.
        """
        headings = self.headings
        named = [k for k, heading in enumerate(headings) if heading.level == 2 and heading.text == title]
        if len(named) > 1:
            where = " and ".join(str(headings[k].first + 1) for k in named)
            raise BadInput(f"expected one section `## {title}`, found {len(named)} (lines {where}); leave one")
        if not named:
            return None
        heading = headings[named[0]]
        ends = (each.first for each in headings[named[0] + 1 :] if each.level <= 2)
        return Section(*(self._offsets[line] for line in (heading.first, heading.after, next(ends, len(self.lines)))))

    def outline(self, without: Section | None = None) -> list[tuple[int, str]]:
        """Level and text of every heading, but for those in the body of a section."""
        inside = range(without.body, without.end) if without else range(0)
        return [heading[:2] for heading in self.headings if self._offsets[heading.first] not in inside]

    def without(self, title: str) -> bytes:
        """The file without a section's body; errors as `section`."""
        found = self.section(title)
        return self.content[: found.body] + self.content[found.end :] if found else self.content

    def body(self, title: str) -> str:
        """Text of a section without its heading; empty where there is none; errors as `section`."""
        found = self.section(title)
        return self.content[found.body : found.end].decode("utf-8", "replace") if found else ""


def _front_matter_lines(lines: list[bytes]) -> int:
    """Lines of the front matter with both its fences; 0 where it is absent or has no end."""
    if not lines or not _FENCE_OF_FRONT_MATTER.fullmatch(lines[0]):
        return 0
    ends = (k + 1 for k, line in enumerate(lines[1:], 1) if _FENCE_OF_FRONT_MATTER.fullmatch(line))
    return next(ends, 0)


@cache
def _parser() -> MarkdownIt:
    """Blocks only: what a line holds does not matter here."""
    return MarkdownIt("commonmark").disable(["inline", "text_join"])
