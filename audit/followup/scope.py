"""Released scorecards for the pages beside them."""

from audit.accounts.models import Person
from audit.errors import NotFound
from audit.i18n import gettext
from audit.review.models import Scorecard
from audit.review.queries import scorecard_for


def card_for(person: Person, scorecard_id: int) -> Scorecard:
    """A released scorecard in the person's scope; NotFound otherwise, also for the agency before release."""
    card = scorecard_for(person, scorecard_id)
    if card.released_at is None:
        raise NotFound(gettext("There is no such scorecard, or it is not released yet."))
    return card
