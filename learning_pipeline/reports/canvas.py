"""From a drawing to SVG for a page or PNG for Dagster: same bytes each time, in the colours of light and dark."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
from markupsafe import Markup, escape

from learning_pipeline.reports.words import one_line

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, MUTED, HAIR, PAPER = "#1b2430", "#5d6878", "#d3d9e1", "#fefefe"
SAVES, COSTS, UNSURE = "#0b6aa8", "#c24a06", "#8792a2"
VARIABLES = {
    INK: "var(--ink)",
    MUTED: "var(--muted)",
    HAIR: "var(--hair)",
    PAPER: "var(--paper)",
    SAVES: "var(--saves)",
    COSTS: "var(--costs)",
    UNSURE: "var(--unsure)",
}
"""In a page the colours are those of its style sheet, which knows light and dark."""
STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "text.parse_math": False,  # a name from data is no formula
    "font.size": 10.5,
    "text.color": INK,
    "axes.edgecolor": HAIR,
    "axes.labelcolor": MUTED,
    "axes.facecolor": PAPER,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "figure.facecolor": PAPER,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "hatch.linewidth": 1.2,
    "legend.frameon": False,
}
NO_METADATA = {"Date": None, "Creator": None, "Format": None, "Type": None}
PNG_DPI, PNG_COLOURS = 90, 32
WIDE = 5.2
"""Inches of a picture: as wide as a phone in points, so that its letters stay readable there."""
MAX_POINTS = 400
"""A line of more points is thinned: a page has no more pixels."""


class Drawing(NamedTuple):
    """A recipe: inches, and what to draw on empty axes."""

    width: float
    height: float
    draw: Callable[[Axes], None]


def to_svg(drawing: Drawing, name: str, says: str) -> Markup:
    """Inline SVG in the page's colours.

    Parameters
    ----------
    drawing : Drawing
        What to draw.
    name : str
        Prefix of every id, unique in the page.
    says : str
        Text for those who cannot see it; escaped here.

    Returns
    -------
    Markup
        An ``<svg>`` element without links, scripts or styles that reach beyond it.
    """
    from matplotlib.backends.backend_svg import FigureCanvasSVG  # noqa: PLC0415  # slow to import

    file = io.StringIO()
    with _drawn(drawing, {"svg.hashsalt": name}) as figure:
        FigureCanvasSVG(figure).print_svg(file, metadata=NO_METADATA)  # savefig would draw twice
    text = file.getvalue()
    text = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>", "", text[text.index("<svg") :], count=1, flags=re.DOTALL)
    text = re.sub(r"<[^<>]*>", lambda tag: _of_the_page(tag[0], name), text)
    return Markup(text.replace("<svg", f'<svg role="img" aria-label="{escape(one_line(says))}"', 1))  # noqa: S704  # escaped by matplotlib


def to_png(drawing: Drawing) -> bytes:
    """PNG on white, of few colours: a quarter of the bytes."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415  # slow to import
    from PIL import Image  # noqa: PLC0415  # slow to import

    with _drawn(drawing, {"figure.dpi": PNG_DPI}) as figure:
        canvas = FigureCanvasAgg(figure)
        canvas.draw()  # once: savefig would draw twice, and write what is read again here
        image = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
    small = io.BytesIO()
    image.quantize(PNG_COLOURS).save(small, "png", optimize=True)
    return small.getvalue()


def thinned(n: int, most: int = MAX_POINTS) -> list[int]:
    """Indexes of at most ``most`` of ``n`` points, evenly spaced, the last one included.

    >>> thinned(3), len(thinned(10_000)), thinned(10_000)[-1]
    ([0, 1, 2], 400, 9999)
    """
    kept = min(n, most)
    return [n - 1 - (kept - 1 - k) * (n - 1) // max(kept - 1, 1) for k in range(kept)]


def dated(axes: Axes) -> None:
    """Few and short dates below."""
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter  # noqa: PLC0415  # slow to import

    locator = AutoDateLocator(minticks=3, maxticks=7)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))


def keyed(axes: Axes, n_names: int) -> None:
    """Names of the lines above the axes, where none of them is drawn."""
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=n_names, fontsize=9, borderaxespad=0.2)


def ruled(axes: Axes, axis: Literal["x", "y"]) -> None:
    """Hairlines behind what is drawn, a line at zero, thousands told apart."""
    axes.grid(axis=axis, color=HAIR, linewidth=0.6)
    axes.set_axisbelow(True)
    (axes.xaxis if axis == "x" else axes.yaxis).set_major_formatter("{x:,.10g}")
    zero = axes.axvline if axis == "x" else axes.axhline
    zero(0, color=MUTED, linewidth=1.0)


@contextmanager
def _drawn(drawing: Drawing, style: dict[Any, Any]) -> Iterator[Figure]:
    with _house_style(style):
        from matplotlib.figure import Figure  # noqa: PLC0415  # slow to import

        figure = Figure(figsize=(drawing.width, drawing.height), layout="constrained")
        drawing.draw(figure.subplots())
        yield figure


@contextmanager
def _house_style(style: dict[Any, Any]) -> Iterator[None]:
    """Our style over matplotlib's own defaults, whatever the user's matplotlibrc says."""
    import matplotlib as mpl  # noqa: PLC0415  # slow to import

    with mpl.rc_context(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing from", UserWarning)  # the reader's browser has the letter
        mpl.rcdefaults()
        mpl.rcParams.update({**STYLE, **style})
        yield


def _of_the_page(tag: str, name: str) -> str:
    """A tag in colours of the style sheet, with ids of its own, no size, no list of fonts; to hundredths of a point."""
    if tag.startswith("<svg"):
        tag = re.sub(r' (width|height|version|xmlns:xlink)="[^"]*"', "", tag)
    tag = re.sub(r'(\sid="|href="#|url\(#)', rf"\g<1>{name}-", tag).replace("xlink:href", "href")
    tag = re.sub(r"font-family: [^;\"]*(; )?", "", tag)
    tag = re.sub(r"(\d\.\d\d)\d+", r"\1", tag)
    tag = re.sub(r"\s*\n([A-Z]) ", r"\1", tag)
    return re.sub(r"#[0-9a-f]{6}", lambda colour: VARIABLES.get(colour[0], colour[0]), tag)
