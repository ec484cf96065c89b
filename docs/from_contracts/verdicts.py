"""The verdicts that a page shows as text, as a picture: drawn from lines that a test compares with the demo."""

import re
from typing import NamedTuple

from from_contracts.svg import figure, tag, text

WIDTH, LEFT, RIGHT, STEP, TOP = 640.0, 176.0, 126.0, 40.0, 46.0
_NUMBER = r"([+-][\d,]+)"
_ROW = re.compile(rf"^(\w+) +(saves|costs|inconclusive) +{_NUMBER} +{_NUMBER} to {_NUMBER} ", flags=re.MULTILINE)


class Verdict(NamedTuple):
    """A guard's line: money saved with its interval, USD."""

    guard: str
    verdict: str
    saved: float
    low: float
    high: float


def verdicts(page: str) -> list[Verdict]:
    """The lines of the guards that were judged, in their order."""
    found = [Verdict(*row[:2], *(float(n.replace(",", "")) for n in row[2:])) for row in _ROW.findall(page)]
    if not found:
        raise ValueError("no line of a guard with its verdict: has the output of `demo` changed?")
    return found


def picture(page: str) -> str:
    """A line per guard: its interval, what it saved, its verdict."""
    rows = verdicts(page)
    low, high = min(row.low for row in rows), max(row.high for row in rows)
    scale = (WIDTH - LEFT - RIGHT) / (high - low)
    zero = LEFT - low * scale
    height = TOP + STEP * len(rows) + 8
    inside = tag("line", x1=f"{zero:g}", x2=f"{zero:g}", y1=TOP - 12, y2=f"{height - 6:g}", class_="zero")
    inside += text(zero - 10, 18, "cost money", class_="head left") + text(zero + 10, 18, "saved money", class_="head")
    for k, row in enumerate(rows):
        inside += _line(row, TOP + STEP * (k + 0.5), lambda usd: LEFT + (usd - low) * scale)
    label = "; ".join(f"{row.guard} {row.verdict}, {row.saved:+,.0f} USD" for row in rows)
    return figure(WIDTH, height, inside, f"What each guard saved or cost: {label}", "verdicts")


def _line(row: Verdict, y: float, at: object) -> str:
    x0, x, x1 = (f"{at(usd):g}" for usd in (row.low, row.saved, row.high))
    return tag(
        "g",
        text(LEFT - 14, y + 5, row.guard, class_="guard")
        + tag("line", x1=x0, x2=x1, y1=f"{y:g}", y2=f"{y:g}", class_="interval")
        + tag("circle", cx=x, cy=f"{y:g}", r=5.5)
        + text(WIDTH - RIGHT + 16, y - 2, row.verdict, class_="said")
        + text(WIDTH - RIGHT + 16, y + 14, f"{row.saved:+,.0f} USD", class_="head"),
        class_=row.verdict,
    )
