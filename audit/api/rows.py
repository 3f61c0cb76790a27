"""What the interface answers: one model for each table, from which its description is made. Rounded values only."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Score = Annotated[int, Field(ge=0, le=100, description="0–100, a whole number as all estimates.")]
Tenth = Annotated[float, Field(description="One decimal.")]
Count = Annotated[int, Field(ge=0)]
Percent = Annotated[int, Field(ge=0, le=100, description="A share in whole percent.")]


class Answer(BaseModel):
    """Nothing unnamed, nothing changed."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class TokenAnswer(Answer):
    """The token that asks."""

    name: str
    client_code: str
    client: str
    region_id: int | None = Field(description="The one region that it reads, with what is below it.")
    region: str | None
    expires_at: datetime


class WaveRow(Answer):
    """One wave of the token's client."""

    id: int
    name: str
    client_code: str
    client: str
    starts_on: date
    ends_on: date
    state: Literal["open", "closed"]
    checklist_code: str
    version_id: int
    version_number: int
    branches: Count = Field(description="Branches in reach with a scored visit.")
    visits: Count = Field(description="Released visits with a score, in reach.")


class Waves(Answer):
    """The opened waves."""

    data: list[WaveRow]
    next_cursor: str | None


class WaveName(Answer):
    """Which wave the figures are of."""

    id: int
    name: str
    starts_on: date
    ends_on: date


class Mean(Answer):
    """The mean of some branches, each counting alike, before knock-outs, with its 90 % range."""

    mean: Score | None
    low: Score | None = Field(description="Null where too few visits were repeated to estimate the error.")
    high: Score | None
    branches: Count = Field(description="With a score.")
    visits: Count = Field(description="With a score.")


class Estimate(Mean):
    """The mean of some branches, and what belongs to it."""

    existing: Count = Field(description="Open, or visited in the wave.")
    unscored: Count = Field(description="Visits in which nothing could be scored.")
    incidents: Count = Field(description="Visits with a knock-out: counted, never part of the mean.")
    overall: Score | None = Field(description="The mean with knock-outs included, without a range.")


class NetworkEstimate(Mean):
    """The mean of the whole network; more of it only for a token that reaches all of the client's branches."""

    existing: Count | None = Field(
        description="Open, or visited in the wave; null for a token of a part, as what follows."
    )
    unscored: Count | None = Field(description="Visits in which nothing could be scored.")
    incidents: Count | None = Field(description="Visits with a knock-out: counted, never part of the mean.")
    overall: Score | None = Field(description="The mean with knock-outs included, without a range.")


class NetworkChange(Answer):
    """The change since an earlier wave over the branches visited in both."""

    wave: WaveName
    branches: Count
    diff: int | None
    low: int | None
    high: int | None
    verdict: Literal["up", "down", "unclear", "too_few"]


class Network(Answer):
    """The whole network, and the branches of the filter in the token's reach by the same formula."""

    wave: WaveName
    network: NetworkEstimate
    shown: Estimate
    change: NetworkChange | None
    no_change_because: Literal["", "first", "other_rules"]
    visit_spread: Tenth | None = Field(
        description="s: how much visits to one branch differ by chance, in points."
    )
    repeated_visits: Count = Field(
        description="On how many repeated visits s rests; below 5 there are no ranges."
    )
    branch_spread: Tenth | None = Field(description="τ: how much branches differ, in points.")


class PartMean(Answer):
    """A factor or a section of one branch; `n` visits have a score of it."""

    id: str
    mean: Score | None
    n: Count


