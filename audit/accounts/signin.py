"""Flask-Security, bound to our tables."""

from flask import Flask
from flask_security import Security, SQLAlchemyUserDatastore

from audit.accounts.models import Person, Role
from audit.db import db

security = Security()


def init(app: Flask) -> None:
    """Bind the sign-in library."""
    app.config.update(
        SECURITY_PASSWORD_SALT=app.config["SECRET_KEY"],
        SECURITY_PASSWORD_HASH="argon2",
        SECURITY_LOGIN_URL="/sign-in",
        SECURITY_LOGOUT_URL="/sign-out",
        SECURITY_LOGOUT_METHODS=["POST"],
    )
    security.init_app(app, SQLAlchemyUserDatastore(db, Person, Role), register_blueprint=True)
