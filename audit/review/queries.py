"""Scorecards by person, and the editor's queue."""

from sqlalchemy import Select, false, select

from audit.accounts.models import Person
from audit.branches.models import Branch
from audit.branches.queries import branches_for
from audit.db import db
from audit.errors import NotFound
from audit.i18n import gettext as _
from audit.review.models import Scorecard


def scorecards_for(person: Person) -> Select[Scorecard]:
    """All editions in the person's scope: the agency sees all of them, the client what was released."""
    query = select(Scorecard)
    if not person.active:
        return query.where(false())
    if person.is_agency:
        return query
    reached = branches_for(person).with_only_columns(Branch.id)
    return query.where(Scorecard.released_at.is_not(None), Scorecard.branch_id.in_(reached))


def scorecard_for(person: Person, scorecard_id: int) -> Scorecard:
    """One scorecard; NotFound when it is out of scope."""
    card = db.session.scalar(scorecards_for(person).where(Scorecard.id == scorecard_id))
    if card is None:
        raise NotFound(_("There is no such scorecard, or it is not yours."))
    return card
