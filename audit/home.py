"""The front door: each person is led to the page of their role."""

from flask import Blueprint, redirect, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from audit.accounts.models import RoleName
from audit.security import me

bp = Blueprint("home", __name__)

# In this order: somebody with several roles starts at the one with most to do.
DESKS = (
    (RoleName.ADMIN, "waves.index"),
    (RoleName.EDITOR, "review.queue"),
    (RoleName.HEAD_OFFICE, "insights.network"),
    (RoleName.AREA_MANAGER, "insights.network"),
    (RoleName.BRANCH_MANAGER, "reports.my_branches"),
    (RoleName.SHOPPER, "visits.index"),
)


@bp.get("/")
def index() -> Response:
    """To the sign-in page, or to the desk of one's role."""
    if not current_user.is_authenticated:
        return redirect(url_for("security.login"))
    for role, endpoint in DESKS:
        if me().has(role):
            return redirect(url_for(endpoint))
    return redirect(url_for("accounts.account"))
