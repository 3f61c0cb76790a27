"""Pages of waves."""

from flask import Blueprint

bp = Blueprint("waves", __name__)
