"""The flags of scoring.md 5.2: their codes, levels, and when approving in spite of them needs a reason."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from audit.review.layers import Flag

Level = Literal["info", "review", "strong"]
BY_HAND = "self_conflict"
# "far" is "review", or "strong" when very far.
LEVELS: Mapping[str, Level] = {
    "too_fast": "review",
    "far": "review",
    "no_fix": "info",
    "off_schedule": "review",
    "exif_time": "review",
    "exif_absent": "info",
    "photo_same": "strong",
    "photo_alike": "review",
    "answers_same": "review",
    "text_same": "strong",
    "impossible_trip": "strong",
    "trap": "review",
    "outlier": "info",
    "late": "info",
    BY_HAND: "review",
}
CODES = tuple(LEVELS)
_ORDER = {"strong": 0, "review": 1, "info": 2}


@dataclass(frozen=True)
class Found:
    """A flag before it is stored: `data` holds the figures of its reason, as JSON."""

    code: str
    level: Level
    question_id: str | None = None
    photo_id: UUID | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


def found(code: str, *, question_id: str | None = None, photo_id: UUID | None = None, **data: Any) -> Found:
    """A flag at its usual level."""
    return Found(code, LEVELS[code], question_id, photo_id, data)


def ordered(flags: Iterable[Flag]) -> list[Flag]:
    """The strongest first, then as in the table of the design."""
    places = {code: place for place, code in enumerate(CODES)}
    return sorted(flags, key=lambda flag: (_ORDER[flag.level], places.get(flag.code, len(places)), flag.id))


def needs_reason(flags: Iterable[Flag]) -> bool:
    """Whether approving takes a word why: with one strong flag, or two for review."""
    levels = [flag.level for flag in flags]
    return "strong" in levels or levels.count("review") >= 2
