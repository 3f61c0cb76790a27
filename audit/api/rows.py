"""What the interface answers: one model for each table, from which its description is made. Rounded values only."""

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


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
    version_number: int
    branches: int = Field(description="Branches in reach with a scored visit.")
    visits: int = Field(description="Released visits with a score, in reach.")


class Waves(Answer):
    """The opened waves."""

    data: list[WaveRow]
    next_cursor: str | None
