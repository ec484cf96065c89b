"""A section of the report: sentences, a picture, a table, notes. Plain text here; the template escapes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from markupsafe import Markup

from learning_pipeline.reports.canvas import Drawing, to_svg


class Picture(NamedTuple):
    """Inline SVG with a caption."""

    svg: Markup
    caption: str


class Grid(NamedTuple):
    """A table; a cell of the columns in ``numeric`` is set to the right."""

    caption: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    numeric: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Section:
    """One part of the page; ``key`` is its anchor."""

    key: str
    title: str
    says: tuple[str, ...] = ()
    picture: Picture | None = None
    grids: tuple[Grid, ...] = ()
    notes: tuple[str, ...] = ()


def pictured(drawing: Drawing | None, name: str, says: str, caption: str) -> Picture | None:
    """A drawing as a picture; ``says`` is read out to whoever cannot see it."""
    return Picture(to_svg(drawing, name, says), caption) if drawing else None
