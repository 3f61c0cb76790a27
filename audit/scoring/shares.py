"""The aggregates `nps` and `share`: ratings and yes/no with their ranges (scoring.md 3.6)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt
from typing import Any

from audit.scoring.figures import plain
from audit.scoring.inference import MIN_SHARE, Z
from audit.scoring.inputs import InputError, read_count, read_numbers

PROMOTER = 9
PASSIVE = 7
BEST = 10


@dataclass(frozen=True, slots=True)
class Nps:
    """Counts of ratings 0…10; the balance in points and its range only from MIN_SHARE answers on."""

    n: int
    promoters: int
    passives: int
    detractors: int
    nps: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Share:
    """k of n; the share and its range (0…1) only from MIN_SHARE answers on."""

    k: int
    n: int
    share: float | None
    low: float | None
    high: float | None


def nps_of(promoters: int, passives: int, detractors: int) -> Nps:
    """Promoters less detractors, by the adjusted Wald range."""
    n = promoters + passives + detractors
    if n < MIN_SHARE:
        return Nps(n, promoters, passives, detractors, None, None, None)
    adjusted = n + 3
    up = (promoters + Fraction(3, 4)) / adjusted
    down = (detractors + Fraction(3, 4)) / adjusted
    middle = 100 * float(up - down)
    half = 100 * sqrt(Z**2 * (up + down - (up - down) ** 2) / adjusted)
    balance = float(Fraction(100 * (promoters - detractors), n))
    low, high = max(-100.0, middle - half), min(100.0, middle + half)
    return Nps(n, promoters, passives, detractors, balance, low, high)


def share_of(k: int, n: int) -> Share:
    """k of n by Wilson's range."""
    if n < MIN_SHARE:
        return Share(k, n, None, None, None)
    share = Fraction(k, n)
    widened = 1 + Z**2 / n
    middle = float((share + Z**2 / (2 * n)) / widened)
    half = sqrt(Z**2 * (share * (1 - share) / n + Z**2 / (4 * n * n)) / widened**2)
    return Share(k, n, float(share), max(0.0, middle - half), min(1.0, middle + half))


def nps_of_ratings(ratings: Iterable[Fraction | int]) -> Nps:
    """The same from whole ratings 0…10."""
    known = list(ratings)
    promoters = sum(rating >= PROMOTER for rating in known)
    passives = sum(PASSIVE <= rating < PROMOTER for rating in known)
    return nps_of(promoters, passives, len(known) - promoters - passives)


def nps(document: Mapping[str, Any]) -> dict[str, Any]:
    """Net promoter score of a list of ratings."""
    ratings = read_numbers(document, "ratings")
    for place, rating in enumerate(ratings):
        if rating.denominator > 1 or not 0 <= rating <= BEST:
            raise InputError(f"ratings[{place}]: must be whole, within 0 and {BEST}")
    return plain(nps_of_ratings(ratings))


def share(document: Mapping[str, Any]) -> dict[str, Any]:
    """A share of yes."""
    n, k = read_count(document, "n"), read_count(document, "k")
    if k > n:
        raise InputError("k: must not be more than n")
    return plain(share_of(k, n))
