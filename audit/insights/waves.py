"""Which wave a page is about, and which ones there are to choose among."""

from itertools import groupby

from sqlalchemy import literal
from sqlalchemy.orm import joinedload

from audit.accounts.models import Person
from audit.branches.models import Branch, Client
from audit.branches.names import plain
from audit.branches.queries import branches_for
from audit.db import db
from audit.insights.compared import wave_for, waves_for
from audit.insights.figures import released
from audit.review.models import Scorecard
from audit.waves.models import Wave, WaveState


def newest_wave(person: Person, version_id: int | None = None) -> Wave | None:
    """The newest wave with released visits in scope, else the newest that was opened; None without any.

    `version_id` keeps to the waves of one version.
    """
    # One look into the index for each wave; an EXISTS might be turned into a join over the whole history.
    visit = released(person).where(Scorecard.wave_id == Wave.id).with_only_columns(literal(1)).limit(1)
    has_visits = visit.correlate(Wave).scalar_subquery().is_not(None)
    opened = waves_for(person).where(Wave.state != WaveState.PLANNING).with_only_columns(Wave.id)
    if version_id is not None:
        opened = opened.where(Wave.version_id == version_id)
    newest = opened.order_by(Wave.starts_on.desc(), Wave.id.desc()).limit(1)
    found = db.session.scalar(newest.where(has_visits)) or db.session.scalar(newest)
    return None if found is None else wave_for(person, found)


def choices(person: Person) -> list[tuple[Client, list[Wave]]]:
    """The opened waves by client, clients by name, the newest wave first."""
    query = (
        waves_for(person).where(Wave.state != WaveState.PLANNING).join(Client, Client.id == Wave.client_id)
    )
    query = query.options(joinedload(Wave.client), joinedload(Wave.version))
    found = db.session.scalars(query.order_by(Client.name, Client.id, Wave.starts_on.desc(), Wave.id.desc()))
    return [(client, list(waves)) for client, waves in groupby(found, key=lambda wave: wave.client)]


def formats(person: Person, client: Client) -> list[str]:
    """The formats of the client's branches in scope, by name; none where no branch has one."""
    query = branches_for(person).where(Branch.client_id == client.id, Branch.format != "")
    return sorted(db.session.scalars(query.with_only_columns(Branch.format).distinct()), key=plain)
