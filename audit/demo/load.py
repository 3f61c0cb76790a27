"""Loading the demo once, and again from scratch. All of it is one transaction: half a demo cannot stay."""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from importlib.resources import files
from typing import Any

from flask import Flask
from sqlalchemy import select, text

from audit import migrate
from audit.accounts.models import Person
from audit.checklists.services import install_builtin
from audit.db import Base, db, now
from audit.demo import names
from audit.demo.calendar import ZONE, Period, moment, periods
from audit.demo.living import World, live
from audit.demo.pictures import paint_all
from audit.demo.places import BRANDS
from audit.demo.plan import skeleton
from audit.demo.settling import open_period, settle
from audit.demo.timeline import Biographer, Life
from audit.waves.services import close_wave

SEED = 2026
LOCK = 7_201_426  # of the database, while a demo is being loaded
KEPT_TABLES = frozenset({"role", "alembic_version"})


@dataclass(frozen=True)
class SignIn:
    """How to sign in as somebody of a role."""

    role: str
    email: str
    password: str


SIGN_INS = tuple(
    SignIn(role, names.mail(name), names.PASSWORD)
    for role, name in (
        ("shopper", "shopper"),
        ("editor", "editor"),
        ("admin", "admin"),
        ("branch manager", "branch-sm-001"),
        ("area manager", "area-bank-north"),
        ("head office", "head-bank"),
    )
)


def ensure(app: Flask) -> list[SignIn]:
    """Load the demo where the database has no person; returns one sign-in for each role that the demo has."""
    load(app, SEED)
    with app.app_context():
        known = set(db.session.scalars(select(Person.email).where(Person.active)))
        db.session.remove()
    return [one for one in SIGN_INS if one.email in known]


def reset(app: Flask, seed: int = SEED) -> list[str]:
    """Throw away everything in the database with its photos and PDFs, and load again; printable lines."""
    migrate.to_head(app)
    with app.app_context():
        _empty()
        storage = app.extensions["storage"]
        for key in list(storage.list()):
            storage.delete(key)
        db.session.remove()
    load(app, seed)
    lines = [f"{one.role:<16} {one.email:<32} {one.password}" for one in SIGN_INS]
    return ["The demo is loaded. Sign-ins:", *lines]


def load(app: Flask, seed: int = SEED, share: float = 1.0, today: date | None = None) -> None:
    """Load the demo, all or nothing, unless there is a person; `share` keeps about that part of the visits."""
    with app.app_context():
        empty = _is_empty()
        db.session.remove()
    if not empty:
        return
    today = today or now().astimezone(ZONE).date()
    lives = write(seed, share, today)
    pictures = [picture for life in lives for picture in life.pictures]
    painted = paint_all(pictures, app.extensions["settings"].uploads)
    with app.app_context():
        try:
            db.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
            if _is_empty():  # somebody else may have loaded it while we painted
                world = _world(app, lives, painted, today)
                live(world)
                for period in periods(today):
                    if period.ended:
                        close_wave(world.waves[period.key])
                db.session.commit()
        finally:
            db.session.rollback()
            db.session.remove()


def write(seed: int, share: float, today: date) -> list[Life]:
    """Every visit's life with answers and photos, without a database: the same for the same seed and day."""
    brands = {brand.key: brand for brand in BRANDS}
    waves = {period.key: period for period in periods(today)}
    documents = {key: _document(key) for key in brands}
    lives = []
    for number, slot in enumerate(skeleton(seed, share)):
        period = waves[slot.wave]
        writer = Biographer(number, slot, brands[period.brand], period, today, seed)
        lives.append(writer.write(documents[period.brand]))
    return lives


def _document(code: str) -> dict[str, Any]:
    file = files("audit").joinpath("checklists", "builtin", f"{code}.json")
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found


def _world(app: Flask, lives: list[Life], painted: Any, today: date) -> World:
    every = periods(today)
    founded = _founded(every)
    settled = settle(founded)
    versions = install_builtin(founded, settled.admin)
    waves = {period.key: open_period(settled, period, versions[period.brand]) for period in every}
    read = app.extensions["storage"].read
    return World(
        settled.admin, settled.editors, settled.shoppers, settled.branches, waves, painted, read, lives
    )


def _founded(every: tuple[Period, ...]) -> datetime:
    """When the agency began with the program: before its first wave."""
    return moment(min(period.starts_on for period in every) - timedelta(days=30), 8)


def _is_empty() -> bool:
    return db.session.scalar(select(Person.id).limit(1)) is None


def _empty() -> None:
    """All rows of all tables, the queue's too; TRUNCATE, as what is append-only refuses to be deleted."""
    tables = [table.name for table in Base.metadata.sorted_tables if table.name not in KEPT_TABLES]
    db.session.execute(text(f"TRUNCATE {', '.join(tables)}, procrastinate_jobs RESTART IDENTITY CASCADE"))
    db.session.execute(text("ALTER SEQUENCE scorecard_number RESTART"))
    db.session.commit()