class BranchRow(Answer):
    """One branch. Ranks are ranges; flags and trends leave out what is not clear."""

    id: int
    code: str
    name: str
    region_id: int
    region: str
    format: str
    channel: Literal["onsite", "phone", "online"]
    visits: Count = Field(description="With a score.")
    unscored: Count
    incidents: Count
    mean: Score | None
    low: Score | None
    high: Score | None
    overall: Score | None = Field(description="The mean with knock-outs included.")
    expected: Score | None = Field(
        description="Drawn towards the network: what to expect next time; from 3 visits on."
    )
    reliability: Percent | None = Field(
        description="Share of its distance from the network that is no chance; from 3 visits on."
    )
    rank_low: int | None = Field(description="The rank lies from here …")
    rank_high: int | None = Field(description="… to here.")
    ranked_of: int | None = Field(description="Of so many branches; null for one without a rank.")
    flag: Literal["", "above", "below"] = Field(description="Clear difference from the network.")
    change: int | None = Field(
        description="Since the wave before; given from 3 visits of the branch in both waves on."
    )
    change_low: int | None
    change_high: int | None
    trend: Literal["", "up", "down"] = Field(description="Clear change since the wave before.")
    no_change_because: Literal["", "not_both", "too_few", "no_range"] = Field(
        description="Why there is no change: not visited in both waves, fewer than 3 visits in one of them, or fewer"
        " than 5 repeated visits in the network; empty with one, and where there is no wave to compare with."
    )
    few: bool = Field(description="Fewer than 3 visits: not ranked, nothing concluded.")
    factors: list[PartMean]
    sections: list[PartMean]


class Branches(Answer):
    """The branches of the filter by id. About one in ten of those with a flag or a trend may be a false alarm."""

    wave: WaveName
    data: list[BranchRow]
    next_cursor: str | None


class RegionRow(Answer):
    """A region with all below it."""

    id: int
    parent_id: int | None
    name: str
    path: str
    estimate: Estimate


class Regions(Answer):
    """The regions in reach that have a branch of the filter, each after the one above it."""

    wave: WaveName
    data: list[RegionRow]


class GroupRow(Answer):
    """The branches that have something in common."""

    name: str
    estimate: Estimate


class Groups(Answer):
    """By format or channel."""

    wave: WaveName
    data: list[GroupRow]


class PartRow(Answer):
    """A factor or section over the branches of the filter, each branch counting alike."""

    id: str
    title: str
    mean: Score | None
    n: Count = Field(description="Visits with a score of it.")
    branches: Count
    possible: Tenth | None = Field(description="Points of a visit's 100 that it is worth, on average.")
    network: Score | None = Field(description="The same mean over the whole network.")
    network_n: Count


class Parts(Answer):
    """In the order of the checklist."""

    wave: WaveName
    data: list[PartRow]


class QuestionRow(Answer):
    """A question as counts of answers."""

    id: str
    number: int = Field(description="Its place on the form, from 1.")
    text: str
    section_id: str
    factor_id: str
    n: Count = Field(description="Answers with a credit.")
    met: Count
    partly: Count
    missed: Count
    possible: Tenth = Field(description="Points a visit.")
    lost: Tenth = Field(description="Points lost a visit; below 0 for a bonus.")
    share_met: Percent | None = Field(
        description="Full credit among answers with a credit; from 10 answers on."
    )


class Questions(Answer):
    """The questions that can gain or lose points, in the order of the form."""

    wave: WaveName
    data: list[QuestionRow]


class CoverageRow(Answer):
    """How far the visits have come in a region with all below it; `region_id` null: everywhere in reach.

    Visits of today are not counted as carried out yet. Of fewer than 5 branches, alone or by difference, only
    `planned` and `released` are told, and `planned` holds those aborted or rejected too; the rest is null.
    """

    region_id: int | None
    name: str
    planned: Count = Field(description="Not cancelled, aborted or rejected.")
    done: Count | None = Field(description="Handed in by a shopper, on a day that is over.")
    released: Count
    to_come: Count | None
    late: Count | None = Field(description="To come, and past their time.")
    aborted: Count | None = Field(description="The shopper could not complete them.")
    rejected: Count | None = Field(description="What was handed in cannot be used.")


class Coverage(Answer):
    """Counts of visits by region."""

    wave: WaveName
    data: list[CoverageRow]


class FactorScore(Answer):
    """One factor of one visit."""

    id: str
    score: Tenth | None


class ScorecardRow(Answer):
    """A released visit in its current edition. The day and its part, never the time; never who was there."""

    id: int
    number: str
    edition: int
    wave_id: int
    branch_id: int
    branch_code: str
    visited_on: date
    daypart: Literal["morning", "noon", "evening"]
    status: Literal["scored", "not_scorable"]
    overall: Tenth | None
    before_knockouts: Tenth | None
    knockouts: Count
    low_coverage: bool = Field(description="Less than half of the checklist's weight could be scored.")
    factors: list[FactorScore]


class Scorecards(Answer):
    """The released scorecards by id: later ones come later."""

    data: list[ScorecardRow]
    next_cursor: str | None
