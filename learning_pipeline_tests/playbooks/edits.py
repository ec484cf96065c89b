"""Edits of made-up playbooks whose true section is known because it was put there.

``python -m learning_pipeline_tests.playbooks.edits 100000`` tries that many and prints what it found.
"""

from __future__ import annotations

import random
import sys
import time
from typing import NamedTuple

from learning_pipeline.errors import BadInput
from learning_pipeline.playbooks.document import BOM
from learning_pipeline.playbooks.quoting import plain, quoted
from learning_pipeline.playbooks.section import EVIDENCE, with_section

FRONT = ["---", "playbook_id: x", "## Validation Evidence", "hypothesis: a --- b", "---"]
HEADINGS = [["# Title"], ["## Notes"], ["   ## Patterns ##"], ["Setext one", "==="], ["Setext two", "---"]]
HEADINGS += [["Two lines", "of setext", "---"], ["## validation evidence"], ["## Validation Evidence, old"], ["#"]]
OWN = [
    ["## Validation Evidence"],
    ["##  Validation Evidence  "],
    ["## Validation Evidence ##"],
    [" ## Validation Evidence"],
]
OWN += [["Validation Evidence", "----"], ["##\tValidation Evidence"]]
LISTS = [["- item", "  ## Validation Evidence", "", "  more"], ["1. one", "2. two", "", "   ## Validation Evidence"]]
BLOCKS = [
    ["Plain words."],
    ["Words with \\1, \\g<0>, C:\\new and a trailing backslash \\"],
    ["```", "## Validation Evidence", "text", "```"],
    ["~~~~ md", "## Validation Evidence", "~~~", "```", "## Notes", "~~~~"],
    ["````", "```", "## Validation Evidence", "```", "````"],
    ["<!-- ", "## Validation Evidence", "-->"],
    ["<pre>", "", "## Validation Evidence", "", "</pre>"],
    ["<div>", "## Validation Evidence", "</div>"],
    ["> ## Validation Evidence", "> quoted", ">", "> ## Notes"],
    ["    ## Validation Evidence", "    indented code"],
    ["### Validation Evidence", "below a smaller heading"],
    ["#### Notes"],
    ["# Not a heading\u2028## Validation Evidence".replace("# Not", "Not")],
    ["\u202eright to left\u202c", "zero\u200bwidth, vertical\x0btab, form\x0cfeed, next\x85line"],
    ["#Validation Evidence", "\\## Validation Evidence", "text ## Validation Evidence"],
    ["| a | b |", "|---|---|", "| ## Validation Evidence | x |"],
    ["Validation Evidence", "", "***"],
    ["[ref]: https://example.org '## Validation Evidence'"],
]
LATIN = b"caf\xe9 \xff\xfe \x80"
HOSTILE = [
    "## Notes",
    "# Title",
    "Validation Evidence\n---",
    "```\n## Notes",
    "~~~",
    "<script>",
    "<!--",
    "---",
    "\\1 \\g<0>",
]
HOSTILE += [
    "\u202egnp.exe",
    "[x](javascript:1)",
    "- a\n  - b",
    "1) x",
    "> > > q",
    "|-|-|",
    "\r\n## Notes\r\n",
    "\x00\x1b[2J",
    "plain",
]


class Playbook(NamedTuple):
    """Bytes before the section's body (its heading included), the body, bytes after; ``n`` sections of that name."""

    before: bytes
    body: bytes
    after: bytes
    n: int

    @property
    def content(self) -> bytes:
        """The whole file."""
        return self.before + self.body + self.after


