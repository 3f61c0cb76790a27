"""The blueprint of the room, and who may come in."""

from flask import Blueprint
from werkzeug.wrappers import Response

from audit.accounts.models import RoleName
from audit.security import allow

bp = Blueprint("review", __name__)
# PostgreSQL's integers end here: a larger number in an address is no visit.
VISIT = "/review/<int(max=2147483647):visit_id>"
agency = allow(RoleName.EDITOR, RoleName.ADMIN)
admin = allow(RoleName.ADMIN)
Page = str | Response | tuple[str, int]
