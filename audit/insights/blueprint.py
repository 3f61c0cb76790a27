"""The room's blueprint, and who reads its pages."""

from flask import Blueprint

from audit.accounts.models import RoleName
from audit.security import allow

bp = Blueprint("insights", __name__)
readers = allow(RoleName.HEAD_OFFICE, RoleName.AREA_MANAGER, RoleName.EDITOR, RoleName.ADMIN)
