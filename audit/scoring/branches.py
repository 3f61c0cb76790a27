"""The aggregate `branches`: means with ranges, the network, shrunk scores, ranks, flags (scoring.md 3)."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import sqrt
from typing import Any

from audit.scoring import exact, inference, ranks
from audit.scoring.inference import MIN_BRANCHES, MIN_VISITS
from audit.scoring.inputs import InputError, Visit, read_number, read_object, read_string, read_visits
from audit.scoring.ranks import Mean, Rank, Shrunk
from audit.scoring.yardstick import Yardstick, mean, measure


def branches(document: Mapping[str, Any]) -> dict[str, Any]:
    """Compare the branches of one wave; the yardstick is pooled over all visits given."""
    wave = read_string(document, "wave")
    visits = read_visits(document)
    means = _means(visits, wave)
    weights = _weights(document, means)
    total = _total_branches(document, len(means))
    yardstick = measure(visits)
    enough = yardstick.usable is not None and len(means) >= MIN_BRANCHES
    between = ranks.between_variance(means, yardstick.usable or Fraction(0)) if enough else None
    return {
        "s": None if yardstick.variance is None else sqrt(yardstick.variance),
        "df": yardstick.df,
        "tau": None if between is None else sqrt(between),
        "network": _network(means, weights, total, yardstick),
        "branches": _rows(means, yardstick, between),
    }


def _means(visits: Sequence[Visit], wave: str) -> list[Mean]:
    """The branches visited in the wave, by name."""
    scores: dict[str, list[Fraction]] = {}
    for visit in visits:
        if visit.wave == wave:
            scores.setdefault(visit.branch, []).append(visit.score)
    return [Mean(branch, len(own), mean(own)) for branch, own in sorted(scores.items())]


def _weights(document: Mapping[str, Any], means: Sequence[Mean]) -> list[Fraction]:
    """What each branch counts in the network mean: its traffic, or 1."""
    if "weights" not in document:
        return [Fraction(1)] * len(means)
    given = read_object(document["weights"], "weights")
    weights = [read_number(given, row.branch, "weights.") for row in means]
    if any(weight < 0 for weight in weights):
        raise InputError("weights: must not be negative")
    return weights


def _total_branches(document: Mapping[str, Any], visited: int) -> int:
    """How many branches exist; by default those visited."""
    total = document.get("total_branches", visited)
    if type(total) is not int or total < visited:
        raise InputError("total_branches: must be an integer, not less than the branches visited")
    return total


def _network(
    means: Sequence[Mean], weights: Sequence[Fraction], total: int, yardstick: Yardstick
) -> dict[str, float | None]:
    """The network mean and its range, which also carries the branches not visited."""
    whole = sum(weights, Fraction(0))
    if not whole:
        return {"mean": None, "low": None, "high": None}
    centre = exact.total(weight * row.mean for weight, row in zip(weights, means, strict=True)) / whole
    result: dict[str, float | None] = {"mean": float(centre), "low": None, "high": None}
    sampled = total > len(means)
    if yardstick.usable is None or (sampled and len(means) < MIN_BRANCHES):
        return result
    visited = Fraction(len(means), total)
    noise = sum((weight**2 / row.n for weight, row in zip(weights, means, strict=True)), Fraction(0))
    variance = visited * yardstick.usable * noise / whole**2
    if sampled:
        squares = sum((weight**2 for weight in weights), Fraction(0))
        variance += (1 - visited) * _sample_variance([row.mean for row in means]) * squares / whole**2
    df = len(means) - 1 if sampled else yardstick.df
    result["low"], result["high"] = inference.clipped_range(centre, variance, df)
    return result


def _sample_variance(values: Sequence[Fraction]) -> Fraction:
    centre = exact.total(values) / len(values)
    return exact.total((value - centre) ** 2 for value in values) / (len(values) - 1)


def _rows(means: Sequence[Mean], yardstick: Yardstick, between: Fraction | None) -> list[dict[str, Any]]:
    variance = yardstick.usable
    shrunk: list[Shrunk] = []
    places: dict[str, Rank] = {}
    differences: list[Fraction] = []
    tests: list[float | None] = [None] * len(means)
    if variance is not None and between is not None:
        shrunk = ranks.shrink(means, variance, between)
        places = ranks.ranks(means, shrunk, between)
        differences, tests = _against_others(means, variance, yardstick.df)
    found = inference.discoveries(tests)
    rows = []
    for number, row in enumerate(means):
        low = high = None
        if variance is not None:
            low, high = inference.clipped_range(row.mean, variance / row.n, yardstick.df)
        place = places.get(row.branch)
        rows.append(
            {
                "branch": row.branch,
                "n": row.n,
                "mean": float(row.mean),
                "low": low,
                "high": high,
                "reliability": float(shrunk[number].reliability) if shrunk else None,
                "shrunk": float(shrunk[number].score) if shrunk else None,
                "rank": place.rank if place else None,
                "rank_low": place.low if place else None,
                "rank_high": place.high if place else None,
                "p": tests[number],
                "flag": ("above" if differences[number] > 0 else "below") if found[number] else "",
            }
        )
    return rows


def _against_others(
    means: Sequence[Mean], variance: Fraction, df: int
) -> tuple[list[Fraction], list[float | None]]:
    """Each branch's difference from the mean of the other branches' means, and its p if testable."""
    others = len(means) - 1
    all_means = exact.total(row.mean for row in means)
    all_errors = sum((Fraction(1, row.n) for row in means), Fraction(0))
    differences: list[Fraction] = []
    tests: list[float | None] = []
    for row in means:
        difference = row.mean - (all_means - row.mean) / others
        own = Fraction(1, row.n)
        spread = variance * (own + (all_errors - own) / others**2)
        differences.append(difference)
        tests.append(inference.p_value(difference, spread, df) if row.n >= MIN_VISITS else None)
    return differences, tests
