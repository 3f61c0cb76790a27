"""Pages of checklists."""

from flask import Blueprint

bp = Blueprint("checklists", __name__)
