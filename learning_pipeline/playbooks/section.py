"""Writing into one section of a Markdown file: not a byte outside it changes."""

from __future__ import annotations

import re

from learning_pipeline.errors import BadInput
from learning_pipeline.playbooks.document import Document, Section

EVIDENCE = "Validation Evidence"


def with_section(content: bytes, title: str, text: str) -> bytes:
    r"""The file with a text as the whole body of a section, which is appended where there is none.

    Parameters
    ----------
    content : bytes
        The whole file.
    title : str
        Of a level-2 heading.
    text : str
        Markdown without headings, ``\n`` between lines; its last block is a plain paragraph, so that whatever follows
        stays what it is.

    Raises
    ------
    BadInput
        There are two such sections; or the file ends inside a code fence or HTML, where nothing can be appended.
    """
    document = Document(content)
    found = document.section(title)
    if found is None:
        appended = content + _heading(document, title) + _encoded(document, f"\n{text}\n")
        return _verified(appended, [*document.outline(), (2, title)])
    return _verified(_put(document, found, _encoded(document, f"\n{text}\n")), document.outline(without=found))


def with_paragraphs(content: bytes, title: str, text: str) -> bytes:
    """The file with a text after what a section holds already.

    Raises
    ------
    BadInput
        As `with_section`; also where the section is absent.
    """
    document = Document(content)
    found = document.section(title)
    if found is None:
        raise BadInput(f"expected a section `## {title}`, found none; write its heading first")
    kept = re.sub(rb"[ \t\r\n]+\Z", b"", content[found.body : found.end])
    blank = "\n\n" if kept else "\n"
    return _verified(_put(document, found, kept + _encoded(document, f"{blank}{text}\n")), document.outline())


def _put(document: Document, found: Section, body: bytes) -> bytes:
    """The file with another body of a section, and a blank line before whatever follows it."""
    head, rest = document.content[: found.body], document.content[found.end :]
    unended = b"" if head.endswith((b"\n", b"\r")) else document.eol
    return head + unended + body + (document.eol if rest else b"") + rest


def _heading(document: Document, title: str) -> bytes:
    """What is appended before a new section's body: a blank line and the heading."""
    is_ended = not document.lines or document.lines[-1].endswith((b"\n", b"\r"))
    blank = document.eol if document.lines else b""
    return (b"" if is_ended else document.eol) + blank + _encoded(document, f"## {title}\n")


def _encoded(document: Document, text: str) -> bytes:
    return text.encode(document.encoding, "replace").replace(b"\n", document.eol)


def _verified(content: bytes, outline: list[tuple[int, str]]) -> bytes:
    """The new content, where its headings are those expected."""
    if Document(content).outline() != outline:
        raise BadInput("nothing can be written there: the text before it ends inside a code fence or HTML; close it")
    return content
