"""What the interface answers on ratings, drivers and one branch's waves."""

from typing import Annotated, Literal

from pydantic import Field

from audit.api.rows import Answer, Count, Percent, Score, Tenth, WaveName

Balance = Annotated[
    int, Field(ge=-100, le=100, description="100 times promoters less detractors, by answers.")
]


class RatingRow(Answer):
    """The answers to one question: of a rating 0–10 the NPS, of one 1–5 the share of 4 and 5, else of yes."""

    question_id: str
    number: int = Field(description="Its place on the form, from 1.")
    text: str
    kind: Literal["nps", "csat", "yes"]
    n: Count = Field(description="Answers. Those to ratings count of visits without a score too.")
    counted: Count = Field(description="Answers 9 and 10, 4 and 5, or yes.")
    passives: Count | None = Field(description="Answers 7 and 8; of an NPS only.")
    detractors: Count | None = Field(description="Answers 0 to 6; of an NPS only.")
    nps: Balance | None = Field(description="Of shoppers, never of customers; from 10 answers on.")
    share: Percent | None = Field(description="`counted` of `n`; from 10 answers on; not of an NPS.")
    low: int | None = Field(description="Of the NPS or the share.")
    high: int | None


class Ratings(Answer):
    """NPS first, then CSAT, then questions of yes and no, each in the order of the form."""

    wave: WaveName
    data: list[RatingRow]


class OutcomeName(Answer):
    """A rating without points, for which drivers can be asked."""

    id: str
    number: int
    text: str


class DriverRow(Answer):
    """How the rating differs between visits that met a question and visits that did not."""

    question_id: str
    number: int
    text: str
    met: Count = Field(description="Visits with full credit and the rating.")
    not_met: Count = Field(description="Visits with less credit and the rating.")
    share_met: Percent | None = Field(description="From 10 answers on.")
    rating_met: Tenth | None
    rating_not_met: Tenth | None
    gap: Tenth | None = Field(
        description="What goes together, not what causes what: one person gave both answers. Null below 50 visits or"
        " below 10 on a side."
    )
    low: Tenth | None
    high: Tenth | None
    clear: Literal["", "better", "worse"] = Field(
        description="Rated clearly so where it was met; about one in ten may be a false alarm."
    )


class Drivers(Answer):
    """The questions beside one rating, what is clear and large first; empty where the checklist has no rating."""

    wave: WaveName
    outcome: OutcomeName | None
    outcomes: list[OutcomeName] = Field(description="What `outcome` may be.")
    visits: Count = Field(description="With the rating.")
    waves: list[WaveName] = Field(description="In which these visits were made.")
    data: list[DriverRow]


class BranchWaveRow(Answer):
    """One branch in one wave."""

    wave: WaveName
    visits: Count = Field(description="With a score.")
    unscored: Count
    incidents: Count = Field(description="Visits with a knock-out: counted, never part of the mean.")
    mean: Score | None
    low: Score | None
    high: Score | None
    overall: Score | None = Field(description="The mean with knock-outs included; null without any.")
    network: Score | None = Field(description="The network's mean in that wave.")
    comparable: bool = Field(description="Scored by the same rules as the wave asked for, else the newest.")
    few: bool = Field(description="Fewer than 3 visits: nothing concluded.")


class BranchWaves(Answer):
    """The last twelve waves in which the branch has released visits, the newest first."""

    branch_id: int
    branch_code: str
    branch: str
    data: list[BranchWaveRow]
