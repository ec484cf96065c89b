"""Typed values of one row or event, as NautilusTrader writes them; what is not one says where it stands."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple, NoReturn, TypeVar

from learning_pipeline.errors import BadInput

_Word = TypeVar("_Word")
_ABSENT = {"", "nan", "NaN", "None", "NaT", "<NA>", "null"}
_MONEY = re.compile(r"(?:Money\()?\s*([+-]?[\d_,]*\.?\d+(?:[eE][+-]?\d+)?),?\s+([A-Z][A-Z0-9]*)\)?", re.ASCII)
_ISO = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:?\d\d)", re.ASCII)
_EARLIEST_NS, _LATEST_NS = 946_684_800 * 10**9, 4_102_444_800 * 10**9
"""Years 2000 to 2100: a number outside is no count of nanoseconds."""


class Money(NamedTuple):
    """An amount and its currency, as ``Money`` prints itself: ``22.44 USD``."""

    amount: Decimal
    currency: str


class Row(NamedTuple):
    """Values by column name, and where they stand: ``fills.csv row 3``."""

    where: str
    values: Mapping[str, Any]

    def maybe(self, name: str) -> str | None:
        """The value as text; None where there is none."""
        value = self.values.get(name)
        text = None if value is None else str(value).strip()
        return None if text is None or text in _ABSENT else text

    def text(self, name: str) -> str:
        """Text that must be there."""
        found = self.maybe(name)
        return found if found is not None else self._refuse(name, "a value", self.values.get(name))

    def one_of(self, name: str, words: Mapping[str, _Word]) -> _Word:
        """The meaning of a word that must be one of these."""
        word = self.text(name)
        return words[word] if word in words else self._refuse(name, " or ".join(words), word)

    def flag(self, *names: str) -> bool:
        """Whether one of these is true; absent is false."""
        return any((self.maybe(name) or "").lower() == "true" for name in names)

    def number(self, name: str) -> Decimal:
        """A finite number that must be there."""
        text = self.text(name)
        found = decimal_of(text)
        return found if found is not None else self._refuse(name, "a number", text)

    def positive(self, name: str) -> Decimal:
        """A number above zero that must be there."""
        found = self.number(name)
        return found if found > 0 else self._refuse(name, "a number above 0", self.text(name))

    def maybe_number(self, name: str) -> Decimal | None:
        """A finite number; None where there is none."""
        return None if self.maybe(name) is None else self.number(name)

    def money(self, name: str) -> Money:
        """Money that must be there."""
        text = self.text(name)
        found = money_of(text)
        return found or self._refuse(name, "money such as `22.44 USD`", text)

    def monies(self, name: str) -> list[Money]:
        """A list of money: a real one, or its print in a CSV (``['0.26 USD']``)."""
        value = self.values.get(name)
        parts = value if isinstance(value, list) else re.findall(r"'([^']*)'", self.maybe(name) or "")
        found = [money_of(str(part)) for part in parts]
        return [money or self._refuse(name, "a list of money", value) for money in found]

    def instant(self, name: str) -> int:
        """Nanoseconds since 1970 that must be there, from a count of them or a time with a zone."""
        text = self.text(name)
        found = instant_of(text)
        expected = "nanoseconds since 1970, or a time with a zone such as `2024-03-01 00:15:00+00:00`"
        return found if found is not None else self._refuse(name, expected, text)

    def _refuse(self, name: str, expected: str, found: Any) -> NoReturn:
        raise BadInput(f"{self.where}: `{name}`: expected {expected}, found {str(found)[:80]!r}")


def decimal_of(text: str) -> Decimal | None:
    """A finite number of digits, ``_`` between them allowed; None for anything else.

    >>> decimal_of("1_000.50"), decimal_of("inf"), decimal_of("twelve")
    (Decimal('1000.50'), None, None)
    """
    try:
        found = Decimal(text)
    except InvalidOperation:
        return None
    return found if found.is_finite() and abs(found.adjusted()) < 300 else None


def money_of(text: str) -> Money | None:
    """Money as it prints itself; None for anything else.

    >>> money_of("-1_000.25 USDT"), money_of("Money(1.00, USD)"), money_of("7")
    (Money(amount=Decimal('-1000.25'), currency='USDT'), Money(amount=Decimal('1.00'), currency='USD'), None)
    """
    match = _MONEY.fullmatch(text.strip())
    amount = decimal_of(match[1].replace(",", "")) if match else None
    return Money(amount, match[2]) if match and amount is not None else None


def instant_of(text: str) -> int | None:
    """Nanoseconds since 1970; None for what is neither a count of them nor a time with a zone.

    >>> instant_of("2024-03-01 00:15:00.000000001+00:00"), instant_of("1709252100000000001"), instant_of("1709252100")
    (1709252100000000001, 1709252100000000001, None)
    """
    if text.isascii() and text.isdecimal():
        return int(text) if _EARLIEST_NS <= int(text) < _LATEST_NS else None
    match = _ISO.fullmatch(text)
    if match is None:
        return None
    day, clock, fraction, zone = match.groups()
    try:
        whole = dt.datetime.fromisoformat(f"{day}T{clock}{zone}")
    except ValueError:
        return None
    return int(whole.timestamp()) * 10**9 + int((fraction or "").ljust(9, "0"))


def moment(instant_ns: int) -> dt.datetime:
    """A time as our events have it: microseconds, rounded down."""
    return dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(microseconds=instant_ns // 1000)
