"""The blueprint of the room and the two doors through which its views load a visit."""

from flask import Blueprint

from audit.errors import NotFound
from audit.i18n import gettext as _
from audit.security import me
from audit.visits import queries
from audit.visits.models import Visit

bp = Blueprint("visits", __name__)
# PostgreSQL's integers end here: a larger number in an address is no visit.
VISIT = "/visits/<int(max=2147483647):visit_id>"


def own(visit_id: int) -> Visit:
    """The signed-in shopper's own visit, for reading; NotFound also for the agency's people."""
    return _mine(queries.visit_for(me(), visit_id))


def own_locked(visit_id: int) -> Visit:
    """The same for changing it: one change after another."""
    return _mine(queries.locked_visit_for(me(), visit_id))


def _mine(visit: Visit) -> Visit:
    if visit.shopper_id != me().id:
        raise NotFound(_("There is no such visit, or it is not yours."))
    return visit
