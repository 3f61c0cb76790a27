"""Thresholds of the flags on a visit (scoring.md 5.2): names, defaults, bounds. A client may have its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from audit.errors import Invalid
from audit.i18n import gettext as _
from audit.i18n import lazy_gettext as _l


@dataclass(frozen=True)
class Limit:
    """One threshold: a whole number from `least` to `most`."""

    name: str  # the key in client.flag_limits and the name of the form's field
    flag: str  # the code of the flag that it belongs to
    default: int
    least: int
    most: int
    label: Any  # a lazy sentence, with its unit


FIELDS = (
    Limit("too_fast_minutes", "too_fast", 5, 0, 240, _l("Too short a visit: below (minutes)")),
    Limit(
        "too_fast_percent",
        "too_fast",
        40,
        0,
        100,
        _l("Too short a visit: below (per cent of the usual time)"),
    ),
    Limit("too_fast_visits", "too_fast", 10, 1, 1_000, _l("Usual time known from (approved visits)")),
    Limit("far_metres", "far", 200, 10, 100_000, _l("Far from the branch: beyond (metres)")),
    Limit("very_far_metres", "far", 1_600, 10, 1_000_000, _l("Very far from the branch: beyond (metres)")),
    Limit("no_fix_metres", "no_fix", 100, 1, 100_000, _l("Position too coarse: worse than (metres)")),
    Limit("exif_minutes", "exif_time", 15, 0, 10_080, _l("Photo taken outside the visit by (minutes)")),
    Limit("alike_bits", "photo_alike", 4, 0, 20, _l("Photos alike: at most (of 64 bits apart)")),
    Limit(
        "alike_same_bits", "photo_alike", 2, 0, 20, _l("Photos alike at the same place: at most (of 64 bits)")
    ),
    Limit("same_losses", "answers_same", 3, 1, 100, _l("Same answers: at least (answers below full credit)")),
    Limit("same_letters", "text_same", 40, 10, 2_000, _l("Same comment: at least (characters)")),
    Limit("trip_speed", "impossible_trip", 120, 10, 1_000, _l("Impossible trip: faster than (km/h)")),
    Limit("outlier_times", "outlier", 3, 1, 10, _l("Unusual score: beyond (times the spread)")),
    Limit("outlier_others", "outlier", 2, 2, 100, _l("Unusual score: known from (other visits)")),
    Limit("late_hours", "late", 24, 1, 720, _l("Submitted late: after (hours)")),
)
DEFAULTS: Mapping[str, int] = {limit.name: limit.default for limit in FIELDS}


def read(stored: Mapping[str, Any] | None) -> dict[str, int]:
    """All thresholds: a client's own over the defaults; what is stored was checked when it was stored."""
    own = {name: value for name, value in (stored or {}).items() if name in DEFAULTS}
    return {**DEFAULTS, **own}


def check(wanted: Mapping[str, int | None]) -> dict[str, int] | None:
    """What to store in `client.flag_limits`: only what differs from the defaults, None where nothing does.

    None as a value means the default. Invalid names the field that is unknown, no whole number or out of bounds.
    """
    known = {limit.name: limit for limit in FIELDS}
    kept = {}
    for name, value in wanted.items():
        limit = known.get(name)
        if limit is None:
            raise Invalid(_("This threshold is not known."), field=name)
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int) or not limit.least <= value <= limit.most:
            message = _("A whole number from %(least)s to %(most)s.", least=limit.least, most=limit.most)
            raise Invalid(message, field=name)
        if value != limit.default:
            kept[name] = value
    all_of_them = read(kept)
    if all_of_them["very_far_metres"] < all_of_them["far_metres"]:
        raise Invalid(_("Very far cannot be nearer than far."), field="very_far_metres")
    if all_of_them["alike_same_bits"] > all_of_them["alike_bits"]:
        raise Invalid(_("At the same place photos must be at least as alike."), field="alike_same_bits")
    return kept or None
