"""Pictures as text; colours are those of the page, so that they follow light and dark."""

from html import escape


def tag(name: str, inside: str = "", **attributes: object) -> str:
    """An element; ``class_`` is ``class``, ``_`` in a name is ``-``."""
    given = "".join(f' {key.strip("_").replace("_", "-")}="{escape(str(v))}"' for key, v in attributes.items())
    return f"<{name}{given}>{inside}</{name}>"


def text(x: float, y: float, words: str, **attributes: object) -> str:
    """A line of text."""
    return tag("text", escape(words, quote=False), x=f"{x:g}", y=f"{y:g}", **attributes)


def figure(width: float, height: float, inside: str, label: str, class_: str) -> str:
    """A whole picture, as wide as its place, with its words for those who do not see it."""
    svg = tag("svg", inside, viewBox=f"0 0 {width:g} {height:g}", role="img", aria_label=label, class_=class_)
    return f'<div class="drawn">{svg}</div>'
