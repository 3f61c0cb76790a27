"""Checking the keys that belong to one question type (scoring.md 1.3)."""

from fractions import Fraction
from typing import Any

from audit.scoring import exact
from audit.scoring.kinds import (
    Band,
    Duration,
    Kind,
    Multi,
    Number,
    Photo,
    Scale,
    Single,
    Text,
    YesNo,
)
from audit.scoring.reading import Part, integer, items, name, one_of

TYPES = ("yesno", "single", "multi", "scale", "number", "duration", "text", "photo")
KEYS = ("good", "options", "min", "max", "bands")


def read_kind(question: Part, type_: str) -> Kind | None:
    """The type with what it needs; None, and notes, if that is wrong."""
    match type_:
        case "yesno":
            return YesNo(question.get("good", one_of("yes", "no"), "bad_good") or "yes")
        case "single" | "multi":
            points = _options(question)
            if points is None:
                return None
            return Single.of(points) if type_ == "single" else Multi.of(points)
        case "scale":
            return _scale(question)
        case "number" | "duration":
            bands = _bands(question)
            if bands is None:
                return None
            return Number(bands) if type_ == "number" else Duration(bands)
        case "text":
            return Text()
        case _:
            return Photo()


def _options(question: Part) -> dict[str, Fraction] | None:
    """Points by option id."""
    if not question.has("options"):
        question.note("options", "options_missing")
    listed = question.get("options", items, "not_a_list")
    if listed is None:
        return None
    if not listed:
        question.note("options", "options_empty")
        return None
    points: dict[str, Fraction] = {}
    for option in question.parts(listed, "options"):
        option.refuse_nulls("id", "points")
        id_ = option.need("id", name, "bad_id")
        worth = option.get("points", exact.number, "bad_number")
        if id_ in points:
            option.note("id", "repeated_id")
        if id_ is not None:
            points[id_] = Fraction(0) if worth is None else worth
    return points or None


def _scale(question: Part) -> Scale | None:
    low = question.need("min", integer, "bad_integer")
    high = question.need("max", integer, "bad_integer")
    if low is None or high is None:
        return None
    if low >= high:
        question.note("max", "scale_order")
        return None
    return Scale(low, high)


def _bands(question: Part) -> tuple[Band, ...] | None:
    """The bands, none if the key is absent."""
    if not question.has("bands"):
        return ()
    listed = question.get("bands", items, "not_a_list")
    if listed is None:
        return None
    if not listed:
        question.note("bands", "bands_empty")
        return None
    bands = []
    before: Fraction | None = None
    for place, part in enumerate(question.parts(listed, "bands")):
        band = _band(part, place == len(listed) - 1)
        if band is None:
            continue
        if band.limit is not None and before is not None and band.limit <= before:
            part.notes.add("band_order", part.where)
        before = band.limit if band.limit is not None else before
        bands.append(band)
    return tuple(bands) or None


def _band(part: Part, is_last: bool) -> Band | None:
    part.refuse_nulls("upto", "below", "credit")
    credit = part.need("credit", _share, "band_credit")
    limits = [key for key in ("upto", "below") if part.has(key)]
    if is_last:
        if limits:
            part.note(limits[0], "band_last")
        return None if credit is None else Band(None, True, credit)
    if len(limits) != 1:
        part.notes.add("band_limit", part.where)
        return None
    limit = part.get(limits[0], exact.number, "bad_number")
    if limit is None or credit is None:
        return None
    return Band(limit, limits[0] == "upto", credit)


def _share(raw: Any) -> Fraction | None:
    """A number 0…1."""
    known = exact.number(raw)
    return known if known is not None and 0 <= known <= 1 else None
