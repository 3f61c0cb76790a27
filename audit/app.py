"""The application factory: settings, extensions, rooms, error pages."""

from datetime import timedelta
from importlib import import_module
from typing import Any

from flask import Flask
from flask_compress import Compress
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map

from audit import assets, config, embedded, errors, i18n, jobs, migrate, security
from audit.accounts import signin
from audit.db import db
from audit.storage import storage_for

ROOMS = (
    "home",
    "accounts",
    "branches",
    "checklists",
    "waves",
    "visits",
    "review",
    "reports",
    "insights",
    "followup",
    "payments",
    "earnings",
    "oversight",
    "api",
)
CONNECTIONS = 48  # of all web processes together, kept open; PostgreSQL allows 100 by default
LARGEST_BODY = 205 * 1024 * 1024  # the form without JavaScript: 200 MB of photos and the answers


class RowNumber(IntegerConverter):
    """A row's number in an address: what no column can hold is no page (404), not a database error."""

    def __init__(self, url_map: Map, *args: Any, **options: Any) -> None:
        super().__init__(url_map, *args, **{"max": 2**31 - 1, **options})


def create_app(settings: config.Settings | None = None) -> Flask:
    """An application on the given settings (default: the environment's)."""
    settings = settings or config.load()
    app = Flask("audit")
    app.config.update(_flask_config(settings))
    app.extensions["settings"] = settings
    app.extensions["storage"] = storage_for(settings.uploads)
    db.init_app(app)
    migrate.init(app)
    i18n.init(app)
    errors.init(app)
    security.init(app)
    signin.init(app)
    jobs.init(app)
    Compress(app)
    app.url_map.converters["int"] = RowNumber
    for room in ROOMS:
        app.register_blueprint(import_module(f"audit.{room}.views" if room != "home" else "audit.home").bp)
    app.register_blueprint(import_module("audit.visits.planning_views").bp)
    app.register_blueprint(import_module("audit.oversight.outbox_views").bp)
    app.register_blueprint(import_module("audit.oversight.job_views").bp)
    app.register_blueprint(import_module("audit.reports.batch_views").bp)
    app.register_blueprint(import_module("audit.reports.wave_report_views").bp)
    app.register_blueprint(import_module("audit.api.token_views").bp)
    app.jinja_env.globals["settings"] = settings
    assets.init(app, settings.var)
    _trust(app, settings)
    return app


def _flask_config(settings: config.Settings) -> dict[str, Any]:
    url = settings.database_url or embedded.start(settings.var)
    return {
        "SECRET_KEY": settings.secret_key,
        "TESTING": settings.testing,
        "SQLALCHEMY_DATABASE_URI": url.replace("postgresql://", "postgresql+psycopg://", 1),
        # Statements in a log do not tell names, places and answers.
        "SQLALCHEMY_ENGINE_OPTIONS": {
            "pool_size": CONNECTIONS // settings.web_processes,
            "max_overflow": 8,
            "hide_parameters": True,  # they are people's answers
        },
        "MAX_CONTENT_LENGTH": LARGEST_BODY,
        "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
        "MAX_FORM_PARTS": 2000,
        "SESSION_COOKIE_NAME": "audit",
        "SESSION_COOKIE_SECURE": settings.secure_cookies,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": timedelta(days=30),
        "SESSION_REFRESH_EACH_REQUEST": False,  # once a day: accounts/signin.py
        "WTF_CSRF_TIME_LIMIT": None,
        "COMPRESS_ALGORITHM": ["br", "gzip"],
        "COMPRESS_BR_LEVEL": 5,  # 9 % smaller than 4 in the same time
        "COMPRESS_MIMETYPES": [
            "text/html",
            "text/css",
            "text/csv",
            "application/json",
            "application/manifest+json",
            "text/javascript",
            "image/svg+xml",
        ],
        "SEND_FILE_MAX_AGE_DEFAULT": 86_400,
    }


def _trust(app: Flask, settings: config.Settings) -> None:
    """Believe what so many proxies in front say about the address and the person's own one."""
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
