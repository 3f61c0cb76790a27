"""The blueprint of the room: disputes, actions and the thread hang their pages on it."""

from flask import Blueprint

bp = Blueprint("followup", __name__)
