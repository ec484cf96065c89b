"""A suggested edit as the file that it would make, and the difference that a person is shown."""

from __future__ import annotations

import datetime as dt
import difflib
import hashlib
from typing import NamedTuple

from learning_pipeline.playbooks.document import Document
from learning_pipeline.playbooks.quoting import plain, quoted
from learning_pipeline.playbooks.section import with_paragraphs

MOST_NAME = 64


class Words(NamedTuple):
    """What a judge said, made plain: safe to stand in a quote.

    Attributes
    ----------
    judge, text, summary : str
        Who, what is to be written, and on which evidence.
    on : date
        When it was said.
    """

    judge: str
    text: str
    summary: str
    on: dt.date

    @classmethod
    def of(cls, judge: str, text: str, summary: str, on: dt.date) -> Words:
        """From words as they came."""
        return cls(one_line(judge, MOST_NAME), plain(text), one_line(summary), on)

    @property
    def note(self) -> str:
        """Who says it, when, and on which evidence; one line."""
        return f"The judge {self.judge} on {self.on}: {self.summary}"


class Edit(NamedTuple):
    """The whole file as it would be, and what would change in it.

    ``diff`` is a unified one; it does not depend on the evidence, which is the last section.
    """

    file_sha256: str
    content: bytes
    diff: str

    @property
    def diff_sha256(self) -> str:
        """Digest of what a person is shown."""
        return hashlib.sha256(self.diff.encode()).hexdigest()


def edited(content: bytes, name: str, section: str, words: Words) -> Edit:
    """A section with a judge's words after what it holds, in a quote that says whose they are.

    Parameters
    ----------
    content : bytes
        The file as it is.
    name : str
        Its name, for the difference.
    section : str
        Title of a section that is there.

    Raises
    ------
    BadInput
        As `with_paragraphs`.
    """
    block = quoted(f"{words.note}\n\n{words.text}")
    after = with_paragraphs(content, section, block)
    return Edit(hashlib.sha256(content).hexdigest(), after, difference(content, after, name))


def difference(before: bytes, after: bytes, name: str) -> str:
    """Unified difference of two versions, line by line; how lines end is not shown."""
    old, new = (_shown_lines(content) for content in (before, after))
    return "\n".join(difflib.unified_diff(old, new, name, name, lineterm=""))


def one_line(text: str, most: int = 1000) -> str:
    """Words of a judge on one line."""
    return " ".join(plain(text, most).split())


def _shown_lines(content: bytes) -> list[str]:
    return [line.decode("utf-8", "replace").rstrip("\r\n") for line in Document(content).lines]
