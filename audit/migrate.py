"""Bringing the database to the newest migration."""

from pathlib import Path

from flask import Flask
from flask_migrate import Migrate, upgrade
from sqlalchemy import text

from audit.db import db

DIRECTORY = str(Path(__file__).parent / "migrations")
LOCK = 7_264_301  # one migration at a time, whoever starts first


def init(app: Flask) -> None:
    """Bind Flask-Migrate."""
    Migrate(app, db, directory=DIRECTORY)


def to_head(app: Flask) -> None:
    """Apply what is missing; several processes may call this at once."""
    with app.app_context(), db.engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": LOCK})
        try:
            upgrade(directory=DIRECTORY)
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": LOCK})
