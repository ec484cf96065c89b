"""Markdown out of values."""

import re
from collections.abc import Iterable, Sequence


def for_readers(text: str) -> str:
    """A docstring without its pointers to papers of the project's own making."""
    return re.sub(r"\s*\((?:SEMANTICS|CONTRACTS|ARCHITECTURE)[^)]*\)", "", text).strip()


def plain(text: object) -> str:
    """A text as one line that means itself in a cell: no emphasis, no HTML, no column border."""
    line = " ".join(for_readers(str(text)).replace("``", "`").split())
    outside = re.split(r"(`[^`]*`)", line)
    return "".join(part.replace("|", r"\|") if part.startswith("`") else _escaped(part) for part in outside)


def code(text: object) -> str:
    """A text between backticks, in a cell."""
    return f"`{text}`".replace("|", r"\|")


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A pipe table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def section(label: str, title: str, *parts: str) -> str:
    """A heading of the second level that other pages can point to, and what stands below it."""
    return "\n\n".join([f"({label})=\n## {title}", *(part for part in parts if part)]) + "\n\n"


def _escaped(text: str) -> str:
    return re.sub(r"([|*<>\[\]_{}])", r"\\\1", text)
