"""What a scorecard is made of: values and documents, filled by the queries, read by `scorecard.build`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, Literal

Texts = Mapping[str, str]  # {"vi": …, "en": …}
Document = Mapping[str, Any]  # parsed JSON
Daypart = Literal["morning", "noon", "afternoon", "evening"]
Verdict = Literal["up", "down", "unclear", "too_few", "no_range", "not_visited", "first", "other_rules"]


@dataclass(frozen=True)
class Band:
    """A grade from `minimum` (number as text, compared with the shown score) up; the last starts at 0."""

    minimum: str
    title: Texts
    colour: str
    ink: str  # text on the colour


_NAVY = "#10243E"
PALETTE = (
    ("#0B4F8A", "#FFFFFF"),
    ("#5BA7D9", _NAVY),
    ("#F5D565", _NAVY),
    ("#C4520F", "#FFFFFF"),
    ("#6E0F2B", "#FFFFFF"),
)
DEFAULT_BANDS = (
    Band("90", {"vi": "Xuất sắc", "en": "Excellent"}, *PALETTE[0]),
    Band("80", {"vi": "Tốt", "en": "Good"}, *PALETTE[1]),
    Band("70", {"vi": "Đạt", "en": "Fair"}, *PALETTE[2]),
    Band("60", {"vi": "Cần cải thiện", "en": "Needs work"}, *PALETTE[3]),
    Band("0", {"vi": "Không đạt", "en": "Poor"}, *PALETTE[4]),
)


@dataclass(frozen=True)
class Branch:
    """The place that was visited."""

    name: str
    code: str
    address: str


@dataclass(frozen=True)
class Photo:
    """One picture of evidence; `key` finds its client-visible derivative in storage."""

    question: str  # question id
    key: str
    caption: str = ""


@dataclass(frozen=True)
class Network:
    """Means over the client's branches in this wave; numbers as text, exact or decimal."""

    mean: str
    factors: Mapping[str, str]  # factor id -> mean score; a factor may be absent
    visits: int
    branches: int


@dataclass(frozen=True)
class WavePoint:
    """The branch's mean in one wave, its number of visits and, if known, its range and the network's mean."""

    wave: str
    mean: str
    visits: int
    low: str | None = None
    high: str | None = None
    network: str | None = None


@dataclass(frozen=True)
class Change:
    """Change of the branch's mean since the last wave, as scoring's trend says it; without figures, why there are none.

    "not_visited": not in the wave before; "first", "other_rules": there is no wave before, or none that is comparable.
    """

    verdict: Verdict
    difference: str | None = None
    low: str | None = None
    high: str | None = None


@dataclass(frozen=True)
class Dispute:
    """How and until which day (inclusive) the branch may object; `how` replaces the standard sentence."""

    deadline: date
    how: Texts | str | None = None


@dataclass(frozen=True)
class Objection:
    """A dispute about one answer, with its outcome if there is one; days are the branch's."""

    question: str  # question id
    fact: str
    day: date
    upheld: bool | None = None  # None: not answered yet
    reason: str = ""
    answered: date | None = None


@dataclass(frozen=True)
class Action:
    """Something the branch will do and has not finished."""

    text: str
    owner: str
    due: date | None
    question: str | None = None  # question id
    overdue: bool = False


@dataclass(frozen=True)
class Repeat:
    """A question that lost points again: in `times` of the last `visits` visits of the branch."""

    question: str
    times: int
    visits: int


@dataclass(frozen=True)
class ScorecardData:
    """One released (or about to be released) scorecard. `result` is scoring.md 1.7 with status "scored"."""

    client: str
    branch: Branch
    wave: str
    day: date  # the branch's day; never the exact time
    daypart: Daypart
    checklist: Document  # the published version: scoring.md 1.3 with texts
    checklist_version: int
    checklist_sha: str  # hex SHA-256 of the version document
    answers: Document  # question id -> {"value" | "na", "photos", "comment"}
    result: Document
    number: str  # e.g. "PD-2026Q4-0003"
    released_on: date
    version: int = 1
    reason: str = ""  # why there is a version above 1
    branch_visits: int = 1  # approved visits of this branch in this wave, this one included
    bands: tuple[Band, ...] = DEFAULT_BANDS
    photos: tuple[Photo, ...] = ()
    network: Network | None = None
    trend: tuple[WavePoint, ...] = ()  # oldest first, this wave last; the last six are drawn
    change: Change | None = None  # None: from before it was told, or the visit has no score
    dispute: Dispute | None = None
    actions: tuple[Action, ...] = ()
    repeats: tuple[Repeat, ...] = ()
    objections: tuple[Objection, ...] = ()
    comment: str = ""  # an overall remark, if the shopper left one
    contact: str = ""  # where a branch objects: printed beside the deadline
    sha: str = ""  # the fingerprint of all that was released, in hexadecimal
    page: str = ""  # the address that always says which version counts


def bands_from(rows: Sequence[Mapping[str, Any]] | None) -> tuple[Band, ...]:
    """Read a client's bands, [{"from": 90, "title": {"vi", "en"}}, …], at most five; None: the default."""
    if not rows:
        return DEFAULT_BANDS
    ordered = sorted(rows, key=lambda row: Fraction(str(row["from"])), reverse=True)
    # Fewer than five keep the outermost colours: the best and the worst look the same for every client.
    places = (
        range(len(PALETTE)) if len(ordered) == len(PALETTE) else [*range(len(ordered) - 1), len(PALETTE) - 1]
    )
    chosen = [PALETTE[place] for place in places]
    return tuple(
        Band(str(row["from"]), row["title"], *colours) for row, colours in zip(ordered, chosen, strict=True)
    )