def made_up(rng: random.Random) -> Playbook:
    """A playbook with no, one or (rarely) two sections of evidence."""
    eol = rng.choice([[b"\n"], [b"\r\n"], [b"\r"], [b"\n", b"\r\n"]])
    n = rng.choices([0, 1, 2], [2, 7, 1])[0]
    before = _written(rng, [FRONT] if rng.random() < 0.7 else [], eol) + _blocks(rng, eol, 4)
    if rng.random() < 0.3:
        before += _written(rng, [rng.choice(HEADINGS)], eol) + _blocks(rng, eol, 2)
    before = (BOM if rng.random() < 0.3 else b"") + before
    if not n:
        return Playbook(before.rstrip(b"\r\n") if rng.random() < 0.3 else before, b"", b"", 0)
    before += _line(rng, rng.choice(OWN), eol)
    body = rng.choice(eol) + _blocks(rng, eol, 3)
    after = b""
    if n == 2:
        after = _written(rng, [rng.choice(HEADINGS), rng.choice(OWN)], eol) + _blocks(rng, eol, 2)
    elif rng.random() < 0.6:
        after = _written(rng, [rng.choice(HEADINGS)], eol) + _blocks(rng, eol, 3)
    if not after and rng.random() < 0.3:
        body = body.rstrip(b"\r\n") or b""
    return Playbook(before, body, after, n)


def evidence(rng: random.Random) -> str:
    """A card as long as it may be hostile: a quote of a judge's words, then a plain line."""
    said = "\n".join(rng.choices(HOSTILE, k=rng.randrange(1, 5)))
    return f"Figures.\n\n{quoted(plain(said))}\n\nThe last line is a plain one."


def fault(playbook: Playbook, text: str) -> str | None:
    """What an edit did wrong; None where nothing."""
    try:
        edited = with_section(playbook.content, EVIDENCE, text)
    except BadInput as e:
        return None if playbook.n == 2 else f"refused: {e}"
    if playbook.n == 2:
        return "two sections and not refused"
    if with_section(edited, EVIDENCE, text) != edited:
        return "not idempotent"
    if with_section(with_section(edited, EVIDENCE, "Other."), EVIDENCE, text) != edited:
        return "what was there before shows"
    if not (edited.startswith(playbook.before) and edited.endswith(playbook.after)):
        return "a byte outside the section has changed"
    body = edited[len(playbook.before) : len(edited) - len(playbook.after)]
    lines = [line for line in body.decode("utf-8").replace("\r\n", "\n").replace("\r", "\n").split("\n") if line]
    expected = [line for line in text.encode("utf-8").decode().split("\n") if line]
    heading = [f"## {EVIDENCE}"] if playbook.n == 0 else []
    return None if _ascii(lines) == _ascii(heading + expected) else "the section holds something else"


def n_faulty(n: int, seed: int = 0) -> dict[str, int]:
    """How often what went wrong in ``n`` edits."""
    rng, found = random.Random(seed), {}
    for _ in range(n):
        wrong = fault(made_up(rng), evidence(rng))
        if wrong:
            found[wrong] = found.get(wrong, 0) + 1
    return found


def _ascii(lines: list[str]) -> list[str]:
    """In a file of another encoding what is not ASCII is written as ``?``."""
    return ["".join(c if c.isascii() else "?" for c in line) for line in lines]


def _blocks(rng: random.Random, eol: list[bytes], most: int) -> bytes:
    blocks = rng.choices(BLOCKS, k=rng.randrange(0, most + 1))
    if rng.random() < 0.2:
        blocks.append([*rng.choice(LISTS), "", "A paragraph at the margin ends the list."])
    written = _written(rng, blocks, eol)
    return written + (LATIN + eol[0] + eol[0] if rng.random() < 0.1 else b"")


def _written(rng: random.Random, blocks: list[list[str]], eol: list[bytes]) -> bytes:
    return b"".join(_line(rng, block, eol) + rng.choice(eol) for block in blocks)


def _line(rng: random.Random, block: list[str], eol: list[bytes]) -> bytes:
    return b"".join(line.encode() + rng.choice(eol) for line in block)


if __name__ == "__main__":
    asked, began = int(sys.argv[1]), time.monotonic()
    wrong = n_faulty(asked)
    sys.stdout.write(f"{asked} edits, {sum(wrong.values())} faulty {wrong or ''} in {time.monotonic() - began:.0f} s\n")
    sys.exit(1 if wrong else 0)
