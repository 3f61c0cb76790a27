"""The scorecard as it is read: numbers written in the reader's language, nothing left to compute."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from markupsafe import Markup

from audit.reports import charts
from audit.reports.data import Daypart, Verdict

Outcome = Literal["full", "part", "none", "na", "hidden", "blank", "noted"]
StepKind = Literal["bonus", "penalty", "visit_knockout", "factor_knockout", "others"]


@dataclass(frozen=True)
class BandView:
    """A grade with its colours; it runs from `low` to `high`, and `above` it the next begins (as shown).

    `high` and `above` are empty for the best.
    """

    title: str
    colour: str
    ink: str
    low: str
    high: str
    above: str
    place: int  # 0 is the best
    start: float
    end: float
    is_last: bool


@dataclass(frozen=True)
class SummaryView:
    """The ledger in one line: lost at `count` questions, plus a bonus, of which knock-outs."""

    lost: str
    count: int
    total: str  # 100,0 less the score: what the table adds up to
    bonus: str = ""
    knockouts: str = ""


@dataclass(frozen=True)
class NetworkView:
    """The client's mean in this wave and the visit's difference from it, before knock-outs."""

    mean: str
    value: float
    difference: str
    visits: int
    branches: int


@dataclass(frozen=True)
class ChangeView:
    """The change of the branch's mean in whole numbers, its verdict in a word; "" where nothing can be said."""

    verdict: Verdict
    difference: str = ""
    low: str = ""
    high: str = ""


@dataclass(frozen=True)
class FactorView:
    """One factor: share, score after caps (empty if nothing could be assessed), its part of the headline."""

    title: str
    weight: str
    score: str
    value: float | None
    band: BandView | None
    network: str
    network_value: float | None
    difference: str
    contribution: str
    possible: str

    def bar(self, title: str, width: int = 210) -> Markup:
        """Draw the factor's bar; `title` is its spoken text."""
        return charts.bar(self.value, self.band.colour if self.band else "", title, self.network_value, width)


@dataclass(frozen=True)
class StepView:
    """An adjustment or a fired knock-out; `counted` if it is an entry of its own beside the factors.

    Of kind "others" it stands for the `number` entries that page 1 has no room for.
    """

    kind: StepKind
    number: int
    title: str
    points: str
    counted: bool
    cap: str = ""
    factor: str = ""
    limited: bool = False
    value: Fraction = Fraction(0)  # points as shown


@dataclass(frozen=True)
class PhotoView:
    """A picture: `place` counts from 0 in the document, `key` finds it in storage."""

    place: int
    key: str
    number: int  # of the question
    question: str
    caption: str

    @property
    def label(self) -> int:
        """The number printed under the picture."""
        return self.place + 1


@dataclass(frozen=True)
class QuestionView:
    """One row of the table. `answer_key` is a word to translate, `answer` a text or number as it stands."""

    id: str
    number: int
    text: str
    factor: str
    outcome: Outcome
    answer: str
    answer_key: str
    possible: str
    lost: str  # "−4,1", "+2,0" for a bonus, empty if nothing
    is_loss: bool
    is_knockout: bool
    comment: str
    photos: tuple[PhotoView, ...]


@dataclass(frozen=True)
class SectionView:
    """A part of the journey; its score is without knock-outs and adjustments, `lost` with them.

    A bonus is told apart: the rows' losses less `bonus` are what the section adds to the sum.
    """

    title: str
    score: str
    band: BandView | None
    possible: str
    lost: str
    bonus: str
    has_drop: bool
    rows: tuple[QuestionView, ...]


@dataclass(frozen=True)
class ActionView:
    """Something agreed and not finished."""

    text: str
    owner: str
    due: str
    number: int | None
    overdue: bool


@dataclass(frozen=True)
class RepeatView:
    """A question that lost points again."""

    number: int
    text: str
    times: int
    visits: int


@dataclass(frozen=True)
class ObjectionView:
    """A dispute as printed: `outcome` is "open", "upheld" or "declined"."""

    number: int
    text: str
    day: str
    fact: str
    outcome: str
    answered: str
    reason: str


@dataclass(frozen=True)
class DocumentView:
    """What identifies the paper."""

    number: str
    version: int
    reason: str
    released: str
    released_iso: str
    checklist: str
    checklist_version: int
    checklist_sha: str
    sha: str  # the fingerprint of what was released, 64 digits, or nothing
    page: str  # where it stands which version counts


@dataclass(frozen=True)
class ScorecardView:
    """Everything a scorecard says, for the page and for the PDF."""

    language: str
    client: str
    branch: str
    code: str
    address: str
    wave: str
    day: str
    daypart: Daypart
    score: str
    value: float
    band: BandView
    before_knockouts: str  # only where a knock-out of the visit lowered the score
    bands: tuple[BandView, ...]
    summary: SummaryView
    low_coverage: str  # "41%", only where less than half was assessed
    network: NetworkView | None
    change: ChangeView | None
    visits: int
    factors: tuple[FactorView, ...]
    steps: tuple[StepView, ...]
    first_steps: tuple[StepView, ...]  # at most three, for page 1
    losses: tuple[QuestionView, ...]
    trend: tuple[charts.Point, ...]
    trend_has_network: bool
    trend_has_ranges: bool
    sections: tuple[SectionView, ...]
    question_count: int
    assessed_count: int  # answered questions that carry points
    worth_total: str  # sum of the table's columns, as shown
    lost_total: str
    photos: tuple[PhotoView, ...]
    deadline: str
    how_to_object: str
    contact: str
    actions: tuple[ActionView, ...]
    repeats: tuple[RepeatView, ...]
    objections: tuple[ObjectionView, ...]
    comment: str
    default_weights: bool
    document: DocumentView

    @property
    def first_page_rows(self) -> int:
        """How many lines the table of page 1 takes, about."""
        return sum(2 if len(factor.title) > 26 else 1 for factor in self.factors) + len(self.first_steps)

    @property
    def unassessed(self) -> tuple[FactorView, ...]:
        """Factors whose weight went to the others because nothing applied."""
        return tuple(factor for factor in self.factors if not factor.score)

    def gauge(
        self, title: str, caption: str, network_caption: str = "", tone: charts.Tone = charts.DARK
    ) -> Markup:
        """Draw the gauge; all texts come translated."""
        segments = [
            charts.Segment(band.start, band.end, band.colour, band.place == self.band.place)
            for band in self.bands
        ]
        network = self.network.value if self.network else None
        return charts.gauge(
            self.value,
            self.score,
            segments,
            title=title,
            caption=caption,
            network=network,
            network_caption=network_caption,
            tone=tone,
        )

    def trend_chart(self, title: str, width: int = 320, height: int = 176) -> Markup:
        """Draw the waves; `title` is the spoken text."""
        return charts.trend(self.trend, title, width, height)
