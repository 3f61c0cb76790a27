"""A selection as a query: the branches of a reader that the filter of a page leaves."""

from typing import Protocol

from sqlalchemy import Select

from audit.accounts.models import Person
from audit.branches.channels import channel_words
from audit.branches.models import Branch, Region
from audit.branches.queries import BranchFilter, branches_for, narrowed
from audit.db import db


class Narrowing(Protocol):
    """What a page, a file or a batch is narrowed to; "" and None leave everything."""

    @property
    def words(self) -> str:
        """Words in code, name or address."""

    @property
    def region_id(self) -> int | None:
        """A region with all below it."""

    @property
    def format(self) -> str:
        """A format of the client's branches."""

    @property
    def channel(self) -> str:
        """A channel of the client's branches."""


def branch_ids(person: Person, client_id: int, wanted: Narrowing) -> Select[int]:
    """The ids of the client's branches in the person's scope that fit, closed ones too."""
    query = branches_for(person).where(Branch.client_id == client_id)
    query = narrowed(query, client_id, BranchFilter(wanted.words, wanted.region_id, active="all"))
    if wanted.format:
        query = query.where(Branch.format == wanted.format)
    if wanted.channel:
        query = query.where(Branch.channel == wanted.channel)
    return query.with_only_columns(Branch.id)


def narrowing_words(wanted: Narrowing) -> list[str]:
    """What is narrowed to, a word each: region, format, channel, the words sought; empty without a filter."""
    region = db.session.get(Region, wanted.region_id) if wanted.region_id is not None else None
    return [
        *([region.name] if region is not None else []),
        *([wanted.format] if wanted.format else []),
        *([channel_words(wanted.channel)] if wanted.channel else []),
        *([f"“{wanted.words}”"] if wanted.words else []),
    ]
