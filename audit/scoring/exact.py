"""Exact numbers: reading them from documents, writing them as reduced fractions, adding many of them."""

import re
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from math import gcd, lcm

_FORM = re.compile(r"(-?[0-9]+)(?:\.([0-9]+)|/([0-9]+))?", re.ASCII)

# int() and str() refuse more digits than this; the way through Decimal does not.
_SHORT = 4000


def is_integer(raw: object) -> bool:
    """Whether a JSON value is an integer; true and false are not."""
    return type(raw) is int


def number(raw: object) -> Fraction | None:
    """Read a JSON integer or a string such as "-3", "0.5" or "1/3"; None for anything else."""
    if type(raw) is int:
        return Fraction(raw)
    if not isinstance(raw, str):
        return None
    found = _FORM.fullmatch(raw)
    if found is None:
        return None
    whole, decimals, denominator = found.groups()
    if denominator is not None:
        below = digits(denominator)
        return Fraction(digits(whole), below) if below else None
    if decimals is not None:
        return Fraction(digits(whole + decimals), 10 ** len(decimals))
    return Fraction(digits(whole))


def text(value: Fraction) -> str:
    """Write a reduced fraction: "14/3", "100", "-2"."""
    return _written(value.numerator, value.denominator)


def text_of(above: int, below: int) -> str:
    """Write above/below (below > 0) as a reduced fraction."""
    if not above:
        return "0"
    divisor = gcd(above, below)
    return _written(above // divisor, below // divisor)


def total(values: Iterable[Fraction]) -> Fraction:
    """Add fractions exactly, first those with the same denominator: many visits share a few of them."""
    sums: dict[int, int] = {}
    for value in values:
        sums[value.denominator] = sums.get(value.denominator, 0) + value.numerator
    below = lcm(*sums)
    return Fraction(sum(above * (below // part) for part, above in sums.items()), below)


def smallest_integers(values: Iterable[Fraction]) -> list[int]:
    """The smallest integers in the same ratios; all zero stays all zero."""
    known = list(values)
    below = lcm(*(value.denominator for value in known))
    integers = [int(value * below) for value in known]
    divisor = gcd(*integers) or 1
    return [integer // divisor for integer in integers]


def digits(text: str) -> int:
    """The integer of an optional minus sign and any number of digits."""
    return int(text) if len(text) <= _SHORT else int(Decimal(text))


def _written(above: int, below: int) -> str:
    try:
        return str(above) if below == 1 else f"{above}/{below}"
    except ValueError:
        return str(Decimal(above)) if below == 1 else f"{Decimal(above)}/{Decimal(below)}"
