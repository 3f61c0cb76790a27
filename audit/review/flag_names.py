"""The flags of scoring.md 5.2 by name, for filters and lists; the sentence with the figures is made elsewhere."""

from collections.abc import Mapping
from typing import Any

from audit.i18n import lazy_gettext as _l

NAMES: Mapping[str, Any] = {
    "too_fast": _l("Very short visit"),
    "far": _l("Far from the branch"),
    "no_fix": _l("No exact position"),
    "off_schedule": _l("Outside window or opening hours"),
    "exif_time": _l("Photo from another time"),
    "exif_absent": _l("Photo without data of its own"),
    "photo_same": _l("Photo used before"),
    "photo_alike": _l("Photo looks like another"),
    "answers_same": _l("Same answers as another visit"),
    "text_same": _l("Same comment as another visit"),
    "impossible_trip": _l("Trip too fast"),
    "trap": _l("Control question wrong"),
    "outlier": _l("Unusual score"),
    "late": _l("Submitted late"),
    "self_conflict": _l("Answers contradict each other"),
}

# What the queue can be narrowed to: `queue_marks.LEVELS` by name.
LEVELS: Mapping[str, Any] = {
    "alarm": _l("An alarm that is not checked"),
    "strong": _l("Strong flags"),
    "review": _l("Flags to look at"),
}
