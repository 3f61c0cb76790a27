"""What the agency sees of checklists and their versions; nobody else reads them here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, column, false, func, select, table
from sqlalchemy.orm import contains_eager, joinedload

from audit.accounts.models import Person
from audit.checklists.models import Checklist, Version, VersionState
from audit.db import db
from audit.errors import NotFound
from audit.i18n import gettext as _

# Waves stand above this room; here they are only counted.
_wave = table("wave", column("version_id"))


Texts = Mapping[str, str]


@dataclass(frozen=True)
class VersionRow:
    """A version with its title, how many questions it has and how many waves use it."""

    version: Version
    title: Texts
    questions: int
    waves: int


def versions_for(person: Person) -> Select[Version]:
    """Every version for the agency's people, none for others."""
    query = select(Version)
    return query if person.active and person.is_agency else query.where(false())


def checklists_for(person: Person) -> Select[Checklist]:
    """Every checklist for the agency's people, none for others."""
    query = select(Checklist)
    return query if person.active and person.is_agency else query.where(false())


def checklists_of(person: Person) -> list[Checklist]:
    """The checklists in scope by code."""
    return list(db.session.scalars(checklists_for(person).order_by(Checklist.code)))


def version_for(person: Person, version_id: int) -> Version:
    """One version with its checklist; NotFound when it is out of scope."""
    query = versions_for(person).where(Version.id == version_id).options(joinedload(Version.checklist))
    version = db.session.scalar(query)
    if version is None:
        raise NotFound(_("There is no such version of a checklist."))
    return version


def rows_for(person: Person) -> list[tuple[Checklist, list[VersionRow]]]:
    """The checklists by code, each with its versions, the newest first."""
    waves = select(func.count()).select_from(_wave).where(_wave.c.version_id == Version.id)
    questions = func.coalesce(func.jsonb_array_length(Version.document["questions"]), 0)
    query = versions_for(person).join(Version.checklist).options(contains_eager(Version.checklist))
    query = query.add_columns(
        Version.document["title"], questions, waves.correlate(Version).scalar_subquery()
    )
    grouped: dict[Checklist, list[VersionRow]] = {}
    found: Iterable[Any] = db.session.execute(query.order_by(Checklist.code, Version.number.desc()))
    for version, *rest in found:
        grouped.setdefault(version.checklist, []).append(VersionRow(version, *rest))
    return list(grouped.items())


def titles_of(version_ids: Iterable[int]) -> dict[int, Texts]:
    """The titles of versions by id: lists need no more of a document, which is long."""
    query = select(Version.id, Version.document["title"]).where(Version.id.in_(set(version_ids)))
    return {version_id: title or {} for version_id, title in db.session.execute(query)}


def waves_using(version: Version) -> int:
    """How many waves use the version."""
    query = select(func.count()).select_from(_wave).where(_wave.c.version_id == version.id)
    return db.session.scalar(query) or 0


def usable(person: Person) -> list[Version]:
    """The published versions with their checklists, the newest of each first."""
    query = versions_for(person).join(Version.checklist).where(Version.state == VersionState.PUBLISHED)
    query = query.options(contains_eager(Version.checklist))
    return list(db.session.scalars(query.order_by(Checklist.code, Version.number.desc())))
