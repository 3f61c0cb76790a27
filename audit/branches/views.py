"""Pages of branches."""

from flask import Blueprint

bp = Blueprint("branches", __name__)
