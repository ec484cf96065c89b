"""The blocks of a page of the documentation: what a reader types, and what the page says comes of it."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

DOCS = Path(__file__).parents[2] / "docs"
RUN, NOT_RUN = {"sh", "py"}, {"bash"}
_FENCE = re.compile(
    r"(?P<remark>^% [^\n]+\n)?^(?P<fence>`{3,})(?P<word>\{?[a-z-]*\}?)(?P<language>[^\n]*)\n(?P<text>.*?)^(?P=fence)$",
    flags=re.DOTALL | re.MULTILINE,
)
_OPTION = re.compile(r"^:(?P<name>[a-z-]+): ?(?P<value>.*)\n", flags=re.MULTILINE)


class Block(NamedTuple):
    """A fenced block: its language, its text without options, its options, the remark above it, where the text is."""

    language: str
    text: str
    options: dict[str, str]
    remark: str
    span: tuple[int, int]

    @property
    def is_output(self) -> bool:
        """Whether it is what the block before it prints."""
        return self.options.get("class") == "output"


def blocks(page: str) -> Iterator[Block]:
    """Every fenced block of a page, in order."""
    for found in _FENCE.finditer(page):
        text, options = found["text"], {}
        language = found["language"].strip() if found["word"] == "{code-block}" else found["word"]
        while found["word"].startswith("{") and (option := _OPTION.match(text)):
            options[option["name"]], text = option["value"], text[option.end() :]
        text = text.removeprefix("\n") if options else text
        start = found.end() - len(found["fence"]) - len(text)
        yield Block(language, text, options, (found["remark"] or "").strip(), (start, start + len(text)))


def pages() -> list[Path]:
    """Every page, in the order of its path."""
    return sorted(path for path in DOCS.rglob("*.md") if "_build" not in path.parts)


def runnable(page: Path) -> bool:
    """Whether there is anything to type."""
    return any(block.language in RUN for block in blocks(page.read_text(encoding="utf-8")))


def commands(text: str) -> Iterator[list[str]]:
    """The words of each command: a line, or several where a quote is open or a line ends with a backslash."""
    lines = ""
    for line in text.splitlines(keepends=True):
        lines += line
        if line.endswith("\\\n"):
            continue
        try:
            words = shlex.split(lines.replace("\\\n", " "), comments=True)
        except ValueError:
            continue
        lines = ""
        if words:
            yield words
    if lines:
        raise ValueError(f"no end: {lines}")


def same(printed: str, shown: str) -> bool:
    """Whether a page shows what was printed; three dots stand for anything, alone on a line for any lines.

    >>> same("a 1\\nb\\nc\\n", "a ...\\n...\\nc"), same("a\\nb\\n", "a\\nc"), same("a\\nb", "a\\n...")
    (True, False, True)
    """
    pattern = ""
    for line in shown.strip().splitlines():
        any_lines, words = line.strip() == "...", re.escape(line.rstrip()).replace(re.escape("..."), ".*")
        pattern += "(.*\n)*" if any_lines else f"{words}\n"
    return re.fullmatch(pattern, "".join(f"{line.rstrip()}\n" for line in printed.strip().splitlines())) is not None
