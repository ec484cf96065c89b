"""Text of a judge as plain paragraphs in a quote: it can neither style, link, nor end what it stands in.

A judge may be a language model, and its words whatever somebody put into its mouth (SEMANTICS 8).
"""

from __future__ import annotations

import re
import unicodedata

MOST_CHARACTERS = 2000
_LINK = re.compile(
    r"""[!]?\[[^\]\n]*\]\([^)\n]*\)            # [words](address)
    | \b[a-z][a-z0-9+.-]{1,30}:/*[^\s/][^\s]*  # scheme:address
    | \b(?:www|ftp)\.\S+ | \S+@\S+\.\S+        # without a scheme, and mail
    """,
    re.IGNORECASE | re.VERBOSE,
)
_SCHEMES = re.compile(r"\A[!]?\[|\A(?:https?|ftps?|file|data|javascript|vbscript|mailto|tel|ssh|git):", re.IGNORECASE)
REMOVED = "(link removed)"
_TAG = re.compile(r"<[!/?a-zA-Z][^<>]*>")
_ANYWHERE = re.compile(r"[\\`*\[\]<>&~|$]|(?<![^\W_])_|_(?![^\W_])")
_AT_START = re.compile(r"\A([#+=-]|\d{1,9}(?=[.)]))")
_INVISIBLE = {"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"}


def plain(text: str, most: int = MOST_CHARACTERS) -> str:
    r"""Text as paragraphs of Markdown that show as nothing but text.

    Parameters
    ----------
    text : str
        Any text.
    most : int
        Characters of it that are kept; what is cut off is said.

    Returns
    -------
    str
        Normalised (NFC); control, bidirectional and invisible characters dropped, links and HTML tags removed, whatever
        means something in Markdown escaped; at most one blank line in a row; empty where nothing is left.

    Examples
    --------
    >>> plain("## Stop\n\n\n<b>sell</b> rsi_extremes, see https://x.example/a")
    '\\## Stop\n\nsell rsi_extremes, see (link removed)'
    """
    cut = text[: 4 * most]
    visible = "".join(c for c in _normalised(cut) if c == "\n" or unicodedata.category(c) not in _INVISIBLE)
    bare = _TAG.sub("", _LINK.sub(_without_link, visible))
    lines = [" ".join(line.split()) for line in bare.split("\n")]
    kept = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    said = kept[:most].rstrip() + " (cut)" if len(kept) > most or len(text) > len(cut) else kept
    return "\n".join(map(_escaped, said.split("\n")))


def quoted(text: str) -> str:
    r"""Lines of Markdown as a block quote.

    >>> quoted("one\n\ntwo")
    '> one\n>\n> two'
    """
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def _normalised(text: str) -> str:
    return unicodedata.normalize("NFC", re.sub(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]", "\n", text).replace("\t", " "))


def _without_link(found: re.Match[str]) -> str:
    """A word with a colon in it is no link; an address is."""
    word = found[0]
    is_link = _SCHEMES.match(word) or "://" in word or "@" in word or re.match(r"(www|ftp)\.", word, re.IGNORECASE)
    return REMOVED if is_link else word


def _escaped(line: str) -> str:
    return _AT_START.sub(_backslash_before, _ANYWHERE.sub(r"\\\g<0>", line))


def _backslash_before(found: re.Match[str]) -> str:
    """Of a number the mark after it is what makes a list."""
    return f"\\{found[0]}" if not found[0].isdigit() else f"{found[0]}\\"
